"""How many contacts are in a queue at a random moment: the whole distribution, where the measures give its means."""

from __future__ import annotations

import numpy as np

from models.queueing.numerics.arguments import Floats, above, at_least, whole
from models.queueing.numerics.tagged_customer import abandon_rate
from scenarios.errors import TooLarge, UnstableQueue

NOTHING = 1e-9
MOST = 200_000


def in_system(arrival_rate: float, handle_time: float, agents: int, patience: float = np.inf) -> Floats:
    """The chance of 0, 1, 2, ... contacts waiting or in service in M/M/n+M, until next to nothing is left.

    The birth-death chain whose births come at the arrival rate and whose deaths are those of busy agents and of
    waiting contacts who lose patience (Palm 1957; Gross et al. 2008, *Fundamentals of queueing theory*, eq. 2.3).

    Parameters
    ----------
    arrival_rate, handle_time, patience
        As in `models.queueing.erlang.erlang_a`; endless patience for Erlang C.

    Raises
    ------
    UnstableQueue
        If nobody ever leaves and there is no less work than agents.
    TooLarge
        If the queue is too long to be told number by number.

    Examples
    --------
    >>> in_system(arrival_rate=1, handle_time=1, agents=2)[:3].round(4)
    array([0.3333, 0.3333, 0.1667])
    """
    rate, mu = float(at_least("arrival_rate", arrival_rate, 0.0)), 1 / float(above("handle_time", handle_time, 0.0))
    staffing, theta = int(whole("agents", agents, 0.0)), abandon_rate(patience)
    if theta == 0 and rate >= staffing * mu and rate > 0:
        raise UnstableQueue(offered=rate / mu, agents=staffing)
    states = staffing + 64
    while states <= MOST:
        number = np.arange(1, states + 1)
        death = np.minimum(number, staffing) * mu + np.maximum(number - staffing, 0) * theta
        with np.errstate(divide="ignore"):
            log = np.concatenate([[0.0], np.cumsum(np.log(rate) - np.log(death))])
        chance = np.exp(log - log.max())
        chance /= chance.sum()
        if chance[-1] < NOTHING * (1 - min(rate / death[-1], 1 - NOTHING)):
            beyond = np.cumsum(chance[::-1])[::-1]
            return np.asarray(chance[: max(int(np.argmax(beyond < NOTHING)), 1)])
        states *= 2
    raise TooLarge("a queue this long", f"more than {MOST} contacts", f"{MOST}", "add agents or shorten patience")
