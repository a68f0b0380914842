"""What ``ccplan frontier`` says to people: its sentence, money, service, the map of savings, the first weeks."""

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
    *("", "Contained", "cost", "wages", "bot", "hours", "saved, claimed", "saved, true"),
    *("work", "±", "work, formula"),
)
_SERVICE = ("Contained", "cost per resolved case", "as targeted", "by a person", "by a person or the bot", "any answer")
_GROUNDS = {1: "on green", 0: "", -1: "on red"}


def show(found: Frontier, scenario: Scenario) -> None:
    """A frontier for people: its sentence, money, then service."""
    console, money = output.out(), scenario.currency
    title = f"[bold]{escape(scenario.title or scenario.name)}[/]"
    wrong = percent(found.false_share)
    console.print(f"{title}: bot of {escape(found.contact_type)}, {wrong} of what it contains falsely\n")
    console.print(escape(found.in_words()) + "\n")
    rows = output.records(found.rows)
    if found.rows["left_open"].any():
        widest = percent(float(found.rows["left_open"].max()))
        console.print(f"The searches ended at most {widest} above their bounds; less than that counts for nothing.\n")
    title = f"Money per horizon {money}".strip()
    console.print(output.table(_MONEY, (_money_cells(row) for row in rows), title=title, left=1))
    title = f"Response to {found.contact_type} within its target time"
    served = (_service_cells(row) for row in rows if row["status"] != UNREACHABLE)
    console.print(output.table(_SERVICE, served, title=title))
    for row in rows:
        if row["why"]:
            console.print(f"[yellow]{percent(float(row['level']))}: {escape(str(row['why']))}[/]")
    console.print(
        "Saved, claimed: containment x the type's part of the wages without a bot. Saved, true: cost without a bot "
        "less cost. Work: agent time saved on all channels, as a share of the type's own without a bot, ± half a 95 % "
        "interval; by formula nobody leaves and everybody who returns is answered. As targeted: by the clock of the "
        "type's own target; the other three run from arrival, time in the bot included.",
        style="dim",
    )


def show_map(found: Sequence[Frontier], currency: str) -> None:
    """The true saving by claimed and false containment: green where it is sure, red where the loss is."""
    console = output.out()
    levels = [float(level) for level in found[0].rows["level"] if level > 0]
    cells = ((percent(one.false_share), *(_map_cell(one, level) for level in levels)) for one in found)
    title = f"Saved, true {currency}".strip() + ": false share (rows) by containment (columns)"
    console.print(output.table(("Of that, false", *(percent(level) for level in levels)), cells, title=title))
    console.print("~: no clear difference from people alone; –: no plan that keeps its targets.\n", style="dim")


def show_weeks(weeks: pd.DataFrame, nominal: float) -> None:
    """The first weeks of a bot on the way to its containment."""
    console = output.out()
    columns = ("Week", "contained", "claimed", "tuned", "untuned", "earned", "earned untuned")
    cells = (
        (
            f"{row['week']:.0f}",
            percent(float(row["containment"])),
            *(_whole(float(row[name])) for name in ("claimed", "tuned", "untuned", "earned", "earned_untuned")),
        )
        for row in output.records(weeks)
    )
    console.print(output.table(columns, cells, title=f"Savings a week on the way to {percent(nominal)} containment"))
    console.print(
        f"Earned back for good: {when(weeks, 'earned')} if it is tuned, {when(weeks, 'earned_untuned')} if not."
    )


def when(weeks: pd.DataFrame, column: str) -> str:
    """The week from which what was spent is earned back, in words."""
    after = payback(weeks, column)
    return f"from week {after}" if after else f"not within {len(weeks)} weeks"


def _money_cells(row: dict[str, object]) -> tuple[str, ...]:
    def at(name: str) -> float:
        return float(str(row[name]))

    return (
        _SIGNS[str(row["status"])],
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

    each = f"{at('cost_per_resolved_case'):.2f}"
    return (percent(at("level")), each, *(number(at(name), "share") for name in ("judged", *RESPONSES)))


def _map_cell(found: Frontier, level: float) -> str:
    saved = found.at(level)["net_saving"]
    if level not in found.levels or saved != saved:
        return "–"
    sure = found.against_people(level)
    text = f"{'' if sure else '~'}{saved:+,.0f}"
    return f"[{_GROUNDS[sure]}] {text} [/]" if sure else f" {text} "


def _whole(value: float) -> str:
    return f"{value:,.0f}" if value == value else "–"
