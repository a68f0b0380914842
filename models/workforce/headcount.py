"""A headcount plan: whom to hire when, so that the chance of being short of people stays small.

People leave at random (a binomial number each month), demand is not what was forecast, and a new hire works slower for
some weeks. Hires of a month are the fewest with which the chance of being short in it is at most the one allowed; they
must be decided as long before as hiring takes. All shares and times are assumptions of the person who asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.errors import InvalidValue

Floats = NDArray[np.float64]

WEEKS = 52 / 12
"""Of a month."""
PATHS = 10_000
FULL_WEEK = 40.0
MOST_PEOPLE = 100_000.0
MOST_MONTHS = 120


@dataclass(frozen=True)
class WorkforceAssumptions:
    """How people come, learn and leave."""

    attrition: float = 0.30
    """The share of people who leave within a year (assumption)."""
    lead_months: int = 2
    """Months from the decision to hire until the first day of work: six weeks, as whole months (assumption)."""
    ramp_weeks: float = 8.0
    """Weeks until a new hire works as fast as the others (assumption)."""
    ramp_factor: float = 1.4
    """Handle times of a new hire on the first day, as a multiple of the usual ones, falling evenly (assumption)."""
    training_hours: float = 0.0
    """Training and quality time of everybody, hours a week, that is not yet in the shrinkage of the scenario."""
    tiring_from: float = 0.90
    """Occupancy above which work tires."""
    tiring: float = 0.05
    """By how much attrition rises for each point of occupancy above that, as a share of it (assumption)."""
    forecast_error: float = 0.0
    """The coefficient of variation of a month's demand around its forecast."""

    def __post_init__(self) -> None:
        within = {
            "attrition": (self.attrition, 0.0, 0.99),
            "lead months": (self.lead_months, 0, 24),
            "ramp weeks": (self.ramp_weeks, 0.0, 104.0),
            "ramp factor": (self.ramp_factor, 1.0, 10.0),
            "training hours": (self.training_hours, 0.0, 0.9 * FULL_WEEK),
            "tiring": (self.tiring, 0.0, 1.0),
            "forecast error": (self.forecast_error, 0.0, 1.0),
        }
        for name, (value, low, high) in within.items():
            if not low <= value <= high:
                raise InvalidValue(name, value, f"give {low:g} to {high:g}")

    def attrition_at(self, occupancy: float) -> float:
        """The share that leaves within a year where agents are busy for this share of their time.

        Examples
        --------
        >>> round(WorkforceAssumptions().attrition_at(0.94), 3)
        0.36
        """
        points = 100 * max(0.0, occupancy - self.tiring_from)
        return min(0.99, self.attrition * (1 + self.tiring * points))

    def productivity(self, month: int) -> float:
        """What a hire is worth in a month after the first day, as a share of an experienced person, on average over it.

        Examples
        --------
        >>> [round(WorkforceAssumptions().productivity(month), 2) for month in range(3)]
        [0.78, 0.93, 1.0]
        """
        weeks = np.linspace(month, month + 1, 201) * WEEKS
        left = np.clip(1 - weeks / self.ramp_weeks, 0, 1) if self.ramp_weeks else np.zeros_like(weeks)
        return float(np.trapezoid(1 / (1 + (self.ramp_factor - 1) * left), weeks) / WEEKS)


@dataclass(frozen=True)
class HeadcountPlan:
    """Hires by month, and what comes of them."""

    rows: pd.DataFrame
    """By month: required (FTE), starters, decide_in (month, None where none start), headcount, effective (mean FTE),
    low and high (80 % of paths), chance_short."""
    risk: float

    def in_words(self) -> str:
        """One line: hires in all, and the months in which the risk is above the one allowed."""
        hires = int(self.rows["starters"].sum())
        late = self.rows[self.rows["chance_short"] > self.risk + 1e-9]
        line = f"{hires:,} hires over {len(self.rows)} months"
        if late.empty:
            return f"{line}; the chance of being short is at most {self.risk:.0%} in every month.".replace("%", " %")
        months = ", ".join(str(month) for month in late["month"])
        text = f"{line}; short with more than {self.risk:.0%} chance in month {months}: too late to hire for"
        return text.replace("%", " %") + "."


