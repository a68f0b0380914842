"""The Journeys page, driven through app.py, with workers that do everything at once."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from scenarios.yaml import presets
from tests.at_once import answer_at_once
from tests.windows import at_scenario, press, work


@pytest.fixture
def app(project: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A window on the Journeys page of the storm."""
    monkeypatch.chdir(project)
    answer_at_once(monkeypatch)
    window = at_scenario(project, 120)
    work(window).open(presets.load("public-storm"), "")
    return window.switch_page("interface/app/pages/journeys.py").run()


def test_events_are_added_removed_and_undone(app: AppTest) -> None:
    """A new event reaches the scenario, is taken out again, and Undo brings it back."""
    assert "The story" in app.markdown[0].value
    app.selectbox(key="event-kind").set_value("surge").run()
    press(app, "Add event")
    assert not app.exception
    surge = work(app).scenario.events[1]
    assert (surge.event, surge.volume, str(surge.at)) == ("surge", 1.5, "2026-03-02 09:00:00")
    press(app, "Remove", 0)
    assert [event.event for event in work(app).scenario.events] == ["surge"]
    work(app).undo()
    assert len(work(app).scenario.events) == 2


def test_a_field_that_cannot_be_is_named(app: AppTest) -> None:
    """A half-life that is no time is refused beside the form, and the scenario stays."""
    app.selectbox(key="event-kind").set_value("campaign").run()
    next(field for field in app.text_input if field.label == "Half-life").set_value("soon")
    press(app, "Add event")
    assert not app.exception
    assert any("half_life" in message.value for message in app.error)
    assert len(work(app).scenario.events) == 1


@pytest.mark.parametrize("kind", ["campaign", "new-customers", "storm", "outage", "prevention"])
def test_every_form_makes_an_event(app: AppTest, kind: str) -> None:
    """What the form proposes is an event, but for prevention that reaches nobody."""
    app.selectbox(key="event-kind").set_value(kind).run()
    press(app, "Add event")
    assert not app.exception
    assert work(app).scenario.events[-1].event == kind
