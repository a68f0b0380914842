"""The form that takes a block from a spreadsheet, as a whole or not at all, with a preview of what it is read as."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from interface.app.editor.cells import Edits
from interface.app.editor.pasting import Block, Choices, Empty, PasteTarget, Separator, read_block
from interface.app.literal import literal
from interface.app.session import Workspace
from scenarios.contact_log import numerals
from scenarios.contact_log.numerals import Mark
from scenarios.errors import PlannerError
from scenarios.scenario import Scenario

_MOST_PROBLEMS = 20
_WIDE = 640
"""Pixels of the form, where there is room for it."""
_LONGEST = 500_000
"""Letters of the largest block."""
_SEPARATORS: dict[Separator, str] = {
    "none": "One column, decimal comma",
    "comma": "Several columns, separated by commas",
}


def paste_form(
    work: Workspace, place: str, target: PasteTarget, change: Callable[[Scenario, Edits], Scenario], words: str
) -> None:
    """A button that opens the form; `change` makes edits a new scenario, `words` name the grid."""
    key = f"{place}-{work.edition}"  # so that the form closes, and forgets, when its block is taken
    with st.popover("Paste from Excel", key=f"paste-{key}"), st.container(width=_WIDE):
        st.caption(
            f"Paste {words}. Copy cells from Excel, Google Sheets or LibreOffice, with or without headings, and paste "
            "them here. Nothing changes until you click Apply."
        )
        heading = "\t".join(list(target.columns)[:4])
        text = st.text_area("Cells", height=150, max_chars=_LONGEST, key=f"pasted-{key}", placeholder=heading)
        st.button("Preview", key=f"preview-{key}")
        if text.strip():
            _read(work, place, text, target, change)


def _read(
    work: Workspace, place: str, text: str, target: PasteTarget, change: Callable[[Scenario, Edits], Scenario]
) -> None:
    """What a block is read as, and the button that takes it."""
    block = _chosen(text, target, f"{place}-{work.edition}")
    if block.problems:
        _problems(block)
        return
    if not (block.edits or block.separators):
        st.error("No values found. Copy the cells with the numbers and paste them again.")
        return
    if block.edits and not block.marks:
        _preview(block, target)
    if block.ready and (refusal := _refusal(work.scenario, block, change)):
        st.error(f"{literal(refusal)}. Nothing changed.")
        return

    def apply() -> None:
        work.change(place, lambda scenario: change(scenario, block.edits), typed=False)

    st.button("Apply", type="primary", disabled=not block.ready, on_click=apply, key=f"apply-{place}-{work.edition}")


def _refusal(scenario: Scenario, block: Block, change: Callable[[Scenario, Edits], Scenario]) -> str:
    """Why the scenario cannot have these values, which are fine one by one."""
    try:
        change(scenario, block.edits)
    except PlannerError as problem:
        return str(problem)
    return ""


def _chosen(text: str, target: PasteTarget, place: str) -> Block:
    """The block, read with what is chosen where it can be read in several ways."""
    choices = Choices()
    block = read_block(text, target, choices)
    if block.separators:
        separator: Separator | None = st.radio(
            "Commas are ambiguous: decimal commas or column separators?",
            block.separators,
            index=None,
            format_func=_SEPARATORS.__getitem__,
            key=f"separator-{place}",
        )
        if separator is None:
            return block
        choices = Choices(separator=separator)
        block = read_block(text, target, choices)
    if block.unplaced:
        choices = _beginning(target, choices, place)
        block = read_block(text, target, choices)
    if block.marks:
        mark: Mark | None = st.radio(
            "Decimal mark",
            block.marks,
            index=None,
            format_func=lambda mark: _mark_words(mark, block.example),
            key=f"mark-{place}",
        )
        choices = Choices(choices.separator, mark, None, choices.first_row, choices.first_column)
        block = read_block(text, target, choices) if mark else block
    if block.empty:
        count = f"{block.empty} empty cell{'s' if block.empty > 1 else ''}"
        labels: dict[Empty, str] = {"keep": "Leave unchanged", "clear": f"Set to {target.blank or 'empty'}"}
        empty: Empty | None = st.radio(
            count, list(labels), index=None, format_func=labels.__getitem__, horizontal=True, key=f"empty-{place}"
        )
        choices = Choices(choices.separator, choices.mark, empty, choices.first_row, choices.first_column)
        block = read_block(text, target, choices) if empty else block
    return block


def _beginning(target: PasteTarget, choices: Choices, place: str) -> Choices:
    """Where a block without headings begins."""
    left, right = st.columns(2)
    columns = list(target.columns)
    row = left.selectbox(
        f"First {target.row_name}", range(len(target.rows)), format_func=target.rows.__getitem__, key=f"row-{place}"
    )
    column = right.selectbox("First column", range(len(columns)), format_func=columns.__getitem__, key=f"col-{place}")
    return Choices(choices.separator, choices.mark, choices.empty, int(row or 0), int(column or 0))


def _mark_words(mark: Mark, example: str) -> str:
    value = numerals.value(example, mark)
    return f"Decimal {mark}: {example} is {value:.6g}"


def _problems(block: Block) -> None:
    count = len(block.problems)
    lines = [f"- {problem.in_words()}." for problem in block.problems[:_MOST_PROBLEMS]]
    more = [f"- and {count - _MOST_PROBLEMS} more"] if count > _MOST_PROBLEMS else []
    cells = "1 cell" if count == 1 else f"{count} cells"
    st.error("\n".join([f"{cells} cannot be read. Paste cancelled; nothing changed.", "", *lines, *more]))


def _preview(block: Block, target: PasteTarget) -> None:
    """The values as they are read."""
    columns = [name for name in target.columns if any(name in cells for cells in block.shown.values())]
    rows = [
        {target.row_name.capitalize(): target.rows[row]} | {name: block.shown[row].get(name, "") for name in columns}
        for row in sorted(block.shown)
    ]
    count = sum(map(len, block.edits.values()))
    st.caption(f"Preview: {count} cell{'s' if count != 1 else ''}")
    height = min(38 + 35 * len(rows), 320)
    st.dataframe(pd.DataFrame(rows), hide_index=True, height=height, alt="Preview of the pasted values")
