"""What counts as met by the sums that replications left behind: one verdict for the search and for the results."""

import numpy as np
import pytest

from models.optimisation.verdicts import judge, status
from models.whatif.trials import judge_trial as judged_by_models
from scenarios.evaluation import Evaluation, RatioSums
from scenarios.judgement import judge_constraint, share_of_days
from scenarios.measures import CONTACT_TALLIES, GROUP_TALLIES
from scenarios.requirements import constraints
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MET, MISSED
from simulator.measure import waits
from simulator.measure.results import Results
from simulator.measure.targets import verdict
from tests.centres import contact_type, group, of

TARGETS = (
    {"share": 0.8, "within": "20s"},
    {"share": 0.8, "within": "20s", "every": "day"},
    {"share": 0.8, "within": "20s", "on_days": 0.7},
    {"max_abandonment": 0.2},
)


def desk(target: dict[str, object], days: int = 5) -> Scenario:
    """One type with a target over some days of two intervals each."""
    calls = contact_type("calls", volume={"per_hour": 2}, patience={"mean": "3 min"}, target=target)
    return of([calls], [group("a", ["calls"])], horizon={"interval": "12 h", "days": days})


def results_of(scenario: Scenario, offered: np.ndarray, good: np.ndarray) -> Results:
    """Results with these numbers of contacts, answered in time or abandoned, shape (replications, intervals)."""
    replications, intervals = offered.shape
    contacts = np.zeros((replications, len(CONTACT_TALLIES), 1, intervals))
    for name, values in (("contacts", offered), ("offered", offered), ("in_time", good), ("abandoned", offered - good)):
        contacts[:, list(CONTACT_TALLIES).index(name), 0] = values
    return Results(
        *(scenario, 1, "simpy", contacts, np.zeros((replications, len(GROUP_TALLIES), 1, intervals))),
        waits=np.zeros((replications, 2, 1, waits.BINS), dtype=np.uint32),
        longest=np.full((replications, 1), np.nan),
        ends=waits.none_yet(1),
    )


@pytest.mark.parametrize("replications", [2, 4, 8, 50])
@pytest.mark.parametrize("target", TARGETS)
def test_search_studies_and_results_say_the_same_word(target: dict[str, object], replications: int) -> None:
    """Random sums around the limit: one status, and the same numbers."""
    random, scenario, seen = np.random.default_rng(replications), desk(target), set()
    for _ in range(20):
        offered = random.poisson(40.0, (replications, 10)).astype(float)
        level = 0.8 + random.choice([-0.15, -0.03, 0.0, 0.03, 0.15]) + random.normal(0, 0.05, (replications, 1))
        good = random.binomial(offered.astype(int), np.clip(level, 0, 1)).astype(float)
        results = results_of(scenario, offered, good)
        row = verdict(results).iloc[0]
        numerator = offered - good if "max_abandonment" in target else good
        cost = np.zeros(replications)
        evaluation = Evaluation(scenario, (RatioSums(numerator, offered),), cost, cost, cost[:, None])
        for (one,) in (judge(evaluation), judged_by_models(results)):
            assert one.status() == row["status"]
            assert (one.value, one.low, one.high) == pytest.approx((row["value"], row["low"], row["high"]))
        seen.add(row["status"])
    assert len(seen) > 1


def test_a_day_that_just_reaches_its_limit_is_good() -> None:
    """7 of 10 are 70 %, though 0.7 x 10 is more than 7 in floating point."""
    scenario = desk({"share": 0.7, "within": "20s", "on_days": 0.5}, days=1)
    counts = RatioSums(np.full((4, 2), 3.5), np.full((4, 2), 5.0))
    assert share_of_days(scenario, constraints(scenario)[0], counts).value == 1.0


@pytest.mark.parametrize("replications, expected", [(1, INCONCLUSIVE), (20, MISSED)])
def test_what_should_have_happened_and_did_not_is_missed(replications: int, expected: str) -> None:
    """48 mails a day of which none is answered have no ASA: a failure. Two contacts in a day may well stay away."""
    volume = {"per_hour": 2} if replications > 1 else {"daily": 2}
    scenario = of([contact_type("calls", volume=volume, target={"max_asa": "1 min"})], [group("a", ["calls"])])
    nothing = np.zeros((replications, scenario.horizon.intervals))
    one = judge_constraint(scenario, constraints(scenario)[0], RatioSums(nothing, nothing))
    assert np.isnan(one.value)
    assert one.status() == expected
    assert one.idle == (expected == INCONCLUSIVE)


def test_nothing_to_judge_leaves_the_others_to_decide() -> None:
    """A type without contacts neither meets nor misses: the plan is met by the other."""
    types = [
        contact_type(name, volume={"per_hour": 0}, target={"share": 0.8, "within": "20s"})
        for name in ("quiet", "calls")
    ]
    scenario = of(types, [group("a", ["quiet", "calls"])])
    nothing, cost = np.zeros((3, 48)), np.zeros(3)
    counts = RatioSums(nothing, nothing), RatioSums(nothing + 9.0, nothing + 10.0)
    evaluation = Evaluation(scenario, counts, cost, cost, cost[:, None])
    assert [one.status() for one in judge(evaluation)] == [INCONCLUSIVE, MET]
    assert status(judge(evaluation)) == MET
