"""Tallies against a second way to the same number: plain loops over the log, and Little's law."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from scenarios.measures import CONTACT_TALLIES, GROUP_TALLIES
from scenarios.scenario import Scenario
from scenarios.yaml import presets
from simulator.codes import Outcome
from simulator.experiment import Experiment, play_and_tally, simulate
from simulator.measure import waits
from simulator.measure.results import Collector
from simulator.measure.tallies import needed, tally
from simulator.measure.time_spans import time_by_interval
from simulator.reference import centre
from simulator.tape import draw_tape
from tests.centres import contact_type, group, of, play
from tests.strategies import FEATURES, scenarios

SUITE = settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


@SUITE
@given(scenarios(features=FEATURES - {"stop"}))
def test_counts_by_a_plain_loop(scenario: Scenario) -> None:
    """Offered, answered in time, waits and closed, counted contact by contact."""
    logs = centre.play(scenario, draw_tape(scenario, 1, 0))
    log, horizon = logs.contacts, scenario.horizon
    expected = {name: np.zeros((len(scenario.contact_types), horizon.intervals)) for name in _COUNTED}
    for i, arrival in enumerate(log.arrival.tolist()):
        if not horizon.warm_up <= arrival < horizon.length:
            continue
        at = log.type[i], int(arrival // horizon.interval)
        target = scenario.contact_types[log.type[i]].target
        left_out = log.outcome[i] == Outcome.OPEN and (target is None or target.within is None)
        left_out |= log.outcome[i] == Outcome.UNREACHED
        expected["offered"][at] += not np.isnan(log.entry[i]) and not left_out
        expected["closed"][at] += log.outcome[i] == Outcome.CLOSED
        called = log.parent[i] >= 0 and log.outcome[log.parent[i]] in (Outcome.CALLED_BACK, Outcome.UNREACHED)
        expected["repeats"][at] += log.parent[i] >= 0 and not called
        if log.outcome[i] == Outcome.ANSWERED:
            expected["wait_answered"][at] += log.answer[i] - log.entry[i]
            if target and target.within is not None and target.clock == "always":
                expected["in_time"][at] += log.answer[i] - log.entry[i] <= target.within
    sums = dict(zip(CONTACT_TALLIES, tally(scenario, logs).contacts, strict=True))
    for name, values in expected.items():
        for k, typed in enumerate(scenario.contact_types):
            comparable = typed.target and typed.target.within and typed.target.clock == "always"
            comparable = comparable or name not in ("in_time", "offered")
            if comparable:
                assert sums[name][k] == pytest.approx(values[k]), (name, typed.name)


_COUNTED = ("offered", "closed", "repeats", "wait_answered", "in_time")


@SUITE
@given(scenarios(features=FEATURES - {"stop", "warm-up"}))
def test_busy_time_by_a_plain_loop(scenario: Scenario) -> None:
    """Busy time per group is the union of each agent's spans, put together one by one.

    With deferred work it ends with the horizon, or with a shift of the horizon that was over later.
    """
    logs = centre.play(scenario, draw_tape(scenario, 1, 0))
    log, preemptions = logs.contacts, logs.preemptions
    spans: dict[int, list[tuple[float, float]]] = {}
    for i in np.nonzero(~np.isnan(log.wrap_end))[0]:
        spans.setdefault(int(log.agent[i]), []).append((log.resumed[i], log.wrap_end[i]))
    for agent, start, end in zip(preemptions.agent, preemptions.start, preemptions.end, strict=True):
        spans.setdefault(int(agent), []).append((start, end))
    busy = np.zeros(len(scenario.agent_groups))
    played_on = not all(typed.connected for typed in scenario.contact_types)
    for agent, worked in spans.items():
        rows = (logs.staffing.agent == agent) & (logs.staffing.end <= scenario.horizon.length)
        left_at = max((time for time in logs.staffing.left_at[rows].tolist() if time == time), default=0.0)
        until = max(scenario.horizon.length, left_at) if played_on else np.inf
        reached = -1.0
        for start, end in sorted(worked):
            busy[logs.staffing.group_of[agent]] += max(min(end, until) - max(start, reached), 0.0)
            reached = max(reached, end)
    sums = dict(zip(GROUP_TALLIES, tally(scenario, logs).groups.sum(axis=2), strict=True))
    assert sums["busy_time"] == pytest.approx(busy, abs=1e-3)


def test_littles_law() -> None:
    """The mean number waiting is the arrival rate times the mean wait of all (Little 1961), exactly, in one day."""
    scenario = of(
        [contact_type("calls", volume={"per_hour": 60}, handle_time={"mean": "5 min"}, patience={"mean": "3 min"})],
        [group("a", ["calls"], 5)],
    )
    results = simulate(scenario, replications=3)
    waiting = results.estimate("backlog").value[0] * 86400
    waits_ = results.estimate("mean_wait").value[0] * results.estimate("offered").value[0]
    assert waiting == pytest.approx(waits_, rel=1e-6)


def test_time_is_shared_out_by_interval() -> None:
    """A time span from 5 to 25 with intervals of 10 gives 5, 10, 5; what lies beyond the last interval counts there."""
    start, end, owner = np.array([5.0]), np.array([25.0]), np.array([0])
    assert time_by_interval(start, end, owner, 1, 10.0, 3).tolist() == [[5, 10, 5]]
    assert time_by_interval(start, end, owner, 1, 10.0, 1).tolist() == [[20]]


def test_the_age_of_the_oldest() -> None:
    """A mail of 00:10 waits until 01:00, when agents come: 20 min old at 00:30, answered at 01:00."""
    scenario = of([contact_type("mail", "email")], [group("a", ["mail"], [0, 0, *[1] * 46])])
    sums = dict(zip(CONTACT_TALLIES, tally(scenario, play(scenario, [(10, "mail", 5)])).contacts, strict=True))
    assert sums["oldest_age"][0, :3].tolist() == [1200, 0, 0]
    assert sums["waiting_time"][0, :3].tolist() == [1200, 1800, 0]


def test_overrun_counts_on_both_sides_of_occupancy() -> None:
    """One agent until 00:30 with a call from 0 to 40 min: busy 40, on duty 30, overrun 10: occupancy 1."""
    scenario = of([contact_type("calls")], [group("a", ["calls"], [1, *[0] * 47])])
    sums = dict(
        zip(GROUP_TALLIES, tally(scenario, play(scenario, [(0, "calls", 40)])).groups.sum(axis=(1, 2)), strict=True)
    )
    assert (sums["busy_time"], sums["staffed_time"], sums["overrun_time"]) == (2400, 1800, 600)


def test_histogram_quantiles_are_close() -> None:
    """Quantiles read from the histogram are within half a per cent of those of the sample."""
    sample = np.random.default_rng(3).exponential(100, 50_000)
    counts = np.bincount(waits.bin_of(sample), minlength=waits.BINS)
    for share in (0.5, 0.8, 0.9, 0.95):
        assert waits.quantile(counts, share) == pytest.approx(np.quantile(sample, share), rel=5e-3)


def test_what_is_kept_for_some_measures_says_the_same_of_them() -> None:
    """A study that keeps a few tallies only would find other numbers, or keep as much as before."""
    scenario, experiment = presets.load("bot-first"), Experiment(2)
    tallies = [play_and_tally(scenario, experiment, "simpy", replication) for replication in range(2)]
    names = ("service_level", "offered", "abandonment")
    whole, part = Collector(scenario, 1), Collector(scenario, 1, needed(names))
    for sums in tallies:
        whole.add(sums, 2)
        part.add(sums.only(needed(names)), 2)
    everything, kept = whole.results("simpy"), part.results("simpy")
    for name in names:
        for period in ("horizon", "day", "interval"):
            pairs = zip(everything.sums(name, period), kept.sums(name, period), strict=True)
            assert all(np.array_equal(a, b) if a is not None else b is None for a, b in pairs)
    assert kept.contacts.nbytes + kept.groups.nbytes + kept.waits.nbytes < everything.contacts.nbytes / 5
