"""A mapping proposed for a table: by the words of its headers, what its cells are, and sums that agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_log.decimals import AmbiguousNumbers, decimal_mark, plain_number
from scenarios.contact_log.duration_texts import different_texts, numbers_in
from scenarios.errors import InvalidFile
from scenarios.interval_report.cells import form_of
from scenarios.interval_report.header_words import is_mean, is_total, role_of
from scenarios.interval_report.mapping import ReportMapping
from scenarios.interval_report.tables import MATRIX_DATE, MATRIX_QUEUE, MATRIX_START, MATRIX_VALUE, ReportTable

Floats = NDArray[np.float64]
_MATRIX = {MATRIX_DATE: "date", MATRIX_START: "start", MATRIX_QUEUE: "queue", MATRIX_VALUE: "offered"}
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,2}(?:,\d{3})+")
"""Numbers whose thousands are grouped by a point or a comma, as far as one can see."""
NO_TIME = "no column tells the date or the interval"
"""What is wrong with a report whose rows have no time."""
_LOOK = 500
_AGREE = 0.8
"""The share of intervals in which offered is answered + abandoned from which on the sums count as agreeing."""
_SHORTEST_MEAN = 10.0


def proposed(table: ReportTable, file: str, given: ReportMapping | None = None) -> tuple[ReportMapping, list[str]]:
    """The mapping of a table, and what is to be said of the choice; what `given` says stays.

    Raises
    ------
    InvalidFile
        If no column tells the contacts, or the time; or if it stays open whether times are means or totals.

    Examples
    --------
    >>> rows = [["08:00", "20", "19", "1", "3:10"], ["08:30", "24", "22", "2", "3:20"]]
    >>> table = ReportTable(("Zeit", "Anrufe", "Angenommen", "Verloren", "AHT"), rows, [2, 3], 1, "2026-03-02", None)
    >>> proposed(table, "day.csv")[1]
    ['sums agree: Anrufe = Angenommen + Verloren in 2 of 2 rows']
    """
    given = _present(given, table)
    roles = _roles(table)
    forms = [form_of(row[at] for row in table.rows[:_LOOK]) for at in range(len(table.header))]
    taken = {name.casefold() for names in (given.columns.values() if given else ()) for name in names}
    free = {role: [at for at in places if table.header[at].casefold() not in taken] for role, places in roles.items()}
    notes: list[str] = []
    values: dict[str, object] = {"name": "proposed"}
    values |= _times(table, free, forms, given)
    if not given or given.queue is None:
        queues = [
            at for at in free.get("queue", []) if forms[at] in ("text", "number") and at not in _used(table, values)
        ]
        values |= {"queue": (table.header[queues[0]],)} if queues else {}
    values |= _counts(table, free, forms, given, notes)
    values |= _durations(table, free, forms, values, given, file)
    for role in ("within", "agents"):
        places = [at for at in free.get(role, []) if forms[at] == "number"]
        values |= {role: (table.header[places[0]],)} if places else {}
    if "agents" not in values and (times := free.get("staffed_time")):
        values |= {"staffed_time": (table.header[times[0]],)}
    for role in ("wait_answered", "wait_all"):
        values |= {role: table.header[totals[0]]} if (totals := free.get(role)) else {}
    if given:
        values |= {name: getattr(given, name) for name in given.model_fields_set}
        values |= {name: None for name in ("aht", "handle") if given.columns.keys() & {"aht", "handle"} - {name}}
    mapping = ReportMapping.model_validate(values)
    _require(table, mapping, file)
    return mapping, notes


def _present(given: ReportMapping | None, table: ReportTable) -> ReportMapping | None:
    """A ready mapping without the columns that the table lacks."""
    if given is None or not given.as_present:
        return given
    kept = {name: getattr(given, name) for name in given.model_fields_set}
    for role, names in given.columns.items():
        present = tuple(name for name in names if table.column(name) is not None)
        if not present:
            del kept[role]
        elif not isinstance(kept[role], str):
            kept[role] = present
    return ReportMapping.model_validate(kept)


def _roles(table: ReportTable) -> dict[str, list[int]]:
    """The columns of each role by the words of their headers, the most special first."""
    ranked: dict[str, list[tuple[int, int]]] = {}
    for at, name in enumerate(table.header):
        role, weight = (_MATRIX[name], 99) if name in _MATRIX else role_of(name)
        if role is not None and not is_total(name):
            ranked.setdefault(role, []).append((-weight, at))
    return {role: [at for _, at in sorted(places)] for role, places in ranked.items()}


def _used(table: ReportTable, values: dict[str, object]) -> set[int]:
    names = {name for value in values.values() for name in ((value,) if isinstance(value, str) else value or ())}  # type: ignore[attr-defined]
    return {at for at, name in enumerate(table.header) if name in names}


def _times(
    table: ReportTable, roles: dict[str, list[int]], forms: list[str], given: ReportMapping | None
) -> dict[str, object]:
    """The columns of the day and the beginning of the interval."""
    if given and (given.start is not None or given.date is not None):
        return {}
    every = range(len(table.header))
    named = [*roles.get("start", []), *roles.get("date", [])]
    stamps = [at for at in named if forms[at] == "stamp"] or [at for at in every if forms[at] == "stamp"]
    if stamps:
        return {"start": table.header[stamps[0]]} | _end(table, roles, forms)
    starts = [at for at in roles.get("start", []) if forms[at] in ("clock", "number")]
    unnamed = [at for at in every if forms[at] == "clock" and role_of(table.header[at])[0] is None]
    dates = [at for at in roles.get("date", []) if forms[at] in ("date", "number")]
    dates = dates or [at for at in named if forms[at] == "date"] or [at for at in every if forms[at] == "date"]
    values: dict[str, object] = {"date": table.header[dates[0]]} if dates else {}
    starts = [at for at in starts or unnamed if at not in dates[:1]]
    return values | ({"start": table.header[starts[0]]} | _end(table, roles, forms) if starts else {})


def _end(table: ReportTable, roles: dict[str, list[int]], forms: list[str]) -> dict[str, object]:
    ends = [at for at in roles.get("end", []) if forms[at] in ("stamp", "clock")]
    return {"end": table.header[ends[0]]} if ends else {}


def _counts(
    table: ReportTable,
    roles: dict[str, list[int]],
    forms: list[str],
    given: ReportMapping | None,
    notes: list[str],
) -> dict[str, object]:
    """The columns of contacts offered, answered and abandoned, by sums that agree where several are called so."""
    names = ("offered", "answered", "abandoned")
    chosen: dict[str, list[int]] = {}
    headers = [name.casefold() for name in table.header]
    for role in names:
        columns = given.columns.get(role) if given else None
        if columns:
            chosen[role] = [headers.index(name.casefold()) for name in columns if name.casefold() in headers][:1]
        else:
            chosen[role] = [at for at in roles.get(role, []) if forms[at] == "number"][:4]
    numbers = {at: numbers_of(row[at] for row in table.rows[:_LOOK]) for places in chosen.values() for at in places}
    first = {role: places[0] for role, places in chosen.items() if places}
    choices = [
        (_agreement(*(numbers[at] for at in places)), places) for places in product(*(chosen[role] for role in names))
    ]
    if choices:
        agree, places = max(choices, key=lambda choice: choice[0])
        used = places if agree >= _AGREE else tuple(first[role] for role in names)
        offered, answered, abandoned = (table.header[at] for at in used)
        rows = min(len(table.rows), _LOOK)
        if agree >= _AGREE:
            notes.append(f"sums agree: {offered} = {answered} + {abandoned} in {round(agree * rows)} of {rows} rows")
        elif agree >= 0:
            notes.append(
                f"{offered} is {answered} + {abandoned} in only {agree:.0%} of the rows; check what is counted"
            )
        first = dict(zip(names, used, strict=True))
    return {role: (table.header[at],) for role, at in first.items()}


def _agreement(offered: Floats, answered: Floats, abandoned: Floats) -> float:
    known = np.isfinite(offered) & np.isfinite(answered) & np.isfinite(abandoned)
    return float((offered[known] == answered[known] + abandoned[known]).mean()) if known.any() else -1.0


def numbers_of(texts: Iterable[str], whole: bool = True) -> Floats:
    """Numbers of cells, NaN where there is none; thousands grouped either way are whole numbers.

    With `whole` numbers are counts, so that ``3.012`` is three thousand and twelve; ``3.000`` alone is 3.

    Examples
    --------
    >>> numbers_of(["1,221", "80", "-", ""])
    array([1221.,   80.,   nan,   nan])
    """
    different, codes = different_texts([text.rstrip("% ") for text in texts])
    grouped = [text for text in different if _GROUPED.fullmatch(text)]
    signed = sum("." in text or "," in text for text in different)
    thousands = whole and len(grouped) == signed > 0 and not all(text.endswith("000") for text in grouped)
    try:
        mark = ("," if "." in grouped[0] else ".") if thousands else decimal_mark(different)
    except AmbiguousNumbers as failure:
        mark = "." if "," in str(failure) else ","
    result = np.full(len(different), np.nan)
    for at, text in enumerate(different):
        try:
            result[at] = float(plain_number(text, mark))
        except ValueError:
            continue
    return result[codes]


def _durations(
    table: ReportTable,
    roles: dict[str, list[int]],
    forms: list[str],
    values: dict[str, object],
    given: ReportMapping | None,
    file: str,
) -> dict[str, object]:
    """The columns of the AHT, as means or totals, and of waits."""
    fits = {role: [at for at in places if forms[at] in ("number", "clock", "text")] for role, places in roles.items()}
    result: dict[str, object] = {}
    for role in ("asa", "abandon_wait"):
        means = [at for at in fits.get(role, []) if is_mean(table.header[at]) is not False]
        result |= {role: table.header[means[0]]} if means else {}
    if given and (given.aht is not None or given.handle is not None):
        return result
    if whole := fits.get("aht"):
        place = next((at for at in whole if is_mean(table.header[at])), whole[0])
        parts = [place]
    else:
        parts = [places[0] for role in ("talk", "hold", "wrap_up") if (places := fits.get(role))]
        if not fits.get("talk"):
            return result
    answered = values.get("answered")
    means = [_is_mean_by_numbers(table, at, answered, file) for at in parts]
    if len(set(means)) == 1:
        result["aht" if means[0] else "handle"] = tuple(table.header[at] for at in parts)
    else:
        result["aht"] = tuple(table.header[at] for at, mean in zip(parts, means, strict=True) if mean)
    return result


def _is_mean_by_numbers(table: ReportTable, at: int, answered: object, file: str) -> bool:
    """Whether times are means: by the words of the header, else by how they grow with the contacts."""
    named = is_mean(table.header[at])
    if named is not None or not isinstance(answered, tuple):
        return named is not False
    counts = numbers_of(table.column(str(answered[0])) or [])[:_LOOK]
    times = np.array([_seconds(row[at]) for row in table.rows[:_LOOK]])
    known = np.isfinite(times) & np.isfinite(counts) & (counts > 0) & (times > 0)
    if not known.any():
        return True
    ratios = times[known] / counts[known]
    spread_mean, spread_total = _spread(times[known]), _spread(ratios)
    if np.median(ratios) < _SHORTEST_MEAN or (known.sum() > 2 and spread_mean <= spread_total):
        return True
    if np.median(times[known]) > 4 * 3600 or (known.sum() > 2 and spread_total < 0.7 * spread_mean):
        return False
    problem = f"{table.header[at]} may be the mean or the total time of the contacts"
    name = table.header[at]
    raise InvalidFile(
        file, str(table.first), problem, f"say `aht: {name}` (a mean) or `handle: {name}` (a total) in the mapping"
    )


def _seconds(text: str) -> float:
    """A rough reading of a duration, to compare sizes alone."""
    parts = numbers_in(text) if ":" not in text else text.split(":")
    try:
        figures = [float(part.replace(",", ".")) for part in parts]
    except ValueError:
        return np.nan
    return sum(figure * 60 ** (len(figures) - 1 - place) for place, figure in enumerate(figures)) if figures else np.nan


def _spread(values: Floats) -> float:
    return float(values.std() / values.mean()) if values.mean() > 0 else np.inf


def _require(table: ReportTable, mapping: ReportMapping, file: str) -> None:
    """Refuse a mapping that names what the table lacks, or lacks what a history needs."""
    header = {name.strip().casefold() for name in table.header}
    for role, names in mapping.columns.items():
        for name in names:
            if name.strip().casefold() not in header:
                raise _lacking(table, file, f"there is no column '{name}' ({role})")
    if mapping.start is None and mapping.date is None:
        raise _lacking(table, file, NO_TIME)
    if mapping.offered is None and (mapping.answered is None or mapping.abandoned is None):
        raise _lacking(table, file, "no column tells the contacts offered, or both answered and abandoned")


def _lacking(table: ReportTable, file: str, problem: str) -> InvalidFile:
    seen: Sequence[str] = table.named_columns[:20]
    remedy = f"name your columns in a mapping; the file has {', '.join(seen)}"
    return InvalidFile(file, str(table.first), problem, remedy)
