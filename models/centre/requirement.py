"""The requirement as a glass box: from contacts to people on the payroll in steps that a planner can take apart.

``for_load + safety + for_occupancy + absence + rounding = on_duty`` and ``on_duty + breaks = scheduled``: fractions are
carried all the way, rounding happens once, at the agents that a plan writes down (`models.centre.staffing`), and
shrinkage is a division by one minus it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.centre.ranks import covered, min_agents_in_ranks, rank_rates, ranks
from models.centre.requirement_steps import STEPS
from models.centre.sharing import Sharing
from models.centre.stationary import Queue, asked_share, goal_of, queue_of
from models.centre.workload import busy_day, left_out_rules, work_in_items, workload
from models.day.intervals import Rule, interval_loads, interval_loads_of
from models.deferred.requirement import agents_needed, ceiling, worked
from models.queueing.goal import Goal
from models.queueing.handle_times import fitted
from models.queueing.numerics.arguments import Floats
from scenarios.contact_types import ContactType
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("scenario", "type", "start", *STEPS, "model", "note")
WHOLE = 1e-9  # so much above a whole number is rounding error, not a person


@dataclass(frozen=True)
class Need:
    """The requirement of a type, or of types that share all their agents; arrays of shape (intervals,)."""

    name: str
    members: tuple[int, ...]
    volume: Floats
    aht: Floats
    load: Floats
    per_agent: float
    need: Floats
    """Agents with a fraction that the target needs."""
    for_occupancy: Floats
    planned: float
    absent: float
    """Shares of the agents: on breaks and the like, and away without notice."""
    model: str
    note: str

    @property
    def agents(self) -> Floats:
        """Agents, with a fraction, that must be there."""
        return self.need + self.for_occupancy

    @property
    def present(self) -> NDArray[np.int64]:
        """Whole agents that must be there if nobody is absent."""
        return np.ceil(self.agents - WHOLE).astype(np.int64)

    @property
    def on_duty(self) -> NDArray[np.int64]:
        """Whole agents to plan, so that enough are there on average; the only rounding."""
        return np.ceil(self.agents / (1 - self.absent) - WHOLE).astype(np.int64)


def requirement(
    scenario: Scenario, max_occupancy: float | None = None, rule: Rule = "sipp", days: float | None = None
) -> pd.DataFrame:
    """The agents that each interval needs, type by type, with every step from volume to payroll in a column of its own.

    Types whose agents are exactly the same are one pool and one set of rows ("orders + billing"); types that share
    some of their agents have rows of their own, to be weighed by `models.centre.staffing.staff`, not added up.

    Parameters
    ----------
    max_occupancy
        The largest share of their time that agents may be busy; by default what their groups say, if anything.
    rule
        How the load of an interval is taken from the day, see `models.day.intervals`.
    days
        Take the volume of the day that this share of days stays under, where days vary; see
        `models.centre.staffing.staff`.

    Returns
    -------
    The columns of `COLUMNS`, explained in `STEPS`; one row by type (or pool) and interval.

    Raises
    ------
    InvalidValue
        If the cap is not above 0 and at most 1, or a target asks for certainty.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> row = requirement(presets.load("help-desk")).query("volume > 0").iloc[0]
    >>> print(f"{row.load:.0f} + {row.safety:.2f} + {row.rounding:.2f} = {row.on_duty}, scheduled {row.scheduled:.2f}")
    12 + 3.61 + 0.39 = 16, scheduled 22.86
    """
    import pandas as pd

    sharing = Sharing(scenario, busy_day(scenario, workload(scenario), days))
    rows = needs(sharing, max_occupancy, rule)
    return pd.concat([_frame(sharing, need) for need in rows], ignore_index=True)


def needs(sharing: Sharing, max_occupancy: float | None = None, rule: Rule = "sipp") -> list[Need]:
    """The requirement of every type or pool, in the order of the types."""
    refuse_cap(max_occupancy)
    rows = []
    for k, contact_type in enumerate(sharing.scenario.contact_types):
        if not contact_type.connected:
            rows.append(_deferred(sharing, k))
        elif sharing.pool(k)[0] == k:
            rows.append(need_of(sharing, k, max_occupancy, rule))
    return rows


def refuse_cap(max_occupancy: float | None) -> None:
    """Refuse a largest occupancy that is no share of the agents' time.

    Raises
    ------
    InvalidValue
        If it is not above 0 and at most 1.
    """
    if max_occupancy is not None and not 0 < max_occupancy <= 1:
        raise InvalidValue("max_occupancy", max_occupancy, "give a share above 0 and at most 1, as in 0.85")


def need_of(sharing: Sharing, k: int, max_occupancy: float | None = None, rule: Rule = "sipp") -> Need:
    """The requirement of a connected type, or of the pool that it belongs to.

    Raises
    ------
    InvalidValue
        As in `requirement`.
    """
    refuse_cap(max_occupancy)
    members = sharing.pool(k)
    return _connected(sharing, members, _cap(sharing, members, max_occupancy), rule)


def _cap(sharing: Sharing, members: tuple[int, ...], max_occupancy: float | None) -> float:
    """The largest occupancy allowed: what is asked for, and what every group says that answers these types."""
    able = np.flatnonzero(sharing.can[:, list(members)].any(axis=1))
    groups = [sharing.scenario.agent_groups[g] for g in able]
    return min([1.0, *(cap for cap in (max_occupancy, *(g.max_occupancy for g in groups)) if cap is not None)])


def _connected(sharing: Sharing, members: tuple[int, ...], cap: float, rule: Rule) -> Need:
    scenario, flow = sharing.scenario, sharing.flow
    contact_types = [scenario.contact_types[k] for k in members]
    volume = flow.offered[list(members)].sum(axis=0)
    aht = pooled_aht(sharing, members)
    group = sharing.main_group(members[0])
    volumes = [float(flow.offered[k].sum()) for k in members]
    queue = pooled_queue(
        contact_types, volumes, queue_of(contact_types[0], group.max_concurrent, group.concurrency_speed)
    )
    varies = bool(np.ptp(scenario.handle_factors[list(members)], axis=1).any())
    load = carried_load(scenario.horizon.interval, volume, aht, contact_types[0].handle_time.scv, rule, varies)
    rate = np.divide(load, aht, out=np.zeros_like(load), where=aht > 0)
    need, _ = max_needed(queue, rate, aht, [goal for contact_type in contact_types if (goal := goal_of(contact_type))])
    if max(places := ranks(sharing, members)) > 0 and covered(sharing, members, queue):
        goals = [
            (place, goal)
            for place, contact_type in zip(places, contact_types, strict=True)
            if (goal := goal_of(contact_type))
        ]
        need = min_agents_in_ranks(rank_rates(sharing, members), aht, goals).astype(float)
    for_load = load / queue.per_agent
    planned, absent = shrinkage(sharing, members)
    return Need(
        name=" + ".join(contact_type.name for contact_type in contact_types),
        members=members,
        volume=volume,
        aht=aht,
        load=load,
        per_agent=queue.per_agent,
        need=need,
        for_occupancy=np.maximum(for_load / cap - need, 0.0),
        planned=planned,
        absent=absent,
        model=queue.model,
        note="; ".join(_connected_notes(sharing, members, queue)),
    )


def max_needed(queue: Queue, rate: Floats, aht: Floats, goals: list[Goal]) -> tuple[Floats, NDArray[np.int64]]:
    """Agents that the strictest of some goals needs, with a fraction and whole; without a goal enough to keep up."""
    if not goals:
        load = rate * aht / queue.per_agent
        if queue.patience is not None:
            return load, np.ceil(load - WHOLE).astype(np.int64)
        least = np.where(
            rate > 0, np.floor(load + WHOLE) + 1, 0.0
        )  # where nobody leaves, somebody must be idle at times
        return least, least.astype(np.int64)
    goals = list(dict.fromkeys(goals))
    least = np.stack([queue.min_agents(rate, aht, goal) for goal in goals])
    need = np.stack([queue.need(rate, aht, goal, n) for goal, n in zip(goals, least, strict=True)])
    return need.max(axis=0), least.max(axis=0)


def pooled_aht(sharing: Sharing, members: tuple[int, ...]) -> Floats:
    """Seconds of an agent per contact of some types together, at the speed of their agents, shape (intervals,)."""
    rows = list(members)
    volume = sharing.flow.offered[rows]
    speed = np.array([[usual_speed(sharing, k)] for k in members])
    work = (volume * sharing.flow.aht[rows] / speed).sum(axis=0)
    plain = (sharing.flow.aht[rows] / speed).mean(axis=0)
    total = volume.sum(axis=0)
    return np.asarray(np.divide(work, total, out=plain, where=total > 0))


def usual_speed(sharing: Sharing, k: int) -> float:
    """Mean speed at a type over its agents' hours on duty."""
    hours = sharing.scenario.staffing.sum(axis=1, keepdims=True) * sharing.can[:, [k]]
    return float(sharing.speed(k, hours.astype(float))[0])


