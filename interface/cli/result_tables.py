"""Tables of simulated results for a terminal: targets, contact types, agent groups, periods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.markup import escape

from interface.cli import output
from interface.cli.output import between, number
from interface.losses import WAYS, losses_in_words, percent_lost, simulated_losses
from scenarios.measures import MEASURES, SERVICE_LEVELS
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MET, MISSED
from scenarios.units import written
from simulator.measure.results import Period, Results
from simulator.measure.targets import verdict

SIGNS = {
    MET: "[green]✓ met[/]",
    MISSED: "[red]✗ missed[/]",
    INCONCLUSIVE: "[yellow]? inconclusive[/]",
}
"""How a verdict is printed."""
_GOOD_DAYS = " Days met: share of days on which the target is met. Bad day: one day in ten is worse."
_FEW = 3
"""Targets that are shown while a simulation runs."""
_PERIODS = ("service_level", "abandonment", "asa", "offered", "backlog", "occupancy")
"""Measures shown for each day or interval."""


def show(results: Results, period: Period = "horizon") -> None:
    """Print the results: targets first."""
    console, scenario = output.out(), results.scenario
    title = scenario.title or scenario.name
    days = "1 day" if scenario.horizon.days == 1 else f"{scenario.horizon.days} days"
    settings = f"{results.replications} replications of {days}, seed {results.seed}, engine {results.engine}"
    console.print(f"[bold]{escape(title)}[/]: {settings}\n")
    show_targets(results)
    show_lost({name: simulated_losses(results, name) for name in _rows_of(scenario)})
    console.print(_types(results))
    console.print(_groups(results))
    if period != "horizon":
        console.print(_over_time(results, period))
    console.print(f"CI: confidence interval. {definitions(scenario)}{_GOOD_DAYS}", style="dim")


def results_line(results: Results) -> str:
    """The targets in a line, with half-widths of their confidence intervals."""
    rows = output.records(verdict(results))[:_FEW]
    return ", ".join(f"{row['type']} {_with_error(row)}" for row in rows)


def _with_error(row: Mapping[str, Any]) -> str:
    unit = MEASURES[row["measure"]].unit
    width = number((row["high"] - row["low"]) / 2, unit)
    return f"{number(row['value'], unit)} ± {width}"


def show_targets(results: Results, title: str = "") -> None:
    """Print which targets are met, with the contacts lost."""
    console, rows = output.out(), verdict(results)
    if rows.empty:
        console.print("No contact type has a target.\n")
        return
    met = int((rows["status"] == MET).sum())
    of_types = [MEASURES[name].of == "contacts" for name in rows["measure"]]
    pairs = zip(rows["type"], of_types, strict=True)
    lost = [losses_in_words(simulated_losses(results, name)) if of_type else "" for name, of_type in pairs]
    columns = ("Verdict", "Type", "Target", "Result", "95 % CI", "Days met", "Bad day (1 in 10)")
    cells = (_target_cells(row) for row in output.records(rows))
    heading = f"{title}Targets: {met} of {len(rows)} met"
    console.print(output.table(*with_lost(columns, cells, lost), title=heading, left=3))
    for note in dict.fromkeys(f"{row['type']}: {row['note']}" for row in output.records(rows) if row["note"]):
        console.print(f"[yellow]{escape(note)}[/]")


def _target_cells(row: dict[str, object]) -> tuple[str, ...]:
    measured = MEASURES[str(row["measure"])].unit
    unit = "share" if str(row["note"]).startswith("share of days") else measured
    value, low, high, good, bad = (float(str(row[key])) for key in ("value", "low", "high", "good_days", "bad_day"))
    sign = SIGNS[str(row["status"])]
    return (
        *(sign, escape(str(row["type"])), escape(str(row["target"]))),
        *(number(value, unit), between(low, high, unit), number(good, "share"), number(bad, measured)),
    )


def _types(results: Results) -> object:
    """A row for each type, and the total of more than one."""
    columns = ("Type", "Offered", "Service level", "95 % CI", "Abandonment", "95 % CI", "ASA", "95 % CI", "P90 wait")
    days = results.scenario.horizon.judged_days
    return output.table(
        columns, ((escape(name), *_type_cells(results, name, days)) for name in _rows_of(results.scenario))
    )


def with_lost(
    columns: Sequence[str], cells: Iterable[tuple[str, ...]], lost: Sequence[str]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Columns and cells with the contacts lost in words, where any were."""
    rows = list(cells)
    if not any(lost):
        return tuple(columns), rows
    return (*columns, "Lost, of all contacts"), [(*row, text) for row, text in zip(rows, lost, strict=True)]


