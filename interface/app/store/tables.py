"""The tables of the database; `migrations` brings older ones up to date."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _owner() -> Column[int]:
    return Column("workspace", ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True)


WORKSPACES = Table(
    "workspaces",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("owner", String(64), nullable=False, unique=True),  # a hash: a copied database opens no workspace
    Column("revision", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)
CONTENTS = Table(
    "contents",
    METADATA,
    _owner(),
    Column("digest", String(64), primary_key=True),
    Column("text", Text, nullable=False),
)
STEPS = Table(
    "steps",
    METADATA,
    _owner(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", String(64), nullable=False),
    Column("source", String(64), nullable=False),
    Column("change", Text, nullable=False),
    Column("project", String(32), nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=True),  # unknown for steps of the first version
    *(Column(name, String(64), nullable=False) for name in ("shifts", "shifts_for", "roster")),
)
PROJECTS = Table(
    "projects",
    METADATA,
    _owner(),
    Column("key", String(32), primary_key=True),
    Column("title", Text, nullable=False),
    Column("example", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("original", String(64), nullable=False),
    Column("original_source", String(64), nullable=False),
    Column("latest", String(64), nullable=False),
    Column("latest_source", String(64), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("base", Text, nullable=False, server_default=""),
)
VARIANTS = Table(
    "variants",
    METADATA,
    _owner(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("content", String(64), nullable=False),
    *(Column(name, Text, nullable=False, server_default="") for name in ("source", "changes", "note")),
    Column("saved_at", DateTime(timezone=True), nullable=True),
)
FILES = Table(
    "files",
    METADATA,
    _owner(),
    Column("digest", String(64), primary_key=True),
    Column("page", String(40), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),  # compressed
    Column("saved_at", DateTime(timezone=True), nullable=False),
)
RUNS = Table(
    "runs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("workspace", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("project", String(32), nullable=False),
    Column("page", String(40), nullable=False),
    Column("title", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    Column("key", String(32), nullable=False, server_default=""),
    Column("contents", Text, nullable=False, server_default="[]"),
    Index("ix_runs_workspace", "workspace"),
)
