"""The scenarios behind a study: kept as variants or gone on with; and its numbers, to look at and to take home."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from interface import export
from interface.app.session import Workspace
from interface.app.study_tables import readable
from scenarios.scenario import Scenario


def behind(work: Workspace, page: str, question: str, alternatives: Mapping[str, Scenario], *, fresh: bool) -> None:
    """The scenarios behind an answer, to keep for the Compare page or, while the answer is `fresh`, to go on with."""
    with st.expander("The scenarios behind it"):
        alternative = st.selectbox("World", list(alternatives), key=f"world-{question}")
        with st.container(horizontal=True):
            st.button(
                "Keep for Compare",
                on_click=_keep,
                args=(work, f"{question}: {alternative}"[:60], alternatives[alternative]),
            )
            st.button("Go on with it", on_click=_use, args=(work, page, alternatives[alternative]), disabled=not fresh)
        if not fresh:
            st.caption("Out of date: the scenario has changed since this answer. Run again to go on with it.")


def _keep(work: Workspace, name: str, alternative: Scenario) -> None:
    name = work.free_name(name)
    work.keep(name, alternative)
    st.toast(f"Kept as '{name}'; see the Compare page.")


def _use(work: Workspace, page: str, alternative: Scenario) -> None:
    work.change(page, lambda now: alternative.replace(name=now.name), typed=False)
    st.toast("The scenario now has this plan; undo it on the Scenario page.")


def numbers(rows: pd.DataFrame, words: str, name: str, currency: str) -> None:
    """The numbers of an answer, with a download."""
    st.dataframe(readable(rows, currency), hide_index=True, alt=words)
    st.download_button("CSV", lambda: export.csv(rows), f"{name}.csv", on_click="ignore", key=f"csv-{name}")
