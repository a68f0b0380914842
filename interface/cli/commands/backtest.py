"""Back-test: simulate past days from a contact log, and show how closely each model reproduces them.

Shows the simulation, Erlang C and Erlang A next to the observed values, by interval and in total. Volumes, staffing and
the average handle time are those of the days; the spread of handle times, patience and not-ready time come from the
other half of the days, or from another log, so that nothing is tested on the data it was fitted to.

[bold]Examples[/]

  ccplan backtest calls.csv.gz --mapping bank --chart validation.svg

  ccplan backtest calls.csv --pool internet --picture days --chart days.png

  ccplan backtest august.csv --calibrate-on july.csv

  ccplan backtest calls.csv --errors --json
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer
from rich.markup import escape

from interface.cli import options, output
from interface.cli.chart_files import refuse_chart, write_chart
from interface.cli.import_report import show
from interface.cli.layouts import log_layout_named
from interface.cli.output import between, number
from interface.cli.run import engine_named
from interface.formatting import difference
from scenarios.contact_log.records import Report, read_records
from scenarios.errors import InvalidValue
from scenarios.measures import MEASURES
from scenarios.units import duration, seconds
from simulator.executors import Executor, Processes, Serial
from studies.backtest import PERIODS, Backtest, backtest
from studies.backtest_sources import COMPARED
from studies.replays import ERLANG_C, WHAT

if TYPE_CHECKING:
    import pandas as pd

    from interface.app.charts.theme import Figure

ChartType = Literal["time-of-day", "days", "errors"]
"""What a chart shows."""


def command(
    log: options.Log,
    mapping: options.Columns = "generic",
    within: Annotated[str, typer.Option(help="Target time of the service level.")] = "20s",
    interval: Annotated[str, typer.Option(help="Length of an interval.")] = "30 min",
    replications: Annotated[int, typer.Option("--replications", "-n", help="Number of simulations of each day.")] = 50,
    seed: options.Seed = 1,
    in_sample: Annotated[bool, typer.Option("--in-sample", help="Estimate on the same days that are tested.")] = False,
    calibrate_on: Annotated[
        Path | None,
        typer.Option("--calibrate-on", help="Estimate on another log of the same layout.", show_default=False),
    ] = None,
    estimated_aht: Annotated[
        bool, typer.Option("--estimated-aht", help="Estimate the average handle time on those other days, too.")
    ] = False,
    pool: Annotated[str, typer.Option(help="Agent pool to show, or all.")] = "all",
    chart: options.Chart = None,
    picture: Annotated[str, typer.Option(help="Type of chart: time-of-day, days or errors.")] = "time-of-day",
    period: Annotated[
        str, typer.Option(help="Rows of --json: one per horizon, day, time-of-day or interval.")
    ] = "horizon",
    errors: Annotated[bool, typer.Option("--errors", help="Rows of --json: forecast errors of the models.")] = False,
    engine: options.Engine = None,
    workers: options.Workers = None,
    json: options.Json = False,
) -> None:
    """Run ``ccplan backtest``."""
    if calibrate_on is not None and in_sample:
        raise InvalidValue("--calibrate-on", "with --in-sample", "give only one of them")
    report = BacktestReport(period, errors, chart, picture, pool)
    report.check()
    layout = log_layout_named(mapping)
    records = read_records(log, layout)
    calibration = None if calibrate_on is None else read_records(calibrate_on, layout)
    if pool != "all" and pool not in records.pools:
        raise InvalidValue("pool", pool, f"choose one of all, {', '.join(records.pools)}")
    with output.progress(f"{log.name}, {records.days} days") as advance:
        result = backtest(
            records,
            within=duration(within, "within"),
            interval=seconds(interval, "interval"),
            replications=replications,
            seed=seed,
            held_out=not in_sample,
            calibrate_on=calibration,
            actual_aht=not estimated_aht,
            engine="auto" if engine is None else engine_named(engine),
            executor=_executor(workers),
            progress=advance,
        )
    if chart is not None:
        write_chart(report.picture_of(result), chart)
    if json:
        output.write_json(output.records(report.rows(result)))
    else:
        _show(result, pool, records.report, _inputs(not in_sample, calibrate_on, estimated_aht))


@dataclass(frozen=True)
class BacktestReport:
    """What is shown of a back-test."""

    period: str = "horizon"
    errors: bool = False
    """Rows of forecast errors instead of values."""
    chart: Path | None = None
    picture: str = "time-of-day"
    pool: str = "all"

    def check(self) -> None:
        """Refuse what cannot be made, before anything long starts.

        Raises
        ------
        InvalidValue, InvalidFile
            For the first thing that is wrong.
        """
        if self.period not in PERIODS:
            raise InvalidValue("period", self.period, f"choose one of {', '.join(PERIODS)}")
        if self.picture not in get_args(ChartType):
            raise InvalidValue("picture", self.picture, f"choose one of {', '.join(get_args(ChartType))}")
        refuse_chart(self.chart)

    def rows(self, result: Backtest) -> pd.DataFrame:
        """The rows for ``--json``."""
        return result.errors if self.errors else result.table[result.table["period"] == self.period]

    def picture_of(self, result: Backtest) -> Figure:
        """The chart."""
        from interface.app.charts import backtest as charts
        from interface.app.charts.theme import LIGHT

        of = self.pool if self.pool in result.pools else "all"
        if self.picture == "days":
            return charts.day_by_day(result, "abandonment", LIGHT, of)
        if self.picture == "errors":
            return charts.error_bars(result, LIGHT, of)
        return charts.all_over_the_day(result, LIGHT, of)


def _executor(workers: int | None) -> Executor | None:
    """Where replications run; None leaves the choice to the simulator."""
    if workers is None:
        return None
    if workers < 1:
        raise InvalidValue("workers", workers, "give at least 1")
    return Serial() if workers == 1 else Processes(workers)


def _inputs(held_out: bool, calibrate_on: Path | None, estimated_aht: bool) -> str:
    """What is given, and where all else comes from."""
    if calibrate_on is not None:
        source = f"from {calibrate_on.name}"
    else:
        source = "from the other half of the days" if held_out else "from the same days"
    given = "volumes and staffing" if estimated_aht else "volumes, staffing and average handle time"
    return f"{given} as in the log, all else estimated {source}"


def _show(result: Backtest, pool: str, report: Report, inputs: str) -> None:
    """Print totals, forecast errors, the assumptions of the models, and the limits of the log."""
    console = output.out()
    show(report, console)
    console.print(
        f"\n[bold]{result.horizon.days} days simulated[/]: {result.replications} replications, seed {result.seed};"
        f" {escape(inputs)}\n"
    )
    for of in result.pools if pool == "all" else (pool if pool in result.pools else "all",):
        console.print(_totals(result, of))
    console.print(_errors(result, pool if pool in result.pools else "all"))
    for model in result.models:
        console.print(f"[dim]{escape(model.name)}: {escape(WHAT[model.name])}[/]")
    console.print(
        f"\n[dim]Service level: answered within {result.within:g} s / offered. Ranges cover 90 % of the replications."
        " Forecast error: mean absolute deviation over the intervals of all days, weighted by contacts."
        " Expected from randomness: the same for a replication of the model itself. Inside the band: share of contacts"
        " in intervals whose observed value is in the 90 % band. In intervals with"
        f" {result.overloaded():.0%} of the contacts, load exceeds staff, so Erlang C has no answer.[/]"
    )
    for caveat in result.calibrations[0].caveats:
        console.print(f"[yellow]- {escape(caveat)}[/]")


def _totals(result: Backtest, of: str) -> object:
    table = result.table
    selected = table[(table["of"] == of) & (table["period"] == "horizon")]
    cells = {(row["source"], row["measure"]): row for row in output.records(selected)}
    columns = ["Total", *(part for name in COMPARED[1:] for part in (MEASURES[name].label, "90 %"))]
    lines = ((source.name, *_total_cells(cells, source.name)) for source in result.sources)
    offered = number(float(cells["Observed", "offered"]["value"]), "contacts").removesuffix(".0")
    return output.table(columns, lines, title=f"{of}: {offered} contacts")


def _total_cells(cells: dict[tuple[str, str], dict[str, object]], source: str) -> Iterable[str]:
    for measure in COMPARED[1:]:
        row = cells.get((source, measure))
        if row is None or (source, measure) == (ERLANG_C, "abandonment"):
            yield from ("overloaded" if row is None else "not modelled", "")
            continue
        value, low, high = (float(str(row[key])) for key in ("value", "band_low", "band_high"))
        yield number(value, str(row["unit"]))
        yield between(low, high, str(row["unit"]))


def _errors(result: Backtest, of: str) -> object:
    rows = result.errors
    selected = output.records(rows[(rows["of"] == of) & (rows["measure"] != "offered")])
    columns = (
        f"Model, {of}",
        "Measure",
        "Forecast error",
        "Expected from randomness",
        "Bias in total",
        "Inside the band",
    )
    return output.table(columns, (_error_cells(row) for row in selected), left=2)


def _error_cells(row: dict[str, object]) -> tuple[str, ...]:
    unit = str(row["unit"])
    error, chance, bias, inside, covered = (
        float(str(row[key])) for key in ("error", "chance", "bias", "inside", "answered_for")
    )
    partly = f" (for {covered:.0%})" if covered < 1 else ""
    return (
        *(escape(str(row["model"])), MEASURES[str(row["measure"])].label, _distance(error, unit) + partly),
        *(_distance(chance, unit), difference(bias, unit), number(inside, "share")),
    )


def _distance(value: float, unit: str) -> str:
    return difference(value, unit).lstrip("+")
