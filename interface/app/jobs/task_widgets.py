"""How pages show a study under way: a button, how far it is, and its last answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from interface.app.jobs.jobs import Refused
from interface.app.jobs.tasks import Task, start_task
from interface.app.session import workers


@dataclass
class Asked:
    """A page's studies in one window: the one under way, and the last that was answered."""

    now: Task | None = None
    answered: Task | None = None


def asked(page: str) -> Asked:
    """The studies of a page in this window."""
    name = f"asked-{page}"
    if name not in st.session_state:
        st.session_state[name] = Asked()
    found: Asked = st.session_state[name]
    return found


def study(
    page: str, key: Hashable, label: str, work: Callable[..., Any], *args: Any, steps: str = "plans", main: bool = True
) -> tuple[Any, bool]:
    """The last answer of a page below its button, and whether it answers what is asked now; None before the first.

    `key` tells what is asked; `work(letterbox, *args)` is done by a worker process. `steps` names what progress counts;
    a button that is not the main one is drawn more quietly.
    """
    mine = asked(page)
    running = _working(mine)
    busy = running and mine.now is not None and mine.now.key == key
    if st.button(label, type="primary" if main else "secondary", disabled=busy, key=f"ask-{page}"):
        if mine.now is not None and mine.now is not mine.answered:
            mine.now.forget()
        mine.now = start_task(workers(), key, work, *args)
        running = True
    if running and mine.now is not None:
        under_way(mine.now, page, steps)
    _settle(mine, steps)
    if mine.answered is None:
        if running and main:
            st.skeleton(320)
        return None, False
    return mine.answered.answer, mine.answered.key == key


def _working(mine: Asked) -> bool:
    """Whether an answer is awaited; one that was stopped is not, though its worker may be busy a moment longer."""
    return mine.now is not None and mine.now.running and not mine.now.box.stopped


def _settle(mine: Asked, steps: str) -> None:
    """Keep a study that is answered; say why where it is not."""
    if mine.now is None or _working(mine):
        return
    answer = mine.now.answer
    if answer is None or (isinstance(answer, Refused) and mine.now.box.stopped):
        st.info(stopped_after(mine.now, steps) + (" What follows is the answer before." if mine.answered else ""))
        return
    if isinstance(answer, Refused):
        st.error(answer.text)
        return
    if mine.answered is not None and mine.answered is not mine.now:
        mine.answered.forget()
    mine.answered = mine.now


def stopped_after(one: Task, steps: str) -> str:
    """What is said of a study that a person stopped, who knows that it was no mistake."""
    done, wanted = one.box.news() or (0, 0)
    return f"Cancelled after {done} of {wanted} {steps}." if wanted else "Cancelled before it began."


@st.fragment(run_every=0.5)
def under_way(one: Task, page: str, steps: str) -> None:
    """How far a study is, with a button to stop it; the page is drawn anew when it is over."""
    if not one.running or one.box.stopped:
        st.rerun()
    left, right = st.columns([5, 1], vertical_alignment="center")
    done, wanted = one.box.news() or (0, 0)
    wait = " · the fast engine is being compiled, which happens once" if workers().compiling else ""
    words = f"{done} of {wanted} {steps} done" if wanted else "Beginning"
    left.progress(min(done / wanted, 1.0) if wanted else 0.0, text=words + wait)
    right.button("Cancel", on_click=one.cancel, width="stretch", key=f"cancel-{page}")
