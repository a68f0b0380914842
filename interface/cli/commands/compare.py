"""``ccplan compare``: scenarios on the same tapes, so that a difference is the scenarios' and not chance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.markup import escape

from interface.cli import output
from interface.cli.commands.simulate import Run, definitions, show_targets
from interface.cli.output import between, number
from scenarios.errors import InvalidValue
from scenarios.measures import MEASURES
from scenarios.yaml import files
from simulator.measure.results import Results
from simulator.measure.targets import all_met

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = ("service_level", "abandonment", "asa", "occupancy", "contacts_per_case", "cost")


def command(sources: list[str], run: Run, check: bool, as_json: bool) -> int:
    """Simulate scenarios on the same tapes and show differences from the first; the exit code."""
    if len(sources) < 2:
        raise InvalidValue("scenarios", sources, "name at least two, the one to compare with first")
    loaded = [files.load(source) for source in sources]
    names = [scenario.name for scenario in loaded]
    unique = [name if names.count(name) == 1 else f"{name} ({at})" for at, name in enumerate(names, start=1)]
    found = [run.results(one.replace(name=name[:60])) for one, name in zip(loaded, unique, strict=True)]
    differences = [found[0].compare(other) for other in found[1:]]
    if as_json:
        _write(found, differences)
    else:
        _show(found, differences)
    return 1 if check and not all(map(all_met, found)) else 0


def _write(found: list[Results], differences: list[pd.DataFrame]) -> None:
    """Every scenario's own rows, then the rows of the differences."""
    output.write_json(row for part in ([one.table() for one in found] + differences) for row in output.records(part))


def _show(found: list[Results], differences: list[pd.DataFrame]) -> None:
    console = output.out()
    for one in found:
        show_targets(one, f"{one.scenario.name}  ")
    for other, rows in zip(found[1:], differences, strict=True):
        chosen = rows[rows["measure"].isin(_SHOWN) & rows["by"].isin(["total", "type", "group"])]
        order = {name: at for at, name in enumerate(_SHOWN)}
        chosen = chosen.assign(at=chosen["measure"].map(order)).sort_values("at", kind="stable")
        title = f"{other.scenario.name} minus {found[0].scenario.name}, {other.replications} replications"
        cells = (_cells(row) for row in output.records(chosen))
        console.print(output.table(("Measure", "of", "difference", "95 % interval", ""), cells, title=title, left=2))
    text = "Every contact is the same person in all scenarios, so that chance weighs little in a difference. "
    console.print(text + "Clear: the interval leaves out zero. " + definitions(found[0].scenario), style="dim")


def _cells(row: dict[str, object]) -> tuple[str, ...]:
    measure = MEASURES[str(row["measure"])]
    value, low, high = (float(str(row[key])) for key in ("value", "low", "high"))
    unit = "points" if measure.unit == "share" else measure.unit
    shown = number(100 * value, unit) if unit == "points" else number(value, unit)
    sign = "+" if value > 0 else ""
    label = f"{measure.label}, {unit}"
    return (escape(label), escape(str(row["of"])), sign + shown, between(low, high, measure.unit), _judged(row))


def _judged(row: dict[str, object]) -> str:
    """Better, worse or not clear, by the direction of the measure and the interval."""
    low, high = float(str(row["low"])), float(str(row["high"]))
    better = MEASURES[str(row["measure"])].better
    if low == high == 0:
        return "none"
    if not math.isfinite(low) or low <= 0 <= high:
        return "not clear"
    if better == "neither":
        return "clear"
    return "[green]better[/]" if (low > 0) == (better == "higher") else "[red]worse[/]"