def headcount_plan(
    required: Sequence[float],
    people: int,
    assumptions: WorkforceAssumptions | None = None,
    *,
    risk: float = 0.1,
    occupancy: float = 0.0,
    seed: int = 1,
) -> HeadcountPlan:
    """The fewest hires by month with which the chance of being short is at most `risk`, from the first month possible.

    Parameters
    ----------
    required
        Full-time people needed in each month, experienced, breaks and shrinkage included.
    people
        People at work at the start, all experienced.
    assumptions
        See `WorkforceAssumptions`.
    risk
        The chance of being short that is accepted in a month.
    occupancy
        How busy agents are; above a limit it raises attrition.
    seed
        Of the drawn paths.

    Raises
    ------
    InvalidValue
        Naming what cannot be used.

    Examples
    --------
    >>> plan = headcount_plan([20, 20, 22, 24], 20, WorkforceAssumptions(attrition=0, ramp_weeks=0), risk=0.1)
    >>> plan.rows["starters"].tolist(), plan.in_words()
    ([0, 0, 2, 2], '4 hires over 4 months; the chance of being short is at most 10 % in every month.')
    """
    given = assumptions or WorkforceAssumptions()
    needs = _checked(required, people, risk)
    rng = np.random.default_rng(seed)
    monthly = 1 - (1 - given.attrition_at(occupancy)) ** (1 / 12)
    share = 1 - given.training_hours / FULL_WEEK
    cohorts = np.zeros((len(needs) + 1, PATHS), dtype=np.int64)
    cohorts[0] = people
    rows = []
    for month, need in enumerate(needs):
        worth = np.array([1.0, *(given.productivity(month - start) for start in range(month))])
        at_work = share * (worth @ cohorts[: month + 1])
        wanted = need * np.maximum(0.0, 1 + given.forecast_error * rng.standard_normal(PATHS))
        starters = 0
        if month >= given.lead_months:
            starters = _fewest((wanted - at_work) / (share * given.productivity(0)), risk)
        cohorts[month + 1] = starters
        effective = at_work + share * given.productivity(0) * starters
        low, high = np.quantile(effective, [0.1, 0.9])
        rows.append(
            {
                "month": month + 1,
                "required": need,
                "starters": starters,
                "decide_in": month + 1 - given.lead_months if starters else None,
                "headcount": float(cohorts.sum(axis=0).mean()),
                "effective": float(effective.mean()),
                "low": float(low),
                "high": float(high),
                "chance_short": float(np.mean(effective < wanted - 1e-9)),
            }
        )
        cohorts[: month + 2] = rng.binomial(cohorts[: month + 2], 1 - monthly)
    return HeadcountPlan(pd.DataFrame(rows), risk)


def _fewest(missing: Floats, risk: float) -> int:
    """The fewest hires with which at most this share of paths still misses somebody."""
    allowed = int(risk * missing.size + 1e-9)
    return max(0, int(np.ceil(np.sort(missing)[missing.size - 1 - allowed] - 1e-9)))


def _checked(required: Sequence[float], people: int, risk: float) -> list[float]:
    needs = [float(need) for need in required]
    if not 1 <= len(needs) <= MOST_MONTHS:
        raise InvalidValue("months", len(needs), f"give 1 to {MOST_MONTHS}")
    for need in needs:
        if not 0 <= need <= MOST_PEOPLE:
            raise InvalidValue("required", need, f"give 0 to {MOST_PEOPLE:,.0f} people for each month")
    if not 0 <= people <= MOST_PEOPLE:
        raise InvalidValue("people", people, f"give 0 to {MOST_PEOPLE:,.0f}")
    if not 0 < risk < 1:
        raise InvalidValue("risk", risk, "give a share between 0 and 1, such as 0.1")
    return needs
