"""People that months need, from a scenario at each month's volume; the same on the command line and on the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from interface.staffing_totals import totals
from models.workforce.headcount import FULL_WEEK, MOST_MONTHS
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario

LEAST_SHARE, MOST_SHARE = 0.01, 10.0
"""Of the scenario's volume, in a month."""


def months_from(volumes: str, growth: float, months: int) -> list[float]:
    """The volume of each month as a multiple of the scenario's: as written, else growing evenly.

    Raises
    ------
    InvalidValue
        If a multiple is no number, or one or the number of months is out of bounds.

    Examples
    --------
    >>> months_from("1, 1.05, 1.1", 0, 12), months_from("", 0.1, 2)
    ([1.0, 1.05, 1.1], [1.0, 1.1])
    """
    if not volumes.strip() and not 1 <= months <= MOST_MONTHS:
        raise InvalidValue("months", months, f"give 1 to {MOST_MONTHS}")
    shares = [_share(text) for text in volumes.split(",")] if volumes.strip() else []
    shares = shares or [(1 + growth) ** month for month in range(months)]
    for share in shares:
        if not LEAST_SHARE <= share <= MOST_SHARE:
            raise InvalidValue("volumes", f"{share:g}", f"give {LEAST_SHARE:g} to {MOST_SHARE:g} times the volume")
    if len(shares) > MOST_MONTHS:
        raise InvalidValue("months", len(shares), f"give 1 to {MOST_MONTHS}")
    return shares


def _share(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        remedy = "write multiples with a point, separated by commas, such as 1,1.05,1.1"
        raise InvalidValue("volumes", text, remedy) from None


def people_needed(
    scenario: Scenario, shares: Sequence[float], progress: Callable[[int, int], None] | None = None
) -> list[float]:
    """Full-time people by month, staffed by formula at each share of the volume; equal months are staffed once.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> people_needed(presets.load("help-desk"), [1.0, 1.0])  # 16 agents around the clock, 30 % shrinkage
    [96.0, 96.0]
    """
    from models.centre.staffing import staff  # here, not above: pages that only ask for today's people stay quick
    from models.whatif.factors import changed, factor

    different = list(dict.fromkeys(shares))
    needed: dict[float, float] = {}
    for done, share in enumerate(different):
        if progress is not None:
            progress(done, len(different))
        needed[share] = full_time(staff(changed(scenario, factor("volume"), share)))
    return [needed[share] for share in shares]


def full_time(scenario: Scenario) -> float:
    """Full-time people of a staffing: paid hours of a week, shrinkage included, by 40."""
    return float(totals(scenario)["paid_hours"].iloc[-1]) / scenario.horizon.days * 7 / FULL_WEEK
