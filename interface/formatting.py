"""Formatting of numbers: with their unit, rounded to significant digits."""

from __future__ import annotations

import math
from collections.abc import Iterable

from interface.language.messages import _, marked
from interface.language.numbers import localised, number
from scenarios.measures import MEASURES, PERCENTILES

STATUS = marked({"met": "Met", "missed": "Missed", "inconclusive": "Inconclusive"})
_PARTS = marked(((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")))
_DASH = "–"


def shown(value: float, unit: str, currency: str = "") -> str:
    """A value with its unit.

    Examples
    --------
    >>> shown(0.8731, "share"), shown(254.0, "s"), shown(1234.4, "contacts"), shown(51.2, "money", "EUR")
    ('87.3 %', '4 min 14 s', '1,234', '51 EUR')
    >>> shown(3.147, "money", "EUR"), shown(3.147, "contacts")
    ('3.15 EUR', '3.1')
    """
    if not math.isfinite(value):
        return _DASH
    match unit:
        case "share":
            return f"{number(100 * value, '.1f')} %"
        case "s":
            return duration(value)
        case "money":
            return f"{_rounded(value, 2)} {currency}".rstrip()
    return _rounded(value)


def percent(share: float) -> str:
    """A share in whole per cent, or in tenths where it has some.

    Examples
    --------
    >>> percent(0.4), percent(0.016)
    ('40 %', '1.6 %')
    """
    return f"{number(round(100 * share, 1), 'g')} %"


def duration(seconds: float) -> str:
    """A duration in at most two units; a dash where there is no value.

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
        return f"{number(seconds, '.1f')} {_('s')}"
    whole = round(seconds)
    for size, name, small, part in _PARTS:
        if whole >= size:
            remainder = whole % size // small
            rest = f" {remainder} {_(part)}" if remainder else ""
            return f"{whole // size} {_(name)}{rest}"
    return f"{whole} {_('s')}"


def _rounded(value: float, small: int = 1) -> str:
    """Whole from 20 on, with so many digits from 2 on, and two below that."""
    digits = 0 if abs(value) >= 20 else small if abs(value) >= 2 else 2
    text = f"{value:,.{digits}f}"
    return localised(text if float(text.replace(",", "")) else text.replace("-", ""))


def give_or_take(low: float, high: float, unit: str, currency: str = "") -> str:
    """Half the width of an interval, such as ``± 1.2 points``.

    Examples
    --------
    >>> give_or_take(0.86, 0.88, "share"), give_or_take(math.nan, math.nan, "s"), give_or_take(41.4, 44.6, "contacts")
    ('± 1.0 points', '', '± 1.6')
    """
    half = (high - low) / 2
    if not math.isfinite(half):
        return ""
    if unit == "share":
        return _("± {half} points").format(half=number(100 * half, ".1f"))
    if unit == "s":
        return f"± {shown(half, unit)}"
    digits = 0 if half >= 9.5 else 1 if half >= 0.95 else 2  # two digits are all that an error has
    return f"± {number(half, f',.{digits}f')} {currency if unit == 'money' else ''}".rstrip()


def difference(value: float, unit: str, currency: str = "") -> str:
    """A difference with its sign; shares differ by percentage points.

    Examples
    --------
    >>> difference(0.012, "share"), difference(-90, "s"), difference(-0.0002, "share")
    ('+1.2 points', '-1 min 30 s', '0.0 points')
    """
    if not math.isfinite(value):
        return _DASH
    if unit == "share":
        points = round(100 * value, 1) + 0.0
        return _("{points} points").format(points=number(points, "+.1f" if points else ".1f"))
    return ("+" if value > 0 else "") + shown(value, unit, currency)


def engines_in_words(engines: str) -> str:
    """The engines of a run as planners read them.

    Examples
    --------
    >>> engines_in_words("simpy then kernel"), engines_in_words("kernel")
    ('SimPy, then compiled', 'compiled')
    """
    words = {"simpy": "SimPy", "kernel": _("compiled")}
    first, *then = (words.get(name, name) for name in engines.split(" then "))
    return _("{first}, then {second}").format(first=first, second=then[0]) if then else first


def label(measure: str) -> str:
    """The name of a measure.

    Examples
    --------
    >>> label("asa"), label("wait_p90")
    ('ASA', '90th-percentile wait')
    """
    if measure in MEASURES:
        return _(MEASURES[measure].label)
    if measure in PERCENTILES:
        share = f"{100 * PERCENTILES[measure]:.0f}"
        if "answered" in measure:
            return _("{share}th-percentile wait (answered)").format(share=share)
        return _("{share}th-percentile wait").format(share=share)
    return measure.replace("_", " ").capitalize()


def listed(words: Iterable[str]) -> str:
    """A list of words for a sentence.

    Examples
    --------
    >>> listed(["phone", "chat", "email"])
    'phone, chat and email'
    """
    *first, last = words
    return _("{first} and {last}").format(first=_(", ").join(first), last=last) if first else last


def optimality_gap(gap: float, *, estimated: bool) -> str:
    """The optimality gap of a plan, with how it is known.

    Parameters
    ----------
    gap
        How far the cost is above the lower bound, as a share of it.
    estimated
        Whether the lower bound is an estimate.

    Examples
    --------
    >>> optimality_gap(0.1772, estimated=True), optimality_gap(0.004, estimated=False)
    ('Optimality gap about 17.7 %', 'Optimality gap at most 0.4 %')
    >>> optimality_gap(0.0, estimated=False)
    'Optimality gap 0 %: no plan costs less'
    """
    if not math.isfinite(gap):
        return _("Optimality gap unknown")
    if estimated:
        return _("Optimality gap about {gap} %").format(gap=number(max(100 * gap, 0.1), ".1f"))
    if gap <= 1e-9:
        return _("Optimality gap 0 %: no plan costs less")
    return _("Optimality gap at most {gap} %").format(gap=number(100 * gap, ".1f"))


def days_or_periods(days: int) -> str:
    """What a replication of a horizon of so many days is called.

    Examples
    --------
    >>> days_or_periods(1), days_or_periods(7)
    ('days', 'periods of 7 days')
    """
    return _("days") if days == 1 else _("periods of {days} days").format(days=days)
