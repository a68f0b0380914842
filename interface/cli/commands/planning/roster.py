"""Make a roster of named people: contracts, skills, rest and days off kept, wishes met where possible.

[bold]Examples[/]

  ccplan roster people.yaml --shifts shifts.yaml --output roster.xlsx

  ccplan roster team.xlsx --seconds 120 --output roster.xlsx --calendars calendars

  ccplan roster team.xlsx --keep roster.xlsx --output roster.xlsx

  ccplan roster team.xlsx --json
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from interface.cli import options, output
from interface.cli.scenario_files import refuse_target, save, save_bytes
from interface.rosters.files import roster_csv
from models.rostering.read import read_kept, read_problem
from models.rostering.report import assignments, fairness, head_gaps, spread, unfair_shares, unmet_wishes
from models.rostering.search import SECONDS, Roster, RosterStep, solve_roster
from scenarios.errors import InvalidFile, InvalidValue

LISTED = 20
"""Unmet wishes and days with people too few that are printed."""


def command(
    people: Annotated[
        Path, typer.Argument(help="People, contracts, wishes: a YAML file or a workbook.", show_default=False)
    ],
    shifts: Annotated[Path | None, typer.Option(help="Shifts and heads, unless the first file has them.")] = None,
    keep: Annotated[
        Path | None, typer.Option(help="A roster workbook: assignments marked with ! in its sheet Roster are kept.")
    ] = None,
    seconds: Annotated[float, typer.Option(help="The time of the search.")] = SECONDS,
    seed: Annotated[int, typer.Option(help="Of the search's random choices.")] = 1,
    target: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where the roster is written: .xlsx or .csv.")
    ] = None,
    calendars: Annotated[
        Path | None, typer.Option(help="A folder for a calendar (.ics) of each person; those in it are updated.")
    ] = None,
    json: options.Json = False,
) -> None:
    """Run ``ccplan roster``."""
    if not seconds > 0:
        raise InvalidValue("seconds", seconds, "give the search some time, as in 60")
    if target is not None and target.suffix.lower() not in (".xlsx", ".csv"):
        raise InvalidValue("output", str(target), "name a file that ends in .xlsx or .csv")
    refuse_target(target)
    problem = read_problem(people, *([shifts] if shifts else []))
    if keep is not None:
        problem = problem.fix(read_kept(keep, problem))
    with output.progress("seconds") as bar:

        def show(step: RosterStep) -> None:
            bar(round(step.seconds), round(seconds))
            bar.show(f"cost {step.cost:,.0f}, bound {step.bound:,.0f}: {step.doing}")

        roster = solve_roster(problem, seconds=seconds, seed=seed, progress=show)
    if target is not None:
        save_bytes(roster_csv(roster) if target.suffix.lower() == ".csv" else _workbook(roster), target)
    if calendars is not None:
        _write_calendars(roster, calendars)
    if json:
        output.write_json(output.records(assignments(roster)))
        output.note(_summary(roster))
        return
    _show(roster)
    for path in (target, calendars):
        if path is not None:
            output.out().print(f"Written to {escape(str(path))}")


def _summary(roster: Roster) -> str:
    bound = f"lower bound {roster.bound:,.6g}, gap {roster.gap:.1%}"
    return f"Cost of unmet wishes, over and under: {roster.cost:,.6g} ({bound}); search: {roster.ended}"


def _show(roster: Roster) -> None:
    console = output.out()
    shares, unmet, gaps = fairness(roster), unmet_wishes(roster), head_gaps(roster)
    lines = [
        [escape(str(row["person"])), f"{row['paid_hours']:.1f}"]
        + [str(row[name]) for name in ("shifts", "evenings", "nights", "weekends")]
        + [f"{row['wishes_met']} of {row['wishes']}"]
        for row in output.records(shares)
    ]
    headers = ("person", "paid hours", "shifts", "evenings", "nights", "weekends", "wishes met")
    console.print(output.table(headers, lines))
    console.print(escape(_summary(roster)))
    fair = ", ".join(f"{name} {least} to {most}" for name, (least, most) in spread(shares).items())
    console.print(f"Fairness, least to most of a person: {fair}")
    few = output.records(gaps[gaps["net"] < 0])
    _list("Understaffed", [f"{row['date']} {row['shift']}: {row['planned']} of {row['required']}" for row in few])
    wishes = [f"{row['person']}, {row['date']}: {row['wish']}; given {row['given']}" for row in output.records(unmet)]
    above = output.records(unfair_shares(roster))
    _list(
        "Above fair share",
        [f"{row['person']}: {row['shifts']} {row['share']} shifts, {row['fair']} would be fair" for row in above],
    )
    _list("Unmet wishes", wishes)


def _list(title: str, texts: list[str]) -> None:
    console = output.out()
    console.print(f"[bold]{title}[/]: {len(texts) or 'none'}")
    for text in texts[:LISTED]:
        console.print(f"  {escape(text)}")
    if len(texts) > LISTED:
        console.print(f"  and {len(texts) - LISTED} more; all are in the workbook (--output roster.xlsx)")


def _workbook(roster: Roster) -> bytes:
    from interface.rosters.workbook import roster_workbook

    return roster_workbook(roster)


def _write_calendars(roster: Roster, folder: Path) -> None:
    from interface.rosters.calendars import calendar, file_name

    stamp = datetime.now(UTC)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidFile(folder, "", f"cannot be made: {error.strerror}", "choose another folder") from None
    for number, person in enumerate(roster.problem.people):
        path = folder / file_name(person.name)
        try:
            before = path.read_bytes().decode("utf-8", "replace") if path.exists() else ""
        except OSError as error:
            raise InvalidFile(path, "", f"cannot be read: {error.strerror}", "choose another folder") from None
        save(calendar(roster, number, stamp=stamp, before=before), path)
