"""The Automation page, driven through app.py, with workers that do everything at once."""

from __future__ import annotations

import math
from concurrent.futures import Future
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from interface.app.charts import frontier as frontier_charts
from interface.app.charts.theme import LIGHT
from interface.app.jobs.jobs import Job, ProgressFile, ProgressReport
from interface.app.jobs.studies import frontiers
from interface.app.jobs.study_widgets import PageStudies, stopped_after
from models.whatif.frontier import Frontier
from models.whatif.ramp_up import weekly
from scenarios.contact_types import Target
from scenarios.scenario import Scenario, scenario_from
from scenarios.yaml import presets
from simulator.experiment import simulate
from studies.planning import PlanningMethod
from studies.sweep import EVERYBODY, Sweep, cheapest
from tests.at_once import AtOnce
from tests.frontiers import made
from tests.windows import at_scenario, press, work


@pytest.fixture
def app(project: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A window on the page, with the preset that has a bot."""
    monkeypatch.chdir(project)
    monkeypatch.setattr("interface.app.jobs.study_widgets.workers", AtOnce)
    window = at_scenario(project, 120)
    work(window).open(presets.load("bot-first"), "")
    window.switch_page("interface/app/pages/automation.py").run()
    next(box for box in window.multiselect if box.label == "False containment rate (%)").set_value([25.0])
    next(slider for slider in window.slider if slider.label == "Claimed containment up to (%)").set_value(40)
    return window.run()


def said(app: AppTest) -> str:
    """The sentences of a page."""
    parts = [*app.subheader, *app.markdown, *app.caption, *app.info, *app.warning, *app.error]
    return "\n".join(str(part.value) for part in parts)


def test_a_bot_that_contains_less_hurts_customers(app: AppTest) -> None:
    """The same customers either way: a change of nothing hurts nobody, thirty points less hurt many."""
    drift = {0.0: "0.00", -30.0: ""}
    for points, expected in drift.items():
        next(box for box in app.number_input if box.label == "Change of containment (points)").set_value(points).run()
        press(app, "Simulate the drift")
        assert not app.exception
        table = next(frame.value for frame in app.dataframe if "Customers hurt" in frame.value).set_index(
            "Contact type"
        )
        assert table["Without drift"]["chat"] != ""
        assert not expected or table["Customers hurt"]["chat"] == expected
    assert float(table["Customers hurt"]["chat"].replace(",", "")) > 10


# -- the frontier ----------------------------------------------------------------------------------------------------


def test_the_page_shows_the_cheapest_staffing_of_each_level(app: AppTest) -> None:
    """The page scales today's heads and calls that the cheapest; or its sentence is another than the model's."""
    press(app, "Plan each level (Erlang)")
    assert not app.exception
    job = studies_of(app, "automation-formula").answered
    assert job is not None
    found: Frontier = job.answer[0]
    assert found.kept["level"].tolist() == [0, 0.1, 0.2, 0.3, 0.4]
    assert app.subheader[0].value == found.in_words()
    assert found.plans[0.0].contact_type("chat").bot is None
    assert found.at(0.0)["bot_cost"] == 0
    assert "Erlang plans" in said(app)
    table = app.dataframe[0].value
    assert table["Plan"].tolist() == [
        "today's staffing",
        "no bot, today's staffing",
        "no bot, planned",
        *4 * ["planned"],
    ]
    assert table["Contained"].tolist() == ["40.0 %", "0.0 %", "0.0 %", "10.0 %", "20.0 %", "30.0 %", "40.0 %"]
    assert any(button.label == "Plan each level (Optimiser)" for button in app.button)
    assert job.progress.latest == ProgressReport(5, 5)


def test_the_centre_without_a_bot_counts_as_one_plan(tmp_path: Path) -> None:
    """The page says nine plans, its progress eleven: level 0 is planned once for all false shares."""
    progress = ProgressFile(tmp_path)
    steps: list[tuple[int, int]] = []
    progress.step = lambda done, wanted: steps.append((done, wanted))  # type: ignore[method-assign]
    frontiers(progress, presets.load("bot-first"), "chat", (0.0, 0.4, 0.8), (0.1, 0.4), PlanningMethod("formula", 2))
    assert steps == [(1, 5), (2, 5), (3, 5), (3, 5), (4, 5), (5, 5)]


def test_the_first_weeks_are_followed(app: AppTest) -> None:
    """Weeks, money spent once, or the week of payback are missing in the app."""
    press(app, "Plan each level (Erlang)")
    assert "ayback" not in said(app).replace("Ramp-up and payback", "")  # nothing was spent
    assert "7 open days a week" in said(app)
    next(field for field in app.number_input if field.label == "One-off cost (EUR)").set_value(1e6)
    next(field for field in app.number_input if field.label == "Weeks").set_value(4)
    app.run()
    assert "No payback within 4 weeks" in said(app)
    assert not app.exception


def test_a_type_without_a_bot_can_be_asked_about(app: AppTest) -> None:
    """A centre without a bot ends in a traceback."""
    work(app).open(presets.load("help-desk"), "")
    app.run()
    press(app, "Plan each level (Erlang)")
    assert not app.exception
    assert "calls has no repeat contacts after false containment" in said(app)
    assert "claimed containment of calls" in app.subheader[0].value


def test_levels_without_a_plan_are_told_why_once(app: AppTest) -> None:
    """The same reason is told nine times, or the charts of nothing fail."""
    found = made([math.nan] * 3, ["unreachable"] * 3)
    found.rows["why"] = "chat: no staffing can meet it"
    answer: Future[Any] = Future()
    answer.set_result([found])
    job = Job("key", ProgressFile(Path("nowhere")), answer)
    app.session_state["studies-automation-formula"] = PageStudies(current=job, answered=job)
    app.run()
    assert not app.exception
    assert app.subheader[0].value == "No containment level of chat has a plan that meets every target."
    assert [warning.value for warning in app.warning] == [
        "No plan at 0 %, 10 %, 20 % containment: chat: no staffing can meet it"
    ]


def studies_of(app: AppTest, page: str) -> PageStudies:
    """The studies of a page in a window."""
    studies: PageStudies = app.session_state[f"studies-{page}"]
    return studies


def test_a_study_that_was_stopped_is_no_error(app: AppTest, tmp_path: Path) -> None:
    """Whoever clicks Cancel is shown an error, in replications instead of plans."""
    progress = ProgressFile(tmp_path)
    progress.step(3, 5)
    progress.stop()
    app.session_state["studies-automation-formula"] = PageStudies(current=Job("key", progress, Future()))
    app.run()
    assert [info.value for info in app.info] == ["Cancelled after 3 of 5 plans."]
    assert not app.error
    assert not next(button for button in app.button if button.label == "Plan each level (Erlang)").disabled


def test_a_study_stopped_before_its_first_plan_says_so(tmp_path: Path) -> None:
    """Nothing of nothing is counted."""
    assert stopped_after(Job("key", ProgressFile(tmp_path), Future()), "plans") == "Cancelled before it began."


# -- charts ----------------------------------------------------------------------------------------------------------


def test_the_target_line_judges_the_line_of_its_own_clock() -> None:
    """Rows say Met while the only line near the target, on another clock, is far below it."""
    found = made([1000, 950], ["met"] * 2)
    for name, shares in {
        "response_by_person": [0.9, 0.3],
        "response_by_person_or_bot": [0.9, 0.4],
        "response_any": [1.0, 1.0],
        "judged": [0.9, 0.85],
    }.items():
        found.rows[name] = shares
    layers = frontier_charts.responses(found, Target(share=0.8, within=60), LIGHT).chart.to_dict()["layer"]
    values = frontier_charts.responses(found, Target(share=0.8, within=60), LIGHT).chart.to_dict()["datasets"]
    drawn = {row["responder"] for rows in values.values() for row in rows if "responder" in row}
    assert "As targeted" in drawn
    assert len(layers) == 2
    without = frontier_charts.responses(found, Target(max_abandonment=0.05), LIGHT).chart.to_dict()
    assert len(without["layer"]) == 1  # no share is wanted, so no line
    assert "As targeted" not in str(without["datasets"])


def test_the_map_marks_what_is_no_clear_difference() -> None:
    """Five in five thousand look like a saving."""
    picture = frontier_charts.heat_map([made([5694, 5689, 5000], ["met"] * 3, head=216)], "EUR", LIGHT)
    texts = [row["text"] for rows in picture.chart.to_dict()["datasets"].values() for row in rows]
    assert texts == ["≈+5", "+694"]
    assert "1 with significant saving, 0 with significant extra cost" in picture.alt


def test_a_chart_of_weeks_without_money_spent_names_no_payback() -> None:
    """A bot is said to be paid back from week 1 on where nothing was spent."""
    columns = {"tuned": [800.0, 900.0], "untuned": [800.0, 800.0], "earned": [800.0, 1700.0]}
    table = pd.DataFrame({"week": [1, 2], "earned_untuned": [800.0, 1600.0]} | columns)
    picture = frontier_charts.weeks(table, 0.4, "EUR", LIGHT)
    assert "ayback" not in picture.alt
    assert "tuned 1,700 EUR" in picture.alt
    assert "week 1" not in str(picture.chart.to_dict())


def test_the_weeks_begin_at_what_was_spent_and_name_the_week_of_payback() -> None:
    """The chart hides what was spent, or marks another week."""
    weeks = weekly(made([1000, 900, 800, 700, 600], ["met"] * 5), 0.4, 6, once=2000, open_days=5)
    picture = frontier_charts.weeks(weeks, 0.4, "EUR", LIGHT)
    rows = [row for rows in picture.chart.to_dict()["datasets"].values() for row in rows]
    assert {row["money"] for row in rows if row.get("week") == 0} == {-2000}
    assert "tuned from week 3, not tuned from week 3" in picture.alt


# -- scaled staffing -------------------------------------------------------------------------------------------------


@pytest.fixture
def impatient() -> Scenario:
    """A desk that answers who stays in time, while many leave at once: 2 % may, far more do."""
    return scenario_from(
        {
            "name": "impatient",
            "horizon": {"interval": "1 h"},
            "contact_types": [
                {
                    **{"name": "calls", "channel": "phone", "open": "Mon-Sun 09:00-17:00", "volume": {"per_hour": 60}},
                    **{"handle_time": {"mean": "5 min"}, "patience": {"mean": "10s"}},
                    "target": {"share": 0.6, "within": "2 min", "max_abandonment": 0.02},
                    "bot": {"resolved": 0.1, "cost_per_session": 1.0},
                }
            ],
            "agent_groups": [
                {"name": "desk", "skills": ["calls"], "staffing": {"Mon-Sun 09:00-17:00": 6}, "cost_per_hour": 20}
            ],
        }
    )


def test_a_combination_that_misses_its_abandonment_is_not_met(impatient: Scenario) -> None:
    """The cheapest plan that 'meets every target' loses four times the customers it may."""
    sweep = Sweep("calls", EVERYBODY, (0.1,), (1.0,), 0.0)
    findings = [simulate(one, 20) for one in sweep.scenarios(impatient)]
    table = sweep.table(findings)
    assert findings[0].estimate("abandonment").low[0] > 0.02
    assert table["status"].tolist() == ["missed"]
    assert table["missed"].tolist() == ["calls: at most 2 % abandon"]
    assert cheapest(table) is None


def test_without_containment_there_is_no_bot_and_none_is_paid(impatient: Scenario) -> None:
    """At 0 % every session of a bot that contains nobody is paid, so containment looks cheap beside it."""
    sweep = Sweep("calls", EVERYBODY, (0.0, 0.2), (1.0,), 0.0)
    findings = [simulate(one, 20) for one in sweep.scenarios(impatient)]
    assert findings[0].scenario.contact_type("calls").bot is None
    assert findings[0].estimate("bot_cost").value[0] == 0
    table = sweep.table(findings)
    assert table["cost"][0] == pytest.approx(6 * 8 * 20, rel=0.02)  # and some minutes after closing time
    assert table["true"][0] == 0
    saved = sweep.savings(findings)
    # a fifth of 480 calls of 5 minutes is 8 hours, less who leaves
    assert saved["claimed"][0] - saved["claimed"][1] == pytest.approx(8, rel=0.05)


def test_a_type_without_a_bot_is_given_one(impatient: Scenario) -> None:
    """Only types that have a bot already can be asked about."""
    plain = impatient.replace_type("calls", bot=None)
    [changed] = Sweep("calls", EVERYBODY, (0.4,), (1.0,), 0.25).scenarios(plain)
    bot = changed.contact_type("calls").bot
    assert bot is not None
    assert (bot.resolved, bot.falsely_contained, bot.cost_per_session) == pytest.approx((0.3, 0.1, 0))


@pytest.mark.slow
def test_heads_only_scaled_are_titled_so_and_name_the_cheapest_that_is_met(project: Path, monkeypatch) -> None:
    """The sentence must name a combination that is met, and none that is met may be cheaper."""
    monkeypatch.chdir(project)
    app = at_scenario(project, 60)
    work(app).open(presets.load("bot-first"), "")
    app.switch_page("interface/app/pages/automation.py").run()
    assert app.subheader[0].value == "What if we scale today's staffing?"
    next(field for field in app.number_input if field.label == "Grid size").set_value(2)
    app.run()
    press(app, "Run")
    until = monotonic() + 90
    while work(app).jobs["automation"].running:
        assert monotonic() < until
        sleep(0.1)
    app.run()
    assert not app.exception
    job = work(app).jobs["automation"]
    table = job.request.about.table(job.findings)
    met = table[table["status"] == "met"]
    verdict = next(text.value for text in app.markdown if "Lowest cost" in text.value or "No combination" in text.value)
    assert ("No combination" in verdict) if met.empty else (f"{met['cost'].min():,.0f}" in verdict)
