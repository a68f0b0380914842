"""Several people on one server: turns, limits, what is refused, and a log that names nobody."""

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from typer.testing import CliRunner

from interface.app.jobs.jobs import Refused, start_in_worker
from interface.app.jobs.runs import RunRequest, start_run
from interface.app.jobs.turns import Turns
from interface.app.jobs.workers import Pools, Workers
from interface.app.store.database import engine_of
from interface.app.store.saving import Saving
from interface.app.store.setting import NotSaved
from interface.app.work import sign_in
from interface.cli.commands.health import database_problem, server_problem
from interface.cli.main import app
from interface.server.log import log_event
from interface.server.settings import settings
from scenarios.errors import InvalidValue
from scenarios.yaml import presets


class Desk:
    """A pool that works when it is told to, and notes in which order work came."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.open: list[Future[Any]] = []

    def task(self, name: str) -> Any:
        """Work of a name, which begins at once and ends with `serve`."""

        def submit() -> Future[Any]:
            self.begun.append(name)
            self.open.append(Future())
            return self.open[-1]

        return submit

    def serve(self, count: int) -> list[str]:
        """The names of so many tasks in the order of their turn."""
        for number in range(count):
            until = monotonic() + 10
            while len(self.open) <= number and monotonic() < until:
                sleep(0.001)
            self.open[number].set_result(self.begun[number])
        return self.begun


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Settings that a test may change."""
    settings.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    settings.cache_clear()


def test_a_person_with_much_work_delays_nobody() -> None:
    """First come, first served would let one run with a hundred pieces hold up everybody else's first."""
    desk, turns = Desk(), Turns(1)
    answers = [turns.add("anna", desk.task(f"anna {n}")) for n in range(4)]
    until = monotonic() + 10
    while not desk.begun and monotonic() < until:
        sleep(0.001)
    answers += [turns.add("boris", desk.task(f"boris {n}")) for n in range(2)]
    answers.append(turns.add("chen", desk.task("question"), urgent=True))
    order = desk.serve(7)
    assert [future.result(10) for future in answers[:2]] == ["anna 0", "anna 1"]
    assert order[0] == "anna 0"
    assert order[1] == "question"
    assert sorted(order[2:4]) == ["anna 1", "boris 0"]
    assert sorted(order[4:6]) == ["anna 2", "boris 1"]
    assert order[6] == "anna 3"


def test_a_cancelled_task_takes_no_turn_and_an_error_comes_back() -> None:
    """A moved slider leaves its old question behind; a broken pool must not leave a page waiting."""
    desk, turns = Desk(), Turns(1)
    first, second = (turns.add("anna", desk.task(name)) for name in ("first", "second"))
    assert second.cancel()

    def broken() -> Future[Any]:
        raise OSError("no process")

    third = turns.add("anna", broken)
    desk.serve(1)
    assert first.result(10) == "first"
    with pytest.raises(OSError, match="no process"):
        third.result(10)
    assert desk.begun == ["first"]
    assert turns.waiting() == 0


def test_more_studies_than_allowed_are_refused_and_said(limits: pytest.MonkeyPatch) -> None:
    """One person could take all processes of a server for hours."""
    limits.setenv("CCPLAN_STUDIES_PER_PERSON", "2")
    limits.setenv("CCPLAN_STUDIES", "1")
    limits.setenv("CCPLAN_STUDIES_WAITING", "2")
    desk, pools = Desk(), Pools(2, 1)
    limits.setattr(Workers, "_submit_study", lambda self, work, *args: desk.task(self.person)())
    anna, boris, chen = (Workers(2, person, pools) for person in ("anna", "boris", "chen"))
    jobs = [start_in_worker(anna, number, print) for number in range(2)]
    refused = start_in_worker(anna, 2, print)
    assert isinstance(refused.answer, Refused)
    assert "you have 2 searches or studies under way" in refused.problem
    until = monotonic() + 10
    while not desk.open and monotonic() < until:
        sleep(0.001)
    assert start_in_worker(boris, 3, print).running
    assert "2 searches and studies wait already" in start_in_worker(chen, 4, print).problem
    jobs[1].cancel()
    assert start_in_worker(anna, 5, print).running
    for job in jobs:
        job.progress.clear()


