"""Long studies in worker processes, which tell how far they are by a letterbox and can be stopped by one.

A letterbox is a folder: the worker leaves its newest news there, whoever waits reads them; a flag asks it to stop.
That works between any processes of one machine and needs no open connection.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import monotonic
from typing import Any

from interface.app.jobs.jobs import Refused, Workers
from scenarios.errors import Cancelled

PAUSE = 0.3
"""Seconds between two letters."""


@dataclass
class ProgressFile:
    """Where a worker leaves news and finds a wish to stop."""

    folder: Path
    told_at: float = field(default=-PAUSE, repr=False)

    def tell(self, news: object, *, always: bool = False) -> None:
        """Leave the newest news, unless the last were only just left."""
        now = monotonic()
        if (not always and now - self.told_at < PAUSE) or not self.folder.is_dir():
            return
        self.told_at = now
        letter = self.folder / "letter"
        letter.write_bytes(pickle.dumps(news))
        letter.replace(self.folder / "news")

    def news(self) -> Any:
        """The newest news; None before the first."""
        try:
            return pickle.loads((self.folder / "news").read_bytes())
        except FileNotFoundError:
            return None

    def stop(self) -> None:
        """Ask the worker to stop."""
        if self.folder.is_dir():
            (self.folder / "stop").touch()

    @property
    def stopped(self) -> bool:
        """Whether the worker is asked to stop; so too when nobody waits any more."""
        return (self.folder / "stop").exists() or not self.folder.is_dir()

    def progress(self, done: int, wanted: int) -> None:
        """News of a piece of work, which is also where it stops.

        Raises
        ------
        Cancelled
            If that was asked for.
        """
        if self.stopped:
            raise Cancelled(done, wanted)
        self.tell((done, wanted), always=True)


@dataclass
class Task:
    """A study under way, or its answer."""

    key: Hashable
    """What was asked; equal for questions with equal answers."""
    box: ProgressFile
    future: Future[Any]

    @property
    def running(self) -> bool:
        """Whether it still works."""
        return not self.future.done()

    @property
    def answer(self) -> Any:
        """The answer, `Refused` where there is none, None while it works."""
        if self.running:
            return None
        try:
            return self.future.result()
        except Exception as problem:  # a worker died or an answer failed: said where the answer would be
            return Refused(str(problem) or type(problem).__name__)

    def cancel(self) -> None:
        """Stop soon."""
        self.future.cancel()
        self.box.stop()

    def forget(self) -> None:
        """Stop, and clear the letterbox away."""
        self.cancel()
        rmtree(self.box.folder, ignore_errors=True)


def start_task(workers: Workers, key: Hashable, work: Callable[..., Any], *args: Any) -> Task:
    """`work(letterbox, *args)` in a worker process."""
    box = ProgressFile(Path(mkdtemp(prefix="ccplan-")))
    return Task(key, box, workers.ask(work, box, *args))
