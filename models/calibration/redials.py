"""Customers who come again after they left: how many, and how soon; where customers can be told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.calibration.fitting import quantiles
from scenarios.contact_log.records import Flags, Records
from scenarios.distributions import Empirical
from scenarios.errors import InvalidValue

WITHIN = 7200.0
"""Seconds after leaving within which another contact of the same customer counts as a redial."""
FEWEST = 30
"""Fewer abandons of known customers than this say nothing about redials."""


@dataclass(frozen=True)
class Redials:
    """What followed when customers left."""

    probability: float
    """The share of abandoned contacts of known customers that were followed by another of the same type in time."""
    error: float
    """Its standard error."""
    after_answered: float
    """The same after answered contacts, which come again for other reasons: compare before calling it a redial."""
    delay: Empirical | None
    """From leaving to the next arrival, in seconds."""
    abandons: int
    """Abandoned contacts of known customers."""


def redials(records: Records, within: float = WITHIN) -> Redials | None:
    r"""How often and how soon customers who left came again; None where customers cannot be told apart.

    Contacts in the last `within` seconds of the records are not judged: what followed them is not in the log.

    Examples
    --------
    >>> from scenarios.contact_log.records import read_records
    >>> row = "1970-01-01 {0:02d}:{1:02d},,1970-01-01 {0:02d}:{2:02d},c{0}"
    >>> rows = [row.format(hour, minute, minute + 1) for hour in range(15) for minute in (0, 9, 18)]
    >>> records = read_records("\n".join(["arrival,answer,end,customer", *rows]).encode())
    >>> found = redials(records)
    >>> round(found.probability, 3), found.delay.mean
    (0.667, 480.0)
    """
    gap = _next_gap(records)
    judged = (records.customer >= 0) & (_done(records) < records.days * 86400.0 - within)
    left, served = judged & ~records.answered, judged & records.answered
    if left.sum() < FEWEST:
        return None
    again = gap <= within
    share = float(again[left].mean())
    return Redials(
        probability=share,
        error=float(np.sqrt(share * (1 - share) / left.sum())),
        after_answered=float(again[served].mean()) if served.any() else 0.0,
        delay=quantiles(gap[left & again]) if (left & again).any() else None,
        abandons=int(left.sum()),
    )


def is_redial(records: Records, within: float = WITHIN) -> Flags:
    r"""Whether each contact follows one of the same customer and type who had left, shape (contacts,).

    Examples
    --------
    >>> from scenarios.contact_log.records import read_records
    >>> row = "1970-01-01 {0:02d}:{1:02d},,1970-01-01 {0:02d}:{2:02d},c{0}"
    >>> rows = [row.format(hour, minute, minute + 1) for hour in range(15) for minute in (0, 9, 18)]
    >>> records = read_records("\n".join(["arrival,answer,end,customer", *rows]).encode())
    >>> is_redial(records)[:3]
    array([False,  True,  True])
    """
    order, same = _sequence(records)
    earlier, later = order[:-1][same], order[1:][same]
    redial = np.zeros(len(records), dtype=bool)
    gap = _next_gap(records)[earlier]
    redial[later] = ~records.answered[earlier] & (gap <= within)
    return redial


def without_redials(records: Records, within: float = WITHIN) -> Records:
    r"""The contacts that are first attempts: without those that follow one of the same customer who had left.

    Raises
    ------
    InvalidValue
        If customers cannot be told apart.

    Examples
    --------
    >>> from scenarios.contact_log.records import read_records
    >>> row = "1970-01-01 {0:02d}:{1:02d},,1970-01-01 {0:02d}:{2:02d},c{0}"
    >>> rows = [row.format(hour, minute, minute + 1) for hour in range(15) for minute in (0, 9, 18)]
    >>> len(without_redials(read_records("\n".join(["arrival,answer,end,customer", *rows]).encode())))
    15
    """
    if not (records.customer >= 0).any():
        remedy = "name the column of caller ids as customer in the mapping, or count the log by interval first"
        raise InvalidValue("redials", "a log without caller ids", remedy)
    return records.select(~is_redial(records, within))


def _done(records: Records) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.where(records.answered, records.end, records.queue + records.wait)


def _sequence(records: Records) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Flags]:
    """Contacts by customer, type and time, and whether each is followed by one of the same customer and type."""
    order = np.lexsort((records.queue, records.type, records.customer))
    customer, contact_type = records.customer[order], records.type[order]
    same = (customer[1:] == customer[:-1]) & (contact_type[1:] == contact_type[:-1]) & (customer[1:] >= 0)
    return order, np.asarray(same, dtype=bool)


def _next_gap(records: Records) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Seconds from the end of each contact to the same customer's next of its type; infinity without one."""
    order, same = _sequence(records)
    gap = np.full(len(records), np.inf)
    earlier, later = order[:-1][same], order[1:][same]
    gap[earlier] = np.maximum(records.arrival[later] - _done(records)[earlier], 0.0)
    return gap
