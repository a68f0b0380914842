"""The times of a contact log: instants on the centre's clock, waits and times of service, from what its columns say."""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from typing import cast

import numpy as np

from scenarios.contact_log.clocks import Formats, Instants, instants, midnights, orders_of_dates
from scenarios.contact_log.dates import AmbiguousDates, has_open_order
from scenarios.contact_log.durations import Column, Spelling, Unclear, durations
from scenarios.contact_log.mapping import DURATIONS
from scenarios.contact_log.records import Flags, Floats
from scenarios.contact_log.rows import LogColumns, RowFilter, refuse_if_many
from scenarios.contact_log.time_zones import utc, wall, zone_named
from scenarios.errors import InvalidFile
from scenarios.units import DAY, HOUR

STEPS = ("queue", "answer", "end")
_READ_STAMPS = "write 2026-03-02 08:30:00, or 8:30:00 beside a date, or give date_format and time_format in the mapping"
_READ_DURATIONS = "write seconds, 0:03:20, 3m 20s or PT3M20S"


@dataclass(frozen=True)
class Steps:
    """Instants per row as the log writes them, NaN where it does not."""

    days: Floats | None
    """The midnight of each row where clock times stand beside a date."""
    clock: dict[str, Floats]
    """By role: seconds since 1970 on the clock of the log."""
    offset: dict[str, Floats]
    """By role: seconds by which that clock is ahead of UTC, NaN where the log does not say."""


@dataclass(frozen=True)
class Lengths:
    """Seconds per row as the log states them, NaN where it does not."""

    wait: Floats
    handle: Floats
    wrap_up: Floats


@dataclass(frozen=True)
class Times:
    """Seconds per row: of the epoch for instants, and of length for the others."""

    arrival: Floats
    queue: Floats
    wait: Floats
    """NaN where it is not known."""
    handle: Floats
    wrap_up: Floats


def read_steps(columns: LogColumns, rows: RowFilter) -> Steps:
    """The instants of every row; rows with one that cannot be read, or without an arrival, are dropped."""
    mapping = columns.mapping
    formats = Formats(mapping.date_format, mapping.time_format, _month_first(columns, rows))
    days = None
    if "date" in columns:
        days = _readable(columns, rows, "date", midnights(columns.of("date"), formats)).seconds
    by_role = {
        role: _readable(columns, rows, role, instants(columns.of(role), days, formats)) for role in ("arrival", *STEPS)
    }
    rows.drop(np.isnan(by_role["arrival"].seconds), "no arrival")
    return Steps(
        days, {role: at.seconds for role, at in by_role.items()}, {role: at.offset for role, at in by_role.items()}
    )


def _month_first(columns: LogColumns, rows: RowFilter) -> bool:
    if columns.mapping.date_format is not None:
        return False
    texts = {role: columns.of(role) for role in ("date", "arrival", *STEPS) if role in columns}
    try:
        month_before = orders_of_dates(texts)
    except AmbiguousDates as failure:
        role = "date" if "date" in columns else "arrival"
        problem = f"{columns.header(role)}: day and month are ambiguous in {failure}"
        remedy = "say `date_format: '%d/%m/%Y'` or `date_format: '%m/%d/%Y'` in the mapping"
        raise InvalidFile(columns.table.name, str(columns.table.numbers[0]), problem, remedy) from None
    first = next((text for text in texts.get("date", texts["arrival"]) if has_open_order(text)), None)
    if first is not None:
        order = "month/day/year" if month_before else "day/month/year"
        rows.readings.append(f"dates: {first.strip()} read as {order} (date_format in the mapping)")
    return month_before


def _readable(columns: LogColumns, rows: RowFilter, role: str, stamps: Instants) -> Instants:
    refuse_if_many(columns, rows, stamps.unreadable, role, _READ_STAMPS)
    rows.drop(stamps.unreadable, f"{role} cannot be read")
    return stamps


def _next_day(values: Floats, arrival: Floats, rows: RowFilter, role: str) -> Floats:
    """Clock times that lie half a day before the arrival belong to the next day."""
    late = values < arrival - 12 * HOUR
    rows.repair(late, f"{role} past midnight, moved to the next day")
    return np.where(late, values + DAY, values)


def _on_the_clock(
    columns: LogColumns, rows: RowFilter, written: dict[str, Floats], offsets: dict[str, Floats]
) -> dict[str, Floats]:
    """The instants on the centre's clock: the arrival on its wall, the others as long after it as they truly are."""
    mapping = columns.mapping
    with_offset = np.any([np.isfinite(offset) for offset in offsets.values()], axis=0)
    zone = zone_named(mapping.timezone or "")
    written_in = zone_named(mapping.log_timezone or mapping.timezone or "")
    if not with_offset.any() and written_in is None:
        return written
    shown = _shown_offsets(columns, with_offset)
    if zone is None and with_offset.any():
        rows.notes.append(
            f"the times carry an offset ({shown}) and stay on the clock on which they are written;"
            " if the centre's is another, give its timezone in the mapping, as in `timezone: Europe/Berlin`"
        )
    own = offsets["arrival"]
    instant: dict[str, Floats] = {}
    for role, clock in written.items():
        offset = np.where(np.isfinite(offsets[role]), offsets[role], own)
        naive = clock if written_in is None else utc(clock, written_in, instant.get("arrival"))
        instant[role] = np.where(np.isfinite(offset), clock - np.nan_to_num(offset), naive)
    arrival = instant["arrival"]
    local = arrival + np.nan_to_num(own) if zone is None else wall(arrival, zone)
    if zone is not None and (with_offset.any() or mapping.log_timezone):
        rows.readings.append(f"times moved from {shown or mapping.log_timezone} to the clock of {mapping.timezone}")
    return {role: at + (local - arrival) for role, at in instant.items()}


