"""What a person worked on lately, and the runs that ended."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pandas as pd
import streamlit as st

from interface.app.history import Project, RunRecord
from interface.app.session import Workspace
from interface.formatting import shown
from interface.language.messages import _
from interface.language.tables import translated

MOST_SHOWN = 8


def ago(time: datetime, now: datetime) -> str:
    """How long ago something was, roughly.

    Examples
    --------
    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> [ago(datetime(2026, 3, 2, 11, 59, 30, tzinfo=UTC), noon), ago(datetime(2026, 3, 1, 9, tzinfo=UTC), noon)]
    ['just now', '1 d ago']
    """
    seconds = max((now - time).total_seconds(), 0.0)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return _("{length} ago").format(length=f"{int(seconds // size)} {_(unit)}")
    return _("just now")


def recent_projects(work: Workspace) -> list[Project]:
    """Pieces of work with changes or notes, and files that were opened; the newest first."""
    work.update_project()
    kept = [project for project in work.projects.values() if project.worth_keeping]
    return sorted(kept, key=lambda project: project.changed_at, reverse=True)[:MOST_SHOWN]


def show_recent(work: Workspace) -> None:
    """Draw a line for each piece of work, with a button that opens it, and the last runs."""
    projects, now = recent_projects(work), datetime.now(UTC)
    st.subheader(_("Recent work"), anchor=False)
    if not projects:
        st.caption(_("Scenarios appear when you change them. They are saved as you work."))
    for project in projects:
        with st.container(horizontal=True, vertical_alignment="center"):
            current = project.key == work.project_key
            st.button(
                _("Open"),
                key=f"open-{project.key}",
                disabled=current,
                on_click=partial(work.open_project, project.key),
            )
            note = f" · {project.note.splitlines()[0][:80]}" if project.note.strip() else ""
            st.text(f"{project.title} · {ago(project.changed_at, now)}{_(' · open') if current else ''}{note}")
    if work.runs:
        st.dataframe(
            translated(runs_table(work.runs, now)),
            hide_index=True,
            alt=_("The last runs: scenario, verdict, cost and settings"),
        )


def runs_table(runs: list[RunRecord], now: datetime) -> pd.DataFrame:
    """The last runs, the newest first."""
    return pd.DataFrame(
        [
            {
                _("Run"): ago(run.ended_at, now),
                _("Scenario"): run.title,
                _("Page"): _(run.page.replace("_", "-").capitalize()),
                _("Verdict"): run.summary.get("verdict", ""),
                _("Cost"): shown(run.summary.get("cost", float("nan")), "money"),
                _("Replications"): run.settings.get("replications"),
                _("Seed"): run.settings.get("seed"),
            }
            for run in reversed(runs[-MOST_SHOWN:])
        ]
    )


def notes(work: Workspace) -> None:
    """Draw the field of notes on the scenario."""
    key = f"note-{work.project_key}-{work.edition}"

    def commit() -> None:
        work.project.note = st.session_state[key].replace("\0", "")

    st.text_area(
        _("Notes"),
        work.project.note,
        key=key,
        on_change=commit,
        max_chars=20_000,
        placeholder=_("What was agreed, with whom, what is still open"),
    )
