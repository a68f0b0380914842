"""Work that must be started within a span of time, and for which the most agents allowed have too few hours.

Contacts answered within T of their arrival are started at the latest T after the end of the span in which they arrive.
An agent present for a time L starts work of L on average, plus the overshoot of the last contact: at most h (1 + cv²)
for alike contacts served one at a time (Lorden 1970, *On excess over the boundary*); for others at most c plus the
excess of contacts over c, whatever their order (E (H - c)+ <= E H² / (4 c)). Whether a contact is started does not
depend on how long it will take, so means are enough. Interruptible work can be started and preempted, and limited trunk
lines block contacts: neither has a bound here, so that nothing feasible is refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.centre.cover import bounds
from models.optimisation.bounds.load import best_hour
from models.optimisation.bounds.upper_bounds import easiest, follow_ups, fresh_contacts, second_moment
from models.optimisation.plan_space import PlanSpace
from models.queueing.numerics.arguments import Floats
from scenarios.contact_types import ContactType
from scenarios.evaluation import period_of_interval
from scenarios.requirements import Constraint, constraints
from scenarios.scenario import Scenario
from scenarios.units import DAY, HOUR

PATIENT = 10.0
"""Mean patiences after which no contact waits any more."""
TAILS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Values of c that are tried, in the largest E H² / h."""
UNBOUNDED = 1e9
"""Agents where no bound is given."""


@dataclass(frozen=True)
class Shortage:
    """A set of types that needs more time than the most agents have."""

    constraint: Constraint
    types: tuple[str, ...]
    groups: tuple[str, ...]
    needed: float
    """Agent-hours."""
    possible: float
    """Agent-hours that the most agents have for it, at most as busy as they may be."""
    most: float
    """Agent-hours that the most agents have, however busy."""
    start: int
    """The first interval of the stretch."""
    end: int


def shortages(space: PlanSpace) -> Iterator[Shortage]:
    """Every shortage of the whole horizon, then of shorter stretches for targets of days, hours and intervals.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> from models.optimisation.plan_space import plan_space
    >>> one = next(shortages(plan_space(presets.load("help-desk").replace_group("desk", max_agents=6))))
    >>> one.types, one.needed > one.possible
    (('calls',), True)
    """
    work, targets_of_sets = _work(space, None)
    warm = int(np.argmax(_counted(space.scenario)))
    yield from _shortages(space, work, targets_of_sets, np.array([warm]), np.array([work.shape[1]]), capped=True)
    for every in ("day", "hour", "interval"):
        work, targets_of_sets = _work(space, every)
        if not work.any():
            continue
        edges = np.append(np.flatnonzero(np.diff(period_of_interval(space.scenario.horizon, every), prepend=-1)), 0)
        edges[-1] = work.shape[1]
        for count in _lengths(len(edges) - 1):
            yield from _shortages(space, work, targets_of_sets, edges[:-count], edges[count:], capped=False)


def _lengths(periods: int) -> list[int]:
    """Doubling numbers of periods, and all of them."""
    return sorted({min(2**n, periods) for n in range(periods.bit_length() + 1)})


def _work(space: PlanSpace, every: str | None) -> tuple[Floats, list[Constraint | None]]:
    """Agent-hours that must be begun in time, shape (types, intervals), and the target behind each type's.

    Without `every` every target counts, as one for each hour is one for the horizon too.
    """
    scenario = space.scenario
    counted = _counted(scenario)
    back, work = follow_ups(scenario), np.zeros(scenario.expected.shape)
    decisive: list[Constraint | None] = []
    for k, contact_type in enumerate(scenario.contact_types):
        of_type = [
            w for w in constraints(scenario) if w.of == contact_type.name and (every is None or w.every == every)
        ]
        constraint = max(of_type, key=_share, default=None)
        decisive.append(constraint)
        if (
            constraint is None
            or contact_type.interruptible
            or contact_type.may_be_diverted
            or (every is not None and back[k] > 0)
        ):
            continue
        share, contacts = _share(constraint), fresh_contacts(scenario, contact_type) * counted
        if contacts.sum() > 0 and math.isfinite(back[k]):
            left = max(share - (1 - share) * back[k] / float(contacts.sum()), 0.0)
            work[k] = contacts * left * easiest(scenario, contact_type) / best_hour(scenario, contact_type) / HOUR
    return work, decisive


