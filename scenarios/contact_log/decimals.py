"""Numbers as people and exporters write them: which sign is the decimal mark, which one groups thousands.

One text may not tell (``1,221``), the columns of a file together mostly do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SPACES = "\u0020\u00a0\u202f\u2009'\u2019"
"""Signs that only ever group thousands."""
_GROUPED_BY_SPACE = re.compile(rf"(?<=\d)[{_SPACES}](?=\d{{3}}(?!\d))")
NUMBER = re.compile(r"[+-]?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d+)?")
_THREE = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")
_DECIMAL = re.compile(r"[+-]?(?:\d{1,3}(?:[.,]\d{3})*|\d+)?([.,])\d+(?:[eE][+-]?\d+)?")
_GROUPS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3}(?:\.\d{3})+|,\d{3}(?:,\d{3})+)")


class AmbiguousNumbers(ValueError):
    """Texts that are thousands to some and decimals to others; the message is one of them."""


def decimal_mark(texts: Iterable[str]) -> str:
    """The decimal mark of numbers written alike, ``.`` or ``,``.

    Parameters
    ----------
    texts
        Different texts of the columns of one file; those that are no numbers are passed over.

    Raises
    ------
    AmbiguousNumbers
        If every text with a sign could be both, or the texts contradict each other.

    Examples
    --------
    >>> decimal_mark(["12,5", "1,221"]), decimal_mark(["90", "1,221"]), decimal_mark(["1.221,5"])
    (',', '.', ',')
    """
    plain = [without_spaces(text) for text in texts]
    numbers = [text for text in plain if NUMBER.fullmatch(text)]
    signed = [text for text in numbers if "," in text or "." in text]
    marks = {mark for text in signed if (mark := _mark_of(text))}
    if len(marks) > 1:
        raise AmbiguousNumbers(next(text for text in signed if _mark_of(text) == ","))
    if marks:
        return marks.pop()
    unclear = [text for text in signed if _THREE.fullmatch(text)]
    if not unclear:
        return "."
    signs = {match[1] for text in unclear if (match := _THREE.fullmatch(text))}
    if len(signs) > 1:
        raise AmbiguousNumbers(unclear[0])
    sign = signs.pop()
    whole = [text.lstrip("+-") for text in numbers if text.lstrip("+-0").isdigit()]
    # Of decimals with three places only one in a thousand looks whole; of numbers with thousands all below 1,000 do.
    if len(whole) > 0.05 * len(numbers) and all(len(text) <= 3 for text in whole):
        return "," if sign == "." else "."
    if sign == ".":
        return "."  # thousandths of a second, as many systems write them
    raise AmbiguousNumbers(unclear[0])


def _mark_of(text: str) -> str | None:
    """The decimal mark that a text proves, None where it leaves it open."""
    if _GROUPS.fullmatch(text):
        return "," if "." in text else "."
    if _THREE.fullmatch(text):
        return None
    match = _DECIMAL.fullmatch(text)
    return match[1] if match else None


def without_spaces(text: str) -> str:
    """A text without the spaces and apostrophes that group digits by three.

    Examples
    --------
    >>> without_spaces("1 234"), without_spaces("3m 200")
    ('1234', '3m 200')
    """
    return _GROUPED_BY_SPACE.sub("", text)


def plain_number(text: str, mark: str = ".") -> str:
    """A number without groups of thousands and with a point as its decimal mark; empty if its groups are no groups.

    Examples
    --------
    >>> plain_number("1.221,5", ","), plain_number("1 234"), plain_number("12,5")
    ('1221.5', '1234', '')
    """
    group = "," if mark == "." else "."
    whole, point, decimals = without_spaces(text).partition(mark)
    first, *groups = whole.split(group)
    if group in decimals or (groups and not (first.lstrip("+-") and all(len(part) == 3 for part in groups))):
        return ""
    return f"{first}{''.join(groups)}{'.' if point else ''}{decimals}"
