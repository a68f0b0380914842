"""Where work begins on the Scenario page and goes on from Home: new, undone, redone, reset, opened again."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from interface.app.editor.new_scenario import new_scenario
from scenarios.errors import InvalidValue
from scenarios.yaml import presets
from tests.windows import at_scenario, press, work


@pytest.fixture
def app(project: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A freshly opened window on the Scenario page."""
    monkeypatch.chdir(project)
    return at_scenario(project, 60)


def retitle(app: AppTest, title: str) -> AppTest:
    """The window after the title was changed."""
    work(app).change("calendar", lambda scenario: scenario.replace(title=title))
    return app.run()


def test_a_new_scenario_has_what_was_asked_and_staffing(app: AppTest) -> None:
    """A blank page that can do nothing is no beginning: it must have agents by formula, and Undo must lead back."""
    press(app, "Create")
    assert not app.exception
    scenario = work(app).scenario
    assert scenario.type_names == ("phone",)
    assert scenario.expected.sum() == 1000
    assert scenario.staffing.max() > 1
    assert not work(app).project.example
    press(app, "Undo")
    press(app, "Undo")
    assert work(app).scenario == presets.load(presets.names()[0])


@pytest.mark.parametrize(
    "field, entries",
    [
        ("Channels", {"channels": []}),
        ("Contacts per day", {"daily": "many"}),
        ("Contacts per day", {"daily": "-5"}),
        ("open", {"hours": "Monday morning"}),
    ],
)
def test_a_new_scenario_names_what_is_missing(field: str, entries: dict) -> None:
    """A form that does nothing, or ends in a traceback."""
    given = {"title": "", "channels": ["phone"], "daily": "100", "hours": "Mon-Fri 08:00-18:00"} | entries
    with pytest.raises(InvalidValue, match=field):
        new_scenario(**given)


def test_the_page_says_that_an_example_was_changed(app: AppTest) -> None:
    """An edited example passed for the example: the box still showed its name."""
    retitle(app, "Ours")
    assert next(box for box in app.selectbox if box.label == "Start from an example").value is None
    assert any("(example, changed)" in caption.value for caption in app.caption)
    assert next(button for button in app.button if button.label == "Undo").help == "Undo: title"
    press(app, "Undo")
    assert next(button for button in app.button if button.label == "Redo").help == "Redo: title"
    press(app, "Redo")
    assert work(app).scenario.title == "Ours"
    press(app, "Reset to the example")
    assert work(app).scenario == presets.load(presets.names()[0])
    assert not any("(example, changed)" in caption.value for caption in app.caption)


def test_home_lists_work_and_opens_it_again(app: AppTest) -> None:
    """What was left for another example must be found again, with its note."""
    retitle(app, "Ours")
    work(app).project.note = "Ask the team leads."
    work(app).open(presets.load("one-pool"), "")
    app.switch_page("interface/app/pages/home.py").run()
    assert any(line.value.startswith("Ours") and "Ask the team leads." in line.value for line in app.text)
    press(app, "Open")
    assert work(app).scenario.title == "Ours"
