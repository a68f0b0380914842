"""Whether the contacts of the Demand page are first attempts alone, and what is assumed about redials."""

from __future__ import annotations

import streamlit as st

from interface.app.editor.cells import length
from interface.app.literal import literal
from interface.app.widgets import grid
from interface.language.messages import _
from models.calibration.first_attempts import USUAL_DELAY, USUAL_PROBABILITY, RedialAssumption
from scenarios.errors import PlannerError
from scenarios.units import written


def choose_redials() -> RedialAssumption | None:
    """Draw the choice; None where redials stay contacts like others. The page ends here if a number cannot be used."""
    with st.expander(_("Redials")):
        st.caption(
            _(
                "Those who abandon may contact again. With caller ids in a log, redials are left out exactly. A report "
                "tells only how many abandoned: which share contacts again, and when, is an assumption, at first "
                "that of the examples."
            )
        )
        with grid("12rem", key="demand-redials"):
            first_only = st.toggle(_("First attempts only"), key="demand-first-only")
            usual = round(100 * USUAL_PROBABILITY)
            probability = st.number_input(_("Redial probability (%)"), 1, 99, usual, key="demand-redial-probability")
            delay = st.text_input(_("Redial delay (mean)"), written(USUAL_DELAY), key="demand-redial-delay")
        try:
            return RedialAssumption(probability / 100, length("Redial delay", delay)) if first_only else None
        except PlannerError as problem:
            st.error(literal(problem))
            st.stop()
