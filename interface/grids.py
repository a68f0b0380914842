"""A grid that writes what people type into the scenario, or says beside it why it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from interface.editing import Edits
from interface.session import Workspace
from scenarios.scenario import Scenario

_ROW, _HEAD, _TALLEST = 35, 38, 14


def edited(
    work: Workspace,
    place: str,
    table: pd.DataFrame,
    change: Callable[[Scenario, Edits], Scenario],
    *,
    fixed: Sequence[str],
    columns: Mapping[str, Any],
    rows: NDArray[np.intp] | None = None,
) -> None:
    """A grid of a part of the scenario; `change` makes edits a new scenario, `rows` are those that are shown."""
    at = np.arange(len(table)) if rows is None else rows
    key = f"{place}-{work.edition}"
    st.data_editor(
        table.iloc[at],
        key=key,
        hide_index=True,
        disabled=list(fixed),
        column_config=dict.fromkeys(fixed, st.column_config.TextColumn(pinned=True)) | dict(columns),
        height=_HEAD + _ROW * min(len(at), _TALLEST),
        on_change=_commit,
        args=(work, place, key, change, at.tolist()),
        alt=f"Editable table: {place}",
    )
    problem(work, place)


def _commit(
    work: Workspace, place: str, key: str, change: Callable[[Scenario, Edits], Scenario], at: list[int]
) -> None:
    """Called twice for an edit, the second time with none, so edits must be such that twice is like once."""
    edits = {at[int(row)]: cells for row, cells in st.session_state[key]["edited_rows"].items()}
    if edits:
        work.change(place, lambda scenario: change(scenario, edits))


def problem(work: Workspace, place: str) -> None:
    """Why the last edit at a place was refused."""
    if place in work.problems:
        st.error(f"{work.problems[place]}. The value before it was kept.")


def day_choice(scenario: Scenario, place: str) -> tuple[int, bool]:
    """The day whose intervals are shown, and whether an edit is for every day."""
    horizon = scenario.horizon
    if horizon.days == 1:
        return 0, True
    times = horizon.times[:: horizon.intervals_per_day]
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    day = left.selectbox(
        "Day",
        range(horizon.days),
        format_func=lambda at: f"{times[at]:%A} {times[at].day} {times[at]:%B}",
        key=f"day-{place}",
    )
    every = right.checkbox("Write into every day", key=f"every-{place}")
    return int(day or 0), bool(every)
