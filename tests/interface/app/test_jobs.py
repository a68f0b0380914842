"""Runs in worker processes: the same findings, told as they grow, stopped when asked."""

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest

from interface.app.jobs.jobs import Job, Refused
from interface.app.jobs.runs import RunRequest, start_run
from interface.app.jobs.workers import Workers
from scenarios.errors import InvalidValue
from scenarios.yaml import presets
from simulator.experiment import simulate
from studies.sweep import EVERYBODY, Sweep


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Two worker processes."""
    made = Workers(2)
    yield made
    made.close()


def ended(job: Job, seconds: float = 120) -> Job:
    """The job, once it no longer runs."""
    until = monotonic() + seconds
    while job.running:
        assert monotonic() < until, f"still running after {seconds} s"
        sleep(0.05)
    return job


def test_findings_are_those_of_simulate(workers: Workers) -> None:
    """Rounds, pieces and processes must not change a digit."""
    scenario = presets.load("three-silos")
    job = ended(start_run(workers, RunRequest((scenario,), 9, seed=4)))
    assert (job.state, job.problem, job.done) == ("done", "", 9)
    expected = simulate(scenario, 9, seed=4)
    np.testing.assert_array_equal(job.findings[0].contacts, expected.contacts)
    np.testing.assert_array_equal(job.findings[0].waits, expected.waits)


def test_several_scenarios_grow_together(workers: Workers) -> None:
    """Findings that are compared must always rest on the same replications."""
    job = start_run(workers, RunRequest((presets.load("one-pool"), presets.load("three-silos")), 20))
    while job.running:
        assert len({results.replications for results in job.findings}) <= 1
        sleep(0.02)
    assert ended(job).replications == 20


def test_cancelled_job_keeps_what_was_found(workers: Workers) -> None:
    """Stopping must be quick and lose nothing."""
    job = start_run(workers, RunRequest((presets.load("help-desk"),), 1000))
    while job.running and not job.findings:
        sleep(0.02)
    job.cancel()
    assert job.state == "cancelled"
    assert 0 < job.replications < 1000


def test_dead_worker_is_replaced() -> None:
    """A worker that the system kills must not end a person's run."""
    workers = Workers(2)
    try:
        job = start_run(workers, RunRequest((presets.load("help-desk"),), 60))
        while job.running and not job.findings:
            sleep(0.02)
        victim = workers.ask(os.getpid).result()
        os.kill(victim, signal.SIGKILL)
        assert (ended(job).state, job.replications) == ("done", 60)
    finally:
        workers.close()


def test_refusal_of_the_planner_comes_back_in_words(workers: Workers) -> None:
    """An error with facts does not survive pickling; its words must."""
    answer = workers.ask(presets.load, "no-such").result()
    assert isinstance(answer, Refused)
    assert "no-such" in answer.text


def test_too_large_a_run_is_refused(workers: Workers) -> None:
    """A run that cannot fit into memory must say so instead of taking the machine down."""
    horizon = presets.load("help-desk").horizon.model_dump() | {"days": 366}
    year = presets.load("help-desk").replace(horizon=horizon)
    job = ended(start_run(workers, RunRequest((year,), 100_000)))
    assert job.state == "failed"
    assert "GB" in job.problem


def test_sweep_refuses_more_than_everybody() -> None:
    """Nobody can be contained who has already given up."""
    base = presets.load("retail-weekday")
    with pytest.raises(InvalidValue, match="5% abandon in the bot"):
        Sweep("chat", EVERYBODY, (0.97,), (1.0,), 0.25).scenarios(base)


def test_a_cancelled_job_leaves_no_work_behind(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every moved slider would leave pieces of the old run in the queue, and the new one would wait for them."""
    large = presets.load("retail-weekday").replace(horizon={"days": 7})
    handed: list[Future[Any]] = []
    ask = workers.ask
    monkeypatch.setattr(workers, "ask", lambda *args: handed.append(ask(*args)) or handed[-1])
    jobs = [start_run(workers, RunRequest((large,), 500, seed=seed, engine="simpy")) for seed in range(20, 24)]
    while len(handed) < len(jobs) * workers.count:
        sleep(0.02)
    threads = [thread for thread in threading.enumerate() if thread.name == "job"]
    for job in jobs:
        job.cancel()
    for thread in threads:
        thread.join(timeout=60)
    waiting = [future for future in handed if not (future.running() or future.done())]
    assert not waiting


def test_the_engines_that_played_are_told(workers: Workers) -> None:
    """A result would not say by which engine it was found."""
    assert (
        ended(start_run(workers, RunRequest((presets.load("help-desk"),), 5, engine="simpy"))).findings[0].engine
        == "simpy"
    )
    assert (
        ended(start_run(workers, RunRequest((presets.load("help-desk"),), 5, engine="kernel"))).findings[0].engine
        == "kernel"
    )
