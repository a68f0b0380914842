"""First verdicts while a run goes on: seldom wrong however often one looks, and at once where all is plain."""

import numpy as np
import pytest

from scenarios.statistics import NORMAL_95, mean
from scenarios.yaml import presets
from simulator.experiment import simulate
from simulator.measure.first_verdicts import first_verdicts, sure_at_each

LOOKS = (20, 40, 60, 80, 100)


def wrong(sure: float) -> float:
    """How often one of five looks decides although the truth is the limit, in 4,000 runs."""
    values = np.random.default_rng(7).normal(size=(LOOKS[-1], 4000))
    scores = np.array([mean(values[:look]).score(0.0, at_most=False) for look in LOOKS])
    return float((np.abs(scores) >= sure).any(axis=0).mean())


def test_many_looks_are_seldom_wrong() -> None:
    """Armitage, McPherson and Rowe (1969, table 2): 14.2 % with plain intervals; at most 5 % here."""
    assert wrong(NORMAL_95) == pytest.approx(0.142, abs=0.02)
    assert wrong(sure_at_each(5)) <= 0.05


def test_what_is_plain_is_decided_at_the_first_look() -> None:
    """A desk of one person misses after four days, a full one meets; nothing is said of looks to come."""
    desk = presets.load("help-desk")
    for people, word in ((1, "missed"), (40, "met")):
        results = simulate(desk.replace_group("desk", staffing=people), 5)
        (first,) = first_verdicts(results, (4, 8, 16))
        assert (first.status, first.replications, first.decided) == (word, 4, True)
    (first,) = first_verdicts(results, (8, 16))
    assert (first.status, first.replications) == ("inconclusive", 0)


def test_a_verdict_that_came_first_stays() -> None:
    """More days do not take back what was announced: it rests on the look that decided it."""
    desk = presets.load("help-desk").replace_group("desk", staffing=1)
    early, late = (first_verdicts(simulate(desk, count), (4, 8)) for count in (4, 8))
    assert early == late
