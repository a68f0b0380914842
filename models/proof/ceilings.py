"""The best that the most heads allowed could do for a type that had all of them to itself: by the course of a day.

Every agent who can take the type is taken to be as fast as the fastest and to take nothing else, every day to begin
with nobody waiting. The day is then exact where times are exponential (`models.transient`). Other handle times get
twice the time to answer and two points: waits of deterministic ones are half as long (Lee & Longton 1959), and none
are shorter. Where the type is reached by follow-ups, all those that there can be while targets are kept count as
answered in time. What is not covered (several dialogues at once, unusual patience, lines) has no ceiling here.
"""

from __future__ import annotations

import math

import numpy as np

from models.centre.workload import mean_handle
from models.proof.load import best_hour
from models.proof.space import Heads, Space
from models.queueing.arguments import Floats
from models.transient import Day, day
from models.uncertain import shape_of_cv
from scenarios.contact_types import After, Bot, ContactType
from scenarios.distributions import Exponential
from scenarios.evidence import in_periods, period_of_interval
from scenarios.scenario import Scenario
from scenarios.wishes import Wish, wishes

ROOMY = 5.0
"""Roots of the load on top of it, with which hardly anybody waits, so that nothing need be computed."""
UNLIKE = 0.02
"""Of a share: what is allowed for handle times that are not exponential."""
WIDEST = 2.0
"""The squared coefficient of variation of handle times up to which a ceiling is given."""
NODES = ((50.0, 8), (10.0, 16), (0.0, 32))
"""Gamma shapes of the days' busyness from which so many nodes of the quadrature are enough."""


def ceiling(space: Space, wish: Wish) -> float | None:
    """The best value of a wish (the least for abandonment) with the most heads; None where no formula knows it.

    Examples
    --------
    Two agents for a load of 12 erlangs whose callers never leave: all but the first of the day wait for ever.

    >>> from scenarios import presets
    >>> from models.proof.space import space_of
    >>> from scenarios.wishes import wishes
    >>> desk = presets.load("help-desk").replace_group("desk", most=2)
    >>> ceiling(space_of(desk), wishes(desk)[0]) < 0.01
    True
    """
    scenario = space.scenario
    kind = scenario.contact_type(wish.of)
    if wish.measure not in ("service_level", "abandonment") or wish.on_days is not None or not _covered(kind):
        return None
    back = follow_ups(scenario)[scenario.type_names.index(kind.name)]
    if not math.isfinite(back) or (wish.at_most and wish.every != "horizon"):
        return None
    days = _days(space, kind, wish)
    if not days:
        return None
    rest = 0.0 if _exact(kind) else UNLIKE
    counted = scenario.horizon.edges[:-1] >= scenario.horizon.warm_up
    offered = np.concatenate([one.offered for one in days]) * counted
    if wish.at_most:
        lost = np.concatenate([one.abandoned for one in days]) * counted
        early = np.concatenate([one.queue_end for one in days])[~counted][-1:].sum()  # they came in the warm-up
        return max(float((lost.sum() - early) / (offered.sum() + back)) - rest, 0.0)
    in_time = np.concatenate([one.answered_in_time for one in days]) * counted
    if wish.every != "horizon" and not back:
        period = period_of_interval(scenario.horizon, wish.every)
        parts, good = in_periods(offered, period), in_periods(in_time, period)
        return min(float((good[parts > 0] / parts[parts > 0]).min()) + rest, 1.0)
    return min(float((in_time.sum() + back) / (offered.sum() + back)) + rest, 1.0)


def follow_ups(scenario: Scenario) -> Floats:
    """The most contacts of each type that follow from others while every target is kept, shape (types,).

    Infinite for all where contacts could breed without end.
    """
    names = scenario.type_names
    rates = np.zeros((len(names), len(names)))
    for j, kind in enumerate(scenario.contact_types):
        for rule in kind.follow_ups:
            rates[j, names.index(rule.as_type)] += rule.probability * _how_often(scenario, kind, rule.after)
    if not rates.any():
        return np.zeros(len(names))
    if np.abs(np.linalg.eigvals(rates)).max() >= 1:
        return np.full(len(names), np.inf)
    fresh = scenario.expected.sum(axis=1) + [kind.backlog for kind in scenario.contact_types]
    return np.asarray(np.linalg.solve(np.eye(len(names)) - rates.T, fresh) - fresh)


