"""Known values by formula: days that vary, volume that is not known beforehand, networks."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from models.day.intervals import interval_loads, offered_load, requirement, sinusoidal_load, square_root
from models.day.transient import Day, day
from models.day.uncertain import (
    count_correlation,
    count_quantile,
    count_variance,
    min_agents_uncertain,
    uncertain_service,
)
from models.queueing.erlang import erlang_c
from models.queueing.goal import Goal
from models.queueing.handle_times import HandleTimeDistribution
from models.queueing.priorities import network_rates
from scenarios.errors import NotExpressible
from studies.verify.cases import Case
from studies.verify.formulas import Figures, mean_of
from studies.verify.given import knows

Given = Mapping[str, Any]
DAY = (
    *("time_unit", "arrivals_per_hour", "lambda_per_min", "agents", "interval_s", "interval_min", "mu", "theta", "s"),
    *("T_min", "P_balk_if_all_busy", "P_patience_zero", "gamma_alpha0"),
)
"""The parameters of a finite day with one kind of call."""


def exact_day(given: Given) -> Day:
    """The day that is given, by its Kolmogorov equations; times in the unit of the rates."""
    scale = 3600 if "arrivals_per_hour" in given else 1
    return day(
        np.array(given["arrivals_per_hour" if scale > 1 else "lambda_per_min"]) / scale,
        given["agents"],
        given["interval_s" if scale > 1 else "interval_min"],
        1 / given["mu"],
        mean_of(given["theta"]),
        given["s" if "s" in given else "T_min"],
        given.get("P_balk_if_all_busy", given.get("P_patience_zero", 0.0)),
        given.get("gamma_alpha0", math.inf),
        nodes=32,
    )


@knows(*DAY, words=("start", "end"))
def days(case: Case) -> Figures:
    """A finite day, by interval and in total."""
    performance = exact_day(case.given)
    by_interval = {
        "P_delay": performance.p_wait,
        "E_busy": performance.busy,
        "E_queue": performance.queue,
        "abandons": performance.abandoned,
        "served_by_T": performance.answered_in_time,
        "SL": performance.service_level,
        "P_W_gt_T": performance.waiting_beyond,
        "E_busy_end": performance.busy_end,
        "E_queue_end": performance.queue_end,
    }
    figures = {
        (name, str(number)): float(value)
        for name, values in by_interval.items()
        for number, value in enumerate(values, start=1)
    }
    in_time, left_in_time = float(performance.answered_in_time.sum()), float(performance.abandoned_in_time.sum())
    totals = {
        "abandons": performance.day_abandoned,
        "total_wait": performance.day_wait,
        "served_by_T": in_time,
        "aband_by_T": left_in_time,
        "arrivals": float(performance.offered.sum()),
        "in_time_either": in_time + left_in_time,
    }
    return figures | day_totals(case, totals)


def day_totals(case: Case, totals: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """The totals of a day as the table names them; those ``over`` a number are divided by it."""
    names = {
        "day_total_abandons": "abandons",
        "day_total_total_wait": "total_wait",
        "day_total_served_by_T": "served_by_T",
        "day_total_aband_by_T": "aband_by_T",
        "E_arrivals_per_day": "arrivals",
        "E_total_wait": "total_wait",
        "E_calls_with_wait_lt_s": "in_time_either",
        "E_abandoned": "abandons",
    }
    figures: dict[tuple[str, str], Any] = {}
    for value in case.values:
        name, over, divisor_text = value.metric.split(" ")[0].partition("_over_")
        divisor = re.match(r"\d+", divisor_text)
        if value.index in ("day", "") and name in names and bool(over) == bool(divisor):
            figures[value.key] = totals[names[name]] / float(divisor[0] if divisor else 1)
    return figures


@knows("lambda_t", "mu", "lambda_per_min", "interval_min", "service", "mean_service_min", "shape_or_cv", "start")
def loads(case: Case) -> Figures:
    """The offered load of a day at given times."""
    given = case.given
    times = [float(value.index) for value in case.values]
    begins = "stationary periodic" if "lambda_t" in given else "empty"
    if not str(given.get("start") or begins).startswith(begins):
        raise NotExpressible(f"the start '{given['start']}'", "this reader", f"begin {begins}")
    if "lambda_t" in given:
        match = re.fullmatch(r"([\d.]+) ?\+ ?([\d.]+) ?sin\(([\d.]*) ?\*? ?t\)", given["lambda_t"])
        if match is None:
            raise NotExpressible(f"the rate '{given['lambda_t']}'", "this reader", "write a+b sin(c t)")
        mean, swing, frequency = match.groups()
        loads_at = sinusoidal_load(float(mean), float(swing), float(frequency or 1), 1 / given["mu"], times)
    else:
        loads_at = offered_load(given["lambda_per_min"], given["interval_min"], _handle_law(given), times)
    return {value.key: float(load) for value, load in zip(case.values, loads_at, strict=True)}


def _handle_law(given: Given) -> HandleTimeDistribution:
    """The handle-time law, whose number is a count of stages or a coefficient of variation."""
    contact_type, mean, number = (
        str(given["service"])[:3],
        float(given["mean_service_min"]),
        float(given.get("shape_or_cv") or 1),
    )
    if contact_type == "exp":
        return HandleTimeDistribution("exponential", mean)
    if contact_type == "det":
        return HandleTimeDistribution("deterministic", mean)
    if contact_type in ("erl", "gam"):
        return HandleTimeDistribution("gamma", mean, 1 / number)
    if contact_type == "log":
        return HandleTimeDistribution("lognormal", mean, number**2)
    raise NotExpressible(f"a handle time of kind '{given['service']}'", "the offered load", "add its law")


@knows("calls_per_interval", "interval_min", "aht_min", "T_min", "sl_target", "theta")
def staffing_rules(case: Case) -> Figures:
    """Loads and agents by interval, by the rules for days that vary."""
    return {
        (rule, str(number)): float(value)
        for rule in dict.fromkeys(value.metric for value in case.values)
        for number, value in enumerate(_by_rule(case.given, rule), start=1)
    }


def _by_rule(given: Given, rule: str) -> Any:
    length = given["interval_min"]
    rates = np.array(given["calls_per_interval"]) / length
    handle = HandleTimeDistribution("exponential", given["aht_min"])
    load: Any = "sipp"
    for part, load_name in (("MOL-max", "mol-max"), ("MOL", "mol-mean"), ("LAG", "lagged")):
        if part in rule:
            load = load_name
            break
    if rule.startswith("OFFERED-LOAD"):
        return interval_loads(rates, length, handle, "mol-max" if "max" in rule else "mol-mean")
    if rule.startswith("SQRT"):
        return square_root(interval_loads(rates, length, handle, load), float(rule.split("beta")[1]))
    if not rule.endswith(("ErlangC", "ErlangA")):
        raise NotExpressible(f"the rule '{rule}'", "the staffing by interval", "add it")
    goal = Goal(service_level=given["sl_target"], within=given["T_min"])
    patience = mean_of(given["theta"]) if rule.endswith("ErlangA") else np.inf
    return requirement(rates, length, handle, goal, patience, load)


@knows("mean_count", "mean_counts", "gamma_alpha", "lambda_per_min", "mu", "theta", "n", "T_min")
def uncertain_volume(case: Case) -> Figures:
    """Counts, service and staffing when the busyness of the day is random."""
    measure = _service if "lambda_per_min" in case.given else _count
    return {v.key: figure for v in case.values if (figure := measure(case.given, v.metric)) is not None}


def _count(given: Given, metric: str) -> float | None:
    shape = given["gamma_alpha"]
    if metric == "correlation_between_intervals":
        first, second = given["mean_counts"]
        return count_correlation(first, second, shape)
    mean = given["mean_count"]
    if metric.startswith("count_quantile_"):
        return float(count_quantile(mean, shape, float(metric.removeprefix("count_quantile_"))))
    variance = float(count_variance(mean, shape))
    return {"variance": variance, "cv": math.sqrt(variance) / mean}.get(metric)


def _service(given: Given, metric: str) -> float | None:
    queue = (given["lambda_per_min"], 1 / given["mu"], mean_of(given["theta"]))
    shape = math.inf if metric.endswith("fixed_rate") else given["gamma_alpha"]
    if staffing := re.fullmatch(r"min_agents_SL(\d+)_(?:random|fixed)_rate", metric):
        return min_agents_uncertain(*queue, given["T_min"], int(staffing[1]) / 100, shape)
    level, lost, wait, spread = uncertain_service(*queue, given["n"], given["T_min"], shape)
    names = {"SL_served_over_offered": level, "P_abandon": lost, "E_wait_all": wait, "SD_over_B_of_interval_SL": spread}
    figure = names.get(metric.removesuffix("_random_rate").removesuffix("_fixed_rate"))
    return None if figure is None else float(figure)


@knows("desc")
def network(case: Case) -> Figures:
    """An open Jackson network: every node an Erlang C queue at the rate of the traffic equations."""
    nodes, external, routing = network_given(case.given)
    rates = network_rates(external, routing)
    figures: Figures = {}
    for number, (rate, (agents, mu)) in enumerate(zip(rates, nodes, strict=True), start=1):
        p = erlang_c(rate, 1 / mu, agents)
        figures["arrival_rate_per_min", f"node{number}"] = float(rate)
        figures["P_delay", f"node{number}"] = float(p.p_wait)
        figures["E_wait_min", f"node{number}"] = float(p.wait_all)
    return figures


def network_given(given: Given) -> tuple[list[tuple[int, float]], list[float], list[list[float]]]:
    """Agents and rate of each node, new contacts to each, and the chances to go from one to another."""
    text = str(given["desc"])
    nodes = [(int(n), float(mu)) for n, mu in re.findall(r"M/M/(\d+), mu ([\d.]+)", text)]
    external, routing = [0.0] * len(nodes), [[0.0] * len(nodes) for _ in nodes]
    for rate, node in re.findall(r"external ([\d.]+)/min to node ?(\d)", text):
        external[int(node) - 1] = float(rate)
    origin = 0
    for start, target, chance in re.findall(
        r"(?:node ?(\d) )?-> ?(?:node ?(\d)|exit)(?: again)?(?: w\.p\. ?([\d.]+))?", text
    ):
        origin = int(start) - 1 if start else origin
        if target:
            routing[origin][int(target) - 1] = float(chance or 1)
    if not nodes or not any(external):
        raise NotExpressible("this network", "this reader", "describe it as the open tables do")
    return nodes, external, routing
