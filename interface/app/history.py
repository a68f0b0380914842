"""The undo history of a scenario and the pieces of work a person has had open, as values that can be stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import uuid4

from scenarios.scenario import Scenario, scenario_from

MOST_NAMED = 3
"""Changed fields that a description names."""
_LISTS = {"contact_types": "contact type", "agent_groups": "agent group"}


def packed(scenario: Scenario) -> str:
    """A scenario as JSON, equal for equal scenarios; `unpacked` gives it back.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> desk = presets.load("help-desk")
    >>> unpacked(packed(desk)) == desk
    True
    """
    return scenario.model_dump_json(by_alias=True)


def unpacked(content: str) -> Scenario:
    """The scenario in its JSON, checked.

    Raises
    ------
    InvalidValue, InvalidScenario
        If it is no scenario, or one of a newer version.
    """
    return scenario_from(json.loads(content))


@dataclass(frozen=True)
class HistoryStep:
    """A scenario of the history: read from its JSON only when it is asked for."""

    content: str
    text: str
    """The YAML that it was read from, for its comments."""
    change: str
    """What led to it, such as ``desk: staffing``."""
    project: str
    """The piece of work that it belongs to."""
    shifts: str = ""
    """The shift plan, packed; empty if there is none."""
    shifts_for: str = ""
    """The scenario that the shifts are for, packed: it may be an earlier one than that of the step."""
    roster: str = ""
    """The roster, packed; empty if there is none."""
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario."""
        return unpacked(self.content)


@dataclass(frozen=True)
class Variant:
    """A scenario saved under a name, with what it was changed from."""

    name: str
    content: str
    """The scenario, packed."""
    source: str = ""
    """The variant, or the scenario as it was opened, that it was changed from."""
    changes: str = ""
    """What differs from the source, in a few words."""
    note: str = ""
    saved_at: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario."""
        return unpacked(self.content)


@dataclass
class Project:
    """A piece of work: a scenario since it was opened."""

    original: str
    """The scenario as it was opened, packed."""
    original_text: str
    example: str = ""
    """The name of the preset that it was opened from."""
    note: str = ""
    key: str = field(default_factory=lambda: uuid4().hex)
    latest: str = ""
    """The scenario as it was last seen, packed; empty if it was never changed."""
    latest_text: str = ""
    title: str = ""
    changed_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    base: str = ""
    """The variant that the scenario was last opened from or saved as; empty where there is none."""

    @property
    def content(self) -> str:
        """The newest scenario, packed."""
        return self.latest or self.original

    @property
    def worth_keeping(self) -> bool:
        """Whether it is more than an example that was looked at."""
        return not self.example or bool(self.note) or self.content != self.original


@dataclass(frozen=True)
class RunRecord:
    """A run that ended: what was simulated, how, and the outcome in a line."""

    project: str
    page: str
    title: str
    settings: dict[str, Any]
    summary: dict[str, Any]
    ended_at: datetime
    contents: tuple[str, ...] = ()
    """The scenarios, packed; with the seed of the settings they give the run again."""
    key: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True)
class SavedWork:
    """What is saved of one workspace."""

    steps: tuple[HistoryStep, ...]
    position: int
    """Which step is the current scenario; those behind it were undone."""
    projects: tuple[Project, ...]
    variants: tuple[Variant, ...] = ()
    runs: tuple[RunRecord, ...] = field(default=())
    revision: int = 0


def change_between(before: Scenario, after: Scenario) -> str:
    """What differs between two scenarios, in a few words; empty where nothing does.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> desk = presets.load("help-desk")
    >>> change_between(desk, desk.replace_group("desk", staffing=14))
    'desk: staffing'
    >>> change_between(desk, desk.replace(title="Ours"))
    'title'
    """
    names = list(dict.fromkeys(_changes(before, after)))
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _changes(before: Scenario, after: Scenario) -> Iterator[str]:
    for name in type(before).model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if old == new or name in ("origins", "name"):
            continue
        if name not in _LISTS:
            yield name.replace("_", " ")
            continue
        olds, news = ({part.name: part for part in parts} for parts in (old, new))
        yield from (f"{part} added" for part in news if part not in olds)
        yield from (f"{part} removed" for part in olds if part not in news)
        for part in (part for part in news if part in olds):
            yield from _part_changes(part, olds[part], news[part])
        if list(olds) != list(news) and set(olds) == set(news):
            yield f"order of {_LISTS[name]}s"


def _part_changes(part: str, before: Any, after: Any) -> Iterator[str]:
    for name in type(before).model_fields:
        if getattr(before, name) != getattr(after, name):
            yield f"{part}: {name.replace('_', ' ')}"
