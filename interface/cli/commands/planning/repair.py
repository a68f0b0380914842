"""Repair the shifts of a day after a re-forecast: breaks moved, overtime, voluntary leave, deferred work postponed.

The scenario has shifts, as ccplan shifts --into writes them. The new demand of the day is a scenario that
ccplan forecast --today --onto --output wrote, or the scenario's own with its volume multiplied. The smallest repair is
found and proved; what has begun before --at stays. Breaks move within the windows of the patterns.

[bold]Examples[/]

  ccplan repair mine.yaml --at 11:00 --volume 1.15

  ccplan forecast history.csv --today today.csv --onto mine.yaml --output today.yaml

  ccplan repair mine.yaml --at 11:00 --revised today.yaml --patterns patterns.yaml --csv changes.csv

  ccplan repair mine.yaml --at 11:00 --revised today.yaml --into repaired.yaml
"""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from interface import export
from interface.cli import options, output
from interface.cli.scenario_files import refuse_target, save, save_bytes
from interface.shift_files import repair_table
from models.scheduling.from_scenario import plan_of_scenario, with_day_of
from models.scheduling.options import Ints
from models.scheduling.patterns import ShiftRules, default_rules, read_rules
from models.scheduling.repair import Repair, RepairRules, repair, requirement_and_deferred
from models.scheduling.to_scenario import scenario_with_shifts
from models.whatif.factors import changed, factor
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.scenario import Scenario
from scenarios.shifts.staffing import ShiftStaffing
from scenarios.units import DAY, HOUR, MINUTE, seconds
from scenarios.yaml import files


def command(
    scenario: options.Source,
    at: Annotated[str, typer.Option(help="From when shifts can be changed, such as 11:00.", show_default=False)],
    day: Annotated[
        str | None,
        typer.Option(help="Its date; by default that of --revised, else the first day.", show_default=False),
    ] = None,
    revised: Annotated[
        Path | None,
        typer.Option(help="The day as it is now expected: a scenario of that day.", show_default=False),
    ] = None,
    volume: Annotated[float, typer.Option(help="Or: times the volume of the scenario, such as 1.15.")] = 1.0,
    patterns: Annotated[
        Path | None,
        typer.Option(help="The shift patterns: windows of breaks and costs.", show_default=False),
    ] = None,
    overtime: Annotated[float, typer.Option(help="Hours that a person may stay longer, at most.")] = 2.0,
    leave: Annotated[float, typer.Option(help="Hours that a person may go home earlier, at most.")] = 4.0,
    csv: Annotated[Path | None, typer.Option(help="Write a row for each change here.", show_default=False)] = None,
    into: Annotated[
        Path | None, typer.Option(help="Write the scenario with the repaired shifts here.", show_default=False)
    ] = None,
    json: options.Json = False,
) -> None:
    """Run ``ccplan repair``."""
    centre = files.load(scenario)
    for target in (csv, into):
        refuse_target(target)
    if into is not None:
        _refuse_names(centre)
    if not (math.isfinite(volume) and volume > 0):
        raise InvalidValue("volume", volume, "give a factor above 0, such as 1.15")
    if revised is not None and volume != 1.0:
        raise InvalidValue("volume", volume, "give either --revised or --volume")
    rules = read_rules(patterns) if patterns is not None else default_rules(min(centre.horizon.interval, 15 * MINUTE))
    expected = None if revised is None else files.load_file(revised)
    number = _day_number(centre, expected, day)
    required, deferred = _requirement(centre, expected, volume, number, rules)
    plan = plan_of_scenario(centre, rules, required)
    since = seconds(at, "at")
    if since >= DAY:
        raise InvalidValue("at", at, "give a time of day before 24:00, such as 11:00")
    now = number * plan.grid.per_day + min(math.ceil(since / rules.interval), plan.grid.per_day - 1)
    needed = {name: required[name] for name in plan.problem.requirement}
    result = repair(
        plan, needed, now, deferred=deferred, rules=RepairRules(max_overtime=overtime * HOUR, max_leave=leave * HOUR)
    )
    table = repair_table(result)
    if csv is not None:
        save_bytes(export.csv(table), csv)
    if into is not None:
        save(files.dump(scenario_with_shifts(result.plan)), into)
    if json:
        output.write_json([_summary(result, plan.time(now).isoformat(" ", "minutes")), *output.records(table)])
        return
    _show(result, f"{plan.time(now):%a %d %b %H:%M}")
    for path in filter(None, (csv, into)):
        output.out().print(f"Written to {escape(str(path))}")


