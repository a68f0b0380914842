"""Cases recalculated by formula and by simulation, and a verdict on each value."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from scenarios.errors import NotExpressible, PlannerError
from simulator.executors import Executor
from studies.verify import (
    designs,
    designs_flows,
    designs_teams,
    formulas,
    formulas_days,
    optimum,
    published,
    published_days,
    schedules,
)
from studies.verify.cases import SCHEDULING, Case, KnownValue
from studies.verify.days import day
from studies.verify.layouts import WORKED_EXAMPLE
from studies.verify.steady import Measured, RunLength, play

PASSED, FAILED, BEYOND = "passed", "failed", "not expressible"
STANDARD_ERRORS = 4.0
ROUNDING = 1e-12
"""Absolute: what double precision leaves of a value that is zero, ours or the table's."""

Formula = Callable[[Case], Mapping[tuple[str, str], float]]
Simulated = Callable[[Case, RunLength], Mapping[tuple[str, str], Measured]]


@dataclass(frozen=True)
class Way:
    """How cases of one model are recalculated."""

    fits: Callable[[Case], bool]
    formula: Formula | None = None
    simulated: Simulated | None = None
    why_not: str = ""
    """The reason, where there is neither."""


@dataclass(frozen=True)
class Verdict:
    """One value recalculated in one way, and whether it agrees with the known one."""

    case: Case
    value: KnownValue
    way: str
    """``formula``, ``simulation``, or empty where there is none."""
    status: str
    found: float = math.nan
    error: float = math.nan
    """The standard error of a simulated value."""
    reason: str = ""

    @property
    def allowed(self) -> float:
        """The largest difference that passes."""
        error = 0.0 if math.isnan(self.error) else self.error
        return allowed(self.value, error)


def allowed(value: KnownValue, error: float = 0.0) -> float:
    """How far a found value with this standard error may be from the known one."""
    chance = STANDARD_ERRORS * math.hypot(value.error, error)
    rounding = ROUNDING if abs(value.expected) < ROUNDING else 0.0
    return chance + value.tolerance * abs(value.expected) + value.rounding + rounding


def _steady(design: Callable[[Case], designs.Design]) -> Simulated:
    return lambda case, effort: play(design(case), effort)


def _has(*names: str) -> Callable[[Case], bool]:
    return lambda case: all(name in case.given for name in names)


def _model(name: str) -> Callable[[Case], bool]:
    return lambda case: case.model == name


def _published(test: Callable[[Case], bool]) -> Callable[[Case], bool]:
    return lambda case: case.model == WORKED_EXAMPLE and test(case)


WAYS: tuple[Way, ...] = (
    Way(_model(SCHEDULING), schedules.instance),
    Way(_model("Erlang B"), formulas.blocking),
    Way(_model("Erlang C"), formulas.endless_patience),
    Way(_model("Erlang A"), formulas.impatient),
    Way(_model("Erlang A staffing"), formulas.least),
    Way(_model("M/M/n+G"), formulas.any_patience),
    Way(_model("M/G/n+G"), simulated=_steady(designs.one_queue)),
    Way(_model("staffing optimum"), simulated=optimum.instance),
    Way(_published(_has("offered")), published.report),
    Way(_published(_has("lambda_per_min", "mu_by_period", "agents")), simulated=published_days.several_skills),
    Way(_published(lambda case: published.is_day(case.given)), published.day, published_days.one_type),
    Way(_published(published.computable), published.steady),
    Way(_model(WORKED_EXAMPLE), why_not="the example is described only in words, or none of its figures has a reader"),
    Way(_has("total_completion_rate_by_k_per_min"), formulas.chats, _steady(designs_teams.chats)),
    Way(_has("retry_rate_per_min"), formulas.redials, _steady(designs_flows.redials)),
    Way(_has("ivr_or_bot_rate_per_min"), formulas.menu, _steady(designs_teams.menu)),
    Way(_has("threshold"), formulas.blending, _steady(designs_flows.blending)),
    Way(_has("pref", "sel"), simulated=_steady(designs.skills)),
    Way(_has("gamma_alpha"), formulas_days.uncertain_volume),
    Way(_has("calls_per_interval"), formulas_days.staffing_rules),
    Way(_has("lambda_t"), formulas_days.loads),
    Way(_has("service", "interval_min"), formulas_days.loads),
    Way(lambda case: "agents" in case.given and "mu" in case.given, formulas_days.days, day),
    Way(_has("desc"), formulas_days.network, _steady(designs_flows.network)),
    Way(_has("lambda_"), formulas.one_agent, _steady(designs.one_agent)),
    Way(
        lambda case: isinstance(case.given.get("lambda_per_min"), list),
        formulas.by_rank,
        _steady(designs.ranks),
    ),
    Way(_has("mean_service_min", "scv"), formulas.one_agent, _steady(designs.one_agent)),
)
"""By what is given; the first that fits is taken."""


def verify(cases: list[Case], effort: RunLength, executor: Executor) -> Iterator[list[Verdict]]:
    """The verdicts of each case, in order."""
    return iter(executor.map(partial(_numbered, cases, effort), range(len(cases))))


def _numbered(cases: list[Case], effort: RunLength, number: int) -> list[Verdict]:
    return judge(cases[number], effort)


def judge(case: Case, effort: RunLength) -> list[Verdict]:
    """The verdicts of one case: for each value one for every way that finds it, or one that says why there is none."""
    way = next((candidate for candidate in WAYS if candidate.fits(case)), None)
    if way is None:
        return [Verdict(case, v, "", BEYOND, reason="no reader knows what is given") for v in case.values]
    verdicts: list[Verdict] = []
    if way.formula is not None:
        verdicts += _tried(case, "formula", partial(way.formula, case))
    if way.simulated is not None:
        verdicts += _tried(case, "simulation", partial(way.simulated, case, effort))
    seen = {(verdict.value.key, verdict.value.against) for verdict in verdicts}
    why = way.why_not or "this metric has no reader"
    missing = [v for v in case.values if (v.key, v.against) not in seen]
    return verdicts + [Verdict(case, v, "", BEYOND, reason=why) for v in missing]


def _tried(case: Case, way: str, find: Callable[[], Mapping[Any, Any]]) -> Iterable[Verdict]:
    """The verdicts of one way; what it cannot express has a reason, any other refusal of ours is a failure."""
    try:
        results = find()
    except NotExpressible as beyond:
        return [Verdict(case, v, way, BEYOND, reason=str(beyond)) for v in case.values]
    except PlannerError as refused:
        return [Verdict(case, v, way, FAILED, reason=str(refused)) for v in case.values]
    return [_judged(case, v, way, results[v.key]) for v in case.values if v.key in results]


def _judged(case: Case, value: KnownValue, way: str, result: float | Measured) -> Verdict:
    measured = result if isinstance(result, Measured) else Measured(result, math.nan)
    error = 0.0 if math.isnan(measured.error) else measured.error
    near = abs(measured.value - value.expected) <= allowed(value, error)
    good = near == value.agrees
    return Verdict(case, value, way, PASSED if good else FAILED, measured.value, measured.error)
