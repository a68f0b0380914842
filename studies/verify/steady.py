"""A centre in steady state, simulated long enough, and its metrics with standard errors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scenarios import statistics
from scenarios.contact_types import ContactType
from scenarios.horizon import Horizon
from scenarios.measures import CONTACT_TALLIES, GROUP_TALLIES
from scenarios.scenario import Scenario
from scenarios.units import DAY
from simulator.engines import Engine
from simulator.executors import Serial
from simulator.experiment import simulate
from simulator.measure.tallies import MOST_SECONDS

if TYPE_CHECKING:
    from studies.verify.designs import Design

Floats = NDArray[np.float64]
INTERVAL = 1800.0
_A_DAY = round(DAY / INTERVAL)
_MOST_DAYS = 366
_SURPLUS = 1.2
"""How much more work waits at the start than can be done, where work must never run out."""
_CONTACTS, _GROUPS = list(CONTACT_TALLIES), list(GROUP_TALLIES)


@dataclass(frozen=True)
class RunLength:
    """How much is simulated for a case."""

    contacts: int = 1_000_000
    replications: int = 100
    seed: int = 1
    engine: Engine = "auto"


@dataclass(frozen=True)
class Measured:
    """A value with its standard error."""

    value: float
    error: float

    def __truediv__(self, number: float) -> Measured:
        """The value and its error divided by a number."""
        return Measured(self.value / number, self.error / number)


Estimates = dict[tuple[str, str], Measured]


def mean(values: Floats) -> Measured:
    """The mean over replications."""
    return ratio(values, np.ones(len(values)))


def ratio(numerator: Floats, denominator: Floats) -> Measured:
    """The ratio of sums over replications, its error by the delta method.

    Where nothing varied, as with an event that never happened, the error is one event in all.
    """
    estimate = statistics.ratio(numerator, denominator)
    return Measured(float(estimate.value), float(estimate.error) or 1 / float(denominator.sum()))


@dataclass(frozen=True)
class Window:
    """What was added up in the intervals between the settling and the end, by replication (R)."""

    contacts: Floats
    """Shape (R, tallies, types)."""
    groups: Floats
    """Shape (R, tallies, groups)."""
    minutes: float

    def of(self, tally: str, *types: int) -> Floats:
        """A tally of types together, shape (R,)."""
        return np.asarray(self.contacts[:, _CONTACTS.index(tally), list(types)].sum(axis=1))

    def of_groups(self, tally: str, group: int) -> Floats:
        """A tally of a group, shape (R,)."""
        return self.groups[:, _GROUPS.index(tally), group]

    def per(self, numerator: str, denominator: str, contact_type: int, unit: float = 1.0) -> Measured:
        """A ratio of two tallies of a type."""
        return ratio(self.of(numerator, contact_type) / unit, self.of(denominator, contact_type))

    def share(self, tally: str, contact_type: int) -> Measured:
        """A share of the offered."""
        return self.per(tally, "offered", contact_type)

    def delayed(self, contact_type: int) -> Measured:
        """The share of the offered, and of those who accepted a callback, who were not answered at once."""
        everyone = self.of("offered", contact_type) + self.of("called_back", contact_type)
        return ratio(everyone - self.of("green", contact_type), everyone)

    def beyond(self, contact_type: int) -> Measured:
        """The share of the offered who waited longer than the target time."""
        offered = self.of("offered", contact_type)
        return ratio(offered - self.of("in_time", contact_type) - self.of("abandoned_in_time", contact_type), offered)

    def wait(self, *types: int) -> Measured:
        """The mean wait in minutes of all who were answered or left."""
        waits = self.of("wait_answered", *types) + self.of("wait_abandoned", *types)
        return ratio(waits / 60, self.of("answered", *types) + self.of("abandoned", *types))

    def wait_of(self, outcome: str, contact_type: int) -> Measured:
        """The mean wait in minutes of the answered, or of those who left."""
        return self.per(f"wait_{outcome}", outcome, contact_type, 60.0)

    def stay(self, contact_type: int) -> Measured:
        """The mean time in minutes from arrival to the end of the contact."""
        return self.per("resolution_time", "cases_resolved", contact_type, 60.0)

    def rate(self, tally: str, *types: int) -> Measured:
        """Contacts a minute."""
        return mean(self.of(tally, *types) / self.minutes)

    def queue(self, *types: int) -> Measured:
        """The mean number waiting."""
        return mean(self.of("waiting_time", *types) / 60 / self.minutes)

    def agents(self, tally: str, group: int) -> Measured:
        """The mean number of agents (or of their sessions)."""
        return mean(self.of_groups(tally, group) / 60 / self.minutes)

    def occupancy(self, group: int) -> Measured:
        """Busy time over staffed time."""
        return ratio(self.of_groups("busy_time", group), self.of_groups("staffed_time", group))

    def concurrency(self, group: int) -> Measured:
        """Mean sessions of an agent with at least one."""
        return ratio(self.of_groups("session_time", group), self.of_groups("chatting_time", group))


def play(design: Design, effort: RunLength) -> Estimates:
    """The metrics of a design."""
    settling = math.ceil(design.settling * 60 / INTERVAL)
    after = math.ceil(settling / 4)  # who comes late is still overtaken and slowed down by others
    wanted = math.ceil(effort.contacts / effort.replications / design.rate * 60 / INTERVAL)
    most = _most_intervals(design) - settling - after
    replications = math.ceil(effort.replications * max(wanted / most, 1.0))
    window = min(wanted, most)
    scenario = _lasting(design, settling + window + after)
    # Cases run side by side, replications of one do not.
    results = simulate(scenario, replications, effort.seed, engine=effort.engine, executor=Serial())
    counted = slice(settling, settling + window)
    contacts, groups = (part[:, :, :, counted].sum(axis=3) for part in (results.contacts, results.groups))
    return design.measure(Window(contacts, groups, window * INTERVAL / 60))


def _most_intervals(design: Design) -> int:
    """How many intervals a replication may have: a stock waits longer and longer, and the sum of its waits has a limit.

    The stock for t seconds at a rate r is 1.2 r t items; the last waits t and, at that rate, 1.2 t more at most.
    """
    seconds = _MOST_DAYS * DAY
    for rate in design.stock.values():  # items a minute
        seconds = min(seconds, math.sqrt(MOST_SECONDS / (_SURPLUS * (1 + _SURPLUS) * rate / 60)))
    return math.floor(seconds / INTERVAL)


def _lasting(design: Design, intervals: int) -> Scenario:
    """The scenario of a design with contacts for so many intervals, and none after them."""
    days = math.ceil(intervals / _A_DAY)

    def changed(contact_type: ContactType) -> dict[str, Any]:
        rate = (contact_type.volume.per_hour or 0.0) * INTERVAL / 3600
        stock = design.stock.get(contact_type.name, 0.0) * intervals * INTERVAL / 60 * _SURPLUS
        volume = {"per_interval": [rate] * intervals + [0.0] * (days * _A_DAY - intervals)}
        return {"volume": volume, "backlog": math.ceil(stock)}

    # The volume is for the horizon, so both change at once.
    types = [
        contact_type.model_dump(by_alias=True) | changed(contact_type) for contact_type in design.scenario.contact_types
    ]
    horizon = Horizon(days=days, interval=INTERVAL)
    return design.scenario.replace(horizon=horizon, contact_types=types)
