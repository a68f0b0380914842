"""The search for staffing: with a stand-in for the simulator whose optimum is known, and what it refuses."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models.optimisation.bounds.constraints import ConstraintBuckets, Overtime, overtime_by_time, split_by_time
from models.optimisation.bounds.cut_projection import displacement
from models.optimisation.bounds.finite_differences import cut_at
from models.optimisation.bounds.load import KEPT_UP, load_bound, load_rows, must_answer
from models.optimisation.bounds.lower_bound import LowerBoundEstimate, estimate
from models.optimisation.budget import SearchBudget
from models.optimisation.enumeration import cheaper_plans
from models.optimisation.local_search import LocalSearch
from models.optimisation.plan import Plan, binding, outside
from models.optimisation.plan_space import PlanSpace, plan_space
from models.optimisation.profile_search import ProfileSearch
from models.optimisation.search import optimise
from models.optimisation.square_root_start import square_root_start
from models.optimisation.target_costs import relaxed
from models.optimisation.verdicts import judge, min_z, status
from scenarios.errors import InvalidValue, Unreachable
from scenarios.evaluation import Evaluation, RatioSums, in_periods, period_of_interval
from scenarios.horizon import Horizon
from scenarios.requirements import constraints
from scenarios.scenario import Scenario, scenario_from

OFFERED = 100.0


def centre(target: dict[str, Any] | None = None, **group: Any) -> Scenario:
    """Two desks and a type each, in four periods of six hours."""
    types = [
        {
            "name": name,
            "channel": "phone",
            "volume": {"per_hour": 4},
            "handle_time": {"mean": "5 min"},
            "patience": {"mean": "5 min"},
            "target": target or {"share": 0.8, "within": "20s"},
        }
        for name in ("sales", "help")
    ]
    groups = [{"name": f"{name}-desk", "skills": [name], "staffing": 3} | group for name in ("sales", "help")]
    return scenario_from({"name": "two", "horizon": {"interval": "6h"}, "contact_types": types, "agent_groups": groups})


class Stand:
    """In place of the simulator: 100 contacts a period, of whom n heads answer 100 (1 - (1 - share)^n) in time."""

    def __init__(self, share: float, noise: float = 0.0, seconds: float = 0.0) -> None:
        self.share, self.noise, self.seconds = share, noise, seconds
        self.asked = self.replications_used = 0
        self.seen: dict[tuple[str, int], int] = {}

    def __call__(self, scenarios: Sequence[Scenario], replications: int, fresh: int = 0) -> list[Evaluation]:
        """The same noise for every scenario; other noise for fresh customers."""
        self.asked += len(scenarios)
        found = []
        for scenario in scenarios:
            key = scenario.fingerprint, fresh
            new = max(replications - self.seen.get(key, 0), 0)
            self.seen[key] = self.seen.get(key, 0) + new
            self.replications_used += new
            time.sleep(self.seconds * new)
            counts = []
            for constraint in constraints(scenario):
                number = scenario.type_names.index(constraint.of)
                staffing = scenario.staffing[number]
                noise = np.random.default_rng((fresh, number)).normal(0, self.noise, (replications, len(staffing)))
                good = OFFERED * (1 - (1 - self.share) ** staffing) + noise
                counts.append(RatioSums(good, np.full(good.shape, OFFERED)))
            none = np.zeros(replications)
            found.append(Evaluation(scenario, tuple(counts), none, none, np.zeros_like(counts[0].numerator)))
        return found


def test_periods_of_wishes() -> None:
    """Sums would be taken over the wrong stretches of time."""
    horizon = Horizon(days=2, interval="30 min")
    assert period_of_interval(horizon, "hour").max() == 47
    assert in_periods(np.ones((1, 96)), period_of_interval(horizon, "day")).tolist() == [[48.0, 48.0]]


def test_the_cheapest_of_few_is_found() -> None:
    """Two heads each answer 84 % where one answers 60 %: the optimum would be missed, or not proven."""
    plan = optimise(centre(), Stand(0.6, noise=1.0), block=math.inf, fresh=50, seconds=60)
    assert plan.staffing.ravel().tolist() == [2, 2]
    assert plan.cost == pytest.approx(2 * 2 * 24)
    assert plan.gap == pytest.approx(0.0)
    assert plan.status == "met"
    assert any("probability" in note for note in plan.notes)


def test_periods_share_a_target_of_the_day() -> None:
    """With 60 % by one head and 84 % by two, seven heads in four periods reach 78 % and eight 84 %: 8 are cheapest."""
    plan = optimise(centre(), Stand(0.6, noise=0.5), block=6 * 3600, fresh=50, seconds=60)
    assert plan.status == "met"
    assert plan.staffing.sum(axis=1).tolist() == [8, 8]
    assert plan.bound <= plan.cost
    assert plan.bound_kind != "enumerated"


def least_heads_of(share: float, periods: int) -> int:
    """The fewest heads that give 80 % in the mean of equal periods: one by one where the next helps most, as exact."""
    staffing = [0] * periods
    while sum(1 - (1 - share) ** n for n in staffing) < 0.8 * periods - 1e-9:
        staffing[staffing.index(min(staffing))] += 1
    return sum(staffing)


@pytest.mark.parametrize("share", [0.35, 0.45, 0.55])
def test_no_bound_above_the_optimum(share: float, capfd: pytest.CaptureFixture[str]) -> None:
    """Cuts from few noisy replications would forbid the optimum, or a plan with a head too many be the last."""
    plan = optimise(centre(), Stand(share, noise=6.0), block=6 * 3600, fresh=300, seconds=60, gap=0.0)
    least = least_heads_of(share, 4)
    assert plan.bound <= 2 * 6 * least + 1e-6
    assert plan.bound_kind == "estimated"
    assert "proved" not in plan.gap_text
    assert (
        plan.staffing.sum(axis=1) <= least + 1
    ).all()  # a head more where the limit is nearer than the final check sees
    assert capfd.readouterr().out == ""


class Late(Stand):
    """A centre in which a head that goes home works on for a tenth of an hour; what is left over is worked off."""

    work = 0.0

    def __call__(self, scenarios: Sequence[Scenario], replications: int, fresh: int = 0) -> list[Evaluation]:
        """What the stand-in finds, with work after the end of a duty at 1 an hour."""
        return [
            replace(one, overtime=np.tile(self.late(one.scenario.staffing), (one.replications, 1)))
            for one in super().__call__(scenarios, replications, fresh)
        ]

    def late(self, staffing: np.ndarray) -> np.ndarray:
        """Its cost in each period: in the last also what is left over."""
        late = 0.1 * np.maximum(staffing - np.append(staffing[:, 1:], 0 * staffing[:, :1], axis=1), 0).sum(axis=0)
        late[-1] += max(self.work - staffing.sum() * 24 / staffing.shape[1], 0.0)
        return late


def parts_of(space: PlanSpace) -> tuple[tuple[ConstraintBuckets, ...], tuple[Overtime, ...]]:
    """The pieces of wishes and of overtime."""
    return split_by_time(space, 100), overtime_by_time(space)


def test_work_after_a_duty_is_paid() -> None:
    """A search would win hours by heads that go home with their hands full."""
    plan = optimise(centre(), Late(0.6, noise=0.5), block=6 * 3600, fresh=50, seconds=30)
    space = plan_space(centre(), 6 * 3600)
    assert plan.overtime == pytest.approx(Late(0.6).late(plan.staffing).sum())
    assert plan.cost == pytest.approx(space.cost(plan.staffing) + plan.overtime)
    assert plan.status == "met"
    few = optimise(centre(), Late(0.6), block=math.inf, fresh=50, seconds=30)
    assert few.overtime == 0.0
    assert few.cost == pytest.approx(few.staffing.sum() * 24)


def test_slopes_of_overtime() -> None:
    """What is left over depends on all heads of the day, what a head that goes home does on its own hour."""
    space = plan_space(centre().replace(horizon=Horizon(interval="60 min")), 3600)
    busy = Late(0.6)
    busy.work = 300.0
    budget, (buckets, late), load = SearchBudget(space, busy), parts_of(space), load_rows(space)
    found = cut_at(budget, (*buckets, *late), load, np.full(space.shape, 3, dtype=np.int64), 4)
    before, last = found.slope[-2:]
    assert last.shape == (1, 2, 24)
    assert last == pytest.approx(1 - 0.1 / 24)  # an hour less to work off, but one more who goes home in the end
    assert found.intercept[-1] == pytest.approx(-(300 - 6 * 24 + 0.6))
    assert before[:, :, 0] == pytest.approx(-0.1)


def test_nothing_is_better_than_all_in_time() -> None:
    """A piece without a plane would lend the others as much as they like."""
    space = plan_space(centre(), 6 * 3600)
    evaluation = Late(0.6)([space.plan(np.full(space.shape, 3))], 4)[0]
    buckets, late = parts_of(space)
    assert [one.ceiling(evaluation).tolist() for one in buckets] == [[pytest.approx(0.2 * OFFERED)] * 4] * 2
    assert [one.ceiling(evaluation).tolist() for one in late] == [[0.0] * 3, [0.0]]
    caps, ones = centre(max_occupancy=0.9), np.ones((4, 4))
    four = Evaluation(caps, (RatioSums(ones, ones),) * 4, np.zeros(4), np.zeros(4), 0 * ones)
    of_groups = split_by_time(plan_space(caps, 6 * 3600), 100)[2:]
    assert [np.isinf(one.ceiling(four)).all() for one in of_groups] == [True, True]  # more heads have more time
    for_days = replace(buckets[0], constraint=replace(buckets[0].constraint, on_days=0.9))
    assert np.isinf(for_days.ceiling(evaluation)).all()


def test_planes_agree_with_every_plan() -> None:
    """Planes would forbid a plan that was played, and their bound be refuted."""
    space, draw = plan_space(centre(), 6 * 3600), np.random.default_rng(1)
    budget, (buckets, late), load = SearchBudget(space, Late(0.5, noise=3.0)), parts_of(space), load_rows(space)
    best = np.full(space.shape, 4, dtype=np.int64)
    budget.record_plan(best, 24)
    plans = [best, *(draw.integers(2, 6, space.shape) for _ in range(20))]
    true = [cut_at(budget, (*buckets, *late), load, staffing, 8) for staffing in plans[:4]]
    wrong = [replace(one, slope=tuple(2 * slope for slope in one.slope)) for one in true]
    told = LowerBoundEstimate(budget, buckets, late, load, wrong, best, plans, 24)
    told.run()
    cuts = told.projected_cuts()
    for k, part in enumerate(told.parts):
        for staffing, found in zip(told.evaluated_plans, told.excess_by_plan, strict=True):
            away = [displacement(one, staffing, part, one.slope[k].shape[-1]) for one in cuts]
            planes = [
                one.intercept[k] + (one.slope[k] * far).sum(axis=(1, 2)) for one, far in zip(cuts, away, strict=True)
            ]
            least = np.minimum(np.min(planes, axis=0), told.ceilings()[k])
            assert (in_periods(least, part.period) >= in_periods(found[k], part.period) - 1e-6).all()
    assert 0 < budget.estimate <= budget.objective(best, 24) + 1e-6


def test_plans_in_the_shape_of_the_work() -> None:
    """Rounding would lose or win heads, or the search end with a plan that misses."""
    space = plan_space(centre(), 6 * 3600)
    budget, (buckets, late), load = SearchBudget(space, Stand(0.35)), parts_of(space), load_rows(space)
    near = LocalSearch(budget, buckets, late, load, 100, [])
    shapes = ProfileSearch(budget, near, 200)
    assert shapes.plan(np.array([17.0, 21.4])).sum(axis=1).tolist() == [17, 21]
    given = np.full(space.shape, 8, dtype=np.int64)
    found = shapes.improve(given)
    assert near.meets(budget.evaluate_plans([found], 24)[0])
    assert space.cost(found) <= 1.1 * 2 * 6 * least_heads_of(0.35, 4)
    assert np.ptp(found, axis=1).max() <= 1


def test_a_good_plan_keeps_every_cut() -> None:
    """A cut that is refuted by a plan that meets everything would stay, and its bound be called a gap of nothing."""
    space = plan_space(centre(), 6 * 3600)
    budget, buckets, load = SearchBudget(space, Stand(0.6)), split_by_time(space, 100), load_rows(space)
    best = np.full(space.shape, 2, dtype=np.int64)
    budget.record_plan(best, 24)
    true = cut_at(budget, buckets, load, best + 1, 24)
    false = replace(true, intercept=tuple(level - 50.0 for level in true.intercept))
    estimate(budget, buckets, (), load, [false], [best], 24)
    assert 0 < budget.estimate <= space.cost(best) + 1e-6


def test_the_load_is_planned_for() -> None:
    """Letters left until after duty, which one number of heads is not charged for, made a plan cheaper than its bound.

    Two letters an hour of three hours each, worked from 6:00 to 12:00: 144 hours by 24 agents.
    """
    phones = centre()
    mail = letters({"06:00-12:00": 1}, volume={"per_hour": 2}, handle_time={"mean": "3h"}, target=None)
    scenario = phones.replace(
        contact_types=(*phones.contact_types, *mail.contact_types),
        agent_groups=(*phones.agent_groups, *mail.agent_groups),
    )
    plan = optimise(scenario, Stand(0.6), block=math.inf, fresh=20, seconds=5)
    assert plan.staffing[2].tolist() == [24]
    assert plan.proven <= plan.bound <= plan.cost


def test_no_estimate_without_cuts() -> None:
    """Where time is up before any cut is made, an estimate was made of none: "need at least one array to stack"."""
    space = plan_space(centre(), 6 * 3600)
    budget, buckets, load = SearchBudget(space, Stand(0.6)), split_by_time(space, 100), load_rows(space)
    before, best = np.full(space.shape, 3, dtype=np.int64), np.full(space.shape, 2, dtype=np.int64)
    budget.record_plan(before, 24)
    budget.plays = budget.replications_used  # nothing more may be played
    estimate(budget, buckets, (), load, [], [before, best], 24)
    assert budget.estimate == 0.0


def test_a_cheaper_plan_refutes_an_estimate() -> None:
    """The bound would be above the cost of a plan."""
    space = plan_space(centre(), math.inf)
    budget = SearchBudget(space, Stand(0.6))
    budget.record_estimate(100.0)
    budget.record_plan(np.ones(space.shape, dtype=np.int64), 2)
    assert budget.bound == 0.0


def test_every_interval_by_itself() -> None:
    """A target for every interval would be met on average only."""
    target = {"share": 0.5, "within": "20s", "every": "interval"}
    plan = optimise(centre(target), Stand(0.6, noise=0.5), block=6 * 3600, fresh=50, seconds=60)
    assert (plan.staffing >= 1).all()
    assert plan.cost == pytest.approx(2 * 24)


def test_bounds_are_kept() -> None:
    """Fewer heads than `least` would be planned."""
    plan = optimise(centre(min_agents=4), Stand(0.6), block=math.inf, fresh=20, seconds=30)
    assert plan.staffing.ravel().tolist() == [4, 4]


def test_half_hours_are_not_paid_outside() -> None:
    """Somebody would be planned and paid around the clock for a desk that is open from 8:30 to 17:30."""
    contact_types = {"open": ("08:30-17:30",)}
    scenario = centre().map_types(lambda contact_type: contact_types).replace(horizon=Horizon(interval="30 min"))
    space = plan_space(scenario, math.inf)
    plan = space.plan(np.array([[5], [5]]))
    assert plan.staffing[:, 17:35].min() == 5
    assert plan.staffing.sum() == 2 * 5 * 18
    assert space.cost(np.array([[5], [5]])) == pytest.approx(2 * 5 * 9.0)
    assert load_bound(space, load_rows(space).proven) == pytest.approx(2 * 9 * 0.8 / 3)


def test_new_hours_are_told() -> None:
    """A group would be staffed in hours in which it does not work, and nobody be told."""
    scenario = centre(staffing=[0, 3, 3, 0])
    plan = optimise(scenario, Stand(0.6, noise=0.5), block=6 * 3600, fresh=50, seconds=20)
    assert any("sales-desk is staffed in periods without agents today: Mon 00:00" in note for note in plan.notes)
    assert not outside(plan_space(centre(), 6 * 3600), plan.staffing)


@pytest.mark.parametrize(
    "given, field",
    [
        ({"gap": -1.0}, "gap"),
        ({"gap": math.nan}, "gap"),
        ({"gap": math.inf}, "gap"),
        ({"seconds": -1.0}, "seconds"),
        ({"seconds": math.nan}, "seconds"),
        ({"plays": -1}, "plays"),
        ({"plays": math.nan}, "plays"),
        ({"block": 0}, "block"),
        ({"block": -3.0}, "block"),
        ({"block": math.nan}, "block"),
        ({"fresh": 1}, "fresh"),
        ({"replications": 0}, "replications"),
    ],
)
def test_bad_arguments_are_named(given: dict[str, Any], field: str) -> None:
    """A search would run without end, or stop at once, for a number that means nothing."""
    stand = Stand(0.6)
    with pytest.raises(InvalidValue, match=field) as refused:
        optimise(centre(), stand, **({"block": math.inf} | given))
    assert "give" in str(refused.value)
    assert stand.asked == 0


def test_nobody_can_do_it() -> None:
    """A target beyond what `most` allows would be searched for without end, not named with its ceiling."""
    with pytest.raises(Unreachable, match="at best") as refused:
        optimise(centre(max_agents=1), Stand(0.6), block=math.inf, seconds=30)
    assert refused.value.of in ("sales", "help")


def test_work_beyond_the_bounds_is_named_before_any_search() -> None:
    """A plan would be tried though the most heads cannot do the work."""
    busy = centre(max_agents=1).map_types(lambda contact_type: {"volume": {"per_hour": 400}})
    stand = Stand(0.6)
    with pytest.raises(Unreachable, match="agent-hours"):
        optimise(busy, stand, block=math.inf)
    assert stand.asked == 0


def test_certainty_is_refused() -> None:
    """A target of 100 % would be searched for."""
    with pytest.raises(Unreachable, match="just below that"):
        optimise(centre({"share": 1.0, "within": "20s"}), Stand(0.6))


def test_hours_that_no_headcount_can_beat() -> None:
    """Letters that arrive at night and must be answered within the hour would be looked for by day."""
    letters = {
        "name": "letters",
        "channel": "email",
        "volume": {"per_hour": 10},
        "handle_time": {"mean": "5 min"},
        "target": {"share": 0.8, "within": "1h"},
    }
    desk = {"name": "desk", "skills": ["letters"], "staffing": {"Mon-Sun 08:00-16:00": 3}}
    scenario = scenario_from({"name": "x", "contact_types": [letters], "agent_groups": [desk]})
    with pytest.raises(Unreachable, match="arrive when no agent may work"):
        optimise(scenario, Stand(0.6))


def test_without_a_wish_there_is_no_search() -> None:
    """Nobody at all would be called the cheapest plan."""
    with pytest.raises(InvalidValue, match="target"):
        optimise(centre().map_types(lambda contact_type: {"target": None}), Stand(0.6))


def ring(size: int, per_hour: float, staffing: int) -> Scenario:
    """So many types and groups, each group for its own type first and the next one second."""
    types = [
        {
            "name": f"t{i}",
            "channel": "phone",
            "volume": {"per_hour": per_hour},
            "handle_time": {"mean": "10 min"},
            "target": {"share": 0.8, "within": "30s"},
        }
        for i in range(size)
    ]
    groups = [
        {"name": f"g{i}", "skills": {f"t{i}": {"rank": 1}, f"t{(i + 1) % size}": {"rank": 2}}, "staffing": staffing}
        for i in range(size)
    ]
    return scenario_from({"name": "ring", "contact_types": types, "agent_groups": groups})


def test_cheaper_plans_are_all_there() -> None:
    """A plan with agents enough for its load would be left out, or one without them listed."""
    space = plan_space(ring(3, 9.0, 2), math.inf)
    rows = load_rows(space).proven
    every = (np.array(staffing) for staffing in itertools.product(range(9), repeat=3))
    wanted = {
        tuple(staffing.tolist())
        for staffing in every
        if 24 * staffing.sum() < 24 * 8 and (rows.hours @ staffing >= rows.work - 1e-9).all()
    }
    plans = cheaper_plans(space, rows, 24 * 8.0)
    assert plans is not None
    found = [tuple(plan.ravel().tolist()) for plan in plans]
    assert len(found) == len(set(found))
    assert set(found) == wanted


def test_cheaper_plans_of_a_long_horizon() -> None:
    """Every period without a choice was a step of a recursion: four weeks of one open hour each broke it off.

    None or one agent in each of eight half-hours are 2^8 plans, all cheaper than nine agent-half-hours.
    """
    mail = letters({"Mon 09:00-10:00": 1}).replace(horizon=Horizon(start="2026-03-02", days=28, interval="30 min"))
    space = plan_space(mail.replace_group("desk", max_agents=1, cost_per_hour=20), 1800)
    none = replace(load_rows(space).proven, hours=np.zeros((0, space.price.size)), work=np.zeros(0))
    plans = cheaper_plans(space, none, 9 * 10.0)
    assert plans is not None
    assert len({plan.tobytes() for plan in plans}) == 2**8
    assert max(int(plan.sum()) for plan in plans) == 8


def test_too_many_plans_are_soon_known_to_be() -> None:
    """A search among six large groups would list billions of plans with too few agents before it began."""
    space = plan_space(ring(6, 84.0, 15), math.inf)
    assert cheaper_plans(space, load_rows(space).proven, 24 * 112.0) is None


def test_a_block_fits_the_day() -> None:
    """Periods would not line up with intervals."""
    with pytest.raises(InvalidValue, match="block"):
        plan_space(centre(), block=7 * 3600)


def test_stopping_gives_the_best_so_far() -> None:
    """A person who stops a search would get nothing, or be told that all was decided."""
    plan = optimise(centre(), Stand(0.6, noise=1.0), block=6 * 3600, fresh=20, stop=lambda: True)
    assert isinstance(plan, Plan)
    assert plan.ended == "stopped"
    assert plan.cost >= 2 * 8 * 6


def test_few_evaluations_say_what_is_not_decided() -> None:
    """A search without means would claim an optimum."""
    plan = optimise(centre(), Stand(0.6, noise=1.0), block=math.inf, fresh=20, plays=1)
    assert plan.ended == "replication limit reached"
    assert any("not tested" in note for note in plan.notes)


def test_a_stop_is_answered_at_once() -> None:
    """After a click on Stop the check would go on for as long as it likes."""
    stand = Stand(0.6, noise=1.0, seconds=0.005)
    began = time.monotonic()
    plan = optimise(centre(), stand, block=6 * 3600, fresh=2000, stop=lambda: True)
    assert time.monotonic() - began < 8.0  # 2000 replications of the check alone would take 10
    assert 2 <= plan.replications < 2000


def test_the_clock_is_obeyed_to_the_end() -> None:
    """The check and the worth of an agent would come on top of the time that was given."""
    stand = Stand(0.6, noise=1.0, seconds=0.005)
    began = time.monotonic()
    plan = optimise(centre(), stand, block=6 * 3600, fresh=2000, seconds=3.0)
    assert time.monotonic() - began < 6.0
    assert 2 <= plan.replications < 2000


def test_every_play_counts() -> None:
    """The beginning, the check and the worth of an agent would not be in the budget."""
    stand = Stand(0.6, noise=1.0)
    plan = optimise(centre(), stand, block=6 * 3600, fresh=100, plays=200, seconds=60, gap=0.0)
    assert stand.replications_used <= 200 + 2 * 13  # two replications of each of the last plans are played all the same
    assert plan.ended == "replication limit reached"
    assert any(step.doing == "checking on new days" for step in plan.steps)


def test_the_proven_bound_never_falls() -> None:
    """Live progress would begin with less than the load, or take back what is proven."""
    plan = optimise(centre(), Stand(0.6, noise=0.5), block=6 * 3600, fresh=50, seconds=60)
    assert min(step.bound for step in plan.steps) == pytest.approx(plan.proven)


def test_the_tightest_period_is_one_of_the_wish() -> None:
    """The worst hour would be told for a wish of every interval, or one in which nobody works."""
    target = {"share": 0.8, "within": "20s", "every": "interval"}
    scenario = centre(target, staffing=[0, 3, 3, 3])
    level = np.array([0.0, 90.0, 70.0, 95.0])
    counts = tuple(RatioSums(np.tile(level, (9, 1)), np.full((9, 4), OFFERED)) for _ in range(2))
    evaluation = Evaluation(scenario, counts, np.zeros(9), np.zeros(9), np.zeros((9, 1)))
    assert binding(judge(evaluation), evaluation).endswith("worst at Mon 12:00: 70.0 %")


def test_worth_of_an_agent() -> None:
    """One head more at two is 84 to 93.6 points by the stand-in's formula."""
    plan = optimise(centre(), Stand(0.6), block=math.inf, fresh=20, seconds=30)
    more = next(c for c in plan.marginal_values if (c.group, c.staffing, c.of) == ("sales-desk", 1, "sales"))
    assert more.difference == pytest.approx(0.4**2 - 0.4**3)
    assert more.cost == pytest.approx(24.0)
    fewer = next(c for c in plan.marginal_values if (c.group, c.staffing, c.of) == ("sales-desk", -1, "sales"))
    assert not fewer.met


