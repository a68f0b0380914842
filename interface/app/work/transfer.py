"""Export and import of a whole workspace."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from uuid import uuid4

import streamlit as st

from interface.app.history import Project
from interface.app.literal import literal
from interface.app.session import Workspace
from interface.app.store.archive import Archive, new_runs, read_archive, write_archive
from interface.app.store.saving import add_variants, put, record, taken
from interface.app.work.files import content_of_file, keep
from interface.language.messages import _, marked
from scenarios.errors import PlannerError

ADD, REPLACE = marked(("Add to this workspace", "Replace this workspace"))
LARGEST = 200
"""Megabytes of the largest export that is opened."""


def exported(work: Workspace) -> bytes:
    """Everything of a workspace as a zip file."""
    contents = [(info, content_of_file(work, info)) for info in (work.saving.files if work.saving else [])]
    return write_archive(Archive(taken(work), tuple((info, content) for info, content in contents if content)))


def add(work: Workspace, archive: Archive) -> None:
    """Add scenarios, variants, runs and files of an export; what is here stays as it is."""
    for project in archive.work.projects:
        present = work.projects.get(project.key)
        if present is None or present.content != project.content:
            added = project if present is None else _under_new_key(project)
            work.projects[added.key] = added
    add_variants(work, archive.work.variants)
    record(work, new_runs(archive.work.runs, work.runs))
    _keep_files(work, archive)


def replace_all(work: Workspace, archive: Archive) -> None:
    """Go on with an export, its undo history included, instead of what is here; runs of both are kept."""
    before = list(work.runs)
    added = new_runs(archive.work.runs, before)
    put(work, replace(archive.work, runs=tuple(before)))
    record(work, added)
    _keep_files(work, archive)


def _under_new_key(project: Project) -> Project:
    return replace(project, key=uuid4().hex, title=f"{project.title} (imported)")


def _keep_files(work: Workspace, archive: Archive) -> None:
    for info, content in reversed(archive.files):
        keep(work, info.page, info.kind, info.name, content)


def show_transfer(work: Workspace) -> None:
    """Draw the buttons that export everything and import an export."""
    st.subheader(_("Export and import"), anchor=False)
    st.caption(
        _(
            "Everything of this workspace in one file: scenarios, undo history, variants, runs, files that were read, "
            "column mappings and notes."
        )
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            _("Export everything"), partial(exported, work), "workspace.zip", "application/zip", on_click="ignore"
        )
        with st.popover(_("Import")), st.container(width=380):
            _import_form(work)


def _import_form(work: Workspace) -> None:
    given = st.file_uploader(_("Export of a workspace (.zip)"), ["zip"], key="import-file", max_upload_size=LARGEST)
    if given is None:
        st.caption(_("Nothing is changed before you choose. Nothing in the file is executed."))
        return
    try:
        archive = read_archive(given.getvalue(), given.name)
    except PlannerError as problem:
        st.error(literal(problem))
        return
    st.text(_("Holds {summary}.").format(summary=archive.summary))
    choice = st.radio(
        _("What to do with it"),
        [ADD, REPLACE],
        format_func=_,
        captions=[
            _("Scenarios, variants, runs and files are added. Nothing here changes; equal names get a number."),
            _("Scenarios, variants and undo history become those of the file. Export everything first to keep yours."),
        ],
        index=None,
        key="import-choice",
    )
    st.button(_("Import"), type="primary", disabled=choice is None, on_click=_import, args=(work, archive, choice))


def _import(work: Workspace, archive: Archive, choice: str) -> None:
    try:
        (add if choice == ADD else replace_all)(work, archive)
    except PlannerError as problem:
        st.toast(literal(problem))
        return
    st.toast(_("Imported: {summary}.").format(summary=literal(archive.summary)))
