"""How much a second skill brings: six types, 90 agents, from one skill each to six, after Wallace & Whitt (2005).

R. B. Wallace & W. Whitt, "A staffing algorithm for call centers with skill-based routing", *Manufacturing & Service
Operations Management* 7(4), 276-294. Their abstract says that, where handle times depend on neither type nor agent and
everybody has two skills in appropriate combinations, a centre does almost as well as if everybody had all skills. This
is compared. The sizes follow what is told of their experiment: six types of 14 erlangs each with a mean handle time of
10 minutes, 15 agents with each type as their first skill, and 120 lines for all. An idle agent of the first skill is
taken before one of the second, the longest idle first; an agent takes waiting calls of the first skill before those of
the second. Text and tables of the paper could not be had: sizes and rules were not checked there, who has which second
skill may differ, and no number of theirs is here.

Both ends are exact. With six skills nobody is idle while a call waits: one queue of 90 agents and 120 lines, whatever
the order of calls. With one skill the types meet only at the lines: independent birth-and-death processes, cut off at
120 calls in all, so that the long run is the product of six laws of M/M/15 on what is left (Kelly 1979,
*Reversibility and stochastic networks*, corollary 1.10). In between no centre has fewer calls in it than the one
queue, which ends calls at the highest rate that so many calls allow. So nothing blocks less or waits less on average.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import poisson, t

from models.queueing.erlang import erlang_a
from scenarios.scenario import Scenario, scenario_from
from scenarios.statistics import Estimate, ratio, ratio_difference
from simulator.experiment import simulate
from simulator.measure.results import Results

ERRORS = 4.0
REPLICATIONS = 40
TYPES, EACH, LINES = 6, 15, 120
PER_HOUR, HANDLE = 84.0, 600.0
WITHIN = 30.0
LOAD = PER_HOUR * HANDLE / 3600  # erlangs of one type
MEASURES = ("blocked", "asa", "service_level")
Floats = NDArray[np.float64]
Findings = dict[str, float]


def centre(skills: int, *, ranked: bool = True) -> Scenario:
    """So many skills for everybody: those whose first is type i have i + 1, i + 2 and so on, around the circle."""
    contact_types = [_kind(i) for i in range(TYPES)]
    groups = [
        {
            "name": f"first-{i}",
            "skills": {f"t{(i + r) % TYPES}": {"rank": r + 1 if ranked else 1} for r in range(skills)},
            "staffing": EACH,
        }
        for i in range(TYPES)
    ]
    routes = {f"t{i}": [f"first-{(i - r) % TYPES}" for r in range(skills)] for i in range(TYPES)}
    given = {
        "contact_types": contact_types,
        "agent_groups": groups,
        "routing": {"types": routes},
        "trunks": {"lines": LINES},
    }
    horizon = {"days": 8, "interval": "1 h", "warm_up": 48 * 3600.0}  # five relaxation times of 14 erlangs on 15 agents
    return scenario_from({"name": f"{skills}-skills", "horizon": horizon} | given)


def _kind(number: int) -> dict[str, Any]:
    return {
        "name": f"t{number}",
        "channel": "phone",
        "volume": {"per_hour": PER_HOUR},
        "handle_time": {"mean": HANDLE},
        "trunk": "lines",
        "target": {"share": 0.8, "within": WITHIN},
    }


def one_queue() -> Findings:
    """M/M/90 with 120 lines, calls in the order of arrival."""
    p = erlang_a(TYPES * PER_HOUR / 3600, HANDLE, np.inf, TYPES * EACH, WITHIN, LINES)
    entered = 1 - float(p.p_block)
    level = float(p.service_level()) / entered
    return {"blocked": 1 - entered, "asa": float(p.asa), "at once": 1 - float(p.p_wait), "service_level": level}


def specialists() -> Findings:
    """Six times M/M/15 that share 120 lines.

    A call that enters finds j of its own type and fewer than 120 in all; from j = 15 on it waits for j - 14 ends of
    calls of its own type, which come at the rate of 15 busy agents. The mean wait is by Little's law.
    """
    j = np.arange(LINES + 1)
    own = np.cumprod(np.append(1.0, LOAD / np.minimum(j[1:], EACH)))
    others = np.ones(1)
    for _ in range(TYPES - 1):
        others = np.convolve(others, own)[: LINES + 1]
    total = np.convolve(others, own)[: LINES + 1]
    room = np.cumsum(others)  # others that leave room: at most so many
    blocked = float(total[-1] / total.sum())
    found = own * room[::-1]
    queue = float(np.maximum(j - EACH, 0) @ found / found.sum())
    seen = own[:-1] * room[-2::-1]
    waiting = seen[EACH:] / seen.sum()

    def beyond(time: float) -> float:
        return float(waiting @ poisson.cdf(np.arange(waiting.size), EACH / HANDLE * time))

    asa = queue / (PER_HOUR / 3600 * (1 - blocked))
    return {"blocked": blocked, "asa": asa, "at once": 1 - beyond(0.0), "service_level": 1 - beyond(WITHIN)}


def counts(results: Results, name: str) -> tuple[Floats, Floats]:
    """What a finding is the ratio of, by replication, shape (R,) each."""
    if name == "blocked":
        parts = [(results.sums(tally)[0], tally) for tally in ("blocked", "contacts")]
        above, below = (values[:, results.place(tally, "all")] for values, tally in parts)
        return above, below
    numerator, denominator = results.sums(name)
    assert denominator is not None
    place = results.place(name, "all")
    return numerator[:, place], denominator[:, place]


def estimates(results: Results) -> dict[str, Estimate]:
    """The four findings with their errors."""
    found = {name: ratio(*counts(results, name)) for name in MEASURES}
    return found | {"at once": results.wait_curve("all", 0.0)}


def errors_above(found: Estimate, expected: float) -> float:
    """How many standard errors a finding lies above an exact value."""
    error = float(found.half_width) / float(t.ppf(0.975, REPLICATIONS - 1))
    return (float(found.value) - expected) / error


@pytest.fixture(scope="module")
def played() -> Callable[[int], Results]:
    """Each number of skills played once, on the same callers."""
    kept: dict[int, Results] = {}

    def results(skills: int) -> Results:
        if skills not in kept:
            kept[skills] = simulate(centre(skills), REPLICATIONS, seed=21)
        return kept[skills]

    return results


@pytest.mark.slow
def test_one_skill_is_a_product_of_queues(played: Callable[[int], Results]) -> None:
    """Lines would not be shared, or blocked calls not be those that find them all taken."""
    found = estimates(played(1))
    away = {name: errors_above(found[name], expected) for name, expected in specialists().items()}
    assert {name: errors for name, errors in away.items() if not abs(errors) < ERRORS} == {}


@pytest.mark.slow
@pytest.mark.parametrize("ranked", [False, True])
def test_six_skills_are_one_queue(played: Callable[[int], Results], ranked: bool) -> None:
    """An agent would be idle while a call waits; or, where skills have no rank, calls would overtake each other."""
    results = played(TYPES) if ranked else simulate(centre(TYPES, ranked=False), REPLICATIONS, seed=22)
    found, theory = estimates(results), one_queue()
    if ranked:
        del theory["service_level"]  # it depends on the order of calls, the other three do not
    away = {name: errors_above(found[name], expected) for name, expected in theory.items()}
    assert {name: errors for name, errors in away.items() if not abs(errors) < ERRORS} == {}


@pytest.mark.slow
def test_no_skills_beat_the_one_queue(played: Callable[[int], Results]) -> None:
    """A centre between the ends would lose fewer calls or let them wait less than can be."""
    best = one_queue()
    for skills in range(2, TYPES):
        found = estimates(played(skills))
        assert errors_above(found["blocked"], best["blocked"]) > -ERRORS, skills
        assert errors_above(found["asa"], best["asa"]) > -ERRORS, skills
        assert errors_above(found["at once"], best["at once"]) < ERRORS, skills


@pytest.mark.slow
def test_every_skill_helps(played: Callable[[int], Results]) -> None:
    """A further skill would block more of the same callers, let them wait longer, or fewer be answered in time."""
    for skills in range(1, TYPES):
        for name in MEASURES:
            before, after = (counts(played(k), name) for k in (skills, skills + 1))
            worse = errors_above(ratio_difference((before[0], after[0]), (before[1], after[1])), 0.0)
            assert (-worse if name == "service_level" else worse) < ERRORS, (name, skills)


@pytest.mark.slow
def test_the_second_skill_brings_most(played: Callable[[int], Results]) -> None:
    """Two skills would not be almost as good as six.

    The abstract gives no number; the least that the words can mean is that the second skill brings more than the four
    after it together.
    """
    alone, two, six = (estimates(played(k)) for k in (1, 2, TYPES))
    for name in MEASURES:
        second, after = two[name].value - alone[name].value, six[name].value - two[name].value
        assert abs(second) > abs(after), name
