"""Follow-ups and routes as grids: what is typed is what comes of it, once, and unseen parts stay."""

import pytest

from interface.app.editor import flows
from interface.app.editor.flows import edit_follow_ups, edit_routes
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.scenario import Scenario
from scenarios.yaml import presets

REDIAL = {
    "Type": "phone",
    "After": "blocked",
    "Probability (%)": 40,
    "Returns as": "phone",
    "Delay": "5 min",
    "Max attempts": 4,
}


def retailer() -> Scenario:
    """A centre with follow-ups of many kinds and routes that overflow."""
    return presets.load("retail-weekday")


@pytest.mark.parametrize("name", presets.names())
def test_typing_what_is_shown_changes_nothing(name: str) -> None:
    """A grid that rounds or reads wrongly would change a centre by being looked at."""
    scenario = presets.load(name)
    columns = ("Returns as", "Delay", "Overdue at", "Handle time ×", "Max attempts", "Skips the bot", "Handled by")
    columns += ("Waits for same agent", "Handle time × if retold")
    rules = flows.follow_ups_table(scenario)[list(columns)].to_dict("records")
    assert edit_follow_ups(scenario, dict(enumerate(rules))) == scenario
    routes = flows.routes_table(scenario)
    places = routes[["Order", "Overflow after"]].to_dict("records")
    assert edit_routes(scenario, dict(enumerate(places))) == scenario


def test_a_row_below_the_last_is_a_new_rule() -> None:
    """A rule that is written below the others must come to its type, and leave the others as they were."""
    shown = retailer()
    new_row = len(flows.follow_ups_table(shown))
    once = edit_follow_ups(shown, {new_row: REDIAL})
    *before, new = once.contact_type("phone").follow_ups
    assert tuple(before) == shown.contact_type("phone").follow_ups
    assert (new.after, new.probability, new.as_type, new.delay.mean, new.max_tries) == ("blocked", 0.4, "phone", 300, 4)


def test_rows_are_changed_moved_and_deleted_by_their_number() -> None:
    """A deleted row must not shift the edits of those below it."""
    shown = retailer()
    edited = edit_follow_ups(shown, {0: {"Type": None}, 1: {"Type": "chat"}, 3: {"Probability (%)": 50}})
    first, second, third = shown.contact_type("phone").follow_ups
    assert first.after == "abandoned"
    assert edited.contact_type("phone").follow_ups == (third,)
    assert second in edited.contact_type("chat").follow_ups
    assert edited.contact_type("email").follow_ups[0].probability == 0.5


def test_overdue_gets_a_time_and_loses_it() -> None:
    """An overdue rule cannot be without its time, any other not with one."""
    shown = retailer()
    table = flows.follow_ups_table(shown)
    row = next(at for at, name in enumerate(table["After"]) if name == "overdue")
    answered = edit_follow_ups(shown, {row: {"After": "abandoned"}})
    assert [rule.overdue for rule in answered.contact_type("email").follow_ups] == [None, None]
    late = edit_follow_ups(shown, {len(table): REDIAL | {"Type": "social", "After": "overdue"}})
    assert late.contact_type("social").follow_ups[0].overdue == 4 * 3600
    with pytest.raises(InvalidValue, match=r"^phone, .*give it with 'after: overdue'"):
        edit_follow_ups(shown, {0: {"Overdue at": "2 h"}})


@pytest.mark.parametrize(
    "cells, words",
    [
        ({"Probability (%)": 90}, "probabilities after 'blocked' add up to over 1"),
        ({"Delay": "soon"}, "phone, follow-up, Delay: .*write a time"),
        ({"Probability (%)": None}, "phone, follow-up, Probability .%.: .*write a number"),
        ({"Returns as": None}, "phone, follow-up, Returns as: .*fill in Type, After, Probability"),
        ({"Type": ""}, "New row, follow-up, Type: .*fill in Type, After, Probability"),
    ],
)
def test_bad_rule_names_place_and_remedy(cells: dict[str, object], words: str) -> None:
    """A refusal that does not say which rule and what to do leaves a person guessing."""
    shown = retailer()
    with pytest.raises((InvalidValue, InvalidScenario), match=words):
        edit_follow_ups(shown, {100: REDIAL, 101: REDIAL | cells})


def rows_of(scenario: Scenario, contact_type: str) -> dict[str, int]:
    """The number of each group's row in the grid of routes."""
    table = flows.routes_table(scenario)
    return {
        group: at
        for at, (name, group) in enumerate(zip(table["Type"], table["Group"], strict=True))
        if name == contact_type
    }


def test_places_are_taken_as_written() -> None:
    """Whoever is written first is asked first, and the others keep their order."""
    scenario = retailer()
    row = rows_of(scenario, "email")
    assert [route.group for route in scenario.routes("email")] == ["writers", "phone-desk", "flexible"]
    edits = {row["flexible"]: {"Order": 1}}
    once = edit_routes(scenario, edits)
    assert [route.group for route in once.routes("email")] == ["flexible", "writers", "phone-desk"]
    assert edit_routes(once, edits) == once
    both = {row["writers"]: {"Order": 3}, row["flexible"]: {"Order": 2}}
    assert [route.group for route in edit_routes(scenario, both).routes("email")] == [
        "phone-desk",
        "flexible",
        "writers",
    ]


def test_overflow_is_delayed_and_taken_away() -> None:
    """A wait before a further group may help, and no help at all, are both choices."""
    scenario = retailer()
    row = rows_of(scenario, "chat")
    later = edit_routes(scenario, {row["flexible"]: {"Overflow after": "1 min"}})
    assert [(route.group, route.after) for route in later.routes("chat")] == [("chat-desk", 0), ("flexible", 60)]
    alone = edit_routes(scenario, {row["flexible"]: {"Order": None}})
    assert [route.group for route in alone.routes("chat")] == ["chat-desk"]
    assert flows.routes_table(alone)["Order"].tolist().count("") == 1
    with pytest.raises((InvalidScenario, InvalidValue), match="chat"):
        edit_routes(alone, {row["chat-desk"]: {"Order": None}})


def test_unset_routing_shows_the_derived_order() -> None:
    """A type without routes goes to all who can take it, in the order of the groups; the grid must say so."""
    table = flows.routes_table(presets.load("three-silos"))
    assert table.to_dict("list") == {
        "Type": ["orders", "billing", "technical"],
        "Group": ["orders-desk", "billing-desk", "technical-desk"],
        "Order": ["1", "1", "1"],
        "Overflow after": ["", "", ""],
    }


def test_bad_time_of_a_route_names_the_row() -> None:
    """A refusal must say which route it is about."""
    with pytest.raises(InvalidValue, match=r"^phone, phone-desk, Overflow after: 'soon' .*write a time"):
        edit_routes(retailer(), {0: {"Overflow after": "soon"}})
