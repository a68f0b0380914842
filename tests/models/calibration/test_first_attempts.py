"""First attempts behind redials: recovered from the interval report of simulated days."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.calibration.first_attempts import RedialAssumption, first_attempts
from models.calibration.from_report import scenario_of
from scenarios.errors import InvalidFile, InvalidValue
from scenarios.interval_report.reading import IntervalReport, read_report
from simulator.codes import Outcome
from simulator.kernel import engine
from tests.centres import contact_type, group, of

DAYS, PER_DAY = 10, 48
AGAIN = RedialAssumption(0.6, 1200.0)


def overloaded() -> tuple[pd.DataFrame, np.ndarray]:
    """The report of days with too few agents, and the first attempts by interval, shape (intervals,)."""
    shape = [0] * 16 + [2, 5, 8, 6, 4, 3, 3, 4, 6, 5, 4, 3] + [0] * 20
    calls = contact_type(
        "calls",
        volume={"daily": 2000, "shape": shape},
        handle_time={"mean": "5 min"},
        patience={"mean": "3 min"},
        follow_ups=[AGAIN.rule("calls")],
    )
    scenario = of([calls], [group("a", ["calls"], 22)], horizon={"interval": "30 min", "days": DAYS})
    log = engine.play(scenario, engine.draw_tape(scenario, 1, 0)).contacts
    interval = (log.arrival // 1800).astype(int)
    inside = interval < DAYS * PER_DAY
    left = log.outcome == Outcome.ABANDONED

    def counted(rows: np.ndarray) -> np.ndarray:
        return np.bincount(interval[inside & rows], minlength=DAYS * PER_DAY)

    offered, abandoned, first = counted(left | ~left), counted(left), counted(log.parent < 0)
    times = pd.date_range("2026-03-02", periods=DAYS * PER_DAY, freq="30min")
    waits = np.bincount(interval[inside & left], (log.end - log.arrival)[inside & left], DAYS * PER_DAY)
    columns: dict[str, Any] = {"Interval": times, "Offered": offered, "Answered": offered - abandoned}
    columns |= {"Abandoned": abandoned, "AHT": 300, "Abandon wait": waits / np.maximum(abandoned, 1)}
    return pd.DataFrame(columns)[offered > 0], first[offered > 0]


def report_of(table: pd.DataFrame) -> IntervalReport:
    """The report in a table."""
    return read_report(table.to_csv(index=False).encode(), name="report.csv")


def test_first_attempts_of_simulated_days():
    """Of days with a quarter more contacts by redials the first attempts come out within 2 %, by hour within 5 %."""
    table, first = overloaded()
    assert table["Offered"].sum() > 1.25 * first.sum()  # the test can tell them apart
    report = report_of(table)
    found, notes = first_attempts(report, AGAIN)
    assert found.sum() == pytest.approx(first.sum(), rel=0.02)
    slot = table["Interval"].dt.hour.to_numpy()
    by_hour, true = (np.bincount(slot, values)[8:14] for values in (found, first))
    np.testing.assert_allclose(by_hour, true, rtol=0.05)
    assert "first attempts" in notes[0]
    assert "assumption" in notes[0]


def test_a_scenario_of_first_attempts_and_a_rule():
    """First attempts are the volume and a rule makes the redials; agents are guessed as before."""
    table, first = overloaded()
    report = report_of(table)
    plain, (whole,), _ = scenario_of(report, "days")
    scenario, (part,), notes = scenario_of(report, "days", redials=AGAIN)
    assert plain.contact_types[0].follow_ups == ()
    [rule] = scenario.contact_types[0].follow_ups
    assert (rule.after, rule.probability, rule.delay.mean) == ("abandoned", 0.6, 1200)
    assert scenario.expected.sum() == pytest.approx(first.sum(), rel=0.02)
    np.testing.assert_array_equal(scenario.staffing, plain.staffing)
    assert part.patience == whole.patience
    assert any("first attempts" in note for note in notes)
    assert scenario.origins["contact_types.contacts.follow_ups"] == "assumption: as given at the import"


def test_what_does_not_tell_redials():
    """Days, a report without abandoned contacts, and impossible numbers are refused with a remedy."""
    daily = pd.DataFrame({"Day": ["2026-03-02", "2026-03-03"], "Calls": [96, 144], "AHT": [200, 200]})
    with pytest.raises(InvalidFile, match="days do not tell"):
        first_attempts(report_of(daily), AGAIN)
    table = overloaded()[0].drop(columns=["Answered", "Abandoned", "Abandon wait"])
    with pytest.raises(InvalidFile, match="no abandoned contacts"):
        first_attempts(report_of(table), AGAIN)
    for wrong in ({"probability": 1.0}, {"probability": 0.0}, {"delay": 0.0}, {"delay": 1e6}):
        with pytest.raises(InvalidValue, match="redial"):
            RedialAssumption(**wrong)
