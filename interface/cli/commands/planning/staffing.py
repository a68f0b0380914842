"""Write the staffing of a scenario as a workbook, and read it back: agents by interval, shifts, breaks, named people.

A group is on the sheet Agents, by interval, or on the sheets Shifts, Breaks and People; which of them decides how
its staffing is given. Groups that no sheet names keep their staffing.

[bold]Examples[/]

  ccplan staffing mine.yaml --excel staffing.xlsx

  ccplan staffing mine.yaml --read staffing.xlsx --output mine.yaml
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from interface.cli import options, output
from interface.cli.scenario_files import refuse_target, save, save_bytes
from scenarios.rosters.tables import file_content
from scenarios.yaml import files


def command(
    scenario: options.Source,
    excel: Annotated[Path | None, typer.Option(help="Write the workbook here.", show_default=False)] = None,
    read: Annotated[
        Path | None, typer.Option(help="Take the staffing of this workbook into the scenario.", show_default=False)
    ] = None,
    target: options.Output = None,
    json: options.Json = False,
) -> None:
    """Run ``ccplan staffing``."""
    from scenarios.shifts.workbook import with_staffing

    centre = files.load(scenario)
    for path in (excel, target):
        refuse_target(path)
    if read is not None:
        centre = with_staffing(centre, file_content(read), read.name)
    if excel is not None:
        from interface.staffing_workbook import staffing_workbook

        save_bytes(staffing_workbook(centre), excel)
    if target is not None:
        save(files.dump(centre), target)
    rows = [
        {
            "group": group.name,
            "staffing": "agents by interval" if group.shifts is None else "shifts",
            "agent_hours": float(group.planned_duty(centre.horizon).sum()) / 3600,
            "shifts": 0 if group.shifts is None else len(group.shifts.shifts),
            "people": 0 if group.shifts is None else group.shifts.person_count,
        }
        for group in centre.agent_groups
    ]
    if json:
        output.write_json(rows)
        return
    lines = (
        (escape(str(row["group"])), str(row["staffing"]), f"{row['agent_hours']:,.1f}", str(row["people"] or "–"))
        for row in rows
    )
    output.out().print(output.table(("Group", "Staffing", "Agent-hours", "People"), lines, title="Staffing", left=2))
    for path in filter(None, (excel, target)):
        output.err().print(f"Saved to {escape(str(path))}.")
