"""Days of a history that look wrong, each with what is done about it, to be chosen in a grid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from interface.app.literal import literal
from models.forecasting.day_checks import TREATMENTS, DayChoice, DoubtfulDay, Treatment
from models.forecasting.history import DemandHistory

TREATMENT = "Treatment"
Choices = dict[tuple[str, date], Treatment]
"""By contact type and day."""


def choices_of(choices: Mapping[tuple[str, date], Treatment]) -> tuple[DayChoice, ...]:
    """The choices of a person, in order."""
    rows = sorted(choices.items())
    return tuple(DayChoice(day, treatment, name or None) for (name, day), treatment in rows)


def doubt_rows(doubts: tuple[DoubtfulDay, ...]) -> pd.DataFrame:
    """The days that look wrong, for a grid."""
    return pd.DataFrame(
        {
            "Contact type": [doubt.contact_type for doubt in doubts],
            "Day": [f"{doubt.day:%a %Y-%m-%d}" for doubt in doubts],
            "What looks wrong": [doubt.issue for doubt in doubts],
            TREATMENT: [doubt.treatment for doubt in doubts],
        }
    )


def chosen(
    choices: Mapping[tuple[str, date], Treatment],
    doubts: tuple[DoubtfulDay, ...],
    changes: Mapping[int, Mapping[str, Any]],
) -> Choices:
    """The choices after a change of the grid: by row the cells that changed."""
    result = dict(choices)
    for row, cells in changes.items():
        treatment = next((known for known in TREATMENTS if known == cells.get(TREATMENT)), None)
        if treatment is not None:
            result[doubts[row].contact_type, doubts[row].day] = treatment
    return result


def show_doubts(history: DemandHistory, digest: str) -> None:
    """Draw the days that look wrong with the choice of a treatment, and further days to leave out."""
    title = f"Days to check: {len(history.doubts)}" if history.doubts else "Days to check: none"
    with st.expander(title, expanded=False):
        st.caption(
            "Gaps, outages, outliers and days imported twice. Days that lack much are left out and small gaps repaired "
            "unless you choose otherwise; outliers stay until you choose."
        )
        if history.doubts:
            version = hash(history.doubts)
            key = f"demand-doubts-{digest[:8]}-{version}"
            st.data_editor(
                doubt_rows(history.doubts),
                hide_index=True,
                disabled=("Contact type", "Day", "What looks wrong"),
                column_config={TREATMENT: st.column_config.SelectboxColumn(options=list(TREATMENTS), required=True)},
                on_change=partial(_take, key, history.doubts),
                key=key,
            )
        _further_day(history)
        if st.session_state["demand-choices"] and st.button("Undo all choices", key="demand-no-choices"):
            st.session_state["demand-choices"] = {}
            st.rerun()


def _take(key: str, doubts: tuple[DoubtfulDay, ...]) -> None:
    typed = st.session_state[key]["edited_rows"]
    st.session_state["demand-choices"] = chosen(st.session_state["demand-choices"], doubts, typed)


def _further_day(history: DemandHistory) -> None:
    """A day that looks right and is not: a strike, say."""
    days = [series.days for series in history.types.values()]
    first, last = min(part[0] for part in days), max(part[-1] for part in days)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input("Another day", value=None, min_value=first, max_value=last, key="demand-another-day")
        for treatment, label in (("leave out", "Leave out"), ("repair", "Repair")):
            if st.button(label, disabled=day is None, key=f"demand-another-{treatment}") and isinstance(day, date):
                choices: Choices = st.session_state["demand-choices"]
                st.session_state["demand-choices"] = choices | {("", day): treatment}
                st.rerun()
    for name, day in st.session_state["demand-choices"]:
        if not name:
            st.caption(literal(f"{day}: {st.session_state['demand-choices'][name, day]}, all contact types"))
