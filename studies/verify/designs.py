"""Cases in steady state as scenarios, and where their metrics are found in the results."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scenarios.distributions import Distribution
from scenarios.errors import NotExpressible
from scenarios.scenario import Scenario, scenario_from
from studies.verify.cases import Case
from studies.verify.distributions import distribution, of_mean_and_scv
from studies.verify.formulas import refuse_several_agents, resumes
from studies.verify.given import LINES, PLACES, knows, lines_of
from studies.verify.steady import Estimates, Window

Given = Mapping[str, Any]
MINUTE = 60.0
_HEAVY = 0.97


@dataclass(frozen=True)
class Design:
    """A centre, how long it takes to settle (minutes), and its metrics by the names of the table."""

    scenario: Scenario
    settling: float
    rate: float
    """Contacts a minute, the later ones aside."""
    measure: Callable[[Window], Estimates]
    stock: Mapping[str, float] = field(default_factory=dict)
    """Work that never runs out: for each such type the most that can be done a minute."""


def contact_type(name: str, rate: float, handle: Distribution | Mapping[str, float], **more: Any) -> dict[str, Any]:
    """A type with a constant rate a minute; a time within which to answer as ``within`` in minutes."""
    within = more.pop("within", None)
    zones = {"green": 0, "yellow": 0}
    return {
        "name": name,
        "channel": "line",
        "work": "live",
        "volume": {"per_hour": 60 * rate},
        "handle_time": handle,
        "target": {"share": 0.5, "within": MINUTE * (within or 0.0)},
        "zones": zones,
    } | more


def exponential(rate: float) -> dict[str, float]:
    """An exponential time of this rate a minute."""
    return {"mean": MINUTE / rate}


def patience_of(theta: float | None) -> dict[str, Any]:
    """The patience of a rate of leaving, none for 0."""
    return {"patience": exponential(theta)} if theta else {}


def centre(types: Sequence[Mapping[str, Any]], groups: Sequence[Mapping[str, Any]], **more: Any) -> Scenario:
    """A scenario of plain parts."""
    return scenario_from({"name": "case", "contact_types": types, "agent_groups": groups} | more)


def settling(handle: float, agents: int, load: float, scv: float = 1.0, patience: float | None = None) -> float:
    """Minutes until the start is forgotten: several relaxation times of the queue.

    M/M/n relaxes in about ``handle / (n (1 - sqrt(rho))^2)`` (Cohen 1982, III.7); customers who leave make it faster.
    """
    if patience is not None:
        return 8 * max(handle, patience)
    rho = min(load / agents, 0.99)
    return 5 * handle * max(2.0, max(scv, 1.0) / (agents * (1 - math.sqrt(rho)) ** 2))


@knows(
    *("lambda_per_min", "n", "service", "service_kind", "service_params", "patience", "patience_kind"),
    *("patience_params", "T_min", *LINES, *PLACES),
)
def one_queue(case: Case) -> Design:
    """One type and one group, times of any law."""
    given = case.given
    rate, agents, within = given["lambda_per_min"], int(given["n"]), given.get("T_min")
    handle = distribution(given["service_kind"], given.get("service_params", []), MINUTE)
    patience = distribution(given["patience_kind"], given.get("patience_params", []), MINUTE)
    if handle is None:
        raise NotExpressible("a service without end", "any centre", "give a handle time")
    leaves = {} if patience is None else {"patience": patience}
    lines = lines_of(given, agents)
    limited: dict[str, Any] = {"trunk": "lines"} if math.isfinite(lines) else {}
    trunks = {"lines": int(lines)} if limited else {}
    types = [contact_type("calls", rate, handle, within=within, **leaves, **limited)]
    scenario = centre(types, [{"name": "agents", "skills": ["calls"], "staffing": agents}], trunks=trunks)
    mean = handle.mean / MINUTE
    calm = settling(mean, agents, rate * mean, handle.scv, None if patience is None else patience.mean / MINUTE)
    return Design(scenario, calm, rate, lambda seen: wide_metrics(seen))


def wide_metrics(seen: Window) -> Estimates:
    """The metrics of one queue as columns name them."""
    names = {
        "P_delay": seen.delayed(0),
        "P_wait": seen.delayed(0),
        "P_abandon": seen.share("abandoned", 0),
        "EW_all_min": seen.wait(0),
        "EW_served_min": seen.wait_of("answered", 0),
        "P_served_within_T": seen.share("in_time", 0),
        "P_abandon_within_T": seen.share("abandoned_in_time", 0),
        "P_wait_gt_T": seen.beyond(0),
        "EQ": seen.queue(0),
        "occupancy": seen.occupancy(0),
    }
    return {(name, ""): figure for name, figure in names.items()}


@knows("lambda_", "service", "T", "lambda_per_min", "mean_service_min", "scv", "n")
def one_agent(case: Case) -> Design:
    """M/G/1."""
    given = case.given
    refuse_several_agents(given)
    constant = "lambda_" in given
    rate, mean = (
        (given["lambda_"], given["service"]) if constant else (given["lambda_per_min"], given["mean_service_min"])
    )
    scv = 0.0 if constant else given["scv"]
    types = [contact_type("calls", rate, of_mean_and_scv(MINUTE * mean, scv), within=given.get("T"))]
    scenario = centre(types, [{"name": "agents", "skills": ["calls"], "staffing": 1}])

    def measure(seen: Window) -> Estimates:
        names = {"P_wait_le_T": seen.share("in_time", 0), "P_delay": seen.delayed(0), "E_wait_min": seen.wait(0)}
        return {(name, "all"): estimate for name, estimate in names.items()}

    return Design(scenario, settling(mean, 1, rate * mean, scv), rate, measure)


@knows("lambda_per_min", "mu_per_min", "n", "T_min", "discipline", "mean_service_min", "scv")
def ranks(case: Case) -> Design:
    """Classes in order of rank, no abandonment; preempted work is resumed."""
    given, rates = case.given, case.given["lambda_per_min"]
    agents = int(given.get("n", 1))
    means = given.get("mean_service_min") or [1 / given["mu_per_min"]] * len(rates)
    scvs = given.get("scv") or [1.0] * len(rates)
    preempts = resumes(given)
    if preempts and len(rates) > 2:
        raise NotExpressible("more than two levels of preemption", "interruptible work", "rank two of them")
    types = []
    for k, (rate, mean, scv) in enumerate(zip(rates, means, scvs, strict=True)):
        below = {"work": "deferred", "interruptible": True} if preempts and k else {}
        handle = of_mean_and_scv(MINUTE * mean, scv)
        types.append(contact_type(f"class{k + 1}", rate, handle, within=given.get("T_min"), **below))
    skills = {contact_type["name"]: {"rank": k + 1} for k, contact_type in enumerate(types)}
    scenario = centre(types, [{"name": "agents", "skills": skills, "staffing": agents}])
    load = sum(rate * mean for rate, mean in zip(rates, means, strict=True))

    def measure(seen: Window) -> Estimates:
        estimates: Estimates = {}
        for k in range(len(rates)):
            names = {"P_wait_le_T": seen.share("in_time", k), "P_delay": seen.delayed(k), "E_wait_min": seen.wait(k)}
            names["E_time_in_system_min"] = seen.stay(k)
            estimates |= {(name, f"class{k + 1}"): value for name, value in names.items()}
        return estimates

    return Design(scenario, settling(max(means), agents, load, max(scvs)), sum(rates), measure)


@knows("lam", "theta", "mu", "n", "T", "pref", "sel", "resv", "conv")
def skills(case: Case) -> Design:
    """Several classes and groups with an order of groups per class and of classes per group."""
    given = case.given
    classes, groups = range(len(given["lam"])), range(len(given["n"]))
    reserve = given.get("resv") or [[0] * len(groups) for _ in classes]
    types = [_class(given, k, reserve) for k in classes]
    wanted = {f"class{k + 1}": [f"group{g + 1}" for g in given["pref"][k]] for k in classes}
    teams = [
        {
            "name": f"group{g + 1}",
            "skills": _skills(given, g),
            "staffing": int(given["n"][g]),
            "reserved": max(int(reserve[k][g]) for k in classes),
        }
        for g in groups
    ]
    scenario = centre(types, teams, routing={"types": wanted})
    means = [1 / max(row) for row in given["mu"]]
    patient = [k for k in classes if not given["theta"][k]]
    calm = 8 * max(means + [1 / theta for theta in given["theta"] if theta])
    if patient:
        load, agents = sum(given["lam"][k] * means[k] for k in classes), sum(given["n"])
        if load > _HEAVY * agents:  # those who leave keep it stable
            load = sum(_most_arriving(given, k) * means[k] for k in patient)
        calm = max(calm, settling(max(means), agents, load))
    return Design(scenario, calm, sum(given["lam"]), lambda seen: by_class(seen, len(classes), len(groups)))


def _most_arriving(given: Given, k: int) -> float:
    """The most contacts of a class a minute, with all who could accept a callback."""
    offers = zip(given["lam"], given.get("conv") or [], strict=False)
    return float(given["lam"][k] + sum(rate * chance for rate, (chance, to, _) in offers if chance and to == k))


def _class(given: Given, k: int, reserve: Sequence[Sequence[int]]) -> dict[str, Any]:
    held = max(reserve[k])
    if held and given["theta"][k]:
        raise NotExpressible("agents kept free from work whose customers wait and leave", "reserved", "defer the work")
    if held and k != max(range(len(reserve)), key=lambda index: max(reserve[index])):
        raise NotExpressible("different reserves for two classes", "reserved", "use one reserve per group")
    deferred = {"work": "deferred"} if held else patience_of(given["theta"][k])
    within = given["T"][k]
    chance, target, waiting = given["conv"][k] if given.get("conv") else (0.0, -1, 0)
    if chance:
        deferred |= {"callback": {"accepted": chance, "as": f"class{target + 1}", "from_waiting": int(waiting)}}
    return contact_type(f"class{k + 1}", given["lam"][k], _handle(given, k), within=within, **deferred)


def _handle(given: Given, k: int) -> Any:
    return exponential(given["mu"][k][given["pref"][k][0]])


def _skills(given: Given, g: int) -> dict[str, dict[str, float]]:
    """Rank and speed of each class; a selection flagged as longest waiting first has equal ranks."""
    order = given["sel"][g]
    flagged = len(order) == 2 and isinstance(order[1], list)
    alike, classes = (bool(order[0]), order[1]) if flagged else (False, order)
    return {
        f"class{k + 1}": {
            "rank": 1 if alike else place,
            "speed": given["mu"][k][g] / given["mu"][k][given["pref"][k][0]],
        }
        for place, k in enumerate(classes, start=1)
    }


def by_class(seen: Window, classes: int, groups: int) -> Estimates:
    """The metrics of several classes and groups."""
    estimates: Estimates = {}
    for k in range(classes):
        names = {
            "P_delay": seen.delayed(k),
            "callback_rate_per_min": seen.rate("called_back", k),
            "P_served_within_T_given_stays_in_class": seen.share("in_time", k),
            "P_abandon": seen.share("abandoned", k),
            "abandon_rate_per_min": seen.rate("abandoned", k),
            "served_rate_per_min": seen.rate("answered", k),
            "E_queue_length": seen.queue(k),
            "E_wait_all_min": seen.wait(k),
            "E_wait_served_min": seen.wait_of("answered", k),
            "P_served_within_T": seen.share("in_time", k),
            "P_abandon_within_T": seen.share("abandoned_in_time", k),
        }
        estimates |= {(name, f"class{k + 1}"): value for name, value in names.items()}
    return estimates | {("occupancy", f"group{g + 1}"): seen.occupancy(g) for g in range(groups)}


@knows(
    *("lambda_per_min", "theta_per_min", "mu_per_min", "T_min", "SL_target_each_class", "cost"),
    *("n_only1", "n_only2", "n_flexible"),
    words=("routing", "SL"),
)
def optimum(case: Case) -> Design:
    """Dedicated agents for two classes, and flexible ones who take the first class first."""
    given = case.given
    mu = given["mu_per_min"]
    plain = {
        "lam": given["lambda_per_min"],
        "theta": given["theta_per_min"],
        "mu": [[mu, 0, mu], [0, mu, mu]],
        "n": [given["n_only1"], given["n_only2"], given["n_flexible"]],
        "T": given["T_min"],
        "pref": [[0, 2], [1, 2]],
        "sel": [[0], [1], [0, 1]],
    }
    design = skills(Case(case.file, case.name, case.model, plain, case.values))

    def measure(seen: Window) -> Estimates:
        index = case.values[0].index
        return {(f"SL_class{k + 1}", index): seen.share("in_time", k) for k in range(2)}

    return Design(design.scenario, design.settling, design.rate, measure)
