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
    """Write a file such as a workbook.

    Raises
    ------
    InvalidFile
        If that is not possible.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        remedy = "close it if it is open, or choose another name or folder"
        raise InvalidFile(path, "", f"cannot be written: {error.strerror}", remedy) from None


def refuse_target(path: Path | None) -> None:
    """Refuse a file whose folder does not exist, before anything long starts.

    Raises
    ------
    InvalidFile
        If there is no such folder.
    """
    if path is not None and not path.absolute().parent.is_dir():
        raise InvalidFile(path, "", f"there is no folder {path.parent}", "create it, or choose another")
