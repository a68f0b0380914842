"""The reference engine on centres small enough for paper: the expected times are worked out in the docstrings."""

from math import nan

import numpy as np
import pytest

from scenarios.measures import CONTACT_TALLIES
from simulator.codes import BotOutcome, Outcome
from simulator.logs import Logs
from simulator.measure.tallies import tally
from tests.centres import contact_type, group, minutes, of, play

CALLS = [contact_type("calls")]
FIVE = {"family": "deterministic", "value": "5 min"}


def answers(log: Logs) -> list[float]:
    """When each contact was answered, in minutes."""
    return minutes(log.contacts.answer)


def test_one_agent_serves_in_order_of_arrival() -> None:
    """Calls at 0, 1, 2 min of 5, 5, 5 min: one agent answers at 0, 5, 10; otherwise the queue is not FCFS."""
    log = play(of(CALLS, [group("a", ["calls"])]), [(0, "calls", 5), (1, "calls", 5), (2, "calls", 5)])
    assert answers(log) == [0, 5, 10]


def test_wrap_up_keeps_the_agent_but_not_the_customer() -> None:
    """A 5 min call with 3 min wrap-up: the customer leaves at 5, the next is answered at 8."""
    log = play(of(CALLS, [group("a", ["calls"])]), [(0, "calls", 5, 3), (1, "calls", 5)])
    assert (minutes(log.contacts.end)[0], minutes(log.contacts.wrap_end)[0], answers(log)[1]) == (5, 8, 8)


def test_an_agent_freed_at_the_very_end_of_patience_still_answers() -> None:
    """Patience of 4 min from minute 1 ends at 5, when the agent comes free: work done comes before patience."""
    log = play(of(CALLS, [group("a", ["calls"])]), [(0, "calls", 5), (1, "calls", 5, 0, 4)])
    assert log.contacts.outcome.tolist() == [Outcome.ANSWERED, Outcome.ANSWERED]


def test_a_customer_leaves_when_patience_ends() -> None:
    """With patience of 3.9 min the second caller leaves at 4.9 and the third is answered at 5."""
    calls = [(0, "calls", 5), (1, "calls", 5, 0, 3.9), (2, "calls", 5)]
    log = play(of(CALLS, [group("a", ["calls"])]), calls)
    assert (minutes(log.contacts.end)[1], answers(log)[2]) == (4.9, 5)
    assert log.contacts.outcome[1] == Outcome.ABANDONED


def test_no_patience_at_all_is_answered_when_an_agent_is_free() -> None:
    """A customer with zero patience is answered if an agent is free on arrival, else gone at once."""
    calls = [(0, "calls", 5, 0, 0), (1, "calls", 5, 0, 0)]
    log = play(of(CALLS, [group("a", ["calls"])]), calls)
    assert log.contacts.outcome.tolist() == [Outcome.ANSWERED, Outcome.ABANDONED]
    assert minutes(log.contacts.end) == [5, 1]


def test_longest_wait_over_types_when_ranks_and_levels_tie() -> None:
    """B waits since 1, A since 2; freed at 5 the agent takes B first: ranks tie, so does the level."""
    scenario = of([contact_type("A"), contact_type("B")], [group("a", ["A", "B"])])
    log = play(scenario, [(0, "A", 5), (1, "B", 5), (2, "A", 5)])
    assert answers(log) == [0, 5, 10]


def test_rank_of_the_group_comes_before_priority_and_priority_before_the_wait() -> None:
    """Rank 1 (C, at 3), then level 1 (B, at 2), then the long wait (A, at 1): answered at 5, 10, 15."""
    scenario = of(
        [
            contact_type("A", priority={"level": 5}),
            contact_type("B", priority={"level": 1}),
            contact_type("C", priority={"level": 9}),
        ],
        [group("a", {"A": {"rank": 2}, "B": {"rank": 2}, "C": {"rank": 1}})],
    )
    log = play(scenario, [(0, "A", 5), (1, "A", 5), (2, "B", 5), (3, "C", 5)])
    assert answers(log) == [0, 15, 10, 5]


