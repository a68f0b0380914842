"""Files that were read into a workspace, and mappings: kept compressed, so that a reload goes on with them."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zlib import compress, decompress

from sqlalchemy import Connection, Engine, delete, insert, select

from interface.app.store.database import saving
from interface.app.store.saved_file import FileKind, SavedFile
from interface.app.store.tables import FILES, WORKSPACES
from interface.app.store.workspaces import aware, insert_workspace, owner_of

MOST_FILES = 20
"""Files of a workspace that are kept; the oldest go."""
_FACTS = [column for column in FILES.c if column.name not in ("workspace", "content")]


def files_of(engine: Engine, key: str) -> list[SavedFile]:
    """The files of a workspace without their content, the newest first.

    Raises
    ------
    NotSaved
        If the database cannot be read.
    """
    with saving(), engine.connect() as connection:
        query = select(*_FACTS).join(WORKSPACES).where(WORKSPACES.c.owner == owner_of(key))
        rows = connection.execute(query.order_by(FILES.c.saved_at.desc()))
        return [SavedFile(**(row | {"saved_at": aware(row["saved_at"])})) for row in map(dict, rows.mappings())]


def content_of(engine: Engine, key: str, digest: str) -> bytes | None:
    """The content of a file; None if it is not kept any more.

    Raises
    ------
    NotSaved
        If the database cannot be read.
    """
    with saving(), engine.connect() as connection:
        query = select(FILES.c.content).join(WORKSPACES)
        own = (WORKSPACES.c.owner == owner_of(key)) & (FILES.c.digest == digest)
        content = connection.execute(query.where(own)).scalar_one_or_none()
    return None if content is None else decompress(content)


def keep_file(engine: Engine, key: str, page: str, kind: FileKind, name: str, content: bytes) -> SavedFile:
    """Keep a file; one with the same content takes the new name.

    Raises
    ------
    NotSaved
        If the database cannot be written.
    """
    digest = sha256(f"{page}/{kind}/".encode() + content).hexdigest()
    file = SavedFile(digest, page, kind, name, len(content), datetime.now(UTC))
    with saving(), engine.begin() as connection:
        workspace = _workspace(connection, key)
        connection.execute(delete(FILES).where((FILES.c.workspace == workspace) & (FILES.c.digest == digest)))
        values: dict[str, Any] = vars(file) | {"workspace": workspace, "content": compress(content)}
        connection.execute(insert(FILES).values(**values))
        own = FILES.c.workspace == workspace
        newest = select(FILES.c.digest).where(own).order_by(FILES.c.saved_at.desc()).limit(MOST_FILES)
        kept = list(connection.execute(newest).scalars())
        connection.execute(delete(FILES).where(own & FILES.c.digest.not_in(kept)))
    return file


def drop_file(engine: Engine, key: str, digest: str) -> None:
    """Remove a file from a workspace.

    Raises
    ------
    NotSaved
        If the database cannot be written.
    """
    with saving(), engine.begin() as connection:
        own = select(WORKSPACES.c.id).where(WORKSPACES.c.owner == owner_of(key)).scalar_subquery()
        connection.execute(delete(FILES).where((FILES.c.workspace == own) & (FILES.c.digest == digest)))


def _workspace(connection: Connection, key: str) -> int:
    """The number of the workspace; it is added where nothing was saved yet."""
    query = select(WORKSPACES.c.id).where(WORKSPACES.c.owner == owner_of(key))
    number = connection.execute(query).scalar_one_or_none()
    if number is None:
        insert_workspace(connection, key, {"revision": 0, "position": 0, "changed_at": datetime.now(UTC)})
        number = connection.execute(query).scalar_one()
    return int(number)
