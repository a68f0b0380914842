"""Sort contacts into green, yellow and red zones, by process and criterion, with a ranked plan: the traffic light.

Simulates a month of the scenario, or reads a contact log (--log). A contact is as bad as its worst criterion: the wait,
by the zones of the scenario or those of its channel, and the number of the contact within its case.

[bold]Examples[/]

  ccplan quality help-desk

  ccplan quality retail-weekday --days 280 --json > zones.json

  ccplan quality --log calls.csv.gz --mapping bank
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from interface.app.quality_tables import (
    RESPONDING,
    headline,
    limits_table,
    linked_table,
    plan_table,
    survey_table,
    zones_table,
)
from interface.cli import options, output
from interface.cli.layouts import log_layout_named
from scenarios.contact_log.records import read_records
from scenarios.errors import InvalidValue
from scenarios.yaml import files
from studies.service_quality import MONTH, ServiceQuality, recorded_quality, simulated_quality


def command(
    scenario: Annotated[
        str | None, typer.Argument(help="Scenario: a YAML file or the name of a preset.", show_default=False)
    ] = None,
    log: Annotated[
        Path | None, typer.Option(help="Contact log instead: .csv, .csv.gz or .xlsx.", show_default=False)
    ] = None,
    mapping: options.Columns = "generic",
    days: Annotated[int, typer.Option(help="Simulated days.")] = MONTH,
    seed: options.Seed = 1,
    json: options.Json = False,
) -> None:
    """Run ``ccplan quality``."""
    if (scenario is None) == (log is None):
        raise InvalidValue("scenario", scenario, "name a scenario, or a contact log with --log")
    if log is not None:
        found = recorded_quality(read_records(log, log_layout_named(mapping)))
    else:
        centre = files.load(str(scenario))
        with output.progress("Simulated days") as advance:
            found = simulated_quality(centre, days, seed, step=advance)
    if json:
        output.write_json(output.records(found.light.table))
        return
    _show(output.out(), found)


def _show(console: Console, found: ServiceQuality) -> None:
    console.print(f"[bold]Traffic light[/] {escape(headline(found))}")
    console.print(f"{escape(found.source)}, {found.contacts:,} contacts\n")
    alike = (RESPONDING, RESPONDING, RESPONDING)
    tables = {
        "Zones": limits_table(found),
        "Contacts by zone": zones_table(found),
        "Plan, most red contacts first": plan_table(found),
        "Read together": linked_table(found),
        "Survey, answered by 15 % (satisfaction by zone is an assumption)": survey_table(found, alike),
    }
    for title, rows in tables.items():
        if len(rows):
            texts = [[str(value) for value in row.values()] for row in output.records(rows)]
            console.print(output.table([str(name) for name in rows], texts, title, left=2))
    for process in found.light.small():
        output.note(f"{process}: fewer than 400 contacts; shares may be off by five points. Simulate more days.")
