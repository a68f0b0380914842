"""What people at work do for targets, as a simulation has found it: cuts that a covering keeps beside a requirement.

The excess of a target in a stretch of time is at most that of a plan that was simulated, plus what each person more
does for it (Cezik and L'Ecuyer 2008); the shifts are chosen in the same program (Avramidis, Chan, Gendreau, L'Ecuyer
and Pisacane 2010). People count by block of intervals, on average over it, so that breaks count for what they take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.queueing.numerics.arguments import Floats

Cell = tuple[str, int]
"""An agent group, and the number of a block."""


@dataclass(frozen=True, eq=False)
class ServiceCut:
    """An upper bound of the excess in a stretch of time."""

    stretch: int
    level: float
    """With nobody at work."""
    slopes: Mapping[Cell, float]
    """What one person more throughout a block does."""


@dataclass(frozen=True, eq=False)
class ServiceGoal:
    """What the excess of some stretches of time must add up to."""

    stretches: tuple[int, ...]
    least: float


@dataclass(frozen=True, eq=False)
class LoadRow:
    """The people whom the work itself needs, whatever the targets."""

    hours: Mapping[Cell, float]
    least: float


@dataclass(frozen=True, eq=False)
class ServiceModel:
    """Cuts and goals of all targets, and where in the neighbourhood of a plan they hold."""

    block: int
    """Intervals of a block."""
    ceilings: Floats
    """The most excess that a stretch can have, shape (stretches,)."""
    cuts: tuple[ServiceCut, ...]
    goals: tuple[ServiceGoal, ...]
    loads: tuple[LoadRow, ...]
    low: Mapping[str, Floats]
    """The fewest people at work by group, on average over each block, shape (blocks,)."""
    high: Mapping[str, Floats]
    """The most."""
    price: float
    """Of a unit of excess that is missing: cuts are measured, and may contradict each other."""
