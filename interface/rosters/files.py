"""A roster as files beside its workbook: CSV, and a calendar of each person in an archive."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from interface.disarm import disarmed
from interface.rosters.calendars import calendar, file_name
from models.rostering.report import assignments
from models.rostering.search import Roster
from scenarios.errors import InvalidFile

LARGEST = 20_000_000
"""Bytes that the calendars of an archive may unpack to."""


def roster_csv(roster: Roster) -> bytes:
    """A row for each person and day with a shift, as CSV for spreadsheets."""
    return str(disarmed(assignments(roster)).to_csv(index=False, lineterminator="\n")).encode("utf-8-sig")


def calendars_archive(roster: Roster, before: dict[str, str], stamp: datetime | None = None) -> bytes:
    """A zip archive with the calendar of each person.

    Parameters
    ----------
    before
        The calendars handed out last, by name of the file: sequence numbers go on from them.
    stamp
        When they are written; now, unless given.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, person in enumerate(roster.problem.people):
            name = file_name(person.name)
            text = calendar(roster, number, stamp=stamp or datetime.now(UTC), before=before.get(name, ""))
            archive.writestr(name, text)
    return out.getvalue()


def read_calendars(content: bytes, name: str) -> dict[str, str]:
    """The calendars of an archive by name of the file.

    Raises
    ------
    InvalidFile
        If it is no archive of calendars, or unpacks to more than `LARGEST` bytes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [part for part in archive.infolist() if part.filename.endswith(".ics")]
            if not parts:
                raise InvalidFile(name, "", "it holds no calendars", "give the archive that was downloaded before")
            if sum(part.file_size for part in parts) > LARGEST:
                raise InvalidFile(
                    name, "", f"it unpacks to more than {LARGEST / 1e6:g} MB", "give one of calendars only"
                )
            return {part.filename: archive.read(part).decode("utf-8", "replace") for part in parts}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError):
        raise InvalidFile(name, "", "it is no zip archive", "give the archive that was downloaded before") from None
