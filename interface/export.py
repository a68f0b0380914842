"""Findings as files: workbooks with charts of their own, and CSV; text from a scenario is never read as a formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd

from interface.app.charts.results import level_measure
from interface.app.jobs.theory import Theory
from interface.disarm import disarmed
from models.optimisation.plan import Plan
from models.optimisation.plan_space import plan_space
from models.optimisation.target_costs import TargetCost
from scenarios.horizon import Horizon
from scenarios.scenario import Scenario
from simulator.measure.results import Period, Results
from simulator.measure.targets import verdict

_INTERVAL_MEASURES = (
    *("contacts", "offered", "answered", "abandoned", "service_level", "response_by_person_or_bot", "asa"),
    *("abandonment", "backlog", "occupancy", "present", "busy"),
)


def csv(table: pd.DataFrame) -> bytes:
    r"""A table as CSV that spreadsheets open: UTF-8 with its mark, and text that looks like a formula disarmed.

    Examples
    --------
    >>> csv(pd.DataFrame({"of": ["=1+1"], "value": [-0.5]})).decode("utf-8-sig")
    "of,value\n'=1+1,-0.5\n"
    """
    safe = disarmed(table)
    return str(safe.to_csv(index=False, lineterminator="\n")).encode("utf-8-sig")


def tables(results: Results, theory: Theory | None = None) -> dict[str, pd.DataFrame]:
    """The tables of a run by the name of their sheet."""
    period: Period = "interval" if results.scenario.horizon.days <= 31 else "day"
    found = {
        "Targets": verdict(results),
        "Measures": results.table(),
        "Days": results.table("day", _INTERVAL_MEASURES),
        "Intervals": results.table(period, _INTERVAL_MEASURES),
    }
    if theory is not None:
        net = net_staffing(results.scenario, theory)
        found |= {"Formulas": theory.horizon, "Requirement": theory.requirement, "Net staffing": net}
    return found


def net_staffing(scenario: Scenario, theory: Theory) -> pd.DataFrame:
    """Planned, required and net heads of each group and interval."""
    times = np.array(scenario.horizon.times, dtype="datetime64[s]")
    parts = [
        pd.DataFrame({"group": name, "start": times, "planned": planned, "required": required})
        for name, planned, required in zip(scenario.group_names, scenario.staffing, theory.required, strict=True)
    ]
    rows = pd.concat(parts, ignore_index=True)
    return rows.assign(net=rows["planned"] - rows["required"])


def workbook(sheets: Mapping[str, pd.DataFrame], results: Results | None = None) -> bytes:
    """An Excel workbook with a sheet for each table and, for results, charts of each contact type and agent group."""
    import xlsxwriter

    stream = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(stream, options) as book:
        for name, table in sheets.items():
            _write(book, name, table)
        if results is not None:
            _charts(book, results)
    return stream.getvalue()


def results_workbook(results: Results, theory: Theory | None) -> bytes:
    """All tables and charts of a run as a workbook; heavy, so made by a worker."""
    return workbook(tables(results, theory), results)


def heads_grid(scenario: Scenario) -> pd.DataFrame:
    """Heads as they are handed out: a row for each interval, a column for each group, and all together."""
    staffing = dict(zip(scenario.group_names, scenario.staffing, strict=True))
    times = [pd.Timestamp(time) for time in scenario.horizon.times]
    return pd.DataFrame({"from": times, **staffing, "all groups": scenario.staffing.sum(axis=0)})


def plan_costs(plan: Plan) -> pd.DataFrame:
    """What a plan costs by group: planned hours, the price of one, wages with paid breaks and leave, and the sum."""
    space = plan_space(plan.scenario, plan.scenario.horizon.interval)
    hours, wages = ((each * plan.scenario.staffing).sum(axis=1) for each in (space.agent_hours, space.price))
    groups = plan.scenario.agent_groups
    table = pd.DataFrame(
        {
            "group": [group.name for group in groups],
            "planned_hours": hours,
            "cost_per_hour": [group.cost_per_hour for group in groups],
            "planned_shrinkage": [group.shrinkage.planned for group in groups],
            "wages": wages,
        }
    )
    table.loc[len(table)] = ["all groups", hours.sum(), np.nan, np.nan, wages.sum()]
    return table


def plan_story(plan: Plan) -> pd.DataFrame:
    """How a plan was found and what is known of it, line by line."""
    origin = next((word for path, word in plan.scenario.origins.items() if path.endswith(".staffing")), "")
    rows = [
        ("scenario", plan.scenario.title or plan.scenario.name),
        ("currency", plan.scenario.currency),
        ("cost of the horizon", plan.cost),
        ("of it for work after duty", plan.overtime),
        ("of it for bot sessions", plan.bot_cost),
        ("estimate of the least cost" if plan.estimated else "no plan costs less than", plan.bound),
        ("which holds if", plan.bound_holds),
        ("distance", plan.gap_text),
        ("by the load alone at least", plan.proven),
        ("targets on fresh replications", plan.status),
        ("fresh replications", plan.replications),
        ("tightest", plan.binding),
        ("hours worked after duty", plan.overrun),
        ("the search ended", plan.ended),
        ("origin", origin),
        *(("note", note) for note in plan.notes),
    ]
    return pd.DataFrame(rows, columns=["what", "value"])


def plan_workbook(plan: Plan, prices: Sequence[TargetCost] = ()) -> bytes:
    """A plan as a workbook: heads by interval and group, targets with their intervals, costs, how it was found.

    Examples
    --------
    See ``tests/interface/test_export.py``.
    """
    sheets = {
        "Plan": heads_grid(plan.scenario),
        "Targets": plan.constraints_table(),
        "Costs": plan_costs(plan),
        "How it was found": plan_story(plan),
        "One agent more or fewer": plan.marginal_values_table(),
        "Search": plan.history(),
    }
    if prices:
        sheets["Prices of targets"] = pd.DataFrame([vars(price) for price in prices])
    return workbook(sheets)


def _write(book: Any, name: str, table: pd.DataFrame) -> None:
    sheet = book.add_worksheet(name[:31])
    bold, when = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for at, column in enumerate(table.columns):
        sheet.write_string(0, at, str(column).replace("_", " "), bold)
        values = table[column]
        sheet.set_column(at, at, min(max([len(str(column)), *(len(str(v)) for v in values.head(50))]) + 2, 48))
        for row, value in enumerate(values, start=1):
            _write_cell(sheet, row, at, value, when)
    sheet.freeze_panes(1, 0)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def _write_cell(sheet: Any, row: int, at: int, value: Any, when: Any) -> None:
    match value:
        case pd.Timestamp():
            sheet.write_datetime(row, at, value.to_pydatetime(), when)
        case bool() | np.bool_():
            sheet.write_boolean(row, at, bool(value))
        case int() | float() | np.integer() | np.floating():
            if np.isfinite(value):
                sheet.write_number(row, at, float(value))
        case _:
            sheet.write_string(row, at, "" if value is None else str(value))


def _charts(book: Any, results: Results) -> None:
    """Sheets of plain numbers by interval, each with the workbook's own charts beside them."""
    levels = {
        contact_type.name: _values(results, level_measure(contact_type.target), contact_type.name)
        for contact_type in results.scenario.contact_types
    }
    _charted(book, "Service level", results.scenario.horizon, levels, "share answered in time", "0%")
    staffing = dict(zip(results.scenario.group_names, results.scenario.staffing.astype(float), strict=True))
    busy = {f"{group}, busy": _values(results, "busy", group) for group in results.scenario.group_names}
    planned = {f"{group}, planned": values for group, values in staffing.items()}
    _charted(book, "Staffing", results.scenario.horizon, planned | busy, "agents", "0")


