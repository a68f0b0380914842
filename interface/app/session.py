"""Session state of one user: scenario, undo history, saved variants, runs and answers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import streamlit as st

from interface.app.grids.state import GridState
from interface.app.history import HistoryStep, Project, RunRecord, Variant, change_between, packed, unpacked
from interface.app.jobs.jobs import Job, Refused
from interface.app.jobs.runs import RunRequest, start_run
from interface.app.jobs.workers import Workers
from interface.language.messages import _, marked
from interface.server.log import log_event
from interface.server.stopping import stop_with_server
from scenarios.errors import InvalidValue, PlannerError
from scenarios.scenario import Scenario
from scenarios.yaml import files, presets

if TYPE_CHECKING:
    from interface.app.store.saving import Saving

MOST_PAST = 100
LONGEST_NAME = 60
"""Letters of the name of a variant."""
MOST_ANSWERS = 40
PRECISIONS = marked({"Quick": 60_000, "Standard": 300_000, "High": 1_500_000})
"""Contacts to simulate in total, by level of precision."""
FEWEST, MOST = 10, 1000


@dataclass
class Workspace:
    """The work of one user."""

    scenario: Scenario
    text: str
    """The YAML that the scenario was read from; its comments are kept when it is downloaded."""
    past: list[HistoryStep] = field(default_factory=list)
    future: list[HistoryStep] = field(default_factory=list)
    """What was undone, the next to be redone last."""
    last_change: str = ""
    """What led to the scenario."""
    projects: dict[str, Project] = field(default_factory=dict)
    """Pieces of work by their key: what was opened, and what became of it."""
    project_key: str = ""
    shifts: str = ""
    """The shift plan, packed as in the history; empty if there is none."""
    shifts_for: str = ""
    """The scenario that the shifts are for, packed."""
    roster: str = ""
    """The roster, packed as in the history; empty if there is none."""
    runs: list[RunRecord] = field(default_factory=list)
    """Runs that ended, the newest last."""
    saving: Saving | None = None
    """How the work is saved; None where it is not."""
    variants: dict[str, Variant] = field(default_factory=dict)
    """Scenarios saved under a name, in the order in which they are shown."""
    report: tuple[str, ...] = ()
    """How the file of the scenario was read, line by line."""
    problems: dict[str, str] = field(default_factory=dict)
    """What was refused, by the grid in which it was tried."""
    edition: int = 0
    """Grown whenever grids must forget what was typed."""
    jobs: dict[str, Job] = field(default_factory=dict)
    """The newest run, by page."""
    kept: dict[str, Job] = field(default_factory=dict)
    """The last run that found something, by page."""
    answers: dict[Hashable, Future[Any]] = field(default_factory=dict)
    grids: dict[str, GridState] = field(default_factory=dict)
    """What is known of each grid in the browser, by its place."""

    def __post_init__(self) -> None:
        """Begin a piece of work."""
        self._begin()

    def open(self, scenario: Scenario, text: str, report: Sequence[str] = ()) -> None:
        """Begin with another scenario; undo leads back. Twice is like once, for a redrawn page may ask twice.

        `report` says how the file was read.
        """
        self.report = tuple(report)
        if scenario == self.scenario:
            return
        self._remember()
        self._show(scenario, text, f"opened {scenario.title or scenario.name}")
        self.shifts = self.shifts_for = self.roster = ""
        self._begin()

    def open_project(self, key: str) -> None:
        """Go on with an earlier piece of work where it was left; undo leads back."""
        project = self.projects[key]
        scenario = unpacked(project.content)
        if key == self.project_key:
            return
        self._remember()
        self._show(scenario, project.latest_text or project.original_text, f"opened {project.title}")
        own = next((step for step in reversed(self.past) if step.project == key), None)
        self.shifts, self.shifts_for, self.roster = (own.shifts, own.shifts_for, own.roster) if own else ("", "", "")
        self.project_key = key

    def change(self, place: str, change: Callable[[Scenario], Scenario], *, typed: bool = True) -> bool:
        """Change the scenario, or keep it and note beside the place why not.

        With `typed`, the change is what a grid already shows, so that the grid need not be drawn anew.
        """
        self.problems.pop(place, None)
        try:
            changed = change(self.scenario)
        except PlannerError as problem:
            self.problems[place] = str(problem)
            self.edition += 1
            return False
        if changed != self.scenario:
            self._remember()
            self.last_change = change_between(self.scenario, changed)
            self.scenario = changed
            self.edition += not typed
        return True

    def plan_shifts(self, shifts: str, scenario: str, change: str) -> None:
        """Keep a shift plan, packed, with the scenario that it is for; undo leads back."""
        if (shifts, scenario) != (self.shifts, self.shifts_for):
            self._remember()
            self.shifts, self.shifts_for, self.last_change = shifts, scenario, change

    def plan_roster(self, roster: str, change: str) -> None:
        """Keep a roster, packed; undo leads back."""
        if roster != self.roster:
            self._remember()
            self.roster, self.last_change = roster, change

    def undo(self) -> None:
        """Back to the scenario before the last change."""
        if self.past:
            self.update_project()
            self.future.append(self.current_step())
            self._return_to(self.past.pop())

    def redo(self) -> None:
        """Forward to the scenario that the last undo left."""
        if self.future:
            self.past.append(self.current_step())
            self._return_to(self.future.pop())

    def restore(self, step: HistoryStep) -> None:
        """Back to a step of the history as a step of its own; undo leads back, and nothing that was undone is lost."""
        undone = list(reversed(self.future))
        self._remember()
        self.past = [*self.past[:-1], *undone, self.past[-1]][-MOST_PAST:]
        self._return_to(step)
        self.last_change = f"restored: {step.change or 'opened'}"

    def reset(self) -> None:
        """Back to the scenario as it was opened; undo leads back."""
        original, text = unpacked(self.project.original), self.project.original_text
        if original != self.scenario:
            self._remember()
            self._show(original, text, "reset to how it was opened")

    def current_step(self) -> HistoryStep:
        """The scenario as a step of the history."""
        return HistoryStep(
            *(packed(self.scenario), self.text, self.last_change, self.project_key),
            *(self.shifts, self.shifts_for, self.roster),
        )

    @property
    def project(self) -> Project:
        """The piece of work that the scenario belongs to."""
        return self.projects[self.project_key]

    @property
    def changed(self) -> bool:
        """Whether the scenario is another than the one that was opened."""
        return packed(self.scenario) != self.project.original

    def update_project(self) -> None:
        """Note in the current piece of work what has become of it."""
        project, step = self.project, self.current_step()
        if project.content != step.content:
            project.latest, project.latest_text = step.content, step.text
            project.changed_at = datetime.now(UTC)
        project.title = self.scenario.title or self.scenario.name

    def _return_to(self, step: HistoryStep) -> None:
        self._show(step.scenario, step.text, step.change)
        self.project_key = step.project
        self.shifts, self.shifts_for, self.roster = step.shifts, step.shifts_for, step.roster

    def _show(self, scenario: Scenario, text: str, change: str) -> None:
        self.scenario, self.text, self.last_change = scenario, text, change
        self.problems.clear()
        self.edition += 1

    def _begin(self) -> None:
        name = self.scenario.name
        example = name if name in presets.names() and presets.load(name) == self.scenario else ""
        title = self.scenario.title or name
        project = Project(packed(self.scenario), self.text, example, title=title)
        self.projects[project.key], self.project_key = project, project.key

    @property
    def current_name(self) -> str:
        """The name of the current scenario in a list of scenarios."""
        return _("{name} (current)").format(name=(self.scenario.title or self.scenario.name)[: LONGEST_NAME - 10])

    # -- variants ------------------------------------------------------------------------------------------------

    def keep(self, name: str, scenario: Scenario, source: str | None = None) -> None:
        """Save a scenario as a variant; without a `source` it was changed from what is open.

        Raises
        ------
        InvalidValue
            If the name is empty or taken.
        """
        name = self._unused_name(name)
        changed_from = self.base_name if source is None else source
        changes = change_between(self._source(changed_from), scenario)
        self.variants[name] = Variant(name, packed(scenario), changed_from, changes)
        if scenario == self.scenario:
            self.project.base = name

    @property
    def base_name(self) -> str:
        """What the scenario was changed from: a variant, or the scenario as it was opened."""
        base, original = self.project.base, unpacked(self.project.original)
        return base if base in self.variants else original.title or original.name

    def _source(self, name: str) -> Scenario:
        return self.variants[name].scenario if name in self.variants else unpacked(self.project.original)

    def _unused_name(self, name: str) -> str:
        name = name.strip()[:LONGEST_NAME]
        taken = {*self.variants, *presets.names(), *presets.titles().values(), self.current_name}
        if not name or name in taken:
            remedy = "enter a name" if not name else "this name is in use; enter another, or delete that variant first"
            raise InvalidValue("Name", name, remedy)
        return name

    def open_variant(self, name: str) -> None:
        """Go on with a variant; undo leads back."""
        variant = self.variants[name]
        self.open(variant.scenario, files.dump(variant.scenario))
        self.project.base = name

    def rename(self, name: str, new: str) -> None:
        """Give a variant another name; it keeps its place, and what was changed from it says so.

        Raises
        ------
        InvalidValue
            As `keep`.
        """
        if new.strip() == name:
            return
        new = self._unused_name(new)
        renamed = [
            replace(
                variant,
                name=new if variant.name == name else variant.name,
                source=new if variant.source == name else variant.source,
            )
            for variant in self.variants.values()
        ]
        self.variants = {variant.name: variant for variant in renamed}
        for project in self.projects.values():
            project.base = new if project.base == name else project.base

    def move(self, name: str, steps: int) -> None:
        """Move a variant down in the order, or up by a negative number of steps."""
        names = list(self.variants)
        place = names.index(name)
        names.insert(max(place + steps, 0), names.pop(place))
        self.variants = {moved: self.variants[moved] for moved in names}

    def annotate(self, name: str, note: str) -> None:
        """Note something on a variant."""
        self.variants[name] = replace(self.variants[name], note=note.replace("\0", ""))

    def free_name(self, name: str) -> str:
        """The name, or the name with a number where it is taken."""
        name = name.strip()[: LONGEST_NAME - 5]
        taken = {*self.variants, *presets.names(), *presets.titles().values()}
        numbered = (f"{name} ({number})" for number in count(2))
        return name if name not in taken else next(free for free in numbered if free not in taken)

    def _remember(self) -> None:
        self.update_project()
        self.past = [*self.past, self.current_step()][-MOST_PAST:]
        self.future = []

    def yaml(self) -> str:
        """The scenario as a file, with the comments of the file that it came from."""
        try:
            return files.rewrite(self.text, self.scenario)
        except PlannerError:
            return files.dump(self.scenario)

    # -- runs ----------------------------------------------------------------------------------------------------

    def run(self, page: str, plan: RunRequest, workers: Workers) -> None:
        """Begin a page's run; the one before is dropped, its findings kept until there are new ones."""
        self.stop(page)
        self.jobs[page] = start_run(workers, plan)

    def stop(self, page: str) -> None:
        """Cancel a page's run."""
        self.latest(page)
        if page in self.jobs:
            self.jobs[page].cancel()

    def latest(self, page: str) -> Job | None:
        """The last run of a page that found something."""
        if page in self.jobs and self.jobs[page].findings:
            self.kept[page] = self.jobs[page]
        return self.kept.get(page)

    def answer(
        self, workers: Workers, key: Hashable, work: Callable[..., Any], *args: Any, shared: bool = False
    ) -> Any:
        """The answer to a question put to the workers: None while they think, `Refused` if there is none.

        Answers about scenarios alone, and those that are `shared`, are kept for whoever asks the same.
        """
        if key not in self.answers:
            while len(self.answers) >= MOST_ANSWERS:
                self.answers.pop(next(iter(self.answers)))
            shared = shared or all(isinstance(argument, Scenario) for argument in args)
            self.answers[key] = workers.ask_once(work, *args) if shared else workers.ask(work, *args, urgent=True)
        future = self.answers[key]
        if not future.done():
            return None
        try:
            return future.result()
        except Exception as problem:  # a worker died or a formula failed: said where the answer would be
            return Refused(str(problem) or type(problem).__name__)

    def waiting(self) -> list[Future[Any]]:
        """The questions that are not answered yet."""
        return [future for future in self.answers.values() if not future.done()]


