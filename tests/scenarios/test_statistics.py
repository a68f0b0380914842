"""Intervals: by hand on small numbers, and by how often they cover the truth."""

import numpy as np
import pytest

from scenarios.statistics import mean, proportion, ratio, ratio_difference


def test_ratio_by_hand() -> None:
    """Sums 3/4: residuals of (1, 2) and (2, 2) around 0.75 are -0.5 and 0.5; se = sqrt(0.5 / 2) / 2 = 0.25."""
    estimate = ratio([1.0, 2.0], [2.0, 2.0])
    assert estimate.value == pytest.approx(0.75)
    assert estimate.half_width == pytest.approx(12.706204736 * 0.25)


def test_never_happened_is_nan() -> None:
    """A ratio whose denominator is always zero has no value, not zero."""
    assert np.isnan(ratio([0.0, 0.0], [0.0, 0.0]).value)


def test_one_replication_has_no_interval() -> None:
    """One replication gives a value and says nothing about its uncertainty."""
    estimate = mean([3.0])
    assert estimate.value == 3
    assert np.isnan(estimate.low)


def test_ratio_of_sums_is_not_the_mean_of_ratios() -> None:
    """A busy bad day counts by its contacts: 90/100 and 100/1000 give 190/1100, not 0.5."""
    assert ratio([90.0, 100.0], [100.0, 1000.0]).value == pytest.approx(190 / 1100)


def test_intervals_cover_as_often_as_they_say() -> None:
    """Of 2,000 95 % intervals for a ratio of Poisson counts, 95 % hold the truth within four standard errors."""
    random = np.random.default_rng(5)
    offered = random.poisson(200, size=(40, 2000))
    answered = random.binomial(offered, 0.8)
    estimate = ratio(answered, offered)
    covered = np.mean((estimate.low <= 0.8) & (estimate.high >= 0.8))
    assert abs(covered - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 2000)


def test_pairing_narrows_the_interval_of_a_difference() -> None:
    """What is common to both cancels: the paired interval is far narrower than that of either alone."""
    random = np.random.default_rng(6)
    volume = random.normal(1000, 200, 50)
    first, second = volume * 0.7 + random.normal(0, 1, 50), volume * 0.8 + random.normal(0, 1, 50)
    estimate = ratio_difference((first, second), (volume**0 * 1000, volume**0 * 1000))
    assert estimate.value == pytest.approx(0.1 * volume.mean() / 1000, abs=1e-2)
    assert estimate.half_width < ratio(first, volume**0 * 1000).half_width / 2


def test_wilson_by_the_book() -> None:
    """Wilson's interval for 0 of 10 is (0, 0.2775) (Newcombe 1998, table I method 3 for r = 0, n = 10)."""
    estimate = proportion([0] * 10, [1] * 10)
    assert estimate.low == pytest.approx(0.0, abs=1e-12)
    assert estimate.high == pytest.approx(0.2775, abs=1e-4)
