"""A look at the whole of a contact log before any estimate: what is nonsense is refused, what is odd is said."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scenarios.contact_log.records import Codes, Flags, Floats, Records, Suspicion, unbelievable
from scenarios.contact_types import CHANNELS
from scenarios.errors import InvalidFile
from scenarios.units import DAY, HOUR, MINUTE

FEW, MANY = 30, 200
"""Contacts below which a share proves nothing, and from which what never happens is odd."""
MARK = 900.0
"""Seconds between the marks on which arrivals do not fall by themselves."""


def refuse_nonsense(records: Records, name: str) -> None:
    """Refuse contacts from which no estimate can be made.

    Raises
    ------
    InvalidFile
        If nearly all arrive at the same time of day, or most services have no believable length.
    """
    if len(records) < FEW:
        return
    times = np.mod(records.arrival, DAY)
    at, counts = np.unique(times, return_counts=True)
    if counts.max() > 0.95 * len(records):
        when = f"{int(at[counts.argmax()]) // 3600:02d}:{int(at[counts.argmax()]) // 60 % 60:02d}"
        problem = f"{counts.max():,} of {len(records):,} contacts arrive at {when}: the dates have no time of day"
        raise InvalidFile(name, "", problem, "name a column with the time of arrival as `arrival` in the mapping")
    _refuse_lengths(records, name)


def _refuse_lengths(records: Records, name: str) -> None:
    served = int(records.answered.sum())
    known = np.isfinite(records.handle)
    shortest, longest = records.mapping.shortest_handle, records.mapping.longest_handle
    outside = records.report.count(unbelievable(shortest, longest))
    if served >= FEW and outside > 0.5 * served:
        problem = (
            f"{outside:,} of {served:,} services are shorter than {shortest:g} s or longer than {longest / HOUR:g} h"
        )
        remedy = "check the columns and the unit of `handle` in the mapping, or set longest_handle"
        raise InvalidFile(name, "", problem, remedy)
    if known.sum() >= FEW and not (records.handle[known] > 0).any():
        problem = f"all of {known.sum():,} services take 0 s"
        raise InvalidFile(name, "", problem, "check which columns are answer, end and handle in the mapping")


def suspicions(records: Records) -> tuple[Suspicion, ...]:
    r"""What is odd about contacts as a whole, each with its figure and what to check.

    Examples
    --------
    >>> from scenarios.contact_log.records import read_records
    >>> stamp = "2026-03-02 {:02d}:{:02d}".format
    >>> rows = [f"{stamp(m // 60, m % 60)},5,20" for m in range(1, 240)]
    >>> oddities = read_records("\n".join(["arrival,wait,handle", *rows]).encode()).report.suspicions
    >>> [(odd.issue, odd.evidence) for odd in oddities][::2]
    [('AHT is below one minute', '20 s'), ('no contact was ever abandoned', '239 contacts')]
    """
    if len(records) < FEW:
        return ()
    return (*_of_arrivals(records), *_of_services(records), *_of_waits(records), *_of_agents(records))


def _of_arrivals(records: Records) -> Iterator[Suspicion]:
    times = np.mod(records.arrival, DAY)
    midnight = float((times == 0).mean())
    if midnight > 0.1:
        yield Suspicion(
            "many contacts arrive at midnight exactly", f"{midnight:.0%}", "check that the times of day are there"
        )
    marked = float((np.mod(times, MARK) == 0).mean())
    if marked > 0.95:
        yield Suspicion(
            "all arrivals are on quarters of an hour",
            f"{marked:.0%}",
            "check that a row is a contact; times within the interval are lost",
        )
    active = len(np.unique(records.day))
    if records.days > 14 and active < 0.25 * records.days:
        yield Suspicion(
            "most days of the log have no contact",
            f"{active} of {records.days} days",
            "check that day and month are not exchanged: date_format",
        )


def _of_services(records: Records) -> Iterator[Suspicion]:
    known = records.handle[np.isfinite(records.handle)]
    if len(known) < FEW:
        return
    mean = float(known.mean() + np.nanmean(np.append(records.wrap_up[np.isfinite(records.wrap_up)], 0.0)))
    if mean < MINUTE:
        yield Suspicion("AHT is below one minute", f"{mean:.0f} s", "check the unit of `handle` in the mapping")
    if mean > 2 * HOUR:
        yield Suspicion(
            "AHT is above two hours",
            f"{mean / HOUR:.1f} h",
            "check `unit` and `clock` of `handle` in the mapping",
        )
    if known.min() == known.max():
        yield Suspicion(
            "all handle times are the same",
            f"{known[0]:g} s",
            "check that the column is the time of the contact, not an average",
        )


def _of_waits(records: Records) -> Iterator[Suspicion]:
    live = _live(records)
    left = live & ~records.answered
    if live.sum() >= MANY and not left.any():
        yield Suspicion(
            "no contact was ever abandoned",
            f"{live.sum():,} contacts",
            "check that abandoned contacts are in the log, and `outcome` in the mapping",
        )
    if live.sum() >= FEW and left.sum() > 0.5 * live.sum():
        yield Suspicion(
            "more contacts abandoned than answered",
            f"{left.sum() / live.sum():.0%}",
            "check the words of answered and abandoned in the mapping",
        )
    waits = records.wait[live & np.isfinite(records.wait)]
    if len(waits) >= MANY and not (waits > 0).any():
        yield Suspicion("no contact ever waited", f"{len(waits):,} contacts", "check `wait`, `queue` and `answer`")
    if len(waits) >= FEW and waits.mean() > HOUR:
        yield Suspicion(
            "the mean wait is above one hour",
            f"{waits.mean() / HOUR:.1f} h",
            "check the unit of `wait`, or name a channel for work that may wait",
        )


def _of_agents(records: Records) -> Iterator[Suspicion]:
    served = np.flatnonzero(records.answered & (records.agent >= 0) & np.isfinite(records.answer) & _live(records))
    if len(served) < FEW:
        return
    counts = np.bincount(records.agent[served])
    if counts.max() > 0.9 * len(served) and len(served) >= MANY / 2:
        yield Suspicion(
            "one agent is on duty all day",
            f"{records.agents[int(counts.argmax())]}: {counts.max():,} of {len(served):,} contacts",
            "check that `agent` names a person, not a team or a queue",
        )
    if (counts > 0).sum() > 0.5 * len(served):
        yield Suspicion(
            "nearly every contact has a different agent",
            f"{(counts > 0).sum():,} agents for {len(served):,} contacts",
            "check that `agent` is not the number of the contact",
        )
    order = served[np.lexsort((records.answer[served], records.agent[served]))]
    same = records.agent[order][1:] == records.agent[order][:-1]
    begin, end = records.answer[order], (records.answer + np.nan_to_num(records.handle))[order]
    overlap = same & (begin[1:] < end[:-1] - 1.0) & ~_chats(records)[order][1:]
    if overlap.mean() > 0.2:
        yield Suspicion(
            "agents handle several contacts at once",
            f"{overlap.mean():.0%} of contacts",
            "check the unit of `handle`, and that `agent` names a person",
        )
    if repeated := _repeated(records, order, begin, end):
        yield Suspicion(
            "contacts have the agent, type and times of another",
            f"{repeated:,} contacts",
            "name the column of the contact's number as `id` in the mapping, so that records count once",
        )


def _repeated(records: Records, order: Codes, begin: Floats, end: Floats) -> int:
    """Services of the same agent and type that begin and end at the same seconds, where seconds are known."""
    if not np.mod(records.arrival, MINUTE).any():
        return 0
    keys = np.stack((records.agent[order], records.type[order], records.arrival[order], begin, end), axis=1)
    repeated = len(keys) - len(np.unique(keys[keys[:, 4] > keys[:, 3]], axis=0)) - int((keys[:, 4] <= keys[:, 3]).sum())
    return repeated if repeated > 0.005 * len(keys) else 0


def _live(records: Records) -> Flags:
    live = np.array([CHANNELS.get(channel, "live") != "deferred" for channel in records.channels], dtype=bool)
    return live[records.type]


def _chats(records: Records) -> Flags:
    chats = np.array([CHANNELS.get(channel, "live") == "concurrent" for channel in records.channels], dtype=bool)
    return chats[records.type]
