"""Time to readiness and shared agents: records made with a known truth must give it back."""

from datetime import date

import numpy as np
import pytest

from models.records.readiness import FEWEST_GAPS, readiness, turnbull
from models.records.shared_agents import shared_groups
from scenarios.errors import InvalidValue
from scenarios.mapping import BANK, GENERIC, Mapping
from scenarios.records import Records, Report, read_records
from scenarios.sample import SAMPLE_LOG

POOLS = Mapping(name="two", arrival="arrival", pools={"first": ("a",), "second": ("b",)})


def served(answer, handle, wait, agent, kind=None, types=("a",), mapping: Mapping = GENERIC) -> Records:
    """Records of answered phone contacts."""
    answer, handle, wait = (np.asarray(part, dtype=float) for part in (answer, handle, wait))
    order = np.argsort(answer - wait, kind="stable")
    size = len(order)
    columns = {
        "type": np.zeros(size, dtype=int) if kind is None else np.asarray(kind),
        "arrival": answer - wait,
        "queue": answer - wait,
        "wait": wait,
        "answered": np.ones(size, dtype=bool),
        "handle": handle,
        "wrap_up": np.full(size, np.nan),
        "end": answer + handle,
        "agent": np.asarray(agent),
        "customer": np.full(size, -1),
    }
    return Records(
        start=date(2026, 3, 2),
        days=1,
        types=types,
        channels=("phone",) * len(types),
        agents=tuple(f"A{k}" for k in range(max(columns["agent"]) + 1)),
        mapping=mapping,
        report=Report(size, size),
        **{name: column[order] for name, column in columns.items()},
    )


def test_turnbull_by_hand():
    """Of times 1, 3 and one within [2, 4], only 3 can hold the third: mass at 2 or 4 would lower the likelihood."""
    times, mass = turnbull([1.0, 3.0, 2.0], [1.0, 3.0, 4.0])
    np.testing.assert_allclose(times, [1, 2, 3, 4])
    np.testing.assert_allclose(mass, [1 / 3, 0, 2 / 3, 0], atol=1e-6)


def test_turnbull_of_exact_times_counts_them():
    """Without any bounds the estimate must be the plain shares of the times."""
    times, mass = turnbull([5.0, 5.0, 8.0, 9.0], [5.0, 5.0, 8.0, 9.0])
    np.testing.assert_allclose(mass, [0.5, 0.25, 0.25])
    np.testing.assert_allclose(times, [5, 8, 9])


def test_turnbull_recovers_a_distribution_seen_between_visits():
    """Exponential times seen only between visits every 20 s would come out biased if bounds were read as times."""
    random = np.random.default_rng(3)
    true = random.exponential(50.0, 4000)
    low = np.floor(true / 20) * 20
    times, mass = turnbull(low + 1e-6, low + 20)
    for visit in (20.0, 60.0, 100.0):
        truth = 1 - np.exp(-visit / 50)
        error = np.sqrt(truth * (1 - truth) / len(true))
        assert mass[times <= visit].sum() == pytest.approx(truth, abs=4 * error)


def test_bounds_the_wrong_way_round_are_refused():
    """A lower bound above the upper one would divide by zero."""
    with pytest.raises(InvalidValue, match="at most the upper"):
        turnbull([2.0], [1.0])


def test_gaps_before_customers_who_waited_are_times_to_readiness():
    """One agent, always somebody waiting: contacts of 100 s, 30 s apart, leave no idleness, so all 30 s count."""
    answer = 1000.0 + 130.0 * np.arange(FEWEST_GAPS + 1)
    found = readiness(served(answer, np.full(len(answer), 100.0), np.full(len(answer), 400.0), [0] * len(answer)))
    assert (found["agents"].mean, found["agents"].least, found["agents"].most) == (30.0, 30.0, 30.0)
    assert found["agents"].known == 1.0


def test_gaps_before_customers_who_did_not_wait_may_be_idleness():
    """Nobody ever waits: the agent may have been ready at once, or only when the next contact came."""
    answer = 1000.0 + 130.0 * np.arange(FEWEST_GAPS + 1)
    found = readiness(served(answer, np.full(len(answer), 100.0), np.zeros(len(answer)), [0] * len(answer)))
    assert (found["agents"].least, found["agents"].most) == (0.0, 30.0)
    assert found["agents"].known == 0.0


def test_the_queue_seen_during_a_gap_bounds_it_from_below():
    """Agent 1 serves at once after 60 s while a customer of agent 0 waited for 20 of them: not ready before 20 s."""
    first, second = [], []
    for at in 1000.0 + 400.0 * np.arange(FEWEST_GAPS + 1):
        second.append((at, 100.0, 0.0, 1))  # ends 100 s later; the next at 160 s without wait
        second.append((at + 160.0, 100.0, 0.0, 1))
        first.append((at + 120.0, 10.0, 30.0, 0))  # waited from 90 s to 120 s
    rows = np.array(first + second)
    records = served(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3].astype(int))
    bounds = readiness(records)["agents"]
    # Gaps of agent 1: [20, 60] and [0, 140]; of agent 0, whose customers waited: 390 each.
    count = FEWEST_GAPS + 1
    low = count * 20 + (count - 1) * 0 + (count - 1) * 390
    assert bounds.least == pytest.approx(low / (3 * count - 2))


def test_agents_who_are_always_ready_need_no_time():
    """The sample log is made by agents who take the next contact at once: anything else would be an artefact."""
    found = readiness(read_records(SAMPLE_LOG, BANK))
    assert found["regular"].mean < 1.0
    assert found["regular"].most > 60.0


def test_a_log_without_agents_tells_no_readiness():
    """Without agents there are no gaps; inventing some would be worse than none."""
    log = b"arrival,answer,end\n2026-03-02 08:00,2026-03-02 08:01,2026-03-02 08:06\n"
    assert readiness(read_records(log)) == {}


def test_who_serves_both_pools_is_one_person():
    """Split between pools by time of service, the agent of both would be rounded to nobody in one of them."""
    answer = np.concatenate([300.0 * np.arange(12), 300.0 * np.arange(12), 300.0 * np.arange(12)])
    agent = np.repeat([0, 1, 2], 12)
    kind = np.concatenate([np.zeros(12), np.ones(12), np.tile([0, 0, 0, 1], 3)]).astype(int)
    records = served(answer, np.full(36, 290.0), np.zeros(36), agent, kind, ("a", "b"), POOLS)
    groups = {group.name: group for group in shared_groups(records, records.horizon(900))}
    assert set(groups) == {"first", "second", "first and second"}
    assert groups["first and second"].types == ("a", "b")
    for group in groups.values():
        assert group.heads[:4].tolist() == [1, 1, 1, 1]
        assert group.heads[4:].sum() == 0
