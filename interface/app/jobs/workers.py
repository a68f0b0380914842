"""The worker processes that all windows of a server share."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from importlib.util import find_spec
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

from interface.app.jobs.finished_runs import FinishedRuns
from interface.app.jobs.jobs import Refused
from interface.app.jobs.turns import Turns
from interface.server.log import log_event
from interface.server.settings import settings
from scenarios.errors import PlannerError
from scenarios.yaml import presets
from simulator.engines import Engine
from simulator.executors import worker_processes
from simulator.experiment import Experiment, play_and_tally

T = TypeVar("T")
MOST_ANSWERS = 100
"""Answers that are kept for whoever asks the same; the oldest go."""
BACKGROUND = 5
"""The priority (nice value) of studies: beside short work they get a quarter of a processor."""


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


def in_background(work: Callable[..., T], *args: Any) -> T | Refused:
    """The same with a lower priority for this process, so that short work comes first."""
    if hasattr(os, "getpriority") and os.getpriority(os.PRIO_PROCESS, 0) < BACKGROUND:
        os.setpriority(os.PRIO_PROCESS, 0, BACKGROUND)
    return guarded(work, *args)


def compiled() -> bool:
    """True once the compiled engine has simulated a little, so that it is ready for all; may take half a minute."""
    play_and_tally(presets.load("help-desk"), Experiment(1), "kernel", 0)
    return True


@dataclass
class Pools:
    """The worker processes of a server: some for short work, and others for searches and studies that take minutes.

    Studies have processes of their own, with a lower priority, so that a question is answered while they work.
    """

    count: int
    studies: int
    short: ProcessPoolExecutor | None = None
    long: ProcessPoolExecutor | None = None
    compiled: Future[Any] | None = None
    closed: bool = False
    """Whether the server stops: no processes are made any more."""
    lock: Any = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """Nobody waits yet."""
        self.turns, self.study_turns = Turns(self.count), Turns(self.studies)
        self.answers: dict[str, Future[Any]] = {}
        self.finished = FinishedRuns()
        self._studies: dict[str, list[Future[Any]]] = {}
        self._runs: dict[str, list[Future[Any]]] = {}

    def refuse_closed(self) -> None:
        """Make no processes while the server stops: it would wait for them.

        Raises
        ------
        RuntimeError
            If the workers are closed.
        """
        if self.closed:
            raise RuntimeError("the server is stopping")

    def runs_of(self, person: str) -> list[Future[Any]]:
        """The simulations of a person that are under way."""
        return _under_way(self._runs, person)

    def studies_of(self, person: str) -> list[Future[Any]]:
        """The searches and studies of a person that are under way or wait."""
        return _under_way(self._studies, person)


def _under_way(futures: dict[str, list[Future[Any]]], person: str) -> list[Future[Any]]:
    """The futures of a person that are not done; those that are, of everybody, are forgotten."""
    for owner in list(futures):
        futures[owner] = [future for future in futures[owner] if not future.done()]
        if not futures[owner]:
            del futures[owner]
    return futures.setdefault(person, [])


class Workers:
    """A pool of worker processes that is made on first use and again if one of them dies, as one person sees it.

    One of them begins by compiling the fast engine; until that is ready the others simulate with the readable one. Both
    give the same to the bit, so that a run may begin with one and go on with the other. Persons take turns.
    """

    def __init__(self, count: int | None = None, person: str = "", pools: Pools | None = None) -> None:
        self.count = max(2, count or os.cpu_count() or 1)
        self.person = person
        self._pools = pools or Pools(self.count, settings().studies)

    def of(self, person: str) -> Workers:
        """The same processes for the work of a person."""
        return Workers(self.count, person, self._pools)

    @property
    def finished(self) -> FinishedRuns:
        """The runs that ended, of everybody."""
        return self._pools.finished

    @property
    def engine(self) -> Engine:
        """The fastest engine that is ready."""
        compiled = self._pools.compiled
        ready = compiled is not None and compiled.done() and not compiled.cancelled()
        return "kernel" if ready and compiled and compiled.exception() is None else "simpy"

    @property
    def compiling(self) -> bool:
        """Whether the fast engine is being made ready."""
        return self._pools.compiled is not None and not self._pools.compiled.done()

    def ask(self, work: Callable[..., Any], *args: Any, urgent: bool = False) -> Future[Any]:
        """The answer of a function, in time; `Refused` where it raises an error of the planner.

        What is `urgent` comes before pieces of simulations: a person waits for it.
        """
        submit = partial(self._submit, work, *args)
        return self._pools.turns.add(self.person, submit, urgent=urgent)

    def ask_once(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        """The answer to a question that other windows may have put before: the same question has the same answer.

        Equal to the last byte: a scenario of another name is another question.
        """
        question = sha256(pickle.dumps((work, args))).hexdigest()
        answers = self._pools.answers
        with self._pools.lock:
            future = answers.pop(question, None)
            if future is None or (future.done() and (future.cancelled() or future.exception())):
                future = self.ask(work, *args, urgent=True)
            answers[question] = future
            while len(answers) > MOST_ANSWERS:
                del answers[next(iter(answers))]
        return future

    def study(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        """The answer of work that takes minutes; `Refused` where the person or the server has too much under way."""
        with self._pools.lock:
            refused = self._refuse_study()
            if refused:
                log_event("study refused", person=self.person)
                future: Future[Any] = Future()
                future.set_result(Refused(f"Not started: {refused}."))
                return future
            future = self._pools.study_turns.add(self.person, partial(self._submit_study, work, *args))
            self._pools.studies_of(self.person).append(future)
        self._log(future, "study")
        return future

    def _refuse_study(self) -> str:
        pools, limits = self._pools, settings()
        own = len(pools.studies_of(self.person))
        if own >= limits.studies_per_person:
            return (
                f"you have {own} searches or studies under way, the most that this server allows a person; cancel "
                "or wait until it ends"
            )
        if pools.study_turns.waiting() >= limits.studies_waiting:
            return (
                f"{limits.studies_waiting} searches and studies wait already, the most that this server allows; try "
                "again in some minutes"
            )
        return ""

    def _submit(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        pool = self.pool()
        try:
            return pool.submit(guarded, work, *args)
        except BrokenProcessPool:  # a worker has died since the last task
            self.renew(pool)
            return self.pool().submit(guarded, work, *args)

    def _submit_study(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        pools = self._pools
        with pools.lock:
            pools.refuse_closed()
            if pools.long is None:
                pools.long = worker_processes(pools.studies)
            pool = pools.long
        try:
            return pool.submit(in_background, work, *args)
        except BrokenProcessPool:
            with pools.lock:
                pools.refuse_closed()
                pools.long = worker_processes(pools.studies)
            return pools.long.submit(in_background, work, *args)

    def pool(self) -> ProcessPoolExecutor:
        """The pool for short work."""
        pools = self._pools
        with pools.lock:
            pools.refuse_closed()
            if pools.short is None:
                pools.short = worker_processes(self.count)
                if find_spec("numba") is not None:
                    pools.compiled = pools.short.submit(compiled)
            return pools.short

    def renew(self, broken: ProcessPoolExecutor) -> None:
        """Forget a pool that has lost a worker, unless that was done already."""
        with self._pools.lock:
            if self._pools.short is broken:
                self._pools.short = None
        broken.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """Stop all workers; what they are at is dropped."""
        pools = self._pools
        with pools.lock:
            for pool in (pools.short, pools.long):
                if pool is not None:
                    processes = list((getattr(pool, "_processes", None) or {}).values())
                    pool.shutdown(wait=False, cancel_futures=True)
                    for process in processes:
                        process.terminate()
            pools.short, pools.long, pools.closed = None, None, True

    def refuse_run(self) -> str:
        """Why this person may not begin a simulation now; empty if they may."""
        with self._pools.lock:
            own = len(self._pools.runs_of(self.person))
        if own < settings().runs_per_person:
            return ""
        log_event("run refused", person=self.person, under_way=own)
        return (
            f"Not started: you have {own} simulations under way, the most that this server allows a person; cancel "
            "one, or wait until it ends"
        )

    def note_run(self, run: Future[Any]) -> None:
        """Count a simulation of this person until it ends."""
        with self._pools.lock:
            self._pools.runs_of(self.person).append(run)
        self._log(run, "run")

    def _log(self, work: Future[Any], noun: str) -> None:
        """Write when work begins and ends."""
        log_event(f"{noun} begun", person=self.person)
        begin = monotonic()

        def ended(work: Future[Any]) -> None:
            outcome = "cancelled" if work.cancelled() else "failed" if work.exception() else "done"
            log_event(f"{noun} ended", person=self.person, outcome=outcome, seconds=round(monotonic() - begin, 3))

        work.add_done_callback(ended)
