"""What a grid edits: the scenario, a plan, or what a person entered on a page; read anew for each entry, with undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import streamlit as st

from interface.app.session import MOST_PAST, Workspace
from interface.app.steps import step_back, step_forward
from scenarios.scenario import Scenario

T = TypeVar("T")


@dataclass(frozen=True)
class Subject(Generic[T]):
    """What a grid edits, and its history."""

    current: Callable[[], T]
    replace: Callable[[str, T], None]
    """Put what edits of a place made of it in its place."""
    undo: Callable[[], None]
    redo: Callable[[], None]
    problems: dict[str, str]
    """What was refused, by the place of the grid."""


def of_scenario(work: Workspace) -> Subject[Scenario]:
    """The scenario."""
    return of_work(work, lambda: work.scenario, lambda place, changed: work.change(place, lambda _: changed))


def of_work(work: Workspace, current: Callable[[], T], replace: Callable[[str, T], Any]) -> Subject[T]:
    """A part of the work, whose history is that of the work."""

    def undo() -> None:
        if work.past:
            step_back(work)

    def redo() -> None:
        if work.future:
            step_forward(work)

    return Subject(current, replace, undo, redo, work.problems)


def of_page(work: Workspace, key: str) -> Subject[Any]:
    """What a person entered on a page, kept in the session under a key; it has a history of its own.

    `enter_anew` begins it.
    """

    def replace(_: str, changed: Any) -> None:
        _keep(key, [*_past(key), st.session_state[key]][-MOST_PAST:], changed, [])

    def undo() -> None:
        if past := _past(key):
            _keep(key, past[:-1], past[-1], [*_future(key), st.session_state[key]])

    def redo() -> None:
        if future := _future(key):
            _keep(key, [*_past(key), st.session_state[key]], future[-1], future[:-1])

    return Subject(partial(st.session_state.__getitem__, key), replace, undo, redo, work.problems)


def enter_anew(key: str, empty: Any) -> None:
    """Begin what a person enters on a page, with nothing to undo."""
    _keep(key, [], empty, [])


def _keep(key: str, past: list[Any], current: Any, future: list[Any]) -> None:
    st.session_state[key] = current
    st.session_state[f"{key}-history"] = past, future


def _past(key: str) -> list[Any]:
    return list(st.session_state.get(f"{key}-history", ([], []))[0])


def _future(key: str) -> list[Any]:
    return list(st.session_state.get(f"{key}-history", ([], []))[1])
