"""Versions of the scenario: every step of the history can be looked at, restored, saved as a variant or downloaded."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pandas as pd
import streamlit as st

from interface.app.history import HistoryStep, change_between
from interface.app.literal import literal
from interface.app.recent import ago
from interface.app.session import Workspace
from interface.language.messages import _
from interface.language.numbers import number
from interface.language.tables import translated
from scenarios.errors import PlannerError
from scenarios.scenario import Scenario
from scenarios.yaml import files

LONGEST = 60
"""Letters of a title in the table."""


def versions_table(work: Workspace, now: datetime) -> pd.DataFrame:
    """One row for each version, the newest first; versions that were undone stand above the current one."""
    rows = [(step, "undone") for step in work.future] + [(work.current_step(), "current")]
    rows += [(step, "") for step in reversed(work.past)]
    return pd.DataFrame(
        [
            {
                "Saved": ago(step.made_at, now) if step.made_at.year > 1970 else "",
                "Change": step.change or "opened",
                "Scenario": work.projects[step.project].title[:LONGEST],
                "State": state,
            }
            for step, state in rows
        ]
    )


def version_at(work: Workspace, row: int) -> HistoryStep:
    """The version in a row of the table."""
    return [*work.future, work.current_step(), *reversed(work.past)][row]


def show_versions(work: Workspace) -> None:
    """Draw the versions, and what can be done with the chosen one; nothing while there is only one."""
    if not (work.past or work.future):
        return
    with st.expander(_("Versions")):
        table = versions_table(work, datetime.now(UTC))
        chosen = st.dataframe(
            translated(table),
            hide_index=True,
            on_select="rerun",
            selection_mode="single-row",
            key=f"versions-{len(work.past)}-{len(work.future)}-{work.edition}",
            height=min(38 + 35 * len(table), 320),
            alt=_("Versions of the scenario, the newest first"),
        )
        rows = chosen["selection"]["rows"]
        if not rows:
            st.caption(_("Select a version to see how it differs from the current scenario, and to restore it."))
            return
        _show_version(work, version_at(work, rows[0]))


def _show_version(work: Workspace, step: HistoryStep) -> None:
    try:
        version = step.scenario
    except PlannerError as problem:
        st.error(literal(problem))
        return
    difference = change_between(version, work.scenario) or "nothing"
    st.text(
        _("{title}: {key_figures}. Differs from the current scenario in: {difference}").format(
            title=version.title or version.name, key_figures=key_figures(version), difference=difference
        )
    )
    with st.container(horizontal=True):
        st.button(_("Restore this version"), type="primary", on_click=_restore, args=(work, step))
        st.button(_("Save as variant"), key="version-keep", on_click=_keep, args=(work, step))
        st.download_button(
            _("Download"),
            partial(files.dump, version),
            f"{version.name}.yaml",
            key="version-download",
            on_click="ignore",
        )


def key_figures(scenario: Scenario) -> str:
    """Contacts and most agents of a scenario, in a few words.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> key_figures(load("help-desk"))
    '2,880 contacts, up to 16 agents'
    """
    return _("{contacts} contacts, up to {agents} agents").format(
        contacts=number(scenario.expected.sum(), ",.0f"), agents=number(scenario.staffing.sum(axis=0).max(), ",.0f")
    )


def _restore(work: Workspace, step: HistoryStep) -> None:
    work.restore(step)
    st.toast(_("Version restored. Undo leads back."))


def _keep(work: Workspace, step: HistoryStep) -> None:
    name = work.free_name(f"{step.scenario.title or step.scenario.name}: {step.change}"[:LONGEST])
    work.keep(name, step.scenario)
    st.toast(_("Saved as variant '{name}'. See the Compare page.").format(name=literal(name)))
