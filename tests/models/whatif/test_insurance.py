"""Plans for several scenarios: the union of their targets on one plan, and what it costs more than the first alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from models.optimisation.search import optimise
from models.queueing.erlang import erlang_c
from models.queueing.goal import Goal
from models.queueing.inverse import min_agents
from models.whatif.insurance import Insurance, insure
from models.whatif.variations import varied
from scenarios.errors import InvalidValue, Unreachable
from scenarios.evaluation import Evaluation, RatioSums
from scenarios.requirements import constraints_in
from scenarios.scenario import Scenario
from scenarios.yaml import presets
from tests.centres import contact_type, group, of
from tests.models.optimisation.test_search import Stand, centre

GOAL = Goal(service_level=0.8, within=20)


def desks(sales: float, support: float, **target: float) -> Scenario:
    """Two Erlang C desks, six minutes a contact, at these contacts an hour."""
    volumes = {"sales": sales, "support": support}
    types = [
        contact_type(
            name,
            volume={"per_hour": volume},
            handle_time={"mean": "6 min"},
            target={"share": 0.8, "within": "20s"} | target,
        )
        for name, volume in volumes.items()
    ]
    groups = [group(name, [name], 4, cost_per_hour=price) for name, price in (("sales", 10), ("support", 20))]
    return of(types, groups, name=f"{sales} and {support}", horizon={"interval": "30 min", "days": 2})


def by_formula(scenarios: Sequence[Scenario], replications: int, fresh: int = 0) -> list[Evaluation]:
    """In place of the simulator: 100 contacts an interval, answered in time as Erlang C says, give or take one."""
    noise = np.random.default_rng(fresh).normal(0, 1, (replications, scenarios[0].horizon.intervals))
    found = []
    for scenario in scenarios:
        counts = []
        for _, constraint in constraints_in([scenario]):
            number = scenario.type_names.index(constraint.of)
            rate = scenario.expected[number] / scenario.horizon.interval
            level = erlang_c(rate, 360, scenario.staffing[number], within=20).service_level()
            counts.append(RatioSums(100 * level + noise, np.full(noise.shape, 100.0)))
        none = np.zeros(replications)
        found.append(Evaluation(scenario, tuple(counts), none, none, 0 * noise))
    return found


@pytest.fixture(scope="module")
def insurance() -> Insurance:
    """Busy sales, insured against a day of busy support."""
    return insure(desks(50, 25), [desks(20, 40)], by_formula, block=math.inf, seconds=20, fresh=20)


def test_one_plan_meets_the_targets_of_every_scenario(insurance):
    """The plan is not, group by group, the most that Erlang C asks for in any scenario."""
    asked = [[int(min_agents(rate / 3600, 360, GOAL)) for rate in rates] for rates in ((50, 25), (20, 40))]
    assert asked == [[8, 5], [4, 7]]
    assert insurance.plan.staffing.ravel().tolist() == np.max(asked, axis=0).tolist()
    assert insurance.alone.staffing.ravel().tolist() == asked[0]
    assert insurance.plan.status == "met"
    assert {target.constraint.scenario for target in insurance.plan.constraints} == {"50 and 25", "20 and 40"}


def test_the_premium_is_that_of_the_agents_more(insurance):
    """Two agents of support at 20 for 48 hours cost something else, or the enumerated bounds leave something open."""
    premium = 2 * 20 * 48
    assert (insurance.premium, insurance.least, insurance.most) == pytest.approx((premium, premium, premium))
    missed = [target for target in insurance.uninsured if target.status() == "missed"]
    assert [target.constraint.of for target in missed] == ["support"]  # five agents where Erlang C asks for seven
    price, without = insurance.lines("{:.0f}".format)
    assert price.startswith(f"Insurance costs {premium} ")
    assert without.startswith("Without it: support ")


def test_many_plans_are_searched_for_the_targets_of_all():
    """Among many plans the cuts, the local search or the bound know the targets of the first scenario alone."""
    first = centre()
    name = first.contact_types[1].name
    target = first.contact_types[1].target.model_copy(update={"share": 0.9})
    strict = first.replace_type(name, target=target).replace(title="strict")
    plan = optimise(first, Stand(0.6), also=[strict], block=6 * 3600, fresh=50, seconds=10, plays=2000)
    assert plan.status == "met"
    # an agent answers 60 %, two 84 %, three 93.6 %: 80 % over the day takes two, 90 % more than two
    strictest = next(c for s, c in constraints_in([first, strict]) if c.of == name and s is strict)
    assert {t.constraint.limit for t in plan.constraints if t.constraint.scenario == "strict"} >= {strictest.limit}
    assert plan.staffing[1].sum() > 2 * plan.staffing.shape[1] >= plan.staffing[0].sum()


def test_scenarios_of_other_centres_are_refused():
    """A plan is asked of scenarios that cannot share one, or of one that no staffing can meet."""
    desk = desks(50, 25)
    with pytest.raises(InvalidValue, match="agent groups: 'A help desk with one queue: desk'"):
        optimise(desk, by_formula, also=[presets.load("help-desk")])
    with pytest.raises(InvalidValue, match="3 days in intervals of 30 min"):
        optimise(desk, by_formula, also=[desk.replace(horizon=desk.horizon.model_copy(update={"days": 3}))])
    with pytest.raises(Unreachable, match="100 % within 20 s"):
        optimise(desk, by_formula, also=[desks(50, 25, share=1.0)])


@pytest.mark.parametrize(
    "words, problem",
    [
        ("more", "write an assumption"),
        ("luck +10 %", "choose one of volume"),
        ("volume +10 points", "in per cent"),
        ("absence +5 %", "in points"),
        ("containment -10 points", "no containment to change"),
        ("volume +1.2.3 %", "write an assumption"),
    ],
)
def test_words_that_say_nothing_are_refused(words, problem):
    """A further scenario is guessed from words that cannot be read."""
    with pytest.raises(InvalidValue, match=problem):
        varied(presets.load("help-desk"), words)


def test_points_of_containment_come_off_in_proportion():
    """Ten points less of 40 are not 30, three quarters true as before."""
    shop = presets.load("bot-first")
    less = varied(shop, "containment -10 points").contact_type("chat").bot
    assert (less.resolved, less.falsely_contained) == pytest.approx((0.225, 0.075))
    wrong = varied(shop, "false containment +5 points").contact_type("chat").bot
    assert (wrong.resolved, wrong.falsely_contained) == pytest.approx((0.25, 0.15))
    assert varied(shop, "absence +5 points").agent_groups[0].shrinkage.absence == pytest.approx(0.05)
