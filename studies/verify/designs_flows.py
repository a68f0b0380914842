"""Cases in which contacts give rise to others, or an endless stock of work waits: redials, networks, blending."""

from __future__ import annotations

from typing import Any

from models.queueing.priorities import network_rates
from scenarios.limits import MOST_TRIES
from studies.verify.cases import Case
from studies.verify.designs import (
    MINUTE,
    Design,
    centre,
    contact_type,
    exponential,
    patience_of,
    settling,
)
from studies.verify.formulas_days import network_given
from studies.verify.given import knows
from studies.verify.steady import Estimates, Measured, Window, ratio


@knows(
    *("lambda_per_min", "mu_per_min", "n", "K_lines", "theta_per_min", "P_retry_if_blocked", "P_retry_if_abandoned"),
    *("retry_rate_per_min", "T_min"),
)
def redials(case: Case) -> Design:
    """Lost customers try again: first attempts and those after a blocked or an abandoned one as types of their own."""
    given = case.given
    back = 1 / given["retry_rate_per_min"]
    chances = {"blocked": given["P_retry_if_blocked"], "abandoned": given["P_retry_if_abandoned"]}
    names = {"blocked": "after-blocked", "abandoned": "after-abandoned"}
    rules = [
        {"after": event, "probability": chance, "as": names[event], "delay": {"mean": MINUTE * back}} | _TRIES
        for event, chance in chances.items()
        if chance
    ]
    lines = {"trunk": "lines"} if given.get("K_lines") else {}
    more = {"within": given["T_min"], "follow_ups": rules} | lines | patience_of(given["theta_per_min"])
    handle = exponential(given["mu_per_min"])
    types = [contact_type("first", given["lambda_per_min"], handle, **more)]
    types += [contact_type(name, 0.0, handle, **more) for name in names.values()]
    team = {"name": "agents", "skills": [contact_type["name"] for contact_type in types], "staffing": int(given["n"])}
    trunks = {"lines": int(given["K_lines"])} if lines else {}
    scenario = centre(types, [team], trunks=trunks)
    again = max(chances.values())
    calm = 10 * (1 / given["mu_per_min"] + back) / max(1 - again, 0.15)
    return Design(scenario, calm, given["lambda_per_min"], lambda seen: _redial_metrics(seen, back))


_TRIES = {"max_tries": MOST_TRIES}


def _redial_metrics(seen: Window, back: float) -> Estimates:
    everyone = (0, 1, 2)
    contacts = seen.of("contacts", *everyone)
    again = seen.rate("contacts", 1, 2)
    minutes = contacts * 0 + seen.minutes
    names = {
        "attempt_rate_per_min": seen.rate("contacts", *everyone),
        "served_rate_per_min": seen.rate("answered", *everyone),
        "P_block_fresh_call": seen.per("blocked", "contacts", 0),
        "P_block_per_attempt": ratio(seen.of("blocked", *everyone), contacts),
        "lost_rate_after_block_per_min": ratio(seen.of("blocked", *everyone) - seen.of("contacts", 1), minutes),
        "abandon_rate_per_min": seen.rate("abandoned", *everyone),
        "lost_rate_after_abandon_per_min": ratio(seen.of("abandoned", *everyone) - seen.of("contacts", 2), minutes),
        # Little's law: so many come back a minute, after a delay of known mean.
        "E_orbit": Measured(again.value * back, again.error * back),
        "E_queue_length": seen.queue(*everyone),
        "occupancy": seen.occupancy(0),
        "P_served_within_T_per_attempt": ratio(seen.of("in_time", *everyone), contacts),
        "fraction_of_fresh_callers_eventually_served": ratio(seen.of("answered", *everyone), seen.of("cases", 0)),
    }
    return {(name, ""): estimate for name, estimate in names.items()}


@knows("desc")
def network(case: Case) -> Design:
    """An open network: after an answer the contact goes on, at once, as the type of the next node."""
    nodes, external, routing = network_given(case.given)
    types: list[dict[str, Any]] = []
    for k, (_, mu) in enumerate(nodes):
        rules = [
            {"after": "answered", "probability": chance, "as": f"node{to + 1}"} | _TRIES
            for to, chance in enumerate(routing[k])
            if chance
        ]
        types.append(contact_type(f"node{k + 1}", external[k], exponential(mu), follow_ups=rules))
    teams = [{"name": f"at{k + 1}", "skills": [f"node{k + 1}"], "staffing": n} for k, (n, _) in enumerate(nodes)]
    rates = network_rates(external, routing)
    calm = max(settling(1 / mu, n, rate / mu) for rate, (n, mu) in zip(rates, nodes, strict=True))

    def measure(seen: Window) -> Estimates:
        estimates: Estimates = {}
        for k in range(len(nodes)):
            estimates["arrival_rate_per_min", f"node{k + 1}"] = seen.rate("contacts", k)
            estimates["P_delay", f"node{k + 1}"] = seen.delayed(k)
            estimates["E_wait_min", f"node{k + 1}"] = seen.wait(k)
        return estimates

    return Design(centre(types, teams), calm, sum(external), measure)


@knows("lambda_calls_per_min", "mu_per_min", "n", "threshold", "T_min")
def blending(case: Case) -> Design:
    """Calls, and a stock of e-mail that outlasts the horizon, begun while more agents are free than are kept."""
    given = case.given
    mu, agents, rate = given["mu_per_min"], int(given["n"]), given["lambda_calls_per_min"]
    handle = exponential(mu)
    types = [
        contact_type("calls", rate, handle, within=given["T_min"]),
        contact_type("email", 0.0, handle, work="deferred"),
    ]
    team = {
        "name": "agents",
        "skills": {"calls": {"rank": 1}, "email": {"rank": 2}},
        "staffing": agents,
        "reserved": agents - int(given["threshold"]),
    }

    def measure(seen: Window) -> Estimates:
        # In the long run as many are finished a minute as busy agents times the rate of each.
        finished = seen.of_groups("busy_time", 0) / 60 * mu
        names = {
            "P_call_waits": seen.delayed(0),
            "P_call_wait_le_T": seen.share("in_time", 0),
            "E_call_wait_min": seen.wait(0),
            "email_throughput_per_min": ratio(finished - seen.of("answered", 0), finished * 0 + seen.minutes),
            "occupancy": seen.occupancy(0),
        }
        return {(name, ""): estimate for name, estimate in names.items()}

    return Design(centre(types, [team]), 30 / mu, rate, measure, {"email": agents * mu})
