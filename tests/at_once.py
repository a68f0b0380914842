"""Workers for tests of pages: what is asked of them is there when the page is drawn."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Callable
from concurrent.futures import Future
from importlib import import_module
from typing import Any

import pytest

import interface.app
from interface.app import session
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


def answer_at_once(patch: pytest.MonkeyPatch) -> None:
    """Let every module of the app use such workers, until the test is over.

    All are imported before: one that were first imported meanwhile would keep these workers for the tests to come.
    """
    for found in pkgutil.walk_packages(interface.app.__path__, "interface.app."):
        if ".pages" not in found.name:
            import_module(found.name)
    usual = session.workers
    for name, module in list(sys.modules.items()):
        if name.startswith("interface.app") and getattr(module, "workers", None) is usual:
            patch.setattr(module, "workers", AtOnce)
