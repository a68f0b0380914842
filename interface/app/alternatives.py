"""The scenarios compared in a study: save them as variants or use their plan; and the table of its numbers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from interface import export
from interface.app.literal import literal
from interface.app.session import Workspace
from interface.app.study_tables import readable
from interface.language.messages import _
from interface.language.tables import translated
from scenarios.scenario import Scenario


def behind(work: Workspace, page: str, question: str, alternatives: Mapping[str, Scenario], *, fresh: bool) -> None:
    """Draw the scenarios compared, to add to the Compare page or, while the answer is `fresh`, to use their plan."""
    with st.expander(_("Scenarios compared")):
        alternative = st.selectbox(_("Scenario"), list(alternatives), key=f"world-{question}")
        with st.container(horizontal=True):
            st.button(
                _("Add to Compare"),
                on_click=_keep,
                args=(work, f"{question}: {alternative}"[:60], alternatives[alternative]),
            )
            st.button(
                _("Use this plan"), on_click=_use, args=(work, page, alternatives[alternative]), disabled=not fresh
            )
        if not fresh:
            st.caption(_("Out of date: scenario changed since this run. Run again to use a plan."))


def _keep(work: Workspace, name: str, alternative: Scenario) -> None:
    name = work.free_name(name)
    work.keep(name, alternative)
    st.toast(_("Saved as variant '{name}'. See the Compare page.").format(name=literal(name)))


def _use(work: Workspace, page: str, alternative: Scenario) -> None:
    work.change(page, lambda current: alternative.replace(name=current.name), typed=False)
    st.toast(_("Plan applied. Undo it on the Scenario page."))


def numbers(rows: pd.DataFrame, words: str, name: str, currency: str) -> None:
    """Draw the table of an answer, with a download."""
    st.dataframe(translated(readable(rows, currency)), hide_index=True, alt=words)
    st.download_button(_("CSV"), lambda: export.csv(rows), f"{name}.csv", on_click="ignore", key=f"csv-{name}")
