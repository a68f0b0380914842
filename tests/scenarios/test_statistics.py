"""Intervals: by hand on small numbers, and by how often they cover the truth."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from scenarios.measures import MEASURES
from scenarios.statistics import (
    INCONCLUSIVE,
    MET,
    MISSED,
    NORMAL_95,
    Estimate,
    estimate,
    mean,
    overall,
    proportion,
    ratio,
    ratio_difference,
    status,
)
from simulator.experiment import ENOUGH_TO_STOP


def test_ratio_by_hand() -> None:
    """Sums 3/4: residuals of (1, 2) and (2, 2) around 0.75 are -0.5 and 0.5; se = sqrt(0.5 / 2) / 2 = 0.25."""
    found = ratio([1.0, 2.0], [2.0, 2.0])
    assert found.value == pytest.approx(0.75)
    assert found.error == pytest.approx(0.25)
    assert found.half_width == pytest.approx(12.706204736 * 0.25)


def test_never_happened_is_nan() -> None:
    """A ratio whose denominator is always zero has no value, not zero."""
    assert np.isnan(ratio([0.0, 0.0], [0.0, 0.0]).value)
    assert np.isnan(proportion([0, 0], [0, 0]).low)


def test_one_replication_has_no_interval() -> None:
    """One replication gives a value, says nothing about its uncertainty, and decides nothing."""
    for found in (mean([3.0]), proportion([3], [4])):
        assert np.isnan(found.low)
        assert status(float(found.score(0.5, at_most=False))) == INCONCLUSIVE
    assert mean([3.0]).value == 3


def test_ratio_of_sums_is_not_the_mean_of_ratios() -> None:
    """A busy bad day counts by its contacts: 90/100 and 100/1000 give 190/1100, not 0.5."""
    assert ratio([90.0, 100.0], [100.0, 1000.0]).value == pytest.approx(190 / 1100)


def test_intervals_cover_as_often_as_they_say() -> None:
    """Of 2,000 95 % intervals for a ratio of Poisson counts, 95 % hold the truth within four standard errors."""
    random = np.random.default_rng(5)
    offered = random.poisson(200, size=(40, 2000))
    answered = random.binomial(offered, 0.8)
    found = ratio(answered, offered)
    covered = np.mean((found.low <= 0.8) & (found.high >= 0.8))
    assert abs(covered - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 2000)


def test_pairing_narrows_the_interval_of_a_difference() -> None:
    """What is common to both cancels: the paired interval is far narrower than that of either alone."""
    random = np.random.default_rng(6)
    volume = random.normal(1000, 200, 50)
    first, second = volume * 0.7 + random.normal(0, 1, 50), volume * 0.8 + random.normal(0, 1, 50)
    found = ratio_difference((first, second), (volume**0 * 1000, volume**0 * 1000))
    assert found.value == pytest.approx(0.1 * volume.mean() / 1000, abs=1e-2)
    assert found.half_width < ratio(first, volume**0 * 1000).half_width / 2


def test_intervals_stay_within_what_a_measure_can_be() -> None:
    """ASA of 0 and 30.8 s: 15.4, by Student's quantile -180 to 211; a wait is 0 or more, a share at most 1."""
    waits = estimate(MEASURES["asa"], [0.0, 30.8], [1.0, 1.0])
    assert (waits.value, waits.low) == (pytest.approx(15.4), 0.0)
    assert waits.high == pytest.approx(15.4 + 12.7062 * 15.4, rel=1e-4)
    share = estimate(MEASURES["service_level"], [8.0, 10.0], [10.0, 10.0])
    assert (share.low, share.high) == (0.0, 1.0)
    count = estimate(MEASURES["contacts"], [0.0, 3.0], None)
    assert count.low == 0.0
    assert estimate(MEASURES["value"], [-5.0, 3.0], None).low < -50  # money can be lost


# -- proportions -----------------------------------------------------------------------------------------------------


def test_wilson_by_the_book() -> None:
    """Wilson's interval for 0 of 10 is (0, 0.2775) (Newcombe 1998, table I method 3 for r = 0, n = 10)."""
    found = proportion([0] * 10, [1] * 10)
    assert found.low == pytest.approx(0.0, abs=1e-12)
    assert found.high == pytest.approx(0.2775, abs=1e-4)


