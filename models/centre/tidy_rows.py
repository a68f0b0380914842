"""Tidy rows put together in one go: a table of hundreds of small parts is built once, not part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from scenarios.measures import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

Part = Mapping[str, Any]
"""Columns of one part: an array or list for each, or one value for all its rows; `value` gives the length."""


def table(parts: Sequence[Part]) -> pd.DataFrame:
    """The rows of all parts in the columns of `scenarios.measures.COLUMNS`.

    Examples
    --------
    >>> part = dict.fromkeys(COLUMNS, "") | {"measure": "asa", "value": np.array([18.0, 38.0])}
    >>> table([part])[["measure", "value"]].values.tolist()
    [['asa', 18.0], ['asa', 38.0]]
    """
    import pandas as pd

    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.DataFrame({name: _column([(part[name], len(part["value"])) for part in parts]) for name in COLUMNS})


def _column(values: list[tuple[Any, int]]) -> Any:
    first = values[0][0]
    if isinstance(first, str | list):
        spread = (value if isinstance(value, list) else [value] * count for value, count in values)
        return [item for part in spread for item in part]
    return np.concatenate([np.broadcast_to(value, (count,)) for value, count in values])
