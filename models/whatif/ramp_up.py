"""The first weeks of a bot: containment rises to its nominal level by tuning, and its cost is paid back, or not.

The default ramp is an assumption of this project: 40 % of the nominal containment in the first week, all of it after
twelve weeks of tuning; without tuning it stays where it began.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.queueing.numerics.arguments import Floats, share, whole
from models.whatif.frontier import Frontier
from scenarios.errors import InvalidValue
from scenarios.horizon import Horizon
from scenarios.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

START, TUNED_AFTER = 0.4, 12


def ramp(nominal: float, weeks: int, *, start: float = START, over: int = TUNED_AFTER) -> Floats:
    """Containment in each week, rising in a straight line from `start` of the nominal one; shape (weeks,).

    Examples
    --------
    >>> ramp(0.4, 14).round(2).tolist()[:3], ramp(0.4, 14).round(2).tolist()[-3:]
    ([0.16, 0.18, 0.2], [0.38, 0.4, 0.4])
    """
    full, first = float(share("nominal", nominal)), float(share("start", start))
    count, length = int(whole("weeks", weeks, 1)), max(int(whole("over", over, 0)), 1)
    return np.asarray(full * np.minimum(first + (1 - first) * np.arange(count) / length, 1.0))


def once_spent(money: float) -> float:
    """Money spent once, or an error that names the field where it is negative or no number.

    Examples
    --------
    >>> once_spent(20_000)
    20000.0
    """
    if not (0 <= money < np.inf):
        raise InvalidValue("once", money, "give the one-off cost of introducing the bot, 0 or more")
    return float(money)


def begins_at(nominal: float, start: float = START) -> float:
    """The containment of the first week, as the level at which it is tried.

    Examples
    --------
    >>> begins_at(0.5)
    0.2
    """
    return round(start * nominal, 12)


def aim(frontier: Frontier) -> float | None:
    """The containment that a bot is tuned for: the cheapest level, or the highest where people alone are cheapest.

    None where no level with a bot has a plan.
    """
    return frontier.best or max((level for level in frontier.levels if level > 0), default=None)


def open_days(scenario: Scenario, contact_type: str) -> tuple[int, int]:
    """Days on which a type is open: of the horizon, and of a week.

    A weekday whose factor of volume is 0 is closed too.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> open_days(presets.load("bot-first"), "chat")
    (1, 7)
    """
    of, horizon = scenario.contact_type(contact_type), scenario.horizon
    week = Horizon(start=horizon.start, days=7, interval=horizon.interval)
    factors = np.ones(7) if of.volume.weekdays is None else np.asarray(of.volume.weekdays)

    def days(when: Horizon) -> int:
        open_there = when.open_share(of.open).reshape(when.days, -1).any(axis=1)
        weekdays = when.weekday_of_interval[:: when.intervals_per_day]
        return int((open_there & (factors[weekdays] > 0)).sum())

    return days(horizon), days(week)


def weekly(
    frontier: Frontier,
    nominal: float,
    weeks: int = 26,
    *,
    once: float = 0.0,
    start: float = START,
    over: int = TUNED_AFTER,
    days: int = 1,
    open_days: int = 7,
) -> pd.DataFrame:
    """Each week's containment and saving, tuned and untuned, with what has been earned since the start.

    Costs between the levels of the frontier with a bot are read off straight lines. Columns: week, containment,
    claimed (saving that naive reports claim at nominal containment), tuned and untuned (net saving of the week),
    earned and earned_untuned (summed, less what was spent once).

    Parameters
    ----------
    once
        Money spent to introduce the bot.
    days, open_days
        Days of work in the frontier's horizon, and in a week; see `open_days`.

    Raises
    ------
    InvalidValue
        If the frontier does not reach from the first week's containment to the nominal one, or has no plan without a
        bot; for money below 0, and for a horizon without a day of work.
    """
    import pandas as pd

    once, days = once_spent(once), int(whole("days", days, 1))
    rows = frontier.kept.dropna(subset="net_saving")
    rows = rows[rows["level"] > 0]
    contained = ramp(nominal, weeks, start=start, over=over)
    for level in (begins_at(nominal, start), nominal):
        if rows.empty or not rows["level"].min() - 1e-9 <= level <= rows["level"].max() + 1e-9:
            raise InvalidValue(
                "nominal", nominal, f"{level:.3g} is outside the levels with a plan; add it to the levels"
            )
    scale = open_days / days
    tuned, untuned, claimed = (
        scale * np.interp(at, rows["level"], rows[column])
        for at, column in (
            (contained, "net_saving"),
            (np.full(weeks, start * nominal), "net_saving"),
            (np.full(weeks, nominal), "claimed_saving"),
        )
    )
    return pd.DataFrame(
        {
            "week": np.arange(1, weeks + 1),
            "containment": contained,
            "claimed": claimed,
            "tuned": tuned,
            "untuned": untuned,
            "earned": np.cumsum(tuned) - once,
            "earned_untuned": np.cumsum(untuned) - once,
        }
    )


def payback(weeks: pd.DataFrame, column: str = "earned") -> int | None:
    """The first week from which what was earned stays positive; None if that never happens within these weeks."""
    lost = np.flatnonzero(weeks[column].to_numpy() <= 0)
    first = 1 if not lost.size else int(lost[-1]) + 2
    return first if first <= len(weeks) else None
