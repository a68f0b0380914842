"""The roster on the page: people uploaded, a roster searched, changed by hand and handed out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from interface.app.charts.rosters import people_by_days
from interface.app.editor.periods import WEEK
from interface.app.grids.editable import editable
from interface.app.grids.subject import of_work
from interface.app.jobs.rosters import rostered
from interface.app.jobs.study_widgets import study
from interface.app.literal import literal
from interface.app.session import Workspace
from interface.app.shifts.roster_packing import packed_roster, unpacked_roster
from interface.app.shifts.roster_table import (
    PERSON,
    assignments_by_hand,
    day_label,
    released,
    roster_grid,
    same_assignments,
    with_sheet,
)
from interface.app.verdicts import Tile
from interface.app.widgets import chart, grid, made, palette, show_tile
from interface.language.messages import _, marked
from interface.language.numbers import number
from interface.language.tables import translated
from interface.rosters.files import calendars_archive, read_calendars, roster_csv
from interface.rosters.workbook import roster_workbook
from models.rostering.from_shifts import roster_of
from models.rostering.problem import RosterProblem
from models.rostering.read import COLUMNS
from models.rostering.report import fairness, head_gaps, unfair_shares, unmet_wishes
from models.rostering.rules import broken_rules
from models.rostering.search import Roster
from models.scheduling.shift_plan import ShiftPlan
from scenarios.errors import PlannerError
from scenarios.rosters.tables import Tables, tables_from

PAGE = "rosters"
SECONDS = marked({"20 seconds": 20.0, "1 minute": 60.0, "5 minutes": 300.0})
LARGEST = 5  # megabytes of a file
MOST_PERIODS = 12
MOST_CELLS = 3000
"""Cells of the table in which all days are edited; of a larger roster one week at a time."""
HEADINGS = marked(
    {
        "person": PERSON,
        "date": "Date",
        "rule": "Rule",
        "wish": "Request",
        "given": "Given",
        "price": "Price",
        "shift": "Shift",
        "required": "Required",
        "planned": "Planned",
        "net": "Net",
        "share": "Share",
        "shifts": "Shifts",
        "fair": "Fair share",
        "paid_hours": "Paid hours",
        "evenings": "Evenings",
        "nights": "Nights",
        "weekends": "Weekends",
        "wishes": "Requests",
        "wishes_met": "Requests met",
    }
)
_PROBLEM = "roster-problem"


def show_roster(work: Workspace, plan: ShiftPlan) -> None:
    """Draw the roster of a plan, from the upload of people to the files that are handed out."""
    problem, seconds = _question(work, plan)
    if problem is not None:
        _search(work, problem, seconds)
    if problem_text := st.session_state.pop(_PROBLEM, ""):
        st.error(literal(problem_text))
    if not work.roster:
        return
    try:
        roster = unpacked_roster(work.roster)
    except PlannerError as unreadable:
        st.error(literal(unreadable))
        return
    _tiles(roster)
    _downloads(roster)
    chart(people_by_days(roster, palette()), PAGE)
    _edit(work, roster)
    _findings(roster)


def _question(work: Workspace, plan: ShiftPlan) -> tuple[RosterProblem | None, float]:
    """The roster that is asked for, None without people; and the time of its search."""
    files = st.file_uploader(
        _("People, contracts and requests (Excel, YAML or CSV)"),
        type=["xlsx", "yaml", "yml", "csv"],
        accept_multiple_files=True,
        max_upload_size=LARGEST,
        help=_(
            "Contracts, days off and requests as ccplan roster reads them. Skills are the names of agent groups. "
            "Shifts and required people come from the shifts above."
        ),
    )
    with grid("15rem", key="roster-choices"):
        label = "Weeks" if plan.grid.days == 7 else _("Repetitions of the horizon")
        periods = int(st.number_input(label, 1, MOST_PERIODS, 1, key="roster-periods"))
        seconds = SECONDS[st.selectbox(_("Time limit"), list(SECONDS), format_func=_, key="roster-seconds")]
    try:
        if files:
            tables: list[Tables] = [tables_from(file.getvalue(), Path(file.name), COLUMNS) for file in files]
            problem = roster_of(plan, tables, periods=periods)
        elif work.roster:
            problem = unpacked_roster(work.roster).problem
        else:
            return None, seconds
        return _with_earlier(work, problem), seconds
    except PlannerError as wrong:
        st.error(literal(wrong))
        return None, seconds


def _with_earlier(work: Workspace, problem: RosterProblem) -> RosterProblem:
    """The problem with what was assigned by hand in the roster that is shown."""
    return same_assignments(problem, unpacked_roster(work.roster).problem) if work.roster else problem


def _search(work: Workspace, problem: RosterProblem, seconds: float) -> None:
    key = (repr((problem.start, problem.days, problem.shifts, problem.people)), problem.heads.tobytes(), seconds)
    result, _fresh = study(PAGE, key, _("Make roster"), rostered, problem, seconds, steps="seconds", main=False)
    if result is not None and st.session_state.get("roster-taken") is not result:
        st.session_state["roster-taken"] = result
        work.plan_roster(packed_roster(result), "roster made")


def _tiles(roster: Roster) -> None:
    gaps, unmet = head_gaps(roster), unmet_wishes(roster)
    few, many = int(-gaps["net"].clip(upper=0).sum()), int(gaps["net"].clip(lower=0).sum())
    wishes = sum(len(person.wishes) for person in roster.problem.people)
    broken = len(broken_rules(roster.problem, roster.lines))
    shares = fairness(roster)
    weekends = _("{fewest} to {most} weekends of a person").format(
        fewest=shares["weekends"].min(), most=shares["weekends"].max()
    )
    rules = (_("{broken} rules broken by your edits").format(broken=broken),) if broken else ()
    with grid(key="roster-tiles"):
        words = _("Understaffed") if few else _("Every shift staffed")
        show_tile(
            Tile(
                _("People missing"),
                f"{few:,}",
                "missed" if few else "met",
                words,
                (_("{many} too many").format(many=number(many, ",")),),
            )
        )
        met = f"{wishes - len(unmet):,} of {wishes:,}"
        show_tile(
            Tile(
                _("Requests met"),
                met,
                "plain",
                _("All met") if unmet.empty else _("{count} unmet").format(count=number(len(unmet), ",")),
                (),
            )
        )
        gap = _("Optimality gap {gap}, {ended}").format(gap=number(roster.gap, ".1%"), ended=roster.ended)
        show_tile(Tile(_("Cost of requests and gaps"), f"{roster.cost:,.0f}", "plain", gap, ()))
        verdict = _("Hard rules broken") if broken else _("All hard rules kept")
        show_tile(
            Tile(
                _("People"),
                f"{len(roster.problem.people):,}",
                "missed" if broken else "met",
                verdict,
                (*rules, weekends),
            )
        )


def _downloads(roster: Roster) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        workbook = partial(made, roster_workbook, roster)
        st.download_button(_("Download roster (Excel)"), workbook, "roster.xlsx", on_click="ignore")
        st.download_button(_("Download roster (CSV)"), partial(roster_csv, roster), "roster.csv", on_click="ignore")
        before: dict[str, str] = {}
        with st.popover(_("Calendars")):
            earlier = st.file_uploader(
                _("Calendars handed out before (zip)"),
                type=["zip"],
                max_upload_size=LARGEST,
                help=_("Sequence numbers go on from them, so that a subscription updates; cancelled shifts are told."),
            )
            try:
                before = read_calendars(earlier.getvalue(), earlier.name) if earlier is not None else {}
            except PlannerError as wrong:
                st.error(literal(wrong))
            archive = partial(calendars_archive, roster, before)
            st.download_button(_("Download calendars (iCalendar)"), archive, "calendars.zip", on_click="ignore")


def _edit(work: Workspace, roster: Roster) -> None:
    """The table of the roster, assignments by hand, and a roster that was edited in Excel."""
    st.subheader(_("Edit roster"), anchor=False)
    st.caption(_("A cell that you change is fixed (!): a new search keeps it. Costs and broken rules follow at once."))
    kept = of_work(work, lambda: work.roster, lambda _, changed: work.plan_roster(changed, "roster edited"))
    days = _days_to_edit(roster)
    editable(work, f"roster-{days.start}", partial(roster_grid, days=days), kept)
    fixed = assignments_by_hand(roster.problem)
    with grid("22rem", key="roster-by-hand"):
        if fixed:
            name = f"roster-fixed-{hash(work.roster)}"
            st.multiselect(
                *(_("Manual assignments"), fixed, fixed),
                key=name,
                on_change=partial(_release, work, roster, name),
                help=_("Remove one to let the next search change it."),
            )
        upload = st.file_uploader(
            _("Roster edited in Excel"),
            type=["xlsx"],
            max_upload_size=LARGEST,
            help=_("The sheet Roster of a downloaded workbook: cells that differ, or end with !, become fixed."),
        )
        if upload is not None:
            st.button(_("Use this roster"), on_click=_take_sheet, args=(work, roster, upload.getvalue(), upload.name))


def _days_to_edit(roster: Roster) -> range:
    """The days that the table has: all of them, or those of a chosen week where it would be too large."""
    problem = roster.problem
    if len(problem.people) * problem.days <= MOST_CELLS:
        return range(problem.days)
    weeks = [range(first, min(first + WEEK, problem.days)) for first in range(0, problem.days, WEEK)]
    labels = {f"{day_label(problem, week[0])} – {day_label(problem, week[-1])}": week for week in weeks}
    return labels[str(st.selectbox(_("Week"), list(labels), key="roster-week"))]


def _release(work: Workspace, roster: Roster, name: str) -> None:
    work.plan_roster(packed_roster(released(roster, st.session_state[name])), "assignments released")


def _take_sheet(work: Workspace, roster: Roster, content: bytes, name: str) -> None:
    try:
        edited = with_sheet(roster, content, name)
    except PlannerError as wrong:
        st.session_state[_PROBLEM] = str(wrong)
    else:
        work.plan_roster(packed_roster(edited), f"roster read from {name}")


def _findings(roster: Roster) -> None:
    """Every broken rule and unmet wish, with person and day."""
    parts: dict[str, Any] = {
        "Hard rules broken by edits": broken_rules(roster.problem, roster.lines),
        "Unmet requests": unmet_wishes(roster),
        "Over and under": head_gaps(roster),
        "Above fair share": unfair_shares(roster),
    }
    for title, table in parts.items():
        if not table.empty:
            st.subheader(f"{title} ({len(table):,})", anchor=False)
            _table(table)
    with st.expander(_("Hours, evenings, nights and weekends of each person")):
        _table(fairness(roster))


def _table(table: pd.DataFrame) -> None:
    dates = {"date": table["date"].map("{:%a %d %b %Y}".format)} if "date" in table else {}
    st.dataframe(translated(table.assign(**dates).rename(columns=HEADINGS)), hide_index=True, width="stretch")
