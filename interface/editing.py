"""A scenario as grids that people edit, and their edits as a new scenario: pure functions, one pair for each grid.

Edits come as Streamlit's editor gives them: row number to column to new value; None is an emptied cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from scenarios.agents import AgentGroup
from scenarios.contact_types import Bot, ContactType
from scenarios.demand import Volume
from scenarios.distributions import ZERO, Distribution, Exponential
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.horizon import Horizon
from scenarios.hours import ALWAYS
from scenarios.scenario import Scenario
from scenarios.units import clock, seconds, written

Edits = Mapping[int, Mapping[str, Any]]

TYPES = {
    "Type": "type",
    "Channel": "channel",
    "Contacts a day": "volume",
    "Handle time": "handle",
    "Spread": "cv",
    "Wrap-up": "wrap_up",
    "Patience": "patience",
    "Target": "share",
    "Within": "within",
    "Open": "open",
    "Priority": "priority",
}
"""Columns of the grid of contact types, and what each holds."""


def types_table(scenario: Scenario) -> pd.DataFrame:
    """One row for each contact type."""
    days = scenario.horizon.days
    totals = scenario.expected.sum(axis=1) / days
    return pd.DataFrame(
        [_type_row(kind, float(total)) for kind, total in zip(scenario.contact_types, totals, strict=True)],
        columns=list(TYPES),
    )


def _type_row(kind: ContactType, daily: float) -> dict[str, object]:
    target = kind.target
    return {
        "Type": kind.name,
        "Channel": kind.channel,
        "Contacts a day": round(daily, 1),
        "Handle time": _time(kind.handle_time),
        "Spread": round(float(np.sqrt(kind.handle_time.scv)), 2),
        "Wrap-up": "" if kind.wrap_up == ZERO else _time(kind.wrap_up),
        "Patience": "" if kind.patience is None else _time(kind.patience),
        "Target": None if target is None or target.share is None else 100 * target.share,
        "Within": "" if target is None or target.within is None else written(target.within),
        "Open": "always" if kind.open == ALWAYS else "; ".join(kind.open),
        "Priority": kind.priority.level,
    }


def _time(time: Distribution) -> str:
    return written(round(time.mean, 2))


def edit_types(scenario: Scenario, edits: Edits) -> Scenario:
    """The scenario with cells of the grid of contact types changed.

    Raises
    ------
    InvalidValue, InvalidScenario
        If a cell cannot be used.

    Examples
    --------
    >>> from scenarios.presets import load
    >>> edited = edit_types(load("help-desk"), {0: {"Handle time": "5 min", "Contacts a day": 2400}})
    >>> edited.contact_types[0].handle_time.mean, edited.expected.sum().item()
    (300.0, 2400.0)
    """
    for row, cells in edits.items():
        name = scenario.type_names[row]
        for column, value in cells.items():
            with _cell(name, column):
                scenario = scenario.replace_type(name, **_type_change(scenario, name, column, value))
    return scenario


@contextmanager
def _cell(row: str, column: str) -> Iterator[None]:
    """Errors inside name the cell, as people see it."""
    try:
        yield
    except InvalidValue as wrong:
        raise InvalidValue(f"{row}, {column}", wrong.value, wrong.remedy) from None
    except InvalidScenario as wrong:
        raise InvalidScenario(f"{row}, {column}", wrong.problem, wrong.remedy) from None


def _type_change(scenario: Scenario, name: str, column: str, value: Any) -> dict[str, Any]:
    kind = scenario.contact_type(name)
    match column:
        case "Contacts a day":
            return {"volume": scaled(scenario, kind, _number(column, value))}
        case "Handle time":
            return {"handle_time": _with_mean(kind.handle_time, value, column)}
        case "Spread":
            return {"handle_time": _with_spread(kind.handle_time, _number(column, value))}
        case "Wrap-up":
            return {"wrap_up": _with_mean(kind.wrap_up, value or 0, column)}
        case "Patience":
            return {"patience": _with_mean(kind.patience or ZERO, value, column) if value else None}
        case "Target" | "Within":
            return {"target": _target(kind, column, value)}
        case "Open":
            parts = [part.strip() for part in str(value or "always").split(";")]
            return {"open": parts if len(parts) > 1 else parts[0]}
    return {"priority": {"level": _number(column, value), "ageing": kind.priority.ageing}}


def scaled(scenario: Scenario, kind: ContactType, daily: float) -> dict[str, Any]:
    """The volume of a type with another mean total a day, its shape kept."""
    now = float(scenario.expected[scenario.type_names.index(kind.name)].sum()) / scenario.horizon.days
    given = {name: getattr(kind.volume, name) for name in Volume.model_fields}
    if not now:
        return given | dict.fromkeys(("per_hour", "per_interval")) | {"daily": daily}
    for name in ("per_interval", "per_hour", "daily"):
        if given[name] is not None:
            given[name] = _times(given[name], daily / now)
    return given


def _times(value: Any, factor: float) -> Any:
    return tuple(one * factor for one in value) if isinstance(value, tuple) else value * factor


def _with_mean(time: Distribution, value: Any, field: str) -> Distribution | dict[str, Any]:
    """The same kind of time with another mean; a plain one where it has none yet."""
    mean = seconds(value, field)
    if mean == 0:
        return ZERO
    return time.scaled(mean / time.mean) if time.mean > 0 else {"mean": mean}


def _with_spread(time: Distribution, cv: float) -> Distribution | dict[str, Any]:
    if cv == 0:
        return {"family": "deterministic", "value": time.mean}
    if isinstance(time, Exponential) and cv == 1:
        return time
    return {"mean": time.mean, "cv": cv}


def _target(kind: ContactType, column: str, value: Any) -> dict[str, Any] | None:
    given = kind.target.model_dump() if kind.target else {}
    if column == "Target":
        given["share"] = None if value is None else _number(column, value) / 100
        given["within"] = None if value is None else given.get("within") or 20.0
    else:
        given["within"] = seconds(value, column) if value else None
        given["share"] = (given.get("share") or 0.8) if value else None
    empty = all(given.get(name) is None for name in ("share", "max_abandonment", "max_asa"))
    return None if empty else given


def _number(field: str, value: Any) -> float:
    if value is None:
        raise InvalidValue(field, "", "write a number")
    return float(value)


BOTS = {
    "Resolves": "resolved",
    "Falsely contains": "falsely_contained",
    "Customer gives up": "left",
    "Context kept": "context",
    "Session": "session",
    "Cost": "cost_per_session",
    "Residual difficulty": "residual_difficulty",
}
"""Columns of the grid of bots, and the field of each."""
_SHARES = ("Resolves", "Falsely contains", "Customer gives up", "Context kept")


def bots_table(scenario: Scenario) -> pd.DataFrame:
    """One row for each contact type; empty cells where it has no bot."""
    rows = [{"Type": kind.name, "Bot": kind.bot is not None} | _bot_row(kind.bot) for kind in scenario.contact_types]
    return pd.DataFrame(rows, columns=["Type", "Bot", *BOTS])


def _bot_row(bot: Bot | None) -> dict[str, object]:
    if bot is None:
        return dict.fromkeys(BOTS)
    values = {column: getattr(bot, field) for column, field in BOTS.items()}
    return values | {column: 100 * values[column] for column in _SHARES} | {"Session": _time(bot.session)}


def edit_bots(scenario: Scenario, edits: Edits) -> Scenario:
    """The scenario with cells of the grid of bots changed; a number in an empty row makes a bot.

    Examples
    --------
    >>> from scenarios.presets import load
    >>> edit_bots(load("help-desk"), {0: {"Resolves": 30}}).contact_types[0].bot.resolved
    0.3
    """
    for row, cells in edits.items():
        kind = scenario.contact_types[row]
        fields = {name: getattr(kind.bot or Bot(), name) for name in Bot.model_fields}
        for column in [column for column in cells if column != "Bot"]:
            with _cell(kind.name, column):
                fields[BOTS[column]] = _bot_value(column, cells[column], fields)
        bot = fields if cells.get("Bot", True) else None
        with _cell(kind.name, ", ".join(cells)):
            scenario = scenario.replace_type(kind.name, bot=bot)
    return scenario


def _bot_value(column: str, value: Any, fields: dict[str, Any]) -> Any:
    if column == "Session":
        return _with_mean(fields["session"], value or 0, column)
    return _number(column, value) / (100 if column in _SHARES else 1)


def groups_table(scenario: Scenario) -> pd.DataFrame:
    """One row for each agent group."""
    return pd.DataFrame([_group_row(group) for group in scenario.agent_groups])


def _group_row(group: AgentGroup) -> dict[str, object]:
    return {
        "Group": group.name,
        "Cost an hour": group.cost_per_hour,
        "Slots": group.slots,
        "Kept free": group.keep_free,
        "Planned shrinkage": 100 * group.shrinkage.planned,
        "Absence": 100 * group.shrinkage.absence,
    }


def edit_groups(scenario: Scenario, edits: Edits) -> Scenario:
    """The scenario with cells of the grid of agent groups changed."""
    for row, cells in edits.items():
        name = scenario.group_names[row]
        for column, value in cells.items():
            with _cell(name, column):
                scenario = scenario.replace_group(name, **_group_change(scenario.group(name), column, value))
    return scenario


def _group_change(group: AgentGroup, column: str, value: Any) -> dict[str, Any]:
    number = _number(column, value)
    match column:
        case "Cost an hour":
            return {"cost_per_hour": number}
        case "Slots":
            return {"slots": int(number), "pace": group.pace[: max(int(number), 1)]}
        case "Kept free":
            return {"keep_free": int(number)}
    shares = {"planned": group.shrinkage.planned, "absence": group.shrinkage.absence}
    shares["planned" if column == "Planned shrinkage" else "absence"] = number / 100
    return {"shrinkage": shares}


def skills_table(scenario: Scenario) -> pd.DataFrame:
    """Ranks of contact types (columns) in agent groups (rows); empty where the skill is missing."""
    ranks = {
        name: [group.skills[name].rank if name in group.skills else None for group in scenario.agent_groups]
        for name in scenario.type_names
    }
    return pd.DataFrame({"Group": scenario.group_names} | {name: pd.array(r, "Int64") for name, r in ranks.items()})


def edit_skills(scenario: Scenario, edits: Edits) -> Scenario:
    """The scenario with skills given, ranked or taken away; routes of a lost skill go with it."""
    for row, cells in edits.items():
        group = scenario.agent_groups[row]
        skills: dict[str, Any] = dict(group.skills)
        for name, rank in cells.items():
            if rank is None:
                skills.pop(name, None)
            else:
                skills[name] = {"rank": int(rank), "speed": group.skills[name].speed if name in group.skills else 1.0}
        with _cell(group.name, ", ".join(cells)):
            scenario = _with_skills(scenario, group, skills)
    return scenario


def _with_skills(scenario: Scenario, group: AgentGroup, skills: dict[str, Any]) -> Scenario:
    lost, gained = set(group.skills) - set(skills), set(skills) - set(group.skills)
    routes = {}
    for name, given in scenario.routing.types.items():
        kept = [route for route in given if not (route.group == group.name and name in lost)]
        routes[name] = [*kept, {"group": group.name}] if name in gained else kept
    changed = {field: getattr(group, field) for field in AgentGroup.model_fields} | {"skills": skills}
    groups = [changed if other is group else other for other in scenario.agent_groups]
    routing = scenario.routing.model_dump() | {"types": {name: given for name, given in routes.items() if given}}
    return scenario.replace(agent_groups=groups, routing=routing)


# -- what changes over the day -------------------------------------------------------------------------------


def times_of_day(horizon: Horizon) -> list[str]:
    """The start of each interval of a day, as ``08:30``."""
    return [clock(edge) for edge in horizon.edges[: horizon.intervals_per_day]]


def staffing_table(scenario: Scenario, day: int) -> pd.DataFrame:
    """Heads of each group (columns) in each interval (rows) of a day."""
    return _day_table(scenario.horizon, scenario.group_names, scenario.heads, day)


def volume_table(scenario: Scenario, day: int) -> pd.DataFrame:
    """Expected contacts of each type (columns) in each interval (rows) of a day."""
    return _day_table(scenario.horizon, scenario.type_names, scenario.expected.round(2), day)


def _day_table(horizon: Horizon, names: tuple[str, ...], values: Any, day: int) -> pd.DataFrame:
    today = values[:, _stretch(horizon, day)]
    return pd.DataFrame({"Time": times_of_day(horizon)} | dict(zip(names, today, strict=True)))


def _stretch(horizon: Horizon, day: int) -> slice:
    return slice(day * horizon.intervals_per_day, (day + 1) * horizon.intervals_per_day)


def edit_staffing(scenario: Scenario, edits: Edits, day: int, *, every_day: bool = False) -> Scenario:
    """The scenario with heads changed in intervals of one day, or of every day.

    Examples
    --------
    >>> from scenarios.presets import load
    >>> edit_staffing(load("help-desk"), {18: {"desk": 20}}, 0).heads[0, 17:20].tolist()
    [16, 20, 16]
    """
    for name, values in _edited(scenario, scenario.group_names, scenario.heads, edits, day, every_day).items():
        heads = _shortest(scenario.horizon, [round(value) for value in values])
        with _cell(name, "staffing"):
            scenario = scenario.replace_group(name, staffing=heads)
    return scenario


def edit_volume(scenario: Scenario, edits: Edits, day: int, *, every_day: bool = False) -> Scenario:
    """The scenario with expected contacts changed in intervals of one day, or of every day."""
    for name, values in _edited(scenario, scenario.type_names, scenario.expected, edits, day, every_day).items():
        told: dict[str, Any] = {"per_interval": _shortest(scenario.horizon, values.tolist())}
        told["variation"] = scenario.contact_type(name).volume.variation
        with _cell(name, "contacts"):
            scenario = scenario.replace_type(name, volume=told)
    return scenario


def _edited(
    scenario: Scenario, names: tuple[str, ...], values: Any, edits: Edits, day: int, every_day: bool
) -> dict[str, Any]:
    """The rows of values that were edited, by name."""
    per_day = scenario.horizon.intervals_per_day
    found: dict[str, Any] = {}
    for row, cells in edits.items():
        for name, value in cells.items():
            line = found.setdefault(name, np.array(values[names.index(name)], dtype=float))
            line[slice(row, None, per_day) if every_day else day * per_day + row] = _number(name, value)
    return found


def _shortest(horizon: Horizon, values: list[Any]) -> list[Any]:
    """One day where all are alike."""
    per_day = horizon.intervals_per_day
    return values[:per_day] if values == values[:per_day] * horizon.days else values
