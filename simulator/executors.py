"""Where replications run: one ordered map, with the same results everywhere.

A replication depends on its number alone, so it does not matter where or when it runs. Closing the iterator early
(as a cancelled run does) leaves no worker behind.
"""

from __future__ import annotations

import os
import signal
import threading
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Executor as Pool
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import Any, Protocol, TypeVar

from scenarios.errors import InvalidValue, MissingExtra, SlowerEngine, WorkerDied

R = TypeVar("R")
Run = Callable[[int], R]

CORES = os.cpu_count() or 1
AHEAD = 4
"""Replications (or batches) submitted for each worker, so that none waits and few results pile up."""
TRIES = 3
"""Times that workers may die without a result in between."""
PATIENCE = 10
"""Seconds to find a scheduler."""


class Executor(Protocol):
    """Runs replications and gives their results in order."""

    def map(self, run: Run[R], replications: Sequence[int]) -> Generator[R, None, None]:
        """The results of replications, in their order; the caller closes the iterator when it stops early."""


class Serial:
    """One replication after another, in this thread."""

    def map(self, run: Run[R], replications: Sequence[int]) -> Generator[R, None, None]:
        """The results of replications, in their order."""
        yield from map(run, replications)


@dataclass(frozen=True)
class Threads:
    """Replications in parallel threads: right for the compiled engine, which releases the interpreter lock."""

    workers: int = CORES

    def map(self, run: Run[R], replications: Sequence[int]) -> Generator[R, None, None]:
        """The results of replications, in their order."""
        with ThreadPoolExecutor(self.workers) as pool:
            yield from _in_order(pool, run, replications, self.workers)


@dataclass(frozen=True)
class Processes:
    """Replications in parallel worker processes of this machine: right for the SimPy engine."""

    workers: int = CORES

    def map(self, run: Run[R], replications: Sequence[int]) -> Generator[R, None, None]:
        """The results of replications, in their order; those of a worker that died are run again."""
        from concurrent.futures.process import BrokenProcessPool

        done = deaths = 0
        while done < len(replications):
            with worker_processes(self.workers) as pool:
                try:
                    for result in _in_order(pool, run, replications[done:], self.workers):
                        yield result
                        done, deaths = done + 1, 0
                except BrokenProcessPool:
                    deaths += 1
                    if deaths == TRIES:
                        raise WorkerDied(done) from None


def worker_processes(workers: int) -> ProcessPoolExecutor:
    """Worker processes that leave interrupts and warnings about engines to the process that started them."""
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=begin_worker)


def begin_worker() -> None:
    """Ignore interrupts and warnings about engines in this process, and end it when the one that started it is gone."""
    threading.Thread(target=_end_with, args=(parent_process(),), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore", SlowerEngine)


def _end_with(parent: BaseProcess | None) -> None:
    """End this process once its parent has ended, however that was: a killed server leaves no workers behind."""
    if parent is not None:
        parent.join()
        os._exit(1)


@dataclass(frozen=True)
class Cluster:
    """Replications on a Dask cluster: many machines, or several processes of this one.

    Every worker needs this project installed in the same version.
    """

    address: str | None = None
    """The scheduler, such as ``tcp://scheduler:8786``; without one a cluster is started on this machine."""
    workers: int = field(default=CORES)
    """Worker processes of a cluster on this machine."""
    batch: int = 8
    """Replications in one task at most, so that the scheduler has less to do than the workers."""

    def map(self, run: Run[R], replications: Sequence[int]) -> Generator[R, None, None]:
        """The results of replications, in their order; tasks of a worker that died go to another.

        Raises
        ------
        InvalidValue
            If there is no scheduler at the address.
        MissingExtra
            If Dask is not installed.
        WorkerDied
            If the scheduler is lost, or workers die again and again.
        """
        client, done = self._client(), 0
        window: deque[Any] = deque()
        try:
            threads = max(sum(client.nthreads().values()), 1)
            tasks = iter(self._tasks(replications, threads))
            for task in islice(tasks, AHEAD * threads):
                window.append(client.submit(_batch, run, task, pure=False, retries=TRIES))
            while window:
                results = _result(window.popleft(), done)
                for task in islice(tasks, 1):
                    window.append(client.submit(_batch, run, task, pure=False, retries=TRIES))
                yield from results
                done += len(results)
        finally:
            with _no_interrupts():
                client.cancel(list(window), force=True)
                client.close()
                if self.address is None:
                    client.cluster.close()

    def _tasks(self, replications: Sequence[int], threads: int) -> list[list[int]]:
        """Replications in batches, small at first, so that every worker has work and a first look comes soon."""
        tasks, at = [], 0
        while at < len(replications):
            batch = 1 if at < AHEAD * threads else self.batch
            tasks.append(list(replications[at : at + batch]))
            at += batch
        return tasks

    def _client(self) -> Any:
        try:
            distributed: Any = import_module("distributed")
        except ImportError:
            raise MissingExtra("cluster", "distributed") from None
        if self.address is None:
            with _no_interrupts():  # nor in the processes that begin now
                local = distributed.LocalCluster(n_workers=self.workers, threads_per_worker=1, dashboard_address=None)
                return distributed.Client(local)
        try:
            return distributed.Client(self.address, timeout=PATIENCE)
        except (OSError, ValueError) as problem:
            remedy = f"no scheduler answers there ({problem}); start one, and give its address as tcp://host:8786"
            raise InvalidValue("cluster", self.address, remedy) from None


def _result(future: Any, done: int) -> Any:
    """The result of a task of a cluster."""
    distributed: Any = import_module("distributed")
    try:
        return future.result()
    except (distributed.KilledWorker, distributed.comm.CommClosedError, distributed.client.FutureCancelledError):
        raise WorkerDied(done) from None


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Delay Ctrl-C meanwhile; processes that start now ignore it."""
    in_main = threading.current_thread() is threading.main_thread()
    if not (in_main and hasattr(signal, "pthread_sigmask")):
        yield
        return
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, before)
    if heard:
        raise KeyboardInterrupt


def _batch(run: Run[R], replications: Iterable[int]) -> list[R]:
    return [run(replication) for replication in replications]


def _in_order(pool: Pool, run: Run[R], replications: Sequence[int], workers: int) -> Generator[R, None, None]:
    """The results in order, with a few replications submitted ahead."""
    window: deque[Future[R]] = deque()
    waiting = iter(replications)
    try:
        window.extend(pool.submit(run, replication) for replication in islice(waiting, workers * AHEAD))
        while window:
            result = window.popleft().result()
            window.extend(pool.submit(run, replication) for replication in islice(waiting, 1))
            yield result
    finally:
        for future in window:
            future.cancel()
