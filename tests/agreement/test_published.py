"""A multi-skill centre that others published with its results: the guide of ContactCenters, section SimpleMSK.

Buist & L'Ecuyer, *ContactCenters: a Java library for simulating contact centers*, guide with examples, "A simple
multi-skill contact center": listing `SimpleMSK.java` gives all parameters, `SimpleMSK.res` the results of 1000 days
(github.com/umontreal-simul/contactcenters, doc/examples). Three types of contacts and two groups over three stretches
of two hours; one gamma busyness factor a day for all types; type 1 goes to group 0, or to group 1 when no one is free
there; who is free takes the contact that has waited longest; agents and the laws of service and patience change with
the stretch in which a contact arrives, so that here each type in each stretch is a type of its own.

Their occupancy, 0.881, is not compared: it runs on until the last contact has ended, with all agents in the
denominator (the guide calls that a simplification), where ours counts of the time after the last stretch only the work.

Nor are the contacts answered within 20 s in the last stretch, at whose start about half of the agents go home. There
agents have no names and the first to be free leave; here duties end for certain agents, who finish what is in hand. So
more is answered just after the change: by a small program of both rules 4 to 6 contacts a type and day (of 18 to 40
there), 0.3 % of the day, which the sums over the day, below, have within their error.

Both are simulations, so each finding may be off by 4 standard errors of the difference between the two.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import t

from scenarios.scenario import Scenario, scenario_from
from simulator.experiment import simulate

ERRORS = 4.0
DAYS = 1000
"""Independent days there."""
BEFORE = 9
"""Intervals of two hours without anybody: the stretches end at midnight, and then what waits is worked off."""
RATES = ((4.2, 5.3, 3.2), (5.1, 4.3, 4.8), (6.3, 5.2, 4.8))  # contacts a minute, by type and stretch
SERVICE, ABANDONMENT = (0.5, 0.6, 0.4), (0.3, 0.4, 0.2)  # a minute, by stretch
AGENTS = ((12, 18, 9), (15, 20, 11))  # by group and stretch
GROUPS_OF = (("g0",), ("g0", "g1"), ("g1",))
ALPHA = 28.7
"""Shape of the busyness factor, whose mean is 1."""

GOOD = (
    ((170.154, 93.722), (599.334, 83.392)),
    ((262.936, 134.377), (511.648, 86.571)),
    ((259.806, 155.150), (613.732, 99.046)),
)
"""Answered within 20 s: mean and standard deviation of a day, by type and each of the first two stretches."""
COUNTS = {"answered": (4297.305, 437.605), "abandoned": (910.335, 551.164)}
"""Mean and standard deviation of a day."""
LEVEL = "service_level_less_short_abandons"
SERVICE_LEVEL, SERVICE_LEVEL_DEVIATION = 0.501, 0.128


def published() -> Scenario:
    """The centre of the listing."""
    contact_types = [_kind(contact_type, stretch) for contact_type in range(3) for stretch in range(3)]
    skills = {
        f"g{g}": [
            contact_type["name"] for contact_type in contact_types if f"g{g}" in GROUPS_OF[int(contact_type["name"][1])]
        ]
        for g in (0, 1)
    }
    groups = [
        {"name": f"g{g}", "skills": skills[f"g{g}"], "staffing": [0] * BEFORE + list(AGENTS[g])} for g in range(2)
    ]
    routes = {contact_type["name"]: list(GROUPS_OF[int(contact_type["name"][1])]) for contact_type in contact_types}
    given = {"contact_types": contact_types, "agent_groups": groups, "routing": {"types": routes}}
    return scenario_from({"name": "SimpleMSK", "horizon": {"interval": "2 h"}} | given)


def _kind(contact_type: int, stretch: int) -> dict[str, Any]:
    """A type in one stretch, in which alone it arrives."""
    volume = [0.0] * 12
    volume[BEFORE + stretch] = 120 * RATES[contact_type][stretch]
    return {
        "name": f"t{contact_type}p{stretch}",
        "channel": "phone",
        "volume": {"per_interval": volume, "variation": {"cv": ALPHA**-0.5, "shared": "busyness"}},
        "handle_time": {"mean": 60 / SERVICE[stretch]},
        "patience": {"mean": 60 / ABANDONMENT[stretch]},
        "target": {"share": 0.8, "within": "20s", "definition": "less-short-abandons"},
    }


def errors_away(found: np.ndarray, expected: float, deviation: float) -> float:
    """How many standard errors of the difference lie between two simulations of DAYS days; shape (R,)."""
    error = math.hypot(float(found.std(ddof=1)) / len(found) ** 0.5, deviation / DAYS**0.5)
    return abs(float(found.mean()) - expected) / error


@pytest.mark.slow
def test_published_results() -> None:
    """The engine would play another centre than the listing: other routing, order, busyness, or end of the day."""
    results = simulate(published(), DAYS, seed=21)
    away: dict[object, float] = {}
    for measure, (expected, deviation) in COUNTS.items():
        away[measure] = errors_away(results.sums(measure)[0][:, results.place(measure, "all")], expected, deviation)
    in_time = results.sums(LEVEL)[0]
    for contact_type, row in enumerate(GOOD):
        for stretch, (expected, deviation) in enumerate(row):
            name = f"t{contact_type}p{stretch}"
            away[name] = errors_away(in_time[:, results.place(LEVEL, name)], expected, deviation)
    level = results.estimate(LEVEL)
    ours = level.half_width[results.place(LEVEL, "all")] / t.ppf(0.975, DAYS - 1)
    away[LEVEL] = abs(level.value[results.place(LEVEL, "all")] - SERVICE_LEVEL) / math.hypot(
        ours, SERVICE_LEVEL_DEVIATION / DAYS**0.5
    )
    assert {key: value for key, value in away.items() if not value < ERRORS} == {}
