"""Finite days of other simulators, simulated again."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from scenarios.errors import NotExpressible
from scenarios.horizon import Horizon
from scenarios.measures import CONTACT_TALLIES, GROUP_TALLIES
from scenarios.scenario import Scenario, scenario_from
from scenarios.units import DAY
from simulator.executors import Serial
from simulator.experiment import simulate
from studies.verify import days
from studies.verify.cases import Case
from studies.verify.formulas_days import day_totals
from studies.verify.given import LINES, PLACES, knows
from studies.verify.published import WHOLE_DAY, as_day
from studies.verify.steady import Estimates, Measured, RunLength, mean, ratio

_CONTACTS, _GROUPS = list(CONTACT_TALLIES), list(GROUP_TALLIES)
MINUTE = 60.0


@knows(*WHOLE_DAY, *LINES, *PLACES, words=("start", "end"))
def one_type(case: Case, effort: RunLength) -> Estimates:
    """A day with one kind of call."""
    plan = days.DayPlan.of(as_day(case.given))
    of = days.observed(plan, effort)
    totals = days.totals(of, plan)
    totals_of_day = day_totals(case, totals)
    good, offered = of["served_by_T"].sum(axis=1), of["offered"].sum(axis=1)
    left = of["abandons"].sum(axis=1) + of["late_abandons"].sum(axis=1)
    blocked = of["blocked"].sum(axis=1)
    waits = of["queue"].sum(axis=1) * plan.interval + of["late_wait"].sum(axis=1)
    early = of["aband_by_T"].sum(axis=1)
    staffed = np.full(len(good), float(sum(plan.agents)))
    known = {
        "E abandoned per day": mean(left),
        "E served per day": mean(offered - left - blocked),
        "E blocked per day": mean(blocked),
        "P_block": ratio(blocked, offered),
        "EW_all_min": ratio(waits / MINUTE, offered - blocked),
        "E wait min": ratio(waits / MINUTE, offered - blocked),
        "mean_wait_s": ratio(waits, offered - blocked),
        "E served within T per day": mean(good),
        "E good/E served": ratio(good, offered - left - blocked),
        "SL_served_over_answered": ratio(good, offered - left - blocked),
        "SL=E good/E(served+abandoned after T)": ratio(good, offered - early),
        "occupancy": ratio(of["busy"].sum(axis=1), staffed),
    }
    return totals_of_day | {v.key: known[v.metric] for v in case.values if v.metric in known} | _by_period(case, of)


def _by_period(case: Case, of: dict[str, Any]) -> Estimates:
    """Service levels by period, numbered from 0 or 1 as the table does."""
    count = of["offered"].shape[1]
    numbered = {v: int(match[1]) for v in case.values if (match := re.search(r"(?:period|hour) (\d+)", v.metric))}
    first = 1 if count in numbered.values() else 0
    return {
        v.key: ratio(of["served_by_T"][:, n - first], of["offered"][:, n - first] - of["aband_by_T"][:, n - first])
        for v, n in numbered.items()
        if v.metric.startswith("SL") and 0 <= n - first < count
    }


@knows(
    *("types", "groups", "period_min", "lambda_per_min", "mu_by_period", "theta_by_period", "agents", "gamma_alpha0"),
    *("T_min", "type_to_group"),
    words=("call_selection", "agents_leaving", "after_last_period", "rates_of"),
)
def several_skills(case: Case, effort: RunLength) -> Estimates:
    """A day with several types and groups, whose times change from period to period."""
    given = case.given
    if given.get("call_selection", "longest waiting").split(" among")[0] != "longest waiting":
        raise NotExpressible(f"the selection '{given['call_selection']}'", "this reader", "use the longest waiting")
    scenario = _skilled_day(given)
    expected = float(scenario.expected.sum())
    count = max(effort.replications, int(np.ceil(effort.contacts / expected)))
    results = simulate(scenario, count, effort.seed, engine=effort.engine, executor=Serial())
    contacts, groups = results.contacts.sum(axis=3), results.groups.sum(axis=3)
    busy_row, periods = _GROUPS.index("busy_time"), len(given["mu_by_period"])
    after = results.groups[:, busy_row, :, periods:].sum(axis=2)
    of = {name: contacts[:, _CONTACTS.index(name)] for name in _CONTACTS}
    good, offered = of["in_time"].sum(axis=1), of["offered"].sum(axis=1)
    known: dict[str, Measured] = {
        "E served per day": mean(of["answered"].sum(axis=1)),
        "E abandoned per day": mean(of["abandoned"].sum(axis=1)),
        "E served within T per day": mean(good),
        "E good/E served": ratio(good, of["answered"].sum(axis=1)),
        "SL=E good/E(served+abandoned after T)": ratio(good, offered - of["abandoned_in_time"].sum(axis=1)),
    }
    estimates: Estimates = {}
    for value in case.values:
        if value.metric in known:
            estimates[value.key] = known[value.metric]
        elif match := re.match(r"E served within T, type (\d+), arrival period (\d+)", value.metric):
            name = f"type{match[1]}-{match[2]}"
            estimates[value.key] = mean(of["in_time"][:, scenario.type_names.index(name)])
        elif match := re.match(r"occupancy group (\d+)", value.metric):
            g = int(match[1])
            busy, late = (groups[:, _GROUPS.index(name), g] for name in ("busy_time", "overrun_time"))
            # The last staffing works off the queue: what it does after the last period counts as finishing.
            planned = sum(given["agents"][g]) * given["period_min"] * MINUTE
            estimates[value.key] = ratio(busy, planned + late + after[:, g])
    return estimates


def _skilled_day(given: Any) -> Scenario:
    """Each type once for every period, since its times belong to the period of arrival; ranks alike."""
    length = given["period_min"] * MINUTE
    periods = range(len(given["mu_by_period"]))
    if DAY % length or len(periods) * length > DAY:
        raise NotExpressible(f"periods of {given['period_min']} min", "equal intervals of a day", "choose another")
    most = round(DAY / length)
    alpha = given.get("gamma_alpha0")
    variation = {"variation": {"cv": alpha**-0.5, "shared": "all"}} if alpha else {}
    types = []
    for k, rates in enumerate(given["lambda_per_min"]):
        for p in periods:
            volume = [0.0] * most
            volume[p] = rates[p] * given["period_min"]
            contact_type: dict[str, Any] = {
                "name": f"type{k}-{p}",
                "channel": "phone",
                "volume": {"per_interval": volume} | variation,
                "handle_time": {"mean": MINUTE / given["mu_by_period"][p]},
                "target": {"share": 0.5, "within": MINUTE * given["T_min"]},
            }
            if theta := given["theta_by_period"][p]:
                contact_type["patience"] = {"mean": MINUTE / theta}
            types.append(contact_type)
    order = {int(k): groups for k, groups in given["type_to_group"].items()}
    groups = []
    for g, staffing in enumerate(given["agents"]):
        types_of_group = [f"type{k}-{p}" for k in order if g in order[k] for p in periods]
        staffing = [*staffing, *[staffing[-1]] * (most - len(staffing))]
        leaving = "idle-first"
        groups.append({"name": f"group{g}", "skills": types_of_group, "staffing": staffing, "leaving": leaving})
    routes = {f"type{k}-{p}": [f"group{g}" for g in order[k]] for k in order for p in periods}
    return scenario_from(
        {
            "name": "day",
            "horizon": Horizon(interval=length),
            "contact_types": types,
            "agent_groups": groups,
            "routing": {"types": routes},
        }
    )
