"""The scenario: a complete, frozen description of a centre, and the checks that its parts fit together."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Annotated, Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from scenarios.agents import AgentGroup
from scenarios.contact_types import CHANNELS, Callback, ContactType, Name
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.events.event import Events
from scenarios.events.overlay import WithEvents, laid_over, refuse_strange, refuse_too_many
from scenarios.horizon import Horizon
from scenarios.routing import Route, Routing
from scenarios.shifts.duties import refuse_idle_or_double
from scenarios.yaml.problems import validated

SCHEMA = 2
_Named = TypeVar("_Named", ContactType, AgentGroup)


class Scenario(BaseModel):
    """What is given and what is wanted: nothing about seeds, replications or cores.

    Examples
    --------
    >>> desk = Scenario(
    ...     name="desk",
    ...     contact_types=[{"name": "calls", "channel": "phone", "volume": {"per_hour": 120},
    ...                     "handle_time": {"mean": "6 min"}, "target": {"share": 0.8, "within": "20s"}}],
    ...     agent_groups=[{"name": "desk", "skills": ["calls"], "staffing": 16}],
    ... )
    >>> desk.replace(name="fewer").group("desk").staffing
    16
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True)

    schema_version: Annotated[int, Field(alias="schema", ge=SCHEMA, le=SCHEMA)] = SCHEMA
    name: Name
    title: str = ""
    description: str = ""
    currency: Annotated[str, Field(max_length=8)] = ""
    horizon: Horizon = Horizon()
    contact_types: Annotated[tuple[ContactType, ...], Field(min_length=1, max_length=200)]
    agent_groups: Annotated[tuple[AgentGroup, ...], Field(min_length=1, max_length=200)]
    routing: Routing = Routing()
    events: Events = ()
    """What happens on certain days: campaigns, storms, outages and the like."""
    trunks: dict[Name, Annotated[int, Field(ge=0, le=1_000_000)]] = Field(default_factory=dict)
    """Lines of each trunk group."""
    origins: dict[str, str] = Field(default_factory=dict)
    """Where numbers come from: a dotted path, and 'document', 'assumption' or 'data' with a word of explanation."""

    def __eq__(self, other: object) -> bool:  # by the fields alone: arrays that are kept cannot be compared
        return isinstance(other, Scenario) and all(
            getattr(self, f) == getattr(other, f) for f in type(self).model_fields
        )

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @model_validator(mode="after")
    def _fits(self) -> Scenario:
        self._names_are_unique()
        self._names_are_known()
        for group in self.agent_groups:
            self._staffing_is_sensible(group)
        for contact_type in self.contact_types:
            self._somebody_can_answer(contact_type)
            self._somebody_is_open(contact_type)
            self._drift_happens(contact_type)
            self._profile_fits(contact_type)
        if self.events:
            refuse_strange(self.events, self.type_names, self.horizon)
            refuse_too_many(self.expected, self.horizon)
        return self

    def _staffing_is_sensible(self, group: AgentGroup) -> None:
        """Windows fit intervals; of shifts nobody and nothing is idle or there twice."""
        group.agents(self.horizon)
        if group.shifts is None:
            return
        field = f"agent_groups.{group.name}.staffing"
        try:
            refuse_idle_or_double(group.shifts, self.horizon)
        except InvalidScenario as wrong:
            raise InvalidScenario(f"{field}.{wrong.field}", wrong.problem, wrong.remedy) from None
        elsewhere = {
            person.name: other.name
            for other in self.agent_groups
            if other is not group and other.shifts is not None
            for person in other.shifts.people
        }
        if double := next((person.name for person in group.shifts.people if person.name in elsewhere), None):
            problem = f"the person is in '{elsewhere[double]}' as well"
            raise InvalidScenario(f"{field}.people.{double}", problem, "keep every person in one agent group")

    def _drift_happens(self, contact_type: ContactType) -> None:
        drift = contact_type.bot.drift if contact_type.bot is not None else None
        if drift is not None and math.isinf(drift.begins(self.horizon)):
            field = f"contact_types.{contact_type.name}.bot.drift.since"
            raise InvalidScenario(field, f"the horizon has no {drift.since}", "choose a time within the horizon")

    def _names_are_unique(self) -> None:
        for field in ("contact_types", "agent_groups"):
            names = [part.name for part in getattr(self, field)]
            if double := next((name for name in names if names.count(name) > 1), None):
                raise InvalidScenario(field, f"duplicate name '{double}'", "names must be unique")

    def _names_are_known(self) -> None:
        types, groups = set(self.type_names), set(self.group_names)
        for group in self.agent_groups:
            _known(f"agent_groups.{group.name}.skills", group.skills, types)
        for contact_type in self.contact_types:
            _known(
                f"contact_types.{contact_type.name}.follow_ups",
                (rule.as_type for rule in contact_type.follow_ups),
                types,
            )
            self._threads_are_messages(contact_type)
            if contact_type.callback is not None:
                self._callback_is_sensible(contact_type.name, contact_type.callback)
            _known(
                f"contact_types.{contact_type.name}.trunk",
                [contact_type.trunk] if contact_type.trunk else [],
                set(self.trunks),
            )
        _known("routing.types", self.routing.types, types)
        for name, routes in self.routing.types.items():
            _known(f"routing.types.{name}", (route.group for route in routes), groups)
            for route in routes:
                if name not in self.group(route.group).skills:
                    raise InvalidScenario(
                        f"routing.types.{name}",
                        f"group '{route.group}' lacks the skill '{name}'",
                        "add the skill",
                    )

    def _callback_is_sensible(self, name: str, callback: Callback) -> None:
        """A callback is of another type, known, which offers none itself."""
        field = f"contact_types.{name}.callback.as"
        _known(field, [callback.as_type], set(self.type_names))
        if self.contact_type(callback.as_type).callback is not None:
            problem = f"'{callback.as_type}' offers callbacks itself, so that one could follow another without end"
            raise InvalidScenario(field, problem, "give the callbacks a contact type of their own, without an offer")

    def _threads_are_messages(self, contact_type: ContactType) -> None:
        """Only messages wait for one agent: deferred, and not for the bot."""
        for number, rule in enumerate(contact_type.follow_ups):
            if rule.keeps == "any":
                continue
            field, following = f"contact_types.{contact_type.name}.follow_ups.{number}", self.contact_type(rule.as_type)
            if following.connected:
                problem = f"customers of '{following.name}' are connected, and cannot wait for one agent"
                raise InvalidScenario(f"{field}.keeps", problem, "make its work deferred, or let any agent take it")
            if following.bot is not None and not rule.skip_bot:
                problem = f"'{following.name}' has a bot in front of the agent who is to take it"
                raise InvalidScenario(f"{field}.skip_bot", problem, "let the follow-up skip the bot")

    def _somebody_can_answer(self, contact_type: ContactType) -> None:
        if not self.routes(contact_type.name):
            raise InvalidScenario(
                f"contact_types.{contact_type.name}",
                "no agent group can answer it",
                "give a group this skill, or route it",
            )

    def _somebody_is_open(self, contact_type: ContactType) -> None:
        try:
            expected = contact_type.volume.expected(self.horizon, contact_type.open)
        except InvalidValue as wrong:
            raise InvalidValue(f"contact_types.{contact_type.name}.{wrong.field}", wrong.value, wrong.remedy) from None
        except InvalidScenario as wrong:
            raise InvalidScenario(
                f"contact_types.{contact_type.name}.{wrong.field}", wrong.problem, wrong.remedy
            ) from None
        share = self.horizon.open_share(contact_type.open)
        if (
            expected.sum() > 0 or contact_type.volume.per_hour or np.any(contact_type.volume.daily or 0)
        ) and not share.any():
            raise InvalidScenario(
                f"contact_types.{contact_type.name}.open",
                "it has contacts but is never open in the horizon",
                "give it opening hours",
            )

    def _profile_fits(self, contact_type: ContactType) -> None:
        if contact_type.handle_profile is not None:
            try:
                contact_type.handle_profile.factors(self.horizon)
            except InvalidValue as wrong:
                field = f"contact_types.{contact_type.name}.{wrong.field}"
                raise InvalidValue(field, wrong.value, wrong.remedy) from None

    @property
    def type_names(self) -> tuple[str, ...]:
        """The names of the contact types, in order."""
        return tuple(contact_type.name for contact_type in self.contact_types)

    @property
    def group_names(self) -> tuple[str, ...]:
        """The names of the agent groups, in order."""
        return tuple(group.name for group in self.agent_groups)

    def contact_type(self, name: str) -> ContactType:
        """The contact type of this name."""
        return _find(self.contact_types, name, "contact type")

    def group(self, name: str) -> AgentGroup:
        """The agent group of this name."""
        return _find(self.agent_groups, name, "agent group")

    def routes(self, name: str) -> tuple[Route, ...]:
        """The groups that may take a type, in order."""
        if name in self.routing.types:
            return self.routing.types[name]
        return tuple(Route(group=group.name) for group in self.agent_groups if name in group.skills)

    @cached_property
    def usual_volumes(self) -> NDArray[np.float64]:
        """Expected fresh contacts without events, shape (types, intervals)."""
        return np.array(
            [contact_type.volume.expected(self.horizon, contact_type.open) for contact_type in self.contact_types]
        )

    @cached_property
    def usual_handle_factors(self) -> NDArray[np.float64]:
        """Factors on handle times without events, shape (types, intervals)."""
        profiles = [contact_type.handle_profile for contact_type in self.contact_types]
        plain = np.ones(self.horizon.intervals)
        return np.array([plain if profile is None else profile.factors(self.horizon) for profile in profiles])

    @cached_property
    def with_events(self) -> WithEvents:
        """Volumes and handle times with the events, and what each event has done."""
        return laid_over(self.events, self.horizon, self.type_names, self.usual_volumes, self.usual_handle_factors)

    @property
    def expected(self) -> NDArray[np.float64]:
        """Expected fresh contacts, shape (types, intervals)."""
        return self.with_events.expected

    @property
    def handle_factors(self) -> NDArray[np.float64]:
        """Factors on the handle times of contacts by their arrival, 1 without a profile, shape (types, intervals)."""
        return self.with_events.handle_factors

    @property
    def has_handle_factors(self) -> bool:
        """Whether handle times differ by the time of arrival."""
        profiles = any(contact_type.handle_profile is not None for contact_type in self.contact_types)
        return profiles or any(event.handle_time is not None for event in self.events)

    @cached_property
    def handle_times(self) -> NDArray[np.float64]:
        """Mean handle time in seconds by interval of arrival, wrap-up included, shape (types, intervals)."""
        means = np.array([[contact_type.mean_handle] for contact_type in self.contact_types])
        return np.asarray(means * self.handle_factors)

    @property
    def usual_handle_times(self) -> NDArray[np.float64]:
        """Mean handle time in seconds by interval of arrival without events, shape (types, intervals)."""
        means = np.array([[contact_type.mean_handle] for contact_type in self.contact_types])
        return np.asarray(means * self.usual_handle_factors)

    @cached_property
    def mean_handles(self) -> NDArray[np.float64]:
        """Mean handle time in seconds over the contacts of the horizon, wrap-up included, shape (types,)."""
        weighted, contacts = (self.handle_factors * self.expected).sum(axis=1), self.expected.sum(axis=1)
        usual = self.handle_factors.mean(axis=1)
        factors = np.divide(weighted, contacts, out=usual, where=contacts > 0)
        return np.asarray(np.array([contact_type.mean_handle for contact_type in self.contact_types]) * factors)

    @cached_property
    def staffing(self) -> NDArray[np.int64]:
        """Agents on shift, shape (groups, intervals)."""
        return np.array([group.agents(self.horizon) for group in self.agent_groups])

    @cached_property
    def expected_on_duty(self) -> NDArray[np.float64]:
        """Agents on duty if nobody is absent, parts of an interval counted as such, shape (groups, intervals)."""
        return np.array([group.expected_on_duty(self.horizon) for group in self.agent_groups])

    @cached_property
    def fingerprint(self) -> str:
        """A hash of everything that is given; equal for equal scenarios, whoever wrote the file."""
        values = self.model_dump(mode="json", by_alias=True, exclude={"origins", "title", "description"})
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()

    def replace(self, **changes: Any) -> Scenario:
        """The scenario with fields changed, checked again.

        Raises
        ------
        InvalidScenario, InvalidValue
            If the changed scenario does not hold together.
        """
        return scenario_from({name: getattr(self, name) for name in type(self).model_fields} | changes)

    def replace_type(self, name: str, /, **changes: Any) -> Scenario:
        """The scenario with fields of one contact type changed; a known channel brings its kind of work."""
        contact_type = self.contact_type(name)
        if changes.get("channel") in CHANNELS:
            changes = {"work": CHANNELS[changes["channel"]]} | changes
        return self.replace(contact_types=_changed(self.contact_types, contact_type, changes))

    def replace_group(self, name: str, /, **changes: Any) -> Scenario:
        """The scenario with fields of one agent group changed."""
        return self.replace(agent_groups=_changed(self.agent_groups, self.group(name), changes))

    def map_types(self, change: Callable[[ContactType], dict[str, Any]]) -> Self | Scenario:
        """The scenario with `change(type)`, a dict of fields, applied to every contact type."""
        types = tuple(_rebuilt(contact_type, change(contact_type)) for contact_type in self.contact_types)
        return self.replace(contact_types=types)


