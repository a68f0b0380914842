"""The scenario as a value: what fits together, what does not, and how variants are made."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError

from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.scenario import Scenario, scenario_from
from scenarios.yaml.problems import problems
from tests.strategies import scenarios


def values(**changes: Any) -> dict[str, Any]:
    """A small centre as plain values."""
    calls = {"name": "calls", "channel": "phone", "volume": {"per_hour": 60}, "handle_time": {"mean": "5 min"}}
    mails = {"name": "mails", "channel": "email", "volume": {"daily": 90}, "handle_time": {"mean": "7 min"}}
    groups = [{"name": "desk", "skills": ["calls", "mails"], "staffing": 6}]
    return {"name": "x", "contact_types": [calls, mails], "agent_groups": groups} | changes


def test_a_type_that_is_not_routed_goes_to_every_group_with_the_skill() -> None:
    """A type without routes reached nobody, or groups without the skill."""
    both = [{"name": n, "skills": s, "staffing": 1} for n, s in (("a", ["calls"]), ("b", ["calls", "mails"]))]
    scenario = scenario_from(values(agent_groups=both, routing={"types": {"calls": ["b"]}}))
    assert [route.group for route in scenario.routes("calls")] == ["b"]
    assert [route.group for route in scenario.routes("mails")] == ["b"]


@pytest.mark.parametrize(
    "changes, field, word",
    [
        ({"routing": {"types": {"call": ["desk"]}}}, "routing.types", "'call' is not defined; known are calls, mails"),
        ({"routing": {"types": {"calls": ["dask"]}}}, "routing.types.calls", "'dask' is not defined; known are desk"),
        ({"routing": {"types": {"calls": []}}}, "contact_types.calls", "no agent group can answer it"),
        ({"trunks": {"lines": -1}}, "trunks.lines", "it must be at least 0"),
        ({"horizon": {"warm_up": "2 days"}}, "horizon.warm_up", "it must end before the horizon"),
    ],
)
def test_parts_that_do_not_fit_are_refused(changes: dict[str, Any], field: str, word: str) -> None:
    """A reference into nowhere was taken, and would fail in the middle of a run."""
    with pytest.raises((InvalidScenario, InvalidValue), match=word) as refused:
        scenario_from(values(**changes))
    assert refused.value.field == field


@pytest.mark.parametrize(
    "change, field, word",
    [
        ({"trunk": "lines"}, "contact_types.calls.trunk", "'lines' is not defined; known are none"),
        (
            {"follow_ups": [{"after": "answered", "probability": 0.1, "as": "fax"}]},
            "contact_types.calls.follow_ups",
            "'fax'",
        ),
        (
            {"follow_ups": [{"after": "answered", "probability": 0.6, "as": n} for n in ("calls", "mails")]},
            "contact_types.calls.follow_ups",
            "add up to over 1",
        ),
        (
            {"follow_ups": [{"after": "overdue", "probability": 0.6, "as": "calls"}]},
            "contact_types.calls.follow_ups.0.overdue",
            "give it with 'after: overdue'",
        ),
        (
            {"callback": {"accepted": 0.5, "as": "calls"}},
            "contact_types.calls.callback.as",
            "give the callbacks a contact type of their own",
        ),
        ({"callback": {"accepted": 0.5, "as": "fax"}}, "contact_types.calls.callback.as", "'fax' is not defined"),
        ({"queue_places": -1}, "contact_types.calls.queue_places", "at least 0"),
        ({"channel": "email", "queue_places": 0}, "contact_types.calls.queue_places", "no customer on the line"),
        ({"dialling": {"reached": 1.5}}, "contact_types.calls.dialling.reached", "at most 1"),
        ({"interruptible": True}, "contact_types.calls", "only deferred work"),
        ({"zones": {"green": 9, "yellow": 1}}, "contact_types.calls.zones.green", "must not exceed yellow"),
        ({"bot": {"session": "10s"}}, "contact_types.calls.bot.session", "does not say how it varies"),
        ({"balking": -0.1}, "contact_types.calls.balking", "at least 0"),
        ({"target": {"share": 0, "within": 5}}, "contact_types.calls.target.share", "more than 0"),
        ({"target": {"clock": "always"}}, "contact_types.calls.target", "name at least one of share"),
        ({"channel": "fax"}, "contact_types.calls.work", "a channel of your own needs its work"),
        ({"priority": {"level": "high"}}, "contact_types.calls.priority.level", "write a number"),
        ({"name": "a/b"}, "contact_types.a/b.name", "leave out /"),
    ],
)
def test_a_contact_type_that_makes_no_sense_is_refused(change: dict[str, Any], field: str, word: str) -> None:
    """A contradiction inside a type was taken, or is named by another field."""
    told = values()
    told["contact_types"][0] |= change
    with pytest.raises((InvalidScenario, InvalidValue), match=word) as refused:
        scenario_from(told)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "change, field, word",
    [
        (
            {"max_concurrent": 2, "concurrency_speed": [1, 0.9, 0.8]},
            "agent_groups.desk.concurrency_speed",
            "at most one number for each of 2 concurrent contacts",
        ),
        ({"concurrency_speed": [0]}, "agent_groups.desk.concurrency_speed.0", "at least 0.05"),
        ({"staffing": {"Monday": 3}}, "agent_groups.desk.staffing", "write windows such as"),
        ({"staffing": [1.5] * 96}, "agent_groups.desk.staffing.0", "write a whole number"),
        ({"shrinkage": {"absence": 1}}, "agent_groups.desk.shrinkage.absence", "at most 0.95"),
        ({"skills": {"calls": {"speed": 0}, "mails": {}}}, "agent_groups.desk.skills.calls.speed", "at least 0.05"),
        (
            {"chat_routing": "random"},
            "agent_groups.desk.chat_routing",
            "use 'least-loaded', 'most-loaded' or 'idle-last'",
        ),
    ],
)
def test_a_group_that_makes_no_sense_is_refused(change: dict[str, Any], field: str, word: str) -> None:
    """A contradiction inside a group was taken, or is named by another field."""
    told = values()
    told["agent_groups"][0] |= change
    with pytest.raises((InvalidScenario, InvalidValue), match=word) as refused:
        scenario_from(told)
    assert refused.value.field == field


def test_windows_of_staffing_add_up() -> None:
    """Overlapping windows hid each other, or 'always' was not understood."""
    told = values()
    told["agent_groups"][0]["staffing"] = {"always": 1, "Mon-Sun 08:00-18:00": 4, "Mon 12:00-13:00": 2}
    staffing = scenario_from(told).staffing[0].reshape(24, 4)
    assert staffing[[7, 8, 12, 17, 18], 0].tolist() == [1, 5, 7, 5, 1]


def test_a_known_channel_brings_its_kind_of_work() -> None:
    """A phone line turned into e-mail was still answered at once."""
    scenario = scenario_from(values())
    assert [contact_type.work for contact_type in scenario.contact_types] == ["live", "deferred"]
    assert scenario.replace_type("calls", channel="chat").contact_type("calls").work == "concurrent"
    assert scenario.replace_type("calls", channel="chat", work="live").contact_type("calls").work == "live"


def test_a_variant_is_checked_like_a_new_scenario() -> None:
    """Changing one field could make a centre that no file could describe."""
    scenario = scenario_from(values())
    with pytest.raises(InvalidScenario, match="no agent group can answer it"):
        scenario.replace_group("desk", skills=["calls"])
    with pytest.raises(InvalidValue, match="known are calls, mails"):
        scenario.replace_type("call", balking=0.1)


def test_equality_and_fingerprint_look_at_what_is_given() -> None:
    """Two equal centres differ once one of them was used, or a title changes the results' key."""
    one, other = scenario_from(values()), scenario_from(values(title="The same", origins={"name": "assumption"}))
    assert one.expected.sum() > 0  # kept from now on
    assert one == scenario_from(values())
    assert one != other
    assert hash(one) == hash(scenario_from(values()))
    assert one.fingerprint == other.fingerprint != one.replace(name="y").fingerprint


def test_problems_of_a_union_are_told_once() -> None:
    """One wrong number was reported three times, once for every form that it might have had."""
    told = values()
    told["agent_groups"][0]["staffing"] = -1
    with pytest.raises(ValidationError) as refused:
        Scenario.model_validate(told)
    assert [str(problem) for problem in problems(refused.value, told)] == [
        "agent_groups.desk.staffing: -1 cannot be used; it must be at least 0"
    ]


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(scenarios())
def test_any_scenario_is_a_value(scenario: Scenario) -> None:
    """A scenario that went through JSON, or was rebuilt from its fields, is another one."""
    again = scenario_from({name: getattr(scenario, name) for name in type(scenario).model_fields})
    assert again == scenario
    assert Scenario.model_validate_json(scenario.model_dump_json(by_alias=True)) == scenario
    assert scenario.expected.shape == (len(scenario.contact_types), scenario.horizon.intervals)
    assert scenario.staffing.shape == (len(scenario.agent_groups), scenario.horizon.intervals)
    assert all(scenario.routes(name) for name in scenario.type_names)
