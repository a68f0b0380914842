"""The charts of the Demand page: history and forecast by day, and the week by half-hour."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from interface.app.charts.theme import Figure, Palette, by_time_of_day, height_of
from interface.formatting import percent
from interface.language.messages import _
from interface.language.numbers import number
from models.forecasting.forecast import TypeForecast
from models.forecasting.series import DaySeries
from scenarios.hours import WEEKDAYS
from scenarios.units import clock

_HISTORY, _FORECAST, _EDITED = "History", "Forecast", "Forecast with your figures"
SHOWN_DAYS = 120
"""Days of the history that are drawn beside a forecast."""


def history_and_forecast(
    series: DaySeries, part: TypeForecast, level: float, palette: Palette, edited: TypeForecast | None = None
) -> Figure:
    """Contacts by day: the last days of the history, and the forecast with its band.

    Parameters
    ----------
    series
        The history of the contact type.
    part
        Its forecast.
    level
        The share of days that the band covers.
    palette
        Colours.
    edited
        The forecast with figures entered by a person, where there are any.
    """
    recent = series.tail(SHOWN_DAYS)
    totals = part.volume.sum(axis=1)
    low, high = part.model.day_band(totals, part.ahead, level)
    rows = [_rows(recent.days, recent.totals, _HISTORY), _rows(part.days, totals, _FORECAST, low, high)]
    if edited is not None and not np.allclose(edited.volume, part.volume):
        rows.append(_rows(edited.days, edited.volume.sum(axis=1), _EDITED))
    table = pd.concat(rows, ignore_index=True)
    names = list(dict.fromkeys(table["what"]))
    colour = alt.Color(
        "what:N",
        scale=alt.Scale(domain=names, range=list(palette.colours[: len(names)])),
        legend=alt.Legend(title=None, orient="top"),
    )
    x: Any = alt.X("day:T", title=_("Day"), axis=alt.Axis(format="%d %b", grid=False))
    y: dict[str, Any] = {"title": _("Contacts per day"), "scale": height_of(table[["value", "high"]])}
    base = alt.Chart(table)
    band = base.transform_filter(alt.datum.what == _FORECAST).mark_area(opacity=0.25, color=palette.colours[1])
    tips = [
        alt.Tooltip("day:T", title=_("Day"), format="%a %d %b %Y"),
        alt.Tooltip("words:N", title=_("Contacts")),
        alt.Tooltip("what:N", title=_("Source")),
    ]
    layers = [
        band.encode(x=x, y=alt.Y("low:Q", **y), y2="high:Q"),
        base.mark_line(strokeWidth=1.5).encode(x=x, y=alt.Y("value:Q", **y), color=colour),
        base.mark_circle(size=24, opacity=1).encode(x=x, y=alt.Y("value:Q", **y), color=colour, tooltip=tips),
    ]
    words = _(
        "Contacts of {contact_type} by day: history to {days}, then {lowest} to {highest} a day "
        "forecast to {end}, with the {level} band."
    ).format(
        contact_type=series.contact_type,
        days=recent.days[-1],
        lowest=number(totals.min(), ",.0f"),
        highest=number(totals.max(), ",.0f"),
        end=part.days[-1],
        level=percent(level),
    )
    title = _("History and forecast, {contact_type}").format(contact_type=series.contact_type)
    return Figure("demand-days", title, alt.layer(*layers), words)


def _rows(days: Any, totals: Any, source: str, low: Any = None, high: Any = None) -> pd.DataFrame:
    band = np.full(len(days), np.nan)
    texts = [f"{total:,.0f}" for total in totals]
    if low is not None:
        texts = [
            _("{total} ({low} to {high})").format(
                total=number(total, ",.0f"), low=number(a, ",.0f"), high=number(b, ",.0f")
            )
            for total, a, b in zip(totals, low, high, strict=True)
        ]
    return pd.DataFrame(
        {
            "day": pd.to_datetime([f"{day}" for day in days]),
            "value": np.asarray(totals, dtype=float),
            "low": band if low is None else low,
            "high": band if high is None else high,
            "what": source,
            "words": texts,
        }
    )


def weekday_heat_map(series: DaySeries) -> Figure:
    """Mean contacts by weekday and interval of the history."""
    weekdays = [day for day in range(7) if (series.weekdays == day).any()]
    used = np.flatnonzero(series.counts.sum(axis=0) > 0)
    used = np.arange(used.min(), used.max() + 1)
    clocks = [clock(slot * series.interval) for slot in used.tolist()]
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "weekday": WEEKDAYS[day],
                    "time": clocks,
                    "value": series.counts[series.weekdays == day].mean(axis=0)[used],
                }
            )
            for day in weekdays
        ],
        ignore_index=True,
    )
    chart = by_time_of_day(rows, "weekday", [WEEKDAYS[day] for day in weekdays], _("Mean contacts")).encode(
        tooltip=["weekday:N", "time:N", alt.Tooltip("value:Q", title=_("Mean contacts"), format=",.1f")]
    )
    title = _("Contacts by weekday and time, {contact_type}").format(contact_type=series.contact_type)
    return Figure(
        "demand-week",
        title,
        chart,
        _("Mean contacts of {contact_type} by weekday and time of day.").format(contact_type=series.contact_type),
    )
