"""Ranks within a pool: who comes first, and what formulas say of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.arguments import Floats
from models.priorities import first_class_wait_within, nonpreemptive
from models.sharing import Sharing
from models.stationary import Queue

UNKNOWN = ("answered", "abandoned", "in_time", "abandoned_in_time", "wait_answered", "wait_abandoned", "waiting_time")


@dataclass(frozen=True)
class Ranked:
    """What ranks change of a type's tallies, arrays of shape (intervals,), NaN where no formula says it."""

    source: str
    counts: dict[str, Floats]
    note: str


def in_ranks(
    sharing: Sharing, members: tuple[int, ...], k: int, queue: Queue, agents: Floats, within: float
) -> Ranked | None:
    """What follows for type `k` from the ranks of a pool; None where all come in order of arrival.

    Exact mean waits where nobody leaves and handle times are alike (Kella & Yechiali 1985), the share in time of the
    first rank (Davis 1966). For anything else there is no formula, and nothing is pretended.
    """
    order = [_rank(sharing, j) for j in members]
    ranks = sorted(set(order))
    if len(ranks) == 1:
        return None
    nothing = np.full(agents.shape, np.nan)
    aht = sharing.flow.aht[list(members)]
    if queue.patience is not None or queue.balking or not np.allclose(aht, aht[0]):
        reason = "different handle times" if queue.patience is None and not queue.balking else "impatient customers"
        note = f"no formula covers ranks with {reason}: simulate it; the pool as a whole is in the total"
        return Ranked("none", dict.fromkeys(UNKNOWN, nothing), note)
    place = ranks.index(_rank(sharing, k))
    rates = np.array(
        [sum(sharing.flow.offered[j] for j, rank in zip(members, order, strict=True) if rank == r) for r in ranks]
    )
    wait, first = _waits(rates / sharing.scenario.horizon.interval, aht[0], agents, place, within)
    offered = sharing.flow.offered[k]
    waited = np.where(offered > 0, offered * np.where(offered > 0, wait, 0.0), 0.0)
    in_time = np.where(offered > 0, offered * first, 0.0) if place == 0 else nothing
    lower = "" if place == 0 else "; no formula gives the share in time of a lower rank"
    counts = {"wait_answered": waited, "waiting_time": waited, "in_time": in_time}
    return Ranked("Kella-Yechiali", counts, f"ranks, nobody leaving: exact mean wait{lower}")


def _rank(sharing: Sharing, k: int) -> tuple[int, float]:
    """What decides who comes first: the group's rank of the type, then its priority."""
    kind, group = sharing.scenario.contact_types[k], sharing.main_group(k)
    return group.skills[kind.name].rank, kind.priority.level


def _waits(rates: Floats, aht: Floats, agents: Floats, place: int, within: float) -> tuple[Floats, Floats]:
    """Mean wait of one rank and share in time of the first, shape (intervals,); `rates` of shape (ranks, intervals)."""
    each, back = np.unique(np.vstack([rates, aht, np.round(agents)]), axis=1, return_inverse=True)
    found = np.array([_wait(case[:-2], case[-2], int(case[-1]), place, within) for case in each.T])
    wait, first = found[back.ravel()].T
    return wait, first


def _wait(rates: Floats, aht: float, agents: int, place: int, within: float) -> tuple[float, float]:
    if rates.sum() == 0:
        return 0.0, 1.0
    if agents < 1 or rates[0] * aht >= agents:
        return np.inf, 0.0
    wait = nonpreemptive(rates, aht, agents).wait[place]
    return float(wait), float(first_class_wait_within(rates, aht, agents, within))
