"""The vocabulary of findings: every measure once, with its unit, numerator, denominator and direction.

A measure is a ratio of sums of *tallies*: things counted (or seconds added up) per contact type or agent group and
interval. Whoever makes a finding, by simulation, by formula or from records, fills a table with the same columns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scenarios.errors import InvalidValue

COLUMNS = (
    "scenario",
    "source",
    "measure",
    "unit",
    "by",
    "of",
    "period",
    "start",
    "value",
    "low",
    "high",
    "replications",
    "note",
)
"""One row a finding: `by` is total, channel, type or group and `of` its name; `period` is horizon, day or interval."""

CONTACT_TALLIES = {
    "cases": "first contacts (excludes repeats)",
    "contacts": "all contacts, follow-ups included",
    "offered": "contacts that reached the agent queue, without those still undecided at close",
    "answered": "contacts answered by an agent",
    "abandoned": "contacts abandoned in the queue",
    "blocked": "blocked: all lines busy",
    "closed": "live or concurrent contacts outside opening hours",
    "open_at_end": "still in queue at close",
    "in_time": "answered within the target time",
    "abandoned_in_time": "abandoned within the target time",
    "wait_answered": "seconds waited by answered contacts",
    "wait_abandoned": "seconds waited by abandoned contacts",
    "handle_time": "seconds of handling answered contacts, wrap-up included",
    "bot_sessions": "sessions in the bot",
    "resolved_by_bot": "sessions that resolved the matter",
    "falsely_contained": "sessions counted as contained though the matter was not resolved",
    "left_bot": "sessions abandoned in the bot",
    "by_person": "contacts answered by an agent within the target time after arrival",
    "by_person_or_bot": "the same, or resolved by the bot within that time",
    "acknowledged": "contacts with any answer within that time, a bot's greeting included",
    "green": "offered contacts with a wait in the green zone",
    "yellow": "offered contacts with a wait in the yellow zone",
    "red": "offered contacts beyond the yellow zone, or abandoned",
    "repeats": "contacts that follow an earlier contact of their case",
    "hops": "repeats in another channel than the contact before",
    "cases_resolved": "cases whose last contact was answered, or resolved by a bot",
    "resolution_time": "seconds from the first arrival of a resolved case to the end of its last contact",
    "waiting_time": "contact-seconds in the queue during the interval",
    "oldest_age": "age in seconds of the oldest waiting contact at the end of the interval",
    "value": "money gained with contacts, before wages",
    "bot_cost": "money paid for bot sessions",
}
"""What is added up per contact type and interval: of arrival, or for the two about waiting, of the clock."""

GROUP_TALLIES = {
    "staffed_time": "agent-seconds on shift",
    "overrun_time": "agent-seconds after the end of the shift, finishing contacts in service",
    "busy_time": "agent-seconds with at least one contact in service",
    "session_time": "contact-seconds of concurrent sessions",
    "chatting_time": "agent-seconds with at least one concurrent session",
    "absent_time": "agent-seconds planned but absent",
    "wages": "money paid for planned shifts and planned shrinkage",
    "overtime": "money paid for work after the shift",
}
"""What is added up per agent group and interval of the clock."""

Direction = Literal["higher", "lower", "neither"]
Of = Literal["contacts", "groups", "scenario"]


@dataclass(frozen=True)
class Measure:
    """A measure: sums of tallies over sums of tallies."""

    name: str
    label: str
    unit: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    better: Direction
    definition: str
    of: Of = "contacts"
    minus: tuple[str, ...] = ()
    """Tallies taken off the denominator."""

    @property
    def is_count(self) -> bool:
        """Whether the measure is a plain sum, told per replication."""
        return not self.denominator

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the most that it can be: shares lie within 0 and 1, and only the value of contacts below 0."""
        if self.unit == "share":
            return 0.0, 1.0
        return (-math.inf if "value" in self.numerator else 0.0), math.inf


def _count(name: str, label: str, better: Direction = "neither", unit: str = "contacts") -> Measure:
    return Measure(name, label, unit, (name,), (), better, CONTACT_TALLIES[name])


