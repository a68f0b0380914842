"""Entries of a grid: taken into what it edits as a whole, or kept in the grid with what is wrong with each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from interface.app.editor.pasting import Block, PlacedText, Problem, read_block, read_texts
from interface.app.grids.state import Cell, GridState, PendingBlock
from interface.app.grids.subject import Subject
from interface.app.grids.table import GridTable
from scenarios.contact_log.numerals import Mark
from scenarios.errors import InvalidScenario, InvalidValue, PlannerError

TableOf = Callable[[Any], GridTable]
"""The table of a scenario, or of what else is edited: entries after another one refer to the table that it left."""
LONGEST_PASTE = 2_000_000
"""Letters of the largest block."""


def take(
    subject: Subject[Any], place: str, state: GridState, table_of: TableOf, entries: Sequence[Mapping[str, Any]]
) -> None:
    """Take the entries that were not taken yet, in their order."""
    for entry in sorted(entries, key=lambda entry: int(entry["number"])):
        if int(entry["number"]) <= state.taken:
            continue
        state.taken = int(entry["number"])
        if "step" in entry:
            _step(subject, state, str(entry["step"]))
            continue
        table = table_of(subject.current())
        if entry["shape"] != table.shape:
            subject.problems[place] = "The table was another one when this was entered; enter it again"
        elif "paste" in entry:
            _paste(subject, place, state, table, str(entry["paste"]), int(entry["row"]), int(entry["column"]))
        else:
            cells = [(int(row), int(column), str(text)) for row, column, text in entry["cells"]]
            _enter(subject, place, state, table, cells)


def _step(subject: Subject[Any], state: GridState, which: str) -> None:
    """Undo or redo; what waits for a correction was entered last, and is the first to go."""
    if which == "redo":
        subject.redo()
    elif state.pending:
        state.pending.pop()
    else:
        subject.undo()


def _paste(
    subject: Subject[Any], place: str, state: GridState, table: GridTable, text: str, row: int, column: int
) -> None:
    if len(text) > LONGEST_PASTE:
        subject.problems[place] = f"The block has more than {LONGEST_PASTE:,} letters; copy fewer cells"
        return
    editable = list(table.target.columns)
    name = table.names[column] if column < len(table.names) else ""
    first = editable.index(name) if name in editable else 0
    block = read_block(text, table.target, row, first)
    texts = {(part.row, part.column): part for part in block.texts}
    for older in state.pending:
        older.texts = {cell: part for cell, part in older.texts.items() if cell not in texts}
    state.pending = [older for older in state.pending if older.texts]
    _try(subject, place, state, table, PendingBlock(texts, block.problems), block)


def _enter(
    subject: Subject[Any], place: str, state: GridState, table: GridTable, cells: Sequence[tuple[int, int, str]]
) -> None:
    """Typed entries: those for cells that wait for a correction go to their block, the others together."""
    typed: dict[Cell, PlacedText] = {}
    for row, column, text in cells:
        name = table.names[column] if column < len(table.names) else ""
        if name in table.target.columns and row < len(table.labels):
            typed[row, name] = PlacedText(row, name, text.strip())
    for block in list(state.pending):
        joining = {cell for cell in typed if cell in block.texts or _completes(cell, block, table)}
        if joining:
            state.pending.remove(block)
            block.texts |= {
                cell: replace(block.texts.get(cell, typed[cell]), text=typed[cell].text) for cell in joining
            }
            typed = {cell: part for cell, part in typed.items() if cell not in joining}
            retry(subject, place, state, table, block)
    if typed:
        retry(subject, place, state, table, PendingBlock(typed))


def _completes(cell: Cell, block: PendingBlock, table: GridTable) -> bool:
    """Whether a cell joins others of its row, which is new, or which the scenario cannot have without it."""
    same_row = any(row == cell[0] for row, _ in block.texts)
    return same_row and (bool(block.refusal) or (table.grows and cell[0] >= len(table.texts)))


def retry(
    subject: Subject[Any], place: str, state: GridState, table: GridTable, block: PendingBlock, mark: Mark | None = None
) -> None:
    """Take a block, or keep it in the grid with what is wrong with it now."""
    reading = read_texts(list(block.texts.values()), table.target, mark)
    _try(subject, place, state, table, block.read_as(reading), reading)


def _try(
    subject: Subject[Any], place: str, state: GridState, table: GridTable, block: PendingBlock, reading: Block
) -> None:
    if block.problems or reading.marks or not reading.edits:
        if block.texts or block.problems:
            state.pending.append(block.read_as(reading))
        return
    try:
        changed = table.change(subject.current(), reading.edits)
    except PlannerError as wrong:
        state.pending.append(_refused(block, wrong, table))
        return
    subject.problems.pop(place, None)
    subject.replace(place, changed)


def _refused(block: PendingBlock, wrong: PlannerError, table: GridTable) -> PendingBlock:
    """The block with the refusal at its cell, where the refusal names one."""
    if isinstance(wrong, (InvalidValue, InvalidScenario)):
        for (row, column), part in block.texts.items():
            if wrong.field == f"{table.labels[row]}, {column}":
                words = wrong.remedy if isinstance(wrong, InvalidValue) else f"{wrong.problem}; {wrong.remedy}"
                place = f"{column}, {table.labels[row]}"
                problem = Problem(part.block_row, part.block_column, part.text, words, place, (row, column))
                return replace(block, problems=(problem,), refusal=str(wrong))
    return replace(block, refusal=str(wrong))