def pooled_queue(contact_types: list[ContactType], volumes: list[float], first: Queue) -> Queue:
    """The queue of several types together: their patience where it is the same, else exponential at the mean rate."""
    if all(
        (contact_type.patience, contact_type.balking) == (contact_types[0].patience, contact_types[0].balking)
        for contact_type in contact_types
    ):
        return first
    from scenarios.distributions import Exponential

    total = sum(volumes) or 1.0
    shares = [volume / total for volume in volumes]
    leaving = sum(
        w / contact_type.patience.mean
        for w, contact_type in zip(shares, contact_types, strict=True)
        if contact_type.patience is not None
    )
    balking = sum(w * contact_type.balking for w, contact_type in zip(shares, contact_types, strict=True))
    return Queue(Exponential(mean=1 / leaving) if leaving else None, balking)


def carried_load(interval: float, volume: Floats, aht: Floats, scv: float, rule: Rule, varies: bool) -> Floats:
    """Erlangs by interval, by a rule of `models.day.intervals`, shape (intervals,).

    Parameters
    ----------
    volume, aht
        By interval, shape (intervals,); without `varies` the rules that carry work over take the mean AHT.
    scv
        The squared coefficient of variation of handle times.
    varies
        Whether handle times differ by the interval of arrival.
    """
    if rule == "sipp":
        return np.asarray(volume * aht / interval)
    work = float(volume @ aht)
    if not work:
        return np.zeros_like(volume)
    if varies:
        return interval_loads_of(volume / interval, interval, [fitted(mean, scv) for mean in aht.tolist()], rule)
    mean = work / float(volume.sum())
    return interval_loads(volume / interval, interval, fitted(mean, scv), rule)


