"""What is wrong or odd in a report as a whole: intervals told twice, sums among queues, missing days, new names."""

from __future__ import annotations

from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from scenarios.contact_log.records import Finding, Suspicion
from scenarios.errors import InvalidFile
from scenarios.units import DAY

if TYPE_CHECKING:
    import pandas as pd

_FIGURES = ["offered", "answered", "abandoned", "aht", "asa", "within", "agents"]
_INTERVAL = ["when", "contact type"]
"""Columns that tell an interval of a queue."""
_SHOWN = 5
_MOST_GAP = 7
"""Days between the end of one queue and the beginning of another that may be its new name."""
LEAST_OCCUPANCY, MOST_OCCUPANCY = 0.03, 1.2
"""Occupancies outside of which a column of agents is doubted; they are less apart than minutes and seconds."""


def refuse_repeated(frame: pd.DataFrame, choice: str | None, file: str, findings: list[Finding]) -> pd.DataFrame:
    """The rows, each interval of a queue once; those told twice alike are dropped, others by the choice.

    Raises
    ------
    InvalidFile
        If an interval is told twice with different figures, and nothing says which counts.
    """
    # an hour comes twice when clocks go back
    keys = [*_INTERVAL, "offset"] if "offset" in frame else _INTERVAL
    alike = frame.duplicated([*keys, *_FIGURES])
    if alike.any():
        findings.append(_finding("the same interval again, with the same figures", "dropped", frame[alike]))
        frame = frame[~alike]
    again = frame.duplicated(keys)
    if not again.any():
        return _added(frame) if frame.duplicated(_INTERVAL).any() else frame
    if choice == "add":
        findings.append(_finding("a further row of the same interval, added to it", "repaired", frame[again]))
        return _added(frame)
    if choice is not None:
        left = frame.duplicated(keys, keep="first" if choice == "first" else "last")
        findings.append(_finding(f"another row of the same interval; the {choice} one counts", "dropped", frame[left]))
        return frame[~left]
    row = frame[again].iloc[0]
    earlier = frame[(frame["when"] == row["when"]) & (frame["contact type"] == row["contact type"])].iloc[0]
    problem = (
        f"{row['contact type']} at {row['when']:%Y-%m-%d %H:%M} is there twice with different figures:"
        f" {earlier['offered']:g} and {row['offered']:g} contacts ({again.sum():,} such rows)"
    )
    where = f"{row['sheet']}:{row['row']}" if row["sheet"] else str(row["row"])
    remedy = "say `repeated: first`, `last` or `add` in the mapping, or name a further column of the queue"
    raise InvalidFile(file, where, problem, remedy)


def _finding(issue: str, done: str, rows: pd.DataFrame) -> Finding:
    return Finding(issue, done, len(rows), int(rows["row"].min()))