def test_ageing_lets_a_long_wait_overtake_a_better_level() -> None:
    """A (level 2) loses 6 levels an hour: at minute 20 it has waited 19 min, level 0.1, before B's level 1."""
    scenario = of([contact_type("A", priority={"level": 2, "ageing": 6}), contact_type("B")], [group("a", ["A", "B"])])
    log = play(scenario, [(0, "B", 20), (1, "A", 5), (2, "B", 5)])
    assert answers(log) == [0, 20, 25]


def test_the_longest_idle_agent_answers() -> None:
    """Agents 0 and 1 are idle from 0; 0 answers at 1, 1 at 2; at 10 agent 0 (free since 3) goes before 1 (since 4)."""
    scenario = of(CALLS, [group("a", ["calls"], 2)])
    log = play(scenario, [(1, "calls", 2), (2, "calls", 2), (10, "calls", 1), (10.5, "calls", 1)])
    assert log.contacts.agent.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize(
    "rule, agents",
    [("longest-idle", [0, 1, 1]), ("shortest-idle", [1, 0, 1]), ("lowest-number", [0, 1, 0])],
)
def test_agent_rules(rule: str, agents: list[int]) -> None:
    """The first call ends at 4, the second at 3; at 10 each rule picks among the two idle agents."""
    scenario = of(CALLS, [group("a", ["calls"], 2)], routing={"agent": rule})
    log = play(scenario, [(1, "calls", 3), (1.5, "calls", 1.5), (10, "calls", 1)])
    assert log.contacts.agent.tolist() == agents


def test_groups_are_tried_in_order() -> None:
    """The first call goes to the own group, the second to the other, the third waits."""
    scenario = of(CALLS, [group("own", ["calls"]), group("other", ["calls"])])
    log = play(scenario, [(0, "calls", 5), (1, "calls", 9), (2, "calls", 5)])
    assert log.contacts.agent.tolist() == [0, 1, 0]


def test_a_group_is_drawn_among_those_with_available_agents() -> None:
    """One idle agent against three: three quarters of 400 first calls go to the larger group, 300 plus or minus 35."""
    routing = {"groups": "random"}
    scenario = of(CALLS, [group("own", ["calls"], 1), group("other", ["calls"], 3)], routing=routing)
    log = play(scenario, [(3 * number, "calls", 1) for number in range(400)]).contacts
    assert abs(int((log.agent > 0).sum()) - 300) < 35
    assert (log.answer == log.arrival).all()


def test_a_full_queue_turns_contacts_away() -> None:
    """One in service and two waiting: the fourth is blocked, and the fifth comes when a place is free again."""
    types = [contact_type("calls", queue_places=2)]
    log = play(of(types, [group("a", ["calls"])]), [(minute, "calls", 5) for minute in (0, 1, 2, 3, 6)]).contacts
    assert log.outcome.tolist() == [Outcome.ANSWERED] * 3 + [Outcome.BLOCKED, Outcome.ANSWERED]
    assert minutes(log.answer[[0, 1, 2, 4]]) == [0, 5, 10, 15]
    assert np.isnan(log.entry[3])


IDLE_FIRST = {"staffing": [2, 1] + [1] * 46, "leaving": "idle-first"}


def test_whoever_is_idle_goes_first() -> None:
    """Agent 1, whose time is up at 30, is busy until 35; agent 0 is idle and goes, and 1 answers at 40."""
    log = play(of(CALLS, [group("a", ["calls"], **IDLE_FIRST)]), [(1, "calls", 5), (20, "calls", 15), (40, "calls", 5)])
    assert log.contacts.agent.tolist() == [0, 1, 1]
    assert minutes(log.staffing.left_at[:1]) == [30]
    assert log.staffing.end.tolist() == [1800, np.inf]


