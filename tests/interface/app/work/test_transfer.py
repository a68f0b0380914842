"""A workspace exported and imported: everything comes along, damage is refused, nothing is overwritten unasked."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from interface.app.history import RunRecord, packed
from interface.app.session import Workspace
from interface.app.store.archive import VERSION, Archive, read_archive, write_archive
from interface.app.store.database import engine_of
from interface.app.store.files import MOST_FILES, content_of, drop_file, files_of, keep_file
from interface.app.store.saving import Saving, save, taken
from interface.app.store.workspaces import read
from interface.app.work.transfer import add, exported, replace_all
from scenarios.errors import InvalidFile
from scenarios.yaml import files, presets

KEY = "k" * 32


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    yield f"sqlite:///{tmp_path / 'work.db'}"
    engine_of.cache_clear()


def desk(url: str = "", key: str = KEY) -> Workspace:
    """A workspace with the help desk, saved at an address."""
    work = Workspace(presets.load("help-desk"), presets.path("help-desk").read_text("utf-8"))
    if url:
        work.saving = Saving(key, url)
    return work


def busy_desk(url: str = "") -> Workspace:
    """A workspace with something of everything."""
    work = desk(url)
    for agents in (12, 13, 14):
        work.change("x", lambda scenario, agents=agents: scenario.replace_group("desk", staffing=agents))
    work.undo()
    work.keep("thirteen", work.scenario)
    work.annotate("thirteen", "as agreed on Monday")
    work.project.note = "Ask about =1+1."
    content = packed(work.scenario)
    work.runs.append(
        RunRecord(work.project_key, "results", "=desk", {"seed": 1}, {"cost": 2.5}, datetime.now(UTC), (content,))
    )
    return work


def changed(content: bytes, name: str, new: bytes | None, *, listed: bool = False) -> bytes:
    """An export with a member replaced, or without it; `listed` corrects its hash in the manifest."""
    with ZipFile(BytesIO(content)) as before:
        members = {entry: before.read(entry) for entry in before.namelist()}
    if new is None:
        del members[name]
    else:
        members[name] = new
    if listed and new is not None:
        manifest = json.loads(members["manifest.json"])
        manifest["members"][name] = {"size": len(new), "sha256": sha256(new).hexdigest()}
        members["manifest.json"] = json.dumps(manifest).encode()
    target = BytesIO()
    with ZipFile(target, "w") as after:
        for entry, text in members.items():
            after.writestr(entry, text)
    return target.getvalue()


def test_everything_comes_along(url: str) -> None:
    """Scenarios, undo and redo, variants with notes, runs, files and notes, in a workspace that had other work."""
    work = busy_desk(url)
    save(work)
    keep_file(engine_of(url), KEY, "demand", "file", "days.csv", b"a;b\n1;2\n")
    work.saving.files = files_of(engine_of(url), KEY)
    archive = read_archive(exported(work), "workspace.zip")
    assert archive.work == taken(work)
    other = desk(url, "o" * 32)
    replace_all(other, archive)
    save(other)
    back = read(engine_of(url), "o" * 32)
    assert back is not None
    assert [step.scenario.group("desk").staffing for step in back.steps] == [16, 12, 13, 14]
    assert (back.position, back.variants[0].note, back.runs[0].settings) == (2, "as agreed on Monday", {"seed": 1})
    assert back.projects[0].note == "Ask about =1+1."
    (kept,) = files_of(engine_of(url), "o" * 32)
    assert content_of(engine_of(url), "o" * 32, kept.digest) == b"a;b\n1;2\n"


def test_an_export_is_read_by_people_and_their_programs() -> None:
    """Scenarios as YAML that opens again, runs as CSV in which no cell is a formula."""
    content = write_archive(Archive(taken(busy_desk())))
    with ZipFile(BytesIO(content)) as zipped:
        names = [name for name in zipped.namelist() if name.startswith("scenarios/")]
        scenarios = [files.loads(zipped.read(name).decode()) for name in names]
        assert "'=desk" in zipped.read("runs.csv").decode()
    assert {scenario.group("desk").staffing for scenario in scenarios} == {13}


def test_adding_overwrites_nothing() -> None:
    """What is here stays as it is: the current scenario, its history, a variant of the same name."""
    work, other = desk(), busy_desk()
    work.keep("thirteen", work.scenario)
    archive = read_archive(write_archive(Archive(taken(other))), "w.zip")
    before = taken(work)
    add(work, archive)
    add(work, archive)
    after = taken(work)
    assert (after.steps, after.variants[0]) == (before.steps, before.variants[0])
    assert [variant.name for variant in after.variants][:2] == ["thirteen", "thirteen (2)"]
    assert work.variants["thirteen (2)"].scenario.group("desk").staffing == 13
    assert work.project_key != other.project_key
    assert other.project_key in work.projects
    assert len(work.runs) == 1


def test_an_older_export_does_not_replace_newer_work() -> None:
    """The same scenario, changed since: both versions are kept."""
    work, ends = busy_desk(), ("", " (imported)")
    archive = read_archive(write_archive(Archive(taken(work))), "w.zip")
    work.change("x", lambda scenario: scenario.replace_group("desk", staffing=30))
    work.update_project()
    add(work, archive)
    assert [project.title for project in work.projects.values()] == [
        presets.titles()["help-desk"] + end for end in ends
    ]


@pytest.mark.parametrize(
    "damage, words",
    [
        (lambda content: b"no zip at all", "not a workspace export"),
        (lambda content: content[: len(content) // 2], "not a workspace export"),
        (lambda content: changed(content, "manifest.json", None), "not a workspace export"),
        (lambda content: changed(content, "manifest.json", b"[1]"), "damaged"),
        (lambda content: changed(content, "workspace.json", None), "damaged"),
        (lambda content: changed(content, "workspace.json", b"{}"), "this member was changed"),
        (lambda content: changed(content, "workspace.json", b"{}", listed=True), "do not fit together"),
        (lambda content: changed(content, "workspace.json", b"[" * 100_000, listed=True), "do not fit together"),
    ],
)
def test_damage_is_refused_as_a_whole(damage, words: str) -> None:
    """Half an import would be worse than none."""
    content = write_archive(Archive(taken(busy_desk())))
    with pytest.raises(InvalidFile, match=words):
        read_archive(damage(content), "w.zip")


@pytest.mark.parametrize(
    "old, new",
    [
        ('"position": 2', '"position": 9'),
        ('"position": 2', '"position": -1'),
        ('"project": "', '"project": "../'),
        ('"made_at": "', '"made_at": "no '),
    ],
)
def test_contents_that_could_not_be_shown_are_refused(old: str, new: str) -> None:
    """A history without a current scenario would break every page."""
    work = busy_desk()
    archive = Archive(taken(work))
    content = write_archive(archive)
    text = ZipFile(BytesIO(content)).read("workspace.json").decode()
    assert old in text
    with pytest.raises(InvalidFile):
        read_archive(changed(content, "workspace.json", text.replace(old, new).encode(), listed=True), "w.zip")


def test_a_newer_layout_is_refused_by_name() -> None:
    """An older planner would lose what it does not know."""
    content = write_archive(Archive(taken(desk())))
    manifest = json.loads(ZipFile(BytesIO(content)).read("manifest.json"))
    newer = json.dumps(manifest | {"version": VERSION + 1}).encode()
    with pytest.raises(InvalidFile, match=r"written by a newer version of the planner.*update the planner"):
        read_archive(changed(content, "manifest.json", newer), "w.zip")


def test_a_zip_bomb_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a megabyte can hold a terabyte of zeros."""
    monkeypatch.setattr("interface.app.store.archive.LARGEST", 10_000)
    content = changed(write_archive(Archive(taken(desk()))), "texts/zeros", b"\0" * 20_000)
    with pytest.raises(InvalidFile, match="too large"):
        read_archive(content, "w.zip")


def test_files_are_kept_by_content_and_the_oldest_go(url: str) -> None:
    """A database must not grow with every upload of the same file."""
    engine = engine_of(url)
    for number in [*range(MOST_FILES + 3), MOST_FILES + 2]:
        keep_file(engine, KEY, "demand", "file", f"{number}.csv", str(number).encode())
    kept = files_of(engine, KEY)
    assert len(kept) == MOST_FILES
    assert kept[0].name == f"{MOST_FILES + 2}.csv"
    assert content_of(engine, "o" * 32, kept[0].digest) is None
    drop_file(engine, "o" * 32, kept[0].digest)
    assert len(files_of(engine, KEY)) == MOST_FILES
    drop_file(engine, KEY, kept[0].digest)
    assert len(files_of(engine, KEY)) == MOST_FILES - 1
    assert read(engine, KEY) is None
