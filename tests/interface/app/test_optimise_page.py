"""The pages for studies, driven through app.py, with workers that do everything at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from interface.app.charts.optimise import heat_map
from interface.app.charts.theme import LIGHT
from interface.app.jobs.jobs import Progress, ProgressFile, ProgressReport, Refused, start_in_worker
from interface.app.jobs.optimise import HOURS, optimised, price_table, taken, until_begun, wages, worth
from models.optimisation.plan_rules import NO_RULES
from models.optimisation.plan_space import plan_space
from models.optimisation.target_costs import TargetCost
from scenarios.errors import Cancelled
from scenarios.scenario import Scenario, scenario_from
from scenarios.yaml import presets
from tests.at_once import AtOnce, answer_at_once
from tests.windows import at_scenario, press, work


@pytest.fixture
def small() -> Scenario:
    """A desk of three hours that is staffed far too well."""
    return scenario_from(
        {
            "name": "small",
            "horizon": {"interval": "1 h"},
            "contact_types": [
                {
                    **{"name": "calls", "channel": "phone", "open": "Mon-Sun 09:00-12:00", "volume": {"per_hour": 12}},
                    **{"handle_time": {"mean": "2 min"}, "patience": {"mean": "3 min"}},
                    "target": {"share": 0.5, "within": "60s"},
                }
            ],
            "agent_groups": [
                {
                    **{"name": "desk", "skills": ["calls"], "staffing": {"Mon-Sun 09:00-12:00": 9}},
                    **{"cost_per_hour": 20, "shrinkage": {"planned": 0.2}},
                }
            ],
        }
    )


@pytest.fixture
def app(project: Path, small: Scenario, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A window on the small desk."""
    monkeypatch.chdir(project)
    answer_at_once(monkeypatch)
    window = at_scenario(project, 120)
    work(window).open(small, "")
    return window


def test_a_plan_is_found_taken_and_undone(app: AppTest, small: Scenario) -> None:
    """The plan does not reach the scenario, or cannot be undone."""
    app.switch_page("interface/app/pages/optimise.py").run()
    press(app, "Optimise")
    assert not app.exception
    assert app.subheader[0].value.startswith("Every target is met")
    press(app, "Apply this plan")
    plan = work(app).scenario
    assert plan.staffing.sum() < small.staffing.sum()
    assert plan.staffing[:, :9].sum() == 0
    press(app, "Undo")
    assert work(app).scenario == small
    assert not app.exception


def test_a_plan_of_an_older_scenario_cannot_be_taken(app: AppTest, small: Scenario) -> None:
    """A plan for the contacts of yesterday was taken into the scenario of today."""
    app.switch_page("interface/app/pages/optimise.py").run()
    press(app, "Optimise")
    assert not next(button for button in app.button if button.label == "Apply this plan").disabled
    longer = small.contact_types[0].handle_time.mean * 2
    work(app).change("types", lambda scenario: scenario.replace_type("calls", handle_time={"mean": longer}))
    app.run()
    assert next(button for button in app.button if button.label == "Apply this plan").disabled
    assert any(warning.value.startswith("Out of date") for warning in app.warning)
    work(app).undo()
    work(app).change("staffing", lambda scenario: scenario.replace_group("desk", staffing=9))
    app.run()  # other agents than those of the plan are what it is there to replace
    assert not next(button for button in app.button if button.label == "Apply this plan").disabled
    assert not app.exception


def test_the_plan_can_be_taken_home_and_its_targets_priced(app: AppTest) -> None:
    """The heads cannot be downloaded, or the price of a target is not to be had on the page."""
    app.switch_page("interface/app/pages/optimise.py").run()
    press(app, "Optimise")
    labels = {button.label for button in app.get("download_button")}
    assert {"Download plan (Excel)", "Download plan (CSV)", "Targets (CSV)", "Search history (CSV)"} <= labels
    press(app, "Cost of each target")
    assert not app.exception
    prices = app.table[-1].value
    assert list(prices.columns) == ["From", "To", "Cost"]
    assert list(prices["From"]) == ["45 % within 1 min"]
    assert prices["Cost"].str.contains(r"±|within the optimality gap").all()


def test_a_plan_is_insured_against_more_contacts(app: AppTest) -> None:
    """A plan for several scenarios says nothing of what it costs, or does not name the scenario of a target."""
    app.switch_page("interface/app/pages/optimise.py").run()
    app.multiselect(key="also").set_value(["volume +20 %"]).run()
    press(app, "Optimise")
    assert not app.exception
    texts = [markdown.value for markdown in app.markdown]
    assert any("Insurance costs" in text and "more than the plan for small alone" in text for text in texts)
    assert "50 % within 1 min, volume +20 %" in app.dataframe[-1].value["Target"].tolist()
    press(app, "Apply this plan")
    assert not app.exception


def test_once_a_day_is_one_number_for_each_day(tmp_path: Path) -> None:
    """Heads that may change once a day stay the same for ever."""
    assert plan_space(presets.load("one-hour"), HOURS["once a day"]).shape[1] == 7


