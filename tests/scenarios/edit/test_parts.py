"""Parts put in, renamed, copied and taken out: nothing may dangle, and the way back leads back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.agents import Skill
from scenarios.edit import agent_groups as group_parts
from scenarios.edit import contact_types as type_parts
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.scenario import Scenario
from scenarios.yaml import files, presets
from tests.strategies import scenarios

NEW = "another one"
CHAT = {"name": NEW, "channel": "chat", "volume": {"daily": 50}, "handle_time": {"mean": "5 min"}}


def with_origins(scenario: Scenario) -> Scenario:
    """The scenario with an origin for every part."""
    of_types = {f"contact_types.{name}.volume": "data" for name in scenario.type_names}
    of_routes = {f"routing.types.{name}": "data" for name in scenario.routing.types}
    of_groups = {f"agent_groups.{name}": "assumption" for name in scenario.group_names}
    of_skills = {
        f"agent_groups.{group.name}.skills.{name}.speed": "data"
        for group in scenario.agent_groups
        for name in group.skills
    }
    return scenario.replace(origins={"horizon": "document"} | of_types | of_routes | of_groups | of_skills)


whole = scenarios().map(with_origins)


@given(whole, st.data())
@settings(max_examples=15, deadline=None)
def test_renaming_back_is_the_identity(scenario: Scenario, data: st.DataObject) -> None:
    """A name that is forgotten somewhere, or a thing that is lost on the way, would not come back."""
    name, group = data.draw(st.sampled_from(scenario.type_names)), data.draw(st.sampled_from(scenario.group_names))
    there = group_parts.rename_group(type_parts.rename_type(scenario, name, "a new type"), group, "a new group")
    text = files.dump(there)
    assert not any(f"{old}." in path or path.endswith(f".{old}") for old in (name, group) for path in there.origins)
    assert files.loads(text) == there
    back = type_parts.rename_type(group_parts.rename_group(there, "a new group", group), "a new type", name)
    assert back == scenario
    assert list(back.origins) == list(scenario.origins)


@given(whole, st.data())
@settings(max_examples=15, deadline=None)
def test_adding_and_removing_a_type_is_the_identity(scenario: Scenario, data: st.DataObject) -> None:
    """What a type leaves behind when it goes would change results that it has nothing to do with."""
    chosen = data.draw(st.lists(st.sampled_from(scenario.group_names), min_size=1, unique=True))
    more = type_parts.add_type(scenario, CHAT, {name: Skill(rank=2) for name in chosen})
    assert {route.group for route in more.routes(NEW)} == set(chosen)
    assert type_parts.remove_type(more, NEW) == scenario


@given(whole, st.data())
@settings(max_examples=15, deadline=None)
def test_copies_and_new_groups_are_removed_without_a_trace(scenario: Scenario, data: st.DataObject) -> None:
    """The same for copies and for groups."""
    name, group = data.draw(st.sampled_from(scenario.type_names)), data.draw(st.sampled_from(scenario.group_names))
    assert type_parts.remove_type(type_parts.copy_type(scenario, name, NEW), NEW) == scenario
    assert group_parts.remove_group(group_parts.copy_group(scenario, group, NEW), NEW) == scenario
    skills = data.draw(st.lists(st.sampled_from(scenario.type_names), min_size=1, unique=True))
    added = group_parts.add_group(scenario, {"name": NEW, "skills": skills, "staffing": 2})
    assert all(NEW in {route.group for route in added.routes(skill)} for skill in skills)
    assert group_parts.remove_group(added, NEW) == scenario


@given(whole, st.data())
@settings(max_examples=15, deadline=None)
def test_what_is_removed_is_named_nowhere(scenario: Scenario, data: st.DataObject) -> None:
    """A name that nothing has any more would refuse the file when it is opened again."""
    name = data.draw(st.sampled_from(scenario.type_names))
    if len(scenario.type_names) == 1:
        with pytest.raises(InvalidScenario, match=f"^{name}: it is the only contact type"):
            type_parts.remove_type(scenario, name)
        return
    gone = type_parts.goes_with_type(scenario, name)
    rest = type_parts.remove_type(scenario, name)
    assert set(scenario.group_names) - set(rest.group_names) == set(gone.groups)
    assert not any(path.startswith(f"contact_types.{name}.") for path in rest.origins)
    assert files.loads(files.dump(rest)) == rest
    before = sum(len(contact_type.rules) for contact_type in scenario.contact_types if contact_type.name != name)
    assert before - sum(len(contact_type.rules) for contact_type in rest.contact_types) == sum(gone.follow_ups.values())


@pytest.mark.parametrize("name", presets.names())
def test_presets_are_restructured_and_keep_their_comments(name: str) -> None:
    """A download that forgets the comments of what was not touched loses why the numbers are what they are."""
    scenario, text = presets.load(name), presets.path(name).read_text("utf-8")
    first = scenario.type_names[0]
    renamed = type_parts.rename_type(scenario, first, "renamed")
    rewritten = files.rewrite(text, renamed)
    assert files.loads(rewritten) == renamed
    assert rewritten.count("#") == text.count("#")
    added = type_parts.add_type(scenario, CHAT, {scenario.group_names[0]: Skill()})
    rewritten = files.rewrite(text, added)
    assert files.loads(rewritten) == added
    assert rewritten.count("#") >= text.count("#") - 1  # the one beside a list of skills that is written anew


def test_longest_name_owns_an_origin() -> None:
    """With names that hold dots, renaming one type must leave the origins of another alone."""
    desk = presets.load("help-desk")
    scenario = type_parts.copy_type(desk, "calls", "calls.vip").replace(
        origins={"contact_types.calls.vip.volume": "data", "contact_types.calls.volume": "assumption"}
    )
    assert type_parts.rename_type(scenario, "calls", "phone").origins == {
        "contact_types.calls.vip.volume": "data",
        "contact_types.phone.volume": "assumption",
    }


def test_refusals_name_the_part_and_the_remedy() -> None:
    """Whoever is refused must learn what to do instead."""
    silos = presets.load("three-silos")
    with pytest.raises(InvalidScenario, match=r"^orders-desk: no other group can take orders; give another group"):
        group_parts.remove_group(silos, "orders-desk")
    with pytest.raises(InvalidScenario, match=r"^billing: another contact type already has this name"):
        type_parts.rename_type(silos, "orders", "billing")
    with pytest.raises(InvalidScenario, match=r"^billing-desk: another agent group already has this name"):
        group_parts.copy_group(silos, "orders-desk", "billing-desk")
    with pytest.raises(InvalidValue, match="name: 'a/b' cannot be used; begin with no space"):
        type_parts.rename_type(silos, "orders", "a/b")
    with pytest.raises(InvalidScenario, match=f"{NEW}: no agent group can answer it; give a group this skill"):
        type_parts.add_type(silos, CHAT, {})
    with pytest.raises(InvalidValue, match="agent group: 'nobody' cannot be used; known are"):
        type_parts.add_type(silos, CHAT, {"nobody": Skill()})


def test_group_without_other_work_goes_with_its_type() -> None:
    """An agent group cannot be without skills; that it goes must be told beforehand."""
    silos = presets.load("three-silos")
    assert type_parts.goes_with_type(silos, "orders").groups == ("orders-desk",)
    assert "orders-desk" not in type_parts.remove_type(silos, "orders").group_names


def test_copy_redials_as_itself() -> None:
    """Customers of a copied type who redial are still that type's customers."""
    scenario = presets.load("retail-weekday")
    copy = type_parts.copy_type(scenario, "phone", "vip")
    assert {rule.as_type for rule in copy.contact_type("vip").follow_ups} == {"vip"}
    assert {rule.as_type for rule in copy.contact_type("phone").follow_ups} == {"phone"}


