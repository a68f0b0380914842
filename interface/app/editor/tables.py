"""The tables of a scenario that are edited in grids, made from it."""

from __future__ import annotations

from functools import partial

import numpy as np

from interface.app.editor import agents, contact_types, days, flows, periods
from interface.app.editor.columns import (
    AGENTS,
    AMOUNT,
    BOT_COLUMNS,
    FOLLOW_UP_COLUMNS,
    GROUP_COLUMNS,
    RANK,
    ROUTE_COLUMNS,
    TIME,
    TYPE_COLUMNS,
    chosen_of,
)
from interface.app.grids.table import GridTable
from scenarios.hours import ALWAYS
from scenarios.scenario import Scenario


def types_grid(scenario: Scenario) -> GridTable:
    """The contact types, with the contacts of all of them."""
    return GridTable(
        "contact types",
        contact_types.types_table(scenario),
        TYPE_COLUMNS,
        contact_types.edit_types,
        "contact type",
        totals={"Type": "Total", "Contacts per day": f"{scenario.usual_volumes.sum() / scenario.horizon.days:,.0f}"},
    )


def volume_grid(scenario: Scenario, day: int, *, every_day: bool) -> GridTable:
    """The contacts of each type in the intervals of a day; edits are of that day, or of every day."""
    table = days.volume_table(scenario, day)
    per_day = scenario.horizon.intervals_per_day
    sums = scenario.usual_volumes[:, day * per_day : (day + 1) * per_day].sum(axis=1)
    totals = {name: f"{total:,.0f}" for name, total in zip(scenario.type_names, sums, strict=True)}
    return GridTable(
        "contacts by interval",
        table,
        dict.fromkeys(scenario.type_names, AMOUNT),
        partial(days.edit_volume, day=day, every_day=every_day),
        "interval",
        "0",
        first_open(scenario),
        {"Time": "Total"} | totals,
    )


def week_grid(scenario: Scenario, name: str, week: int, *, of_agents: bool = False) -> GridTable:
    """The contacts of a type, or the agents of a group, by interval, the days of a week side by side."""
    table = periods.week_table(scenario, name, week, of_agents=of_agents)
    days_shown = [str(column) for column in table.columns[1:]]
    hours = scenario.horizon.interval / 3600
    sums = {day: sum(map(float, table[day])) for day in days_shown}
    totals = {day: f"{total * hours:,.1f} h" if of_agents else f"{total:,.0f}" for day, total in sums.items()}
    return GridTable(
        f"{'agents' if of_agents else 'contacts'} of a week",
        table,
        dict.fromkeys(days_shown, AGENTS if of_agents else AMOUNT),
        partial(periods.edit_week, name=name, of_agents=of_agents),
        "interval",
        "0",
        first_open(scenario),
        {"Time": "Hours" if of_agents else "Total"} | totals,
    )


def period_grid(scenario: Scenario, period: periods.Period) -> GridTable:
    """The contacts of each type by day, week or weekday."""
    totals = scenario.usual_volumes.sum(axis=1)
    summed = {name: f"{total:,.0f}" for name, total in zip(scenario.type_names, totals, strict=True)}
    return GridTable(
        f"contacts by {period.lower()}",
        periods.period_table(scenario, period),
        dict.fromkeys(scenario.type_names, AMOUNT),
        partial(periods.edit_period, period=period),
        period.lower(),
        "0",
        totals={period: "Total"} | summed,
    )


def handle_grid(scenario: Scenario, day: int, *, every_day: bool) -> GridTable:
    """The handle times of each type by interval of arrival of a day; edits are of that day, or of every day."""
    return GridTable(
        "handle times by interval",
        days.handle_table(scenario, day),
        dict.fromkeys(scenario.type_names, TIME),
        partial(days.edit_handle_times, day=day, every_day=every_day),
        "interval",
        first=first_open(scenario),
    )


def staffing_grid(scenario: Scenario, day: int, *, every_day: bool) -> GridTable:
    """The agents of each group in the intervals of a day; edits are of that day, or of every day."""
    per_day, hours = scenario.horizon.intervals_per_day, scenario.horizon.interval / 3600
    sums = scenario.staffing[:, day * per_day : (day + 1) * per_day].sum(axis=1) * hours
    totals = {name: f"{total:,.1f} h" for name, total in zip(scenario.group_names, sums, strict=True)}
    return GridTable(
        "agents by interval",
        days.staffing_table(scenario, day),
        dict.fromkeys((group.name for group in scenario.agent_groups if group.shifts is None), AGENTS),
        partial(days.edit_staffing, day=day, every_day=every_day),
        "interval",
        "0",
        first_open(scenario),
        {"Time": "Hours"} | totals,
    )


def first_open(scenario: Scenario) -> int:
    """The first interval of a day in which a contact type opens that is not open around the clock, or has contacts."""
    limited = [contact_type.open != ALWAYS for contact_type in scenario.contact_types]
    for expected in (scenario.usual_volumes[limited], scenario.usual_volumes):
        rows = np.flatnonzero(expected.any(axis=0).reshape(scenario.horizon.days, -1).any(axis=0))
        if len(rows):
            return int(rows[0])
    return 0


def bots_grid(scenario: Scenario) -> GridTable:
    """The bots before the queues."""
    return GridTable("bots", contact_types.bots_table(scenario), BOT_COLUMNS, contact_types.edit_bots, "contact type")


def groups_grid(scenario: Scenario) -> GridTable:
    """The agent groups."""
    return GridTable("agent groups", agents.groups_table(scenario), GROUP_COLUMNS, agents.edit_groups, "agent group")


def skills_grid(scenario: Scenario) -> GridTable:
    """The ranks of contact types in agent groups."""
    columns = dict.fromkeys(scenario.type_names, RANK)
    return GridTable("skills", agents.skills_table(scenario), columns, agents.edit_skills, "agent group")


def routes_grid(scenario: Scenario) -> GridTable:
    """The order in which groups are tried for each contact type."""
    return GridTable("routes", flows.routes_table(scenario), ROUTE_COLUMNS, flows.edit_routes)


def follow_ups_grid(scenario: Scenario) -> GridTable:
    """The rules by which a contact leads to another; rows may be added."""
    table = flows.follow_ups_table(scenario)
    table.insert(0, "Rule", [f"Rule {row + 1}" for row in range(len(table))])
    names = scenario.type_names
    columns = {
        "Type": chosen_of(names, "Empty removes the rule"),
        "After": chosen_of(flows.EVENTS),
        "Returns as": chosen_of(names),
        "Handled by": chosen_of(tuple(flows.KEEPERS), "Messages may wait for the agent who had the contact before"),
    } | FOLLOW_UP_COLUMNS
    return GridTable("follow-ups", table, columns, flows.edit_follow_ups, "rule", grows=True)