def test_slopes_of_all_periods_at_once() -> None:
    """The change of one period would be put down to another."""
    scenario = centre()
    space = plan_space(scenario, 6 * 3600)
    budget = SearchBudget(space, Stand(0.6))
    staffing = np.full(space.shape, 2, dtype=np.int64)
    found = cut_at(budget, split_by_time(space, 100), load_rows(space), staffing, 4)
    own = found.slope[0][:, :, 0]  # sales; shape (periods, groups)
    np.testing.assert_allclose(own, [[OFFERED * (0.4**2 - 0.4**3), 0.0]] * 4)
    assert not found.slope[0][:, :, 1:].any()


def test_load_bound_by_hand() -> None:
    """4 contacts of 5 minutes an hour, of which 80 % are answered: 0.2667 agents for each of two desks all day."""
    space = plan_space(centre(), math.inf)
    assert load_bound(space, load_rows(space).proven) == pytest.approx(2 * 24 * 0.8 / 3)


def test_full_lines_prove_nothing() -> None:
    """What finds all lines busy would count as work: with a line each, nobody knows how much is left to answer."""
    contact_types = {"trunk": "line"}
    scenario = centre().replace(trunks={"line": 1}).map_types(lambda contact_type: contact_types)
    space = plan_space(scenario, math.inf)
    assert load_bound(space, load_rows(space).proven) == 0.0


