"""Days that look wrong are found, shown, and left out, repaired or kept as a person chooses."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.forecasting.day_checks import DayChoice, Treatment, choices_from
from models.forecasting.history import DemandHistory, history_of
from scenarios.errors import InvalidValue
from tests.models.forecasting.samples import random_series, table_of

DAY = date(2026, 2, 4)
"""A Wednesday among forty working days from 5 January 2026."""


def history(change: Any = None, treatment: Treatment | None = None) -> DemandHistory:
    """Forty days of some 2,400 calls in hours, one day of them changed."""
    table = table_of(random_series(40, 2400.0, 0.03, seed=5))
    own = table["when"].dt.date == DAY
    table["offered"] = table["offered"].astype(float)
    if change is not None:
        table.loc[own, "offered"] = change(table, own)
    choices = [] if treatment is None else [DayChoice(DAY, treatment)]
    return history_of(table, 3600.0, choices=choices)


def total(made: DemandHistory, day: date = DAY) -> float:
    """The contacts of a day."""
    series = made.types["calls"]
    return float(series.totals[series.days.index(day)])


def trebled(table: pd.DataFrame, own: pd.Series) -> pd.Series:
    """A day imported three times."""
    return 3 * table.loc[own, "offered"]


def copied(table: pd.DataFrame, own: pd.Series) -> Any:
    """The Wednesday before, imported again under this day."""
    return table.loc[table["when"].dt.date == date(2026, 1, 28), "offered"].to_numpy()


def with_a_spike(table: pd.DataFrame, own: pd.Series) -> Any:
    """400 contacts at two in the night, where some 20 are usual."""
    values = table.loc[own, "offered"].to_numpy().copy()
    values[2] = 400
    return values


def test_ordinary_days_are_not_doubted():
    """Chance alone makes no outlier."""
    assert history().doubts == ()


def test_a_day_three_times_as_busy_is_shown_and_kept_until_a_person_chooses():
    """It is found; kept it holds its contacts, left out it is gone, repaired it holds about what is usual."""
    kept = history(trebled)
    assert [(doubt.day, doubt.treatment, doubt.chosen) for doubt in kept.doubts] == [(DAY, "keep", False)]
    assert "are usual on a Wed" in kept.doubts[0].issue
    ordinary = total(history())
    assert total(kept) == pytest.approx(3 * ordinary)
    assert DAY not in history(trebled, "leave out").types["calls"].days
    repaired = history(trebled, "repair")
    assert total(repaired) == pytest.approx(ordinary, rel=0.1)
    assert repaired.notes == (f"calls: {DAY} repaired: {repaired.doubts[0].issue}",)


def test_a_day_imported_under_another_date_is_found():
    """Every interval has the figures of the Wednesday before."""
    assert [doubt.issue for doubt in history(copied).doubts] == [
        "the same figures in every interval as 2026-01-28, imported twice?"
    ]


def test_a_spike_is_repaired_alone():
    """The other intervals of the day keep their contacts."""
    found, repaired = history(with_a_spike), history(with_a_spike, "repair")
    assert "02:00: 400 contacts where" in found.doubts[0].issue
    before, after = (made.types["calls"].counts[made.types["calls"].days.index(DAY)] for made in (found, repaired))
    assert after[2] < 80
    assert np.array_equal(np.delete(before, 2), np.delete(after, 2))


@pytest.mark.parametrize("treatment, kept", [(None, False), ("keep", True), ("repair", True), ("leave out", False)])
def test_an_outage_is_as_a_person_chooses(treatment: Treatment | None, kept: bool):
    """Half of a day without a contact."""

    def half(table: pd.DataFrame, own: pd.Series) -> Any:
        return np.where(np.arange(24) < 12, 0.0, table.loc[own, "offered"])

    made = history(half, treatment)
    assert (DAY in made.types["calls"].days) == kept
    if treatment == "keep":
        assert total(made) < 0.6 * total(history())
    if treatment == "repair":
        assert total(made) == pytest.approx(total(history()), rel=0.1)
    assert made.doubts[0].chosen == (treatment is not None)


def test_an_ordinary_day_can_be_left_out_too():
    """A strike that nobody sees in the figures."""
    assert DAY not in history(None, "leave out").types["calls"].days


def test_choices_as_they_are_written():
    """A day alone is meant for all contact types."""
    assert choices_from(["2026-03-02", "2026-03-03, Sales"], "keep") == [
        DayChoice(date(2026, 3, 2), "keep"),
        DayChoice(date(2026, 3, 3), "keep", "Sales"),
    ]
    with pytest.raises(InvalidValue, match="repair: 'tomorrow'"):
        choices_from(["tomorrow"], "repair")


def test_rows_told_twice_alike_count_once():
    """Two imports of one file; a different figure is asked about."""
    table = table_of(random_series(20, 240.0, 0.03, seed=6))
    made = history_of(pd.concat([table, table.head(48)]), 3600.0)
    assert made.types["calls"].counts.sum() == table["offered"].sum()
    assert made.notes[0] == "48 rows dropped: the same interval again, with the same figures"
