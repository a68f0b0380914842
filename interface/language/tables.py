"""Tables in the language that is spoken now: their headings, and the marks of their numbers."""

from __future__ import annotations

from math import isfinite
from typing import Any

import pandas as pd

from interface.language.messages import ENGLISH, _, current
from interface.language.numbers import number


def translated(table: pd.DataFrame) -> Any:
    """A table for display, in English as it is: headings that are messages translated, names of parts kept.

    Examples
    --------
    >>> from interface.language.messages import speaking
    >>> with speaking("ru"):
    ...     translated(pd.DataFrame({"Contacts": [12.5], "desk": [3]})).to_string().split()
    ['Обращения', 'desk', '0', '12,5', '3']
    """
    if current() == ENGLISH:
        return table
    shown = table.rename(columns=lambda name: _(str(name)))
    numeric = shown.select_dtypes("number").columns
    return shown.style.format(_written, subset=list(numeric))


def _written(value: object) -> str:
    return number(value, ",.6g") if isinstance(value, int | float) and isfinite(value) else ""
