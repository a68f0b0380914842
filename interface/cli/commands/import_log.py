"""Turn a contact log into a scenario: volumes, handle times, patience and staffing.

Reports what was read, repaired and dropped, and the sample behind each estimate. Without --output the scenario goes to
standard output. With --json: what was observed, as rows. To see how well it reproduces the log: ccplan backtest.

[bold]Examples[/]

  ccplan import calls.csv --output last-week.yaml

  ccplan import calls.csv.gz --mapping bank --output bank.yaml
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from interface.cli import options, output
from interface.cli.scenario_files import save
from models.calibration.calibrate import calibrate
from models.calibration.estimates import estimates
from models.calibration.from_records import observed, to_scenario
from scenarios.contact_log.mapping import MAPPINGS, Mapping, mapping_from
from scenarios.contact_log.mapping import mapping as mapping_named
from scenarios.contact_log.records import Report, read_records
from scenarios.errors import InvalidValue
from scenarios.units import duration, seconds
from scenarios.yaml import files
from scenarios.yaml.parse import read
from scenarios.yaml.tables import decoded

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console


def command(
    log: options.Log,
    mapping: options.Columns = "generic",
    target: Annotated[Path | None, typer.Option("--output", "-o", help="Write the scenario to this file.")] = None,
    interval: Annotated[str, typer.Option(help="Length of an interval.")] = "30 min",
    share: Annotated[float, typer.Option(help="Service level target: share of contacts to be answered in time.")] = 0.8,
    within: Annotated[str, typer.Option(help="Service level target: answer within this time.")] = "20s",
    handle: Annotated[
        str, typer.Option(help="Handle times: observed, or fitted (the best-fitting distribution).")
    ] = "observed",
    patience: Annotated[str, typer.Option(help="Patience: observed (Kaplan-Meier), or exponential.")] = "observed",
    redials: Annotated[
        bool, typer.Option("--redials", help="Model redials by a rule instead of counting them as new contacts.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Run ``ccplan import``."""
    records = read_records(log, layout_named(mapping))
    length, limit = seconds(interval, "interval"), duration(within, "within")
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
    if target is not None:
        save(files.dump(scenario), target)
    if json:
        show(records.report, output.err())
        output.write_json(output.records(observed(records, records.horizon(length), limit)))
        return
    console = output.err() if target is None else output.out()
    show(records.report, console)
    console.print(_estimates(estimates(calibration)))
    for caveat in calibration.caveats:
        console.print(f"[yellow]Note[/] {escape(caveat)}")
    if target is None:
        output.write(files.dump(scenario))
    else:
        console.print(f"Saved to {escape(str(target))}. Next: ccplan simulate {escape(str(target))}")


def show(report: Report, console: Console) -> None:
    """Print how the rows of a log were read, repaired and dropped, and what is suspicious about them as a whole."""
    for line in report.lines():
        console.print(escape(line))
    if report.suspicions:
        lines = ((escape(odd.issue), escape(odd.evidence), escape(odd.remedy)) for odd in report.suspicions)
        console.print(output.table(("Suspicious", "Evidence", "Remedy"), lines, left=3))


def layout_named(name: str) -> Mapping:
    """The ready mapping of this name, or the one in a YAML file.

    Raises
    ------
    InvalidValue, InvalidScenario, InvalidFile
        If there is none, or the file holds no mapping.
    """
    path = Path(name)
    if name in MAPPINGS or not path.is_file():
        return mapping_named(name)
    return mapping_from(read(decoded(path.read_bytes(), path), str(path)).values)


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
