"""How the columns of the grids look and what they accept; column help is shown as tooltips."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from streamlit.column_config import CheckboxColumn, SelectboxColumn, TextColumn

# Numbers are text for the browser and read by the server: a numeric column would turn a pasted 12,5 into 125.
_NUMBER = partial(TextColumn, alignment="right")

AMOUNT = _NUMBER()
RANK = _NUMBER()

TYPE_COLUMNS = {
    "Contacts per day": _NUMBER(help="Expected contacts, average over the days"),
    "Handle time": TextColumn(help="Average without wrap-up: 6 min, 6:00, 90 s"),
    "AHT variability (CV)": _NUMBER(
        help="Coefficient of variation: standard deviation of the handle time / its mean; 1 is typical"
    ),
    "Wrap-up": TextColumn(help="Average after-call work"),
    "Patience": TextColumn(help="Average time before a waiting customer abandons; empty: no abandonment"),
    "Target (%)": _NUMBER(help="Share of contacts to answer within the target time"),
    "Answer within": TextColumn(help="Target time: 20s, 4 h"),
    "Opening hours": TextColumn(help="For example Mon-Fri 09:00-18:00; separate several with ;"),
    "Priority": _NUMBER(help="Lower numbers are answered first when skill ranks are equal"),
}
BOT_COLUMNS = {
    "Bot": CheckboxColumn(help="A bot answers this contact type first"),
    "Resolved by bot (%)": _NUMBER(help="Share of sessions in which the bot solves the issue"),
    "False containment (%)": _NUMBER(help="Share of sessions reported as contained although the issue is not solved"),
    "Abandons in bot (%)": _NUMBER(help="Share of customers who abandon inside the bot"),
    "Context kept (%)": _NUMBER(help="Share of escalations in which the customer need not repeat anything"),
    "Session length": TextColumn(help="Average length of a bot session"),
    "Cost per session": _NUMBER(),
    "AHT uplift on remaining contacts": _NUMBER(
        help="Contacts that the bot passes on take longer, by this factor times the claimed containment: 0.2 at 50 % "
        "containment means 10 % longer"
    ),
}
GROUP_COLUMNS = {
    "Cost per hour": _NUMBER(help="Wage of one agent per hour"),
    "Concurrent chats": _NUMBER(help="Chats that one agent may handle at the same time"),
    "Reserved for live contacts": _NUMBER(help="Agents who stay available for calls and chats when e-mail waits"),
    "Planned shrinkage (%)": _NUMBER(help="Breaks, training, leave: paid on top of the staffing"),
    "No-show / unplanned absence (%)": _NUMBER(help="Probability that a scheduled agent is absent"),
}
FOLLOW_UP_COLUMNS = {
    "Probability (%)": _NUMBER(
        required=True, default="10", help="Probabilities after the same event must not exceed 100 % in total"
    ),
    "Delay": TextColumn(help="Average time from the event to the next contact: 15 min, 4 h; empty: immediately"),
    "Overdue at": TextColumn(help="Only after 'overdue': time after arrival at which an unanswered contact is overdue"),
    "Handle time ×": _NUMBER(default="1", help="1.25 if the customer has to explain the issue again"),
    "Max attempts": _NUMBER(default="10", help="Maximum number of contacts about the same issue"),
    "Skips the bot": CheckboxColumn(default=False, help="The next contact goes directly to the agent queue"),
}
ROUTE_COLUMNS = {
    "Order": _NUMBER(help="1 is tried first; empty: not used"),
    "Overflow after": TextColumn(help="Wait before a contact may go to this group: 20s, 1 min; empty: immediately"),
}


def chosen_of(options: Sequence[str]) -> Any:
    """A column in which an option must be chosen; a single option is the default."""
    return SelectboxColumn(options=list(options), required=True, default=options[0] if len(options) == 1 else None)
