"""The Shifts page, driven through app.py, with workers that do everything at once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from interface.app.charts.shifts import coverage, gantt
from interface.app.charts.theme import LIGHT
from interface.app.grids.entries import take
from interface.app.grids.state import GridState
from interface.app.grids.subject import of_work
from interface.app.jobs.jobs import Progress
from interface.app.jobs.shifts import planned, repaired, understaffed
from interface.app.session import Workspace
from interface.app.shifts.packing import KeptPlan, packed_plan, unpacked_plan
from interface.app.shifts.table import patterns_of, shift_grid, with_edits, with_shift
from interface.app.steps import step_back
from interface.app.store.database import engine_of
from interface.app.store.saving import put, taken
from interface.app.store.workspaces import read, write
from interface.shift_files import WORK, day_rows, repair_table
from models.scheduling.patterns import rules_from
from models.scheduling.repair import RepairRules
from models.scheduling.shift_plan import plan_shifts
from scenarios.errors import Cancelled, InvalidValue
from scenarios.yaml import presets
from tests.at_once import answer_at_once
from tests.windows import at_home

NIGHTS = {"name": "8 h", "lengths": ["8 h"], "earliest_start": "06:00", "latest_start": "22:00", "start_step": "8 h"}


@pytest.fixture
def app(project: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A window on the help desk, with three shifts of eight hours as the usual ones."""
    monkeypatch.chdir(project)
    answer_at_once(monkeypatch)
    rules = rules_from({"patterns": [NIGHTS]})
    monkeypatch.setattr("models.scheduling.patterns.default_rules", lambda interval: rules)
    window = at_home(project, 120)
    window.session_state["workspace"].open(presets.load("help-desk"), "")
    return window.switch_page("interface/app/pages/shifts.py").run()


def test_shifts_are_planned_and_edited(app: AppTest) -> None:
    """A person could not see what an edit costs, or the page would forget the plan."""
    next(button for button in app.button if button.label == "Plan shifts").click()
    app.run()
    assert not app.exception
    tiles = " ".join(str(element.proto.body) for element in app.get("html"))
    assert "6,912.00 EUR" in tiles or "6,912 EUR" in tiles
    assert "Requirement covered" in tiles
    assert {box.label for box in app.selectbox} >= {"Agent group", "Day"}


def test_fewer_people_are_scored_at_once() -> None:
    """One person fewer for eight hours: 144 less, eight hours understaffed."""
    plan = plan_shifts(presets.load("help-desk"), rules_from({"patterns": [NIGHTS]}))
    fewer = plan.with_people([15, 16, 16])
    assert (plan.wages - fewer.wages, fewer.short_hours, len(fewer.shifts)) == (144, 8, 47)
    assert "8.0 hours understaffed" in coverage(fewer, "desk", 0, LIGHT).alt
    assert "47 people" in gantt(fewer, "desk", 0, LIGHT).alt


def test_a_night_shift_is_seen_on_the_next_day() -> None:
    """The hours after midnight would be on no sheet."""
    plan = plan_shifts(presets.load("help-desk"), rules_from({"patterns": [NIGHTS]}))
    (night,) = [row for row in day_rows(plan, 0) if row.shift.option.start == 88][:1]
    assert night.states[:24] == (WORK,) * 24
    assert night.states[88:] == (WORK,) * 8


def test_a_search_is_cancelled() -> None:
    """The button would do nothing."""
    progress = Progress()
    progress.stop()
    with pytest.raises(Cancelled):
        planned(progress, presets.load("help-desk"), rules_from({"patterns": [NIGHTS]}), "formula", 20.0)


@cache
def kept() -> tuple[str, str]:
    """Sixteen people on each of three shifts around the clock, packed."""
    plan = plan_shifts(presets.load("help-desk"), rules_from({"patterns": [NIGHTS]}))
    return packed_plan(KeptPlan(plan, plan))


def test_edits_are_steps_of_the_history() -> None:
    """Undo would take back something else, or the plan of the search would be lost with the first edit."""
    work = Workspace(presets.load("help-desk"), "")
    work.plan_shifts(*kept(), "shifts planned")
    fewer = with_edits(kept(), {0: {"People": 15}})
    work.plan_shifts(*fewer, "shifts edited")
    plan = unpacked_plan(work.shifts, work.shifts_for)
    assert (plan.plan.short_hours, plan.found.short_hours, plan.edited) == (8, 0, True)
    assert understaffed(plan.plan) == ["desk: 06:00 to 14:00, up to 1 missing"]
    work.undo()
    assert (work.shifts, work.shifts_for) == kept()
    work.undo()
    assert work.shifts == ""
    work.redo()
    assert (work.shifts, work.future[-1].shifts) == (kept()[0], fewer[0])


