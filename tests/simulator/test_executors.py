"""The same findings from every executor, to the last digit; workers that die; runs that are cancelled."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pytest

from scenarios.errors import Cancelled, InvalidValue, NotExpressible, TooLarge, WorkerDied
from scenarios.scenario import Scenario
from simulator import executors
from simulator.executors import Cluster, Executor, Processes, Serial, Threads
from simulator.experiment import Experiment, looks, play, simulate
from simulator.measure.results import Results
from simulator.reference.router import Agent, IdleQueue, Router
from tests.centres import contact_type, group, of
from tests.folders import ROOT


def desk(**fields: object) -> Scenario:
    """Forty calls an hour for four agents."""
    calls = contact_type(
        "calls", volume={"per_hour": 40}, handle_time={"mean": "5 min"}, target={"share": 0.8, "within": "20s"}
    )
    return of([calls], [group("a", ["calls"], 4)], **fields)


def same(first: Results, second: Results) -> bool:
    """Whether two results are alike in every number."""
    pairs = ((first.contacts, second.contacts), (first.groups, second.groups), (first.waits, second.waits))
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


@pytest.mark.parametrize("executor", [Threads(2), Threads(3), Processes(2)], ids=str)
def test_every_executor_finds_the_same(executor: Executor) -> None:
    """Where a replication is played changes no digit."""
    expected = simulate(desk(), 10, engine="simpy", executor=Serial())
    assert same(expected, simulate(desk(), 10, engine="simpy", executor=executor))


def die_once(marker: Path, replication: int) -> int:
    """Kill the worker process in the middle of a run, the first time only."""
    if replication == 3 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return replication


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    """The findings of a killed worker process are played again, in order, none twice."""
    assert list(Processes(2).map(partial(die_once, tmp_path / "died"), range(12))) == list(range(12))


def test_cancel_stops_and_says_how_far_it_came() -> None:
    """A cancelled run raises, and leaves no worker process behind."""
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    done: list[int] = []
    run = partial(simulate, desk(), 50, engine="simpy", executor=Processes(2))
    with pytest.raises(Cancelled, match="after 3 of 50"):
        run(progress=lambda n, _: done.append(n), cancelled=lambda: len(done) >= 3)
    left = {c.pid for c in psutil.Process().children(recursive=True) if "spawn_main" in " ".join(c.cmdline())}
    assert not left - before


def test_looks_tighten_and_end_with_all() -> None:
    """A first look after a few replications, then doublings; the last is the whole run."""
    seen = list(looks(desk(), Experiment(20, engine="simpy")))
    assert [results.replications for results in seen] == [8, 16, 20]
    assert same(seen[-1], simulate(desk(), 20, engine="simpy"))


def test_a_run_goes_on_until_it_is_precise_enough() -> None:
    """The half-width asked for is reached, with fewer replications than the most allowed."""
    results = simulate(desk(), 400, engine="simpy", precision=0.02)
    assert results.estimate("service_level").half_width[0] <= 0.02
    assert results.replications < 400


def test_too_large_is_refused_before_anything_is_done() -> None:
    """A year in quarter hours, a hundred thousand times: the estimate is in the message."""
    year = desk(horizon={"interval": "15 min", "days": 366})
    with pytest.raises(TooLarge, match=r"GB, the limit is .* GB; play fewer"):
        simulate(year, 100_000)


@pytest.mark.parametrize(
    "how, error",
    [
        ({"replications": 0}, InvalidValue),
        ({"precision": 0.0}, InvalidValue),
        ({"engine": "fortran"}, InvalidValue),
        ({"engine": "kernel", "policy": Router}, NotExpressible),
    ],
)
def test_what_makes_no_sense_is_refused(how: dict[str, object], error: type[Exception]) -> None:
    """Each has a message of its own."""
    with pytest.raises(error):
        simulate(desk(), **how)  # type: ignore[arg-type]


class HighestNumber(Router):
    """A policy written in Python: the agent with the highest number answers."""

    def choose(self, line: IdleQueue) -> Agent:
        """The agent of a line who has the highest number."""
        return max(line, key=lambda agent: agent.number)


def test_a_policy_written_in_python_is_played_by_simpy() -> None:
    """The rule decides who answers: agent 3 of 4 is busy longest, agent 0 least."""
    logs = play(desk(), policy=HighestNumber)
    counts = np.bincount(logs.contacts.agent, minlength=4)
    assert (np.diff(counts) > 0).all()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A Dask scheduler and two worker processes on this machine."""
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [*dask, "--no-dashboard", "--scheduler-file", str(file)]
    started = [subprocess.Popen(command, cwd=tmp_path, env=environment)]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file), "--no-dashboard"]
    for _ in range(2):
        command = [*worker, "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1"]
        started.append(subprocess.Popen(command, cwd=tmp_path, env=environment))
    yield _address(file), started
    for process in reversed(started):
        process.kill()
        process.wait()


