"""Protection against CSV injection: text that a spreadsheet would run as a formula is made harmless (OWASP)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_FIRST = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First characters of a formula, also in full width."""
_NUMBERS = "iufbM"


def disarmed(table: pd.DataFrame) -> pd.DataFrame:
    r"""A table with an apostrophe before text and column names that look like a formula.

    Numbers are left alone, negative ones too.

    Examples
    --------
    >>> import pandas as pd
    >>> disarmed(pd.DataFrame({"+cmd": [" =1+1", "\t@SUM(A1)", "calls", -1]})).to_dict("list")
    {"'+cmd": ["' =1+1", "'\t@SUM(A1)", 'calls', -1]}
    """
    safe: pd.DataFrame = table.apply(lambda column: column if column.dtype.kind in _NUMBERS else column.map(_disarmed))
    return safe.rename(columns=_disarmed)


def _disarmed(value: object) -> object:
    risky = isinstance(value, str) and (value.lstrip().startswith(_FIRST) or value.startswith(("\t", "\r", "\n")))
    return f"'{value}" if risky else value