def test_the_first_to_be_free_goes_where_all_are_busy() -> None:
    """Both are busy at 30; agent 0 is free at 33 and goes, so the call of 31 waits for agent 1, until 40."""
    calls = [(10, "calls", 23), (20, "calls", 20), (31, "calls", 5)]
    log = play(of(CALLS, [group("a", ["calls"], **IDLE_FIRST)]), calls)
    assert (log.contacts.agent.tolist(), answers(log)) == ([0, 1, 1], [10, 20, 40])
    assert minutes(log.staffing.left_at[:1]) == [33]


def test_nobody_comes_for_an_agent_who_is_still_there() -> None:
    """Three, one, two agents, two of them on calls from before 30 until 70: the call of 62 waits for one of them."""
    team = [group("a", ["calls"], staffing=[3, 1, 2] + [2] * 45, leaving="idle-first")]
    calls = [(10, "calls", 60), (11, "calls", 5), (12, "calls", 58), (62, "calls", 5)]
    log = play(of(CALLS, team), calls)
    assert answers(log) == [10, 11, 12, 70]
    assert log.contacts.agent.tolist() == [0, 1, 2, 0]
    assert log.staffing.agent.tolist() == [0, 1, 2, 2]


def test_a_callback_keeps_the_place() -> None:
    """The call of 1.5 finds nobody waiting a minute; that of 2 does, takes the callback, and is answered at 10."""
    offer = {"accepted": 1, "as": "callbacks", "from_waiting": 1, "from_wait": "1 min"}
    types = [contact_type("calls", callback=offer, follow_ups=[]), contact_type("callbacks", handle_time=FIVE)]
    scenario = of(types, [group("a", ["calls", "callbacks"])])
    log = play(scenario, [(0, "calls", 5), (1, "calls", 5), (1.5, "calls", 5, 0, 1), (2, "calls", 5)]).contacts
    assert log.outcome.tolist() == [*[Outcome.ANSWERED] * 2, Outcome.ABANDONED, Outcome.CALLED_BACK, Outcome.ANSWERED]
    assert log.type.tolist() == [0, 0, 0, 0, 1]
    assert minutes(log.arrival[[4]]) == [2] == minutes(log.end[[3]])
    assert minutes(log.answer[[0, 1, 4]]) == [0, 5, 10]
    assert np.isnan(log.entry[3])


def test_nobody_is_offered_a_callback_when_answered_at_once() -> None:
    """Without a queue there is nothing to offer."""
    types = [contact_type("calls", callback={"accepted": 1, "as": "callbacks"}), contact_type("callbacks")]
    log = play(of(types, [group("a", ["calls", "callbacks"], 2)]), [(0, "calls", 5), (1, "calls", 5)]).contacts
    assert log.outcome.tolist() == [Outcome.ANSWERED] * 2


def test_customers_who_are_not_reached_are_called_again() -> None:
    """Nobody ever answers: three calls of half a minute, ten minutes apart, and the case ends unresolved."""
    dialling = {"reached": 0, "ring": "30s", "again": {"family": "deterministic", "value": "10 min"}, "max_tries": 2}
    scenario = of([contact_type("calls", wrap_up=FIVE, dialling=dialling)], [group("a", ["calls"])])
    logs = play(scenario, [(0, "calls", 5)])
    assert logs.contacts.outcome.tolist() == [Outcome.UNREACHED] * 3
    assert answers(logs) == [0, 10.5, 21]
    assert minutes(logs.contacts.wrap_end) == [0.5, 11, 21.5]
    sums = dict(zip(CONTACT_TALLIES, tally(scenario, logs).contacts.sum(axis=(1, 2)), strict=True))
    assert (sums["unreached"], sums["offered"], sums["repeats"], sums["handle_time"]) == (3, 0, 0, 90)


def test_overflow_waits_for_its_delay() -> None:
    """The other group is eligible after 2 min: the second call, at 1, is answered there at 3 though it stood idle."""
    routes = {"types": {"calls": ["own", {"group": "other", "after": "2 min"}]}}
    scenario = of(CALLS, [group("own", ["calls"]), group("other", ["calls"])], routing=routes)
    log = play(scenario, [(0, "calls", 5), (1, "calls", 5)])
    assert (answers(log), log.contacts.agent.tolist()) == ([0, 3], [0, 1])


