"""Saved work: what is read is what was written, nobody reads another's, and what fails is said."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import pytest
from sqlalchemy import Engine, MetaData, event, inspect, text
from streamlit.testing.v1 import AppTest

from interface.app.history import RunRecord
from interface.app.jobs.jobs import Job, Progress
from interface.app.jobs.runs import RunRequest
from interface.app.session import Workspace
from interface.app.store import database
from interface.app.store.database import engine_of
from interface.app.store.saving import Saving, keep_own, put, save, taken, use_saved
from interface.app.store.setting import NotSaved, SavedElsewhere, address
from interface.app.store.tables import METADATA
from interface.app.store.workspaces import read, write
from scenarios.yaml import presets
from simulator.experiment import simulate

KEY = "k" * 32


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    yield f"sqlite:///{tmp_path / 'work.db'}"
    engine_of.cache_clear()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server of its own, where one is installed."""
    pytest.importorskip("psycopg")
    programs = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
    if programs is None:
        pytest.skip("no PostgreSQL installed (apt-get install postgresql)")
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []  # it refuses to run as root
    folder = Path(mkdtemp(prefix="ccplan-postgres-"))
    folder.chmod(0o777)
    data = folder / "data"
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([*as_user, programs / "initdb", "-D", data, "-U", "planner", "-A", "trust", "-N"], **quiet)
    options = f"-c listen_addresses='' -c fsync=off -c unix_socket_directories={folder}"
    control = [*as_user, programs / "pg_ctl", "-D", data, "-w"]
    subprocess.run([*control, "-l", data / "log", "-o", options, "start"], **quiet)
    try:
        yield f"postgresql+psycopg://planner@/postgres?host={folder}"
        engine_of.cache_clear()
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
        rmtree(folder, ignore_errors=True)


@pytest.fixture
def engine(url: str) -> Engine:
    """An empty database."""
    return engine_of(url)


def opened(url: str = "", key: str = KEY, name: str = "help-desk") -> Workspace:
    """A workspace that is saved at an address, and has what is there."""
    work = Workspace(presets.load(name), presets.path(name).read_text("utf-8"))
    if url:
        work.saving = Saving(key, url)
        stored = read(engine_of(url), key)
        if stored is not None:
            put(work, stored)
            work.saving.revision = stored.revision
    return work


def staffed(work: Workspace, agents: int) -> None:
    """Change the agents of the desk, and save."""
    assert work.change("staffing", lambda scenario: scenario.replace_group("desk", staffing=agents))
    save(work)


# -- written and read ------------------------------------------------------------------------------------------------


def test_everything_comes_back(url: str) -> None:
    """Scenario, comments, undo and redo, variants, notes and runs go on where they were."""
    work = opened(url)
    for agents in (12, 13, 14):
        staffed(work, agents)
    work.undo()
    work.keep("more", work.scenario)
    work.project.note = "Ask about Monday."
    work.runs.append(RunRecord(work.project_key, "results", "desk", {"seed": 1}, {"cost": 2.5}, datetime.now(UTC)))
    assert write(engine_of(url), KEY, taken(work), work.runs) == 4
    back = opened(url)
    assert back.scenario == work.scenario
    assert back.text == work.text
    assert [step.scenario.group("desk").staffing for step in back.past] == [16, 12]
    assert [step.scenario.group("desk").staffing for step in back.future] == [14]
    assert back.variants == work.variants
    assert back.project.note == "Ask about Monday."
    assert back.runs[0].summary == {"cost": 2.5}
    back.redo()
    assert back.scenario.group("desk").staffing == 14


def test_nobody_reads_the_work_of_another_key(url: str) -> None:
    """Two people on one server never meet; the database does not hold the keys themselves."""
    staffed(opened(url), 12)
    other = opened(url, "o" * 32)
    assert other.scenario == presets.load("help-desk")
    assert not other.past
    assert KEY.encode() not in Path(url.removeprefix("sqlite:///")).read_bytes()


def test_texts_are_kept_once_and_dropped_with_the_last_that_holds_them(url: str, engine: Engine) -> None:
    """A history of a hundred steps would hold the same file a hundred times, for ever."""
    work = opened(url)
    for agents in range(101, 231):
        staffed(work, agents)
    with engine.connect() as connection:
        steps, texts = (
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() for table in ("steps", "contents")
        )
    assert steps == 101
    assert texts <= 101 + 4