def test_a_question_that_was_answered_is_not_worked_on_again(limits: pytest.MonkeyPatch) -> None:
    """Twenty people who open the same example would wait for twenty answers; another scenario is another question."""
    desk, pools = Desk(), Pools(2, 1)
    limits.setattr(Workers, "_submit", lambda self, work, *args: desk.task(args[0].title)())
    scenario = presets.load("help-desk")
    first = Workers(2, "anna", pools).ask_once(print, scenario)
    second = Workers(2, "boris", pools).ask_once(print, presets.load("help-desk"))
    other = Workers(2, "boris", pools).ask_once(print, scenario.replace(title="Ours"))
    desk.serve(2)
    assert first is second
    assert [first.result(10), other.result(10)] == [scenario.title, "Ours"]
    assert len(desk.begun) == 2


def test_more_simulations_than_allowed_are_refused_and_said(limits: pytest.MonkeyPatch) -> None:
    """The same for runs, which are many small pieces."""
    limits.setenv("CCPLAN_RUNS_PER_PERSON", "1")
    workers = Workers(2, "anna", Pools(2, 1))
    under_way: Future[Any] = Future()
    workers.note_run(under_way)
    job = start_run(workers, RunRequest((presets.load("help-desk"),), 5))
    assert (job.state, job.findings) == ("failed", ())
    assert "you have 1 simulations under way" in job.problem
    assert workers.of("boris").refuse_run() == ""
    under_way.set_result(None)
    assert workers.refuse_run() == ""


@pytest.mark.parametrize("text, words", [("many", "write a whole number"), ("0", "at least 1"), ("-1", "whole number")])
def test_a_setting_that_cannot_be_used_is_refused(text: str, words: str, limits: pytest.MonkeyPatch) -> None:
    """A limit that is silently ignored is none."""
    limits.setenv("CCPLAN_STUDIES", text)
    with pytest.raises(InvalidValue, match=f"CCPLAN_STUDIES.*{words}"):
        settings()


def test_the_log_is_json_without_persons(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What is logged may be shipped anywhere; whose work it was must not be in it."""
    log_event("page drawn", person="secret-key")
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("CCPLAN_LOG", "on")
    log_event("page drawn", person="secret-key", page="Home", milliseconds=12)
    Saving("secret-key", "sqlite:///anna.db").fails(NotSaved(f"{tmp_path} is full"))
    text = capsys.readouterr().err
    drawn, failed = map(json.loads, text.splitlines())
    assert (drawn["event"], drawn["page"], drawn["milliseconds"]) == ("page drawn", "Home", 12)
    assert drawn["person"] == failed["person"]
    assert "secret-key" not in text
    assert str(tmp_path) not in text


def test_health_says_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container is restarted by it: it must fail when the app or its database does."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/_stcore/health" else 404)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        assert server_problem(url) == ""
        monkeypatch.setenv("CCPLAN_DATABASE", str(tmp_path / "work.db"))
        assert database_problem() == ""
        assert CliRunner().invoke(app, ["health", url]).exit_code == 0
        engine_of.cache_clear()
        with sqlite3.connect(tmp_path / "work.db") as database:
            database.execute("UPDATE alembic_version SET version_num = 'later'")
        assert "newer version" in database_problem()
        assert CliRunner().invoke(app, ["health", url]).exit_code == 1
        server.shutdown()
    engine_of.cache_clear()
    assert "does not answer" in server_problem(url)


def test_the_work_of_who_signs_in_is_theirs_on_every_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """By issuer and subject: an address can be given to another person, and the key must not hold it."""
    given = {"is_logged_in": True, "iss": "https://id.example", "sub": "17", "email": "a@example.org"}
    monkeypatch.setattr(sign_in.st, "user", given)
    assert sign_in.person_key() is None
    assert sign_in.signed_in()
    monkeypatch.setattr(sign_in, "sign_in_configured", lambda: True)
    key = sign_in.person_key()
    assert key is not None
    monkeypatch.setattr(sign_in.st, "user", given | {"email": "b@example.org"})
    assert sign_in.person_key() == key
    monkeypatch.setattr(sign_in.st, "user", given | {"sub": "18"})
    assert sign_in.person_key() != key
    monkeypatch.setattr(sign_in.st, "user", {"is_logged_in": False})
    assert sign_in.person_key() is None
    assert not sign_in.signed_in()
