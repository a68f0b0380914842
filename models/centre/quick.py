"""The calculator: contacts of a day to agents on contacts, agents scheduled and FTE, and back, by Erlang C and A.

One contact type, one group of agents, each interval by itself. What this leaves out (several types, chats, bots, days
that differ) is what a scenario is for; `quick_scenario` makes one of the same numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from models.queueing.erlang import erlang_a
from models.queueing.goal import Goal
from models.queueing.inverse import min_agents
from models.queueing.numerics.arguments import Floats, above, at_least
from models.queueing.performance import Performance
from scenarios.errors import InvalidValue
from scenarios.hours import weekly
from scenarios.limits import MOST_PER_INTERVAL
from scenarios.scenario import Scenario, scenario_from
from scenarios.units import DAY, HOUR

if TYPE_CHECKING:
    import pandas as pd

FULL_TIME = 8.0
"""Paid hours of a full-time equivalent in a day."""
MODELS = ("Erlang C", "Erlang A")


@dataclass(frozen=True)
class QuickInputs:
    """What the calculator is given; times in seconds.

    Attributes
    ----------
    contacts
        Contacts of each open interval, or one number for all of them.
    handle_time
        Average handle time, wrap-up included.
    share, within
        The target: this share of the contacts offered is answered within this time.
    interval
        Length of an interval.
    opening
        Hours of the day, such as ``08:00-20:00``; they may run past midnight.
    shrinkage
        Share of paid time that is not available for contacts.
    patience
        Mean of the exponential time after which a waiting customer abandons; without it Erlang A is Erlang C.
    max_occupancy
        Largest share of their time that agents may be busy.

    Raises
    ------
    InvalidValue
        If a value cannot be used, or there are more contacts than open intervals.

    Examples
    --------
    >>> QuickInputs((100.0,), handle_time=180, share=0.8, within=20, opening="09:00-10:30").times
    ('09:00', '09:30', '10:00')
    """

    contacts: tuple[float, ...]
    handle_time: float
    share: float
    within: float
    interval: float = 1800.0
    opening: str = "08:00-20:00"
    shrinkage: float = 0.0
    patience: float | None = None
    max_occupancy: float | None = None

    def __post_init__(self) -> None:
        """Refuse what the formulas cannot use."""
        above("handle_time", self.handle_time, 0.0)
        at_least("within", self.within, 0.0)
        if not 0 < self.share < 1:
            raise InvalidValue("share", self.share, "give a share between 0 and 1, as in 0.8 for 80 %")
        if not 0 <= self.shrinkage <= 0.95:
            raise InvalidValue("shrinkage", self.shrinkage, "give a share from 0 to 0.95, as in 0.3 for 30 %")
        if self.patience is not None:
            above("patience", self.patience, 0.0)
        if self.max_occupancy is not None and not 0 < self.max_occupancy <= 1:
            raise InvalidValue("max_occupancy", self.max_occupancy, "give a share above 0 and at most 1, as in 0.85")
        if not 60 <= self.interval <= DAY or DAY % self.interval:
            raise InvalidValue("interval", self.interval, "choose a length that divides the day: 900, 1800 or 3600 s")
        self._check_contacts()

    def _check_contacts(self) -> None:
        values = at_least("contacts", self.contacts, 0.0)
        if values.max(initial=0.0) > MOST_PER_INTERVAL:
            raise InvalidValue("contacts", float(values.max()), f"give at most {MOST_PER_INTERVAL:,} in an interval")
        start, length = self._hours
        if start % self.interval or length % self.interval:
            minutes = self.interval / 60
            raise InvalidValue("opening", self.opening, f"open and close at a whole interval of {minutes:g} min")
        if len(self.contacts) not in (1, self.intervals):
            remedy = f"give one number, or {self.intervals}: one for each interval of {self.opening}"
            raise InvalidValue("contacts", f"{len(self.contacts)} values", remedy)

    @cached_property
    def _hours(self) -> tuple[float, float]:
        """The second of the day at which the centre opens, and how long it is open."""
        start, end = next(weekly(self.opening))
        return start % DAY, end - start

    @property
    def intervals(self) -> int:
        """Number of open intervals of the day."""
        return round(self._hours[1] / self.interval)

    @property
    def volumes(self) -> Floats:
        """Contacts of each open interval, shape (intervals,)."""
        return np.broadcast_to(np.asarray(self.contacts, dtype=float), (self.intervals,))

    @property
    def places(self) -> list[int]:
        """The interval of the day, counted from midnight, of each open interval."""
        first, of_day = round(self._hours[0] / self.interval), round(DAY / self.interval)
        return [(first + index) % of_day for index in range(self.intervals)]

    @property
    def times(self) -> tuple[str, ...]:
        """The time of day at which each open interval begins."""
        minutes = [round(place * self.interval / 60) for place in self.places]
        return tuple(f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes)

    @property
    def goal(self) -> Goal:
        """The target as the search for agents understands it."""
        return Goal(service_level=self.share, within=self.within, max_occupancy=self.max_occupancy)

    def patience_of(self, model: str) -> float:
        """Mean patience in a model; Erlang C knows none."""
        return math.inf if model == "Erlang C" or self.patience is None else self.patience


def quick_staffing(inputs: QuickInputs) -> pd.DataFrame:
    """The fewest agents that meet the target, by interval, by Erlang C and by Erlang A.

    Returns
    -------
    A row by model and open interval: ``model``, ``start`` (time of day), ``contacts``, ``load`` (erlangs), ``agents``
    on contacts, ``scheduled`` (agents / (1 - shrinkage), a fraction), ``service_level``, ``asa`` (s), ``abandonment``,
    ``occupancy``, ``growth`` (contacts an hour by which the queue grows where the agents cannot keep up). Without
    Erlang A where no patience is given.

    Examples
    --------
    The example of many calculators: 100 calls in half an hour of 3 minutes each, 80 % within 20 s.

    >>> inputs = QuickInputs((100.0,), handle_time=180, share=0.8, within=20, opening="09:00-09:30", shrinkage=0.3)
    >>> row = quick_staffing(inputs).iloc[0]
    >>> print(f"{row.agents:g} agents on contacts, {row.scheduled:g} scheduled, {row.service_level:.1%}")
    14 agents on contacts, 20 scheduled, 88.8%
    """
    rate = inputs.volumes / inputs.interval
    return _rows(
        inputs,
        {
            model: min_agents(rate, inputs.handle_time, inputs.goal, inputs.patience_of(model)).astype(float)
            for model in _models(inputs)
        },
    )


def quick_service(inputs: QuickInputs, agents: float, *, scheduled: bool = False) -> pd.DataFrame:
    """The service that so many agents give in every interval, by Erlang C and by Erlang A.

    Parameters
    ----------
    agents
        Agents on contacts; with `scheduled`, agents of whom shrinkage takes its share.

    Returns
    -------
    The rows of `quick_staffing`.

    Raises
    ------
    InvalidValue
        If it is negative or no number.

    Examples
    --------
    >>> inputs = QuickInputs((100.0,), 180, 0.8, 20, opening="09:00-09:30", shrinkage=0.3, patience=300)
    >>> rows = quick_service(inputs, 20, scheduled=True)
    >>> rows[["model", "agents", "asa"]].round(1).values.tolist()
    [['Erlang C', 14.0, 7.8], ['Erlang A', 14.0, ...]]
    """
    present = float(at_least("agents", agents, 0.0)) * (1 - inputs.shrinkage if scheduled else 1.0)
    return _rows(inputs, {model: np.full(inputs.intervals, present) for model in _models(inputs)})


def quick_day(rows: pd.DataFrame, inputs: QuickInputs) -> pd.DataFrame:
    """The day together, a row by model.

    Returns
    -------
    ``contacts``, ``agent_hours`` (on contacts), ``paid_hours`` (with shrinkage), ``fte`` (paid hours / 8), and
    ``service_level``, ``asa``, ``abandonment`` over all contacts, ``occupancy`` over all agent-hours.

    Examples
    --------
    >>> inputs = QuickInputs((100.0,), handle_time=180, share=0.8, within=20, opening="09:00-17:00", shrinkage=0.3)
    >>> quick_day(quick_staffing(inputs), inputs)[["agent_hours", "paid_hours", "fte"]].iloc[0].tolist()
    [112.0, 160.0, 20.0]
    """
    import pandas as pd

    hours = inputs.interval / HOUR
    days: list[dict[str, Any]] = []
    for model, part in rows.groupby("model", sort=False):
        contacts, agents = part["contacts"].to_numpy(), part["agents"].to_numpy()
        answered = contacts * (1 - part["abandonment"].to_numpy())
        paid = float(part["scheduled"].sum()) * hours
        days.append(
            {
                "model": model,
                "contacts": float(contacts.sum()),
                "agent_hours": float(agents.sum()) * hours,
                "paid_hours": paid,
                "fte": paid / FULL_TIME,
                "service_level": _mean(part["service_level"].to_numpy(), contacts),
                "asa": _mean(part["asa"].to_numpy(), answered),
                "abandonment": _mean(part["abandonment"].to_numpy(), contacts),
                "occupancy": _mean(part["occupancy"].to_numpy(), agents),
            }
        )
    return pd.DataFrame(days)


def quick_scenario(inputs: QuickInputs, rows: pd.DataFrame) -> Scenario:
    """A scenario of one day with these contacts, this target and the agents of the last model among the rows.

    Examples
    --------
    >>> inputs = QuickInputs((100.0,), handle_time=180, share=0.8, within=20, opening="09:00-17:00", patience=300)
    >>> centre = quick_scenario(inputs, quick_staffing(inputs))
    >>> centre.expected.sum().item(), centre.staffing.max().item()
    (1600.0, 13)
    """
    of_day = round(DAY / inputs.interval)
    model = rows["model"].iloc[-1]
    volume, staffing = [0.0] * of_day, [0] * of_day
    agents = np.ceil(rows.loc[rows["model"] == model, "agents"].to_numpy() - 1e-9).astype(int)
    for place, contacts, present in zip(inputs.places, inputs.volumes, agents, strict=True):
        volume[place], staffing[place] = float(contacts), int(present)
    patience = {} if inputs.patience is None else {"patience": {"mean": inputs.patience}}
    return scenario_from(
        {
            "name": "calculator",
            "title": "From the calculator",
            "horizon": {"interval": inputs.interval},
            "contact_types": [
                {
                    "name": "calls",
                    "channel": "phone",
                    "volume": {"per_interval": volume},
                    "handle_time": {"mean": inputs.handle_time},
                    "open": [inputs.opening],
                    "target": {"share": inputs.share, "within": inputs.within},
                    **patience,
                }
            ],
            "agent_groups": [
                {
                    "name": "agents",
                    "skills": ["calls"],
                    "staffing": staffing,
                    "max_occupancy": inputs.max_occupancy,
                    "shrinkage": {"planned": inputs.shrinkage},
                }
            ],
            "origins": {
                "contact_types.calls": "assumption: as entered in the calculator",
                "agent_groups.agents.staffing": f"assumption: calculator, {model}",
                "agent_groups.agents.shrinkage": "assumption: as entered in the calculator",
            },
        }
    )


def _models(inputs: QuickInputs) -> tuple[str, ...]:
    return MODELS if inputs.patience is not None else MODELS[:1]


def _rows(inputs: QuickInputs, agents: dict[str, Floats]) -> pd.DataFrame:
    import pandas as pd

    rate = inputs.volumes / inputs.interval
    return pd.concat(
        [
            _frame(
                inputs,
                model,
                erlang_a(rate, inputs.handle_time, inputs.patience_of(model), staffing, inputs.within),
            )
            for model, staffing in agents.items()
        ],
        ignore_index=True,
    )


def _frame(inputs: QuickInputs, model: str, performance: Performance) -> pd.DataFrame:
    import pandas as pd

    some = inputs.volumes > 0
    return pd.DataFrame(
        {
            "model": model,
            "start": inputs.times,
            "contacts": inputs.volumes,
            "load": performance.offered_load,
            "agents": performance.agents,
            "scheduled": performance.agents / (1 - inputs.shrinkage),
            "service_level": np.where(some, performance.service_level(), np.nan),
            "asa": np.where(some, performance.asa, np.nan),
            "abandonment": np.where(some, performance.p_abandon, np.nan),
            "occupancy": performance.occupancy,
            "growth": performance.growth * HOUR,
        }
    )


def _mean(values: Floats, weights: Floats) -> float:
    """The mean of the values that there are; NaN where nothing weighs."""
    counted = weights > 0
    total = float(weights[counted].sum())
    return float((values[counted] * weights[counted]).sum()) / total if total > 0 else math.nan
