"""How scenarios are simulated from the command line: replications, seed, precision, engine and executor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import get_args

from interface.cli import output
from interface.cli.result_tables import results_line
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario
from simulator.engines import Engine, has_started
from simulator.executors import CORES, Cluster, Executor, Processes, Serial, Threads
from simulator.experiment import MOST_REPLICATIONS, Experiment, first_look, looks, replications_for, simulate
from simulator.measure.results import Period, Results

_STARTING = " (the compiled engine is starting)"
WORTH_PROCESSES = 300_000
"""Contacts from which several processes of the SimPy engine are faster than one."""
LONG = 600.0
"""Seconds from which a precision is confirmed by the user first."""


@dataclass(frozen=True)
class Run:
    """How scenarios are simulated; None leaves the choice to the simulator."""

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
        experiment = Experiment(self.replications, self.seed, engine, self.precision)
        if self.precision is not None:
            self._warn_of_hours(scenario, experiment, self.precision)
        with output.progress(scenario.name) as bar:
            for results in looks(scenario, experiment, self._executor(scenario), bar):
                starting = experiment.is_long(scenario) and not has_started()
                bar.show("so far " + results_line(results) + (_STARTING if starting else ""))
            return results

    def _warn_of_hours(self, scenario: Scenario, experiment: Experiment, precision: float) -> None:
        """Simulate a few days, estimate the time that the precision takes, and confirm a long one."""
        results, seconds_each = self._pilot(scenario, replace(experiment, precision=None))
        needed = replications_for(results, precision)
        if needed > self.replications:
            about = f"about {needed:,}" if needed <= MOST_REPLICATIONS else f"more than {MOST_REPLICATIONS:,}"
            output.note(f"this precision needs {about} replications; --replications allows {self.replications:,}")
        seconds = seconds_each * min(needed, self.replications)
        if seconds > LONG:
            output.confirm(f"This precision takes up to {seconds / 60:,.0f} min on this machine. Continue?")

    def _pilot(self, scenario: Scenario, experiment: Experiment) -> tuple[Results, float]:
        """A few replications, and the seconds that a replication takes once the engine has started."""
        count = min(first_look(scenario), self.replications)
        executor = None if self.cluster else self._executor(scenario)
        if experiment.engine_for(scenario) == "kernel":
            experiment = replace(experiment, engine="kernel")
            simulate(scenario, 1, self.seed, engine="kernel")
        started = perf_counter()
        results = simulate(scenario, count, self.seed, engine=experiment.engine, executor=executor)
        return results, (perf_counter() - started) / count

    def _executor(self, scenario: Scenario) -> Executor | None:
        if self.workers is not None and self.workers < 1:
            raise InvalidValue("workers", self.workers, "give at least 1")
        if self.cluster is not None:
            return Cluster(None if self.cluster == "local" else self.cluster, self.workers or CORES)
        if self.workers == 1:
            return Serial()
        if self.engine == "simpy":
            parallel = self.workers or scenario.expected.sum() * self.replications > WORTH_PROCESSES
            return Processes(self.workers or CORES) if parallel else None
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
    raise InvalidValue("engine", name, f"choose one of {', '.join(get_args(Engine))}")


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
    raise InvalidValue("period", name, f"choose one of {', '.join(get_args(Period))}")
