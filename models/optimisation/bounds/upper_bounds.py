"""Upper bounds on service: the best a contact type could get with the most agents allowed and no other work.

Every eligible agent is taken to be as fast as the fastest and to take nothing else, every day to start with an empty
queue. The day is then exact where times are exponential (`models.day.transient`). Other handle times get twice the time
to answer and two points: waits with deterministic ones are half as long (Lee & Longton 1959), and none are shorter.
Where follow-ups reach the type, all those possible while targets are met count as answered in time. What is not covered
(concurrent contacts, other patience distributions, trunk lines) has no bound here.
"""

from __future__ import annotations

import math

import numpy as np

from models.day.transient import Day, day
from models.day.uncertain import shape_of_cv
from models.optimisation.bounds.load import best_hour, easiest_factor
from models.optimisation.plan_space import PlanSpace, Staffing
from models.queueing.numerics.arguments import Floats
from scenarios.contact_types import After, Bot, ContactType
from scenarios.distributions import Exponential
from scenarios.evaluation import in_periods, period_of_interval
from scenarios.requirements import Constraint, constraints
from scenarios.scenario import Scenario

ROOMY = 5.0
"""Roots of the load on top of it, with which hardly any contact waits, so that nothing need be computed."""
UNLIKE = 0.02
"""Of a share: what is allowed for handle times that are not exponential."""
WIDEST = 2.0
"""The squared coefficient of variation of handle times up to which a ceiling is given."""
NODES = ((50.0, 8), (10.0, 16), (0.0, 32))
"""Gamma shapes of the days' busyness from which so many nodes of the quadrature are enough."""


def ceiling(space: PlanSpace, constraint: Constraint) -> float | None:
    """The best value of a target (the least for abandonment) with the most agents; None where no formula knows it.

    Examples
    --------
    Two agents for a load of 12 erlangs whose callers never leave: all but the first of the day wait throughout.

    >>> from scenarios.yaml import presets
    >>> from models.optimisation.plan_space import plan_space
    >>> from scenarios.requirements import constraints
    >>> desk = presets.load("help-desk").replace_group("desk", max_agents=2)
    >>> ceiling(plan_space(desk), constraints(desk)[0]) < 0.01
    True
    """
    scenario = space.scenario
    contact_type = scenario.contact_type(constraint.of)
    if (
        constraint.measure not in ("service_level", "abandonment")
        or constraint.on_days is not None
        or not _covered(scenario, contact_type)
    ):
        return None
    back = follow_ups(scenario)[scenario.type_names.index(contact_type.name)]
    if not math.isfinite(back) or (constraint.at_most and constraint.every != "horizon"):
        return None
    days = _days(space, contact_type, constraint)
    if not days:
        return None
    allowance = 0.0 if _exact(contact_type) else UNLIKE
    counted = scenario.horizon.edges[:-1] >= scenario.horizon.warm_up
    offered = np.concatenate([course.offered for course in days]) * counted
    if constraint.at_most:
        lost = np.concatenate([course.abandoned for course in days]) * counted
        early = np.concatenate([course.queue_end for course in days])[~counted][-1:].sum()  # they came in the warm-up
        return max(float((lost.sum() - early) / (offered.sum() + back)) - allowance, 0.0)
    in_time = np.concatenate([course.answered_in_time for course in days]) * counted
    if constraint.every != "horizon" and not back:
        period = period_of_interval(scenario.horizon, constraint.every)
        parts, good = in_periods(offered, period), in_periods(in_time, period)
        return min(float((good[parts > 0] / parts[parts > 0]).min()) + allowance, 1.0)
    return min(float((in_time.sum() + back) / (offered.sum() + back)) + allowance, 1.0)


def follow_ups(scenario: Scenario) -> Floats:
    """The most contacts of each type that follow from others while every target is kept, shape (types,).

    Infinite for all where contacts could breed without end.
    """
    names = scenario.type_names
    rates = np.zeros((len(names), len(names)))
    for j, contact_type in enumerate(scenario.contact_types):
        for rule in contact_type.rules:
            rates[j, names.index(rule.as_type)] += rule.probability * _how_often(scenario, contact_type, rule.after)
    if not rates.any():
        return np.zeros(len(names))
    if np.abs(np.linalg.eigvals(rates)).max() >= 1:
        return np.full(len(names), np.inf)
    fresh = scenario.expected.sum(axis=1) + [contact_type.backlog for contact_type in scenario.contact_types]
    return np.asarray(np.linalg.solve(np.eye(len(names)) - rates.T, fresh) - fresh)


