"""The fields of contact types and agent groups beside those in the main grids, in groups, as the page calls them."""

from __future__ import annotations

from dataclasses import dataclass

from interface.app.fields.kinds import (
    AMOUNT,
    CHECK,
    DISTRIBUTION,
    HOURS,
    LENGTH,
    MOMENT,
    NAMES,
    NUMBERS,
    POINTS,
    SHARE,
    SIGNED,
    WHOLE,
    WORDS,
    FieldKind,
    choice,
)
from interface.language.messages import marked

TYPE_NAME, TRUNK_NAME = "a contact type", "a trunk group"
"""Kinds of choice that depend on the scenario."""


@dataclass(frozen=True)
class FieldColumn:
    """A field of a contact type or an agent group, as a column."""

    label: str
    path: str
    """Where it is in the part, as in ``target.definition``."""
    kind: FieldKind | str
    help: str = ""


_DEFINITIONS = {
    "offered": "of all offered",
    "answered": "of answered",
    "less-short-abandons": "of offered less short abandons",
    "answered-or-abandoned": "answered or abandoned in time",
}
_EVERY = {"horizon": "all days together", "day": "every day", "hour": "every hour", "interval": "every interval"}
_RESPONSES = {"person": "by a person", "person-or-bot": "by a person or the bot", "any": "any acknowledgement"}

TYPE_FIELDS: dict[str, tuple[FieldColumn, ...]] = marked(
    {
        "Targets": (
            FieldColumn("Service level definition", "target.definition", choice(_DEFINITIONS), "What the share is of"),
            FieldColumn("Target holds for", "target.every", choice(_EVERY), "The time in each of which it must be met"),
            FieldColumn("On share of days (%)", "target.on_days", SHARE, "90: on nine days in ten; empty: on average"),
            FieldColumn(
                "Floor in every open hour (%)", "target.floor", SHARE, "Least share within the time in any hour"
            ),
            FieldColumn("Abandonment at most (%)", "target.max_abandonment", SHARE),
            FieldColumn("ASA at most", "target.max_asa", LENGTH, "Longest average wait of answered contacts: 30 s"),
            FieldColumn("Time runs", "target.clock", choice({"always": "always", "open-hours": "in opening hours"})),
            FieldColumn("Response within T", "target.response", choice(_RESPONSES), "What counts as a response"),
            FieldColumn("Green up to", "zones.green", LENGTH, "Longest wait of the green zone"),
            FieldColumn("Yellow up to", "zones.yellow", LENGTH, "Longest wait of the yellow zone"),
        ),
        "Volumes": (
            FieldColumn("Day-to-day variation (CV)", "volume.variation.cv", AMOUNT, "0.1: days differ by about 10 %"),
            FieldColumn(
                "Day-to-day variation shared with",
                "volume.variation.shared",
                WORDS,
                "Types with the same word are busy together",
            ),
            FieldColumn("Weekday factors", "volume.weekdays", NUMBERS, "Seven, Monday first: 1; 1; 1; 1; 1; 0.8; 0.8"),
            FieldColumn("Intraday shape", "volume.shape", NUMBERS, "With contacts per day: 24, 48 or 96 weights"),
            FieldColumn("Backlog", "backlog", WHOLE, "Contacts that already wait when the first day begins"),
            FieldColumn("Handle time weekday factors", "handle_profile.weekdays", NUMBERS, "Seven, Monday first"),
            FieldColumn(
                "Handle time shape", "handle_profile.shape", NUMBERS, "24, 48 or 96 factors, instead of the table"
            ),
        ),
        "Priority and queue": (
            FieldColumn("Channel", "channel", WORDS),
            FieldColumn(
                "Kind of work",
                "work",
                choice({"live": "one at a time", "concurrent": "several at once", "deferred": "answered later"}),
            ),
            FieldColumn("Balking (%)", "balking", SHARE, "Share that leaves at once when not answered at once"),
            FieldColumn("Places in the queue", "queue_places", WHOLE, "Most contacts that may wait; empty: no limit"),
            FieldColumn("Trunk group", "trunk", TRUNK_NAME, "Whose lines its contacts occupy"),
            FieldColumn("Ageing per hour", "priority.ageing", AMOUNT, "Levels of priority gained per hour of waiting"),
            FieldColumn("Interruptible work", "interruptible", CHECK, "Put aside when a call or chat waits"),
        ),
        "Time distributions": (
            FieldColumn("Handle time distribution", "handle_time", DISTRIBUTION, "mean: 5 min, cv: 1.2"),
            FieldColumn("Wrap-up distribution", "wrap_up", DISTRIBUTION),
            FieldColumn("Patience distribution", "patience", DISTRIBUTION),
        ),
        "Callback": (
            FieldColumn("Callback accepted (%)", "callback.accepted", SHARE, "Share of customers who take the offer"),
            FieldColumn("Callback type", "callback.as", TYPE_NAME, "The contact type whose queue the callback joins"),
            FieldColumn("Offered from queue of", "callback.from_waiting", WHOLE, "Contacts that wait already"),
            FieldColumn("Offered from wait of", "callback.from_wait", LENGTH, "Wait of the first in the queue"),
            FieldColumn("Callback delay", "callback.delay", DISTRIBUTION),
        ),
        "Dialling": (
            FieldColumn(
                "Customers reached (%)", "dialling.reached", SHARE, "Share of calls to customers that are answered"
            ),
            FieldColumn("Ring time", "dialling.ring", LENGTH, "Time of the agent on a call that is not answered"),
            FieldColumn("Dialled again after", "dialling.again", DISTRIBUTION),
            FieldColumn("Most dialled contacts", "dialling.max_tries", WHOLE),
        ),
        "Value": (
            FieldColumn("Value if answered", "value.answered", SIGNED, "Money gained with each answered contact"),
            FieldColumn("Value if abandoned", "value.abandoned", SIGNED, "Negative where it costs"),
            FieldColumn("Value if late", "value.late", SIGNED),
        ),
    }
)
BOT_FIELDS: dict[str, tuple[FieldColumn, ...]] = marked(
    {
        "Bot details": (
            FieldColumn("Bot hours", "bot.hours", HOURS, "Outside them contacts go straight to the queue"),
            FieldColumn("Bot sessions at once", "bot.sessions", WHOLE, "Empty: no limit"),
            FieldColumn("Session distribution", "bot.session", DISTRIBUTION),
            FieldColumn("Hand-over time", "bot.hand_over", DISTRIBUTION, "From the end of the session to the queue"),
            FieldColumn("Handle time × if context kept", "bot.handle_factor", AMOUNT),
            FieldColumn("Handle time × if retold", "bot.retold_factor", AMOUNT),
            FieldColumn("Drift since", "bot.drift.since", WORDS, "A weekday and time: Mon 09:00"),
            FieldColumn("Drift of containment (points)", "bot.drift.containment", POINTS, "-11: eleven points less"),
            FieldColumn("Patience × after the bot", "bot.patience_factor", AMOUNT),
        ),
    }
)
GROUP_FIELDS: dict[str, tuple[FieldColumn, ...]] = marked(
    {
        "Limits and cost": (
            FieldColumn("Minimum agents", "min_agents", WHOLE, "Fewest that a search for staffing may plan"),
            FieldColumn("Maximum agents", "max_agents", WHOLE, "Most that a search for staffing may plan"),
            FieldColumn("Occupancy at most (%)", "max_occupancy", SHARE),
            FieldColumn("Overtime pay ×", "overtime_factor", AMOUNT, "Pay of an hour of overtime / of a planned one"),
            FieldColumn(
                "When staffing falls",
                "leaving",
                choice({"own-time": "agents whose time is up leave", "idle-first": "idle agents leave first"}),
            ),
        ),
        "Concurrency": (
            FieldColumn(
                "Chat routing",
                "chat_routing",
                choice({"least-loaded": "least loaded", "most-loaded": "most loaded", "idle-last": "idle agents last"}),
            ),
            FieldColumn("Speed by open chats", "concurrency_speed", NUMBERS, "With one, two, three open: 1; 0.8; 0.6"),
            FieldColumn(
                "Open threads per agent",
                "max_threads",
                WHOLE,
                "The most that an agent has open; one who has as many takes no other messages of threads",
            ),
        ),
    }
)


