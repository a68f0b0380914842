"""``ccplan simulate``: what would happen to the contacts of a scenario, with intervals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, get_args

from rich.markup import escape

from interface.cli import output
from interface.cli.output import between, number
from interface.losses import WAYS, in_words, percent_lost, simulated_losses
from scenarios.errors import InvalidValue
from scenarios.measures import MEASURES, SERVICE_LEVELS
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MET, MISSED
from scenarios.units import written
from scenarios.yaml import files
from simulator.engines import Engine, has_started
from simulator.executors import CORES, Cluster, Executor, Processes, Serial, Threads
from simulator.experiment import MOST_REPLICATIONS, Experiment, first_look, looks, replications_for, simulate
from simulator.measure.results import Period, Results
from simulator.measure.targets import all_met, verdict

if TYPE_CHECKING:
    pass

_SIGNS = {MET: "[green]✓ met[/]", MISSED: "[red]✗ missed[/]", INCONCLUSIVE: "[yellow]? inconclusive[/]"}
_GOOD_DAYS = " Good days: share of days on which the target is met."
_FEW = 3
"""Targets that are shown while a run goes on."""
_STARTING = " (the fast engine starts, and is compiled the first time)"
WORTH_PROCESSES = 300_000
"""Contacts from which several processes of the SimPy engine are done before one."""
LONG = 600.0
"""Seconds from which a wanted precision is asked about first."""
_PERIODS = ("service_level", "abandonment", "asa", "offered", "backlog", "occupancy")
"""What people see of each day or interval."""


@dataclass(frozen=True)
class Run:
    """How scenarios are tried out; None leaves the choice to the simulator."""

    replications: int = 100
    seed: int = 1
    precision: float | None = None
    engine: str | None = None
    workers: int | None = None
    cluster: str | None = None
    """The address of a Dask scheduler, or ``local`` for one of this machine's own."""

    def results(self, scenario: Scenario) -> Results:
        """The results of a scenario, with a bar on a terminal.

        Raises
        ------
        InvalidValue
            If there is no such engine, or a number cannot be used.
        """
        engine = "auto" if self.engine is None else engine_named(self.engine)
        how = Experiment(self.replications, self.seed, engine, self.precision)
        if self.precision is not None:
            self._warn_of_hours(scenario, how, self.precision)
        with output.progress(scenario.name) as bar:
            for results in looks(scenario, how, self._executor(scenario), bar):
                starting = how.is_long(scenario) and not has_started()
                bar.say("so far " + so_far(results) + (_STARTING if starting else ""))
            return results

    def _warn_of_hours(self, scenario: Scenario, how: Experiment, precision: float) -> None:
        """Play a few days, and ask before a precision that they say would take long."""
        few, each = self._tried(scenario, replace(how, precision=None))
        needed = replications_for(few, precision)
        if needed > self.replications:
            about = f"about {needed:,}" if needed <= MOST_REPLICATIONS else f"more than {MOST_REPLICATIONS:,}"
            output.note(f"{about} replications would be needed; --replications allows {self.replications:,}")
        seconds = each * min(needed, self.replications)
        if seconds > LONG:
            output.ask(f"This precision takes up to {seconds / 60:,.0f} min here. Go on?")

    def _tried(self, scenario: Scenario, how: Experiment) -> tuple[Results, float]:
        """A few replications, and the seconds that each takes once the engine has started."""
        count = min(first_look(scenario), self.replications)
        executor = None if self.cluster else self._executor(scenario)
        if how.engine_for(scenario) == "kernel":
            how = replace(how, engine="kernel")
            simulate(scenario, 1, self.seed, engine="kernel")
        started = perf_counter()
        few = simulate(scenario, count, self.seed, engine=how.engine, executor=executor)
        return few, (perf_counter() - started) / count

    def _executor(self, scenario: Scenario) -> Executor | None:
        if self.workers is not None and self.workers < 1:
            raise InvalidValue("workers", self.workers, "give at least 1")
        if self.cluster is not None:
            return Cluster(None if self.cluster == "local" else self.cluster, self.workers or CORES)
        if self.workers == 1:
            return Serial()
        if self.engine == "simpy":
            worth = self.workers or scenario.expected.sum() * self.replications > WORTH_PROCESSES
            return Processes(self.workers or CORES) if worth else None
        return None if self.workers is None else Threads(self.workers)


