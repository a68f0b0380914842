"""How the columns of the grids look and what they accept; what a value means is said where the pointer rests."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from streamlit.column_config import CheckboxColumn, NumberColumn, SelectboxColumn, TextColumn

_SHARE = partial(NumberColumn, min_value=0.0, max_value=100.0, format="%.4g %%")
_POSITIVE = partial(NumberColumn, min_value=0.0, format="%.4g")

AMOUNT = _POSITIVE()
HEADS = NumberColumn(min_value=0, step=1, format="%d")
RANK = NumberColumn(min_value=1, step=1, format="%d")

TYPE_COLUMNS = {
    "Contacts a day": NumberColumn(min_value=0.0, format="localized", help="Expected, mean over the days"),
    "Handle time": TextColumn(help="Mean, wrap-up aside: 6 min, 90s, 1.5 h"),
    "Spread": _POSITIVE(help="Standard deviation of the handle time over its mean (cv); 1 is usual"),
    "Wrap-up": TextColumn(help="Mean work after the customer has left"),
    "Patience": TextColumn(help="Mean time before a waiting customer leaves; empty: nobody leaves"),
    "Target": _SHARE(help="Share to be answered in time"),
    "Within": TextColumn(help="The time of the target: 20s, 4 h"),
    "Open": TextColumn(help="Windows such as Mon-Fri 09:00-18:00; several with ; between them"),
    "Priority": _POSITIVE(help="Lower comes first where ranks tie"),
}
BOT_COLUMNS = {
    "Bot": CheckboxColumn(help="Whether this type meets a bot first"),
    "Resolves": _SHARE(help="Share of sessions that solve the matter"),
    "Falsely contains": _SHARE(help="Share that ends without solving it, though it counts as contained"),
    "Customer gives up": _SHARE(help="Share of customers who leave inside the bot"),
    "Context kept": _SHARE(help="Share of hand-overs in which nothing has to be told again"),
    "Session": TextColumn(help="Mean length of a session"),
    "Cost": _POSITIVE(help="Cost of a session"),
    "Residual difficulty": _POSITIVE(help="Handle time of the rest grows by this times the claimed containment"),
}
GROUP_COLUMNS = {
    "Cost an hour": _POSITIVE(),
    "Slots": NumberColumn(min_value=1, step=1, format="%d", help="Chats that one agent may hold at once"),
    "Kept free": NumberColumn(min_value=0, step=1, format="%d", help="Agents kept for connected work before e-mail"),
    "Planned shrinkage": _SHARE(help="Breaks, training, leave: paid on top of the staffing"),
    "Absence": _SHARE(help="The chance that a planned agent does not come"),
}
FOLLOW_UP_COLUMNS = {
    "Chance": _SHARE(required=True, default=10.0, help="Those after one event must not add up to more than 100 %"),
    "Delay": TextColumn(help="Mean time from the event to the next contact: 15 min, 4 h; empty: at once"),
    "Overdue at": TextColumn(help="After 'overdue' only: how long after its arrival an unanswered contact counts so"),
    "Handle time ×": NumberColumn(
        min_value=0.01, max_value=100.0, default=1.0, format="%.4g", help="1.25 where the story is told again"
    ),
    "Tries": NumberColumn(
        min_value=1, max_value=1000, step=1, default=10, format="%d", help="Contacts of one matter, then no more"
    ),
    "Skips the bot": CheckboxColumn(default=False, help="Whether the next contact goes straight to the queue"),
}
ROUTE_COLUMNS = {
    "Place": NumberColumn(min_value=1, step=1, format="%d", help="1 is asked first; empty: never asked"),
    "After": TextColumn(help="How long a contact has waited before this group may take it: 20s, 1 min; empty: at once"),
}


def chosen_of(options: Sequence[str]) -> Any:
    """A column in which one of these must be chosen; where there is but one, it is."""
    return SelectboxColumn(options=list(options), required=True, default=options[0] if len(options) == 1 else None)
