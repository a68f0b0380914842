"""Layouts of tables of known values: the long one, and the nine earlier ones, whose rows are put into it.

An earlier layout is known by its columns, never by a file name, so that other tables in it are read too. Run as a
module this converts a table: ``python -m studies.verify.layouts OLD.csv NEW.csv``.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from scenarios.errors import InvalidFile

Row = Mapping[str, str]
LongRow = dict[str, str]
Converter = Callable[[Row], list[LongRow]]

COLUMNS = (
    *("case", "model", "given", "metric", "index", "value"),
    *("kind", "tolerance", "rounding", "half_width", "source", "method"),
)
"""The columns of the long layout; `tests/truth/README.md` describes them."""
NEEDED = frozenset({"case", "given", "metric", "value"})
EXACT, SIMULATED, PUBLISHED, PUBLISHED_WRONG = KINDS = ("exact", "simulated", "published", "published wrong")
"""Where a value comes from; a value that is published wrong must differ from ours."""
WORKED_EXAMPLE = "worked example"
"""The model of published examples, whose metrics are called as the publisher calls them."""

_DIGITS = "1e-7"
"""Relative: of exact shares in tables whose stated tolerance is about whole agents."""
_SIMULATED_HALF_WIDTH = 0.003
"""Relative: of a value that is noted as simulated without an interval of its own, the widest that the tables state."""
_PROVENANCE = {"method", "crosscheck", "exact_check", "verdict", "note", "role"}
_CHECKS = "sim_"
"""How columns begin that hold somebody's own simulation of a value."""
_ABOUT = _PROVENANCE | {"case_id", "share", "kind", "tol_rel", "source"}


def half_a_digit(text: str) -> float:
    """Half a unit of the last printed digit.

    Examples
    --------
    >>> half_a_digit("0.25"), half_a_digit("3.")
    (0.005, 0.5)
    """
    return 0.5 * 10.0 ** -len(text.partition(".")[2])


def converter(columns: Collection[str]) -> Converter | None:
    """What puts the rows of a table with these columns into the long layout; None if no known layout has them."""
    if set(columns) >= NEEDED:
        return lambda row: [dict(row)]
    return next((convert for needed, convert in _EARLIER if needed <= set(columns)), None)


