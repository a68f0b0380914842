"""Rosters: every hard rule kept, costs right, the optimum reached, contradictions named."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from time import process_time

import numpy as np
import pytest

from models.rostering import search
from models.rostering.best_line import LinePricer
from models.rostering.contradictions import ContradictoryRules, check_people
from models.rostering.problem import Contract, Person, RosterProblem, RosterShift, Wish, no_lines
from models.rostering.report import assignments, fairness, head_gaps, unfair_shares, unmet_wishes
from models.rostering.search import Roster, solve_roster
from scenarios.errors import Cancelled, InvalidValue, TooLarge
from tests.models.rostering.checker import broken_by, broken_rules, cost, names, unfair
from tests.models.rostering.instances import FOLDER, SHIFTS, best_known, instance, random_problem

here = pytest.mark.skipif(not FOLDER.is_dir(), reason="the public instances are not here")


def possible_lines(problem: RosterProblem, person: Person):
    """Every line of a person that keeps all rules, by trying all."""
    for line in itertools.product(range(-1, len(problem.shifts)), repeat=problem.days):
        if not broken_by(problem, person, names(problem, line)):
            yield np.array(line, np.int16)


@pytest.mark.parametrize("seed", range(12))
def test_the_cheapest_line_is_that_of_all_lines(seed: int) -> None:
    """The dynamic program equals the minimum over every line that the independent checker lets pass."""
    problem = random_problem(seed, days=4, people=1)
    person = problem.people[0]
    prices = np.random.default_rng(seed).normal(size=problem.heads.shape)
    pricer = LinePricer(problem, person)
    best = pricer.best(prices)
    costs = [
        pricer.wish_cost(line) + sum(prices[day, shift] for day, shift in enumerate(line) if shift >= 0)
        for line in possible_lines(problem, person)
    ]
    assert (best is None) == (not costs)
    if best is not None:
        assert best[0] == pytest.approx(min(costs))
        assert not broken_by(problem, person, names(problem, best[1]))


@pytest.mark.parametrize("seed", range(8))
def test_no_roster_of_all_is_cheaper(seed: int) -> None:
    """The search reaches the optimum by enumeration, and no bound is above it."""
    problem = random_problem(100 + seed, days=4, people=3)
    choices = [list(possible_lines(problem, person)) for person in problem.people]
    if not all(choices):
        with pytest.raises(ContradictoryRules):
            solve_roster(problem, seconds=2, clock=process_time)
        return
    roster = solve_roster(problem, seconds=2, clock=process_time)
    optimum = min(cost_of_choice(problem, choices))
    assert not broken_rules(problem, roster.lines)
    assert roster.cost == pytest.approx(cost(problem, roster.lines))
    assert roster.bound <= optimum + 1e-6
    assert roster.cost == pytest.approx(optimum)


def cost_of_choice(problem: RosterProblem, choices):
    """The cost of every roster; heads and wishes are summed line by line."""
    pricers = [LinePricer(problem, person) for person in problem.people]
    alone = [
        [pricer.wish_cost(line) + unfair(problem, pricer.person, line) for line in lines]
        for pricer, lines in zip(pricers, choices, strict=True)
    ]
    present = [[problem.staffed(line[None, :]) for line in lines] for lines in choices]
    for picks in itertools.product(*(range(len(lines)) for lines in choices)):
        net = sum(part[pick] for part, pick in zip(present, picks, strict=True)) - problem.heads
        heads = np.where(net > 0, net * problem.over_price, -net * problem.under_price).sum()
        yield float(heads) + sum(costs[pick] for costs, pick in zip(alone, picks, strict=True))


@here
@pytest.mark.parametrize("number", [2, 3, 4])
def test_public_instances_are_solved_to_the_proved_optimum(number: int) -> None:
    """The cost of the best roster known, with an equal bound."""
    problem = instance(number)
    roster = solve_roster(problem, seconds=20, clock=process_time)
    assert not broken_rules(problem, roster.lines)
    assert roster.cost == cost(problem, roster.lines) == best_known()[number]
    assert roster.bound == pytest.approx(best_known()[number])
    assert roster.ended == "optimal"


def team(days: int = 7, people: int = 2, **rules: object) -> RosterProblem:
    """People who can do all shifts, of whom one is needed early every day."""
    skills = frozenset({"phone", "chat"})
    staff = tuple(Person(f"p{number}", Contract(**rules), skills) for number in range(people))  # type: ignore[arg-type]
    heads = np.zeros((days, len(SHIFTS)), int)
    heads[:, 0] = 1
    return RosterProblem(date(2026, 3, 23), days, SHIFTS, staff, heads, 10.0 + 0 * heads, 1.0 + 0 * heads)


def test_fixed_assignments_survive_a_search() -> None:
    """A night and a day off fixed by hand stay, whatever they cost."""
    problem = team().fix({"p0": {2: "night", 3: ""}})
    again = solve_roster(problem, seconds=5, seed=7, clock=process_time)
    assert names(problem, again.lines[0])[2:4] == ["night", ""]
    assert not broken_rules(problem, again.lines)
    assert again.cost == 1  # a night that nobody needs


def test_what_would_not_fit_into_memory_is_refused() -> None:
    """Thirteen weeks with hours counted by the minute, and nights, lates and weekends besides."""
    shifts = tuple(RosterShift(name, start, 481 + start % 7) for name, start in (("late", 840), ("night", 1320)))
    contract = Contract(min_minutes=9600, max_weekends=9, rest=660, max_consecutive=7)
    heads = np.ones((91, 2), int)
    person = Person("Ana", contract)
    problem = RosterProblem(date(2026, 3, 2), 91, shifts, (person,), heads, 1.0 * heads, 1.0 * heads)
    with pytest.raises(TooLarge, match="a roster for Ana"):
        solve_roster(problem)


def test_evenings_and_weekends_are_shared_fairly() -> None:
    """Seven late shifts a week, of which two are at the weekend, for two people: four and one at most."""
    problem = team(days=14)
    heads = np.zeros_like(problem.heads)
    heads[:, 2] = 1
    problem = replace(problem, heads=heads, fair_price=2.0)
    assert problem.fair_shares.tolist() == [[7, 0, 2]] * 2
    roster = solve_roster(problem, seconds=5, clock=process_time)
    assert roster.cost == roster.bound == cost(problem, roster.lines) == 0
    assert fairness(roster)["evenings"].tolist() == [7, 7]
    assert unfair_shares(roster).empty
    unequal = Roster(problem, no_lines(problem.people, 14), 0.0, 0.0, 0.0, "")
    unequal.lines[0, :9] = 2  # nine evenings, two of them at a weekend
    assert unfair_shares(unequal).values.tolist() == [["p0", "evening", 9, 7, 4.0]]
    assert problem.unfair(0, unequal.lines[0]) == 4


@pytest.mark.parametrize("fixed", [{"nobody": {0: ""}}, {"p0": {7: ""}}, {"p0": {0: "noon"}}])
def test_what_cannot_be_fixed_is_refused(fixed: dict[str, dict[int, str]]) -> None:
    """Unknown people, days and shifts."""
    with pytest.raises(InvalidValue):
        team().fix(fixed)


@pytest.mark.parametrize(
    "person, rules",
    [
        (Person("Ana", Contract(), frozenset({"phone"}), frozenset({(1, "")}), fixed={1: "day"}), {"not available"}),
        (Person("Ana", Contract(rest=660), frozenset({"phone"}), fixed={0: "late", 1: "early"}), {"11 h of rest"}),
        (Person("Ana", Contract(), fixed={0: "early"}), {"skills (none)"}),
        (Person("Ana", Contract(max_shifts={"day": 1}), fixed={0: "day", 4: "day"}), {"at most 1 of day"}),
        (Person("Ana", Contract(min_minutes=2400, max_consecutive=1)), {"at least 40 h", "at most 1 days in a row"}),
    ],
)
def test_rules_in_conflict_are_named_with_person_and_day(person: Person, rules: set[str]) -> None:
    """Each rule of the conflict, fixed days with their dates."""
    with pytest.raises(ContradictoryRules, match="Ana") as error:
        check_people(replace(team(), people=(person,)))
    assert rules <= {rule.rule for rule in error.value.contradictions}
    fixed = [rule.day for rule in error.value.contradictions if rule.rule.startswith("fixed")]
    assert len(fixed) == len(person.fixed)
    assert all(day.startswith("2026-03-2") for day in fixed)


def test_a_night_of_a_clock_change_is_shorter_or_longer() -> None:
    """Paid minutes and rest are those that pass."""
    spring = replace(team(), start=date(2026, 3, 28), zone="Europe/Berlin")  # the clock goes forward on the 29th
    autumn = replace(team(), start=date(2026, 10, 24), zone="Europe/Berlin")
    assert [spring.minutes[day, 3] for day in (0, 1)] == [420, 480]
    assert [autumn.minutes[day, 3] for day in (0, 1)] == [540, 480]
    late, early = RosterShift("late", 14 * 60, 480), RosterShift("early", 9 * 60, 480)
    assert [spring.rest(day, late, early) for day in (0, 1)] == [600, 660]


def test_eleven_hours_of_rest_count_real_hours() -> None:
    """11 h on the wall clock are 10 h when the clock goes forward."""
    shifts = (RosterShift("late", 14 * 60, 480), RosterShift("early", 9 * 60, 480))
    heads = np.array([[1, 0], [0, 1], [1, 0], [0, 1]])
    people = (Person("Ana", Contract(rest=660)),)
    problem = RosterProblem(date(2026, 3, 28), 4, shifts, people, heads, heads * 10.0, 1.0 + 0 * heads, "Europe/Berlin")
    roster = solve_roster(problem, seconds=5, clock=process_time)
    assert roster.cost == 10  # over the change only one of late and early; two days later both
    assert not broken_rules(problem, roster.lines)


def test_the_search_stops_when_told_and_when_time_is_over() -> None:
    """Either way with a roster that keeps all rules."""

    def stop(step: search.RosterStep) -> None:
        raise Cancelled(0, 1)

    assert solve_roster(team(), progress=stop).ended == "stopped"
    late = solve_roster(random_problem(3, days=14, people=8), seconds=0)
    assert late.ended == "time limit reached"
    assert not broken_rules(late.problem, late.lines)


def test_reports_name_person_and_day() -> None:
    """Unmet wishes, people too few and too many, and shares of a roster made by hand."""
    problem = team(days=7)
    wishes = (Wish(0, 2.0), Wish(5, 3.0, "night", works=True), Wish(1, 4.0, "early", works=True))
    people = (replace(problem.people[0], wishes=wishes, fixed={0: "early"}), problem.people[1])
    problem = replace(problem, people=people)
    lines = no_lines(people, 7)
    lines[0, [0, 5, 6]] = 0, 0, 3  # Monday early, Saturday early, Sunday night
    lines[1, 1] = 2  # Tuesday late
    roster = Roster(problem, lines, problem.cost(lines), 0.0, 0.0, "")
    unmet = unmet_wishes(roster)
    assert unmet[["person", "wish", "given", "price"]].values.tolist() == [
        ["p0", "does not want to work", "early", 2.0],
        ["p0", "wants night", "early", 3.0],
        ["p0", "wants early", "off", 4.0],
    ]
    assert [str(day) for day in unmet["date"]] == ["2026-03-23", "2026-03-28", "2026-03-24"]
    gaps = head_gaps(roster)
    assert gaps["net"].tolist() == [-1, 1, -1, -1, -1, -1, 1]
    assert roster.cost == gaps["price"].sum() + 9 == cost(problem, lines)
    shares = fairness(roster)
    assert shares[["evenings", "nights", "weekends"]].values.tolist() == [[0, 1, 1], [1, 0, 0]]
    assert shares["paid_hours"].tolist() == [7.5 + 7.5 + 8, 8]
    assert assignments(roster)["fixed"].tolist() == [True, False, False, False]