def workspace() -> Workspace:
    """The work of the person at this window."""
    if "workspace" not in st.session_state:
        from interface.app.store.saving import begin_saving

        st.session_state["workspace"] = begin_saving(fresh_workspace)
        log_event("window opened", person=person())
    work: Workspace = st.session_state["workspace"]
    return work


def fresh_workspace() -> Workspace:
    """The work of a person who has none yet: the first example."""
    name = presets.names()[0]
    return Workspace(presets.load(name), presets.path(name).read_text("utf-8"))


@st.cache_resource(show_spinner=False)
def shared_workers() -> Workers:
    """The worker processes that all windows of this server share."""
    made = Workers()
    made.pool()  # the first run need not wait for processes to start
    stop_with_server(made.close)
    return made


def workers() -> Workers:
    """The worker processes, for the work of the person at this window."""
    return shared_workers().of(person())


def person() -> str:
    """Whose turn the work of this window takes: the key of its workspace, or of the window where nothing is saved."""
    work = workspace()
    return work.saving.key if work.saving is not None else str(id(work))


def replications(scenario: Scenario, precision: str) -> int:
    """How many replications a precision means for a scenario of this size.

    Examples
    --------
    >>> replications(presets.load("retail-weekday"), "Quick")
    20
    """
    contacts = max(float(scenario.expected.sum()), 1.0)
    return int(min(MOST, max(FEWEST, PRECISIONS[precision] // contacts)))
