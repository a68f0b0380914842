"""First contacts put in the order of arrival by a compiled loop: `simulator.tape.merged`, to the last bit.

It releases the interpreter lock, so that another thread can run meanwhile; the dozens of short calls that do the same
in numpy acquire and release the lock each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simulator.kernel.compile import compiled
from simulator.tape import TIMES, Draws, FirstContacts, Floats, Ints, is_broadcast, joined


def merged(times: Sequence[Floats], draws: Sequence[Draws], grid: float) -> FirstContacts:
    """The first contacts of all types in the order of arrival, on the grid."""
    together = joined(draws)
    varied = {name: c for name in Draws.__dataclass_fields__ if not is_broadcast(c := getattr(together, name))}
    drawn = [name for name in TIMES if name in varied]
    raw = np.empty((1 + len(drawn), sum(len(t) for t in times)))
    np.concatenate(times, out=raw[0])
    for row, name in enumerate(drawn, start=1):
        raw[row] = varied[name]
    merged_times, codes = np.empty_like(raw), np.empty((3, raw.shape[1]), dtype=np.int64)
    merge(raw, np.cumsum([len(t) for t in times]), grid, merged_times, codes)
    columns = {name: column[codes[2]] for name, column in varied.items() if name not in TIMES}
    columns |= dict(zip(drawn, merged_times[1:], strict=True))
    return FirstContacts(merged_times[0], codes[0], codes[1], replace(together, **columns))


@compiled
def merge(raw: Floats, ends: Ints, grid: float, merged_times: Floats, codes: NDArray[np.int64]) -> None:
    """Merge contacts that stand type by type, each type in the order of arrival.

    Rows of `raw` are the arrival and times that go with it; those of `merged_times` the same in order and on the grid;
    those of `codes` the type, the ordinal and the column of `raw`. A type's contacts end before its number in `ends`.
    """
    types = len(ends)
    first, index, head = np.empty(types, np.int64), np.empty(types, np.int64), np.empty(types)
    for contact_type in range(types):
        first[contact_type] = index[contact_type] = ends[contact_type - 1] if contact_type else 0
        head[contact_type] = (
            np.floor(raw[0, index[contact_type]] / grid) * grid if index[contact_type] < ends[contact_type] else np.inf
        )
    for number in range(raw.shape[1]):
        contact_type = 0
        for candidate in range(1, types):
            if head[candidate] < head[contact_type]:
                contact_type = candidate
        row = index[contact_type]
        merged_times[0, number] = head[contact_type]
        codes[0, number], codes[1, number], codes[2, number] = contact_type, row - first[contact_type], row
        for purpose in range(1, raw.shape[0]):
            merged_times[purpose, number] = np.floor(raw[purpose, row] / grid + 0.5) * grid
        index[contact_type] = row + 1
        head[contact_type] = np.floor(raw[0, row + 1] / grid) * grid if row + 1 < ends[contact_type] else np.inf
