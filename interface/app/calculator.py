"""The calculator of the Home page: fields to inputs, pasted volumes, tables and tiles of its answer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from interface.app.editor.cells import amount, length
from interface.app.editor.pasting import PasteTarget, read_block
from interface.app.verdicts import Tile
from interface.formatting import shown
from interface.language.messages import _, marked
from interface.language.numbers import number
from models.centre.quick import QuickInputs, quick_day
from scenarios.contact_log import numerals
from scenarios.errors import InvalidValue
from scenarios.units import DAY, HOUR, clock

INTERVALS = marked({"15 min": 900.0, "30 min": 1800.0, "60 min": 3600.0})
PER = marked(("Interval", "Hour"))
SOLVE_FOR = marked(("Agents", "Service level"))
COUNTED = marked(("On contacts", "Scheduled"))
COLUMNS = marked(
    {
        "agents": "Agents",
        "scheduled": "Scheduled",
        "service_level": "Service level",
        "asa": "ASA",
        "abandonment": "Abandonment",
        "occupancy": "Occupancy",
    }
)
"""Headings of the measures of each formula."""


@dataclass(frozen=True)
class Fields:
    """The fields of the calculator as they are typed."""

    contacts: str
    per: str
    interval: str
    aht: str
    share: float
    within: str
    opening: str
    shrinkage: float
    patience: str
    max_occupancy: float | None
    pasted: str = ""

    def inputs(self) -> QuickInputs:
        """What the formulas are given.

        Raises
        ------
        InvalidValue
            Naming the field, what was typed, and the remedy.

        Examples
        --------
        >>> typed = Fields("200", "Hour", "30 min", "3:00", 80, "20s", "09:00-10:00", 30, "2 min", None)
        >>> typed.inputs().volumes.tolist(), typed.inputs().handle_time
        ([100.0, 100.0], 180.0)
        """
        interval = INTERVALS[self.interval]
        scale = interval / HOUR if self.per == "Hour" else 1.0
        opening = self.opening.strip()
        contacts: tuple[float, ...] = (amount("Contacts", self.contacts),)
        if self.pasted.strip():
            contacts, opening = pasted_volumes(self.pasted, interval, opening)
        return QuickInputs(
            contacts=tuple(value * scale for value in contacts),
            handle_time=length("AHT", self.aht),
            share=self.share / 100,
            within=length("Answer within", self.within),
            interval=interval,
            opening=opening,
            shrinkage=self.shrinkage / 100,
            patience=length("Patience", self.patience) if self.patience.strip() else None,
            max_occupancy=None if self.max_occupancy is None else self.max_occupancy / 100,
        )


def pasted_volumes(text: str, interval: float, opening: str) -> tuple[tuple[float, ...], str]:
    r"""Contacts of consecutive intervals in a pasted column, and the opening hours that they mean.

    With times in a first column these count, else the first number belongs to the opening of the centre. Intervals
    between the first and the last without a number have no contacts.

    Raises
    ------
    InvalidValue
        Naming the row and its text, if a number cannot be read or rows run beyond midnight.

    Examples
    --------
    >>> pasted_volumes("08:00\t12,5\n08:30\t20", 1800, "09:00-17:00")
    ((12.5, 20.0), '08:00-09:00')
    >>> pasted_volumes("10\n20\n30", 1800, "09:00-17:00")
    ((10.0, 20.0, 30.0), '09:00-10:30')
    """
    of_day = round(DAY / interval)
    times = [clock(index * interval) for index in range(of_day)]
    target = PasteTarget(
        times, {"Contacts": lambda name, typed: numerals.written(amount(name, typed))}, "interval", "0"
    )
    first = QuickInputs((0.0,), 1.0, 0.8, 0.0, interval, opening).places[0]
    block = read_block(text, target, first)
    if block.problems:
        raise InvalidValue("Contacts by interval", text[:20], block.problems[0].in_words())
    if block.marks:
        raise InvalidValue("Contacts by interval", block.example, "write numbers without a thousands separator")
    filled = {part.row for part in block.texts if part.text}
    values = {row: amount("Contacts", edit["Contacts"]) for row, edit in block.edits.items() if row in filled}
    if not values:
        raise InvalidValue("Contacts by interval", text[:20], "paste a column of numbers, with times before it or not")
    last = max(values)
    begin = min(values)
    contacts = tuple(values.get(row, 0.0) for row in range(begin, last + 1))
    return contacts, f"{times[begin]}-{clock((last + 1) * interval)}"


def by_interval(rows: pd.DataFrame) -> pd.DataFrame:
    """A row by interval, the formulas side by side; percentages and seconds as numbers.

    Examples
    --------
        >>> from models.centre.quick import quick_staffing
        >>> inputs = QuickInputs((100.0,), 180, 0.8, 20, opening="09:00-10:00", shrinkage=0.3)
        >>> by_interval(quick_staffing(inputs))[["From", "Agents, Erlang C", "Scheduled, Erlang C"]].values.tolist()
        [['09:00', 14.0, 20.0], ['09:30', 14.0, 20.0]]
    """
    models = list(dict.fromkeys(rows["model"]))
    first = rows[rows["model"] == models[0]].reset_index(drop=True)
    table = pd.DataFrame(
        {
            _("From"): first["start"],
            _("Contacts"): first["contacts"].round(2),
            _("Load (erlangs)"): first["load"].round(2),
        }
    )
    parts = [rows[rows["model"] == model].reset_index(drop=True) for model in models]
    for measure, heading in COLUMNS.items():
        scale, digits = _SCALES.get(measure, (1, 2))
        for model, part in zip(models, parts, strict=True):
            table[f"{_(heading)}{_(_UNITS.get(measure, ''))}, {_(model)}"] = (part[measure] * scale).round(digits)
    return table


_UNITS = marked({"service_level": " (%)", "asa": " (s)", "abandonment": " (%)", "occupancy": " (%)"})
_SCALES = {"service_level": (100, 1), "asa": (1, 1), "abandonment": (100, 1), "occupancy": (100, 1)}


def day_table(rows: pd.DataFrame, inputs: QuickInputs) -> pd.DataFrame:
    """The day, a row by formula."""
    day = quick_day(rows, inputs)
    headings = {
        "model": _("Formula"),
        "contacts": _("Contacts"),
        "agent_hours": _("Agent-hours"),
        "paid_hours": _("Paid hours"),
        "fte": _("FTE"),
    }
    table = day[list(headings)].rename(columns=headings).round(2)
    for measure, unit in _UNITS.items():
        scale, digits = _SCALES[measure]
        table[_(COLUMNS[measure]) + _(unit)] = (day[measure] * scale).round(digits)
    return table


def answer_tiles(rows: pd.DataFrame, inputs: QuickInputs) -> list[Tile]:
    """For each formula a tile of its busiest interval and one of the day.

    Examples
    --------
        >>> from models.centre.quick import quick_staffing
        >>> inputs = QuickInputs((100.0,), 180, 0.8, 20, opening="09:00-17:00", shrinkage=0.3)
        >>> [(tile.number, tile.words) for tile in answer_tiles(quick_staffing(inputs), inputs)]
        [('14 agents', '20.0 scheduled with 30 % shrinkage'), ('20.0 FTE', '160 paid hours')]
    """
    days = quick_day(rows, inputs)
    result = []
    for model, part in rows.groupby("model", sort=False):
        busiest = part.sort_values("load", kind="stable", ascending=False).iloc[0]
        day = days[days["model"] == model].iloc[0]
        place = (
            _("each interval")
            if len(inputs.contacts) == 1
            else _("busiest interval ({start})").format(start=busiest["start"])
        )
        result.append(
            Tile(
                f"{_(str(model))} · {place}",
                _("{agents} agents").format(agents=number(busiest["agents"], ",.4g")),
                "missed" if busiest["growth"] > 0 else "plain",
                _("{scheduled} scheduled with {shrinkage} % shrinkage").format(
                    scheduled=number(busiest["scheduled"], ",.1f"), shrinkage=number(100 * inputs.shrinkage, "g")
                ),
                (*_service(busiest), _growth(busiest)),
            )
        )
        result.append(
            Tile(
                _("{model} · the day").format(model=model),
                _("{fte} FTE").format(fte=number(day["fte"], ",.1f")),
                "missed" if (part["growth"] > 0).any() else "plain",
                _("{paid_hours} paid hours").format(paid_hours=number(day["paid_hours"], ",.0f")),
                (
                    _("{agent_hours} agent-hours on contacts").format(agent_hours=number(day["agent_hours"], ",.0f")),
                    *_service(day),
                ),
            )
        )
    return result


def _service(row: pd.Series) -> tuple[str, ...]:
    asa = _("endless") if math.isinf(row["asa"]) else shown(row["asa"], "s")
    return (
        _("Service level {service_level}, ASA {asa}").format(
            service_level=shown(row["service_level"], "share"), asa=asa
        ),
        _("Abandonment {abandonment}, occupancy {occupancy}").format(
            abandonment=shown(row["abandonment"], "share"), occupancy=shown(row["occupancy"], "share")
        ),
    )


def _growth(row: pd.Series) -> str:
    if not row["growth"] > 0:
        return ""
    return _("Overloaded: the queue grows by {growth} contacts per hour").format(growth=number(row["growth"], ",.0f"))
