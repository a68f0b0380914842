"""A file that was read into a workspace, or a mapping of columns; without SQLAlchemy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FileKind = Literal["file", "mapping"]


@dataclass(frozen=True)
class SavedFile:
    """A file that is kept: where it was read, what it is called, its size; its content is read when it is needed."""

    digest: str
    page: str
    """The page on which it was read."""
    kind: FileKind
    name: str
    size: int
    """Bytes."""
    saved_at: datetime
