"""What all charts share: colours for both themes, the axis of time, and the way into a PNG or SVG file."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import RLock
from typing import Any, Literal, cast
from weakref import WeakKeyDictionary

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from interface.language.messages import ENGLISH, _, current, marked
from interface.language.numbers import day_and_month, number_marks, weekday_and_date, weekday_and_day, weekday_and_time
from scenarios.horizon import Horizon

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Format = Literal["png", "svg"]

DRAWING = RLock()
"""Held while a chart is made into a specification: how Altair treats its data is global to all threads."""
SIMULATION, FORMULA = marked(("Simulation", "Formula"))
NUMBERS = ",~r"
"""How numbers are written on axes; without it an axis on which all values are equal says 0.000000."""
SMALLEST = 1e-3
"""Values below it are drawn as zero, lest an axis be labelled with parts of a millionth."""
LONG = 14
"""Days beyond which charts show days instead of intervals."""


@dataclass(frozen=True)
class Palette:
    """Okabe and Ito's (2008) colours, which people with any colour vision tell apart, fitted to a background."""

    colours: tuple[str, ...]
    ink: str
    """For target lines and words in charts."""
    under: str
    over: str
    page: str


LIGHT = Palette(
    ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C7A00", "#666666"),
    *("#333333", "#D55E00", "#0072B2", "#FFFFFF"),
)
DARK = Palette(
    ("#56B4E9", "#F0703A", "#1FB58C", "#DD9CC0", "#E69F00", "#2F8FCB", "#C9B400", "#A0A0A0"),
    *("#DDDDDD", "#F0703A", "#56B4E9", "#0E1117"),
)


@dataclass(frozen=True)
class Unchecked:
    """A chart whose specification is not checked against the schema each time it is drawn, a third of the time."""

    chart: Any

    def to_dict(self) -> dict[str, Any]:
        """The specification, as Streamlit asks for it."""
        specification: dict[str, Any] = self.chart.to_dict(validate=False)
        return specification


@dataclass(frozen=True)
class Figure:
    """A chart with its name and what it shows in words, for those who cannot see it."""

    name: str
    title: str
    chart: Any
    alt: str
    choice: str = ""
    """The name under which a chosen point is told to the page; empty where none can be chosen."""

    def on_page(self) -> Any:
        """The chart as a page shows it."""
        return Unchecked(self.chart.configure(numberFormat=NUMBERS, **_marks()))

    def specification(self) -> str:
        """The chart as it is exported: titled, sized, on white."""
        chart = self.chart
        if isinstance(chart, alt.LayerChart):
            given = chart.height if isinstance(chart.height, int | float) else 320
            chart = chart.properties(width=760, height=given)
        chart = chart.properties(title=self.title, background="white", padding=16).configure(
            font="sans-serif",
            numberFormat=NUMBERS,
            **_marks(),
            axis=alt.AxisConfig(labelFontSize=12, titleFontSize=12, gridColor="#E5E5E5"),
            title=alt.TitleConfig(fontSize=16, anchor="start", offset=12),
            view=alt.ViewConfig(stroke=None),
        )
        with DRAWING, alt.data_transformers.enable("default", max_rows=None):
            return json.dumps(chart.to_dict())


