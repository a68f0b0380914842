"""The reference of the scenario file: complete, with the true defaults, and its examples hold."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from scenarios import agents, contact_types, demand, horizon, routing
from scenarios.distributions import FAMILIES, Distribution
from scenarios.events.event import Event
from scenarios.hours import ALWAYS
from scenarios.scenario import Scenario
from scenarios.shifts import staffing
from scenarios.units import written
from scenarios.yaml import files
from scenarios.yaml.parse import read

PARTS: tuple[type[BaseModel], ...] = (
    Scenario,
    horizon.Horizon,
    contact_types.ContactType,
    demand.Volume,
    demand.Variation,
    demand.HandleProfile,
    contact_types.Target,
    contact_types.Zones,
    contact_types.Priority,
    contact_types.Bot,
    contact_types.Drift,
    contact_types.FollowUp,
    contact_types.Callback,
    contact_types.Dialling,
    contact_types.ContactValue,
    agents.AgentGroup,
    agents.Skill,
    agents.Shrinkage,
    staffing.ShiftStaffing,
    staffing.Shift,
    staffing.BreakRule,
    staffing.LaterPart,
    staffing.NamedPerson,
    staffing.LateStarts,
    routing.Routing,
    routing.Route,
    Event,
)


@pytest.fixture(scope="module")
def reference(project: Path) -> str:
    """The text of the reference."""
    return (project / "docs/reference/scenario.md").read_text(encoding="utf-8")


def table(reference: str, heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    section = re.split(r"^## ", reference, flags=re.MULTILINE)
    [text] = [part for part in section if part.startswith(f"{heading}\n")]
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row] for row in rows]


def shown(name: str, unit: str, default: Any) -> str:
    """How the reference writes a default."""
    if name == "work":
        return "by channel"
    if unit == "time" and isinstance(default, float):
        return written(default)
    if default == ALWAYS:
        return "always"
    if isinstance(default, BaseModel) and unit == "distribution":
        return "0"
    if isinstance(default, BaseModel) or default == {}:
        return "{}"
    if isinstance(default, tuple):
        return str([int(x) for x in default])
    if isinstance(default, bool):
        return str(default).lower()
    return {None: "none", "": '""'}.get(default, f"{default:g}" if isinstance(default, float) else str(default))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_field_is_there_with_its_default(reference: str, part: type[BaseModel]) -> None:
    """A field is missing from the reference, is gone from the product, or has another default."""
    rows = {row[0].strip("`"): row for row in table(reference, part.__name__)}
    fields = {info.alias or name: info for name, info in part.model_fields.items()}
    assert set(rows) == set(fields)
    for name, info in fields.items():
        expected = (
            "required"
            if info.is_required()
            else shown(name, rows[name][1], info.get_default(call_default_factory=True))
        )
        assert rows[name][2] == expected, name


def test_the_examples_are_valid(reference: str) -> None:
    """The reference shows a scenario or a distribution that the product refuses."""
    [example] = re.findall(r"```yaml\n(.*?)```", reference, re.DOTALL)
    assert files.check(example) == []
    rows = table(reference, "Distributions")
    assert [row[0].strip("`") for row in rows] == list(FAMILIES)
    for family, fields, text in rows:
        found = TypeAdapter[Any](Distribution).validate_python(read(text.strip("`")).values)
        assert found.family == family.strip("`")
        named = {info.alias or name for name, info in type(found).model_fields.items()} - {"family"}
        assert set(re.findall(r"`(\w+)`", fields)) == named
