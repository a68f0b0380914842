"""The rest of a day simulated from what is known of it: the chance of meeting each target, and what would repair it.

Contacts that came are played as they came; those of the remaining intervals are drawn around the revised forecast, with
the spread that such revisions had on past days. What a report tells of the day so far replaces what was simulated of
it, so that only the rest is left to chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.forecasting.day_record import DayRecord
from models.forecasting.forecast import DemandForecast
from models.forecasting.intraday import DayUpdate, update_day
from models.forecasting.to_scenario import to_scenario
from scenarios.errors import InvalidValue
from scenarios.judgement import counts_of
from scenarios.requirements import Constraint, constraints
from scenarios.scenario import Scenario
from scenarios.statistics import Estimate
from scenarios.units import HOUR
from simulator.measure.results import Results
from studies.day_trials import MOST_EVALUATIONS, SEARCH_DRAWS, DayTrial, Progress

DRAWS = 100
PART_OF_SHORTAGE = 0.5
"""The part of the agents that would clear an hour's shortage that is added in a step."""
MOST_RISE = 0.25
"""The most by which a step raises the agents of an hour, as a share: agents added early also help later hours."""


@dataclass(frozen=True)
class TargetChance:
    """The chance that a constraint is met over the whole day."""

    constraint: Constraint
    chance: Estimate
    most: float
    """The chance if all contacts to come were answered at once; below the wanted chance no agents can repair it."""


@dataclass(frozen=True)
class AddedAgents:
    """Agents to add to a group in an hour."""

    group: str
    hour: int
    """Of the day."""
    agents: int


@dataclass(frozen=True)
class RestOfDay:
    """A day as it may end."""

    scenario: Scenario
    """The day with its staffing and its revised contacts."""
    updates: dict[str, DayUpdate]
    """By contact type."""
    chances: tuple[TargetChance, ...]
    additions: tuple[AddedAgents, ...]
    repaired: tuple[TargetChance, ...]
    """The chances with the agents added; empty where none are."""
    notes: tuple[str, ...]


def updates_of(forecast: DemandForecast, record: DayRecord) -> dict[str, DayUpdate]:
    """The revised day of each contact type that is forecast for the day of a record and counted in it."""
    today = forecast.on(record.day)
    return {
        name: update_day(part.errors, part.method, part.volume[0], record.counts[name], record.passed)
        for name, part in today.types.items()
        if name in record.counts
    }


def rest_of_day(
    forecast: DemandForecast,
    record: DayRecord,
    scenario: Scenario,
    wanted: float = 0.8,
    draws: int = DRAWS,
    seed: int = 1,
    progress: Progress | None = None,
) -> RestOfDay:
    """How a day may end with the staffing of a scenario, and the fewest agents found that repair it.

    Parameters
    ----------
    forecast
        A forecast that holds the day; its contact types are called as those of the scenario.
    record
        What came until now.
    scenario
        Staffing, routing and targets; of several days that of the same weekday counts.
    wanted
        The chance that agents are added for.
    draws
        Simulated days.
    seed
        Equal seeds give equal days.
    progress
        Called with days simulated and at most to be simulated.

    Raises
    ------
    InvalidValue
        If the day is not forecast, no contact type of it is counted, the scenario has no target, or the wanted chance
        is no share.
    """
    if not 0 < wanted < 1:
        raise InvalidValue("chance", wanted, "give the chance of meeting the targets, such as 0.8")
    updates = updates_of(forecast, record)
    if not updates:
        known = ", ".join(f"{name} from {part.days[0]} to {part.days[-1]}" for name, part in forecast.types.items())
        counted = f"{record.day}: {', '.join(record.counts)}"
        raise InvalidValue("today", counted, f"the forecast has {known}; give intervals of one of its days")
    day, notes = to_scenario(_as_it_stands(forecast, record, updates), scenario)
    if not constraints(day):
        raise InvalidValue("targets", "none", "set a target of a contact type in the scenario")
    trial = DayTrial(day, record, updates, forecast.interval, draws, seed, progress)
    results = trial.of(day)
    chances = _chances(trial, results)
    notes += trial.notes
    reachable = [row for row in chances if row.most >= wanted]
    if all(row.chance.value >= wanted for row in reachable):
        return RestOfDay(day, updates, chances, (), (), tuple(notes))
    better, additions = _repaired(trial, results, [row.constraint for row in reachable], wanted)
    return RestOfDay(day, updates, chances, additions, _chances(trial, better), tuple(notes))


def _as_it_stands(forecast: DemandForecast, record: DayRecord, updates: Mapping[str, DayUpdate]) -> DemandForecast:
    """The forecast of the day with the contacts that came, and the revised ones after them."""
    today = forecast.on(record.day)
    types = {}
    for name, update in updates.items():
        volume = update.forecast.copy()
        volume[: record.passed] = record.counts[name][: record.passed]
        types[name] = replace(today.types[name], volume=volume[None])
    return replace(today, types=types)


def _chances(trial: DayTrial, results: Results) -> tuple[TargetChance, ...]:
    return tuple(
        TargetChance(constraint, trial.chance(results, constraint), trial.most(results, constraint))
        for constraint in constraints(trial.day)
    )


