"""What the cells of a column are: timestamps, dates, times of day, numbers, durations or texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice

from scenarios.contact_log.dates import read_date, read_month
from scenarios.contact_log.decimals import NUMBER, without_spaces
from scenarios.contact_log.mapping import EMPTY

_CLOCK = r"\d{1,2}[:.h]\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*(?:[ap]\.?\s?m\.?|[صم]))?|\d{1,2}\s*[ap]\.?\s?m\.?"
_UNTIL = r"\s*(?:-|–|—|to|bis|à|a|до|إلى|until)\s*"
RANGE = re.compile(
    rf"(?P<first>.*?(?:{_CLOCK}))(?:Z|[+-]\d{{2}}:?\d{{2}})?{_UNTIL}(?P<last>.*?(?:{_CLOCK}))", re.IGNORECASE
)
ONE_CLOCK = re.compile(rf"(?:{_CLOCK})", re.IGNORECASE)
_HOURS = re.compile(r"(\d{1,2})\s*h?\s*[-–—]\s*(\d{1,2})\s*(?:h|Uhr)?")
_FOUR_DIGITS = re.compile(r"([01]\d|2[0-4])([0-5]\d)")
_ISO_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2}T[^/]+)/(\d{4}-\d{2}-\d{2}T.+)")
_STAMP = re.compile(rf"(.*\d.*?)(?:T|,?\s+)(?:{_CLOCK}).*", re.IGNORECASE)
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_DATE_IN_TEXT = re.compile(
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|"
    r"\d{1,2}\.?[-/ ]+[^\W\d_]{3,}\.?[-/ ]+(?:\d{4}|\d{2})\b|"
    r"[^\W\d_]{3,} \d{1,2}, \d{4}"
)
WEEKDAYS = {
    word: day
    for day, words in enumerate(
        (
            "monday mon montag mo lunes lun lundi понедельник пн الاثنين",
            "tuesday tue tues dienstag di martes mardi вторник вт الثلاثاء",
            "wednesday wed mittwoch mi miercoles mercredi среда ср الاربعاء",
            "thursday thu thur thurs donnerstag do jueves jeudi четверг чт الخميس",
            "friday fri freitag fr viernes vendredi пятница пт الجمعة",
            "saturday sat samstag sa sabado samedi суббота сб السبت",
            "sunday sun sonntag so domingo dimanche воскресенье вс الاحد",
        )
    )
    for word in words.split()
}
_MOST = 400


def form_of(cells: Iterable[str]) -> str:
    """What most of some cells are: ``stamp``, ``range``, ``date``, ``clock``, ``number``, ``text``, or ``empty``.

    Examples
    --------
    >>> form_of(["08:00", "08:30"]), form_of(["2026-03-02 08:00"]), form_of(["1,221", "-"]), form_of(["02.03.2026"])
    ('clock', 'stamp', 'number', 'date')
    """
    telling = (cell for cell in cells if any(map(str.isalnum, cell)) and cell.casefold() not in EMPTY)
    filled = list(islice(telling, _MOST))
    if not filled:
        return "empty"
    forms = Counter(_form(cell) for cell in filled)
    form, often = forms.most_common(1)[0]
    return form if often >= 0.5 * len(filled) else "text"


def _form(cell: str) -> str:
    text = cell.strip()
    if _EPOCH.fullmatch(text):
        return "stamp"
    if NUMBER.fullmatch(without_spaces(text).rstrip("% ")):
        return "number" if not is_date(text) or text.isdigit() or text.count(".") < 2 else "date"
    if is_clock(text):
        return "clock"
    if is_date(text):
        return "date"
    if _ISO_RANGE.fullmatch(text):
        return "stamp"
    if (match := RANGE.fullmatch(text)) is not None:
        return "clock" if is_clock(match["first"].strip()) else "stamp"
    if (stamp := _STAMP.fullmatch(text)) is not None and day_in(stamp[1]) is not None:
        return "stamp"
    return "text"


def is_date(text: str) -> bool:
    """Whether a text is a date, with the day or the month first, or a month.

    Examples
    --------
    >>> is_date("03/16/2026"), is_date("16.03.2026"), is_date("16 Uhr")
    (True, True, False)
    """
    read = read_date(text) or read_date(text, month_before_day=True)
    return read is not None or (not NUMBER.fullmatch(text) and read_month(text) is not None)


def _hour_range(text: str) -> tuple[str, str] | None:
    """Beginning and end of an hour written as ``8-9``."""
    match = _HOURS.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) not in (int(match[1]) + 1, (int(match[1]) + 1) % 24):
        return None
    return f"{match[1]}:00", f"{match[2]}:00"


def is_clock(text: str) -> bool:
    """Whether a text is a time of day alone, or two of them as a range."""
    text = text.strip()
    if ONE_CLOCK.fullmatch(text) or _hour_range(text) is not None:
        return True
    match = RANGE.fullmatch(text)
    return match is not None and ONE_CLOCK.fullmatch(match["first"].strip()) is not None


def day_in(text: str) -> str | None:
    """The first date in a text, as it is written; None if there is none.

    Examples
    --------
    >>> day_in("Report for 2026-03-02, Sales"), day_in("Sales")
    ('2026-03-02', None)
    """
    match = _DATE_IN_TEXT.search(text)
    return match[0] if match is not None and is_date(match[0]) else None


def weekday_of(text: str) -> int | None:
    """The weekday that a header names, Monday is 0; None if it names none."""
    return WEEKDAYS.get(text.strip().rstrip(".").casefold())


def begin_and_end(text: str) -> tuple[str, str]:
    """The beginning of an interval, as clocks are read, and its end where the text is a range.

    Examples
    --------
    >>> begin_and_end("08:00 - 08:30"), begin_and_end("0830"), begin_and_end("2026-03-02T08:00Z/2026-03-02T08:30Z")
    (('08:00', '08:30'), ('08:30', ''), ('2026-03-02T08:00Z', '2026-03-02T08:30Z'))
    """
    text = text.strip()
    if iso := _ISO_RANGE.fullmatch(text):
        return iso[1], iso[2]
    if match := RANGE.fullmatch(text):
        first, last = _clock(match["first"]), _clock(match["last"])
        half = re.search(r"[ap]\.?\s?m\.?$", last, re.IGNORECASE)
        if half and re.search(r"[ap]\.?\s?m\.?$", first, re.IGNORECASE) is None and ONE_CLOCK.fullmatch(first):
            first = f"{first} {half[0]}"
        return first, last
    if hour := _hour_range(text):
        return hour
    if digits := _FOUR_DIGITS.fullmatch(text):
        return f"{digits[1]}:{digits[2]}", ""
    if re.fullmatch(r"\d{1,2}", text):
        return f"{text}:00", ""
    return _clock(text), ""


def _clock(text: str) -> str:
    """A time of day whose hour and minute are apart by a colon."""
    return re.sub(r"(?<![\d.])(\d{1,2})[.h](\d{2})(?![\d.])", r"\1:\2", text.strip())
