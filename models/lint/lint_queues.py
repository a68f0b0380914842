"""Mistakes in the choice of a queue: impatience, mail as calls, chat as phone, intervals alone, overload."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from models.centre.ranks import ranks
from models.centre.requirement import WHOLE, carried_load, max_needed, usual_speed
from models.centre.stationary import Queue, goal_of, queue_of
from models.centre.workload import work_in_items
from models.deferred.requirement import agents_needed, worked
from models.lint.advice import Advice, Look, advice, counted, duration, percent
from scenarios.contact_types import CHANNELS
from scenarios.distributions import Exponential

USUAL_PATIENCE = 600.0  # seconds; what is put in the place of a missing one to see what difference it makes
USUAL_CONCURRENT, USUAL_SPEED = 3, (1.0, 0.87, 0.77)  # each further dialogue makes all 15 % slower
LIVE_LIMIT = 900.0  # seconds; nobody stays on the line for an answer promised later than this
LONG = 0.5  # of an interval, from which handle times and targets reach into the next
DAYS_LOOKED_AT = 7
FELT = 0.01  # of service level: a point
LEAVERS = 0.15  # share of leavers from which impatience hides an overload


def erlang_c_impatient(look: Look) -> Iterator[Advice]:
    """Connected types (or pools) without patience, where patience would change the answer."""
    for need in look.needs:
        contact_types, queue = look.queue(need)
        goals = [goal for contact_type in contact_types if (goal := goal_of(contact_type))]
        if not contact_types[0].connected or queue.patience is not None or queue.balking or not goals:
            continue
        if not need.load.any() or max(ranks(look.sharing, need.members)) > 0:
            continue
        i = int(np.argmax(need.load))
        patient = replace(queue, patience=Exponential(mean=USUAL_PATIENCE))
        rate, aht = need.volume[[i]] / look.scenario.horizon.interval, need.aht[[i]]
        without, with_ = (int(max_needed(model, rate, aht, goals)[1][0]) for model in (queue, patient))
        if without == with_:
            continue
        lost = float(patient.performance(rate, aht, np.array([float(with_)]), 0.0).p_abandon[0])
        yield advice(
            "erlang-c-impatient",
            f"contact_types.{contact_types[0].name}.patience",
            f"{need.name}: peak ({look.when(i)}) needs {counted(without, 'agent')} with no abandonment, {with_} with "
            f"10-min patience ({percent(lost)} abandon).",
            "Enter a patience: estimated from a contact log, or an assumption such as 10 min.",
        )


def erlang_c_deferred(look: Look) -> Iterator[Advice]:
    """Mail and the like modelled as if somebody were on the line."""
    for k, contact_type in look.contact_types:
        within = contact_type.answer_within or 0.0
        mail = CHANNELS.get(contact_type.channel) == "deferred" or (
            within >= LIVE_LIMIT and contact_type.patience is None
        )
        if not contact_type.connected or not mail:
            continue
        volume, hours = look.sharing.flow.offered[k], worked(look.scenario, contact_type.name)
        aht = float(look.sharing.flow.work[k].sum() / volume.sum()) / usual_speed(look.sharing, k)
        items = work_in_items(look.scenario, k, volume)
        spread = agents_needed(look.scenario, contact_type.model_copy(update={"work": "deferred"}), items, aht, hours)
        rate, goal = volume / look.scenario.horizon.interval, goal_of(contact_type)
        queue = Queue(contact_type.patience, contact_type.balking)
        load = float(rate.max() * aht)
        calls = int(queue.min_agents(rate, np.full(rate.shape, aht), goal).max()) if goal else int(load) + 1
        yield advice(
            "erlang-c-deferred",
            f"contact_types.{contact_type.name}.work",
            f"Handled like calls it needs {counted(calls, 'agent')} at the peak; worked off over the day, "
            f"{np.ceil(spread - WHOLE):.0f} in every staffed hour are enough.",
            "Set its work to deferred, and enter the target as a deadline.",
        )


def chat_as_phone(look: Look) -> Iterator[Advice]:
    """Chat handled one by one, or several at once without slowing down."""
    for k, contact_type in look.contact_types:
        if not contact_type.connected:
            continue
        group, goal = look.sharing.main_group(k), goal_of(contact_type)
        i = look.busiest(k)
        rate = look.sharing.flow.offered[k, [i]] / look.scenario.horizon.interval
        aht = look.sharing.flow.aht[k, [i]] / usual_speed(look.sharing, k)
        if goal is None:
            continue
        if CHANNELS.get(contact_type.channel) == "concurrent" and contact_type.work == "live":
            current, field = (
                Queue(contact_type.patience, contact_type.balking),
                f"contact_types.{contact_type.name}.work",
            )
            many = Queue(contact_type.patience, contact_type.balking, USUAL_CONCURRENT, USUAL_SPEED)
            text = "One chat at a time, the peak ({}) needs {}; with three at once {}."
            fix = "Set its work to concurrent, and enter the concurrent chats of the agent group and their speed."
        elif contact_type.work == "concurrent" and group.max_concurrent > 1 and min(group.concurrency_speed) >= 1:
            current, field = (
                queue_of(contact_type, group.max_concurrent, group.concurrency_speed),
                f"agent_groups.{group.name}.concurrency_speed",
            )
            slower = tuple(1 / (1 + 0.15 * n) for n in range(group.max_concurrent))
            many = queue_of(contact_type, group.max_concurrent, slower)
            text = (
                f"{contact_type.name}: peak ({{}}) needs {{}} with {group.max_concurrent} chats at full speed, {{}} if "
                "each extra chat slows all of them down by 15 %."
            )
            speeds = ", ".join(f"{speed:.2g}" for speed in slower)
            fix = f"Enter the speed of each chat with 1, 2, ... open, as measured; {speeds} is a usual assumption."
        else:
            continue
        counts = [int(queue.min_agents(rate, aht, goal)[0]) for queue in (current, many)]
        if counts[0] != counts[1]:
            size = text.format(look.when(i), counted(counts[0], "agent"), counts[1])
            yield advice("chat-as-phone", field, size, fix)


def intervals_alone(look: Look) -> Iterator[Advice]:
    """Long handle times or targets in a day that varies, where the load of an interval is not that of its arrivals."""
    horizon = look.scenario.horizon
    length, most = horizon.interval, DAYS_LOOKED_AT * horizon.intervals_per_day
    for k, contact_type in look.contact_types:
        within = contact_type.answer_within or 0.0
        volume = look.sharing.flow.offered[k][:most]
        aht = look.sharing.flow.aht[k][:most]
        mean = float(volume @ aht) / max(float(volume.sum()), 1e-12)
        if not contact_type.connected or not mean or max(mean, within) < LONG * length:
            continue
        varies = bool(np.ptp(look.scenario.handle_factors[k]) > 0)
        alone = volume * (aht if varies else mean) / length
        carried = carried_load(length, volume, aht, contact_type.handle_time.scv, "mol-mean", varies)
        i = int(np.argmax(np.abs(alone - carried)))
        if abs(alone[i] - carried[i]) < 1:
            continue
        yield advice(
            "intervals-alone",
            f"contact_types.{contact_type.name}.handle_time",
            f"Contacts take {duration(mean)}, intervals last {duration(length)}: at {look.when(i)} the interval's own "
            f"arrivals are {alone[i]:.1f} erlangs, with work carried over from before {carried[i]:.1f}.",
            "Carry the load over between intervals (modified offered load), or simulate the day.",
        )


def short_abandons(look: Look) -> Iterator[Advice]:
    """Targets over all offered where many leave within the target time."""
    for k, contact_type in look.contact_types:
        target, offered = contact_type.target, look.total(k, "offered")
        if target is None or target.share is None or target.definition != "offered" or not contact_type.connected:
            continue
        early = look.total(k, "abandoned_in_time")
        if not early > FELT * offered:
            continue
        met = look.total(k, "in_time")
        yield advice(
            "short-abandons",
            f"contact_types.{contact_type.name}.target.definition",
            f"{early:,.0f} of {offered:,.0f} contacts offered are abandoned within the target time: the service "
            f"level is {percent(met / offered)} of all offered and {percent(met / (offered - early))} without them.",
            "Choose the definition of the service level: less short abandons leaves them out.",
        )


def unstable(look: Look) -> Iterator[Advice]:
    """Queues that grow, and those kept short only by customers who abandon."""
    for k, contact_type in look.contact_types:
        service = look.services[k]
        growing = np.flatnonzero(service.overloaded)
        field = f"contact_types.{contact_type.name}"
        fix = "Add agents in these hours (Calculate staffing), or reduce the load."
        if growing.size and contact_type.connected:
            i = int(growing[int(np.argmax(service.growth[growing]))])
            speed = f"by {service.growth[i]:.3g} an hour" if service.growth[i] > 0 else "without limit"
            size = f"Overloaded in {counted(growing.size, 'interval')}; at {look.when(i)} the queue grows {speed}."
            yield advice("unstable", field, size, fix)
        elif growing.size:
            size = f"Overloaded: the queue grows by {service.growth[0]:.3g} an hour over the horizon."
            yield advice("unstable", field, size, fix)
        elif contact_type.connected and look.total(k, "abandoned") > LEAVERS * look.total(k, "offered"):
            share = look.total(k, "abandoned") / look.total(k, "offered")
            yield advice("unstable", field, f"Understaffed: {percent(share)} of contacts abandon.", fix)


def too_few_threads(look: Look) -> Iterator[Advice]:
    """Limits on open threads that let in less than comes, by the model of a repairman (Palm 1947)."""
    scenario = look.scenario
    for k, contact_type in look.contact_types:
        group, kept = look.sharing.main_group(k), [rule for rule in contact_type.follow_ups if rule.keeps != "any"]
        pause = kept[0].delay.mean if kept else 0.0
        present = float(look.agents(k).sum()) * scenario.horizon.interval
        if group.max_threads is None or pause == 0 or present == 0:
            continue
        work = contact_type.mean_handle / usual_speed(look.sharing, k)
        needed = 3600 * look.total(k, "offered") / present
        possible = 3600 / work * _busy(group.max_threads, work / pause)
        if needed > possible:
            yield advice(
                "too-few-threads",
                f"agent_groups.{group.name}.max_threads",
                f"With {counted(group.max_threads, 'open thread')} and pauses of {duration(pause)}, an agent can give "
                f"{possible:.1f} answers an hour; {needed:.1f} are needed.",
                "Allow more open threads, or add agents.",
            )


def _busy(threads: int, work_per_pause: float) -> float:
    """The share of time in which an agent with so many endless threads is busy: one server, as many customers."""
    factors = np.log(np.arange(threads, 0, -1) * work_per_pause)
    weights = np.concatenate(([0.0], np.cumsum(factors)))
    return float(1 - np.exp(-weights.max()) / np.exp(weights - weights.max()).sum())
