"""What pages ask of the formulas, answered by worker processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenarios.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from models.lint.advice import Advice

CHARTED = (
    *("service_level", "service_level_answered", "service_level_less_short_abandons"),
    *("service_level_answered_or_abandoned", "response_by_person_or_bot", "response_any", "backlog", "contacts"),
)


@dataclass(frozen=True, eq=False)
class Theory:
    """The results of the formulas for a scenario."""

    horizon: pd.DataFrame
    interval: pd.DataFrame
    requirement: pd.DataFrame
    required: NDArray[np.int64]
    """Agents of each group by interval, nearest to the plan's, that meet the targets by formula."""

    def of(self, measure: str, of: str) -> tuple[float, str, str] | None:
        """The value of a measure for the horizon, its formula, and what that leaves out."""
        rows = self.horizon[(self.horizon["measure"] == measure) & (self.horizon["of"] == of)]
        if rows.empty or not np.isfinite(rows["value"].iloc[-1]):
            return None
        row = rows.iloc[-1]  # a type comes after a channel of the same name
        return float(row["value"]), str(row["source"]), str(row["note"])


def theory(scenario: Scenario) -> Theory:
    """The tables of the formulas for a scenario, and the staffing that they require."""
    from models.centre.approximate import approximate
    from models.centre.net_staffing import required_staffing
    from models.centre.requirement import requirement

    return Theory(
        approximate(scenario),
        approximate(scenario, "interval", CHARTED),
        requirement(scenario),
        required_staffing(scenario),
    )


def staffed(scenario: Scenario) -> Scenario:
    """The scenario with the fewest agents by formula."""
    from models.centre.staffing import staff

    return staff(scenario)


def advice(scenario: Scenario) -> list[Advice]:
    """The advice of the plan linter."""
    from models.lint.linter import advise

    return advise(scenario)


def place_of(field: str) -> str:
    """The part of the scenario page that holds a field.

    Examples
    --------
    >>> place_of("contact_types.chat.bot.resolved"), place_of("agent_groups.desk.staffing")
    ('bots', 'staffing')
    """
    if ".bot" in field:
        return "bots"
    if "staffing" in field or "shrinkage" in field:
        return "staffing"
    return "agents" if field.startswith(("agent_groups", "routing")) else "contacts"
