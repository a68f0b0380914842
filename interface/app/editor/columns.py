"""The columns of the grids: how the texts of each are read, and the help that is shown at its heading."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from interface.app.editor import cells
from interface.app.editor.pasting import Read
from interface.app.grids.table import GridColumn, one_of_options, yes_or_no
from interface.language.messages import marked
from scenarios.contact_log import numerals
from scenarios.errors import InvalidValue
from scenarios.units import written


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


def _hours(column: str, text: str) -> str:
    return written(cells.hours(column, text))


def _as_written(column: str, text: str) -> str:
    return text


def _or_empty(read: Callable[[str, str], str]) -> Read:
    return lambda column, text: read(column, text) if text else ""


AMOUNT = GridColumn(_amount)
AGENTS = GridColumn(_whole)
TIME = GridColumn(_length)
RANK = GridColumn(_or_empty(_from_one))

TYPE_COLUMNS = marked(
    {
        "Contacts per day": GridColumn(_amount, help="Expected contacts, average over the days"),
        "Handle time": GridColumn(_length, help="Average without wrap-up: 6 min, 6:00, 90 s"),
        "AHT variability (CV)": GridColumn(
            _amount, help="Coefficient of variation: standard deviation of the handle time / its mean; 1 is typical"
        ),
        "Wrap-up": GridColumn(_or_empty(_length), help="Average after-call work"),
        "Patience": GridColumn(
            _or_empty(_length), help="Average time before a waiting customer abandons; empty: no abandonment"
        ),
        "Target (%)": GridColumn(_or_empty(_target_share), help="Share of contacts to answer within the target time"),
        "Answer within": GridColumn(_or_empty(_length), help="Target time: 20s, 4 h"),
        "Opening hours": GridColumn(_as_written, "text", "For example Mon-Fri 09:00-18:00; separate several with ;"),
        "Priority": GridColumn(_amount, help="Lower numbers are answered first when skill ranks are equal"),
    }
)
SHIFT_COLUMNS = marked(
    {
        "Shift": GridColumn(_as_written, "text", "Its name; empty removes the shift"),
        "Days": GridColumn(_as_written, "text", "When it begins: Mon-Fri, or dates such as 2026-03-02, 2026-03-05"),
        "Start": GridColumn(_as_written, "text", "For example 07:30"),
        "Length": GridColumn(
            _or_empty(_hours), help="From start to end with breaks: 8:30 or 8.5 h; of a split shift its first part"
        ),
        "Pause": GridColumn(_or_empty(_hours), help="Only of a split shift: the time between its parts, not paid"),
        "Second part": GridColumn(_or_empty(_hours), help="Only of a split shift: the length of its second part"),
        "People": GridColumn(_or_empty(_whole), help="On each of its days, beside named people"),
    }
)
BREAK_COLUMNS = marked(
    {
        "Length": GridColumn(_or_empty(_hours), help="For example 30 min or 0:30"),
        "Earliest": GridColumn(_or_empty(_hours), help="When it may begin, after the start of the shift: 3 h"),
        "Latest": GridColumn(
            _or_empty(_hours), help="When it must have begun; empty: at a fixed time, that of Earliest"
        ),
        "Paid": GridColumn(yes_or_no, "check", "Whether the break is paid"),
    }
)
PEOPLE_COLUMNS = marked(
    {
        "Person": GridColumn(_as_written, "text", "The name; empty removes the row"),
        "Days": GridColumn(_as_written, "text", "Days on which the shift is worked: Mon-Thu, or dates; empty: all"),
    }
)
BOT_COLUMNS = marked(
    {
        "Bot": GridColumn(yes_or_no, "check", "A bot answers this contact type first"),
        "Resolved by bot (%)": GridColumn(_share, help="Share of sessions in which the bot solves the issue"),
        "False containment (%)": GridColumn(
            _share, help="Share of sessions reported as contained although the issue is not solved"
        ),
        "Abandons in bot (%)": GridColumn(_share, help="Share of customers who abandon inside the bot"),
        "Context kept (%)": GridColumn(
            _share, help="Share of escalations in which the customer need not repeat anything"
        ),
        "Session length": GridColumn(_length, help="Average length of a bot session"),
        "Cost per session": GridColumn(_amount),
        "AHT uplift on remaining contacts": GridColumn(
            _amount,
            help="Contacts that the bot passes on take longer, by this factor times the claimed containment: 0.2 at "
            "50 % containment means 10 % longer",
        ),
    }
)
GROUP_COLUMNS = marked(
    {
        "Cost per hour": GridColumn(_amount, help="Wage of one agent per hour"),
        "Concurrent chats": GridColumn(_from_one, help="Chats that one agent may handle at the same time"),
        "Reserved for live contacts": GridColumn(
            _whole, help="Agents who stay available for calls and chats when e-mail waits"
        ),
        "Planned shrinkage (%)": GridColumn(_share, help="Breaks, training, leave: paid on top of the staffing"),
        "No-show / unplanned absence (%)": GridColumn(_share, help="Probability that a scheduled agent is absent"),
    }
)
FOLLOW_UP_COLUMNS = marked(
    {
        "Probability (%)": GridColumn(
            _or_empty(_share), help="Probabilities after the same event must not exceed 100 % in total"
        ),
        "Delay": GridColumn(
            _or_empty(_length), help="Average time from the event to the next contact: 15 min, 4 h; empty: immediately"
        ),
        "Overdue at": GridColumn(
            _or_empty(_length),
            help="Only after 'overdue': time after arrival at which an unanswered contact is overdue",
        ),
        "Handle time ×": GridColumn(_or_empty(_amount), help="1.25 if the customer has to explain the issue again"),
        "Max attempts": GridColumn(_or_empty(_from_one), help="Maximum number of contacts about the same issue"),
        "Skips the bot": GridColumn(yes_or_no, "check", "The next contact goes directly to the agent queue"),
        "Waits for same agent": GridColumn(
            _or_empty(_length),
            help="Only with 'preferably the same': wait for the agent who had the contact before any other may take "
            "it; empty: if this agent is busy, any other at once",
        ),
        "Handle time × if retold": GridColumn(
            _or_empty(_amount), help="If another agent takes it, who has to read up or ask again: 1.3"
        ),
    }
)
ROUTE_COLUMNS = marked(
    {
        "Order": GridColumn(_or_empty(_from_one), help="1 is tried first; empty: not used"),
        "Overflow after": GridColumn(
            _or_empty(_length), help="Wait before a contact may go to this group: 20s, 1 min; empty: immediately"
        ),
    }
)


def chosen_of(options: Sequence[str], help: str = "") -> GridColumn:
    """A column of one of some options; empty in a row that is not used."""
    return GridColumn(one_of_options(options, required=False), "choice", help, ("", *options))
