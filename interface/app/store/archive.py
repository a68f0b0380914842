"""A whole workspace as one file, and back: a zip of JSON, YAML and CSV with a manifest; nothing in it is executed.

`workspace.json` holds the history, projects, variants and runs; texts are kept once each in `texts/`, by their hash.
`scenarios/` and `runs.csv` say the same for people and are not read back. The manifest has the version of the layout
and size and hash of every member, so that a damaged file is refused as a whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import pandas as pd
from pydantic import TypeAdapter, ValidationError

from interface.app.history import RunRecord, SavedWork, unpacked
from interface.app.store.saved_file import SavedFile
from interface.disarm import disarmed
from interface.version import version
from scenarios.errors import InvalidFile, PlannerError
from scenarios.yaml import files

FORMAT, VERSION = "ccplan-workspace", 1
LARGEST = 500_000_000
"""Bytes of all members together; more is refused before it is read."""
MOST_MEMBERS = 20_000
_TEXTS = ("content", "text", "original", "original_text", "latest", "latest_text", "shifts", "shifts_for", "roster")
"""Fields that hold a text of `texts/`."""
_KEY = re.compile(r"[0-9A-Za-z]{1,32}")
_READABLE = ("scenarios/", "runs.csv")
_DAMAGED = "download the export again; nothing was imported"
_WORK = TypeAdapter(SavedWork)
_FILES = TypeAdapter(tuple[SavedFile, ...])


@dataclass(frozen=True)
class Archive:
    """A workspace as it was exported."""

    work: SavedWork
    files: tuple[tuple[SavedFile, bytes], ...] = ()

    @property
    def summary(self) -> str:
        """What it holds, in a few words."""
        counts = {
            "scenario": len(self.work.projects),
            "variant": len(self.work.variants),
            "run": len(self.work.runs),
            "file": len(self.files),
            "step of history": len(self.work.steps),
        }
        plurals = {"step of history": "steps of history"}
        return ", ".join(f"{n} {word if n == 1 else plurals.get(word, word + 's')}" for word, n in counts.items())


# -- written ---------------------------------------------------------------------------------------------------------


def write_archive(archive: Archive, made_at: datetime | None = None) -> bytes:
    """A workspace as a zip file."""
    members = dict(_members(archive))
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "planner": version(),
        "made_at": (made_at or datetime.now(UTC)).isoformat(),
        "contains": archive.summary,
        "members": {
            name: {"size": len(content), "sha256": sha256(content).hexdigest()} for name, content in members.items()
        },
    }
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr("manifest.json", json.dumps(manifest, indent=1))
        for name, content in members.items():
            zipped.writestr(name, content)
    return target.getvalue()


def _members(archive: Archive) -> Iterator[tuple[str, bytes]]:
    texts: dict[str, str] = {}

    def stored(text: str) -> str:
        digest = sha256(text.encode()).hexdigest()
        texts[digest] = text
        return digest

    work = _with_texts(_WORK.dump_python(archive.work, mode="json"), stored)
    infos = _FILES.dump_python(tuple(info for info, _ in archive.files), mode="json")
    yield "workspace.json", json.dumps({"work": work, "files": infos}, indent=1).encode()
    yield from ((f"texts/{digest}", text.encode()) for digest, text in texts.items())
    yield from ((f"files/{info.digest}", content) for info, content in archive.files)
    yield from _readable(archive.work)


def _with_texts(work: Any, change: Callable[[str], str]) -> Any:
    """The work with every text replaced: by its hash, or back."""
    for part in ("steps", "projects", "variants"):
        for row in work[part]:
            row |= {name: change(row[name]) for name in _TEXTS if name in row}
    for run in work["runs"]:
        run["contents"] = [change(content) for content in run["contents"]]
    return work


def _readable(work: SavedWork) -> Iterator[tuple[str, bytes]]:
    """The scenarios as YAML and the runs as CSV, for people and other programs."""
    named = [(project.title, project.content) for project in work.projects]
    named += [(variant.name, variant.content) for variant in work.variants]
    for number, (name, content) in enumerate(named, 1):
        plain = re.sub(r"[^\w]+", "-", name, flags=re.ASCII).strip("-")[:40] or "scenario"
        yield f"scenarios/{number:03d}-{plain}.yaml", files.dump(unpacked(content)).encode()
    rows = [{"ended_at": run.ended_at, "page": run.page, "title": run.title} | run.summary for run in work.runs]
    yield "runs.csv", disarmed(pd.DataFrame(rows)).to_csv(index=False).encode() if rows else b""


# -- read ------------------------------------------------------------------------------------------------------------


def read_archive(content: bytes, name: str) -> Archive:
    """The workspace in an exported file, checked as a whole.

    Raises
    ------
    InvalidFile
        If it is no export, is damaged, too large, or was written by a newer version.
    """
    try:
        with ZipFile(BytesIO(content)) as zipped:
            members = _checked_members(zipped, name)
        given = json.loads(members["workspace.json"])
        texts = {path[6:]: text.decode() for path, text in members.items() if path.startswith("texts/")}
        work = _WORK.validate_python(_with_texts(given["work"], texts.__getitem__))
        infos = _FILES.validate_python(given["files"])
        archive = Archive(work, tuple((info, members[f"files/{info.digest}"]) for info in infos))
    except BadZipFile:
        raise InvalidFile(name, "", "this is not a workspace export (.zip)", "choose a file made by Export") from None
    except (KeyError, TypeError, AttributeError, ValueError, ValidationError, RecursionError) as problem:
        if isinstance(problem, PlannerError):
            raise
        raise InvalidFile(name, "workspace.json", "the contents do not fit together", _DAMAGED) from problem
    _refuse_unusable(archive, name)
    return replace(archive, work=_in_utc(archive.work))


def _checked_members(zipped: ZipFile, name: str) -> dict[str, bytes]:
    """The members that are read back, each as the manifest says."""
    entries = {entry.filename: entry for entry in zipped.infolist()}
    if "manifest.json" not in entries:
        raise InvalidFile(name, "", "this zip file is not a workspace export", "choose a file made by Export")
    if len(entries) > MOST_MEMBERS or sum(entry.file_size for entry in entries.values()) > LARGEST:
        limit = f"the limits are {LARGEST // 1_000_000} MB and {MOST_MEMBERS:,} members"
        raise InvalidFile(name, "", "the export is too large", limit)
    try:
        manifest = json.loads(zipped.read("manifest.json"))
        if manifest["format"] != FORMAT:
            raise InvalidFile(name, "", "this zip file is not a workspace export", "choose a file made by Export")
        if manifest["version"] != VERSION:
            raise _other_version(name, manifest)
        listed = {path: facts["sha256"] for path, facts in manifest["members"].items()}
        contents = {path: zipped.read(path) for path in listed if not path.startswith(_READABLE)}
    except (KeyError, TypeError, AttributeError, ValueError, OSError, RuntimeError, BadZipFile) as problem:
        if isinstance(problem, PlannerError):
            raise
        raise InvalidFile(name, "", "the export is damaged or incomplete", _DAMAGED) from problem
    for path, content in contents.items():
        if sha256(content).hexdigest() != listed[path]:
            raise InvalidFile(name, path, "the export is damaged: this member was changed", _DAMAGED)
    return contents


def _other_version(name: str, manifest: Any) -> InvalidFile:
    given = manifest["version"]
    if isinstance(given, int) and given > VERSION:
        problem = f"written by a newer version of the planner ({manifest.get('planner')}, layout {given})"
        return InvalidFile(name, "", problem, "update the planner; nothing was imported")
    return InvalidFile(name, "", f"unknown layout {given!r}", _DAMAGED)


def _refuse_unusable(archive: Archive, name: str) -> None:
    """Refuse what could not be shown or saved: every scenario is read, every reference followed."""
    work = archive.work
    projects = {project.key for project in work.projects}
    keys = {*projects, *(run.key for run in work.runs), *(run.project for run in work.runs)}
    if not work.steps or not 0 <= work.position < len(work.steps) or not {s.project for s in work.steps} <= projects:
        raise InvalidFile(name, "workspace.json", "the history has no current scenario", _DAMAGED)
    pages = [run.page for run in work.runs] + [info.page for info, _ in archive.files]
    if not all(_KEY.fullmatch(key) for key in keys) or any(len(page) > 40 for page in pages):
        raise InvalidFile(name, "workspace.json", "a key is not as the planner writes it", _DAMAGED)
    for content in {*_contents(work)}:
        try:
            unpacked(content)
        except (PlannerError, ValueError) as problem:
            raise InvalidFile(name, "workspace.json", f"a scenario cannot be read ({problem})", _DAMAGED) from problem
    if any("\0" in text for text in _strings(_WORK.dump_python(work))):
        raise InvalidFile(name, "workspace.json", "a text holds a NUL character", _DAMAGED)


def _contents(work: SavedWork) -> Iterator[str]:
    yield from (step.content for step in work.steps)
    yield from (step.shifts_for for step in work.steps if step.shifts_for)
    yield from (variant.content for variant in work.variants)
    yield from (content for run in work.runs for content in run.contents)
    for project in work.projects:
        yield from (project.original, project.content)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings([*value, *value.values()])
    elif isinstance(value, list | tuple):
        yield from (text for part in value for text in _strings(part))


def _in_utc(work: SavedWork) -> SavedWork:
    """The work with a zone on every time: a file edited by hand may have none."""
    for project in work.projects:
        project.changed_at = _aware(project.changed_at)
    return replace(
        work,
        steps=tuple(replace(step, made_at=_aware(step.made_at)) for step in work.steps),
        variants=tuple(replace(variant, saved_at=_aware(variant.saved_at)) for variant in work.variants),
        runs=tuple(replace(run, ended_at=_aware(run.ended_at)) for run in work.runs),
    )


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def new_runs(runs: Iterable[RunRecord], present: Iterable[RunRecord]) -> list[RunRecord]:
    """The runs that are not present yet."""
    known = {run.key for run in present}
    return [run for run in runs if run.key not in known]
