"""The proof of a schedule: its shifts played on fresh days, planned beside proven service, and whom one may let go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.centre.approximate import approximate
from models.optimisation.bounds.constraints import split_by_time
from models.optimisation.bounds.load import load_rows
from models.optimisation.plan_rules import NO_RULES, PlanRules, with_floors
from models.optimisation.plan_space import plan_space
from models.optimisation.verdicts import judge, status
from models.scheduling.shift_plan import ShiftPlan
from scenarios.errors import Cancelled
from scenarios.evaluation import Evaluate, Evaluation, in_periods
from scenarios.judgement import Judged
from scenarios.measures import measure
from scenarios.requirements import Constraint, constraints
from scenarios.statistics import MET, Estimate, Status, estimate, mean
from scenarios.units import HOUR
from studies.shifts.played import on_grid, played_scenario
from studies.shifts.slopes import ScheduleSpace, slack_of, slopes_at

if TYPE_CHECKING:
    import pandas as pd

FRESH = 200
SAMPLE = 1001
"""The fresh days of a proof: no search and no loop has seen them."""
SLOPE_REPLICATIONS = 8
CONFIRMED = 24
"""People to let go that are confirmed by simulation, at most."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class SpareHour:
    """An hour in which a schedule meets every target with one person fewer."""

    group: str
    hour: int
    """The number of the hour from the beginning of the horizon."""
    wages: float
    margin: float
    """How surely every target is met without the person, as a standard normal score."""


@dataclass(frozen=True)
class ShiftProof:
    """A schedule played on fresh days."""

    plan: ShiftPlan
    found: Evaluation
    judged: tuple[Judged, ...]
    spare: tuple[SpareHour, ...]
    """Hours in which a person may go home, each by itself, the surest first."""
    looked_at: int
    """Hours with people at work that were looked at."""

    @property
    def replications(self) -> int:
        """How often the horizon was simulated."""
        return self.found.replications

    @property
    def status(self) -> Status:
        """Whether every target is met at 95 % confidence."""
        return status(self.judged)

    @property
    def overruns(self) -> Estimate:
        """What work after the end of shifts costs over the horizon."""
        return mean(self.found.overtime.sum(axis=1))

    @property
    def cost(self) -> float:
        """Wages and overruns over the horizon."""
        return self.plan.wages + float(self.overruns.value)

    @property
    def at_risk(self) -> pd.DataFrame:
        """The rows of `service_table` in which the target is not shown to be met in that interval."""
        table = service_table(self)
        return table[table["at_risk"]]


