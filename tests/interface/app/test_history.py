"""Undo, redo, what changed, and going back to a scenario as it was opened."""

from interface.app.history import change_between, packed, unpacked
from interface.app.session import Workspace
from scenarios.yaml import presets


def opened(name: str = "help-desk") -> Workspace:
    """A workspace with an example."""
    return Workspace(presets.load(name), presets.path(name).read_text("utf-8"))


def staffed(work: Workspace, agents: int) -> None:
    """Change the agents of the desk."""
    assert work.change("staffing", lambda scenario: scenario.replace_group("desk", staffing=agents))


def test_redo_follows_undo_and_ends_with_a_new_change() -> None:
    """Ten steps back and five forward lead to the fifth; a change then leaves nothing to redo."""
    work = opened()
    for agents in range(1, 11):
        staffed(work, agents)
    for _ in range(10):
        work.undo()
    assert work.scenario == presets.load("help-desk")
    for _ in range(5):
        work.redo()
    assert work.scenario.group("desk").staffing == 5
    assert len(work.future) == 5
    staffed(work, 50)
    assert not work.future
    work.redo()
    assert work.scenario.group("desk").staffing == 50


def test_a_change_says_what_it_changed() -> None:
    """A person who undoes must know what."""
    work = opened()
    staffed(work, 12)
    assert work.last_change == "desk: staffing"
    desk = work.scenario
    more = desk.replace_type("calls", backlog=0, handle_time={"mean": 100}).replace(title="Ours", currency="USD")
    assert change_between(desk, more) == "title, currency, calls: handle time"
    assert change_between(desk, more.replace_type("calls", patience={"mean": 100})).endswith("and 1 more")


def test_undo_across_an_opened_scenario_leads_back_into_the_earlier_work() -> None:
    """Comments of one file would be written into another scenario."""
    work = opened()
    first, text = work.project_key, work.text
    work.open(presets.load("one-pool"), presets.path("one-pool").read_text("utf-8"))
    assert work.project_key != first
    work.undo()
    assert (work.project_key, work.text) == (first, text)


def test_an_edited_example_is_changed_until_it_is_reset() -> None:
    """An example that was edited must not pass for the example."""
    work = opened()
    assert work.project.example == "help-desk"
    assert not work.changed
    staffed(work, 3)
    assert work.changed
    work.reset()
    assert not work.changed
    assert work.scenario == presets.load("help-desk")
    work.undo()
    assert work.scenario.group("desk").staffing == 3


def test_every_preset_survives_packing() -> None:
    """What is saved must be what was there, to the last field."""
    for name in presets.names():
        scenario = presets.load(name)
        assert unpacked(packed(scenario)) == scenario
