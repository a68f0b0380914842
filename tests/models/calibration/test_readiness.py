"""Not-ready time and shared agents: records made with a known truth must give it back."""

import heapq
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from models.calibration.presence import AT_ONCE
from models.calibration.readiness import FEWEST_GAPS, readiness
from models.calibration.shared_agents import shared_groups
from scenarios.contact_log.mapping import BANK, GENERIC, Mapping
from scenarios.contact_log.records import Records, Report, read_records
from scenarios.sample import SAMPLE_LOG

POOLS = Mapping(name="two", arrival="arrival", pools={"first": ("a",), "second": ("b",)})


def served(answer, handle, wait, agent, contact_type=None, types=("a",), mapping: Mapping = GENERIC) -> Records:
    """Records of answered phone contacts."""
    answer, handle, wait = (np.asarray(part, dtype=float) for part in (answer, handle, wait))
    order = np.argsort(answer - wait, kind="stable")
    size = len(order)
    columns = {
        "type": np.zeros(size, dtype=int) if contact_type is None else np.asarray(contact_type),
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


def desk(starts: float, wait: float, gap: float, handle: float = 100.0) -> Records:
    """One agent with contacts of equal length and equal gaps, whose customers all waited equally long."""
    answer = starts + (handle + gap) * np.arange(FEWEST_GAPS + 2)
    return served(answer, np.full(len(answer), handle), np.full(len(answer), wait), [0] * len(answer))


def test_gaps_while_two_customers_wait_are_not_ready_time():
    """One agent, always two or more waiting (400 s of wait, 130 s of cycle): no idleness, so all 30 s count."""
    estimate = readiness(desk(1000.0, wait=400.0, gap=30.0))["agents"]
    assert estimate.mean == 30.0
    # Of one gap fewer than there are contacts, the last begins with a single customer left.
    assert (estimate.count, estimate.known) == (FEWEST_GAPS, 1.0)


@pytest.mark.parametrize("wait", [0.0, 20.0, 100.0])
def test_gaps_that_begin_in_calm_say_nothing(wait: float):
    """With no or one customer waiting a gap may be idleness, a break, or another agent's phone that rings."""
    assert readiness(desk(1000.0, wait=wait, gap=30.0)) == {}


def simulated_desk(calls_an_hour: float, hours: float, seed: int) -> Records:
    """Six agents who take 30 s on average after a contact, and while nobody waits often a break of five minutes.

    Played by itself, event by event: nothing of the product is used to make it. The law of the gap is chosen at the end
    of a contact by whether customers wait then.
    """
    random = np.random.default_rng(seed)
    arrivals = np.cumsum(random.exponential(3600 / calls_an_hour, int(calls_an_hour * hours)))
    ready, queue, rows = set(range(6)), [], []
    events = [(time, 0, -1) for time in arrivals]  # time, 0 arrival / 1 end of contact / 2 ready, agent
    heapq.heapify(events)
    while events:
        time, contact_type, agent = heapq.heappop(events)
        if contact_type == 0:
            queue.append(time)
        elif contact_type == 1:
            on_break = not queue and random.random() < 0.5
            heapq.heappush(events, (time + random.exponential(30.0) + 300.0 * on_break, 2, agent))
        else:
            ready.add(agent)
        while queue and ready:
            handle = random.exponential(180.0)
            rows.append((time, handle, time - queue.pop(0), ready.pop()))
            heapq.heappush(events, (time + handle, 1, rows[-1][3]))
    answer, handle, wait, agent = np.array(rows).T
    return served(answer, handle, wait, agent.astype(int))


@pytest.mark.parametrize("calls_an_hour", [60.0, 100.0])
def test_breaks_taken_in_calm_do_not_lengthen_the_not_ready_time(calls_an_hour: float):
    """Calm or overloaded, agents take 30 s while customers wait; all gaps together say far more where it is calm."""
    records = simulated_desk(calls_an_hour, hours=80, seed=7)
    estimate = readiness(records)["agents"]
    assert estimate.mean == pytest.approx(30.0, abs=4 * 30.0 / np.sqrt(estimate.known * estimate.count))


def test_all_gaps_together_would_mislead_where_it_is_calm():
    """The trap that is avoided: on the calm desk even gaps that end with a customer who waited are twice as long."""
    records = simulated_desk(60.0, hours=80, seed=7)
    order = np.lexsort((records.answer, records.agent))
    before, after = order[:-1], order[1:]
    same = (records.agent[before] == records.agent[after]) & (records.wait[after] > AT_ONCE)
    gaps = records.answer[after][same] - records.end[before][same]
    assert gaps.mean() > 60.0


def test_agents_who_are_always_ready_need_no_time():
    """The sample log is made by agents who take the next contact at once: anything else would be an artefact."""
    assert readiness(read_records(SAMPLE_LOG, BANK))["regular"].mean < 1.0


def test_a_log_without_agents_tells_no_readiness():
    """Without agents there are no gaps; inventing some would be worse than none."""
    log = b"arrival,answer,end\n2026-03-02 08:00,2026-03-02 08:01,2026-03-02 08:06\n"
    assert readiness(read_records(log)) == {}


def test_who_serves_both_pools_is_one_person():
    """Split between pools by time of service, the agent of both would be rounded to nobody in one of them."""
    answer = np.concatenate([300.0 * np.arange(12), 300.0 * np.arange(12), 300.0 * np.arange(12)])
    agent = np.repeat([0, 1, 2], 12)
    contact_type = np.concatenate([np.zeros(12), np.ones(12), np.tile([0, 0, 0, 1], 3)]).astype(int)
    records = served(answer, np.full(36, 290.0), np.zeros(36), agent, contact_type, ("a", "b"), POOLS)
    groups = {group.name: group for group in shared_groups(records, records.horizon(900))}
    assert set(groups) == {"first", "second", "first and second"}
    assert groups["first and second"].types == ("a", "b")
    for group in groups.values():
        assert group.staffing[:4].tolist() == [1, 1, 1, 1]
        assert group.staffing[4:].sum() == 0


def test_the_bank_takes_as_long_in_a_busy_fortnight_as_in_a_calm_week(project: Path):
    """24 % against 63 % within 20 s, and yet the same not-ready time: a correction that moves with load is none."""
    data = project.parent / "shared" / "data"
    paths = [data / f"bank_1999-08-{days}_calls.csv.gz" for days in ("01_15", "16_23")]
    if not all(path.exists() for path in paths):
        pytest.skip("the bank's calls are not here")
    busy, calm = (readiness(read_records(path, BANK))["regular"].mean for path in paths)
    assert busy == pytest.approx(calm, abs=6.0)  # two standard errors of the difference
