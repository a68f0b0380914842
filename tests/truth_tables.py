"""The open tables of known values, as text."""

from __future__ import annotations

import csv
import json
from collections import defaultdict

from tests.folders import TRUTH


def truth_rows(table: str, metric: str = "") -> list[dict[str, str]]:
    """The rows of a table with its parameters as columns, of one metric where one is named."""
    rows = csv.DictReader((TRUTH / table).read_text(encoding="utf-8").splitlines())
    return [_parameters(row) | row for row in rows if not metric or row["metric"] == metric]


def truth_cases(table: str, quantity: str = "") -> list[dict[str, str]]:
    """The cases of a table: parameters and values by metric, empty where there is none; of one quantity if named."""
    cases: dict[str, dict[str, str]] = defaultdict(lambda: defaultdict(str))
    for row in truth_rows(table):
        cases[row["case"]] |= _parameters(row)
        cases[row["case"]] |= {"case": row["case"], "tolerance": row["tolerance"], row["metric"]: row["value"]}
    return [case for case in cases.values() if not quantity or case["quantity"] == quantity]


def case_name(row: dict[str, str]) -> str:
    """What a case is called in the name of a test."""
    return row["case"]


def _parameters(row: dict[str, str]) -> dict[str, str]:
    given = json.loads(row["given"])
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
