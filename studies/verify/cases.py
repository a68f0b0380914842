"""Tables of known values as cases: what is given, and what must be found.

A row holds one value. Rows of one case have one name and equal parameters. A case is known by what it gives, never by a
file name or a case number, so that tables with other values are read too.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.errors import InvalidFile
from scenarios.statistics import NORMAL_95
from studies.verify.layouts import COLUMNS, EXACT, KINDS, PUBLISHED_WRONG, WORKED_EXAMPLE, Row, converter, half_a_digit
from studies.verify.layouts import plain as plain_cell

MOST_BYTES = 20_000_000
SCHEDULING = "scheduling"
"""The model of the instances of a JSON list."""
INFEASIBLE = "INFEASIBLE"
"""What stands for the optimum of an instance that has no solution."""


@dataclass(frozen=True)
class KnownValue:
    """A value that must be found."""

    metric: str
    index: str
    """Class, group, interval or time; empty where there is only one."""
    expected: float
    line: int
    tolerance: float = 0.0
    """Relative, of an exact value."""
    error: float = 0.0
    """The standard error of a simulated value."""
    rounding: float = 0.0
    """Absolute: what rounding in print can hide."""
    against: str = ""
    """Of a worked example whose value it is: ``published`` or ``exact``."""
    agrees: bool = True
    """False where the publisher is known to be wrong, so that our value must differ."""

    @property
    def key(self) -> tuple[str, str]:
        """What the ways of finding it call it."""
        return self.metric, self.index


@dataclass(frozen=True)
class Case:
    """What is given, and the values to be found."""

    file: str
    name: str
    model: str
    """The model that a table names; empty where what is given tells it."""
    given: dict[str, Any]
    values: tuple[KnownValue, ...]


def read_cases(path: Path) -> list[Case]:
    """The cases of a table, values of equal case and parameters together.

    Raises
    ------
    InvalidFile
        If the file cannot be read, or has no known layout, or a row holds no number where one is needed.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidFile(path, "", "it is far larger than any table of known values", "check the name")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidFile(path, "", f"cannot be read: {error.strerror}", "check the name") from None
    except UnicodeDecodeError:
        raise InvalidFile(path, "", "not UTF-8 text", "give CSV tables in the layouts of the README") from None
    if path.suffix == ".json":
        return list(_instances(path, text))
    return _by_case(path, _rows(path, text))


def _rows(path: Path, text: str) -> Iterator[Case]:
    """Each row of a table as a case with one value."""
    reader = csv.DictReader(io.StringIO(text))
    long_rows = converter(reader.fieldnames or ())
    if long_rows is None:
        raise InvalidFile(path, "1", "no known layout has these columns", "see the README of the tables")
    for row in reader:
        line = reader.line_num
        try:
            for long_row in long_rows(row):
                name, model = long_row.get("case") or f"row {line}", long_row.get("model") or ""
                yield Case(path.name, name, model, _given(long_row), (_value(long_row, line),))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidFile(path, str(line), f"cannot be read: {error}", "mend the row") from None


def _given(row: Row) -> dict[str, Any]:
    """The parameters of a row, with those in columns that the layout does not have: none is left out without a word."""
    further = {name: plain_cell(text) for name, text in row.items() if name and text and name not in COLUMNS}
    given: dict[str, Any] = json.loads(row["given"])
    return further | given


def _value(row: Row, line: int) -> KnownValue:
    """The value of a row with what it may differ by; where a row says nothing of that, half a printed digit."""
    text, kind = row["value"], row.get("kind") or EXACT
    if kind not in KINDS:
        raise ValueError(f"the kind '{kind}'; known are {', '.join(KINDS)}")
    tolerance = float(row.get("tolerance") or 0)
    printed = 0.0 if tolerance or "." not in text else half_a_digit(text)
    by_whom = "published" if kind.startswith("published") else "exact"
    return KnownValue(
        metric=row["metric"],
        index=row.get("index") or "",
        expected=float(text),
        line=line,
        tolerance=tolerance,
        error=float(row.get("half_width") or 0) / NORMAL_95,
        rounding=float(row.get("rounding") or printed),
        against=by_whom if row.get("model") == WORKED_EXAMPLE else "",
        agrees=kind != PUBLISHED_WRONG,
    )


def _by_case(path: Path, rows: Iterable[Case]) -> list[Case]:
    """The rows of equal name, model and parameters as one case."""
    values: dict[str, list[KnownValue]] = {}
    cases: dict[str, Case] = {}
    for row in rows:
        key = f"{row.name} {row.model} {json.dumps(row.given, sort_keys=True)}"
        cases.setdefault(key, row)
        values.setdefault(key, []).extend(row.values)
    return [Case(path.name, case.name, case.model, case.given, tuple(values[key])) for key, case in cases.items()]


def _instances(path: Path, text: str) -> Iterator[Case]:
    """The instances of a JSON list of scheduling problems."""
    try:
        for number, instance in enumerate(_with_base(json.loads(text)), start=1):
            optimum: Any = instance.get("optimum")
            if optimum == INFEASIBLE:
                value = KnownValue("feasible", "", 0.0, number)
            else:
                value = KnownValue("optimum", "", float(optimum), number, tolerance=1e-9)
            yield Case(path.name, str(instance["id"]), SCHEDULING, instance, (value,))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidFile(path, "", f"no list of instances: {error}", "see the README of the tables") from None


def _with_base(instances: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The instances, those that build on another of the list with its data below their own."""
    data = {instance["id"]: instance.get("data", {}) for instance in instances}
    for instance in instances:
        own = dict(instance.get("data", {}))
        if own.get("base") in data:
            own = data[own.pop("base")] | own
        yield instance | {"data": own}
