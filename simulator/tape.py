"""The tape: every random number of one replication, drawn before it starts.

A draw depends only on (seed, replication, the customer, the step of the customer's journey, the purpose). Customer *i*
of a type is therefore the same under every staffing, every routing and nearly every volume: arrivals are the
points of a unit-rate Poisson process seen through the expected volume (inversion; Çinlar 1975), so a busier day calls
the same customers a little earlier. First contacts have their draws in arrays; the later contacts of a case take
theirs from pools, at an index that a hash of the case and the step determines.

Handle times and wrap-ups that differ by the time of day are multiplied by the factor of the interval of arrival: of
first contacts here, of later ones by the engines, which know when they arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from math import ceil, inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_types import Bot, ContactType
from scenarios.distributions import Distribution
from scenarios.horizon import Horizon
from scenarios.scenario import Scenario
from scenarios.units import DAY, LONGEST
from simulator.clock import GRID, all_on_grid
from simulator.codes import BotOutcome, FollowUpTrigger
from simulator.streams import key, stream
from simulator.tail import played

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SMALLEST_POOL, LARGEST_POOL = 1 << 10, 1 << 20


@dataclass(frozen=True)
class Draws:
    """Random inputs of contacts: one row each, times in seconds on the grid."""

    handle: Floats
    wrap_up: Floats
    patience: Floats
    """Infinite where the customer never leaves."""
    bot_outcome: NDArray[np.int8]
    bot_time: Floats
    hand_over: Floats
    bot_factor: Floats
    """The factor on the handle time if the bot escalates."""


TIMES = ("handle", "wrap_up", "patience", "bot_time", "hand_over")
"""The draws that are times."""


@dataclass(frozen=True)
class FirstContacts:
    """The contacts that begin cases, in the order of arrival (ties: by type, then ordinal)."""

    arrival: Floats
    type: Ints
    ordinal: Ints
    draws: Draws


Merge = Callable[[Sequence[Floats], Sequence[Draws], float], FirstContacts]
"""What makes first contacts of each type's rising times, its draws as they came, and the grid."""


@dataclass(frozen=True)
class Tape:
    """One replication's randomness. Rows are first contacts in the order of arrival (ties: by type, then ordinal)."""

    grid: float
    arrival: Floats
    type: Ints
    ordinal: Ints
    """The number of the contact within its type: with the type's key, the customer's identity."""
    draws: Draws
    pools: Draws
    """Draws for later contacts, shape (types and `drifted_rows`, pool), of which the size is a power of two, or 0."""
    delays: Floats
    """Delays of each follow-up rule, shape (rules, pool), rules in the order of the types."""
    keys: tuple[int, ...]
    """The root of each type's hashed draws; 0 where nothing is drawn during the day."""
    absent: tuple[NDArray[np.bool_], ...]
    """For each group which agents are absent, shape (days, agents).

    Of a group with shifts the first row is for shifts of the day before the horizon.
    """
    day_factors: Floats
    """The busyness factor of each type and day, shape (types, days)."""
    until: float = inf
    """The instant until which contacts arrive after the horizon, infinite where none do."""
    late: tuple[Floats, ...] = ()
    """For each group by how much people begin their shift late, shaped as `absent`; empty where nobody does."""
    longer: Callable[[], Tape] | None = None
    """Draws the same tape with arrivals for longer, in case contacts of the horizon are still open by then."""

    def lengthened(self) -> Tape:
        """The tape with arrivals for longer, and the same absences and late starts."""
        return self if self.longer is None else replace(self.longer(), absent=self.absent, late=self.late)

    @property
    def pool_size(self) -> int:
        """The number of draws in each pool."""
        return int(self.delays.shape[1])


def merged(times: Sequence[Floats], draws: Sequence[Draws], grid: float) -> FirstContacts:
    """The first contacts of all types in the order of arrival, on the grid."""
    arrival = np.floor(np.concatenate(times) / grid) * grid
    order = np.argsort(arrival, kind="stable")
    sizes = [len(t) for t in times]
    return FirstContacts(
        arrival[order],
        np.repeat(np.arange(len(sizes)), sizes)[order],
        np.concatenate([np.arange(size) for size in sizes])[order],
        _in_order(order, _on_grid(joined(draws), grid)),
    )


