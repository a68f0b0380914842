"""Export of results: workbooks with native charts, and CSV; text from a scenario is never read as a formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from interface.app.charts.results import level_measure
from interface.app.jobs.theory import Theory
from interface.app.verdicts import sentence
from interface.disarm import disarmed
from interface.formatting import STATUS, optimality_gap, shown
from interface.headings import with_headings
from interface.staffing_totals import in_words, plan_grid, totals
from interface.version import version
from interface.workbooks import workbook_of
from models.optimisation.plan import Plan
from models.optimisation.plan_space import plan_space
from models.optimisation.target_costs import TargetCost
from scenarios.horizon import Horizon
from scenarios.scenario import Scenario
from simulator.measure.results import Period, Results
from simulator.measure.targets import verdict

_INTERVAL_MEASURES = (
    *("contacts", "offered", "answered", "abandoned", "service_level", "response_by_person_or_bot", "asa", "aht"),
    *("abandonment", "backlog", "occupancy", "present", "busy"),
)


def csv(table: pd.DataFrame) -> bytes:
    r"""A table as CSV for spreadsheets: UTF-8 with its mark, headings in words, text like a formula made harmless.

    Examples
    --------
    >>> csv(pd.DataFrame({"of": ["=1+1"], "value": [-0.5]})).decode("utf-8-sig")
    "Type or group,Value\n'=1+1,-0.5\n"
    """
    safe = disarmed(with_headings(table))
    return str(safe.to_csv(index=False, lineterminator="\n")).encode("utf-8-sig")


def tables(results: Results, theory: Theory | None = None) -> dict[str, pd.DataFrame]:
    """The tables of a run by the name of their sheet."""
    period: Period = "interval" if results.scenario.horizon.days <= 31 else "day"
    sheets = {
        "Targets": verdict(results),
        "Measures": results.table(),
        "Days": results.table("day", _INTERVAL_MEASURES),
        "Intervals": results.table(period, _INTERVAL_MEASURES),
    }
    if theory is not None:
        net = net_staffing(results.scenario, theory)
        sheets |= {"Formulas": theory.horizon, "Requirement": theory.requirement, "Net staffing": net}
    return sheets


def net_staffing(scenario: Scenario, theory: Theory) -> pd.DataFrame:
    """Planned agents, required agents and net staffing of each group and interval."""
    times = np.array(scenario.horizon.times, dtype="datetime64[s]")
    parts = [
        pd.DataFrame({"group": name, "start": times, "planned": planned, "required": required})
        for name, planned, required in zip(scenario.group_names, scenario.staffing, theory.required, strict=True)
    ]
    rows = pd.concat(parts, ignore_index=True)
    return rows.assign(net=rows["planned"] - rows["required"])


@dataclass(frozen=True)
class Summary:
    """The first sheet of a workbook."""

    lines: tuple[tuple[str, str], ...]
    staffing: pd.DataFrame
    """A row by agent group."""
    plan: pd.DataFrame
    """A row by interval."""


def workbook(sheets: Mapping[str, pd.DataFrame], results: Results | None = None, first: Summary | None = None) -> bytes:
    """An Excel workbook with a sheet for each table and, for results, charts of each contact type and agent group."""

    def write(book: Any) -> None:
        if first is not None:
            _write_summary(book, first)
        for name, table in sheets.items():
            write_sheet(book, name, table)
        if results is not None:
            _charts(book, results)

    return workbook_of(write)


def results_workbook(results: Results, theory: Theory | None) -> bytes:
    """All tables and charts of a run as a workbook, a summary first; slow, so made by a worker."""
    return workbook(tables(results, theory), results, summary(results, theory))


def summary(results: Results, theory: Theory | None) -> Summary:
    """What a planner looks at first: key figures, staffing by group, and agents by interval with scheduled and net."""
    required = None if theory is None else theory.required
    return Summary(
        key_figures(results),
        in_words(totals(results.scenario, required)),
        plan_grid(results.scenario, required),
    )


def key_figures(results: Results) -> tuple[tuple[str, str], ...]:
    """The key figures of a run, a line each.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> from simulator.experiment import simulate
    >>> [name for name, _ in key_figures(simulate(presets.load("help-desk"), replications=2))]
    ['Scenario', 'Verdict', 'Cost', 'Paid hours', 'FTE', 'Replications', 'Seed', 'Version']
    """
    scenario = results.scenario
    all_groups = totals(scenario).iloc[-1]
    return (
        ("Scenario", scenario.title or scenario.name),
        ("Verdict", sentence(verdict(results))),
        ("Cost", shown(float(results.estimate("cost").value[0]), "money", scenario.currency)),
        ("Paid hours", f"{all_groups['paid_hours']:,.1f}"),
        ("FTE", f"{all_groups['fte']:,.1f}"),
        ("Replications", f"{results.replications:,}"),
        ("Seed", str(results.seed)),
        ("Version", version()),
    )


def staffing_grid(scenario: Scenario) -> pd.DataFrame:
    """Agents of a plan: a row for each interval, a column for each group, and all together."""
    staffing = dict(zip(scenario.group_names, scenario.staffing, strict=True))
    times = [pd.Timestamp(time) for time in scenario.horizon.times]
    return pd.DataFrame({"From": times, **staffing, "All groups": scenario.staffing.sum(axis=0)})


def plan_costs(plan: Plan) -> pd.DataFrame:
    """The cost of a plan by group: planned hours, cost per hour, wages with paid breaks and leave, and the total."""
    space = plan_space(plan.scenario, plan.scenario.horizon.interval)
    hours, wages = ((values * plan.scenario.staffing).sum(axis=1) for values in (space.agent_hours, space.price))
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
    table.loc[len(table)] = ["All groups", hours.sum(), np.nan, np.nan, wages.sum()]
    return table


def plan_summary(plan: Plan) -> pd.DataFrame:
    """Cost, bounds and verdict of a plan, line by line."""
    origin = next((word for path, word in plan.scenario.origins.items() if path.endswith(".staffing")), "")
    rows = [
        ("Scenario", plan.scenario.title or plan.scenario.name),
        ("Currency", plan.scenario.currency),
        ("Cost of the horizon", plan.cost),
        ("Incl. overtime", plan.overtime),
        ("Incl. bot sessions", plan.bot_cost),
        ("Lower bound, estimated" if plan.estimated else "Lower bound", plan.bound),
        ("Assumption of the lower bound", plan.bound_holds),
        ("Optimality gap", optimality_gap(plan.gap, estimated=plan.estimated).removeprefix("Optimality gap ")),
        ("Lower bound from workload alone", plan.proven),
        ("Targets", STATUS[plan.status]),
        ("Replications of the check", plan.replications),
        ("Binding target", plan.binding),
        ("Overtime hours", plan.overrun),
        ("Stopped", plan.ended),
        ("Origin", origin),
        *(("Note", note) for note in plan.notes),
    ]
    return pd.DataFrame(rows, columns=["Item", "Value"])


def plan_workbook(plan: Plan, costs: Sequence[TargetCost] = ()) -> bytes:
    """A plan as a workbook: agents by interval and group, targets with confidence intervals, costs, optimisation.

    Examples
    --------
    See ``tests/interface/test_export.py``.
    """
    sheets = {
        "Plan": staffing_grid(plan.scenario),
        "Targets": plan.constraints_table(),
        "Costs": plan_costs(plan),
        "Summary of the plan": plan_summary(plan),
        "Marginal value of an agent": plan.marginal_values_table(),
        "Progress": plan.history(),
    }
    if costs:
        sheets["Cost of targets"] = pd.DataFrame([vars(cost) for cost in costs])
    return workbook(sheets)


def write_sheet(book: Any, name: str, table: pd.DataFrame) -> None:
    """Add a sheet with a table to a workbook: headings in words, a filter, the heading frozen."""
    sheet = book.add_worksheet(name[:31])
    bold, when = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    table = with_headings(table)
    for at, column in enumerate(table.columns):
        sheet.write_string(0, at, str(column), bold)
        values = table[column]
        sheet.set_column(at, at, min(max([len(str(column)), *(len(str(v)) for v in values.head(50))]) + 2, 48))
        for row, value in enumerate(values, start=1):
            _write_cell(sheet, row, at, value, when)
    sheet.freeze_panes(1, 0)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def _write_summary(book: Any, summary: Summary) -> None:
    """Key figures on top, then two tables below each other."""
    sheet = book.add_worksheet("Summary")
    bold = book.add_format({"bold": True})
    when = book.add_format({"num_format": "ddd hh:mm", "align": "left"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 60, 16)
    for row, (label, text) in enumerate(summary.lines):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, text)
    row = len(summary.lines) + 1
    for table in (summary.staffing, summary.plan):
        for at, column in enumerate(table.columns):
            sheet.write_string(row, at, str(column), bold)
            for below, value in enumerate(table[column], start=1):
                _write_cell(sheet, row + below, at, value, when)
        row += len(table) + 2


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
    """Sheets of numbers by interval, each with a native chart."""
    levels = {
        contact_type.name: _values(results, level_measure(contact_type.target), contact_type.name)
        for contact_type in results.scenario.contact_types
    }
    _charted(book, "Service level", results.scenario.horizon, levels, "Answered in time", "0%")
    staffing = dict(zip(results.scenario.group_names, results.scenario.staffing.astype(float), strict=True))
    busy = {f"{group}, busy agents": _values(results, "busy", group) for group in results.scenario.group_names}
    planned = {f"{group}, planned agents": values for group, values in staffing.items()}
    _charted(book, "Staffing", results.scenario.horizon, planned | busy, "Agents", "0")


def _values(results: Results, measure: str, of: str) -> Any:
    return results.estimate(measure, "interval").value[results.place(measure, of)]


def _charted(book: Any, name: str, horizon: Horizon, columns: Mapping[str, Any], unit: str, form: str) -> None:
    sheet = book.add_worksheet(name)
    stamp = book.add_format({"num_format": "ddd hh:mm"})
    sheet.write_string(0, 0, "From")
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
    chart.set_x_axis({"name": "Time", "num_format": "hh:mm", "text_axis": True})
    chart.set_y_axis({"name": unit, "num_format": form, "min": 0})
    chart.set_size({"width": 900, "height": 420})
    sheet.insert_chart(1, len(columns) + 2, chart)
