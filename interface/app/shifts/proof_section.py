"""A shift plan simulated on fresh days, on the page: targets, cost with overruns, risks, and who may go home."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from interface.app.jobs.shifts import proven
from interface.app.jobs.study_widgets import study
from interface.app.session import Workspace
from interface.app.verdicts import Tile
from interface.app.widgets import grid, show_tile
from interface.formatting import STATUS, shown
from interface.headings import with_headings
from interface.language.messages import _
from interface.language.numbers import number
from interface.language.tables import translated
from models.scheduling.shift_plan import ShiftPlan
from studies.shifts.proof import FRESH, ShiftProof, service_table, spare_table, target_table

PAGE = "proof"


def show_proof(work: Workspace, plan: ShiftPlan) -> None:
    """Draw the question, how many days shall be simulated, and what they say."""
    st.caption(_("The shifts with their breaks, simulated on days that no search has seen."))
    with grid("12rem", key="proof-choices"):
        days = int(st.number_input(_("Simulated days or periods"), 20, 1000, FRESH, step=20, key="proof-days"))
        seed = int(st.number_input(_("Seed"), 0, 999_999, 1, key="proof-seed"))
    result, fresh = study(
        *(PAGE, (work.shifts, work.shifts_for, days, seed), _("Simulate on fresh days"), proven, plan, days, seed),
        steps="steps",
        main=False,
    )
    if result is None:
        return
    if not fresh:
        st.info(_("Out of date: shifts or settings changed since this run. Run again."))
    _show(result, work.scenario.currency)


def _show(proof: ShiftProof, currency: str) -> None:
    risk, spare = proof.at_risk, spare_table(proof)
    overruns = _("{cost} of it for overruns").format(cost=shown(float(proof.overruns.value), "money", currency))
    with grid(key="proof-tiles"):
        show_tile(
            Tile(
                _("Targets"),
                _(STATUS[proof.status]),
                proof.status,
                _("{replications} simulated").format(replications=proof.replications),
                (),
            )
        )
        show_tile(Tile(_("Cost with overruns"), shown(proof.cost, "money", currency), "plain", overruns, ()))
        show_tile(
            Tile(
                _("Intervals at risk"),
                f"{len(risk):,}",
                "plain",
                _("of {count}").format(count=number(len(service_table(proof)), ",")),
                (),
            )
        )
        show_tile(
            Tile(
                _("Hours to spare"),
                f"{len(spare):,}",
                "plain",
                _("of {looked_at} with agents").format(looked_at=number(proof.looked_at, ",")),
                (),
            )
        )
    _table("Targets", target_table(proof)[["of", "target", "wanted", "proven", "low", "high", "status"]])
    _table(_("Intervals at risk"), risk[["start", "of", "target", "wanted", "by_formula", "proven"]])
    _table(_("Hours in which a person may go home"), spare[["start", "group", "wages"]])


def _table(title: str, table: pd.DataFrame) -> None:
    if table.empty:
        return
    st.subheader(title, anchor=False)
    st.dataframe(translated(with_headings(table)), hide_index=True, width="stretch")
