"""The result of a frontier: the cheapest level, from where automation pays, and where more of it stops paying.

A difference counts only where it exceeds sampling error (paired by replication) and the optimality gaps of the plans.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from models.queueing.numerics.arguments import Floats
from models.whatif.trials import common
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MET, Estimate, certain, mean

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Frontier:
    """What each level of containment costs at its cheapest staffing."""

    contact_type: str
    """The contact type whose bot is varied."""
    false_share: float
    """How much of what the bot claims as contained is not."""
    rows: pd.DataFrame
    """One row a level; see `frontier`."""
    plans: dict[float, Scenario]
    """The plan of each level that has one."""
    currency: str = ""
    one_agent: float = 0.0
    """Money that plans leave open besides: one agent, where formulas make them."""
    paid: dict[float, Floats] = field(default_factory=dict)
    """The cost of each replication by level, with common random numbers; shape (replications,)."""
    today: pd.DataFrame | None = None
    """Today's staffing with the bot as it is, and without it: rows like those of the levels, on the same days."""

    @property
    def table(self) -> pd.DataFrame:
        """The rows of today's staffing, then those of the levels, with the column `plan` that says which they are."""
        import pandas as pd

        planned = self.rows.assign(plan=["no bot, planned", *["planned"] * (len(self.rows) - 1)])
        if self.today is None:
            return _first(planned, "plan")
        today = self.today.assign(plan=["today's staffing", "no bot, today's staffing"])
        return _first(pd.concat([today, planned], ignore_index=True), "plan")

    @property
    def replications(self) -> int:
        """The simulated days on which every plan was evaluated."""
        return max((len(paid) for paid in self.paid.values()), default=0)

    @property
    def kept(self) -> pd.DataFrame:
        """The rows whose plan was found to keep its targets, or not surely to miss them."""
        return self.rows[self.rows["status"].isin([MET, INCONCLUSIVE])]

    @property
    def shown(self) -> pd.DataFrame:
        """The rows whose plan was shown to meet every target."""
        return self.rows[self.rows["status"] == MET]

    @property
    def best(self) -> float | None:
        """The level whose plan costs least of those shown to meet every target; None where there is none."""
        by_cost = self.shown.sort_values("cost", kind="stable")
        return None if by_cost.empty else float(by_cost["level"].iloc[0])

    def cheaper(self, level: float, than: float) -> Estimate:
        """How much less a level costs than another, paired by replication; NaN where one of them has no plan."""
        cost, than_cost = (self.at(tested)["cost"] for tested in (level, than))
        paid = [self.paid[tested] for tested in (level, than) if tested in self.paid]
        if len(paid) < 2:
            return certain(than_cost - cost)
        own, other = common(*paid)
        return mean(other - own)

    def surely_cheaper(self, level: float, than: float) -> bool:
        """Whether a level costs less than another beyond chance and beyond what its plans leave open.

        The difference must exceed half its 95 % interval, what the search left open of the dearer plan (which might be
        had for less), and one agent where formulas round.
        """
        dearer = self.at(than)
        return bool(self.cheaper(level, than).low > dearer["left_open"] * dearer["cost"] + self.one_agent)

    def against_people(self, level: float) -> int:
        """1 where a level is surely cheaper than people alone, -1 where it is surely dearer, else 0."""
        if not np.isclose(self.kept["level"], 0.0).any():
            return 0
        if self.surely_cheaper(level, 0.0):
            return 1
        return -1 if self.surely_cheaper(0.0, level) else 0

    @property
    def pays_from(self) -> float | None:
        """The least containment from which every plan is surely cheaper than people alone; None if there is none.

        Levels in between may pay by luck: whole agents make costs jump.
        """
        paying = None
        for level in sorted(self.levels, reverse=True):
            if level == 0 or self.against_people(level) < 1:
                break
            paying = level
        return paying

    @property
    def levels(self) -> tuple[float, ...]:
        """The levels whose plans were kept."""
        return tuple(float(level) for level in self.kept["level"])

    @property
    def as_good(self) -> tuple[float, ...]:
        """The levels shown to meet every target that are not surely dearer than the best, which is one of them."""
        best, levels = self.best, [float(level) for level in self.shown["level"]]
        return tuple(level for level in levels if best is not None and not self.surely_cheaper(best, level))

    @property
    def cheaper_in_doubt(self) -> tuple[float, ...]:
        """The levels that cost less than the best, of which it is not decided that they meet every target."""
        best = self.best
        most = math.inf if best is None else self.at(best)["cost"]
        return tuple(level for level in self.levels if self.in_doubt(level) and self.at(level)["cost"] < most)

    def at(self, level: float) -> dict[str, float]:
        """The row of a level.

        Raises
        ------
        InvalidValue
            If it was not tried.
        """
        near = self.rows[np.isclose(self.rows["level"], level)]
        if near.empty:
            raise InvalidValue(
                "level", level, f"levels tried: {', '.join(f'{tested:g}' for tested in self.rows['level'])}"
            )
        return {str(key): value for key, value in near.iloc[0].items()}

    def in_doubt(self, level: float) -> bool:
        """Whether it is not decided that a level's plan meets every target."""
        return str(self.at(level)["status"]) == INCONCLUSIVE

    def in_words(self) -> str:
        """Where more automation stops paying, in one line."""
        best = self.best
        doubt = ", ".join(_percent(level) for level in self.cheaper_in_doubt)
        if best is None and doubt:
            return f"No containment level of {self.contact_type} is shown to meet every target; inconclusive: {doubt}."
        if best is None:
            return f"No containment level of {self.contact_type} has a plan that meets every target."
        if best == 0:
            return self._people_alone() + (f" Cheaper but inconclusive: {doubt}." if doubt else "")
        row = self.at(best)
        parts = [f"Cheapest at {_percent(best)} claimed containment of {self.contact_type}: {self._money(row['cost'])}"]
        if not math.isnan(row["net_saving"]):
            saved, claimed = self._money(row["net_saving"]), self._money(row["claimed_saving"])
            unsure = ", whose own plan is inconclusive" if self.in_doubt(0.0) else ""
            parts[0] += f", {saved} less than without the bot{unsure} (reported saving {claimed})"
            parts.append(self._beside_people(best))
        else:
            parts.append("no plan without the bot meets every target, so no saving can be computed")
        if doubt:
            parts.append(f"cheaper but inconclusive: {doubt}")
        parts.append(self._end(best))
        ties = ", ".join(_percent(level) for level in self.as_good if level not in (0, best))
        return "; ".join([*parts, *([f"no significant difference from {ties}"] if ties else [])]) + "."

    def _people_alone(self) -> str:
        ties = [level for level in self.as_good if level > 0]
        if not ties:
            return f"The bot of {self.contact_type} does not pay: staffing without it costs least."
        levels = ", ".join(_percent(level) for level in ties)
        return (
            f"No significant saving from the bot of {self.contact_type}: staffing without it is the cheapest; "
            f"no significant difference from {levels}."
        )

    def _beside_people(self, best: float) -> str:
        first = self.pays_from
        if first is not None:
            return f"significant saving against no bot at every level from {_percent(first)} on"
        if self.against_people(best) == 1:
            return "significant saving against no bot, but not at every higher level"
        return "no significant difference from no bot"

    def _end(self, best: float) -> str:
        above = [level for level in self.levels if level > best]
        if not above:
            return f"{_percent(best)} is the highest level tried"
        if any(self.surely_cheaper(best, level) for level in above):
            return "higher levels cost significantly more"
        return "no significant difference at higher levels"

    def _money(self, value: float) -> str:
        return f"{value:,.0f} {self.currency}".rstrip()


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _first(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table[[column, *table.columns.drop(column)]]
