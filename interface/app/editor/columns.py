"""How the columns of the grids look and what they accept; what a value means is said where the pointer rests."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from streamlit.column_config import CheckboxColumn, SelectboxColumn, TextColumn

# Numbers are text for the browser and read by the server: a numeric column would turn a pasted 12,5 into 125.
_NUMBER = partial(TextColumn, alignment="right")

AMOUNT = _NUMBER()
HEADS = _NUMBER()
RANK = _NUMBER()

TYPE_COLUMNS = {
    "Contacts a day": _NUMBER(help="Expected, mean over the days"),
    "Handle time": TextColumn(help="Mean without wrap-up: 6 min, 6:00, 90 s"),
    "Spread": _NUMBER(help="Standard deviation of the handle time over its mean (cv); 1 is usual"),
    "Wrap-up": TextColumn(help="Mean work after the customer has left"),
    "Patience": TextColumn(help="Mean time before a waiting customer leaves; empty: nobody leaves"),
    "Target": _NUMBER(help="Share to be answered in time, in per cent"),
    "Within": TextColumn(help="The time of the target: 20s, 4 h"),
    "Open": TextColumn(help="Windows such as Mon-Fri 09:00-18:00; several with ; between them"),
    "Priority": _NUMBER(help="Lower comes first where ranks tie"),
}
BOT_COLUMNS = {
    "Bot": CheckboxColumn(help="Whether this type meets a bot first"),
    "Resolves": _NUMBER(help="Share of sessions that solve the matter, in per cent"),
    "Falsely contains": _NUMBER(help="Share that ends without solving it, though it counts as contained, in per cent"),
    "Customer gives up": _NUMBER(help="Share of customers who leave inside the bot, in per cent"),
    "Context kept": _NUMBER(help="Share of hand-overs in which nothing has to be told again, in per cent"),
    "Session": TextColumn(help="Mean length of a session"),
    "Cost": _NUMBER(help="Cost of a session"),
    "Residual difficulty": _NUMBER(help="Handle time of the rest grows by this times the claimed containment"),
}
GROUP_COLUMNS = {
    "Cost an hour": _NUMBER(),
    "Slots": _NUMBER(help="Chats that one agent may hold at once"),
    "Kept free": _NUMBER(help="Agents kept for connected work before e-mail"),
    "Planned shrinkage": _NUMBER(help="Breaks, training, leave: paid on top of the staffing, in per cent"),
    "Absence": _NUMBER(help="The chance that a planned agent does not come, in per cent"),
}
FOLLOW_UP_COLUMNS = {
    "Chance": _NUMBER(
        required=True, default="10", help="Per cent. Those after one event must not add up to more than 100 %"
    ),
    "Delay": TextColumn(help="Mean time from the event to the next contact: 15 min, 4 h; empty: at once"),
    "Overdue at": TextColumn(help="After 'overdue' only: how long after its arrival an unanswered contact counts so"),
    "Handle time ×": _NUMBER(default="1", help="1.25 where the story is told again"),
    "Tries": _NUMBER(default="10", help="Contacts of one matter, then no more"),
    "Skips the bot": CheckboxColumn(default=False, help="Whether the next contact goes straight to the queue"),
}
ROUTE_COLUMNS = {
    "Place": _NUMBER(help="1 is asked first; empty: never asked"),
    "After": TextColumn(help="How long a contact has waited before this group may take it: 20s, 1 min; empty: at once"),
}


def chosen_of(options: Sequence[str]) -> Any:
    """A column in which one of these must be chosen; where there is but one, it is."""
    return SelectboxColumn(options=list(options), required=True, default=options[0] if len(options) == 1 else None)
