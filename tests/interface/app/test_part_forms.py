"""The forms that add, rename, copy and remove types and groups, driven through app.py as Streamlit runs it."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from interface.app.editor.new_parts import NewGroup, NewType, with_group, with_type
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.yaml import files, presets
from tests.windows import at_scenario, press, work

CHAT = NewType("web chat", "chat", "concurrent", 80.0, "8 min", "4 min", 80.0, "60s", "always", ("desk",))


@pytest.fixture
def app(project: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A window with the help desk, where there are only phone calls."""
    monkeypatch.chdir(project)
    found = at_scenario(project, 60)
    next(box for box in found.selectbox if box.label == "Start from an example").select("help-desk")
    return found.run()


def field(app: AppTest, form: str, label: str) -> Any:
    """The field of a form with this label."""
    fields = [*app.text_input, *app.number_input, *app.multiselect, *app.selectbox]
    return next(one for one in fields if one.label == label and (one.key or "").startswith(form))


def test_type_is_added_with_a_group_of_its_own_and_undone(app: AppTest) -> None:
    """A planner who adds chat must find it, with those who answer it, in the file; and must be able to go back."""
    before = work(app).scenario
    field(app, "new-type", "Channel").select("chat")
    app.run()
    assert field(app, "new-type", "Answer within").value == "60s"
    field(app, "new-type", "Name").input("web chat")
    field(app, "new-type", "New agent group").input("chat desk")
    press(app, "Add")
    assert not app.exception
    scenario = work(app).scenario
    assert (scenario.type_names, scenario.group_names) == (("calls", "web chat"), ("desk", "chat desk"))
    assert [route.group for route in scenario.routes("web chat")] == ["chat desk"]
    assert (scenario.group("chat desk").max_concurrent, scenario.staffing[1].tolist()) == (
        2,
        [3] * scenario.horizon.intervals,
    )
    assert files.loads(work(app).yaml()) == scenario
    assert "# " in work(app).yaml()
    assert field(app, "new-type", "Name").value == ""
    press(app, "Undo")
    assert work(app).scenario == before


def test_type_that_nobody_serves_is_refused_and_the_form_kept(app: AppTest) -> None:
    """Contacts that nobody can answer would wait for ever; what was filled in must not be lost over it."""
    before = work(app).scenario
    field(app, "new-type", "Name").input("vip")
    press(app, "Add")
    assert work(app).scenario == before
    assert any("Served by: no agent group chosen; choose at least one" in error.value for error in app.error)
    assert field(app, "new-type", "Name").value == "vip"
    field(app, "new-type", "Served by").select("desk")
    press(app, "Add")
    assert work(app).scenario.routes("vip")[0].group == "desk"
    assert not app.error


def test_type_is_renamed_copied_and_removed(app: AppTest) -> None:
    """The three things that are done to a type by its name."""
    field(app, "rename-type", "New name").input("phone")
    press(app, "Rename")
    assert work(app).scenario.type_names == ("phone",)
    field(app, "duplicate-type", "Name of the copy").input("vip")
    press(app, "Duplicate")
    assert work(app).scenario.type_names == ("phone", "vip")
    assert any("its skill in desk" in caption.value for caption in app.caption)
    press(app, "Remove phone")
    assert not app.exception
    assert work(app).scenario.type_names == ("vip",)
    assert next(button for button in app.button if button.label == "Remove vip").disabled


def test_times_and_targets_of_a_new_type_are_read_as_written(app: AppTest) -> None:
    """06:00 of handle time became six hours, and a target of 150 was clipped without a word."""
    before = work(app).scenario
    for label, text in (("Name", "vip"), ("Handle time", "06:00"), ("Contacts per day", "12,5"), ("Target (%)", "150")):
        field(app, "new-type", label).input(text)
    field(app, "new-type", "Served by").select("desk")
    press(app, "Add")
    assert work(app).scenario == before
    assert any("Target (%): '150' cannot be used; write a percentage" in error.value for error in app.error)
    field(app, "new-type", "Target (%)").input("82,5")
    press(app, "Add")
    vip = work(app).scenario.contact_type("vip")
    assert (vip.handle_time.mean, vip.volume.daily) == (360, 12.5)
    assert vip.target is not None
    assert vip.target.share == 0.825


