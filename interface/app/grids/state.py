"""What the server knows of a grid in the browser: the entries taken so far, and those that wait for a correction."""

from __future__ import annotations

from dataclasses import dataclass, field

from interface.app.editor.pasting import Block, PlacedText, Problem
from scenarios.contact_log.numerals import Mark

Cell = tuple[int, str]
"""Row and column of a grid."""


@dataclass(eq=False)
class PendingBlock:
    """Entries made together that are shown in the grid, but not taken: some of them cannot be read."""

    texts: dict[Cell, PlacedText]
    problems: tuple[Problem, ...] = ()
    refusal: str = ""
    """Why the scenario cannot have them, though each can be read."""
    marks: tuple[Mark, ...] = ()
    """The decimal marks between which the person must choose."""
    example: str = ""

    @property
    def readable(self) -> dict[Cell, PlacedText]:
        """The entries that can be read."""
        wrong = {problem.cell for problem in self.problems}
        return {cell: part for cell, part in self.texts.items() if cell not in wrong}

    def remarks(self) -> dict[Cell, str]:
        """What is wrong with cells, by cell."""
        if self.refusal and not self.problems:
            return dict.fromkeys(self.texts, self.refusal)
        remarks = {problem.cell: problem.remedy for problem in self.problems if problem.cell is not None}
        if self.marks:
            return dict.fromkeys(self.texts, "choose the decimal mark below") | remarks
        return remarks

    def read_as(self, block: Block) -> PendingBlock:
        """The same entries with what was said about them now."""
        outside = tuple(problem for problem in self.problems if problem.cell is None)
        problems = (*block.problems, *(problem for problem in outside if problem not in block.problems))
        return PendingBlock(self.texts, problems, marks=block.marks, example=block.example)


@dataclass(eq=False)
class GridState:
    """A grid of one person.

    The browser numbers its entries and sends each until it hears that it was taken: so each is taken once, whatever is
    drawn anew meanwhile.
    """

    taken: int = 0
    """The number of the last entry that was taken."""
    shape: str = ""
    """Which cells the grid has: pending entries belong to these."""
    pending: list[PendingBlock] = field(default_factory=list)

    def fit(self, shape: str) -> None:
        """Drop pending entries for cells that the grid does not have any more."""
        if shape != self.shape:
            self.shape, self.pending = shape, []

    def text(self, cell: Cell, otherwise: str) -> str:
        """What a cell shows."""
        for block in self.pending:
            if cell in block.texts:
                return block.texts[cell].text
        return otherwise
