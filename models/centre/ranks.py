"""Ranks within a pool: who comes first, and what formulas say of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.centre.sharing import Sharing
from models.centre.stationary import Queue
from models.queueing.goal import Goal
from models.queueing.numerics.arguments import Floats
from models.queueing.priorities import first_class_wait_within, nonpreemptive

UNKNOWN = ("answered", "abandoned", "in_time", "abandoned_in_time", "wait_answered", "wait_abandoned", "waiting_time")


@dataclass(frozen=True)
class Ranked:
    """What ranks change of a type's tallies, arrays of shape (intervals,), NaN where no formula says it.

    Attributes
    ----------
    kept
        Share of the contacts that the queue keeps for ever, because it and those before it are more work than there
        are agents; None where no formula says it.
    """

    source: str
    counts: dict[str, Floats]
    note: str
    kept: Floats | None = None


def in_ranks(
    sharing: Sharing, members: tuple[int, ...], k: int, queue: Queue, agents: Floats, within: float
) -> Ranked | None:
    """What follows for type `k` from the ranks of a pool; None where all come in order of arrival.

    Exact mean waits where nobody leaves and handle times are alike (Kella & Yechiali 1985), the share in time of the
    first rank (Davis 1966). For anything else there is no formula, and nothing is pretended.
    """
    places = ranks(sharing, members)
    if max(places) == 0:
        return None
    nothing = np.full(agents.shape, np.nan)
    if not covered(sharing, members, queue):
        reason = "different handle times" if queue.patience is None and not queue.balking else "impatient customers"
        note = f"no formula covers ranks with {reason}: simulate it"
        return Ranked("none", dict.fromkeys(UNKNOWN, nothing), note)
    place = places[members.index(k)]
    rates, offered = rank_rates(sharing, members), sharing.flow.offered[k]
    wait, first = _waits(rates, sharing.flow.aht[k], agents, place, within)
    kept = _kept(rates * sharing.flow.aht[k], agents, place)
    waited = np.where(offered > 0, offered * np.where(offered > 0, wait, 0.0), 0.0)
    in_time = np.where(offered > 0, offered * first, 0.0) if place == 0 else nothing
    lower = "" if place == 0 else "; no formula for the share in time of lower priorities"
    counts = {"answered": offered * (1 - kept), "wait_answered": waited, "waiting_time": waited, "in_time": in_time}
    return Ranked("Kella-Yechiali", counts, f"priorities without abandonment: exact mean wait{lower}", kept)


def _kept(loads: Floats, agents: Floats, place: int) -> Floats:
    """The share of a rank's contacts for which higher ranks leave no agent; `loads` of shape (ranks, intervals)."""
    left = np.maximum(agents - loads[:place].sum(axis=0), 0.0)
    own = loads[place]
    return np.asarray(1 - np.minimum(np.divide(left, own, out=np.ones_like(own), where=own > 0), 1.0))


def ranks(sharing: Sharing, members: tuple[int, ...]) -> list[int]:
    """The rank of each type of a pool, 0 for who comes first: by the group's rank of it, then its priority."""
    order = [_rank(sharing, j) for j in members]
    different = sorted(set(order))
    return [different.index(key) for key in order]


def covered(sharing: Sharing, members: tuple[int, ...], queue: Queue) -> bool:
    """Whether the formulas for ranks apply: nobody leaves, and handle times are alike."""
    aht = sharing.flow.aht[list(members)]
    return queue.patience is None and not queue.balking and bool(np.allclose(aht, aht[0]))


def rank_rates(sharing: Sharing, members: tuple[int, ...]) -> Floats:
    """Arrivals a second of each rank of a pool, shape (ranks, intervals)."""
    places = np.array(ranks(sharing, members))
    offered = sharing.flow.offered[list(members)]
    rates = np.array([offered[places == place].sum(axis=0) for place in range(places.max() + 1)])
    return np.asarray(rates / sharing.scenario.horizon.interval)


def min_agents_in_ranks(rates: Floats, aht: Floats, goals: list[tuple[int, Goal]]) -> NDArray[np.int64]:
    """The least agents that meet the goal of each (rank, goal), shape (intervals,), where nobody leaves.

    Mean waits and the share in time of the first rank are exact; the wait of a lower rank that has to wait is taken as
    exponential.

    Examples
    --------
    VIPs, one call in ten of 120 an hour, 80 % of them in 30 s, the others within two minutes on average:

    >>> rates = np.array([[12.0], [108.0]]) / 3600
    >>> goals = [(0, Goal(service_level=0.8, within=30)), (1, Goal(asa=120))]
    >>> min_agents_in_ranks(rates, np.array([360.0]), goals)
    array([14])
    """
    cases, back = np.unique(np.vstack([rates, aht]), axis=1, return_inverse=True)
    return np.array([_least(case[:-1], case[-1], goals) for case in cases.T], dtype=np.int64)[back.ravel()]


def _least(rates: Floats, aht: float, goals: list[tuple[int, Goal]]) -> int:
    if not rates.sum():
        return 0
    agents = int(rates.sum() * aht) + 1
    while not all(_met(rates, aht, agents, place, goal) for place, goal in goals):
        agents += 1
    return agents


def _met(rates: Floats, aht: float, agents: int, place: int, goal: Goal) -> bool:
    queue = nonpreemptive(rates, aht, agents)
    wait, chance = float(queue.wait[place]), float(queue.p_wait[place])
    if goal.asa is not None and wait > float(np.asarray(goal.asa)):
        return False
    if goal.service_level is None:
        return True
    within = float(np.asarray(goal.within))
    if place == 0:
        in_time = float(first_class_wait_within(rates, aht, agents, within))
    else:
        in_time = 1 - chance * np.exp(-within * chance / wait) if wait else 1.0
    return in_time >= float(np.asarray(goal.service_level))


def _rank(sharing: Sharing, k: int) -> tuple[int, float]:
    """What decides who comes first: the group's rank of the type, then its priority."""
    contact_type, group = sharing.scenario.contact_types[k], sharing.main_group(k)
    return group.skills[contact_type.name].rank, contact_type.priority.level


def _waits(rates: Floats, aht: Floats, agents: Floats, place: int, within: float) -> tuple[Floats, Floats]:
    """Mean wait of one rank and share in time of the first, shape (intervals,); `rates` of shape (ranks, intervals)."""
    cases, back = np.unique(np.vstack([rates, aht, np.round(agents)]), axis=1, return_inverse=True)
    waits = np.array([_wait(case[:-2], case[-2], int(case[-1]), place, within) for case in cases.T])
    wait, first = waits[back.ravel()].T
    return wait, first


def _wait(rates: Floats, aht: float, agents: int, place: int, within: float) -> tuple[float, float]:
    if rates.sum() == 0:
        return 0.0, 1.0
    if agents < 1 or rates[0] * aht >= agents:
        return np.inf, 0.0
    wait = nonpreemptive(rates, aht, agents).wait[place]
    return float(wait), float(first_class_wait_within(rates, aht, agents, within))
