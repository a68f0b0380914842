"""The command line: ``ccplan`` and its words, each with examples in its help.

What a word does is in `interface.cli.commands`, imported when the word is used, so that ``ccplan --help`` answers at
once.
"""

from __future__ import annotations

import math
import sys
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from interface.cli.commands import study_text
from interface.cli.options import Check, Cluster, Engine, Json, Precision, Replications, Seed, Source, Sources, Workers
from interface.unseen import shown
from scenarios.errors import Cancelled, InvalidValue, PlannerError

DONE, MISSED, BAD_INPUT, STOPPED = 0, 1, 2, 130
"""Exit codes: done; a target is missed (or a verified case failed); input that cannot be used; stopped by Ctrl-C."""


def _say(what: object) -> None:
    typer.echo(f"ccplan: {shown(str(what))}", err=True)


class _Ccplan(TyperGroup):
    """The words, with our own errors told in one message instead of a traceback."""

    def invoke(self, ctx: Any) -> Any:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_, **__: _say(message)
            try:
                return super().invoke(ctx)
            except PlannerError as problem:
                _say(problem)
                raise typer.Exit(MISSED if isinstance(problem, Cancelled) else BAD_INPUT) from None
            except MemoryError as problem:
                _say(f"not enough memory ({problem}); choose a shorter horizon, fewer contacts or fewer replications")
                raise typer.Exit(BAD_INPUT) from None
            except KeyboardInterrupt:
                _say("cancelled; nothing is left running")
                raise typer.Exit(STOPPED) from None


app = typer.Typer(
    cls=_Ccplan,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
    help="Simulate a contact centre contact by contact, compare with theory, and staff it until its targets are met.",
    epilog="Begin with:  ccplan presets  ·  ccplan simulate help-desk  ·  ccplan presets help-desk > mine.yaml",
)


@app.command()
def validate(
    scenarios: Sources,
    advice: Annotated[bool, typer.Option("--advice", help="Also look for the classic mistakes of planning.")] = False,
    json: Json = False,
) -> None:
    """Check scenario files: every problem with file, line, column, field and remedy.

    Nothing is simulated. Exit code 2 if there is a problem; advice is no problem.

    [bold]Examples[/]

      ccplan validate mine.yaml --advice

      ccplan validate week-*.yaml --json
    """
    from interface.cli.commands.validate import command

    raise typer.Exit(command(scenarios, advice, json))


@app.command()
def simulate(
    scenario: Source,
    replications: Replications = 100,
    seed: Seed = 1,
    precision: Precision = None,
    engine: Engine = None,
    workers: Workers = None,
    cluster: Cluster = None,
    period: Annotated[str, typer.Option(help="Rows for the horizon, or for each day or interval.")] = "horizon",
    log: Annotated[Path | None, typer.Option(help="Write every contact to this .csv, .csv.gz or .parquet.")] = None,
    check: Check = False,
    json: Json = False,
) -> None:
    """Simulate a scenario: what happens to customers on every channel, with intervals.

    Shows first which targets are met; then service level, abandonment and waits by type, and how busy the groups are.

    [bold]Examples[/]

      ccplan simulate help-desk

      ccplan simulate mine.yaml --precision 0.005 --check

      ccplan simulate mine.yaml --period interval --json > findings.json

      ccplan simulate mine.yaml -n 1 --log contacts.csv

      ccplan simulate mine.yaml -n 2000 --cluster tcp://scheduler:8786
    """
    from interface.cli.commands.simulate import Run, command

    run = Run(replications, seed, precision, engine, workers, cluster)
    raise typer.Exit(command(scenario, run, period, log, check, json))


@app.command()
def approximate(
    scenario: Source,
    period: Annotated[str, typer.Option(help="Rows for the horizon, or for each day or interval.")] = "horizon",
    check: Check = False,
    json: Json = False,
) -> None:
    """Say what the classic formulas expect of a scenario, and what each of them leaves out.

    Erlang C or A by interval for calls, the chat chain, a workload balance for mail: the same rows as a simulation,
    at once. Every row names its formula.

    [bold]Examples[/]

      ccplan approximate help-desk

      ccplan approximate mine.yaml --period interval --json
    """
    from interface.cli.commands.theory import approximate_command

    raise typer.Exit(approximate_command(scenario, period, check, json))


