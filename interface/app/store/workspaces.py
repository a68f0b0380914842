"""A workspace as it is saved and read: one row that counts revisions, and what hangs on it.

Texts are kept once each, by their hash, so that a history of a hundred steps is a hundred short rows. A save says which
revision it began from; if another window has saved since, it is refused and nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from interface.app.history import HistoryStep, Project, RunRecord, SavedWork, Variant
from interface.app.store.database import saving
from interface.app.store.setting import SavedElsewhere
from interface.app.store.tables import CONTENTS, PROJECTS, RUNS, STEPS, VARIANTS, WORKSPACES

MOST_PROJECTS, MOST_RUNS = 50, 100
"""Pieces of work, and runs, that are kept; the oldest go."""


def owner_of(key: str) -> str:
    """What the database knows of the key of a browser.

    Examples
    --------
    >>> owner_of("secret")[:12]
    '2bb80d537b1d'
    """
    return sha256(key.encode()).hexdigest()


def revision_of(engine: Engine, key: str) -> int:
    """How often a workspace was saved; 0 if never.

    Raises
    ------
    NotSaved
        If the database cannot be read.
    """
    with saving(), engine.connect() as connection:
        query = select(WORKSPACES.c.revision).where(WORKSPACES.c.owner == owner_of(key))
        return int(connection.execute(query).scalar() or 0)


def read(engine: Engine, key: str) -> SavedWork | None:
    """The work saved under the key of a browser, None if there is none.

    Raises
    ------
    NotSaved
        If the database cannot be read.
    """
    with saving(), engine.connect() as connection:
        row = connection.execute(select(WORKSPACES).where(WORKSPACES.c.owner == owner_of(key))).one_or_none()
        if row is None or not row.revision:  # a file may have been kept before any work was
            return None
        texts = _texts(connection, row.id)
        steps = tuple(
            HistoryStep(
                *(texts[step.content], texts[step.source], step.change, step.project),
                shifts=texts.get(step.shifts, ""),
                shifts_for=texts.get(step.shifts_for, ""),
                roster=texts.get(step.roster, ""),
                made_at=aware(step.made_at),
            )
            for step in _rows(connection, STEPS, row.id, STEPS.c.number)
        )
        projects = tuple(
            Project(
                *(texts[project.original], texts[project.original_source], project.example, project.note, project.key),
                latest=texts[project.latest],
                latest_text=texts[project.latest_source],
                title=project.title,
                changed_at=aware(project.changed_at),
                base=project.base,
            )
            for project in _rows(connection, PROJECTS, row.id, PROJECTS.c.changed_at)
        )
        variants = tuple(
            Variant(
                *(variant.name, texts[variant.content], variant.source, variant.changes, variant.note),
                saved_at=aware(variant.saved_at),
            )
            for variant in _rows(connection, VARIANTS, row.id, VARIANTS.c.number)
        )
        runs = tuple(
            RunRecord(
                *(run.project, run.page, run.title, json.loads(run.settings), json.loads(run.summary)),
                ended_at=aware(run.ended_at),
                contents=tuple(texts[digest] for digest in json.loads(run.contents) if digest in texts),
                key=run.key or f"{run.id:032d}",
            )
            for run in _rows(connection, RUNS, row.id, RUNS.c.id)
        )
    return SavedWork(steps, row.position, projects, variants, runs, row.revision)


def write(engine: Engine, key: str, work: SavedWork, new_runs: Sequence[RunRecord] = ()) -> int:
    """Save a workspace, and return its new revision.

    Raises
    ------
    SavedElsewhere
        If its revision is not the one that `work` was read with.
    NotSaved
        If the database cannot be written.
    """
    with saving(), engine.begin() as connection:
        workspace = _claim(connection, key, work)
        projects = _kept(work)
        _add_texts(connection, workspace, _all_texts(work, projects, (*work.runs, *new_runs)))
        _replace(connection, STEPS, workspace, map(_step_row, range(len(work.steps)), work.steps))
        _replace(connection, PROJECTS, workspace, map(_project_row, projects))
        _replace(connection, VARIANTS, workspace, map(_variant_row, range(len(work.variants)), work.variants))
        for run in new_runs:
            connection.execute(insert(RUNS).values(workspace=workspace, **_run_row(run)))
        _drop_old_runs(connection, workspace)
    return work.revision + 1


def _claim(connection: Connection, key: str, work: SavedWork) -> int:
    """The number of the workspace, its revision moved on; this also locks it until all is written."""
    values: dict[str, Any] = {
        "revision": work.revision + 1,
        "position": work.position,
        "changed_at": datetime.now(UTC),
    }
    own = WORKSPACES.c.owner == owner_of(key)
    same = own & (WORKSPACES.c.revision == work.revision)
    if not connection.execute(update(WORKSPACES).where(same).values(**values)).rowcount:
        if work.revision:
            raise SavedElsewhere("another window has saved this workspace")
        insert_workspace(connection, key, values)
    return int(connection.execute(select(WORKSPACES.c.id).where(own)).scalar_one())


def insert_workspace(connection: Connection, key: str, values: dict[str, Any]) -> None:
    """Add the row of a workspace.

    Raises
    ------
    SavedElsewhere
        If another window has added it.
    """
    try:
        connection.execute(insert(WORKSPACES).values(owner=owner_of(key), **values))
    except IntegrityError:
        raise SavedElsewhere("another window has saved this workspace") from None


def _kept(work: SavedWork) -> list[Project]:
    """The pieces of work that the history refers to, and the newest of the others."""
    referred = {step.project for step in work.steps}
    others = [project for project in work.projects if project.key not in referred]
    newest = sorted(others, key=lambda project: project.changed_at)[-MOST_PROJECTS:]
    return [project for project in work.projects if project.key in referred] + newest


def _all_texts(work: SavedWork, projects: list[Project], runs: Sequence[RunRecord]) -> dict[str, str]:
    parts = [(step.content, step.text, step.shifts, step.shifts_for, step.roster) for step in work.steps]
    texts = [text for step in parts for text in step]
    for project in projects:
        texts += [project.original, project.original_text, project.latest, project.latest_text]
    texts += [variant.content for variant in work.variants]
    texts += [content for run in runs[-MOST_RUNS:] for content in run.contents]
    return {_digest(text): text for text in texts}


def _add_texts(connection: Connection, workspace: int, texts: dict[str, str]) -> None:
    """Add the texts that are new, drop those that nothing holds any more."""
    mine = CONTENTS.c.workspace == workspace
    known = set(connection.execute(select(CONTENTS.c.digest).where(mine)).scalars())
    new = [
        {"workspace": workspace, "digest": digest, "text": text}
        for digest, text in texts.items()
        if digest not in known
    ]
    if new:
        connection.execute(insert(CONTENTS), new)
    if old := known - texts.keys():
        connection.execute(delete(CONTENTS).where(mine & CONTENTS.c.digest.in_(old)))


def _replace(connection: Connection, table: Any, workspace: int, rows: Iterable[dict[str, Any]]) -> None:
    connection.execute(delete(table).where(table.c.workspace == workspace))
    values = [{"workspace": workspace} | row for row in rows]
    if values:
        connection.execute(insert(table), values)


def _drop_old_runs(connection: Connection, workspace: int) -> None:
    mine = RUNS.c.workspace == workspace
    kept = list(connection.execute(select(RUNS.c.id).where(mine).order_by(RUNS.c.id.desc()).limit(MOST_RUNS)).scalars())
    if len(kept) == MOST_RUNS:
        connection.execute(delete(RUNS).where(mine & (RUNS.c.id < kept[-1])))


def _step_row(number: int, step: HistoryStep) -> dict[str, Any]:
    return {
        "number": number,
        "content": _digest(step.content),
        "source": _digest(step.text),
        "change": step.change,
        "project": step.project,
        "shifts": _digest(step.shifts),
        "shifts_for": _digest(step.shifts_for),
        "roster": _digest(step.roster),
        "made_at": step.made_at,
    }


def _project_row(project: Project) -> dict[str, Any]:
    return {
        "key": project.key,
        "title": project.title,
        "example": project.example,
        "note": project.note,
        "original": _digest(project.original),
        "original_source": _digest(project.original_text),
        "latest": _digest(project.latest),
        "latest_source": _digest(project.latest_text),
        "changed_at": project.changed_at,
        "base": project.base,
    }


def _variant_row(number: int, variant: Variant) -> dict[str, Any]:
    return {
        "number": number,
        "name": variant.name,
        "content": _digest(variant.content),
        "source": variant.source,
        "changes": variant.changes,
        "note": variant.note,
        "saved_at": variant.saved_at,
    }


def _run_row(run: RunRecord) -> dict[str, Any]:
    return {
        "project": run.project,
        "page": run.page,
        "title": run.title,
        "settings": json.dumps(run.settings),
        "summary": json.dumps(run.summary),
        "ended_at": run.ended_at,
        "key": run.key,
        "contents": json.dumps([_digest(content) for content in run.contents]),
    }


def _rows(connection: Connection, table: Any, workspace: int, order: Any) -> Any:
    return connection.execute(select(table).where(table.c.workspace == workspace).order_by(order))


def _texts(connection: Connection, workspace: int) -> dict[str, str]:
    return {row.digest: row.text for row in _rows(connection, CONTENTS, workspace, CONTENTS.c.digest)}


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def aware(time: datetime | None) -> datetime:
    """A time with its zone, which SQLite forgets; the beginning of time where none is known."""
    known = time or datetime.fromtimestamp(0, UTC)
    return known if known.tzinfo else known.replace(tzinfo=UTC)
