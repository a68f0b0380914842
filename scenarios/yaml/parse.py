"""A YAML text read without trust: plain values, and the line and column of each.

Only text, numbers, true/false, null, lists and mappings come out; tags are refused, so nothing that is read can run.
YAML is 1.2: ``NO`` and ``08:30`` are text. Limits hold while reading, before anything large is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import ScalarNode

from scenarios.errors import InvalidFile

MOST_VALUES = 200_000
MOST_ALIASES = 50
DEEPEST = 20
LARGEST_WHOLE = 2**63
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Halves of a character, which cannot be written into any file."""

Keys = tuple[str | int, ...]
_PLAIN = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Document:
    """Plain values and where they stand."""

    values: Any
    places: dict[Keys, tuple[int, int]]
    """Line and column, from 1, of each key of a mapping and each item of a list."""

    def find(self, dotted: str) -> Keys:
        """The keys of the field with this dotted path, or of as much of it as is there.

        Examples
        --------
        >>> read("types: [{name: chat, bot: {left: 2}}]").find("types.chat.bot.right")
        ('types', 0, 'bot')
        """
        keys: Keys = ()
        values, remaining = self.values, dotted
        while remaining and (step := _step(values, remaining)):
            key, values, remaining = step
            keys = (*keys, key)
        return keys

    def where(self, dotted: str) -> str:
        """Line and column of a field, or of the nearest thing around it, as ``line:column``."""
        keys = self.find(dotted)
        while keys and keys not in self.places:
            keys = keys[:-1]
        line, column = self.places.get(keys, (1, 1))
        return f"{line}:{column}"


def _step(values: Any, remaining: str) -> tuple[str | int, Any, str] | None:
    """The key that a dotted path begins with, what it holds, and the rest of the path."""
    if isinstance(values, dict):
        candidates: list[tuple[str | int, str]] = [(key, key) for key in values]
    elif isinstance(values, list):
        candidates = [(i, str(i)) for i in range(len(values))]
        candidates += [(i, str(item.get("name"))) for i, item in enumerate(values) if isinstance(item, dict)]
    else:
        return None
    fitting = [(key, text) for key, text in candidates if remaining == text or remaining.startswith(f"{text}.")]
    if not fitting:
        return None
    key, text = max(fitting, key=lambda pair: len(pair[1]))
    return key, values[key], remaining[len(text) + 1 :]


