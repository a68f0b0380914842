"""Headcount plans against cases known exactly: nobody leaves, binomial leavers, learning that ends."""

import numpy as np
import pytest
from scipy.stats import binom

from models.workforce.headcount import WorkforceAssumptions, headcount_plan
from scenarios.errors import InvalidValue

CALM = WorkforceAssumptions(attrition=0.0, lead_months=0, ramp_weeks=0.0)


def test_where_nothing_is_random_the_gap_is_hired() -> None:
    """Rising needs are met by exactly what is missing; falling ones hire nobody."""
    plan = headcount_plan([10, 12.5, 11, 15], 10, CALM)
    assert plan.rows["starters"].tolist() == [0, 3, 0, 2]
    assert plan.rows["headcount"].tolist() == [10, 13, 13, 15]
    assert (plan.rows["chance_short"] == 0).all()


def test_the_chance_of_being_short_is_that_of_a_binomial() -> None:
    """50 people, 48 needed, nobody can be hired: short when three or more have left."""
    plan = headcount_plan([48] * 4, 50, WorkforceAssumptions(attrition=0.3, lead_months=12))
    for month, chance in enumerate(plan.rows["chance_short"]):
        stays = 0.7 ** (month / 12)
        exact = binom.cdf(47, 50, stays)
        assert chance == pytest.approx(exact, abs=4.5 * np.sqrt(exact * (1 - exact) / 10_000) + 1e-9)
    assert plan.rows["headcount"].tolist() == pytest.approx([50 * 0.7 ** (month / 12) for month in range(4)], rel=0.002)


def test_fewer_hires_would_be_too_risky() -> None:
    """The plan keeps the risk, and one hire less in a month would not."""
    given = WorkforceAssumptions(forecast_error=0.05, lead_months=1)
    plan = headcount_plan([40, 42, 44, 46], 42, given, risk=0.1)
    later = plan.rows.iloc[1:]
    assert (later["chance_short"] <= 0.1).all()
    assert (later["chance_short"] > 0.05).all()
    assert later["decide_in"].dropna().tolist() == [month - 1 for month in later["month"][later["starters"] > 0]]


def test_a_new_hire_is_worth_less_until_the_ramp_is_over() -> None:
    """Handle times of 1.4 falling evenly to 1 over eight weeks: the mean of the inverse is a logarithm."""
    given = WorkforceAssumptions()
    slope = 0.4 / 8
    end = 52 / 12
    exact = np.log(1.4 / (1.4 - slope * end)) / (slope * end)
    assert given.productivity(0) == pytest.approx(exact, rel=1e-4)
    assert given.productivity(2) == pytest.approx(1.0)


def test_training_and_tiring_work_cost_people() -> None:
    """An eighth of the week in training needs an eighth more people; 95 % occupancy drives people away."""
    trained = WorkforceAssumptions(attrition=0.0, lead_months=0, ramp_weeks=0.0, training_hours=5)
    assert headcount_plan([35], 40, trained).rows["starters"].tolist() == [0]
    assert headcount_plan([35], 39, trained).rows["starters"].tolist() == [1]
    calm, busy = (headcount_plan([30] * 12, 30, occupancy=share).rows["starters"].sum() for share in (0.8, 0.95))
    assert busy > calm


def test_what_is_too_late_is_said() -> None:
    """A need of next month cannot be hired for when hiring takes two."""
    words = headcount_plan([50, 50, 50], 40).in_words()
    assert "month 1, 2" in words
    assert "too late to hire" in words


@pytest.mark.parametrize(
    "required, people, risk, word",
    [([], 1, 0.1, "months"), ([-1], 1, 0.1, "required"), ([1], -1, 0.1, "people"), ([1], 1, 1.0, "risk")],
)
def test_senseless_needs_are_named(required: list[float], people: int, risk: float, word: str) -> None:
    """Each names its field."""
    with pytest.raises(InvalidValue, match=word):
        headcount_plan(required, people, risk=risk)
    with pytest.raises(InvalidValue, match="attrition"):
        WorkforceAssumptions(attrition=2)
