"""Dates as text: ISO, with dots, slashes or names of months; the column as a whole decides between day and month."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})|(\d{4})(\d{2})(\d{2})")
_PARTS = re.compile(r"(\d{1,2})\s*([-./])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})")
_DAY_NAME_YEAR = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|º)?[-./\s]+(?:de\s+)?([^\W\d_]{3,})[-.,/\s]+(?:de\s+)?(\d{4}|\d{2})(?:\s*г\.?)?"
)
_NAME_DAY_YEAR = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_WEEKDAY = re.compile(r"[^\W\d_]{2,10}\.?,?\s+(?=\d)|[^\W\d_]{2,10}\.?,\s*(?=[^\W\d_])")
_MONTHS = (
    "january januar janvier enero gennaio январь января يناير",
    "february februar fevrier février febrero февраль февраля فبراير",
    "march märz mars mrz marzo март марта مارس",
    "april avril abril апрель апреля أبريل ابريل إبريل",
    "may mai mayo maggio май мая مايو",
    "june juni juin junio июнь июня يونيو",
    "july juli juillet julio июль июля يوليو",
    "august août aout agosto август августа أغسطس اغسطس",
    "september septembre septiembre сентябрь сентября سبتمبر",
    "october oktober octobre octubre октябрь октября أكتوبر اكتوبر",
    "november novembre noviembre ноябрь ноября نوفمبر",
    "december dezember décembre decembre diciembre декабрь декабря ديسمبر",
)
_MONTH_ALONE = (
    re.compile(r"(?P<year>\d{4})\s*[-./]\s*(?P<number>\d{1,2})|(?P<year_of>\d{4})\s*M(?P<month_number>\d{1,2})"),
    re.compile(r"(?P<number>\d{1,2})\s*[-./]\s*(?P<year>\d{4})"),
    re.compile(r"(?P<name>[^\W\d_]{3,})\.?[-/,\s]+(?:de\s+)?(?P<year>\d{4}|\d{2})"),
    re.compile(r"(?P<year>\d{4})[-/\s]+(?P<name>[^\W\d_]{3,})\.?"),
)
_CLEAR_SPAN = 4
"""By how much longer the days must spread under one order of day and month to prove the other."""


class AmbiguousDates(ValueError):
    """Dates whose day and month cannot be told apart; the message is one of them."""


def month_first(texts: Iterable[str]) -> bool:
    """Whether dates with slashes or dashes, written alike, have the month before the day.

    A part over 12 is a day. Failing that, three days or more that lie close together under one order and months apart
    under the other settle it.

    Raises
    ------
    AmbiguousDates
        If the dates leave it open, or contradict each other.

    Examples
    --------
    >>> month_first(["03/02/2026", "03/15/2026"]), month_first(["02/03/2026", "03/03/2026", "04/03/2026"])
    (True, False)
    """
    numeric = [(text, parts) for text in texts if (parts := _PARTS.fullmatch(text)) and parts[2] != "."]
    if not numeric:
        return False
    day_first = [text for text, parts in numeric if int(parts[1]) > 12 >= int(parts[3])]
    month_before = [text for text, parts in numeric if int(parts[3]) > 12 >= int(parts[1])]
    if bool(day_first) != bool(month_before):
        return bool(month_before)
    if day_first:
        raise AmbiguousDates(f"{day_first[0]} and {month_before[0]}")
    spans = [_span([_numeric(parts, order) for _, parts in numeric]) for order in (False, True)]
    if len({text for text, _ in numeric}) >= 3 and max(spans) >= _CLEAR_SPAN * max(min(spans), 7):
        return spans[1] < spans[0]
    raise AmbiguousDates(numeric[0][0])


def has_open_order(text: str) -> bool:
    """Whether a text begins with a date whose day and month could change places.

    Examples
    --------
    >>> has_open_order("03/02/2026 8:00"), has_open_order("2026-03-02"), has_open_order("02.03.2026")
    (True, False, False)
    """
    parts = _PARTS.match(text.strip())
    return parts is not None and parts[2] != "."


def _span(days: list[date | None]) -> int:
    """Days from the first to the last."""
    known = [day for day in days if day is not None]
    return (max(known) - min(known)).days + 1 if known else 0


def read_date(text: str, month_before_day: bool = False, date_format: str | None = None) -> date | None:
    """The date in a text; None if it holds none.

    Examples
    --------
    >>> read_date("02.03.26"), read_date("Mon 2 Mar 2026"), read_date("03/02/2026", month_before_day=True)
    (datetime.date(2026, 3, 2), datetime.date(2026, 3, 2), datetime.date(2026, 3, 2))
    """
    if date_format is not None and (parsed := _by_format(text, date_format)):
        return parsed
    if iso := _ISO.fullmatch(text):
        return _date(*(int(part) for part in iso.groups() if part is not None))
    if date_format is not None:
        return None
    if parts := _PARTS.fullmatch(text):
        return _numeric(parts, month_before_day and parts[2] != ".")
    if named := _NAME_DAY_YEAR.fullmatch(text):
        return _date(_year(named[3]), _month(named[1]), int(named[2]))
    if named := _DAY_NAME_YEAR.fullmatch(text):
        return _date(_year(named[3]), _month(named[2]), int(named[1]))
    shorter = _WEEKDAY.sub("", text, count=1)
    return read_date(shorter, month_before_day) if len(shorter) < len(text) else None


def read_month(text: str) -> date | None:
    """The first day of the month that a text names; None if it names none, or a day.

    Examples
    --------
    >>> read_month("2026-03"), read_month("Mar 2026"), read_month("März 26"), read_month("2026-03-02")
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), None)
    """
    for pattern in _MONTH_ALONE:
        if match := pattern.fullmatch(text.strip()):
            parts = {name: value for name, value in match.groupdict().items() if value is not None}
            number = parts.get("number") or parts.get("month_number")
            year = _year(parts.get("year") or parts["year_of"])
            return _date(year, int(number) if number else _month(parts["name"]), 1)
    return None


def _by_format(text: str, date_format: str) -> date | None:
    try:
        return datetime.strptime(text, date_format).date()
    except ValueError:
        return None


def _numeric(parts: re.Match[str], month_before_day: bool) -> date | None:
    first, second, year = int(parts[1]), int(parts[3]), _year(parts[4])
    return _date(year, first, second) if month_before_day else _date(year, second, first)


def _year(text: str) -> int:
    """Two digits are of 1969 to 2068."""
    return int(text) if len(text) == 4 else int(text) + (2000 if int(text) < 69 else 1900)


def _month(word: str) -> int:
    start = word.casefold()
    fitting = [at for at, names in enumerate(_MONTHS, start=1) if any(name.startswith(start) for name in names.split())]
    return fitting[0] if len(fitting) == 1 else 0


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
