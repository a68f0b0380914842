"""Charts drawn by several people at once, and charts of long horizons and of nothing."""

import json
import logging
import sys
from collections.abc import Iterator
from threading import Thread

import pytest

from interface import parts
from interface.people_charts import volumes
from interface.pictures import LIGHT, Picture
from scenarios import presets

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
                parts.chart(picture, "test")
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
    picture: Picture = volumes(scenario.replace(horizon=fields | {"days": 120}), LIGHT)
    (rows,) = json.loads(picture.specification())["datasets"].values()
    assert len(rows) == 120 * scenario.horizon.intervals_per_day
