"""Long work in worker processes: runs that tell what they have found so far, and can be stopped.

Worker processes import this file, so it knows no Streamlit. Pieces of work are short (about half a second), because a
worker cannot be interrupted, and few are handed out ahead, so that several people's runs take turns and a stopped run
is gone at once.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, Literal, TypeVar

from scenarios.errors import PlannerError
from scenarios.scenario import Scenario
from scenarios.yaml import presets
from simulator.engines import Engine
from simulator.executors import worker_processes
from simulator.experiment import Arrivals, Experiment, play_and_tally
from simulator.measure.results import Collector, Results
from simulator.measure.tallies import Tallies
from simulator.size import refuse_too_large

T = TypeVar("T")

PIECE = 0.5
"""Seconds that a piece of work should take."""
FIRST_ROUND = 4
"""Replications before the first result is shown."""
TRIES = 3
GLANCE = 0.1
"""Seconds after which a job looks whether it was stopped."""

Played = tuple[list[Tallies], float, Engine]
State = Literal["running", "done", "cancelled", "failed"]


@dataclass(frozen=True)
class Refused:
    """A refusal of the planner in words; exceptions with facts do not survive the way between processes."""

    text: str


@dataclass(frozen=True)
class RunRequest:
    """Scenarios to be played on the same tapes, so many replications each."""

    scenarios: tuple[Scenario, ...]
    replications: int
    seed: int = 1
    about: Any = None
    """What the page that made the plan wants to remember with it."""
    arrivals: tuple[Arrivals, ...] = ()
    """Recorded arrivals for each scenario, instead of drawn ones."""
    seeds: tuple[int, ...] = ()
    """The seed of each scenario, where they shall not share their random numbers."""
    engine: Engine = "auto"
    """Which engine plays; ``auto`` is whichever is ready."""

    @property
    def key(self) -> tuple[object, ...]:
        """What the plan would find; equal for plans that find the same."""
        return (
            *(scenario.fingerprint for scenario in self.scenarios),
            self.replications,
            self.seed,
            self.seeds,
            self.engine,
        )

    @property
    def how(self) -> Experiment:
        """How each of the scenarios is played."""
        return Experiment(self.replications, self.seed)

    def how_of(self, place: int) -> Experiment:
        """How one of the scenarios is played."""
        arrivals = self.arrivals[place] if self.arrivals else None
        return replace(self.how, seed=self.seeds[place] if self.seeds else self.seed, arrivals=arrivals)

    @property
    def wanted(self) -> int:
        """Replications of all scenarios together."""
        return self.replications * len(self.scenarios)


@dataclass(frozen=True)
class Piece:
    """Some replications of one scenario of a plan."""

    place: int
    replications: range


def guarded(work: Callable[..., T], *args: Any) -> T | Refused:
    """What a piece of work gives, or its refusal as a value.

    Examples
    --------
    >>> guarded(abs, -3)
    3
    """
    try:
        return work(*args)
    except PlannerError as problem:
        return Refused(str(problem))


def played(scenario: Scenario, how: Experiment, engine: Engine, replications: range) -> Played:
    """The tallies of some replications, the seconds that it took, and the engine."""
    begin = monotonic()
    found = [play_and_tally(scenario, how, engine, replication) for replication in replications]
    return found, monotonic() - begin, engine


def rounds(replications: int) -> list[range]:
    """Replications in rounds that double what is known: a first look soon, then narrower bands.

    Examples
    --------
    >>> rounds(20)
    [range(0, 4), range(4, 8), range(8, 16), range(16, 20)]
    """
    found, done = [], 0
    while done < replications:
        upto = min(replications, max(FIRST_ROUND, 2 * done))
        found.append(range(done, upto))
        done = upto
    return found


def compiled() -> bool:
    """True once the compiled engine has played a little, so that it is there for all; it may take half a minute."""
    play_and_tally(presets.load("help-desk"), Experiment(1), "kernel", 0)
    return True


class Workers:
    """A pool of worker processes that is made on first use and again if one of them dies.

    One of them begins by compiling the fast engine; until it is there the others play with the readable one. Both
    find the same to the bit, so that a run may begin with one and go on with the other.
    """

    def __init__(self, count: int | None = None) -> None:
        self.count = max(2, count or os.cpu_count() or 1)
        self._pool: ProcessPoolExecutor | None = None
        self._compiled: Future[Any] | None = None
        self._lock = Lock()

    @property
    def engine(self) -> Engine:
        """The fastest engine that is ready."""
        ready = self._compiled is not None and self._compiled.done() and not self._compiled.cancelled()
        return "kernel" if ready and self._compiled and self._compiled.exception() is None else "simpy"

    @property
    def compiling(self) -> bool:
        """Whether the fast engine is being made ready."""
        return self._compiled is not None and not self._compiled.done()

    def ask(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        """The answer of a function, in time; `Refused` where it raises an error of the planner."""
        return self.pool().submit(guarded, work, *args)

    def start(self, plan: RunRequest) -> Job:
        """A job that plays a plan."""
        job = Job(plan, self)
        Thread(target=job.run, name="job", daemon=True).start()
        return job

    def pool(self) -> ProcessPoolExecutor:
        """The pool."""
        with self._lock:
            if self._pool is None:
                self._pool = worker_processes(self.count)
                if find_spec("numba") is not None:
                    self._compiled = self._pool.submit(compiled)
            return self._pool

    def renew(self, broken: ProcessPoolExecutor) -> None:
        """Forget a pool that has lost a worker, unless somebody has done so."""
        with self._lock:
            if self._pool is broken:
                self._pool = None
        broken.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """Let all workers go."""
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = None


@dataclass
class Job:
    """A plan being played; the findings grow from round to round and stay when the job is stopped."""

    plan: RunRequest
    workers: Workers
    state: State = "running"
    done: int = 0
    problem: str = ""
    findings: tuple[Results, ...] = ()
    """One for each scenario, all with the same replications; empty before the first round is over."""
    _stop: Event = field(default_factory=Event, repr=False)
    _pace: float = 0.0
    _engines: dict[Engine, None] = field(default_factory=dict, repr=False)
    """The engines that have played, in order: whichever was ready, for they agree to the bit."""

    @property
    def running(self) -> bool:
        """Whether it still works."""
        return self.state == "running"

    @property
    def progress(self) -> float:
        """The share that is done."""
        return self.done / self.plan.wanted

    @property
    def replications(self) -> int:
        """Replications behind the findings."""
        return self.findings[0].replications if self.findings else 0

    def cancel(self) -> None:
        """Stop soon; what was found stays."""
        self._stop.set()
        if self.running:
            self.state = "cancelled"

    def run(self) -> None:
        """Play the plan, round by round; in a thread of its own, which only waits."""
        try:
            self._rounds()
        except _Stopped:
            return
        except Exception as problem:
            self.problem, self.state = str(problem) or type(problem).__name__, "failed"

    def _rounds(self) -> None:
        plan = self.plan
        for scenario in plan.scenarios:
            refuse_too_large(scenario, plan.replications)
        collectors = [Collector(scenario, plan.seed) for scenario in plan.scenarios]
        for replications in rounds(plan.replications):
            for piece, found in self._in_order(self._pieces(replications)):
                for one in found:
                    collectors[piece.place].add(one, replications.stop)
            self.findings = tuple(collector.results(" then ".join(self._engines)) for collector in collectors)
        if not self._stop.is_set():
            self.state = "done"

    def _pieces(self, replications: range) -> Iterator[Piece]:
        for place in range(len(self.plan.scenarios)):
            fair = -(-len(replications) // self.workers.count)
            at = replications.start
            while at < replications.stop:  # measured anew for each piece: the fast engine may have come meanwhile
                length = 1 if not self._pace else max(1, min(fair, int(PIECE / self._pace)))
                yield Piece(place, replications[at - replications.start :][:length])
                at += length

    def _in_order(self, pieces: Iterator[Piece]) -> Iterator[tuple[Piece, list[Tallies]]]:
        """What the workers find, in the order of the pieces; few pieces are under way at any time."""
        waiting: deque[tuple[Piece, Future[Any]]] = deque()
        try:
            for piece in pieces:
                waiting.append((piece, self._sent(piece)))
                if len(waiting) > (2 * self.workers.count if self._pace else self.workers.count):
                    yield self._received(*waiting.popleft())
            while waiting:
                yield self._received(*waiting.popleft())
        finally:
            for _, future in waiting:
                future.cancel()

    def _sent(self, piece: Piece) -> Future[Any]:
        scenario, how = self.plan.scenarios[piece.place], self.plan.how_of(piece.place)
        engine = self.workers.engine if self.plan.engine == "auto" else self.plan.engine
        return self.workers.ask(played, scenario, how, engine, piece.replications)

    def _received(self, piece: Piece, future: Future[Any]) -> tuple[Piece, list[Tallies]]:
        for last in (False,) * (TRIES - 1) + (True,):
            if self._stop.is_set():
                future.cancel()
                raise _Stopped
            pool = self.workers.pool()
            try:
                answer = self._answer(future)
                break
            except (BrokenProcessPool, CancelledError):  # a worker died, say for want of memory: once more in new ones
                self.workers.renew(pool)
                if last:
                    raise
                future = self._sent(piece)
        if isinstance(answer, Refused):
            raise PlannerError(answer.text)
        found, took, engine = answer
        self._engines[engine] = None
        self._pace = took / len(piece.replications)
        self.done += len(piece.replications)
        return piece, found

    def _answer(self, future: Future[Any]) -> Any:
        """What a piece of work gives, or the end as soon as the job is stopped."""
        while not self._stop.is_set():
            with suppress(TimeoutError):
                return future.result(timeout=GLANCE)
        future.cancel()
        raise _Stopped


class _Stopped(Exception):
    """The job was cancelled."""
