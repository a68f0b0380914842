"""Shifts of an agent group in the grids of the Scenario page."""

from __future__ import annotations

import pytest

from interface.app.editor.shifts import edit_shifts
from interface.app.editor.tables import shifts_grid, staffing_grid
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.scenario import Scenario
from scenarios.yaml import presets

LUNCH = {"length": "30 min", "earliest": "3 h", "latest": "5 h", "paid": False}
EARLY = {"name": "early", "start": "07:00", "length": "8.5 h", "people": 12, "days": "Mon-Fri", "breaks": [LUNCH]}


def desk() -> Scenario:
    """The help desk, with a shift and a person."""
    ana = {"name": "Ana", "shifts": {"early": "Mon"}}
    return presets.load("help-desk").replace_group("desk", staffing={"shifts": [EARLY], "people": [ana]})


def test_a_shift_is_shown_with_its_breaks() -> None:
    """A column is empty, or heads that follow from shifts can be typed over."""
    row = shifts_grid(desk(), "desk").table.iloc[0].tolist()
    assert row == ["early", "Mon-Fri", "07:00", "8.5 h", "12", "1", "30 min, 3 h to 5 h after the start, not paid"]
    assert list(shifts_grid(desk(), "desk").columns) == ["Days", "Start", "Length", "People"]
    assert staffing_grid(desk(), 0, every_day=True).columns == {}


def test_cells_are_edited_and_the_rest_stays() -> None:
    """An edit of one cell loses breaks or people."""
    edited = edit_shifts(desk(), {0: {"People": "14", "Days": "Mon-Sat"}}, "desk").group("desk").shifts
    assert edited is not None
    assert (edited.shifts[0].people, edited.shifts[0].days, edited.people[0].name) == (14, "Mon-Sat", "Ana")
    assert edited.shifts[0].breaks == desk().group("desk").shifts.shifts[0].breaks  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "column, text, told",
    [
        ("People", "2.5", "early, People"),
        ("Start", "25:00", "before 24:00"),
        ("Length", "4 h", "move it, or lengthen the shift"),
        ("Days", "Someday", "write weekdays such as 'Mon-Fri'"),
    ],
)
def test_what_cannot_be_is_told(column: str, text: str, told: str) -> None:
    """A refused cell does not say what is wrong with it."""
    with pytest.raises((InvalidValue, InvalidScenario), match=told):
        edit_shifts(desk(), {0: {column: text}}, "desk")
