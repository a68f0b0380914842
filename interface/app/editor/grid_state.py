"""What the browser shows of a grid, so that every edit is taken once and no typing is interrupted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from interface.app.editor.cells import Edits


@dataclass(eq=False)
class GridState:
    """A grid as the browser holds it.

    Streamlit's editor sends all edits since it was mounted, each time again, and shows them over its table; when it is
    given another table it drops the edits that it has not sent yet. So it keeps the table with which it was mounted.
    """

    edition: int
    rows: tuple[int, ...]
    """The rows of the table that are shown."""
    table: pd.DataFrame
    """The table with which the grid was mounted."""
    mount: int = 0
    """Grown whenever the grid must be mounted anew."""
    taken: dict[int, dict[str, Any]] = field(default_factory=dict)
    """The edits that the scenario has."""
    shown: dict[tuple[int, str], Any] = field(default_factory=dict)
    """What the scenario made of them."""

    @classmethod
    def drawn(cls, before: GridState | None, edition: int, rows: Sequence[int], table: pd.DataFrame) -> GridState:
        """The state with which a grid is drawn now: the one before, wherever the browser shows the truth.

        Rows that were shown stay, though they may be empty by now.
        """
        if before is None or before.edition != edition:
            return cls(edition, tuple(rows), table)
        kept = tuple(sorted({*before.rows, *rows}))
        if kept == before.rows and before._shows(table):
            return before
        if kept == before.rows and not before.taken:
            before.table = table
            return before
        return cls(edition, kept, table, before.mount + 1)

    def _shows(self, table: pd.DataFrame) -> bool:
        """Whether the browser shows this table: its own with the edits over it."""
        seen = self.table.astype(object)
        for row, cells in self.taken.items():
            for column in cells:
                value = table[column].iloc[row]
                seen.loc[seen.index[row], column] = self.shown.setdefault((row, column), value)
        return seen.astype(str).equals(table.astype(object).astype(str))

    def forget(self) -> None:
        """Begin again with the table of now, for the browser has dropped its edits."""
        self.taken, self.shown = {}, {}

    def new(self, edited: Mapping[Any, Mapping[str, Any]]) -> Edits:
        """The edits, by row of the table, that the scenario does not have yet."""
        edits = {self.rows[int(row)]: dict(cells) for row, cells in edited.items()}
        untaken: dict[int, dict[str, Any]] = {}
        for row, cells in edits.items():
            before = self.taken.get(row, {})
            fresh = {name: value for name, value in cells.items() if name not in before or before[name] != value}
            if fresh:
                untaken[row] = fresh
                for name in fresh:
                    self.shown.pop((row, name), None)
        self.taken = edits
        return untaken