def _address(file: Path) -> str:
    import json

    for _ in range(300):
        if file.exists() and file.read_text().strip():
            return str(json.loads(file.read_text())["address"])
        time.sleep(0.1)
    raise TimeoutError(file)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_a_cluster_finds_the_same_though_a_worker_is_killed(
    scheduler: tuple[str, list[subprocess.Popen[bytes]]],
) -> None:
    """Two worker processes, one killed in mid-run: every replication once, in order, the same digits."""
    address, processes = scheduler
    expected = simulate(desk(), 64, engine="simpy")

    def kill_one(done: int, _: int) -> None:
        if done == 8:
            processes[1].kill()

    results = simulate(desk(), 64, engine="simpy", executor=Cluster(address, batch=2), progress=kill_one)
    assert same(expected, results)


def test_the_first_look_does_not_wait_for_the_compiled_engine() -> None:
    """A new process would compile before it shows anything, or would find something else for its haste."""
    program = (
        "from scenarios.yaml import presets; from simulator.experiment import Experiment, looks, simulate;"
        "desk = presets.load('help-desk'); seen = looks(desk, Experiment(40)); first = next(seen);"
        "*_, last = seen; whole = simulate(desk, 40, engine='simpy');"
        "print(first.engine, last.engine, (last.contacts == whole.contacts).all())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["simpy", "simpy", "then", "kernel", "True"]


def die_often(folder: Path, replication: int) -> int:
    """Kill the worker process at every fourth replication, once each."""
    marker = folder / str(replication)
    if replication % 4 == 3 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return replication


def test_workers_may_die_again_and_again_if_the_work_goes_on(tmp_path: Path) -> None:
    """A long run would be lost because workers died as often as is allowed without a finding in between."""
    assert list(Processes(1).map(partial(die_often, tmp_path), range(20))) == list(range(20))


def die_always(replication: int) -> int:
    """Kill the worker process at the third replication."""
    if replication == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return replication


def test_a_replication_that_kills_every_worker_is_told() -> None:
    """Work that no worker survives would be begun without end."""
    with pytest.raises(WorkerDied, match="after 2 replications"):
        list(Processes(1).map(die_always, range(5)))


def test_workers_are_started_once_for_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look would start and end worker processes, which takes longer than most runs."""
    started = []
    made = executors.worker_processes
    monkeypatch.setattr(executors, "worker_processes", lambda count: started.append(count) or made(count))
    assert simulate(desk(), 40, engine="simpy", executor=Processes(2)).replications == 40
    assert started == [2]


@pytest.mark.parametrize("address", ["nonsense", "tcp://127.0.0.1:1"])
def test_an_address_without_a_scheduler_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error would end in a page of traceback, or after half a minute."""
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "PATIENCE", 1)
    with pytest.raises(InvalidValue, match=r"cluster: .* no scheduler answers there"):
        simulate(desk(), 2, executor=Cluster(address))


def test_a_single_replication_is_checked_like_a_run() -> None:
    """A policy would be ignored by the compiled engine, or an unknown engine be taken for another one."""
    with pytest.raises(NotExpressible):
        play(desk(), engine="kernel", policy=HighestNumber)
    with pytest.raises(InvalidValue):
        play(desk(), engine="kernle")  # type: ignore[arg-type]


def test_a_numba_that_cannot_be_used_is_told_once(tmp_path: Path) -> None:
    """A numba that refuses the numpy beside it would end every run, or be passed over without a word."""
    package = tmp_path / "numba"
    package.mkdir()
    (package / "__init__.py").write_text("raise ImportError('needs another numpy')")
    program = (
        "from scenarios.yaml import presets; from simulator.experiment import simulate; "
        "from simulator.evaluator import *;"
        "desk = presets.load('help-desk'); print(simulate(desk, 40).engine, simulate(desk, 40, seed=2).engine);"
        "print(evaluator(1).engine); simulate(desk, 1, engine='kernel')"
    )
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=os.environ | {"PYTHONPATH": path}
    )
    assert done.stdout.split() == ["simpy", "simpy", "simpy"]
    assert done.stderr.count("results are the same") == 1
    assert "needs another numpy; repair the numba installation, or choose simpy" in done.stderr


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes cannot be killed at once here")
def test_a_killed_process_leaves_no_workers_behind() -> None:
    """Workers of a killed server waited for ever, each with hundreds of megabytes."""
    program = (
        "import os, signal, time; from simulator.executors import worker_processes; pool = worker_processes(2);"
        "[work.result() for work in [pool.submit(time.sleep, 0.5) for _ in range(2)]];"
        "print(*(worker.pid for worker in pool._processes.values()), flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT, check=False, timeout=60)
    numbers = [int(number) for number in done.stdout.split()]
    assert len(numbers) == 2
    workers = [psutil.Process(number) for number in numbers if psutil.pid_exists(number)]
    _, left = psutil.wait_procs(workers, timeout=10)
    for worker in left:
        worker.kill()
    assert left == []