def test_rules_that_stay_keep_their_comments() -> None:
    """A rule that is changed, added or taken away must not cost the words beside the others."""
    scenario, text = presets.load("retail-weekday"), presets.path("retail-weekday").read_text("utf-8")
    first, second, third = scenario.contact_type("phone").follow_ups
    for rules in ([first, third], [first, second, third, third.model_copy(update={"probability": 0.0})], [third]):
        changed = scenario.replace_type("phone", follow_ups=rules)
        rewritten = files.rewrite(text, changed)
        assert files.loads(rewritten) == changed
        assert ("# redial" in rewritten) == (first in rules)
        assert ("# 20 % unsolved" in rewritten) == (second in rules)
        assert "# repeats itself" in rewritten


def test_a_copied_group_has_people_of_its_own() -> None:
    """A person may be in one group only, so those of the copy get a number."""
    staffing = {"shifts": [{"name": "early", "start": "08:00", "length": "8 h"}]}
    staffing |= {"people": [{"name": name, "shifts": {"early": "Mon-Fri"}} for name in ("Ana", "Ana 2")]}
    desk = presets.load("help-desk").replace_group("desk", staffing=staffing)
    copied = group_parts.copy_group(desk, "desk", "night desk").group("night desk")
    assert copied.shifts is not None
    assert [person.name for person in copied.shifts.people] == ["Ana 3", "Ana 2 2"]
