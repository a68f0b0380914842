"""Runs of scenarios, simulated by all workers together, whose findings grow from round to round.

Pieces of work are short (about half a second), because a worker cannot be interrupted, and few are handed out ahead, so
that several people's runs take turns and a cancelled run is gone at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from time import monotonic
from typing import Any, Protocol

from interface.app.jobs.jobs import Job, Progress, Refused, ended_job, refused_job, start_in_thread
from interface.app.jobs.workers import Workers
from scenarios.errors import Cancelled, PlannerError
from scenarios.measures import CONTACT_TALLIES
from scenarios.scenario import Scenario
from simulator.engines import Engine
from simulator.experiment import Arrivals, Experiment, play_and_tally
from simulator.measure.results import Collector, Results
from simulator.measure.tallies import Tallies, needed
from simulator.size import refuse_too_large

PIECE = 0.5
"""Seconds that a piece of work should take."""
FIRST_ROUND = 4
"""Replications before the first result is shown."""
TRIES = 3
GLANCE = 0.1
"""Seconds after which a run looks whether it was cancelled."""

Simulated = tuple[list[Tallies], float, Engine]


class RunStudy(Protocol):
    """Makes of the results of a run what is kept of it: far less than they are."""

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures of contact types that it needs; no others are kept."""

    @property
    def fingerprint(self) -> str:
        """A hash of all that its findings rest on besides the results."""

    def found(self, results: Sequence[Results]) -> Any:
        """The findings from one `Results` for each scenario."""


@dataclass(frozen=True)
class RunRequest:
    """Scenarios to be simulated on the same random inputs, so many replications each."""

    scenarios: tuple[Scenario, ...]
    replications: int
    seed: int = 1
    about: Any = None
    """What the page that made the request wants to remember with it."""
    arrivals: tuple[Arrivals, ...] = ()
    """Recorded arrivals for each scenario, instead of drawn ones."""
    seeds: tuple[int, ...] = ()
    """The seed of each scenario, where they shall not share their random numbers."""
    engine: Engine = "auto"
    """Which engine simulates; ``auto`` is whichever is ready."""
    study: RunStudy | None = None
    """What makes the findings of the results, where these are many and large; by default the results are kept."""

    @property
    def key(self) -> tuple[object, ...]:
        """What the run would find; equal for requests that find the same."""
        return (
            *(scenario.fingerprint for scenario in self.scenarios),
            self.replications,
            self.seed,
            self.seeds,
            self.engine,
        )

    @property
    def everything(self) -> str:
        """A hash of all that the findings rest on, recorded arrivals included; equal for equal runs of anybody."""
        hashed = sha256(repr(self.key).encode())
        for times in (times for arrivals in self.arrivals for times in arrivals):
            hashed.update(times.tobytes() + b";")
        if self.study is not None:
            hashed.update(self.study.fingerprint.encode())
        return hashed.hexdigest()

    @property
    def contact_tallies(self) -> tuple[str, ...]:
        """The tallies of contacts that are kept: all, or those that the study needs."""
        return tuple(CONTACT_TALLIES) if self.study is None else needed(self.study.measures)

    @property
    def wanted(self) -> int:
        """Replications of all scenarios together."""
        return self.replications * len(self.scenarios)

    def experiment(self, index: int) -> Experiment:
        """How one of the scenarios is simulated."""
        arrivals = self.arrivals[index] if self.arrivals else None
        seed = self.seeds[index] if self.seeds else self.seed
        return replace(Experiment(self.replications, seed), arrivals=arrivals)


@dataclass(frozen=True)
class Piece:
    """Some replications of one scenario of a run."""

    index: int
    replications: range


def start_run(workers: Workers, request: RunRequest) -> Job:
    """A job that simulates the scenarios of a request; it finds one `Results` for each scenario, or what a study does.

    All rest on the same replications; there are none before the first round is over. A run that somebody has had on
    this server is there at once.
    """
    found = workers.finished.find(request.everything)
    if found is not None:
        return ended_job(request, found if request.study else _named_as_asked(found, request.scenarios))
    refused = workers.refuse_run()
    if refused:
        return refused_job(request, refused)
    job = start_in_thread(request, _simulate, request, workers)
    workers.note_run(job.future)
    return job


def _named_as_asked(found: Sequence[Results], scenarios: Sequence[Scenario]) -> tuple[Results, ...]:
    """Results of equal scenarios, with the titles and notes of who asks."""
    named = zip(found, scenarios, strict=True)
    return tuple(part if part.scenario is scenario else replace(part, scenario=scenario) for part, scenario in named)


def _simulate(progress: Progress, request: RunRequest, workers: Workers) -> None:
    """Simulate round by round; in a thread of its own, which only waits."""
    run = _Run(progress, request, workers)
    run.rounds()
    workers.finished.keep(request.everything, run.findings)


