"""Columns of durations as text, turned into seconds: numbers in a unit, clocks, words, ISO 8601.

What a single text leaves open (``5:28`` may be minutes or hours, ``1,221`` thousands or decimals) the columns of a file
decide together; what they leave open too is asked for, by the name of the key in the mapping.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_log.decimals import AmbiguousNumbers, decimal_mark, plain_number, without_spaces
from scenarios.contact_log.duration_texts import THREE_PARTS, DurationTexts, different_texts, numbers_in, taken_apart
from scenarios.units import DAY, HOUR, MINUTE

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

Unit = Literal["ms", "s", "min", "h", "d"]
Clock = Literal["mm:ss", "hh:mm"]
UNITS: dict[str, float] = {"ms": 0.001, "s": 1.0, "min": MINUTE, "h": HOUR, "d": DAY}

SHORTEST, LONGEST = 5.0, 4 * HOUR
"""Medians (s) of times of service outside of these two are errors of unit until somebody says otherwise."""
MOST = 366 * DAY
"""Longer durations (s) are errors of writing."""
_LEAST_CLEAR, _MOST_CLEAR = 20.0, 60.0
"""Medians of two-part clocks read as minutes:seconds (s) between which minutes and hours are both believable."""
_FEW = 10
"""Fewer rows than this prove nothing about a unit."""

_NAMES: dict[str, Unit] = {"ms": "ms", "msec": "ms", "millis": "ms", "milliseconds": "ms", "millisekunden": "ms"}
_NAMES |= {"minutes": "min", "mins": "min", "minuten": "min", "minutos": "min", "hours": "h", "hrs": "h"}
_LABELS = {"ms": "milliseconds", "s": "seconds", "min": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Column:
    """Seconds per row, NaN where the field is empty or unreadable, and which of the two it was."""

    seconds: Floats
    unreadable: Flags


class Unclear(ValueError):
    """A column that can be read in two ways: its role, the problem and the remedy, which names the mapping's key."""

    def __init__(self, role: str, problem: str, remedy: str) -> None:
        self.role, self.problem, self.remedy = role, problem, remedy
        super().__init__(f"{role}: {problem}; {remedy}")


@dataclass(frozen=True)
class Spelling:
    """What is known beforehand about how durations are written; by role, or empty."""

    units: Mapping[str, str] = field(default_factory=dict)
    clocks: Mapping[str, str] = field(default_factory=dict)
    decimal: str | None = None


def durations(
    columns: Mapping[tuple[str, str], Sequence[str]],
    spelling: Spelling | None = None,
    spans: Mapping[str, Floats] | None = None,
) -> tuple[dict[tuple[str, str], Column], list[str]]:
    """The seconds in columns of one file, and how they were read where that is not plain.

    Parameters
    ----------
    columns
        Texts by role (wait, handle, wrap_up) and name of the column.
    spelling
        What the mapping says of units, clocks and decimals.
    spans
        By role, what the same times should be by the instants of the rows, in seconds, NaN where unknown.

    Raises
    ------
    Unclear
        If a column can be read in two ways, or a unit other than seconds is likely.

    Examples
    --------
    >>> results, readings = durations({("handle", "Talk"): ["5:28", "3m 20s", "PT1M", "1.221,5", "", "soon"]})
    >>> results["handle", "Talk"].seconds
    array([ 328. ,  200. ,   60. , 1221.5,    nan,    nan])
    >>> readings[-1]
    'Talk: 5:28 read as minutes:seconds (clock: hh:mm in the mapping for hours:minutes)'
    """
    spelling, spans = spelling or Spelling(), spans or {}
    different = {key: different_texts(texts) for key, texts in columns.items()}
    mark, readings = _mark(different, spelling)
    parts = [taken_apart(*key, texts, codes, mark) for key, (texts, codes) in different.items()]
    clock = _clock(parts, spelling, spans, readings)
    results = {}
    for part in sorted(parts, key=lambda part: part.role != "handle"):
        unit = _unit(part, spelling, spans, readings)
        two = part.minutes * (60.0 if clock.get(part.role, "mm:ss") == "hh:mm" else 1.0)
        three = part.rounded / (60.0 if spelling.clocks.get(part.role) == "mm:ss" and _all_rounded(part) else 1.0)
        values = np.where(np.isnan(part.number), part.whole, part.number * UNITS[unit])
        values = np.where(np.isnan(values), two, values)
        values = np.where(np.isnan(values), three, values)
        with np.errstate(invalid="ignore"):
            values[np.abs(values) > MOST] = np.nan
        filled = np.array([text != "" for text in part.texts], dtype=bool)
        results[part.role, part.header] = Column(values[part.codes], (np.isnan(values) & filled)[part.codes])
    return results, readings