def test_the_speed_of_a_group_divides_wrap_up_too() -> None:
    """At speed 2 a 10 min call with 4 min of wrap-up keeps the agent for 5 + 2: the next is answered at 7."""
    team = [group("a", {"calls": {"speed": 2}})]
    log = play(of(CALLS, team), [(0, "calls", 10, 4), (1, "calls", 10)])
    assert (minutes(log.contacts.end)[0], minutes(log.contacts.wrap_end)[0], answers(log)[1]) == (5, 7, 7)


def test_the_speed_of_a_group_divides_handle_time() -> None:
    """At speed 2 a 10 min call takes 5."""
    log = play(of(CALLS, [group("a", {"calls": {"speed": 2}})]), [(0, "calls", 10)])
    assert minutes(log.contacts.end) == [5]


CHATS = [contact_type("chat", "chat")]


def test_chats_share_an_agent_and_slow_each_other_down() -> None:
    """Two slots at pace 0.5 each: 10 min chats at 0 and 5.

    At 5 the first has 5 left; at half speed it is done at 15. The second then has 5 of 10 left and full speed: 20.
    """
    scenario = of(CHATS, [group("a", ["chat"], 1, max_concurrent=2, concurrency_speed=[1.0, 0.5])])
    log = play(scenario, [(0, "chat", 10), (5, "chat", 10)])
    assert (answers(log), minutes(log.contacts.end)) == ([0, 5], [15, 20])


@pytest.mark.parametrize(
    "chat_routing, agents", [("least-loaded", [0, 1, 0]), ("most-loaded", [0, 0, 1]), ("idle-last", [0, 0, 1])]
)
def test_fill_says_who_takes_the_next_chat(chat_routing: str, agents: list[int]) -> None:
    """Two agents with two slots: chats spread or pile up as the rule says."""
    scenario = of(CHATS, [group("a", ["chat"], 2, max_concurrent=2, chat_routing=chat_routing)])
    log = play(scenario, [(0, "chat", 60), (1, "chat", 60), (2, "chat", 60)])
    assert log.contacts.agent.tolist() == agents


def test_a_call_needs_empty_hands() -> None:
    """With a chat in service until 10 the agent cannot take the call at 1, but takes the chat at 2."""
    scenario = of([*CALLS, *CHATS], [group("a", ["calls", "chat"], 1, max_concurrent=2)])
    log = play(scenario, [(0, "chat", 10), (1, "calls", 5), (2, "chat", 3)])
    assert answers(log) == [0, 10, 2]


MAIL = contact_type("mail", "email", interruptible=True)


def test_deferred_work_is_put_down_for_a_call_and_taken_up_again() -> None:
    """A 10 min item from 0 is preempted at 4 for a 5 min call, resumed at 9 with 6 left, done at 15."""
    log = play(of([*CALLS, MAIL], [group("a", ["calls", "mail"])]), [(0, "mail", 10), (4, "calls", 5)])
    assert (answers(log), minutes(log.contacts.wrap_end), minutes(log.contacts.resumed)) == ([0, 4], [15, 9], [9, 4])
    assert (minutes(log.preemptions.start), minutes(log.preemptions.end)) == ([0], [4])


def test_a_preempted_item_goes_to_another_agent_who_is_free() -> None:
    """The mail-only agent is free from 3: the item preempted at 4 is resumed there at once and ends at 10."""
    scenario = of([*CALLS, MAIL], [group("a", ["calls", "mail"]), group("b", ["mail"])])
    log = play(scenario, [(0, "mail", 10), (1, "mail", 2), (4, "calls", 5)])
    assert (log.contacts.agent.tolist(), minutes(log.contacts.wrap_end)[0]) == ([1, 1, 0], 10)


