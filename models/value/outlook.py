"""A change of service over months: what it costs first, what it brings later, and when it has paid for itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from models.value.economics import CustomerEconomics, break_even_churn
from models.value.loyalty import (
    BAND,
    MONTHS,
    ContactExperience,
    LoyaltyAssumptions,
    customer_value,
    loyalty_outcome,
)
from scenarios.errors import InvalidValue


@dataclass(frozen=True)
class ServiceLevelOption:
    """One way to run the service: what it costs for a customer and year, and how contacts go."""

    name: str
    cost_to_serve: float
    experience: ContactExperience


@dataclass(frozen=True)
class Outlook:
    """Two options over months, for a base of customers."""

    rows: pd.DataFrame
    """By month: customers and margin of both options, gain, and the cumulative gain after the investment."""
    payback_month: int | None
    """The first month after which the cumulative gain stays at 0 or above; None if none of them."""

    def in_words(self) -> str:
        """One line on payback."""
        months, total = len(self.rows) - 1, self.rows["cumulative"].iloc[-1]
        if self.payback_month is None:
            return f"Not paid back within {months} months: {-total:,.0f} behind at their end."
        if self.payback_month == 0:
            return f"Ahead from the first month on, by {total:,.0f} after {months} months."
        return f"Paid back after {self.payback_month} months; {total:,.0f} ahead after {months} months."


def outlook(
    before: ServiceLevelOption,
    after: ServiceLevelOption,
    economics: CustomerEconomics,
    assumptions: LoyaltyAssumptions,
    *,
    customers: float,
    investment: float = 0.0,
    months: int = MONTHS,
) -> Outlook:
    """Customers and margin by month under two options, and when the change has paid for its investment.

    Parameters
    ----------
    before, after
        The service as it is, and as it would be.
    economics
        Income and churn; the costs to serve are those of the options.
    assumptions
        How contacts act on customers.
    customers
        How many customers there are at the start; lost ones are not replaced.
    investment
        What the change costs at once.
    months
        How far ahead.

    Examples
    --------
    >>> now = ServiceLevelOption("now", 12.0, ContactExperience(4, 0.3))
    >>> better = ServiceLevelOption("better", 13.0, ContactExperience(4, 0.05))
    >>> found = outlook(now, better, CustomerEconomics(), LoyaltyAssumptions(), customers=10_000, investment=2_000)
    >>> found.payback_month, found.in_words()
    (11, 'Paid back after 11 months; 2,575 ahead after 12 months.')
    """
    if not customers >= 0:
        raise InvalidValue("customers", customers, "give 0 or more")
    columns: dict[str, np.ndarray] = {"month": np.arange(months + 1)}
    margins = []
    for title, option in (("before", before), ("after", after)):
        staying = customers * loyalty_outcome(option.experience, assumptions, economics.churn, months).staying
        during = np.append(0.0, (staying[1:] + staying[:-1]) / 2)
        lost = np.append(0.0, staying[:-1] - staying[1:])
        margin = during * (economics.income - option.cost_to_serve) / 12 - lost * economics.replacement_cost
        columns |= {f"customers_{title}": staying, f"margin_{title}": margin}
        margins.append(margin)
    gain = margins[1] - margins[0]
    gain[0] = -investment
    cumulative = gain.cumsum()
    behind = np.flatnonzero(cumulative < 0)
    payback = 0 if behind.size == 0 else int(behind[-1]) + 1
    rows = pd.DataFrame(columns | {"gain": gain, "cumulative": cumulative})
    return Outlook(rows, payback if payback <= months else None)


def options_table(
    options: list[ServiceLevelOption], economics: CustomerEconomics, assumptions: LoyaltyAssumptions
) -> pd.DataFrame:
    """A row by option: cost to serve, bad contacts, churn, value with its band, and the churn that it can bear.

    `churn_rate` is 1 / lifetime, per year, `lost_to_service` the share of it that follows a bad contact, and
    `break_even_churn` the churn rate from all causes at which the option is worth as much as the first one. The band
    are the values if 2 %, 17 % or 32 % of customers left after every bad contact: the assumption that matters most.

    Examples
    --------
    >>> options = [ServiceLevelOption("16 agents", 12.0, ContactExperience(2, 0.02)),
    ...            ServiceLevelOption("13 agents", 9.6, ContactExperience(2, 0.5))]
    >>> table = options_table(options, CustomerEconomics(), LoyaltyAssumptions())
    >>> table[["option", "value", "break_even_churn"]].round(3).values.tolist()
    [['16 agents', 537.791, 0.201], ['13 agents', 444.294, 0.205]]
    """
    first = _yearly_churn(options[0], economics, assumptions)
    rows = []
    for option in options:
        own = replace(economics, cost_to_serve=option.cost_to_serve)
        found = customer_value(own, option.experience, assumptions)
        base = replace(economics, cost_to_serve=options[0].cost_to_serve, churn=first)
        row = {
            "option": option.name,
            "cost_to_serve": option.cost_to_serve,
            "red": option.experience.red,
            "churn_rate": 1 / found.outcome.lifetime,
            "lost_to_service": found.outcome.lost_to_service,
            "value": found.value,
            "break_even_churn": break_even_churn(base, option.cost_to_serve),
        }
        for share in BAND:
            constant = LoyaltyAssumptions.constant(share, assumptions.asymmetry)
            row[f"value_at_{100 * share:g}"] = customer_value(own, option.experience, constant).value
        rows.append(row)
    return pd.DataFrame(rows)


def _yearly_churn(option: ServiceLevelOption, economics: CustomerEconomics, assumptions: LoyaltyAssumptions) -> float:
    return 1 / loyalty_outcome(option.experience, assumptions, economics.churn).lifetime
