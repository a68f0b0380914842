"""Percentiles of waits read from histograms: exact where waits are all alike, close elsewhere, NaN of nothing."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.scenario import Scenario
from simulator.experiment import simulate
from simulator.measure import waits
from tests.centres import contact_type, group, of


def read(sample: np.ndarray, share: float) -> float:
    """A quantile of a sample by way of the histogram."""
    counts = np.bincount(waits.bin_of(sample), minlength=waits.BINS)
    ends = waits.joined(waits.extremes(np.zeros(len(sample), dtype=int), sample, 1))
    return float(waits.quantile(counts, share, ends))


@pytest.mark.parametrize("wait", [15.0, 20.0, 0.1, 86_400.0, 14.999, 15.157])
def test_a_percentile_at_an_atom_is_the_atom(wait: float) -> None:
    """Everybody waits equally long: every percentile is that wait, wherever in its bin it lies."""
    sample = np.full(37, wait)
    assert [read(sample, share) for share in (0.01, 0.5, 0.95, 1.0)] == [wait] * 4


def test_two_atoms() -> None:
    """Six of ten wait 15 s, four 60 s: the median is 15, the 90th percentile 60, and 60 % wait at most 15 s."""
    sample = np.repeat([15.0, 60.0], [6, 4])
    assert (read(sample, 0.5), read(sample, 0.9)) == (15.0, 60.0)
    counts = np.bincount(waits.bin_of(sample), minlength=waits.BINS)
    ends = waits.joined(waits.extremes(np.zeros(10, dtype=int), sample, 1))
    assert waits.share_within(counts, [14.9, 15.0, 59.9, 60.0], ends).tolist() == [0.0, 0.6, 0.6, 1.0]


def test_quantiles_are_close_elsewhere() -> None:
    """Within half a per cent of those of an exponential sample."""
    sample = np.random.default_rng(3).exponential(100, 20_000)
    for share in (0.5, 0.8, 0.95):
        assert read(sample, share) == pytest.approx(np.quantile(sample, share), rel=5e-3)


def test_nothing_waited_is_nan() -> None:
    """An empty histogram has no quantile, and no share within a time that is none."""
    empty = np.zeros(waits.BINS, dtype=np.uint32)
    assert np.isnan(waits.quantile(empty, [0.5, 0.9])).all()
    assert np.isnan(waits.share_within(empty, [0.0, 20.0])).all()
    assert np.isnan(waits.share_within(empty + np.uint32(1), [np.nan])).all()


def constant_patience() -> Scenario:
    """Nobody is there to answer, and everybody leaves after exactly 15 s."""
    calls = contact_type("calls", volume={"per_hour": 60}, patience={"family": "deterministic", "value": "15s"})
    return of([calls], [group("a", ["calls"], 0)])


@pytest.mark.parametrize("engine", ["simpy", "kernel"])
def test_percentiles_of_a_constant_patience(engine: str) -> None:
    """P50, P90 and P95 are 15 s, and so are both ends of their intervals."""
    results = simulate(constant_patience(), 4, engine=engine)  # type: ignore[arg-type]
    for share in (0.5, 0.9, 0.95):
        estimate = results.wait_quantile("calls", share)
        assert (estimate.low, estimate.value, estimate.high) == (15.0, 15.0, 15.0)