def draw_tape(
    scenario: Scenario,
    seed: int,
    replication: int,
    *,
    arrivals: Sequence[Floats] | None = None,
    grid: float = GRID,
    merge: Merge = merged,
    stage: int = 0,
) -> Tape:
    """The tape of one replication.

    Parameters
    ----------
    scenario
        What is given.
    seed, replication
        The names of the random streams; equal names give equal customers.
    arrivals
        Recorded arrival times for each type, in seconds from the start of the horizon, instead of drawn ones.
    grid
        The time grid in seconds; coarser than the default only to make events coincide in tests.
    merge
        What puts first contacts in order: `merged`, or its compiled twin.
    stage
        How long contacts arrive after the horizon: its place in `simulator.tail.Played.stages`.
    """
    whole = played(scenario)
    stages = whole.stages
    day_factors = _day_factors(scenario, seed, replication)
    contact_types = scenario.contact_types
    times = [
        _arrivals(
            scenario.expected[k] * day_factors[k, scenario.horizon.day_of_interval],
            scenario.horizon.interval,
            stream(seed, replication, f"arrivals/{contact_type.name}"),
        )
        if arrivals is None
        else np.sort(arrivals[k])
        for k, contact_type in enumerate(contact_types)
    ]
    draws = [
        _first_draws(contact_type, seed, replication, len(t))
        for contact_type, t in zip(contact_types, times, strict=True)
    ]
    started = [
        np.concatenate((np.zeros(contact_type.backlog), t))
        for contact_type, t in zip(contact_types, times, strict=True)
    ]
    draws = [
        _drifted(begins, own, before, partial(_first_draws, _after_drift(contact_type), seed, replication, len(t)))
        for begins, own, before, contact_type, t in zip(
            drift_begins(scenario), started, draws, contact_types, times, strict=True
        )
    ]
    if stages[stage] < inf:
        tails = _tails(scenario, seed, replication, stages[stage])
        started = [np.concatenate((own, after)) for own, (after, _) in zip(started, tails, strict=True)]
        draws = [joined([own, after]) for own, (_, after) in zip(draws, tails, strict=True)]
    if whole.handle_factors.size:
        draws = [
            own if (factors == 1).all() else _multiplied(own, factors[_intervals(whole.horizon, t)])
            for own, factors, t in zip(draws, whole.handle_factors, started, strict=True)
        ]
    first = merge(started, draws, grid)
    again = partial(draw_tape, scenario, seed, replication, arrivals=arrivals, grid=grid, merge=merge, stage=stage + 1)
    pool = _pool_size(scenario)
    hashed = pool > 0 or scenario.routing.groups == "random"
    return Tape(
        grid=grid,
        arrival=first.arrival,
        type=first.type,
        ordinal=first.ordinal,
        draws=first.draws,
        pools=_pools(scenario, seed, replication, pool, grid),
        delays=_delays(scenario, seed, replication, pool, grid),
        keys=tuple(key(seed, replication, f"journey/{name}") if hashed else 0 for name in scenario.type_names),
        absent=absences(scenario, seed, replication),
        late=late_starts(scenario, seed, replication, grid),
        day_factors=day_factors,
        until=stages[stage],
        longer=again if stage + 1 < len(stages) else None,
    )


def _intervals(horizon: Horizon, times: Floats) -> Ints:
    """The interval in which each time lies, shape (times,)."""
    return np.minimum((times / horizon.interval).astype(np.int64), horizon.intervals - 1)


def _multiplied(draws: Draws, factors: Floats) -> Draws:
    """Draws with handle times and wrap-ups multiplied, contact by contact."""
    wrap_up = draws.wrap_up if is_broadcast(draws.wrap_up) else draws.wrap_up * factors
    return replace(draws, handle=draws.handle * factors, wrap_up=wrap_up)


def _day_factors(scenario: Scenario, seed: int, replication: int, days: int | None = None, prefix: str = "") -> Floats:
    """Gamma factors with mean 1, shape (types, days); types that share a name share their days."""
    days = scenario.horizon.days if days is None else days
    result = np.ones((len(scenario.contact_types), days))
    for k, contact_type in enumerate(scenario.contact_types):
        variation = contact_type.volume.variation
        if variation is None or variation.cv == 0:
            continue
        name = f"busyness/type/{contact_type.name}" if variation.shared is None else f"busyness/{variation.shared}"
        shape = variation.cv**-2
        result[k] = stream(seed, replication, prefix + name).standard_gamma(shape, days) / shape
    return result


