"""What happens when a bot begins to contain less from a time on: the band of service, and how many customers it hurts.

The same customers are simulated with the bot as it is and with its drift, under today's staffing. What a plan that is
prepared for it costs more, `models.whatif.insurance` finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.queueing.numerics.arguments import Floats
from models.whatif.containment import bot_type
from models.whatif.trials import RunTrial, ScenarioTrial, common
from scenarios.errors import InvalidScenario
from scenarios.measures import measure
from scenarios.requirements import Constraint, constraints
from scenarios.scenario import Scenario
from scenarios.statistics import Estimate, estimate, mean_difference

BAND = (0.1, 0.9)
"""Of the simulated horizons: between which shares of them the band lies."""


@dataclass(frozen=True)
class DriftEffect:
    """What a drift does to one contact type, from its beginning to the end of the horizon."""

    of: str
    target: str
    before: Estimate
    """The share in time without the drift."""
    after: Estimate
    """The share in time with it."""
    band: tuple[float, float]
    """Between which shares in time eight of ten simulated horizons lie, with the drift."""
    hurt: Estimate
    """Contacts more that are not answered in time, abandoned ones included."""


def with_drift(scenario: Scenario, since: str, containment: float, contact_type: str | None = None) -> Scenario:
    """The scenario in which the containment of a bot, or of every bot, changes by so much from a time on.

    Parameters
    ----------
    since
        A weekday and time, such as ``Mon 09:00``.
    containment
        The change as a share: -0.11 is eleven points less.

    Raises
    ------
    InvalidScenario, InvalidValue
        If there is no such bot, or the horizon has no such time.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> with_drift(presets.load("bot-first"), "Mon 09:00", -0.11).contact_type("chat").bot.drifted.claimed_containment
    0.29
    """
    bot_type(scenario, contact_type)
    for name in scenario.type_names if contact_type is None else (contact_type,):
        bot = scenario.contact_type(name).bot
        if bot is not None and bot.claimed_containment:
            fields = {field: getattr(bot, field) for field in type(bot).model_fields}
            fields["drift"] = {"since": since, "containment": containment}
            scenario = scenario.replace_type(name, bot=fields)
    return scenario.replace(title=f"containment {100 * containment:+g} points from {since}")


def drift_effects(scenario: Scenario, drifted: Scenario, run_trial: RunTrial) -> tuple[DriftEffect, ...]:
    """What a drift does to every contact type with a share in its target, under today's staffing.

    Raises
    ------
    InvalidScenario
        If no type has such a target.
    """
    wanted = [c for c in constraints(scenario) if c.of in scenario.type_names and measure(c.measure).unit == "share"]
    wanted = [c for c in wanted if not c.at_most and not c.floor]
    if not wanted:
        raise InvalidScenario(
            "contact_types", "no target names a share in time", "give a type a target such as 80 % in 20 s"
        )
    without, with_it = run_trial([scenario, drifted])
    later = scenario.horizon.edges[:-1] >= _begins(drifted)
    return tuple(_effects(wanted, without, with_it, later))


def _begins(drifted: Scenario) -> float:
    bots = [contact_type.bot for contact_type in drifted.contact_types]
    return min(bot.drift.begins(drifted.horizon) for bot in bots if bot is not None and bot.drift is not None)


def _effects(
    wanted: list[Constraint], without: ScenarioTrial, with_it: ScenarioTrial, later: NDArray[np.bool_]
) -> Iterator[DriftEffect]:
    for constraint in wanted:
        in_time, offered, in_time_after, offered_after = common(
            *_sums(without, constraint, later), *_sums(with_it, constraint, later)
        )
        shares = np.divide(
            in_time_after, offered_after, out=np.full(offered_after.shape, np.nan), where=offered_after > 0
        )
        definition = measure(constraint.measure)
        yield DriftEffect(
            of=constraint.of,
            target=constraint.text,
            before=estimate(definition, in_time, offered),
            after=estimate(definition, in_time_after, offered_after),
            band=(float(np.nanquantile(shares, BAND[0])), float(np.nanquantile(shares, BAND[1]))),
            hurt=mean_difference(offered - in_time, offered_after - in_time_after),
        )


def _sums(trial: ScenarioTrial, constraint: Constraint, later: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Answered in time, and all, from the drift on, by replication."""
    numerator, denominator = trial.sums(constraint.measure, "interval")
    row = trial.place(constraint.measure, constraint.of)
    whole = numerator if denominator is None else denominator
    return (numerator[:, row] * later).sum(axis=1), (whole[:, row] * later).sum(axis=1)
