"""``ccplan backtest``: days gone by played again, beside formulas and what was observed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from rich.markup import escape

from interface.cli import output
from interface.cli.commands.import_log import layout_named, show
from interface.cli.commands.simulate import engine_named
from interface.cli.output import between, number
from interface.formatting import difference
from scenarios.contact_log.records import Report, read_records
from scenarios.errors import InvalidFile, InvalidValue
from scenarios.measures import MEASURES
from scenarios.units import duration, seconds
from simulator.executors import Executor, Processes, Serial
from studies.backtest import PERIODS, Backtest, backtest
from studies.backtest_sources import COMPARED
from studies.replays import ERLANG_C, WHAT

if TYPE_CHECKING:
    import pandas as pd

    from interface.app.charts.theme import Figure, Format

Kind = Literal["time-of-day", "days", "errors"]
"""What a chart shows."""
_FORMATS: dict[str, Format] = {".svg": "svg", ".png": "png"}


@dataclass(frozen=True)
class Wanted:
    """What shall be made of a backtest."""

    period: str = "horizon"
    errors: bool = False
    """Rows of errors instead of findings."""
    chart: Path | None = None
    picture: str = "time-of-day"
    pool: str = "all"

    def check(self) -> None:
        """Refuse what could not be made, before anything long begins.

        Raises
        ------
        InvalidValue, InvalidFile
            For the first thing that is wrong.
        """
        if self.period not in PERIODS:
            raise InvalidValue("period", self.period, f"choose one of {', '.join(PERIODS)}")
        if self.picture not in get_args(Kind):
            raise InvalidValue("picture", self.picture, f"choose one of {', '.join(get_args(Kind))}")
        if self.chart is not None and self.chart.suffix.lower() not in _FORMATS:
            raise InvalidFile(self.chart, "", "a chart is an SVG or a PNG file", "end the name with .svg or .png")
        if self.chart is not None and not self.chart.absolute().parent.is_dir():
            raise InvalidFile(self.chart, "", f"there is no folder {self.chart.parent}", "make it, or choose another")


@dataclass(frozen=True)
class BacktestOptions:
    """How the days are played."""

    mapping: str = "generic"
    within: str = "20s"
    interval: str = "30 min"
    replications: int = 50
    seed: int = 1
    held_out: bool = True
    calibrate_on: Path | None = None
    """Another log, in the same layout, from which all is estimated."""
    actual_aht: bool = True
    engine: str | None = None
    workers: int | None = None

    def executor(self) -> Executor | None:
        """Where replications are played; None leaves the choice to the simulator."""
        if self.workers is None:
            return None
        if self.workers < 1:
            raise InvalidValue("workers", self.workers, "give at least 1")
        return Serial() if self.workers == 1 else Processes(self.workers)


def command(log: Path, how: BacktestOptions, wanted: Wanted, as_json: bool) -> int:
    """Play the days of a log again and show how far the models were off; the exit code."""
    wanted.check()
    layout = layout_named(how.mapping)
    records = read_records(log, layout)
    others = None if how.calibrate_on is None else read_records(how.calibrate_on, layout)
    if wanted.pool != "all" and wanted.pool not in records.pools:
        raise InvalidValue("pool", wanted.pool, f"known are all, {', '.join(records.pools)}")
    with output.progress(f"{log.name}, {records.days} days") as advance:
        found = backtest(
            records,
            within=duration(how.within, "within"),
            interval=seconds(how.interval, "interval"),
            replications=how.replications,
            seed=how.seed,
            held_out=how.held_out,
            calibrate_on=others,
            actual_aht=how.actual_aht,
            engine="auto" if how.engine is None else engine_named(how.engine),
            executor=how.executor(),
            progress=advance,
        )
    if wanted.chart is not None:
        _draw(found, wanted, wanted.chart)
    if as_json:
        output.write_json(output.records(_rows(found, wanted)))
    else:
        _show(found, wanted, records.report, _inputs(how))
    return 0


def _inputs(how: BacktestOptions) -> str:
    """What is given and where the rest comes from."""
    if how.calibrate_on is not None:
        source = f"from {how.calibrate_on.name}"
    else:
        source = "from the other half of the days" if how.held_out else "from the very same days"
    given = "volumes, staffing and average handle time" if how.actual_aht else "volumes and staffing"
    return f"{given} as in the log, all else estimated {source}"


def _rows(found: Backtest, wanted: Wanted) -> pd.DataFrame:
    if wanted.errors:
        return found.errors
    return found.table[found.table["period"] == wanted.period]


def _draw(found: Backtest, wanted: Wanted, path: Path) -> None:
    from interface.app.charts.theme import drawn

    path.write_bytes(drawn(_picture(found, wanted).specification(), _FORMATS[path.suffix.lower()]))


def _picture(found: Backtest, wanted: Wanted) -> Figure:
    from interface.app.charts import backtest as charts
    from interface.app.charts.theme import LIGHT

    of = wanted.pool if wanted.pool in found.pools else "all"
    if wanted.picture == "days":
        return charts.day_by_day(found, "abandonment", LIGHT, of)
    if wanted.picture == "errors":
        return charts.error_bars(found, LIGHT, of)
    return charts.all_over_the_day(found, LIGHT, of)


def _show(found: Backtest, wanted: Wanted, report: Report, inputs: str) -> None:
    """What was found, for people: totals, errors, what the models assume, what the log cannot tell."""
    console = output.out()
    show(report, console)
    console.print(
        f"\n[bold]{found.horizon.days} days played again[/]: {found.replications} replications, seed {found.seed};"
        f" {escape(inputs)}\n"
    )
    for of in found.pools if wanted.pool == "all" else (wanted.pool if wanted.pool in found.pools else "all",):
        console.print(_totals(found, of))
    console.print(_errors(found, wanted.pool if wanted.pool in found.pools else "all"))
    for model in found.models:
        console.print(f"[dim]{escape(model.name)}: {escape(WHAT[model.name])}[/]")
    console.print(
        f"\n[dim]Service level: answered within {found.within:g} s / offered. Ranges hold 90 % of the replications."
        " Error: mean distance from the observation over the intervals of all days, weighted by contacts."
        " Chance: the same if the observation were one of the model's own replications. Inside: contacts in intervals"
        f" observed within the 90 % band. Erlang C is overloaded for {found.overloaded():.0%} of the contacts.[/]"
    )
    for caveat in found.calibrations[0].caveats:
        console.print(f"[yellow]- {escape(caveat)}[/]")


def _totals(found: Backtest, of: str) -> object:
    table = found.table
    mine = table[(table["of"] == of) & (table["period"] == "horizon")]
    cells = {(row["source"], row["measure"]): row for row in output.records(mine)}
    columns = ["In total", *(part for name in COMPARED[1:] for part in (MEASURES[name].label, "90 %"))]
    lines = ((source.name, *_total_cells(cells, source.name)) for source in found.sources)
    offered = number(float(cells["Observed", "offered"]["value"]), "contacts").removesuffix(".0")
    return output.table(columns, lines, title=f"{of}: {offered} contacts")


def _total_cells(cells: dict[tuple[str, str], dict[str, object]], source: str) -> Iterable[str]:
    for measure in COMPARED[1:]:
        row = cells.get((source, measure))
        if row is None or (source, measure) == (ERLANG_C, "abandonment"):
            yield from ("overloaded" if row is None else "assumes none", "")
            continue
        value, low, high = (float(str(row[key])) for key in ("value", "band_low", "band_high"))
        yield number(value, str(row["unit"]))
        yield between(low, high, str(row["unit"]))


def _errors(found: Backtest, of: str) -> object:
    rows = found.errors
    mine = output.records(rows[(rows["of"] == of) & (rows["measure"] != "offered")])
    columns = (f"Error, {of}", "measure", "error", "chance", "bias in total", "inside")
    return output.table(columns, (_error_cells(row) for row in mine), left=2)


def _error_cells(row: dict[str, object]) -> tuple[str, ...]:
    unit = str(row["unit"])
    error, chance, bias, inside, answered = (
        float(str(row[key])) for key in ("error", "chance", "bias", "inside", "answered_for")
    )
    partly = f" (for {answered:.0%})" if answered < 1 else ""
    return (
        *(escape(str(row["model"])), MEASURES[str(row["measure"])].label, _distance(error, unit) + partly),
        *(_distance(chance, unit), difference(bias, unit), number(inside, "share")),
    )


def _distance(value: float, unit: str) -> str:
    return difference(value, unit).lstrip("+")
