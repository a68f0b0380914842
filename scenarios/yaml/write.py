"""Scenarios as YAML that people like to read: units as they write them, defaults left out, short lists in a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from io import StringIO
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from scenarios.contact_types import CHANNELS, ContactType
from scenarios.distributions import Exponential, Lognormal
from scenarios.scenario import Scenario

_WIDTH = 110
_FAMILY_IS_CLEAR = (Exponential, Lognormal)
_WORD = re.compile(r"[a-z_]+")
_BREAK = re.compile("[\x85\u2028\u2029]")


def brief(value: Any) -> Any:
    """A part of a scenario as plain values, as a person would write them.

    Examples
    --------
    >>> from scenarios.contact_types import Target
    >>> brief(Target(share=0.8, within=90))
    {'share': 0.8, 'within': '1.5 min'}
    """
    if isinstance(value, BaseModel):
        return _brief_part(value, value.model_dump(mode="json", by_alias=True))
    return value


def _brief_part(part: BaseModel, dumped: dict[str, Any]) -> Any:
    document = {}
    for name, info in type(part).model_fields.items():
        value, key = getattr(part, name), info.serialization_alias or info.alias or name
        if _goes_without_saying(part, name, value, info.get_default(call_default_factory=True)):
            continue
        document[key] = _brief_value(key, value, dumped[key])
    return document


def _goes_without_saying(part: BaseModel, name: str, value: Any, default: Any) -> bool:
    if name == "work" and isinstance(part, ContactType):
        return bool(CHANNELS.get(part.channel) == value)
    if name == "family":
        return isinstance(part, _FAMILY_IS_CLEAR)
    if name == "schema_version":
        return False
    return bool(value == default)


def _brief_value(key: str, value: Any, dumped: Any) -> Any:
    """A field in its shortest form; `dumped` has its units."""
    if isinstance(value, BaseModel):
        return _brief_part(value, dumped)
    if isinstance(value, Mapping):
        items = {name: _brief_value(name, value[name], dumped[name]) for name in value}
        return list(items) if key == "skills" and not any(items.values()) else items
    if isinstance(value, tuple):
        if key in {"open", "hours"} and len(value) == 1:
            return value[0]
        return [_short_route(_brief_value("", *pair)) for pair in zip(value, dumped, strict=True)]
    if isinstance(dumped, float) and dumped.is_integer() and abs(dumped) < 1e15:
        return int(dumped)
    return dumped


def _short_route(item: Any) -> Any:
    return item["group"] if isinstance(item, dict) and set(item) == {"group"} else item


def dump(scenario: Scenario) -> str:
    """The YAML text of a scenario; reading it gives an equal scenario.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> print(dump(load("one-pool")).splitlines()[1])
    name: one-pool
    """
    return text_of(styled(brief(scenario)))


def text_of(tree: Any, offset: int = 2, width: int = _WIDTH) -> str:
    """A styled tree as YAML text; lists in blocks are indented by `offset`, lines broken at `width`."""
    yaml = YAML(typ="rt", pure=True)
    yaml.width = width
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=offset + 2, offset=offset)
    stream = StringIO()
    yaml.dump(tree, stream)
    return stream.getvalue()


def styled(value: Any, depth: int = 0) -> Any:
    """Plain values as a tree that says what is written in one line and what in a block."""
    if isinstance(value, dict):
        tree = CommentedMap((_quoted(key), styled(_dated(key, item), depth + 1)) for key, item in value.items())
        if depth and _fits_a_line(value):
            tree.fa.set_flow_style()
        return tree
    if isinstance(value, list):
        items = CommentedSeq(styled(item, depth + 1) for item in value)
        if all(not isinstance(item, dict | list) or _is_route(item) for item in value):
            items.fa.set_flow_style()
        return items
    return _quoted(value)


def _quoted(value: Any) -> Any:
    """A text with a line break of Unicode's goes into double quotes, where it is escaped; elsewhere it is a blank."""
    return DoubleQuotedScalarString(value) if isinstance(value, str) and _BREAK.search(value) else value


def _dated(key: str, value: Any) -> Any:
    is_date = key == "start" and isinstance(value, str) and "-" in value
    return date.fromisoformat(value) if is_date else value


def _is_route(item: Any) -> bool:
    return isinstance(item, dict) and set(item) == {"group", "after"}


def _fits_a_line(value: dict[str, Any]) -> bool:
    """Whether a mapping is short, of plain keys, and not one of the big parts of a scenario."""
    big = {"contact_types", "agent_groups", "handle_time", "staffing", "types"}
    return all(_WORD.fullmatch(key) for key in value) and not big & set(value) and len(str(value)) <= _WIDTH - 20
