"""The arguments of a search, checked before anything is simulated."""

from __future__ import annotations

import math

from scenarios.errors import InvalidValue


def refuse_unusable(**given: float) -> None:
    """Nothing, if the arguments of a search can be used.

    Raises
    ------
    InvalidValue
        For the first that cannot, with its remedy.

    Examples
    --------
    >>> refuse_unusable(gap=0.01, seconds=120.0)
    """
    least = {"gap": 0.0, "seconds": 0.0, "plays": 1.0, "replications": 2.0, "fresh": 2.0}
    remedies = {
        "gap": "give a share of the bound, 0.01 for one per cent, or 0 to search until another limit",
        "seconds": "give the time limit in seconds, more than 0",
        "plays": "give at least 1 replication",
        "replications": "give at least 2: one alone has no standard error",
        "fresh": "give at least 2: one alone has no standard error",
    }
    for name, value in given.items():
        low = value <= 0 if name == "seconds" else value < least[name]
        if math.isnan(value) or low or (name == "gap" and math.isinf(value)):
            raise InvalidValue(name, value, remedies[name])
