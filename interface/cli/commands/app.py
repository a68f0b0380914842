"""Open the app in the browser; further arguments go to Streamlit.

[bold]Examples[/]

  ccplan app

  ccplan app --server.port 8600
"""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from interface import bootstrap

CONTEXT_SETTINGS = {"allow_extra_args": True, "ignore_unknown_options": True}


def command(context: typer.Context) -> None:
    """Run ``ccplan app``."""
    raise typer.Exit(bootstrap.run(Path(sys.executable), bootstrap.COMMANDS["app"].steps, context.args))
