"""What it costs to be prepared: the cheapest plan for several scenarios beside the cheapest for the first alone.

A plan for several scenarios meets the targets of each, simulated by itself (a scenario-wise robust plan, as in Liao,
Koole, van Delft & Jouini 2012, *Staffing a call center with uncertain non-stationary arrival rate and flexibility*,
OR Spectrum 34). Its price is what it costs more in the first scenario, the normal one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from models.optimisation.budget import Progress
from models.optimisation.plan import Plan
from models.optimisation.plan_rules import NO_RULES, PlanRules, with_floors
from models.optimisation.plan_space import plan_space
from models.optimisation.search import optimise
from models.optimisation.verdicts import judge
from scenarios.evaluation import Evaluate
from scenarios.judgement import Judged
from scenarios.scenario import Scenario
from scenarios.statistics import MET, MISSED
from scenarios.units import HOUR


@dataclass(frozen=True, eq=False)
class Insurance:
    """A plan for several scenarios, and what it costs more than one for the first alone."""

    plan: Plan
    """The cheapest found that meets the targets of all scenarios."""
    alone: Plan
    """The cheapest found for the first alone."""
    uninsured: tuple[Judged, ...]
    """The targets of the further scenarios under the plan for the first alone, on the validation sample."""

    @property
    def premium(self) -> float:
        """What the plan costs more than that for the first alone, in the first."""
        return self.plan.cost - self.alone.cost

    @property
    def least(self) -> float:
        """The least that the premium can be as far as the bound of the plan holds."""
        return max(self.plan.bound - self.alone.cost, 0.0)

    @property
    def most(self) -> float:
        """The most that the premium can be as far as the bound of the plan for the first alone holds."""
        return self.plan.cost - self.alone.bound

    def lines(self, money: Callable[[float], str]) -> list[str]:
        """The premium, and what happens without it, in sentences."""
        share = f" ({100 * self.premium / self.alone.cost:.1f} %)" if self.alone.cost > 0 else ""
        first = self.alone.scenario.title or self.alone.scenario.name
        price = (
            f"Insurance costs {money(self.premium)}{share} more than the plan for {first} alone, which costs "
            f"{money(self.alone.cost)}; {money(self.least)} to {money(self.most)} as far as the lower bounds hold"
        )
        missed = [target for target in self.uninsured if target.status() == MISSED and not target.constraint.floor]
        if not missed:
            return [price, f"The plan for {first} alone is not shown to miss a target of the further scenarios"]
        return [price, *(f"Without it: {_missed(target)}" for target in missed)]


def _missed(target: Judged) -> str:
    value = f"{target.value:.0f} s" if target.unit == "s" else f"{100 * target.value:.1f} %"
    return f"{target.constraint.of} {value} ({target.constraint.text})"


def insure(
    scenario: Scenario,
    also: Sequence[Scenario],
    evaluate: Evaluate,
    *,
    block: float = HOUR,
    rules: PlanRules = NO_RULES,
    gap: float = 0.01,
    seconds: float = 60.0,
    plays: float = math.inf,
    fresh: int = 500,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
) -> Insurance:
    """The cheapest plan for all scenarios, and for the first alone: a search of so many seconds for each.

    The second search begins with the plan of the first, which meets its targets too, so that a premium below 0 cannot
    come about by a poorer search. See `models.optimisation.search.optimise` for the arguments and errors.
    """
    search = partial(
        optimise,
        *(scenario, evaluate),
        block=block,
        rules=rules,
        gap=gap,
        seconds=seconds,
        plays=plays,
        fresh=fresh,
        progress=progress,
        stop=stop,
    )
    plan = search(also=also)
    alone = search(start=plan.staffing if plan.status == MET else None)
    if plan.status == MET and (alone.status != MET or alone.cost > plan.cost):
        alone = replace(plan, bound=alone.bound, bound_kind=alone.bound_kind, bound_holds=alone.bound_holds)
    space = plan_space(with_floors(scenario, rules), block, rules, tuple(with_floors(each, rules) for each in also))
    first, *others = evaluate(space.plans(alone.staffing), alone.replications, 1)
    own = len(first.counts)
    return Insurance(plan, alone, judge(first.with_targets_of(others))[own:])