def _counted(scenario: Scenario) -> NDArray[np.bool_]:
    """Whether an interval counts, as the warm-up does not, shape (intervals,)."""
    return np.asarray(scenario.horizon.edges[:-1] >= scenario.horizon.warm_up)


def _share(constraint: Constraint) -> float:
    """The share of contacts that a target wants to be answered, by when is another question."""
    if constraint.on_days is not None:
        return 0.0
    if constraint.measure == "abandonment" and constraint.every == "horizon":
        return 1 - constraint.limit
    return constraint.limit if constraint.measure == "service_level" else 0.0


def _shortages(
    space: PlanSpace,
    work: Floats,
    targets_of_sets: list[Constraint | None],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    *,
    capped: bool,
) -> Iterator[Shortage]:
    """The worst stretch of each set of types whose work the most agents have no time for."""
    scenario, total = space.scenario, np.pad(work.cumsum(axis=1), ((0, 0), (1, 0)))
    caps = np.array([[(group.max_occupancy or 1.0) if capped else 1.0] for group in scenario.agent_groups])
    for mask, _ in bounds(work.sum(axis=1), work.sum(axis=1), space.eligible):
        contact_types = [
            contact_type for contact_type, chosen in zip(scenario.contact_types, mask, strict=True) if chosen
        ]
        needed = (total[mask][:, ends] - total[mask][:, starts]).sum(axis=0)
        eligible = np.asarray((space.eligible & mask).any(axis=1))
        late = max(_latest(contact_type) for contact_type in contact_types)
        most = _possible(space, contact_types, eligible, np.ones_like(caps), starts, ends, late)
        possible = _possible(space, contact_types, eligible, caps, starts, ends, late)
        worst = int(np.argmin(possible - needed))
        if possible[worst] < needed[worst] * (1 - 1e-9):
            names = np.array(scenario.type_names)[mask]
            constraint = next(w for w, chosen in zip(targets_of_sets, mask, strict=True) if chosen and w is not None)
            yield Shortage(
                constraint=constraint,
                types=tuple(names.tolist()),
                groups=tuple(np.array(scenario.group_names)[eligible].tolist()),
                needed=float(needed[worst]),
                possible=float(possible[worst]),
                most=float(most[worst]),
                start=int(starts[worst]),
                end=int(ends[worst]),
            )


def _latest(contact_type: ContactType) -> float:
    """Seconds after its arrival by which a contact that counts is begun."""
    target = contact_type.target
    within = contact_type.answer_within or 0.0
    if contact_type.counts_open_hours:
        within += 7 * DAY
    stays = PATIENT * contact_type.patience.mean if contact_type.patience is not None else 0.0
    return max(within, stays if target is not None and target.max_abandonment is not None else 0.0)


def _possible(
    space: PlanSpace,
    contact_types: list[ContactType],
    eligible: NDArray[np.bool_],
    caps: Floats,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    late: float,
) -> Floats:
    """Agent-hours of work that the most agents can begin in each stretch and for `late` seconds after it."""
    horizon = space.scenario.horizon
    staffing = _played_on(space, np.minimum(space.max_staffing, UNBOUNDED)[eligible][:, space.period], late)
    hours = np.pad((staffing * caps[eligible]).sum(axis=0).cumsum(), (1, 0)) * horizon.interval / HOUR
    grown = np.pad(np.maximum(np.diff(staffing, axis=1), 0).cumsum(axis=1), ((0, 0), (1, 0)))
    until = np.minimum(ends + math.ceil(late / horizon.interval), staffing.shape[1])
    tail = np.zeros(len(ends))
    if horizon.at_end == "work-off":
        tail = np.maximum(late - (until - ends) * horizon.interval, 0.0) / HOUR
    available = hours[until] - hours[starts] + tail * staffing[:, -1].sum()
    stints = staffing[:, starts] + grown[:, until - 1] - grown[:, starts]
    return _begun(space, contact_types, eligible, available, stints)


