"""What theory says of each contact type, interval by interval, as the tallies that the measures are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.centre.credit import credit, worth_at
from models.centre.ranks import in_ranks
from models.centre.requirement import flow_notes, pooled_aht, pooled_queue, usual_speed
from models.centre.sharing import Sharing, linked_types, split
from models.centre.stationary import queue_of
from models.centre.workload import work_in_items
from models.deferred.chance import in_time
from models.deferred.requirement import agents_needed, balance, worked
from models.queueing.numerics.arguments import Floats
from models.queueing.performance import Performance
from scenarios.horizon import Horizon
from scenarios.units import DAY, HOUR

Tail = Callable[[Floats], Floats]
Progress = Callable[[int, int], None]
"""Told how many contact types are done, and how many there are."""


@dataclass(frozen=True)
class Service:
    """The service of one type; arrays of shape (intervals,), NaN where no formula says it.

    Attributes
    ----------
    source, notes
        The formula, and what it leaves out.
    tallies
        By the names of `scenarios.measures.CONTACT_TALLIES`.
    busy
        Agents at work on it, shape (groups, intervals).
    overloaded, growth
        Where more work comes than its agents can do, and the contacts an hour by which the queue grows there; 0 where
        the load is exactly what they can do, which is too much too.
    tail
        Share of the contacts of each interval still waiting after times of shape (times, 1); None: not known.
    """

    source: str
    notes: tuple[str, ...]
    tallies: dict[str, Floats]
    busy: Floats
    overloaded: NDArray[np.bool_]
    growth: Floats
    tail: Tail | None = field(default=None, repr=False, compare=False)


def services(sharing: Sharing, progress: Progress | None = None) -> list[Service]:
    """The service of every type, in order; deferred work gets what connected work leaves of the agents."""
    service_of = connected_services(sharing, progress)
    if not sharing.connected.all():
        parts = deferred_parts(sharing, spare_agents(sharing, service_of), deferred_weights(sharing))
        for k in np.flatnonzero(~sharing.connected):
            service_of[int(k)] = _deferred(sharing, int(k), parts[:, k])
            if progress is not None:
                progress(len(service_of), sharing.connected.size)
    return [service_of[k] for k in range(sharing.connected.size)]


def connected_services(sharing: Sharing, progress: Progress | None = None) -> dict[int, Service]:
    """The service of every live or concurrent type, by its place among the types."""
    linked = linked_types(sharing)
    credits = {
        k: row for types in linked if len(types) > 1 for k, row in zip(types, credit(sharing, types), strict=True)
    }
    service_of: dict[int, Service] = {}
    for k in map(int, np.flatnonzero(sharing.connected)):
        service_of[k] = _connected(sharing, k, credits.get(k))
        if progress is not None:
            progress(len(service_of), sharing.connected.size)
    return service_of


def spare_agents(sharing: Sharing, service_of: dict[int, Service]) -> Floats:
    """Agents that connected work leaves idle, less those kept free for it, shape (groups, intervals)."""
    left = sharing.present - sum((service.busy for service in service_of.values()), np.zeros(sharing.present.shape))
    reserved = np.array([[group.reserved] for group in sharing.scenario.agent_groups])
    return np.maximum(left - np.where(_shared(sharing), reserved, 0), 0.0)


def deferred_parts(sharing: Sharing, spare: Floats, weights: Floats) -> Floats:
    """Spare agents divided among deferred types by weights of shape (types,), shape (groups, types, intervals)."""
    by_interval = np.broadcast_to(weights[:, None], sharing.flow.work.shape)
    return split(spare, sharing.can & ~sharing.connected, by_interval)


def deferred_weights(sharing: Sharing) -> Floats:
    """The agents that each deferred type needs, by which those who can do several are divided, shape (types,)."""
    weights = np.where(sharing.connected, 0.0, sharing.flow.work.sum(axis=1))
    shared = sharing.can[:, weights > 0].sum(axis=1) > 1
    for k in np.flatnonzero((weights > 0) & sharing.can[shared].any(axis=0)):
        contact_type, items = sharing.scenario.contact_types[k], sharing.flow.offered[k]
        handle = float(sharing.flow.work[k].sum() / items.sum()) / usual_speed(sharing, int(k))
        weights[k] = agents_needed(
            sharing.scenario,
            contact_type,
            work_in_items(sharing.scenario, int(k), items),
            handle,
            worked(sharing.scenario, contact_type.name),
        )
    return weights


def _shared(sharing: Sharing) -> NDArray[np.bool_]:
    """Whether a group has connected work for which agents can be kept free, shape (groups, 1)."""
    return np.asarray(np.any(sharing.can & sharing.connected, axis=1, keepdims=True))


def _connected(sharing: Sharing, k: int, credited_agents: Floats | None) -> Service:
    """The service of a live or concurrent type: its queue at the rates and agents of each interval."""
    members = sharing.pool(k)
    contact_types = [sharing.scenario.contact_types[j] for j in members]
    contact_type, rows = sharing.scenario.contact_types[k], list(members)
    group = sharing.main_group(k)
    volumes = [float(v) for v in sharing.flow.offered[rows].sum(axis=1)]
    queue = pooled_queue(contact_types, volumes, queue_of(contact_type, group.max_concurrent, group.concurrency_speed))
    parts, worth = _agents(sharing, k), worth_at(sharing, k, queue.per_agent)
    agents = worth @ parts
    if credited_agents is not None:
        agents = np.where(sharing.flow.work[k] > 0, credited_agents, agents)
    length = sharing.scenario.horizon.interval
    rate = sharing.flow.offered[rows].sum(axis=0) / length
    within = contact_type.answer_within or 0.0
    cases = _Cases.of(rate, pooled_aht(sharing, members), agents)
    performance = queue.performance(*cases.rows, within)
    offered = sharing.flow.offered[k]
    counts = _counts(offered, cases, performance, length)
    source, notes = queue.model[0].upper() + queue.model[1:], _notes(sharing, k, agents)
    ranks = in_ranks(sharing, members, k, queue, agents, within)
    if ranks is not None:
        source, counts, notes = ranks.source, counts | ranks.counts, [ranks.note, *notes]
    share_of_queue = np.divide(offered, rate * length, out=np.zeros_like(rate), where=rate > 0)
    unstable = (cases.spread(performance.stable) == 0) & (offered > 0)
    growth = cases.spread(performance.growth) * share_of_queue * HOUR
    if ranks is not None and ranks.kept is not None:
        unstable &= (ranks.kept > 0) | np.isinf(ranks.counts["wait_answered"])
        growth = offered * ranks.kept / length * HOUR
    tail: Tail = lambda time: cases.spread(np.asarray(performance.tail(time)))  # noqa: E731
    return Service(
        source=source,
        notes=tuple(notes),
        tallies=counts | _flows(sharing, k, counts),
        busy=_at_work(parts, agents * np.nan_to_num(cases.spread(performance.occupancy)), worth) * share_of_queue,
        overloaded=np.asarray(unstable),
        growth=np.where(unstable, growth, 0.0),
        tail=None if ranks is not None else tail,
    )


def _at_work(parts: Floats, busy: Floats, worth: Floats) -> Floats:
    """Agents of each group that are busy where so many of a type's own would be, shape (groups, intervals)."""
    total = worth @ parts
    return parts * np.minimum(np.divide(busy, total, out=np.zeros_like(total), where=total > 0), 1.0)


