"""The tape: the right laws, and draws that depend on nothing but their names."""

import numpy as np
import pytest

from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario
from simulator.experiment import Experiment
from simulator.streams import mix
from simulator.tape import draw_tape
from tests.centres import contact_type, group, of


def busy(**fields: object) -> Scenario:
    """A type with 40 contacts an hour."""
    return of([contact_type("calls", volume={"per_hour": 40} | fields)], [group("a", ["calls"], 9)])


def test_arrivals_are_poisson() -> None:
    """Counts per half-hour have mean and variance 20 over 40 days: 1,920 intervals, within four standard errors."""
    counts = np.concatenate(
        [np.bincount((draw_tape(busy(), 1, r).arrival // 1800).astype(int), minlength=48) for r in range(40)]
    )
    assert abs(counts.mean() - 20) < 4 * np.sqrt(20 / counts.size)
    assert abs(counts.var() / 20 - 1) < 4 * np.sqrt(2 / counts.size)


def test_busy_days_are_busy_all_day() -> None:
    """With cv 0.3 the variance of daily counts is m + (0.3 m)^2 (gamma-Poisson; Whitt 1999)."""
    scenario = busy(variation={"cv": 0.3})
    counts = np.array([len(draw_tape(scenario, 1, r).arrival) for r in range(600)])
    expected = 960 + (0.3 * 960) ** 2
    assert abs(counts.mean() - 960) < 4 * np.sqrt(expected / 600)
    assert abs(counts.var() / expected - 1) < 4 * np.sqrt((2 + 6 * 0.09) / 600)


def test_types_that_share_busyness_share_their_days() -> None:
    """Two types of one name have one factor a day; a third has its own."""
    shared = {"per_hour": 40, "variation": {"cv": 0.3, "shared": "weather"}}
    own = {"per_hour": 40, "variation": {"cv": 0.3}}
    scenario = of(
        [contact_type("a", volume=shared), contact_type("b", volume=shared), contact_type("c", volume=own)],
        [group("g", ["a", "b", "c"])],
    )
    days = draw_tape(scenario, 1, 0).day_factors
    assert np.array_equal(days[0], days[1])
    assert not np.array_equal(days[0], days[2])


def test_a_new_type_leaves_the_others_as_they_were() -> None:
    """Streams are keyed by name: adding a type changes no draw of the first."""
    before = busy()
    two = of(
        [contact_type("other", volume={"per_hour": 5}), *[before.contact_types[0]]], [group("a", ["calls", "other"], 9)]
    )
    first, second = draw_tape(before, 1, 0), draw_tape(two, 1, 0)
    own = second.type == 1
    assert np.array_equal(first.arrival, second.arrival[own])
    assert np.array_equal(first.draws.handle, second.draws.handle[own])


def test_more_volume_brings_the_same_customers_a_little_earlier() -> None:
    """At 110 % the first customers of the day are the same people: same handle times, earlier arrivals."""
    few, many = draw_tape(busy(), 1, 0), draw_tape(busy(per_hour=44), 1, 0)
    count = len(few.arrival) // 2
    assert np.array_equal(few.draws.handle[:count], many.draws.handle[:count])
    assert (many.arrival[:count] <= few.arrival[:count]).all()


def test_replications_and_seeds_differ() -> None:
    """Another replication, or another seed, is another day."""
    tapes = [draw_tape(busy(), seed, r).arrival[:5].tolist() for seed, r in ((1, 0), (1, 1), (2, 0))]
    assert len({tuple(tape) for tape in tapes}) == 3


def test_recorded_arrivals_are_played_as_they_were() -> None:
    """With recorded arrivals nothing is drawn for them, and everything else stays."""
    tape = draw_tape(busy(), 1, 0, arrivals=[np.array([7200.0, 3600.0])])
    assert tape.arrival.tolist() == [3600.0, 7200.0]


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_recorded_arrivals_that_are_no_times(wrong: float) -> None:
    """They are refused before anything is played, with the first that is wrong."""
    with pytest.raises(InvalidValue, match="arrivals"):
        Experiment(1, arrivals=[np.array([3600.0, wrong])])


def test_balking_is_no_patience_at_all() -> None:
    """A tenth of the customers have no patience, within four standard errors."""
    scenario = of(
        [contact_type("calls", volume={"per_hour": 200}, patience={"mean": "5 min"}, balking=0.1)],
        [group("a", ["calls"])],
    )
    patience = draw_tape(scenario, 1, 0).draws.patience
    assert abs(np.mean(patience == 0) - 0.1) < 4 * np.sqrt(0.09 / patience.size)


@pytest.mark.parametrize("bits", range(0, 64, 7))
def test_the_hash_depends_on_every_bit(bits: int) -> None:
    """Flipping one bit of the key flips about half of the result's 64 bits (avalanche), on average over keys."""
    flips = [bin(mix(key, 3) ^ mix(key ^ (1 << bits), 3)).count("1") for key in range(1, 400)]
    assert abs(np.mean(flips) - 32) < 4 * 4 / np.sqrt(len(flips))