def test_uninterruptible_work_is_finished_first() -> None:
    """Without the permission to put it down, the call waits for the item until 10."""
    log = play(
        of([*CALLS, contact_type("mail", "email")], [group("a", ["calls", "mail"])]), [(0, "mail", 10), (4, "calls", 5)]
    )
    assert answers(log) == [0, 10]


def test_agents_kept_free_are_kept_for_connected_work() -> None:
    """Two agents, one kept free: the second item waits for the first, a call is answered at once."""
    scenario = of([*CALLS, contact_type("mail", "email")], [group("a", ["calls", "mail"], 2, reserved=1)])
    log = play(scenario, [(0, "mail", 10), (1, "mail", 10), (2, "calls", 3)])
    assert answers(log) == [0, 10, 2]


def test_outside_hours_calls_are_turned_away_and_mail_waits() -> None:
    """Open from 09:00: at 08:30 the call is turned away, the mail is answered at 09:00."""
    hours = {"open": "Mon-Sun 09:00-17:00"}
    scenario = of(
        [contact_type("calls", **hours), contact_type("mail", "email", **hours)], [group("a", ["calls", "mail"])]
    )
    log = play(scenario, [(510, "calls", 5), (511, "mail", 5)])
    assert log.contacts.outcome.tolist() == [Outcome.CLOSED, Outcome.ANSWERED]
    assert answers(log)[1] == 540


def test_an_agent_whose_shift_ends_finishes_the_contact_in_service() -> None:
    """Two agents until 00:30, then one: agent 1 finishes its call at 40 and takes nothing new."""
    scenario = of(CALLS, [group("a", ["calls"], [2, *[1] * 47])])
    log = play(scenario, [(0, "calls", 60), (1, "calls", 39), (2, "calls", 5)])
    assert answers(log) == [0, 1, 60]
    assert minutes(log.staffing.left_at)[1] == 40


def test_an_agent_who_comes_takes_the_longest_waiting_at_once() -> None:
    """A second head from 00:30 takes the call that waits since minute 1."""
    scenario = of(CALLS, [group("a", ["calls"], [1, *[2] * 47])])
    log = play(scenario, [(0, "calls", 60), (1, "calls", 5), (2, "calls", 5)])
    assert answers(log) == [0, 30, 35]


def test_stop_leaves_open_what_is_not_answered() -> None:
    """Without agents a call is still open when the clock stops; with work-off the last staffing answers it."""
    for at_end, expected in (("stop", Outcome.OPEN), ("work-off", Outcome.ANSWERED)):
        scenario = of(CALLS, [group("a", ["calls"])], horizon={"interval": "30 min", "at_end": at_end})
        log = play(scenario, [(1430, "calls", 60), (1435, "calls", 5)])
        assert log.contacts.outcome[1] == expected


def bot(**fields: object) -> dict[str, object]:
    """A chat type behind a bot with two-minute sessions."""
    return contact_type("chat", "chat", bot={"session": {"family": "deterministic", "value": "2 min"}} | fields)


def test_a_bot_resolves_contains_falsely_or_escalates() -> None:
    """Sessions end after 2 min; only the escalated contact joins the queue, after a hand-over of 1 min: at 3."""
    later = {
        "after": "falsely-contained",
        "probability": 1,
        "as": "calls",
        "delay": {"family": "deterministic", "value": "1h"},
    }
    scenario = of(
        [
            bot(hand_over={"family": "deterministic", "value": "1 min"}, handle_factor=0.5) | {"follow_ups": [later]},
            *CALLS,
        ],
        [group("a", ["chat", "calls"], 3)],
    )
    log = play(
        scenario,
        [(0, "chat", 5)] * 3,
        outcomes=[BotOutcome.RESOLVED, BotOutcome.FALSELY_CONTAINED, BotOutcome.ESCALATED],
    )
    assert log.contacts.outcome.tolist() == [
        Outcome.BOT_RESOLVED, Outcome.FALSELY_CONTAINED, Outcome.ANSWERED, Outcome.ANSWERED,
    ]  # fmt: skip
    assert answers(log)[2] == 3
    assert minutes(log.contacts.end)[2] == 5.5
    assert minutes(log.contacts.arrival)[3] == 62
    assert (log.contacts.case[3], log.contacts.parent[3], log.contacts.step[3]) == (1, 1, 1)


