"""Scenario files with one thing changed into something that nobody should write: what a person, or an attacker, may do.

A preset is read, one of its nodes is replaced, and the whole is written again as YAML in the plainest way.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

from scenarios.yaml.parse import read
from scenarios.yaml.presets import path

Node = tuple[str | int, ...]

RAW = (
    "",
    "null",
    "~",
    "true",
    "no",
    "-1",
    "0",
    "-0.0",
    "1e400",
    "-1e400",
    ".inf",
    "-.inf",
    ".nan",
    "1e-320",
    "9" * 400,
    "0x" + "f" * 5000,
    "0o7777777777777777777777777",
    "9007199254740993",
    "-9223372036854775809",
    "''",
    "' '",
    "'=1+1'",
    "'5:29'",
    "'99:99'",
    "'1:2:3:4'",
    "'12,5'",
    "1 234",
    "1_000",
    "'12%'",
    "'-20s'",
    '"\\e[31mred\\a"',
    '"\\0"',
    '"\\ud800"',
    '"\\u202e"',
    '"a\\nb"',
    "'a/b'",
    "all",
    "ALL",
    "'*'",
    "'" + "x" * 300 + "'",
    "2026-13-45",
    "0001-01-01",
    "9999-12-31",
    "2026-03-02T10:00:00Z",
    "'Mon-Fri 25:00-26:00'",
    "'Mon-Sun 00:00-00:00'",
    "[]",
    "{}",
    "[[]]",
    "[{}]",
    "{a: {b: {c: 1}}}",
    "[1, [2, [3]]]",
    "[null]",
    "{'': null}",
    "[calls: {rank: 2}]",
    "!!binary aGk=",
    "!!set {a, b}",
    "!!python/object/apply:os.system [id]",
    "!foo x",
    "!!timestamp 2026-03-02",
    "&x [*x]",
    "*nowhere",
    "&y {a: *y}",
    "{<<: {a: 1}}",
    "{a: 1, a: 2}",
    "{? [1] : 2}",
    "{family: [1]}",
    "{family: x}",
    "{mean: 5 min, cv: {}}",
    "{mean: [1]}",
    "{mean: 1e400}",
    "{mean: 5 min, cv: 1e400}",
    "{table: '\\0'}",
    "{table: /etc/passwd}",
    '{table: "a\\0b"}',
    "{table: ../x}",
    "{table: []}",
    "{family: empirical, values: []}",
    "{family: with-zero, zero: 1, of: 0}",
)
"""YAML text for a value, most of it wrong nearly everywhere."""

WHOLE = (
    "",
    " ",
    "\t",
    "\ufeff",
    "\ufeff\ufeff{}",
    "null",
    "[]",
    "42",
    "'text'",
    "- a\n- b",
    "a: b: c",
    "a:\n\t- b",
    "{",
    "]",
    "%YAML 1.1\n---\na: 1",
    "--- a\n--- b",
    "? a",
    "a: &x 1\nb: *y",
    "\x00",
    "\x1b[2J",
    "\u202e: 1",
    "name: x\nname: y",
    "!!python/name:os.system",
    "@",
    "`",
    "|",
    ">",
    "a: " + "[" * 10_000,
    "[" * 30 + "]" * 30,
    "a: " + "{b: " * 30 + "1" + "}" * 30,
    "\r\r\r",
    "a: \x85",
    "...",
    "---\n---\n",
    "\n".join(["a0: &a0 [x, x]", *(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]" for i in range(1, 40))]),
)
"""Whole texts that are no scenario."""


def plain(preset: str) -> Any:
    """The values of a preset's file, without comments."""
    return read(path(preset).read_text(encoding="utf-8")).values


def nodes(values: Any, before: Node = ()) -> Iterator[Node]:
    """Where a value stands in nested values, the whole first."""
    yield before
    inner = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for key, value in inner:
        yield from nodes(value, (*before, key))


def mutated(values: Any, chance: random.Random) -> str:
    """The values as YAML, with one node replaced, a key renamed, doubled or taken out."""
    place = chance.choice(list(nodes(values))[1:])
    changed = copy.deepcopy(values)
    around = changed
    for key in place[:-1]:
        around = around[key]
    how = chance.random()
    if how < 0.08:
        del around[place[-1]]
    elif how < 0.14 and isinstance(around, dict):
        around[chance.choice(["x", "", "a.b", "0", "\x1b[31m", "\u202e", "name "])] = around.pop(place[-1])
    else:
        around[place[-1]] = "@@"
    return json.dumps(changed, ensure_ascii=True).replace('"@@"', chance.choice(RAW))
