"""The presets: worked centres, each a YAML file that says what it teaches and where each number comes from."""

from __future__ import annotations

import re
from pathlib import Path

from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario

_FOLDER = Path(__file__).parents[1] / "presets"
_READING_ORDER = (
    *("retail-weekday", "retail-sale-day", "help-desk", "three-silos", "one-pool"),
    *("tell-your-story-once", "bot-first", "voice-bot-cuts", "one-hour", "vip-or-equal"),
    *("public-storm", "first-month", "silent-claims", "messenger", "two-thousand-rule", "sick-week", "win-back"),
    "traffic-light-month",
)


def names() -> tuple[str, ...]:
    """The names of the presets, in the order in which to read them.

    Examples
    --------
    >>> names()[0]
    'retail-weekday'
    """
    stems = sorted(path.stem for path in _FOLDER.glob("*.yaml"))
    return tuple(sorted(stems, key=lambda name: (name not in _READING_ORDER, _place(name))))


def path(name: str) -> Path:
    """The file of a preset.

    Raises
    ------
    InvalidValue
        If there is no preset of this name.
    """
    if name not in names():
        raise InvalidValue("preset", name, f"known are {', '.join(names())}")
    return _FOLDER / f"{name}.yaml"


def titles() -> dict[str, str]:
    """The title of each preset, by name.

    Examples
    --------
    >>> titles()["help-desk"]
    'A help desk with one queue'
    """
    return {name: _line("title", name) for name in names()}


def lesson(name: str) -> str:
    """What a preset teaches: the comment at the top of its file.

    Examples
    --------
    >>> lesson("one-pool")[:19]
    'What pooling saves.'
    """
    head = re.match(r"(?:#.*\n)+", path(name).read_text(encoding="utf-8"))
    return " ".join(line.lstrip("# ") for line in head[0].splitlines()) if head else ""


def load(name: str) -> Scenario:
    """The scenario of a preset.

    Examples
    --------
    >>> load("three-silos").group("orders-desk").cost_per_hour
    18.0
    """
    from scenarios.yaml.files import load_file  # files knows the presets' names, so it cannot be imported above

    return load_file(path(name))


def _line(key: str, name: str) -> str:
    line = re.search(rf"^{key}: (.+)$", path(name).read_text(encoding="utf-8"), re.MULTILINE)
    return line[1] if line else name


def _place(name: str) -> int:
    return _READING_ORDER.index(name) if name in _READING_ORDER else 0
