"""``ccplan import`` of an interval report: how it was read, and the scenario or the history made from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from interface.cli import output
from interface.cli.history_files import history_table
from interface.cli.scenario_files import save
from interface.disarm import disarmed
from models.calibration.first_attempts import RedialAssumption, without_assumed_redials
from models.calibration.from_report import TypeReport, scenario_of
from models.calibration.staffing_seen import with_log_ins
from scenarios.contact_log.records import Report
from scenarios.interval_report.log_ins import read_log_ins
from scenarios.interval_report.mapping import mapping_text
from scenarios.interval_report.reading import IntervalReport
from scenarios.yaml import files

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

_SHOWN_ROWS = 4


@dataclass(frozen=True)
class ReportOptions:
    """What is made from a report."""

    name: str
    target: Path | None
    share: float
    within: float
    mapping_file: Path | None
    log_ins: Path | None
    json: bool
    redials: RedialAssumption | None = None


def import_report(report: IntervalReport, options: ReportOptions) -> None:
    """Show how a report was read, and write the scenario of its days, or the history where a .csv is asked for.

    Raises
    ------
    InvalidFile
        If a file cannot be written, or the report tells too little for a scenario, or for redials.
    """
    if options.mapping_file is not None:
        save(mapping_text(report.mapping), options.mapping_file)
    to_history = options.target is not None and options.target.suffix == ".csv"
    plain_output = options.target is None or options.json
    console = output.err() if plain_output else output.out()
    _show_report(report, console)
    history, remarks = without_assumed_redials(report, options.redials)
    if options.json:
        output.write_json(output.records(history_table(history)))
    if to_history and options.target is not None:
        write_table(history_table(history), options.target)
        _show_notes(remarks, console)
        console.print(f"Saved to {escape(str(options.target))}. Next: ccplan forecast {escape(str(options.target))}")
        return
    if options.json and options.target is None:
        return
    scenario, types, notes = scenario_of(
        report, options.name, share=options.share, within=options.within, redials=options.redials
    )
    if options.log_ins is not None:
        scenario, remarks = with_log_ins(scenario, read_log_ins(options.log_ins), options.log_ins.name)
        notes += [f"agents on duty are those of {options.log_ins.name}", *remarks]
    console.print(_estimates(types))
    _show_notes(notes, console)
    if options.target is None:
        output.write(files.dump(scenario))
        return
    save(files.dump(scenario), options.target)
    console.print(f"Saved to {escape(str(options.target))}. Next: ccplan simulate {escape(str(options.target))}")


def _show_notes(notes: list[str], console: Console) -> None:
    for note in notes:
        console.print(f"[yellow]Note[/] {escape(note)}")


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a history as CSV.

    Raises
    ------
    InvalidFile
        If the file cannot be written.
    """
    text = disarmed(table).to_csv(index=False, float_format="%.10g", date_format="%Y-%m-%d %H:%M", lineterminator="\n")
    save(text, path)


def show(report: Report, console: Console) -> None:
    """Print how the rows of a file were read, repaired and dropped, and what is suspicious about them as a whole."""
    _show_lines(report.lines(), report, console)


def _show_report(report: IntervalReport, console: Console) -> None:
    _show_lines(report.described(), report.report, console)
    rows = history_table(report).head(_SHOWN_ROWS)
    headers = [str(name) for name in rows.columns]
    lines = [[_cell(name, value) for name, value in row.items()] for row in output.records(rows)]
    console.print(output.table(headers, lines, left=2))


def _show_lines(lines: list[str], report: Report, console: Console) -> None:
    for line in lines:
        console.print(escape(line))
    if report.suspicions:
        odd = ((escape(row.issue), escape(row.evidence), escape(row.remedy)) for row in report.suspicions)
        console.print(output.table(("Suspicious", "Evidence", "Remedy"), odd, left=3))


def _cell(column: str, value: Any) -> str:
    if isinstance(value, float):
        return output.number(value, "s" if column in ("aht", "asa") else "contacts")
    return escape(str(value)[:16] if column == "when" else str(value))


def _estimates(types: list[TypeReport]) -> object:
    lines = []
    for part in types:
        patience = part.patience
        shown = f"{patience.mean:,.0f} s ({patience.low:,.0f} to {patience.high:,.0f})" if patience else "not told"
        most, source = f"{part.agents.max():,.0f}", part.agents_from.partition(": ")[2]
        cells = (part.name, f"{part.offered.sum():,.0f}", f"{part.aht:,.0f} s", shown, most, source)
        lines.append(tuple(escape(cell) for cell in cells))
    headers = ("Contact type", "Offered", "AHT", "Patience", "Most agents", "Agents from")
    return output.table(headers, lines, left=1)
