"""Files that a page reads: an upload, or one that was kept from before, so that a reload goes on with it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from interface.app.recent import ago
from interface.app.session import Workspace
from interface.app.store.saved_file import FileKind, SavedFile
from interface.app.store.setting import NotSaved
from interface.language.messages import _
from interface.server.settings import settings

_SHOWN = "saved-file"


def keep(work: Workspace, page: str, kind: FileKind, name: str, content: bytes) -> None:
    """Keep a file with the work, unless it is too large or nothing is saved."""
    saving = work.saving
    if saving is None or too_large(content):
        return
    from interface.app.store.database import engine_of
    from interface.app.store.files import files_of, keep_file

    try:
        keep_file(engine_of(saving.url), saving.key, page, kind, name, content)
        saving.files = files_of(engine_of(saving.url), saving.key)
    except NotSaved as problem:
        saving.fails(problem)


def too_large(content: bytes) -> bool:
    """Whether a file is larger than those that are kept."""
    return len(content) > settings().kept_file_mb * 1_000_000


def content_of_file(work: Workspace, file: SavedFile) -> bytes | None:
    """The content of a kept file; None if it cannot be read."""
    saving, shown = work.saving, st.session_state.get(f"{_SHOWN}-{file.kind}")
    if shown is not None and shown[0] == file.digest:
        return bytes(shown[1])
    if saving is None:
        return None
    from interface.app.store.database import engine_of
    from interface.app.store.files import content_of

    try:
        content = content_of(engine_of(saving.url), saving.key, file.digest)
    except NotSaved as problem:
        saving.fails(problem)
        return None
    if content is not None:
        st.session_state[f"{_SHOWN}-{file.kind}"] = (file.digest, content)
    return content


def kept_files(work: Workspace, page: str, kind: FileKind) -> list[SavedFile]:
    """The files of a page that are kept, the newest first."""
    files = work.saving.files if work.saving else []
    return [file for file in files if (file.page, file.kind) == (page, kind)]


def choose_file(work: Workspace, page: str, label: str, types: list[str], most: int) -> tuple[bytes, str] | None:
    """Draw the field for an upload and the files of before; content and name of the chosen one, None without one."""
    upload = st.file_uploader(label, types, key=f"{page}-file", max_upload_size=most)
    if upload is not None:
        content = upload.getvalue()
        if st.session_state.get(f"{page}-kept") != (upload.name, len(content)):
            st.session_state[f"{page}-kept"] = (upload.name, len(content))
            keep(work, page, "file", upload.name, content)
        if too_large(content):
            st.caption(
                _(
                    "Larger than {kept_file_mb} MB: it is not kept with your work. Choose it again after a reload."
                ).format(kept_file_mb=settings().kept_file_mb)
            )
        return content, upload.name
    files = kept_files(work, page, "file")
    if not files:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        now = datetime.now(UTC)
        number = st.selectbox(
            _("Saved files"),
            range(len(files)),
            format_func=lambda place: f"{files[place].name} · {ago(files[place].saved_at, now)}",
            key=f"{page}-saved-{len(files)}",
        )
        file = files[number or 0]
        st.button(_("Remove this file"), on_click=partial(_drop, work, file), key=f"{page}-remove")
    chosen = content_of_file(work, file)
    return None if chosen is None else (chosen, file.name)


def choose_mapping(work: Workspace, page: str, file_name: str) -> bytes | None:
    """Draw the choice of a column mapping: one that was kept, at first that of the same file, or an upload."""
    kept = kept_files(work, page, "mapping")
    if kept:
        names = [file.name for file in kept]
        place = st.selectbox(
            _("Kept mapping"),
            [None, *range(len(kept))],
            index=names.index(file_name) + 1 if file_name in names else 0,
            format_func=lambda place: "none" if place is None else names[place],
            key=f"{page}-kept-mapping-{len(kept)}-{file_name}",
        )
        if place is not None:
            return content_of_file(work, kept[place])
    upload = st.file_uploader(_("Saved mapping (YAML)"), ["yaml", "yml"], key=f"{page}-mapping", max_upload_size=1)
    return None if upload is None else upload.getvalue()


def _drop(work: Workspace, file: SavedFile) -> None:
    saving = work.saving
    if saving is None:
        return
    from interface.app.store.database import engine_of
    from interface.app.store.files import drop_file, files_of

    try:
        drop_file(engine_of(saving.url), saving.key, file.digest)
        saving.files = files_of(engine_of(saving.url), saving.key)
    except NotSaved as problem:
        saving.fails(problem)
