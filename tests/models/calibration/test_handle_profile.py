"""Handle times by time of day and weekday: told where they differ, not where chance alone makes them differ."""

from __future__ import annotations

import numpy as np
import pytest

from models.calibration.calibrate import calibrate
from models.calibration.from_records import profile_notes, to_scenario
from models.calibration.handle_profile import HandleFactors, handle_factors
from scenarios.contact_log.records import read_records

SLOTS = 16


def factors_of(seed: int, days: int, shape: np.ndarray, weekdays: np.ndarray, contacts: int = 30) -> HandleFactors:
    """The factors in AHT by interval of exponential handle times of five minutes, from Monday on."""
    random = np.random.default_rng(seed)
    day, slot = np.divmod(np.arange(days * SLOTS), SLOTS)
    came = random.poisson(contacts, day.size).astype(float)
    sums = random.standard_gamma(np.maximum(came, 1e-9))
    mean = 300.0 * shape[slot] * weekdays[day % 7]
    aht = np.divide(mean * sums, came, out=np.full(day.size, np.nan), where=came > 0)
    found = handle_factors(day, slot, aht, came, np.arange(days) % 7, SLOTS)
    assert found is not None
    return found


EVEN, WEEK = np.ones(SLOTS), np.ones(7)


@pytest.mark.parametrize("days", [1, 10, 60])
def test_chance_alone_is_no_profile(days: int):
    """Of 300 histories without differences at most 3 % get a profile by two tests at 1 % (4 standard errors: 12)."""
    profiles = [factors_of(seed, days, EVEN, WEEK).profile for seed in range(300)]
    assert sum(profile is not None for profile in profiles) <= 12


def test_a_profile_by_time_of_day_is_found():
    """Sixty days of 30 contacts an interval tell each factor to 2.4 %; the mean over the contacts stays."""
    shape = np.where(np.arange(SLOTS) < 4, 1.3, 0.9)
    found = factors_of(1, 60, shape, WEEK)
    np.testing.assert_allclose(found.mean * found.by_slot, 300 * shape, rtol=0.08)
    assert found.by_slot.mean() == pytest.approx(1, abs=0.005)
    assert found.by_weekday.tolist() == [1.0] * 7
    assert "time of day" in found.origin
    assert "weekday" not in found.origin
    assert found.profile is not None
    assert found.profile.weekdays is None


def test_a_profile_by_weekday_is_found():
    """Mondays a quarter longer, over twelve weeks; a single week cannot tell weekdays from days."""
    weekdays = np.array([1.25, 1, 1, 1, 1, 1, 1])
    found = factors_of(2, 84, EVEN, weekdays)
    np.testing.assert_allclose(found.by_weekday / found.by_weekday[1:].mean(), weekdays, rtol=0.05)
    assert np.isnan(factors_of(2, 7, EVEN, weekdays).weekday_chance)


def test_small_differences_are_left_out():
    """One per cent, however sure, is no reason for a profile."""
    shape = np.where(np.arange(SLOTS) % 2 == 0, 1.01, 0.99)
    found = factors_of(3, 60, shape, WEEK, contacts=20_000)
    assert found.slot_chance < 1e-6
    assert found.profile is None


def test_nothing_known():
    """Without a handle time there are no factors."""
    unknown = np.full(4, np.nan)
    assert handle_factors(np.zeros(4, int), np.arange(4), unknown, np.ones(4), np.zeros(1, int), 4) is None


def test_a_log_has_the_profile_of_its_contacts():
    """Services of 200 s in the morning and 300 s in the afternoon, give or take: a profile with those means."""
    lines = ["arrival,answer,end"]
    for day in range(1, 11):
        for minute in range(0, 480, 4):
            length = (200 if minute < 240 else 300) + 10 * ((minute // 4 + day) % 3 - 1)
            seconds = 8 * 3600 + minute * 60
            times = [f"2026-03-{day:02d} {s // 3600:02d}:{s % 3600 // 60:02d}:{s % 60:02d}" for s in (seconds,) * 2]
            end = seconds + length
            times.append(f"2026-03-{day:02d} {end // 3600:02d}:{end % 3600 // 60:02d}:{end % 60:02d}")
            lines.append(",".join(times))
    calibration = calibrate(read_records("\n".join(lines).encode()))
    scenario = to_scenario(calibration, "log")
    by_slot = scenario.handle_times[0, :48]
    np.testing.assert_allclose(by_slot[16:24], 200, rtol=0.03)
    np.testing.assert_allclose(by_slot[24:32], 300, rtol=0.03)
    [name] = scenario.type_names
    assert "time of day" in scenario.origins[f"contact_types.{name}.handle_profile"]
    assert profile_notes(calibration)[0].startswith(f"{name}: AHT differs by the time of day")
    assert to_scenario(calibration, "log", handle_profile=False).contact_types[0].handle_profile is None
