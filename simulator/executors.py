"""Where replications are played: one ordered map, the same answer from each.

A replication depends on its number alone, so it does not matter who plays it or when. Closing the iterator early
(as a cancelled run does) leaves no worker behind.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor as Pool
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from multiprocessing import get_context
from typing import Any, Protocol, TypeVar

from scenarios.errors import MissingExtra, WorkerDied

R = TypeVar("R")
Run = Callable[[int], R]

CORES = os.cpu_count() or 1
AHEAD = 4
"""Replications (or batches) given out for each worker, so that none waits and few results pile up."""


class Executor(Protocol):
    """Something that plays replications and gives their findings in order."""

    def map(self, run: Run[R], replications: Sequence[int]) -> Iterator[R]:
        """The findings of replications, in their order."""


class Serial:
    """One replication after another, in this thread."""

    def map(self, run: Run[R], replications: Sequence[int]) -> Iterator[R]:
        """The findings of replications, in their order."""
        return map(run, replications)


@dataclass(frozen=True)
class Threads:
    """Replications side by side in this process: right for the compiled engine, which leaves the lock alone."""

    workers: int = CORES

    def map(self, run: Run[R], replications: Sequence[int]) -> Iterator[R]:
        """The findings of replications, in their order."""
        with ThreadPoolExecutor(self.workers) as pool:
            yield from _in_order(pool, run, replications, self.workers * AHEAD)


@dataclass(frozen=True)
class Processes:
    """Replications side by side in worker processes of this machine: right for the SimPy engine."""

    workers: int = CORES

    def map(self, run: Run[R], replications: Sequence[int]) -> Iterator[R]:
        """The findings of replications, in their order; those of a worker that died are played again once."""
        from concurrent.futures.process import BrokenProcessPool

        done = 0
        for attempt in (1, 2):
            with ProcessPoolExecutor(self.workers, mp_context=get_context("spawn")) as pool:
                try:
                    for found in _in_order(pool, run, replications[done:], self.workers * AHEAD):
                        yield found
                        done += 1
                    return
                except BrokenProcessPool:
                    if attempt == 2:
                        raise WorkerDied(done) from None


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
    """Replications in one task, so that the scheduler has less to do than the workers."""

    def map(self, run: Run[R], replications: Sequence[int]) -> Iterator[R]:
        """The findings of replications, in their order; tasks of a worker that died go to another."""
        client = self._client()
        tasks = [replications[i : i + self.batch] for i in range(0, len(replications), self.batch)]
        window: deque[Any] = deque()
        waiting = iter(tasks)
        try:
            for task in islice(waiting, AHEAD * max(sum(client.nthreads().values()), 1)):
                window.append(client.submit(_batch, run, list(task), pure=False, retries=3))
            while window:
                found = window.popleft().result()
                for task in islice(waiting, 1):
                    window.append(client.submit(_batch, run, list(task), pure=False, retries=3))
                yield from found
        finally:
            client.cancel(list(window), force=True)
            client.close()
            if self.address is None:
                client.cluster.close()

    def _client(self) -> Any:
        try:
            distributed: Any = import_module("distributed")
        except ImportError:
            raise MissingExtra("cluster", "distributed") from None
        if self.address is not None:
            return distributed.Client(self.address)
        local = distributed.LocalCluster(n_workers=self.workers, threads_per_worker=1, dashboard_address=None)
        return distributed.Client(local)


def _batch(run: Run[R], replications: Iterable[int]) -> list[R]:
    return [run(replication) for replication in replications]


def _in_order(pool: Pool, run: Run[R], replications: Sequence[int], ahead: int) -> Iterator[R]:
    """The findings in order, with at most `ahead` replications given out at a time."""
    window: deque[Future[R]] = deque()
    waiting = iter(replications)
    try:
        window.extend(pool.submit(run, replication) for replication in islice(waiting, ahead))
        while window:
            found = window.popleft().result()
            window.extend(pool.submit(run, replication) for replication in islice(waiting, 1))
            yield found
    finally:
        for future in window:
            future.cancel()
