"""Erlang A at its extremes, against its birth-death chain in sixty digits; shares are shares."""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
import pytest

from models.queueing.erlang import erlang_a, erlang_c
from models.queueing.general_patience import general_patience
from scenarios.distributions import Deterministic, Exponential, Weibull, WithZero

SHARES = ("p_wait", "p_abandon", "served_within", "abandoned_within", "waiting_beyond", "p_block")
LEVELS = ("offered", "answered", "less-short-abandons", "answered-or-abandoned")


def chain(rate: float, handle: float, patience: float, agents: int) -> tuple[float, float]:
    """P(wait) and P(abandon) of M/M/n+M by the balance of flows, state by state."""
    with localcontext() as context:
        context.prec = 60
        come, mu, theta = Decimal(rate), 1 / Decimal(handle), 1 / Decimal(patience)
        below, p = Decimal(0), Decimal(1)
        for k in range(agents, 0, -1):
            p *= k * mu / come
            below += p
        above = queue = Decimal(0)
        p, waiting = Decimal(1), 0
        while p > above * Decimal(10) ** -40 or come > agents * mu + waiting * theta:
            above, queue, waiting = above + p, queue + waiting * p, waiting + 1
            p *= come / (agents * mu + waiting * theta)
        whole = below + above
        return float(above / whole), float(theta * queue / whole / come)


def random_queues(count: int, seed: int = 11) -> list[tuple[int, float, float, float]]:
    """Agents, load, patience and handle time over many orders, where the chain is short enough to be added up."""
    rng, found = np.random.default_rng(seed), list[tuple[int, float, float, float]]()
    while len(found) < count:
        agents, load = int(10 ** rng.uniform(0, 3.7)), float(10 ** rng.uniform(-6, 5))
        patience, handle = float(10 ** rng.uniform(-3, 9)), float(10 ** rng.uniform(0, 3.5))
        waiting = max(load - agents, 0) * patience / handle + 10 * (load * patience / handle) ** 0.5
        if waiting < 20_000:
            found.append((agents, load, patience, handle))
    return found


@pytest.mark.parametrize("agents, load, patience, handle", random_queues(40))
def test_chain_in_sixty_digits(agents: int, load: float, patience: float, handle: float) -> None:
    """A share would lose digits, however small it is."""
    p_wait, p_abandon = chain(load / handle, handle, patience, agents)
    found = erlang_a(load / handle, handle, patience, agents)
    assert float(found.p_wait) == pytest.approx(p_wait, rel=1e-11, abs=1e-300)
    assert float(found.p_abandon) == pytest.approx(p_abandon, rel=1e-11, abs=1e-300)


def test_nobody_is_answered_in_a_hopeless_queue() -> None:
    """1,100 erlangs for one agent and a patience of 1e9 s: rounding error would pass for 2.6e-6 answered in 20 s."""
    found = erlang_a(1100 / 180, 180.0, 1e9, 1, 20.0)
    assert float(found.served_within) == 0.0
    assert float(found.abandoned_within) == pytest.approx(2e-8, rel=1e-7)  # who leaves: 1 - exp(-20 / 1e9)
    assert float(found.waiting_beyond) == pytest.approx(1 - 2e-8, rel=1e-12)


def test_upper_tail_joins_the_formula_below() -> None:
    """Where the way of working out the shares changes, they would jump."""
    patience, handle, agents, load = 600.0, 300.0, 20, 40.0
    turn = patience * np.log(load / agents)  # the time at which y' = x
    near = erlang_a(load / handle, handle, patience, agents, np.array([turn * (1 - 1e-9), turn * (1 + 1e-9)]))
    for name in ("served_within", "abandoned_within", "waiting_beyond"):
        first, second = getattr(near, name)
        assert first == pytest.approx(second, rel=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_shares_are_shares(seed: int) -> None:
    """A share would be below 0, above 1 or not a number, or the parts of all contacts would not add up to one."""
    rng = np.random.default_rng(seed)
    for _ in range(40):
        agents, load = int(10 ** rng.uniform(0, 3.7)), float(10 ** rng.uniform(-6, 5))
        mean, handle = float(10 ** rng.uniform(-3, 9)), float(10 ** rng.uniform(0, 4))
        within = float(rng.choice([0.0, 1.0, 20.0, 600.0, 1e4]))
        distributions = (
            Weibull(mean=mean, shape=0.7),
            Deterministic(value=mean),
            WithZero(zero=0.2, of=Exponential(mean=mean)),
        )
        results = [
            erlang_a(load / handle, handle, mean, agents, within),
            erlang_a(load / handle, handle, mean, agents, within, agents + 50),
            general_patience(load / handle, handle, distributions[rng.integers(3)], agents, within),
        ]
        for found in results:
            parts = [float(getattr(found, name)) for name in SHARES]
            assert all(0 <= share <= 1 for share in parts), (found.model, parts)
            assert sum(parts[2:]) == pytest.approx(1, abs=1e-9)
            for definition in LEVELS:
                assert not float(found.service_level(definition)) > 1


def test_endless_patience_is_the_limit() -> None:
    """With a patience of 1e9 handle times, a stable queue would not be Erlang's."""
    patient, endless = erlang_a(10, 1.0, 1e9, 12, 0.5), erlang_c(10, 1.0, 12, 0.5)
    assert float(patient.served_within) == pytest.approx(float(endless.served_within), rel=1e-7)
