"""Where replications are played: one ordered map, the same answer from each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Protocol, TypeVar

R = TypeVar("R")


class Executor(Protocol):
    """Something that plays replications and gives their findings in order."""

    def map(self, run: Callable[[int], R], replications: Iterable[int]) -> Iterator[R]:
        """The findings of replications, in their order."""


class Serial:
    """One replication after another, in this process."""

    def map(self, run: Callable[[int], R], replications: Iterable[int]) -> Iterator[R]:
        """The findings of replications, in their order."""
        return map(run, replications)


@dataclass(frozen=True)
class Processes:
    """Replications side by side in worker processes of this machine."""

    workers: int = os.cpu_count() or 1

    def map(self, run: Callable[[int], R], replications: Iterable[int]) -> Iterator[R]:
        """The findings of replications, in their order."""
        with ProcessPoolExecutor(self.workers, mp_context=get_context("spawn")) as pool:
            try:
                yield from pool.map(run, replications)
            finally:
                pool.shutdown(cancel_futures=True)