def show_lost(lost: Mapping[str, Mapping[str, float]]) -> None:
    """Print the contacts lost of each type, a column for each way in which any were; nothing where none was."""
    ways = [way for way in WAYS if any(way in shares for shares in lost.values())]
    rows = ((escape(name), *(percent_lost(shares.get(way, 0.0)) for way in ways)) for name, shares in lost.items())
    if ways:
        columns = ("Type", *(MEASURES[way].label for way in ways))
        output.out().print(output.table(columns, rows, title="Lost, of all contacts"))


def _rows_of(scenario: Scenario) -> list[str]:
    """The types, and all of them together where there are several."""
    return [*scenario.type_names, *(["all"] if len(scenario.contact_types) > 1 else [])]


def _type_cells(results: Results, name: str, days: float) -> Iterator[str]:
    yield number(float(results.estimate("offered").value[results.place("offered", name)]) / days, "contacts")
    level = SERVICE_LEVELS[_definition(results.scenario, name)]
    for measure in (level, "abandonment", "asa"):
        estimate, place = results.estimate(measure), results.place(measure, name)
        unit = MEASURES[measure].unit
        yield number(float(estimate.value[place]), unit)
        yield between(float(estimate.low[place]), float(estimate.high[place]), unit)
    yield number(float(results.wait_quantile(name, 0.9).value), "s")


def _definition(scenario: Scenario, name: str) -> str:
    target = next((contact_type.target for contact_type in scenario.contact_types if contact_type.name == name), None)
    return target.definition if target else "offered"


def _groups(results: Results) -> object:
    """A row for each group."""
    currency = results.scenario.currency
    columns = ("Group", "Agents (mean)", "Occupancy", "95 % CI", "Overtime (h)", f"Wages {currency}".strip())
    return output.table(columns, ([*_group_cells(results, group.name)] for group in results.scenario.agent_groups))


def _group_cells(results: Results, name: str) -> Iterator[str]:
    def at(measure: str, part: str = "value") -> float:
        return float(getattr(results.estimate(measure), part)[results.place(measure, name)])

    yield escape(name)
    yield number(at("present"), "agents")
    yield number(at("occupancy"), "share")
    yield between(at("occupancy", "low"), at("occupancy", "high"), "share")
    yield number(at("overrun") / 3600, "h")
    yield number(at("wages"), "money")


def _over_time(results: Results, period: Period) -> object:
    """The chosen measures of everything together by day or interval, one row each."""
    rows = results.table(period, _PERIODS)
    total = rows[rows["by"] == "total"]
    wide = total.pivot_table(index="start", columns="measure", values="value", sort=True)
    wide = wide.reindex(columns=list(_PERIODS))
    wide = wide[(wide["offered"] > 0) | (wide["backlog"] > 0) | wide["occupancy"].notna()]
    lines = (
        (str(start), *(number(float(row[name]), MEASURES[name].unit) for name in _PERIODS))
        for start, row in wide.iterrows()
    )
    return output.table(("From", *(MEASURES[name].label for name in _PERIODS)), lines, title="All contact types")


def definitions(scenario: Scenario) -> str:
    """Definitions of the printed service level and waits in this scenario."""
    by_meaning: dict[str, list[str]] = {}
    for contact_type in scenario.contact_types:
        if contact_type.answer_within is not None:
            text = MEASURES[SERVICE_LEVELS[contact_type.target_definition]].definition
            text = text.replace("the target time", written(contact_type.answer_within))
            by_meaning.setdefault(text, []).append(contact_type.name)
    levels = "; ".join(f"{text} ({', '.join(names)})" for text, names in by_meaning.items())
    service_level = f"Service level: {levels}. " if levels else ""
    return (
        f"{service_level}Offered: contacts that reached the agent queue, per day. Abandonment: abandoned / offered. "
        "ASA: mean wait of answered contacts. P90 wait: 90th percentile, of answered and abandoned contacts."
    )
