"""What reaches the agents: fresh contacts less what bots keep, plus what comes back by follow-ups, by interval.

Expected numbers, propagated contact by contact of a case: a bot takes its shares, every rule whose event does not
depend on the queue (answered, resolved, falsely contained, left the bot, closed) sends its share on after its delay.
Rules after `abandoned`, `blocked` and `overdue` are left out, because how often they come into play is what the queue
decides; every answered contact is taken as answered at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.day.day_factor import gamma_quantile
from models.day.uncertain import shape_of_cv
from models.queueing.numerics.arguments import Floats
from scenarios.contact_types import Bot, ContactType, FollowUp
from scenarios.distributions import Distribution
from scenarios.errors import InvalidValue
from scenarios.horizon import Horizon
from scenarios.hours import periods
from scenarios.scenario import Scenario

LEFT_OUT = ("abandoned", "blocked", "overdue")
GENERATIONS = 50  # contacts of one case that are followed up; what is left by then is nothing
NEGLIGIBLE = 1e-6  # contacts
TAIL = 1e-7  # share of a delay that is cut off


@dataclass(frozen=True)
class Workload:
    """Expected contacts and work of a scenario; arrays of shape (types, intervals).

    Attributes
    ----------
    contacts
        All contacts, follow-ups included.
    bot_sessions, resolved, falsely_contained, left
        Sessions with the bot, and how those that it kept ended.
    closed
        Connected contacts outside opening hours.
    offered
        Contacts that reach the agents' queue.
    work
        Seconds of an agent at speed 1 with one contact at a time that they bring.
    aht
        Work over offered; the type's own mean where nothing is offered.
    """

    contacts: Floats
    bot_sessions: Floats
    resolved: Floats
    falsely_contained: Floats
    left: Floats
    closed: Floats
    offered: Floats
    work: Floats
    aht: Floats


def workload(scenario: Scenario) -> Workload:
    """The expected contacts that reach the agents, and their work, by type and interval.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> flow = workload(presets.load("bot-first"))
    >>> flow.offered[:, 30].round(1), flow.aht[:, 30]  # half an hour: 60 % of 90 chats; 60 calls and what comes back
    (array([54., 69.]), array([720., 360.]))
    """
    shape = scenario.expected.shape
    total = {name: np.zeros(shape) for name in Workload.__dataclass_fields__ if name != "aht"}
    plain, skipping, factor = scenario.expected.copy(), np.zeros(shape), np.ones(shape)
    plain[:, 0] += [contact_type.backlog for contact_type in scenario.contact_types]
    for step in range(GENERATIONS):
        if plain.sum() + skipping.sum() < NEGLIGIBLE:
            break
        events = [
            _passed(contact_type, scenario.horizon, plain[k], skipping[k], factor[k], scenario.handle_factors[k])
            for k, contact_type in enumerate(scenario.contact_types)
        ]
        for name in total:
            total[name] += np.array([event[name] for event in events])
        plain, skipping, factor = _next_contacts(scenario, events, step)
    offered, work = total["offered"], total["work"]
    return Workload(**total, aht=np.divide(work, offered, out=scenario.handle_times.copy(), where=offered > 0))


def busy_day(scenario: Scenario, flow: Workload, days: float | None = None) -> Workload:
    """The flow on the day whose busyness a share of days stays under, for types whose days vary.

    Parameters
    ----------
    days
        The share, for types whose target does not say (`on_days`); None leaves those as they are expected.

    Raises
    ------
    InvalidValue
        If the share is not between 0 and 1.
    """
    if days is not None and not 0 < days < 1:
        raise InvalidValue("days", days, "give a share between 0 and 1, as in 0.9 for 9 days of 10")
    factor = np.ones((len(scenario.contact_types), 1))
    for k, contact_type in enumerate(scenario.contact_types):
        share = days if contact_type.target_on_days is None else contact_type.target_on_days
        variation = contact_type.volume.variation
        if share is not None and variation is not None and variation.cv > 0:
            factor[k] = gamma_quantile(shape_of_cv(variation.cv), share)
    return replace(flow, offered=flow.offered * factor, work=flow.work * factor)


def work_in_items(scenario: Scenario, k: int, items: Floats) -> Floats:
    """Items by interval as so many of the mean handle time: where they take longer they count for more.

    Shape (intervals,); unchanged where the handle times of the type do not differ by interval.
    """
    factors = scenario.handle_factors[k]
    weighted = items * factors
    return weighted * (items.sum() / weighted.sum()) if weighted.sum() else items


def bot_factor(bot: Bot) -> float:
    """The mean factor on the handle time of what a bot hands over."""
    return bot.context * bot.difficulty(True) + (1 - bot.context) * bot.difficulty(False)


def left_out_rules(contact_type: ContactType) -> tuple[FollowUp, ...]:
    """The follow-ups of a type that no expected number here contains."""
    return tuple(rule for rule in contact_type.follow_ups if rule.after in LEFT_OUT and rule.probability > 0)


def _passed(
    contact_type: ContactType, horizon: Horizon, plain: Floats, skipping: Floats, factor: Floats, profile: Floats
) -> dict[str, Floats]:
    """What becomes of contacts that may meet the bot and of those that skip it, each of shape (intervals,)."""
    bot = contact_type.bot or Bot()
    bot_open = horizon.overlap(periods(bot.hours, horizon.midnight, horizon.length)) / horizon.interval
    sessions = plain * bot_open if contact_type.bot else np.zeros_like(plain)
    stages = _by_drift(bot, horizon, sessions)
    handed = np.sum([met * max(1 - each.kept, 0.0) for each, met in stages], axis=0)
    retold = np.sum([met * max(1 - each.kept, 0.0) * bot_factor(each) for each, met in stages], axis=0)
    direct = plain - sessions + skipping
    shut = (horizon.open_share(contact_type.open) == 0) & contact_type.connected
    reach = np.where(shut, 0.0, handed + direct)
    weighted = factor * (direct + retold)
    talk = contact_type.handle_time.mean * np.where(shut, 0.0, weighted)
    return {
        "contacts": plain + skipping,
        "bot_sessions": sessions,
        "resolved": np.sum([met * each.resolved for each, met in stages], axis=0),
        "falsely_contained": np.sum([met * each.falsely_contained for each, met in stages], axis=0),
        "left": sessions * bot.left,
        "closed": np.where(shut, handed + direct, 0.0),
        "offered": reach,
        "work": (talk + contact_type.wrap_up.mean * reach) * profile,
    }


def _by_drift(bot: Bot, horizon: Horizon, sessions: Floats) -> list[tuple[Bot, Floats]]:
    """The bot with the sessions that it has, before its drift and after it."""
    if bot.drift is None:
        return [(bot, sessions)]
    begins = min(bot.drift.begins(horizon), horizon.length)
    late = horizon.overlap(np.array([[begins, horizon.length]])) / horizon.interval
    return [(bot, sessions * (1 - late)), (bot.drifted, sessions * late)]


_EVENTS = {
    "answered": "offered",
    "bot-resolved": "resolved",
    "falsely-contained": "falsely_contained",
    "bot-left": "left",
    "closed": "closed",
}


def _next_contacts(scenario: Scenario, events: list[dict[str, Floats]], step: int) -> tuple[Floats, Floats, Floats]:
    """The contacts that follow: meeting the bot, skipping it, and their mean handle-time factor."""
    plain, skipping, heavy = (np.zeros(scenario.expected.shape) for _ in range(3))
    for contact_type, mean, event in zip(scenario.contact_types, scenario.mean_handles.tolist(), events, strict=True):
        for rule in contact_type.follow_ups:
            if rule.after in LEFT_OUT or step >= rule.max_tries:
                continue
            after = mean if rule.after == "answered" else 0.0
            count = rule.probability * event[_EVENTS[rule.after]]
            later = delayed(count, rule.delay, after, scenario.horizon.interval)
            k = scenario.type_names.index(rule.as_type)
            (skipping if rule.skip_bot else plain)[k] += later
            heavy[k] += later * rule.handle_factor
    count = plain + skipping
    return plain, skipping, np.divide(heavy, count, out=np.ones_like(count), where=count > 0)


def delayed(count: Floats, delay: Distribution, shift: float, interval: float) -> Floats:
    """Counts by interval moved on by a delay plus `shift` seconds; what falls after the last interval is lost.

    Examples
    --------
    >>> from scenarios.distributions import Deterministic
    >>> delayed(np.array([8.0, 0, 0, 0]), Deterministic(value=3600), 0.0, 1800.0)
    array([0., 0., 8., 0.])
    """
    edges = (np.arange(count.size) + 0.5) * interval - shift
    below = np.where(edges >= 0, delay.cdf(np.maximum(edges, 0.0)), 0.0)
    beyond = np.flatnonzero(below > 1 - TAIL)
    steps = np.diff(below[: beyond[0] + 1 if beyond.size else None], prepend=0.0)
    return np.asarray(np.convolve(count, steps)[: count.size])