def test_a_full_bot_lets_contacts_pass_to_the_queue() -> None:
    """One session at a time: the second contact, at 1, goes straight to an agent."""
    log = play(of([bot(sessions=1)], [group("a", ["chat"])]), [(0, "chat", 5), (1, "chat", 5)], outcomes=[0, 0])
    assert answers(log) == pytest.approx([nan, 1], nan_ok=True)


def test_who_gave_up_calls_again() -> None:
    """A caller leaves at 3 and calls again after 10 min, at 13, under the same case."""
    again = {
        "after": "abandoned",
        "probability": 1,
        "as": "calls",
        "delay": {"family": "deterministic", "value": "10 min"},
    }
    scenario = of([contact_type("calls", follow_ups=[again], patience={"mean": "1 h"})], [group("a", ["calls"])])
    log = play(scenario, [(0, "calls", 60), (1, "calls", 5, 0, 2)])
    assert minutes(log.contacts.arrival)[2] == 13
    assert log.contacts.case[2] == 1


def test_tries_are_limited() -> None:
    """At most two tries: with no agent on shift, three contacts in all."""
    again = {"after": "abandoned", "probability": 1, "as": "calls", "max_tries": 2}
    patience = {"family": "deterministic", "value": "1 min"}
    scenario = of([contact_type("calls", follow_ups=[again], patience=patience)], [group("a", ["calls"], 0)])
    log = play(scenario, [(0, "calls", 5, 0, 1)])
    assert log.contacts.step.tolist() == [0, 1, 2]


def test_an_overdue_mail_makes_the_customer_call() -> None:
    """Unanswered after 4 h, the mail of 00:00 gives rise to a call at 04:00 and stays in the queue."""
    late = {"after": "overdue", "probability": 1, "as": "calls", "overdue": "4 h"}
    scenario = of(
        [contact_type("mail", "email", follow_ups=[late]), *CALLS], [group("a", ["calls"]), group("b", ["mail"], 0)]
    )
    log = play(scenario, [(0, "mail", 5)])
    assert minutes(log.contacts.arrival) == [0, 240]
    assert log.contacts.outcome.tolist() == [Outcome.OPEN, Outcome.ANSWERED]


def test_all_lines_busy_blocks() -> None:
    """Two lines: one call served, one waiting, the third is blocked; a line is free again when the first ends."""
    scenario = of([contact_type("calls", trunk="lines")], [group("a", ["calls"])], trunks={"lines": 2})
    log = play(scenario, [(0, "calls", 5), (1, "calls", 5), (2, "calls", 5), (6, "calls", 5)])
    assert log.contacts.outcome.tolist() == [Outcome.ANSWERED, Outcome.ANSWERED, Outcome.BLOCKED, Outcome.ANSWERED]


def test_earliest_deadline_first() -> None:
    """Mail due in 8 h arrives before claims due in 1 h: freed at 10, the agent takes the claim."""
    target = {"share": 0.9}
    scenario = of(
        [
            contact_type("mail", "email", target=target | {"within": "8 h"}),
            contact_type("claims", "post", target=target | {"within": "1 h"}),
        ],
        [group("a", ["mail", "claims"])],
        routing={"order": "earliest-deadline"},
    )
    log = play(scenario, [(0, "mail", 10), (1, "mail", 10), (2, "claims", 10)])
    assert answers(log) == [0, 20, 10]


def test_absent_agents_do_not_come() -> None:
    """With everybody absent nobody answers; the tape decides it by person and day, whatever the staffing."""
    scenario = of(CALLS, [group("a", ["calls"], 400, shrinkage={"absence": 0.3})])
    log = play(scenario, [])
    absent = 400 - len(np.unique(log.staffing.agent))
    assert abs(absent - 120) < 4 * np.sqrt(400 * 0.3 * 0.7)
