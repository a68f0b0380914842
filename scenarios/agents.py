"""Agent groups: who can do what, how many at once, who is there when, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from scenarios.contact_types import Name, PartName
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.horizon import Horizon
from scenarios.hours import windows
from scenarios.limits import MOST_MONEY, MOST_THREADS, MOST_WINDOWS
from scenarios.shifts import duties
from scenarios.shifts.staffing import ShiftStaffing
from scenarios.units import MINUTE

MOST_AGENTS = 100_000
AgentCount = Annotated[int, Field(ge=0, le=MOST_AGENTS)]
ChatRouting = Literal["least-loaded", "most-loaded", "idle-last"]
Leaving = Literal["own-time", "idle-first"]


Heads = AgentCount | tuple[AgentCount, ...] | Annotated[dict[str, AgentCount], Field(max_length=MOST_WINDOWS)]


def _staffing_form(value: Any) -> str:
    """Which form a staffing has; the words begin as `scenarios.yaml.problems` expects of a branch."""
    shifts = isinstance(value, ShiftStaffing) or (isinstance(value, dict) and bool({"shifts", "people"} & set(value)))
    return "staffing[shifts]" if shifts else "staffing[heads]"


Staffing = Annotated[
    Annotated[Heads, Tag("staffing[heads]")] | Annotated[ShiftStaffing, Tag("staffing[shifts]")],
    Discriminator(_staffing_form),
]
"""Heads per interval, or shifts."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Skill(_Part):
    """A type that the group can handle: its rank among the group's types, and the speed at it."""

    rank: Annotated[int, Field(ge=1, le=1000)] = 1
    speed: Annotated[float, Field(ge=0.05, le=20, allow_inf_nan=False)] = 1.0
    """Handle times and wrap-up are divided by it."""


def _skills_of(names: Sequence[Any]) -> dict[str, dict[str, Any]]:
    """Skills without rank and speed, from a list of contact types."""
    for name in names:
        if not isinstance(name, str):
            remedy = "list names, as in [calls, mails], or write a mapping, as in {calls: {rank: 2}}"
            raise InvalidValue("skills", name, remedy)
    if double := next((name for name, count in Counter(names).items() if count > 1), None):
        raise InvalidValue("skills", double, "duplicate skill; keep one of them")
    return {name: {} for name in names}


class Shrinkage(_Part):
    """Paid time away from contacts: planned by share of time, and random absence by person and day."""

    planned: Annotated[float, Field(ge=0, le=0.95, allow_inf_nan=False)] = 0.0
    """Breaks, training, meetings, leave: already taken off the staffing, paid on top of it."""
    absence: Annotated[float, Field(ge=0, le=0.95, allow_inf_nan=False)] = 0.0
    """The chance that a planned agent is absent for the day; drawn in every simulated day."""