def _connected_notes(sharing: Sharing, members: tuple[int, ...], queue: Queue) -> list[str]:
    contact_types = [sharing.scenario.contact_types[k] for k in members]
    rivals = [
        name for name in sharing.rivals(members[0]) if name not in [contact_type.name for contact_type in contact_types]
    ]
    notes = []
    if len(members) > 1:
        known = covered(sharing, members, queue)
        prioritised = "by priority" if known else "priorities not modelled"
        order = "in order of arrival" if max(ranks(sharing, members)) == 0 else prioritised
        notes.append(f"pooled: the same agents answer all of them, {order}")
    if rivals:
        notes.append(f"requirement with its own agents; shares some with {', '.join(rivals)}, so do not add up")
    if not any(goal_of(contact_type) for contact_type in contact_types):
        notes.append("no target: enough agents to keep up")
    return notes + [note for contact_type in contact_types for note in flow_notes(contact_type)]


def flow_notes(contact_type: ContactType) -> list[str]:
    """What the volume of a type leaves out."""
    rules = sorted({rule.after for rule in left_out_rules(contact_type)})
    notes = [f"follow-ups after {' and '.join(rules)} not modelled"] if rules else []
    if contact_type.bot is not None and contact_type.bot.sessions is not None:
        notes.append("limit on bot sessions not modelled")
    if contact_type.target_on_days is not None:
        notes.append(f"target applies to {100 * contact_type.target_on_days:g} % of days")
    elif contact_type.volume.variation is not None and contact_type.volume.variation.cv > 0:
        notes.append(f"day-to-day variation of {100 * contact_type.volume.variation.cv:.3g} % not modelled")
    return notes


def _deferred(sharing: Sharing, k: int) -> Need:
    scenario, flow = sharing.scenario, sharing.flow
    contact_type, interval = scenario.contact_types[k], scenario.horizon.interval
    aht = flow.aht[k] / usual_speed(sharing, k)
    hours, volume = worked(scenario, contact_type.name), flow.offered[k]
    mean = float(volume @ aht / volume.sum()) if volume.sum() else float(aht.mean())
    planned, absent = shrinkage(sharing, (k,))
    agents = agents_needed(scenario, contact_type, work_in_items(scenario, k, volume), mean, hours, 1 - absent)
    even = volume.sum() * mean / (interval * max(int(hours.sum()), 1))
    best = ceiling(scenario, contact_type, volume, hours)
    asked = asked_share(contact_type)
    notes = ["the work of the horizon spread evenly over the hours in which people work"]
    if asked is not None and best < asked:
        notes.append(f"no headcount can beat these hours: at most {best:.1%} of what reaches people is in time")
    return Need(
        name=contact_type.name,
        members=(k,),
        volume=volume,
        aht=aht,
        load=np.where(hours, even, 0.0),
        per_agent=1.0,
        need=np.where(hours, agents, 0.0),
        for_occupancy=np.zeros_like(volume),
        planned=planned,
        absent=absent,
        model="workload balance",
        note="; ".join(notes + flow_notes(contact_type)),
    )


def shrinkage(sharing: Sharing, members: tuple[int, ...]) -> tuple[float, float]:
    """Planned shrinkage and absence of those who can take some types, weighted by agents on duty."""
    groups = sharing.scenario.agent_groups
    able = sharing.can[:, list(members)].any(axis=1)
    weight = sharing.scenario.staffing.sum(axis=1) * able
    weight = weight if weight.any() else able
    planned = np.average([group.shrinkage.planned for group in groups], weights=weight)
    return float(planned), float(np.average([group.shrinkage.absence for group in groups], weights=weight))


def _frame(sharing: Sharing, need: Need) -> pd.DataFrame:
    import pandas as pd

    for_load = need.load / need.per_agent
    absence = need.agents / (1 - need.absent) - need.agents
    with_breaks = need.on_duty / (1 - need.planned)
    columns = {
        "scenario": sharing.scenario.name,
        "type": need.name,
        "start": np.array(sharing.scenario.horizon.times, dtype="datetime64[s]"),
        "volume": need.volume,
        "aht": need.aht,
        "load": need.load,
        "per_agent": need.per_agent,
        "for_load": for_load,
        "safety": need.need - for_load,
        "for_occupancy": need.for_occupancy,
        "absence": absence,
        "rounding": need.on_duty - need.agents - absence,
        "on_duty": need.on_duty,
        "breaks": with_breaks - need.on_duty,
        "scheduled": with_breaks,
        "model": need.model,
        "note": need.note,
    }
    return pd.DataFrame(columns, columns=list(COLUMNS))
