"""Running work watched from the page: its progress, a button to stop it, and a new page when there is more to show.

The page itself waits, at its very end, and goes on listening: a person's next click ends the wait. (A part of the page
that redraws itself every so often can overtake a click on a link and lead back to the page before.)
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from interface.app.jobs.jobs import Job
from interface.app.jobs.runs import RunRequest
from interface.app.session import person, workers, workspace
from interface.app.store.saving import save
from interface.formatting import days_or_periods
from interface.language.messages import _
from interface.language.numbers import number
from interface.server.log import log_event

BEAT = 0.3
COMPILING = " · compiling the fast engine (first run only)"
_KEY = "watched"
DRAWN = "<span></span>"
"""The last element of a page: while it is fresh, what is left of the page before is hidden (see the style of pages)."""


class NothingYet(Exception):
    """A page has nothing more to show before what it watches is there. (`st.stop` would end the waiting too.)"""


@dataclass(frozen=True)
class Watched:
    """A run, or questions, of which the page shows what was found when it was drawn."""

    job: Job | None
    seen: int
    """Replications that the page shows."""
    waiting: tuple[Future[Any], ...]
    bar: DeltaGenerator | None

    @property
    def news(self) -> bool:
        """Whether there is more than the page shows."""
        more = self.job is not None and (not self.job.running or self.job.replications != self.seen)
        return more or any(future.done() for future in self.waiting)

    def update(self) -> None:
        """Show how far the run is."""
        if self.bar is not None and self.job is not None:
            self.bar.progress(self.job.share, text=_so_far(self.job))


def watch(job: Job | None, seen: int, waiting: Sequence[Future[Any]] = ()) -> None:
    """Have the page drawn anew when a run has more than so many replications, or a question is answered."""
    bar = None
    if job is not None:
        left, right = st.columns([5, 1], vertical_alignment="center")
        bar = left.empty()
        right.button(_("Cancel"), on_click=job.cancel, width="stretch")
    watched = Watched(job, seen, tuple(waiting), bar)
    watched.update()
    st.session_state.setdefault(_KEY, []).append(watched)


def catch_up() -> None:
    """Draw the page anew at once if there is more to show by now: what comes next on it takes longest to draw."""
    if any(part.news for part in st.session_state[_KEY]):
        st.rerun()


def shown(page: StreamlitPage) -> None:
    """Show a page, and wait with it for what it watches."""
    st.session_state[_KEY] = []
    begin = monotonic()
    try:
        with suppress(NothingYet):
            page.run()
        with st.container(key="drawn"):
            st.html(DRAWN)
        save(workspace())  # what the page itself has changed, before it waits
    except Exception as problem:
        log_event("page failed", person=person(), page=page.title, error=type(problem).__name__)
        raise
    finally:
        log_event("page drawn", person=person(), page=page.title, milliseconds=round(1000 * (monotonic() - begin)))
    _await(st.session_state[_KEY])


def _await(watched: Sequence[Watched]) -> None:
    while watched:
        st.session_state.get(_KEY)  # at this call Streamlit lets a click through, which drawing anew would overtake
        if any(part.news for part in watched):
            st.rerun()
        sleep(BEAT)
        for part in watched:
            part.update()


def _so_far(job: Job) -> str:
    request: RunRequest = job.request
    done = job.done // len(request.scenarios)
    wait = COMPILING if workers().compiling else ""
    begins = _(" · waiting for a free processor") if not job.done and not wait else ""
    units = days_or_periods(max(scenario.horizon.days for scenario in request.scenarios))
    return _("{done} of {replications} simulated {units}{waiting}").format(
        done=number(done, ","), replications=number(request.replications, ","), units=units, waiting=wait or begins
    )
