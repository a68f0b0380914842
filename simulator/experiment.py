"""How a scenario is tried out: replications, seed, engine, precision, progress."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import Cancelled, InvalidValue, MissingExtra, NotExpressible, TooLarge
from scenarios.measures import CONTACT_TALLIES, GROUP_TALLIES
from scenarios.scenario import Scenario
from simulator import waits
from simulator.executors import Executor, Serial, Threads
from simulator.logs import Logs
from simulator.results import Collector, Results
from simulator.tallies import Tallies, tally
from simulator.tape import draw_tape

if TYPE_CHECKING:
    from simulator.floor import Floor

Engine = Literal["auto", "kernel", "simpy"]
Progress = Callable[[int, int], None]
Arrivals = Sequence[NDArray[np.float64]]

MOST_REPLICATIONS = 100_000
FIRST_LOOK = 8
"""Replications before the first look at what has been found so far, if small; each further look doubles them."""
WORTH_COMPILING = 60_000
"""Contacts from which the compiled engine is quicker though it has to start: about a second of the other one."""
BYTES_OF_A_CONTACT = 600
SHARE_OF_MEMORY = 0.5


@dataclass(frozen=True)
class Experiment:
    """How to play: everything that is not about the centre itself."""

    replications: int = 100
    """How many times the horizon is played; with `precision`, the most."""
    seed: int = 1
    """Equal seeds give equal tapes, so that scenarios can be compared contact by contact."""
    engine: Engine = "auto"
    """Which engine plays the tapes; the findings do not depend on it. ``auto`` weighs the time to start."""
    precision: float | None = None
    """Go on until the interval of every target has at most this half-width (0.01 is one point)."""
    arrivals: Arrivals | None = None
    """Recorded arrival times of each type, in seconds, instead of drawn ones."""
    policy: type[Floor] | None = None
    """Routing rules written in Python, in place of `simulator.floor.Floor`; for the SimPy engine only."""

    def __post_init__(self) -> None:
        if not 1 <= self.replications <= MOST_REPLICATIONS:
            raise InvalidValue("replications", self.replications, f"choose 1 to {MOST_REPLICATIONS}")
        if self.precision is not None and not self.precision > 0:
            raise InvalidValue("precision", self.precision, "give a positive half-width, such as 0.01 for one point")
        if self.engine not in ("auto", "kernel", "simpy"):
            raise InvalidValue("engine", self.engine, "choose auto, kernel or simpy")
        if self.policy is not None and self.engine == "kernel":
            raise NotExpressible("a policy written in Python", "the compiled engine", "use engine='simpy'")

    def engine_for(self, scenario: Scenario, replications: int | None = None) -> Literal["kernel", "simpy"]:
        """The engine that plays so many replications, by default all.

        Raises
        ------
        MissingExtra
            If the compiled engine is asked for and numba is not installed.
        """
        if self.engine != "auto":
            if self.engine == "kernel" and find_spec("numba") is None:
                raise MissingExtra("kernel", "numba")
            return self.engine
        small = scenario.expected.sum() * (replications or self.replications) <= WORTH_COMPILING
        return "simpy" if small or self.policy is not None or find_spec("numba") is None else "kernel"


def simulate(
    scenario: Scenario,
    replications: int = 100,
    seed: int = 1,
    *,
    engine: Engine = "auto",
    precision: float | None = None,
    arrivals: Arrivals | None = None,
    policy: type[Floor] | None = None,
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
        another for SimPy. The findings do not depend on it.
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

    The last results are those of `simulate`; errors are the same. Nobody waits for the compiled engine to start before
    the first look: with ``auto``, the other one plays those few replications.
    """
    refuse_too_large(scenario, how)
    collector, wanted = Collector(scenario, how.seed, how.engine), 0
    engines: dict[str, None] = {}
    while wanted < how.replications:
        soon = not wanted and not has_started()
        wanted = min(how.replications, max(2 * wanted, first_look(scenario)))
        engine = how.engine_for(scenario, wanted if soon else None)
        engines[engine] = None
        collector.engine = " then ".join(engines)
        run = partial(play_and_tally, scenario, how, engine)
        found = executor or (Threads() if engine == "kernel" else Serial())
        for one in found.map(run, range(collector.count, wanted)):
            collector.add(one, wanted)
            if progress:
                progress(collector.count, how.replications)
            if cancelled and cancelled() and collector.count < how.replications:
                raise Cancelled(collector.count, how.replications)
        results = collector.results()
        yield results
        if how.precision is not None and is_precise(results, how.precision):
            return


