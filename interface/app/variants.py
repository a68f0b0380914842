"""Variants of the scenario: saved under a name, opened, renamed, ordered, duplicated and deleted; their lineage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from interface.app.literal import literal
from interface.app.recent import ago
from interface.app.session import Workspace
from interface.language.messages import _
from interface.language.tables import translated
from scenarios.errors import PlannerError

_PLACE = "variants"
_WIDE = 380


def keep_variant(work: Workspace) -> None:
    """Draw the form that saves the current scenario under a name."""
    with st.popover(_("Save as variant")):
        st.text_input(
            _("Name"), placeholder=_("two more phone agents"), key="variant-name", on_change=_keep, args=(work,)
        )
        st.button(_("Save"), on_click=_keep, args=(work,))
        _refused(work, "keep")


def change_variant(work: Workspace) -> None:
    """Draw the form that opens, renames, duplicates or deletes a saved variant."""
    names = list(work.variants)
    with st.popover(_("Saved variants"), disabled=not names), st.container(width=_WIDE):
        if not names:
            return
        name = st.selectbox(_("Variant"), names, key=f"variant-{len(names)}-{names}") or names[0]
        st.text_input(_("New name"), name, key=f"variant-new-name-{name}")
        with st.container(horizontal=True):
            st.button(_("Open"), type="primary", on_click=_open, args=(work, name))
            st.button(_("Rename"), on_click=_rename, args=(work, name))
            st.button(_("Duplicate"), on_click=_copy, args=(work, name))
            st.button(_("Delete"), on_click=_delete, args=(work, name))
            st.button(_("Move up"), on_click=work.move, args=(name, -1), disabled=name == names[0])
            st.button(_("Move down"), on_click=work.move, args=(name, 1), disabled=name == names[-1])
        key = f"variant-note-{name}"
        st.text_area(
            _("Note"),
            work.variants[name].note,
            key=key,
            max_chars=2000,
            on_change=lambda: work.annotate(name, str(st.session_state[key])),
        )
        st.caption(_("Open replaces the current scenario. Undo it on the Scenario page."))
        _refused(work, "change")


def lineage(work: Workspace) -> pd.DataFrame:
    """One row for each variant: what it was changed from, in what, with its note."""
    now = datetime.now(UTC)
    return pd.DataFrame(
        [
            {
                "Variant": variant.name,
                "Changed from": variant.source,
                "Changes": variant.changes or "none",
                "Note": variant.note,
                "Saved": ago(variant.saved_at, now) if variant.saved_at.year > 1970 else "",
            }
            for variant in work.variants.values()
        ]
    )


def show_lineage(work: Workspace) -> None:
    """Draw what each variant was changed from; nothing without variants."""
    if work.variants:
        with st.expander(_("Lineage of variants")):
            st.dataframe(translated(lineage(work)), hide_index=True, alt=_("Variants and what each was changed from"))


def _keep(work: Workspace) -> None:
    """Called twice, by the field and by the button: an empty field has been saved already."""
    name = st.session_state["variant-name"].strip()
    if name and _tried(work, "keep", lambda: work.keep(name, work.scenario)):
        st.session_state["variant-name"] = ""
        st.toast(_("Saved as variant '{name}'.").format(name=literal(name)))


def _open(work: Workspace, name: str) -> None:
    work.open_variant(name)
    st.toast(_("Opened '{name}'.").format(name=literal(name)))


def _rename(work: Workspace, name: str) -> None:
    new = str(st.session_state[f"variant-new-name-{name}"])
    _tried(work, "change", lambda: work.rename(name, new))


def _copy(work: Workspace, name: str) -> None:
    _tried(work, "change", lambda: work.keep(work.free_name(name), work.variants[name].scenario, name))


def _delete(work: Workspace, name: str) -> None:
    work.variants.pop(name, None)
    st.toast(_("Deleted '{name}'.").format(name=literal(name)))


def _tried(work: Workspace, form: str, change: Callable[[], None]) -> bool:
    """Whether a change was made; otherwise the form says why not."""
    work.problems.pop(f"{_PLACE}-{form}", None)
    try:
        change()
    except PlannerError as problem:
        work.problems[f"{_PLACE}-{form}"] = str(problem)
        return False
    return True


def _refused(work: Workspace, form: str) -> None:
    if f"{_PLACE}-{form}" in work.problems:
        st.error(f"{literal(work.problems[f'{_PLACE}-{form}'])}.")
