"""What service does to the value of customers: churn that bad contacts cause, break-even churn, twelve months, payback.

Simulates each scenario, takes its share of bad (red) contacts and its cost per contact, and follows customers who are
loyal, neutral or at risk. The first scenario is compared with the others. Everything beyond the simulation is an
assumption of yours: the answer is therefore also given for 2, 17 and 32 % leaving after a bad contact.

[bold]Examples[/]

  ccplan value help-desk

  ccplan value today.yaml fewer-agents.yaml --income 120 --churn 0.2 --contacts-per-year 2

  ccplan value today.yaml better.yaml --customers 50000 --investment 20000 --asymmetry 0.5
"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from interface.cli import options, output
from models.value.economics import CustomerEconomics
from models.value.loyalty import LoyaltyAssumptions
from models.value.outlook import options_table, outlook
from scenarios.yaml import files
from studies.customer_value import service_option
from studies.service_quality import MONTH, simulated_quality


def command(
    scenarios: options.Sources,
    income: Annotated[float, typer.Option(help="Income per customer and year, before service.")] = 120.0,
    churn: Annotated[float, typer.Option(help="Customers lost in a year for other reasons; 0.2 is 20 %.")] = 0.20,
    contacts_per_year: Annotated[float, typer.Option(help="Contacts per customer and year.")] = 2.0,
    leaving: Annotated[
        tuple[float, float, float],
        typer.Option(help="Share leaving after the first, the second and each further bad contact in a row."),
    ] = (0.02, 0.05, 0.15),
    asymmetry: Annotated[
        float, typer.Option(help="0: good contacts win as much loyalty as bad ones lose; 1: they win none.")
    ] = 0.9,
    recovery: Annotated[float, typer.Option(help="Chance that goodwill makes up for a bad contact.")] = 0.05,
    customers: Annotated[float, typer.Option(help="Customers at the start.")] = 10_000,
    investment: Annotated[float, typer.Option(help="What the change to each other scenario costs at once.")] = 0.0,
    days: Annotated[int, typer.Option(help="Simulated days.")] = MONTH,
    seed: options.Seed = 1,
    json: options.Json = False,
) -> None:
    """Run ``ccplan value``."""
    economics = CustomerEconomics(income, 0.0, churn)
    assumptions = LoyaltyAssumptions(leaving, asymmetry, recovery)
    centres = [files.load(source) for source in scenarios]
    with output.progress("Scenarios") as advance:
        alternatives = []
        for index, centre in enumerate(centres):
            advance(index, len(centres))
            alternatives.append(service_option(centre, simulated_quality(centre, days, seed), contacts_per_year))
    table = options_table(alternatives, economics, assumptions)
    if json:
        output.write_json(output.records(table))
        return
    console = output.out()
    headings = ["Scenario", "Cost to serve", "Bad contacts", "Churn", "of it service", "Value"]
    headings += ["at 2 %", "at 17 %", "at 32 %", "Break-even churn"]
    rows = []
    for row in table.to_dict("records"):
        money = [f"{row[name]:,.2f}" for name in ("value", "value_at_2", "value_at_17", "value_at_32")]
        shares = [f"{100 * row[name]:.2f} %" for name in ("red", "churn_rate", "lost_to_service", "break_even_churn")]
        cost = f"{row['cost_to_serve']:,.2f}"
        rows.append((row["option"], cost, *shares[:3], *money, shares[3]))
    console.print(output.table(headings, rows, "Value of a customer; churn per year"))
    for other in alternatives[1:]:
        plan = outlook(alternatives[0], other, economics, assumptions, customers=customers, investment=investment)
        console.print(f"[bold]{escape(other.name)}[/] instead of {escape(alternatives[0].name)}: {plan.in_words()}")
    output.note("How many customers leave after a bad contact is an assumption: see the columns at 2, 17 and 32 %.")
