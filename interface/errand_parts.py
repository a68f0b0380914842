"""How pages show a study under way: a button, how far it is, and its last answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from interface.errands import Errand, errand
from interface.jobs import Refused
from interface.session import workers


@dataclass
class Asked:
    """A page's studies in one window: the one under way, and the last that was answered."""

    now: Errand | None = None
    answered: Errand | None = None


def asked(page: str) -> Asked:
    """The studies of a page in this window."""
    name = f"asked-{page}"
    if name not in st.session_state:
        st.session_state[name] = Asked()
    found: Asked = st.session_state[name]
    return found


def study(page: str, key: Hashable, label: str, work: Callable[..., Any], *args: Any) -> tuple[Any, bool]:
    """The last answer of a page below its button, and whether it answers what is asked now; None before the first.

    `key` tells what is asked; `work(letterbox, *args)` is done by a worker process.
    """
    mine = asked(page)
    running = mine.now is not None and mine.now.running
    if st.button(label, type="primary", disabled=running and mine.now is not None and mine.now.key == key):
        if mine.now is not None:
            mine.now.forget()
        mine.now = errand(workers(), key, work, *args)
        running = True
    if running and mine.now is not None:
        under_way(mine.now)
    _settle(mine)
    if mine.answered is None:
        if running:
            st.skeleton(320)
        return None, False
    return mine.answered.answer, mine.answered.key == key


def _settle(mine: Asked) -> None:
    """Keep a study that is answered; say why where it is not."""
    if mine.now is None or mine.now.running:
        return
    answer = mine.now.answer
    if isinstance(answer, Refused):
        st.error(answer.text)
        return
    if mine.answered is not None and mine.answered is not mine.now:
        mine.answered.forget()
    mine.answered = mine.now


@st.fragment(run_every=0.5)
def under_way(one: Errand) -> None:
    """How far a study is, with a button to stop it; the page is drawn anew when it is over."""
    if not one.running:
        st.rerun()
    left, right = st.columns([5, 1], vertical_alignment="center")
    done, wanted = one.box.news() or (0, 0)
    wait = " · the fast engine is being compiled, which happens once" if workers().compiling else ""
    words = f"{done} of {wanted} done" if wanted else "Beginning"
    left.progress(min(done / wanted, 1.0) if wanted else 0.0, text=words + wait)
    right.button("Cancel", on_click=one.cancel, width="stretch", key="cancel-study")