def _added(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of one interval as one: counts added, means weighted by their contacts."""
    work = frame.copy()
    weights = {"aht": "answered", "asa": "answered", "abandon wait": "abandoned"}
    for mean, weight in weights.items():
        counted = work[weight].where(work[weight].notna(), work["offered"])
        work[f"_{mean}"] = counted.where(work[mean].notna(), 0.0)
        work[mean] = work[mean] * work[f"_{mean}"]
    counts = ["offered", "answered", "abandoned", "within", *weights, *(f"_{mean}" for mean in weights)]
    grouped = work.groupby(_INTERVAL, sort=False)
    sums = grouped[counts].sum(min_count=1)
    sums["agents"] = grouped["agents"].max()
    for mean in weights:
        sums[mean] = sums[mean] / sums[f"_{mean}"].where(sums[f"_{mean}"] > 0)
    return sums.reset_index().assign(row=0, sheet="")


def without_sums_of_queues(frame: pd.DataFrame, findings: list[Finding]) -> pd.DataFrame:
    """The rows without a queue that is the sum of all others in every interval."""
    if frame["contact type"].nunique() < 3:
        return frame
    wide = frame.pivot_table(index="when", columns="contact type", values="offered", aggfunc="sum", fill_value=0.0)
    total = wide.sum(axis=1)
    for name in wide.columns:
        if wide[name].sum() > 0 and np.allclose(2 * wide[name], total):
            rows = frame["contact type"] == name
            findings.append(_finding(f"queue {name} is the sum of all others", "dropped", frame[rows]))
            return frame[~rows]
    return frame


def suspicions(frame: pd.DataFrame, length: float) -> tuple[Suspicion, ...]:
    """What a person should look at before the figures are used.

    Parameters
    ----------
    frame
        Rows with the columns of a report.
    length
        Of an interval, in seconds.
    """
    if length > DAY:
        return tuple(_counted_twice(frame))
    checks = (gaps_and_new_names(frame), _totals(frame, length), _odd_occupancy(frame, length))
    return (*_counted_twice(frame), *chain.from_iterable(checks))


def gaps_and_new_names(frame: pd.DataFrame) -> list[Suspicion]:
    """Days that are missing, and queues that seem to have been renamed, in rows of when, contact type and offered."""
    return [*_missing_days(frame), *_renamed(frame)]


def _odd_occupancy(frame: pd.DataFrame, length: float) -> list[Suspicion]:
    """Agents who could not have done the work, or had next to nothing to do: such a column means something else."""
    work, time = frame["answered"] * frame["aht"], frame["agents"] * length
    known = work.notna() & time.notna() & time.groupby(frame["contact type"]).transform("any")
    done, staffed = (part[known].groupby(frame["contact type"][known]).sum() for part in (work, time))
    busy = (done / staffed).sort_values()
    if busy.empty:
        return []
    if busy.iloc[-1] > MOST_OCCUPANCY:
        evidence = f"{busy.index[-1]}: answered × AHT is {busy.iloc[-1]:.0%} of agents × interval"
    elif done.sum() < LEAST_OCCUPANCY * staffed.sum():
        evidence = f"answered × AHT is {done.sum() / staffed.sum():.1%} of agents × interval"
    else:
        return []
    remedy = "check what the column of agents counts; a time is `staffed_time` in the mapping, with its `unit`"
    return [Suspicion("the agents do not fit the work", evidence, remedy)]


def _counted_twice(frame: pd.DataFrame) -> list[Suspicion]:
    rows = frame["answered"] + frame["abandoned"].where(frame["abandoned"] > 0, 0) > frame["offered"] + 0.5
    if rows.mean() < 0.02:
        return []
    evidence = f"{rows.sum():,} of {len(frame):,} intervals"
    remedy = "check which columns count contacts offered, answered and abandoned"
    return [Suspicion("more contacts answered and abandoned than offered", evidence, remedy)]


def _missing_days(frame: pd.DataFrame) -> list[Suspicion]:
    """Days without a row although their weekday mostly has some."""
    days = np.unique(frame["when"].to_numpy().astype("datetime64[D]"))
    span = np.arange(days[0], days[-1] + 1)
    weekday = (span.astype(np.int64) + 3) % 7
    present = np.isin(span, days)
    usual = np.array([present[weekday == day].mean() if (weekday == day).any() else 0.0 for day in range(7)])
    missing = span[~present & (usual[weekday] >= 0.5)]
    if not len(missing):
        return []
    shown = ", ".join(f"{day.astype(date):%a %Y-%m-%d}" for day in missing[:_SHOWN])
    more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
    issue = "a day is missing" if len(missing) == 1 else f"{len(missing)} days are missing"
    return [Suspicion(issue, shown + more, "add them if the centre was open; closed days are left out of the history")]


def _renamed(frame: pd.DataFrame) -> list[Suspicion]:
    """Queues that end in mid-history where another of like size begins."""
    import pandas as pd

    spans = frame.groupby("contact type")["when"].agg(["min", "max"])
    first, last = spans["min"].min(), spans["max"].max()
    day = pd.Timedelta(days=1)
    daily = frame.groupby("contact type")["offered"].sum() / (
        (spans["max"] - spans["min"]).dt.total_seconds() / DAY + 1
    )
    result = []
    for old in spans.index[(last - spans["max"]) / day >= _MOST_GAP]:
        for new in spans.index[(spans["min"] - first) / day >= _MOST_GAP]:
            gap = (spans["min"][new] - spans["max"][old]) / day
            if 0 < gap <= _MOST_GAP and 0.5 <= daily[new] / max(daily[old], 1e-9) <= 2:
                evidence = f"{old} ends {spans['max'][old]:%Y-%m-%d}, {new} begins {spans['min'][new]:%Y-%m-%d}"
                remedy = f"if it is one queue under a new name say `rename: {{{old}: {new}}}` in the mapping"
                result.append(Suspicion("a queue seems to have been renamed", evidence, remedy))
    return result


def _totals(frame: pd.DataFrame, length: float) -> list[Suspicion]:
    """Intervals that hold as much as all others of their day."""
    if length >= DAY:
        return []
    grouped = frame.groupby(["contact type", frame["when"].dt.normalize()])["offered"]
    others = grouped.transform("sum") - frame["offered"]
    rows = (grouped.transform("size") >= 6) & (frame["offered"] > 5) & ((frame["offered"] - others).abs() < 0.5)
    if not rows.any():
        return []
    row = frame[rows].iloc[0]
    evidence = f"{row['contact type']} at {row['when']:%Y-%m-%d %H:%M}: {row['offered']:g} contacts"
    return [Suspicion("an interval holds the total of its day", evidence, "leave such rows out with `exclude`")]
