"""Background work of the app: what was asked, how far it is, its answer; one way to report and one to cancel.

Work reports to a `Progress` and looks there whether it shall stop. A thread of the server has one in memory, a worker
process one in a folder: that works between any processes of one machine and needs no open connection. Worker processes
import this file, so it knows no Streamlit.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Literal

from scenarios.errors import Cancelled

if TYPE_CHECKING:
    from interface.app.jobs.workers import Workers

State = Literal["running", "done", "cancelled", "failed"]


@dataclass(frozen=True)
class Refused:
    """A refusal of the planner as text; exceptions with facts do not survive the way between processes."""

    text: str


@dataclass(frozen=True)
class ProgressReport:
    """How far work is, and what it has found so far."""

    done: int = 0
    wanted: int = 0
    findings: tuple[Any, ...] = ()


class Progress:
    """Where a thread reports how far its work is, and finds the request to stop."""

    def __init__(self) -> None:
        self._latest: ProgressReport | None = None
        self._stop = Event()

    @property
    def latest(self) -> ProgressReport | None:
        """The newest report; None before the first."""
        return self._latest

    @property
    def stopped(self) -> bool:
        """Whether the work is asked to stop."""
        return self._stop.is_set()

    def report(self, done: int = 0, wanted: int = 0, findings: tuple[Any, ...] = ()) -> None:
        """Replace the newest report."""
        self._latest = ProgressReport(done, wanted, findings)

    def stop(self) -> None:
        """Ask the work to stop."""
        self._stop.set()

    def step(self, done: int, wanted: int) -> None:
        """Report a finished step, which is also where the work stops.

        Raises
        ------
        Cancelled
            If that was asked for.
        """
        if self.stopped:
            raise Cancelled(done, wanted)
        self.report(done, wanted)

    def clear(self) -> None:
        """Drop what takes space."""


@dataclass
class ProgressFile(Progress):
    """The same for work in another process, through the files of a folder."""

    folder: Path = field(default_factory=lambda: Path(mkdtemp(prefix="ccplan-")))

    @property
    def latest(self) -> ProgressReport | None:
        """The newest report; None before the first."""
        try:
            report: ProgressReport = pickle.loads((self.folder / "report").read_bytes())
        except FileNotFoundError:
            return None
        return report

    @property
    def stopped(self) -> bool:
        """Whether the work is asked to stop; so too when its folder was removed, because no page waits any more."""
        return (self.folder / "stop").exists() or not self.folder.is_dir()

    def report(self, done: int = 0, wanted: int = 0, findings: tuple[Any, ...] = ()) -> None:
        """Replace the newest report."""
        if self.folder.is_dir():
            draft = self.folder / "draft"
            draft.write_bytes(pickle.dumps(ProgressReport(done, wanted, findings)))
            draft.replace(self.folder / "report")

    def stop(self) -> None:
        """Ask the work to stop."""
        if self.folder.is_dir():
            (self.folder / "stop").touch()

    def clear(self) -> None:
        """Remove the folder."""
        rmtree(self.folder, ignore_errors=True)


@dataclass
class Job:
    """Background work: what was asked, how far it is, and its answer."""

    request: Any
    """Equal for jobs with equal answers."""
    progress: Progress
    future: Future[Any]

    @property
    def running(self) -> bool:
        """Whether it still works; one that was asked to stop may, for a moment."""
        return not self.future.done()

    @property
    def stopped(self) -> bool:
        """Whether it was asked to stop."""
        return self.progress.stopped

    @property
    def state(self) -> State:
        """What has become of it."""
        if self.running:
            return "running"
        if self.future.cancelled() or (self.stopped and isinstance(self.answer, Refused)):
            return "cancelled"
        return "failed" if isinstance(self.answer, Refused) else "done"

    @property
    def answer(self) -> Any:
        """The answer, `Refused` where there is none, None while it works or if it was cancelled before it began."""
        if self.running or self.future.cancelled():
            return None
        try:
            return self.future.result()
        except Exception as problem:  # a worker died or the work failed: shown where the answer would be
            return Refused(str(problem) or type(problem).__name__)

    @property
    def problem(self) -> str:
        """Why there is no answer; empty where there is one."""
        answer = self.answer
        return answer.text if isinstance(answer, Refused) else ""

    @property
    def done(self) -> int:
        """Steps that are done."""
        return (self.progress.latest or ProgressReport()).done

    @property
    def share(self) -> float:
        """The share of the steps that is done; 0 before it is known how many there are."""
        report = self.progress.latest or ProgressReport()
        return min(report.done / report.wanted, 1.0) if report.wanted else 0.0

    @property
    def findings(self) -> tuple[Any, ...]:
        """What was found so far; empty before the first report. It stays when the job is cancelled."""
        return (self.progress.latest or ProgressReport()).findings

    @property
    def replications(self) -> int:
        """Replications behind the findings of a run."""
        return self.findings[0].replications if self.findings else 0

    def cancel(self) -> None:
        """Stop soon; what was found stays."""
        self.future.cancel()
        self.progress.stop()

    def forget(self) -> None:
        """Stop, and drop what was reported."""
        self.cancel()
        self.progress.clear()


def refused_job(request: Any, reason: str) -> Job:
    """A job that was refused before it began."""
    job = Job(request, Progress(), Future())
    job.future.set_result(Refused(reason))
    return job


def ended_job(request: Any, findings: tuple[Any, ...]) -> Job:
    """A job whose findings are there already."""
    job = Job(request, Progress(), Future())
    job.progress.report(request.wanted, request.wanted, findings)
    job.future.set_result(None)
    return job


def start_in_worker(workers: Workers, request: Any, work: Callable[..., Any], *args: Any) -> Job:
    """A job that does `work(progress, *args)` in a worker process."""
    progress = ProgressFile()
    return Job(request, progress, workers.study(work, progress, *args))


def start_in_thread(request: Any, work: Callable[..., Any], *args: Any) -> Job:
    """A job that does `work(progress, *args)` in a thread; for work that only hands pieces to the workers."""
    job = Job(request, Progress(), Future())
    Thread(target=_work, args=(job, work, *args), name="job", daemon=True).start()
    return job


def _work(job: Job, work: Callable[..., Any], *args: Any) -> None:
    with suppress(InvalidStateError):  # a cancelled job has no answer
        try:
            answer = work(job.progress, *args)
        except Exception as problem:
            job.future.set_exception(problem)
        else:
            job.future.set_result(answer)