def test_who_waits_when_the_clock_stops_has_not_left() -> None:
    """Contacts that are still waiting at the end would count as answered by a target on abandonment."""
    scenario = centre({"max_abandonment": 0.1})
    assert must_answer(scenario, scenario.contact_types[0]) == pytest.approx(0.9)
    stops = scenario.replace(horizon=Horizon(interval="6h", at_end="stop"))
    assert must_answer(stops, stops.contact_types[0]) == 0.0


def test_the_warm_up_is_no_hour_to_give_up() -> None:
    """Nobody would be planned for the hours that are not judged."""
    scenario = centre().replace(horizon=Horizon(interval="6h", warm_up=6 * 3600))
    rows = load_rows(plan_space(scenario, 6 * 3600))
    assert set(rows.period.tolist()) == {-1, 0, 1, 2, 3}
    assert rows.work[rows.period == 0] == pytest.approx(rows.work[rows.period == 1])
    assert rows.work[rows.period < 0].max() == pytest.approx(2 * 18 * 0.8 / 3)


def letters(staffing: dict[str, int] | int = 1, **more: object) -> Scenario:
    """Twelve letters an hour of five minutes each, half of them to be answered within an hour."""
    contact_type = {"name": "letters", "channel": "email", "volume": {"per_hour": 12}, "handle_time": {"mean": "5 min"}}
    contact_type |= {"target": {"share": 0.5, "within": "1h"}} | more
    group = {"name": "desk", "skills": ["letters"], "staffing": staffing}
    horizon = {"start": "2026-03-02", "interval": "1h"}
    return scenario_from({"name": "x", "horizon": horizon, "contact_types": [contact_type], "agent_groups": [group]})


