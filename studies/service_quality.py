"""The traffic light of simulated days, or of the days of a contact log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.service_quality.criteria import NUMBER, WAIT, Criterion, criteria_of
from models.service_quality.traffic_light import WORST, TrafficLight, traffic_light
from scenarios.contact_log.records import Records
from scenarios.contact_types import ContactType
from scenarios.errors import Cancelled, InvalidValue
from scenarios.scenario import Scenario
from scenarios.units import DAY
from simulator.codes import Outcome
from simulator.experiment import Experiment, play
from simulator.logs import ContactLog
from simulator.measure.results import Collector
from simulator.measure.tallies import tally

MONTH = 28
MOST_DAYS = 10_000
REPEAT_WITHIN = 3 * DAY
"""A later contact of the same customer within this time belongs to the same case (assumption)."""
_UNSERVED = (Outcome.ABANDONED, Outcome.BLOCKED, Outcome.CLOSED, Outcome.LEFT_BOT, Outcome.UNREACHED)


@dataclass(frozen=True)
class ServiceQuality:
    """Contacts by zone, with the criteria that sorted them."""

    light: TrafficLight
    criteria: dict[str, tuple[Criterion, ...]]
    contacts: int
    source: str
    measures: pd.DataFrame | None = None
    """The measures of the same days in the columns of `scenarios.measures`; None for a log."""

    @property
    def processes(self) -> list[str]:
        """The contact types with contacts of a known zone, in the order of the scenario or log."""
        named = set(self.light.table.loc[self.light.table["criterion"] == WORST, "process"])
        return [process for process in self.criteria if process in named]

    def shares(self, process: str) -> tuple[float, float, float]:
        """Shares of green, yellow and red of a process, by the worst criterion."""
        table = self.light.table
        part = table[(table["process"] == process) & (table["criterion"] == WORST)]
        green, yellow, red = part["share"].astype(float).tolist()
        return green, yellow, red

    def contacts_of(self, process: str) -> int:
        """The contacts of a process that a zone is known of."""
        table = self.light.table
        return int(table.loc[(table["process"] == process) & (table["criterion"] == WORST), "count"].sum())


def simulated_quality(
    scenario: Scenario,
    days: int = MONTH,
    seed: int = 1,
    *,
    step: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ServiceQuality:
    """The traffic light of so many simulated days; a longer horizon is simulated whole.

    Parameters
    ----------
    scenario
        Its zones are the limits of the wait; types without zones get those of their channel.
    days
        Days to simulate; by default a month.
    seed
        Of the random numbers.
    step, cancelled
        Progress in replications, and whether to stop.

    Raises
    ------
    InvalidValue
        If the number of days is not 1 to 10,000, or no contact arrives.
    Cancelled
        If `cancelled` said so.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InvalidValue("days", days, f"choose 1 to {MOST_DAYS:,}")
    replications = -(-days // max(1, scenario.horizon.days))
    engine = Experiment(replications).engine_for(scenario)
    frames, collector = [], Collector(scenario, seed)
    for replication in range(replications):
        if cancelled is not None and cancelled():
            raise Cancelled(replication, replications)
        if step is not None:
            step(replication, replications)
        logs = play(scenario, seed, replication, engine)
        frames.append(_contacts(scenario, logs.contacts, replication))
        collector.add(tally(scenario, logs), replications)
    contacts = pd.concat(frames, ignore_index=True)
    criteria = {
        contact_type.name: _criteria(contact_type, comes_again=bool((contacts[NUMBER] > 1).any()))
        for contact_type in scenario.contact_types
    }
    total = replications * max(1, scenario.horizon.days)
    source = f"{total} simulated days of {scenario.title or scenario.name}"
    measures = collector.results(engine).table("horizon")
    return ServiceQuality(traffic_light(contacts, criteria), criteria, len(contacts), source, measures)


def _criteria(contact_type: ContactType, comes_again: bool) -> tuple[Criterion, ...]:
    """The criteria of a type; the number of the contact only where customers contact again at all."""
    zones = contact_type.zones
    criteria = criteria_of(contact_type.channel, (zones.green, zones.yellow) if zones else None)
    return criteria if comes_again else criteria[:1]


def _contacts(scenario: Scenario, log: ContactLog, replication: int) -> pd.DataFrame:
    """The contacts of one replication that an agent was to answer, or a bot solved."""
    counted = (log.arrival >= scenario.horizon.warm_up) & (log.arrival < scenario.horizon.length)
    left = np.isin(log.outcome, [int(outcome) for outcome in _UNSERVED])
    solved = log.outcome == Outcome.BOT_RESOLVED
    called_back = log.outcome == Outcome.CALLED_BACK
    wait = np.where(solved, 0.0, log.answer - log.entry)
    days = max(1, scenario.horizon.days)
    table = pd.DataFrame(
        {
            "day": replication * days + (log.arrival // DAY).clip(0, days - 1).astype(int),
            "process": np.array(scenario.type_names, dtype=object)[log.type],
            WAIT: wait,
            "left": left,
            NUMBER: log.step + 1,
        }
    )
    kept: pd.DataFrame = table[counted & ~called_back]
    return kept


def recorded_quality(records: Records) -> ServiceQuality:
    """The traffic light of the contacts of a log.

    The number of a contact within its case counts earlier contacts of the same customer within three days; it is not
    known where the log names no customers.
    """
    types = np.array(records.types, dtype=object)
    table = pd.DataFrame(
        {
            "day": records.day,
            "process": types[records.type],
            WAIT: records.wait,
            "left": ~records.answered,
            NUMBER: _numbers(records),
        }
    )
    criteria = {name: criteria_of(channel) for name, channel in zip(records.types, records.channels, strict=True)}
    if (records.customer < 0).all():
        criteria = {name: parts[:1] for name, parts in criteria.items()}
    source = f"{records.days} days of a contact log from {records.start.isoformat()}"
    return ServiceQuality(traffic_light(table, criteria), criteria, len(table), source)


def _numbers(records: Records) -> np.ndarray:
    """The number of each contact within its case, NaN where the customer is not known."""
    order = np.lexsort((records.queue, records.customer))
    customer, queue = records.customer[order], records.queue[order]
    same = np.append(False, (customer[1:] == customer[:-1]) & (np.diff(queue) <= REPEAT_WITHIN))
    starts = np.flatnonzero(~same)
    position = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    numbers = np.full(len(order), np.nan)
    numbers[order] = np.where(customer >= 0, position + 1.0, np.nan)
    return numbers