def test_taken_name_is_refused_in_words(app: AppTest) -> None:
    """Two types of one name could not be told apart."""
    field(app, "duplicate-type", "Name of the copy").input("calls")
    press(app, "Duplicate")
    assert any("calls: another contact type already has this name" in error.value for error in app.error)


def test_group_is_added_and_the_one_before_removed(app: AppTest) -> None:
    """A group goes only when somebody else can do its work."""
    app.session_state["scenario-part"] = "Agents"
    app.run()
    assert next(button for button in app.button if button.label == "Remove desk").disabled
    assert any("No other group can take calls" in caption.value for caption in app.caption)
    field(app, "new-group", "Name").input("evening")
    field(app, "new-group", "Skills").select("calls")
    field(app, "new-group", "Agents").set_value(5)
    press(app, "Add")
    assert work(app).scenario.group_names == ("desk", "evening")
    press(app, "Remove desk")
    assert not app.exception
    assert work(app).scenario.group_names == ("evening",)
    assert work(app).scenario.staffing[0, 0] == 5


def test_choices_of_routing_are_kept(app: AppTest) -> None:
    """Who is asked first among equals is a part of the scenario like any other."""
    app.session_state["scenario-part"] = "Agents"
    app.run()
    next(box for box in app.selectbox if box.label == "Agent selection").select("lowest-number")
    app.run()
    assert work(app).scenario.routing.agent == "lowest-number"


def test_every_tab_shows_every_preset(app: AppTest) -> None:
    """A tab that one centre cannot be shown in would break where nobody looked."""
    for name in presets.names():
        next(box for box in app.selectbox if box.label == "Start from an example").select(name)
        for tab in ("Follow-ups", "Agents"):
            app.session_state["scenario-part"] = tab
            app.run()
            assert not app.exception


def test_new_parts_keep_what_people_wrote() -> None:
    """Hours, heads and ranks of new parts are those of the form, and fit the scenario."""
    desk = presets.load("help-desk")
    evening = with_group(desk, NewGroup("evening", ("calls",), 4, "Mon-Sun 18:00-20:00; Mon-Fri 08:00-09:00", 1, 19.0))
    assert evening.group("evening").staffing == {"Mon-Sun 18:00-20:00": 4, "Mon-Fri 08:00-09:00": 4}
    assert evening.group("evening").cost_per_hour == 19
    chat = with_type(desk, CHAT).contact_type("web chat")
    assert (chat.work, chat.handle_time.mean, chat.volume.daily) == ("concurrent", 480, 80)
    assert chat.patience is not None
    assert chat.patience.mean == 240
    assert chat.target is not None
    assert (chat.target.share, chat.target.within) == (0.8, 60)


@pytest.mark.parametrize(
    "group, words",
    [
        (NewGroup("evening", (), 4), "Skills: none chosen; choose at least one contact type"),
        (NewGroup("", ("calls",), 4), "Name: '' cannot be used; give at least one letter"),
        (NewGroup("desk", ("calls",), 4), "desk: another agent group already has this name"),
        (NewGroup("late", ("calls",), 4, "at night"), "'at night' cannot be used; write windows such as"),
        (NewGroup("late", ("calls",), 4, "Mon 08:07-09:00"), "cuts through an interval"),
    ],
)
def test_bad_group_is_refused_in_words(group: NewGroup, words: str) -> None:
    """A form that says only that something is wrong leaves a person guessing."""
    with pytest.raises((InvalidValue, InvalidScenario), match=words):
        with_group(presets.load("help-desk"), group)