def _shown_offsets(columns: LogColumns, with_offset: Flags) -> str:
    if not with_offset.any():
        return ""
    texts = [text for at, text in enumerate(columns.of("arrival")) if with_offset[at]]
    tails = {text.strip()[-1:] if text.strip()[-1:].isalpha() else text.strip()[-6:] for text in texts}
    tails = {tail if tail[:1] in "+-" or tail.isalpha() else "UTC" for tail in tails}
    return ", ".join(sorted(tails)[:4])


def read_lengths(columns: LogColumns, rows: RowFilter, steps: Steps) -> Lengths:
    """The durations of every row, as stated; rows with one that cannot be read are dropped.

    Raises
    ------
    InvalidFile
        If a column can be read in two ways, naming the key of the mapping that decides.
    """
    mapping = columns.mapping
    texts: dict[tuple[str, str], list[str]] = {
        (role, header): column for role in DURATIONS for header, column in columns.parts(role)
    }
    begin = steps.clock["queue" if "queue" in columns else "arrival"]
    spans = {"wait": steps.clock["answer"] - begin, "handle": steps.clock["end"] - steps.clock["answer"]}
    spans = {role: span for role, span in spans.items() if len(columns.places.get(role, ())) == 1}
    units, clocks = cast(Lookup[str, str], mapping.unit), cast(Lookup[str, str], mapping.clock)
    try:
        lengths, readings = durations(texts, Spelling(units, clocks, mapping.decimal), spans)
    except Unclear as unclear:
        raise InvalidFile(columns.table.name, "", unclear.problem, unclear.remedy, unclear.role) from None
    rows.readings.extend(readings)
    sums = {role: _sum(columns, rows, role, lengths) for role in DURATIONS}
    return Lengths(**sums)


def _sum(columns: LogColumns, rows: RowFilter, role: str, lengths: dict[tuple[str, str], Column]) -> Floats:
    """The columns of a role added up; those that are empty count as none beside others, NaN where all are."""
    parts = [column for (of, _), column in lengths.items() if of == role]
    if not parts:
        return np.full(columns.rows, np.nan)
    unreadable = np.any([part.unreadable for part in parts], axis=0)
    refuse_if_many(columns, rows, unreadable, role, _READ_DURATIONS)
    rows.drop(unreadable, f"{role} cannot be read")
    values = np.array([part.seconds for part in parts])
    return np.where(np.isnan(values).all(axis=0), np.nan, np.nansum(values, axis=0))


def settle(columns: LogColumns, rows: RowFilter, steps: Steps, stated: Lengths, answered: Flags) -> Times:
    """When each contact queued, how long it waited and was served; impossible rows are dropped or repaired."""
    mapping = columns.mapping
    at = _instants(columns, rows, steps, stated, answered)
    arrival, answer, end = at["arrival"], at["answer"], at["end"]
    queue = _queue(columns, answered, arrival, at["queue"], answer)
    wait = np.where(np.isnan(stated.wait), np.where(answered, answer, end) - queue, stated.wait)
    rows.drop(wait < 0, "a negative wait")
    handle = np.where(np.isnan(stated.handle), end - queue - wait, stated.handle)
    handle = np.where(answered, handle, np.nan)
    if not mapping.keep_zero_waits:
        rows.drop(~answered & (wait == 0), "left before the queue")
    rows.repair(queue < arrival, "queued before the arrival, arrival moved to the queue entry")
    negative = handle < 0
    rows.repair(negative, "a negative service time, taken as unknown")
    _note_unknown_waits(rows, answered, wait)
    return Times(
        np.minimum(arrival, queue),
        queue,
        wait,
        np.where(negative, np.nan, handle),
        np.where(answered, stated.wrap_up, np.nan),
    )


def _instants(
    columns: LogColumns, rows: RowFilter, steps: Steps, stated: Lengths, answered: Flags
) -> dict[str, Floats]:
    """The instants by role on the centre's clock, those that stand for none left out."""
    clock = dict(steps.clock)
    if steps.days is not None:
        if columns.mapping.zero_means_none:
            none = clock["answer"] == steps.days
            rows.drop(
                answered & (stated.wait == 0) & (stated.handle == 0) & none, "answered, but neither queued nor served"
            )
            clock["queue"] = np.where(stated.wait > 0, clock["queue"], np.nan)
            clock |= {role: np.where(answered, clock[role], np.nan) for role in ("answer", "end")}
        clock |= {role: _next_day(clock[role], clock["arrival"], rows, role) for role in STEPS}
    return _on_the_clock(columns, rows, clock, steps.offset)


def _queue(columns: LogColumns, answered: Flags, arrival: Floats, queue: Floats, answer: Floats) -> Floats:
    """When each contact joined the queue: as told; where only others' is told, on its answer; else on arrival."""
    if "queue" not in columns:
        return arrival
    at_once = np.where(answered, answer, np.nan)
    known = np.where(np.isnan(queue), at_once, queue)
    return np.where(np.isnan(known), arrival, known)


def _note_unknown_waits(rows: RowFilter, answered: Flags, wait: Floats) -> None:
    unknown = rows.keep & np.isnan(wait)
    rows.retain(unknown & ~answered, "not answered, the wait unknown: offered and abandoned, not in patience")
    rows.retain(unknown & answered, "answered, the wait unknown: offered and answered, not in waits")
    left = rows.keep & ~answered
    if left.any() and not np.isfinite(wait[left]).any():
        rows.notes.append(
            "patience cannot be estimated: no wait of an abandoned contact is known; without patience no customer of"
            " the scenario abandons, so enter it by hand"
        )
