"""Work saved as one works: read as a window opens, written after every change, with a choice where windows collide."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

import streamlit as st

from interface.app.history import RunRecord, SavedWork, Variant, packed, unpacked
from interface.app.literal import literal
from interface.app.store.browser import owner_key, remember_browser
from interface.app.store.saved_file import SavedFile
from interface.app.store.setting import NotSaved, SavedElsewhere, address
from interface.language.messages import _
from interface.server.log import log_event
from scenarios.errors import PlannerError

if TYPE_CHECKING:
    from interface.app.jobs.jobs import Job
    from interface.app.session import Workspace

AGAIN = 5.0
"""Seconds after which a database that failed is tried again."""


@dataclass
class Saving:
    """What one window knows of its saved work."""

    key: str
    url: str
    revision: int = 0
    saved: Any = None
    """What was saved last, to be compared with what there is."""
    problem: str = ""
    """Why work is not saved; empty where it is."""
    failed_at: float = 0.0
    elsewhere: bool = False
    """Whether another window has saved since."""
    recorded: list[Job] = field(default_factory=list)
    """Runs that are in the database."""
    pending: list[RunRecord] = field(default_factory=list)
    """Runs to be saved with the next save."""
    files: list[SavedFile] = field(default_factory=list)
    """Files and mappings that are in the database, the newest first."""

    @property
    def waits(self) -> bool:
        """Whether the database failed a moment ago."""
        return bool(self.problem) and monotonic() - self.failed_at < AGAIN

    def fails(self, problem: object) -> None:
        """Note why work is not saved."""
        self.problem, self.failed_at = str(problem), monotonic()
        log_event("not saved", person=self.key, error=type(problem).__name__)


def begin_saving(fresh: Callable[[], Workspace]) -> Workspace:
    """The work that this browser had open, or fresh work; saved from now on unless that is switched off."""
    work, url = fresh(), address()
    if url is None:
        return work
    from interface.app.store.database import engine_of
    from interface.app.store.files import files_of
    from interface.app.store.workspaces import read

    saving = Saving(owner_key(), url)
    try:
        stored = read(engine_of(url), saving.key)
        if stored is not None:
            put(work, stored)
            saving.revision = stored.revision
        saving.files = files_of(engine_of(url), saving.key)
    except PlannerError as problem:
        saving.fails(problem)
    saving.saved = _marks(work)
    work.saving = saving
    return work


def put(work: Workspace, stored: SavedWork) -> None:
    """Give a window the work that is stored.

    Raises
    ------
    InvalidValue, InvalidScenario
        If it cannot be read; the window keeps what it has.
    """
    for variant in stored.variants:
        unpacked(variant.content)  # one that cannot be read is refused before anything changes
    current = stored.steps[stored.position]
    work.scenario, work.text = current.scenario, current.text
    work.last_change, work.project_key = current.change, current.project
    work.shifts, work.shifts_for, work.roster = current.shifts, current.shifts_for, current.roster
    work.past, work.future = list(stored.steps[: stored.position]), list(stored.steps[: stored.position : -1])
    work.projects = {project.key: project for project in stored.projects}
    work.variants = {variant.name: variant for variant in stored.variants}
    work.runs = list(stored.runs)
    work.problems.clear()
    work.edition += 1


def taken(work: Workspace) -> SavedWork:
    """What there is to be saved."""
    work.update_project()
    current = work.current_step()
    steps = (*work.past, current, *reversed(work.future))
    kept = {step.project for step in steps}
    return SavedWork(
        steps,
        len(work.past),
        tuple(project for key, project in work.projects.items() if key in kept or project.worth_keeping),
        tuple(work.variants.values()),
        tuple(work.runs),
        work.saving.revision if work.saving else 0,
    )


def _marks(work: Workspace) -> tuple[Any, ...]:
    """What is compared to know whether something changed: quick, because what did not change is the same object."""
    notes = {key: (project.note, project.base) for key, project in work.projects.items()}
    plans = (work.shifts, work.shifts_for, work.roster)
    return (work.scenario, plans, tuple(work.past), tuple(work.future), tuple(work.variants.values()), notes)


def save(work: Workspace) -> None:
    """Save what changed; if that is not possible, note why, and go on. Without a change nothing is asked."""
    saving = work.saving
    if saving is None or saving.waits or saving.elsewhere:
        return
    runs = [*saving.pending, *_new_runs(work)]
    if not (runs or saving.problem or _marks(work) != saving.saved):
        return
    from interface.app.store.database import engine_of
    from interface.app.store.workspaces import write

    try:
        saving.revision = write(engine_of(saving.url), saving.key, taken(work), runs)
    except SavedElsewhere:
        saving.problem, saving.elsewhere = "", True
    except NotSaved as problem:
        saving.fails(problem)
    else:
        saving.problem, saving.saved = "", _marks(work)
        saving.recorded = [job for job in work.jobs.values() if job.state == "done"]
        work.runs, saving.pending = [*work.runs, *runs], []


def _look(saving: Saving) -> None:
    """Note whether another window has saved since."""
    from interface.app.store.database import engine_of
    from interface.app.store.workspaces import revision_of

    try:
        saving.elsewhere = revision_of(engine_of(saving.url), saving.key) != saving.revision
    except NotSaved as problem:
        saving.fails(problem)
        return
    if saving.elsewhere:
        saving.problem = ""


def _new_runs(work: Workspace) -> list[RunRecord]:
    """Simulations that ended since the last save."""
    recorded = work.saving.recorded if work.saving else []
    ended = {
        page: job
        for page, job in work.jobs.items()
        if job.state == "done" and not any(job is known for known in recorded)
    }
    return [_record(work, page, job) for page, job in ended.items() if _simulated(job)]


def _simulated(job: Job) -> bool:
    """Whether a job simulated scenarios; other work has findings of its own."""
    from simulator.measure.results import Results

    return bool(job.findings) and isinstance(job.findings[0], Results)


def _record(work: Workspace, page: str, job: Job) -> RunRecord:
    from interface.app.verdicts import sentence
    from simulator.measure.targets import verdict

    results, request = job.findings[0], job.request
    rows = verdict(results)
    outcome = {"verdict": sentence(rows), "cost": float(results.estimate("cost").value[0])}
    values = {f"{row['type']}: {row['target']}": row["value"] for row in rows.to_dict("records")}
    settings = {
        "replications": request.replications,
        "seed": request.seed,
        "engine": request.engine,
        "scenarios": [scenario.fingerprint for scenario in request.scenarios],
    }
    names = [scenario.title or scenario.name for scenario in request.scenarios]
    targets = {name: value for name, value in values.items() if value == value}
    return RunRecord(
        *(work.project_key, page, " / ".join(names), settings, outcome | {"targets": targets}),
        ended_at=datetime.now(UTC),
        contents=tuple(packed(scenario) for scenario in request.scenarios),
    )


def record(work: Workspace, runs: Iterable[RunRecord]) -> None:
    """Add runs to the work; they are saved with the next save."""
    if work.saving is None:
        work.runs += runs
    else:
        work.saving.pending += runs


# -- windows that collide ------------------------------------------------------------------------------------------


def use_saved(work: Workspace) -> None:
    """Take what another window has saved instead of what this one shows."""
    _settle(work, lambda stored: put(work, stored))


def keep_own(work: Workspace) -> None:
    """Keep what this window shows, as the step after what the other has saved: undo leads to that."""

    def both(stored: SavedWork) -> None:
        own, variants, projects = [*work.past, work.current_step()], work.variants, work.projects
        put(work, stored)
        theirs = {(step.content, step.shifts, step.roster) for step in stored.steps}
        *steps, last = own
        kept = (step for step in steps if (step.content, step.shifts, step.roster) not in theirs)
        work.past = [*work.past, work.current_step(), *kept]
        work.future = []
        work.scenario, work.text, work.last_change = last.scenario, last.text, last.change
        work.project_key, work.projects = last.project, projects | work.projects
        work.shifts, work.shifts_for, work.roster = last.shifts, last.shifts_for, last.roster
        add_variants(work, variants.values())

    _settle(work, both)


def add_variants(work: Workspace, variants: Iterable[Variant]) -> None:
    """Add variants; one that is called like another but differs gets a number."""
    for variant in variants:
        present = work.variants.get(variant.name)
        if present is None or present.content != variant.content:
            name = variant.name if present is None else work.free_name(variant.name)
            work.variants[name] = replace(variant, name=name)


def _settle(work: Workspace, take: Callable[[SavedWork], None]) -> None:
    saving = work.saving
    if saving is None:
        return
    from interface.app.store.database import engine_of
    from interface.app.store.workspaces import read

    try:
        stored = read(engine_of(saving.url), saving.key)
        if stored is not None:
            take(stored)
        saving.revision, saving.elsewhere = stored.revision if stored else 0, False
    except PlannerError as problem:
        saving.fails(problem)
        return
    save(work)


# -- on the page ---------------------------------------------------------------------------------------------------


def save_and_show(work: Workspace) -> None:
    """Save what changed; draw what stands in the way of it, if anything does."""
    if work.saving is None:
        return
    remember_browser()
    if not work.saving.waits:
        _look(work.saving)
    save(work)
    with st.container():
        if work.saving.problem:
            st.warning(
                _(
                    "Your work is not saved: {problem}. You can go on; download the scenario before you "
                    "close this window."
                ).format(problem=literal(work.saving.problem))
            )
        if work.saving.elsewhere:
            _ask(work)


def _ask(work: Workspace) -> None:
    with st.container(border=True):
        st.warning(_("Changed in another window since this one was opened. Which version do you want to go on with?"))
        with st.container(horizontal=True):
            st.button(_("The other window's version"), on_click=partial(use_saved, work), key="use-saved")
            st.button(_("This window's version"), on_click=partial(keep_own, work), key="keep-own")
        st.caption(_("With this window's version, the other is one Undo away; variants of both are kept."))