def _values(results: Results, measure: str, of: str) -> Any:
    return results.estimate(measure, "interval").value[results.place(measure, of)]


def _charted(book: Any, name: str, horizon: Horizon, columns: Mapping[str, Any], unit: str, form: str) -> None:
    sheet = book.add_worksheet(name)
    stamp = book.add_format({"num_format": "ddd hh:mm"})
    sheet.write_string(0, 0, "start")
    for row, time in enumerate(horizon.times, start=1):
        sheet.write_datetime(row, 0, time, stamp)
    chart = book.add_chart({"type": "line"})
    for at, (column, values) in enumerate(columns.items(), start=1):
        sheet.write_string(0, at, column)
        for row, value in enumerate(values, start=1):
            if np.isfinite(value):
                sheet.write_number(row, at, float(value))
        last = len(values)
        chart.add_series(
            {"name": [name, 0, at], "categories": [name, 1, 0, last, 0], "values": [name, 1, at, last, at]}
        )
    chart.set_title({"name": f"{name} by interval"})
    chart.set_x_axis({"name": "time", "num_format": "hh:mm", "text_axis": True})
    chart.set_y_axis({"name": unit, "num_format": form, "min": 0})
    chart.set_size({"width": 900, "height": 420})
    sheet.insert_chart(1, len(columns) + 2, chart)