def engine_named(name: str) -> Engine:
    """The engine of this name.

    Raises
    ------
    InvalidValue
        If there is none.
    """
    for engine in get_args(Engine):
        if engine == name:
            return engine  # type: ignore[no-any-return]
    raise InvalidValue("engine", name, f"known are {', '.join(get_args(Engine))}")


def period_named(name: str) -> Period:
    """The period of this name.

    Raises
    ------
    InvalidValue
        If there is none.
    """
    for period in get_args(Period):
        if period == name:
            return period  # type: ignore[no-any-return]
    raise InvalidValue("period", name, f"known are {', '.join(get_args(Period))}")


def command(source: str, run: Run, period: str, log: Path | None, check: bool, as_json: bool) -> int:
    """Simulate a scenario and show what was found; the exit code."""
    from interface.cli.commands.contact_log import check_log, write_log

    wanted = period_named(period)
    scenario = files.load(source)
    if log is not None:
        check_log(log)
    results = run.results(scenario)
    if log is not None:
        write_log(results, log)
    if as_json:
        output.write_json(output.records(results.table(wanted)))
    else:
        show(results, wanted)
    return 1 if check and not all_met(results) else 0


def show(results: Results, period: Period = "horizon") -> None:
    """What was found, for people: targets first."""
    console, scenario = output.out(), results.scenario
    title = scenario.title or scenario.name
    days = "1 day" if scenario.horizon.days == 1 else f"{scenario.horizon.days} days"
    how = f"{results.replications} replications of {days}, seed {results.seed}, engine {results.engine}"
    console.print(f"[bold]{escape(title)}[/]: {how}\n")
    show_targets(results)
    show_lost({name: simulated_losses(results, name) for name in _rows_of(scenario)})
    console.print(_types(results))
    console.print(_groups(results))
    if period != "horizon":
        console.print(_over_time(results, period))
    console.print(f"Ranges are {results.confidence:.0%} intervals. " + definitions(scenario) + _GOOD_DAYS, style="dim")


def so_far(results: Results) -> str:
    """The targets in a line, with half-widths."""
    rows = output.records(verdict(results))[:_FEW]
    return ", ".join(f"{row['type']} {_with_error(row)}" for row in rows)


def _with_error(row: Mapping[str, Any]) -> str:
    unit = MEASURES[row["measure"]].unit
    width = number((row["high"] - row["low"]) / 2, unit)
    return f"{number(row['value'], unit)} ± {width}"


def show_targets(results: Results, title: str = "") -> None:
    """Targets met or not, and beside each who was lost."""
    console, rows = output.out(), verdict(results)
    if rows.empty:
        console.print("No type has a target.\n")
        return
    met = int((rows["status"] == MET).sum())
    of_types = [MEASURES[name].of == "contacts" for name in rows["measure"]]
    pairs = zip(rows["type"], of_types, strict=True)
    lost = [in_words(simulated_losses(results, name)) if of_type else "" for name, of_type in pairs]
    columns = ("Target", "type", "wanted", "found", "95 % interval", "good days", "bad day (1 in 10)")
    cells = (_target_cells(row) for row in output.records(rows))
    heading = f"{title}Targets: {met} of {len(rows)} met"
    console.print(output.table(*with_lost(columns, cells, lost), title=heading, left=3))
    for note in dict.fromkeys(f"{row['type']}: {row['note']}" for row in output.records(rows) if row["note"]):
        console.print(f"[yellow]{escape(note)}[/]")


def _target_cells(row: dict[str, object]) -> tuple[str, ...]:
    measured = MEASURES[str(row["measure"])].unit
    unit = "share" if str(row["note"]).startswith("share of days") else measured
    value, low, high, good, bad = (float(str(row[key])) for key in ("value", "low", "high", "good_days", "bad_day"))
    sign = _SIGNS[str(row["status"])]
    return (
        *(sign, escape(str(row["type"])), escape(str(row["target"]))),
        *(number(value, unit), between(low, high, unit), number(good, "share"), number(bad, measured)),
    )


def _types(results: Results) -> object:
    """A row for each type, and the total of more than one."""
    columns = ("Type", "offered", "service level", "interval", "abandon", "interval", "ASA", "interval", "P90 wait")
    days = results.scenario.horizon.days
    return output.table(
        columns, ((escape(name), *_type_cells(results, name, days)) for name in _rows_of(results.scenario))
    )


