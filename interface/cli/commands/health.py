"""Check that a running app answers and that its database can be used.

[bold]Examples[/]

  ccplan health

  ccplan health http://127.0.0.1:8600
"""

from __future__ import annotations

from typing import Annotated
from urllib.error import URLError
from urllib.request import urlopen

import typer

from interface.app.store.setting import NotSaved, address

SECONDS = 5.0
"""The longest wait for an answer."""


def command(
    url: Annotated[str, typer.Argument(help="Address of the app.")] = "http://127.0.0.1:8501",
) -> None:
    """Run ``ccplan health``."""
    problems = [problem for problem in (server_problem(url), database_problem()) if problem]
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo("ok: the app answers, and its database can be used")


def server_problem(url: str) -> str:
    """Why the app does not answer; empty if it does."""
    try:
        with urlopen(f"{url.rstrip('/')}/_stcore/health", timeout=SECONDS) as answer:
            return "" if answer.status == 200 else f"the app answers with status {answer.status}; see its log"
    except (URLError, OSError, ValueError) as problem:
        return f"the app does not answer at {url}: {problem}; start it with: ccplan app"


def database_problem() -> str:
    """Why the database of saved work cannot be used; empty if it can, or if nothing is saved."""
    url = address()
    if url is None:
        return ""
    from interface.app.store.database import engine_of
    from interface.app.store.workspaces import revision_of

    try:
        revision_of(engine_of(url), "health")
    except NotSaved as problem:
        return str(problem)
    return ""