def _repaired(
    trial: DayTrial, results: Results, wishes: list[Constraint], wanted: float
) -> tuple[Results, tuple[AddedAgents, ...]]:
    """Agents added where most contacts fall short, until every chance is reached; then taken away where none is lost.

    Returns
    -------
    The results with them, and the agents to add.
    """
    staffing = trial.day.staffing.copy()
    base, latest, steps = staffing.copy(), results, MOST_EVALUATIONS
    while steps > MOST_EVALUATIONS // 2 and (step := _step(trial, staffing, latest, wishes, wanted)) is not None:
        group, hour, agents = step
        staffing[group, trial.to_come(hour)] += agents
        latest = trial.of(_staffed(trial.day, staffing), SEARCH_DRAWS)
        steps -= 1
    if _reaches(trial, latest, wishes, wanted):
        staffing = _trimmed(trial, base, staffing, wishes, wanted, steps)
    return trial.of(_staffed(trial.day, staffing)), _additions(trial, staffing - base)


def _step(
    trial: DayTrial, staffing: NDArray[np.int64], results: Results, wishes: list[Constraint], wanted: float
) -> tuple[int, int, int] | None:
    """The group, hour and number of agents to add next; None where every chance is reached, or nothing falls short."""
    missed = [wish for wish in wishes if trial.chance(results, wish).value < wanted]
    if not missed:
        return None
    worst = min(missed, key=lambda wish: float(trial.chance(results, wish).value))
    counts = counts_of(results, worst)
    lacking = counts.denominator * worst.limit - counts.numerator
    lacking = (-lacking if worst.at_most else lacking).mean(axis=0)
    lacking[: trial.now] = -np.inf
    hours = trial.hours
    by_hour = {hour: lacking[(hours == hour) & (np.arange(len(hours)) >= trial.now)].sum() for hour in set(hours)}
    by_hour = {hour: value for hour, value in by_hour.items() if np.isfinite(value) and value != 0}
    if not by_hour:
        return None
    hour = max(by_hour, key=lambda hour: by_hour[hour])
    group = _group_for(trial, worst, hour)
    most = np.ceil(MOST_RISE * staffing[group, trial.to_come(hour)].max())
    agents = min(PART_OF_SHORTAGE * by_hour[hour] / _contacts_an_hour(trial, worst), most)
    return group, int(hour), max(1, round(float(agents)))


def _contacts_an_hour(trial: DayTrial, wish: Constraint) -> float:
    """Contacts that an agent handles in an hour; for a measure in seconds those seconds stand for a contact."""
    if wish.of not in trial.day.type_names:
        return HOUR
    contacts = HOUR / max(float(trial.day.mean_handles[trial.day.type_names.index(wish.of)]), 1.0)
    return contacts * wish.limit if wish.measure == "asa" else contacts


def _group_for(trial: DayTrial, wish: Constraint, hour: int) -> int:
    """The group that has the skill, and most agents in that hour."""
    names = trial.day.group_names
    if wish.of in names:
        return names.index(wish.of)
    able = [at for at, group in enumerate(trial.day.agent_groups) if wish.of in group.skills]
    own = trial.hours == hour
    return max(able, key=lambda at: int(trial.day.staffing[at, own].sum()))


def _staffed(day: Scenario, staffing: NDArray[np.int64]) -> Scenario:
    groups = [
        group.model_copy(update={"staffing": tuple(row.tolist())})
        for group, row in zip(day.agent_groups, staffing, strict=True)
    ]
    return day.replace(agent_groups=groups)


def _trimmed(
    trial: DayTrial,
    base: NDArray[np.int64],
    staffing: NDArray[np.int64],
    wishes: list[Constraint],
    wanted: float,
    steps: int,
) -> NDArray[np.int64]:
    """The staffing without added agents that no chance needs: each hour halved down from the one with most of them."""
    for row in sorted(_additions(trial, staffing - base), key=lambda row: row.agents, reverse=True):
        place = trial.day.group_names.index(row.group), trial.to_come(row.hour)
        needed, enough = 0, row.agents
        while needed < enough and steps > 0:
            middle = (needed + enough) // 2
            fewer = staffing.copy()
            fewer[place] += middle - row.agents
            steps -= 1
            if _reaches(trial, trial.of(_staffed(trial.day, fewer), SEARCH_DRAWS), wishes, wanted):
                enough = middle
            else:
                needed = middle + 1
        staffing[place] += enough - row.agents
    return staffing


def _reaches(trial: DayTrial, results: Results, wishes: list[Constraint], wanted: float) -> bool:
    return all(trial.chance(results, wish).value >= wanted for wish in wishes)


def _additions(trial: DayTrial, added: NDArray[np.int64]) -> tuple[AddedAgents, ...]:
    rows = [
        AddedAgents(group, int(hour), int(added[at, trial.to_come(hour)].max()))
        for at, group in enumerate(trial.day.group_names)
        for hour in np.unique(trial.hours)
        if trial.to_come(hour).any()
    ]
    return tuple(row for row in rows if row.agents)
