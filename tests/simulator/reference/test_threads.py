"""Follow-ups kept by the agent who had the contact, worked out on paper and played by both engines."""

from typing import Any

import pytest

from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.scenario import Scenario
from simulator.compare_engines import compare_engines
from simulator.kernel import engine as kernel
from simulator.logs import ContactLog
from tests.centres import contact_type, group, minutes, of, play, tape_of


def centre(delay: str = "10 min", first: Any = 1, walk: str = "walk-in", **rule: Any) -> Scenario:
    """Agent 0 takes new messages and people who walk in, agent 1 only the turns of five minutes that follow."""
    follows = {
        "after": "answered",
        "probability": 1,
        "as": "turns",
        "delay": {"family": "deterministic", "value": delay},
    }
    five = {"family": "deterministic", "value": "5 min"}
    types = [
        contact_type("new", "sms", follow_ups=[follows | rule]),
        contact_type("turns", "sms", handle_time=five),
        contact_type("people", walk),
    ]
    return of(types, [group("desk", ["new", "turns", "people"], first), group("second", ["turns"])])


def turn(scenario: Scenario, busy: float = 9) -> tuple[int, float, float]:
    """Agent, answer and end in minutes of the turn that follows a message at 0, answered by 2; busy from minute 11."""
    contacts = [(0, "new", 2), (11, "people", busy)]
    log = play(scenario, contacts).contacts
    assert kernel.play(scenario, tape_of(scenario, contacts)).contacts.agent.tolist() == log.agent.tolist()
    return _last(log)


def _last(log: ContactLog) -> tuple[int, float, float]:
    answer, end = minutes([log.answer[-1], log.end[-1]])
    return int(log.agent[-1]), answer, end


@pytest.mark.parametrize(
    "rule, expected",
    [
        ({}, (1, 12, 17)),
        ({"keeps": "same"}, (0, 20, 25)),
        ({"keeps": "prefer"}, (1, 12, 17)),
        ({"keeps": "prefer", "keeps_for": "3 min"}, (1, 15, 20)),
        ({"keeps": "prefer", "keeps_for": "10 min"}, (0, 20, 25)),
        ({"retold_factor": 2}, (1, 12, 22)),
        ({"keeps": "same", "retold_factor": 2}, (0, 20, 25)),
    ],
)
def test_who_takes_the_next_turn(rule: dict[str, Any], expected: tuple[int, float, float]) -> None:
    """It arrives at 12; agent 0, who had the thread, is busy from 11 to 20, agent 1 is free."""
    assert turn(centre(**rule)) == expected


@pytest.mark.parametrize("delay, expected", [("10 min", (1, 30, 35)), ("40 min", (1, 42, 47))])
def test_a_thread_is_free_when_its_agent_goes_off_duty(delay: str, expected: tuple[int, float, float]) -> None:
    """Agent 0 is due to go at 30, busy until 41: a turn from 12 waits until 30; one that arrives later does not."""
    shift = [1] + [0] * 47
    assert turn(centre(delay, first=shift, keeps="same"), busy=30) == expected


def test_an_agent_takes_own_turns_by_the_order_of_all() -> None:
    """At 20 the agent is free; a message that waits since 11.5 comes before the own turn that waits since 12."""
    scenario = centre(keeps="same")
    log = play(scenario, [(0, "new", 2), (11, "people", 9), (11.5, "new", 3)]).contacts
    assert minutes(log.answer) == [0, 11, 20, 23, 33]


def test_turns_wait_for_a_group_that_keeps_agents_free() -> None:
    """Two agents, one reserved: at 12 only agent 0 is free, and takes the own turn when the other is free at 20."""
    scenario = centre(first=2, keeps="same")
    scenario = scenario.replace_group("desk", reserved=1)
    assert turn(scenario) == (0, 20, 25)


def test_an_agent_with_as_many_threads_as_allowed_takes_only_own_turns() -> None:
    """The message from 3 waits for the end of the thread at 17; the person who walks in at 5 does not."""
    scenario = centre(keeps="same").replace_group("desk", max_threads=1)
    contacts = [(0, "new", 2), (3, "new", 1), (5, "people", 1)]
    log = play(scenario, contacts).contacts
    assert minutes(log.answer) == [0, 17, 5, 12, 28]
    assert kernel.play(scenario, tape_of(scenario, contacts)).contacts.answer.tolist() == log.answer.tolist()


def test_a_thread_that_goes_over_leaves_room_for_another() -> None:
    """Agent 0 has one thread; its turn goes over to agent 1 at 12, so that the message from 3 is answered at 20."""
    scenario = centre(keeps="prefer").replace_group("desk", max_threads=1)
    contacts = [(0, "new", 2), (3, "new", 1), (11, "people", 9)]
    log = play(scenario, contacts).contacts
    assert minutes(log.answer) == [0, 20, 11, 12, 31]
    assert log.agent.tolist() == [0, 0, 0, 1, 0]
    assert kernel.play(scenario, tape_of(scenario, contacts)).contacts.answer.tolist() == log.answer.tolist()


def test_only_messages_are_kept() -> None:
    """A customer on the line cannot wait for one agent, a bot takes no thread, and any agent needs no waiting time."""
    follows = {"after": "answered", "probability": 1, "as": "calls", "keeps": "same"}
    with pytest.raises(InvalidScenario, match=r"follow_ups\.0\.keeps.*connected"):
        of([contact_type("calls", follow_ups=[follows])], [group("a", ["calls"])])
    with pytest.raises(InvalidScenario, match=r"follow_ups\.0\.skip_bot"):
        of([contact_type("calls", "sms", bot={"resolved": 0.2}, follow_ups=[follows])], [group("a", ["calls"])])
    with pytest.raises(InvalidValue, match="keeps_for"):
        centre(keeps="same", keeps_for="5 min")


def test_both_engines_keep_threads_alike() -> None:
    """A day of many short messages in which every rule has work to do."""
    rules = [
        {"after": "answered", "probability": 0.3, "as": "notes", "delay": {"mean": "9 min"}, "retold_factor": 1.5}
        | keeps
        for keeps in ({"keeps": "same"}, {"keeps": "prefer", "keeps_for": "4 min"}, {"keeps": "prefer"})
    ]
    notes = contact_type("notes", "sms", volume={"per_hour": 9}, handle_time={"mean": "2 min"}, follow_ups=rules)
    calls = contact_type("calls", volume={"per_hour": 9}, handle_time={"mean": "4 min"})
    staff = {"always": 3, "Mon-Sun 10:00-14:00": 5}
    desk = group("desk", ["notes", "calls"], staff, reserved=1, max_threads=4)
    found = compare_engines(of([notes, calls], [desk]), seed=1, grid=15.0, replication=0)
    assert found.difference is None
    assert found.contacts > 1000
