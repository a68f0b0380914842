"""The Learn page: every section opens, sliders change the numbers, and overload is told instead of a number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from interface.app.charts import learn
from interface.app.charts.ladder import ladder as ladder_chart
from interface.app.charts.theme import LIGHT
from interface.app.learn import ladder, lessons
from interface.app.learn.ladder_formulas import FORMULAS, FormulaResult
from interface.app.learn.lessons import Question
from models.queueing.erlang import erlang_a
from scenarios.yaml import presets

SECTIONS = ("Calculator", "Pooling", "Square-root law", "Overload")


def opened(section: str, project: Path) -> AppTest:
    """The page at a section."""
    app = AppTest.from_file(str(project / "app.py"), default_timeout=60)
    app.query_params["section"] = section
    app.switch_page("interface/app/pages/learn.py")
    return app.run()


def written(app: AppTest) -> str:
    """Everything that is written on the page."""
    return " ".join(str(part.value) for part in [*app.markdown, *app.get("html"), *app.caption])


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_with_a_question(section: str, project: Path) -> None:
    """A section fails, or leaves students without something to think about."""
    app = opened(section, project)
    assert not app.exception
    assert "To think about." in written(app)


def slider(app: AppTest, name: str) -> object:
    """The slider of this name."""
    return next(slider for slider in app.slider if slider.label == name)


def test_fewer_agents_than_load_is_told_as_overload(project: Path) -> None:
    """The page shows a wait for a queue without end."""
    app = opened("Calculator", project)
    next(toggle for toggle in app.toggle if toggle.label == "Allow abandonment").set_value(False).run()
    slider(app, "Contacts per hour").set_value(120)
    slider(app, "AHT (min)").set_value(6.0)
    slider(app, "Agents").set_value(11)
    app.run()
    assert not app.exception
    assert "Overloaded" in written(app)
    assert "queue grows by 10.0 contacts per hour" in written(app)


def test_the_other_direction_finds_the_agents(project: Path) -> None:
    """From 80 % in 20 s to the 16 agents of the hand calculation."""
    app = opened("Calculator", project)
    next(toggle for toggle in app.toggle if toggle.label == "Allow abandonment").set_value(False).run()
    app.segmented_control(key="direction").set_value("Agents").run()
    slider(app, "Contacts per hour").set_value(120)
    slider(app, "AHT (min)").set_value(6.0)
    slider(app, "Target service level (%)").set_value(80)
    slider(app, "Answer within (s)").set_value(20)
    app.run()
    assert not app.exception
    assert '<div class="number">16</div>' in written(app)
    assert "15 would miss the target" in written(app)


def test_three_silos_need_five_more_than_one_pool(project: Path) -> None:
    """The lesson of pooling is lost: 21 agents in three queues, 16 in one (hand calculation of domain.md)."""
    text = written(opened("Pooling", project))
    assert "21 agents" in text
    assert "16 agents" in text


def test_the_square_root_law_is_a_straight_line() -> None:
    """The safety does not double where the load is four times as large, or the exact agents leave the law."""
    table = lessons.square_root(0.2)
    distribution = table[table["series"] == "Square-root law"].set_index("load")["spare"]
    exact = table[table["series"] != "Square-root law"].set_index("load")["spare"]
    assert distribution[200] / distribution[50] == pytest.approx(2.0)
    assert np.all(np.abs(exact - distribution) < 1.5)


def test_around_full_load_only_erlang_c_has_no_answer() -> None:
    """Erlang C answers beyond full load, or Erlang A does not."""
    waits, shares = lessons.around_full_load(Question(150, 360, 14, 300))
    over = waits[waits["load"] >= 1.0]
    assert over[over["series"] == "Erlang C"]["value"].isna().all()
    assert waits[waits["series"] == "Erlang A"]["value"].notna().all()
    left = shares[(shares["series"] == "Abandonment") & (shares["load"] == 1.2)]["value"].item()
    assert left == pytest.approx(float(erlang_a(14 * 1.2 / 360, 360, 300, 14).p_abandon))
    assert left > 1 - 1 / 1.2  # what the agents cannot do must leave


@pytest.mark.parametrize("name", presets.names())
def test_the_explorer_begins_with_any_scenario(name: str) -> None:
    """A preset without a telephone, or with nobody on duty, breaks the page."""
    question = lessons.question_of(presets.load(name))
    assert question.agents >= 1
    assert question.performance().stable.all()


def test_the_figures_of_a_queue_can_be_exported() -> None:
    """A figure is no valid chart, or has no words for those who cannot see it."""
    question = Question(120, 360, 14, 300)
    waits, shares = lessons.around_full_load(question)
    chance = question.in_system()
    assert chance is not None
    found = [[FormulaResult(0.5, 0.1, 10.0)] * len(FORMULAS)] * len(ladder.ladder_steps())
    table = lessons.square_root(0.2)
    pictures = [
        learn.numbers(chance, 14, LIGHT),
        learn.waits(lessons.still_waiting(question), 0.8, 20, LIGHT),
        learn.by_agents(lessons.near(question), 0.8, 14, LIGHT),
        learn.pooled(lessons.pooling(question), LIGHT),
        learn.square_root(table, LIGHT),
        learn.occupancy(table, LIGHT),
        learn.overload(waits, 1.1, LIGHT),
        learn.lost(shares, 1.1, LIGHT),
        ladder_chart(ladder.table(found, ()), "service_level", LIGHT),
    ]
    assert len({picture.name for picture in pictures}) == len(pictures)
    for picture in pictures:
        assert '"$schema"' in picture.specification()
        assert len(picture.alt) > 20