def _agents(sharing: Sharing, k: int) -> Floats:
    """The agents of each group that a connected type has to itself or with its pool, shape (groups, intervals)."""
    members = list(sharing.pool(k))
    idle = sharing.flow.work[members].sum(axis=0) == 0  # nothing comes: all of them stand ready
    return np.where(idle, sharing.present * sharing.can[:, [k]], sharing.parts[:, members].sum(axis=1))


@dataclass(frozen=True)
class _Cases:
    """The different (rate, handle time, agents) among intervals, so that equal ones are worked out once."""

    rows: tuple[Floats, Floats, Floats]
    place: NDArray[np.intp]
    """The case of each interval, shape (intervals,)."""

    @classmethod
    def of(cls, rate: Floats, handle: Floats, agents: Floats) -> _Cases:
        """The cases of some intervals; agents to a billionth, so that rounding makes no cases of its own."""
        cases, place = np.unique(np.stack([rate, handle, np.round(agents, 9)]), axis=1, return_inverse=True)
        return cls((cases[0], cases[1], cases[2]), place.ravel())

    def spread(self, values: Floats | NDArray[np.bool_]) -> Floats:
        """Values by case as values by interval."""
        return np.asarray(values, dtype=float)[..., self.place]


def _counts(offered: Floats, cases: _Cases, performance: Performance, length: float) -> dict[str, Floats]:
    """The tallies of the queue, from shares of the offered contacts."""
    spread, busy = cases.spread, offered > 0
    rate = spread(performance.arrival_rate)
    kept = np.divide(spread(performance.growth), rate, out=np.zeros_like(rate), where=rate > 0)
    answered = offered * np.where(spread(performance.stable) > 0, spread(performance.p_answered), 1 - kept)
    abandoned = offered * np.where(busy, spread(performance.p_abandon), 0.0)
    share_of_queue = np.divide(offered, rate, out=np.zeros_like(rate), where=rate > 0)
    return {
        "answered": answered,
        "abandoned": abandoned,
        # Where nearly nobody is answered, one minus those who leave is rounding: no more in time than answered at all.
        "in_time": np.minimum(offered * spread(performance.served_within), answered),
        "abandoned_in_time": offered * spread(performance.abandoned_within),
        "wait_answered": _times(answered, spread(performance.wait_served)),
        "wait_abandoned": _times(abandoned, spread(performance.wait_abandoned)),
        "waiting_time": _times(share_of_queue, spread(performance.queue)),
    }