@app.command()
def staff(
    scenario: Source,
    max_occupancy: Annotated[float | None, typer.Option(help="The most that agents may be busy, as in 0.85.")] = None,
    rule: Annotated[
        str, typer.Option(help="How an interval's load is taken: sipp, lagged, mol-mean, mol-max.")
    ] = "sipp",
    days: Annotated[
        float | None, typer.Option(help="Staff for this share of days, as in 0.9, where days vary.")
    ] = None,
    steps: Annotated[bool, typer.Option("--steps", help="Every step from volume to payroll, by interval.")] = False,
    target: Annotated[Path | None, typer.Option("--output", "-o", help="Write the staffed scenario here.")] = None,
    json: Json = False,
) -> None:
    """Find the heads by interval and group that meet every target by formula.

    [bold]Examples[/]

      ccplan staff help-desk --steps

      ccplan staff mine.yaml --max-occupancy 0.85 --output staffed.yaml

      ccplan simulate staffed.yaml --check
    """
    from interface.cli.commands.theory import staff_command

    raise typer.Exit(staff_command(scenario, max_occupancy, rule, days, steps, target, json))


@app.command()
def optimise(
    scenario: Source,
    block: Annotated[str, typer.Option(help="How long heads stay as they are; or: always.")] = "60 min",
    gap: Annotated[float, typer.Option(help="Good enough: this share above the bound.")] = 0.01,
    seconds: Annotated[
        float, typer.Option(help="Stop after this time by the clock; a busy machine does less in it.")
    ] = 120.0,
    plays: Annotated[float, typer.Option(help="Stop after so many replications, the check included.")] = math.inf,
    fresh: Annotated[int, typer.Option(help="Days of the final check, which the search has not seen.")] = 500,
    seed: Seed = 1,
    engine: Engine = None,
    prices: Annotated[bool, typer.Option("--prices", help="Also what the last part of each target costs.")] = False,
    target: Annotated[Path | None, typer.Option("--output", "-o", help="Write the staffed scenario here.")] = None,
    check: Check = False,
    json: Json = False,
) -> None:
    """Find the cheapest heads by group and time of day that meet every target, tried by simulation.

    [bold]Examples[/]

      ccplan optimise mine.yaml --output cheapest.yaml

      ccplan optimise mine.yaml --block "30 min" --seconds 300 --prices
    """
    from interface.cli.commands.optimise import Search, command

    search = Search(block, gap, seconds, plays, fresh, seed, engine)
    raise typer.Exit(command(scenario, search, prices, target, check, json))


@app.command("import")
def from_log(
    log: Annotated[Path, typer.Argument(help="A contact log: .csv, .csv.gz or .xlsx.", show_default=False)],
    mapping: Annotated[str, typer.Option(help="How columns are called: bank, generic, or a YAML file.")] = "generic",
    target: Annotated[Path | None, typer.Option("--output", "-o", help="Write the scenario here.")] = None,
    interval: Annotated[str, typer.Option(help="The length of an interval.")] = "30 min",
    share: Annotated[float, typer.Option(help="The target: this share answered ...")] = 0.8,
    within: Annotated[str, typer.Option(help="... within this time.")] = "20s",
    handle: Annotated[str, typer.Option(help="Handle times as observed, or from the best fitted family.")] = "observed",
    patience: Annotated[str, typer.Option(help="Patience as observed (Kaplan-Meier), or exponential.")] = "observed",
    redials: Annotated[bool, typer.Option("--redials", help="Redials by a rule, not as new contacts.")] = False,
    json: Json = False,
) -> None:
    """Turn a contact log into a scenario: volumes, handle times, patience, staffing seen in the records.

    Says what was read, repaired and dropped, and on how much each estimate rests. Without --output the scenario goes to
    standard output. With --json: what was observed, as rows. Whether to believe it: ccplan backtest.

    [bold]Examples[/]

      ccplan import calls.csv --output last-week.yaml

      ccplan import calls.csv.gz --mapping bank --output bank.yaml
    """
    from interface.cli.commands.import_log import command

    choices = (interval, share, within, handle, patience, redials)
    raise typer.Exit(command(log, mapping, target, *choices, json))


@app.command()
def compare(
    scenarios: Sources,
    replications: Replications = 100,
    seed: Seed = 1,
    engine: Engine = None,
    workers: Workers = None,
    cluster: Cluster = None,
    check: Check = False,
    json: Json = False,
) -> None:
    """Compare scenarios on the same days with the same customers: differences from the first, with intervals.

    [bold]Examples[/]

      ccplan compare three-silos one-pool

      ccplan compare today.yaml more-bot.yaml more-people.yaml --replications 200
    """
    from interface.cli.commands.compare import command
    from interface.cli.commands.simulate import Run

    raise typer.Exit(command(scenarios, Run(replications, seed, None, engine, workers, cluster), check, json))


