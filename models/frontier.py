"""How far automation pays: for each level of containment the cheapest staffing that meets every target.

A bot that *claims* to contain a share c, of which a share f falsely, resolves (1 - f) c; the rest of c comes back by
the scenario's own follow-ups, what is passed on is harder by 1 + difficulty x c (`scenarios.contact_types.Bot`), and
every session costs. So the claimed saving and the true one are different numbers, and the second can be negative.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.proof.found import Find, Found, Plan, Reading, agent_hours, judged, read
from models.proof.judging import status
from models.questions.containment import (
    bot_of,
    bot_type,
    contained,
    false_share_now,
    saved_by_formula,
    share_of,
    wages_of,
    work_saved,
)
from scenarios.errors import Cancelled, InvalidValue, PlannerError
from scenarios.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

LEVELS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
UNREACHABLE = "unreachable"
RESPONSES = ("response_by_person", "response_by_person_or_bot", "response_any")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Frontier:
    """What each level of containment costs at its cheapest staffing."""

    kind: str
    """The contact type whose bot is varied."""
    false_share: float
    """How much of what the bot claims as contained is not."""
    rows: pd.DataFrame
    """One row a level; see `frontier`."""
    plans: dict[float, Scenario]
    """The plan of each level that has one."""
    gap: float
    """Differences of cost up to this share are within what the search for plans leaves open."""
    currency: str = ""

    @property
    def kept(self) -> pd.DataFrame:
        """The rows whose plan was found to keep its targets, or not surely to miss them."""
        return self.rows[self.rows["status"].isin(["met", "unsure"])]

    @property
    def best(self) -> float | None:
        """The level whose plan costs least; None where no level has one."""
        there = self.kept.sort_values("cost", kind="stable")
        return None if there.empty else float(there["level"].iloc[0])

    @property
    def pays_from(self) -> float | None:
        """The least containment from which every plan is cheaper than people alone, by more than the gap; None if none.

        Levels in between may pay by luck: whole heads make costs jump.
        """
        above = self.kept[self.kept["level"] > 0]
        losing = above[above["net_saving"] <= self.gap * above["cost"]]["level"].max()
        paying = above if math.isnan(losing) else above[above["level"] > losing]
        return None if paying.empty else float(paying["level"].min())

    @property
    def as_good(self) -> tuple[float, ...]:
        """The levels that cost at most the gap more than the best."""
        near = self.kept[self.kept["cost"] <= self.kept["cost"].min() * (1 + self.gap)]
        return tuple(float(level) for level in near["level"])

    def at(self, level: float) -> dict[str, float]:
        """The row of a level.

        Raises
        ------
        InvalidValue
            If it was not tried.
        """
        near = self.rows[np.isclose(self.rows["level"], level)]
        if near.empty:
            raise InvalidValue("level", level, f"tried were {', '.join(f'{one:g}' for one in self.rows['level'])}")
        return {str(key): value for key, value in near.iloc[0].items()}

    def in_words(self) -> str:
        """Where more automation stops paying, in one line."""
        best = self.best
        if best is None:
            return f"No level of containment of {self.kind} has a plan that meets every target."
        if best == 0:
            return f"No containment of {self.kind} pays: people alone are the cheapest that meet every target."
        row, last = self.at(best), float(self.kept["level"].max())
        end = "that is the highest level tried" if best == last else "beyond that more automation stops paying"
        parts = [f"Cheapest at {best:.0%} claimed containment of {self.kind}: {self._money(row['cost'])}"]
        if not math.isnan(row["net_saving"]):
            saved, claimed = self._money(row["net_saving"]), self._money(row["claimed_saving"])
            parts[0] += f", {saved} less than without a bot (claimed {claimed})"
            first = self.pays_from
            parts.append(
                f"every level tried from {first:.0%} on is cheaper than people alone" if first else "no gain is sure"
            )
        others = ", ".join(f"{level:.0%}" for level in self.as_good if level != best)
        tie = [f"within the gap of the search: {others}"] if others else []
        return "; ".join([*parts, end, *tie]).replace("%", " %") + "."

    def _money(self, value: float) -> str:
        return f"{value:,.0f} {self.currency}".rstrip()


def frontier(
    scenario: Scenario,
    plan: Plan,
    find: Find,
    *,
    kind: str | None = None,
    levels: Sequence[float] = LEVELS,
    false_share: float | None = None,
    gap: float = 0.0,
    progress: Progress | None = None,
) -> Frontier:
    """The cheapest plan of each level of a bot's claimed containment, and what it costs and gives.

    Level 0 is the centre without this bot; it is always tried, for savings are counted from it. The rows have: level,
    resolved, falsely_contained, status (met, unsure, missed, ``unreachable``), cost with cost_low and cost_high, wages
    (overtime included), bot_cost, agent_hours, claimed_saving (level x the type's share of the work x wages without a
    bot), net_saving (cost without a bot less this cost), work_saved with work_saved_error (agent time saved as a share
    of the type's own without a bot), formula_saved (the same by `models.automation.after_containment`),
    cost_per_resolved_case, the three responses of the type within its target time, and why (of what is unreachable).

    Parameters
    ----------
    plan, find
        See `models.proof.found`.
    kind
        The type whose bot is varied; by default the one whose bot meets most contacts.
    false_share
        How much of the claimed containment is false; by default as the bot is now.
    gap
        Relative difference of costs that the plans leave open.
    progress
        Called with the levels done and wanted.

    Raises
    ------
    InvalidScenario
        If the type, or every type, has no bot.
    InvalidValue
        For levels or a false share outside 0 to 1, or beyond what leaves the bot early.

    Examples
    --------
    >>> from models.staffing import staff
    >>> from scenarios import presets
    >>> frontier(presets.load("help-desk"), staff, list)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    scenarios.errors.InvalidScenario: contact_types: no type has a bot; give one a bot: there is nothing to automate ...
    """
    import pandas as pd

    name = bot_type(scenario, kind)
    bot = bot_of(scenario, name)
    wrong = false_share_now(bot) if false_share is None else share_of("false_share", false_share)
    wanted = tuple(sorted({0.0, *(share_of("levels", level) for level in levels)}))
    variants = [contained(scenario, name, level, wrong) for level in wanted]
    plans, why = _planned(wanted, variants, plan, progress)
    trials = dict(zip(plans, find(list(plans.values())), strict=True))
    table = pd.DataFrame(
        [
            _row(scenario, name, wrong, level, trials.get(level), trials.get(0.0)) | {"why": why.get(level, "")}
            for level in wanted
        ]
    )
    return Frontier(name, wrong, table, plans, gap, scenario.currency)


def _planned(
    levels: Sequence[float], variants: Sequence[Scenario], plan: Plan, progress: Progress | None
) -> tuple[dict[float, Scenario], dict[float, str]]:
    """The plans by level, and why a level has none."""
    plans, why = {}, {}
    for done, (level, variant) in enumerate(zip(levels, variants, strict=True), start=1):
        try:
            plans[level] = plan(variant)
        except Cancelled:
            raise
        except PlannerError as problem:
            why[level] = str(problem)
        if progress is not None:
            progress(done, len(levels))
    return plans, why


def _row(
    base: Scenario, kind: str, wrong: float, level: float, found: Found | None, without: Found | None
) -> dict[str, object]:
    nothing = Reading(math.nan, math.nan)
    cost, bot_cost = (nothing, nothing) if found is None else (read(found, "cost"), read(found, "bot_cost"))
    saved = work_saved(base, kind, without, found) if found is not None and without is not None else nothing
    reference = read(without, "cost").value if without is not None else math.nan
    row: dict[str, object] = {
        "level": level,
        "resolved": level * (1 - wrong),
        "falsely_contained": level * wrong,
        "status": UNREACHABLE if found is None else status(judged(found)),
        "cost": cost.value,
        "cost_low": cost.low,
        "cost_high": cost.high,
        "wages": cost.value - bot_cost.value,
        "bot_cost": bot_cost.value,
        "agent_hours": math.nan if found is None else agent_hours(found.scenario),
        "claimed_saving": math.nan if without is None else level * wages_of(base, kind, without),
        "net_saving": reference - cost.value,
        "work_saved": saved.value,
        "work_saved_error": saved.error,
        "formula_saved": saved_by_formula(base, kind, level, wrong),
        "cost_per_resolved_case": math.nan if found is None else read(found, "cost_per_resolved_case").value,
    }
    return row | {name: math.nan if found is None else read(found, name, kind).value for name in RESPONSES}