_ALL = (
    _count("cases", "Demand", unit="cases"),
    _count("contacts", "Contacts"),
    _count("offered", "Offered to agents"),
    _count("answered", "Answered", "higher"),
    _count("abandoned", "Abandoned", "lower"),
    _count("blocked", "Blocked", "lower"),
    _count("closed", "Turned away (closed)", "lower"),
    _count("left_bot", "Abandoned in bot", "lower"),
    _count("falsely_contained", "False containment", "lower"),
    _count("open_at_end", "Still in queue at close", "lower"),
    Measure(
        "service_level",
        "Service level",
        "share",
        ("in_time",),
        ("offered",),
        "higher",
        "answered within the target time / offered",
    ),
    Measure(
        "service_level_answered",
        "Service level (of answered)",
        "share",
        ("in_time",),
        ("answered",),
        "higher",
        "answered within the target time / answered",
    ),
    Measure(
        "service_level_less_short_abandons",
        "Service level (less short abandons)",
        "share",
        ("in_time",),
        ("offered",),
        "higher",
        "answered within the target time / (offered - abandoned within the target time)",
        minus=("abandoned_in_time",),
    ),
    Measure(
        "service_level_answered_or_abandoned",
        "Answered or abandoned in time",
        "share",
        ("in_time", "abandoned_in_time"),
        ("offered",),
        "higher",
        "answered or abandoned within the target time / offered",
    ),
    Measure("abandonment", "Abandonment", "share", ("abandoned",), ("offered",), "lower", "abandoned / offered"),
    Measure("asa", "ASA", "s", ("wait_answered",), ("answered",), "lower", "mean wait of answered contacts"),
    Measure(
        "mean_wait",
        "Mean wait",
        "s",
        ("wait_answered", "wait_abandoned"),
        ("answered", "abandoned"),
        "lower",
        "mean wait of all contacts that were answered or abandoned",
    ),
    Measure("aht", "Handle time", "s", ("handle_time",), ("answered",), "neither", "work with wrap-up / answered"),
    Measure(
        "response_by_person",
        "Response by an agent",
        "share",
        ("by_person",),
        ("contacts",),
        "higher",
        "answered by an agent within the target time after arrival / contacts",
    ),
    Measure(
        "response_by_person_or_bot",
        "Response by an agent or a resolving bot",
        "share",
        ("by_person_or_bot",),
        ("contacts",),
        "higher",
        "answered, or resolved by the bot, within the target time / contacts",
    ),
    Measure(
        "response_any",
        "Any acknowledgement",
        "share",
        ("acknowledged",),
        ("contacts",),
        "higher",
        "any answer within the target time, a bot's greeting included / contacts",
    ),
    Measure(
        "claimed_containment",
        "Containment (claimed)",
        "share",
        ("resolved_by_bot", "falsely_contained"),
        ("bot_sessions",),
        "higher",
        "sessions that neither reached an agent nor were abandoned / bot sessions",
    ),
    Measure(
        "true_containment",
        "Containment (true)",
        "share",
        ("resolved_by_bot",),
        ("bot_sessions",),
        "higher",
        "sessions that resolved the matter / bot sessions",
    ),
    Measure("repeat_rate", "Repeat rate", "share", ("repeats",), ("contacts",), "lower", "repeats / contacts"),
    Measure(
        "contacts_per_case",
        "Contacts per case",
        "contacts",
        ("contacts",),
        ("cases",),
        "lower",
        "contacts / cases",
    ),
    Measure(
        "channel_hops",
        "Channel hops per case",
        "hops",
        ("hops",),
        ("cases",),
        "lower",
        "channel changes / cases",
    ),
    Measure(
        "resolution_time",
        "Time to resolution",
        "s",
        ("resolution_time",),
        ("cases_resolved",),
        "lower",
        "first arrival of a resolved case to the end of its last contact, mean",
    ),
    Measure(
        "zone_green",
        "Green",
        "share",
        ("green",),
        ("offered",),
        "higher",
        "wait within the green limit / offered",
    ),
    Measure(
        "zone_yellow",
        "Yellow",
        "share",
        ("yellow",),
        ("offered",),
        "neither",
        "wait in the yellow zone / offered",
    ),
    Measure("zone_red", "Red", "share", ("red",), ("offered",), "lower", "beyond yellow, or abandoned / offered"),
    Measure(
        "backlog",
        "Average queue length",
        "contacts",
        ("waiting_time",),
        ("clock",),
        "lower",
        "average number of contacts in queue",
    ),
    Measure(
        "oldest_age",
        "Oldest contact waiting",
        "s",
        ("oldest_age",),
        ("interval_ends",),
        "lower",
        "age of the oldest waiting contact at the ends of intervals, mean",
    ),
    Measure(
        "occupancy",
        "Occupancy",
        "share",
        ("busy_time",),
        ("staffed_time", "overrun_time"),
        "neither",
        "busy time / (time on shift + work after shift); work after shift counts in both",
        of="groups",
    ),
    Measure(
        "concurrency",
        "Concurrency",
        "sessions",
        ("session_time",),
        ("chatting_time",),
        "neither",
        "mean open sessions of an agent with at least one",
        of="groups",
    ),
    Measure(
        "present",
        "Agents present",
        "agents",
        ("staffed_time",),
        ("clock",),
        "neither",
        "average agents on shift",
        of="groups",
    ),
    Measure(
        "busy",
        "Agents busy",
        "agents",
        ("busy_time",),
        ("clock",),
        "neither",
        "average agents with work",
        of="groups",
    ),
    Measure(
        "overrun", "Work after shift", "s", ("overrun_time",), (), "lower", GROUP_TALLIES["overrun_time"], of="groups"
    ),
    Measure(
        "absent",
        "Absent agents",
        "agents",
        ("absent_time",),
        ("clock",),
        "lower",
        "average agents absent",
        of="groups",
    ),
    Measure("wages", "Wages", "money", ("wages",), (), "lower", GROUP_TALLIES["wages"], of="groups"),
    Measure("overtime", "Overtime", "money", ("overtime",), (), "lower", GROUP_TALLIES["overtime"], of="groups"),
    Measure("bot_cost", "Bot sessions", "money", ("bot_cost",), (), "lower", CONTACT_TALLIES["bot_cost"]),
    Measure("value", "Value of contacts", "money", ("value",), (), "higher", CONTACT_TALLIES["value"]),
    Measure(
        "cost",
        "Cost",
        "money",
        ("wages", "overtime", "bot_cost"),
        (),
        "lower",
        "wages + overtime + bot sessions",
        of="scenario",
    ),
    Measure(
        "cost_per_resolved_case",
        "Cost per resolved case",
        "money",
        ("wages", "overtime", "bot_cost"),
        ("cases_resolved",),
        "lower",
        "cost / resolved cases",
        of="scenario",
    ),
)

MEASURES = {measure.name: measure for measure in _ALL}
"""Every ratio and count by name, in the order in which people read them."""

PERCENTILES = {f"wait_p{p}": p / 100 for p in (50, 80, 90, 95)} | {
    f"wait_answered_p{p}": p / 100 for p in (50, 80, 90, 95)
}
"""Percentiles of the wait: of all contacts that were answered or abandoned, and of the answered ones."""

SERVICE_LEVELS = {
    "offered": "service_level",
    "answered": "service_level_answered",
    "less-short-abandons": "service_level_less_short_abandons",
    "answered-or-abandoned": "service_level_answered_or_abandoned",
}
"""The measure that each definition of a target means, where a person must respond."""

RESPONSES = {"person-or-bot": "response_by_person_or_bot", "any": "response_any"}
"""The measure of a target that counts more than a person as a response."""


def measure(name: str) -> Measure:
    """The measure of this name.

    Raises
    ------
    InvalidValue
        If there is none.

    Examples
    --------
    >>> measure("abandonment").definition
    'abandoned / offered'
    """
    try:
        return MEASURES[name]
    except KeyError:
        raise InvalidValue("measure", name, f"known are {', '.join(MEASURES)}") from None
