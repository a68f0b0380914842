"""Files of layout 1 are read as before, and saved in the present layout with their comments."""

import re

import pytest

from scenarios.yaml.files import check, loads, rewrite

EARLY = """\
schema: 1
name: desk
contact_types:
  - name: chats
    channel: chat
    volume: {per_hour: 20}
    handle_time: {mean: 5 min}
  - name: mails
    channel: email
    volume: {per_hour: 5}
    handle_time: {mean: 5 min}
agent_groups:
  - name: a
    skills: [chats, mails]
    slots: 3            # three at once
    pace: [1, 0.9, 0.8] # slower
    fill: idle-last
    keep_free: 1
    least: 2
    most: 9
    staffing: 4
"""


@pytest.mark.parametrize("text", [EARLY, EARLY.replace("schema: 1\n", "")], ids=["says so", "does not say"])
def test_the_keys_of_layout_1_are_read(text: str) -> None:
    """The group reads as it did before the keys were renamed."""
    group = loads(text).group("a")
    assert (group.max_concurrent, group.concurrency_speed, group.chat_routing) == (3, (1, 0.9, 0.8), "idle-last")
    assert (group.reserved, group.min_agents, group.max_agents) == (1, 2, 9)


def test_a_file_is_upgraded_when_it_is_saved_and_keeps_its_comments() -> None:
    """Also where a value changes at the same time as its key."""
    changed = loads(EARLY).replace_group("a", max_concurrent=4)
    saved = rewrite(EARLY, changed)
    assert "schema: 2" in saved
    assert re.search("max_concurrent: 4 +# three at once", saved)
    assert "concurrency_speed: [1, 0.9, 0.8] # slower" in saved
    assert not any(f"    {key}:" in saved for key in ("slots", "pace", "fill", "keep_free", "least", "most"))
    assert loads(saved) == changed


def test_problems_are_placed_in_the_early_file() -> None:
    """A problem names the present key and the line of the early one."""
    (problem,) = check(EARLY.replace("slots: 3 ", "slots: 0 "))
    assert (problem.where, problem.field) == ("15:5", "agent_groups.a.max_concurrent")


def test_an_early_key_in_a_file_of_layout_2_is_refused() -> None:
    """A file that says it is of layout 2 has one spelling only."""
    (problem, *_) = check(EARLY.replace("schema: 1", "schema: 2"))
    assert problem.field == "agent_groups.a.slots"


def test_a_setting_under_both_names_is_refused() -> None:
    """Which of the two was meant cannot be known."""
    (problem,) = check(EARLY.replace("    slots: 3 ", "    max_concurrent: 3\n    slots: 3 "))
    assert problem.field == "agent_groups.a.slots"
