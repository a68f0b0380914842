"""The log of a server: a JSON object a line on standard error, without personal data, where ``CCPLAN_LOG`` is ``on``.

A person is a number that changes with every start of the server; names, texts and numbers of scenarios are not written.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from datetime import UTC, datetime
from hashlib import sha256

SETTING = "CCPLAN_LOG"
_SALT = secrets.token_bytes(16)


def log_event(event: str, person: str = "", **facts: str | int | float) -> None:
    """Write what happened: the event, when, to whom, and its facts."""
    if os.environ.get(SETTING, "").strip().lower() != "on":
        return
    line: dict[str, str | int | float] = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "event": event,
        "process": os.getpid(),
    }
    if person:
        line["person"] = pseudonym(person)
    sys.stderr.write(json.dumps(line | facts) + "\n")
    sys.stderr.flush()


def pseudonym(person: str) -> str:
    """What the log calls a person until the server stops."""
    return sha256(_SALT + person.encode()).hexdigest()[:12]
