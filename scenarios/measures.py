"""The vocabulary of results: every measure once, with its unit, numerator, denominator and direction.

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
    "cases": "First contacts (excludes repeats)",
    "contacts": "All contacts, repeats included",
    "offered": "Contacts offered to the agent queue (excludes those still waiting within their target time at close)",
    "answered": "Answered by an agent",
    "abandoned": "Abandoned in the agent queue",
    "blocked": "Blocked: all lines busy, or the queue full",
    "closed": "Turned away: outside opening hours",
    "called_back": "Accepted a callback instead of waiting (excluded from offered)",
    "unreached": "Calls to customers who were not reached (excluded from offered)",
    "open_at_end": "Still in queue at close",
    "in_time": "Answered within the target time",
    "abandoned_in_time": "Abandoned within the target time",
    "wait_answered": "Total wait of answered contacts, in seconds",
    "wait_abandoned": "Total wait of abandoned contacts, in seconds",
    "handle_time": "Total handle time of answered contacts, wrap-up included, in seconds",
    "bot_sessions": "Bot sessions",
    "resolved_by_bot": "Bot sessions in which the issue was solved",
    "falsely_contained": "Bot sessions reported as contained although the issue was not solved",
    "left_bot": "Abandoned in the bot",
    "by_person": "Answered by an agent within the target time after arrival",
    "by_person_or_bot": "Answered by an agent or resolved by the bot within the target time",
    "acknowledged": "Any answer within the target time, automatic replies included",
    "green": "Wait in the green zone",
    "yellow": "Wait in the yellow zone",
    "red": "Wait beyond the yellow zone, or abandoned",
    "repeats": "Repeat contacts: an earlier contact about the same issue exists (callbacks excluded)",
    "hops": "Repeat contacts in another channel",
    "followed": "Answered contacts about a matter that an agent had before",
    "same_agent": "Answered by the agent who had the matter before",
    "cases_resolved": "Cases whose last contact was answered, or resolved by a bot",
    "resolution_time": "Time from the first arrival of a resolved case to the end of its last contact, in seconds",
    "waiting_time": "Contact-seconds in queue during the interval",
    "oldest_age": "Age of the oldest waiting contact at the end of the interval, in seconds",
    "value": "Value of handled contacts, before wages",
    "bot_cost": "Cost of bot sessions",
}
"""What is added up per contact type and interval: of arrival, or for the two about waiting, of the clock."""

GROUP_TALLIES = {
    "staffed_time": "Agent-seconds on shift",
    "overrun_time": "Agent-seconds after the end of shift, to finish contacts in service",
    "busy_time": "Agent-seconds with at least one contact in service",
    "session_time": "Contact-seconds of concurrent sessions",
    "chatting_time": "Agent-seconds with at least one concurrent session",
    "absent_time": "Agent-seconds scheduled but absent",
    "wages": "Pay for scheduled time and planned shrinkage",
    "overtime": "Pay for work after the end of shift",
    "rostered_time": "Agent-seconds of work in the shifts of those who come",
    "adherent_time": "Agent-seconds of work in shifts, done when planned",
    "late_time": "Agent-seconds of work in shifts missed by late starts",
    "break_time": "Agent-seconds on break",
    "break_delay_time": "Agent-seconds of work in a planned break, to finish contacts in service",
    "breaks": "Breaks that are due, of those who come",
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
        """Whether the measure is a plain sum, given per replication."""
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
    _count("cases", "First contacts", unit="cases"),
    _count("contacts", "Contacts"),
    _count("offered", "Offered to agents"),
    _count("answered", "Answered", "higher"),
    _count("abandoned", "Abandoned", "lower"),
    _count("blocked", "Blocked", "lower"),
    _count("closed", "Turned away (closed)", "lower"),
    _count("left_bot", "Abandoned in bot", "lower"),
    _count("falsely_contained", "False containment", "lower"),
    _count("called_back", "Callbacks accepted"),
    _count("unreached", "Not reached", "lower"),
    _count("open_at_end", "Still in queue at close", "lower"),
    Measure(
        "service_level",
        "Service level",
        "share",
        ("in_time",),
        ("offered",),
        "higher",
        "Answered within the target time / offered",
    ),
    Measure(
        "service_level_answered",
        "Service level (answered only)",
        "share",
        ("in_time",),
        ("answered",),
        "higher",
        "Answered within the target time / answered",
    ),
    Measure(
        "service_level_less_short_abandons",
        "Service level (excluding short abandons)",
        "share",
        ("in_time",),
        ("offered",),
        "higher",
        "Answered within the target time / (offered - abandoned within the target time)",
        minus=("abandoned_in_time",),
    ),
    Measure(
        "service_level_answered_or_abandoned",
        "Answered or abandoned in time",
        "share",
        ("in_time", "abandoned_in_time"),
        ("offered",),
        "higher",
        "Answered or abandoned within the target time / offered",
    ),
    Measure("abandonment", "Abandonment rate", "share", ("abandoned",), ("offered",), "lower", "Abandoned / offered"),
    Measure(
        "asa",
        "ASA",
        "s",
        ("wait_answered",),
        ("answered",),
        "lower",
        "Average speed of answer: average wait of answered contacts",
    ),
    Measure(
        "mean_wait",
        "Average wait",
        "s",
        ("wait_answered", "wait_abandoned"),
        ("answered", "abandoned"),
        "lower",
        "Average wait of all contacts that were answered or abandoned",
    ),
    Measure("aht", "AHT", "s", ("handle_time",), ("answered",), "neither", "Handle time with wrap-up / answered"),
    Measure(
        "response_by_person",
        "Response by an agent",
        "share",
        ("by_person",),
        ("contacts",),
        "higher",
        "Answered by an agent within the target time after arrival / contacts",
    ),
    Measure(
        "response_by_person_or_bot",
        "Response by an agent or resolved by bot",
        "share",
        ("by_person_or_bot",),
        ("contacts",),
        "higher",
        "Answered, or resolved by the bot, within the target time / contacts",
    ),
    Measure(
        "response_any",
        "Any acknowledgement",
        "share",
        ("acknowledged",),
        ("contacts",),
        "higher",
        "Any answer within the target time, automatic replies included / contacts",
    ),
    Measure(
        "claimed_containment",
        "Containment (claimed)",
        "share",
        ("resolved_by_bot", "falsely_contained"),
        ("bot_sessions",),
        "higher",
        "Sessions that neither reached an agent nor were abandoned / bot sessions",
    ),
    Measure(
        "true_containment",
        "Containment (true)",
        "share",
        ("resolved_by_bot",),
        ("bot_sessions",),
        "higher",
        "Sessions in which the issue was solved / bot sessions",
    ),
    Measure("repeat_rate", "Repeat rate", "share", ("repeats",), ("contacts",), "lower", "Repeat contacts / contacts"),
    Measure(
        "contacts_per_case",
        "Contacts per case",
        "contacts",
        ("contacts",),
        ("cases",),
        "lower",
        "Contacts / first contacts",
    ),
    Measure(
        "channel_hops",
        "Channel switches per case",
        "hops",
        ("hops",),
        ("cases",),
        "lower",
        "Channel switches / first contacts",
    ),
    Measure(
        "resolution_time",
        "Time to resolution",
        "s",
        ("resolution_time",),
        ("cases_resolved",),
        "lower",
        "Average time from the first arrival of a resolved case to the end of its last contact",
    ),
    Measure(
        "same_agent",
        "Same agent",
        "share",
        ("same_agent",),
        ("followed",),
        "higher",
        "Answered by the agent who had the matter before / answered contacts about a matter that an agent had before",
    ),
    Measure(
        "zone_green",
        "Green zone",
        "share",
        ("green",),
        ("offered",),
        "higher",
        "Wait within the green limit / offered",
    ),
    Measure(
        "zone_yellow",
        "Yellow zone",
        "share",
        ("yellow",),
        ("offered",),
        "neither",
        "Wait in the yellow zone / offered",
    ),
    Measure(
        "zone_red", "Red zone", "share", ("red",), ("offered",), "lower", "Wait beyond yellow, or abandoned / offered"
    ),
    Measure(
        "backlog",
        "Average queue length",
        "contacts",
        ("waiting_time",),
        ("clock",),
        "lower",
        "Average number of contacts in queue",
    ),
    Measure(
        "oldest_age",
        "Age of oldest contact",
        "s",
        ("oldest_age",),
        ("interval_ends",),
        "lower",
        "Age of the oldest waiting contact at the end of an interval, on average",
    ),
    Measure(
        "occupancy",
        "Occupancy",
        "share",
        ("busy_time",),
        ("staffed_time", "overrun_time", "break_delay_time"),
        "neither",
        "Busy time / (time on shift + work after shift end or in a break)",
        of="groups",
    ),
    Measure(
        "concurrency",
        "Concurrent chats",
        "sessions",
        ("session_time",),
        ("chatting_time",),
        "neither",
        "Average open chats of an agent with at least one",
        of="groups",
    ),
    Measure(
        "present",
        "Agents on shift",
        "agents",
        ("staffed_time",),
        ("clock",),
        "neither",
        "Average number of agents on shift",
        of="groups",
    ),
    Measure(
        "busy",
        "Agents busy",
        "agents",
        ("busy_time",),
        ("clock",),
        "neither",
        "Average number of agents with a contact in service",
        of="groups",
    ),
    Measure(
        "overrun",
        "Work after shift end",
        "s",
        ("overrun_time",),
        (),
        "lower",
        GROUP_TALLIES["overrun_time"],
        of="groups",
    ),
    Measure(
        "absent",
        "Absent agents",
        "agents",
        ("absent_time",),
        ("clock",),
        "lower",
        "Average number of agents absent",
        of="groups",
    ),
    Measure(
        "adherence",
        "Adherence",
        "share",
        ("adherent_time",),
        ("rostered_time",),
        "higher",
        "Time at work as planned / time to work in the shifts of those who come",
        of="groups",
    ),
    Measure(
        "late_starts",
        "Missed by late starts",
        "share",
        ("late_time",),
        ("rostered_time",),
        "lower",
        "Time missed by late starts / time to work in the shifts of those who come",
        of="groups",
    ),
    Measure(
        "break_delay",
        "Break delay",
        "s",
        ("break_delay_time",),
        ("breaks",),
        "lower",
        "Average time by which a contact in service delays a break",
        of="groups",
    ),
    Measure(
        "break_length",
        "Break taken",
        "s",
        ("break_time",),
        ("breaks",),
        "higher",
        "Average length of a break as taken",
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
        "Wages + overtime + bot sessions",
        of="scenario",
    ),
    Measure(
        "cost_per_resolved_case",
        "Cost per resolved case",
        "money",
        ("wages", "overtime", "bot_cost"),
        ("cases_resolved",),
        "lower",
        "Cost / resolved cases",
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
    'Abandoned / offered'
    """
    try:
        return MEASURES[name]
    except KeyError:
        raise InvalidValue("measure", name, f"known are {', '.join(MEASURES)}") from None
