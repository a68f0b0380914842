"""Files of other people that ended in a traceback, a hang or a mix-up: each is refused, with line, field and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.yaml import files

FOLDER = Path(__file__).parent / "refused"


@pytest.mark.parametrize(
    "name, where, field, remedy",
    [
        ("channel_list", "20:5", "contact_types.calls.channel", "write text"),
        ("int_401_digits", "22:25", "contact_types.0.handle_time.mean", "write an ordinary number"),
        ("skills_natural_mistake", "6:5", "agent_groups.desk.skills", "write a mapping, as in {calls: {rank: 2}}"),
        ("handle_115_days_staff_hangs", "28:5", "contact_types.email.handle_time", "the mean can be at most 168 h"),
        ("handle_1e9_advice_hangs", "20:5", "contact_types.chat.handle_time", "the mean can be at most 24 h"),
        ("seed1000219", "1:977", "contact_types.social.volume.shape.23", "it must be at most 1,000,000"),
        ("seed1000299", "1:1612", "contact_types.type 1.volume.per_interval.31", "it must be at most 1,000,000"),
        ("engines_differ_1001160", "8:5", "contact_types.type 0.handle_time", "the mean can be at most 24 h"),
        ("engines_differ_1001665", "14:5", "contact_types.type 2.wrap_up", "the mean can be at most 24 h"),
        (
            "terminal_escape",
            "4:6",
            "contact_types.c\x1b[8mhidden\rFAKE.name",
            "leave out / and \\, line breaks and control",
        ),
        ("type_named_all", "3:6", "contact_types.all.name", "choose another, such as 'all (own)'"),
    ],
)
def test_the_file_is_refused(name: str, where: str, field: str, remedy: str) -> None:
    """A mistake that somebody made ends in a traceback, or is not found where it is."""
    problem = files.check_file(FOLDER / f"{name}.yaml")[0]
    assert (problem.where, problem.field) == (where, field)
    assert remedy in problem.remedy
