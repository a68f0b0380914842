"""The day under way on the Demand page: its rest revised, the chance of each target, and agents to add."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import pandas as pd
import streamlit as st

from interface.app.demand import rest_of_day_rows
from interface.app.demand_sections.history_file import PAGE, FileLayout
from interface.app.jobs.demand import chances_of_today, read_today
from interface.app.jobs.jobs import Refused
from interface.app.jobs.progress import watch
from interface.app.jobs.study_widgets import study
from interface.app.literal import literal
from interface.app.session import Workspace, workers
from interface.app.widgets import grid
from interface.language.messages import _
from interface.language.numbers import number
from models.forecasting.day_record import DayRecord
from models.forecasting.forecast import DemandForecast
from studies.rest_of_day import RestOfDay

WANTED = (0.5, 0.8, 0.9, 0.95)
"""Chances of meeting the targets that agents can be added for."""


def during_the_day(
    work: Workspace, forecast: DemandForecast, name: str, targets: Mapping[str, str], layout: FileLayout
) -> None:
    """Draw the section: an upload of today's intervals, their revision, and the chances with the scenario's staffing.

    `targets` are the contact types of the scenario by those of the forecast.
    """
    with st.expander(_("During the day")):
        upload = st.file_uploader(
            _("Intervals of today that are over (CSV or xlsx)"),
            ["csv", "gz", "xlsx"],
            key="demand-today",
            max_upload_size=5,
        )
        if upload is None:
            return
        content = upload.getvalue()
        asked = (PAGE, "today", sha256(content).hexdigest(), repr(layout))
        record = work.answer(workers(), asked, read_today, content, upload.name, *layout.arguments(), forecast.interval)
        if record is None:
            watch(None, 0, work.waiting())
        elif isinstance(record, Refused):
            st.error(literal(record.text))
        elif (today := rest_of_day_rows(forecast, name, record)) is None:
            known = ", ".join(record.counts)
            text = _(
                "{day} ({known}) is not among the forecast days of {name}. Forecast from a history before it."
            ).format(day=record.day, known=known, name=name)
            st.info(literal(text))
        else:
            st.markdown(literal(today[0]))
            st.dataframe(today[1], hide_index=True, alt=_("Remaining intervals of today"))
            _chances(work, forecast, record, targets, asked)


def _chances(
    work: Workspace, forecast: DemandForecast, record: DayRecord, targets: Mapping[str, str], asked: tuple[object, ...]
) -> None:
    shared = {old: new for old, new in targets.items() if old in record.counts}
    if not shared:
        st.caption(
            _("Choose above which contact type of the scenario each forecast belongs to, to see today's chances.")
        )
        return
    with grid("14rem", key="demand-today-settings"):
        wanted = float(
            st.selectbox(
                _("Add agents for a chance of"),
                WANTED,
                1,
                format_func=lambda share: f"{100 * share:.0f} %",
                key="demand-chance",
            )
            or WANTED[1]
        )
    key = (asked, forecast.first, forecast.days, tuple(shared.items()), work.scenario.fingerprint, wanted)
    args = forecast.renamed(shared), record.renamed(shared), work.scenario, wanted
    result, current = study(
        "demand-chances",
        key,
        _("Chance of today's targets"),
        chances_of_today,
        *args,
        steps="simulated days",
        main=False,
    )
    if result is None:
        return
    if not current:
        st.info(_("Out of date: the forecast, today or the scenario changed. Run again."))
    _show(result, wanted)


def chance_rows(result: RestOfDay) -> pd.DataFrame:
    """The chance of each target, for display."""
    rows = []
    for at, row in enumerate(result.chances):
        chance = row.chance
        rows.append(
            {
                "Of": row.constraint.of,
                "Target": row.constraint.text,
                "Chance today": _percent(float(chance.value)),
                "95 % interval": _("{low} to {high} %").format(
                    low=number(100 * float(chance.low), ".0f"), high=number(100 * float(chance.high), ".0f")
                ),
                "If all were answered at once": f"{100 * row.most:.0f} %",
                "With agents added": f"{100 * float(result.repaired[at].chance.value):.0f} %"
                if result.repaired
                else "",
            }
        )
    return pd.DataFrame(rows)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _show(result: RestOfDay, wanted: float) -> None:
    st.dataframe(chance_rows(result), hide_index=True, alt=_("Chance of meeting each target today"))
    for row in result.chances:
        if row.most < wanted:
            st.warning(
                literal(
                    _("{of}, {text}: out of reach today, whatever agents are added").format(
                        of=row.constraint.of, text=row.constraint.text
                    )
                )
            )
    if result.additions:
        st.markdown(_("**Agents to add**"))
        added = sorted(result.additions, key=lambda row: (row.group, row.hour))
        table = pd.DataFrame(
            {
                "Group": [row.group for row in added],
                "From": [f"{row.hour:02d}:00" for row in added],
                "Agents": [f"+{row.agents}" for row in added],
            }
        )
        st.dataframe(table, hide_index=True, alt=_("Agents to add by hour"))
    elif all(float(row.chance.value) >= wanted for row in result.chances):
        st.success(
            _("Every target has a chance of at least {wanted} % with the staffing of the scenario.").format(
                wanted=number(100 * wanted, ".0f")
            )
        )
    for note in result.notes:
        st.caption(literal(note))
