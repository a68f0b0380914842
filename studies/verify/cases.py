"""Tables of known values as cases: what is given, and what must be found.

A layout is known by its columns, a case by what it gives; never by a file name or a case number, so that tables of the
same layouts with other values are read too.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scenarios.errors import InvalidFile
from scenarios.statistics import NORMAL_95

MOST_BYTES = 20_000_000
_DIGITS = 1e-7
"""Relative: of exact shares in tables whose stated tolerance is about whole agents."""
_DES_HALF_WIDTH = 0.003
"""Of a value that is noted as simulated without an interval of its own: the widest that the tables state."""

Row = Mapping[str, str]


@dataclass(frozen=True)
class Value:
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
    slack: float = 0.0
    """Absolute: what rounding in print can hide."""
    against: str = ""
    """Whose value it is where there are several: ``published`` or ``exact``."""
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
    layout: str
    given: dict[str, Any]
    values: tuple[Value, ...]


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
    return _grouped(path, _parts(path, text))


def _parts(path: Path, text: str) -> Iterator[tuple[str, str, dict[str, Any], list[Value]]]:
    """Layout, case, what is given and values of each row."""
    reader = csv.DictReader(io.StringIO(text))
    columns = set(reader.fieldnames or ())
    layout = next((name for name, needed, _ in _LAYOUTS if needed <= columns), None)
    if layout is None:
        raise InvalidFile(path, "1", "no known layout has these columns", "see the README of the tables")
    read = next(read for name, _, read in _LAYOUTS if name == layout)
    for row in reader:
        try:
            given, values = read(row, reader.line_num)
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidFile(path, str(reader.line_num), f"cannot be read: {error}", "mend the row") from None
        yield layout, row.get("case_id") or f"row {reader.line_num}", _further(row, layout) | given, values


def _further(row: Row, layout: str) -> dict[str, Any]:
    """What stands in columns that the layout does not have, so that no reader leaves it out without a word."""
    known = _COLUMNS.get(layout)
    if known is None:
        return {}  # a wide layout, whose columns are all read
    extra = {key: text for key, text in row.items() if key and text and key not in known}
    return {
        key: _plain(text) for key, text in extra.items() if not key.endswith("ci95") and not key.startswith("SL_class")
    }


def _grouped(path: Path, parts: Iterator[tuple[str, str, dict[str, Any], list[Value]]]) -> list[Case]:
    groups: dict[str, tuple[str, str, dict[str, Any], list[Value]]] = {}
    for layout, name, given, values in parts:
        key = f"{name} {json.dumps(given, sort_keys=True)}"
        groups.setdefault(key, (layout, name, given, []))[3].extend(values)
    return [Case(path.name, name, layout, given, tuple(values)) for layout, name, given, values in groups.values()]


def _instances(path: Path, text: str) -> Iterator[Case]:
    """The instances of a JSON list, which are of a kind of its own."""
    try:
        instances = json.loads(text)
        for number, one in enumerate(instances, start=1):
            optimum = one.get("optimum")
            expected = float(optimum) if isinstance(optimum, int | float) else math.nan
            value = Value("optimum", "", expected, number)
            yield Case(path.name, str(one["id"]), "instances", one, (value,))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidFile(path, "", f"no list of instances: {error}", "see the README of the tables") from None


# -- layouts ---------------------------------------------------------------------------------------------------------


def _relative(row: Row) -> float:
    """The relative tolerance of a row; whole numbers have none."""
    first = (row.get("tol_rel") or "0").split()[0]
    try:
        return float(first)
    except ValueError:
        return 0.0


def _value(row: Row, line: int, metric: str, index: str, text: str, half_width: str = "") -> Value:
    simulated = row.get("kind") == "simulated"
    error = float(half_width or 0) / NORMAL_95 if simulated else 0.0
    tolerance = 0.0 if simulated else _relative(row)
    slack = 0.0 if tolerance or "." not in text else _rounding(text)
    return Value(metric, index, float(text), line, tolerance, error, slack)


def _long(row: Row, line: int) -> tuple[dict[str, Any], list[Value]]:
    """A row with one metric, what is given as JSON."""
    metric = row.get("metric") or row.get("rule") or "m(t)"
    index = row.get("index") or row.get("interval") or row.get("t_min") or ""
    given = json.loads(row["params_json"])
    known = {key: row[key] for key in ("family", "description") if row.get(key)}
    return given | known, [_value(row, line, metric, index, row["value"], row.get("ci95") or "")]


def _wide(metrics: tuple[str, ...], names: Mapping[str, str] | None = None) -> Callable[[Row, int], Any]:
    """A reader of rows with one column for each metric, all others but remarks being given."""
    remarks = {"case_id", "share", "kind", "tol_rel", "method", "crosscheck", "source"}

    def read(row: Row, line: int) -> tuple[dict[str, Any], list[Value]]:
        given = {
            key: _plain(text)
            for key, text in row.items()
            if text and key not in remarks and key not in metrics and not key.endswith("_ci95")
        }
        values = [
            _value(row, line, (names or {}).get(name, name), "", row[name], row.get(_interval(row, name)) or "")
            for name in metrics
            if row.get(name)
        ]
        return given, values

    return read


def _interval(row: Row, metric: str) -> str:
    """The column with the half-width of a metric."""
    return next((name for name in (f"{metric}_ci95", f"{metric.removesuffix('_min')}_ci95") if name in row), "")


def _plain(text: str) -> Any:
    """A cell as a number or a list where it is one."""
    try:
        return json.loads(text) if text.startswith(("[", "{")) else float(text)
    except ValueError:
        return text


def _quantity(row: Row, line: int) -> tuple[dict[str, Any], list[Value]]:
    """A row of Erlang B: one value of the quantity it names."""
    given = {key: float(row[key]) for key in ("n", "offered_load_erl", "target_blocking") if row.get(key)}
    return given, [_value(row, line, row["quantity"], "", row["value"])]


def _least(row: Row, line: int) -> tuple[dict[str, Any], list[Value]]:
    """A least number of agents, which is whole, and the value there, which the tables state to seven digits."""
    given, (agents, value) = _wide(("min_agents", "value_at_n"))(row, line)
    return given, [agents, replace(value, tolerance=_DIGITS)]


def _optimum(row: Row, line: int) -> tuple[dict[str, Any], list[Value]]:
    """A mix of agents with the service levels that it gives, whether they suffice, and the least cost if it is best."""
    given = json.loads(row["params_json"])
    mix = {key: int(row[key]) for key in ("n_only1", "n_only2", "n_flexible")}
    names = [name for name in row if name.startswith("SL_class")]
    rank = f"rank {row['rank']}"
    values = [_value(row, line, name, rank, row[name]) for name in names]
    if row.get("feasible"):
        values.append(Value("feasible", rank, float(row["feasible"].strip().lower() == "true"), line))
    if row["rank"].strip() == "0" and row.get("cost"):
        values.append(Value("cost", rank, float(row["cost"]), line, 1e-9))
    return given | mix, values


def _published(row: Row, line: int) -> tuple[dict[str, Any], list[Value]]:
    """A published value with its own precision, and the exact one."""
    given = json.loads(row["params_json"]) | {"title": row.get("title", "")}
    low, high, exact = (row.get(name) or "" for name in ("published_ci_lo", "published_ci_hi", "exact_value"))
    text = row["published_value"]
    agrees = "DISAGREE" not in (row.get("verdict") or "").upper()
    if low and high:
        error, slack = (float(high) - float(low)) / 2 / NORMAL_95, _rounding(text)
    else:
        error, slack = 0.0, float(row.get("published_tol_abs") or 0)
    values = [Value(row["metric"], "", float(text), line, 1e-12, error, slack, "published", agrees)]
    if exact:
        simulated = "DES" in (row.get("note") or "")
        error = _DES_HALF_WIDTH * abs(float(exact)) / NORMAL_95 if simulated else 0.0
        values.append(Value(row["metric"], "", float(exact), line, 1e-8, error, 0.0, "exact"))
    return given, values


def _rounding(text: str) -> float:
    """Half a unit of the last printed digit."""
    return 0.5 * 10.0 ** -len(text.partition(".")[2])


_ERLANG_A = (
    *("P_block", "P_wait", "P_delay", "P_abandon", "EW_all_min", "EW_served_min", "EW_abandoned_min", "EQ"),
    *("occupancy", "P_served_within_T", "P_abandon_within_T", "P_wait_gt_T", "SL_served_over_answered"),
    *("SL_served_over_offered_less_short_abandons", "SL_served_or_abandoned_within_T"),
)
_ERLANG_C = (
    *("offered_load_erl", "P_wait", "ASA_s", "ASA_of_delayed_s", "SL_T", "Lq", "occupancy", "wait_p90_s"),
    "min_agents",
)

_ABOUT = {"case_id", "share", "kind", "tol_rel", "method", "crosscheck", "source", "sim_check", "exact_check", "note"}
_COLUMNS: Mapping[str, set[str]] = {
    "published": _ABOUT
    | {"title", "params_json", "metric", "published_value", "published_tol_abs", "published_ci_lo", "published_ci_hi"}
    | {"exact_value", "verdict"},
    "erlang-b": _ABOUT | {"quantity", "n", "offered_load_erl", "target_blocking", "value"},
    "optimum": _ABOUT | {"params_json", "rank", "role", "cost", "n_only1", "n_only2", "n_flexible", "feasible"},
    "parameters": _ABOUT
    | {"params_json", "metric", "rule", "index", "interval", "t_min", "value", "family", "description", "profile"},
}
"""The columns of layouts that are not wide; any further one is a parameter."""

_LAYOUTS: tuple[tuple[str, set[str], Callable[[Row, int], tuple[dict[str, Any], list[Value]]]], ...] = (
    ("published", {"published_value", "metric", "params_json"}, _published),
    ("erlang-b", {"quantity", "offered_load_erl", "target_blocking", "value"}, _quantity),
    ("erlang-c", {"quantity", "aht_s", "ASA_s"}, _wide(_ERLANG_C)),
    ("least-agents", {"criterion", "min_agents", "value_at_n"}, _least),
    ("general", {"service_kind", "patience_kind"}, _wide(_ERLANG_A)),
    ("general-patience", {"patience_kind", "mu_per_min"}, _wide(_ERLANG_A)),
    ("erlang-a", {"theta_per_min", "mu_per_min", "n", "T_min"}, _wide(_ERLANG_A)),
    ("optimum", {"n_only1", "n_only2", "n_flexible", "params_json"}, _optimum),
    ("parameters", {"params_json", "value"}, _long),
)
"""Layouts by the columns that they need; the first that fits is meant."""