def _times(count: Floats, seconds: Floats) -> Floats:
    """Count times each, nothing where nothing happened."""
    return np.where(count > 0, count * np.where((count > 0) & ~np.isnan(seconds), seconds, 0.0), 0.0)


def _flows(sharing: Sharing, k: int, counts: dict[str, Floats]) -> dict[str, Floats]:
    """The tallies that do not depend on the queue, or follow from those of the queue by addition."""
    flow, scenario = sharing.flow, sharing.scenario
    contact_type, offered, in_time = scenario.contact_types[k], flow.offered[k], counts["in_time"]
    handed = (flow.bot_sessions - flow.resolved - flow.falsely_contained - flow.left)[k]
    share = np.divide(in_time, offered, out=np.zeros_like(offered), where=offered > 0)
    price = contact_type.bot.cost_per_session if contact_type.bot is not None else 0.0
    return {
        "cases": scenario.expected[k],
        "contacts": flow.contacts[k],
        "repeats": np.maximum(flow.contacts[k] - scenario.expected[k], 0.0),
        "offered": offered,
        "closed": flow.closed[k],
        "handle_time": counts["answered"] * flow.aht[k] / usual_speed(sharing, k),
        "bot_sessions": flow.bot_sessions[k],
        "resolved_by_bot": flow.resolved[k],
        "falsely_contained": flow.falsely_contained[k],
        "left_bot": flow.left[k],
        "by_person": in_time,
        "by_person_or_bot": in_time + flow.resolved[k],
        "acknowledged": share * np.maximum(offered - handed, 0.0) + flow.bot_sessions[k],
        "bot_cost": flow.bot_sessions[k] * price,
    }


def _deferred(sharing: Sharing, k: int, parts: Floats) -> Service:
    """The service of a deferred type by the balance of its work; `parts` of shape (groups, intervals)."""
    scenario, flow = sharing.scenario, sharing.flow
    contact_type, length = scenario.contact_types[k], scenario.horizon.interval
    items, agents = flow.offered[k], parts.sum(axis=0)
    aht = flow.aht[k] / usual_speed(sharing, k)
    mean = float(items @ aht / items.sum()) if items.sum() else float(aht.mean())
    even = work_in_items(scenario, k, items)
    backlog_flow = balance(scenario, contact_type, even, agents, mean)
    backlog = backlog_flow.backlog[: items.size + 1]
    done = np.maximum(even + backlog[:-1] - backlog[1:], 0.0)
    response = _times(items, np.full(items.shape, backlog_flow.mean_response))
    used = np.divide(done * mean / length, agents, out=np.zeros_like(agents), where=agents > 0)
    counts = {
        "answered": items,
        "abandoned": np.zeros_like(items),
        "in_time": items * np.nan_to_num(in_time(scenario.horizon, contact_type, even, agents, mean)),
        "abandoned_in_time": np.zeros_like(items),
        "wait_answered": response,
        "wait_abandoned": np.zeros_like(items),
        "waiting_time": (backlog[:-1] + backlog[1:]) / 2 * length,
        "oldest_age": backlog_flow.oldest[1 : items.size + 1],
    }
    growth = _growth(scenario.horizon, items * aht, agents * scenario.horizon.open_share(contact_type.open), mean)
    return Service(
        source="Backlog",
        notes=(
            "mean waits by a fluid model, share in time with random variation; uses the time that live contacts leave",
            *_deferred_notes(sharing, k),
        ),
        tallies=counts | _flows(sharing, k, counts),
        busy=parts * np.minimum(used, 1.0),
        overloaded=np.full(items.shape, growth > 0),
        growth=np.full(items.shape, growth),
    )


