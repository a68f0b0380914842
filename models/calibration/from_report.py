"""An interval report as a scenario: its volumes, handle times, patience, and the agents on duty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.calibration.first_attempts import RedialAssumption, first_attempts
from models.calibration.handle_profile import HandleFactors, handle_factors
from models.calibration.report_patience import ReportPatience, WaitSums, agents_matching, patience_of
from scenarios.errors import InvalidFile
from scenarios.horizon import Horizon
from scenarios.interval_report.reading import IntervalReport
from scenarios.scenario import Scenario, scenario_from
from scenarios.units import DAY

Floats = NDArray[np.float64]

MOST_DAYS = 28
"""Longer reports are cut to their last days: a scenario describes days to be simulated, not a history."""
_LEAST_ABANDONS = 30.0
_HALF_HOUR = 1800.0


@dataclass(frozen=True)
class TypeReport:
    """What a report tells of one contact type, by interval of the days that are read."""

    name: str
    offered: Floats
    """Contacts, shape (intervals,)."""
    first: Floats
    """First attempts among them where redials are told apart, else all of them, shape (intervals,)."""
    aht: float
    """Seconds, weighted by the contacts answered; NaN where the report tells none."""
    handle: HandleFactors | None
    """How AHT differs by time of day and weekday; None where it is unknown."""
    patience: ReportPatience | None
    agents: Floats
    """Agents on duty, shape (intervals,)."""
    agents_from: str


def scenario_of(
    report: IntervalReport,
    name: str,
    *,
    share: float = 0.8,
    within: float = 20.0,
    redials: RedialAssumption | None = None,
) -> tuple[Scenario, list[TypeReport], list[str]]:
    r"""The scenario of the days of a report, what each contact type rests on, and what a person must know.

    Parameters
    ----------
    report
        The intervals.
    name
        The name of the scenario.
    share, within
        The target of every type, to be edited: this share answered within these seconds.
    redials
        With an assumption about redials the volumes are first attempts, and a rule makes the redials; without one
        they stay contacts like others.

    Raises
    ------
    InvalidFile
        If no handle time is known, the days hold no contacts, or redials cannot be told.

    Examples
    --------
    >>> from scenarios.interval_report.reading import read_report
    >>> rows = b"When,Offered,AHT,Agents", b"2026-03-02 08:00,20,300,5", b"2026-03-02 08:30,24,300,6"
    >>> scenario, types, notes = scenario_of(read_report(b"\n".join(rows)), "monday")
    >>> float(scenario.expected.sum()), types[0].aht
    (44.0, 300.0)
    """
    if report.interval > DAY:
        problem = "months do not tell how contacts spread over days"
        raise InvalidFile(report.name, "", problem, "export it by interval or day; ccplan forecast reads months")
    rows, notes = _last_days(report)
    if redials is not None:
        first_of_rows, remarks = first_attempts(replace(report, table=rows), redials)
        rows = rows.assign(first=first_of_rows)
        notes += remarks
    first = rows["when"].min().date()
    days = (rows["when"].max().date() - first).days + 1
    interval = _HALF_HOUR if report.interval % _HALF_HOUR == 0 else report.interval
    horizon = Horizon(start=first, days=days, interval=interval)
    if report.interval >= DAY:
        notes.append("the report has daily totals: contacts are spread evenly over the day; give `shape` to change it")
    types = [
        _type_report(str(key), part, horizon, report.interval, notes)
        for key, part in rows.groupby("contact type", sort=True)
        if part["offered"].sum() > 0
    ]
    if not types:
        raise InvalidFile(report.name, "", "its days hold no contacts", "read a report of open days")
    if any(np.isnan(part.aht) for part in types):
        unknown = ", ".join(part.name for part in types if np.isnan(part.aht))
        problem = f"no handle time is known of {unknown}"
        raise InvalidFile(report.name, "", problem, "name its column as aht in the mapping; ccplan forecast needs none")
    contact_types, groups = [], []
    origins: dict[str, str] = {}
    for part in types:
        rules = {} if redials is None else {"follow_ups": [redials.rule(part.name)]}
        contact_types.append(_contact_type(part, share, within) | rules)
        group = f"{part.name} agents"[:60]
        groups.append({"name": group, "skills": [part.name], "staffing": _whole(part.agents)})
        origins |= _origins(part, group, report)
        if redials is not None:
            origins[f"contact_types.{part.name}.follow_ups"] = redials.origin
    scenario = scenario_from(
        {
            "name": name,
            "description": "Read from an interval report. "
            + " ".join(f"{note[:1].upper()}{note[1:]}." for note in notes),
            "horizon": horizon,
            "contact_types": contact_types,
            "agent_groups": groups,
            "origins": origins,
        }
    )
    return scenario, types, notes


def _last_days(report: IntervalReport) -> tuple[pd.DataFrame, list[str]]:
    rows = report.table
    last = rows["when"].max().normalize()
    first = last - pd.Timedelta(days=MOST_DAYS - 1)
    if rows["when"].min() >= first:
        return rows, []
    note = f"the scenario holds the last {MOST_DAYS} days of the report; ccplan forecast uses all of it"
    return rows[rows["when"] >= first], [note]


def _type_report(name: str, rows: pd.DataFrame, horizon: Horizon, length: float, notes: list[str]) -> TypeReport:
    start = np.datetime64(date.isoformat(horizon.start))
    seconds = (rows["when"].to_numpy().astype("datetime64[s]") - start).astype(np.int64)
    place = seconds // int(horizon.interval)
    parts = max(round(length / horizon.interval), 1)
    offered = _spread(rows["offered"], place, parts, horizon)
    first_of_rows = _spread(rows["first"], place, parts, horizon) if "first" in rows else offered
    answered = rows["answered"].where(rows["answered"].notna(), rows["offered"]).to_numpy(dtype=float)
    aht = rows["aht"].to_numpy(dtype=float)
    timed = np.isfinite(aht) & (answered > 0)
    mean = float((aht * answered)[timed].sum() / answered[timed].sum()) if timed.any() else float("nan")
    weekdays = (horizon.start.weekday() + np.arange(horizon.days)) % 7
    slots = (seconds % int(DAY) // int(length)).astype(np.int64)
    handle = handle_factors(seconds // int(DAY), slots, aht, answered, weekdays, round(DAY / length))
    if handle is not None and handle.profile is not None:
        notes.append(f"{name}: {handle.origin}, so the scenario has a handle-time profile")
    sums = _wait_sums(rows, seconds, aht, mean, length)
    patience = patience_of(sums) if sums is not None else None
    if patience is None:
        notes.append(f"{name}: patience is not told by the report (abandoned contacts and ASA are needed): none is set")
    each = mean * (np.ones(horizon.intervals) if handle is None else handle.factors(horizon))
    agents, source = _agents(rows, place, parts, offered, each, patience, horizon)
    return TypeReport(name, offered, first_of_rows, mean, handle, patience, agents, source)


def _spread(counts: pd.Series, place: NDArray[np.int64], parts: int, horizon: Horizon) -> Floats:
    """Counts of rows, each spread evenly over the intervals that it lasts, shape (intervals,)."""
    result = np.zeros(horizon.intervals)
    for step in range(parts):
        np.add.at(result, place + step, np.nan_to_num(counts.to_numpy(dtype=float)) / parts)
    return result


def _wait_sums(
    rows: pd.DataFrame, seconds: NDArray[np.int64], aht: Floats, mean: float, length: float
) -> WaitSums | None:
    """Sums by part of the day, each with some contacts abandoned; None where waits are not told."""
    asa, abandoned = rows["asa"].to_numpy(dtype=float), rows["abandoned"].to_numpy(dtype=float)
    answered = rows["answered"].to_numpy(dtype=float)
    known = np.isfinite(abandoned) & np.isfinite(answered) & (np.isfinite(asa) | (answered == 0))
    if not known.any() or np.isnan(mean) or length > 3600:
        return None
    offered = answered + abandoned
    left = rows["abandon wait"].to_numpy(dtype=float)
    waits = np.where(answered > 0, np.nan_to_num(asa) * answered, 0.0)
    left_waits = np.where(abandoned > 0, left * abandoned, 0.0)
    part = _parts(seconds % int(DAY), np.where(known, abandoned, 0.0))
    day = seconds // int(DAY)

    def summed(values: Floats, index: NDArray[np.int64]) -> Floats:
        return np.asarray(np.bincount(index[known], weights=values[known], minlength=index.max() + 1), dtype=float)

    work = summed(np.where(np.isfinite(aht), aht, mean) * answered, part)
    count = summed(np.ones(len(rows)), part)
    by_day = summed(abandoned, day)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(by_day >= 3, summed(waits, day) / by_day, np.nan)
        handle = np.where(summed(answered, part) > 0, work / summed(answered, part), mean)
    rate = summed(offered, part) / np.maximum(count * length, 1.0)
    total, left_total, wait_total, left_wait_total = (
        summed(values, part) for values in (offered, abandoned, waits, left_waits)
    )
    return WaitSums(rate, handle, total, left_total, wait_total, left_wait_total, ratios)


def _parts(clock: NDArray[np.int64], abandoned: Floats) -> NDArray[np.int64]:
    """Parts of the day, from 0, each long enough to hold some abandoned contacts; shape (rows,)."""
    slots, index = np.unique(clock, return_inverse=True)
    counts = np.bincount(index, weights=abandoned, minlength=len(slots))
    part = np.zeros(len(slots), dtype=np.int64)
    number, since = 0, 0.0
    for at, count in enumerate(counts):
        part[at] = number
        since += count
        if since >= _LEAST_ABANDONS and counts[at + 1 :].sum() >= _LEAST_ABANDONS:
            number, since = number + 1, 0.0
    return part[index]


def _agents(
    rows: pd.DataFrame,
    place: NDArray[np.int64],
    parts: int,
    offered: Floats,
    aht: Floats,
    patience: ReportPatience | None,
    horizon: Horizon,
) -> tuple[Floats, str]:
    """Agents by interval: those of the report, else those with which Erlang A has its abandonment, else a rule.

    `place` is the interval in which each row begins, `parts` how many it lasts; `offered` and `aht` by interval.
    """
    agents = np.zeros(horizon.intervals)
    if rows["agents"].notna().any():
        for step in range(parts):
            np.add.at(agents, place + step, np.nan_to_num(rows["agents"].to_numpy(dtype=float)))
        return agents, "data: agents of the report"
    rate = offered / horizon.interval
    busy = offered > 0
    if patience is None:
        load = rate * np.nan_to_num(aht)
        return np.where(busy, load + np.sqrt(load) + 1, 0.0), "assumption: load plus its square root, to be replaced"
    slot = np.arange(horizon.intervals) % horizon.intervals_per_day
    abandoned = _spread(rows["abandoned"], place, parts, horizon)
    by_slot = np.bincount(slot, weights=abandoned), np.bincount(slot, weights=offered)
    share = np.clip((by_slot[0] + 0.5) / (by_slot[1] + 1.0), 1e-4, 0.95)
    agents[busy] = agents_matching(rate[busy], aht[busy], share[slot][busy], patience.mean)
    return agents, "data: guessed from abandonment by Erlang A, to be checked against rosters"


def _whole(agents: Floats) -> list[int]:
    rounded = np.rint(agents)
    return [int(count) for count in np.where((agents > 0) & (rounded == 0), 1, rounded)]


def _contact_type(part: TypeReport, share: float, within: float) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": part.name,
        "channel": "phone",
        "handle_time": {"mean": round(part.aht, 1)},
        "volume": {"per_interval": part.first.round(4).tolist()},
        "target": {"share": share, "within": within},
    }
    if part.handle is not None and part.handle.profile is not None:
        values["handle_profile"] = part.handle.profile
    return values | ({"patience": {"mean": round(part.patience.mean, 1)}} if part.patience else {})


def _less_redials(part: TypeReport) -> str:
    redials = float((part.offered - part.first).sum())
    return f", less {redials:,.0f} redials that follow from a rule" if redials > 0 else ""


def _origins(part: TypeReport, group: str, report: IntervalReport) -> dict[str, str]:
    path = f"contact_types.{part.name}"
    origins = {
        f"{path}.volume": f"data: {part.offered.sum():,.0f} contacts of {report.name}" + _less_redials(part),
        f"{path}.handle_time": "data: AHT of the report; the distribution is an assumption (exponential)",
        f"{path}.target": "assumption: a usual target, edit it",
        f"agent_groups.{group}.staffing": part.agents_from,
    }
    if part.handle is not None and part.handle.profile is not None:
        origins[f"{path}.handle_profile"] = f"data: {part.handle.origin}"
    if part.patience:
        seen = part.patience
        origins[f"{path}.patience"] = (
            f"data: {seen.method}, {seen.abandons} abandoned; {seen.low:.0f} to {seen.high:.0f} s, exponential"
        )
    return origins
