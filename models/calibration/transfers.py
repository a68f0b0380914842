"""Contacts that were passed on from another: records of one contact that follow each other without a pause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.contact_log.records import Flags, Records


@dataclass(frozen=True)
class Transfer:
    """Contacts of one type that were passed on and became another, of the same type or of another one."""

    origin: str
    to: str
    count: int
    probability: float
    """The share of the answered contacts of the origin that were passed on so."""


def is_transfer(records: Records) -> Flags:
    r"""Whether each contact was passed on from another, shape (contacts,).

    Examples
    --------
    >>> from scenarios.contact_log.records import read_records
    >>> rows = "1,a,2026-03-02 08:00,0,60", "1,b,2026-03-02 08:01,0,90", "2,a,2026-03-02 09:00,0,60"
    >>> log = "\n".join(("id,type,arrival,wait,handle", *rows)).encode()
    >>> is_transfer(read_records(log))
    array([False,  True, False])
    """
    return np.zeros(len(records), dtype=bool) if records.follows is None else records.follows >= 0


def transfers(records: Records) -> tuple[Transfer, ...]:
    r"""Who passes contacts on to whom, and how often.

    Examples
    --------
    >>> from scenarios.contact_log.records import read_records
    >>> rows = "1,a,2026-03-02 08:00,0,60", "1,b,2026-03-02 08:01,0,90", "2,a,2026-03-02 09:00,0,60"
    >>> log = "\n".join(("id,type,arrival,wait,handle", *rows)).encode()
    >>> transfers(read_records(log))
    (Transfer(origin='a', to='b', count=1, probability=0.5),)
    """
    if records.follows is None:
        return ()
    passed = records.follows >= 0
    pairs, counts = np.unique(np.stack((records.follows[passed], records.type[passed])), axis=1, return_counts=True)
    answered = np.bincount(records.type[records.answered], minlength=len(records.types))
    return tuple(
        Transfer(records.types[origin], records.types[to], int(count), float(count / answered[origin]))
        for (origin, to), count in zip(pairs.T, counts, strict=True)
    )