def _mark(
    different: Mapping[tuple[str, str], tuple[list[str], NDArray[np.int64]]], spelling: Spelling
) -> tuple[str, list[str]]:
    """The decimal mark of the file, and what is to be said of it."""
    numbers = {key: [part for text in texts for part in numbers_in(text)] for key, (texts, _) in different.items()}
    every = [text for texts in numbers.values() for text in texts]
    try:
        mark = spelling.decimal or decimal_mark(every)
    except AmbiguousNumbers as failure:
        role = next(role for (role, _), texts in numbers.items() if str(failure) in map(without_spaces, texts))
        problem = f"'{failure}' may be thousands or a decimal number"
        raise Unclear(role, problem, "say `decimal: '.'` or `decimal: ','` in the mapping") from None
    group = "," if mark == "." else "."
    grouped = next((text for text in every if group in text and plain_number(text, mark)), None)
    if grouped is None or spelling.decimal:
        return mark, []
    plain = plain_number(grouped, mark)
    return mark, [f"numbers: {grouped} read as {plain} (decimal: '{group}' in the mapping for decimals)"]


def _clock(
    parts: list[DurationTexts], spelling: Spelling, spans: Mapping[str, Floats], readings: list[str]
) -> dict[str, str]:
    """How two-part clocks are read, by role."""
    for part in parts:
        _ask_about_rounded(part, spelling)
    two_parts = [part for part in parts if np.isfinite(part.minutes).any()]
    free = [part for part in two_parts if part.role not in spelling.clocks]
    chosen = dict(spelling.clocks)
    if not free:
        return chosen
    reading = _proved(parts, spans) or next(iter(spelling.clocks.values()), None) or _believable(free)
    if reading is None:
        text = free[0].texts[int(np.flatnonzero(np.isfinite(free[0].minutes))[0])]
        problem = f"'{text}' in {free[0].header} may be minutes:seconds or hours:minutes"
        raise Unclear(free[0].role, problem, "say `clock: 'mm:ss'` or `clock: 'hh:mm'` in the mapping")
    names = {"mm:ss": "minutes:seconds", "hh:mm": "hours:minutes"}
    (contrary,) = set(names) - {reading}
    for part in free:
        text = part.texts[int(np.nanargmax(part.minutes))]
        readings.append(
            f"{part.header}: {text} read as {names[reading]} (clock: {contrary} in the mapping for {names[contrary]})"
        )
        chosen[part.role] = reading
    return chosen


def _ask_about_rounded(part: DurationTexts, spelling: Spelling) -> None:
    rows = part.rows(part.rounded)
    if part.role in spelling.clocks or len(rows) < _FEW or not _all_rounded(part) or np.median(rows) < HOUR:
        return
    text = part.texts[int(np.flatnonzero(np.isfinite(part.rounded))[0])]
    problem = f"{part.header} has {text} and the like: all seconds are 00, and half of the times are over an hour"
    raise Unclear(
        part.role, problem, "if these are minutes:seconds say `clock: 'mm:ss'` in the mapping, else `clock: 'hh:mm'`"
    )


def _proved(parts: list[DurationTexts], spans: Mapping[str, Floats]) -> str | None:
    """The reading that other texts of the column, or the instants of the same rows, prove."""
    for part in parts:
        if any(THREE_PARTS.fullmatch(text) for text in part.texts):
            return "mm:ss"  # who writes seconds in the longer ones does so in the shorter ones
        if part.rows(part.minutes).size and np.nanmax(part.minutes) >= 24 * 60:
            return "mm:ss"  # as hours:minutes it would be more than a day
    for part in parts:
        factor = _factor(part.minutes[part.codes], spans.get(part.role))
        if factor is not None and 0.5 < factor < 2:
            return "mm:ss"
        if factor is not None and 30 < factor < 120:
            return "hh:mm"
    return None


