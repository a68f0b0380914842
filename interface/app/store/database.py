"""The database of saved work: its connections, its version, and what can be wrong with it in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from interface.app.store.setting import SETTING, NotSaved

NEWEST = "3"
"""The version of the tables that this program writes: the last migration."""
PATIENCE = 2.0
"""Seconds to wait for a database that another program has locked."""
_LOCK = Lock()
_REASONS = {
    "locked": "another program has locked it; work is saved as soon as it is free",
    "full": "the disk or the database is full; free some space",
    "readonly": "it is read-only; change its permissions",
    "read-only": "it is read-only; change its permissions",
    "unable to open": "it cannot be opened; check the folder and its permissions",
    "not a database": "the file is not a database; move it away, or name another with CCPLAN_DATABASE",
    "malformed": "the file is damaged; move it away, or name another with CCPLAN_DATABASE",
}


@cache
def engine_of(url: str) -> Engine:
    """The connections of an address, its tables made or brought up to date.

    Raises
    ------
    NotSaved
        If it cannot be opened, or is from a newer version.
    """
    with saving():
        engine = _engine(url)
        with _LOCK:
            prepare(engine)
    return engine


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, connect_args={"connect_timeout": int(PATIENCE) + 1})
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": PATIENCE})

    @event.listens_for(engine, "connect")
    def prepared(connection: Any, _: Any) -> None:
        for setting in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {setting}")

    return engine


def prepare(engine: Engine) -> None:
    """Make the tables, or bring them up to date.

    Raises
    ------
    NotSaved
        If they are from a newer version.
    """
    with engine.connect() as connection:
        version = _version(connection)
    if version == NEWEST:
        return
    from interface.app.store.migrate import known, upgrade

    if version is not None and version not in known():
        raise NotSaved(f"it was written by a newer version of the planner (tables {version}); update the planner")
    upgrade(engine)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version


@contextmanager
def saving() -> Iterator[None]:
    """Whatever the database raises, as one error in words.

    Raises
    ------
    NotSaved
        With the reason and the remedy.
    """
    try:
        yield
    except DBAPIError as problem:
        raise NotSaved(_reason(str(problem.orig))) from problem
    except OSError as problem:
        raise NotSaved(f"{problem.strerror or problem}; check the folder and its permissions") from problem
    except (ArgumentError, NoSuchModuleError, ImportError) as problem:
        raise NotSaved(f"{problem}; correct {SETTING}") from problem


def _reason(message: str) -> str:
    lowered = message.lower()
    known = next((reason for word, reason in _REASONS.items() if word in lowered), None)
    return known or f"{message.splitlines()[0]}; check {SETTING}"
