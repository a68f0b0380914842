"""Zones of contacts, counted by process and criterion, and the ranked plan that follows from the red ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.service_quality.criteria import NUMBER, WAIT, Criterion
from scenarios.errors import InvalidValue
from scenarios.statistics import proportion

ZONES = ("green", "yellow", "red")
WORST = "worst criterion"
COLUMNS = ("day", "process", WAIT, "left", NUMBER)
"""Of a table of contacts: day, process, wait (s), whether the customer left unserved, number within its case."""
FEW = 400
"""Contacts below which a share may be off by five points."""
ACTIONS = {
    WAIT: "Staff the hours in which customers wait, or take contacts off them",
    NUMBER: "Resolve at the first contact: authority, knowledge, handed-over context",
}


@dataclass(frozen=True)
class TrafficLight:
    """A month of contacts by zone."""

    table: pd.DataFrame
    """Rows by process, criterion and zone: count, share, low and high (95 %, NaN for none and for all)."""
    days: int

    def red_share(self, process: str) -> float:
        """The share of a process's contacts that are red by their worst criterion."""
        part = self.table
        chosen = part[(part["process"] == process) & (part["criterion"] == WORST) & (part["zone"] == "red")]
        return float(chosen["share"].iloc[0])

    def small(self) -> list[str]:
        """Processes with so few contacts that their shares say little."""
        totals = self.table[self.table["criterion"] == WORST].groupby("process", sort=False)["count"].sum()
        return [str(name) for name, count in totals.items() if count < FEW]

    def plan(self) -> pd.DataFrame:
        """What to improve first: rows of process, criterion, red contacts and their share, action; most red first.

        Examples
        --------
        >>> contacts = pd.DataFrame({"day": [0, 0, 1], "process": "calls", WAIT: [5.0, 300.0, 10.0],
        ...                          "left": False, NUMBER: [1, 1, 2]})
        >>> limits = (Criterion(WAIT, "Wait", "s", 20, 120), Criterion(NUMBER, "Contact number", "contacts", 1, 2))
        >>> traffic_light(contacts, {"calls": limits}).plan()[["criterion", "red"]].values.tolist()
        [['wait', 1]]
        """
        red = self.table[(self.table["zone"] == "red") & (self.table["criterion"] != WORST) & (self.table["count"] > 0)]
        red = red.sort_values("count", ascending=False, kind="stable").reset_index(drop=True)
        return pd.DataFrame(
            {
                "rank": np.arange(1, len(red) + 1),
                "process": red["process"],
                "criterion": red["criterion"],
                "red": red["count"],
                "share": red["share"],
                "action": red["criterion"].map(ACTIONS),
            }
        )


def zone_of(values: NDArray[np.float64], left: NDArray[np.bool_], criterion: Criterion) -> NDArray[np.int64]:
    """The zone of each contact by a criterion: an index into `ZONES`, -1 where nothing is known.

    Who leaves unserved is red by the wait, however short it was.

    Examples
    --------
    >>> limits = Criterion(WAIT, "Wait", "s", 20, 120)
    >>> zone_of(np.array([20.0, 20.5, 121.0, 3.0]), np.array([False, False, False, True]), limits).tolist()
    [0, 1, 2, 2]
    """
    zone = np.where(values <= criterion.green, 0, np.where(values <= criterion.yellow, 1, 2))
    zone = np.where(np.isnan(values), -1, zone)
    return np.where(left & (criterion.name == WAIT), 2, zone)


def traffic_light(contacts: pd.DataFrame, criteria: Mapping[str, Sequence[Criterion]]) -> TrafficLight:
    """Contacts by zone, of each process by each criterion and by the worst of them.

    Parameters
    ----------
    contacts
        A row for each contact, with `COLUMNS`; NaN where a value is not known.
    criteria
        Of each process.

    Raises
    ------
    InvalidValue
        If a process has no criteria, or there are no contacts.
    """
    if contacts.empty:
        raise InvalidValue("contacts", 0, "a traffic light needs contacts: simulate a day with volume, or import a log")
    days = np.unique(contacts["day"])
    rows = []
    for process, part in contacts.groupby("process", sort=False):
        if process not in criteria:
            raise InvalidValue("process", process, f"there are criteria for {', '.join(criteria)}")
        own = criteria[str(process)]
        left = part["left"].to_numpy(bool)
        zones = {each.name: zone_of(part[each.name].to_numpy(float), left, each) for each in own}
        zones[WORST] = _worst(np.array(list(zones.values())))
        day = np.searchsorted(days, part["day"])
        for name, zone in zones.items():
            if (zone >= 0).any():
                rows += _rows(str(process), name, zone, day, len(days))
    return TrafficLight(pd.DataFrame(rows), len(days))


def _worst(zones: NDArray[np.int64]) -> NDArray[np.int64]:
    """The worst zone over the criteria (axis 0); where one is unknown it may be worse, so only red is certain."""
    worst = zones.max(axis=0)
    return np.where((zones.min(axis=0) < 0) & (worst < len(ZONES) - 1), -1, worst)


def _rows(
    process: str, criterion: str, zone: NDArray[np.int64], day: NDArray[np.int64], days: int
) -> list[dict[str, object]]:
    known = np.bincount(day[zone >= 0], minlength=days)
    rows: list[dict[str, object]] = []
    for index, name in enumerate(ZONES):
        hits = np.bincount(day[zone == index], minlength=days)
        share = proportion(hits, known)
        row = {"process": process, "criterion": criterion, "zone": name, "count": int(hits.sum())}
        some = 0 < share.value < 1
        low, high = (float(end) if some else np.nan for end in (share.low, share.high))
        rows.append(row | {"share": float(share.value), "low": low, "high": high})
    return rows
