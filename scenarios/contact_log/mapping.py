"""How the columns of a contact log are called and what its words mean: a mapping, with two ready ones."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from scenarios.contact_log.durations import Clock, Unit
from scenarios.contact_log.time_zones import zone_named
from scenarios.contact_types import Name, PartName
from scenarios.errors import InvalidValue
from scenarios.units import Seconds
from scenarios.yaml.problems import validated


def _word(value: Any) -> Any:
    """A number or a truth value of a YAML file as the text that a log has for it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _listed(value: Any) -> Any:
    """Several words: a list, or a word that stands alone."""
    if isinstance(value, list | tuple):
        return tuple(_word(part) for part in value)
    return (_word(value),) if isinstance(value, str | int | float) else value


def for_each(roles: tuple[str, ...]) -> BeforeValidator:
    """A validator of spellings by role: one that stands alone is of all of them."""
    return BeforeValidator(lambda value: dict.fromkeys(roles, value) if isinstance(value, str) else value)


def _known_zone(name: str) -> str:
    if zone_named(name) is None:
        raise InvalidValue("timezone", name, "write a name of the IANA list, such as Europe/Berlin or UTC")
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]
Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Duration = Literal["wait", "handle", "wrap_up"]
DURATIONS: tuple[Duration, ...] = ("wait", "handle", "wrap_up")
"""Roles of columns that hold times and may be sums of several."""
EMPTY = ("null", "(null)", "none", "n/a", "#n/a", "na", "nan", "nat", "nil", "-", "--", "\u2013", "\u2014", "\\N")
"""What exporters write into an empty field."""
Columns = Annotated[Words, Field(min_length=1)]
"""A column, or several whose times are added up."""


class Layout(BaseModel):
    """What any mapping says of a file: its rows that count, and how dates, times and numbers are written."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: Name
    only: dict[str, Words] = Field(default_factory=dict, validation_alias=AliasChoices("only", "where"))
    """Rows that count, by what stands in a column: ``{Direction: [inbound, transfer]}``."""
    exclude: dict[str, Words] = Field(default_factory=dict)
    """Rows that do not count, likewise."""
    date_format: str | None = None
    """How dates are written, as in ``%d/%m/%Y``; without it ISO, dots, names of months, and slashes where it shows."""
    time_format: str | None = None
    """How times of day are written, as in ``%I.%M %p``; without it 8:30, 08:30:00 and 08:30:00 AM are understood."""
    timezone: TimeZone | None = None
    """The time zone of the centre, as in ``Europe/Berlin``: times with an offset are moved to its clock."""
    log_timezone: TimeZone | None = None
    """The time zone of times without an offset, as in ``UTC``; without it that of the centre."""
    decimal: Literal[".", ","] | None = None
    """The decimal mark of numbers; without it the columns decide."""
    empty: Words = EMPTY
    """What stands for an empty field, in any case of letters."""
    encoding: str | None = None
    """The encoding of the file; without it UTF-8, or UTF-16 with its mark."""

    _roles: ClassVar[tuple[str, ...]] = ()
    """Fields that name columns."""

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The columns that are named, by their role."""
        named = {role: column for role in self._roles if (column := getattr(self, role)) is not None}
        return {role: (column,) if isinstance(column, str) else column for role, column in named.items()}


