"""How a scenario is simulated: replications, seed, engine, precision, progress."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import Cancelled, InvalidValue, NotExpressible
from scenarios.scenario import Scenario
from simulator.engines import Engine, can_start, has_started, refuse_if_missing
from simulator.executors import Executor, Run, Serial, Threads
from simulator.logs import Logs
from simulator.measure.results import Collector, Results
from simulator.measure.tallies import Tallies, tally
from simulator.size import refuse_too_large
from simulator.tape import draw_tape

if TYPE_CHECKING:
    from simulator.reference.router import Router

Progress = Callable[[int, int], None]
Arrivals = Sequence[NDArray[np.float64]]

MOST_REPLICATIONS = 100_000
TOO_MANY = 1e6
"""By how much a half-width may be wanted smaller for the needed replications to be a meaningful number."""
ENOUGH_TO_STOP = 32
"""Replications before a run may stop for its precision.

Who stops as soon as an interval looks narrow stops too often where it is so by chance: from a first look at 8 the
intervals of the runs that stopped covered 93 % (or 85 to 90 % for skewed measures) instead of 95 %, from 32 they cover
as well as those of a fixed number of replications.
"""
FIRST_LOOK = 8
"""Replications before the first look at what has been found so far, if small; each further look doubles them."""
SOON = 9_000
"""Contacts that the SimPy engine plays in about a third of a second."""
WORTH_COMPILING = 60_000
"""Contacts from which the compiled engine is quicker though it has to start: about a second of the other one."""


@dataclass(frozen=True)
class Experiment:
    """Settings of a simulation: everything that is not about the centre itself."""

    replications: int = 100
    """How many times the horizon is played; with `precision`, the most."""
    seed: int = 1
    """Equal seeds give equal tapes, so that scenarios can be compared contact by contact."""
    engine: Engine = "auto"
    """Which engine plays the tapes; the results do not depend on it. ``auto`` weighs the time to start."""
    precision: float | None = None
    """Go on until the interval of every target has at most this half-width (0.01 is one point), at least for
    `ENOUGH_TO_STOP` replications."""
    arrivals: Arrivals | None = None
    """Recorded arrival times of each type, in seconds, instead of drawn ones."""
    policy: type[Router] | None = None
    """Routing rules written in Python, in place of `simulator.reference.router.Router`; for the SimPy engine only."""

    def __post_init__(self) -> None:
        if not 1 <= self.replications <= MOST_REPLICATIONS:
            raise InvalidValue("replications", self.replications, f"choose 1 to {MOST_REPLICATIONS}")
        if self.precision is not None and not self.precision > 0:
            raise InvalidValue("precision", self.precision, "give a positive half-width, such as 0.01 for one point")
        if self.precision is not None and self.precision >= 1:
            raise InvalidValue("precision", self.precision, "a share has no half-width of 1; 0.01 is one point")
        if self.engine not in get_args(Engine):
            raise InvalidValue("engine", self.engine, f"choose {', '.join(get_args(Engine))}")
        if self.policy is not None and self.engine == "kernel":
            raise NotExpressible("a policy written in Python", "the compiled engine", "use engine='simpy'")
        for times in map(np.asarray, self.arrivals or ()):
            wrong = times[~((times >= 0) & (times < np.inf))]
            if wrong.size:
                raise InvalidValue("arrivals", float(wrong[0]), "give seconds from the start of the horizon, 0 or more")
        if self.engine == "kernel":
            refuse_if_missing()

    def engine_for(
        self, scenario: Scenario, replications: int | None = None, *, started: bool = False
    ) -> Literal["kernel", "simpy"]:
        """The engine that plays so many replications, by default all; the compiled one if it was `started` before."""
        if self.engine != "auto":
            return self.engine
        wanted = self.is_long(scenario, replications) or (started and self.policy is None)
        return "kernel" if wanted and can_start() else "simpy"

    def is_long(self, scenario: Scenario, replications: int | None = None) -> bool:
        """Whether so many replications, by default all, are worth the start of the compiled engine."""
        contacts = scenario.expected.sum() * (replications or self.replications)
        any_engine = self.engine == "auto" and self.policy is None
        return self.engine == "kernel" or bool(any_engine and contacts > WORTH_COMPILING)


def simulate(
    scenario: Scenario,
    replications: int = 100,
    seed: int = 1,
    *,
    engine: Engine = "auto",
    precision: float | None = None,
    arrivals: Arrivals | None = None,
    policy: type[Router] | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Results:
    """The results of a scenario.

    Parameters
    ----------
    scenario
        What is given.
    replications, seed, engine, precision, arrivals, policy
        See `Experiment`.
    executor
        Where replications are played; by default in threads of this process for the compiled engine and one after
        another for SimPy. The results do not depend on it.
    progress
        Called with the replications done and wanted.
    cancelled
        Asked between replications.

    Raises
    ------
    InvalidValue
        For fewer than one or too many replications, or a precision that is not positive.
    TooLarge
        If the results would not fit into memory.
    Cancelled
        If `cancelled` said so.

    Examples
    --------
    >>> from scenarios.scenario import scenario_from
    >>> desk = scenario_from({"name": "desk", "agent_groups": [{"name": "a", "skills": ["calls"], "staffing": 3}],
    ...     "contact_types": [{"name": "calls", "channel": "phone", "volume": {"per_hour": 20},
    ...                        "handle_time": {"mean": "5 min"}}]})
    >>> results = simulate(desk, replications=4)
    >>> results.replications, bool(results.estimate("asa").value[0] > 0)
    (4, True)
    """
    how = Experiment(replications, seed, engine, precision, arrivals, policy)
    *_, last = looks(scenario, how, executor, progress, cancelled)
    return last


def looks(
    scenario: Scenario,
    how: Experiment,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[Results]:
    """The results as they grow: a first look after a few replications, then after every doubling, then all.

    The last results are those of `simulate`; errors are the same. The first look does not wait
    for the compiled engine to start: with ``auto``, the SimPy engine runs those few replications.
    """
    refuse_too_large(scenario, how.replications)
    collector, stop = Collector(scenario, how.seed), min(first_look(scenario), how.replications)
    soon = 0 if has_started() else stop
    with closing(_stream(partial(_played, scenario, how, soon), how, scenario, soon, executor)) as stream:
        for tallies in stream:
            collector.add(tallies, how.replications)
            if progress:
                progress(collector.count, how.replications)
            if cancelled and cancelled() and collector.count < how.replications:
                raise Cancelled(collector.count, how.replications)
            if collector.count < stop:
                continue
            engines = dict.fromkeys(_engine(scenario, how, soon, number) for number in (0, stop - 1))
            results = collector.results(" then ".join(engines))
            yield results
            if how.precision is not None and is_precise(results, how.precision):
                return
            stop = min(2 * stop, how.replications)


def _stream(
    run: Run[Tallies], how: Experiment, scenario: Scenario, soon: int, executor: Executor | None
) -> Generator[Tallies, None, None]:
    """The tallies of all replications; without a chosen executor the first `soon` come before the others start."""
    numbers = range(how.replications)
    if executor is not None or not how.is_long(scenario):
        yield from (executor or Serial()).map(run, numbers)
        return
    yield from Serial().map(run, numbers[:soon])
    yield from Threads().map(run, numbers[soon:])


def _engine(scenario: Scenario, how: Experiment, soon: int, replication: int) -> Literal["kernel", "simpy"]:
    """The engine of a replication, of which the first `soon` wait for no start; none where there was one before."""
    return how.engine_for(scenario, soon if replication < soon else None, started=not soon)


def _played(scenario: Scenario, how: Experiment, soon: int, replication: int) -> Tallies:
    return play_and_tally(scenario, how, _engine(scenario, how, soon, replication), replication)


def first_look(scenario: Scenario) -> int:
    """Replications before the first look: as many as are soon played, at least two, for one alone shows no error."""
    return int(np.clip(SOON / max(float(scenario.expected.sum()), 1.0), 2, FIRST_LOOK))


def play(
    scenario: Scenario,
    seed: int = 1,
    replication: int = 0,
    engine: Engine = "simpy",
    *,
    arrivals: Arrivals | None = None,
    policy: type[Router] | None = None,
) -> Logs:
    """The logs of one replication; ``auto`` is the compiled engine where that has been started.

    Raises
    ------
    InvalidValue, MissingExtra, NotExpressible, TooLarge
        As `simulate`.
    """
    how = Experiment(1, seed, engine, arrivals=arrivals, policy=policy)
    refuse_too_large(scenario)
    fast = engine == "kernel" or (engine == "auto" and policy is None and has_started())
    if fast:
        from simulator.kernel import engine as kernel

        return kernel.play(scenario, kernel.draw_tape(scenario, how.seed, replication, arrivals=how.arrivals))
    from simulator.reference import centre

    tape = draw_tape(scenario, how.seed, replication, arrivals=how.arrivals)
    return centre.play(scenario, tape, how.policy)


def play_and_tally(scenario: Scenario, how: Experiment, engine: Engine, replication: int) -> Tallies:
    """The tallies of one replication."""
    if engine == "kernel":
        from simulator.kernel import engine as kernel

        return kernel.play_and_tally(scenario, kernel.draw_tape(scenario, how.seed, replication, arrivals=how.arrivals))
    from simulator.reference import centre

    tape = draw_tape(scenario, how.seed, replication, arrivals=how.arrivals)
    return tally(scenario, centre.play(scenario, tape, how.policy))


def is_precise(results: Results, precision: float) -> bool:
    """Whether the interval of every target that is a share is narrow enough, by replications enough to tell."""
    from simulator.measure.targets import verdict

    if results.replications < ENOUGH_TO_STOP:
        return False

    rows = verdict(results)
    shares = rows[rows["measure"] != "asa"]
    return bool(((shares["high"] - shares["low"]) / 2 <= precision).all())


def replications_for(results: Results, precision: float) -> int:
    """How many replications a precision will take, judged by a first few: half-widths shrink with their root."""
    from simulator.measure.targets import verdict

    rows = verdict(results)
    shares = rows[rows["measure"] != "asa"]
    widest = float(((shares["high"] - shares["low"]) / 2).max()) if len(shares) else 0.0
    wanted = results.replications * min(widest / precision, TOO_MANY) ** 2
    return max(results.replications, ENOUGH_TO_STOP, int(np.ceil(wanted)))
