"""Time spans added up by interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def time_by_interval(start: Floats, end: Floats, row: Ints, row_count: int, interval: float, intervals: int) -> Floats:
    """Seconds of the time spans of each row by interval, shape (row_count, intervals); the last takes what is beyond.

    Examples
    --------
    >>> time_by_interval(np.array([5.0]), np.array([25.0]), np.array([0]), 1, 10.0, 2)
    array([[ 5., 15.]])
    """
    starts, started = _instants_by_interval(start, row, row_count, interval, intervals)
    ends, ended = _instants_by_interval(end, row, row_count, interval, intervals)
    open_before = np.cumsum(starts - ends, axis=1) - (starts - ends)
    seconds = (open_before + starts - ends) * interval - (started - ended)
    result = seconds[:, :-1].copy()
    result[:, -1] += ended[:, -1] - started[:, -1]
    return np.asarray(result)


def _instants_by_interval(
    instants: Floats, row: Ints, row_count: int, interval: float, intervals: int
) -> tuple[Ints, Floats]:
    """How many instants lie in each interval and beyond the last, and how far into it, shape (rows, intervals + 1).

    Instants are counted from the start of their interval, so that sums of them stay within what a float holds exactly.
    """
    index = np.minimum(instants // interval, intervals).astype(int)
    cell, shape = row * (intervals + 1) + index, (row_count, intervals + 1)
    count = np.bincount(cell, minlength=shape[0] * shape[1])
    into = np.bincount(cell, instants - index * interval, minlength=shape[0] * shape[1])
    return count.reshape(shape), into.reshape(shape).astype(float)
