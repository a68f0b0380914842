"""Scenario files that commands write."""

from __future__ import annotations

from pathlib import Path

from scenarios.errors import InvalidFile


def save(text: str, path: Path) -> None:
    """Write a scenario file.

    Raises
    ------
    InvalidFile
        If that is not possible.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidFile(path, "", f"cannot be written: {error.strerror}", "choose another folder") from None
