"""The worker processes that all windows of a server share."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from importlib.util import find_spec
from threading import Lock
from typing import Any, TypeVar

from interface.app.jobs.jobs import Refused
from scenarios.errors import PlannerError
from scenarios.yaml import presets
from simulator.engines import Engine
from simulator.executors import worker_processes
from simulator.experiment import Experiment, play_and_tally

T = TypeVar("T")


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


def compiled() -> bool:
    """True once the compiled engine has simulated a little, so that it is ready for all; may take half a minute."""
    play_and_tally(presets.load("help-desk"), Experiment(1), "kernel", 0)
    return True


class Workers:
    """A pool of worker processes that is made on first use and again if one of them dies.

    One of them begins by compiling the fast engine; until that is ready the others simulate with the readable one. Both
    give the same to the bit, so that a run may begin with one and go on with the other.
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

    def pool(self) -> ProcessPoolExecutor:
        """The pool."""
        with self._lock:
            if self._pool is None:
                self._pool = worker_processes(self.count)
                if find_spec("numba") is not None:
                    self._compiled = self._pool.submit(compiled)
            return self._pool

    def renew(self, broken: ProcessPoolExecutor) -> None:
        """Forget a pool that has lost a worker, unless that was done already."""
        with self._lock:
            if self._pool is broken:
                self._pool = None
        broken.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """Stop all workers."""
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = None