def convert_table(old: Path, new: Path) -> None:
    """Write a table of an earlier layout in the long one.

    Raises
    ------
    InvalidFile
        If no known layout has the columns of the table.
    """
    with old.open(encoding="utf-8-sig", newline="") as source, new.open("w", encoding="utf-8", newline="") as target:
        reader = csv.DictReader(source)
        convert = converter(reader.fieldnames or ())
        if convert is None:
            raise InvalidFile(old, "1", "no known layout has these columns", "see the README of the tables")
        writer = csv.DictWriter(target, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in reader:
            writer.writerows({"case": f"row {reader.line_num}"} | long_row for long_row in convert(row))


def plain(text: str) -> Any:
    """A cell as a number or a list where it is one."""
    try:
        if text.startswith(("[", "{")):
            return json.loads(text)
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        return text


# -- parts of a long row ---------------------------------------------------------------------------------------------


def _case(row: Row, model: str, given: Mapping[str, Any]) -> LongRow:
    """What all values of a row have in common."""
    case = {"case": row["case_id"]} if row.get("case_id") else {}
    names = [name for name in row if name and (name in _PROVENANCE or name.startswith(_CHECKS))]
    remarks = [row[name] if name == "method" else f"{name}: {row[name]}" for name in names if row[name]]
    cells = {"model": model, "given": json.dumps(given), "source": row.get("source") or ""}
    return case | cells | {"method": "; ".join(remarks)}


def _value(row: Row, metric: str, index: str, text: str, half_width: str = "") -> LongRow:
    """One value with the tolerance of its row."""
    cells = {"metric": metric, "index": index, "value": text}
    if row.get("kind") == SIMULATED:
        return cells | {"kind": SIMULATED, "half_width": half_width}
    return cells | {"kind": EXACT, "tolerance": _relative(row)}


def _relative(row: Row) -> str:
    """The relative tolerance of a row; whole numbers have none."""
    first = (row.get("tol_rel") or "").partition(" ")[0]
    return first if isinstance(plain(first), int | float) and float(first) else ""


def _further(row: Row, columns: Collection[str]) -> dict[str, Any]:
    """What stands in columns that the layout does not have, so that no reader leaves it out without a word."""
    return {
        key: plain(text)
        for key, text in row.items()
        if key and text and key not in columns and key not in _ABOUT and not key.startswith(_CHECKS)
        if not key.endswith("ci95")
    }


# -- earlier layouts -------------------------------------------------------------------------------------------------


def _parameters(row: Row) -> list[LongRow]:
    """A row with one metric, what is given as JSON."""
    metric = row.get("metric") or row.get("rule") or "m(t)"
    index = row.get("index") or row.get("interval") or row.get("t_min") or ""
    known = {"params_json", "metric", "rule", "index", "interval", "t_min", "value", "family", "description", "profile"}
    named = {key: row[key] for key in ("family", "description") if row.get(key)}
    given = _further(row, known) | json.loads(row["params_json"]) | named
    return [_case(row, "", given) | _value(row, metric, index, row["value"], row.get("ci95") or "")]


def _wide(model: str, metrics: tuple[str, ...]) -> Converter:
    """A converter of rows with one column for each metric, all others but remarks being parameters."""

    def convert(row: Row) -> list[LongRow]:
        given = _further(row, metrics)
        values = (_value(row, name, "", row[name], _half_width(row, name)) for name in metrics if row.get(name))
        common = _case(row, model, given)
        return [common | value for value in values]

    return convert


def _half_width(row: Row, metric: str) -> str:
    """The cell with the half-width of a metric."""
    return row.get(f"{metric}_ci95") or row.get(f"{metric.removesuffix('_min')}_ci95") or ""


def _quantity(row: Row) -> list[LongRow]:
    """A row of Erlang B: one value of the quantity it names."""
    parameters = ("n", "offered_load_erl", "target_blocking")
    given = _further(row, {*parameters, "quantity", "value"})
    given |= {key: float(row[key]) for key in parameters if row.get(key)}
    return [_case(row, "Erlang B", given) | _value(row, row["quantity"], "", row["value"])]


def _min_agents(row: Row) -> list[LongRow]:
    """A least number of agents, which is whole, and the value with them, which the tables state to seven digits."""
    agents, value = _wide("Erlang A staffing", ("min_agents", "value_at_n"))(row)
    rounding = "" if value.get("tolerance") else repr(half_a_digit(value["value"]))
    return [agents, value | {"tolerance": _DIGITS, "rounding": rounding}]


def _optimum(row: Row) -> list[LongRow]:
    """A mix of agents with the service levels that it gives, whether they suffice, and the least cost if it is best."""
    mix = ("n_only1", "n_only2", "n_flexible")
    levels = [name for name in row if name.startswith("SL_class")]
    given = _further(row, {*mix, *levels, "params_json", "rank", "cost", "feasible"}) | json.loads(row["params_json"])
    rank = f"rank {row['rank']}"
    values = [_value(row, name, rank, row[name]) for name in levels]
    if row.get("feasible"):
        met = str(int(row["feasible"].strip().lower() == "true"))
        values.append({"metric": "feasible", "index": rank, "value": met, "kind": EXACT})
    if row["rank"].strip() == "0" and row.get("cost"):
        values.append({"metric": "cost", "index": rank, "value": row["cost"], "kind": EXACT, "tolerance": "1e-9"})
    common = _case(row, "staffing optimum", given | {key: int(row[key]) for key in mix})
    return [common | value for value in values]


def _published(row: Row) -> list[LongRow]:
    """A published value with its own precision, and the exact one."""
    known = {"title", "params_json", "metric", "published_value", "published_tol_abs", "exact_value"}
    known |= {"published_ci_lo", "published_ci_hi"}
    given = _further(row, known) | json.loads(row["params_json"]) | {"title": row.get("title", "")}
    low, high, exact = (row.get(name) or "" for name in ("published_ci_lo", "published_ci_hi", "exact_value"))
    text, wrong = row["published_value"], "DISAGREE" in (row.get("verdict") or "").upper()
    common = _case(row, WORKED_EXAMPLE, given) | {"metric": row["metric"]}
    value = {"value": text, "kind": PUBLISHED_WRONG if wrong else PUBLISHED, "tolerance": "1e-12"}
    if low and high:
        value |= {"half_width": repr((float(high) - float(low)) / 2), "rounding": repr(half_a_digit(text))}
    else:
        value |= {"rounding": row.get("published_tol_abs") or ""}
    values = [value]
    if exact:
        simulated = "DES" in (row.get("note") or "")
        half_width = repr(_SIMULATED_HALF_WIDTH * abs(float(exact))) if simulated else ""
        kind = SIMULATED if simulated else EXACT
        values.append({"value": exact, "kind": kind, "tolerance": "1e-8", "half_width": half_width})
    return [common | value for value in values]


_ERLANG_A = (
    *("P_block", "P_wait", "P_delay", "P_abandon", "EW_all_min", "EW_served_min", "EW_abandoned_min", "EQ"),
    *("occupancy", "P_served_within_T", "P_abandon_within_T", "P_wait_gt_T", "SL_served_over_answered"),
    *("SL_served_over_offered_less_short_abandons", "SL_served_or_abandoned_within_T"),
)
_ERLANG_C = (
    *("offered_load_erl", "P_wait", "ASA_s", "ASA_of_delayed_s", "SL_T", "Lq", "occupancy", "wait_p90_s"),
    "min_agents",
)
_EARLIER: tuple[tuple[set[str], Converter], ...] = (
    ({"published_value", "metric", "params_json"}, _published),
    ({"quantity", "offered_load_erl", "target_blocking", "value"}, _quantity),
    ({"quantity", "aht_s", "ASA_s"}, _wide("Erlang C", _ERLANG_C)),
    ({"criterion", "min_agents", "value_at_n"}, _min_agents),
    ({"service_kind", "patience_kind"}, _wide("M/G/n+G", _ERLANG_A)),
    ({"patience_kind", "mu_per_min"}, _wide("M/M/n+G", _ERLANG_A)),
    ({"theta_per_min", "mu_per_min", "n", "T_min"}, _wide("Erlang A", _ERLANG_A)),
    ({"n_only1", "n_only2", "n_flexible", "params_json"}, _optimum),
    ({"params_json", "value"}, _parameters),
)
"""Earlier layouts by the columns that they need; the first that fits is meant."""


def main(arguments: list[str]) -> None:
    """Convert a table, the first path, and write it to the second."""
    old, new = map(Path, arguments)
    convert_table(old, new)


if __name__ == "__main__":
    main(sys.argv[1:])