def _how_often(scenario: Scenario, contact_type: ContactType, after: After) -> float:
    """The most contacts of a type that can meet an event while its targets are kept, as a share."""
    bot = contact_type.bot or Bot()
    if after in ("bot-resolved", "falsely-contained", "bot-left"):
        field = {"bot-resolved": "resolved", "falsely-contained": "falsely_contained", "bot-left": "left"}[after]
        return max(float(getattr(bot, field)), float(getattr(bot.drifted, field)))
    if after != "abandoned":
        return 1.0
    of_type = [
        constraint
        for constraint in constraints(scenario)
        if constraint.of == contact_type.name and constraint.on_days is None
    ]
    kept = [1 - constraint.limit for constraint in of_type if constraint.measure == "service_level"]
    return min([1.0, *kept, *(constraint.limit for constraint in of_type if constraint.measure == "abandonment")])


def _covered(scenario: Scenario, contact_type: ContactType) -> bool:
    """Whether the formula of the day knows a type's work, patience and lines."""
    patient = contact_type.patience is None or isinstance(contact_type.patience, Exponential)
    return (
        contact_type.work == "live"
        and patient
        and not contact_type.may_be_diverted
        and second_moment(scenario, contact_type) <= (1 + WIDEST) * easiest(scenario, contact_type).min() ** 2
    )


def second_moment(scenario: Scenario, contact_type: ContactType) -> float:
    """The largest mean square of a type's handle time (s²), wrap-up included: of the hardest that a bot leaves."""
    factor = (
        max(contact_type.bot.difficulty(True), contact_type.bot.difficulty(False), 1.0) if contact_type.bot else 1.0
    )
    spread = (
        contact_type.handle_time.scv * contact_type.handle_time.mean**2
        + contact_type.wrap_up.scv * contact_type.wrap_up.mean**2
    )
    factor = factor * float(_profile(scenario, contact_type).max())
    return (spread + contact_type.mean_handle**2) * factor**2


def fresh_contacts(scenario: Scenario, contact_type: ContactType) -> Floats:
    """The fewest fresh contacts of a type that reach its queue, shape (intervals,)."""
    bot = contact_type.bot
    kept = max(bot.kept, bot.drifted.kept) if bot else 0.0
    opened = scenario.horizon.open_share(contact_type.open) if contact_type.connected else 1.0
    return np.asarray(scenario.expected[scenario.type_names.index(contact_type.name)] * opened * max(1 - kept, 0.0))


def easiest(scenario: Scenario, contact_type: ContactType) -> Floats:
    """Mean handle time in s of the easiest contacts that a bot leaves, with wrap-up, by interval: (intervals,)."""
    factor = easiest_factor(contact_type.bot) if contact_type.bot else 1.0
    return contact_type.mean_handle * factor * _profile(scenario, contact_type)


def _profile(scenario: Scenario, contact_type: ContactType) -> Floats:
    return np.asarray(scenario.handle_factors[scenario.type_names.index(contact_type.name)])


def _exact(contact_type: ContactType) -> bool:
    """Whether a type's handle times are exponential, so that the formula of the day is exact."""
    return (
        isinstance(contact_type.handle_time, Exponential) and not contact_type.wrap_up.mean and contact_type.bot is None
    )


def _days(space: PlanSpace, contact_type: ContactType, constraint: Constraint) -> list[Day]:
    """The days of the horizon with the most agents; none where they are so many that hardly any contact waits."""
    scenario, horizon = space.scenario, space.scenario.horizon
    k = scenario.type_names.index(contact_type.name)
    staffing = space.max_staffing[space.eligible[:, k]][:, space.period].sum(axis=0)
    rates = fresh_contacts(scenario, contact_type) / horizon.interval
    handle = float(easiest(scenario, contact_type).min()) / best_hour(scenario, contact_type)
    load = rates * handle
    if np.isinf(staffing).any() or (staffing >= load + ROOMY * np.sqrt(load + 1)).all() or not rates.any():
        return []
    by_inputs: dict[bytes, Day] = {}
    days = []
    for rate, agents in zip(rates.reshape(horizon.days, -1), staffing.reshape(horizon.days, -1), strict=True):
        key = rate.tobytes() + agents.tobytes()
        if key not in by_inputs:
            by_inputs[key] = _played(contact_type, constraint, rate, agents.astype(int), horizon.interval, handle)
        days.append(by_inputs[key])
    return days


def _played(
    contact_type: ContactType, constraint: Constraint, rates: Floats, staffing: Staffing, interval: float, handle: float
) -> Day:
    """One day of a type with agents of its own, arrays of shape (intervals,)."""
    target = contact_type.answer_within or 0.0
    patience = math.inf if contact_type.patience is None else contact_type.patience.mean
    if contact_type.bot:  # of the patience that a bot leaves, the one that is better for the target
        change = contact_type.bot.patience_factor
        patience *= max(change, 1.0) if constraint.at_most else min(change, 1.0)
    variation = contact_type.volume.variation
    shape = shape_of_cv(variation.cv) if variation is not None else math.inf
    return day(
        rates,
        np.append(staffing[:-1], max(staffing[-1], 1)),
        interval,
        handle,
        patience,
        target if _exact(contact_type) else 2 * target,
        contact_type.balking,
        busyness_shape=shape,
        nodes=next(nodes for least, nodes in NODES if shape >= least),
    )
