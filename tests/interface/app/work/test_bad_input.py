"""What a person can get wrong, or somebody with bad intent right: said in words, nothing lost, nothing executed."""

import gzip
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from streamlit.testing.v1 import AppTest

from interface.app.editor.opening import imported
from interface.app.jobs.demand import RECOGNISE, read_upload
from interface.app.jobs.jobs import Progress, Refused
from interface.app.jobs.workers import guarded
from interface.app.recent import ago, recent_projects
from interface.app.session import Workspace
from interface.app.store.database import engine_of
from interface.app.store.setting import NotSaved
from interface.app.work import links
from scenarios.edit.agent_groups import rename_group
from scenarios.edit.contact_types import rename_type
from scenarios.errors import InvalidFile
from scenarios.yaml import files, presets
from tests.windows import at_home
from tests.windows import work as work_of

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
EVIL_NAME = ":red[y] *z*"
EVIL = "![x](http://evil.example/x.png) <img src=x> :red[y] \u202edrow"


def a_zip() -> bytes:
    """A zip file that is no workbook."""
    target = BytesIO()
    with ZipFile(target, "w") as zipped:
        zipped.writestr("x.txt", "hello")
    return target.getvalue()


@pytest.mark.parametrize(
    "name, content",
    [
        ("picture.csv", PICTURE),
        ("picture.xlsx", PICTURE),
        ("zip.xlsx", a_zip()),
        ("picture.gz", PICTURE),
        ("picture.csv.gz", gzip.compress(PICTURE, mtime=0)),
        ("cut.csv.gz", gzip.compress(b"a;b\n1;2\n" * 50, mtime=0)[:-6]),
        ("empty.csv", b""),
        ("page.csv", b"<html><script>alert(1)</script></html>"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(name: str, content: bytes) -> None:
    """By every door: as a contact log, as an interval report, as a scenario."""
    answers = [
        guarded(imported, content, name, "generic"),
        guarded(read_upload, Progress(), content, name, RECOGNISE, {}, None),
    ]
    assert all(isinstance(answer, Refused) and name.split(".")[0] in answer.text for answer in answers), answers
    with pytest.raises(InvalidFile):
        files.loads(files.decoded(content, name), name)


def test_a_server_that_does_not_answer_is_said() -> None:
    """PostgreSQL may be down while the app is up."""
    with pytest.raises(NotSaved, match=r"the database cannot be used.*CCPLAN_DATABASE"):
        engine_of("postgresql+psycopg://planner@127.0.0.1:1/work")


def test_a_clock_that_jumps_loses_nothing() -> None:
    """A laptop wakes with another time: what was saved in the future is neither lost nor shown as negative."""
    now = datetime.now(UTC)
    work = Workspace(presets.load("help-desk"), "")
    work.change("x", lambda scenario: scenario.replace(title="Before"))
    work.update_project()
    work.project.changed_at = now + timedelta(days=400)
    work.open(presets.load("one-pool").replace(title="After"), "")
    work.change("x", lambda scenario: scenario.replace(title="After the jump"))
    assert {project.title for project in recent_projects(work)} == {"Before", "After the jump"}
    assert ago(now + timedelta(days=400), now) == "just now"


def test_markup_in_a_title_is_shown_and_does_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scenario file from somebody else could load a picture from their server."""
    monkeypatch.chdir(project)
    app: AppTest = at_home(project, 60)
    work_of(app).change("x", lambda scenario: scenario.replace(title=EVIL))
    app.run()
    (caption,) = [caption.value for caption in app.caption if "evil.example" in caption.value]
    assert r"!\[x\](" in caption
    assert r"\<img src=x\>" in caption
    assert r":red\[y\]" in caption
    assert "\u202e" not in caption
    assert not app.exception


def test_markup_in_names_is_read_nowhere(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name of a contact type or group is on choices, in sentences and on buttons, each of which reads Markdown."""
    monkeypatch.chdir(project)
    app: AppTest = at_home(project, 120)

    work = work_of(app)
    work.open(presets.load("bot-first"), "")
    for rename, names in ((rename_type, work.scenario.type_names), (rename_group, work.scenario.group_names)):
        for name in names:
            assert work.change("x", partial(rename, name=name, to=f"{name} {EVIL_NAME}")), work.problems
    for page in ("scenario", "automation"):
        app.switch_page(f"interface/app/pages/{page}.py").run()
        assert not app.exception
        texts = {
            kind: [str(getattr(element, "value", "") or "") for element in getattr(app, kind)]
            for kind in ("caption", "subheader", "markdown", "warning", "info", "error", "success")
        }
        texts["label"] = [str(element.label) for element in (*app.button, *app.number_input, *app.text_input)]
        texts["help"] = [str(element.proto.help) for element in app.button]
        texts["option"] = [option.content for element in app.get("button_group") for option in element.proto.options]
        read = [(page, kind, text) for kind, found in texts.items() for text in found if EVIL_NAME in text]
        assert not read, read


def test_a_link_to_markup_is_said_plainly() -> None:
    """What stands in an address is never put on the page."""
    work = Workspace(presets.load("help-desk"), "")
    message = links._follow(work, EVIL, None)
    assert "not in this workspace, or no longer" in message
    assert "evil" not in message
