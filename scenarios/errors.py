"""Every exception of the project, as a tree; each carries the facts and says the remedy.

::

    PlannerError
    ├── InvalidValue        a field holds something it must not hold
    ├── InvalidScenario     the fields are fine one by one but not together
    ├── InvalidFile         a file cannot be read as what it should be
    ├── UnstableQueue       the work offered exceeds what the agents can ever do
    ├── NotExpressible      an engine or a formula has no way to represent what is asked
    ├── Unreachable         a target that no staffing can meet
    ├── TooLarge            the work would exceed memory or any sensible time
    ├── WorkerDied          processes that should play replications ended without their findings
    ├── Uncoverable         a requirement that no shifts can cover under the rules (models.scheduling.covering)
    ├── ContradictoryRules  people for whom no line keeps every rule (models.rostering.contradictions)
    ├── NoSolution          the solver of linear and integer programs has none (models.highs)
    ├── MissingExtra        an optional part of the project is not installed
    └── Cancelled           a person stopped a long run
"""

from __future__ import annotations

import reprlib
from pathlib import Path


class PlannerError(Exception):
    """The root of every error that this project raises on purpose."""


class InvalidValue(PlannerError, ValueError):
    """A field whose value cannot be used."""

    def __init__(self, field: str, value: object, remedy: str) -> None:
        self.field, self.value, self.remedy = field, value, remedy
        self.problem = f"{_short(value)} cannot be used"
        super().__init__(f"{field}: {self.problem}; {remedy}")


class InvalidScenario(PlannerError, ValueError):
    """Fields that contradict each other, or that leave a contact nowhere to go."""

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        self.field, self.problem, self.remedy = field, problem, remedy
        super().__init__(f"{field}: {problem}; {remedy}")


class InvalidFile(PlannerError, ValueError):
    """A file, with the line and column (or the row) where reading it failed, and the field if it is known."""

    def __init__(self, path: str | Path, where: str, problem: str, remedy: str, field: str = "") -> None:
        self.path, self.where, self.problem, self.remedy, self.field = str(path), where, problem, remedy, field
        place = f"{Path(path).name}:{where}" if where else Path(path).name
        super().__init__(f"{place}: {f'{field}: ' if field else ''}{problem}; {remedy}")


class UnstableQueue(PlannerError, ArithmeticError):
    """A queue without abandonment that is offered more work than its agents can do."""

    def __init__(self, offered: float, agents: float) -> None:
        self.offered, self.agents = offered, agents
        super().__init__(
            f"overloaded: {offered:.6g} erlangs are offered to {agents:g} agents, so the queue grows without end;"
            " add agents, cut the load, or model the patience of the customers"
        )


class NotExpressible(PlannerError):
    """Something that an engine, a formula or a table has no way to represent."""

    def __init__(self, what: str, by: str, remedy: str) -> None:
        self.what, self.by, self.remedy = what, by, remedy
        super().__init__(f"{what} is beyond {by}; {remedy}")


class Unreachable(PlannerError, ValueError):
    """A target that no staffing can meet, with the best that any could do."""

    def __init__(self, of: str, target: str, ceiling: str, why: str, remedy: str) -> None:
        self.of, self.target, self.ceiling, self.why, self.remedy = of, target, ceiling, why, remedy
        super().__init__(f"{of}: no staffing can meet '{target}': at best {ceiling}, because {why}; {remedy}")


class TooLarge(PlannerError):
    """Work that would not fit, refused before anything is allocated."""

    def __init__(self, what: str, estimate: str, limit: str, remedy: str) -> None:
        self.what, self.estimate, self.limit, self.remedy = what, estimate, limit, remedy
        super().__init__(f"{what} would need {estimate}, the limit is {limit}; {remedy}")


class WorkerDied(PlannerError):
    """Worker processes that ended twice without giving their findings."""

    def __init__(self, done: int) -> None:
        self.done = done
        super().__init__(f"worker processes died after {done} replications; memory may be short: use fewer workers")


class MissingExtra(PlannerError):
    """An optional part of the project that is not installed."""

    def __init__(self, extra: str, package: str) -> None:
        self.extra, self.package = extra, package
        super().__init__(f"this needs {package}, which is not installed; run: pip install -e '.[{extra}]'")


class SlowerEngine(RuntimeWarning):
    """The fast engine is not there, or must be compiled anew at every start; the findings are the same."""


class Cancelled(PlannerError):
    """A run that a person stopped."""

    def __init__(self, done: int, wanted: int) -> None:
        self.done, self.wanted = done, wanted
        super().__init__(f"cancelled after {done} of {wanted} replications")


def _short(value: object, limit: int = 60) -> str:
    """What stands in a field, as one line that fits into a message."""
    if isinstance(value, list | tuple | dict) and len(value) > limit:
        text = reprlib.repr(value)
    elif isinstance(value, str):
        text = repr(value[: 2 * limit])
    else:
        text = _written(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _written(value: object) -> str:
    try:
        return repr(value)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return "a number of thousands of digits"
