"""``ccplan frontier``: how much a bot may take over until more of it stops paying."""

from __future__ import annotations

from dataclasses import dataclass

from rich.markup import escape

from interface.commands import output
from interface.commands.output import number
from interface.planning import How, remembered
from models.frontier import LEVELS, Frontier, frontier
from models.questions.ramp import payback, weekly
from scenarios import files
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario

_SIGNS = {
    "met": "[green]✓[/]",
    "missed": "[red]✗ missed[/]",
    "unsure": "[yellow]? unsure[/]",
    "unreachable": "[red]✗[/]",
}


@dataclass(frozen=True)
class Wanted:
    """What is varied, and over how many weeks the bot is followed."""

    bot: str | None = None
    levels: str | None = None
    false_shares: str | None = None
    weeks: int = 0
    once: float = 0.0


def command(source: str, wanted: Wanted, how: How, as_json: bool) -> int:
    """Plan each level of containment and show what it costs, saves and gives; the exit code."""
    scenario = files.load(source)
    levels = LEVELS if wanted.levels is None else shares("levels", wanted.levels)
    wrong = [None] if wanted.false_shares is None else list(shares("false", wanted.false_shares))
    means = how.means()
    plan = remembered(means.plan)  # the centre without a bot is the same for every false share
    found = []
    for share in wrong:
        with output.progress("levels of containment") as advance:
            found.append(
                frontier(
                    *(scenario, plan, means.find),
                    kind=wanted.bot,
                    levels=levels,
                    false_share=share,
                    gap=how.left_open,
                    heads=how.heads_open,
                    progress=advance,
                )
            )
    if as_json:
        output.write_json(
            {"bot": one.kind, "false_share": one.false_share} | row for one in found for row in output.records(one.rows)
        )
        return 0
    for one in found:
        show(one, scenario)
        if wanted.weeks:
            _show_weeks(one, wanted, scenario)
    return 0


def shares(field: str, text: str) -> tuple[float, ...]:
    """Shares written with commas between them.

    Raises
    ------
    InvalidValue
        If one is not a number.

    Examples
    --------
    >>> shares("levels", "0, 0.2,.4")
    (0.0, 0.2, 0.4)
    """
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise InvalidValue(field, text, "write shares with commas between them, as in 0,0.2,0.4") from None


def show(found: Frontier, scenario: Scenario) -> None:
    """A frontier for people: its sentence, money, then service."""
    console, money = output.out(), scenario.currency
    wrong = _percent(found.false_share)
    title = f"[bold]{escape(scenario.title or scenario.name)}[/]"
    console.print(f"{title}: bot of {escape(found.kind)}, {wrong} of what it contains falsely\n")
    console.print(escape(found.in_words()) + "\n")
    columns = (
        "",
        "Contained",
        "cost",
        "wages",
        "bot",
        "hours",
        "saved, claimed",
        "saved, true",
        "work",
        "±",
        "work, formula",
    )
    console.print(
        output.table(
            columns,
            (_money_cells(row) for row in output.records(found.rows)),
            title=f"Money per horizon {money}".strip(),
            left=1,
        )
    )
    heads = ("Contained", "cost per resolved case", "by a person", "by a person or the bot", "any answer")
    rows = [row for row in output.records(found.rows) if row["status"] != "unreachable"]
    title = f"Response to {found.kind} within its target time"
    console.print(output.table(heads, (_service_cells(row) for row in rows), title=title))
    for row in output.records(found.rows):
        if row["why"]:
            console.print(f"[yellow]{_percent(float(row['level']))}: {escape(str(row['why']))}[/]")
    console.print(
        "Saved, claimed: containment x the type's part of the wages without a bot. Saved, true: cost without a bot "
        "less cost. Work: agent time saved on all channels, as a share of the type's own without a bot, ± half a 95 % "
        "interval; by formula nobody leaves and everybody who returns is answered.",
        style="dim",
    )


def _money_cells(row: dict[str, object]) -> tuple[str, ...]:
    def at(name: str) -> float:
        return float(str(row[name]))

    return (
        _SIGNS[str(row["status"])],
        _percent(at("level")),
        *(_whole(at(name)) for name in ("cost", "wages", "bot_cost")),
        number(at("agent_hours"), "h"),
        *(_whole(at(name)) for name in ("claimed_saving", "net_saving")),
        *(number(value, "share") for value in (at("work_saved"), 1.96 * at("work_saved_error"), at("formula_saved"))),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _whole(value: float) -> str:
    return f"{value:,.0f}" if value == value else "–"


def _service_cells(row: dict[str, object]) -> tuple[str, ...]:
    def at(name: str) -> float:
        return float(str(row[name]))

    names = ("response_by_person", "response_by_person_or_bot", "response_any")
    return (
        _percent(at("level")),
        f"{at('cost_per_resolved_case'):.2f}",
        *(number(at(name), "share") for name in names),
    )


def _show_weeks(found: Frontier, wanted: Wanted, scenario: Scenario) -> None:
    """The first weeks of a bot that reaches the best level."""
    console, best = output.out(), found.best
    if not best:
        return
    weeks = weekly(found, best, wanted.weeks, once=wanted.once, days=scenario.horizon.days)
    columns = ("Week", "contained", "claimed", "tuned", "untuned", "earned", "earned untuned")
    cells = (
        (
            f"{row['week']:.0f}",
            _percent(float(row["containment"])),
            *(_whole(float(row[name])) for name in ("claimed", "tuned", "untuned", "earned", "earned_untuned")),
        )
        for row in output.records(weeks)
    )
    console.print(output.table(columns, cells, title=f"Savings a week on the way to {_percent(best)} containment"))
    after, never = payback(weeks), f"not within {wanted.weeks} weeks"
    console.print(f"Earned back for good: {f'from week {after}' if after else never} if it is tuned.")
