"""Texts of durations taken apart: numbers, clocks of two parts, and everything that has one meaning only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_log.decimals import NUMBER, plain_number, without_spaces
from scenarios.errors import InvalidValue
from scenarios.units import DAY, HOUR, MINUTE, seconds

Floats = NDArray[np.float64]

_TWO = re.compile(r"(\d{1,4}):([0-5]\d)(?:[.,]\d+)?")
THREE_PARTS = re.compile(r"(?:(\d{1,3})\s*(?:d|days?)?[.,\s]\s*)?(\d{1,4}):([0-5]\d):([0-5]\d(?:[.,]\d+)?)")
_ISO = re.compile(r"P(?:(\d+)D)?(?:T(?:([\d.,]+)H)?(?:([\d.,]+)M)?(?:([\d.,]+)S)?)?", re.IGNORECASE)
_QUOTES = re.compile(r"(?:(\d+)')?\s*(\d+)(?:''|\")")
_WORD = re.compile(r"([\d.,]*\d)\s*([^\W\d_]+)\.?")
_WORDS = {"sek": "s", "sekunde": "s", "sekunden": "s", "secs": "s", "msec": "ms", "millis": "ms", "hrs": "h"}
_WORDS |= {"minute": "min", "minuten": "min", "std": "h", "stunde": "h", "stunden": "h", "segundos": "s"}


@dataclass
class DurationTexts:
    """The different texts of one column, taken apart."""

    role: str
    header: str
    codes: NDArray[np.int64]
    texts: list[str]
    number: Floats
    """Plain numbers, in the unit of the column."""
    minutes: Floats
    """Two-part clocks as minutes:seconds."""
    rounded: Floats
    """Three-part clocks whose seconds are 00."""
    whole: Floats
    """Everything that has one meaning only."""

    def rows(self, values: Floats) -> Floats:
        """The finite values above nothing, one for each row."""
        by_row = values[self.codes]
        return by_row[np.isfinite(by_row) & (by_row > 0)]


def different_texts(texts: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """The different texts, trimmed, and for each row the place of its own: a log repeats many of them."""
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    codes = np.fromiter(map(places.__getitem__, texts), dtype=np.int64, count=len(texts))
    return [text.strip() for text in places], codes


def numbers_in(text: str) -> list[str]:
    """The numbers in a text that is a number, or numbers with units; none in a clock."""
    if text[:1].isdigit() and text.isdigit():
        return [text]
    if NUMBER.fullmatch(without_spaces(text)):
        return [text]
    return [] if ":" in text else [part[1] for part in _WORD.finditer(text)]


def taken_apart(role: str, header: str, texts: list[str], codes: NDArray[np.int64], mark: str) -> DurationTexts:
    """The different texts of a column by what they are, in seconds or, if plain numbers, in the unit of the column."""
    import pandas as pd

    if mark == ".":
        number = pd.to_numeric(pd.Series(texts, dtype="str"), errors="coerce").to_numpy(dtype=float).copy()
    else:
        number = np.full(len(texts), np.nan)
    number[~np.isfinite(number)] = np.nan
    minutes, rounded, whole = (np.full(len(texts), np.nan) for _ in range(3))
    for at in np.flatnonzero(np.isnan(number)):
        text = texts[at]
        if not text or len(text) > 60:
            continue
        plain = without_spaces(text)
        if NUMBER.fullmatch(plain):
            number[at] = _float(plain_number(plain, mark))
        elif two := _TWO.fullmatch(text):
            fraction = text.partition(":")[2][len(two[2]) :].replace(",", ".")
            value = int(two[1]) * MINUTE + int(two[2]) + (float(fraction) if fraction else 0.0)
            (whole if fraction else minutes)[at] = value
        elif three := THREE_PARTS.fullmatch(text):
            days, hours, minute, second = (float((part or "0").replace(",", ".")) for part in three.groups())
            (rounded if second == 0 and days == 0 and hours > 0 else whole)[at] = (
                days * DAY + hours * HOUR + minute * MINUTE + second
            )
        else:
            whole[at] = _in_words(text, mark)
    return DurationTexts(role, header, codes, texts, number, minutes, rounded, whole)


def _float(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return np.nan
    return value if np.isfinite(value) else np.nan


def _in_words(text: str, mark: str) -> float:
    """Seconds of ``3m 20s``, ``3,5 min``, ``PT3M20S`` or ``3'20"``; NaN for anything else."""
    if len(text) > 1 and (iso := _ISO.fullmatch(text)) and any(iso.groups()):
        parts = [_float((part or "0").replace(",", ".")) for part in iso.groups()]
        return float(np.dot(parts, (DAY, HOUR, MINUTE, 1.0)))
    if quotes := _QUOTES.fullmatch(text):
        return int(quotes[1] or 0) * MINUTE + int(quotes[2])
    text = without_spaces(text)
    words = _WORD.sub(lambda part: f"{plain_number(part[1], mark)} {_WORDS.get(part[2].casefold(), part[2])}", text)
    if not any(letter.isalpha() for letter in words):
        return np.nan
    try:
        return seconds(words)
    except InvalidValue:
        return np.nan
