"""What must hold for every scenario: conservation, order, no agent idle beside a queue, one history per contact."""

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scenarios.measures import CONTACT_TALLIES, GROUP_TALLIES
from scenarios.scenario import Scenario
from simulator.codes import Outcome
from simulator.logs import Logs
from simulator.measure.tallies import tally
from simulator.reference import centre
from simulator.tail import played as horizon_tail
from simulator.tape import draw_tape
from tests.strategies import FEATURES, scenarios

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # no shrinking: a failing example is small already
GRIDS = st.sampled_from((2.0**-20, 1.0, 15.0))
SUITE = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], phases=PHASES)
PLAIN = FEATURES - {"hours", "keep-free", "overflow", "interruptible", "routes", "priority", "ranks", "order"}


def played(scenario: Scenario, grid: float) -> Logs:
    """The logs of the first replication."""
    return centre.play(scenario, draw_tape(scenario, 1, 0, grid=grid))


@SUITE
@given(scenarios(), GRIDS)
def test_every_contact_ends_in_exactly_one_way(scenario: Scenario, grid: float) -> None:
    """Contacts = answered + abandoned + blocked + closed + contained + left the bot + open: nothing is lost."""
    logs = played(scenario, grid)
    sums = dict(zip(CONTACT_TALLIES, tally(scenario, logs).contacts.sum(axis=(1, 2)), strict=True))
    left_at = (
        "answered",
        "abandoned",
        "blocked",
        "closed",
        "called_back",
        "unreached",
        "open_at_end",
        "resolved_by_bot",
        "falsely_contained",
        "left_bot",
    )
    assert sum(sums[name] for name in left_at) == sums["contacts"]
    log, judged = logs.contacts, horizon_tail(scenario).judged
    counted = (log.parent >= 0) & (log.arrival >= scenario.horizon.warm_up) & (log.arrival < judged)
    calls = np.isin(log.outcome[log.parent[counted]], (Outcome.CALLED_BACK, Outcome.UNREACHED)).sum()
    assert sums["cases"] + sums["repeats"] + calls == sums["contacts"]


@SUITE
@given(scenarios(), GRIDS)
def test_times_of_a_contact_are_in_order(scenario: Scenario, grid: float) -> None:
    """Arrival, end of the bot, queue entry, answer, end, wrap-up end never run backwards, and lie on the grid."""
    log = played(scenario, grid).contacts
    steps = np.stack([log.arrival, log.bot_end, log.entry, log.answer, log.end, log.wrap_end])
    for column in steps.T:
        known = column[~np.isnan(column)]
        assert (np.diff(known) >= 0).all()
        assert (known / grid == np.floor(known / grid)).all()


@SUITE
@given(scenarios(), GRIDS)
def test_agents_hold_what_they_may(scenario: Scenario, grid: float) -> None:
    """Never two live contacts or items in one hand, never more chats than slots, only types of the group's skills."""
    logs = played(scenario, grid)
    log = logs.contacts
    works = np.array([contact_type.work for contact_type in scenario.contact_types])
    for agent in np.unique(log.agent[log.agent >= 0]):
        group = scenario.agent_groups[logs.staffing.group_of[agent]]
        own = np.nonzero(log.agent == agent)[0]
        assert {scenario.type_names[k] for k in log.type[own]} <= set(group.skills)
        spells = [(log.resumed[i], 1, log.wrap_end[i], works[log.type[i]]) for i in own if log.resumed[i] >= 0]
        spells += [(s, 1, e, works[log.type[c]]) for c, a, s, e in zip(*_columns(logs), strict=True) if a == agent]
        real = [(start, end, work) for start, _, end, work in spells if start != end]
        ends = [(end, 0, -1, work) for _, end, work in real if not np.isnan(end)]
        events = sorted(ends + [(start, 1, 1, work) for start, _, work in real])
        held = {"live": 0, "concurrent": 0, "deferred": 0}
        for _, _, step, work in events:
            held[work] += step
            assert held["live"] + held["deferred"] + (held["concurrent"] > 0) <= 1
            assert held["concurrent"] <= group.max_concurrent


def _columns(logs: Logs) -> tuple[np.ndarray, ...]:
    return logs.preemptions.contact, logs.preemptions.agent, logs.preemptions.start, logs.preemptions.end


@SUITE
@given(scenarios(features=PLAIN), GRIDS)
def test_first_come_first_served_within_a_type(scenario: Scenario, grid: float) -> None:
    """Of two contacts of one type that wait, the one that joined the queue first is answered first."""
    log = played(scenario, grid).contacts
    for contact_type in range(len(scenario.contact_types)):
        own = (log.type == contact_type) & (log.outcome == Outcome.ANSWERED)
        order = np.lexsort((np.nonzero(own)[0], log.entry[own]))
        assert (np.diff(log.answer[own][order]) >= 0).all()


@SUITE
@given(scenarios(features=PLAIN - {"concurrent"}), GRIDS)
def test_no_agent_is_idle_who_could_serve_a_waiting_contact(scenario: Scenario, grid: float) -> None:
    """While a contact waits, every agent on shift with its skill is busy."""
    logs = played(scenario, grid)
    log, staffing = logs.contacts, logs.staffing
    left = np.where(log.outcome == Outcome.ABANDONED, log.end, log.answer)
    over = np.where(np.isnan(log.wrap_end), np.inf, log.wrap_end)
    waited = np.nonzero(left > log.entry)[0]
    for row, agent in enumerate(staffing.agent):
        group = scenario.agent_groups[staffing.group_of[agent]]
        own = log.agent == agent
        for contact in waited:
            if scenario.type_names[log.type[contact]] not in group.skills:
                continue
            start, end = max(log.entry[contact], staffing.start[row]), min(left[contact], staffing.end[row])
            covered = np.clip(over[own], start, end) - np.clip(log.resumed[own], start, end)
            assert end <= start or np.sum(covered) == end - start


@SUITE
@given(scenarios(), GRIDS)
def test_busy_time_fits_into_staffed_time(scenario: Scenario, grid: float) -> None:
    """Busy time is at most the time on duty, overruns and delays of breaks, and no tally of time is negative."""
    sums = dict(zip(GROUP_TALLIES, tally(scenario, played(scenario, grid)).groups.sum(axis=2), strict=True))
    present = sums["staffed_time"] + sums["overrun_time"] + sums["break_delay_time"]
    assert (sums["busy_time"] <= present + 1e-3).all() or scenario.horizon.warm_up
    assert all((values >= -1e-3).all() for values in sums.values())


@SUITE
@given(scenarios(), st.integers(0, 3))
def test_customers_are_the_same_under_another_staffing(scenario: Scenario, extra: int) -> None:
    """More agents change neither arrivals nor what first contacts bring: common random numbers."""
    group = scenario.agent_groups[0]
    more = scenario.replace_group(group.name, staffing=int(scenario.staffing[0].max()) + extra)
    first, second = draw_tape(scenario, 1, 0), draw_tape(more, 1, 0)
    count = int((first.arrival < min(first.until, second.until)).sum())  # contacts after the horizon as far as needed
    assert np.array_equal(first.arrival[:count], second.arrival[:count])
    for name in type(first.draws).__dataclass_fields__:
        assert np.array_equal(getattr(first.draws, name)[:count], getattr(second.draws, name)[:count])
