"""The repair of a day on the page: what changes for whom after a re-forecast, and what it leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from functools import partial

import streamlit as st

from interface import export
from interface.app.charts.shifts import coverage
from interface.app.jobs.shifts import repaired
from interface.app.jobs.study_widgets import study
from interface.app.session import Workspace
from interface.app.shifts.packing import KeptPlan, packed_plan
from interface.app.verdicts import Tile
from interface.app.widgets import chart, grid, one_of, palette, show_tile
from interface.formatting import shown
from interface.language.messages import _
from interface.language.numbers import number
from interface.language.tables import translated
from interface.shift_files import repair_table
from models.scheduling.repair import Repair, RepairRules
from scenarios.units import HOUR

PAGE = "repair"


def show_repair(work: Workspace, kept: KeptPlan) -> None:
    """Draw the question of a repair, and its answer, which can be taken over into the plan."""
    plan = kept.plan
    st.caption(
        _(
            "After a re-forecast: the smallest change of today's shifts. Breaks move within their windows, people "
            "stay or go home earlier, deferred work is postponed. The demand is that of the scenario with the change "
            "below."
        )
    )
    with grid("12rem", key="repair-choices"):
        days = {f"{plan.time(day * plan.grid.per_day):%a %d %b}": day for day in range(plan.grid.days)}
        day = days[st.selectbox(_("Day"), list(days), key="repair-day")]
        now = st.time_input(_("From"), time(11), step=int(plan.rules.interval), key="repair-from")
        change = float(st.number_input(_("Change of volume (%)"), -90, 300, 10, step=5, key="repair-volume"))
        longest = float(st.number_input(_("Most overtime (h)"), 0.0, 8.0, 2.0, step=0.5, key="repair-overtime"))
        leave = float(st.number_input(_("Most voluntary leave (h)"), 0.0, 8.0, 4.0, step=0.5, key="repair-leave"))
    place = day * plan.grid.per_day + round((now.hour * 3600 + now.minute * 60) / plan.rules.interval)
    rules = RepairRules(max_overtime=longest * HOUR, max_leave=leave * HOUR)
    key = (work.shifts, work.scenario.fingerprint, place, change, longest, leave)
    result, fresh = study(
        *(PAGE, key, _("Find repair"), repaired, plan, work.scenario, 1 + change / 100, place, rules),
        steps="steps",
        main=False,
    )
    if result is None:
        return
    if not fresh:
        st.info(_("Out of date: shifts, scenario or settings changed since this run. Run again."))
    _show(result, work.scenario.currency, day)
    if fresh and result.changes:
        st.button(
            _("Apply to the plan"),
            on_click=work.plan_shifts,
            args=(*packed_plan(with_repair(kept, result)), "day repaired"),
            help=_("The shifts of the plan as repaired; Undo takes it back. The requirement stays that of the plan."),
        )


def with_repair(kept: KeptPlan, result: Repair) -> KeptPlan:
    """The kept plan with the shifts of a repair."""
    return replace(kept, plan=kept.plan.with_shifts(result.plan.shifts))


def _show(result: Repair, currency: str, day: int) -> None:
    plan = result.plan
    later = sum(int(values.sum()) for values in result.put_down.values()) * plan.rules.interval / HOUR
    with grid(key="repair-tiles"):
        words = "Understaffed" if result.missing else _("Requirement covered")
        status = "missed" if result.missing else "met"
        before = (
            _("{missing_before} h without the repair").format(missing_before=number(result.missing_before, ",.1f")),
        )
        show_tile(Tile(_("Understaffed hours"), f"{number(result.missing, ',.1f')} {_('h')}", status, words, before))
        people = sum(change.people for change in result.changes)
        proof = _("No smaller repair exists") if result.proved else _("Best within the time limit")
        show_tile(Tile(_("Changed shifts"), f"{people:,}", "plain", proof, ()))
        show_tile(
            Tile(_("Deferred work postponed"), f"{number(later, ',.1f')} {_('h')}", "plain", _("To be done later"), ())
        )
        words = _("Wages, changes, and 1,000 for each hour of a missing person")
        show_tile(Tile(_("Price of the repair"), shown(result.price, "money", currency), "plain", words, ()))
    table = repair_table(result)
    if table.empty:
        st.info(_("No shift needs to change."))
    else:
        st.dataframe(translated(table), hide_index=True, width="stretch")
        content = partial(export.csv, table)
        st.download_button(_("Download changes (CSV)"), content, "changes.csv", on_click="ignore")
    group = one_of(_("Agent group"), list(plan.problem.requirement), "repair-group")
    chart(coverage(plan, group, day, palette()), PAGE)
