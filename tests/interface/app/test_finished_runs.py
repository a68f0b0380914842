"""A run that ended is there at once for whoever asks the same: after a reload, in another tab."""

import gc
from concurrent.futures import Future

import numpy as np

from interface.app.jobs.finished_runs import FinishedRuns, memory
from interface.app.jobs.runs import RunRequest, start_run
from interface.app.jobs.workers import Workers
from scenarios.yaml import presets
from simulator.experiment import simulate


def test_an_equal_run_is_not_simulated_again() -> None:
    """Findings with the titles of who asks; another seed or another arrival is another run."""
    desk = presets.load("help-desk")
    workers, request = Workers(2), RunRequest((desk,), 3)
    workers.finished.keep(request.everything, [simulate(desk, 3)])
    own = RunRequest((desk.replace(title="Ours"),), 3)
    job = start_run(workers, own)
    assert (job.state, job.replications, job.share) == ("done", 3, 1.0)
    assert job.findings[0].scenario.title == "Ours"
    job.cancel()
    assert job.state == "done"
    others = [
        RunRequest((desk,), 3, seed=2),
        RunRequest((desk,), 4),
        RunRequest((desk,), 3, arrivals=((np.array([1.0]),),)),
        RunRequest((desk,), 3, arrivals=((np.array([2.0]),),)),
        RunRequest((desk.replace_group("desk", staffing=9),), 3),
    ]
    keys = {request.everything, *(other.everything for other in others)}
    assert len(keys) == 6
    assert isinstance(job.future, Future)


def test_the_oldest_goes_when_memory_is_short() -> None:
    """A server of a team would grow without end; what a window still has is found, however large."""
    results = [simulate(presets.load("help-desk"), 2) for _ in range(4)]
    runs = FinishedRuns(most_bytes=2 * memory(results[0]))
    for key, part in zip("abc", results, strict=False):
        runs.keep(key, [part])
    assert list(runs.kept) == ["b", "c"]
    assert runs.find("a") == (results[0],)
    del results[0]
    del part
    gc.collect()
    assert [runs.find(key) is not None for key in "abc"] == [False, True, True]
    runs.keep("d", results)
    assert (runs.kept, runs.find("d"), runs.find("a")) == ({}, tuple(results), None)
