"""Chat: agents who hold several conversations at once and slow down as they do.

The model is a Markov chain. Contacts arrive at a constant rate. An agent with k open chats finishes chats
at total rate r_k, so each moves at r_k / k; the speed at k, relative to one chat, is r_k / (k r_1). The least
loaded agent (or the most loaded one that still has a free slot) takes the next chat. A queue forms only
when every agent is at the cap, and who waits there loses patience at rate 1 / patience. Customers of one
kind, so only the number of agents with 1, 2, ..., m chats matters (Luo & Zhang 2013, "Staffing and control
of instant messaging contact centers", section 2; Tezcan & Zhang 2014, "Routing and staffing in customer
service chat systems with impatient customers").

While nobody waits the chain has C(n + m, m) states and is solved exactly; the queue is a birth-death chain
on top of its one full state, and the wait of a customer in it has a closed form. Where that is too many
states, agents are taken as evenly loaded as the number of chats allows, which leaves one state per chat:
`exact` in the answer says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.queueing.numerics.arguments import Floats, above, at_least, share, whole
from models.queueing.numerics.tagged_customer import abandon_rate, answered_within
from scenarios.errors import InvalidValue, NotExpressible, TooLarge, UnstableQueue

ROUTINGS = ("least-loaded", "most-loaded")
MOST_CHATS = 5_000_000
"""Chats in a team or in its queue that a formula adds up over."""


@dataclass(frozen=True)
class ChatPerformance:
    """What a chat team gives in the long run; times in the unit of the rates."""

    p_wait: float
    p_abandon: float
    served_within: float
    """Answered within the target / offered."""
    wait_all: float
    """Over everyone, answered or not."""
    chat_duration: float
    chats: float
    """Mean number of open chats in the team."""
    busy_agents: float
    """Mean number of agents with at least one chat."""
    concurrency: float
    """Mean open chats of an agent who has any; NaN when nobody ever has."""
    queue: float
    exact: bool
    """False where agents were taken as evenly loaded."""


def completion_rates(handle_time: float, concurrency_speed: Sequence[float]) -> Floats:
    """Chats finished per unit of time with 1, 2, ... open chats, shape (concurrent chats,): k speed_k / handle time.

    `handle_time` is how long a chat lasts when the agent has no other, `concurrency_speed` its relative speed with k
    open.

    Examples
    --------
    >>> completion_rates(10.0, [1.0, 0.8])
    array([0.1 , 0.16])
    """
    speeds = above("concurrency_speed", concurrency_speed, 0)
    return np.arange(1, speeds.size + 1) * speeds / float(above("handle_time", handle_time, 0))


def chat(
    arrival_rate: float,
    agents: int,
    rates: ArrayLike,
    patience: float,
    within: float,
    routing: str = "least-loaded",
    largest: int = 20_000,
) -> ChatPerformance:
    """The long-run performance of a chat team with `agents` agents and one entry of `rates` per slot.

    Parameters
    ----------
    arrival_rate
        Chats asked for per unit of time.
    rates
        Total completion rate of an agent with 1, 2, ... open chats, shape (concurrent chats,).
    within
        Time in queue that still counts as answered in time.
    largest
        Number of states above which agents are taken as evenly loaded.

    Raises
    ------
    UnstableQueue
        Nobody loses patience and the full team finishes no more than what arrives.
    NotExpressible
        Most-loaded routing with more than `largest` states: evenly loaded agents would be the opposite of it.

    Examples
    --------
    >>> team = chat(6.0, 4, [0.5, 0.85, 1.05], patience=2.0, within=0.5)
    >>> f"{team.served_within:.3f} {team.concurrency:.2f}"
    '0.321 2.93'
    """
    speed = above("rates", rates, 0)
    demand = float(above("arrival_rate", arrival_rate, 0))
    theta, target = abandon_rate(patience), float(at_least("within", within, 0))
    _check(agents, speed, routing)
    full_rate = agents * speed[-1]
    if theta == 0 and demand >= full_rate:
        raise UnstableQueue(demand / speed[-1], agents)
    exact = comb(agents + speed.size, speed.size) <= largest and (agents + 1) ** speed.size <= 5_000_000
    if exact:
        open_chats, busy, full = _by_load(demand, agents, speed, routing)
    elif routing == "least-loaded":
        open_chats, busy, full = _evenly_loaded(demand, agents, speed)
    else:
        team = f"most-loaded routing of {agents} agents with {speed.size} concurrent chats"
        raise NotExpressible(team, "the exact chain", "simulate it")
    no_queue, waits, queue, in_time = _queue(demand, full_rate, theta, target, full)
    # With a queue every agent holds all the chats allowed; without one the means are those given no queue.
    chats, working = (
        no_queue * calm + (1 - no_queue) * most for calm, most in ((open_chats, agents * speed.size), (busy, agents))
    )
    abandoned = theta * queue / demand
    return ChatPerformance(
        p_wait=waits,
        p_abandon=abandoned,
        served_within=1 - waits + in_time,
        wait_all=queue / demand,
        chat_duration=chats / (demand * (1 - abandoned)),
        chats=chats,
        busy_agents=working,
        concurrency=chats / working,
        queue=queue,
        exact=exact,
    )


def min_agents(
    arrival_rate: float,
    rates: ArrayLike,
    patience: float,
    within: float,
    target: float,
    routing: str = "least-loaded",
) -> int:
    """The smallest team whose share of chats answered within `within` is at least `target`.

    Examples
    --------
    >>> min_agents(6.0, [0.5, 0.85, 1.05], patience=2.0, within=0.5, target=0.8)
    6
    """
    wanted = float(share("target", target))
    if wanted == 1:
        raise InvalidValue("target", target, "a share of exactly 1 needs infinitely many agents; ask for less")
    speed = above("rates", rates, 0)

    def enough(agents: int) -> bool:
        if np.isinf(patience) and arrival_rate >= agents * speed[-1]:
            return False
        return chat(arrival_rate, agents, speed, patience, within, routing).served_within >= wanted

    too_few, agents = 0, 1
    while not enough(agents):
        too_few, agents = agents, 2 * agents
    while agents - too_few > 1:
        middle = (too_few + agents) // 2
        too_few, agents = (too_few, middle) if enough(middle) else (middle, agents)
    return agents


def agents_by_open_chats(
    arrival_rate: float, rates: ArrayLike, patience: float, within: float, target: float
) -> list[int]:
    """The smallest team for each cap of 1, 2, ... open chats per agent; the best cap is where it is least.

    More concurrent chats answer sooner but slow every chat down: once r_k stops growing with k, another one only hurts.

    Examples
    --------
    >>> agents_by_open_chats(4.0, [0.5, 0.85, 0.9, 0.6], patience=2.0, within=0.5, target=0.8)
    [10, 6, 5, 6]
    """
    speed = above("rates", rates, 0)
    caps = range(1, speed.size + 1)
    return [min_agents(arrival_rate, speed[:cap], patience, within, target) for cap in caps]


def _check(agents: int, speed: Floats, routing: str) -> None:
    if not np.isfinite(whole("agents", agents, 1)):
        raise InvalidValue("agents", agents, "give a finite number")
    if speed.ndim != 1 or speed.size == 0:
        raise InvalidValue("rates", speed, "give one rate per slot, at least one")
    if routing not in ROUTINGS:
        raise InvalidValue("routing", routing, f"choose one of {', '.join(ROUTINGS)}")


def _by_load(demand: float, agents: int, speed: Floats, routing: str) -> tuple[float, float, float]:
    """Mean chats, mean busy agents and P(everyone full) given no queue; one state per load of the team."""
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import spsolve

    max_concurrent = speed.size
    loads, index = _states(agents, max_concurrent)
    states = len(loads)
    moves = [
        _move(loads, index, k, k - 1, np.asarray(loads[:, k] * speed[k - 1])) for k in range(1, max_concurrent + 1)
    ]
    open_to_chat = np.ones(states, dtype=bool)
    for k in range(max_concurrent) if routing == "least-loaded" else range(max_concurrent - 1, -1, -1):
        moves.append(_move(loads, index, k, k + 1, np.where(open_to_chat & (loads[:, k] > 0), demand, 0.0)))
        open_to_chat &= loads[:, k] == 0
    start, end, flow = (np.concatenate(part) for part in zip(*moves, strict=True))
    balance = csr_array(
        (
            np.concatenate([-flow, np.bincount(start, weights=flow, minlength=states)]),
            (np.concatenate([end, np.arange(states)]), np.concatenate([start, np.arange(states)])),
        ),
        shape=(states, states),
    )
    # One state is given weight 1 and the others are solved for: an M-matrix, so no digit is lost by
    # subtraction. It must be a likely one, or the weights overflow.
    likely = index[tuple(_even_load(int(np.argmax(_even_weights(demand, agents, speed))), agents, max_concurrent)[1:])]
    unlikely = np.flatnonzero(np.arange(states) != likely)
    weight = np.ones(states)
    weight[unlikely] = spsolve(
        balance[unlikely][:, unlikely].tocsc(), -balance[unlikely][:, [likely]].toarray().ravel()
    )
    weight /= weight.sum()
    held = loads[:, 1:]
    return (
        float(weight @ held @ np.arange(1, max_concurrent + 1)),
        float(weight @ held.sum(axis=1)),
        float(weight[held[:, -1] == agents][0]),
    )


def _states(agents: int, max_concurrent: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every split of the agents by open chats, shape (states, concurrent chats + 1), and where each split stands."""
    grid = np.indices((agents + 1,) * max_concurrent).reshape(max_concurrent, -1)
    held = grid[:, grid.sum(axis=0) <= agents].T
    index = np.full((agents + 1,) * max_concurrent, -1)
    index[tuple(held.T)] = np.arange(len(held))
    return np.column_stack([agents - held.sum(axis=1), held]), index