def _tails(scenario: Scenario, seed: int, replication: int, until: float) -> list[tuple[Floats, Draws]]:
    """Arrival times and draws of each type after the horizon, from streams of their own for each day.

    Arrivals are drawn for whole days and all else by the prefix property of draws, so that a tail that goes on for
    longer begins with the same customers.
    """
    horizon = scenario.horizon
    days = ceil((until - horizon.length) / DAY)
    day_factors = _day_factors(scenario, seed, replication, days, "tail/")
    expected = horizon.after(scenario.expected, days).reshape(len(day_factors), days, -1) * day_factors[:, :, None]
    tails = []
    for contact_type, rows in zip(map(_after_drift, scenario.contact_types), expected, strict=True):
        times = [
            horizon.length
            + day * DAY
            + _arrivals(row, horizon.interval, stream(seed, replication, f"tail/{day}/arrivals/{contact_type.name}"))
            for day, row in enumerate(rows)
        ]
        times = [of_day[: np.searchsorted(of_day, until)] for of_day in times]
        draws = [_draws(contact_type, seed, replication, len(t), f"tail/{day}/") for day, t in enumerate(times)]
        tails.append((np.concatenate(times), joined(draws)))
    return tails


def _arrivals(expected: Floats, interval: float, random: np.random.Generator) -> Floats:
    """Arrival times of a type in rising order: a unit-rate Poisson process through the inverse of the volume."""
    edges = np.arange(len(expected) + 1) * interval
    volume = np.concatenate(([0.0], np.cumsum(expected)))
    total = volume[-1]
    points = np.cumsum(random.standard_exponential(int(total + 6 * np.sqrt(total)) + 10))
    while points[-1] < total:
        more = np.cumsum(random.standard_exponential(int(np.sqrt(total)) + 10))
        points = np.concatenate((points, points[-1] + more))
    return np.asarray(np.interp(points[: np.searchsorted(points, total)], volume, edges))


def _first_draws(contact_type: ContactType, seed: int, replication: int, size: int) -> Draws:
    """Draws of a type's first contacts; those of an opening backlog stand in front."""
    fresh = _draws(contact_type, seed, replication, size, "")
    if not contact_type.backlog:
        return fresh
    return joined([_draws(contact_type, seed, replication, contact_type.backlog, "backlog/"), fresh])


def _draws(contact_type: ContactType, seed: int, replication: int, size: int, prefix: str) -> Draws:
    """Draws of a type, not yet on the grid; a constant column takes the memory of one value."""

    def times(purpose: str, distribution: Distribution | None, missing: float = 0.0) -> Floats:
        if distribution is None or distribution.mean == 0:
            return np.broadcast_to(missing if distribution is None else 0.0, size)
        return _drawn(distribution, stream(seed, replication, f"{prefix}{purpose}/{contact_type.name}"), size)

    def chances(purpose: str) -> Floats:
        return stream(seed, replication, f"{prefix}{purpose}/{contact_type.name}").random(size)

    patience = times("patience", contact_type.patience, np.inf)
    if contact_type.balking:
        patience = np.where(chances("balking") < contact_type.balking, 0.0, patience)
    bot = contact_type.bot
    return Draws(
        handle=times("handle", contact_type.handle_time),
        wrap_up=times("wrap-up", contact_type.wrap_up),
        patience=patience,
        bot_outcome=np.broadcast_to(np.int8(BotOutcome.NO_BOT), size)
        if bot is None
        else _bot_outcomes(bot, chances("bot-outcome")),
        bot_time=times("bot-session", bot.session if bot else None),
        hand_over=times("hand-over", bot.hand_over if bot else None),
        bot_factor=np.broadcast_to(1.0, size) if bot is None else _bot_factors(bot, chances, size),
    )


def _drawn(distribution: Distribution, random: np.random.Generator, size: int) -> Floats:
    """Draws that end at the longest time of a scenario: no longer time can be planned for."""
    return np.minimum(distribution.draw(random, size), LONGEST)


