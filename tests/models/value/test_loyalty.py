"""Loyalty and value: closed forms, figures worked out by hand beforehand, and customers followed one by one."""

import math

import numpy as np
import pytest

from models.value.economics import CustomerEconomics, break_even_churn
from models.value.loyalty import (
    LEVELS,
    ContactExperience,
    LoyaltyAssumptions,
    customer_value,
    loyalty_outcome,
    value_band,
)
from models.value.outlook import ServiceLevelOption, options_table, outlook
from scenarios.errors import InvalidValue


def test_a_cut_of_a_fifth_is_lost_again_by_half_a_point_of_churn():
    """Income 120, cost to serve 12, churn 20 %: worked out by hand in the requirements."""
    gain = CustomerEconomics(cost_to_serve=9.6).value / CustomerEconomics().value - 1
    assert gain == pytest.approx(0.022, abs=5e-4)
    assert break_even_churn(CustomerEconomics(), 9.6) == pytest.approx(0.2044, abs=5e-5)


@pytest.mark.parametrize("leaving, churn", [(0.32, 0.063), (0.05, 0.010)])
def test_two_contacts_a_year_one_in_ten_bad(leaving, churn):
    """Worked out by hand for exactly two contacts; here they come at random, which is a little less."""
    outcome = loyalty_outcome(ContactExperience(2, 0.1), LoyaltyAssumptions.constant(leaving), 0.0)
    assert outcome.service_churn == pytest.approx(churn, abs=1.5e-3)
    assert outcome.service_churn == pytest.approx(1 - math.exp(-2 * 0.1 * leaving), rel=1e-9)


def test_the_lifetime_is_that_of_a_constant_rate():
    """With one chance of leaving for all, churn is the sum of two rates."""
    outcome = loyalty_outcome(ContactExperience(4, 0.25), LoyaltyAssumptions.constant(0.1), 0.2)
    assert outcome.lifetime == pytest.approx(1 / (0.2 + 4 * 0.25 * 0.1))
    assert outcome.lost_to_service == pytest.approx(0.1 / 0.3)


def test_customers_followed_one_by_one():
    """The chain against customers who are drawn contact by contact, written apart from it."""
    experience, assumptions = ContactExperience(6, 0.3, 0.2), LoyaltyAssumptions((0.02, 0.05, 0.15), 0.6, 0.1)
    shares = loyalty_outcome(experience, assumptions, 0.2).months[-1]
    rng, count = np.random.default_rng(1), 20_000
    ends = np.zeros(5)
    for _ in range(count):
        ends[_end_of_year(rng, experience, assumptions)] += 1
    error = np.sqrt(shares * (1 - shares) / count)
    assert np.all(np.abs(ends / count - shares) < 4.5 * error)


def _end_of_year(rng, experience, assumptions):
    """The level after a year, or 3 for left after a bad contact and 4 for left otherwise."""
    time, level, bad = 0.0, 1, 0
    leaves = rng.exponential(1 / 0.2)
    while True:
        time += rng.exponential(1 / experience.per_year)
        if min(time, leaves) > 1:
            return level
        if leaves < time:
            return 4
        zone = rng.random()
        if zone < experience.red:
            if rng.random() < assumptions.leaving[min(bad, 2)]:
                return 3
            if rng.random() < assumptions.recovery:
                level, bad = 1, 0
            else:
                level, bad = min(level + 1, len(LEVELS) - 1), bad + 1
            continue
        bad = 0
        if zone >= experience.red + experience.yellow and rng.random() < 1 - assumptions.asymmetry:
            level = max(level - 1, 0)


def test_worse_service_never_makes_customers_worth_more():
    """More bad contacts, or more who leave after them, lower the value."""
    values = [
        customer_value(CustomerEconomics(), ContactExperience(3, red), LoyaltyAssumptions()).value
        for red in np.linspace(0, 1, 6)
    ]
    assert all(np.diff(values) < 0)
    band = list(value_band(CustomerEconomics(), ContactExperience(3, 0.2), LoyaltyAssumptions()).values())
    assert all(np.diff(band) < 0)


def test_a_change_pays_back_in_the_month_that_its_gains_exceed_it():
    """Without churn by service only the saving counts: 1 a year and customer, 1,000 customers, 500 invested."""
    now = ServiceLevelOption("now", 13.0, ContactExperience(2, 0.0))
    then = ServiceLevelOption("then", 12.0, ContactExperience(2, 0.0))
    economics = CustomerEconomics(churn=1e-9)
    plan = outlook(now, then, economics, LoyaltyAssumptions(), customers=1000, investment=500)
    assert plan.rows["cumulative"].iloc[-1] == pytest.approx(1000 - 500, rel=1e-6)
    assert plan.payback_month == 7  # after six months 500 are regained but for the few who left
    never = outlook(now, then, economics, LoyaltyAssumptions(), customers=1000, investment=5000)
    assert never.payback_month is None
    assert "Not paid back" in never.in_words()


def test_at_break_even_churn_an_option_is_worth_as_much():
    """The break-even churn put into the value gives that of the first option."""
    options = [
        ServiceLevelOption("now", 12.0, ContactExperience(2, 0.05)),
        ServiceLevelOption("cut", 9.0, ContactExperience(2, 0.3)),
    ]
    table = options_table(options, CustomerEconomics(), LoyaltyAssumptions())
    assert (120 - 9.0) / table["break_even_churn"][1] == pytest.approx(table["value"][0])


@pytest.mark.parametrize(
    "make, word",
    [
        (lambda: CustomerEconomics(income=0), "income"),
        (lambda: CustomerEconomics(cost_to_serve=200), "cost to serve"),
        (lambda: CustomerEconomics(churn=0), "churn"),
        (lambda: ContactExperience(red=1.2), "red"),
        (lambda: ContactExperience(red=0.7, yellow=0.7), "exceed"),
        (lambda: ContactExperience(per_year=math.nan), "contacts per year"),
        (lambda: LoyaltyAssumptions(asymmetry=2), "asymmetry"),
        (lambda: LoyaltyAssumptions(leaving=(0.1, -1, 0)), "leaving"),
    ],
)
def test_senseless_assumptions_are_named(make, word):
    """A number that cannot be is refused with its field."""
    with pytest.raises(InvalidValue, match=word):
        make()
