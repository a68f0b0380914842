"""Days of a history that look wrong, each with what is done about it, to be chosen in a grid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from interface.app.editor.cells import Edits
from interface.app.grids.editable import editable
from interface.app.grids.subject import of_page
from interface.app.grids.table import GridColumn, GridTable, distinct, one_of_options
from interface.app.literal import literal
from interface.app.session import Workspace
from interface.language.messages import _
from models.forecasting.day_checks import TREATMENTS, DayChoice, DoubtfulDay, Treatment
from models.forecasting.history import DemandHistory

CHOICES = "demand-choices"
"""Where the choices are kept in the session."""
TREATMENT = "Treatment"
Choices = dict[tuple[str, date], Treatment]
"""By contact type and day."""


def choices_of(choices: Mapping[tuple[str, date], Treatment]) -> tuple[DayChoice, ...]:
    """The choices of a person, in order."""
    rows = sorted(choices.items())
    return tuple(DayChoice(day, treatment, name or None) for (name, day), treatment in rows)


def doubt_grid(choices: Choices, doubts: tuple[DoubtfulDay, ...]) -> GridTable:
    """The days that look wrong, with what is done about each."""
    table = pd.DataFrame(
        {
            "Day": distinct(f"{doubt.day:%a %Y-%m-%d}" for doubt in doubts),
            "Contact type": [doubt.contact_type for doubt in doubts],
            "What looks wrong": [doubt.issue for doubt in doubts],
            TREATMENT: [choices.get((doubt.contact_type, doubt.day), doubt.treatment) for doubt in doubts],
        }
    )
    treatment = GridColumn(one_of_options(TREATMENTS), "choice", options=tuple(TREATMENTS))
    return GridTable(_("days to check"), table, {TREATMENT: treatment}, partial(chosen, doubts=doubts), "day")


def chosen(choices: Choices, edits: Edits, doubts: tuple[DoubtfulDay, ...]) -> Choices:
    """The choices after edits of the grid, by row."""
    result = dict(choices)
    for row, cells in edits.items():
        result[doubts[row].contact_type, doubts[row].day] = cells[TREATMENT]
    return result


def show_doubts(work: Workspace, history: DemandHistory) -> None:
    """Draw the days that look wrong with the choice of a treatment, and further days to leave out."""
    title = (
        _("Days to check: {count}").format(count=len(history.doubts)) if history.doubts else _("Days to check: none")
    )
    with st.expander(title, expanded=False):
        st.caption(
            _(
                "Gaps, outages, outliers and days imported twice. Days that lack much are left out and small gaps "
                "repaired unless you choose otherwise; outliers stay until you choose."
            )
        )
        if history.doubts:
            editable(work, "demand-doubts", partial(doubt_grid, doubts=history.doubts), of_page(work, CHOICES))
        _further_day(work, history)
        if st.session_state[CHOICES] and st.button(_("Undo all choices"), key="demand-no-choices"):
            of_page(work, CHOICES).replace("", {})
            st.rerun()


def _further_day(work: Workspace, history: DemandHistory) -> None:
    """A day that looks right and is not: a strike, say."""
    days = [series.days for series in history.types.values()]
    first, last = min(part[0] for part in days), max(part[-1] for part in days)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input(_("Another day"), value=None, min_value=first, max_value=last, key="demand-another-day")
        for treatment, label in ((_("leave out"), _("Leave out")), ("repair", "Repair")):
            if st.button(label, disabled=day is None, key=f"demand-another-{treatment}") and isinstance(day, date):
                of_page(work, CHOICES).replace("", st.session_state[CHOICES] | {("", day): treatment})
                st.rerun()
    for name, day in st.session_state[CHOICES]:
        if not name:
            st.caption(
                literal(
                    _("{day}: {session_state}, all contact types").format(
                        day=day, session_state=st.session_state[CHOICES][name, day]
                    )
                )
            )
