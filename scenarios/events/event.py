"""Events laid over a scenario: campaigns, waves of new customers, storms, surges, outages, and what prevents contacts.

Each is a thing with a date that changes the expected contacts of some intervals, or how long they take.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, model_validator

from scenarios.contact_types import Name
from scenarios.demand import Factor
from scenarios.distributions import Probability
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.units import Duration

Moment = Annotated[datetime, PlainSerializer(lambda moment: moment.isoformat(" ").removesuffix(":00"), str)]
"""A local wall time, written as ``2026-03-02 09:30``."""
EventType = Literal["campaign", "new-customers", "storm", "surge", "outage", "prevention"]


class _Fields(NamedTuple):
    needed: tuple[str, ...]
    allowed: tuple[str, ...]


_WAVE = _Fields(("types", "at", "people", "contacts_per_person", "half_life"), ("within", "reach", "success"))
FIELDS: dict[EventType, _Fields] = {
    "campaign": _WAVE,
    "new-customers": _WAVE,
    "storm": _Fields(("types", "at", "peak", "half_life"), ()),
    "surge": _Fields(("at", "until"), ("types", "volume", "handle_time")),
    "outage": _Fields(("types", "at", "until"), ("move_to", "moved", "later", "half_life")),
    "prevention": _Fields(("types", "reach", "success"), ("at", "until")),
}
"""What each event needs, and what else it may have."""
_COMMON = ("event", "name")


class Event(BaseModel):
    """Something with a date that changes the contacts of a scenario.

    Examples
    --------
    A storm on social media: ten times the usual contacts, halved every eight hours.

    >>> storm = Event(event="storm", types=["social"], at="2026-03-02 09:00", peak=10, half_life="8 h")
    >>> storm.half_life
    28800.0
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    event: EventType
    """campaign, new-customers, storm, surge, outage, or prevention."""
    name: Annotated[str, Field(max_length=60)] = ""
    types: tuple[Name, ...] = ()
    """The contact types that it changes; a surge without any changes all."""
    at: Moment | None = None
    """When it begins, local wall time; prevention without it works all the time."""
    until: Moment | None = None
    """When it ends."""
    people: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] | None = None
    """People reached by a campaign, or new customers."""
    contacts_per_person: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = None
    """How many contacts one of them makes, on average."""
    half_life: Annotated[Duration, Field(gt=0)] | None = None
    """The time in which half of what is to come has come, or in which the excess of a storm halves."""
    within: Annotated[Duration, Field(gt=0)] | None = None
    """All contacts of a campaign or of new customers come within this time; without it they fade for ever."""
    peak: Annotated[float, Field(ge=1, le=1000, allow_inf_nan=False)] | None = None
    """Contacts at the peak of a storm, as a multiple of the usual ones."""
    volume: Factor | None = None
    """The factor on contacts during a surge."""
    handle_time: Factor | None = None
    """The factor on handle times during a surge."""
    reach: Probability | None = None
    """The share of customers that a message, a help page or a repaired cause reaches."""
    success: Probability | None = None
    """The share of the reached whose contact does not arise."""
    move_to: Name | None = None
    """The contact type to which customers turn during an outage."""
    moved: Probability | None = None
    """The share of customers who turn there."""
    later: Probability | None = None
    """The share of customers who come when the outage is over, half of them within `half_life`."""

    @model_validator(mode="after")
    def _fits(self) -> Event:
        needed, allowed = FIELDS[self.event]
        for field in needed:
            if getattr(self, field) in (None, ()):
                raise InvalidScenario(field, "it is missing", f"give {', '.join(needed)}")
        for field in type(self).model_fields:
            if field not in (*_COMMON, *needed, *allowed) and getattr(self, field) not in (None, ()):
                remedy = f"remove it; {self.event} has {', '.join((*needed, *allowed))}"
                raise InvalidScenario(field, "it has no meaning there", remedy)
        for field in ("at", "until"):
            moment = getattr(self, field)
            if moment is not None and moment.tzinfo is not None:
                raise InvalidValue(field, str(moment), "give local time, without an offset")
        if self.at is not None and self.until is not None and self.until <= self.at:
            raise InvalidValue("until", str(self.until), "it ends after it begins")
        if self.event == "surge" and self.volume is None and self.handle_time is None:
            raise InvalidScenario("volume", "it is missing", "give volume, handle_time or both")
        if (self.move_to is None) != (self.moved is None):
            raise InvalidScenario("moved", "one is missing", "give move_to and moved together")
        if self.later is not None and self.half_life is None:
            raise InvalidScenario("half_life", "it is missing", "say how fast customers come afterwards")
        if (self.moved or 0) + (self.later or 0) > 1 + 1e-9:
            raise InvalidValue("later", self.later, "moved and later add up to more than all customers")
        return self

    def with_types(self, new: Callable[[str], str | None]) -> Event:
        """The event with contact types called otherwise; those that become None are taken out.

        Examples
        --------
        >>> storm = Event(event="storm", types=["social"], at="2026-03-02", peak=2, half_life="1 h")
        >>> storm.with_types(lambda old: "posts").types
        ('posts',)
        """
        names = tuple(name for name in map(new, self.types) if name is not None)
        move_to = None if self.move_to is None else new(self.move_to)
        moved = self.moved if move_to is not None else None
        return self.model_copy(update={"types": names, "move_to": move_to, "moved": moved})

    @property
    def title(self) -> str:
        """Its name, or else what it is."""
        return self.name or self.event.replace("-", " ").capitalize()

    @property
    def contacts(self) -> float:
        """Contacts that a campaign or new customers bring in all, those that a message prevents taken off."""
        kept = 1 - (self.reach or 0.0) * (self.success or 0.0)
        return (self.people or 0.0) * (self.contacts_per_person or 0.0) * kept


Events = Annotated[tuple[Event, ...], Field(max_length=100)]
