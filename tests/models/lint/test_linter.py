"""Every mistake of the plan linter is found where it is made, with its size, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from models.lint.linter import MISTAKES, Advice, advise, advise_numbers
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario
from scenarios.yaml import presets

SHIFT = "Mon-Sun 08:00-18:00"
SPREAD = {"cv": 0.1}


def calls(name: str = "calls", per_hour: float = 120, **changes: Any) -> dict[str, Any]:
    """A sound phone type: patience, variation, open while people are there."""
    return {
        "name": name,
        "channel": "phone",
        "open": SHIFT,
        "volume": {"per_hour": per_hour, "variation": SPREAD},
        "handle_time": {"mean": 360},
        "patience": {"mean": 600},
        "target": {"share": 0.8, "within": 20},
        **changes,
    }


def mail(name: str = "mail", daily: float = 200, **changes: Any) -> dict[str, Any]:
    """A sound e-mail type that arrives while people are there."""
    return {
        "name": name,
        "channel": "email",
        "open": SHIFT,
        "volume": {"daily": daily, "variation": SPREAD},
        "handle_time": {"mean": 300},
        "target": {"share": 0.8, "within": 7200},
        **changes,
    }


def group(name: str = "desk", skills: Any = ("calls",), staffing: Any = 16, **changes: Any) -> dict[str, Any]:
    """A group that works one shift."""
    staffing = {SHIFT: staffing} if isinstance(staffing, int) else staffing
    return {"name": name, "skills": skills, "staffing": staffing, **changes}


def centre(*contact_types: dict[str, Any], groups: list[dict[str, Any]] | None = None, **more: Any) -> Scenario:
    """A centre of these types, by default the sound desk."""
    types = list(contact_types or [calls()])
    return Scenario(
        name="centre", horizon={"interval": 1800}, contact_types=types, agent_groups=groups or [group()], **more
    )


def only(scenario: Scenario, code: str) -> Advice:
    """The one advice of a code."""
    found = [one for one in advise(scenario) if one.code == code]
    assert len(found) == 1
    return found[0]


SOUND = {
    "desk": centre(),
    "desk and mail": centre(calls(), mail(), groups=[group(), group("writers", ["mail"], 3)]),
    "chat": centre(
        calls("chat", 100, channel="chat", handle_time={"mean": 600}, patience={"mean": 240}),
        groups=[group("web", ["chat"], 9, max_concurrent=3, concurrency_speed=[1, 0.87, 0.77])],
    ),
    "pool": centre(*(calls(name, 40) for name in "abc"), groups=[group("pool", list("abc"), 16)]),
    "silos": centre(*(calls(name, 40) for name in "abc"), groups=[group(f"desk-{n}", [n], 6) for n in "abc"]),
    "shrinkage": centre(groups=[group(staffing=17, shrinkage={"planned": 0.3, "absence": 0.05})]),
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_plans_get_no_advice(name: str) -> None:
    """A plan without any of the mistakes would be criticised."""
    assert advise(SOUND[name]) == []


MADE = {
    "unstable": (
        centre(calls(patience=None), groups=[group(staffing=11)]),
        "contact_types.calls",
        ["the queue grows by 10 an hour", "20 intervals"],
    ),
    "hours-not-heads": (
        centre(mail(open="always", volume={"per_hour": 10, "variation": SPREAD}), groups=[group(skills=["mail"])]),
        "contact_types.mail.target.share",
        ["at most 50 %", "the target is 80 %"],  # ten open hours and the two before them, of 24
    ),
    "begun-not-finished": (
        centre(
            mail(handle_time={"family": "deterministic", "value": 1800}, target={"share": 0.8, "within": 300}),
            groups=[group("writers", ["mail"], 20)],
        ),
        "contact_types.mail.target.within",
        ["30.0 min on average", "until work starts; none can be finished in time"],
    ),
    "counted-twice": (
        centre(calls("a", 70), calls("b", 70), groups=[group("both", ["a", "b"], 10)]),
        "agent_groups.both.staffing",
        ["each of a, b", "the 10 who can take any of them"],
    ),
    "summed-skills": (
        centre(*(calls(name, 40, patience=None) for name in "abc"), groups=[group("pool", list("abc"), 21)]),
        "agent_groups.pool.staffing",
        ["21 agents", "16 are enough", "5 fewer"],
    ),
    "shrinkage-multiplied": (
        centre(calls(patience=None), groups=[group(staffing=21, shrinkage={"planned": 0.3})]),
        "agent_groups.desk.staffing",
        ["16 x (1 + 0.3) = 21", "14.7 at work", "= 23"],
    ),
    "rounded-then-added": (
        centre(
            *(mail(name, 25, target=None) for name in "abc"),
            groups=[group("writers", list("abc"), 3)],
        ),
        "agent_groups.writers.staffing",
        ["0.2 + 0.2 + 0.2 = 0.6, so 1 agent;", "they are 3"],
    ),
    "half-hour-agents": (
        centre(groups=[group(staffing={SHIFT: 15, "Mon-Sun 10:00-10:30": 3, "Mon-Sun 14:00-14:30": 4})]),
        "agent_groups.desk.staffing",
        ["7 of 22 shifts", "shortest 30 min"],
    ),
    "erlang-c-deferred": (
        centre(mail(work="live", target={"share": 0.9, "within": 60}), groups=[group(skills=["mail"])]),
        "contact_types.mail.work",
        ["Handled like calls it needs", "worked off over the day"],
    ),
    "chat-as-phone": (
        centre(calls("chat", 100, channel="chat", work="live"), groups=[group(skills=["chat"], staffing=20)]),
        "contact_types.chat.work",
        ["One chat at a time", "three at once"],
    ),
    "erlang-c-impatient": (
        centre(calls(patience=None)),
        "contact_types.calls.patience",
        ["needs 16 agents with no abandonment, 15 with 10-min patience"],
    ),
    "intervals-alone": (
        centre(
            calls(handle_time={"mean": 3600}, volume={"per_hour": 12, "variation": SPREAD}),
            groups=[group(staffing=16)],
        ),
        "contact_types.calls.handle_time",
        ["Contacts take 60.0 min", "own arrivals are 12.0 erlangs"],
    ),
    "short-abandons": (
        centre(calls(balking=0.3), groups=[group(staffing=13)]),
        "contact_types.calls.target.definition",
        ["abandoned within the target time", "of all offered and"],
    ),
    "auto-reply-only": (
        centre(
            mail(bot={"session": {"mean": 10}}, target={"share": 0.9, "within": 3600, "response": "any"}),
            groups=[group(skills=["mail"], staffing=1)],
        ),
        "contact_types.mail.target.response",
        ["target of 90 % is met at 100 %", "agents answer only"],
    ),
    "bot-twice": (
        centre(
            calls(bot={"resolved": 0.25}),
            origins={"contact_types.calls.volume": "data: 1200 contacts of the log, by queue entry"},
        ),
        "contact_types.calls.volume",
        ["takes 25 % off once more, 300 contacts"],
    ),
    "too-few-threads": (
        centre(
            mail(
                handle_time={"mean": 90},
                follow_ups=[
                    {"after": "answered", "probability": 0.5, "as": "mail", "delay": {"mean": 600}, "keeps": "same"}
                ],
            ),
            groups=[group(skills=["mail"], staffing=1, max_threads=4)],
        ),
        "agent_groups.desk.max_threads",
        ["pauses of 10.0 min, an agent can give 19.6 answers an hour"],
    ),
    "redials-as-new": (
        centre(groups=[group(staffing=12)], origins={"contact_types.calls.volume": "data: a log"}),
        "contact_types.calls.volume",
        ["if half of them call again", "of 1,200 contacts are redials"],
    ),
    "censored-patience": (
        centre(calls(patience={"mean": 60})),
        "contact_types.calls.patience",
        ["60 s is short for phone"],
    ),
    "no-spread": (
        centre(calls(volume={"per_hour": 120})),
        "contact_types.calls.volume.variation",
        ["1,200 contacts a day", "1 day in 10 reaches 1,356"],
    ),
}


@pytest.mark.parametrize("code", MADE)
def test_each_mistake_is_found_with_its_size(code: str) -> None:
    """A plan with the mistake would pass, or hear of it at the wrong field or without its size."""
    scenario, field, words = MADE[code]
    found = only(scenario, code)
    assert found.field == field
    for word in words:
        assert word in found.size
    assert found.why == MISTAKES[code]
    assert found.fix


def test_some_letters_are_short_enough() -> None:
    """It would be said that nobody can be finished where 1 - exp(-300 / 600) = 39 % can."""
    letters = mail(handle_time={"mean": 600}, target={"share": 0.8, "within": 300})
    size = only(centre(letters, groups=[group("writers", ["mail"], 20)]), "begun-not-finished").size
    assert "39 % would be finished in time" in size


def test_slots_at_full_speed_are_handle_time_divided() -> None:
    """Three chats at once at full speed each would pass for a measured speed."""
    web = group("web", ["chat"], 9, max_concurrent=3)
    found = only(
        centre(calls("chat", 100, channel="chat", handle_time={"mean": 600}, patience={"mean": 240}), groups=[web]),
        "chat-as-phone",
    )
    assert found.field == "agent_groups.web.concurrency_speed"
    assert "1, 0.87, 0.77" in found.fix


def test_bot_met_twice() -> None:
    """A customer failed by the bot who meets it again would be contained twice."""
    again = {"after": "falsely-contained", "probability": 1, "as": "calls"}
    twice = centre(calls(bot={"falsely_contained": 0.2}, follow_ups=[again]))
    assert only(twice, "bot-twice").field == "contact_types.calls.follow_ups"
    once = centre(calls(bot={"falsely_contained": 0.2}, follow_ups=[again | {"skip_bot": True}]))
    assert "bot-twice" not in [one.code for one in advise(once)]


def test_recorded_redials_are_not_added_again() -> None:
    """Offered contacts of a log with a redial rule on top would count redials twice."""
    rule = {"after": "abandoned", "probability": 0.7, "as": "calls"}
    recorded = centre(
        calls(follow_ups=[rule]), groups=[group(staffing=12)], origins={"contact_types.calls.volume": "data: a log"}
    )
    assert "the follow-ups add again" in only(recorded, "redials-as-new").size


def test_overload_hidden_by_leavers() -> None:
    """A queue kept short only by those who give up would pass as stable."""
    assert "Understaffed: " in only(centre(groups=[group(staffing=8)]), "unstable").size


def test_overloaded_mail() -> None:
    """Mail that piles up would pass because nobody hangs up."""
    heap = centre(mail(daily=400), groups=[group(skills=["mail"], staffing=1)])
    assert "the queue grows by" in only(heap, "unstable").size


def test_too_few_replications_only_for_small_differences() -> None:
    """A difference within the noise would pass, or a large one be doubted."""
    assert [one.code for one in advise(centre(), replications=5, difference=0.005)] == ["too-few-replications"]
    assert advise(centre(), replications=2000, difference=0.05) == []
    with pytest.raises(InvalidValue, match="replications"):
        advise(centre(), replications=0, difference=0.1)


def test_every_mistake_of_the_list_can_be_found() -> None:
    """A mistake would have a reason but no way to be found."""
    by_numbers = {"mean-of-intervals", "too-few-replications"}
    assert set(MADE) | by_numbers == set(MISTAKES)


@pytest.mark.parametrize("name", presets.names())
def test_presets_are_read_without_harm(name: str) -> None:
    """Advice for a preset would fail, or name a field that the scenario does not have."""
    scenario = presets.load(name)
    parts = (*scenario.type_names, *scenario.group_names)
    for one in advise(scenario, replications=10, difference=0.01):
        assert one.field.split(".")[1] in parts


NUMBERS = [
    ("shrinkage", {"required": 16, "shrinkage": 0.3, "scheduled": 21}, {"scheduled": 23}),
    ("service_levels", {"service_levels": [0.9, 0.5], "volumes": [10, 90]}, {"volumes": [50, 50]}),
    ("service_levels", {"service_levels": [0.9, 0.5], "volumes": [10, 90], "claimed": 0.7}, {"claimed": 0.54}),
    ("rounding", {"needs": [2.2, 3.1, 1.3], "agents": 9}, {"agents": 7}),
    ("silos", {"per_hour": [40] * 3, "handle_time": 360, "share": 0.8, "within": 20, "agents": 21}, {"agents": 16}),
    ("patience", {"time_to_abandon": 90, "abandonment": 0.05, "mean_wait": 40}, {"time_to_abandon": 800}),
    ("bots", {"volume": 1000, "self_served": 0.15, "contained": 0.4, "reaching_agents": 450}, {"reaching_agents": 510}),
    ("replications", {"spread": 0.05, "replications": 10, "difference": 0.02}, {"replications": 100}),
    ("load", {"per_hour": 120, "handle_time": 360, "agents": 11}, {"agents": 13}),
]


@pytest.mark.parametrize("about, wrong, right", NUMBERS)
def test_pasted_numbers(about: str, wrong: dict[str, Any], right: dict[str, Any]) -> None:
    """A wrong figure would pass, or the right one be criticised."""
    assert len(advise_numbers(about, wrong)) == 1
    assert advise_numbers(about, wrong | right) == []


def test_pasted_numbers_that_cannot_be_used() -> None:
    """Missing, unknown or impossible numbers would give advice or a traceback."""
    with pytest.raises(InvalidValue, match="about"):
        advise_numbers("weather", {})
    with pytest.raises(InvalidValue, match="give per_hour, handle_time, agents"):
        advise_numbers("load", {"per_hour": 120})
    with pytest.raises(InvalidValue, match="shrinkage"):
        advise_numbers("shrinkage", {"required": 16, "shrinkage": 1.0, "scheduled": 21})
