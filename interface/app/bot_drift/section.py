"""The section of Automation that asks what happens when a bot begins to contain less."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import time
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from interface import export
from interface.app.jobs.studies import drifted_service
from interface.app.jobs.study_widgets import study
from interface.app.literal import literal
from interface.app.session import Workspace
from interface.app.verdicts import Tile
from interface.app.widgets import grid, show_tile
from interface.formatting import give_or_take, shown
from interface.language.messages import _, marked
from interface.language.tables import translated

if TYPE_CHECKING:
    from models.whatif.drift import DriftEffect
    from models.whatif.insurance import Insurance

PAGE = "drift"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAYS, SECONDS = 200, 20.0
"""Simulated horizons, and the time limit of the two plans of an insurance."""
_HEADINGS = marked(
    ["Contact type", "Target", "Without drift", "With drift", "95 % CI", "8 of 10 horizons", "Customers hurt", "±"]
)


def show_drift(work: Workspace, contact_type: str) -> None:
    """Draw the question, and its answer: service with its band, customers hurt, the cheapest insurance."""
    st.subheader(_("What if the bot contains less?"), anchor=False)
    st.caption(
        _(
            "From a time on, today's staffing meets more contacts than planned: a product changes, an answer goes "
            "wrong. The same customers are simulated with and without it."
        )
    )
    scenario = work.scenario
    if not scenario.contact_type(contact_type).bot:
        st.info(_("{contact_type} has no bot that could drift.").format(contact_type=literal(contact_type)))
        return
    with grid("12rem", key="drift-choices"):
        points = float(st.number_input(_("Change of containment (points)"), -100.0, 100.0, -11.0, key="drift-points"))
        begins = WEEKDAYS[scenario.horizon.start.weekday()]
        day = st.selectbox(_("Weekday"), WEEKDAYS, WEEKDAYS.index(begins), key=f"drift-day-{begins}")
        at = st.time_input(_("From"), time(9), step=1800, key="drift-from")
        either = _("A plan that meets the targets either way.")
        insured = st.toggle(_("Cheapest insurance"), key="drift-insured", help=either)
    since = f"{day} {at:%H:%M}"
    question = (scenario, contact_type, since, points / 100, SECONDS if insured else 0.0)
    answer, fresh = study(
        *(PAGE, (scenario.fingerprint, *question[1:]), _("Simulate the drift"), drifted_service, *question, DAYS),
        steps="steps",
        main=False,
    )
    if answer is None:
        return
    if not fresh:
        st.info(_("Out of date: scenario or settings changed since this run. Run again."))
    effects, insurance = answer
    _show(effects, insurance, scenario.currency)


def _show(effects: Sequence[DriftEffect], insurance: Insurance | None, currency: str) -> None:
    hurt = sum(float(effect.hurt.value) for effect in effects)
    error = 1.96 * math.sqrt(sum(float(effect.hurt.error) ** 2 for effect in effects))
    words = give_or_take(hurt - error, hurt + error, "contacts")
    small = (_("Not answered in time who would have been, to the end of the horizon"),)
    with grid(key="drift-tiles"):
        show_tile(Tile(_("Customers hurt"), shown(hurt, "contacts"), "plain", words, small))
        if insurance is not None:
            dearer = shown(insurance.premium, "money", currency)
            least, most = (shown(cost, "money", currency) for cost in (insurance.least, insurance.most))
            bounds = _("{least} to {most} as far as the lower bounds hold").format(least=least, most=most)
            without = _("More than the cheapest plan for the bot as it is")
            show_tile(Tile(_("Insurance"), dearer, "plain", bounds, (without,)))
    table = drift_table(effects)
    st.dataframe(translated(table), hide_index=True, alt=_("Service of each contact type with and without the drift"))
    st.download_button(_("CSV"), lambda: export.csv(table), "drift.csv", on_click="ignore", key="csv-drift")
    if insurance is not None:
        for line in insurance.lines(lambda cost: shown(cost, "money", currency)):
            st.text(f"{line}.")


def drift_table(effects: Sequence[DriftEffect]) -> pd.DataFrame:
    """A row for each contact type with a share in its target: service with and without the drift, customers hurt."""
    rows = [
        (
            *(effect.of, effect.target, shown(float(effect.before.value), "share")),
            shown(float(effect.after.value), "share"),
            *(_between(float(effect.after.low), float(effect.after.high)), _between(*effect.band)),
            shown(float(effect.hurt.value), "contacts"),
            give_or_take(float(effect.hurt.low), float(effect.hurt.high), "contacts").removeprefix("± "),
        )
        for effect in effects
    ]
    return pd.DataFrame(rows, columns=_HEADINGS)


def _between(low: float, high: float) -> str:
    return f"{100 * low:.1f} – {shown(high, 'share')}"
