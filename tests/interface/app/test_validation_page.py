"""The validation page, driven through app.py as Streamlit runs it."""

from pathlib import Path
from time import monotonic, sleep

import pytest
from streamlit.testing.v1 import AppTest

from interface.app.jobs.validation import suspicious
from scenarios.contact_log.records import Suspicion
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
