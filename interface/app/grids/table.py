"""A table that is edited in a grid: its cells as text, how each column is read, and what edits make of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal
from zlib import crc32

import pandas as pd

from interface.app.editor.cells import Edits
from interface.app.editor.pasting import PasteTarget, Read
from interface.language.messages import marked
from scenarios.errors import InvalidValue

Kind = Literal["number", "text", "choice", "check"]
"""What a column holds: numbers and times, words, one of some options, or yes and no."""
YES = "yes"
"""The text of a box that is ticked; that of an empty box is empty."""
HEADINGS = marked(
    (
        *("Type", "Group", "After", "Returns as", "Total", "Hours", "Weekday", "Field", "Origin", "Lines", "Forecast"),
        *("Trunk lines", "Speed by skill", "Origins of numbers"),
    )
)
"""Headings, and names of tables, that are made as they are needed; shown in the language of the reader."""
MOST_ADDED = 500
"""Rows that may be added to a table at once."""


@dataclass(frozen=True)
class GridColumn:
    """How a column looks, and what it accepts."""

    read: Read | None = None
    """How its texts are read; None where they are shown only."""
    kind: Kind = "number"
    help: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class GridTable:
    """A table with its columns, the first of which names the rows."""

    name: str
    """What it is called aloud."""
    table: pd.DataFrame
    columns: dict[str, GridColumn]
    """By name; a column of the table that is missing here is shown only."""
    change: Callable[[Any, Edits], Any]
    """The scenario, or what else is edited, with edits, which refer to rows of the table."""
    row_name: str = "row"
    blank: str | None = None
    """What an emptied cell gets; None leaves it empty."""
    first: int = 0
    """The row that is at the top when the grid opens."""
    totals: dict[str, str] | None = None
    """A last row that is not edited."""
    grows: bool = False
    """Whether rows are added by writing below the last one."""

    @cached_property
    def names(self) -> list[str]:
        """The names of its columns."""
        return [str(name) for name in self.table.columns]

    @cached_property
    def texts(self) -> list[list[str]]:
        """Its cells, row by row."""
        records = self.table.astype(object).to_numpy().tolist()
        return [[_text(value) for value in record] for record in records]

    @cached_property
    def labels(self) -> list[str]:
        """The names of its rows; for a table that grows, also of those that may come."""
        labels = [row[0] for row in self.texts]
        if not self.grows:
            return labels
        return labels + [f"{self.row_name.capitalize()} {len(labels) + added + 1}" for added in range(MOST_ADDED)]

    @cached_property
    def shape(self) -> str:
        """A code of the cells it has: an entry belongs to a table of the same shape."""
        return f"{crc32(repr((self.names, [] if self.grows else self.labels)).encode()):x}"

    def column(self, name: str) -> GridColumn:
        """How a column is shown and read."""
        return self.columns.get(name, GridColumn(kind="text"))

    @cached_property
    def target(self) -> PasteTarget:
        """How texts for its cells are read."""
        readers = {name: read for name in self.names if (read := self.column(name).read) is not None}
        words = frozenset(name for name in readers if self.column(name).kind != "number")
        return PasteTarget(self.labels, readers, self.row_name, self.blank, words)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else ""
    return "" if value is None else str(value)


def distinct(labels: Iterable[str]) -> list[str]:
    """Labels of rows, the second of equal ones with a number.

    Examples
    --------
    >>> distinct(["early", "late", "early"])
    ['early', 'late', 'early (2)']
    """
    counted: Counter[str] = Counter()
    named = []
    for label in labels:
        counted[label] += 1
        named.append(label if counted[label] == 1 else f"{label} ({counted[label]})")
    return named


def one_of_options(options: Sequence[str], *, required: bool = True) -> Read:
    """How a choice is read: by its name, however it is capitalised.

    Examples
    --------
    >>> one_of_options(["calls", "chat"])("Type", "Chat")
    'chat'
    """
    by_name = {option.casefold(): option for option in options}

    def read(column: str, text: str) -> str:
        if not text and not required:
            return ""
        if text.strip().casefold() not in by_name:
            raise InvalidValue(column, text, f"choose one of {', '.join(options)}")
        return by_name[text.strip().casefold()]

    return read


def yes_or_no(column: str, text: str) -> str:
    """How a box is read, as people and spreadsheets write it.

    Examples
    --------
    >>> yes_or_no("Bot", "TRUE"), yes_or_no("Bot", "no")
    ('yes', '')
    """
    word = text.strip().casefold()
    if word in ("", "0", "no", "false", "n", "off"):
        return ""
    if word in (YES, "1", "true", "y", "x", "on"):
        return YES
    raise InvalidValue(column, text, "write yes or no")
