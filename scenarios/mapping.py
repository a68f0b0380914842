"""How the columns of a contact log are called and what its words mean: a mapping, with two ready ones."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scenarios.contact_types import Name, PartName
from scenarios.errors import InvalidValue
from scenarios.problems import own_error
from scenarios.units import Seconds

Words = tuple[str, ...]


class Mapping(BaseModel):
    """The names of the columns of a log, the words for its outcomes, and the limits of what is believable.

    Only `arrival` must be named; a column that the log lacks is None, or its role is among the optional ones.
    Instants are timestamps (``2026-03-02 08:30:00``), or clock times (``8:30:00``) beside a `date` column.

    Examples
    --------
    >>> Mapping(name="ours", arrival="Start", answer="Picked up", end="Hung up").answered
    ('answered', 'agent', 'handled', 'completed', 'yes', 'true', '1')
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
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
    wait: str | None = None
    """Seconds in the queue; without it, from the instants."""
    handle: str | None = None
    """Seconds of service; without it, from answer to end."""
    wrap_up: str | None = None
    """Seconds of work after the end of the contact."""
    outcome: str | None = None
    """What became of the contact; without it, answered if there is an answer."""
    agent: str | None = None
    customer: str | None = None
    answered: Words = ("answered", "agent", "handled", "completed", "yes", "true", "1")
    abandoned: Words = ("abandoned", "hang", "lost", "missed", "no", "false", "0")
    ignored: Words = ()
    """Outcomes of rows that are not contacts."""
    date_format: str | None = None
    """How dates are written, as in ``%d/%m/%Y``; without it 2026-03-02 and 02.03.2026 are understood."""
    encoding: str | None = None
    """The encoding of the file; without it UTF-8, or UTF-16 with its mark."""
    zero_means_none: bool = False
    """Whether an instant of 0:00:00 stands for an empty field."""
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

    @property
    def columns(self) -> dict[str, str]:
        """The columns that are asked for, by their role."""
        return {role: column for role in ROLES if (column := getattr(self, role)) is not None}


ROLES = (
    *("date", "type", "channel", "arrival", "queue", "answer", "end", "wait", "handle", "wrap_up"),
    *("outcome", "agent", "customer"),
)
"""Fields of a mapping that name a column."""

BANK = Mapping(
    name="bank",
    date="date",
    type="type",
    arrival="vru_entry",
    queue="q_start",
    wait="q_time",
    answer="ser_start",
    end="ser_exit",
    handle="ser_time",
    outcome="outcome",
    agent="server",
    answered=("AGENT",),
    abandoned=("HANG",),
    ignored=("PHANTOM",),
    zero_means_none=True,
    keep_zero_waits=False,
    shortest_handle=1.0,
    longest_handle=3600.0,
    pools={"regular": ("PS", "NE", "NW", "PE", "TT"), "internet": ("IN",)},
    caveats=(
        "contacts count from their queue entry; who hung up in the IVR was never offered to agents",
        "customers of priority 2 join the queue with a head start of 90 s, which is not played",
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
    wait="wait",
    handle="handle",
    wrap_up="wrap_up",
    outcome="outcome",
    agent="agent",
    customer="customer",
    optional=(
        *("type", "channel", "queue", "answer", "end", "wait", "handle", "wrap_up"),
        *("outcome", "agent", "customer"),
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
        raise InvalidValue("mapping", name, f"known are {', '.join(MAPPINGS)}") from None


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
    try:
        return Mapping.model_validate(values)
    except ValidationError as failure:
        raise own_error(failure) from None