def _bot_outcomes(bot: Bot, chance: Floats) -> NDArray[np.int8]:
    limits = np.cumsum((bot.resolved, bot.falsely_contained, bot.left))
    return np.searchsorted(limits, chance, side="right").astype(np.int8)


def _bot_factors(bot: Bot, chances: Callable[[str], Floats], size: int) -> Floats:
    if bot.context in (0.0, 1.0):
        return np.broadcast_to(bot.difficulty(bot.context == 1.0), size)
    passed_on = chances("context") < bot.context
    return np.where(passed_on, bot.difficulty(True), bot.difficulty(False))


def joined(parts: Sequence[Draws]) -> Draws:
    """Draws one after another; a column that is constant in all of them still takes the memory of one value."""
    return Draws(**{name: _column([getattr(part, name) for part in parts]) for name in Draws.__dataclass_fields__})


def _column(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    values = {part.item(0) if is_broadcast(part) else None for part in parts if part.size}
    if len(values) == 1 and None not in values:
        return np.broadcast_to(next(part for part in parts if part.size)[0], sum(part.size for part in parts))
    return np.concatenate(parts)


def is_broadcast(column: NDArray[Any]) -> bool:
    """Whether a column is one value broadcast to all; of times only nought and infinity are, which every grid has."""
    return column.strides == (0,)


def _in_order(order: NDArray[np.intp], draws: Draws) -> Draws:
    columns = {name: getattr(draws, name) for name in Draws.__dataclass_fields__}
    return Draws(**{name: column if is_broadcast(column) else column[order] for name, column in columns.items()})


def _on_grid(draws: Draws, grid: float) -> Draws:
    drawn = {name: getattr(draws, name) for name in TIMES}
    rounded: dict[str, Any] = {name: all_on_grid(c, grid) for name, c in drawn.items() if not is_broadcast(c)}
    return replace(draws, **rounded)


@lru_cache(maxsize=64)
def _pool_size(scenario: Scenario) -> int:
    """A power of two of at least twice the follow-ups that any type can expect; 0 without rules."""
    if not any(contact_type.rules for contact_type in scenario.contact_types):
        return 0
    wanted = min(max(2 * max(followed(scenario).values()), SMALLEST_POOL), LARGEST_POOL)
    return 1 << int(np.ceil(np.log2(wanted)))


def followed(scenario: Scenario) -> dict[str, float]:
    """The contacts of each type that follow from first ones, at most, in the mean."""
    inflow = dict.fromkeys(scenario.type_names, 0.0)
    for contact_type, expected in zip(scenario.contact_types, scenario.expected.sum(axis=1), strict=True):
        for name, share in _shares_followed(contact_type).items():
            inflow[name] += share * (expected + contact_type.backlog)
    return inflow


def _shares_followed(contact_type: ContactType) -> dict[str, float]:
    """The most contacts of each type that follow from one of this type: it ends in one way, and may be overdue."""
    bot = contact_type.bot
    of_bot = {
        FollowUpTrigger.BOT_RESOLVED.text: max(bot.resolved, bot.drifted.resolved) if bot else 0.0,
        FollowUpTrigger.FALSELY_CONTAINED.text: max(bot.falsely_contained, bot.drifted.falsely_contained)
        if bot
        else 0.0,
        FollowUpTrigger.BOT_LEFT.text: bot.left if bot else 0.0,
    }
    by_end: dict[str, dict[str, float]] = {}
    for rule in contact_type.rules:
        ends = by_end.setdefault(rule.as_type, {})
        ends[rule.after] = ends.get(rule.after, 0.0) + rule.probability * of_bot.get(rule.after, 1.0)
    overdue = FollowUpTrigger.OVERDUE.text
    return {name: ends.pop(overdue, 0.0) + max(ends.values(), default=0.0) for name, ends in by_end.items()}


def drift_begins(scenario: Scenario) -> Floats:
    """When each type's bot begins to contain less or more, infinite where it never does, shape (types,)."""
    drifts = [contact_type.bot.drift if contact_type.bot else None for contact_type in scenario.contact_types]
    return np.array([drift.begins(scenario.horizon) if drift else inf for drift in drifts])


def drifted_rows(scenario: Scenario) -> Ints:
    """The row of the pools that holds what a type's bot does from its drift on, the own one without, shape (types,)."""
    own, drifting = np.arange(len(scenario.contact_types)), np.isfinite(drift_begins(scenario))
    return np.where(drifting, len(own) - 1 + np.cumsum(drifting), own)


def _after_drift(contact_type: ContactType) -> ContactType:
    """The type with its bot as it is from the drift on."""
    bot = contact_type.bot
    return contact_type if bot is None else contact_type.model_copy(update={"bot": bot.drifted})


def _drifted(begins: float, arrivals: Floats, before: Draws, after: Callable[[], Draws]) -> Draws:
    """Draws of first contacts: bots of those who arrive after the drift as drawn for it, by the same chances."""
    if begins == inf:
        return before
    late, drawn = arrivals >= begins, after()
    return replace(
        before,
        bot_outcome=np.where(late, drawn.bot_outcome, before.bot_outcome),
        bot_factor=np.where(late, drawn.bot_factor, before.bot_factor),
    )


def _pools(scenario: Scenario, seed: int, replication: int, size: int, grid: float) -> Draws:
    """Draws for later contacts; zeros for types that follow nothing. Last, types whose bots drift once more."""
    followed = {rule.as_type for contact_type in scenario.contact_types for rule in contact_type.rules}
    columns = {
        name: np.zeros((drifted_rows(scenario).max() + 1, size), dtype=np.int8 if name == "bot_outcome" else float)
        for name in Draws.__dataclass_fields__
    }
    rows = [*enumerate(scenario.contact_types)]
    for (number, own), last in zip(rows[:], drifted_rows(scenario), strict=True):
        rows += [(int(last), _after_drift(own))] if last != number else []
    for number, contact_type in rows:
        if contact_type.name in followed:
            pool = _on_grid(_draws(contact_type, seed, replication, size, "pool/"), grid)
            for name, column in columns.items():
                column[number] = getattr(pool, name)
    return Draws(**columns)


def _delays(scenario: Scenario, seed: int, replication: int, size: int, grid: float) -> Floats:
    rows = [
        all_on_grid(_drawn(rule.delay, stream(seed, replication, f"delay/{contact_type.name}/{number}"), size), grid)
        for contact_type in scenario.contact_types
        for number, rule in enumerate(contact_type.rules)
    ]
    return np.array(rows).reshape(len(rows), size)


def absences(scenario: Scenario, seed: int, replication: int) -> tuple[NDArray[np.bool_], ...]:
    """Which agents are absent on which day; a row of draws a day, so that more agents leave the absences of others."""
    result, days_played = [], played(scenario).horizon.days
    for group, staffing in zip(scenario.agent_groups, scenario.staffing, strict=True):
        agents = int(staffing.max()) if group.shifts is None else group.shifts.person_count
        share, first = group.shrinkage.absence, 0 if group.shifts is None else -1
        days = [
            stream(seed, replication, f"absence/{group.name}/{day}").random(agents) < share
            if share
            else np.zeros(agents, bool)
            for day in range(first, days_played)
        ]
        result.append(np.array(days, dtype=bool))
    return tuple(result)


def late_starts(scenario: Scenario, seed: int, replication: int, grid: float) -> tuple[Floats, ...]:
    """By how many seconds people begin their shift late, by group, shape (days, agents); () where nobody ever does.

    The first row is for shifts of the day before the horizon. More people leave the delays of others as they are.
    """
    late = [None if group.shifts is None else group.shifts.late_starts for group in scenario.agent_groups]
    if not any(late):
        return ()
    days_played = played(scenario).horizon.days
    result = []
    for group, rule in zip(scenario.agent_groups, late, strict=True):
        if rule is None or group.shifts is None:
            result.append(np.zeros((0, 0)))
            continue
        people, delays = group.shifts.person_count, np.zeros((days_played + 1, group.shifts.person_count))
        for day, row in enumerate(delays, start=-1):
            comes_late = stream(seed, replication, f"late/{group.name}/{day}").random(people) < rule.share
            drawn = _drawn(rule.delay, stream(seed, replication, f"late-delay/{group.name}/{day}"), people)
            row[comes_late] = drawn[comes_late]
        result.append(all_on_grid(delays, grid))
    return tuple(result)