_EVENTS = {
    "campaign": "campaign",
    "new-customers": "new customers",
    "storm": "storm",
    "surge": "surge or special day",
    "outage": "outage",
    "prevention": "prevention",
}
EVENT_FIELDS: tuple[FieldColumn, ...] = (
    FieldColumn("Event", "event", choice(_EVENTS), "A special day is a surge; empty removes the event"),
    FieldColumn("Event name", "name", WORDS),
    FieldColumn("Contact types", "types", NAMES, "Separate several with ;  A surge without any changes all"),
    FieldColumn("Begins", "at", MOMENT, "2026-12-24, or 2026-12-24 09:00"),
    FieldColumn("Ends", "until", MOMENT, "2026-12-25 00:00"),
    FieldColumn("Contacts ×", "volume", AMOUNT, "Of a surge: 0.5 halves the contacts"),
    FieldColumn("AHT ×", "handle_time", AMOUNT, "Of a surge"),
    FieldColumn("People", "people", AMOUNT, "Reached by a campaign, or new customers"),
    FieldColumn("Contacts per person", "contacts_per_person", AMOUNT),
    FieldColumn("Half-life", "half_life", LENGTH, "Time in which half of the contacts have come, or the excess halves"),
    FieldColumn("All within", "within", LENGTH, "All contacts come within this time; empty: they fade for ever"),
    FieldColumn("Peak ×", "peak", AMOUNT, "Contacts at the peak of a storm / usual contacts"),
    FieldColumn("Reach (%)", "reach", SHARE, "Share of customers that a message reaches"),
    FieldColumn("Success (%)", "success", SHARE, "Share of the reached who make no contact"),
    FieldColumn("Moves to", "move_to", TYPE_NAME, "Contact type to which customers turn during an outage"),
    FieldColumn("Moved (%)", "moved", SHARE, "Share of customers who turn there"),
    FieldColumn("Later (%)", "later", SHARE, "Share of customers who come after the outage"),
)


def grouped(fields: dict[str, tuple[FieldColumn, ...]]) -> dict[str, FieldColumn]:
    """The columns of all groups by their label."""
    return {column.label: column for columns in fields.values() for column in columns}
