"""Loyalty: how good and bad contacts move customers between loyal, neutral and at risk, and make them leave.

A continuous-time Markov chain. Customers contact the centre at a rate; each contact is green, yellow or red. A red
contact makes a customer leave with a probability that grows with the number of red contacts in a row; who stays falls
by one level, unless goodwill makes up for it. A green contact lifts by one level with probability 1 - asymmetry: at 1
good service is taken for granted and only bad service counts, at 0 both count alike. All numbers are assumptions; the
founding documents disagree on the asymmetry, so it is a setting.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from models.value.economics import CustomerEconomics
from scenarios.errors import InvalidValue

Floats = NDArray[np.float64]

LEVELS = ("loyal", "neutral", "at risk")
RUNS = (0, 1, 2)
"""Red contacts in a row before now; the last stands for two and more."""
STATES = tuple(product(range(len(LEVELS)), RUNS))
NEUTRAL = STATES.index((1, 0))
SERVICE, OTHER = len(STATES), len(STATES) + 1
"""Absorbing states: left after a bad contact, left for other reasons."""
BAND = (0.02, 0.17, 0.32)
"""Shares that leave after one bad contact, from careful to the stated intentions of surveys: the range to show."""
MOST_CONTACTS = 1_000.0
MONTHS = 12


@dataclass(frozen=True)
class ContactExperience:
    """How often customers contact the centre, and how these contacts go."""

    per_year: float = 2.0
    """Contacts per customer and year (assumption)."""
    red: float = 0.1
    """The share of contacts in the red zone."""
    yellow: float = 0.0
    """The share in the yellow zone; the rest is green."""

    def __post_init__(self) -> None:
        if not 0 <= self.per_year <= MOST_CONTACTS:
            raise InvalidValue("contacts per year", self.per_year, f"give 0 to {MOST_CONTACTS:g} per customer")
        for name, share in (("red", self.red), ("yellow", self.yellow)):
            if not 0 <= share <= 1:
                raise InvalidValue(f"share of {name} contacts", share, "give a share from 0 to 1")
        if self.red + self.yellow > 1 + 1e-9:
            raise InvalidValue("shares of red and yellow contacts", self.red + self.yellow, "they exceed all contacts")

    @property
    def green(self) -> float:
        """The share of contacts in the green zone."""
        return max(0.0, 1.0 - self.red - self.yellow)


@dataclass(frozen=True)
class LoyaltyAssumptions:
    """How contacts act on customers."""

    leaving: tuple[float, float, float] = (0.02, 0.05, 0.15)
    """The share that leaves after the first, the second and each further red contact in a row (assumption)."""
    asymmetry: float = 0.9
    """0: a good contact lifts loyalty as surely as a bad one lowers it; 1: good contacts lift nothing."""
    recovery: float = 0.05
    """The chance that goodwill returns a customer to neutral after a red contact (0.3 with a gesture, assumption)."""

    def __post_init__(self) -> None:
        for name, share in (*(("leaving", share) for share in self.leaving), *self._chances):
            if not 0 <= share <= 1:
                raise InvalidValue(name, share, "give a share from 0 to 1")

    @property
    def _chances(self) -> tuple[tuple[str, float], ...]:
        return ("asymmetry", self.asymmetry), ("recovery", self.recovery)

    @classmethod
    def constant(cls, leaving: float, asymmetry: float = 0.9) -> LoyaltyAssumptions:
        """The same share leaves after every red contact, and nothing is made up for."""
        return cls((leaving, leaving, leaving), asymmetry, recovery=0.0)


@dataclass(frozen=True)
class LoyaltyOutcome:
    """What becomes of customers who begin as neutral."""

    months: Floats
    """Shares by month and state, shape (months + 1, levels + 2): the levels, left after service, left otherwise."""
    lifetime: float
    """The mean time until a customer leaves, in years; infinite if nobody does."""
    lost_to_service: float
    """The share of all leavers who leave after a bad contact."""

    @property
    def churn(self) -> float:
        """Customers lost in the first year, a share."""
        return float(self.months[-1, -2:].sum())

    @property
    def service_churn(self) -> float:
        """Customers lost in the first year after a bad contact, a share."""
        return float(self.months[-1, -2])

    @property
    def staying(self) -> Floats:
        """Customers that are still there at the end of each month, from month 0, as a share."""
        result: Floats = 1 - self.months[:, -2:].sum(axis=1)
        return result


def loyalty_outcome(
    experience: ContactExperience,
    assumptions: LoyaltyAssumptions,
    other_churn: float,
    months: int = MONTHS,
) -> LoyaltyOutcome:
    """Levels of loyalty by month, lifetime and the part of service in churn, from the generator of the chain.

    Parameters
    ----------
    experience, assumptions
        See these.
    other_churn
        Customers who leave in a year for other reasons, as a rate.
    months
        How far ahead.

    Examples
    --------
    Two contacts a year, one in ten bad, and a third leaves after each: six per cent a year are lost to service.

    >>> outcome = loyalty_outcome(ContactExperience(2, 0.1), LoyaltyAssumptions.constant(0.32), 0.0)
    >>> round(outcome.service_churn, 3)
    0.062
    """
    generator = _generator(experience, assumptions, other_churn)
    living = len(STATES)
    step = expm(generator / 12)
    shares = np.zeros((months + 1, living + 2))
    shares[0, NEUTRAL] = 1.0
    for month in range(months):
        shares[month + 1] = shares[month] @ step
    inner = -generator[:living, :living]
    leaves = experience.per_year * experience.red * max(assumptions.leaving) + other_churn > 0
    start = np.eye(living)[NEUTRAL]
    occupied = np.linalg.solve(inner.T, start) if leaves else np.full(living, np.inf)
    to_service = float(occupied @ generator[:living, SERVICE]) if leaves else 0.0
    levels = [[index for index, (level, _) in enumerate(STATES) if level == wanted] for wanted in range(len(LEVELS))]
    by_level = np.column_stack([*(shares[:, part].sum(axis=1) for part in levels), shares[:, living:]])
    return LoyaltyOutcome(by_level, float(occupied.sum()), to_service)


def _generator(experience: ContactExperience, assumptions: LoyaltyAssumptions, other_churn: float) -> Floats:
    """Rates per year between the states, rows adding up to 0."""
    size = len(STATES) + 2
    rates = np.zeros((size, size))
    lift = 1 - assumptions.asymmetry
    for index, (level, run) in enumerate(STATES):
        chances = np.zeros(size)
        leaves = assumptions.leaving[run]
        lower = min(level + 1, len(LEVELS) - 1)
        chances[SERVICE] += experience.red * leaves
        chances[NEUTRAL] += experience.red * (1 - leaves) * assumptions.recovery
        stays = experience.red * (1 - leaves) * (1 - assumptions.recovery)
        chances[STATES.index((lower, min(run + 1, RUNS[-1])))] += stays
        chances[STATES.index((level, 0))] += experience.yellow + experience.green * (1 - lift)
        chances[STATES.index((max(level - 1, 0), 0))] += experience.green * lift
        rates[index] = experience.per_year * chances
        rates[index, OTHER] = other_churn
        rates[index, index] -= rates[index].sum()
    return rates


@dataclass(frozen=True)
class CustomerValue:
    """The value of a customer with the churn that service adds, and what it rests on."""

    economics: CustomerEconomics
    outcome: LoyaltyOutcome

    @property
    def value(self) -> float:
        """Margin over the lifetime, less the replacement of the customer."""
        return self.economics.margin * self.outcome.lifetime - self.economics.replacement_cost


def customer_value(
    economics: CustomerEconomics, experience: ContactExperience, assumptions: LoyaltyAssumptions
) -> CustomerValue:
    """The value of a customer whose contacts go as told.

    The `churn` of the economics is that of customers who never have a bad contact.

    Examples
    --------
    >>> round(customer_value(CustomerEconomics(), ContactExperience(red=0.0), LoyaltyAssumptions()).value, 6)
    540.0
    """
    return CustomerValue(economics, loyalty_outcome(experience, assumptions, economics.churn))


def value_band(
    economics: CustomerEconomics, experience: ContactExperience, assumptions: LoyaltyAssumptions
) -> dict[float, float]:
    """The value if each share of `BAND` leaves after every bad contact: how far the answer rests on that assumption.

    Examples
    --------
    >>> band = value_band(CustomerEconomics(), ContactExperience(2, 0.1), LoyaltyAssumptions())
    >>> {share: round(value) for share, value in band.items()}
    {0.02: 529, 0.17: 462, 0.32: 409}
    """
    return {
        share: customer_value(economics, experience, LoyaltyAssumptions.constant(share, assumptions.asymmetry)).value
        for share in BAND
    }
