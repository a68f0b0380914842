"""How an interval report is laid out: a mapping from its columns to what is read, proposed or written by a person."""

from __future__ import annotations

from io import StringIO
from typing import Annotated, Literal

from pydantic import Field
from ruamel.yaml import YAML

from scenarios.contact_log.durations import Clock, Unit
from scenarios.contact_log.mapping import Columns, Layout, Words, for_each
from scenarios.units import Seconds
from scenarios.yaml.problems import validated

Across = Literal["nothing", "times", "dates", "weekdays", "queues"]
TimeRole = Literal["aht", "handle", "asa", "abandon_wait", "staffed_time"]
TIME_ROLES: tuple[TimeRole, ...] = ("aht", "handle", "asa", "abandon_wait", "staffed_time")


class ReportMapping(Layout):
    """The columns of an interval report and how their cells are written; what is None is not there.

    Examples
    --------
    >>> ReportMapping(name="own", start="Interval", offered="Calls", aht=["Talk", "ACW"]).aht
    ('Talk', 'ACW')
    """

    as_present: bool = False
    """Whether columns that the file lacks are passed over, as in the ready mappings."""
    sheets: Words = ()
    """The sheets of a workbook that are read; all of them where none is named."""
    across: Across | None = None
    """What stands across the top of a matrix: times, dates, weekdays or queues; without it, as its header shows."""
    date: str | None = None
    start: str | None = None
    """When the interval begins: a timestamp, a time of day beside a date, or a range such as 08:00 - 08:30."""
    end: str | None = None
    queue: Columns | None = None
    """The contact type; several columns are joined."""
    offered: Columns | None = None
    """Contacts offered; several columns are added. Without it, answered and abandoned."""
    answered: Columns | None = None
    abandoned: Columns | None = None
    aht: Columns | None = None
    """Mean times whose sum is the AHT: one column, or talk, hold and wrap-up."""
    handle: Columns | None = None
    """Total times by interval whose sum, divided by the contacts answered, is the AHT."""
    asa: str | None = None
    """Mean wait of contacts answered."""
    abandon_wait: str | None = None
    """Mean wait of contacts abandoned."""
    wait_answered: str | None = None
    """Total wait of contacts answered, in place of `asa`."""
    wait_all: str | None = None
    """Total wait of all contacts; with the waits of those answered it tells the waits of those abandoned."""
    within: Columns | None = None
    """Contacts answered in the time of the target."""
    agents: Columns | None = None
    """Agents on duty."""
    staffed_time: Columns | None = None
    """Total time of agents on duty, in place of `agents`: divided by the length of an interval it gives them."""
    interval: Seconds | None = None
    """The length of an interval; without it, as the rows follow each other."""
    rename: dict[str, str] = Field(default_factory=dict)
    """Names of queues as they shall be: ``{Sales NEW: Sales}``."""
    repeated: Literal["first", "last", "add"] | None = None
    """Which row counts where a queue has several for an interval with other figures; without it, it is asked for."""
    unit: Annotated[dict[TimeRole, Unit], for_each(TIME_ROLES)] = Field(default_factory=dict)
    """The unit of plain numbers, for all times or by role: ms, s, min, h or d; without it seconds."""
    clock: Annotated[dict[TimeRole, Clock], for_each(TIME_ROLES)] = Field(default_factory=dict)
    """Whether ``5:28`` is mm:ss or hh:mm, for all times or by role; without it the column decides."""

    _roles = (
        *("date", "start", "end", "queue", "offered", "answered", "abandoned", "aht", "handle", "asa", "abandon_wait"),
        *("wait_answered", "wait_all", "within", "agents", "staffed_time"),
    )


def report_mapping_from(values: object) -> ReportMapping:
    """A checked mapping from plain values.

    Raises
    ------
    InvalidValue, InvalidScenario
        For the first thing that is wrong.

    Examples
    --------
    >>> report_mapping_from({"name": "own", "date": "Day", "offered": "Calls"}).offered
    ('Calls',)
    """
    return validated(ReportMapping, values)


def mapping_text(mapping: ReportMapping) -> str:
    """A mapping as YAML, to be corrected and used again.

    Examples
    --------
    >>> print(mapping_text(ReportMapping(name="own", start="Interval", offered="Calls")))
    name: own
    start: Interval
    offered: [Calls]
    <BLANKLINE>
    """
    yaml, out = YAML(), StringIO()
    yaml.default_flow_style = None
    yaml.dump(mapping.model_dump(mode="json", exclude_defaults=True), out)
    return out.getvalue()
