"""How commands speak: rows as JSON or as tables, progress and notes on standard error."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from interface.unseen import PlainConsole, escaped

if TYPE_CHECKING:
    import pandas as pd

Row = Mapping[str, object]
_PLAIN_WIDTH = 120
"""Columns where nobody looks at a terminal: a pipe, a file, a test."""


def out() -> Console:
    """The console of results."""
    return _console(stderr=False)


def err() -> Console:
    """The console of progress, notes and errors."""
    return _console(stderr=True)


def _console(stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PLAIN_WIDTH
    return PlainConsole(file=stream, width=width, highlight=False, soft_wrap=False)


def write(text: str) -> None:
    """Put text on standard output as it is."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def note(text: str) -> None:
    """Tell people something beside the results."""
    err().print(f"[yellow]{escape(text)}[/]")


def ask(question: str) -> None:
    """Ask before long work where a person can answer; elsewhere say it and go on.

    Raises
    ------
    typer.Abort
        If the answer is no.
    """
    import typer

    if sys.stdin.isatty() and sys.stderr.isatty():
        typer.confirm(question, abort=True, err=True)
    else:
        note(question.removesuffix(" Go on?"))


def write_json(rows: Iterable[Row]) -> None:
    """Put rows on standard output as a JSON array, one row a line; what is not a number is null."""
    lines = (json.dumps({key: _plain(value) for key, value in row.items()}, ensure_ascii=False) for row in rows)
    body = ",\n".join(lines)
    write(escaped(f"[\n{body}\n]") if body else "[]")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as plain mappings."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _plain(value: object) -> object:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | bool) or value is None else str(value)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str = "", left: int = 1) -> Group:
    """A table for people under its title; the first `left` columns are text, the others numbers."""
    result = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for at, name in enumerate(columns):
        result.add_column(escape(name), justify="left" if at < left else "right", overflow="fold")
    for row in rows:
        result.add_row(*row)
    return Group(f"[bold]{escape(title)}[/]", result) if title else Group(result)


def number(value: float, unit: str) -> str:
    """A number as people read it in its unit; a dash for what never happened.

    Examples
    --------
    >>> number(0.8416, "share"), number(18.34, "s"), number(1234.5, "contacts"), number(float("nan"), "s")
    ('84.2 %', '18.3 s', '1,234.5', '–')
    """
    if not math.isfinite(value):
        return "–"
    if unit == "share":
        return f"{100 * value:.1f} %"
    return f"{value:,.1f} s" if unit == "s" else f"{value:,.1f}"


def between(low: float, high: float, unit: str) -> str:
    """An interval in the unit that stands beside it already; nothing where there is none.

    Examples
    --------
    >>> between(0.81, 0.852, "share"), between(float("nan"), float("nan"), "s")
    ('81.0 to 85.2', '')
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    scale = 100 if unit == "share" else 1
    return f"{scale * low:,.1f} to {scale * high:,.1f}"


class _Told(Progress):
    """Progress with a line beneath it."""

    told = ""

    def get_renderables(self) -> Iterator[RenderableType]:
        """The bars, and what is told."""
        yield from super().get_renderables()
        if self.told:
            yield f"[dim]{escape(self.told)}[/]"


@dataclass(frozen=True)
class Bar:
    """A bar that grows on a terminal when called with (done, wanted); silent elsewhere."""

    bar: _Told | None = None
    task: TaskID | None = None

    def __call__(self, done: int, wanted: int) -> None:
        """Grow to so much of what is wanted."""
        if self.bar and self.task is not None:
            self.bar.update(self.task, completed=done, total=wanted)

    def say(self, text: str) -> None:
        """Tell beneath the bar what is known so far."""
        if self.bar:
            self.bar.told = text


@contextmanager
def progress(what: str) -> Iterator[Bar]:
    """A bar on a terminal, silence elsewhere."""
    console = err()
    if not console.is_terminal:
        yield Bar()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with _Told(*columns, console=console, transient=True) as bar:
        yield Bar(bar, bar.add_task(escape(what), total=None))
