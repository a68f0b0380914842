"""A contact log counted by interval: the same table as an interval report gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scenarios.contact_log.records import Records

if TYPE_CHECKING:
    import pandas as pd


def contacts_by_interval(records: Records, interval: float = 1800.0) -> pd.DataFrame:
    r"""Contacts by interval of queue entry and type, empty intervals of days with contacts included.

    Returns
    -------
    Rows with when, contact type, offered, answered, abandoned and aht (seconds, NaN where nobody was answered).

    Examples
    --------
    >>> from scenarios.contact_log.records import read_records
    >>> log = b"arrival,answer,end\n2026-03-02 08:00,2026-03-02 08:01,2026-03-02 08:06\n"
    >>> rows = contacts_by_interval(read_records(log))
    >>> rows.loc[rows["offered"] > 0, "aht"].tolist()
    [300.0]
    """
    import pandas as pd

    horizon = records.horizon(interval)
    starts = np.array(horizon.times, dtype="datetime64[s]")
    index = (records.queue // interval).astype(np.int64)
    frames = []
    for at, name in enumerate(records.types):
        own = records.type == at
        known = own & np.isfinite(records.handle)
        work = np.nan_to_num(records.handle) + np.nan_to_num(records.wrap_up)
        offered, answered, timed, handle = (
            np.bincount(index[rows], weights=weights[rows], minlength=len(starts)).astype(float)
            for rows, weights in (
                (own, np.ones(len(own))),
                (own, records.answered.astype(float)),
                (known, np.ones(len(own))),
                (known, work),
            )
        )
        open_day = offered.reshape(records.days, -1).sum(axis=1) > 0
        rows = np.repeat(open_day, len(starts) // records.days)
        columns = {
            "when": starts[rows],
            "contact type": name,
            "offered": offered[rows],
            "answered": answered[rows],
            "abandoned": (offered - answered)[rows],
            "aht": np.where(timed > 0, handle / np.where(timed > 0, timed, 1.0), np.nan)[rows],
        }
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)