@pytest.mark.parametrize(
    "scenario, hours",
    [
        (letters(), [24 + 2.0]),  # 288 letters of 5 min, exponential: 288 x 2 / 12² is the variance in hours²
        (letters(handle_time={"family": "deterministic", "value": "5 min"}), [24 + 2.0 / 2**0.5]),
        (letters(volume={"per_hour": 12, "variation": {"cv": 0.1}}), [24 + (4 + 2.4**2) ** 0.5]),
        (letters(work="live", patience={"mean": "3 min"}), []),  # who has hung up need not be kept up with
        (letters().replace_group("desk", max_agents=0), []),  # what nobody may do is not asked for
    ],
)
def test_work_that_may_wait_is_kept_up_with(scenario: Scenario, hours: list[float]) -> None:
    """Half of the work of every day could be left for the next one, which begins without it in the simulation."""
    rows = load_rows(plan_space(scenario, 6 * 3600))
    assert rows.work[rows.period == KEPT_UP] == pytest.approx(hours)


def test_the_last_week_is_kept_up_with_too() -> None:
    """A fortnight whose second week, which goes on, has too few would do with many in the first."""
    scenario = letters().replace(horizon=Horizon(days=14, interval=3600))
    rows = load_rows(plan_space(scenario, math.inf))
    assert len(rows.work[rows.period == KEPT_UP]) == 1  # one number of heads for ever
    rows = load_rows(plan_space(scenario, 86400))
    assert sorted(rows.work[rows.period == KEPT_UP]) == pytest.approx([168 + 28**0.5, 336 + 56**0.5])


