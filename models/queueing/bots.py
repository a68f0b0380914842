"""Bots, voice menus and blending: what happens in front of the agents and in their idle moments.

`lines_and_agents` is the product form of Srinivasan, Talim & Wang (2004), "Performance analysis of a call
center with interactive voice response units": every caller holds a line in the menu (or bot), in the queue
and in service; a share is transferred to an agent, the others are contained. `blended` is the threshold
policy of Bhulai & Koole (2003), "A queueing model for call blending in call centers": an endless backlog of
e-mail fills agents up to a threshold. `after_containment` is bookkeeping: what a bot leaves for people,
once false containment and difficulty are counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincc, gammaln, logsumexp, xlogy

from models.queueing.numerics.arguments import Floats, above, at_least, share, whole
from scenarios.errors import InvalidValue, UnstableQueue


@dataclass(frozen=True)
class FrontedPerformance:
    """A menu or bot in front of agents, with a limit on lines; times in the unit of the arguments."""

    p_block: float
    """Callers who find all lines taken."""
    p_wait: float
    """Of those transferred: all agents are busy."""
    served_within: float
    """Of those transferred: an agent answers within the target time."""
    wait_all: float
    """Mean wait for an agent of those transferred."""
    occupancy: float
    transfers: float
    """Callers handed to the agents per unit of time."""
    in_menu: float
    """Mean number in the menu or bot."""


def lines_and_agents(
    arrival_rate: float,
    menu_time: float,
    transferred: float,
    handle_time: float,
    agents: int,
    lines: int,
    within: float,
) -> FrontedPerformance:
    """The long-run performance of a menu or bot in front of agents, all on `lines` lines; nobody hangs up.

    Parameters
    ----------
    menu_time, handle_time
        Means of the exponential times in the menu (any law would give the same) and with an agent.
    transferred
        Share of callers who go on to an agent.

    Examples
    --------
    >>> fronted = lines_and_agents(10, 2, 0.4, 4, agents=18, lines=50, within=1 / 3)
    >>> f"{fronted.p_block:.4f} {fronted.p_wait:.4f} {fronted.served_within:.4f}"
    '0.0191 0.4498 0.6448'
    """
    rate, to_agent = float(above("arrival_rate", arrival_rate, 0)), float(share("transferred", transferred))
    menu, handle = float(above("menu_time", menu_time, 0)), float(above("handle_time", handle_time, 0))
    staffing, limit = int(_finite("agents", agents)), int(_finite("lines", lines))
    target = float(at_least("within", within, 0))
    if limit < staffing:
        raise InvalidValue("lines", lines, f"give at least as many lines as agents ({staffing})")
    menu_log, agent_log = _log_weights(rate * menu, limit), _queue_log(rate * to_agent * handle, staffing, limit)
    p_block = _numbers_at_agents(menu_log, agent_log, limit)[1]
    accepted = rate * (1 - p_block)
    # Who is transferred sees the state that a system with one line less is in (arrival theorem, as in the
    # paper).
    at_transfer, _ = _numbers_at_agents(menu_log, agent_log, limit - 1)
    ahead = np.arange(at_transfer.size) - staffing
    late = np.where(ahead >= 0, gammaincc(np.maximum(ahead + 1, 1), staffing / handle * target), 0.0)
    return FrontedPerformance(
        p_block=p_block,
        p_wait=float(at_transfer[staffing:].sum()),
        served_within=float(at_transfer @ (1 - late)),
        wait_all=float(at_transfer @ np.maximum(ahead + 1, 0)) * handle / staffing,
        occupancy=accepted * to_agent * handle / staffing,
        transfers=accepted * to_agent,
        in_menu=accepted * menu,
    )


@dataclass(frozen=True)
class BlendedPerformance:
    """Calls with e-mail in the gaps; times in the unit of the arguments."""

    p_wait: float
    served_within: float
    """Calls answered within the target / calls."""
    wait_all: float
    email_rate: float
    """E-mails finished per unit of time."""
    occupancy: float


def blended(
    arrival_rate: float, handle_time: float, agents: int, busy_at_least: int, within: float
) -> BlendedPerformance:
    """Calls and an endless backlog of e-mail, begun whenever fewer than `busy_at_least` agents are busy.

    Calls and e-mails take the same exponential time, calls never interrupt, nobody hangs up (Bhulai & Koole
    2003).

    Examples
    --------
    >>> mixed = blended(4, 2, agents=12, busy_at_least=10, within=1 / 3)
    >>> f"{mixed.served_within:.4f} {mixed.email_rate:.4f}"
    '0.7653 1.5714'
    """
    rate, mu = float(at_least("arrival_rate", arrival_rate, 0)), 1 / float(above("handle_time", handle_time, 0))
    staffing, floor = int(_finite("agents", agents)), int(whole("busy_at_least", busy_at_least, 0))
    target = float(at_least("within", within, 0))
    if floor > staffing:
        raise InvalidValue("busy_at_least", busy_at_least, f"give at most the number of agents ({staffing})")
    if rate >= staffing * mu:
        raise UnstableQueue(rate / mu, staffing)
    # Birth and death from the floor up; beyond all agents a geometric queue, its mass put on "all busy".
    busy = np.arange(floor, staffing + 1)
    log = np.concatenate([[0.0], np.cumsum(xlogy(1, rate / (busy[1:] * mu)))])
    weight = np.exp(log - log.max())
    weight[-1] /= 1 - rate / (staffing * mu)
    weight /= weight.sum()
    p_wait, drain = float(weight[-1]), staffing * mu - rate
    working = float(weight @ busy)
    return BlendedPerformance(
        p_wait=p_wait,
        served_within=1 - p_wait * float(np.exp(-drain * target)),
        wait_all=p_wait / drain,
        email_rate=max(working * mu - rate, 0.0),
        occupancy=working / staffing,
    )


@dataclass(frozen=True)
class Containment:
    """Agents' work per contact that reaches the bot, each an array in the shape of the arguments."""

    claimed: Floats
    """Share that the bot counts as contained."""
    resolved: Floats
    """Share that it really resolves."""
    escalated_work: Floats
    """Handle time of what it passes on, per contact."""
    returned_work: Floats
    """Handle time of what comes back later, per contact."""
    saved: Floats
    """Share of the work without a bot that is saved; negative where the bot makes work."""


