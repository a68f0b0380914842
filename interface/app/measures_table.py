"""All measures of a type and a group in one table: simulated with interval, by formula, and defined."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd

from interface.app.jobs.theory import Theory
from interface.formatting import give_or_take, label, shown
from interface.language.messages import _
from simulator.measure.results import Results

_TABLES: WeakKeyDictionary[Results, pd.DataFrame] = WeakKeyDictionary()
"""The tables of results that are still shown: each takes a fifth of a second."""


def numbers(results: Results, theory: Theory | None, of: str, group: str) -> pd.DataFrame:
    """The measures of a contact type and an agent group, and those of the whole centre."""
    table = _TABLES.get(results)
    if table is None:
        table = _TABLES[results] = results.table()
    chosen = ((table["by"] == "type") & (table["of"] == of)) | ((table["by"] == "group") & (table["of"] == group))
    whole = (table["by"] == "total") & table["measure"].isin(["cost", "cost_per_resolved_case"])
    currency = results.scenario.currency
    return pd.DataFrame([_row(row, theory, currency) for row in table[chosen | whole].to_dict("records")])


def _row(row: dict[Any, Any], theory: Theory | None, currency: str) -> dict[str, str]:
    unit = str(row["unit"])
    formula = theory.of(row["measure"], row["of"]) if theory else None
    value, source, assumptions = formula or (None, "", "")
    return {
        _("Measure"): label(row["measure"]),
        _("For"): row["of"],
        _("Simulated"): shown(row["value"], unit, currency),
        "±": give_or_take(row["low"], row["high"], unit, currency).removeprefix("± "),
        _("By formula"): "" if value is None else shown(value, unit, currency),
        _("Definition"): _(row["note"]),
        _("Formula used"): source,
        _("Assumptions"): assumptions,
    }
