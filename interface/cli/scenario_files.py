"""Files that commands write."""

from __future__ import annotations

from pathlib import Path

from scenarios.errors import InvalidFile


def save(text: str, path: Path) -> None:
    """Write a text file.

    Raises
    ------
    InvalidFile
        If that is not possible.
    """
    save_bytes(text.encode(), path)


def save_bytes(content: bytes, path: Path) -> None:
    """Write a file.

    Raises
    ------
    InvalidFile
        If that is not possible.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InvalidFile(path, "", f"cannot be written: {error.strerror}", "choose another folder") from None
