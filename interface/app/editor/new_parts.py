"""The entries of the forms for a new contact type or agent group, and the scenario with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from interface.app.editor.cells import amount, length, share
from interface.formatting import listed
from interface.language.messages import _, ngettext
from scenarios.agents import AgentGroup, Skill
from scenarios.contact_types import CHANNELS, Work
from scenarios.edit import agent_groups, contact_types
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.hours import ALWAYS
from scenarios.scenario import Scenario

CONCURRENT_CHATS: dict[Work, int] = {"live": 1, "concurrent": 2, "deferred": 1}
"""Concurrent contacts of an agent in a new group by default."""


@dataclass(frozen=True)
class Usual:
    """Default entries of a form: the assumptions of the retail example."""

    handle_time: str
    patience: str
    share: float
    within: str


_PHONE, _CHAT = Usual("6 min", "10 min", 80.0, "20s"), Usual("10 min", "4 min", 80.0, "60s")
_EMAIL, _SOCIAL = Usual("7 min", "", 90.0, "4 h"), Usual("4 min", "", 85.0, "1 h")


def usual(channel: str, work: Work) -> Usual:
    """Times and target that a channel usually has.

    Examples
    --------
    >>> usual("chat", "concurrent").within, usual("fax", "deferred").within
    ('60s', '4 h')
    """
    if channel in ("social", "sms"):
        return _SOCIAL
    return {"live": _PHONE, "concurrent": _CHAT, "deferred": _EMAIL}[work]


@dataclass(frozen=True)
class NewGroup:
    """An agent group as people describe it."""

    name: str
    skills: tuple[str, ...]
    staffing: int
    shift_hours: str = "always"
    max_concurrent: int = 1
    cost: float | str = 0.0

    def fields(self) -> dict[str, Any]:
        """The group as plain values; its agents work in the windows of `shift_hours`."""
        windows = split(self.shift_hours)
        staffing = self.staffing if windows == ["always"] else dict.fromkeys(windows, self.staffing)
        return {
            "name": self.name.strip(),
            "skills": list(self.skills),
            "staffing": staffing,
            "max_concurrent": self.max_concurrent,
            "cost_per_hour": amount("Cost per hour", self.cost),
        }


@dataclass(frozen=True)
class NewType:
    """A contact type as people describe it, with those who serve it."""

    name: str
    channel: str
    work: Work
    daily: float | str
    handle_time: str
    patience: str
    share: float | str | None
    within: str
    open: str
    groups: tuple[str, ...]
    new_group: NewGroup | None = None

    def fields(self) -> dict[str, Any]:
        """The type as plain values."""
        windows = split(self.open)
        fields: dict[str, Any] = {
            "name": self.name.strip(),
            "channel": self.channel.strip(),
            "work": self.work,
            "volume": {"daily": amount("Contacts per day", self.daily)},
            "handle_time": {"mean": length("Handle time", self.handle_time)},
            "open": windows if len(windows) > 1 else windows[0],
        }
        if self.patience and self.work != "deferred":
            fields["patience"] = {"mean": length("Patience", self.patience)}
        if self.share and self.within:
            target = share("Target (%)", self.share, below=True)
            fields["target"] = {"share": target, "within": length("Answer within", self.within)} if target else None
        return fields


def split(windows: str) -> list[str]:
    """Windows separated by semicolons.

    Examples
    --------
    >>> split("Mon-Fri 08:00-20:00; Sat 10:00-16:00"), split("")
    (['Mon-Fri 08:00-20:00', 'Sat 10:00-16:00'], ['always'])
    """
    return [part.strip() for part in windows.split(";") if part.strip()] or ["always"]


def opening(scenario: Scenario) -> str:
    """The default hours: those of the first contact type.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> opening(load("retail-weekday")), opening(load("help-desk"))
    ('Mon-Sun 08:00-20:00', 'always')
    """
    hours = scenario.contact_types[0].open
    return "always" if hours == ALWAYS else "; ".join(hours)


def work_of(channel: str) -> Work | None:
    """The kind of work that a channel means, if it is a known one."""
    return CHANNELS.get(channel)


def with_type(scenario: Scenario, new: NewType) -> Scenario:
    """The scenario with a new type. Groups rank deferred work last, other work first.

    Raises
    ------
    InvalidValue, InvalidScenario
        If a field cannot be used, or if no group serves the type.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> mail = NewType("mail", "email", "deferred", 50, "5 min", "", 90, "4 h", "always", ("desk",))
    >>> with_type(load("help-desk"), mail).group("desk").skills["mail"].rank
    2
    """
    if not new.groups and new.new_group is None:
        raise InvalidScenario("Served by", "no agent group chosen", "choose at least one, or name a new agent group")
    skills = {group: Skill(rank=_rank(scenario.group(group), new.work)) for group in new.groups}
    groups = [] if new.new_group is None else [new.new_group.fields()]
    with _labelled():
        return contact_types.add_type(scenario, new.fields(), skills, groups)


def _rank(group: AgentGroup, work: Work) -> int:
    return max(skill.rank for skill in group.skills.values()) + 1 if work == "deferred" else 1


def with_group(scenario: Scenario, new: NewGroup) -> Scenario:
    """The scenario with a new group.

    Raises
    ------
    InvalidValue, InvalidScenario
        If a field cannot be used, or if the group has no skill.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> evening = NewGroup("evening", ("calls",), 4, "Mon-Sun 18:00-22:00")
    >>> with_group(load("help-desk"), evening).staffing[1].max().item()
    4
    """
    if not new.skills:
        raise InvalidScenario("Skills", "none chosen", "choose at least one contact type")
    with _labelled():
        return agent_groups.add_group(scenario, new.fields())


@contextmanager
def _labelled() -> Iterator[None]:
    """Errors inside name fields as the form does."""
    try:
        yield
    except InvalidValue as wrong:
        field = wrong.field.rsplit(".", 1)[-1]
        raise InvalidValue(field.replace("_", " ").capitalize(), wrong.value, wrong.remedy) from None


# -- what is removed ------------------------------------------------------------------------------------------


def loss_of_type(scenario: Scenario, name: str) -> str:
    """What is removed together with a contact type, in words.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> loss_of_type(load("retail-weekday"), "email")
    'Also removes: its skill in phone-desk, writers and flexible, its routes and 1 follow-up rule of chat.'
    """
    entailed, losses = contact_types.goes_with_type(scenario, name), []
    if entailed.groups:
        losses.append(
            ngettext(
                "group {groups} (no other skill)", "groups {groups} (no other skill)", len(entailed.groups)
            ).format(groups=listed(entailed.groups))
        )
    if entailed.skills:
        losses.append(_("its skill in {skills}").format(skills=listed(entailed.skills)))
    if entailed.routed:
        losses.append(_("its routes"))
    if entailed.follow_ups:
        count = sum(entailed.follow_ups.values())
        losses.append(f"{count} {_plural('follow-up rule', count)} of {listed(entailed.follow_ups)}")
    return _("Also removes: {losses}.").format(losses=listed(losses))


def loss_of_group(scenario: Scenario, name: str) -> str:
    """What is removed together with an agent group, or why it cannot be removed, in words.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> loss_of_group(load("three-silos"), "orders-desk")
    'No other group can take orders. Give another group the skill first, or remove the type.'
    >>> loss_of_group(load("retail-weekday"), "flexible")
    'Also removes: its staffing and its routes for phone, email and chat.'
    """
    if alone := agent_groups.only_served_by(scenario, name):
        return _("No other group can take {alone}. Give another group the skill first, or remove the type.").format(
            alone=listed(alone)
        )
    routed = [
        contact_type
        for contact_type in scenario.type_names
        if name in {route.group for route in scenario.routing.types.get(contact_type, ())}
    ]
    if routed:
        return _("Also removes: its staffing and its routes for {routed}.").format(routed=listed(routed))
    return _("Also removes: its staffing and its skills.")


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
