"""How pages show a study under way: a button, how far it is, and its last answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from interface.app.jobs.jobs import Job, Refused, start_in_worker
from interface.app.jobs.progress import COMPILING, NothingYet
from interface.app.literal import literal
from interface.app.session import workers
from interface.language.messages import _


@dataclass
class PageStudies:
    """A page's studies in one window: the one under way, and the last that was answered."""

    current: Job | None = None
    answered: Job | None = None

    @property
    def awaited(self) -> Job | None:
        """The study whose answer is awaited; not one that was cancelled, though its worker may be busy a moment."""
        job = self.current
        return job if job is not None and job.running and not job.stopped else None

    def start(self, key: Hashable, work: Callable[..., Any], *args: Any) -> Job:
        """Begin a study; the one before is dropped unless its answer is shown."""
        if self.current is not None and self.current is not self.answered:
            self.current.forget()
        self.current = start_in_worker(workers(), key, work, *args)
        return self.current

    def forget(self) -> None:
        """Forget the current study, so that it can begin again."""
        if self.current is not None:
            self.current.forget()
        self.current = None


def page_studies(page: str) -> PageStudies:
    """The studies of a page in this window."""
    name = f"studies-{page}"
    if name not in st.session_state:
        st.session_state[name] = PageStudies()
    studies: PageStudies = st.session_state[name]
    return studies


def study(
    page: str, key: Hashable, label: str, work: Callable[..., Any], *args: Any, steps: str = "plans", main: bool = True
) -> tuple[Any, bool]:
    """The last answer of a page below its button, and whether it answers the current question; None before the first.

    `key` is the question; `work(progress, *args)` is done by a worker process. `steps` names what progress counts; a
    button that is not the main one is drawn more quietly.
    """
    studies = page_studies(page)
    awaited = studies.awaited
    busy = awaited is not None and awaited.request == key
    if st.button(label, type="primary" if main else "secondary", disabled=busy, key=f"ask-{page}"):
        awaited = studies.start(key, work, *args)
    if awaited is not None:
        under_way(awaited, page, steps)
    _settle(studies, steps)
    if studies.answered is None:
        if awaited is not None and main:
            st.skeleton(320)
        return None, False
    return studies.answered.answer, studies.answered.request == key


def awaited_answer(page: str, key: Hashable, work: Callable[..., Any], *args: Any, steps: str) -> Any:
    """The answer of `work(progress, *args)`, begun at once by a worker process; until it is there the page ends here.

    Meanwhile the page shows how far it is, with a button to stop it; then a button to begin again.
    """
    studies = page_studies(page)
    job = studies.current
    if job is None or job.request != key:
        job = studies.start(key, work, *args)
    if job.running and not job.stopped:
        under_way(job, page, steps)
        st.skeleton(400)
        raise NothingYet
    if job.running or job.state == "cancelled":
        st.info(stopped_after(job, steps))
        st.button(_("Begin again"), on_click=studies.forget, key=f"again-{page}")
        raise NothingYet
    if isinstance(job.answer, Refused):
        st.error(literal(job.answer.text))
        st.stop()
    return job.answer


def _settle(studies: PageStudies, steps: str) -> None:
    """Keep a study that is answered; say why where it is not."""
    job = studies.current
    if job is None or studies.awaited is not None:
        return
    answer = job.answer
    if answer is None or (isinstance(answer, Refused) and job.stopped):
        st.info(stopped_after(job, steps) + (_(" The previous result is shown.") if studies.answered else ""))
        return
    if isinstance(answer, Refused):
        st.error(literal(answer.text))
        return
    if studies.answered is not None and studies.answered is not job:
        studies.answered.forget()
    studies.answered = job


def stopped_after(job: Job, steps: str) -> str:
    """The message for a study that the user cancelled: no error."""
    report = job.progress.latest
    if report is None or not report.wanted:
        return _("Cancelled before it began.")
    return _("Cancelled after {done} of {wanted} {steps}.").format(done=report.done, wanted=report.wanted, steps=steps)


@st.fragment(run_every=0.5)
def under_way(job: Job, page: str, steps: str) -> None:
    """How far a study is, with a button to stop it; the page is drawn anew when it is over."""
    if not job.running or job.stopped:
        st.rerun()
    left, right = st.columns([5, 1], vertical_alignment="center")
    report = job.progress.latest
    wait = COMPILING if workers().compiling else ""
    text = (
        _("{done} of {wanted} {steps} done").format(done=report.done, wanted=report.wanted, steps=steps)
        if report is not None and report.wanted
        else "Starting"
    )
    left.progress(job.share, text=text + wait)
    right.button(_("Cancel"), on_click=job.cancel, width="stretch", key=f"cancel-{page}")
