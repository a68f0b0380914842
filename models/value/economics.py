"""Customer value: what a customer brings in a year, for as long as the customer stays.

Value = (income - cost to serve) x lifetime, with a lifetime of 1 / churn. The founding article names the trade-off and
lost its formula; this is our reconstruction, the usual one (Gupta and Lehmann, 2003, without discounting). All figures
are assumptions of the person who asks; the defaults are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.errors import InvalidValue


@dataclass(frozen=True)
class CustomerEconomics:
    """Money per customer and year, and the share of customers who leave in a year whatever their service.

    Examples
    --------
    >>> CustomerEconomics().value
    540.0
    """

    income: float = 120.0
    """What a customer brings in a year, before service (assumption)."""
    cost_to_serve: float = 12.0
    """What service costs for a customer and year (assumption)."""
    churn: float = 0.20
    """Customers lost in a year, as a rate per customer and year (assumption)."""
    replacement_cost: float = 0.0
    """What it costs to win a customer in place of a lost one; 0 leaves it out."""

    def __post_init__(self) -> None:
        if not self.income > 0:
            raise InvalidValue("income", self.income, "give what a customer brings in a year, more than 0")
        if not 0 <= self.cost_to_serve < self.income:
            remedy = "give 0 or more, and less than the income: nobody serves customers at a loss for long"
            raise InvalidValue("cost to serve", self.cost_to_serve, remedy)
        if not 0 < self.churn <= MOST_CHURN:
            raise InvalidValue("churn", self.churn, f"give a yearly rate above 0 and at most {MOST_CHURN:g}")
        if not self.replacement_cost >= 0:
            raise InvalidValue("replacement cost", self.replacement_cost, "give 0 or more")

    @property
    def margin(self) -> float:
        """Income less cost to serve, per customer and year."""
        return self.income - self.cost_to_serve

    @property
    def value(self) -> float:
        """What a customer is worth over the lifetime."""
        return self.margin / self.churn - self.replacement_cost


MOST_CHURN = 12.0
"""A rate of 12 a year loses customers after a month on average."""


def break_even_churn(economics: CustomerEconomics, cost_to_serve: float) -> float:
    """The churn at which another cost to serve leaves the value of a customer as it is, per year.

    h' = h (R - c') / (R - c), for income R, cost to serve c and churn h.

    Examples
    --------
    A cut of service cost by a fifth is lost again as soon as 20.44 % instead of 20 % of customers leave:

    >>> round(break_even_churn(CustomerEconomics(income=120, cost_to_serve=12, churn=0.2), 9.6), 4)
    0.2044
    """
    return economics.churn * (economics.income - cost_to_serve) / economics.margin
