"""A simulated day as stretches of time: who waited, who served whom, who was in a bot, who was on duty."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import InvalidScenario
from scenarios.scenario import Scenario
from scenarios.units import DAY
from simulator.codes import Outcome
from simulator.experiment import play
from simulator.logs import ContactLog, Logs
from simulator.size import first_contacts, later_contacts

MOST_CONTACTS, MOST_PLAYED, MOST_AGENTS = 20_000, 300_000, 1_000
"""Contacts of a day, contacts of the horizon that must be played for it, and agents that a replay has at most."""
LEFT, CALLED_BACK = -1, -2
"""In place of the agent: the customer left, or leaves the queue to be called back."""
LOST = (Outcome.ABANDONED, Outcome.BLOCKED, Outcome.CLOSED, Outcome.LEFT_BOT)

Floats = NDArray[np.float64]
Columns = dict[str, list[int]]


def refuse_long_replay(scenario: Scenario) -> None:
    """Refuse a day that cannot be shown contact by contact.

    Raises
    ------
    InvalidScenario
        If a day has too many contacts or agents, or the horizon too many contacts.
    """
    contacts = float(first_contacts(scenario).sum()) + later_contacts(scenario)
    remedy = "take one interval apart instead, or replay a smaller scenario"
    by_day = contacts / scenario.horizon.days
    if by_day > MOST_CONTACTS:
        problem = (
            f"a day of about {by_day:,.0f} contacts is too large to be shown one by one: at most {MOST_CONTACTS:,}"
        )
        raise InvalidScenario("Replay", problem, remedy)
    if contacts > MOST_PLAYED:
        problem = f"{scenario.horizon.days} days of about {by_day:,.0f} contacts: at most {MOST_PLAYED:,} in all"
        raise InvalidScenario("Replay", problem, remedy)
    agents = int(scenario.staffing.max(axis=1).sum())
    if agents > MOST_AGENTS:
        raise InvalidScenario("Replay", f"{agents:,} agents are too many to be shown: at most {MOST_AGENTS:,}", remedy)


def replayed(scenario: Scenario, seed: int, replication: int, day: int) -> dict[str, Any]:
    """The stretches of one day of a replication, in seconds since its midnight, rounded; rows in the order of begins.

    Keys ``waits`` (type, from, to, agent: who took it, `LEFT` or `CALLED_BACK` for nobody), ``works`` (type, agent,
    from, to, wrap), ``bots`` (type, from, to), ``duty`` (agent, from, to), each with lists by column; ``arrivals`` and
    ``lost``: times by type; ``groups``: the agents of each group; ``first``: when something happens first.

    Raises
    ------
    InvalidScenario
        As `refuse_long_replay`.
    """
    refuse_long_replay(scenario)
    return stretches(play(scenario, seed, replication, "auto"), scenario, day)


def stretches(logs: Logs, scenario: Scenario, day: int) -> dict[str, Any]:
    """The stretches of one day of a log, as `replayed`."""
    log, window = logs.contacts, (day * DAY, min((day + 1) * DAY, scenario.horizon.length))
    last = np.nan_to_num(log.end, nan=np.inf)
    nobody = np.where(log.outcome == Outcome.CALLED_BACK, CALLED_BACK, LEFT)
    agents = np.where(np.isnan(log.answer), nobody, _first_agent(logs))
    left = np.where(np.isnan(log.answer), last, log.answer)
    queued = ~np.isnan(log.entry)
    contact, again, ends, who = _interruptions(logs)
    waits = _columns(
        window,
        {
            "type": np.concatenate((log.type[queued], log.type[contact])),
            "from": np.concatenate((log.entry[queued], again)),
            "to": np.concatenate((left[queued], ends)),
            "agent": np.concatenate((agents[queued], who)),
        },
    )
    served = ~np.isnan(log.resumed) & (log.agent >= 0)
    cut = logs.preemptions
    works = _columns(
        window,
        {
            "type": np.concatenate((log.type[served], log.type[cut.contact])),
            "agent": np.concatenate((log.agent[served], cut.agent)),
            "from": np.concatenate((log.resumed[served], cut.start)),
            "to": np.concatenate((last[served], cut.end)),
            "wrap": np.concatenate((np.nan_to_num(log.wrap_end[served], nan=np.inf), cut.end)),
        },
        end="wrap",
    )
    bot = ~np.isnan(log.bot_end)
    bots = _columns(window, {"type": log.type[bot], "from": log.arrival[bot], "to": log.bot_end[bot]})
    staff = logs.staffing
    over = np.nan_to_num(staff.left_at, nan=np.inf)
    duty = _columns(window, {"agent": staff.agent, "from": staff.start, "to": over})
    seen = set(duty["agent"]) | set(works["agent"])
    groups = [[int(a) for a in np.flatnonzero(staff.group_of == g) if int(a) in seen] for g in _numbers(scenario)]
    begins = [columns["from"][0] for columns in (waits, works, bots) if columns["from"]]
    return {
        "waits": waits,
        "works": works,
        "bots": bots,
        "duty": duty,
        "arrivals": _times(log, log.arrival, np.ones(len(log.type), bool), window, scenario),
        "lost": _times(log, last, np.isin(log.outcome, LOST), window, scenario),
        "groups": groups,
        "first": max(min(begins, default=0) - 60, 0),
        "length": int(window[1] - window[0]),
    }


def _numbers(scenario: Scenario) -> range:
    return range(len(scenario.agent_groups))


def _first_agent(logs: Logs) -> NDArray[np.int64]:
    """Who first took each contact up: before an interruption it may have been another agent than at last."""
    agents, cut = logs.contacts.agent.copy(), logs.preemptions
    order = np.lexsort((-cut.start, cut.contact))
    agents[cut.contact[order]] = cut.agent[order]
    return np.asarray(agents)


def _interruptions(logs: Logs) -> tuple[NDArray[np.int64], Floats, Floats, NDArray[np.int64]]:
    """Waits after an interruption: contact, from when, until when, and who went on with it."""
    log, cut = logs.contacts, logs.preemptions
    order = np.lexsort((cut.start, cut.contact))
    contact, agent = cut.contact[order], cut.agent[order]
    again = np.append(contact[1:] == contact[:-1], [False])[: len(contact)]
    resumed = np.nan_to_num(log.resumed[contact], nan=np.inf)
    following = np.where(np.isinf(resumed), LEFT, log.agent[contact])
    ends = np.where(again, np.append(cut.start[order][1:], [np.inf])[: len(contact)], resumed)
    return contact, cut.end[order], ends, np.where(again, np.append(agent[1:], [LEFT])[: len(contact)], following)


def _columns(window: tuple[float, float], columns: dict[str, NDArray[Any]], end: str = "to") -> Columns:
    """The stretches that lie in a window or reach into it, in the order of their begins."""
    begin, finish = window
    keep = np.flatnonzero((columns["from"] < finish) & (columns[end] > begin))
    keep = keep[np.argsort(columns["from"][keep], kind="stable")]
    moments = ("from", "to", "wrap")
    return {
        name: _seconds(values[keep], window) if name in moments else values[keep].astype(int).tolist()
        for name, values in columns.items()
    }


def _seconds(times: Floats, window: tuple[float, float]) -> list[int]:
    """Times within a window, since its begin; what is over later, or never, ends after it."""
    begin, finish = window
    return [int(time) for time in np.round(np.clip(times, begin, finish + 1) - begin)]


def _times(
    log: ContactLog, times: Floats, which: NDArray[np.bool_], window: tuple[float, float], scenario: Scenario
) -> list[list[int]]:
    """When something happened to contacts of each type on the day, in order."""
    inside = which & (times >= window[0]) & (times < window[1])
    return [
        sorted(_seconds(times[inside & (log.type == number)], window)) for number in range(len(scenario.contact_types))
    ]
