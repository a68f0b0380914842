"""Estimate service level and waits with Erlang formulas, each with its assumptions.

Erlang C or A by interval for calls, the chat formula, a workload balance for email: the same rows as a simulation, in
an instant. Every row names its formula.

[bold]Examples[/]

  ccplan approximate help-desk

  ccplan approximate mine.yaml --period interval --json
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, get_args

import typer
from rich.markup import escape

from interface.cli import options, output
from interface.cli.output import number
from interface.cli.result_tables import definitions, show_lost, with_lost
from interface.cli.run import period_named
from interface.losses import losses_by_formula, losses_in_words
from models.centre.approximate import approximate
from scenarios.measures import MEASURES, SERVICE_LEVELS
from scenarios.requirements import Constraint, constraints
from scenarios.scenario import Scenario
from scenarios.yaml import files
from simulator.measure.results import Period

if TYPE_CHECKING:
    import pandas as pd


def command(
    scenario: options.Source,
    period: options.Rows = "horizon",
    check: options.Check = False,
    json: options.Json = False,
) -> None:
    """Run ``ccplan approximate``."""
    centre = files.load(scenario)
    tables = _Tables(centre)
    rows = tables.of(period_named(period))
    if json:
        output.write_json(output.records(rows))
    else:
        _show(centre, tables, rows)
    raise typer.Exit(1 if check and not all(met for _, _, met in judged(centre, tables.of)) else 0)


class _Tables:
    """Formula results of a scenario by period, each computed once and with progress."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.known: dict[Period, pd.DataFrame] = {}

    def of(self, period: Period) -> pd.DataFrame:
        """The table of a period."""
        if period not in self.known:
            with output.progress("contact types") as advance:
                self.known[period] = approximate(self.scenario, period, progress=advance)
        return self.known[period]


def _value(rows: pd.DataFrame, measure: str, by: str, of: str) -> float:
    values = rows[(rows["measure"] == measure) & (rows["by"] == by) & (rows["of"] == of)]["value"]
    return float(values.iloc[0]) if len(values) else math.nan


def judged(scenario: Scenario, table: Callable[[Period], pd.DataFrame]) -> Iterator[tuple[Constraint, float, bool]]:
    """Each target with the value by formula in its worst period, and whether that meets the limit.

    The value is NaN where there is no formula: for a share of days, or an hour.

    Parameters
    ----------
    table
        Gives the formula results of a period.
    """
    for constraint in constraints(scenario):
        values = _values(constraint, table)
        value = (values.max() if constraint.at_most else values.min()) if len(values) else math.nan
        yield (
            constraint,
            float(value),
            bool(value <= constraint.limit if constraint.at_most else value >= constraint.limit),
        )


def _values(constraint: Constraint, table: Callable[[Period], pd.DataFrame]) -> pd.Series:
    """The values of a constraint's measure in its periods."""
    known = constraint.on_days is None and constraint.every in get_args(Period)
    rows = table(period_named(constraint.every) if known else "horizon")
    selected = (
        (rows["measure"] == constraint.measure) & (rows["of"] == constraint.of) & rows["by"].isin(["type", "group"])
    )
    return rows[selected & known]["value"].dropna()


def _show(scenario: Scenario, tables: _Tables, rows: pd.DataFrame) -> None:
    console = output.out()
    total = tables.of("horizon")
    console.print(f"[bold]{escape(scenario.title or scenario.name)}[/]: by formula, not simulated\n")
    targets = list(judged(scenario, tables.of))
    signs = {True: "[green]✓ met[/]", False: "[red]✗ missed[/]"}
    cells = (
        (
            "[yellow]? no formula[/]" if math.isnan(value) else signs[met],
            *(escape(constraint.of), escape(constraint.text), number(value, MEASURES[constraint.measure].unit)),
        )
        for constraint, value, met in targets
    )
    columns, lost = (
        ("Verdict", "Type", "Target", "Result"),
        [losses_in_words(losses_by_formula(total, constraint.of)) for constraint, *_ in targets],
    )
    title = f"Targets: {sum(met for *_, met in targets)} of {len(targets)} met"
    console.print(output.table(*with_lost(columns, cells, lost), title=title, left=3))
    names = scenario.type_names
    show_lost({name: losses_by_formula(total, name) for name in names})
    console.print(output.table(_COLUMNS, (_cells(scenario, total, name) for name in names)))
    for source, note in _notes(total):
        console.print(f"[yellow]{escape(source)}[/]: {escape(note)}")
    if rows is not total:
        console.print(_by_period(rows))
    console.print(definitions(scenario), style="dim")


_COLUMNS = ("Type", "Formula", "Offered", "Service level", "Abandonment", "ASA", "P90 wait")


def _cells(scenario: Scenario, rows: pd.DataFrame, name: str) -> tuple[str, ...]:
    contact_type = scenario.contact_type(name)
    level = SERVICE_LEVELS[contact_type.target_definition]
    formula = rows[(rows["by"] == "type") & (rows["of"] == name) & (rows["measure"] == level)]["source"]
    measures = (level, "abandonment", "asa", "wait_p90")
    values = (_value(rows, measure, "type", name) for measure in measures)
    units = ("share", "share", "s", "s")
    return (
        escape(name),
        escape(str(formula.iloc[0]) if len(formula) else "–"),
        number(_value(rows, "offered", "type", name) / scenario.horizon.days, "contacts"),
        *(number(value, unit) for value, unit in zip(values, units, strict=True)),
    )


def _notes(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """The assumptions of each formula, once."""
    contact_types = rows[(rows["by"] == "type") & (rows["note"] != "")]
    pairs = zip(contact_types["of"], contact_types["note"], strict=True)
    return list(dict.fromkeys((str(of), str(note)) for of, note in pairs))


def _by_period(rows: pd.DataFrame) -> object:
    """A row for each type and period in which something arrives."""
    chosen = rows[rows["by"] == "type"].pivot_table(index=["of", "start"], columns="measure", values="value")
    names = [name for name in ("offered", "service_level", "abandonment", "asa") if name in chosen]
    chosen = chosen[chosen["offered"] > 0]
    lines = (
        (escape(str(of)), str(start), *(number(float(row[name]), MEASURES[name].unit) for name in names))
        for (of, start), row in zip(chosen.index, output.records(chosen), strict=True)
    )
    return output.table(("Type", "From", *(MEASURES[name].label for name in names)), lines, left=2)
