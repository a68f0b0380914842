"""What is measured of a contact, and where its green and its yellow zone end.

The founding article describes the six steps of the traffic light and lost its limits: these are our assumptions, to be
replaced by your own. A contact is as bad as its worst criterion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scenarios.errors import InvalidValue
from scenarios.units import DAY, HOUR, MINUTE

WAIT, NUMBER = "wait", "contact number"
ORIGIN = "assumption of the planner"


@dataclass(frozen=True)
class Criterion:
    """One criterion of a contact: up to `green` it is good, up to `yellow` fair, beyond that bad."""

    name: str
    label: str
    unit: str
    green: float
    yellow: float
    origin: str = ORIGIN

    def __post_init__(self) -> None:
        if not 0 <= self.green <= self.yellow:
            remedy = "give limits of 0 or more, green at most as high as yellow"
            raise InvalidValue(f"limits of {self.label}", f"{self.green:g} and {self.yellow:g}", remedy)


_FAST, _CHAT, _SLOW, _CASE = (20.0, 120.0), (MINUTE, 3 * MINUTE), (HOUR, 4 * HOUR), (3 * DAY, 7 * DAY)
WAIT_LIMITS: Mapping[str, tuple[float, float]] = {
    "phone": _FAST,
    "walk-in": (2 * MINUTE, 10 * MINUTE),
    "chat": _CHAT,
    "messenger": _CHAT,
    "email": _SLOW,
    "social": _SLOW,
    "sms": _SLOW,
    "web-form": _SLOW,
    "post": _CASE,
    "back-office": _CASE,
}
"""Ends of the green and the yellow zone of the wait by channel, in seconds."""


def criteria_of(channel: str, zones: tuple[float, float] | None = None) -> tuple[Criterion, ...]:
    """The criteria of a process: the wait, by its own zones or those of its channel, and the number of the contact.

    Examples
    --------
    >>> [(criterion.label, criterion.green, criterion.yellow) for criterion in criteria_of("phone")]
    [('Wait', 20.0, 120.0), ('Contact number of the case', 1.0, 2.0)]
    """
    limits, origin = (zones, "zones of the scenario") if zones else (WAIT_LIMITS.get(channel, _SLOW), ORIGIN)
    return (
        Criterion(WAIT, "Wait", "s", *limits, origin),
        Criterion(NUMBER, "Contact number of the case", "contacts", 1.0, 2.0),
    )
