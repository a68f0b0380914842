"""Ready mappings for what usual platforms export: interval reports, and logs with a row for each contact."""

from __future__ import annotations

from scenarios.contact_log.mapping import GENERIC, MAPPINGS, Mapping, mapping_from
from scenarios.errors import InvalidValue
from scenarios.interval_report.mapping import ReportMapping, report_mapping_from

_OF_REPORTS = frozenset(ReportMapping.model_fields) - frozenset(Mapping.model_fields)
"""Keys that mappings of reports alone have."""
_ROLES_OF_LOGS = frozenset(Mapping._roles)

GENESYS = ReportMapping(
    name="genesys",
    as_present=True,
    start="Interval Start",
    end="Interval End",
    queue=("Queue Name",),
    offered=("Offer",),
    answered=("Answer",),
    abandoned=("Abandon",),
    aht=("Avg Handle",),
    asa="ASA",
    unit={"aht": "ms", "asa": "ms"},
)
"""Genesys Cloud, queue performance by interval; plain numbers in its CSV are milliseconds."""
AVAYA = ReportMapping(
    name="avaya",
    as_present=True,
    start="Time",
    queue=("Split/Skill",),
    answered=("ACD Calls",),
    abandoned=("Aban Calls",),
    aht=("Avg ACD Time", "Avg ACW Time"),
    asa="Avg Speed Ans",
    abandon_wait="Avg Aban Time",
    agents=("Avg Pos Staff",),
    unit={"aht": "s", "asa": "s"},
    clock={"aht": "mm:ss", "asa": "mm:ss"},
)
"""Avaya CMS, split/skill by interval: offered are ACD calls and abandoned ones."""
UCCX = ReportMapping(
    name="uccx",
    as_present=True,
    queue=("CSQ Name",),
    start="Interval Start Time",
    end="Interval End Time",
    offered=("Calls Presented",),
    answered=("Calls Handled",),
    abandoned=("Calls Abandoned",),
    aht=("Avg Handle Time",),
    asa="Avg Speed of Answer",
    abandon_wait="Avg Time to Abandon",
)
"""Cisco Unified Contact Center Express, contact service queue activity by interval."""
FIVE9 = ReportMapping(
    name="five9",
    as_present=True,
    date="DATE",
    start="HALF HOUR",
    queue=("SKILL",),
    offered=("CALLS",),
    abandoned=("ABANDONED",),
    handle=("HANDLE TIME",),
    asa="AVERAGE SPEED OF ANSWER",
)
"""Five9, calls by skill and half-hour, handle times as totals."""
NICE = ReportMapping(
    name="nice",
    as_present=True,
    queue=("Skill Name",),
    offered=("Offered",),
    answered=("Handled",),
    abandoned=("Abandons",),
    aht=("Avg Handle Time",),
    asa="Avg Speed of Answer",
)
"""NICE CXone, summary by skill and interval."""
AMAZON_CONNECT = ReportMapping(
    name="amazon-connect",
    as_present=True,
    start="StartInterval",
    end="EndInterval",
    queue=("Queue",),
    offered=("Contacts queued",),
    answered=("Contacts handled",),
    abandoned=("Contacts abandoned",),
    aht=("Average handle time",),
    asa="Average queue answer time",
    abandon_wait="Average queue abandon time",
)
"""Amazon Connect, historical metrics by queue and interval; contacts that are queued again count again."""
REPORTS = {mapping.name: mapping for mapping in (GENESYS, AVAYA, UCCX, FIVE9, NICE, AMAZON_CONNECT)}
"""The ready mappings of interval reports by name."""

ZENDESK = Mapping(
    name="zendesk",
    arrival="created_at",
    type="call_group_id",
    wait=("wait_time",),
    handle=("talk_time", "hold_time"),
    wrap_up=("wrap_up_time",),
    outcome="completion_status",
    agent="agent_id",
    customer="customer_id",
    id=("id",),
    only={"direction": ("inbound",)},
    answered=("completed",),
    abandoned=("abandoned_in_queue", "not_answered"),
    ignored=("abandoned_in_ivr", "abandoned_on_hold", "abandoned_in_voicemail", "pending_voicemail"),
    optional=("type", "wrap_up", "agent", "customer", "id"),
    unit={"wait": "s", "handle": "s", "wrap_up": "s"},
)
"""Zendesk Talk, calls of the incremental export."""
TWILIO = Mapping(
    name="twilio",
    arrival="start_time",
    type="to",
    wait=("queue_time",),
    handle=("duration",),
    outcome="status",
    customer="from",
    id=("sid",),
    only={"direction": ("inbound",)},
    answered=("completed",),
    abandoned=("canceled", "no-answer"),
    ignored=("busy", "failed"),
    optional=("type", "customer", "id"),
    unit={"wait": "ms", "handle": "s"},
    caveats=("the duration of a Twilio call includes menus; take a log of the tasks where there is one",),
)
"""Twilio, call records: the duration in seconds, the time in the queue in milliseconds."""
THREE_CX = Mapping(
    name="3cx",
    arrival="time-start",
    type="to-dispname",
    answer="time-answered",
    end="time-end",
    customer="from-no",
    id=("historyid",),
    optional=("type", "customer", "id"),
    caveats=("3CX writes a row for each leg: filter the rows of the queue with `only`",),
)
"""3CX, call detail records."""
FIVE9_CALLS = Mapping(
    name="five9-calls",
    arrival="TIMESTAMP",
    type="CAMPAIGN",
    wait=("QUEUE WAIT TIME",),
    handle=("TALK TIME", "HOLD TIME"),
    wrap_up=("AFTER CALL WORK TIME",),
    outcome="ABANDONED",
    agent="AGENT",
    customer="ANI",
    id=("CALL ID",),
    only={"CALL TYPE": ("Inbound",)},
    answered=("0", "no"),
    abandoned=("1", "yes"),
    empty=("[none]", "[deleted]"),
    optional=("type", "agent", "customer", "id", "wrap_up"),
    caveats=("calls that hung up in the menu have a queue wait of 0: leave them out where the report holds them",),
)
"""Five9, the Call Log report: inbound rows, talk and hold as the handle time."""
LOGS = MAPPINGS | {mapping.name: mapping for mapping in (ZENDESK, TWILIO, THREE_CX, FIVE9_CALLS)}
"""The ready mappings of contact logs by name."""


def layout(name: str) -> Mapping | ReportMapping:
    """The ready mapping of this name.

    Raises
    ------
    InvalidValue
        If there is none.

    Examples
    --------
    >>> layout("avaya").answered, layout("bank").outcome
    (('ACD Calls',), 'outcome')
    """
    ready: dict[str, Mapping | ReportMapping] = {**LOGS, **REPORTS}
    if name not in ready:
        raise InvalidValue("mapping", name, f"choose one of {', '.join(ready)}, or name a YAML file")
    return ready[name]


def layout_from(values: object) -> Mapping | ReportMapping:
    """A checked mapping from plain values: of a report if a key says so, else of a log.

    One that names no column, but a time zone or how dates are written, say, is the generic one with these.

    Raises
    ------
    InvalidValue, InvalidScenario
        For the first thing that is wrong.

    Examples
    --------
    >>> type(layout_from({"name": "own", "start": "Interval", "offered": "Calls"})).__name__
    'ReportMapping'
    """
    if isinstance(values, dict) and "arrival" not in values:
        if _OF_REPORTS & values.keys():
            return report_mapping_from(values)
        if not values.keys() & _ROLES_OF_LOGS:
            return mapping_from(GENERIC.model_dump(exclude_unset=True) | {"name": "own"} | values)
    return mapping_from(values)
