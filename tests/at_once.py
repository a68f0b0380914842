"""Workers for tests of pages: what is asked of them is there when the page is drawn."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from interface.app.jobs.workers import guarded


class AtOnce:
    """Workers that answer before they are left."""

    compiling = False

    def ask(self, work: Callable[..., Any], *args: Any, urgent: bool = False) -> Future[Any]:
        """The answer, there already; nothing is more urgent than at once."""
        del urgent
        future: Future[Any] = Future()
        future.set_result(guarded(work, *args))
        return future

    def study(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        """The answer of a study, there already."""
        return self.ask(work, *args)

    def ask_once(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        """The answer to a question that several windows may put."""
        return self.ask(work, *args)
