"""Running work watched from the page: its progress, a button to stop it, and a new page when there is more to show.

The page itself waits, at its very end, and goes on listening: a person's next click ends the wait. (A part of the page
that redraws itself every so often can overtake a click on a link and lead back to the page before.)
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from time import sleep
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from interface.app.jobs.jobs import Job
from interface.app.session import Workspace, workers

BEAT = 0.3
_KEY = "watched"


class NothingYet(Exception):
    """A page has nothing more to show before what it watches is there. (`st.stop` would end the waiting too.)"""


@dataclass(frozen=True)
class Watched:
    """A run, or questions, of which the page shows what was there when it was drawn."""

    job: Job | None
    seen: int
    waiting: tuple[Future[Any], ...]
    bar: DeltaGenerator | None

    @property
    def news(self) -> bool:
        """Whether there is more than the page shows."""
        more = self.job is not None and (not self.job.running or self.job.replications != self.seen)
        return more or any(one.done() for one in self.waiting)

    def tell(self) -> None:
        """Show how far the run is."""
        if self.bar is not None and self.job is not None:
            self.bar.progress(min(self.job.progress, 1.0), text=_so_far(self.job))


@dataclass(frozen=True)
class Typing:
    """Entries that are typed into a grid; a browser that draws a page anew swallows keystrokes."""

    work: Workspace

    @property
    def news(self) -> bool:
        """Whether the last entry is some time ago."""
        return not self.work.typing

    def tell(self) -> None:
        """Show nothing."""


def watch(job: Job | None, seen: int, waiting: Sequence[Future[Any]] = ()) -> None:
    """Have the page drawn anew when a run has more than so many replications, or a question is answered."""
    bar = None
    if job is not None:
        left, right = st.columns([5, 1], vertical_alignment="center")
        bar = left.empty()
        right.button("Cancel", on_click=job.cancel, width="stretch")
    watched = Watched(job, seen, tuple(waiting), bar)
    watched.tell()
    st.session_state.setdefault(_KEY, []).append(watched)


def watch_typing(work: Workspace) -> None:
    """Have the page drawn anew when no more entries are typed into its grids."""
    st.session_state.setdefault(_KEY, []).append(Typing(work))


def catch_up() -> None:
    """Draw the page anew at once if there is more to show by now: what comes next on it takes longest to draw."""
    if any(one.news for one in st.session_state[_KEY]):
        st.rerun()


def shown(page: StreamlitPage) -> None:
    """Show a page, and wait with it for what it watches."""
    st.session_state[_KEY] = []
    with suppress(NothingYet):
        page.run()
    _await(st.session_state[_KEY])


def _await(watched: Sequence[Watched | Typing]) -> None:
    while watched:
        st.session_state.get(_KEY)  # here Streamlit lets a click through, which drawing anew would overtake
        if any(one.news for one in watched):
            st.rerun()
        sleep(BEAT)
        for one in watched:
            one.tell()


def _so_far(job: Job) -> str:
    done = job.done // len(job.plan.scenarios)
    wait = " · the fast engine is being compiled, which happens once" if workers().compiling else ""
    begins = " · waiting for a free worker" if not job.done and not wait else ""
    return f"{done:,} of {job.plan.replications:,} replications played{wait or begins}"