class AgentGroup(_Part):
    """Agents who are alike: the same skills, the same rules.

    Examples
    --------
    >>> AgentGroup(name="desk", skills=["calls"], staffing=16).skills["calls"].rank
    1
    """

    name: PartName
    skills: dict[Name, Skill] = Field(min_length=1)
    max_concurrent: Annotated[int, Field(ge=1, le=20)] = 1
    """The most concurrent contacts of one agent."""
    concurrency_speed: tuple[Annotated[float, Field(ge=0.05, le=2, allow_inf_nan=False)], ...] = (1.0,)
    """The speed of each session with one, two, three ... open; the last number holds for all above."""
    chat_routing: ChatRouting = "least-loaded"
    """Which agent takes the next concurrent contact: the least loaded, the most loaded, or idle ones last."""
    reserved: AgentCount = 0
    """So many free agents are kept for connected work before deferred work is taken."""
    max_threads: Annotated[int, Field(ge=1, le=MOST_THREADS)] | None = None
    """The most open threads of an agent; one who has so many takes no further ones, but the next turns of these."""
    staffing: Staffing
    """Agents on duty: a number, one per interval (of a day or the horizon), numbers for weekly windows, or shifts."""
    leaving: Leaving = "own-time"
    """Who goes when staffing falls: agents whose own time is up, or whoever is idle first."""
    min_agents: AgentCount = 0
    """The fewest agents that a search for staffing may plan in an interval in which the group works."""
    max_agents: AgentCount | None = None
    """The most agents that a search for staffing may plan in an interval."""
    max_occupancy: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None = None
    """The highest occupancy that the plan may have over the horizon."""
    cost_per_hour: Annotated[float, Field(ge=0, le=MOST_MONEY, allow_inf_nan=False)] = 0.0
    overtime_factor: Annotated[float, Field(ge=1, le=10, allow_inf_nan=False)] = 1.0
    shrinkage: Shrinkage = Shrinkage()

    @model_validator(mode="before")
    @classmethod
    def _skill_list(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("skills"), list | tuple):
            return data | {"skills": _skills_of(data["skills"])}
        if isinstance(data, dict) and isinstance(data.get("skills"), dict):
            return data | {"skills": {name: {} if s is None else s for name, s in data["skills"].items()}}
        return data

    @model_validator(mode="after")
    def _checked(self) -> AgentGroup:
        if isinstance(self.staffing, dict):
            for window in self.staffing:
                self._check_window(window)
        if isinstance(self.staffing, ShiftStaffing) and self.leaving != "own-time":
            remedy = "people who have shifts go when their own is over: own-time"
            raise InvalidValue(f"{self.name}.leaving", self.leaving, remedy)
        if self.max_agents is not None and self.min_agents > self.max_agents:
            raise InvalidValue(
                f"{self.name}.min_agents", self.min_agents, f"it must not exceed max_agents ({self.max_agents})"
            )
        if len(self.concurrency_speed) > self.max_concurrent:
            raise InvalidValue(
                f"{self.name}.concurrency_speed",
                self.concurrency_speed,
                f"give at most one number for each of {self.max_concurrent} concurrent contacts",
            )
        return self

    def _check_window(self, window: str) -> None:
        try:
            windows(window)
        except InvalidValue as wrong:
            raise InvalidValue(f"{self.name}.staffing", window, wrong.remedy) from None

    @property
    def hourly(self) -> float:
        """What an hour counts: its cost, or 1 where none is given, so that hours are counted."""
        return self.cost_per_hour or 1.0

    @property
    def shifts(self) -> ShiftStaffing | None:
        """The shifts, where staffing is given so."""
        return self.staffing if isinstance(self.staffing, ShiftStaffing) else None

    def expected_on_duty(self, horizon: Horizon) -> NDArray[np.float64]:
        """Agents on duty per interval if nobody is absent, parts of an interval counted as such, shape (intervals,)."""
        if self.shifts is None:
            return self.agents(horizon).astype(float)
        return duties.expected_on_duty(self.shifts, horizon)

    def planned_duty(self, horizon: Horizon) -> NDArray[np.float64]:
        """Seconds of planned duty in each interval, absent people included, shape (intervals,)."""
        heads = self.agents(horizon) if self.shifts is None else duties.on_duty(self.shifts, horizon)
        return np.asarray(heads * horizon.interval, dtype=np.float64)

    def paid_time(self, horizon: Horizon) -> NDArray[np.float64]:
        """Seconds of duty and of paid breaks in each interval, absent people included, shape (intervals,)."""
        return self.planned_duty(horizon) if self.shifts is None else duties.paid_time(self.shifts, horizon)

    def agents(self, horizon: Horizon) -> NDArray[np.int64]:
        """Agents on duty per interval of the horizon, shape (intervals,); of shifts the mean, rounded.

        Raises
        ------
        InvalidScenario
            If a window of the staffing does not begin and end with an interval.
        """
        if isinstance(self.staffing, ShiftStaffing):
            return np.rint(duties.on_duty(self.staffing, horizon)).astype(np.int64)
        if not isinstance(self.staffing, dict):
            return horizon.spread(f"agent_groups.{self.name}.staffing", self.staffing).astype(np.int64)
        total = np.zeros(horizon.intervals, dtype=np.int64)
        for window, count in self.staffing.items():
            share = horizon.open_share(windows(window))
            if np.any((share > 0) & (share < 1)):
                raise InvalidScenario(
                    f"agent_groups.{self.name}.staffing",
                    f"'{window}' cuts through an interval",
                    f"begin and end windows on the {horizon.interval / MINUTE:g} minutes of the horizon",
                )
            total += share.astype(np.int64) * count
        return total
