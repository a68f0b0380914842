"""Mistakes in volumes, patience, bots and evidence: redials, spread, censoring, bots twice, auto-replies, noise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.centre.ranks import ranks
from models.centre.requirement import max_needed, usual_speed
from models.centre.stationary import goal_of, person_share, queue_of
from models.day.day_factor import gamma_quantile
from models.day.uncertain import shape_of_cv, uncertain_service
from models.lint.advice import Advice, Look, advice, duration, percent
from models.lint.lint_queues import USUAL_PATIENCE
from models.queueing.redials import first_attempts
from scenarios.contact_types import ContactType
from scenarios.distributions import Exponential
from scenarios.statistics import NORMAL_95

USUAL_CV, BUSY_DAYS = 0.1, 0.9
USUAL_REDIAL = 0.5  # share of leavers who try again, put in where none is given
HASTY = 120.0  # seconds; a mean patience on the phone below it is likely a mean time to abandonment
NOTABLE = 0.03  # share of leavers whose redials matter
FELT = 0.01


def redials_as_new(look: Look) -> Iterator[Advice]:
    """Volumes from records that hold redials, and rules that add them again."""
    for k, contact_type in look.contact_types:
        path = f"contact_types.{contact_type.name}.volume"
        if not look.from_data(path) or "first attempts" in look.origin(path):
            continue
        again = sum(
            rule.probability
            for rule in contact_type.follow_ups
            if rule.after == "abandoned" and _same(contact_type, rule)
        )
        repeats = sum(
            rule.probability
            for rule in contact_type.follow_ups
            if rule.after == "answered" and _same(contact_type, rule)
        )
        offered, lost = look.total(k, "offered"), look.total(k, "abandoned")
        fresh = float(look.scenario.expected[k].sum())
        share = lost / offered if offered else 0.0
        if again or repeats:
            first = float(first_attempts(fresh, share, min(again, 1.0), min(repeats, 1.0)).first)
            size = (
                f"{fresh:,.0f} recorded contacts include about {fresh - first:,.0f} repeats, which the follow-ups "
                "add again."
            )
            yield advice("redials-as-new", path, size, f"Enter first attempts as the volume: about {first:,.0f}.")
        elif share > NOTABLE:
            first = float(first_attempts(fresh, share, USUAL_REDIAL).first)
            size = (
                f"{percent(share)} abandon; if half of them call again, {fresh - first:,.0f} of {fresh:,.0f} "
                f"contacts are redials and {first:,.0f} are first attempts."
            )
            yield advice(
                "redials-as-new", path, size, "Enter first attempts as the volume and add a follow-up for redials."
            )


def _same(contact_type: ContactType, rule: object) -> bool:
    return getattr(rule, "as_type", None) == contact_type.name


def no_spread(look: Look) -> Iterator[Advice]:
    """Volumes without day-to-day variation."""
    factor = gamma_quantile(shape_of_cv(USUAL_CV), BUSY_DAYS)
    for need in look.needs:
        contact_types, queue = look.queue(need)
        if any(contact_type.volume.variation is not None for contact_type in contact_types) or not need.volume.any():
            continue
        daily = float(need.volume.sum()) / look.scenario.horizon.days
        size = (
            f"{need.name}: {daily:,.0f} contacts a day; with 10 % day-to-day variation, 1 day in 10 reaches "
            f"{daily * factor:,.0f}"
        )
        goals, i = (
            [goal for contact_type in contact_types if (goal := goal_of(contact_type))],
            int(np.argmax(need.load)),
        )
        if goals and contact_types[0].connected and max(ranks(look.sharing, need.members)) == 0:
            rate = need.volume[[i, i]] / look.scenario.horizon.interval * np.array([1.0, factor])
            usual, busy = (int(n) for n in max_needed(queue, rate, need.aht[[i, i]], goals)[1])
            if busy == usual:
                continue
            size += f" and needs {busy} agents at {look.when(i)} instead of {usual}"
        field = f"contact_types.{contact_types[0].name}.volume.variation"
        yield advice(
            "no-spread",
            field,
            f"{size}.",
            "Enter a day-to-day variation: that of your own days, or 10 % as a usual assumption.",
        )


def censored_patience(look: Look) -> Iterator[Advice]:
    """Patience so short that it looks like the mean time to abandonment."""
    for k, contact_type in look.contact_types:
        path = f"contact_types.{contact_type.name}.patience"
        if contact_type.work != "live" or contact_type.patience is None or contact_type.patience.mean > HASTY:
            continue
        if "kaplan" in look.origin(path).lower():
            continue
        i, group = look.busiest(k), look.sharing.main_group(k)
        rate = look.sharing.flow.offered[k, [i]] / look.scenario.horizon.interval
        aht = look.sharing.flow.aht[k, [i]] / usual_speed(look.sharing, k)
        agents = np.ceil(rate * aht)
        usual = contact_type.model_copy(update={"patience": Exponential(mean=USUAL_PATIENCE)})
        lost = [
            float(queue_of(variant, group.max_concurrent).performance(rate, aht, agents, 0.0).p_abandon[0])
            for variant in (contact_type, usual)
        ]
        yield advice(
            "censored-patience",
            path,
            f"A mean patience of {duration(contact_type.patience.mean)} is short for phone: with as many agents as "
            f"erlangs, {percent(lost[0])} abandon; with 10-min patience, {percent(lost[1])}.",
            "Estimate patience from all contacts: total waiting time divided by the number who abandoned.",
        )


def bot_twice(look: Look) -> Iterator[Advice]:
    """Recorded volumes behind a bot, and customers failed by a bot who meet it again."""
    for k, contact_type in look.contact_types:
        if contact_type.bot is None or not contact_type.bot.claimed_containment:
            continue
        path = f"contact_types.{contact_type.name}.volume"
        share, sessions = contact_type.bot.claimed_containment, look.total(k, "bot_sessions")
        if look.from_data(path) and "before the bot" not in look.origin(path):
            yield advice(
                "bot-twice",
                path,
                f"The volume comes from records, which hold only what the bot passed on; the bot then takes "
                f"{percent(share)} off once more, {share * sessions:,.0f} contacts.",
                f"Enter the volume before the bot, about 1 / (1 - {share:g}) times this, or remove the bot.",
            )
        again = [
            rule
            for rule in contact_type.follow_ups
            if rule.after == "falsely-contained" and rule.as_type == contact_type.name and not rule.skip_bot
        ]
        if again and contact_type.bot.falsely_contained:
            back = look.total(k, "falsely_contained") * sum(rule.probability for rule in again)
            yield advice(
                "bot-twice",
                f"contact_types.{contact_type.name}.follow_ups",
                f"{back:,.0f} customers with false containment meet the bot again, and {share * back:,.0f} of them are "
                "counted as contained a second time.",
                "Choose Skips the bot in the follow-up after false containment.",
            )


def auto_reply_only(look: Look) -> Iterator[Advice]:
    """Targets that bots meet by themselves."""
    for k, contact_type in look.contact_types:
        target = contact_type.target
        if target is None or target.share is None or target.response == "person" or contact_type.bot is None:
            continue
        counted = "acknowledged" if target.response == "any" else "by_person_or_bot"
        contacts = look.total(k, "contacts")
        met, people = look.total(k, counted) / contacts, look.total(k, "by_person") / contacts
        if person_share(contact_type, target) is None or (target.response == "any" and people < target.share <= met):
            yield advice(
                "auto-reply-only",
                f"contact_types.{contact_type.name}.target.response",
                f"The target of {percent(target.share)} is met at {percent(met)}, but agents answer only "
                f"{percent(people)} of contacts in time.",
                "Count responses by an agent, or by an agent or a bot that resolves, and report all three.",
            )


def too_few_replications(look: Look, replications: int, difference: float) -> Iterator[Advice]:
    """Differences of service level that so many replications cannot tell from noise."""
    judged = [
        (k, contact_type)
        for k, contact_type in look.contact_types
        if contact_type.connected and contact_type.target is not None
    ]
    for k, contact_type in judged:
        spread = _spread(look, k, contact_type)
        least = NORMAL_95 * np.sqrt(2 / replications) * spread
        if np.isfinite(spread) and abs(difference) < least:
            needed = int(np.ceil(2 * (NORMAL_95 * spread / max(abs(difference), 1e-9)) ** 2))
            yield advice(
                "too-few-replications",
                f"contact_types.{contact_type.name}.target",
                f"Service levels of replications differ by about {100 * spread:.1f} points (standard deviation), so "
                f"{replications} detect differences above {100 * least:.1f} points, not {100 * difference:.2g}.",
                f"Simulate about {needed:,}, or compare on the same random demand (Compare), which needs far fewer.",
            )


def _spread(look: Look, k: int, contact_type: ContactType) -> float:
    """A rough standard deviation of the service level of one replication: chance within days, busyness between them.

    Neighbours wait together, so contacts are worth fewer independent ones: the queue forgets in about
    ``h / (sqrt(n) - sqrt(a))^2`` (the relaxation time of M/M/n), sooner if customers leave; about half of what a share
    p remembers is that slow, so seen for a time T it has the variance ``p (1 - p) (1 / contacts + relaxation / T)``.
    """
    level = look.level(k)
    offered, group = look.sharing.flow.offered[k], look.sharing.main_group(k)
    i, contacts = look.busiest(k), float(offered.sum())
    aht = float(look.sharing.flow.aht[k, i])
    mates = list(look.sharing.pool(k))
    load = float(look.sharing.flow.offered[mates, i].sum() * aht / look.scenario.horizon.interval)
    places = float(look.agents(k)[i]) * queue_of(contact_type, group.max_concurrent, group.concurrency_speed).per_agent
    forgets = (np.sqrt(places) - np.sqrt(load)) ** 2 / aht + (
        1 / contact_type.patience.mean if contact_type.patience else 0.0
    )
    busy_time = float((offered > 0).sum()) * look.scenario.horizon.interval
    independent = 1 / (1 / contacts + 1 / max(forgets, 1 / busy_time) / busy_time)
    within = level * (1 - level) / max(independent, 1.0)
    return float(np.sqrt(within + _between_days(look, k, contact_type, places) ** 2 / look.scenario.horizon.days))


def _between_days(look: Look, k: int, contact_type: ContactType, agents: float) -> float:
    """The standard deviation of the service level between days of different busyness."""
    variation, within = contact_type.volume.variation, contact_type.answer_within
    if variation is None or not variation.cv or within is None:
        return 0.0
    i = look.busiest(k)
    rate = float(look.sharing.flow.offered[k, i] / look.scenario.horizon.interval)
    aht = float(look.sharing.flow.aht[k, i])
    patience = contact_type.patience.mean if contact_type.patience is not None else USUAL_PATIENCE
    service = uncertain_service(rate, aht, patience, agents, within, shape_of_cv(variation.cv))
    return float(service[3])
