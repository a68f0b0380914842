"""Numbers as people and spreadsheets write them: decimal comma or point, thousands, per cent, currencies."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

Mark = Literal["point", "comma"]
"""The decimal mark."""
MARKS: tuple[Mark, Mark] = ("point", "comma")

_SPACES = " \u00a0\u2007\u2009\u202f"
_APOSTROPHES = "'\u2019"
_MINUS = str.maketrans("\u2212\u2013", "--")
_NUMERAL = re.compile(rf"[0-9][0-9.,{_SPACES}{_APOSTROPHES}]*(?:[eE][+-]?[0-9]+(?![0-9a-zA-Z]))?")
_CODE = re.compile(r"^[A-Z]{3}\s+|\s+[A-Z]{3}$")
_BRACKETS = re.compile(r"^\((.+)\)$")
_SIGN = re.compile(rf"^[+-][{_SPACES}]*")


def value(text: str, mark: Mark) -> float | None:
    """The number in a text with this decimal mark; None if it is not a number so written.

    Spaces, apostrophes and the other mark may group thousands. A currency and a per cent sign are left out: ``12 %`` is
    12.

    Examples
    --------
    >>> value("1.221,5 €", "comma"), value("1,221", "point"), value("1 234", "point"), value("12,5", "point")
    (1221.5, 1221.0, 1234.0, None)
    """
    bare = _bare(text)
    negative = bare.startswith("-") or bool(_BRACKETS.match(bare))
    number = _unsigned(_SIGN.sub("", _BRACKETS.sub(r"\1", bare)), mark)
    return -number if number is not None and negative else number


def is_share(text: str) -> bool:
    """Whether a number is written with a per cent sign."""
    return text.rstrip(_SPACES).endswith("%")


def marks(texts: Iterable[str]) -> frozenset[Mark]:
    """The decimal marks under which every one of these texts that can be a number is one; what cannot be is left out.

    Empty if the texts contradict each other.

    Examples
    --------
    >>> sorted(marks(["1,221", "80"])), sorted(marks(["1,221", "12,5"])), sorted(marks(["1.5", "1,5"]))
    (['comma', 'point'], ['comma'], [])
    """
    left = frozenset(MARKS)
    for text in texts:
        possible = frozenset(mark for mark in MARKS if value(text, mark) is not None)
        if possible:
            left &= possible
    return left


def is_ambiguous(text: str) -> bool:
    """Whether a text is another number with a decimal comma than with a decimal point.

    Examples
    --------
    >>> is_ambiguous("1,221"), is_ambiguous("0,221"), is_ambiguous("1221")
    (True, False, False)
    """
    comma, point = value(text, "comma"), value(text, "point")
    return None not in (comma, point) and comma != point


def plain(text: str, mark: Mark) -> str:
    """A text whose numbers are rewritten with a decimal point and without thousands, as in ``12,5 min``.

    Examples
    --------
    >>> plain("12,5 min", "comma"), plain("1 h 30 min", "comma")
    ('12.5 min', '1 h 30 min')
    """

    def rewritten(match: re.Match[str]) -> str:
        numeral = match[0].rstrip(_SPACES)
        number = None if numeral.isdigit() else _unsigned(numeral, mark)
        return match[0] if number is None else written(number) + match[0][len(numeral) :]

    return _NUMERAL.sub(rewritten, text)


def numerals(text: str) -> list[str]:
    """The numbers in a text, as they are written.

    Examples
    --------
    >>> numerals("1,221 s"), numerals("2 h 7,5 min"), numerals("6:00")
    (['1,221'], ['2', '7,5'], ['6', '00'])
    """
    return [match.rstrip(_SPACES) for match in _NUMERAL.findall(text)]


def written(number: float) -> str:
    """A number as text that can be read in one way only.

    Examples
    --------
    >>> written(1200.0), written(12.5), written(1.125)
    ('1200', '12.5', '1.1250')
    """
    text = f"{number:.15g}"
    return text + "0" if is_ambiguous(text) else text


def _bare(text: str) -> str:
    """A text without its currency, its per cent sign and the spaces around."""
    kept = "".join(letter for letter in text.translate(_MINUS) if unicodedata.category(letter) != "Sc")
    return _CODE.sub("", kept.strip().removesuffix("%").strip())


def _unsigned(text: str, mark: Mark) -> float | None:
    decimal, group = (",", ".") if mark == "comma" else (".", ",")
    for separator in (f"[{_SPACES}]", f"[{_APOSTROPHES}]", re.escape(group)):
        grouped = (
            rf"[1-9][0-9]{{0,2}}(?:{separator}[0-9]{{3}})+|[1-9][0-9]?(?:{separator}[0-9]{{2}})+{separator}[0-9]{{3}}"
        )
        whole = rf"(?:[0-9]+|{grouped})(?:{re.escape(decimal)}[0-9]*)?|{re.escape(decimal)}[0-9]+"
        if re.fullmatch(rf"(?:{whole})(?:[eE][+-]?[0-9]+)?", text):
            number = float(re.sub(separator, "", text).replace(decimal, "."))
            return number if math.isfinite(number) else None
    return None
