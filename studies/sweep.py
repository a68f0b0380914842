"""Bot containment against scaled current staffing: the scenarios of a sweep, and the results as one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.whatif.containment import contained
from scenarios.measures import CONTACT_TALLIES
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MET, MISSED
from simulator.measure.results import Results
from simulator.measure.targets import verdict

EVERYBODY = "all groups"
_ORDER = (MISSED, INCONCLUSIVE, MET)


@dataclass(frozen=True)
class Sweep:
    """What is varied: the claimed containment of one bot, and the headcount of one group or of all."""

    contact_type: str
    group: str
    containments: tuple[float, ...]
    scales: tuple[float, ...]
    false_share: float
    """The false containment rate: the share of contained contacts whose customers were not helped."""

    def scenarios(self, base: Scenario) -> tuple[Scenario, ...]:
        """One scenario for each combination, containment varying fastest; at 0 there is no bot, so none is paid.

        Raises
        ------
        InvalidValue
            If containment and those who give up in the bot add up to more than everybody.

        Examples
        --------
        >>> from scenarios.yaml.presets import load
        >>> sweep = Sweep("chat", EVERYBODY, (0.0, 0.4), (1.0,), 0.25)
        >>> without, half = [alternative.contact_type("chat").bot for alternative in sweep.scenarios(load("bot-first"))]
        >>> without, half.resolved
        (None, 0.3)
        """
        return tuple(
            self._variant(base, containment, scale) for scale in self.scales for containment in self.containments
        )

    def _variant(self, base: Scenario, containment: float, scale: float) -> Scenario:
        scenario = contained(with_bot(base, self.contact_type), self.contact_type, containment, self.false_share)
        for name in base.group_names if self.group == EVERYBODY else (self.group,):
            staffing = np.rint(base.staffing[base.group_names.index(name)] * scale).astype(int).tolist()
            scenario = scenario.replace_group(name, staffing=staffing)
        return scenario.replace(name=f"{base.name} {containment:.0%} contained {scale:.0%} staffing")

    def table(self, findings: Sequence[Results]) -> pd.DataFrame:
        """One row for each combination: containment, scale of staffing, status, targets not met, cost, workload."""
        points = [(scale, containment) for scale in self.scales for containment in self.containments]
        rows = [self._row(*point, results) for point, results in zip(points, findings, strict=True)]
        return pd.DataFrame(rows)

    def _row(self, scale: float, containment: float, results: Results) -> dict[str, object]:
        constraints = verdict(results)
        scenario, cost = results.scenario, results.estimate("cost")
        hours = scenario.staffing.sum() * scenario.horizon.interval / 3600
        return {
            "containment": containment,
            "true": _share(results, self.contact_type, "true_containment") if containment else 0.0,
            "scale": scale,
            "agent_hours": float(hours),
            "status": min(constraints["status"], key=_ORDER.index, default=MET),
            "missed": _named(constraints, MISSED),
            "inconclusive": _named(constraints, INCONCLUSIVE),
            "cost": float(cost.value[0]),
            "cost_low": float(cost.low[0]),
            "cost_high": float(cost.high[0]),
            "work_hours": _work(results) / 3600,
        }

    def savings(self, findings: Sequence[Results]) -> pd.DataFrame:
        """Agent workload by containment, as naive reports claim it and as simulated, with the largest staffing.

        The naive count takes off, from the work at the least containment, the handle time of every contact that is
        claimed as contained on top of it, as if none of them came back and none of the rest were harder.
        """
        row = self.scales.index(max(self.scales))
        line = findings[row * len(self.containments) :][: len(self.containments)]
        first, least = line[0], self.containments[0]
        place = first.place("aht", self.contact_type)
        handle_time = float(first.estimate("aht").value[place])
        sessions = float(
            _tally(line[-1], "bot_sessions")[first.scenario.type_names.index(self.contact_type)]
        )  # at 0 there is no bot to count them
        work = _work(first)
        claimed = [work - (containment - least) * sessions * handle_time for containment in self.containments]
        return pd.DataFrame(
            {
                "containment": self.containments,
                "claimed": np.array(claimed) / 3600,
                "found": [_work(results) / 3600 for results in line],
            }
        )


def with_bot(scenario: Scenario, contact_type: str) -> Scenario:
    """The scenario with a bot in front of a type: its own, else one without cost or session time."""
    return (
        scenario if scenario.contact_type(contact_type).bot is not None else scenario.replace_type(contact_type, bot={})
    )


def _named(constraints: pd.DataFrame, status: str) -> str:
    constrained = constraints[constraints["status"] == status]
    return ", ".join(f"{of}: {target}" for of, target in zip(constrained["type"], constrained["target"], strict=True))


def _share(results: Results, contact_type: str, measure: str) -> float:
    return float(results.estimate(measure).value[results.place(measure, contact_type)])


def _tally(results: Results, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """A tally by contact type, mean over replications."""
    return np.asarray(results.contacts[:, list(CONTACT_TALLIES).index(name)].sum(axis=2).mean(axis=0))


def _work(results: Results) -> float:
    """Seconds of handle time of a replication, mean."""
    return float(_tally(results, "handle_time").sum())


def in_words(saved: pd.DataFrame) -> str:
    """The saving that naive reports claim and the simulated one, in a sentence; empty where nothing is claimed.

    Examples
    --------
    >>> in_words(pd.DataFrame({"containment": [0.0, 0.4], "claimed": [100.0, 60.0], "found": [100.0, 90.0]}))
    'From 0 % to 40 % containment: reported saving 40 h of work; actual 10 h.'
    """
    first, last = saved.iloc[0], saved.iloc[-1]
    claimed, actual = first["claimed"] - last["claimed"], first["found"] - last["found"]
    if claimed <= 0:
        return ""
    ends = f"From {first['containment']:.0%} to {last['containment']:.0%}".replace("%", " %")
    return f"{ends} containment: reported saving {claimed:,.0f} h of work; actual {actual:,.0f} h."


def cheapest(table: pd.DataFrame) -> pd.Series | None:
    """The row of the cheapest combination that surely meets every target; None if there is none."""
    met = table[table["status"] == MET]
    return None if met.empty else met.iloc[int(met["cost"].argmin())]
