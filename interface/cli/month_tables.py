"""``ccplan forecast --by month`` of monthly totals: a table of the months to come and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from rich.markup import escape

from interface.cli import output
from interface.cli.history_files import profiles_named
from models.forecasting.months import forecast_months
from scenarios.interval_report.reading import IntervalReport

_DAYS_OF_MONTH = 30.4


@dataclass(frozen=True)
class MonthOptions:
    """What is asked of a forecast by month."""

    days: int
    """To be forecast; whole months are."""
    band: float
    interval: float
    json: bool


def show_months(report: IntervalReport, profile: str | None, options: MonthOptions) -> None:
    """Forecast monthly totals, and show the months to come.

    Raises
    ------
    InvalidFile, InvalidValue
        If months are missing or too few, or the profile cannot be read.
    """
    profiles = None if profile is None else profiles_named(profile, options.interval)
    ahead = max(round(options.days / _DAYS_OF_MONTH), 1)
    forecasts = forecast_months(report.table, ahead, profiles, options.band)
    rows = pd.concat([part.table() for part in forecasts], ignore_index=True)
    for line in report.described():
        output.note(line)
    if options.json:
        output.write_json(output.records(rows))
        return
    headers = [str(name).replace("_", " ") for name in rows.columns]
    lines = [
        [output.number(value, "contacts") if isinstance(value, float) else escape(str(value)) for value in row.values()]
        for row in output.records(rows)
    ]
    output.out().print(output.table(headers, lines, left=2))
    for part in forecasts:
        output.out().print(f"[bold]{escape(part.contact_type)}[/]: {escape(part.verdict())}")
    counted = "its days count alike" if profile is None else f"its open days by {profile} count"
    output.out().print(f"[yellow]Note[/] a month's contacts are a rate times its length: {escape(counted)}")