def _how_often(scenario: Scenario, kind: ContactType, after: After) -> float:
    """The most contacts of a type that can meet an event while its targets are kept, as a share."""
    bot = kind.bot or Bot()
    if after in ("bot-resolved", "falsely-contained", "bot-left"):
        return {"bot-resolved": bot.resolved, "falsely-contained": bot.falsely_contained, "bot-left": bot.left}[after]
    if after != "abandoned":
        return 1.0
    mine = [wish for wish in wishes(scenario) if wish.of == kind.name and wish.on_days is None]
    kept = [1 - wish.limit for wish in mine if wish.measure == "service_level"]
    return min([1.0, *kept, *(wish.limit for wish in mine if wish.measure == "abandonment")])


def _covered(kind: ContactType) -> bool:
    """Whether the formula of the day knows a type's work, patience and lines."""
    patient = kind.patience is None or isinstance(kind.patience, Exponential)
    return (
        kind.work == "live"
        and patient
        and kind.trunk is None
        and second_moment(kind) <= (1 + WIDEST) * easiest(kind) ** 2
    )


def second_moment(kind: ContactType) -> float:
    """The mean square of a type's handle time in s², wrap-up included, of the hardest contacts that a bot leaves."""
    factor = max(kind.bot.difficulty(True), kind.bot.difficulty(False), 1.0) if kind.bot else 1.0
    spread = kind.handle_time.scv * kind.handle_time.mean**2 + kind.wrap_up.scv * kind.wrap_up.mean**2
    return (spread + mean_handle(kind) ** 2) * factor**2


def fresh_contacts(scenario: Scenario, kind: ContactType) -> Floats:
    """The fewest fresh contacts of a type that reach its queue, shape (intervals,)."""
    kept = kind.bot.resolved + kind.bot.falsely_contained + kind.bot.left if kind.bot else 0.0
    opened = scenario.horizon.open_share(kind.open) if kind.connected else 1.0
    return np.asarray(scenario.expected[scenario.type_names.index(kind.name)] * opened * max(1 - kept, 0.0))


def easiest(kind: ContactType) -> float:
    """The mean handle time in seconds of the easiest contacts that a bot leaves, wrap-up included."""
    factor = min(kind.bot.difficulty(True), kind.bot.difficulty(False), 1.0) if kind.bot else 1.0
    return mean_handle(kind) * factor


def _exact(kind: ContactType) -> bool:
    """Whether a type's handle times are exponential, so that the formula of the day is exact."""
    return isinstance(kind.handle_time, Exponential) and not kind.wrap_up.mean and kind.bot is None


def _days(space: Space, kind: ContactType, wish: Wish) -> list[Day]:
    """The days of the horizon with the most heads; none where they are so many that hardly anybody waits."""
    scenario, horizon = space.scenario, space.scenario.horizon
    k = scenario.type_names.index(kind.name)
    heads = space.most[space.can[:, k]][:, space.period].sum(axis=0)
    rates = fresh_contacts(scenario, kind) / horizon.interval
    handle = easiest(kind) / best_hour(scenario, kind)
    load = rates * handle
    if np.isinf(heads).any() or (heads >= load + ROOMY * np.sqrt(load + 1)).all() or not rates.any():
        return []
    found: dict[bytes, Day] = {}
    days = []
    for rate, there in zip(rates.reshape(horizon.days, -1), heads.reshape(horizon.days, -1), strict=True):
        key = rate.tobytes() + there.tobytes()
        if key not in found:
            found[key] = _played(kind, wish, rate, there.astype(int), horizon.interval, handle)
        days.append(found[key])
    return days


def _played(kind: ContactType, wish: Wish, rates: Floats, heads: Heads, interval: float, handle: float) -> Day:
    """One day of a type with agents of its own, arrays of shape (intervals,)."""
    target = kind.target.within if kind.target is not None and kind.target.within is not None else 0.0
    patience = math.inf if kind.patience is None else kind.patience.mean
    if kind.bot:  # of the patience that a bot leaves, the one that is better for the wish
        change = kind.bot.patience_factor
        patience *= max(change, 1.0) if wish.at_most else min(change, 1.0)
    variation = kind.volume.variation
    shape = shape_of_cv(variation.cv) if variation is not None else math.inf
    return day(
        *(rates, np.append(heads[:-1], max(heads[-1], 1)), interval, handle, patience),
        *(target if _exact(kind) else 2 * target, kind.balking),
        busyness_shape=shape,
        nodes=next(nodes for least, nodes in NODES if shape >= least),
    )
