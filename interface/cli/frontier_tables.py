"""Tables of ``ccplan frontier`` for a terminal: summary, money, service, map of savings, ramp-up weeks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape

from interface.cli import output
from interface.cli.output import number
from interface.formatting import percent
from models.whatif.frontier import RESPONSES, UNREACHABLE, Frontier
from models.whatif.ramp_up import payback
from scenarios.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

_SIGNS = {
    "met": "[green]✓[/]",
    "missed": "[red]✗ missed[/]",
    "inconclusive": "[yellow]? inconclusive[/]",
    UNREACHABLE: "[red]✗[/]",
}
_MONEY = (
    *("", "Plan", "Level", "Cost", "Wages", "Bot", "Hours", "Reported", "Net saving"),
    *("Workload", "±", "Formula"),
)
_SERVICE = (
    *("Plan", "Containment", "Cost per resolved case", "As in target", "By an agent", "By agent or bot", "Any answer"),
)
_BACKGROUND = {1: "on green", 0: "", -1: "on red"}


def show(frontier: Frontier, scenario: Scenario) -> None:
    """Print a frontier: summary, money, then service."""
    console, money = output.out(), scenario.currency
    title = f"[bold]{escape(scenario.title or scenario.name)}[/]"
    rate = percent(frontier.false_share)
    console.print(f"{title}: bot of {escape(frontier.contact_type)}, false containment rate {rate}\n")
    console.print(escape(frontier.in_words()) + "\n")
    rows = output.records(frontier.table)
    if frontier.rows["left_open"].any():
        widest = percent(float(frontier.rows["left_open"].max()))
        console.print(f"Optimality gap of the plans: up to {widest}. Smaller differences are not meaningful.\n")
    title = f"Money per horizon {money}".strip()
    console.print(output.table(_MONEY, (_money_cells(row) for row in rows), title=title, left=2))
    title = f"Service level of {frontier.contact_type} within its target time"
    served = (_service_cells(row) for row in rows if row["status"] != UNREACHABLE)
    console.print(output.table(_SERVICE, served, title=title))
    for row in rows:
        if row["why"]:
            console.print(f"[yellow]{percent(float(row['level']))}: {escape(str(row['why']))}[/]")
    console.print(
        "Level: containment. Reported: containment x the type's part of the wages without a bot. Net saving: cost "
        "without a bot less cost. Workload: agent time saved on all channels, as a share of the type's "
        "workload without a bot, ± half a 95 % confidence interval; by formula, without abandonment and with every "
        "return answered. As in target: timed as the target; the other three from arrival, time in the bot included.",
        style="dim",
    )


def show_map(frontiers: Sequence[Frontier], currency: str) -> None:
    """Print the net saving by containment and false containment: green for a significant saving, red for a loss."""
    console = output.out()
    levels = [float(level) for level in frontiers[0].rows["level"] if level > 0]
    cells = ((percent(row.false_share), *(_map_cell(row, level) for level in levels)) for row in frontiers)
    title = f"Net saving {currency}".strip() + ": false containment rate (rows) by containment (columns)"
    console.print(output.table(("False containment", *(percent(level) for level in levels)), cells, title=title))
    console.print("~: no significant difference from no bot; –: no plan meets all targets.\n", style="dim")


def show_weeks(weeks: pd.DataFrame, nominal: float, once: float) -> None:
    """Print the ramp-up weeks of a bot, and the week in which what was spent once is paid back."""
    console = output.out()
    columns = (
        *("Week", "Containment", "Saving, reported", "Saving, tuned", "Saving, untuned"),
        *("Cumulative, tuned", "Cumulative, untuned"),
    )
    cells = (
        (
            f"{row['week']:.0f}",
            percent(float(row["containment"])),
            *(_whole(float(row[name])) for name in ("claimed", "tuned", "untuned", "earned", "earned_untuned")),
        )
        for row in output.records(weeks)
    )
    console.print(
        output.table(columns, cells, title=f"Weekly savings during the ramp-up to {percent(nominal)} containment")
    )
    if once:
        console.print(
            f"Payback: {payback_week(weeks, 'earned')} (tuned), {payback_week(weeks, 'earned_untuned')} (untuned)."
        )


def payback_week(weeks: pd.DataFrame, column: str) -> str:
    """The week of payback, as text."""
    after = payback(weeks, column)
    return f"week {after}" if after else f"not within {len(weeks)} weeks"


def _money_cells(row: dict[str, object]) -> tuple[str, ...]:
    def at(name: str) -> float:
        return float(str(row[name]))

    return (
        _SIGNS[str(row["status"])],
        str(row["plan"]),
        percent(at("level")),
        *(_whole(at(name)) for name in ("cost", "wages", "bot_cost")),
        number(at("agent_hours"), "h"),
        *(_whole(at(name)) for name in ("claimed_saving", "net_saving")),
        *(
            number(value, "share")
            for value in (at("work_saved"), (at("work_saved_high") - at("work_saved_low")) / 2, at("formula_saved"))
        ),
    )


def _service_cells(row: dict[str, object]) -> tuple[str, ...]:
    def at(name: str) -> float:
        return float(str(row[name]))

    cost_per_case = f"{at('cost_per_resolved_case'):.2f}"
    return (
        str(row["plan"]),
        percent(at("level")),
        cost_per_case,
        *(number(at(name), "share") for name in ("judged", *RESPONSES)),
    )


def _map_cell(frontier: Frontier, level: float) -> str:
    saved = frontier.at(level)["net_saving"]
    if level not in frontier.levels or saved != saved:
        return "–"
    significant = frontier.against_people(level)
    text = f"{'' if significant else '~'}{saved:+,.0f}"
    return f"[{_BACKGROUND[significant]}] {text} [/]" if significant else f" {text} "


def _whole(value: float) -> str:
    return f"{value:,.0f}" if value == value else "–"
