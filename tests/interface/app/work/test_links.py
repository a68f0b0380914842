"""Versions and links: what was is found again, what is gone is said."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from interface.app.history import RunRecord
from interface.app.session import Workspace
from interface.app.store.database import engine_of
from interface.app.store.saving import record
from interface.app.work.versions import version_at
from scenarios.yaml import presets
from tests.windows import press
from tests.windows import work as work_of

KEY = "k" * 32


def desk() -> Workspace:
    """The help desk, staffed with 12, 13 and 14 agents in turn, the last undone."""
    work = Workspace(presets.load("help-desk"), "")
    for agents in (12, 13, 14):
        work.change("x", lambda scenario, agents=agents: scenario.replace_group("desk", staffing=agents))
    work.undo()
    return work


def staffing(work: Workspace) -> object:
    """The agents of the desk."""
    return work.scenario.group("desk").staffing


def test_a_version_is_restored_and_nothing_is_lost() -> None:
    """Neither what was current nor what had been undone."""
    work = desk()
    assert [version_at(work, row).scenario.group("desk").staffing for row in range(4)] == [14, 13, 12, 16]
    work.restore(version_at(work, 3))
    assert staffing(work) == 16
    work.undo()
    assert staffing(work) == 13
    assert [step.scenario.group("desk").staffing for step in work.past] == [16, 12, 14]


def test_a_variant_says_what_it_was_changed_from() -> None:
    """A lineage by name, which follows renaming and outlives deletion."""
    work = Workspace(presets.load("help-desk"), "")
    work.change("x", lambda scenario: scenario.replace_group("desk", staffing=20))
    work.keep("twenty", work.scenario)
    work.change("x", lambda scenario: scenario.replace(title="Ours"))
    work.keep("ours", work.scenario)
    work.open_variant("twenty")
    work.change("x", lambda scenario: scenario.replace_group("desk", staffing=21))
    work.keep("21", work.scenario)
    work.rename("twenty", "20")
    lineage = {name: (variant.source, variant.changes) for name, variant in work.variants.items()}
    assert lineage == {
        "20": ("A help desk with one queue", "desk: staffing"),
        "ours": ("20", "title"),
        "21": ("20", "desk: staffing"),
    }
    work.move("21", -2)
    work.move("20", 9)
    assert list(work.variants) == ["21", "ours", "20"]


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project: Path) -> Iterator[str]:
    """A database that the app uses."""
    url = f"sqlite:///{tmp_path / 'work.db'}"
    monkeypatch.chdir(project)
    monkeypatch.setenv("CCPLAN_DATABASE", url)
    yield url
    engine_of.cache_clear()


def window(project: Path, **link: str) -> AppTest:
    """A window of one browser that follows a link to the Scenario page."""
    app = AppTest.from_file(str(project / "app.py"), default_timeout=60)
    app.session_state["browser-key"] = KEY
    for name, value in link.items():
        app.query_params[name] = value
    return app.switch_page("interface/app/pages/scenario.py").run()


def test_links_open_a_scenario_and_a_run_or_say_that_it_is_gone(url: str, project: Path) -> None:
    """The address of a page is what one sends or bookmarks."""
    first = window(project)
    work = work_of(first)
    work.change("x", lambda scenario: scenario.replace(title="Ours"))
    ours = work.project_key
    run = RunRecord(
        ours, "results", "Ours", {"seed": 7}, {}, work.current_step().made_at, (work.current_step().content,)
    )
    record(work, [run])
    first.run()
    assert first.query_params["scenario"] in (ours, [ours])
    work.open(presets.load("one-pool"), "")
    first.run()
    assert work_of(window(project, scenario=ours)).scenario.title == "Ours"
    opened = window(project, run=run.key)
    assert work_of(opened).scenario.title == "Ours"
    assert opened.session_state["seed"] == 7
    gone = window(project, scenario="0" * 32)
    assert any("not in this workspace, or no longer" in warning.value for warning in gone.warning)
    press(gone, "Close")
    assert not any("not in this workspace" in warning.value for warning in gone.warning)
    assert not gone.exception
