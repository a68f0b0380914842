"""The end of the horizon decides nothing: deferred work beside an event simulation of its own, written here."""

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

import numpy as np
import pytest

from scenarios.hours import open_time_later, periods
from scenarios.measures import CONTACT_TALLIES, GROUP_TALLIES
from scenarios.scenario import Scenario, scenario_from
from simulator.evaluator import evaluator
from simulator.experiment import simulate
from simulator.kernel import engine as kernel
from simulator.measure.tallies import tally
from simulator.measure.targets import verdict
from simulator.overload import growth
from simulator.reference import centre
from simulator.tail import played
from simulator.tape import draw_tape
from tests.centres import contact_type, group, of, play, tape_of

HOUR, DAY = 3600.0, 86400.0
Staffing = Callable[[float], int]


def mailroom(days: int = 1, staffing: int = 5, **target: Any) -> Scenario:
    """Ten mails an hour around the clock, six minutes each, worked on from 8 to 18."""
    goal = {"share": 0.9, "within": "24 h"} | target
    mail = {"name": "mail", "channel": "email", "volume": {"per_hour": 10}, "handle_time": {"mean": "6 min"}}
    desk = {"name": "desk", "skills": ["mail"], "staffing": {"Mon-Sun 08:00-18:00": staffing}, "cost_per_hour": 18}
    horizon = {"start": "2026-03-02", "days": days, "interval": "30 min"}
    return scenario_from(
        {"name": "mailroom", "horizon": horizon, "contact_types": [mail | {"target": goal}], "agent_groups": [desk]}
    )


def weekend_mail(staffing: int = 10, days: int = 7, **fields: Any) -> Scenario:
    """Mail around the clock, a desk from Monday to Friday, and a horizon that ends on Sunday."""
    mail = {"name": "mails", "channel": "email", "volume": {"per_hour": 10}, "handle_time": {"mean": "5 min"}}
    mail |= {"target": {"share": 0.9, "within": "24 h"}} | fields
    desk = {"name": "desk", "skills": ["mails"], "staffing": {"Mon-Fri 09:00-17:00": staffing}}
    horizon = {"start": "2026-03-02", "days": days, "interval": "30 min"}
    return scenario_from({"name": "week", "horizon": horizon, "contact_types": [mail], "agent_groups": [desk]})


def started(arrivals: list[tuple[float, int, float]], staffing: Staffing, changes: list[float]) -> list[float]:
    """When work on each arrival (time, class, work) begins: the lowest class first, first come first served."""
    events: list[tuple[float, int, int]] = [(time, 2, n) for n, (time, _, _) in enumerate(arrivals)]
    events += [(time, 1, 0) for time in changes]
    events.sort()
    begun, waiting, busy = [np.nan] * len(arrivals), [deque[int](), deque[int]()], 0
    while events:
        time, event_kind, n = heappop(events)
        busy -= event_kind == 0
        if event_kind == 2:
            waiting[arrivals[n][1]].append(n)
        while busy < staffing(time) and (queue := next((q for q in waiting if q), None)) is not None:
            chosen = queue.popleft()
            begun[chosen], busy = time, busy + 1
            heappush(events, (time + arrivals[chosen][2], 0, chosen))
    return begun


def weeks_of(
    rates: tuple[float, float], means: tuple[float, float], days: int, seed: int
) -> list[tuple[float, int, float]]:
    """Poisson arrivals of two classes with exponential work over some days."""
    random, arrivals = np.random.default_rng(seed), []
    for number, (rate, mean) in enumerate(zip(rates, means, strict=True)):
        count = random.poisson(rate * days * 24)
        times = np.sort(random.uniform(0, days * DAY, count))
        arrivals += [
            (t, number, w) for t, w in zip(times.tolist(), random.exponential(mean, count).tolist(), strict=True)
        ]
    return sorted(arrivals)


def shift(first: float, last: float, number: int, workdays: int = 7) -> tuple[Staffing, list[float]]:
    """So many agents daily between two hours on the first days of each week, and when they change."""

    def staffing(time: float) -> int:
        hour = time % DAY / HOUR
        return number if time % (7 * DAY) < workdays * DAY and first <= hour < last else 0

    return staffing, [day * DAY + hour * HOUR for day in range(40) for hour in (first, last)]


