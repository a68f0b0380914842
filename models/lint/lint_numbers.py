"""The plan linter for pasted numbers: a spreadsheet's figures, without a scenario."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.centre.requirement import WHOLE
from models.lint.advice import Advice, advice, counted, duration, percent
from models.queueing.inverse import Goal, min_agents
from models.queueing.numerics.arguments import above, at_least, share
from scenarios.errors import InvalidValue
from scenarios.statistics import NORMAL_95

FELT = 0.005  # half a point of service level


def advise_shrinkage(required: float, shrinkage: float, scheduled: float) -> list[Advice]:
    """Whether agents scheduled are the requirement times one plus shrinkage, which is too few.

    Examples
    --------
    >>> advise_shrinkage(required=16, shrinkage=0.3, scheduled=21)[0].size
    '16 x (1 + 0.3) = 20.8, of whom 14.6 are at work; 16 / (1 - 0.3) = 22.9.'
    """
    need, away = float(at_least("required", required, 0)), float(share("shrinkage", shrinkage))
    people = float(at_least("scheduled", scheduled, 0))
    if away >= 1:
        raise InvalidValue("shrinkage", shrinkage, "give a share below 1, as in 0.3 for 30 %")
    wrong, right = need * (1 + away), need / (1 - away)
    if not np.ceil(right - WHOLE) > people >= np.floor(wrong) or abs(people - wrong) >= 1:
        return []
    size = (
        f"{need:g} x (1 + {away:g}) = {wrong:.1f}, of whom {wrong * (1 - away):.1f} are at work; "
        f"{need:g} / (1 - {away:g}) = {right:.1f}."
    )
    return [advice("shrinkage-multiplied", "scheduled", size, "Divide by one minus the shrinkage.")]


def advise_service_levels(
    service_levels: Sequence[float], volumes: Sequence[float], claimed: float | None = None
) -> list[Advice]:
    """Whether the plain mean of interval service levels (or a claimed figure equal to it) misleads.

    Examples
    --------
    >>> advise_service_levels([0.95, 0.95, 0.5], [20, 20, 160])[0].size
    'The plain mean of 3 intervals is 80 %; 59 % of all contacts were answered in time.'
    """
    levels, counts = share("service_levels", service_levels), at_least("volumes", volumes, 0)
    if levels.shape != counts.shape or not counts.sum():
        raise InvalidValue("volumes", volumes, f"give one volume for each of the {levels.size} service levels")
    plain, right = float(levels.mean()), float(levels @ counts / counts.sum())
    if abs(plain - right) < FELT or (claimed is not None and abs(claimed - plain) >= abs(claimed - right)):
        return []
    size = (
        f"The plain mean of {levels.size} intervals is {percent(plain)}; {percent(right)} of all contacts were "
        "answered in time."
    )
    fix = "Weight each interval by its volume: add up contacts in time and divide by all contacts."
    return [advice("mean-of-intervals", "service_levels", size, fix)]


def advise_rounding(needs: Sequence[float], agents: int) -> list[Advice]:
    """Whether agents are fractions rounded up one by one and then added.

    Examples
    --------
    >>> advise_rounding([2.2, 3.1, 1.3], agents=9)[0].size
    '2.2 + 3.1 + 1.3 = 6.6, so 7 agents; rounded separately they are 9.'
    """
    parts = at_least("needs", needs, 0)
    apart, together = int(np.ceil(parts - WHOLE).sum()), int(np.ceil(parts.sum() - WHOLE))
    if agents != apart or together == apart:
        return []
    text = " + ".join(f"{part:g}" for part in parts.ravel())
    size = f"{text} = {parts.sum():g}, so {counted(together, 'agent')}; rounded separately they are {apart}."
    return [
        advice("rounded-then-added", "agents", size, "Add the fractions of queues that share agents, then round once.")
    ]


def advise_patience(time_to_abandon: float, abandonment: float, mean_wait: float) -> list[Advice]:
    """What patience really is where the mean time to abandonment was taken for it.

    Parameters
    ----------
    time_to_abandon
        Mean wait of those who left, in seconds.
    abandonment
        Share of contacts that left.
    mean_wait
        Mean wait of all contacts, answered or not, in seconds.

    Examples
    --------
    >>> advise_patience(time_to_abandon=90, abandonment=0.05, mean_wait=40)[0].size
    'Abandoned contacts waited 90 s; with a mean wait of 40 s and 5.0 % abandonment, mean patience is 13.3 min.'
    """
    seen, lost = float(above("time_to_abandon", time_to_abandon, 0)), float(share("abandonment", abandonment))
    waited = float(above("mean_wait", mean_wait, 0))
    if lost == 0 or waited / lost <= 1.25 * seen:
        return []
    size = (
        f"Abandoned contacts waited {duration(seen)}; with a mean wait of {duration(waited)} and {percent(lost)} "
        f"abandonment, mean patience is {duration(waited / lost)}."
    )
    fix = "Divide all time waited by the number who abandoned, or import the contact log (Kaplan-Meier)."
    return [advice("censored-patience", "time_to_abandon", size, fix)]


def advise_bots(volume: float, self_served: float, contained: float, reaching_agents: float) -> list[Advice]:
    """Whether self-service and bot were both taken off the same volume.

    Parameters
    ----------
    self_served, contained
        Share of all contacts that self-service keeps, share of what meets the bot that the bot keeps.
    reaching_agents
        The volume that the plan has left for agents.

    Examples
    --------
    >>> advise_bots(volume=1000, self_served=0.15, contained=0.4, reaching_agents=450)[0].size
    '1000 x (1 - 0.15 - 0.4) = 450; one after the other they leave 1000 x (1 - 0.15) x (1 - 0.4) = 510, 60 more.'
    """
    total, left = float(at_least("volume", volume, 0)), float(at_least("reaching_agents", reaching_agents, 0))
    first, second = float(share("self_served", self_served)), float(share("contained", contained))
    added, in_a_row = max(total * (1 - first - second), 0.0), total * (1 - first) * (1 - second)
    if in_a_row - added < 0.01 * total or abs(left - added) >= abs(left - in_a_row):
        return []
    size = (
        f"{total:g} x (1 - {first:g} - {second:g}) = {added:g}; one after the other they leave "
        f"{total:g} x (1 - {first:g}) x (1 - {second:g}) = {in_a_row:g}, {in_a_row - added:g} more."
    )
    fix = (
        "The bot sees only what self-service leaves: multiply the shares that remain, do not add the shares contained."
    )
    return [advice("bot-twice", "reaching_agents", size, fix)]


def advise_replications(spread: float, replications: int, difference: float) -> list[Advice]:
    """Whether a difference is within the noise of two independent runs.

    Parameters
    ----------
    spread
        Standard deviation of the measure between replications, in its own unit.

    Examples
    --------
    >>> advise_replications(spread=0.05, replications=10, difference=0.02)[0].size
    '10 replications detect differences above 0.044; 0.02 is claimed, for which 49 would be needed.'
    """
    deviation, runs = float(at_least("spread", spread, 0)), float(at_least("replications", replications, 1))
    claimed = abs(float(above("difference", abs(difference), 0)))
    least = NORMAL_95 * deviation * np.sqrt(2 / runs)
    if claimed >= least:
        return []
    needed = int(np.ceil(2 * (NORMAL_95 * deviation / claimed) ** 2))
    size = (
        f"{runs:g} replications detect differences above {least:.2g}; {claimed:g} is claimed, for which {needed:,} "
        "would be needed."
    )
    fix = "Simulate more, or compare on the same random demand."
    return [advice("too-few-replications", "replications", size, fix)]


def advise_load(per_hour: float, handle_time: float, agents: float) -> list[Advice]:
    """Whether agents are fewer than the work; `handle_time` in seconds.

    Examples
    --------
    >>> advise_load(per_hour=120, handle_time=360, agents=11)[0].size
    '12 erlangs for 11 agents: the queue grows by 10 an hour.'
    """
    rate, handle = float(at_least("per_hour", per_hour, 0)), float(above("handle_time", handle_time, 0))
    staffing, load = float(at_least("agents", agents, 0)), rate * handle / 3600
    if load < staffing or not load:
        return []
    size = (
        f"{load:g} erlangs for {staffing:g} agents: the queue grows by {rate - staffing * 3600 / handle:.3g} an hour."
    )
    return [advice("unstable", "agents", size, "Add agents or reduce the load; where customers abandon, use Erlang A.")]


def advise_silos(
    per_hour: Sequence[float], handle_time: float, share: float, within: float, agents: int
) -> list[Advice]:
    """Whether the agents of a shared team are the sum of what each type needs alone; times in seconds.

    Examples
    --------
    >>> advise_silos([40, 40, 40], handle_time=360, share=0.8, within=20, agents=21)[0].size
    '7 + 7 + 7 = 21 agents with each type alone; as one pool 16 are enough.'
    """
    rates = above("per_hour", per_hour, 0) / 3600
    goal = Goal(service_level=share, within=within)
    alone = min_agents(rates, handle_time, goal)
    pool = int(min_agents(rates.sum(), handle_time, goal))
    if not pool < alone.sum() <= agents:
        return []
    size = f"{' + '.join(map(str, alone))} = {alone.sum()} agents with each type alone; as one pool {pool} are enough."
    return [advice("summed-skills", "agents", size, "Staff types that share their agents as one pool.")]
