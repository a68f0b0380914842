"""Chart files that commands write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from interface.cli.scenario_files import refuse_target, save_bytes
from scenarios.errors import InvalidFile

if TYPE_CHECKING:
    from interface.app.charts.theme import Figure, Format

_FORMATS: dict[str, Format] = {".svg": "svg", ".png": "png"}


def refuse_chart(path: Path | None) -> None:
    """Refuse a chart file that cannot be written, before anything long starts.

    Raises
    ------
    InvalidFile
        If the format is unknown, or the folder does not exist.
    """
    if path is not None and path.suffix.lower() not in _FORMATS:
        raise InvalidFile(path, "", "a chart is an SVG or a PNG file", "end the name with .svg or .png")
    refuse_target(path)


def write_chart(figure: Figure, path: Path) -> None:
    """Write a chart in the format that the name of the file asks for.

    Raises
    ------
    InvalidFile
        If that is not possible.
    """
    from interface.app.charts.theme import drawn

    save_bytes(drawn(figure.specification(), _FORMATS[path.suffix.lower()]), path)