def test_heads_are_added_evenly() -> None:
    """Of hours that cost the same the first got all: fifteen agents for a lonely hour."""
    space = plan_space(letters({"08:00-18:00": 1}), 3600)
    staffing = load_rows(space).kept(space, np.zeros(space.shape, dtype=np.int64))
    assert staffing.sum() == 26
    assert set(staffing[staffing > 0].tolist()) == {2, 3}


def test_like_groups_begin_alike() -> None:
    """A circle of like skills would begin with twice as many agents here as there."""
    staffing = square_root_start(plan_space(ring(6, 84.0, 15), math.inf), 1.0).ravel()
    assert staffing.max() - staffing.min() <= 2


def test_nobody_leaves_so_all_must_be_answered() -> None:
    """The load bound would leave out customers who wait for ever."""
    scenario = centre().map_types(lambda contact_type: {"patience": None})
    assert must_answer(scenario, scenario.contact_types[0]) == 1.0


def test_cheaper_plans_are_all_listed() -> None:
    """A plan that may be the optimum would not be tried: of two numbers 1 to 3 with a sum below 4 there are three."""
    space = plan_space(centre(min_agents=1), math.inf)
    plans = cheaper_plans(space, load_rows(space).proven, 4 * 24.0)
    assert plans is not None
    assert [plan.ravel().tolist() for plan in plans] == [[1, 1], [1, 2], [2, 1]]


