"""``ccplan import``: a contact log turned into a scenario, with all that was found on the way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.markup import escape

from interface.cli import output
from interface.cli.commands.theory import save
from models.calibration.calibrate import calibrate
from models.calibration.estimates import estimates
from models.calibration.from_records import observed, to_scenario
from scenarios.contact_log.mapping import MAPPINGS, Mapping, mapping, mapping_from
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
    log: Path,
    layout: str,
    target: Path | None,
    interval: str,
    share: float,
    within: str,
    handle: str,
    patience: str,
    redials: bool,
    as_json: bool,
) -> int:
    """Read a log, show what it says, write the scenario; the exit code."""
    records = read_records(log, layout_named(layout))
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
    if as_json:
        show(records.report, output.err())
        output.write_json(output.records(observed(records, records.horizon(length), limit)))
        return 0
    console = output.err() if target is None else output.out()
    show(records.report, console)
    console.print(_estimates(estimates(calibration)))
    for caveat in calibration.caveats:
        console.print(f"[yellow]Note[/] {escape(caveat)}")
    if target is None:
        output.write(files.dump(scenario))
    else:
        console.print(f"Written to {escape(str(target))}. Next: ccplan simulate {escape(str(target))}")
    return 0


def show(report: Report, console: Console) -> None:
    """What became of the rows of a log, how they were read, and what is suspicious about them as a whole."""
    for line in report.lines():
        console.print(escape(line))
    if report.suspicions:
        lines = ((escape(odd.what), escape(odd.seen), escape(odd.remedy)) for odd in report.suspicions)
        console.print(output.table(("Suspicious", "seen", "what to do"), lines, left=3))


def layout_named(name: str) -> Mapping:
    """The ready mapping of this name, or the one in a YAML file.

    Raises
    ------
    InvalidValue, InvalidScenario, InvalidFile
        If there is none, or the file holds no mapping.
    """
    path = Path(name)
    if name in MAPPINGS or not path.is_file():
        return mapping(name)
    return mapping_from(read(decoded(path.read_bytes(), path), str(path)).values)


def _one_of(field: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise InvalidValue(field, value, f"known are {', '.join(known)}")
    return value


def _patience(value: str) -> Literal["observed", "exponential"]:
    chosen = _one_of("patience", value, ("observed", "exponential"))
    return "exponential" if chosen == "exponential" else "observed"


def _name(path: Path) -> str:
    """A scenario's name from that of a file."""
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
    return output.table(("Of", "estimate", "value", "std. error", "rests on"), lines, left=2)
