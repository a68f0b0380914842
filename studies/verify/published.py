"""Published worked examples: what books, tools and other simulators print, each in units of its own."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from models.day.transient import Day
from models.queueing.erlang import erlang_a, erlang_b
from models.queueing.goal import Goal
from models.queueing.inverse import min_agents
from models.queueing.performance import Performance
from scenarios.errors import NotExpressible, PlannerError
from studies.verify.cases import Case
from studies.verify.formulas import Figures, mean_of
from studies.verify.formulas_days import DAY, day_totals, exact_day
from studies.verify.given import LINES, PLACES, knows, lines_of

Given = Mapping[str, Any]
STEADY = (
    *("calls", "interval_min", "lambda_per_min", "calls_per_hour", "lam", "mu", "mu_per_min", "aht_min", "aht_s"),
    *("mean_service_min", "mean_service_s", "service_min", "service_s", "theta_per_min", "patience_min", "patience_s"),
    *("mean_patience_min", "mean_patience_s", "n", "T_min", "T_s", "sl_target", "sl", "max_occupancy", "max_ASA_s"),
    *("max_ASA_min", "shrinkage", "offered_load_erl", *LINES, *PLACES),
)
"""The parameters of a published queue in the long run."""
WHOLE_DAY = (*DAY, "day_min", "mu_per_min", "theta_per_min", "n")
STEP = 30.0
"""Minutes of the intervals into which a day of one rate is cut."""


def _per_minute(given: Given) -> float:
    """Contacts a minute, or in the unit of `lam` and `mu`."""
    if "lambda_per_min" in given:
        return float(given["lambda_per_min"])
    if "calls_per_hour" in given:
        return float(given["calls_per_hour"]) / 60
    return float(given["calls"]) / float(given["interval_min"])


def _minutes(given: Given, *names: str) -> float | None:
    """A time in minutes, from the first of the names that is given with ``_min`` or ``_s``."""
    for name in names:
        if f"{name}_min" in given:
            return float(given[f"{name}_min"])
        if f"{name}_s" in given:
            return float(given[f"{name}_s"]) / 60
    return None


def _handle(given: Given) -> float:
    mean = _minutes(given, "aht", "mean_service", "service")
    return 1 / float(given["mu_per_min"]) if mean is None else mean


def _patience(given: Given) -> float:
    mean = _minutes(given, "patience", "mean_patience")
    return mean_of(given.get("theta_per_min", 0.0)) if mean is None else mean


def _within(given: Given) -> float:
    return _minutes(given, "T") or 0.0


def _steady(given: Given, patient: bool = False) -> Performance:
    """The queue in the long run, in minutes or in the unit of `lam` and `mu`."""
    if "lam" in given:
        return erlang_a(given["lam"], 1 / given["mu"], math.inf, given["n"], 0.0, lines_of(given, given["n"]))
    agents = given["n"] if "n" in given else _staffed(given)
    patience = math.inf if patient else _patience(given)
    return erlang_a(_per_minute(given), _handle(given), patience, agents, _within(given), lines_of(given, agents))


def _staffed(given: Given) -> int:
    """The least agents by Erlang C, or by Erlang A where patience is given."""
    goal = Goal(
        service_level=given.get("sl_target", given.get("sl")),
        within=_within(given),
        asa=_minutes(given, "max_ASA"),
        max_occupancy=given.get("max_occupancy"),
    )
    return int(min_agents(_per_minute(given), _handle(given), goal, _patience(given)))


def _empty(given: Given) -> float:
    """The chance of an empty M/M/n: P(n) = C (1 - rho), and P(n) / P(0) = a^n / n!."""
    p, load, n = _steady(given), given["lam"] / given["mu"], given["n"]
    return float(p.p_wait * (1 - load / n) * math.factorial(n) / load**n)


def _load(given: Given) -> float:
    return float(given["lam"] / given["mu"]) if "lam" in given else _per_minute(given) * _handle(given)


_READ: dict[str, Callable[[Given], Any]] = {
    "P_wait": lambda g: _steady(g).p_wait,
    "E_C": lambda g: _steady(g).p_wait,
    "SL": lambda g: _steady(g).service_level(),
    "SL=served within T/offered": lambda g: _steady(g).service_level(),
    "occupancy": lambda g: _steady(g).occupancy,
    "utilisation": lambda g: _steady(g).occupancy,
    "raw_agents": _staffed,
    "min_agents": _staffed,
    "agents_with_shrinkage = ceil(raw/(1-shrinkage))": lambda g: math.ceil(_staffed(g) / (1 - g["shrinkage"])),
    "offered_load_erl": _load,
    "P_abandon": lambda g: _steady(g).p_abandon,
    "ASA=E[queue]/lambda_min": lambda g: _steady(g).wait_all,
    "ASA_s": lambda g: _steady(g).asa * 60,
    "ASA_min": lambda g: _steady(g).asa,
    "M/M/n+M P_abandon_%": lambda g: _steady(g).p_abandon * 100,
    "M/M/n+M mean wait s": lambda g: _steady(g).wait_all * 60,
    "M/M/n+M mean queue": lambda g: _steady(g).queue,
    "M/M/n+M utilisation_%": lambda g: _steady(g).occupancy * 100,
    "M/M/n mean wait s": lambda g: _steady(g, patient=True).asa * 60,
    "M/M/n wait p90 s": lambda g: _steady(g, patient=True).wait_percentile(0.9) * 60,
    "M/M/n mean queue": lambda g: _steady(g, patient=True).queue,
    "M/M/n utilisation_%": lambda g: _steady(g, patient=True).occupancy * 100,
    "Lq": lambda g: _steady(g).queue,
    "L": lambda g: _steady(g).queue + _load(g),
    "Wq_h": lambda g: _steady(g).asa,
    "Wq_min": lambda g: _steady(g).asa,
    "W_h": lambda g: _steady(g).asa + 1 / g["mu"],
    "p0": _empty,
    "P_block": lambda g: _steady(g).p_block,
    "P_served_within_T": lambda g: _steady(g).service_level(),
    "SL=served within T/served": lambda g: _steady(g).service_level("answered"),
    "SL_served_over_answered": lambda g: _steady(g).service_level("answered"),
    "E wait min": lambda g: _steady(g).wait_all,
    "E[wait]_min": lambda g: _steady(g).wait_all,
    "EW_all_min": lambda g: _steady(g).wait_all,
    "mean_wait_min": lambda g: _steady(g).wait_all,
    "mean_wait_s": lambda g: _steady(g).wait_all * 60,
    "blocking": lambda g: erlang_b(g.get("offered_load_erl") or _load(g), g["n"]),
}

_KPI: dict[str, Callable[[Given], float]] = {
    "SL_% = within/offered": lambda g: 100 * g["answered_within_T"] / g["offered"],
    "abandon_%": lambda g: 100 * (g["offered"] - g["answered"]) / g["offered"],
    "ASA_s = total wait/answered": lambda g: g["total_wait_s"] / g["answered"],
    "AHT_s": lambda g: g["total_handle_s"] / g["answered"],
    "occupancy_%": lambda g: 100 * g["total_handle_s"] / (g["agents"] * g["interval_min"] * 60),
}
"""Ratios of sums, as every table of findings makes them."""


@knows(*STEADY)
def steady(case: Case) -> Figures:
    """Published figures that a formula gives."""
    return figures(case)


def figures(case: Case) -> Figures:
    """The figures of a queue in the long run that are known here."""
    known: Figures = {}
    for value in case.values:
        if value.metric in _READ:
            try:
                known[value.key] = float(_READ[value.metric](case.given))
            except KeyError as missing:
                raise NotExpressible(f"an example without {missing}", "this reader", "give it") from None
    return known


@knows(
    *("offered", "answered", "answered_within_T", "total_wait_s", "total_handle_s", "agents", "interval_min", "within")
)
def report(case: Case) -> Figures:
    """Ratios of what a report adds up."""
    if "within" in case.given:
        share = sum(case.given["within"]) / sum(case.given["offered"])
        return {value.key: 100 * share if "%" in value.metric else share for value in case.values}
    return {value.key: _KPI[value.metric](case.given) for value in case.values if value.metric in _KPI}


def is_day(given: Given) -> bool:
    """Whether a finite day with one kind of call is given."""
    return "day_min" in given or ("arrivals_per_hour" in given and "agents" in given and "mu" in given)


def as_day(given: Given) -> dict[str, Any]:
    """A day with one rate as a day of equal intervals."""
    if "day_min" not in given:
        return dict(given)
    count = round(given["day_min"] / STEP)
    if count * STEP != given["day_min"]:
        raise NotExpressible(f"a day of {given['day_min']} min", "intervals of 30 min", "choose whole intervals")
    return {
        "time_unit": "minute",
        "lambda_per_min": [given["lambda_per_min"]] * count,
        "agents": [given["n"]] * count,
        "interval_min": STEP,
        "mu": given["mu_per_min"],
        "theta": given.get("theta_per_min", 0.0),
        "T_min": given["T_min"],
    } | {name: given[name] for name in (*LINES, *PLACES) if name in given}


@knows(*WHOLE_DAY, words=("start", "end"))
def day(case: Case) -> Figures:
    """A finite day by its Kolmogorov equations."""
    plan = as_day(case.given)
    exact = exact_day(plan)
    in_time, left = float(exact.answered_in_time.sum()), float(exact.abandoned_in_time.sum())
    offered, abandoned = float(exact.offered.sum()), float(exact.day_abandoned)
    sums = {
        "offered": offered,
        "abandons": abandoned,
        "served_by_T": in_time,
        "aband_by_T": left,
        "served": offered - abandoned,
        "total_wait": float(exact.day_wait),
        "arrivals": offered,
        "in_time_either": in_time + left,
    }
    totals = {key: float(value) for key, value in day_totals(case, sums).items()}
    totals |= {value.key: figure for value in case.values if (figure := of_day(value.metric, sums)) is not None}
    return totals | _service_levels(case, exact)


def of_day(metric: str, sums: Mapping[str, Any]) -> Any:
    """A figure of a day from its sums, None where this reader does not know it."""
    name = re.sub(r"\s+", " ", metric)
    if name.startswith("E abandoned per day"):
        return sums["abandons"]
    if name.startswith("E served within T per day"):
        return sums["served_by_T"]
    if name.startswith("E served per day"):
        return sums["served"]
    if name.startswith("E good/E served"):
        return sums["served_by_T"] / sums["served"]
    if name.startswith("SL=E good/E(served+abandoned after T)"):
        return sums["served_by_T"] / (sums["offered"] - sums["aband_by_T"])
    return None


def _service_levels(case: Case, exact: Day) -> Figures:
    """Service levels by period, counted from 0 or 1 as the table does: good / (offered - abandoned in time)."""
    count = len(exact.offered)
    numbered = {v: int(match[1]) for v in case.values if (match := re.search(r"(?:period|hour) (\d+)", v.metric))}
    first = 1 if count in numbered.values() else 0
    levels: Figures = {}
    for value, number in numbered.items():
        if value.metric.startswith("SL") and 0 <= number - first < count:
            at = number - first
            levels[value.key] = float(exact.answered_in_time[at] / (exact.offered[at] - exact.abandoned_in_time[at]))
    return levels


def computable(case: Case) -> bool:
    """Whether any of the figures of a steady example is known here."""
    try:
        return bool(figures(case))
    except PlannerError:
        return False
