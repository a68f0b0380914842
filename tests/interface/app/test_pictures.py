"""Charts drawn by several people at once, and charts of long horizons and of nothing."""

import gc
import json
import logging
import re
import sys
from collections.abc import Iterator
from threading import Thread
from weakref import ref

import numpy as np
import pandas as pd
import pytest

from interface.app import widgets
from interface.app.charts import what_if
from interface.app.charts.optimise import heat_map, history
from interface.app.charts.results import by_interval
from interface.app.charts.staffing import occupancy, over_under, planned, staffing, volumes
from interface.app.charts.studies import differences
from interface.app.charts.theme import LIGHT, Figure, drawn, figure_of, stepped, without_data
from models.optimisation.budget import Step
from models.whatif.answers import Answer
from scenarios.yaml import presets
from simulator.experiment import simulate
from simulator.measure.results import Results

ROUNDS = 12


@pytest.fixture
def threads_take_turns_often() -> Iterator[None]:
    """Threads that change place as often as Python can, and Streamlit silent about having no browser."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("threads_take_turns_often")
def test_charts_drawn_and_saved_at_once_keep_their_data() -> None:
    """Altair's settings are global: a chart was saved with the data of another, without any, or with a TypeError."""
    picture = volumes(presets.load("help-desk"), LIGHT)
    expected = picture.specification()
    saved: list[str] = []
    problems: list[str] = []

    def drawing() -> None:
        for _ in range(ROUNDS):
            try:
                widgets.chart(picture, "test")
            except Exception as problem:
                problems.append(repr(problem))

    def saving() -> None:
        for _ in range(ROUNDS):
            try:
                saved.append(picture.specification())
            except Exception as problem:
                problems.append(repr(problem))

    threads = [Thread(target=work) for work in (drawing, saving, drawing, saving)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert saved == [expected] * (2 * ROUNDS)


def test_a_chart_of_two_months_is_saved_whole() -> None:
    """Altair refuses more than 5,000 rows unless it is told otherwise: the page of a long horizon crashed."""
    scenario = presets.load("help-desk")
    fields = {name: getattr(scenario.horizon, name) for name in type(scenario.horizon).model_fields}
    picture: Figure = volumes(scenario.replace(horizon=fields | {"days": 120}), LIGHT)
    (rows,) = json.loads(picture.specification())["datasets"].values()
    assert len(rows) == 120 * scenario.horizon.intervals_per_day + 1  # and the end of the last one


@pytest.fixture(scope="module")
def results() -> Results:
    """A day of a help desk at which somebody answers from 08:00 to 20:00 only."""
    scenario = presets.load("help-desk").replace_group("desk", staffing={"Mon-Sun 08:00-20:00": 16})
    return simulate(scenario, replications=2)


def marks(specification: object) -> list[dict[str, object]]:
    """All marks of a specification that are lines or areas."""
    if isinstance(specification, dict):
        mark = specification.get("mark")
        mine = [mark] if isinstance(mark, dict) and mark.get("type") in ("line", "area") else []
        return mine + [mark for value in specification.values() for mark in marks(value)]
    return [mark for value in specification for mark in marks(value)] if isinstance(specification, list) else []


def test_a_value_holds_for_its_interval_and_a_gap_stays_a_gap() -> None:
    """A curve through the middles of intervals invents values between them."""
    rows = pd.DataFrame({"hour": [0.25, 0.75, 1.25], "value": [1.0, np.nan, 3.0]})
    level = stepped(rows, 0.5)
    assert level["hour"].tolist() == [0.0, 0.5, 0.5, 1.0, 1.0, 1.5]
    np.testing.assert_array_equal(level["value"], [1, 1, np.nan, np.nan, 3, 3])


def test_interval_values_are_drawn_as_steps(results: Results) -> None:
    """Lines and bands of what is measured by interval are level within it."""
    pictures = [
        by_interval(results, "service_level", "calls", LIGHT),
        occupancy(results, ["desk"], LIGHT),
        staffing(results, "desk", LIGHT, results.scenario.staffing[0] + 1.0),
        planned(results.scenario, "desk", None, LIGHT),
        volumes(results.scenario, LIGHT),
    ]
    for picture in pictures:
        found = marks(json.loads(picture.specification()))
        assert found, picture.name
        assert {mark.get("interpolate") for mark in found} == {"step-after"}, picture.name


def test_the_last_interval_is_drawn_to_its_end(results: Results) -> None:
    """A step that begins at 23:30 and has no end is not seen."""
    (rows,) = json.loads(volumes(results.scenario, LIGHT).specification())["datasets"].values()
    assert max(row["hour"] for row in rows) == 24


def test_axes_of_equal_values_have_plain_numbers(results: Results) -> None:
    """Where all values are equal the axis said 0.000000."""
    scenario = presets.load("help-desk")
    equal = [Step(1.0, 5000.0, 5000.0 - 1e-9, "", None), Step(2.0, 5000.0, 5000.0, "", None)]
    same = results.compare(results).assign(scenario="the same")
    nearly = same.assign(value=1e-12, low=-1e-12, high=2e-12)
    nobody = scenario.replace_group("desk", staffing=200)
    quiet = simulate(nobody, replications=2)
    for picture in (
        history(equal, "EUR", LIGHT),
        differences(nearly, "asa", "EUR", LIGHT),
        by_interval(results, "contacts", "calls", LIGHT),
        by_interval(quiet, "asa", "calls", LIGHT),
        by_interval(quiet, "backlog", "calls", LIGHT),
        over_under(nobody, nobody.staffing, LIGHT),
    ):
        svg = drawn(picture.specification(), "svg").decode()
        texts = re.findall(r">([^<>]*)</text>", svg)
        assert not [text for text in texts if ".000" in text or "e+" in text or "e-" in text], picture.name


@pytest.mark.parametrize("name", ["volumes", "planned", "over-under", "search", "plan"])
def test_a_chart_without_data_says_so(name: str) -> None:
    """Empty axes look like a fault."""
    scenario = presets.load("help-desk")
    none = scenario.replace_group("desk", staffing=0)
    picture = {
        "volumes": lambda: volumes(scenario.replace_type("calls", volume={"daily": 0}), LIGHT),
        "planned": lambda: planned(none, "desk", None, LIGHT),
        "over-under": lambda: over_under(none, none.staffing, LIGHT, "desk"),
        "search": lambda: history((), "EUR", LIGHT),
        "plan": lambda: heat_map(np.zeros((1, 24), dtype=np.int64), none, LIGHT),
    }[name]()
    assert picture.name == name
    svg = drawn(picture.specification(), "svg").decode()
    assert "No " in svg or "no " in svg
    assert "No " in picture.alt or "no " in picture.alt


def test_words_stand_where_the_chart_would_be() -> None:
    """The words are drawn, not only told to a screen reader."""
    svg = drawn(without_data("x", "Volumes", "No contacts are expected.", LIGHT).specification(), "svg").decode()
    assert "No contacts are expected." in svg


def test_a_plan_in_doubt_is_not_drawn_as_one_that_meets_its_targets() -> None:
    """A chart shows an inconclusive or missed plan in the colour of those that are shown to meet every target."""
    rows = [
        {"alternative": name, "share": share, "cost": 900.0, "cost_error": 3.0, "status": verdict, "tightest": ""}
        for name, share, verdict in (
            ("today's staffing", float("nan"), "met"),
            ("80 %", 0.8, "inconclusive"),
            ("90 %", 0.9, "missed"),
        )
    ]
    table = pd.DataFrame(rows).assign(reached="80.0 % ± 2.0")
    for question in ("curve", "pool"):
        figure = what_if.picture(Answer(question, "A line.", table), "A question", "EUR", LIGHT)
        words = str(figure.chart.to_dict()["datasets"])
        assert "'Inconclusive'" in words
        assert "'Misses a target'" in words
        assert words.count("'Meets every target'") == 1  # today's staffing


def test_a_figure_is_made_once_for_as_long_as_its_results_are_shown() -> None:
    """Every click draws all charts anew, a chart of other results is shown, or what is no longer shown stays."""

    class Shown:
        """Results that are shown."""

    made: list[str] = []

    def make(_: Shown, name: str, table: pd.DataFrame) -> Figure:
        made.append(name)
        return Figure(name, name, table, name)

    first, second, table = Shown(), Shown(), pd.DataFrame({"a": [1]})
    drawn_once = figure_of(first, make, "phone", table)
    assert figure_of(first, make, "phone", table) is drawn_once
    figure_of(first, make, "phone", table.copy())
    figure_of(second, make, "phone", table)
    assert made == ["phone"] * 3
    gone = ref(drawn_once)
    del first, drawn_once
    gc.collect()
    assert gone() is None