@app.command()
def presets(
    name: Annotated[str | None, typer.Argument(help="Print the file of this one.", show_default=False)] = None,
    json: Json = False,
) -> None:
    """List the worked centres, or print the file of one to begin with.

    [bold]Examples[/]

      ccplan presets

      ccplan presets help-desk > mine.yaml
    """
    from interface.cli.commands.validate import list_presets

    raise typer.Exit(list_presets(name, json))


@app.command()
def verify(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Tables of known values, or folders of them; with --engines scenarios.", show_default=False
        ),
    ],
    quick: Annotated[bool, typer.Option("--quick", help="Simulate 10,000 contacts a case, not a million.")] = False,
    seed: Seed = 1,
    engine: Engine = None,
    workers: Annotated[int | None, typer.Option(help="Cases side by side; by default one a core.")] = None,
    engines: Annotated[bool, typer.Option("--engines", help="Do both engines play these scenarios alike?")] = False,
    replications: Annotated[int, typer.Option("--replications", "-n", min=1, help="With --engines: how often.")] = 10,
    grid: Annotated[
        str | None,
        typer.Option(help="With --engines: a coarse time grid, such as 15s, on which many events coincide."),
    ] = None,
    json: Json = False,
) -> None:
    """Work out tables of known values again, by formula and by simulation.

    Reads the layouts described in tests/truth/README.md, whatever the numbers in them. Says for each table what passed,
    what failed (with both values) and what cannot be expressed yet (with the reason). Formulas must keep the
    tolerance of the table; simulations must be within four standard errors. Exit code 1 if anything failed.

    With --engines the words are scenarios: each is played by the readable and by the compiled engine, and their logs
    and sums must be equal in every value.

    [bold]Examples[/]

      ccplan verify tests/truth --quick

      ccplan verify erlang_c.csv ctmc_chat.csv --json

      ccplan verify --engines mine.yaml --replications 20 --grid 15s
    """
    from interface.cli.commands import engines as both
    from interface.cli.commands.verify import command
    from scenarios.units import seconds
    from simulator.clock import GRID

    if engines:
        if quick or engine:
            raise InvalidValue(
                "--engines", "with --quick or --engine", "both engines play in full; give --replications"
            )
        trial = both.Trial(replications, seed, seconds(grid) if grid else GRID, workers)
        raise typer.Exit(both.command([str(path) for path in paths], trial, json))
    raise typer.Exit(command(paths, quick, seed, engine, workers, json))


@app.command()
def backtest(
    log: Annotated[Path, typer.Argument(help="A contact log: CSV, gzipped CSV or xlsx.", show_default=False)],
    mapping: Annotated[str, typer.Option(help="How columns are called: bank, generic, or a YAML file.")] = "generic",
    within: Annotated[str, typer.Option(help="The time of the service level.")] = "20s",
    interval: Annotated[str, typer.Option(help="The length of an interval.")] = "30 min",
    replications: Annotated[int, typer.Option("--replications", "-n", help="How often the days are played.")] = 50,
    seed: Seed = 1,
    in_sample: Annotated[bool, typer.Option("--in-sample", help="Estimate on the very days that are judged.")] = False,
    calibrate_on: Annotated[
        Path | None,
        typer.Option("--calibrate-on", help="Estimate on another log of the same layout.", show_default=False),
    ] = None,
    estimated_aht: Annotated[
        bool, typer.Option("--estimated-aht", help="Take the average handle time from those other days, too.")
    ] = False,
    pool: Annotated[str, typer.Option(help="All agents, or one pool of them.")] = "all",
    chart: Annotated[Path | None, typer.Option(help="Draw into this .svg or .png.", show_default=False)] = None,
    picture: Annotated[str, typer.Option(help="What is drawn: time-of-day, days or errors.")] = "time-of-day",
    period: Annotated[str, typer.Option(help="Rows of --json: horizon, day, time-of-day or interval.")] = "horizon",
    errors: Annotated[bool, typer.Option("--errors", help="Rows of --json are the errors of the models.")] = False,
    engine: Engine = None,
    workers: Workers = None,
    json: Json = False,
) -> None:
    """Play days gone by again, with the contacts that came, and show how far each model is off.

    Simulation, Erlang C and Erlang A stand beside what was observed, by interval and in total. Volumes,
    staffing and the average handle time are those of the days; the spread of handle times, patience and not-ready time
    come from the other half of the days, or from another log, so that nothing is judged on what it was fitted to.

    [bold]Examples[/]

      ccplan backtest calls.csv.gz --mapping bank --chart validation.svg

      ccplan backtest calls.csv --pool internet --picture days --chart days.png

      ccplan backtest august.csv --calibrate-on july.csv

      ccplan backtest calls.csv --errors --json
    """
    from interface.cli.commands.backtest import BacktestOptions, Wanted, command

    if calibrate_on is not None and in_sample:
        raise InvalidValue("--calibrate-on", "with --in-sample", "give one of them")
    actual = not estimated_aht
    how = BacktestOptions(
        mapping, within, interval, replications, seed, not in_sample, calibrate_on, actual, engine, workers
    )
    raise typer.Exit(command(log, how, Wanted(period, errors, chart, picture, pool), json))


