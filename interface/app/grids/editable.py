"""An editable grid on a page: drawn with what waits for a correction, which is said below it cell by cell."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from interface.app.grids.component import entries, mount
from interface.app.grids.entries import TableOf, retry, take
from interface.app.grids.state import GridState, PendingBlock
from interface.app.grids.subject import Subject, of_scenario
from interface.app.grids.table import GridTable
from interface.app.literal import literal
from interface.app.session import Workspace
from interface.language.messages import _, marked, ngettext
from interface.language.numbers import number
from scenarios.contact_log import numerals
from scenarios.contact_log.numerals import Mark

_ROW, _HEAD, _TALLEST = 35, 42, 14
"""Pixels of a row and of the headings; rows that are shown without scrolling."""
_LETTER, _MARGIN = 7, 24
"""Pixels of a letter, and around a text."""
_MOST_PROBLEMS = 20
_WORDS = marked(
    {
        "keys": (
            "A table as in a spreadsheet. Arrow keys move, typing or F2 edits, Enter and Tab go on, Delete empties, "
            "Ctrl+D fills down, Ctrl+C and Ctrl+V copy and paste, Ctrl+Z and Ctrl+Y undo and redo. Escape, then Tab, "
            "leaves it."
        ),
        "yes": "yes",
        "no": "no",
        "fill": "Drag down to fill",
    }
)


def editable(work: Workspace, place: str, table_of: TableOf, subject: Subject[Any] | None = None) -> None:
    """A grid of a part of the scenario, whose entries are taken as a whole or shown with what is wrong.

    `table_of` makes the table of a scenario, or of another subject that is edited.
    """
    subject = subject or of_scenario(work)
    table = table_of(subject.current())
    state = work.grids.setdefault(place, GridState())
    state.fit(table.shape)
    key = f"grid-{place}"

    def taken() -> None:
        take(subject, place, state, table_of, entries(key))

    with st.container(gap="small"):
        mount(key, shown(table, state), taken)
        for number, block in enumerate(state.pending):
            _explain(subject, place, state, table_of, block, number)
        if place in work.problems:
            st.error(_("{problems}. The previous value was kept.").format(problems=literal(work.problems[place])))


def shown(table: GridTable, state: GridState) -> dict[str, Any]:
    """What the browser is given of a grid."""
    texts = [list(row) for row in table.texts]
    if table.grows:
        last = max((row for block in state.pending for row, _ in block.texts), default=len(texts) - 1)
        texts += [["" for _ in table.names] for _ in range(max(last + 2, len(texts) + 1) - len(texts))]
        texts = [[table.labels[at], *row[1:]] for at, row in enumerate(texts)]
    texts = [[state.text((at, name), row[c]) for c, name in enumerate(table.names)] for at, row in enumerate(texts)]
    remarks = {cell: words for block in state.pending for cell, words in block.remarks().items()}
    totals = None if table.totals is None else [_(table.totals.get(name, "")) for name in table.names]
    rows = _TALLEST + (totals is not None)
    return {
        "label": _("Editable table: {name}").format(name=table.name),
        "taken": state.taken,
        "shape": table.shape,
        "columns": [_column(table, name) for name in table.names],
        "rows": texts,
        "marks": [[row, table.names.index(name), words] for (row, name), words in remarks.items()],
        "totals": totals,
        "first": table.first,
        "height": _HEAD + _ROW * rows if len(texts) > _TALLEST else None,
        "words": {part: _(words) for part, words in _WORDS.items()},
    }


def _column(table: GridTable, name: str) -> dict[str, Any]:
    column = table.column(name)
    return {
        "title": _(name),
        "kind": column.kind,
        "fixed": column.read is None,
        "help": _(column.help),
        "options": list(column.options),
        "width": _LETTER * max(map(len, column.options), default=0) + _MARGIN if column.kind == "choice" else 0,
    }


def _explain(
    subject: Subject[Any], place: str, state: GridState, table_of: TableOf, block: PendingBlock, at: int
) -> None:
    """Say what is wrong with a block that was not taken, with the ways on."""
    lines = [f"- {literal(problem.in_words())}." for problem in block.problems[:_MOST_PROBLEMS]]
    more = len(block.problems) - _MOST_PROBLEMS
    lines += [_("- and {more} more.").format(more=more)] if more > 0 else []
    count, wrong = len(block.texts), len(block.problems)
    if block.refusal and not block.problems:
        said = _("{refusal}. Not applied.").format(refusal=literal(block.refusal))
    elif block.marks:
        said = ngettext(
            "Is the comma or the point the decimal mark of {count} cell? Not applied yet.",
            "Is the comma or the point the decimal mark of {count} cells? Not applied yet.",
            count,
        ).format(count=count)
    elif count > 1:
        said = ngettext(
            "{wrong} cell of {count} cannot be read. Nothing is applied until they are corrected in the table.",
            "{wrong} cells of {count} cannot be read. Nothing is applied until they are corrected in the table.",
            wrong,
        ).format(wrong=wrong, count=max(count, wrong))
    else:
        said = _("Not applied: correct the cell in the table.")
    st.error("\n".join([said, "", *lines]))

    def settle(mark: Mark | None, *, readable: bool = False) -> None:
        state.pending.remove(block)
        kept = PendingBlock(block.readable) if readable else block
        retry(subject, place, state, table_of(subject.current()), kept, mark)

    with st.container(horizontal=True):
        for mark in block.marks:
            value = numerals.value(block.example, mark)
            words = _("Decimal {mark}: {example} is {value}").format(
                mark=mark, example=block.example, value=number(value or 0.0, ".6g")
            )
            st.button(words, on_click=partial(settle, mark), key=f"mark-{mark}-{place}-{at}")
        if block.problems and block.readable:
            words = _("Apply the other cells")
            st.button(words, on_click=partial(settle, None, readable=True), key=f"rest-{place}-{at}")
        st.button(_("Discard"), on_click=lambda: state.pending.remove(block), key=f"discard-{place}-{at}")
