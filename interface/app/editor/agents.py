"""Agent groups and their skills as editable grids, and the scenario with their edits."""

from __future__ import annotations

from typing import Any

import pandas as pd

from interface.app.editor.cells import Edits, amount, brief_number, cell, share, whole
from scenarios.agents import AgentGroup
from scenarios.scenario import Scenario


def groups_table(scenario: Scenario) -> pd.DataFrame:
    """One row for each agent group."""
    return pd.DataFrame([_group_row(group) for group in scenario.agent_groups])


def _group_row(group: AgentGroup) -> dict[str, object]:
    return {
        "Group": group.name,
        "Cost per hour": brief_number(group.cost_per_hour),
        "Concurrent chats": str(group.max_concurrent),
        "Reserved for live contacts": str(group.reserved),
        "Planned shrinkage (%)": brief_number(100 * group.shrinkage.planned),
        "No-show / unplanned absence (%)": brief_number(100 * group.shrinkage.absence),
    }


def edit_groups(scenario: Scenario, edits: Edits) -> Scenario:
    """The scenario with cells of the grid of agent groups changed."""
    for row, cells in edits.items():
        name = scenario.group_names[row]
        for column, value in cells.items():
            with cell(name, column):
                scenario = scenario.replace_group(name, **_group_change(scenario.group(name), column, value))
    return scenario


def _group_change(group: AgentGroup, column: str, value: Any) -> dict[str, Any]:
    match column:
        case "Cost per hour":
            return {"cost_per_hour": amount(column, value)}
        case "Concurrent chats":
            max_concurrent = whole(column, value, least=1)
            return {"max_concurrent": max_concurrent, "concurrency_speed": group.concurrency_speed[:max_concurrent]}
        case "Reserved for live contacts":
            return {"reserved": whole(column, value)}
    shares = {"planned": group.shrinkage.planned, "absence": group.shrinkage.absence}
    shares["planned" if column == "Planned shrinkage (%)" else "absence"] = share(column, value)
    return {"shrinkage": shares}


def skills_table(scenario: Scenario) -> pd.DataFrame:
    """Ranks of contact types (columns) in agent groups (rows); empty where the skill is missing."""
    ranks = {
        name: [str(group.skills[name].rank) if name in group.skills else "" for group in scenario.agent_groups]
        for name in scenario.type_names
    }
    return pd.DataFrame({"Group": scenario.group_names} | ranks)


def edit_skills(scenario: Scenario, edits: Edits) -> Scenario:
    """The scenario with skills given, ranked or taken away; routes of a lost skill go with it."""
    for row, cells in edits.items():
        group = scenario.agent_groups[row]
        skills: dict[str, Any] = dict(group.skills)
        for name, rank in cells.items():
            if rank in (None, ""):
                skills.pop(name, None)
                continue
            with cell(group.name, name):
                speed = group.skills[name].speed if name in group.skills else 1.0
                skills[name] = {"rank": whole("rank", rank, least=1), "speed": speed}
        with cell(group.name, ", ".join(cells)):
            scenario = _with_skills(scenario, group, skills)
    return scenario


def _with_skills(scenario: Scenario, group: AgentGroup, skills: dict[str, Any]) -> Scenario:
    lost, gained = set(group.skills) - set(skills), set(skills) - set(group.skills)
    routes = {}
    for name, given in scenario.routing.types.items():
        kept = [route for route in given if not (route.group == group.name and name in lost)]
        routes[name] = [*kept, {"group": group.name}] if name in gained else kept
    changed = {field: getattr(group, field) for field in AgentGroup.model_fields} | {"skills": skills}
    groups = [changed if existing is group else existing for existing in scenario.agent_groups]
    routing = scenario.routing.model_dump() | {"types": {name: given for name, given in routes.items() if given}}
    return scenario.replace(agent_groups=groups, routing=routing)
