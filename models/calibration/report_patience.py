"""Patience from an interval report: the Erlang A whose abandonment and ASA are those of the report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.queueing.erlang import erlang_a

Floats = NDArray[np.float64]

_SHORTEST, _LONGEST = 1.0, 36_000.0
"""Mean patience (s) is sought between these."""
_STEPS = 40
_LEAST_ABANDONS = 10
_Z90 = 1.645


@dataclass(frozen=True)
class ReportPatience:
    """Mean patience in seconds, with an interval that covers it nine times in ten if the model holds."""

    mean: float
    low: float
    high: float
    abandons: int
    method: str


@dataclass(frozen=True)
class WaitSums:
    """What a report tells of waits, by part of the day; arrays of shape (parts,) unless another is stated."""

    rate: Floats
    """Contacts per second."""
    handle: Floats
    """AHT in seconds."""
    offered: Floats
    abandoned: Floats
    wait_answered: Floats
    """Sum of the waits of contacts answered, in seconds."""
    wait_abandoned: Floats
    """Of those abandoned; NaN where the report does not tell."""
    day_ratios: Floats
    """Wait for each contact abandoned by day, shape (days,): how much it differs from day to day."""


def patience_of(sums: WaitSums) -> ReportPatience | None:
    """Mean patience that agrees with abandonment and waits; None with too few abandoned contacts.

    Where the report tells the waits of abandoned contacts too, patience is the whole time waited for each contact
    abandoned, which holds for any queue with exponential patience (Garnett, Mandelbaum & Reiman 2002: ``P(abandon) =
    E[wait] / patience``). Else for each patience the agents of every part of the day are such that Erlang A has the
    abandonment of the report, and the patience is the one whose ASA is that of the report.

    Examples
    --------
    >>> queue = erlang_a(0.1, 300.0, 240.0, 28)
    >>> offered, abandoned = np.array([36_000.0]), np.array([36_000 * queue.p_abandon])
    >>> waits = (offered - abandoned) * queue.wait_served
    >>> rate, handle, unknown = np.array([0.1]), np.array([300.0]), np.array([np.nan])
    >>> estimate = patience_of(WaitSums(rate, handle, offered, abandoned, waits, unknown, np.array([240.0])))
    >>> print(f"{estimate.mean:.0f} s")
    240 s
    """
    abandons = float(sums.abandoned.sum())
    if abandons < _LEAST_ABANDONS or sums.wait_answered.sum() <= 0:
        return None
    if np.isfinite(sums.wait_abandoned).all():
        mean = float((sums.wait_answered.sum() + sums.wait_abandoned.sum()) / abandons)
        method = "time waited for each contact abandoned"
    else:
        mean, method = _inverted(sums), "Erlang A with the abandonment and ASA of the report"
        if not np.isfinite(mean):
            return None
    error = _relative_error(sums, abandons)
    return ReportPatience(mean, mean * np.exp(-_Z90 * error), mean * np.exp(_Z90 * error), round(abandons), method)


def agents_matching(rate: Floats, handle: Floats, abandonment: Floats, patience: float) -> Floats:
    """Agents, as fractions, with which Erlang A has this abandonment; shape (parts,).

    Examples
    --------
    >>> queue = erlang_a(0.1, 300.0, 240.0, 28)
    >>> agents_matching(np.array([0.1]), np.array([300.0]), np.array([queue.p_abandon]), 240.0).round(3)
    array([28.])
    """
    load = rate * handle
    low, high = np.zeros_like(load), 2 * load + 10
    for _ in range(_STEPS):
        middle = (low + high) / 2
        many = erlang_a(rate, handle, patience, middle).p_abandon <= abandonment
        low, high = np.where(many, low, middle), np.where(many, middle, high)
    return (low + high) / 2


def _inverted(sums: WaitSums) -> float:
    """The mean patience under which waits agree; NaN if none does."""
    parts = (sums.abandoned > 0) & (sums.rate > 0) & (sums.handle > 0)
    rate, handle = sums.rate[parts], sums.handle[parts]
    share = sums.abandoned[parts] / sums.offered[parts]
    answered = (sums.offered - sums.abandoned)[parts]
    waited = float(sums.wait_answered[parts].sum())
    if not parts.any() or (share >= 1).any():
        return float("nan")

    def excess(patience: float) -> float:
        agents = agents_matching(rate, handle, share, patience)
        waits = np.asarray(erlang_a(rate, handle, patience, agents).wait_served)
        return float((waits * answered).sum()) - waited

    low, high = np.log(_SHORTEST), np.log(_LONGEST)
    if excess(float(np.exp(low))) > 0 or excess(float(np.exp(high))) < 0:
        return float("nan")
    for _ in range(16):
        middle = (low + high) / 2
        low, high = (low, middle) if excess(float(np.exp(middle))) > 0 else (middle, high)
    return float(np.exp((low + high) / 2))


def _relative_error(sums: WaitSums, abandons: float) -> float:
    """The relative standard error: of the number abandoned, or what days differ by if that is more."""
    by_chance = 1 / np.sqrt(abandons)
    ratios = sums.day_ratios[np.isfinite(sums.day_ratios) & (sums.day_ratios > 0)]
    if len(ratios) < 3:
        return float(by_chance)
    return float(max(by_chance, np.std(np.log(ratios), ddof=1) / np.sqrt(len(ratios))))
