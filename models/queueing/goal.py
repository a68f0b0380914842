"""What a plan must keep to: the limits that the searches for agents understand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from models.queueing.numerics.arguments import above, at_least, share
from scenarios.contact_types import Definition
from scenarios.errors import InvalidValue

LIMITS = ("service_level", "asa", "mean_wait", "p_abandon", "p_wait", "max_occupancy")


@dataclass(frozen=True)
class Goal:
    """What must hold, all of it; None asks for nothing. Each may be an array, one value per interval.

    Attributes
    ----------
    service_level, within, definition
        Share to be answered `within` a time, by one of the four definitions of a service level.
    asa, mean_wait
        Longest mean wait of the answered, of all who enter.
    p_abandon, p_wait
        Largest share that may leave unanswered, that may have to wait.
    max_occupancy
        Largest share of their time that agents may be busy.

    Examples
    --------
    >>> Goal(service_level=0.8, within=20, max_occupancy=0.85).definition
    'offered'
    """

    service_level: ArrayLike | None = None
    within: ArrayLike = 0.0
    definition: Definition = "offered"
    asa: ArrayLike | None = None
    mean_wait: ArrayLike | None = None
    p_abandon: ArrayLike | None = None
    p_wait: ArrayLike | None = None
    max_occupancy: ArrayLike | None = None

    def __post_init__(self) -> None:
        """Refuse what no number of agents can do."""
        if self.definition not in get_args(Definition):
            raise InvalidValue("definition", self.definition, f"choose one of {', '.join(get_args(Definition))}")
        at_least("within", self.within, 0.0)
        if self.service_level is not None and np.any(share("service_level", self.service_level) >= 1):
            raise InvalidValue("service_level", 1, "enter less than 1 (100 %), which no number of agents reaches")
        for name in ("asa", "mean_wait"):
            if (value := getattr(self, name)) is not None:
                above(name, value, 0.0)
        for name in ("p_abandon", "p_wait", "max_occupancy"):
            if (value := getattr(self, name)) is not None and np.any(share(name, value) <= 0):
                raise InvalidValue(name, 0, "enter more than 0, which no number of agents reaches")

    def limits(self) -> dict[str, ArrayLike]:
        """The limits that are set, by name; an error where there are none."""
        limits = {name: value for name in LIMITS if (value := getattr(self, name)) is not None}
        if not limits:
            raise InvalidValue("goal", None, f"set at least one of {', '.join(LIMITS)}")
        return limits