def test_a_run_leaves_its_settings_and_its_verdict(url: str) -> None:
    """What was simulated must be known after a restart; work that is no simulation leaves nothing."""
    work = opened(url)
    results = simulate(work.scenario, replications=3, seed=7)
    for page, findings in (("results", (results,)), ("optimise", ("a plan",))):
        job = Job(RunRequest((work.scenario,), 3, 7), Progress(), Future())
        job.progress.report(3, 3, findings)
        job.future.set_result(None)
        work.jobs[page] = job
    save(work)
    save(work)
    (run,) = opened(url).runs
    assert (run.page, run.title) == ("results", "A help desk with one queue")
    assert run.settings["seed"] == 7
    assert run.settings["scenarios"] == [work.scenario.fingerprint]
    assert "target" in run.summary["verdict"]


def test_old_work_goes_but_not_what_undo_leads_to(url: str) -> None:
    """A history whose pieces of work are gone could not be shown."""
    work = opened(url)
    for number in range(120):
        work.open(work.scenario.replace(title=f"Centre {number}"), "")
        if number % 10 == 0:
            save(work)
    for _ in range(100):
        work.undo()
    save(work)
    back = opened(url)
    assert back.scenario.title == "Centre 19"
    assert back.project.title == "Centre 19"
    assert len(back.projects) <= 101 + 50
    for _ in range(100):
        back.redo()
    assert back.scenario.title == "Centre 119"


def test_a_database_that_was_emptied_takes_the_work_again(url: str, engine: Engine) -> None:
    """The page would ask for ever which of two versions is meant."""
    work = opened(url)
    staffed(work, 12)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM workspaces"))
    staffed(work, 13)
    keep_own(work)
    assert opened(url).scenario.group("desk").staffing == 13