def _marks() -> dict[str, Any]:
    """The decimal and thousands marks of numbers in charts, where they are not those of English."""
    if current() == ENGLISH:
        return {}
    thousands, decimal = number_marks(current())
    return {"locale": {"number": {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", ""]}}}


def figure_of(subject: Any, make: Callable[..., Figure], *args: Any, **named: Any) -> Figure:
    """The figure that `make` gives of results, made once for as long as these are shown.

    Pages are run again at every click; a figure takes up to a tenth of a second. Arguments that are not hashable, such
    as tables, are told apart by their identity.
    """
    figures = _FIGURES.setdefault(subject, {})
    key = (make, current(), *map(_known, args), *((name, _known(value)) for name, value in named.items()))
    if key not in figures:
        # The arguments live on with the figure, so that no others take their identity.
        figures[key] = make(subject, *args, **named), (args, named)
    return figures[key][0]


_FIGURES: WeakKeyDictionary[Any, dict[Hashable, tuple[Figure, Any]]] = WeakKeyDictionary()
"""By results, those figures that were drawn."""


def _known(value: Any) -> Hashable:
    try:
        hash(value)
    except TypeError:
        return id(value)
    return cast(Hashable, value)


def without_data(name: str, title: str, why: str, palette: Palette) -> Figure:
    """A chart that has nothing to show, and says why."""
    words = alt.Chart(pd.DataFrame({"text": [why]})).mark_text(fontSize=14, color=palette.ink).encode(text="text:N")
    return Figure(name, title, alt.layer(words).properties(height=140), f"{title}: {why}")


def stepped(rows: pd.DataFrame, width: float, centred: bool = True) -> pd.DataFrame:
    """Rows at the beginning and the end of each interval, so that a line through them is level within it.

    Parameters
    ----------
    rows
        One row for each interval; ``hour`` is its middle, or its beginning if not `centred`.
    width
        Hours of an interval.
    """
    begin = rows["hour"] - (width / 2 if centred else 0.0)
    rows = rows.reset_index(drop=True)
    both = pd.concat([rows.assign(hour=begin.to_numpy()), rows.assign(hour=begin.to_numpy() + width)])
    return both.sort_index(kind="stable", ignore_index=True)


def height_of(values: Any) -> alt.Scale:
    """A vertical scale from zero that has a height though all values may be as good as zero."""
    top = float(np.nanmax(np.asarray(values, dtype=float), initial=0.0))
    return alt.Scale(domainMin=0, nice=True) if top > SMALLEST else alt.Scale(domain=[0, 1])


def by_time_of_day(rows: pd.DataFrame, row: str, order: list[str], title: str, **colour: Any) -> alt.Chart:
    """A heat map of ``value`` by ``time`` (HH:MM) and a row such as the day, in the given order.

    Parameters
    ----------
    title
        What the colours show.
    colour
        ``domain`` of the colours and ``format`` of their legend, where these do not follow from the values.
    """
    hours = alt.Axis(labelExpr="slice(datum.value, 3) == '00' ? datum.value : ''", labelAngle=-90)
    legend = alt.Legend(orient="top", title=title, format=colour.get("format", "~s"), gradientLength=220)
    scale = alt.Scale(scheme="viridis", domain=colour.get("domain", alt.Undefined))
    chart: alt.Chart = (
        alt.Chart(rows)
        .mark_rect()
        .encode(
            x=alt.X("time:O", title=_("Time of day"), axis=hours),
            y=alt.Y(f"{row}:O", title=None, sort=order),
            color=alt.Color("value:Q", scale=scale, legend=legend),
        )
    )
    return chart


def drawn(specification: str, form: Format) -> bytes:
    """A chart as the content of a file; heavy, so made by a worker."""
    import vl_convert

    if form == "svg":
        return vl_convert.vegalite_to_svg(specification).encode()
    return vl_convert.vegalite_to_png(specification, scale=2)


@dataclass(frozen=True)
class Clock:
    """The axis of time of a horizon: hours since its start, cut to those in which something happens."""

    horizon: Horizon
    active: NDArray[np.bool_]
    """Shape (intervals,)."""

    @property
    def by_day(self) -> bool:
        """Whether charts show days instead of intervals."""
        return self.horizon.days > LONG

    @property
    def middles(self) -> Floats:
        """The middle of each interval, or day, in hours."""
        if self.by_day:
            return np.asarray(np.arange(self.horizon.days) * 24.0 + 12, dtype=float)
        return np.asarray((self.horizon.edges[:-1] + self.horizon.interval / 2) / 3600, dtype=float)

    @property
    def width(self) -> float:
        """Hours of an interval, or day."""
        return 24.0 if self.by_day else self.horizon.interval / 3600

    @property
    def starts(self) -> Floats:
        """The start of each interval in hours."""
        return self.horizon.edges[:-1] / 3600

    @property
    def names(self) -> list[str]:
        """What a pointer reads at each interval, or day."""
        times = self.horizon.times
        if self.by_day:
            return [weekday_and_date(time) for time in times[:: self.horizon.intervals_per_day]]
        if self.horizon.days == 1:
            return [f"{time:%H:%M}" for time in times]
        return [weekday_and_time(time) for time in times]

    def axis(self) -> alt.X:
        """Time of day for one day, days for several."""
        first, last = self._ends()
        title = _("Time of day") if self.horizon.days == 1 else _("Day")
        return alt.X(
            "hour:Q",
            title=title,
            scale=alt.Scale(domain=[first, last], nice=False),
            axis=alt.Axis(values=self._ticks(first, last), labelExpr=self._labels(), grid=False, labelOverlap=True),
        )

    def _ends(self) -> tuple[float, float]:
        if self.horizon.days > 1 or not self.active.any():
            return 0.0, self.horizon.days * 24.0
        at = np.flatnonzero(self.active)
        return float(np.floor(self.starts[at[0]])), float(np.ceil(self.starts[at[-1]] + self.horizon.interval / 3600))

    def _ticks(self, first: float, last: float) -> list[float]:
        step = 24.0 if self.horizon.days > 1 else 1.0 if last - first <= 8 else 2.0 if last - first <= 16 else 4.0
        return [float(tick) for tick in np.arange(np.ceil(first / step) * step, last + 1e-9, step)]

    def _labels(self) -> str:
        if self.horizon.days == 1:
            return "format(datum.value % 24, '02d') + ':00'"
        midnights = [*self.horizon.times[:: self.horizon.intervals_per_day]]
        names = [weekday_and_day(time) if len(midnights) <= LONG else day_and_month(time) for time in midnights]
        return f"{json.dumps([*names, ''])}[round(datum.value / 24)]"