def test_a_share_of_days() -> None:
    """Days would be averaged: 90 good days in 100 are neither surely more nor surely less than 90 %."""
    scenario = centre({"share": 0.8, "within": "20s", "on_days": 0.9})
    good = np.full((100, 4), 90.0)
    good[:10] = 10.0
    counts = tuple(RatioSums(good, np.full((100, 4), OFFERED)) for _ in range(2))
    judged = judge(Evaluation(scenario, counts, np.zeros(100), np.zeros(100), np.zeros((100, 1))))
    assert judged[0].value == pytest.approx(0.9)
    assert status(judged) == "inconclusive"


def test_what_never_happened_is_no_success() -> None:
    """Answering nobody would meet a target on the mean wait of the answered."""
    scenario = centre({"max_asa": "20s"})
    nothing = tuple(RatioSums(np.zeros((20, 4)), np.zeros((20, 4))) for _ in range(2))
    assert min_z(judge(Evaluation(scenario, nothing, np.zeros(20), np.zeros(20), np.zeros((20, 1))))) == -math.inf


def test_relaxed_targets() -> None:
    """The price of a target would be that of another one."""
    scenario = centre()
    easier = relaxed(scenario, constraints(scenario)[1], 0.05)
    assert easier is not None
    assert [constraint.limit for constraint in constraints(easier)] == pytest.approx([0.8, 0.75])