def simulated(
    scenario: Scenario, experiment: Experiment, engine: Engine, contact_tallies: tuple[str, ...], replications: range
) -> Simulated:
    """The tallies of some replications, or those named alone; the seconds that it took, and the engine."""
    begin = monotonic()
    tallies = [play_and_tally(scenario, experiment, engine, replication) for replication in replications]
    if contact_tallies != tuple(CONTACT_TALLIES):
        tallies = [tally.only(contact_tallies) for tally in tallies]
    return tallies, monotonic() - begin, engine


def rounds(replications: int) -> list[range]:
    """Replications in rounds that double what is known: a first look soon, then narrower bands.

    Examples
    --------
    >>> rounds(20)
    [range(0, 4), range(4, 8), range(8, 16), range(16, 20)]
    """
    parts, done = [], 0
    while done < replications:
        upto = min(replications, max(FIRST_ROUND, 2 * done))
        parts.append(range(done, upto))
        done = upto
    return parts


@dataclass
class _Run:
    """A request under way."""

    progress: Progress
    request: RunRequest
    workers: Workers
    done: int = 0
    findings: tuple[Any, ...] = ()
    seconds: float = 0.0
    """What a replication takes; 0 before the first."""
    engines: dict[Engine, None] = field(default_factory=dict)
    """The engines that have simulated, in order: whichever was ready, for they agree to the bit."""

    def rounds(self) -> None:
        """Simulate, and report after each piece."""
        request = self.request
        for scenario in request.scenarios:
            refuse_too_large(scenario, request.replications)
        collectors = [Collector(scenario, request.seed, request.contact_tallies) for scenario in request.scenarios]
        for replications in rounds(request.replications):
            for piece, tallies in self._in_order(self._pieces(replications)):
                for tally in tallies:
                    collectors[piece.index].add(tally, replications.stop)
            results = tuple(collector.results(" then ".join(self.engines)) for collector in collectors)
            self.findings = results if request.study is None else (request.study.found(results),)
            self._report()

    def _report(self) -> None:
        self.progress.report(self.done, self.request.wanted, self.findings)

    def _pieces(self, replications: range) -> Iterator[Piece]:
        for index in range(len(self.request.scenarios)):
            fair = -(-len(replications) // self.workers.count)
            start = replications.start
            while start < replications.stop:  # measured anew each time: the fast engine may be ready meanwhile
                length = 1 if not self.seconds else max(1, min(fair, int(PIECE / self.seconds)))
                yield Piece(index, replications[start - replications.start :][:length])
                start += length

    def _in_order(self, pieces: Iterator[Piece]) -> Iterator[tuple[Piece, list[Tallies]]]:
        """What the workers find, in the order of the pieces; few pieces are under way at any time."""
        waiting: deque[tuple[Piece, Future[Any]]] = deque()
        try:
            for piece in pieces:
                waiting.append((piece, self._sent(piece)))
                if len(waiting) > (2 * self.workers.count if self.seconds else self.workers.count):
                    yield self._received(*waiting.popleft())
            while waiting:
                yield self._received(*waiting.popleft())
        finally:
            for _, future in waiting:
                future.cancel()

    def _sent(self, piece: Piece) -> Future[Any]:
        scenario, experiment = self.request.scenarios[piece.index], self.request.experiment(piece.index)
        engine = self.workers.engine if self.request.engine == "auto" else self.request.engine
        arguments = (simulated, scenario, experiment, engine, self.request.contact_tallies, piece.replications)
        pool = self.workers.pool()
        try:
            return self.workers.ask(*arguments)
        except BrokenProcessPool:  # a worker has died since the last piece came back
            self.workers.renew(pool)
            return self.workers.ask(*arguments)

    def _received(self, piece: Piece, future: Future[Any]) -> tuple[Piece, list[Tallies]]:
        for last in (False,) * (TRIES - 1) + (True,):
            pool = self.workers.pool()
            try:
                answer = self._answer(future)
                break
            except (BrokenProcessPool, CancelledError):  # a worker died, say for want of memory: again in new ones
                self.workers.renew(pool)
                if last:
                    raise
                future = self._sent(piece)
        if isinstance(answer, Refused):
            raise PlannerError(answer.text)
        tallies, took, engine = answer
        self.engines[engine] = None
        self.seconds = took / len(piece.replications)
        self.done += len(piece.replications)
        self._report()
        return piece, tallies

    def _answer(self, future: Future[Any]) -> Any:
        """What a piece of work gives, or the end as soon as the run is cancelled."""
        while not self.progress.stopped:
            with suppress(TimeoutError):
                return future.result(timeout=GLANCE)
        future.cancel()
        raise Cancelled(self.done, self.request.wanted)