def first_look(scenario: Scenario) -> int:
    """Replications before the first look: as many as are soon played, at least two, for one alone shows no error."""
    return int(np.clip(WORTH_COMPILING / max(float(scenario.expected.sum()), 1.0), 2, FIRST_LOOK))


def has_started() -> bool:
    """Whether the compiled engine has been started in this process, which takes a second, or the first time ten."""
    return "simulator.kernel_play" in sys.modules


def play(
    scenario: Scenario,
    seed: int = 1,
    replication: int = 0,
    engine: Engine = "simpy",
    *,
    arrivals: Arrivals | None = None,
    policy: type[Floor] | None = None,
) -> Logs:
    """The logs of one replication."""
    tape = draw_tape(scenario, seed, replication, arrivals=arrivals)
    if engine == "kernel":
        from simulator import kernel

        return kernel.play(scenario, tape)
    from simulator import centre

    return centre.play(scenario, tape, policy)


def play_and_tally(scenario: Scenario, how: Experiment, engine: Engine, replication: int) -> Tallies:
    """The tallies of one replication."""
    logs = play(scenario, how.seed, replication, engine, arrivals=how.arrivals, policy=how.policy)
    if engine == "kernel":
        from simulator import kernel_tally

        return kernel_tally.tally(scenario, logs)
    return tally(scenario, logs)


def is_precise(results: Results, precision: float) -> bool:
    """Whether the interval of every target that is a share is narrow enough."""
    from simulator.targets import verdict

    rows = verdict(results)
    shares = rows[rows["measure"] != "asa"]
    return bool(((shares["high"] - shares["low"]) / 2 <= precision).all())


def replications_for(results: Results, precision: float) -> int:
    """How many replications a precision will take, judged by a first few: half-widths shrink with their root."""
    from simulator.targets import verdict

    rows = verdict(results)
    shares = rows[rows["measure"] != "asa"]
    widest = float(((shares["high"] - shares["low"]) / 2).max()) if len(shares) else 0.0
    return max(results.replications, int(np.ceil(results.replications * (widest / precision) ** 2)))


def refuse_too_large(scenario: Scenario, how: Experiment) -> None:
    """Refuse a run whose results or logs would take more than half of this machine's memory.

    Raises
    ------
    TooLarge
        With the estimate, before anything is allocated.
    """
    types, groups = len(scenario.contact_types), len(scenario.agent_groups)
    rows = scenario.horizon.intervals
    sums = 8 * rows * (len(CONTACT_TALLIES) * types + len(GROUP_TALLIES) * groups)
    results = how.replications * (sums + 2 * 4 * types * waits.BINS)
    logs = BYTES_OF_A_CONTACT * float(scenario.expected.sum()) * (os.cpu_count() or 1)
    limit = SHARE_OF_MEMORY * memory()
    if results + logs > limit:
        raise TooLarge(
            f"{how.replications} replications of '{scenario.name}'",
            _gigabytes(results + logs),
            _gigabytes(limit),
            "play fewer replications, a shorter horizon, or longer intervals",
        )


def memory() -> float:
    """Bytes of memory of this machine; 4 GB where it does not say."""
    if "SC_PHYS_PAGES" in getattr(os, "sysconf_names", {}):
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return 4e9


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:,.1f} GB"
