"""Grids and scenarios: what is shown is what is there, and what is typed is what comes of it."""

import re

import numpy as np
import pytest

from interface.app.editor import agents, contact_types, days
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.yaml import presets

NAMES = presets.names()


@pytest.mark.parametrize("name", NAMES)
def test_typing_what_is_shown_changes_nothing(name: str) -> None:
    """A grid that rounds or reads wrongly would change a centre by being looked at."""
    scenario = presets.load(name)
    table = contact_types.types_table(scenario)
    columns = (
        "Handle time",
        "AHT variability (CV)",
        "Patience",
        "Target (%)",
        "Answer within",
        "Opening hours",
        "Priority",
    )
    shown = table[list(columns)].to_dict("records")
    typed = {
        row: {column: None if value == "" else value for column, value in cells.items()}
        for row, cells in enumerate(shown)
    }
    assert contact_types.edit_types(scenario, typed).contact_types == scenario.contact_types


def test_contacts_a_day_keep_their_shape() -> None:
    """Twice the contacts are twice as many in every interval."""
    scenario = presets.load("retail-weekday")
    edited = contact_types.edit_types(scenario, {0: {"Contacts per day": 2400}})
    np.testing.assert_allclose(edited.expected[0], 2 * scenario.expected[0])
    np.testing.assert_allclose(edited.expected[1:], scenario.expected[1:])


def test_editing_twice_is_like_once() -> None:
    """The editor calls twice for one edit; the second time must not count again."""
    scenario, edits = presets.load("retail-weekday"), {0: {"Contacts per day": 1000, "Handle time": "4 min"}}
    once = contact_types.edit_types(scenario, edits)
    assert contact_types.edit_types(once, edits).contact_types[0].handle_time.mean == 240
    np.testing.assert_allclose(contact_types.edit_types(once, edits).expected, once.expected)


@pytest.mark.parametrize(
    "column, value, words",
    [
        ("Handle time", "soon", "write a time"),
        ("Handle time", "-5 min", "cannot be negative"),
        ("Contacts per day", -3, "at least 0"),
        ("Contacts per day", None, "write a number"),
        ("Target (%)", 140, "percentage from 0 to less than 100"),
        ("Target (%)", "150", "percentage from 0 to less than 100"),
        ("Target (%)", "100", "percentage from 0 to less than 100"),
        ("Target (%)", "0.8", "write 80 for 80 %"),
        ("Handle time", "1,221", "1.2210 or 1221"),
        ("Handle time", "5:75", "minutes"),
        ("Contacts per day", "1,221", "1.2210 or 1221"),
        ("Contacts per day", "12 %", "not a percentage"),
        ("Contacts per day", "many", "write a number"),
        ("Opening hours", "Mon-Fry 9-18", "write windows"),
    ],
)
def test_bad_cell_names_row_column_and_remedy(column: str, value: object, words: str) -> None:
    """A refusal that does not say which cell and what to do leaves a person guessing."""
    with pytest.raises((InvalidValue, InvalidScenario), match=f"^phone, {re.escape(column)}.*{words}"):
        contact_types.edit_types(presets.load("retail-weekday"), {0: {column: value}})


def test_last_skill_cannot_be_taken_away() -> None:
    """A type that nobody can answer would wait for ever."""
    scenario = presets.load("help-desk")
    with pytest.raises((InvalidScenario, InvalidValue)):
        agents.edit_skills(scenario, {0: {"calls": None}})


def test_lost_skill_takes_its_route_along() -> None:
    """A route to a group that lacks the skill would refuse the whole scenario."""
    scenario = presets.load("retail-weekday")
    edited = agents.edit_skills(scenario, {scenario.group_names.index("flexible"): {"chat": None}})
    assert [route.group for route in edited.routing.types["chat"]] == ["chat-desk"]


def test_gained_skill_is_routed_to() -> None:
    """A skill that no route uses would change nothing."""
    scenario = presets.load("retail-weekday")
    edited = agents.edit_skills(scenario, {scenario.group_names.index("writers"): {"chat": 3}})
    assert [route.group for route in edited.routes("chat")] == ["chat-desk", "flexible", "writers"]
    assert edited.group("writers").skills["chat"].rank == 3


def test_heads_of_one_day_stay_in_that_day() -> None:
    """Sunday's heads are Sunday's."""
    scenario = presets.load("one-hour")
    name, per_day = scenario.group_names[0], scenario.horizon.intervals_per_day
    edited = days.edit_staffing(scenario, {20: {name: 99}}, day=6)
    changed = np.flatnonzero(edited.staffing[0] != scenario.staffing[0])
    assert changed.tolist() == [6 * per_day + 20]
    every = days.edit_staffing(scenario, {20: {name: 99}}, day=6, every_day=True)
    assert (every.staffing[0].reshape(7, per_day)[:, 20] == 99).all()


def test_bot_is_made_and_removed() -> None:
    """The box beside a type is what decides whether it meets a bot."""
    scenario = presets.load("help-desk")
    with_bot = contact_types.edit_bots(scenario, {0: {"Bot": True, "Resolved by bot (%)": 30, "Session length": "45s"}})
    bot = with_bot.contact_types[0].bot
    assert bot is not None
    assert (bot.resolved, bot.session.mean) == (0.3, 45.0)
    assert contact_types.edit_bots(with_bot, {0: {"Bot": False}}).contact_types[0].bot is None


@pytest.mark.parametrize(
    "text, seconds",
    [("06:00", 360), ("6:00", 360), ("0:06:00", 360), ("6 min", 360), ("6,5 min", 390), ("90:00", 5400), ("329", 329)],
)
def test_a_handle_time_of_two_parts_is_minutes_and_seconds(text: str, seconds: float) -> None:
    """Six minutes of handle time became six hours."""
    edited = contact_types.edit_types(presets.load("retail-weekday"), {0: {"Handle time": text}})
    assert edited.contact_types[0].handle_time.mean == pytest.approx(seconds)


@pytest.mark.parametrize("text, number", [("12,5", 12.5), ("1 234", 1234), ("1\u00a0234,5", 1234.5), ("€ 7", 7)])
def test_numbers_are_read_as_europeans_and_spreadsheets_write_them(text: str, number: float) -> None:
    """12,5 became 125, and 1 234 was dropped without a word."""
    scenario = presets.load("help-desk")
    edited = days.edit_volume(scenario, {20: {scenario.type_names[0]: text}}, 0)
    assert edited.expected[0, 20] == number


def test_handle_times_by_interval() -> None:
    """A longer half-hour is a factor of the type's mean; typed back to the mean, nothing is left of it."""
    scenario = presets.load("help-desk")
    longer = days.edit_handle_times(scenario, {18: {"calls": "9 min"}}, 0)
    assert days.handle_table(longer, 0)["calls"].tolist()[17:20] == ["6 min", "9 min", "6 min"]
    assert longer.contact_types[0].handle_time == scenario.contact_types[0].handle_time
    assert days.edit_handle_times(longer, {18: {"calls": "6:00"}}, 0) == scenario
    with pytest.raises(InvalidValue, match="calls, "):
        days.edit_handle_times(scenario, {18: {"calls": "soon"}}, 0)
