"""The chat chain against the exact tables and against limits known by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest

from models.queueing.chat import ChatPerformance, agents_by_open_chats, chat, completion_rates, min_agents
from scenarios.errors import InvalidValue, NotExpressible, UnstableQueue
from tests.truth_tables import truth_rows

READ: dict[str, Callable[[ChatPerformance], float]] = {
    "P_delay": lambda p: p.p_wait,
    "P_abandon": lambda p: p.p_abandon,
    "P_served_within_T": lambda p: p.served_within,
    "mean_chat_duration_min": lambda p: p.chat_duration,
    "E_chats_in_service": lambda p: p.chats,
    "E_busy_agents(>=1 chat)": lambda p: p.busy_agents,
    "mean_concurrency_of_busy_agents": lambda p: p.concurrency,
    "E_queue_length": lambda p: p.queue,
    "E_wait_all_min": lambda p: p.wait_all,
}
ROWS = truth_rows("ctmc_chat.csv")


def team(case: dict[str, object]) -> ChatPerformance:
    """The performance of a row's `given`."""
    return chat(
        case["lambda_per_min"],
        case["n"],
        case["total_completion_rate_by_k_per_min"][: case["max_concurrent"]],
        1 / case["theta_per_min"] if case["theta_per_min"] else math.inf,
        case["T_min"],
        str(case["routing"]).removesuffix(" first"),
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['case']}-{row['metric']}")
def test_every_row_of_the_table(row: dict[str, str]) -> None:
    """The chain is solved wrongly, or a measure is defined otherwise than in the table."""
    got = READ[row["metric"]](team(json.loads(row["given"])))
    assert got == pytest.approx(float(row["value"]), rel=float(row["tolerance"]), abs=1e-12)


def test_one_slot_is_erlang_a() -> None:
    """With one slot a chat agent is a phone agent; two agents, two customers' patience, by hand.

    n = 1, lambda = mu = theta = 1: weights 1, 1, 1/2, 1/6, ... sum to e, so P(wait) = 1 - 1/e.
    """
    alone = chat(1.0, 1, [1.0], 1.0, 0.0)
    assert alone.p_wait == pytest.approx(1 - 0.36787944117144233, rel=1e-12)


def test_even_loads_are_exact_when_speed_does_not_fall() -> None:
    """Agents who do not slow down finish at k r_1 wherever the chats sit: both chains must agree."""
    rates = completion_rates(10.0, [1.0, 1.0, 1.0])
    exact, even = (chat(2.0, 8, rates, 3.0, 0.5, largest=limit) for limit in (20_000, 1))
    assert exact.exact
    assert not even.exact
    assert even.served_within == pytest.approx(exact.served_within, rel=1e-10)
    assert even.chats == pytest.approx(exact.chats, rel=1e-10)


def test_a_team_of_hundreds_is_answered() -> None:
    """A large team overflows or is refused; 400 slots at full speed offered 500 chats serve 400."""
    large = chat(50.0, 200, completion_rates(10.0, [1.0, 1.0]), 2.0, 0.5)
    assert not large.exact
    assert large.p_abandon == pytest.approx(1 - 400 / 500, abs=0.005)
    calm = chat(5.0, 300, completion_rates(10.0, [1.0, 0.9]), 2.0, 0.5)
    assert calm.served_within == pytest.approx(1.0, abs=1e-12)


def test_least_agents_is_the_least() -> None:
    """The search stops one too early or one too late."""
    rates = [0.5, 0.85, 1.05]
    n = min_agents(6.0, rates, 2.0, 0.5, 0.9)
    levels = [chat(6.0, k, rates, 2.0, 0.5).served_within for k in (n - 1, n)]
    assert levels[0] < 0.9 <= levels[1]


def test_a_slot_that_only_slows_down_needs_more_agents() -> None:
    """With r_3 < r_2 the third slot must not be called the best."""
    needed = agents_by_open_chats(4.0, [0.5, 0.85, 0.3], 2.0, 0.5, 0.8)
    assert needed[1] < needed[0]
    assert needed[2] > needed[1]


@pytest.mark.parametrize(
    "change, error",
    [
        ({"arrival_rate": -1.0}, InvalidValue),
        ({"agents": 0}, InvalidValue),
        ({"agents": 2.5}, InvalidValue),
        ({"rates": []}, InvalidValue),
        ({"rates": [float("nan")]}, InvalidValue),
        ({"routing": "random"}, InvalidValue),
        ({"patience": math.inf, "arrival_rate": 9.0}, UnstableQueue),
        ({"routing": "most-loaded", "largest": 3}, NotExpressible),
    ],
)
def test_bad_input_is_refused(change: dict[str, object], error: type[Exception]) -> None:
    """A number that means nothing comes back."""
    given = {"arrival_rate": 1.0, "agents": 4, "rates": [0.5, 0.9], "patience": 2.0, "within": 0.5}
    with pytest.raises(error):
        chat(**(given | change))


def test_a_target_of_one_is_refused() -> None:
    """The search for a perfect share never ends."""
    with pytest.raises(InvalidValue, match="infinitely many"):
        min_agents(1.0, [0.5], 0.5, 0.5, 1.0)