@pytest.mark.parametrize("days", [1, 2, 5, 14])
def test_a_deadline_beyond_the_horizon(days: int) -> None:
    """Mails that may wait until tomorrow counted as missed: 75 % on one day, though nobody is ever late."""
    results = simulate(mailroom(days), 60, engine="kernel")
    row = verdict(results).iloc[0]
    assert row["value"] == 1.0
    assert row["note"] == ""
    staffing, changes = shift(8, 18, 5)
    waits = []
    for seed in range(60 // days):
        arrivals = weeks_of((0.0, 10.0), (1.0, 360.0), days + 2, seed)
        begun = started(arrivals, staffing, changes)
        waits += [start - time for start, (time, _, _) in zip(begun, arrivals, strict=True) if time < days * DAY]
    assert max(waits) < DAY
    assert results.estimate("asa").value[-1] == pytest.approx(np.mean(waits), rel=0.03)


def test_one_day_begins_with_the_mail_that_is_given() -> None:
    """By hand: 80 mails at 8, gone at 10; 60 of the evening are worked on first from 8 tomorrow, 50 an hour."""
    morning = (80 * 8 / 2 + 80 * 2 / 2) * HOUR
    evening = 60 * (14 - 3 + 60 / 2 / 50) * HOUR  # at 18 + x it waits 14 - x, and for the 10 x that came before it
    asa = simulate(mailroom(), 200, engine="kernel").estimate("asa").value[-1]
    assert asa == pytest.approx((morning + evening) / 240, rel=0.02)


def test_a_weekend_at_the_end() -> None:
    """74.1 % in 24 hours by an event simulation of 58 weeks; the weekend's mail was called overload, and late."""
    row = verdict(simulate(weekend_mail(), 40, engine="kernel")).iloc[0]
    assert row["value"] == pytest.approx(0.741, abs=0.006)
    assert row["note"] == ""


def test_a_deadline_in_open_hours() -> None:
    """Four open hours from Friday 16:00 are over on Monday: by an event simulation of the weeks that follow."""
    staffing = 2
    scenario = weekend_mail(
        staffing,
        open="Mon-Fri 09:00-17:00",
        volume={"per_interval": [5.0] * 48},
        handle_time={"mean": "3 min"},
        target={"share": 0.9, "within": "4 h", "clock": "open-hours"},
    )
    row = verdict(simulate(scenario, 40, engine="kernel")).iloc[0]
    staffing, changes = shift(9, 17, staffing, 5)
    opened = periods(("Mon-Fri 09:00-17:00",), scenario.horizon.midnight, 28 * DAY)
    shares = []
    for seed in range(15):
        arrivals = weeks_of((0.0, 10.0), (1.0, 180.0), 14, seed)
        judged = [n for n, (time, _, _) in enumerate(arrivals) if time < 7 * DAY]
        begun = np.array(started(arrivals, staffing, changes))[judged]
        due = open_time_later(opened, [arrivals[n][0] for n in judged], 4 * HOUR)
        shares.append(np.mean(begun <= due))
    assert 0.3 < np.mean(shares) < 0.95
    assert row["value"] == pytest.approx(np.mean(shares), abs=4 * np.std(shares) / np.sqrt(15) + 0.003)


def test_mail_beside_the_phone() -> None:
    """Mail left in the evening meets the calls of the next morning, which come first: beside an event simulation."""
    calls = contact_type(
        "calls", volume={"per_interval": [9.0] * 48}, handle_time={"mean": "5 min"}, priority={"level": 1}
    )
    mail = contact_type("mail", "email", volume={"per_hour": 10}, handle_time={"mean": "6 min"}, priority={"level": 2})
    mail["target"] = {"share": 0.8, "within": "16 h"}
    scenario = of([calls, mail], [group("desk", ["calls", "mail"], {"Mon-Sun 08:00-18:00": 7})])
    results = simulate(scenario, 60, engine="kernel")
    staffing, changes = shift(8, 18, 7)
    shares, waits = [], []
    for seed in range(60):
        arrivals = weeks_of((18.0, 10.0), (300.0, 360.0), 4, seed)
        begun = started(arrivals, staffing, changes)
        waits_of_mail = [
            start - t for start, (t, of_class, _) in zip(begun, arrivals, strict=True) if of_class and t < DAY
        ]
        shares.append(np.mean(np.array(waits_of_mail) <= 16 * HOUR))
        waits.append(np.mean(waits_of_mail))
    row = verdict(results).set_index("type").loc["mail"]
    assert 0.5 < np.mean(shares) < 0.99
    assert row["value"] == pytest.approx(np.mean(shares), abs=0.03)
    assert results.estimate("asa").value[results.place("asa", "mail")] == pytest.approx(np.mean(waits), rel=0.04)


def test_a_week_that_goes_on_is_the_first_of_two() -> None:
    """The tail of a week is a second week: what is found of the first is the same where both are played."""
    week_long, fortnight = (weekend_mail(days=days) for days in (7, 14))
    short, long = simulate(week_long, 40, engine="kernel"), simulate(fortnight, 40, engine="kernel")
    week = long.daily("asa", "mails")[:, :7]
    assert short.daily("asa", "mails").mean(axis=0) == pytest.approx(week.mean(axis=0), rel=0.03)


def test_overload_is_of_the_week_not_of_the_night() -> None:
    """Twenty hours of agents for 24 hours of work: 40 of 240 mails a day are too many; with three nothing is said."""
    few = simulate(mailroom(2, staffing=2), 200, engine="kernel")
    assert growth(few, "mail") == pytest.approx(40 / 24, rel=0.1)
    assert "overloaded: the queue grows by 1." in verdict(few).iloc[0]["note"]
    assert growth(simulate(mailroom(2, staffing=3), 20, engine="kernel"), "mail") == 0.0


def test_overload_beside_the_phone() -> None:
    """24 hours of calls and 24 of mail on one agent who does both: as many mails as come are too many."""
    calls = contact_type("calls", volume={"per_hour": 6})
    scenario = of([calls, contact_type("mail", "email", volume={"per_hour": 6})], [group("a", ["calls", "mail"], 1)])
    assert growth(simulate(scenario, 20, engine="kernel"), "mail") == pytest.approx(6, rel=0.15)
    more = scenario.replace_group("a", staffing=3)
    assert growth(simulate(more, 20, engine="kernel"), "mail") == 0.0


def test_without_deferred_work_nothing_is_played_on() -> None:
    """A tail would cost time and change the findings of a phone line."""
    scenario = of([contact_type("calls", volume={"per_hour": 6})], [group("a", ["calls"], 2)])
    assert np.isinf(played(scenario).judged)
    tape = draw_tape(scenario, 1, 0)
    assert tape.arrival.max() < DAY
    assert np.isinf(tape.until)


def test_the_draws_of_the_horizon_stay_as_they_were() -> None:
    """A longer deadline needs a longer tail; the customers of the horizon are the same."""
    short, long = (draw_tape(mailroom(within=within), 1, 0) for within in ("4 h", "72 h"))
    first = short.arrival < DAY
    count = int(first.sum())
    assert (short.arrival[:count] == long.arrival[:count]).all()
    assert (short.draws.handle[:count] == long.draws.handle[:count]).all()
    assert played(mailroom(within="72 h")).stages[-1] == 4 * DAY


def test_time_and_wages_of_the_tail_do_not_count() -> None:
    """Work that is done tomorrow would be in today's occupancy: an agent from 8 to 9, mails of 8:50 and 9:30."""
    staffing = [0] * 16 + [1] * 2 + [0] * 30
    scenario = of(
        [contact_type("mail", "email", target={"share": 0.9, "within": "24 h"})], [group("a", ["mail"], staffing)]
    )
    contacts = [(530, "mail", 30), (570, "mail", 20)]
    results_log = play(scenario, contacts)
    assert [round(t / 60) for t in results_log.contacts.answer] == [530, 1440 + 480]
    for sums in (tally(scenario, results_log), kernel.play_and_tally(scenario, tape_of(scenario, contacts))):
        staffed, overrun, busy = sums.groups[:3, 0].sum(axis=1) / 60
        assert (staffed, overrun, busy) == (60, 20, 30)


def test_a_stopped_clock_leaves_out_who_has_time_left() -> None:
    """A mail with an hour left when the clock stops is neither in time nor late; one whose hour is over is late."""
    horizon = {"interval": "30 min", "at_end": "stop"}
    mail = contact_type("mail", "email", target={"share": 0.9, "within": "1 h"})
    scenario = of([mail], [group("a", ["mail"], 0)], horizon=horizon)
    contacts = [(600, "mail", 5), (1410, "mail", 5)]
    tape = tape_of(scenario, contacts)
    for sums in (tally(scenario, centre.play(scenario, tape)), kernel.play_and_tally(scenario, tape)):
        counts = dict(zip(CONTACT_TALLIES, sums.contacts.sum(axis=(1, 2)), strict=True))
        assert counts["offered"] == 1
        assert counts["open_at_end"] == 2


@pytest.mark.parametrize("call, worked", [(4, [4, 40]), (0, [0, 40])])
def test_no_agent_works_on_an_item_that_was_put_down(call: float, worked: list[float]) -> None:
    """Mail is put down at 4, or in the instant it was begun, and not resumed: its agent was busy until midnight."""
    types = [contact_type("mail", "email", interruptible=True), contact_type("calls")]
    team = [group("a", ["mail", "calls"], staffing=[1] + 47 * [0])]
    scenario = of(types, team, horizon={"interval": "30 min", "at_end": "stop"})
    tape = tape_of(scenario, [(0, "mail", 10), (call, "calls", 40)])
    logs = centre.play(scenario, tape)
    assert ((logs.preemptions.end - logs.preemptions.start) / 60).tolist() == worked[:1]
    assert np.isnan(logs.contacts.resumed).tolist() == np.isnan(logs.contacts.wrap_end).tolist() == [True, False]
    for engine_logs in (logs, kernel.play(scenario, tape)):
        np.testing.assert_array_equal(engine_logs.contacts.resumed, logs.contacts.resumed)
    for sums in (tally(scenario, logs), kernel.play_and_tally(scenario, tape)):
        assert sums.groups[list(GROUP_TALLIES).index("busy_time")].sum() / 60 == sum(worked)


def test_of_equal_deadlines_the_longest_wait_comes_first() -> None:
    """A follow-up of Saturday stood behind all mail of the weekend, which has the same deadline on Monday."""
    again = {"after": "answered", "probability": 1.0, "as": "mail", "max_tries": 1}
    again["delay"] = {"family": "deterministic", "value": "20 h"}
    target = {"share": 0.9, "within": "1 h", "clock": "open-hours"}
    mail = contact_type("mail", "email", open="Mon-Fri 09:00-17:00", target=target, follow_ups=[again])
    scenario = of(
        [mail],
        [group("a", ["mail"], 1)],
        horizon={"start": "2026-03-06", "days": 7, "interval": "30 min"},
        routing={"order": "earliest-deadline"},
    )
    # Friday 16:00, answered until 16:10; the follow-up comes on Saturday at 12:10, fresh mail at 15:00
    tape = tape_of(scenario, [(960, "mail", 10), (1440 + 900, "mail", 10)])
    for engine in (centre, kernel):
        log = engine.play(scenario, tape).contacts
        assert log.parent.tolist()[2] == 0
        assert round(log.arrival[2] / 60) == 1440 + 730
        assert log.answer[2] < log.answer[1]


def test_what_is_found_does_not_depend_on_who_came_first() -> None:
    """A search draws customers once, perhaps for a plan that needs fewer of the next day than others."""
    early, late = mailroom(staffing=40), mailroom().replace_group("desk", staffing={"Mon-Sun 20:00-22:00": 20})
    assert played(early).stages[-1] == played(late).stages[-1]
    assert played(early).stages[0] < played(late).stages[0]
    for first, second in ((early, late), (late, early)):
        evaluate = evaluator(seed=1, engine="kernel")
        evaluate([first], 5)
        alone = evaluator(seed=1, engine="kernel")([second], 5)[0]
        after = evaluate([second], 5)[0]
        assert (after.counts[0].numerator == alone.counts[0].numerator).all()
        assert (after.overrun == alone.overrun).all()


def test_stages_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first stage that is too short is played again, by both engines, until nothing changes any more."""
    scenario = mailroom(staffing=3)
    whole = simulate(scenario, 5, engine="kernel")
    played.cache_clear()
    monkeypatch.setattr("simulator.tail._worked_off", lambda scenario: HOUR)
    short = scenario.replace(title="again")
    assert len(played(short).stages) > 3
    for engine in ("kernel", "simpy"):
        again = simulate(short, 5, engine=engine)
        np.testing.assert_allclose(again.contacts, whole.contacts)
        np.testing.assert_allclose(again.groups, whole.groups)
    played.cache_clear()


def test_who_goes_home_with_the_horizon_has_no_overtime() -> None:
    """Where the last contact was over before midnight, shifts that end there were never over: 48 hours of overtime."""
    mail = {"name": "mail", "channel": "email", "volume": {"per_interval": [2.0] + 47 * [0.0]}}
    mail |= {"handle_time": {"mean": "5 min"}, "target": {"share": 0.9, "within": "12 h"}}
    desk = {"name": "desk", "skills": ["mail"], "staffing": {"Mon-Sun 08:00-24:00": 2}, "cost_per_hour": 18}
    horizon = {"start": "2026-03-02", "days": 1, "interval": "30 min"}
    quiet = scenario_from({"name": "quiet", "horizon": horizon, "contact_types": [mail], "agent_groups": [desk]})
    for engine in ("simpy", "kernel"):
        results = simulate(quiet, 20, engine=engine)
        assert results.daily("cost", "all").ravel() == pytest.approx(2 * 16 * 18.0)
    for replication in range(20):
        staffing = centre.play(quiet, draw_tape(quiet, 1, replication)).staffing
        assert staffing.left_at[staffing.start < DAY] == pytest.approx(DAY)
