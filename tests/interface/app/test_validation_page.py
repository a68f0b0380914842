"""The validation page, driven through app.py as Streamlit runs it."""

from pathlib import Path
from time import monotonic, sleep

import pytest
from streamlit.testing.v1 import AppTest

from interface.app.jobs.finished_runs import memory
from interface.app.jobs.validation import mapping_text, prepared, suspicious
from scenarios.contact_log.mapping import MAPPINGS, mapping_from
from scenarios.contact_log.records import Suspicion
from scenarios.errors import PlannerError
from scenarios.yaml.parse import read
from studies.backtest_sources import OBSERVED
from studies.replays import ERLANG_A, READY
from tests.windows import at_scenario


@pytest.fixture
def page(project: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A window on the page."""
    monkeypatch.chdir(project)
    app = at_scenario(project, 60)
    app.session_state["precision-validation"] = "Quick"
    return app.switch_page("interface/app/pages/validation.py").run()


def until_found(app: AppTest, seconds: float = 120) -> AppTest:
    """The window once the run has shown something for good."""
    end = monotonic() + seconds
    while True:
        job = app.session_state["workspace"].jobs.get("validation")
        if job is not None and not job.running:
            return app.run()
        assert monotonic() < end, f"nothing after {seconds} s"
        assert not app.exception
        sleep(0.5)
        app.run()


@pytest.mark.slow
def test_sample_is_validated(page: AppTest) -> None:
    """The page must say what happened, what the models say, and how far each is off, without being asked twice."""
    app = until_found(page)
    assert not app.exception
    assert not app.error
    assert app.subheader[0].value.startswith("Service level within 20 s: observed 75.8 %")
    totals, errors, not_ready = (table.value for table in app.dataframe)
    assert {OBSERVED, READY, ERLANG_A} <= set(totals["Source"])
    assert set(not_ready["Pool"]) == {"regular", "internet"}
    assert {"Forecast error", "Expected from randomness", "Total bias"} <= set(errors.columns)
    assert any("load exceeds staff, so Erlang C" in warning.value for warning in app.warning)
    findings = app.session_state["workspace"].jobs["validation"].findings
    assert sum(memory(part) for part in findings) < 20e6  # all tallies of all days were 600 MB, in every window


def test_what_is_suspicious_is_a_table():
    """The page would draw conclusions from a log whose oddities only the command line tells."""
    table = suspicious((Suspicion("no contact ever waited", "300 contacts", "check `wait`"),))
    assert table.to_dict("records") == [
        {"Check": "no contact ever waited", "Found": "300 contacts", "What to do": "check `wait`"}
    ]


def test_a_log_of_ones_own_is_asked_for(page: AppTest) -> None:
    """Without a file the page must wait for one, and show no numbers of the sample as if they were yours."""
    page.segmented_control(key="validation-where").set_value("Your own log").run()
    assert not page.exception
    assert not page.dataframe
    page.selectbox(key="validation-layout").set_value("bank").run()
    assert page.text_area[0].value == mapping_text("bank")


@pytest.mark.parametrize("name", sorted(MAPPINGS))
def test_a_ready_mapping_survives_being_shown(name: str) -> None:
    """A planner who leaves the text as it is would get another reading than the mapping named."""
    assert mapping_from(read(mapping_text(name)).values) == MAPPINGS[name]


def test_a_mapping_edited_on_the_page_is_used() -> None:
    """The clock, the time zone and the rows that count could be set on the command line only."""
    rows = [f"2026-03-0{day} 09:{minute:02d}:00,5:2{minute % 10}" for day in (2, 3) for minute in range(7, 57, 7)]
    log = "\n".join(["Begin,Talk", *rows]).encode()
    text = "name: ours\narrival: Begin\nanswer: Begin\nhandle: Talk\n"
    hours = prepared(log, "log.csv", text + "clock: hh:mm\nlongest_handle: 10 h\n", 20.0).study.records
    minutes = prepared(log, "log.csv", text, 20.0).study.records
    assert hours.handle[0] == 60 * minutes.handle[0]
    with pytest.raises(PlannerError, match="clock"):
        prepared(log, "log.csv", text + "clock: seconds\n", 20.0)
