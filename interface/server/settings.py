"""Settings of a server, from environment variables: limits per person and in all, and its log."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from functools import cache

from scenarios.errors import InvalidValue

PREFIX = "CCPLAN_"


@dataclass(frozen=True)
class Settings:
    """Limits of a server; each is set by the variable of its name in capitals, with the prefix ``CCPLAN_``."""

    studies_per_person: int = 2
    """Searches and studies that one person may have under way."""
    studies: int = max((os.cpu_count() or 2) - 1, 1)
    """Searches and studies that work at the same time; further ones wait for their turn."""
    studies_waiting: int = 20
    """Searches and studies that may wait in all."""
    runs_per_person: int = 4
    """Simulations that one person may have under way."""
    kept_file_mb: int = 20
    """Megabytes of a file that is kept with the work that read it; 0 keeps none."""

    def __post_init__(self) -> None:
        """Refuse what is below the least that works."""
        for name, least in (("studies_per_person", 1), ("studies", 1), ("runs_per_person", 1)):
            if getattr(self, name) < least:
                raise InvalidValue(variable(name), getattr(self, name), f"it must be at least {least}")


def variable(name: str) -> str:
    """The environment variable of a setting.

    Examples
    --------
    >>> variable("studies")
    'CCPLAN_STUDIES'
    """
    return PREFIX + name.upper()


@cache
def settings() -> Settings:
    """The settings of this server.

    Raises
    ------
    InvalidValue
        If one of them is no whole number of 0 or more.
    """
    return Settings(**{part.name: _number(variable(part.name)) for part in fields(Settings) if _given(part.name)})


def _given(name: str) -> bool:
    return bool(os.environ.get(variable(name), "").strip())


def _number(name: str) -> int:
    text = os.environ[name].strip()
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise InvalidValue(name, text, "write a whole number, 0 or more")
    return int(text)
