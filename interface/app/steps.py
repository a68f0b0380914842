"""Undo, redo and reset on the page, with what they change."""

from __future__ import annotations

import streamlit as st

from interface.app.literal import literal
from interface.app.session import Workspace
from interface.language.messages import _


def undo_words(work: Workspace) -> str | None:
    """What Undo would take back."""
    return f"Undo: {literal(work.last_change) or 'the last change'}" if work.past else None


def redo_words(work: Workspace) -> str | None:
    """What Redo would do again."""
    return f"Redo: {literal(work.future[-1].change) or 'the change'}" if work.future else None


def step_back(work: Workspace) -> None:
    """Undo, and say what was undone."""
    words = work.last_change
    work.undo()
    st.toast(_("Undone: {words}").format(words=literal(words)) if words else _("Undone"))


def step_forward(work: Workspace) -> None:
    """Redo, and say what was done again."""
    work.redo()
    st.toast(
        _("Redone: {last_change}").format(last_change=literal(work.last_change)) if work.last_change else _("Redone")
    )


def offer_reset(work: Workspace, title: str) -> None:
    """Draw that an example was changed, with a button that brings it back; nothing while it is as it was."""
    if not work.changed:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_("Changed from the example **{title}**.").format(title=literal(title)), width="content")
        st.button(_("Reset to the example"), on_click=work.reset, help=_("Undo brings your version back."))