@app.command()
def forecast(
    history: Annotated[Path, typer.Argument(help="A CSV table: when, contact type, offered, aht.", show_default=False)],
    days: Annotated[int, typer.Option(help="Calendar days to forecast, 366 at most.")] = 14,
    start: Annotated[str | None, typer.Option(help="The first of them; by default the day after the history.")] = None,
    country: Annotated[str | None, typer.Option(help="Public holidays of a country or region: DE, DE-BY.")] = None,
    holiday: Annotated[list[str] | None, typer.Option(help="A holiday, 2026-05-14; repeat it.")] = None,
    on_holidays: Annotated[str, typer.Option(help="Whether the centre works: as before, open, closed.")] = "as before",
    pay_day: Annotated[list[str] | None, typer.Option(help="A day of the month, or last; repeat it.")] = None,
    event: Annotated[
        list[str] | None,
        typer.Option(help="'sale, 2026-03-02, 2026-03-08, +20%'; without a size it is learnt. Repeat it."),
    ] = None,
    method: Annotated[str | None, typer.Option(help="A method by name; by default the best of the past.")] = None,
    interval: Annotated[str, typer.Option(help="The length of an interval.")] = "30 min",
    band: Annotated[float, typer.Option(help="The share of cases that the band covers.")] = 0.8,
    by: Annotated[str, typer.Option(help="Rows: day, interval, month, or errors of all methods.")] = "day",
    above: Annotated[float | None, typer.Option(help="Also the chance of a day above this volume.")] = None,
    contact_type: Annotated[str, typer.Option("--type", help="The type of a history that names none.")] = "contacts",
    today: Annotated[
        Path | None, typer.Option(help="Intervals of a day until now: the rest of that day is revised.")
    ] = None,
    onto: Annotated[str | None, typer.Option(help="Write the forecast into this scenario.")] = None,
    target: Annotated[Path | None, typer.Option("--output", "-o", help="Where the scenario is written.")] = None,
    json: Json = False,
) -> None:
    """Forecast contacts from a history, and say how wrong such forecasts were.

    Methods are tried on the history itself; the one with the least error is used, and shown beside the eight-week mean.

    [bold]Examples[/]

      ccplan forecast history.csv --days 28 --country DE --pay-day last

      ccplan forecast history.csv --by errors

      ccplan forecast history.csv --event "sale, 2026-03-02, 2026-03-08" --onto mine.yaml --output next.yaml

      ccplan forecast history.csv --today today.csv
    """
    from interface.cli.commands.forecast import CalendarOptions, ForecastOptions, command

    special = CalendarOptions(country, holiday or (), pay_day or (), event or (), on_holidays)
    options = ForecastOptions(days, start, interval, method, band, by, above, contact_type)
    raise typer.Exit(command(history, special, options, today, onto, target, json))


study_text.register(app)


@app.command("app", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def start_app(context: typer.Context) -> None:
    """Open the app in the browser; further arguments go to Streamlit.

    [bold]Examples[/]

      ccplan app

      ccplan app --server.port 8600
    """
    from interface import bootstrap

    raise typer.Exit(bootstrap.run(Path(sys.executable), bootstrap.COMMANDS["app"].steps, context.args))


def main() -> None:
    """The console command."""
    app(prog_name="ccplan")


if __name__ == "__main__":
    main()
