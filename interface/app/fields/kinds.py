"""What fields hold, as text of a cell: how a value of the scenario file is shown, and what a text means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from interface.app.editor import cells
from interface.app.grids.table import YES, Kind, one_of_options, yes_or_no
from scenarios.contact_log import numerals
from scenarios.errors import InvalidValue
from scenarios.units import written


@dataclass(frozen=True)
class FieldKind:
    """A kind of field."""

    show: Callable[[Any], str]
    """A value as the scenario file has it, as text of a cell; never called with None."""
    value: Callable[[str, str], Any]
    """What a text of a column means, `value(column, text)`; raises InvalidValue. Never called with an empty text."""
    kind: Kind = "number"
    options: tuple[str, ...] = ()

    def read(self, column: str, text: str) -> str:
        """The text, checked; an empty one takes the default."""
        if not text:
            return ""
        value = self.value(column, text)
        if self.kind == "check":
            return YES if value else ""
        return text if self.kind != "choice" else one_of_options(self.options)(column, text)


def _share(column: str, text: str) -> float:
    return cells.share(column, text)


AMOUNT = FieldKind(lambda value: numerals.written(float(value)), cells.amount)
SIGNED = FieldKind(lambda value: numerals.written(float(value)), cells.number)
SHARE = FieldKind(lambda value: numerals.written(round(100 * float(value), 9)), _share)
POINTS = FieldKind(
    lambda value: numerals.written(round(100 * float(value), 9)), lambda column, text: cells.number(column, text) / 100
)
"""A change of a share, in points of per cent."""
WHOLE = FieldKind(str, cells.whole)
LENGTH = FieldKind(lambda value: value if isinstance(value, str) else written(value), cells.length)
WORDS = FieldKind(str, lambda column, text: text, "text")
CHECK = FieldKind(lambda value: YES if value else "", lambda column, text: bool(yes_or_no(column, text)), "check")


def choice(words: Mapping[str, str]) -> FieldKind:
    """One of some values, by the words that people read."""
    values = {word.casefold(): value for value, word in words.items()}

    def value(column: str, text: str) -> str:
        return values[one_of_options(list(words.values()))(column, text).casefold()]

    return FieldKind(lambda value: words[value], value, "choice", ("", *words.values()))


def name_of(names: Sequence[str]) -> FieldKind:
    """The name of a part of the scenario."""
    return choice({name: name for name in names})


# -- lists ---------------------------------------------------------------------------------------------------


def _numbers(column: str, text: str) -> list[float]:
    parts = [part for part in text.replace(";", " ").split() if part]
    return [cells.number(column, part) for part in parts]


def _windows(column: str, text: str) -> str | list[str]:
    parts = [part.strip() for part in text.split(";") if part.strip()]
    return parts if len(parts) > 1 else parts[0]


def _show_windows(value: Any) -> str:
    return value if isinstance(value, str) else "; ".join(value)


NUMBERS = FieldKind(lambda value: "; ".join(numerals.written(float(part)) for part in value), _numbers, "text")
"""Several numbers, as in ``1; 0.8; 0.6``."""
HOURS = FieldKind(_show_windows, _windows, "text")


NAMES = FieldKind("; ".join, lambda column, text: [part.strip() for part in text.split(";") if part.strip()], "text")
"""Several names, separated by semicolons."""
MOMENT = FieldKind(str, lambda column, text: text, "text")
"""A date, or a date and a time of day."""


# -- distributions -------------------------------------------------------------------------------------------


def _show_distribution(value: Any) -> str:
    """A distribution as people write it: a mean alone, or its fields.

    Examples
    --------
    >>> _show_distribution({"family": "exponential", "mean": "5 min"})
    '5 min'
    >>> _show_distribution({"family": "lognormal", "mean": "5 min", "cv": 1.2})
    'family: lognormal, mean: 5 min, cv: 1.2'
    """
    if value.get("family") == "exponential":
        return str(value["mean"])
    if value.get("family") == "deterministic" and cells.length("", value["value"]) == 0:
        return ""
    return _flow(value)[1:-1]


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return f"{value}"


def _distribution(column: str, text: str) -> Any:
    """A mean, which makes times exponential, or the fields of a distribution.

    Examples
    --------
    >>> _distribution("Patience", "5 min"), _distribution("Patience", "mean: 5 min, cv: 1.2")
    ({'mean': 300.0}, {'mean': '5 min', 'cv': 1.2})
    """
    if ": " not in text:
        mean = cells.length(column, text)
        return {"mean": mean} if mean else 0
    try:
        value = YAML(typ="safe").load(f"{{{text}}}")
    except YAMLError:
        value = None
    if not isinstance(value, dict):
        raise InvalidValue(column, text, "write a time such as 5 min, or fields such as mean: 5 min, cv: 1.2")
    return value


DISTRIBUTION = FieldKind(_show_distribution, _distribution, "text")
"""Times that vary."""
