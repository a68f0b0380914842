"""Known values by formula: queues in steady state."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from models.queueing import bots, chat, redial_chain
from models.queueing.erlang import erlang_a, erlang_b, erlang_c
from models.queueing.general_patience import general_patience
from models.queueing.general_service import md1_wait_within, mg1
from models.queueing.goal import Goal
from models.queueing.inverse import max_load, min_agents, min_lines
from models.queueing.performance import Performance
from models.queueing.priorities import cobham, first_class_wait_within, nonpreemptive, preemptive_resume
from scenarios.contact_types import Definition
from scenarios.errors import NotExpressible
from studies.verify.cases import Case
from studies.verify.distributions import distribution
from studies.verify.given import LINES, PLACES, knows, lines_of

Figures = dict[tuple[str, str], float]
Given = Mapping[str, Any]

LEVELS: dict[str, Definition] = {
    "SL_served_over_offered": "offered",
    "SL_served_over_answered": "answered",
    "SL_served_over_offered_less_short_abandons": "less-short-abandons",
    "SL_served_or_abandoned_within_T": "answered-or-abandoned",
}


def mean_of(rate: float) -> float:
    """The mean of an exponential time of this rate; inf for 0."""
    return 1 / rate if rate else math.inf


@knows("n", "offered_load_erl", "target_blocking")
def blocking(case: Case) -> Figures:
    """Erlang B and its two inverses."""
    given = case.given
    answers: dict[str, Callable[[], object]] = {
        "blocking": lambda: erlang_b(given["offered_load_erl"], given["n"]),
        "min_servers_for_blocking": lambda: min_lines(given["offered_load_erl"], given["target_blocking"]),
        "max_load_for_blocking": lambda: max_load(given["n"], given["target_blocking"]),
    }
    return {v.key: float(str(answers[v.metric]())) for v in case.values if v.metric in answers}


@knows("quantity", "lambda_per_min", "aht_s", "n", "T_s", "target_SL", "max_occupancy")
def endless_patience(case: Case) -> Figures:
    """Erlang C, in seconds, and its inverse."""
    given = case.given
    rate, handle, within = given["lambda_per_min"] / 60, given["aht_s"], given["T_s"]
    figures: dict[str, float] = {}
    agents = given.get("n")
    if agents is None:
        goal = Goal(service_level=given["target_SL"], within=within, max_occupancy=given.get("max_occupancy"))
        agents = figures["min_agents"] = float(min_agents(rate, handle, goal))
    p = erlang_c(rate, handle, agents, within)
    figures |= {
        "offered_load_erl": float(p.offered_load),
        "P_wait": float(p.p_wait),
        "ASA_s": float(p.asa),
        "ASA_of_delayed_s": float(p.wait_all / p.p_wait),
        "SL_T": float(p.service_level()),
        "Lq": float(p.queue),
        "occupancy": float(p.occupancy),
        "wait_p90_s": float(p.wait_percentile(0.9)),
    }
    return _plain(figures)


@knows("lambda_per_min", "mu_per_min", "theta_per_min", "n", "T_min", *LINES, *PLACES)
def impatient(case: Case) -> Figures:
    """Erlang A, also with a limit on lines."""
    given = case.given
    queue = (given["lambda_per_min"], 1 / given["mu_per_min"], mean_of(given["theta_per_min"]))
    return _measures(erlang_a(*queue, given["n"], given["T_min"], lines_of(given, given["n"])))


@knows("lambda_per_min", "mu_per_min", "n", "patience", "patience_kind", "patience_params", "T_min")
def any_patience(case: Case) -> Figures:
    """M/M/n with patience of any law."""
    given = case.given
    patience = distribution(given["patience_kind"], given.get("patience_params", []))
    if patience is None:
        return _measures(erlang_c(given["lambda_per_min"], 1 / given["mu_per_min"], given["n"], given["T_min"]))
    return _measures(
        general_patience(given["lambda_per_min"], 1 / given["mu_per_min"], patience, given["n"], given["T_min"])
    )


def _measures(p: Performance) -> Figures:
    return _plain(
        {
            "P_block": p.p_block,
            "P_wait": p.p_wait,
            "P_delay": p.p_wait,
            "P_abandon": p.p_abandon,
            "EW_all_min": p.wait_all,
            "EW_served_min": p.wait_served,
            "EW_abandoned_min": p.wait_abandoned,
            "EQ": p.queue,
            "occupancy": p.occupancy,
            "P_served_within_T": p.served_within,
            "P_abandon_within_T": p.abandoned_within,
            "P_wait_gt_T": p.waiting_beyond,
        }
        | {name: p.service_level(definition) for name, definition in LEVELS.items()}
    )


def _plain(figures: Mapping[str, Any]) -> Figures:
    return {(name, ""): float(value) for name, value in figures.items()}


@knows("lambda_per_min", "mu_per_min", "theta_per_min", "T_min", "target", "criterion")
def least(case: Case) -> Figures:
    """The least agents with abandonment for a criterion, and the value there."""
    given = case.given
    queue = (given["lambda_per_min"], 1 / given["mu_per_min"], mean_of(given["theta_per_min"]))
    criterion, goal = str(given["criterion"]), _criterion(given)
    agents = min_agents(queue[0], queue[1], goal, queue[2])
    p = erlang_a(*queue, agents, given["T_min"])
    value = {"P": p.p_abandon, "E": p.wait_all, "S": p.service_level(goal.definition)}[criterion[0]]
    return _plain({"min_agents": agents, "value_at_n": value})


def _criterion(given: Given) -> Goal:
    criterion, target = str(given["criterion"]), given["target"]
    if criterion in LEVELS:
        return Goal(service_level=float(target), within=given["T_min"], definition=LEVELS[criterion])
    if criterion.startswith("P_abandon"):
        return Goal(p_abandon=float(str(target).removesuffix("pct")) / 100)
    return Goal(mean_wait=float(str(target).removesuffix("s")) / 60)


@knows("lambda_per_min", "mu_per_min", "n", "T_min", "discipline", "mean_service_min", "scv")
def by_rank(case: Case) -> Figures:
    """Queues with ranks, exact means by class."""
    given, rates = case.given, case.given["lambda_per_min"]
    if resumes(given):
        means = given.get("mean_service_min", [1 / given["mu_per_min"]] * len(rates) if "mu_per_min" in given else [])
        p = preemptive_resume(rates, means, given.get("scv", [1.0] * len(rates)))
    elif "mean_service_min" in given:
        p = cobham(rates, given["mean_service_min"], given["scv"])
    else:
        p = nonpreemptive(rates, 1 / given["mu_per_min"], given["n"])
    figures: Figures = {}
    for number, (delayed, wait, stay) in enumerate(zip(p.p_wait, p.wait, p.time_in_system, strict=True), start=1):
        figures |= {("P_delay", f"class{number}"): float(delayed), ("E_wait_min", f"class{number}"): float(wait)}
        figures["E_time_in_system_min", f"class{number}"] = float(stay)
    if "T_min" in given and "mu_per_min" in given and not resumes(given):
        within = first_class_wait_within(rates, 1 / given["mu_per_min"], given["n"], given["T_min"])
        figures["P_wait_le_T", "class1"] = float(within)
    return figures


def resumes(given: Given) -> bool:
    """Whether a higher rank interrupts a lower one, whose work is kept; otherwise a contact in hand is finished.

    Raises
    ------
    NotExpressible
        If the discipline is another one, or there are several agents where the formulas know one.
    """
    text = f"{given.get('family', '')} {given.get('discipline', '')}".lower().replace("-", " ").strip()
    keeps = "preemptive resume" in text
    if text and not keeps and "non preemptive" not in text and "nonpreemptive" not in text:
        raise NotExpressible(f"the discipline '{text}'", "queues with ranks", "use non-preemptive or preemptive-resume")
    if (keeps or "mean_service_min" in given) and given.get("n", 1) != 1:
        raise NotExpressible(f"{given['n']:g} agents", "this formula of ranks, which has one", "give n = 1")
    return keeps


def refuse_several_agents(given: Given) -> None:
    """Refuse more than one agent where the formula has one.

    Raises
    ------
    NotExpressible
        If there are several.
    """
    if given.get("n", 1) != 1:
        raise NotExpressible(f"{given['n']:g} agents", "M/G/1", "give n = 1")


@knows("lambda_", "service", "T", "lambda_per_min", "mean_service_min", "scv", "n")
def one_agent(case: Case) -> Figures:
    """M/G/1: means for any law of handle times, the wait within a time for a constant one."""
    given = case.given
    refuse_several_agents(given)
    if "lambda_" in given:
        return {("P_wait_le_T", "all"): md1_wait_within(given["lambda_"], given["service"], given["T"])}
    p = mg1(given["lambda_per_min"], given["mean_service_min"], given["scv"])
    return {("E_wait_min", "all"): float(p.wait), ("P_delay", "all"): float(p.p_wait)}


@knows(
    *("lambda_per_min", "n", "max_concurrent", "total_completion_rate_by_k_per_min", "theta_per_min", "T_min"),
    "routing",
)
def chats(case: Case) -> Figures:
    """A chat team with pace."""
    given = case.given
    rates = given["total_completion_rate_by_k_per_min"][: given["max_concurrent"]]
    routing = str(given["routing"]).removesuffix(" first")
    patience = mean_of(given["theta_per_min"])
    p = chat.chat(given["lambda_per_min"], given["n"], rates, patience, given["T_min"], routing)
    return _plain(
        {
            "P_delay": p.p_wait,
            "P_abandon": p.p_abandon,
            "P_served_within_T": p.served_within,
            "mean_chat_duration_min": p.chat_duration,
            "E_chats_in_service": p.chats,
            "E_busy_agents(>=1 chat)": p.busy_agents,
            "mean_concurrency_of_busy_agents": p.concurrency,
            "E_queue_length": p.queue,
            "E_wait_all_min": p.wait_all,
        }
    )


@knows(
    *("lambda_per_min", "mu_per_min", "n", "K_lines", "theta_per_min", "P_retry_if_blocked", "P_retry_if_abandoned"),
    *("retry_rate_per_min", "T_min"),
)
def redials(case: Case) -> Figures:
    """A team whose lost customers try again."""
    given = case.given
    p = redial_chain.redial_chain(
        given["lambda_per_min"],
        1 / given["mu_per_min"],
        mean_of(given["theta_per_min"]),
        given["n"],
        given["T_min"],
        1 / given["retry_rate_per_min"],
        given["P_retry_if_abandoned"],
        given["P_retry_if_blocked"],
        given.get("K_lines") or math.inf,
    )
    return _plain(
        {
            "attempt_rate_per_min": p.attempt_rate,
            "served_rate_per_min": p.served_rate,
            "P_block_fresh_call": p.first_blocked,
            "P_block_per_attempt": p.p_block,
            "lost_rate_after_block_per_min": p.blocked_for_good_rate,
            "abandon_rate_per_min": p.abandon_rate,
            "lost_rate_after_abandon_per_min": p.abandoned_for_good_rate,
            "E_orbit": p.orbit,
            "E_queue_length": p.queue,
            "occupancy": p.occupancy,
            "P_served_within_T_per_attempt": p.served_within,
            "fraction_of_fresh_callers_eventually_served": p.eventually_served,
        }
    )


@knows(*("lambda_per_min", "ivr_or_bot_rate_per_min", "P_transfer_to_agent", "mu_per_min", "agents", "lines", "T_min"))
def menu(case: Case) -> Figures:
    """A menu or bot in front of agents, on limited lines."""
    given = case.given
    p = bots.lines_and_agents(
        given["lambda_per_min"],
        1 / given["ivr_or_bot_rate_per_min"],
        given["P_transfer_to_agent"],
        1 / given["mu_per_min"],
        given["agents"],
        given["lines"],
        given["T_min"],
    )
    return _plain(
        {
            "P_block_all_lines_busy": p.p_block,
            "P_wait_for_agent": p.p_wait,
            "P_wait_le_T": p.served_within,
            "E_wait_agent_min": p.wait_all,
            "agent_occupancy": p.occupancy,
            "transfer_rate_per_min": p.transfers,
            "E_in_ivr": p.in_menu,
        }
    )


@knows("lambda_calls_per_min", "mu_per_min", "n", "threshold", "T_min")
def blending(case: Case) -> Figures:
    """Calls with e-mail in the gaps."""
    given = case.given
    handle = 1 / given["mu_per_min"]
    p = bots.blended(given["lambda_calls_per_min"], handle, given["n"], given["threshold"], given["T_min"])
    return _plain(
        {
            "P_call_waits": p.p_wait,
            "P_call_wait_le_T": p.served_within,
            "E_call_wait_min": p.wait_all,
            "email_throughput_per_min": p.email_rate,
            "occupancy": p.occupancy,
        }
    )
