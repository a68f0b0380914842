"""Sensitivity of a plan: how its targets move with each assumption, and at which change the first one is missed.

Everything is simulated with common random numbers, so that differences come from the assumption and not from chance.
The staffing stays as planned: the question is what happens to this plan, not what another plan would cost.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.optimisation.verdicts import judge
from models.whatif.factors import Factor, changed, factors
from scenarios.errors import InvalidScenario
from scenarios.evaluation import Evaluate
from scenarios.judgement import Judged
from scenarios.requirements import constraints
from scenarios.scenario import Scenario
from scenarios.statistics import NORMAL_95

if TYPE_CHECKING:
    import pandas as pd

STEPS = 9
"""Halvings of the search for the point of failure: a five-hundredth of the range that is searched."""


@dataclass(frozen=True, eq=False)
class Tornado:
    """How every target moves as one assumption after another turns out differently."""

    scenario: Scenario
    rows: pd.DataFrame
    """See `tornado`."""
    factors: tuple[Factor, ...]
    """What was varied, each in its range."""

    def of(self, type_: str, target: str) -> pd.DataFrame:
        """The rows of one target, the widest bar first."""
        rows = self.rows[(self.rows["type"] == type_) & (self.rows["target"] == target)]
        ends = rows.groupby("factor")[["margin", "planned"]].agg(["min", "max"])
        width = ends.max(axis=1) - ends.min(axis=1)
        return rows.assign(width=rows["factor"].map(width)).sort_values("width", ascending=False, kind="stable")

    @property
    def tightest(self) -> tuple[str, str]:
        """The type and text of the target that the worst settings bring lowest."""
        row = self.rows.sort_values("margin", kind="stable").iloc[0]
        return str(row["type"]), str(row["target"])

    def in_words(self) -> str:
        """What weighs most, in one line."""
        rows = self.of(*self.tightest)
        worst = rows.sort_values("margin", kind="stable").iloc[0]
        if math.isnan(worst["margin"]):
            return "No contacts arrived, so no target can be judged."
        verb = "is missed at" if worst["margin"] < 0 else "is still met at"
        value = _value_text(worst["value"], str(worst["unit"]))
        return (
            f"Most sensitive to {str(worst['label']).lower()}: with {worst['said']} {worst['type']} "
            f"({worst['target']}) {verb} {value} from {_value_text(worst['base'], str(worst['unit']))}."
        )


def tornado(
    scenario: Scenario, evaluate: Evaluate, *, replications: int = 100, varied: Sequence[Factor] | None = None
) -> Tornado:
    """Every target at both ends of each assumption's plausible range; an end that changes nothing is left out.

    Rows: factor, label, end (low or high), setting (as it was applied), said (the setting in words), type, target,
    measure, unit, base (the value as planned), value, error (its standard error), margin (negative: missed), planned
    (the margin as planned), status, origin (of the range).

    Raises
    ------
    InvalidScenario
        If there is no target, so that nothing can fail, or nothing is varied.
    """
    import pandas as pd

    _refuse_without_targets(scenario)
    chosen = [factor for factor in (factors() if varied is None else varied) if factor.present(scenario)]
    tried = [
        (factor, end, changed(scenario, factor, getattr(factor, end))) for factor in chosen for end in ("low", "high")
    ]
    tried = [factor for factor in tried if factor[2] != scenario]
    ends, variants = [(factor, end) for factor, end, _ in tried], [variant for _, _, variant in tried]
    base, *results = (judge(evaluation) for evaluation in evaluate([scenario, *variants], replications))
    rows = [
        _row(scenario, factor, end, before, after)
        for (factor, end), judged in zip(ends, results, strict=True)
        for before, after in zip(base, judged, strict=True)
    ]
    if not rows:
        raise InvalidScenario("range", "no assumption can be varied within it", "give a wider range")
    return Tornado(scenario, pd.DataFrame(rows), tuple(chosen))


@dataclass(frozen=True)
class Failure:
    """What would have to be true of one assumption for the plan to fail."""

    factor: Factor
    setting: float
    """Where the first target is missed; NaN where none is, as far as was searched."""
    error: float
    """Its standard error, from the error of the target and how steeply that falls."""
    first: Judged | None
    """The target that is missed first, judged there."""
    searched: float
    """The end of the search."""

    def in_words(self) -> str:
        """The failure in one line."""
        name = self.factor.label
        if self.first is None:
            return f"{name}: all targets are met up to {self.factor.setting_text(self.searched)}."
        if self.setting == self.factor.neutral:
            return f"{name}: {self.first.constraint.of} ({self.first.constraint.text}) is missed already as planned."
        chance = f" ± {100 * NORMAL_95 * self.error:.2g}" if math.isfinite(self.error) and self.error > 0 else ""
        where = f"{self.factor.setting_text(self.setting)}{chance}"
        return f"{name}: the plan fails at {where}, {self.first.constraint.of} first ({self.first.constraint.text})."


def failures(
    scenario: Scenario, evaluate: Evaluate, swings: Tornado | None = None, *, replications: int = 100
) -> tuple[Failure, ...]:
    """For each assumption the least change that makes the plan miss a target, by bisection; the nearest first.

    Both directions are searched where both ends of the plausible range make some target fare worse.
    """
    bars = tornado(scenario, evaluate, replications=replications) if swings is None else swings
    broken = [
        break_point(scenario, evaluate, factor, end, replications=replications)
        for factor in bars.factors
        for end in _harms(bars, factor)
    ]
    return tuple(sorted(broken, key=_nearness))


def break_point(
    scenario: Scenario, evaluate: Evaluate, factor: Factor, end: float, *, replications: int = 100
) -> Failure:
    """Between a factor's neutral setting and `end`, where the first target is missed on these customers.

    Examples
    --------
    See ``tests/models/whatif/test_sensitivity.py``, where the answer follows from Erlang's formula.
    """

    def first(setting: float) -> Judged | None:
        return _missed(judge(evaluate([changed(scenario, factor, setting)], replications)[0]))

    start = first(factor.neutral)
    if start is not None:
        return Failure(factor, factor.neutral, math.nan, start, end)
    missed = first(end)
    if missed is None:
        return Failure(factor, math.nan, math.nan, None, factor.applied(scenario, end))
    good, bad = factor.neutral, end
    for _ in range(STEPS):
        middle = (good + bad) / 2
        judged_there = first(middle)
        good, bad, missed = (middle, bad, missed) if judged_there is None else (good, middle, judged_there)
    return Failure(factor, bad, _error(scenario, evaluate, factor, bad, missed, replications), missed, end)


def _error(
    scenario: Scenario, evaluate: Evaluate, factor: Factor, setting: float, missed: Judged, replications: int
) -> float:
    """The standard error of a point of failure: that of the target over how steeply the target falls towards it."""
    before = judge(evaluate([scenario], replications)[0])
    as_planned = next(target for target in before if target.constraint == missed.constraint)
    fall = as_planned.margin - missed.margin
    return abs(setting - factor.neutral) * missed.error / fall if fall > 0 else math.nan


def _missed(judged: Sequence[Judged]) -> Judged | None:
    """The target that is missed most surely; None where each is reached on these customers."""
    return min(
        (target for target in judged if target.margin < 0 and not _idle(target)),
        key=lambda target: target.z,
        default=None,
    )


def _idle(target: Judged) -> bool:
    """Whether no contact arrived to which the target applies, as behind a bot that contains all."""
    return math.isnan(target.value) and target.constraint.measure != "asa" and target.constraint.on_days is None


def _harms(tornado_: Tornado, factor: Factor) -> tuple[float, ...]:
    """The far ends of a factor's search on the sides that bring some target below its value as planned."""
    rows = tornado_.rows[tornado_.rows["factor"] == factor.name]
    worse = set(rows.loc[rows["margin"] < rows["planned"], "end"])
    return tuple(far for end, far in (("low", factor.least), ("high", factor.most)) if end in worse)


