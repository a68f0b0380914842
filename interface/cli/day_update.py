"""``ccplan forecast --today``: the rest of a day revised, the chance of each target, and agents to add."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.markup import escape

from interface.cli import output
from interface.cli.scenario_files import save
from models.forecasting.day_record import DayRecord
from models.forecasting.forecast import DemandForecast
from models.forecasting.intraday import DayUpdate
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario
from scenarios.units import DAY, clock
from scenarios.yaml import files
from studies.rest_of_day import RestOfDay, TargetChance, rest_of_day, updates_of


@dataclass(frozen=True)
class TodayOptions:
    """What is asked of a day that is under way."""

    scenario: Scenario | None
    """Whose targets are judged; None for the volumes alone."""
    chance: float
    """For which agents are added."""
    target: Path | None
    """Where the scenario of the day is written."""
    json: bool


def show_today(forecast: DemandForecast, record: DayRecord, asked: TodayOptions) -> None:
    """The rest of today, as it was forecast and revised, and with a scenario the chances of its targets.

    Raises
    ------
    InvalidValue
        If the history has none of the contact types of today.
    """
    updates = updates_of(forecast, record)
    if not updates:
        known = ", ".join(forecast.types)
        raise InvalidValue("contact type", ", ".join(record.counts), f"the history has {known}; call it so")
    result = None
    if asked.scenario is not None:
        with output.progress("simulated days") as bar:
            result = rest_of_day(forecast, record, asked.scenario, asked.chance, progress=bar)
        if asked.target is not None:
            save(files.dump(result.scenario), asked.target)
    if asked.json:
        output.write_json(_target_rows(result) if result else _update_rows(forecast, updates, record))
        return
    _show_update(forecast, updates, record)
    if result is not None:
        _show_chances(result, asked)
    for text in (*forecast.notes, *(result.notes if result else ())):
        output.out().print(f"[yellow]Note[/] {escape(text)}")


def _show_update(forecast: DemandForecast, updates: dict[str, DayUpdate], record: DayRecord) -> None:
    console = output.out()
    lines = [
        [escape(str(row["contact_type"])), str(row["start"])[11:16]]
        + [output.number(float(row[name]), "contacts") for name in ("forecast", "revised")]
        for row in _update_rows(forecast, updates, record)
    ]
    console.print(output.table(("contact type", "start", "forecast", "revised"), lines, left=2))
    at = clock(record.passed * forecast.interval)
    for name, update in updates.items():
        before = forecast.types[name].volume[0, record.passed :].sum()
        factor = update.forecast[record.passed :].sum() / max(before, 1e-9)
        text = (
            f"{update.deviation:+.1%} against the forecast until {at}; the rest of the day changes by {factor - 1:+.1%}"
        )
        console.print(f"[bold]{escape(name)}[/]: {text} (learnt from {update.past_days} past days)")


def _show_chances(result: RestOfDay, asked: TodayOptions) -> None:
    """The chance of each target with the staff of the scenario, and what would repair it."""
    console = output.out()
    lines = []
    for at, row in enumerate(result.chances):
        low, high = float(row.chance.low), float(row.chance.high)
        repaired = f"{float(result.repaired[at].chance.value):.0%}" if result.repaired else ""
        chance = f"{float(row.chance.value):.0%}", f"{low:.0%} to {high:.0%}"
        lines.append((escape(row.constraint.of), escape(row.constraint.text), *chance, f"{row.most:.0%}", repaired))
    headers = ("Of", "Target", "Chance today", "95 % interval", "If all were answered at once", "With agents added")
    console.print(output.table(headers, lines, left=2))
    if result.additions:
        added = [
            (escape(row.group), f"{row.hour:02d}:00", f"+{row.agents}")
            for row in sorted(result.additions, key=lambda row: (row.group, row.hour))
        ]
        console.print(output.table(("Add to", "From", "Agents"), added, left=2))
    for row in result.chances:
        if row.most < asked.chance:
            text = f"{row.constraint.of}, {row.constraint.text}: out of reach today, whatever agents are added"
            console.print(f"[yellow]Note[/] {escape(text)}")
    if asked.target is not None:
        console.print(f"The day as it stands is written to {escape(str(asked.target))}.")


def _target_rows(result: RestOfDay) -> list[dict[str, Any]]:
    """A row for each target, then one for each hour with agents to add."""
    targets = [_target_row(row) for row in result.chances]
    for row, repaired in zip(targets, result.repaired, strict=False):
        row["chance_with_agents_added"] = float(repaired.chance.value)
    added = [{"row": "agents", "group": row.group, "hour": row.hour, "agents": row.agents} for row in result.additions]
    return [*targets, *added]


def _target_row(row: TargetChance) -> dict[str, Any]:
    return {
        "row": "target",
        "of": row.constraint.of,
        "target": row.constraint.text,
        "chance": float(row.chance.value),
        "low": float(row.chance.low),
        "high": float(row.chance.high),
        "chance_if_answered_at_once": row.most,
    }


def _update_rows(forecast: DemandForecast, updates: dict[str, DayUpdate], record: DayRecord) -> list[dict[str, Any]]:
    """A row for each remaining interval with contacts."""
    starts = [f"{record.day} {clock(slot * forecast.interval)}" for slot in range(round(DAY / forecast.interval))]
    return [
        {
            "contact_type": name,
            "start": starts[slot],
            "forecast": float(before),
            "revised": float(update.forecast[slot]),
        }
        for name, update in updates.items()
        for slot, before in enumerate(forecast.types[name].volume[0])
        if slot >= record.passed and before > 0
    ]
