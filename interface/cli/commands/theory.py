"""``ccplan approximate`` and ``ccplan staff``: what formulas say of a scenario, and the heads that they ask for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from rich.markup import escape

from interface.cli import output
from interface.cli.commands.simulate import definitions, period_named, show_lost, with_lost
from interface.cli.output import number
from interface.losses import in_words, losses_by_formula
from models.centre.approximate import approximate
from models.centre.requirement import STEPS, requirement
from models.centre.staffing import staff
from scenarios.errors import InvalidFile
from scenarios.measures import MEASURES, SERVICE_LEVELS
from scenarios.requirements import Constraint, constraints
from scenarios.scenario import Scenario
from scenarios.yaml import files
from simulator.measure.results import Period

if TYPE_CHECKING:
    import pandas as pd

_STEPS = (
    *("volume", "aht", "load", "for_load", "safety", "for_occupancy", "absence", "rounding", "on_duty"),
    *("breaks", "scheduled"),
)


def approximate_command(source: str, period: str, check: bool, as_json: bool) -> int:
    """Show what formulas say; the exit code."""
    scenario = files.load(source)
    tables = _Tables(scenario)
    rows = tables.of(period_named(period))
    if as_json:
        output.write_json(output.records(rows))
    else:
        _show(scenario, tables, rows)
    return 1 if check and not all(met for _, _, met in judged(scenario, tables.of)) else 0


class _Tables:
    """The formulas' tables of a scenario by period, each worked out once and with progress."""

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
    found = rows[(rows["measure"] == measure) & (rows["by"] == by) & (rows["of"] == of)]["value"]
    return float(found.iloc[0]) if len(found) else math.nan


def judged(scenario: Scenario, table: Callable[[Period], pd.DataFrame]) -> Iterator[tuple[Constraint, float, bool]]:
    """Each wish with the value of the formula, the worst of its periods, and whether that is good enough.

    The value is NaN where formulas cannot tell: for a share of days, or an hour.

    Parameters
    ----------
    table
        What gives the formulas' table of a period.
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
    """The values of a wish's measure in its periods."""
    known = constraint.on_days is None and constraint.every in get_args(Period)
    rows = table(period_named(constraint.every) if known else "horizon")
    mine = (rows["measure"] == constraint.measure) & (rows["of"] == constraint.of) & rows["by"].isin(["type", "group"])
    return rows[mine & known]["value"].dropna()


def _show(scenario: Scenario, tables: _Tables, rows: pd.DataFrame) -> None:
    console = output.out()
    total = tables.of("horizon")
    console.print(f"[bold]{escape(scenario.title or scenario.name)}[/]: by formula, nothing simulated\n")
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
        ("Target", "type", "wanted", "found"),
        [in_words(losses_by_formula(total, constraint.of)) for constraint, *_ in targets],
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


_COLUMNS = ("Type", "formula", "offered", "service level", "abandon", "ASA", "P90 wait")


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
    """What each formula leaves out, once."""
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
    return output.table(("Type", "from", *(MEASURES[name].label.lower() for name in names)), lines, left=2)


# -- staff -----------------------------------------------------------------------------------------------------------


def staff_command(
    source: str,
    max_occupancy: float | None,
    rule: str,
    days: float | None,
    steps: bool,
    target: Path | None,
    as_json: bool,
) -> int:
    """Show the heads that meet the targets by formula, and write the scenario that has them; the exit code."""
    scenario = files.load(source)
    chosen: Any = rule
    plan = staff(scenario, max_occupancy, chosen, days)
    if target is not None:
        save(files.dump(plan), target)
    if as_json:
        found = output.records(requirement(scenario, max_occupancy, chosen, days)) if steps else _heads(scenario, plan)
        output.write_json(found)
        return 0
    _show_plan(scenario, plan)
    if steps:
        _show_steps(requirement(scenario, max_occupancy, chosen, days))
    if target is not None:
        output.err().print(f"Written to {escape(str(target))}. Check it: ccplan simulate {escape(str(target))}")
    return 0


def save(text: str, path: Path) -> None:
    """Write a scenario file.

    Raises
    ------
    InvalidFile
        If that is not possible.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidFile(path, "", f"cannot be written: {error.strerror}", "choose another place") from None


def _heads(before: Scenario, after: Scenario) -> list[dict[str, object]]:
    """A row for each group and interval: heads planned, and what the scenario had."""
    times = after.horizon.times
    return [
        {
            "scenario": after.name,
            "group": name,
            "start": times[i],
            "heads": int(after.staffing[g, i]),
            "before": int(before.staffing[g, i]),
        }
        for g, name in enumerate(after.group_names)
        for i in range(after.horizon.intervals)
    ]


def _show_plan(before: Scenario, after: Scenario) -> None:
    """Heads by interval, neighbours alike told in one row; then agent-hours."""
    console, times = output.out(), [time.strftime("%a %H:%M") for time in after.horizon.times]
    changes = [i for i in range(len(times)) if i == 0 or (after.staffing[:, i] != after.staffing[:, i - 1]).any()]
    lines = ((times[i], *(str(int(count)) for count in after.staffing[:, i])) for i in changes)
    console.print(output.table(("From", *map(escape, after.group_names)), lines, title="Heads that meet the targets"))
    hours = after.horizon.interval / 3600
    old, new = (float(one.staffing.sum()) * hours for one in (before, after))
    console.print(f"{new:,.1f} agent-hours; the scenario had {old:,.1f}.")
    text = "By formula, interval by interval: confirm it by simulation. Shrinkage is paid on top of these heads."
    console.print(text, style="dim")


def _show_steps(rows: pd.DataFrame) -> None:
    """The way from volume to payroll in every interval with contacts."""
    console = output.out()
    chosen = rows[rows["volume"] > 0]
    lines = (
        (escape(str(row["type"])), row["start"].strftime("%a %H:%M"), *(f"{float(row[name]):,.1f}" for name in _STEPS))
        for row in output.records(chosen)
    )
    console.print(output.table(("Type", "from", *_STEPS), lines, title="From volume to people", left=2))
    console.print("; ".join(f"{name}: {STEPS[name]}" for name in _STEPS), style="dim")