def _refuse_names(centre: Scenario) -> None:
    """A repair counts people alike: it cannot say which named person's day changes."""
    for group in centre.agent_groups:
        if isinstance(group.staffing, ShiftStaffing) and group.staffing.people:
            raise InvalidScenario(
                f"agent_groups.{group.name}.staffing.people",
                "a repair says how many people change their day, not who; written back, their names would be lost",
                "leave out --into, and take the changes from --csv",
            )


def _day_number(centre: Scenario, expected: Scenario | None, day: str | None) -> int:
    """The day of the horizon that is repaired; a day outside it is that of the same weekday."""
    horizon = centre.horizon
    try:
        when = date.fromisoformat(day) if day else (expected.horizon.start if expected else horizon.start)
    except ValueError:
        raise InvalidValue("day", day, "write a date such as 2026-03-02") from None
    number = (when - horizon.start).days
    if day is None and not 0 <= number < horizon.days:
        number %= 7
    if not 0 <= number < horizon.days:
        raise InvalidValue("day", str(when), f"the horizon begins on {horizon.start} and has {horizon.days} days")
    return number


def _requirement(
    centre: Scenario, expected: Scenario | None, volume: float, day: int, rules: ShiftRules
) -> tuple[dict[str, Ints], dict[str, Ints]]:
    """People required, and the part of them for deferred work, by group and interval of the rules."""
    if expected is None:
        return requirement_and_deferred(changed(centre, factor("volume"), volume), rules.interval)
    if expected.group_names != centre.group_names:
        known, names = ", ".join(centre.group_names), ", ".join(expected.group_names)
        raise InvalidValue("revised, agent groups", names, f"it must have those of the scenario: {known}")
    if expected.horizon.days != 1:
        raise InvalidValue("revised, days", expected.horizon.days, "give the scenario of one day")
    per_day = round(DAY / rules.interval)
    planned = requirement_and_deferred(centre, rules.interval)
    today = requirement_and_deferred(expected, rules.interval)
    required, deferred = (
        with_day_of(before, after, day, per_day) for before, after in zip(planned, today, strict=True)
    )
    return required, deferred


def _summary(result: Repair, since: str) -> dict[str, object]:
    hours = result.plan.rules.interval / HOUR
    return {
        "row": "summary",
        "from": since,
        "understaffed_hours_before": result.missing_before,
        "understaffed_hours": result.missing,
        "deferred_hours_postponed": sum(int(values.sum()) for values in result.put_down.values()) * hours,
        "price": result.price,
        "proved": result.proved,
    }


def _show(result: Repair, since: str) -> None:
    console = output.out()
    summary = _summary(result, since)
    lines = [[escape(str(value)) for value in row.values()] for row in output.records(repair_table(result))]
    columns = ("Agent group", "Shift", "Action", "Change", "People")
    if lines:
        console.print(output.table(columns, lines, title=f"Changes from {since}", left=4))
    else:
        console.print(f"No shift needs to change from {since}.")
    proof = "no smaller repair exists" if result.proved else "best within the time limit"
    console.print(
        f"Understaffed hours until the end of the day: {result.missing:,.2f} "
        f"(without the repair {result.missing_before:,.2f})"
    )
    console.print(f"Deferred work postponed: {summary['deferred_hours_postponed']:,.2f} h")
    price = f"{result.price:,.2f} {result.plan.scenario.currency}".rstrip()
    console.print(f"Price of the repair (wages, changes, 1,000 for each hour of a missing person): {price}; {proof}")
