"""What is wrong with given values, in plain words: every problem with the dotted path of its field.

Items of a list that have a name are called by it, so that a path reads ``contact_types.chat.bot.resolved``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scenarios.distributions import FAMILIES
from scenarios.errors import InvalidScenario, InvalidValue, PlannerError
from scenarios.yaml.parse import clipped

Model = TypeVar("Model", bound=BaseModel)
MOST_PROBLEMS = 50
"""Problems that are told; of those after them only the number."""
_BRANCHES = ("constrained-", "tuple[", "dict[", "staffing[")
_WRONG_BRANCH = frozenset({"int_type", "float_type", "tuple_type", "dict_type"})
_WHOLE_FIELD = frozenset({"time", "distribution"})

_REMEDIES: dict[str, Callable[[dict[str, Any]], str]] = {
    "greater_than_equal": lambda facts: f"it must be at least {facts['ge']:,.10g}",
    "greater_than": lambda facts: f"it must be more than {facts['gt']:,.10g}",
    "less_than_equal": lambda facts: f"it must be at most {facts['le']:,.10g}",
    "too_short": lambda facts: f"give at least {facts['min_length']}",
    "too_long": lambda facts: f"give at most {facts['max_length']}",
    "string_too_short": lambda facts: "give at least one letter",
    "string_too_long": lambda facts: f"give at most {facts['max_length']} letters",
    "string_pattern_mismatch": lambda facts: (
        "begin with no space, and leave out / and \\, line breaks and control characters"
    ),
    "string_type": lambda facts: "write text, in quotes if it looks like a number",
    "literal_error": lambda facts: f"use {facts['expected']}",
    "union_tag_invalid": lambda facts: f"known are {facts['expected_tags']}",
    "finite_number": lambda facts: "write a finite number",
    "tuple_type": lambda facts: "write a list",
    "dict_type": lambda facts: "write keys with values",
    "model_type": lambda facts: "write keys with values",
    "model_attributes_type": lambda facts: "write keys with values",
}
_REMEDIES |= dict.fromkeys(("int_type", "int_parsing", "int_from_float"), lambda facts: "write a whole number")
_REMEDIES |= dict.fromkeys(("float_type", "float_parsing"), lambda facts: "write a number")
_REMEDIES |= dict.fromkeys(("bool_type", "bool_parsing"), lambda facts: "write true or false")
_REMEDIES |= dict.fromkeys(
    ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
    lambda facts: "write a date such as 2026-03-02",
)
_REMEDIES |= dict.fromkeys(
    ("datetime_type", "datetime_parsing", "datetime_from_date_parsing"),
    lambda facts: "write a date and time such as 2026-03-02 09:30",
)


def validated(model: type[Model], values: object) -> Model:
    """Plain values as a checked model.

    Raises
    ------
    InvalidValue, InvalidScenario
        For the first thing that is wrong.
    """
    try:
        return model.model_validate(values)
    except ValidationError as failure:
        raise problems(failure, values)[0] from None


def problems(failure: ValidationError, values: object = None) -> list[PlannerError]:
    """The first problems of a validation, one error for each, in the order of the fields; the last counts the others.

    Parameters
    ----------
    failure
        What pydantic raised.
    values
        What was validated; with it, items of lists are called by their names.
    """
    details = list(_one_per_field(failure.errors(include_url=False)))
    result = [_translated(detail, values) for detail in details[:MOST_PROBLEMS]]
    if (more := len(details) - MOST_PROBLEMS) > 0:
        path = _dotted(details[MOST_PROBLEMS]["loc"], values)
        result.append(InvalidScenario(path, f"{more:,} more problems from here on", "correct those above first"))
    return result


def _one_per_field(details: list[ErrorDetails]) -> Iterator[ErrorDetails]:
    """The details without those that only say that another form was possible, or repeat what is said deeper."""
    for _, alternatives in groupby(details, key=lambda detail: _before_branch(detail["loc"])):
        group = [detail for detail in alternatives if not _only_an_echo(detail)]
        meant = [d for d in group if not (d["type"] in _WRONG_BRANCH and _is_branch(d["loc"][-1:]))]
        yield from meant or group[:1]


def _only_an_echo(detail: ErrorDetails) -> bool:
    """Whether a list is called too short only because its items were refused."""
    given = detail["input"]
    return detail["type"] == "too_short" and isinstance(given, list | tuple) and len(given) > 0


def _before_branch(loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The location up to the union that it goes through, or all of it."""
    return next((loc[:i] for i in range(len(loc)) if _is_branch(loc[i : i + 1])), loc)


def _is_branch(part: tuple[int | str, ...]) -> bool:
    """Whether a part of a location names a branch of a union of plain types."""
    return bool(part) and isinstance(part[0], str) and (part[0] in {"int", "float"} or part[0].startswith(_BRANCHES))


def _translated(detail: ErrorDetails, values: object) -> PlannerError:
    path = _dotted(detail["loc"], values)
    facts = detail.get("ctx", {})
    own = facts.get("error")
    match own:
        case InvalidValue():
            return InvalidValue(_joined(path, own.field), own.value, own.remedy)
        case InvalidScenario():
            return InvalidScenario(_joined(path, own.field), own.problem, own.remedy)
    match detail["type"]:
        case "extra_forbidden":
            return InvalidScenario(path, "there is no such key", "check the spelling, or remove it")
        case "missing":
            return InvalidScenario(path, "it is missing", "add it")
        case "union_tag_invalid":
            return InvalidValue(f"{path}.family", facts["tag"], f"known are {facts['expected_tags']}")
    remedy = _REMEDIES[detail["type"]](facts) if detail["type"] in _REMEDIES else detail["msg"]
    return InvalidValue(path, detail["input"], remedy)


def _dotted(loc: tuple[int | str, ...], values: object) -> str:
    """The location as people say it: names for numbered items, without the branches of unions."""
    parts: list[str] = []
    for part in loc:
        inner = _item(values, part)
        if inner is None and isinstance(part, str) and (part in FAMILIES or _is_branch((part,))):
            continue
        name = _item(inner, "name") if isinstance(part, int) else None
        parts.append(clipped(name if name and isinstance(name, str) else str(part), 60))
        values = inner
    return ".".join(parts)


def _item(values: object, part: int | str) -> Any:
    """What lies below a key, a position or an attribute; None if nothing does."""
    if isinstance(values, Mapping):
        return values.get(part)
    if isinstance(part, int):
        return values[part] if isinstance(values, list | tuple) and part < len(values) else None
    return getattr(values, part, None)


def _joined(path: str, field: str) -> str:
    """The path of a field that was named relative to the path, to its last part, or absolutely."""
    if not path or field in _WHOLE_FIELD:
        return path or field
    for end in sorted((i for i in range(len(field) + 1) if field[i : i + 1] in {".", ""}), reverse=True):
        if path == field[:end] or path.endswith(f".{field[:end]}"):
            return path + field[end:]
    return f"{path}.{field}"
