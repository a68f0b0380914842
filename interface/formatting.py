"""Numbers as people read them: with their unit, rounded to what they can bear."""

from __future__ import annotations

import math
from collections.abc import Iterable

from scenarios.measures import MEASURES, PERCENTILES

STATUS = {"met": "Met", "missed": "Missed", "inconclusive": "Inconclusive"}
_DASH = "–"


def shown(value: float, unit: str, currency: str = "") -> str:
    """A finding with its unit.

    Examples
    --------
    >>> shown(0.8731, "share"), shown(254.0, "s"), shown(1234.4, "contacts"), shown(51.2, "money", "EUR")
    ('87.3 %', '4 min 14 s', '1,234', '51 EUR')
    """
    if not math.isfinite(value):
        return _DASH
    match unit:
        case "share":
            return f"{100 * value:.1f} %"
        case "s":
            return duration(value)
        case "money":
            return f"{_rounded(value)} {currency}".rstrip()
    return _rounded(value)


def percent(share: float) -> str:
    """A share in whole per cent, or in tenths where it has some.

    Examples
    --------
    >>> percent(0.4), percent(0.016)
    ('40 %', '1.6 %')
    """
    return f"{round(100 * share, 1):g} %"


def duration(seconds: float) -> str:
    """A time in at most two units, a dash for what never happened.

    Examples
    --------
    >>> duration(4.26), duration(18.2), duration(254), duration(7500), duration(200000)
    ('4.3 s', '18 s', '4 min 14 s', '2 h 5 min', '2 d 7 h')
    """
    if not math.isfinite(seconds):
        return _DASH
    if seconds < 0:
        return f"-{duration(-seconds)}"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, name, small, part in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // small
            return f"{whole // size} {name} {rest} {part}" if rest else f"{whole // size} {name}"
    return f"{whole} s"


def _rounded(value: float) -> str:
    digits = 0 if abs(value) >= 20 else 1 if abs(value) >= 2 else 2
    text = f"{value:,.{digits}f}"
    return text if float(text.replace(",", "")) else text.replace("-", "")


def give_or_take(low: float, high: float, unit: str, currency: str = "") -> str:
    """Half an interval, as in ``± 1.2 points``.

    Examples
    --------
    >>> give_or_take(0.86, 0.88, "share"), give_or_take(math.nan, math.nan, "s")
    ('± 1.0 points', '')
    """
    half = (high - low) / 2
    if not math.isfinite(half):
        return ""
    return f"± {100 * half:.1f} points" if unit == "share" else f"± {shown(half, unit, currency)}"


def difference(value: float, unit: str, currency: str = "") -> str:
    """A change with its sign; shares differ by points.

    Examples
    --------
    >>> difference(0.012, "share"), difference(-90, "s")
    ('+1.2 points', '-1 min 30 s')
    """
    if not math.isfinite(value):
        return _DASH
    sign = "+" if value > 0 else ""
    return f"{sign}{100 * value:.1f} points" if unit == "share" else sign + shown(value, unit, currency)


def label(measure: str) -> str:
    """The name of a measure as people read it.

    Examples
    --------
    >>> label("asa"), label("wait_p90")
    ('ASA', 'Wait, 90 % at most')
    """
    if measure in MEASURES:
        return MEASURES[measure].label
    if measure in PERCENTILES:
        who = " (answered)" if "answered" in measure else ""
        return f"Wait, {PERCENTILES[measure]:.0%} at most{who}".replace("%", " %")
    return measure.replace("_", " ").capitalize()


def listed(words: Iterable[str]) -> str:
    """Words in a sentence.

    Examples
    --------
    >>> listed(["phone", "chat", "email"])
    'phone, chat and email'
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