def _growth(horizon: Horizon, work: Floats, agents: Floats, handle: float) -> float:
    """Items an hour by which a backlog grows from one repeating week to the next; 0 where it does not.

    `work` in seconds that arrive, and `agents` who may take it, shape (intervals,); the pattern is the last week, or
    the whole of a shorter horizon.
    """
    pattern = slice(-horizon.pattern_days * horizon.intervals_per_day, None)
    arriving, possible = float(work[pattern].sum()), float(agents[pattern].sum() * horizon.interval)
    if arriving <= possible * (1 + 1e-9) or not handle:
        return 0.0
    return (arriving - possible) / handle / (horizon.pattern_days * DAY / HOUR)


def _deferred_notes(sharing: Sharing, k: int) -> list[str]:
    contact_type = sharing.scenario.contact_types[k]
    mates = sharing.can[sharing.can[:, k]].any(axis=0) & ~sharing.connected
    rivals = [name for j, name in enumerate(sharing.scenario.type_names) if mates[j] and j != k]
    notes = [f"agents shared with {', '.join(rivals)} in proportion to need"] if rivals else []
    if any(route.after > 0 for route in sharing.scenario.routes(contact_type.name)):
        notes.append("overflow delays not modelled")
    return notes + flow_notes(contact_type)


def _notes(sharing: Sharing, k: int, agents: Floats) -> list[str]:
    members, rivals = sharing.pool(k), ", ".join(sharing.rivals(k))
    notes = ["steady state, intervals independent"]
    if len(members) > 1:
        notes.append(f"pooled with {rivals}")
    elif rivals:
        notes.append(f"agents shared with {rivals} in proportion to need; check by simulation")
    if not np.allclose(agents, np.round(agents)):
        notes.append("fractional agents (average over absence or sharing)")
    return notes + _left_out(sharing, k) + flow_notes(sharing.scenario.contact_types[k])


def _left_out(sharing: Sharing, k: int) -> list[str]:
    """What of a type's own description its formula cannot say."""
    scenario = sharing.scenario
    contact_type = scenario.contact_types[k]
    groups = [scenario.group(route.group) for route in scenario.routes(contact_type.name)]
    deferred = {type_.name for type_ in scenario.contact_types if not type_.connected}
    chat = contact_type.work == "concurrent"
    variability = contact_type.handle_time.scv
    omissions = {
        f"handle times assumed exponential (actual CV {variability**0.5:.2g})": variability != 1,
        "mean speed of groups that differ": len({group.skills[contact_type.name].speed for group in groups}) > 1,
        "overflow delays not modelled": any(route.after > 0 for route in scenario.routes(contact_type.name)),
        "concurrent chats differ between groups: counted in agents of the largest": chat
        and len({(group.max_concurrent, group.concurrency_speed) for group in groups}) > 1,
        "patience assumed exponential": chat and contact_type.patience is not None and contact_type.patience.scv != 1,
        "deferred work of the same agents not modelled": any(deferred & set(group.skills) for group in groups),
        "limit on lines not modelled": contact_type.trunk is not None,
        "callbacks not modelled": contact_type.callback is not None,
        "calls that are not answered not modelled": contact_type.dialling is not None,
        "limit on places in the queue not modelled": contact_type.queue_places is not None,
        "time in the bot not modelled": contact_type.bot is not None,
        "change of patience after the bot not modelled": contact_type.bot is not None
        and contact_type.bot.patience_factor != 1,
    }
    return [note for note, holds in omissions.items() if holds]