def scenario_from(values: object) -> Scenario:
    """A checked scenario from plain values, or one error that names the field, the value and the remedy.

    Raises
    ------
    InvalidValue, InvalidScenario
        For the first thing that is wrong.

    Examples
    --------
    >>> scenario_from({"name": "x", "contact_types": [], "agent_groups": []})  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    scenarios.errors.InvalidValue: contact_types: [] cannot be used; give at least 1
    """
    return validated(Scenario, values)


def _find(parts: tuple[_Named, ...], name: str, label: str) -> _Named:
    for part in parts:
        if part.name == name:
            return part
    raise InvalidValue(label, name, f"known are {', '.join(part.name for part in parts)}")


def _known(field: str, names: Iterable[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            remedy = f"known are {', '.join(sorted(known)) or 'none'}"
            raise InvalidScenario(field, f"'{name}' is not defined", remedy)


def _changed(parts: tuple[_Named, ...], part: _Named, changes: dict[str, Any]) -> tuple[_Named, ...]:
    return tuple(_rebuilt(other, changes) if other is part else other for other in parts)


def _rebuilt(part: _Named, changes: dict[str, Any]) -> _Named:
    """The part with fields changed and checked again."""
    values = {name: getattr(part, name) for name in type(part).model_fields} | changes
    return validated(type(part), values)
