"""The plan linter: the classic mistakes of planning, found in a scenario or in pasted numbers, with size and fix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

from models.lint.advice import MISTAKES, Advice, Look
from models.lint.lint_demand import (
    auto_reply_only,
    bot_twice,
    censored_patience,
    no_spread,
    redials_as_new,
    too_few_replications,
)
from models.lint.lint_numbers import (
    advise_bots,
    advise_load,
    advise_patience,
    advise_replications,
    advise_rounding,
    advise_service_levels,
    advise_shrinkage,
    advise_silos,
)
from models.lint.lint_plans import (
    begun_not_finished,
    counted_twice,
    half_hour_agents,
    hours_not_heads,
    rounded_then_added,
    shrinkage_multiplied,
    summed_skills,
)
from models.lint.lint_queues import (
    chat_as_phone,
    erlang_c_deferred,
    erlang_c_impatient,
    intervals_alone,
    short_abandons,
    too_few_threads,
    unstable,
)
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario

__all__ = ["MISTAKES", "Advice", "advise", "advise_numbers"]

_RULES = (
    *(unstable, hours_not_heads, counted_twice, summed_skills, shrinkage_multiplied, rounded_then_added),
    *(half_hour_agents, erlang_c_deferred, chat_as_phone, erlang_c_impatient, intervals_alone, short_abandons),
    *(auto_reply_only, bot_twice, redials_as_new, censored_patience, no_spread, begun_not_finished, too_few_threads),
)

_NUMBERS: dict[str, Callable[..., list[Advice]]] = {
    "shrinkage": advise_shrinkage,
    "service_levels": advise_service_levels,
    "rounding": advise_rounding,
    "silos": advise_silos,
    "patience": advise_patience,
    "bots": advise_bots,
    "replications": advise_replications,
    "load": advise_load,
}


def advise(scenario: Scenario, replications: int | None = None, difference: float | None = None) -> list[Advice]:
    """Every mistake of `MISTAKES` that can be seen in a scenario, the gravest first; nothing for a sound one.

    Parameters
    ----------
    replications, difference
        With both: whether so many replications can tell so small a difference of service level (0.02 for two points).

    Raises
    ------
    InvalidValue
        If there are no replications.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> short = presets.load("help-desk").replace_group("desk", staffing=11)
    >>> advise(short)[0].size
    'Overloaded in 48 intervals; at 00:00 the queue grows by 10 an hour.'
    """
    if replications is not None and replications < 1:
        raise InvalidValue("replications", replications, "give at least 1")
    look = Look(scenario)
    advices = [advice for rule in _RULES for advice in rule(look)]
    if replications is not None and difference is not None:
        advices.extend(too_few_replications(look, replications, difference))
    return advices


def advise_numbers(about: str, numbers: Mapping[str, Any]) -> list[Advice]:
    """Mistakes in pasted numbers, without a scenario.

    Parameters
    ----------
    about
        shrinkage (required, shrinkage, scheduled), service_levels (service_levels, volumes, claimed), rounding (needs,
        agents), silos (per_hour, handle_time, share, within, agents), patience (time_to_abandon, abandonment,
        mean_wait), bots (volume, self_served, contained, reaching_agents), replications (spread, replications,
        difference), or load (per_hour, handle_time, agents).
    numbers
        The numbers by name; each function of `models.lint.lint_numbers` says what they are.

    Raises
    ------
    InvalidValue
        If it is about nothing known, or numbers are missing or cannot be used.

    Examples
    --------
    >>> advise_numbers("load", {"per_hour": 120, "handle_time": 360, "agents": 11})[0].code
    'unstable'
    """
    if about not in _NUMBERS:
        raise InvalidValue("about", about, f"choose one of {', '.join(_NUMBERS)}")
    judge = _NUMBERS[about]
    try:
        return judge(**numbers)
    except TypeError:
        names = signature(judge).parameters
        raise InvalidValue("numbers", sorted(numbers), f"give {', '.join(names)}") from None
