"""Output of commands: rows as JSON or as tables, progress and notes on standard error."""

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
"""Width of output to a pipe, a file or a test."""


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
    """Write text to standard output as it is."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def note(text: str) -> None:
    """Write a note to standard error."""
    err().print(f"[yellow]{escape(text)}[/]")


def confirm(question: str) -> None:
    """Ask for confirmation before long work on a terminal; elsewhere write a note and continue.

    Raises
    ------
    typer.Abort
        If the answer is no.
    """
    import typer

    if sys.stdin.isatty() and sys.stderr.isatty():
        typer.confirm(question, abort=True, err=True)
    else:
        note(question.removesuffix(" Continue?"))


def write_json(rows: Iterable[Row]) -> None:
    """Write rows to standard output as a JSON array, one per line; a value that is not a number is null."""
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
    """A table for a terminal under its title; the first `left` columns are text, the others numbers."""
    result = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for at, name in enumerate(columns):
        result.add_column(escape(name), justify="left" if at < left else "right", overflow="fold")
    for row in rows:
        result.add_row(*row)
    return Group(f"[bold]{escape(title)}[/]", result) if title else Group(result)


def number(value: float, unit: str) -> str:
    """A number with its unit; a dash where there is no value.

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
    """An interval, in a unit shown next to it; empty where there is none.

    Examples
    --------
    >>> between(0.81, 0.852, "share"), between(float("nan"), float("nan"), "s")
    ('81.0 to 85.2', '')
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    scale = 100 if unit == "share" else 1
    return f"{scale * low:,.1f} to {scale * high:,.1f}"


class _ProgressWithText(Progress):
    """Progress with a line of text below it."""

    text = ""

    def get_renderables(self) -> Iterator[RenderableType]:
        """The bars, and the text."""
        yield from super().get_renderables()
        if self.text:
            yield f"[dim]{escape(self.text)}[/]"


@dataclass(frozen=True)
class Bar:
    """A progress bar on a terminal, called with (done, total); silent elsewhere."""

    bar: _ProgressWithText | None = None
    task: TaskID | None = None

    def __call__(self, done: int, total: int) -> None:
        """Show how much is done."""
        if self.bar and self.task is not None:
            self.bar.update(self.task, completed=done, total=total)

    def show(self, text: str) -> None:
        """Show a line of text below the bar."""
        if self.bar:
            self.bar.text = text


@contextmanager
def progress(title: str) -> Iterator[Bar]:
    """A progress bar on a terminal; silent elsewhere."""
    console = err()
    if not console.is_terminal:
        yield Bar()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with _ProgressWithText(*columns, console=console, transient=True) as bar:
        yield Bar(bar, bar.add_task(escape(title), total=None))