def test_nothing_is_asked_of_the_database_without_a_change(url: str, engine: Engine) -> None:
    """Every redraw of every page would wait for the database."""
    work, asked = opened(url), []
    staffed(work, 12)
    event.listen(engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    save(work)
    assert not asked
    staffed(work, 13)
    assert asked


# -- windows that collide ------------------------------------------------------------------------------------------


def test_a_second_window_is_asked_and_may_keep_both(url: str) -> None:
    """The later of two windows would overwrite the earlier, or lose its own."""
    first = opened(url)
    staffed(first, 12)
    second = opened(url)
    staffed(first, 13)
    staffed(second, 20)
    assert second.saving is not None
    assert second.saving.elsewhere
    assert opened(url).scenario.group("desk").staffing == 13
    second.keep("own", second.scenario)
    keep_own(second)
    assert not second.saving.elsewhere
    back = opened(url)
    assert back.scenario.group("desk").staffing == 20
    assert list(back.variants) == ["own"]
    back.undo()
    assert back.scenario.group("desk").staffing == 13
    save(first)
    use_saved(first)
    assert first.scenario.group("desk").staffing == 20


def test_an_old_revision_writes_nothing(url: str, engine: Engine) -> None:
    """Half of a refused save would be worse than either version."""
    work = opened(url)
    staffed(work, 12)
    stale = replace(taken(work), revision=0)
    with pytest.raises(SavedElsewhere):
        write(engine, KEY, stale)
    assert opened(url).scenario.group("desk").staffing == 12


@pytest.mark.slow
def test_a_server_keeps_work_as_a_file_does(server: str) -> None:
    """PostgreSQL by one setting: the same tables, the same history, the same choice between windows."""
    first, second = opened(server), opened(server)
    staffed(first, 12)
    staffed(first, 13)
    staffed(second, 20)
    assert second.saving is not None
    assert second.saving.elsewhere
    keep_own(second)
    back = opened(server)
    assert back.scenario.group("desk").staffing == 20
    assert [step.scenario.group("desk").staffing for step in back.past] == [16, 12, 13]
    assert not opened(server, "o" * 32).past
    engine_of(server).dispose()


# -- databases that cannot be used ------------------------------------------------------------------------------------


def test_a_locked_database_is_said_and_tried_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work goes on, unsaved, and is saved when the other program lets go."""
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    work = opened(url)
    staffed(work, 12)
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    staffed(work, 13)
    assert work.saving is not None
    assert "another program has locked it" in work.saving.problem
    assert work.scenario.group("desk").staffing == 13
    other.execute("ROLLBACK")
    other.close()
    work.saving.failed_at = -1e9
    save(work)
    assert not work.saving.problem
    assert opened(url).scenario.group("desk").staffing == 13


def test_a_full_database_is_said(url: str, engine: Engine) -> None:
    """Nothing that was saved before is lost."""
    work = opened(url)
    staffed(work, 12)
    with engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
        connection.execute(text(f"PRAGMA max_page_count={pages}"))
    work.project.note = "long " * 20_000
    save(work)
    assert work.saving is not None
    assert "full" in work.saving.problem
    assert opened(url).scenario.group("desk").staffing == 12


def test_a_database_of_a_newer_version_is_left_alone(url: str, engine: Engine) -> None:
    """An older program would damage what it does not know."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    engine_of.cache_clear()
    with pytest.raises(NotSaved, match="newer version of the planner"):
        engine_of(url)


@pytest.mark.parametrize(
    "given, words",
    [
        ("sqlite:////proc/nowhere/work.db", "folder"),
        ("nonsense://x", "CCPLAN_DATABASE"),
        ("sqlite:///{file}", "database"),
    ],
)
def test_an_address_that_cannot_be_used_is_said(given: str, words: str, tmp_path: Path) -> None:
    """A traceback on the first page would be all that a person sees."""
    (tmp_path / "text.db").write_text("no database " * 100)
    with pytest.raises(NotSaved, match=words):
        engine_of(given.format(file=tmp_path / "text.db"))


def test_migrations_make_the_tables_that_the_code_uses(engine: Engine) -> None:
    """A new installation and a migrated one would differ."""
    made = MetaData()
    made.reflect(engine)
    for table in METADATA.tables.values():
        columns = {column.name: (str(column.type), column.nullable) for column in made.tables[table.name].columns}
        assert columns == {column.name: (str(column.type), column.nullable) for column in table.columns}
        assert {column.name for column in made.tables[table.name].primary_key} == {c.name for c in table.primary_key}
    assert inspect(engine).get_table_names() == sorted([*METADATA.tables, "alembic_version"])


def test_the_setting_names_the_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a setting the data directory of the user, without any set-up."""
    monkeypatch.setenv("CCPLAN_DATABASE", "postgresql+psycopg://planner@db/work")
    assert address() == "postgresql+psycopg://planner@db/work"
    monkeypatch.setenv("CCPLAN_DATABASE", str(tmp_path / "mine.db"))
    assert address() == f"sqlite:///{tmp_path / 'mine.db'}"
    monkeypatch.setenv("CCPLAN_DATABASE", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert address().startswith("sqlite:///")
    monkeypatch.setenv("CCPLAN_DATABASE", "none")
    assert address() is None


def test_nothing_of_sqlalchemy_is_imported_before_it_is_needed() -> None:
    """The first page would open later for everybody."""
    code = "import sys, interface.app.widgets; sys.exit('sqlalchemy' in sys.modules or 'alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# -- windows ---------------------------------------------------------------------------------------------------------


def window(project: Path, key: str) -> AppTest:
    """A window of the browser with a key."""
    app = AppTest.from_file(str(project / "app.py"), default_timeout=60)
    app.session_state["browser-key"] = key
    return app.switch_page("interface/app/pages/scenario.py").run()


def test_a_reload_goes_on_where_it_was(url: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another window of the same browser shows the work; one of another browser does not; a collision asks."""
    monkeypatch.chdir(project)
    monkeypatch.setenv("CCPLAN_DATABASE", url)
    first = window(project, KEY)
    first.session_state["workspace"].change("x", lambda scenario: scenario.replace(title="Ours"))
    first.run()
    second = window(project, KEY)
    assert second.session_state["workspace"].scenario.title == "Ours"
    assert window(project, "o" * 32).session_state["workspace"].scenario.title != "Ours"
    first.session_state["workspace"].change("x", lambda scenario: scenario.replace(title="Theirs"))
    first.run()
    second.run()
    assert any("Changed in another window" in warning.value for warning in second.warning)
    next(button for button in second.button if button.label == "The other window's version").click()
    second.run()
    assert second.session_state["workspace"].scenario.title == "Theirs"
    assert not any("Changed in another window" in warning.value for warning in second.warning)
