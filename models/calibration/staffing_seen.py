"""Agents on duty by roster or log-ins, in place of the staffing of a scenario."""

from __future__ import annotations

import numpy as np

from scenarios.errors import InvalidValue
from scenarios.interval_report.log_ins import LogIns
from scenarios.scenario import Scenario, scenario_from


def with_log_ins(scenario: Scenario, duty: LogIns, name: str = "log-ins") -> tuple[Scenario, list[str]]:
    r"""The scenario with the agents that were on duty, rounded by interval, and what a person must know.

    A scenario with one agent group gets all of them; with several, groups of the table are matched by name, as the
    group is called or the one contact type that it handles.

    Parameters
    ----------
    scenario
        Whose staffing is replaced.
    duty
        Times on duty.
    name
        The file, for the origins of the numbers.

    Raises
    ------
    InvalidValue
        If a group of the table is none of the scenario, or nobody was on duty on its days.

    Examples
    --------
    >>> from scenarios.interval_report.log_ins import read_log_ins
    >>> from scenarios.yaml.presets import load
    >>> day = load("help-desk")
    >>> duty = read_log_ins(f"Agent,Date,Start,End\nA,{day.horizon.start},08:00,10:00\n".encode(), "roster.csv")
    >>> int(with_log_ins(day, duty)[0].staffing[0].max())
    1
    """
    notes = [f"{name}: {note}" for note in duty.notes]
    groups = {group.name: _names(group.name, tuple(group.skills)) for group in scenario.agent_groups}
    matched: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    if len(groups) == 1:
        matched[next(iter(groups))] = duty.agents(scenario.horizon)
    else:
        for own in sorted(set(duty.groups)):
            target = next((group for group, names in groups.items() if own.casefold() in names), None)
            if target is None:
                raise InvalidValue("group of the log-ins", own, f"the scenario has {', '.join(groups)}; call it so")
            matched[target] = matched.get(target, 0.0) + duty.agents(scenario.horizon, own)
    if not any(agents.any() for agents in matched.values()):
        days = f"{scenario.horizon.start}, {scenario.horizon.days} days"
        raise InvalidValue("log-ins", name, f"nobody was on duty in the days of the scenario ({days})")
    changed = []
    origins = dict(scenario.origins)
    for group in scenario.agent_groups:
        fields = {field: getattr(group, field) for field in type(group).model_fields}
        if group.name in matched:
            fields["staffing"] = [int(count) for count in np.rint(matched[group.name])]
            origins[f"agent_groups.{group.name}.staffing"] = f"data: agents on duty by {name}, mean of each interval"
        else:
            notes.append(f"{group.name}: not among the log-ins; its staffing is as before")
        changed.append(fields)
    parts = {field: getattr(scenario, field) for field in type(scenario).model_fields}
    return scenario_from(parts | {"agent_groups": changed, "origins": origins}), notes


def _names(group: str, skills: tuple[str, ...]) -> set[str]:
    return {group.casefold(), *(skill.casefold() for skill in skills if len(skills) == 1)}