def with_lost(
    columns: Sequence[str], cells: Iterable[tuple[str, ...]], lost: Sequence[str]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Columns and cells with the contacts lost in words, where any were."""
    rows = list(cells)
    if not any(lost):
        return tuple(columns), rows
    return (*columns, "lost, of all contacts"), [(*row, text) for row, text in zip(rows, lost, strict=True)]


def show_lost(lost: Mapping[str, Mapping[str, float]]) -> None:
    """The contacts lost of each type, with a column for each way in which any were; nothing where none was."""
    ways = [way for way in WAYS if any(way in shares for shares in lost.values())]
    rows = ((escape(name), *(percent_lost(shares.get(way, 0.0)) for way in ways)) for name, shares in lost.items())
    if ways:
        columns = ("Type", *(MEASURES[way].label.lower() for way in ways))
        output.out().print(output.table(columns, rows, title="Lost, of all contacts"))


def _rows_of(scenario: Scenario) -> list[str]:
    """The types, and all of them together where there are several."""
    return [*scenario.type_names, *(["all"] if len(scenario.contact_types) > 1 else [])]


def _type_cells(results: Results, name: str, days: int) -> Iterator[str]:
    yield number(float(results.estimate("offered").value[results.place("offered", name)]) / days, "contacts")
    level = SERVICE_LEVELS[_definition(results.scenario, name)]
    for measure in (level, "abandonment", "asa"):
        estimate, place = results.estimate(measure), results.place(measure, name)
        unit = MEASURES[measure].unit
        yield number(float(estimate.value[place]), unit)
        yield between(float(estimate.low[place]), float(estimate.high[place]), unit)
    yield number(float(results.wait_quantile(name, 0.9).value), "s")


def _definition(scenario: Scenario, name: str) -> str:
    target = next((contact_type.target for contact_type in scenario.contact_types if contact_type.name == name), None)
    return target.definition if target else "offered"


def _groups(results: Results) -> object:
    """A row for each group."""
    currency = results.scenario.currency
    columns = ("Group", "agents (mean)", "occupancy", "interval", "overrun (h)", f"wages {currency}".strip())
    return output.table(columns, ([*_group_cells(results, group.name)] for group in results.scenario.agent_groups))


def _group_cells(results: Results, name: str) -> Iterator[str]:
    def at(measure: str, part: str = "value") -> float:
        return float(getattr(results.estimate(measure), part)[results.place(measure, name)])

    yield escape(name)
    yield number(at("present"), "agents")
    yield number(at("occupancy"), "share")
    yield between(at("occupancy", "low"), at("occupancy", "high"), "share")
    yield number(at("overrun") / 3600, "h")
    yield number(at("wages"), "money")


def _over_time(results: Results, period: Period) -> object:
    """The chosen measures of everything together by day or interval, one row each."""
    rows = results.table(period, _PERIODS)
    total = rows[rows["by"] == "total"]
    wide = total.pivot_table(index="start", columns="measure", values="value", sort=True)
    wide = wide.reindex(columns=list(_PERIODS))
    wide = wide[(wide["offered"] > 0) | (wide["backlog"] > 0) | wide["occupancy"].notna()]
    lines = (
        (str(start), *(number(float(row[name]), MEASURES[name].unit) for name in _PERIODS))
        for start, row in wide.iterrows()
    )
    return output.table(("From", *(MEASURES[name].label.lower() for name in _PERIODS)), lines, title="All types")


def definitions(scenario: Scenario) -> str:
    """What the printed service level and wait mean in this scenario."""
    by_meaning: dict[str, list[str]] = {}
    for contact_type in scenario.contact_types:
        if contact_type.answer_within is not None:
            text = MEASURES[SERVICE_LEVELS[contact_type.target_definition]].definition
            text = text.replace("the target time", written(contact_type.answer_within))
            by_meaning.setdefault(text, []).append(contact_type.name)
    levels = "; ".join(f"{text} ({', '.join(names)})" for text, names in by_meaning.items())
    said = f"Service level: {levels}. " if levels else ""
    return (
        f"{said}Offered: contacts that reached the agent queue, a day. Abandon: abandoned / offered. "
        "ASA: mean wait of answered contacts. P90 wait: of answered or abandoned contacts."
    )
