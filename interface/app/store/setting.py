"""Where work is saved, and the errors of saving; without SQLAlchemy, which is imported when the database is used.

SQLite in the user's data directory needs no set-up; ``CCPLAN_DATABASE`` names another place (a path of a file), another
server (``postgresql+psycopg://...``), or ``none`` to save nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

from scenarios.errors import PlannerError

SETTING = "CCPLAN_DATABASE"


class SavedElsewhere(PlannerError):
    """Another window has saved the same workspace since this one read it."""


class NotSaved(PlannerError):
    """The database cannot be used now; work goes on, and is not saved."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the database cannot be used: {reason}")


def address() -> str | None:
    """The address of the database, None where nothing shall be saved.

    Examples
    --------
    >>> os.environ["CCPLAN_DATABASE"] = "none"
    >>> address() is None
    True
    """
    given = os.environ.get(SETTING, "").strip()
    if given.lower() == "none":
        return None
    if "://" in given:
        return given
    if given:
        return f"sqlite:///{Path(given).expanduser().absolute()}"
    from platformdirs import user_data_path

    return f"sqlite:///{user_data_path('ccplan', appauthor=False) / 'work.db'}"
