"""Frontiers of known costs, for tests of what is made of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.whatif.frontier import Frontier


def made(costs: list[float], statuses: list[str], gap: float = 0.0, head: float = 0.0, noise: float = 0.0) -> Frontier:
    """A frontier of given costs at levels 0, 0.1, 0.2 ...; with noise, every other replication costs that much more.

    Noise is of bots' sessions, so that level 0 has none.
    """
    swing = noise * np.tile([1.0, -1.0], 8)
    rows = pd.DataFrame(
        {
            "level": np.arange(len(costs)) / 10,
            "cost": costs,
            "status": statuses,
            "left_open": gap,
            "net_saving": costs[0] - np.array(costs),
            "claimed_saving": 100.0 * np.arange(len(costs)),
        }
    )
    paid = {level / 10: cost + swing * (level > 0) for level, cost in enumerate(costs)}
    return Frontier("chat", 0.25, rows, {}, one_agent=head, paid=paid)