def after_containment(
    contained: ArrayLike,
    false_share: ArrayLike,
    handle_time: ArrayLike,
    return_handle_time: ArrayLike,
    difficulty: ArrayLike = 0.5,
) -> Containment:
    """What a bot that contains a share of contacts leaves for people.

    What it passes on is harder than the average, by the factor 1 + difficulty x contained, because the easy
    ones are gone; a share `false_share` of the contained comes back, `return_handle_time` long each. Work
    that waits for a person costs the same whoever counted it as contained.

    Parameters
    ----------
    contained
        Share of contacts that the bot counts as contained.
    handle_time, return_handle_time
        Agent time per contact in the bot's channel (divide by concurrency where agents do several at once)
        and of a contact that comes back.

    Examples
    --------
    >>> after_containment([0.4, 0.4, 0.6], [0.25, 0.4, 0.25], 200, 360).saved.round(3)
    array([ 0.1  , -0.008,  0.21 ])
    """
    held, wrong = share("contained", contained), share("false_share", false_share)
    handle, again = above("handle_time", handle_time, 0), at_least("return_handle_time", return_handle_time, 0)
    escalated = (1 - held) * handle * (1 + at_least("difficulty", difficulty, 0) * held)
    returned = held * wrong * again
    return Containment(held, held * (1 - wrong), escalated, returned, 1 - (escalated + returned) / handle)


def _finite(field: str, value: ArrayLike) -> Floats:
    number = whole(field, value, 1)
    if not np.isfinite(number):
        raise InvalidValue(field, value, "give a finite whole number")
    return number


def _log_weights(load: float, most: int) -> Floats:
    """Logarithms of load^k / k!, k = 0..most."""
    k = np.arange(most + 1)
    return np.asarray(xlogy(k, load) - gammaln(k + 1))


def _queue_log(load: float, agents: int, most: int) -> Floats:
    """Logarithms of the weights of 0..most contacts waiting for or with agents."""
    k = np.arange(most + 1)
    waiting = np.maximum(k - agents, 0)
    return np.asarray(xlogy(k, load) - gammaln(k - waiting + 1) - waiting * np.log(agents))


def _numbers_at_agents(menu_log: Floats, agent_log: Floats, lines: int) -> tuple[Floats, float]:
    """Distribution of the number waiting for or with agents on so many lines, and P(all lines taken)."""
    room = np.logaddexp.accumulate(menu_log[: lines + 1])[::-1]
    log = agent_log[: lines + 1] + room
    total = logsumexp(log)
    full = logsumexp(agent_log[: lines + 1] + menu_log[lines::-1])
    return np.asarray(np.exp(log - total)), float(np.exp(full - total))
