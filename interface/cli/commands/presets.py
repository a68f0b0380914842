"""List the example centres, or print the file of one as a starting point.

[bold]Examples[/]

  ccplan presets

  ccplan presets help-desk > mine.yaml
"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from interface.cli import options, output
from scenarios.yaml import presets


def command(
    name: Annotated[
        str | None, typer.Argument(help="Name of a preset; its file is printed.", show_default=False)
    ] = None,
    json: options.Json = False,
) -> None:
    """Run ``ccplan presets``."""
    if json:
        names = presets.names() if name is None else (presets.path(name).stem,)
        titles = presets.titles()
        output.write_json(
            {"name": preset, "title": titles[preset], "description": presets.lesson(preset)} for preset in names
        )
    elif name is not None:
        output.write(presets.path(name).read_text(encoding="utf-8"))
    else:
        _list()


def _list() -> None:
    console = output.out()
    for name, title in presets.titles().items():
        console.print(f"[bold]{name}[/]  {escape(title)}")
        console.print(f"  {escape(_summary(presets.lesson(name)))}\n", style="dim")
    console.print("ccplan presets NAME prints the file of a preset: a starting point for your own scenario.")


def _summary(text: str) -> str:
    """The beginning of a description, up to its second full stop."""
    sentences = text.split(". ")
    return ". ".join(sentences[:2]).rstrip(".") + "."