def _move(
    loads: NDArray[np.int64], index: NDArray[np.int64], k: int, to: int, rate: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Row, row reached and rate of every transition of one agent from k to `to` open chats."""
    start = np.flatnonzero(rate > 0)
    after = loads[start]
    after[:, k] -= 1
    after[:, to] += 1
    return start, index[tuple(after[:, 1:].T)], rate[start]


def _even_load(chats: int, agents: int, max_concurrent: int) -> NDArray[np.int64]:
    """Agents with 0, 1, ... open chats when `chats` are spread as evenly as can be, shape (concurrent chats + 1,)."""
    per_agent, more = divmod(chats, agents)
    loads = np.zeros(max_concurrent + 1, dtype=np.int64)
    loads[per_agent] = agents - more
    if more:
        loads[per_agent + 1] = more
    return loads


def _even_weights(demand: float, agents: int, speed: Floats) -> Floats:
    """Weights, the largest 1, of 0, 1, ... open chats without a queue when agents are evenly loaded."""
    if agents * speed.size > MOST_CHATS:
        chats = f"{agents * speed.size:,} chats at once"
        raise TooLarge(
            "a chat team", chats, f"{MOST_CHATS:,}", "give the group fewer agents or concurrent chats, or simulate it"
        )
    per_agent, more = np.divmod(np.arange(1, agents * speed.size + 1), agents)
    rate_of = np.concatenate([[0.0], speed, [0.0]])
    death = (agents - more) * rate_of[per_agent] + more * rate_of[per_agent + 1]
    log = np.concatenate([[0.0], np.cumsum(np.log(demand / death))])
    return np.asarray(np.exp(log - log.max()))


def _evenly_loaded(demand: float, agents: int, speed: Floats) -> tuple[float, float, float]:
    """As `_by_load`, with the chats spread evenly over the agents at every instant."""
    weight = _even_weights(demand, agents, speed)
    weight /= weight.sum()
    chats = np.arange(weight.size)
    return float(weight @ chats), float(weight @ np.minimum(chats, agents)), float(weight[-1])


def _queue(
    demand: float, full_rate: float, theta: float, within: float, full: float
) -> tuple[float, float, float, float]:
    """P(no queue), P(everyone full), mean queue, P(must wait and is answered in time).

    `full` is P(everyone full) given that there is no queue.
    """
    if theta == 0:
        load = demand / full_rate
        no_queue = 1 / (1 + full * load / (1 - load))
        waits = full * no_queue / (1 - load)
        return no_queue, waits, waits * load / (1 - load), -waits * np.expm1((demand - full_rate) * within)
    # Beyond the length where losses outrun arrivals each ratio is under 1: 12 deviations on, nothing is left.
    longest = max(demand - full_rate, 0) / theta + 12 * np.sqrt((demand + full_rate) / theta + 9) + 60
    if longest > MOST_CHATS:
        limit = f"{MOST_CHATS:,}"
        raise TooLarge("a queue this long", f"{longest:,.0f} states", limit, "shorten patience or add agents")
    length = np.arange(int(longest))
    log = np.log(max(full, 1e-300)) + np.cumsum(
        np.log(np.append(full_rate, np.full(len(length) - 1, demand)) / (full_rate + length * theta))
    )
    scale = max(0.0, float(log.max()))
    weight = np.exp(log - scale)
    total = np.exp(-scale) + weight[1:].sum()
    weight /= total
    in_time = weight @ answered_within(within, length, full_rate, theta)
    return float(np.exp(-scale) / total), float(weight.sum()), float(weight @ length), float(in_time)
