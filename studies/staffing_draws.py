"""Random staffing around a guess: its uncertainty becomes part of the bands of a back-test."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.horizon import Horizon
from scenarios.scenario import Scenario

Floats = NDArray[np.float64]

STAFFING_CV = 0.09
"""What a guessed headcount is worth varies by this share between hours: two measured parts, added as squares.

On both periods of the bank's calls the share of guessed agents who serve while customers wait varies by 4 to 7 %
between hours beyond chance, and the work per contact (handle and not-ready time) by 5 to 10 %."""
BLOCK = 7200.0
"""Seconds for which the error of a guess lasts."""


def varied_staffing(scenario: Scenario, draw: int) -> Scenario:
    """The scenario with a staffing that the log could as well have come from; the mean stays.

    In each block of two hours all groups are multiplied by one factor of mean 1 (lognormal), and each is rounded up or
    down at random, for a guess is right to the nearest agent at best. Where no agent is guessed, none is drawn.

    Parameters
    ----------
    scenario
        A scenario with the guessed staffing.
    draw
        The number of the draw; equal numbers give equal staffing.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> scenario = presets.load("help-desk")
    >>> varied_staffing(scenario, 1) == varied_staffing(scenario, 1)
    True
    """
    random = np.random.default_rng([draw, *b"staffing"])
    factors = _blocks(random.lognormal(-(STAFFING_CV**2) / 2, STAFFING_CV, _shape(scenario.horizon)), scenario.horizon)
    groups = []
    for group, guessed in zip(scenario.agent_groups, scenario.staffing, strict=True):
        threshold = _blocks(random.random(_shape(scenario.horizon)), scenario.horizon)
        whole = np.floor(guessed * factors + threshold).astype(int)
        groups.append(group.model_copy(update={"staffing": tuple(whole.tolist())}))
    return scenario.replace(agent_groups=groups)


def _shape(horizon: Horizon) -> tuple[int, int]:
    """Days and blocks a day."""
    return horizon.days, -(-horizon.intervals_per_day // _length(horizon))


def _length(horizon: Horizon) -> int:
    """Intervals of a block."""
    return max(1, round(BLOCK / horizon.interval))


def _blocks(values: Floats, horizon: Horizon) -> Floats:
    """A value for each block as one for each interval of the horizon."""
    by_interval = np.repeat(values, _length(horizon), axis=1)[:, : horizon.intervals_per_day]
    return np.asarray(by_interval.ravel(), dtype=float)
