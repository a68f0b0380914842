"""What happened, as columns: the contact log, the preemption log, and the staffing log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenarios.scenario import Scenario
from simulator.codes import Outcome

if TYPE_CHECKING:
    import pandas as pd

OUTCOMES = tuple(outcome.text for outcome in Outcome)
"""How a contact ended, by code."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ContactLog:
    """One row per contact, times in seconds from the start of the horizon, NaN where it never happened.

    Rows are numbered: first contacts in the order of arrival, then later contacts in the order in which they were
    triggered.
    """

    type: Ints
    case: Ints
    """The row of the first contact of the case."""
    parent: Ints
    """The row of the contact that this one follows, -1 for a first contact."""
    step: Ints
    """How many contacts of the chain came before."""
    arrival: Floats
    bot_outcome: Ints
    """A `BotOutcome`, ``NO_BOT`` without a session."""
    bot_end: Floats
    entry: Floats
    """When the contact joined the queue."""
    answer: Floats
    resumed: Floats
    """The start of the last work on it: the answer unless it was preempted; NaN if it was not resumed after that."""
    end: Floats
    """When the customer left or the handling ended."""
    wrap_end: Floats
    agent: Ints
    """The agent who had it last, -1 for none."""
    outcome: Ints
    """An `Outcome`."""


@dataclass(frozen=True)
class PreemptionLog:
    """One row per time span of work that was preempted by connected work."""

    contact: Ints
    agent: Ints
    start: Floats
    end: Floats


@dataclass(frozen=True)
class StaffingLog:
    """One row per shift, or stretch of duty between breaks: from `start` to the planned `end`, over at `left_at`.

    A stretch that a delayed break leaves no time for has `start` at its `end`.
    """

    agent: Ints
    start: Floats
    end: Floats
    left_at: Floats
    due: Floats
    """The planned start."""
    rest: Floats
    """The planned break before it, 0 where none is."""
    before_break: NDArray[np.bool_]
    """Whether a break follows."""
    group_of: Ints
    """The group of each agent, shape (agents,)."""


def over_at(left_at: Floats, end: Floats, length: float) -> Floats:
    """When shifts were over: at the end of the horizon where the clock stopped on unfinished work.

    Examples
    --------
    >>> over_at(np.array([70.0, np.nan, np.nan]), np.array([60.0, 60.0, np.inf]), 100.0)
    array([ 70., 100.,  nan])
    """
    return np.where(np.isnan(left_at) & (end < length), length, left_at)


@dataclass(frozen=True)
class Logs:
    """The logs of one replication."""

    contacts: ContactLog
    preemptions: PreemptionLog
    staffing: StaffingLog


def frame(logs: Logs, scenario: Scenario) -> pd.DataFrame:
    """The contact log as a table: names instead of codes, wall times instead of seconds.

    One row per contact of the horizon; times are missing where they never happened.
    """
    import pandas as pd

    log = logs.contacts
    counted = log.arrival < scenario.horizon.length
    group = np.append(logs.staffing.group_of, -1)[log.agent]
    start = np.datetime64(scenario.horizon.midnight, "us")

    def wall(time: Floats) -> pd.Series:
        since = np.round(np.nan_to_num(time) * 1e6).astype("timedelta64[us]")
        return pd.Series(start + since).where(~np.isnan(time))

    def known(number: Ints) -> pd.Series:
        return pd.Series(number, dtype="Int64").where(number >= 0)

    channels = np.array([contact_type.channel for contact_type in scenario.contact_types], dtype=object)
    rows = pd.DataFrame(
        {
            "contact": np.arange(len(log.type)),
            "case": log.case,
            "follows": known(log.parent),
            "step": log.step,
            "type": np.array(scenario.type_names, dtype=object)[log.type],
            "channel": channels[log.type],
            "arrival": wall(log.arrival),
            "bot_end": wall(log.bot_end),
            "queue_entry": wall(log.entry),
            "answer": wall(log.answer),
            "end": wall(log.end),
            "wrap_up_end": wall(log.wrap_end),
            "group": np.array([*scenario.group_names, None], dtype=object)[group],
            "agent": known(log.agent),
            "outcome": np.array(OUTCOMES, dtype=object)[log.outcome],
        }
    )
    return rows[counted].reset_index(drop=True)
