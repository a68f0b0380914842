"""The figures in the columns of a report: contacts as numbers, and handle times and waits of a contact in seconds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.contact_log.durations import UNITS, Spelling, Unclear, durations, named_unit
from scenarios.contact_log.records import Floats
from scenarios.contact_log.rows import MOST_UNREADABLE
from scenarios.errors import InvalidFile
from scenarios.interval_report.checks import LEAST_OCCUPANCY, MOST_OCCUPANCY
from scenarios.interval_report.mapping import ReportMapping
from scenarios.interval_report.proposal import numbers_of
from scenarios.interval_report.tables import ReportTable


def numbers_by_role(table: ReportTable, mapping: ReportMapping, role: str, readings: list[str]) -> Floats:
    """The sum of the columns of a role by row, NaN where none holds a number; `readings` is told of grouped digits."""
    columns = []
    for name in mapping.columns.get(role, ()):
        cells = table.column(name) or []
        values = numbers_of(cells, whole=role != "agents")
        grouped = ((cell, value) for cell, value in zip(cells, values, strict=True) if not cell.isdigit())
        if example := next(((cell, value) for cell, value in grouped if value >= 1000), None):
            readings.append(f"{name}: {example[0]} read as {example[1]:.10g}")
        columns.append(values)
    return _added(columns, len(table.rows))


def times_of_contacts(
    table: ReportTable, mapping: ReportMapping, file: str, counts: tuple[Floats, Floats], readings: list[str]
) -> dict[str, Floats]:
    """AHT, ASA, the mean wait of those who abandoned, and the time of all agents on duty, in seconds.

    `counts` are the contacts answered and abandoned.
    """
    handled, abandoned = counts
    rows = len(table.rows)
    unknown = np.full(rows, np.nan)

    def cells(names: tuple[str | None, ...], role: str) -> dict[tuple[str, str], list[str]]:
        return {(role, name): table.column(name) or [] for name in names if name is not None}

    parts = mapping.aht or ()
    means = cells(parts[:1], "handle") | cells(parts[1:], "wrap_up")
    means |= cells((mapping.asa, mapping.abandon_wait), "wait")
    read = _durations(means, mapping, ("aht", "aht", "asa"), file, table, readings)
    sums = _durations(cells(mapping.handle or (), "wait"), mapping, ("handle",) * 3, file, table, readings)
    waits = cells((mapping.wait_answered, mapping.wait_all), "wait")
    total = _durations(waits, mapping, ("asa",) * 3, file, table, readings)
    aht = _added([values for (role, _), values in read.items() if role != "wait"], rows)
    if mapping.aht is None:
        aht = _per_contact(_added(list(sums.values()), rows), handled)
    asa = unknown if mapping.asa is None else read["wait", mapping.asa]
    left = unknown if mapping.abandon_wait is None else read["wait", mapping.abandon_wait]
    if mapping.wait_answered is not None and mapping.asa is None:
        asa = _per_contact(total["wait", mapping.wait_answered], handled)
    if mapping.wait_all is not None and mapping.abandon_wait is None:
        of_answered = np.where(handled > 0, np.nan_to_num(asa) * handled, 0.0)
        left = _per_contact(np.maximum(total["wait", mapping.wait_all] - of_answered, 0.0), abandoned)
    duty = cells(mapping.staffed_time or (), "wait")
    read = _durations(duty, mapping, ("staffed_time",) * 3, file, table, readings)
    staffed = _added(list(read.values()), rows)
    if duty and "staffed_time" not in mapping.unit and not any(named_unit(name) for _, name in duty):
        staffed = _in_a_unit_that_fits(staffed, aht * handled, ", ".join(name for _, name in duty), readings)
    return {"aht": aht, "asa": asa, "abandon wait": left, "staffed time": staffed}


def _in_a_unit_that_fits(staffed: Floats, work: Floats, name: str, readings: list[str]) -> Floats:
    """Times on duty read as seconds, in minutes or hours where these alone fit the work that was done."""
    known = np.isfinite(staffed) & np.isfinite(work)
    done, time = work[known].sum(), staffed[known].sum()
    occupancies = {unit: done / max(time * UNITS[unit], 1.0) for unit in ("s", "min", "h")}
    fits = [unit for unit, occupancy in occupancies.items() if LEAST_OCCUPANCY <= occupancy <= MOST_OCCUPANCY]
    if len(fits) != 1 or fits[0] == "s":
        return staffed
    named = "minutes" if fits[0] == "min" else "hours"
    readings.append(
        f"{name}: read in {named}, by which agents were {occupancies[fits[0]]:.0%} occupied (unit in the mapping)"
    )
    return staffed * UNITS[fits[0]]


def _added(columns: Sequence[Floats], rows: int) -> Floats:
    """The sum of columns, NaN where none holds a figure."""
    stacked = np.array(columns).reshape(-1, rows)
    return np.where(np.isnan(stacked).all(axis=0), np.nan, np.nansum(stacked, axis=0))


def _per_contact(total: Floats, contacts: Floats) -> Floats:
    return np.where(contacts > 0, total / np.where(contacts > 0, contacts, 1.0), np.nan)


def _durations(
    columns: dict[tuple[str, str], list[str]],
    mapping: ReportMapping,
    roles: tuple[str, str, str],
    file: str,
    table: ReportTable,
    readings: list[str],
) -> dict[tuple[str, str], Floats]:
    """Seconds by column; a spelling that stays open is asked for by the key of the mapping."""
    if not columns:
        return {}
    names = dict(zip(("handle", "wrap_up", "wait"), roles, strict=True))
    units = {role: mapping.unit[key] for role, key in names.items() if key in mapping.unit}
    clocks = {role: mapping.clock[key] for role, key in names.items() if key in mapping.clock}
    written = {key: [f"0{text}" if text.startswith(":") else text for text in texts] for key, texts in columns.items()}
    try:
        results, said = durations(written, Spelling(units, clocks, mapping.decimal))
    except Unclear as failure:
        raise InvalidFile(file, str(table.first), failure.problem, failure.remedy) from None
    for (_, name), result in results.items():
        if result.unreadable.mean() > MOST_UNREADABLE:
            at = int(np.flatnonzero(result.unreadable)[0])
            problem = f"{name} is {(table.column(name) or [])[at]!r}, which is no time"
            remedy = "write seconds, 0:03:20, 3m 20s or PT3M20S, or name another column in the mapping"
            raise InvalidFile(file, str(table.numbers[at]), problem, remedy)
        if result.unreadable.any():
            readings.append(f"{name}: {result.unreadable.sum():,} cells are no times and are left out")
    readings += said
    return {key: result.seconds for key, result in results.items()}