def prove(
    plan: ShiftPlan,
    evaluate: Evaluate,
    *,
    plan_rules: PlanRules = NO_RULES,
    replications: int = FRESH,
    sample: int = SAMPLE,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> ShiftProof:
    """A schedule played on fresh days, and the hours in which one person may go home.

    Whom one may let go is found from what one person does for each target, measured in all hours at once, and then
    confirmed hour by hour: the schedule is played without the person, on the same fresh days.

    Parameters
    ----------
    plan_rules
        With a floor, open hours are judged beside targets over longer than an hour.
    sample
        The number of the fresh days, see `scenarios.evaluation.Evaluate`.

    Raises
    ------
    InvalidValue, TooLarge
        If the scenario cannot be simulated.
    Cancelled
        If `stop` says so.
    """
    plan = ShiftPlan(with_floors(plan.scenario, plan_rules), *(plan.rules, plan.problem, plan.shifts, plan.bound))
    if progress is not None:
        progress(0, 2 + CONFIRMED)
    found = evaluate([played_scenario(plan)], replications, sample)[0]
    judged = judge(found)
    if stop():
        raise Cancelled(1, 2 + CONFIRMED)
    spare: tuple[SpareHour, ...] = ()
    looked_at = 0
    if status(judged) == MET and constraints(plan.scenario):
        search = _SpareSearch(plan, evaluate, replications, sample, progress, stop)
        spare, looked_at = tuple(search.run(found)), search.looked_at
    return ShiftProof(plan, found, judged, spare, looked_at)


class _SpareSearch:
    """The search for hours with a person to spare, by people at work in each interval."""

    def __init__(
        self,
        plan: ShiftPlan,
        evaluate: Evaluate,
        replications: int,
        sample: int,
        progress: Progress | None,
        stop: Callable[[], bool],
    ) -> None:
        space = plan_space(on_grid(plan.scenario, plan.rules.interval), HOUR)
        self.plan, self.evaluate, self.replications, self.sample = plan, evaluate, replications, sample
        self.progress, self.stop, self.looked_at = progress, stop, 0
        self.space = ScheduleSpace(
            *(space.scenario, space.period, space.hours_of, space.rules),
            people=plan.present,
            interval=plan.rules.interval,
        )
        self.buckets = split_by_time(space, replications)

    def run(self, found: Evaluation) -> Iterator[SpareHour]:
        """Hours confirmed by simulation, those first that are likeliest by the slopes."""
        slopes = slopes_at(self.space, self.evaluate, self.buckets, load_rows(self.space), SLOPE_REPLICATIONS)
        slack = slack_of(self.buckets, found, self.replications)
        present = np.array([self.plan.present[name] for name in self.space.scenario.group_names])
        fewest = present.reshape(*self.space.shape, -1).min(axis=2)
        left = ((slack.spare[:, None, None] - slopes) / slack.error[:, None, None]).min(axis=0)
        counted = np.cumsum(self.space.hours) * HOUR > self.space.scenario.horizon.warm_up
        cells = np.argwhere((fewest > 0) & counted)
        self.looked_at = len(cells)
        likely = [(g, p) for g, p in cells if left[g, p] >= 0]
        likely.sort(key=lambda cell: -left[cell])
        for number, (group, hour) in enumerate(likely[:CONFIRMED], start=1):
            if self.progress is not None:
                self.progress(1 + number, 2 + CONFIRMED)
            if self.stop():
                raise Cancelled(number, CONFIRMED)
            fewer = self.space.planned.copy()
            fewer[group, hour] -= 1
            judged = judge(self.evaluate([self.space.plan(fewer)], self.replications, self.sample)[0])
            if status(judged) == MET:
                owner = self.space.scenario.agent_groups[group]
                margin = min(target.z for target in judged if not target.idle)
                yield SpareHour(owner.name, int(hour), owner.hourly * float(self.space.hours[hour]), float(margin))


# -- tables ----------------------------------------------------------------------------------------------------------


def service_table(proof: ShiftProof) -> pd.DataFrame:
    """Planned and proven service of each target in each interval of the scenario with contacts.

    Planned is what the formulas say of the people at work, NaN where none applies. An interval is at risk where its own
    measure is not shown to reach the limit; a target over longer may be met all the same.
    """
    import pandas as pd

    coarse = round(proof.plan.scenario.horizon.interval / proof.found.scenario.horizon.interval)
    horizon = proof.plan.scenario.horizon
    number = np.arange(proof.found.scenario.horizon.intervals) // coarse
    planned = _planned(proof)
    rows = []
    for constraint, counts in zip(constraints(proof.plan.scenario), proof.found.counts, strict=True):
        if constraint.floor or constraint.of not in proof.plan.scenario.type_names:
            continue
        below = in_periods(counts.denominator, number)
        measured = estimate(measure(constraint.measure), in_periods(counts.numerator, number), below)
        for place in np.flatnonzero(below.sum(axis=0) > 0):
            at = measured.at(int(place))
            rows.append(
                {
                    "of": constraint.of,
                    "target": constraint.text,
                    "measure": constraint.measure,
                    "start": horizon.times[place],
                    "contacts": float(below[:, place].mean()),
                    "wanted": constraint.limit,
                    "by_formula": planned.get((constraint.of, constraint.measure, int(place)), np.nan),
                    "proven": float(at.value),
                    "low": float(at.low),
                    "high": float(at.high),
                    "at_risk": not _reached(constraint, at),
                }
            )
    columns = [
        "of",
        "target",
        "measure",
        "start",
        "contacts",
        "wanted",
        "by_formula",
        "proven",
        "low",
        "high",
        "at_risk",
    ]
    return pd.DataFrame(rows, columns=columns)


def _reached(constraint: Constraint, at: Estimate) -> bool:
    return bool(at.high <= constraint.limit if constraint.at_most else at.low >= constraint.limit)


def _planned(proof: ShiftProof) -> dict[tuple[str, str, int], float]:
    """What formulas say of each type and measure by interval of the scenario."""
    scenario = proof.plan.scenario
    parts = round(scenario.horizon.interval / proof.plan.rules.interval)
    present = proof.plan.present
    groups = [
        group.model_copy(
            update={
                "staffing": tuple(np.rint(present[group.name].reshape(-1, parts).mean(axis=1)).astype(int).tolist())
            }
        )
        for group in scenario.agent_groups
    ]
    names = list(dict.fromkeys(constraint.measure for constraint in constraints(scenario)))
    rows = approximate(scenario.replace(agent_groups=groups), "interval", names)
    rows = rows[rows["by"] == "type"]
    place = {time: number for number, time in enumerate(scenario.horizon.times)}
    return {
        (str(of), str(name), place[start]): float(value)
        for of, name, start, value in zip(rows["of"], rows["measure"], rows["start"], rows["value"], strict=True)
        if start in place
    }


def spare_table(proof: ShiftProof) -> pd.DataFrame:
    """The hours in which a person may go home: group, start, wages of the hour, and how sure the targets are then."""
    import pandas as pd

    horizon = proof.plan.scenario.horizon
    per_hour = max(round(HOUR / horizon.interval), 1)
    rows = [
        {
            "group": spare.group,
            "start": horizon.times[spare.hour * per_hour],
            "wages": spare.wages,
            "margin": spare.margin,
        }
        for spare in proof.spare
    ]
    return pd.DataFrame(rows, columns=["group", "start", "wages", "margin"])


def target_table(proof: ShiftProof) -> pd.DataFrame:
    """One row a target over its whole period: wanted, proven with its interval, and whether it is met."""
    import pandas as pd

    rows = [
        {
            "of": target.constraint.of,
            "target": target.constraint.text,
            "wanted": target.wanted,
            "proven": target.value,
            "low": target.low,
            "high": target.high,
            "status": target.status(),
        }
        for target in proof.judged
    ]
    return pd.DataFrame(rows, columns=["of", "target", "wanted", "proven", "low", "high", "status"])


def proof_lines(proof: ShiftProof) -> list[tuple[str, object]]:
    """The summary of a proof, line by line."""
    overruns = proof.overruns
    return [
        ("Fresh replications", proof.replications),
        ("Targets", proof.status),
        ("Wages", proof.plan.wages),
        ("Overruns", float(overruns.value)),
        ("Cost with overruns", proof.cost),
        ("Intervals at risk", len(proof.at_risk)),
        ("People who may go home for an hour", len(proof.spare)),
    ]