def _played_on(space: PlanSpace, staffing: Floats, late: float) -> Floats:
    """The most agents over the horizon and, where work may wait, `late` seconds after it, shape (groups, intervals)."""
    horizon = space.scenario.horizon
    if horizon.at_end == "stop" or all(contact_type.connected for contact_type in space.scenario.contact_types):
        return staffing
    return np.concatenate((staffing, horizon.after(staffing, math.ceil(late / DAY))), axis=1)


def _begun(
    space: PlanSpace, contact_types: list[ContactType], eligible: NDArray[np.bool_], hours: Floats, stints: Floats
) -> Floats:
    """The most work that agents begin in so many hours of so many stints, shape (groups, stretches), in agent-hours."""
    groups = [group for group, chosen in zip(space.scenario.agent_groups, eligible, strict=True) if chosen]
    max_concurrent = np.array(
        [[group.max_concurrent if any(k.work == "concurrent" for k in contact_types) else 1] for group in groups]
    )
    ends = (stints * max_concurrent).sum(axis=0)
    spread = (
        max(
            second_moment(space.scenario, contact_type)
            / float(easiest(space.scenario, contact_type).min())
            / best_hour(space.scenario, contact_type)
            for contact_type in contact_types
        )
        / HOUR
    )
    if len(contact_types) == 1 and contact_types[0].work != "concurrent" and contact_types[0].bot is None:
        return np.asarray(hours + ends * spread)
    return np.asarray(np.min([(hours + ends * c * spread) / (1 - 1 / (4 * c)) for c in TAILS], axis=0))


def min_occupancy(space: PlanSpace, group: str) -> float | None:
    """The lowest occupancy of a group with its most agents, by work that neither abandons nor overflows.

    Agents are busy whenever a contact waits. So by the last moment at which they were free they had done all that had
    come, and were busy ever after; chance is allowed three standard deviations. None where there is no such work.
    """
    scenario, counted = space.scenario, _counted(space.scenario)
    g = scenario.group_names.index(group)
    staffing = space.max_staffing[g, space.period][counted]
    contact_types = [contact_type for k, contact_type in enumerate(scenario.contact_types) if _stuck(space, k, g)]
    if not contact_types or np.isinf(staffing).any() or not staffing.any():
        return None
    slow = np.array(
        [easiest(scenario, contact_type) / best_hour(scenario, contact_type) / HOUR for contact_type in contact_types]
    )[:, counted]
    contacts = np.array([fresh_contacts(scenario, contact_type)[counted] for contact_type in contact_types])
    squares = np.array(
        [
            second_moment(scenario, contact_type) / best_hour(scenario, contact_type) ** 2 / HOUR**2
            for contact_type in contact_types
        ]
    )
    work = np.pad((slow * contacts).sum(axis=0).cumsum(), (1, 0))
    available = np.pad(staffing.cumsum(), (1, 0)) * scenario.horizon.interval / HOUR
    unfinished = float(staffing.max() * (squares / slow.min(axis=1)).max()) + 3 * math.sqrt(
        float(squares @ contacts.sum(axis=1))
    )
    return max(float((work + available[-1] - available).min()) - unfinished, 0.0) / float(available[-1])


def _stuck(space: PlanSpace, k: int, g: int) -> bool:
    """Whether a type's customers stay and only one group can take them, one at a time, on days that are alike."""
    contact_type = space.scenario.contact_types[k]
    leaves = (
        contact_type.patience is not None
        or contact_type.balking > 0
        or contact_type.may_be_diverted
        or contact_type.work != "live"
    )
    varies = contact_type.volume.variation is not None and contact_type.volume.variation.cv > 0
    return bool(np.flatnonzero(space.eligible[:, k]).tolist() == [g]) and not leaves and not varies
