"""Teams with several sessions at once, and teams behind a menu, as scenarios."""

from __future__ import annotations

from scenarios.errors import NotExpressible
from studies.verify.cases import Case
from studies.verify.designs import MINUTE, Design, centre, contact_type, exponential, patience_of, settling
from studies.verify.given import knows
from studies.verify.steady import Estimates, Measured, Window


@knows(
    *("lambda_per_min", "n", "max_concurrent", "total_completion_rate_by_k_per_min", "theta_per_min", "T_min"),
    "routing",
)
def chats(case: Case) -> Design:
    """A chat team whose sessions slow each other down."""
    given = case.given
    cap = int(given["max_concurrent"])
    rates = given["total_completion_rate_by_k_per_min"][:cap]
    order = str(given["routing"]).removesuffix(" first")
    if order not in ("least-loaded", "most-loaded", "idle-last"):
        raise NotExpressible(f"chats given out '{given['routing']}'", "a group's fill", "use least-loaded")
    theta = given["theta_per_min"]
    chat_type = contact_type(
        "chats",
        given["lambda_per_min"],
        exponential(rates[0]),
        **({"within": given["T_min"], "work": "concurrent"} | patience_of(theta)),
    )
    team = {
        "name": "agents",
        "skills": ["chats"],
        "staffing": int(given["n"]),
        "max_concurrent": cap,
        "concurrency_speed": [rate / (k * rates[0]) for k, rate in enumerate(rates, start=1)],
        "chat_routing": order,
    }
    fastest = max(rates)
    calm = settling(1 / rates[0], int(given["n"]), given["lambda_per_min"] / fastest, 1.0, 1 / theta if theta else None)
    return Design(centre([chat_type], [team]), max(calm, 10 * cap / rates[-1]), given["lambda_per_min"], _chat_metrics)


def _chat_metrics(seen: Window) -> Estimates:
    names = {
        "P_delay": seen.delayed(0),
        "P_abandon": seen.share("abandoned", 0),
        "P_served_within_T": seen.share("in_time", 0),
        "mean_chat_duration_min": seen.per("handle_time", "answered", 0, MINUTE),
        "E_chats_in_service": seen.agents("session_time", 0),
        "E_busy_agents(>=1 chat)": seen.agents("busy_time", 0),
        "mean_concurrency_of_busy_agents": seen.concurrency(0),
        "E_queue_length": seen.queue(0),
        "E_wait_all_min": seen.wait(0),
    }
    return {(name, ""): estimate for name, estimate in names.items()}


@knows(*("lambda_per_min", "ivr_or_bot_rate_per_min", "P_transfer_to_agent", "mu_per_min", "agents", "lines", "T_min"))
def menu(case: Case) -> Design:
    """A menu or bot in front of agents, everybody holding a line from arrival to end."""
    given = case.given
    rate, session = given["lambda_per_min"], 1 / given["ivr_or_bot_rate_per_min"]
    call_type = contact_type(
        "calls",
        rate,
        exponential(given["mu_per_min"]),
        within=given["T_min"],
        trunk="lines",
        bot={"resolved": 1 - given["P_transfer_to_agent"], "session": {"mean": MINUTE * session}},
    )
    team = {"name": "agents", "skills": ["calls"], "staffing": int(given["agents"])}
    scenario = centre([call_type], [team], trunks={"lines": int(given["lines"])})

    def measure(seen: Window) -> Estimates:
        sessions = seen.rate("bot_sessions", 0)
        names = {
            "P_block_all_lines_busy": seen.per("blocked", "contacts", 0),
            "P_wait_for_agent": seen.delayed(0),
            "P_wait_le_T": seen.share("in_time", 0),
            "E_wait_agent_min": seen.wait(0),
            "agent_occupancy": seen.occupancy(0),
            "transfer_rate_per_min": seen.rate("offered", 0),
            # Little's law: sessions a minute, each of known mean length.
            "E_in_ivr": Measured(sessions.value * session, sessions.error * session),
        }
        return {(name, ""): estimate for name, estimate in names.items()}

    return Design(scenario, 10 * (session + 1 / given["mu_per_min"]) * 2, rate, measure)