def clipped(text: str, most: int = 40) -> str:
    """A text that fits into a sentence.

    Examples
    --------
    >>> clipped("a" * 50, 5)
    'aaaa…'
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def read(text: str, name: str = "<text>") -> Document:
    r"""The values in a YAML text.

    Raises
    ------
    InvalidFile
        If the text is not YAML, has a tag or a key twice, or is larger than any scenario would be.

    Examples
    --------
    >>> read("open: 08:30\nyes: [1, 2.5, ~]").values
    {'open': '08:30', 'yes': [1, 2.5, None]}
    """
    yaml = YAML(typ="safe", pure=True)
    try:
        return _Reader(name, yaml, yaml.parse(text)).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{mark.line + 1}:{mark.column + 1}" if mark else ""
        problem = " ".join(str(part) for part in (error.context, error.problem) if part)
        raise InvalidFile(name, where, f"not YAML: {problem}", "check indentation, quotes and brackets here") from None
    except YAMLError as error:
        problem = str(error).splitlines()[0]
        raise InvalidFile(name, _unprintable(text), f"not YAML: {problem}", "remove the special character") from None


def _unprintable(text: str) -> str:
    """Line and column of the first character that YAML does not allow."""
    matched = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    if matched is None:
        return ""
    before = text[: matched.start()]
    return f"{before.count(chr(10)) + 1}:{matched.start() - before.rfind(chr(10))}"


@dataclass
class _Reader:
    """Builds values from the events of the parser, counting as it goes."""

    name: str
    yaml: YAML
    events: Iterator[Any]
    """Of ruamel, whose events declare no attributes to a type checker."""
    places: dict[Keys, tuple[int, int]] = field(default_factory=dict)
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    values: int = 0
    """Values so far, those behind aliases counted each time."""
    aliases: int = 0

    def document(self) -> Document:
        """The only document of the text."""
        values, documents = None, 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                self.check_start(event, documents)
            elif isinstance(event, NodeEvent):
                values = self.value(event, ())
        return Document(values, self.places)

    def check_start(self, event: DocumentStartEvent, documents: int) -> None:
        if documents > 1:
            self.refuse(event, "a second document begins", "keep one scenario in a file, without '---' in between")
        if event.version not in (None, (1, 2)):
            self.refuse(event, "an old version of YAML is asked for", "remove the %YAML line")

    def value(self, event: Any, keys: Keys) -> Any:
        """The value that begins with an event."""
        self.check_limits(event, keys)
        if isinstance(event, AliasEvent):
            return self.alias(event)
        if event.tag is not None:
            self.refuse(event, f"the tag {clipped(event.tag)} is not read", "remove it; only plain values are read")
        before = self.values
        if isinstance(event, ScalarEvent):
            value = self.scalar(event, keys)
        elif isinstance(event, SequenceStartEvent):
            value = self.sequence(keys)
        else:
            value = self.mapping(keys)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, self.values - before + 1)
        return value

    def check_limits(self, event: Event, keys: Keys) -> None:
        self.values += 1
        if self.values > MOST_VALUES:
            self.refuse(event, f"more than {MOST_VALUES:,} values", "put long tables into a CSV file (volume.table)")
        if len(keys) > DEEPEST:
            self.refuse(event, f"nested more than {DEEPEST} deep", "no scenario is; check the brackets")

    def alias(self, event: AliasEvent) -> Any:
        self.aliases += 1
        if event.anchor not in self.anchors:
            name = clipped(event.anchor)
            self.refuse(event, f"*{name} stands for nothing", f"define &{name} before it")
        value, size = self.anchors[event.anchor]
        self.values += size
        if self.aliases > MOST_ALIASES or self.values > MOST_VALUES:
            self.refuse(event, "too many aliases, or aliases of aliases", "write the values out")
        return value

    def scalar(self, event: ScalarEvent, keys: Keys) -> Any:
        tag = str(self.yaml.resolver.resolve(ScalarNode, event.value, event.implicit))
        node = ScalarNode(tag, event.value)
        try:
            match tag.removeprefix(_PLAIN):
                case "null":
                    return None
                case "bool":
                    return self.yaml.constructor.construct_yaml_bool(node)
                case "int":
                    return self.whole(self.yaml.constructor.construct_yaml_int(node))
                case "float":
                    return self.yaml.constructor.construct_yaml_float(node)
        except ValueError:
            problem = f"{clipped(event.value)} is no number that can be used"
            self.refuse(event, problem, "write an ordinary number", ".".join(map(str, keys)))
        return self.text(event)

    def whole(self, value: int) -> int:
        """A whole number of a size that every machine can hold."""
        if abs(value) >= LARGEST_WHOLE:
            raise ValueError
        return value

    def text(self, event: ScalarEvent) -> str:
        """The text of a scalar, if all of it can be written again."""
        if _SURROGATE.search(event.value):
            self.refuse(event, "it holds half a character (\\ud800 to \\udfff)", "write the whole character")
        return str(event.value)

    def sequence(self, keys: Keys) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            path = (*keys, len(items))
            self.note(event, path)
            items.append(self.value(event, path))
        return items

    def mapping(self, keys: Keys) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                self.refuse(event, "a key is not plain text", "write 'key: value'")
            key = self.text(event)
            if key in values:
                self.refuse(event, f"the key '{clipped(key)}' is duplicated", "keep one of them")
            path = (*keys, key)
            self.note(event, path)
            self.check_limits(event, keys)
            values[key] = self.value(next(self.events), path)
        return values

    def note(self, event: Event, keys: Keys) -> None:
        self.places[keys] = (event.start_mark.line + 1, event.start_mark.column + 1)

    def refuse(self, event: Event, problem: str, remedy: str, field: str = "") -> NoReturn:
        mark = event.start_mark
        raise InvalidFile(self.name, f"{mark.line + 1}:{mark.column + 1}", problem, remedy, field)
