"""The one queue as others write it: SimPy as in tutorials, and Ciw."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import simpy

MINUTE = 60.0


def tutorial_simpy(seed: int, agents: int = 104, per_minute: float = 20.0, minutes: float = 600.0) -> int:
    """A process per customer, who requests an agent or gives up; the number of customers."""
    random, env = np.random.default_rng(seed), simpy.Environment()
    desk = simpy.Resource(env, agents)
    served: list[tuple[float, bool]] = []

    def customer() -> object:
        arrival = env.now
        with desk.request() as request:
            result = yield request | env.timeout(random.exponential(3.0))
            served.append((env.now - arrival, request in result))
            if request in result:
                yield env.timeout(random.exponential(5.0))

    def arrivals() -> object:
        while True:
            yield env.timeout(random.exponential(1 / per_minute))
            if env.now >= minutes:
                return
            env.process(customer())

    env.process(arrivals())
    env.run()
    return len(served)


def ciw(seed: int, agents: int = 104, per_minute: float = 20.0, minutes: float = 600.0) -> int | None:
    """The number of customers that Ciw simulates; None where it is not installed."""
    if find_spec("ciw") is None:
        return None
    import ciw

    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=per_minute)],
        service_distributions=[ciw.dists.Exponential(rate=1 / 5.0)],
        number_of_servers=[agents],
        reneging_time_distributions=[ciw.dists.Exponential(rate=1 / 3.0)],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(minutes)
    return len(simulation.get_all_records())