def _factor(values: Floats, span: Floats | None) -> float | None:
    """By how much the times between the instants of the rows exceed those of the column; None where few tell."""
    if span is None:
        return None
    known = np.isfinite(values) & np.isfinite(span) & (values > 0) & (span > 0)
    return float(np.median(span[known] / values[known])) if known.sum() >= 3 else None


def _believable(parts: list[DurationTexts]) -> str | None:
    """The reading under which the times of service are seconds to an hour, or the waits below four hours."""
    for part in sorted(parts, key=lambda part: ("handle", "wrap_up", "wait").index(part.role)):
        rows = part.rows(part.minutes)
        if part.role == "handle" and len(rows):
            median = float(np.median(rows))
            if median > _MOST_CLEAR or np.max(rows) * 60 > 12 * HOUR:
                return "mm:ss"
            if median < _LEAST_CLEAR:
                return "hh:mm"
            return None
        if len(rows) and np.max(rows) * 60 > LONGEST:
            return "mm:ss"
    return None


def _all_rounded(part: DurationTexts) -> bool:
    """Whether all clocks of a column have three parts and seconds of 00, as Excel shows a typed 5:28."""
    return bool(np.isfinite(part.rounded).any()) and not part.rows(part.whole).size and not part.rows(part.minutes).size


def _unit(part: DurationTexts, spelling: Spelling, spans: Mapping[str, Floats], readings: list[str]) -> str:
    """The unit of plain numbers: as given, by the name of the column, else seconds unless that cannot be."""
    if part.role in spelling.units:
        return spelling.units[part.role]
    rows = part.rows(part.number)
    if not len(rows):
        return "s"
    named = named_unit(part.header)
    if named is not None and named != "s":
        readings.append(f"{part.header}: read in {_LABELS[named]}, by the name of the column (unit in the mapping)")
    unit = named or "s"
    factor = _factor(part.number[part.codes] * UNITS[unit], spans.get(part.role))
    likely = _nearest_unit(factor, unit)
    typical = float(np.median(rows)) * UNITS[unit]
    odd = part.role == "handle" and len(rows) >= _FEW and not SHORTEST <= typical <= LONGEST
    if likely is None and odd and not (factor is not None and 0.5 < factor < 2):
        likely = next((name for name, size in UNITS.items() if 20 <= typical / UNITS[unit] * size <= HOUR), "s")
    if likely is None:
        return unit
    problem = f"half of the times in {part.header} are {'over' if typical > LONGEST else 'under'} {_shown(typical)} s"
    if factor is not None:
        problem = f"times in {part.header} are {_shown(1 / factor)} times those between the instants of the same rows"
    as_it_is = f"`unit: {{{part.role}: {unit}}}`"
    if likely == unit:
        raise Unclear(part.role, problem, f"say their unit in the mapping, as in {as_it_is}")
    remedy = (
        f"they look like {_LABELS[likely]}: say `unit: {likely}` in the mapping, `unit: {{{part.role}: {likely}}}` for"
        f" this column alone, or {as_it_is} if it is right as it is"
    )
    raise Unclear(part.role, problem, remedy)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _nearest_unit(factor: float | None, unit: str) -> str | None:
    """The unit that the instants of the rows prove, None where they agree or prove none."""
    if factor is None:
        return None
    fits = [name for name, size in UNITS.items() if 0.8 < factor * UNITS[unit] / size < 1.25]
    return fits[0] if fits and fits[0] != unit else None


def named_unit(header: str) -> Unit | None:
    """The unit in the name of a column: ``Talk (min)``, ``duration_ms``, ``minutes``."""
    if bracketed := re.search(r"[(\[]\s*([a-z]+)\.?\s*[)\]]", header.casefold()):
        word = bracketed[1]
        if word in UNITS or word in {"sec", "secs", "seconds", "sek"}:
            return {"ms": "ms", "min": "min", "h": "h"}.get(word, "s")  # type: ignore[return-value]
        return _NAMES.get(word)
    words = re.split(r"[\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header).casefold())
    return next((_NAMES[word] for word in words if word in _NAMES), None)
