"""Agents by the pools that they serve: people who answer for several pools stay whole instead of being split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.calibration.presence import GAP, stretches
from scenarios.contact_log.records import Records
from scenarios.horizon import Horizon


@dataclass(frozen=True)
class SharedGroup:
    """Agents who serve the same pools."""

    pools: tuple[str, ...]
    types: tuple[str, ...]
    staffing: NDArray[np.int64] = field(repr=False)
    """Whole agents on duty, shape (intervals,)."""

    @property
    def name(self) -> str:
        """The names of its pools."""
        return " and ".join(self.pools)

    def plain(self) -> Mapping[str, object]:
        """The group as an agent group of a scenario."""
        return {"name": self.name, "skills": list(self.types), "staffing": self.staffing.tolist()}


def shared_groups(records: Records, horizon: Horizon, gap: float = GAP) -> tuple[SharedGroup, ...]:
    """Agents on duty by the set of pools for which they answered in the same stretch of duty.

    Splitting a person between pools by time of service gives each a fraction that cannot be rounded: an agent who
    gives one pool a fifth of the time is there for it whenever needed, and yet would count as nobody.

    Parameters
    ----------
    records
        A cleaned contact log that names agents.
    horizon
        The days of the records; short intervals follow the coming and going of agents more closely.
    gap
        Seconds between services after which an agent is taken to have left.

    Examples
    --------
    >>> from scenarios.contact_log.mapping import BANK
    >>> from scenarios.contact_log.records import read_records
    >>> from scenarios.sample import SAMPLE_LOG
    >>> records = read_records(SAMPLE_LOG, BANK)
    >>> [group.name for group in shared_groups(records, records.horizon(300))]
    ['internet', 'regular']
    """
    duty, _, stretch = stretches(records, gap)
    serves = np.zeros((len(duty), len(records.pools)), dtype=bool)
    for at, types in enumerate(records.pools.values()):
        serves[stretch[records.of_types(types) & (stretch >= 0)], at] = True
    contact_types, which = np.unique(serves, axis=0, return_inverse=True)
    groups = []
    for at, row in enumerate(contact_types):
        pools = tuple(name for name, served in zip(records.pools, row, strict=True) if served)
        types = tuple(contact_type for pool in pools for contact_type in records.pools[pool])
        present = horizon.overlap(duty[which.ravel() == at]) / horizon.interval
        groups.append(SharedGroup(pools, types, np.rint(present).astype(np.int64)))
    return tuple(group for group in groups if group.staffing.any())
