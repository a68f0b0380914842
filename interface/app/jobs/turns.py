"""Turns: tasks of several persons wait, and whoever was served longest ago is next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import Any


@dataclass(frozen=True, eq=False)
class Task:
    """Work of a person that waits for its turn."""

    person: str
    submit: Callable[[], Future[Any]]
    """Begins the work; may raise what its future would."""
    future: Future[Any] = field(default_factory=Future)


class Turns:
    """Gives so many tasks at a time to a pool of processes: urgent ones first, then in turn by person.

    A task of a person who has a hundred waiting delays nobody: everybody else's next one comes before the second of
    these. A cancelled task is dropped without its turn.
    """

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._lanes: tuple[dict[str, deque[Task]], dict[str, deque[Task]]] = ({}, {})
        self._busy = 0
        self._changed = Condition()
        self._thread: Thread | None = None

    def add(self, person: str, submit: Callable[[], Future[Any]], *, urgent: bool = False) -> Future[Any]:
        """The answer of a task, in time."""
        task = Task(person, submit)
        with self._changed:
            if self._thread is None:
                self._thread = Thread(target=self._serve, name="turns", daemon=True)
                self._thread.start()
            self._lanes[not urgent].setdefault(person, deque()).append(task)
            self._changed.notify()
        return task.future

    def waiting(self, person: str | None = None) -> int:
        """How many tasks wait: of a person, or in all."""
        with self._changed:
            queues = [queue for lane in self._lanes for owner, queue in lane.items() if person in (None, owner)]
            return sum(not task.future.cancelled() for queue in queues for task in queue)

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._busy < self.slots and any(self._lanes))
                task = self._next()
                if not task.future.set_running_or_notify_cancel():
                    continue
                self._busy += 1
            self._begin(task)

    def _next(self) -> Task:
        """The first task of whoever was served longest ago; that person is then the last of the lane."""
        lane = self._lanes[0] or self._lanes[1]
        person = next(iter(lane))
        queue = lane.pop(person)
        task = queue.popleft()
        if queue:
            lane[person] = queue
        return task

    def _begin(self, task: Task) -> None:
        try:
            inner = task.submit()
        except Exception as problem:  # the pool is broken or closed: said where the answer would be
            self._end(task, None, problem)
            return
        inner.add_done_callback(lambda done: self._end(task, done))

    def _end(self, task: Task, done: Future[Any] | None, problem: BaseException | None = None) -> None:
        with self._changed:
            self._busy -= 1
            self._changed.notify()
        with suppress(InvalidStateError):
            if done is not None and not done.cancelled():
                problem = done.exception()
            if problem is not None or done is None or done.cancelled():
                task.future.set_exception(problem or RuntimeError("the server is stopping"))
            else:
                task.future.set_result(done.result())
