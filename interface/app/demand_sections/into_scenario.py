"""The forecast into the scenario, and into files."""

from __future__ import annotations

from typing import Any

import streamlit as st

from interface import export
from interface.app.demand import matches, sheets
from interface.app.literal import literal
from interface.app.session import Workspace
from interface.app.widgets import grid
from interface.language.messages import _
from models.forecasting.forecast import DemandForecast
from models.forecasting.to_scenario import to_scenario

LEAVE_OUT = "leave out"


def into_scenario(work: Workspace, page: str, forecast: DemandForecast, level: float) -> dict[str, str]:
    """Draw the section; the contact types of the scenario by those of the forecast, as a person chose them."""
    with st.container():  # what follows keeps its place, and an open section stays open
        return _section(work, page, forecast, level)


def _section(work: Workspace, page: str, forecast: DemandForecast, level: float) -> dict[str, str]:
    st.subheader(_("Into the scenario"), anchor=False)
    targets = matches(forecast.types, work.scenario.type_names)
    with grid("14rem", key="demand-targets"):
        for type_name, likely in targets.items():
            names = [LEAVE_OUT, *work.scenario.type_names]
            at = names.index(likely) if likely else 0
            targets[type_name] = str(
                st.selectbox(
                    _("{type_name} becomes").format(type_name=literal(type_name)),
                    names,
                    at,
                    key=f"demand-to-{type_name}",
                )
            )
    chosen = {old: new for old, new in targets.items() if new != LEAVE_OUT}
    with st.container(horizontal=True):
        if st.button(_("Apply to the scenario"), type="primary", disabled=not chosen, key="demand-apply"):
            _apply(work, page, forecast, chosen)
        st.download_button(
            _("Forecast (Excel)"),
            lambda: export.workbook(sheets(forecast, level)),
            "forecast.xlsx",
            on_click="ignore",
            key="demand-excel",
        )
        st.download_button(
            _("Forecast (CSV)"),
            lambda: export.csv(forecast.table(level)),
            "forecast.csv",
            on_click="ignore",
            key="demand-csv",
        )
    if not chosen:
        st.caption(_("Choose the contact type of the scenario that each forecast belongs to."))
    return chosen


def _apply(work: Workspace, page: str, forecast: DemandForecast, chosen: dict[str, str]) -> None:
    notes: list[str] = []

    def apply(scenario: Any) -> Any:
        """The scenario over the days of the forecast."""
        changed, remarks = to_scenario(forecast.renamed(chosen), scenario)
        notes.extend(remarks)
        return changed

    if len(set(chosen.values())) < len(chosen):
        st.error(_("Two contact types of the forecast go to the same one of the scenario; choose different ones."))
    elif work.change(page, apply, typed=False):
        text = _("The scenario now covers {days} days from {first}. Next: Optimise its staffing.").format(
            days=forecast.days, first=forecast.first
        )
        st.success(" ".join([text, *(literal(f"{note}.") for note in notes)]))
    else:
        st.error(literal(work.problems.pop(page)))