def test_days_that_are_all_alike_count_once() -> None:
    """Fourteen days of a replication that are good or bad together say no more than one: 45 of 50."""
    together, alone = proportion([14] * 45 + [0] * 5, [14] * 50), proportion([1] * 45 + [0] * 5, [1] * 50)
    assert (together.low, together.high) == (alone.low, alone.high)


def test_all_good_days_prove_as_much_as_their_replications() -> None:
    """Where no day is bad nothing is known of their dependence: 20 replications of 14 days are 20 trials, 83.9 %."""
    assert proportion([14] * 20, [14] * 20).low == pytest.approx(1 / (1 + NORMAL_95**2 / 20))


@pytest.mark.parametrize("days", [10, 14])
@pytest.mark.parametrize("carried", [0.0, 0.6, 0.9])
def test_share_of_good_days_is_covered_where_backlog_carries_over(days: int, carried: float) -> None:
    """Days from an autoregressive backlog, good below its 80 or 90 % quantile: 95 % intervals hold that share.

    By the independent days that Wilson's own interval takes, 0.9 carried over would cover some 60 %.
    """
    random, replications, studies = np.random.default_rng(days), 60, 500
    backlog = np.empty((studies, replications, days))
    backlog[:, :, 0] = random.normal(size=(studies, replications))
    for day in range(1, days):
        fresh = random.normal(size=(studies, replications))
        backlog[:, :, day] = carried * backlog[:, :, day - 1] + math.sqrt(1 - carried**2) * fresh
    for share in (0.8, 0.9):
        good = (backlog < norm.ppf(share)).sum(axis=2).T  # one study a column
        found = proportion(good, np.full(good.shape, days))
        covered = np.mean((found.low <= share) & (share <= found.high))
        assert 0.93 <= covered <= 0.98, (share, covered)


def test_precision_covers_as_often_as_a_fixed_number_of_replications() -> None:
    """Runs that stop as soon as the half-width is reached, looked at from the first allowed stop and at doublings."""
    random, wanted = np.random.default_rng(8), NORMAL_95 / math.sqrt(25)
    values = random.normal(size=(ENOUGH_TO_STOP * 8, 3000))
    covered = np.zeros(3000, dtype=bool)
    going = np.ones(3000, dtype=bool)
    for count in (ENOUGH_TO_STOP, 2 * ENOUGH_TO_STOP, 4 * ENOUGH_TO_STOP, 8 * ENOUGH_TO_STOP):
        found = mean(values[:count])
        stops = going & ((found.half_width <= wanted) | (count == len(values)))
        covered[stops] = ((found.low <= 0) & (found.high >= 0))[stops]
        going &= ~stops
    assert abs(covered.mean() - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 3000)


# -- verdicts --------------------------------------------------------------------------------------------------------


def by_interval(found: Estimate, limit: float, at_most: bool) -> str:
    """The verdict of a person who looks at the interval."""
    if at_most:
        return MET if found.high <= limit else MISSED if found.low > limit else INCONCLUSIVE
    return MET if found.low >= limit else MISSED if found.high < limit else INCONCLUSIVE


@pytest.mark.parametrize("replications", [2, 4, 8, 50])
def test_the_verdict_is_that_of_the_interval(replications: int) -> None:
    """Means, ratios and shares of days against limits on both sides: the score decides as the interval does."""
    random = np.random.default_rng(replications)
    verdicts = set()
    for _ in range(60):
        trials = random.integers(1, 15, replications)
        hits = random.binomial(trials, 0.8)
        for found in (mean(hits), ratio(hits, trials), proportion(hits, trials)):
            for at_most in (True, False):
                limit = float(found.value) * random.uniform(0.7, 1.3)
                limit = min(limit, 0.99) if found.trials is not None else limit
                decided = status(float(found.score(limit, at_most)))
                assert decided == by_interval(found, limit, at_most)
                verdicts.add(decided)
    assert verdicts == {MET, MISSED, INCONCLUSIVE}


def test_what_never_varies_is_decided_by_its_value() -> None:
    """Every replication alike: met at the limit itself, missed below it."""
    found = ratio([8.0, 8.0], [10.0, 10.0])
    assert [status(float(found.score(limit, at_most=False))) for limit in (0.8, 0.81)] == [MET, MISSED]


def test_one_missed_target_misses() -> None:
    """Missed before inconclusive before met; nothing wished is met."""
    assert overall([MET, INCONCLUSIVE, MISSED]) == MISSED
    assert overall([MET, INCONCLUSIVE]) == INCONCLUSIVE
    assert overall([MET]) == overall([]) == MET
