"""The grids that a block can be pasted into: their rows, their columns, and how the text of each column is read."""

from __future__ import annotations

from collections.abc import Callable

from interface.app.editor import cells
from interface.app.editor.days import times_of_day
from interface.app.editor.pasting import PasteTarget, Read
from scenarios.contact_log import numerals
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario
from scenarios.units import written


def volume_target(scenario: Scenario) -> PasteTarget:
    """The contacts of each type in the intervals of a day."""
    return PasteTarget(times_of_day(scenario.horizon), dict.fromkeys(scenario.type_names, _amount), "interval", "0")


def staffing_target(scenario: Scenario) -> PasteTarget:
    """The agents of each group in the intervals of a day."""
    return PasteTarget(times_of_day(scenario.horizon), dict.fromkeys(scenario.group_names, _whole), "interval", "0")


def types_target(scenario: Scenario) -> PasteTarget:
    """The contact types."""
    columns: dict[str, Read] = {
        "Contacts per day": _amount,
        "Handle time": _length,
        "AHT variability (CV)": _amount,
        "Wrap-up": _or_empty(_length),
        "Patience": _or_empty(_length),
        "Target (%)": _or_empty(_target_share),
        "Answer within": _or_empty(_length),
        "Opening hours": _as_written,
        "Priority": _amount,
    }
    return PasteTarget(scenario.type_names, columns, "contact type")


def groups_target(scenario: Scenario) -> PasteTarget:
    """The agent groups."""
    columns: dict[str, Read] = {
        "Cost per hour": _amount,
        "Concurrent chats": _from_one,
        "Reserved for live contacts": _whole,
        "Planned shrinkage (%)": _share,
        "No-show / unplanned absence (%)": _share,
    }
    return PasteTarget(scenario.group_names, columns, "agent group")


def skills_target(scenario: Scenario) -> PasteTarget:
    """The ranks of contact types in agent groups."""
    return PasteTarget(scenario.group_names, dict.fromkeys(scenario.type_names, _or_empty(_from_one)), "agent group")


def bots_target(scenario: Scenario) -> PasteTarget:
    """The bots before the queues."""
    shares = ("Resolved by bot (%)", "False containment (%)", "Abandons in bot (%)", "Context kept (%)")
    columns: dict[str, Read] = dict.fromkeys(shares, _share)
    columns |= {"Session length": _length, "Cost per session": _amount, "AHT uplift on remaining contacts": _amount}
    return PasteTarget(scenario.type_names, columns, "contact type")


def _amount(column: str, text: str) -> str:
    return numerals.written(cells.amount(column, text))


def _whole(column: str, text: str) -> str:
    return str(cells.whole(column, text))


def _from_one(column: str, text: str) -> str:
    return str(cells.whole(column, text, least=1))


def _share(column: str, text: str) -> str:
    return f"{numerals.written(100 * cells.share(column, text))} %"


def _target_share(column: str, text: str) -> str:
    return f"{numerals.written(100 * cells.share(column, text, below=True))} %"


def _length(column: str, text: str) -> str:
    if not text:
        raise InvalidValue(column, text, "write a time such as 6 min or 6:00")
    return written(cells.length(column, text))


def _as_written(column: str, text: str) -> str:
    return text


def _or_empty(read: Callable[[str, str], str]) -> Read:
    return lambda column, text: read(column, text) if text else ""