def test_a_deadline_says_that_it_is_for_the_beginning(small: Scenario) -> None:
    """Letters that take longer than their deadline are planned without a word."""
    assert until_begun(small) == ""
    assert until_begun(presets.load("retail-weekday")).startswith("email, social: ")


def test_a_price_is_read_with_its_doubt() -> None:
    """The table leaves out how far off a price may be."""
    price = TargetCost("chat", "80 %", "75 %", 102.9, 5.0, 0.6, 231.4, 1.4)
    assert price_table([price], "EUR")["Cost"].tolist() == [
        "103 EUR saved, within the optimality gap of 231 EUR (1.4 FTE)"
    ]


def test_numbers_of_a_heat_map_keep_apart(small: Scenario) -> None:
    """Two numbers of a narrow window touch: a digit of size s is some 0.58 s wide."""
    staffing = np.full((1, 24), 12)
    marks = heat_map(staffing, small, LIGHT).chart.to_dict()["layer"]
    rule = next(layer["mark"]["fontSize"]["expr"] for layer in marks if layer["mark"]["type"] == "text")
    assert rule == "(width / 24 - 4) / 1.16 < 8 ? 0 : min(11, (width / 24 - 4) / 1.16)"


def test_without_a_target_the_page_says_what_to_do(app: AppTest, small: Scenario) -> None:
    """A search without a target ends in a traceback."""
    work(app).open(small.replace_type("calls", target=None), "")
    app.switch_page("interface/app/pages/optimise.py").run()
    press(app, "Optimise")
    assert not app.exception
    assert "give at least one contact type a target" in app.error[0].value


def test_a_question_is_answered_and_its_world_kept(app: AppTest) -> None:
    """The answer has no line, or its scenarios cannot be gone on with."""
    work(app).open(presets.load("three-silos"), "")
    app.switch_page("interface/app/pages/what_if.py").run()
    next(box for box in app.selectbox if box.label == "Question").select("pool")
    app.run()
    press(app, "Run")
    assert not app.exception
    assert "'one pool' is cheapest" in app.subheader[0].value
    assert "Download (Excel)" in {button.label for button in app.get("download_button")}
    next(box for box in app.selectbox if box.label == "Scenario").select("one pool")
    app.run()
    press(app, "Add to Compare")
    assert "pool: one pool" in work(app).variants
    press(app, "Use this plan")
    assert work(app).scenario.group_names == ("pool",)
    assert work(app).past


def test_the_ranges_of_a_tornado_are_the_persons_own(app: AppTest, small: Scenario) -> None:
    """The fields for plausible ranges are not asked, or a range has no part in the answer."""
    app.switch_page("interface/app/pages/what_if.py").run()
    next(box for box in app.selectbox if box.label == "Question").select("sensitivity")
    app.run()
    next(field for field in app.number_input if field.label == "Contacts, higher (%)").set_value(40)
    app.run()
    press(app, "Run")
    assert not app.exception
    cells = set(app.dataframe[-1].value.to_numpy().ravel())
    assert "+40 %" in cells
    assert "-5 points" not in cells  # nobody is absent, so nobody can be less so


@pytest.mark.parametrize("folder", [False, True])
def test_reports_arrive_and_a_stop_is_obeyed(tmp_path: Path, *, folder: bool) -> None:
    """Reports are lost, or the work does not stop."""
    progress = ProgressFile(tmp_path) if folder else Progress()
    assert progress.latest is None
    progress.step(1, 3)
    assert progress.latest == ProgressReport(1, 3)
    progress.stop()
    with pytest.raises(Cancelled):
        progress.step(2, 3)
    assert progress.latest == ProgressReport(1, 3)


def test_a_study_whose_window_is_gone_stops() -> None:
    """A search goes on though nobody waits for it."""
    job = start_in_worker(AtOnce(), "key", lambda progress: progress)  # type: ignore[arg-type]
    assert not job.answer.stopped
    job.forget()
    assert job.answer.stopped
    job.answer.report(1, 2)  # without a reader


def test_a_refusal_is_an_answer() -> None:
    """An error of the planner is lost on the way."""

    def refuse(progress: Progress) -> None:
        raise Cancelled(0, 1)

    assert isinstance(start_in_worker(AtOnce(), "key", refuse).answer, Refused)  # type: ignore[arg-type]


def test_what_an_agent_is_worth_is_told_in_money(tmp_path: Path, small: Scenario) -> None:
    """Wages leave out paid breaks, or a sentence names the wrong sum."""
    assert wages(small) == pytest.approx(9 * 3 * 20 / 0.8)
    plan = optimised(ProgressFile(tmp_path), small, (), 3600.0, NO_RULES, 0.02, 20.0, 1)
    worked = int((plan.staffing > 0).sum())
    text = f"One more agent in desk costs {25 * worked} EUR"  # an hour costs 20 / 0.8
    assert any(text in line for line in worth(plan, "EUR"))
    assert np.array_equal(taken(small, plan).staffing, plan.scenario.staffing)
    assert "found by simulation" in taken(small, plan).origins["agent_groups.desk.staffing"]