def _nearness(failure: Failure) -> float:
    """How far away a failure is, in halves of its plausible range."""
    if failure.first is None:
        return math.inf
    factor = failure.factor
    return abs(failure.setting - factor.neutral) / ((factor.high - factor.low) / 2)


def _row(scenario: Scenario, factor: Factor, end: str, before: Judged, after: Judged) -> dict[str, object]:
    wanted = float(getattr(factor, end))
    setting = factor.applied(scenario, wanted)
    held = "" if setting == wanted else " (at its limit)"
    shares = after.constraint.on_days is not None or after.constraint.measure != "asa"
    return {
        "factor": factor.name,
        "label": factor.label,
        "end": end,
        "setting": setting,
        "said": factor.setting_text(setting) + held,
        "type": after.constraint.of,
        "target": after.constraint.text,
        "measure": after.constraint.measure,
        "unit": "share" if shares else "s",
        "base": before.value,
        "value": after.value,
        "error": after.error,
        "margin": math.nan if _idle(after) else after.margin,
        "planned": before.margin,
        "status": "" if _idle(after) else after.status(),
        "origin": factor.origin,
    }


def _value_text(value: float, unit: str) -> str:
    if math.isnan(value):
        return "–"
    return f"{100 * value:.1f} %" if unit == "share" else f"{value:.0f} s"


def _refuse_without_targets(scenario: Scenario) -> None:
    if not constraints(scenario):
        raise InvalidScenario("contact_types", "no contact type has a target", "add one")
