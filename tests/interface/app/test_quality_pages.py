"""The pages Service quality and Value, driven through app.py, with workers that do everything at once."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from scenarios.scenario import scenario_from
from scenarios.yaml import presets
from tests.at_once import answer_at_once
from tests.windows import at_scenario, press, work

DESK = scenario_from(
    {
        "name": "desk",
        "contact_types": [
            {
                **{"name": "calls", "channel": "phone", "open": "Mon-Sun 09:00-12:00", "volume": {"per_hour": 12}},
                **{"handle_time": {"mean": "4 min"}, "patience": {"mean": "5 min"}},
            }
        ],
        "agent_groups": [{"name": "desk", "skills": ["calls"], "staffing": 2, "cost_per_hour": 20}],
    }
)


@pytest.fixture
def app(project: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A window on a small desk."""
    monkeypatch.chdir(project)
    answer_at_once(monkeypatch)
    window = at_scenario(project, 120)
    work(window).open(DESK, "")
    return window


def test_a_month_by_zone(app: AppTest) -> None:
    """The finding, the six steps, and a survey that the person changes."""
    app.switch_page("interface/app/pages/service_quality.py").run()
    press(app, "Run")
    assert not app.exception
    assert "are red" in app.subheader[0].value
    assert [part.value[0] for part in app.subheader[1:5]] == ["1", "3", "5", "6"]
    before = app.dataframe[-1].value
    next(field for field in app.number_input if field.label == "Response after a red contact (%)").set_value(60).run()
    assert app.dataframe[-1].value["NPS in the survey"][0] != before["NPS in the survey"][0]
    assert not app.exception


def test_a_log_by_zone(app: AppTest) -> None:
    """The sample log needs no upload."""
    app.switch_page("interface/app/pages/service_quality.py").run()
    app.button_group[0].set_value("Sample log").run()
    assert not app.exception
    assert "contact log" in app.caption[1].value


def test_the_value_of_a_variant(app: AppTest) -> None:
    """Two scenarios side by side; an assumption that cannot be is refused where it is typed."""
    work(app).keep("fewer", DESK.replace_group("desk", staffing=1))
    app.switch_page("interface/app/pages/value.py").run()
    app.multiselect[0].set_value(["fewer"]).run()
    press(app, "Run")
    assert not app.exception
    assert app.subheader[1].value.startswith("A customer is worth")
    assert len(app.dataframe[0].value) == 2
    assert any("instead of" in text.value for text in app.markdown)


def test_headcount_by_hand(app: AppTest) -> None:
    """16 agents around the clock, 30 % shrinkage: 16 x 168 / 0.7 / 40 = 96 people; who never leave need no others.

    A tenth more volume from the second month on: 17 agents by Erlang C for 13.2 erlangs, 102 people, six hires.
    """
    work(app).open(presets.load("help-desk"), "")
    app.switch_page("interface/app/pages/headcount.py").run()
    fields = {field.label: field for field in app.number_input}
    assert fields["People at work today"].value == 96
    fields["Leaving within a year (%)"].set_value(0.0)
    fields["Weeks of learning"].set_value(0.0)
    fields["Error of the forecast (%)"].set_value(0.0)
    fields["Months from decision to first day"].set_value(1)
    next(field for field in app.text_input if field.label == "Volume of each month").set_value("1, 1.1, 1.1").run()
    press(app, "Calculate people needed")
    assert not app.exception
    table = app.dataframe[0].value
    assert table["People needed"].tolist() == ["96.0", "102.0", "102.0"]
    assert table["Hires start"].tolist() == ["", "6", ""]
    assert app.subheader[1].value.startswith("6 hires over 3 months")
    next(field for field in app.text_input if field.label == "Volume of each month").set_value("1, many").run()
    assert "write multiples with a point" in app.error[0].value