class Mapping(Layout):
    """The names of the columns of a log, the words for its outcomes, and the limits of what is believable.

    Only `arrival` must be named; a column that the log lacks is None, or its role is among the optional ones.
    Instants are timestamps (``2026-03-02 08:30:00``), or clock times (``8:30:00``) beside a `date` column. Durations
    may be several columns, which are added up: ``handle: [talk, hold]``.

    Examples
    --------
    >>> Mapping(name="ours", arrival="Start", answer="Picked up", end="Hung up").answered
    ('answered', 'agent', 'handled', 'completed', 'yes', 'true', '1')
    """

    arrival: str
    """When the contact began."""
    date: str | None = None
    """The day of the clock times in the same row."""
    type: str | None = None
    """The contact type; without it all contacts are of one type."""
    channel: str | None = None
    queue: str | None = None
    """When the contact joined the agent queue; without it, on arrival."""
    answer: str | None = None
    end: str | None = None
    """When the contact ended: hung up, or left the queue."""
    wait: Columns | None = None
    """Time in the queue; without it, from the instants."""
    handle: Columns | None = None
    """Time of service; without it, from answer to end."""
    wrap_up: Columns | None = None
    """Work after the end of the contact."""
    outcome: str | None = None
    """What became of the contact; without it, answered if there is an answer, an agent, or a time of service."""
    agent: str | None = None
    customer: str | None = None
    id: Columns | None = None
    """The number of the contact, and where a contact has several records that of each: ``[ContactId, Leg]``."""
    duplicates: Literal["keep", "drop"] | None = Field(
        default=None, validation_alias=AliasChoices("duplicates", "doubles")
    )
    """What becomes of rows that came before; without it, those of the same id and arrival are dropped."""
    answered_if: Literal["answer", "agent", "handle"] | None = None
    """Where no column tells the outcome: the role whose column is filled where a contact was answered."""
    answered: Words = ("answered", "agent", "handled", "completed", "yes", "true", "1")
    abandoned: Words = ("abandoned", "hang", "lost", "missed", "no", "false", "0")
    ignored: Words = ()
    """Outcomes of rows that are not contacts."""
    unit: Annotated[dict[Duration, Unit], for_each(DURATIONS)] = Field(default_factory=dict)
    """The unit of plain numbers, for all durations or by role: ms, s, min, h or d; without it seconds."""
    clock: Annotated[dict[Duration, Clock], for_each(DURATIONS)] = Field(default_factory=dict)
    """Whether ``5:28`` is mm:ss or hh:mm, for all durations or by role; without it the column decides."""
    zero_means_none: bool = False
    """Whether 0 and 0:00:00 stand for an empty field in instants, agents and times of service."""
    keep_zero_waits: bool = True
    """Whether contacts that left with a wait of 0 s count as offered."""
    shortest_handle: Seconds = 0.0
    longest_handle: Seconds = 14400.0
    """Services outside these two limits do not count for the handle time."""
    caveats: Words = ()
    """What a reader of anything made from such a log must know."""
    optional: Words = ()
    """Roles whose column may be absent from the file."""
    pools: dict[PartName, Annotated[tuple[Name, ...], Field(min_length=1)]] = Field(default_factory=dict)
    """Types that share agents, by the name of the pool; without it one pool answers everything."""

    _roles = (
        *("date", "type", "channel", "arrival", "queue", "answer", "end", "wait", "handle", "wrap_up"),
        *("outcome", "agent", "customer", "id"),
    )


BANK = Mapping(
    name="bank",
    date="date",
    type="type",
    arrival="vru_entry",
    queue="q_start",
    wait=("q_time",),
    answer="ser_start",
    end="ser_exit",
    handle=("ser_time",),
    outcome="outcome",
    agent="server",
    answered=("AGENT",),
    abandoned=("HANG",),
    ignored=("PHANTOM",),
    duplicates="drop",
    zero_means_none=True,
    keep_zero_waits=False,
    shortest_handle=1.0,
    longest_handle=3600.0,
    pools={"regular": ("PS", "NE", "NW", "PE", "TT"), "internet": ("IN",)},
    caveats=(
        "contacts count from their queue entry; who hung up in the IVR was never offered to agents",
        "customers of priority 2 join the queue as if they had waited 90 s, which is not simulated",
    ),
)
"""The layout of the Anonymous Bank of Brown, Gans, Mandelbaum et al. (2005), with clean column names."""

GENERIC = Mapping(
    name="generic",
    type="type",
    channel="channel",
    arrival="arrival",
    queue="queue",
    answer="answer",
    end="end",
    wait=("wait",),
    handle=("handle",),
    wrap_up=("wrap_up",),
    outcome="outcome",
    agent="agent",
    customer="customer",
    id=("id",),
    optional=(
        *("type", "channel", "queue", "answer", "end", "wait", "handle", "wrap_up"),
        *("outcome", "agent", "customer", "id"),
    ),
)
"""One row a contact, a timestamp for each step; all columns but `arrival` may be absent where others say the same."""

MAPPINGS = {mapping.name: mapping for mapping in (BANK, GENERIC)}
"""The ready mappings by name."""


def mapping(name: str) -> Mapping:
    """The ready mapping of this name.

    Raises
    ------
    InvalidValue
        If there is none.

    Examples
    --------
    >>> mapping("bank").pools["internet"]
    ('IN',)
    """
    try:
        return MAPPINGS[name]
    except KeyError:
        raise InvalidValue("mapping", name, f"choose one of {', '.join(MAPPINGS)}, or name a YAML file") from None


def mapping_from(values: object) -> Mapping:
    """A checked mapping from plain values.

    Raises
    ------
    InvalidValue, InvalidScenario
        For the first thing that is wrong.

    Examples
    --------
    >>> mapping_from({"name": "ours", "arrival": "Start", "answer": "Picked up", "end": "Hung up"}).end
    'Hung up'
    """
    return validated(Mapping, values)
