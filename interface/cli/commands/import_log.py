"""Turn a contact log or an interval report into a scenario: volumes, handle times, patience and staffing.

The file tells which it is: a row for each contact, the events of an Asterisk queue log, or counts by interval or day,
in CSV or Excel. Columns of a report are recognised by their headers (English, German, Spanish, French, Russian, Arabic)
and by sums that agree; a mapping corrects them. With --output NAME.csv the history is written instead of a scenario.

Reports what was read, repaired and dropped, and the sample behind each estimate. Without --output the scenario goes to
standard output. With --json: what was observed, as rows. To see how well it reproduces the log: ccplan backtest.

[bold]Examples[/]

  ccplan import calls.csv --output last-week.yaml

  ccplan import calls.csv.gz --mapping bank --output bank.yaml

  ccplan import half-hours.xlsx --mapping avaya --output last-week.yaml

  ccplan import half-hours.xlsx --log-ins roster.xlsx --output last-week.yaml

  ccplan import half-hours.xlsx --save-mapping ours.yaml --output history.csv

  ccplan import half-hours.xlsx --redials --redial-probability 0.5 --redial-delay "10 min" --output first.yaml
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from interface.cli import options, output
from interface.cli.import_report import ReportOptions, import_report, show, write_table
from interface.cli.layouts import layout_named
from interface.cli.scenario_files import save
from models.calibration.calibrate import calibrate
from models.calibration.estimates import estimates
from models.calibration.first_attempts import USUAL_DELAY, USUAL_PROBABILITY, RedialAssumption
from models.calibration.from_records import observed, profile_notes, to_scenario
from models.calibration.redials import without_redials
from models.calibration.staffing_seen import with_log_ins
from scenarios.errors import InvalidValue
from scenarios.interval_report.exports import read_export
from scenarios.interval_report.history_table import contacts_by_interval
from scenarios.interval_report.log_ins import read_log_ins
from scenarios.interval_report.reading import IntervalReport
from scenarios.units import duration, seconds, written
from scenarios.yaml import files

if TYPE_CHECKING:
    import pandas as pd


def command(
    log: options.Log,
    mapping: options.Columns = "generic",
    target: Annotated[Path | None, typer.Option("--output", "-o", help="Write the scenario to this file.")] = None,
    interval: Annotated[
        str | None, typer.Option(help="Length of an interval, for a contact log; 30 min, if not given.")
    ] = None,
    share: Annotated[float, typer.Option(help="Service level target: share of contacts to be answered in time.")] = 0.8,
    within: Annotated[str, typer.Option(help="Service level target: answer within this time.")] = "20s",
    handle: Annotated[
        str, typer.Option(help="Handle times: observed, or fitted (the best-fitting distribution).")
    ] = "observed",
    patience: Annotated[str, typer.Option(help="Patience: observed (Kaplan-Meier), or exponential.")] = "observed",
    redials: Annotated[
        bool,
        typer.Option(
            "--redials",
            help="Take redials out of the contacts, and model them by a rule: by caller ids of a log, else as assumed.",
        ),
    ] = False,
    redial_probability: Annotated[
        float, typer.Option(help="Of a report with --redials: the share of those who abandon that contacts again.")
    ] = USUAL_PROBABILITY,
    redial_delay: Annotated[
        str, typer.Option(help="Of a report with --redials: the mean time from abandoning to the next attempt.")
    ] = written(USUAL_DELAY),
    save_mapping: Annotated[
        Path | None, typer.Option(help="Write the mapping of an interval report, as it was read, to this YAML file.")
    ] = None,
    log_ins: Annotated[
        Path | None,
        typer.Option(help="Roster or log-ins (agent, date, start, end, breaks): agents on duty by interval and group."),
    ] = None,
    json: options.Json = False,
) -> None:
    """Run ``ccplan import``."""
    length, limit = seconds(interval or "30 min", "interval"), duration(within, "within")
    with output.progress("rows") as bar:
        records = read_export(log, layout_named(mapping), progress=bar)
    if isinstance(records, IntervalReport):
        if interval is not None and length != records.interval:
            raise InvalidValue("interval", interval, f"the report has intervals of {written(records.interval)}")
        assumed = RedialAssumption(redial_probability, duration(redial_delay, "redial-delay")) if redials else None
        name = _name(target or log)
        import_report(records, ReportOptions(name, target, share, limit, save_mapping, log_ins, json, assumed))
        return
    if target is not None and target.suffix == ".csv":
        counted = without_redials(records) if redials else records
        write_table(contacts_by_interval(counted, length), target)
        show(records.report, output.out())
        if redials:
            output.out().print(f"{len(records) - len(counted):,} redials left out, by caller ids")
        output.out().print(f"Saved to {escape(str(target))}. Next: ccplan forecast {escape(str(target))}")
        return
    calibration = calibrate(records, length)
    scenario = to_scenario(
        calibration,
        _name(target or log),
        share=share,
        within=limit,
        handle="fitted" if _one_of("handle", handle, ("observed", "fitted")) == "fitted" else "observed",
        patience=_patience(patience),
        redials=redials,
        transfers=True,
    )
    remarks: list[str] = []
    if log_ins is not None:
        scenario, remarks = with_log_ins(scenario, read_log_ins(log_ins), log_ins.name)
    if target is not None:
        save(files.dump(scenario), target)
    if json:
        show(records.report, output.err())
        output.write_json(output.records(observed(records, records.horizon(length), limit)))
        return
    console = output.err() if target is None else output.out()
    show(records.report, console)
    console.print(_estimates(estimates(calibration)))
    for caveat in (*calibration.caveats, *profile_notes(calibration), *remarks):
        console.print(f"[yellow]Note[/] {escape(caveat)}")
    if target is None:
        output.write(files.dump(scenario))
    else:
        console.print(f"Saved to {escape(str(target))}. Next: ccplan simulate {escape(str(target))}")


def _one_of(field: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise InvalidValue(field, value, f"choose one of {', '.join(known)}")
    return value


def _patience(value: str) -> Literal["observed", "exponential"]:
    chosen = _one_of("patience", value, ("observed", "exponential"))
    return "exponential" if chosen == "exponential" else "observed"


def _name(path: Path) -> str:
    """The name of a scenario, from that of a file."""
    return path.name.split(".")[0][:60] or "imported"


def _estimates(rows: pd.DataFrame) -> object:
    lines = (
        (
            *(escape(str(row["of"])), escape(str(row["estimate"]))),
            f"{row['value']:,.3g} {row['unit']}" if row["value"] < 10 else f"{row['value']:,.0f} {row['unit']}",
            f"± {row['error']:.2g}" if row["error"] == row["error"] else "",
            escape(str(row["note"])),
        )
        for row in output.records(rows)
        if row["estimate"] != "family" and row["value"] == row["value"]
    )
    return output.table(("Contact type", "Estimate", "Value", "Std. error", "Sample"), lines, left=2)