def test_a_start_is_moved_in_the_table() -> None:
    """By hand: sixteen people from 07:00 instead of 06:00 leave one hour without anybody."""
    plan = unpacked_plan(*with_edits(kept(), {0: {"Shift start": "07:00"}})).plan
    assert (plan.short_hours, plan.extra_hours) == (16, 16)
    with pytest.raises(InvalidValue, match="Shift start"):
        with_edits(kept(), {0: {"Shift start": "7 o'clock"}})
    with pytest.raises(InvalidValue, match="whole number"):
        with_edits(kept(), {0: {"People": 1.5}})


def test_shifts_pasted_into_the_table() -> None:
    """People of two shifts from a spreadsheet are one step, and Ctrl+Z in the table takes it back; 2,5 people wait."""
    work = Workspace(presets.load("help-desk"), "")
    work.plan_shifts(*kept(), "shifts planned")
    state = GridState()
    subject = of_work(
        work,
        lambda: (work.shifts, work.shifts_for),
        lambda _, changed: work.plan_shifts(*changed, "shifts edited"),
    )
    shape = shift_grid(kept()).shape
    people = shift_grid(kept()).names.index("People")
    first = {"number": 1, "shape": shape, "paste": "15\n14", "row": 0, "column": people}
    take(subject, "shifts", state, shift_grid, [first])
    assert shift_grid(subject.current()).totals == {"Shift": "Total", "People": "45"}
    assert len(work.past) == 2
    take(subject, "shifts", state, shift_grid, [{"number": 2, "shape": shape, "cells": [[2, people, "2,5"]]}])
    assert [problem.remedy for problem in state.pending[0].problems] == ["write a whole number, 0 or more"]
    take(subject, "shifts", state, shift_grid, [{"number": 3, "shape": shape, "step": "undo"}])
    assert state.pending == []


def test_a_shift_is_added() -> None:
    """By hand: two people for eight hours above the requirement."""
    plan = unpacked_plan(*kept())
    more = unpacked_plan(*with_shift(plan, "desk", patterns_of(plan.plan, "desk")["8 h"], 0, 24, 2)).plan
    assert (len(more.shifts), more.extra_hours, more.wages - plan.plan.wages) == (50, 16, 288)


def test_a_plan_is_saved_with_the_work(tmp_path: Path) -> None:
    """The shifts of an evening would be gone the next morning."""
    work = Workspace(presets.load("help-desk"), "")
    work.plan_shifts(*kept(), "shifts planned")
    engine = engine_of(f"sqlite:///{tmp_path / 'work.db'}")
    write(engine, "key", taken(work))
    stored = read(engine, "key")
    later = Workspace(presets.load("one-pool"), "")
    assert stored is not None
    put(later, stored)
    assert (later.shifts, later.shifts_for) == kept()
    later.undo()
    assert later.shifts == ""


def test_a_plan_that_is_none_is_refused() -> None:
    """A file of saved work that somebody edited would break the page for good."""
    content, scenario = kept()
    for wrong in ("{}", "no JSON", content.replace('["desk", "8 h"', '["desk", "9 h"')):
        with pytest.raises(InvalidValue, match="plan the shifts anew"):
            unpacked_plan(wrong, scenario)


def test_a_day_is_repaired(app: AppTest) -> None:
    """By hand: one person is missing from 14:00 to 22:00; somebody of the morning stays for two of these hours."""
    plan = unpacked_plan(*kept()).plan
    fewer = plan.with_people([16, 15, 16])
    result = repaired(Progress(), fewer, plan.scenario, 1.0, 44, RepairRules())
    assert (result.missing_before, result.missing, result.proved) == (8, 6, True)
    table = repair_table(result)
    assert table["Action"].tolist() == ["Overtime"]
    assert table["Change"].tolist() == ["end 14:00 to 16:00"]


def test_every_part_of_the_page_is_drawn(app: AppTest) -> None:
    """A part that is seldom opened would fail unseen."""
    work = app.session_state["workspace"]
    work.plan_shifts(*kept(), "shifts planned")
    for part in ("Plan", "Edit shifts", "Roster", "Fresh days", "During the day"):
        app.session_state["shift-part"] = part
        app.run()
        assert not app.exception
        if part == "Fresh days":
            app.number_input(key="proof-days").set_value(20)
            next(button for button in app.button if button.label == "Simulate on fresh days").click()
            app.run()
            assert not app.exception
            assert "20 simulated" in " ".join(str(element.proto.body) for element in app.get("html"))
    next(button for button in app.button if button.label == "Find repair").click()
    app.run()
    assert not app.exception
    tiles = " ".join(str(element.proto.body) for element in app.get("html"))
    assert "Changed shifts" in tiles
    before = work.shifts
    next(button for button in app.button if button.label == "Apply to the plan").click()
    app.run()
    assert not app.exception
    plan, found = (unpacked_plan(kept_shifts, work.shifts_for).plan for kept_shifts in (work.shifts, before))
    assert plan.paid_hours > found.paid_hours  # a tenth more from eleven on: somebody stays longer
    assert plan.problem.requirement.keys() == found.problem.requirement.keys()
    step_back(work)
    assert work.shifts == before
