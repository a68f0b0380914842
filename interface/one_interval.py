"""One interval taken apart: what was required, what was planned, what happened, and why a target was missed there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from interface.formatting import give_or_take, label, listed, percent, shown
from interface.headings import HEADINGS
from interface.language.messages import _, marked, ngettext
from models.centre.requirement_steps import STEPS
from scenarios.measures import MEASURES
from simulator.measure.results import Results

if TYPE_CHECKING:
    from interface.app.jobs.theory import Theory

BUSY = 0.85
"""Occupancy from which on agents are named as a cause."""
MORE = 0.05
"""Share by which contacts, or those already waiting, must exceed the requirement to be named as a cause."""


@dataclass(frozen=True)
class OneInterval:
    """A contact type in one interval of simulated days, with what the formulas require.

    Attributes
    ----------
    measure
        What the target of the type is about, or the service level.
    at
        The place of the interval in the horizon.
    """

    results: Results
    theory: Theory | None
    of: str
    measure: str
    at: int

    @property
    def time(self) -> str:
        """From when to when, ``Mon 08:00-08:30``; the day only where there are several."""
        return interval_names(self.results)[self.at]

    @property
    def wanted(self) -> float | None:
        """The share that the target asks for; None where it asks for none."""
        return self.results.scenario.contact_type(self.of).target_share

    def value(self, measure: str, of: str | None = None) -> float:
        """The mean of a measure in the interval, NaN where it has none."""
        return float(self._estimate(measure, of).value[self.at])

    def _estimate(self, measure: str, of: str | None = None) -> Any:
        return self.results.estimate(measure, "interval").at(self.results.place(measure, of or self.of))

    @property
    def able(self) -> list[int]:
        """The groups with the skill."""
        groups = self.results.scenario.agent_groups
        return [place for place, group in enumerate(groups) if self.of in group.skills]

    def planned(self) -> int:
        """Planned agents of the groups with the skill."""
        return int(self.results.scenario.staffing[self.able, self.at].sum())

    def required(self) -> int | None:
        """Agents that the formulas require of these groups, flexible agents credited; None without formulas."""
        return None if self.theory is None else int(self.theory.required[self.able, self.at].sum())

    def steps(self) -> pd.DataFrame:
        """The requirement in steps, from contacts to scheduled agents: ``Step``, ``Value``, ``What it is``."""
        row = self._requirement()
        rows = []
        for step, meaning in STEPS.items() if row is not None else ():
            value = float(row[step])  # type: ignore[index]
            written = shown(value, "s") if step == "aht" else f"{value:,.0f}" if step == "on_duty" else f"{value:,.2f}"
            rows.append((_(HEADINGS.get(step, step)).removesuffix(" (s)"), written, meaning))
        return pd.DataFrame(rows, columns=marked(["Step", "Value", "What it is"]))

    def formula(self) -> str:
        """The formula of the requirement, with what it leaves out; empty without one."""
        row = self._requirement()
        return "" if row is None else f"{row['type']}: {row['model']}" + (f" ({row['note']})" if row["note"] else "")

    def _requirement(self) -> pd.Series | None:
        if self.theory is None:
            return None
        table = self.theory.requirement
        time = pd.Timestamp(self.results.scenario.horizon.times[self.at])
        rows = table[table["start"] == time]
        rows = rows[[self.of in (name, *str(name).split(" + ")) for name in rows["type"]]]
        return None if rows.empty else rows.iloc[0]

    def happened(self) -> pd.DataFrame:
        """What was simulated: ``Measure``, ``Simulated``, ``±`` for the type and for its groups."""
        scenario = self.results.scenario
        groups = [scenario.group_names[place] for place in self.able if scenario.staffing[place, self.at]]
        several = len(groups) > 1
        chosen = [
            (measure, self.of) for measure in ("contacts", "offered", "abandoned", self.measure, "asa", "backlog")
        ]
        chosen += [(measure, group) for group in groups for measure in ("present", "occupancy")]
        rows = []
        for measure, of in chosen:
            estimate, unit = self._estimate(measure, of), MEASURES[measure].unit
            value, low, high = (float(part[self.at]) for part in (estimate.value, estimate.low, estimate.high))
            name = f"{label(measure)}, {of}" if of != self.of and several else label(measure)
            rows.append((name, shown(value, unit), give_or_take(low, high, unit).removeprefix("± ")))
        return pd.DataFrame(rows, columns=["Measure", "Simulated", "±"])

    def verdict(self) -> str:
        """The level of the interval beside the target, in a sentence."""
        wanted, estimate = self.wanted, self._estimate(self.measure)
        value, low, high = (float(part[self.at]) for part in (estimate.value, estimate.low, estimate.high))
        if not np.isfinite(value):
            begin, end = self.time.split("-")
            return _("No contacts of {type} between {begin} and {end}.").format(type=self.of, begin=begin, end=end)
        level = f"{label(self.measure)} {shown(value, 'share')}"
        if wanted is None:
            return _("{level}; {type} has no target for it.").format(level=level, type=self.of)
        against = _("{level} against {target}").format(level=level, target=percent(wanted))
        if low <= wanted <= high:
            return _("{against}: too close to tell with these days ({give_or_take}).").format(
                against=against, give_or_take=give_or_take(low, high, "share")
            )
        if value < wanted:
            return _("{against}: below the target.").format(against=against)
        return _("{against}: above the target.").format(against=against)

    def missed(self) -> bool:
        """Whether the mean of the interval is below the target."""
        return self.wanted is not None and self.value(self.measure) < self.wanted

    def causes(self) -> list[str]:
        """Why the target was missed in the interval, the plainest cause first; empty where it was met."""
        if not self.missed():
            return []
        return list(self._causes()) or [
            _(
                "No single cause stands out: the plan equals the requirement, and the formulas leave out what differs "
                "(see Assumptions)."
            )
        ]

    def _causes(self) -> Iterator[str]:
        scenario, planned, required = self.results.scenario, self.planned(), self.required()
        groups = [scenario.group_names[place] for place in self.able]
        if not planned:
            yield _("Nobody who can answer {of} is planned.").format(of=self.of)
            return
        short = 0 if required is None else required - planned
        if short > 0:
            yield ngettext(
                "{short} more agent is required by formula: {required} instead of {planned} in {groups}.",
                "{short} more agents are required by formula: {required} instead of {planned} in {groups}.",
                short,
            ).format(short=short, required=required, planned=planned, groups=listed(groups))
        yield from self._demand()
        yield from self._agents(groups, planned)
        formula = self._level_by_formula()
        if not short and formula is not None and self.wanted is not None and formula >= self.wanted:
            yield (
                _(
                    "By formula the interval reaches {formula}: formulas start each interval without a "
                    "queue, so what happened just before is not in them."
                ).format(formula=shown(formula, "share"))
            )

    def _demand(self) -> Iterator[str]:
        offered, row = self.value("offered"), self._requirement()
        before = float(self._estimate("backlog").value[self.at - 1]) if self.at else 0.0
        if before > max(1.0, MORE * offered):
            yield _("On average {before} contacts were waiting in the interval before.").format(
                before=shown(before, "contacts")
            )
        expected = float(row["volume"]) if row is not None and row["type"] == self.of else np.nan
        if offered > (1 + MORE) * expected:
            yield (
                _(
                    "More contacts reached the queue than the requirement counts: {offered} instead of {expected}."
                ).format(offered=shown(offered, "contacts"), expected=shown(expected, "contacts"))
            )

    def _agents(self, groups: list[str], planned: int) -> Iterator[str]:
        present = np.array([self.value("present", group) for group in groups])
        busy = np.array([self.value("occupancy", group) for group in groups])
        missing = planned - float(np.nansum(present))
        if missing > max(0.5, MORE * planned):
            yield (
                _("On average {missing} of {planned} planned agents were absent, late or on a break.").format(
                    missing=shown(missing, "agents"), planned=planned
                )
            )
        there = np.nan_to_num(present) * np.isfinite(busy)
        if not there.sum():
            return
        occupancy = float(np.nan_to_num(busy) @ there / there.sum())
        scenario = self.results.scenario
        others = [name for name in scenario.type_names if name != self.of]
        shared = [name for name in others if any(name in scenario.agent_groups[place].skills for place in self.able)]
        if occupancy >= BUSY:
            level = shown(occupancy, "share")
            if shared:
                words = _("Those who can answer were {level} occupied, also with {types}.")
                yield words.format(level=level, types=listed(shared))
            else:
                yield _("Those who can answer were {level} occupied.").format(level=level)

    def _level_by_formula(self) -> float | None:
        if self.theory is None:
            return None
        table = self.theory.interval
        time = pd.Timestamp(self.results.scenario.horizon.times[self.at])
        rows = table[(table["measure"] == self.measure) & (table["of"] == self.of) & (table["start"] == time)]
        value = float(rows["value"].iloc[-1]) if len(rows) else np.nan
        return value if np.isfinite(value) else None


def interval_names(results: Results) -> list[str]:
    """The intervals of the horizon as people read them: ``08:00-08:30``, with the day where there are several.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> from simulator.experiment import simulate
    >>> interval_names(simulate(presets.load("help-desk"), replications=2))[16]
    '08:00-08:30'
    """
    horizon = results.scenario.horizon
    ends = [*horizon.times[1:], horizon.times[0]]
    day = "" if horizon.days == 1 else "%a %d %b "
    return [f"{begin:{day}%H:%M}-{end:%H:%M}" for begin, end in zip(horizon.times, ends, strict=True)]


def worst_interval(results: Results, measure: str, of: str) -> int:
    """The interval in which a measure is lowest, the first of equals, among those with contacts and agents.

    Intervals with less than a twentieth of the contacts of the busiest are passed over, and where some have agents with
    the skill, those without.
    """
    scenario = results.scenario
    able = [of in group.skills for group in scenario.agent_groups]
    contacts, levels = (_means(results, name, of) for name in ("contacts", measure))
    staffed = scenario.staffing[able].any(axis=0)
    chosen = contacts > 0.05 * np.nanmax(contacts, initial=0.0)
    chosen &= staffed | ~(chosen & staffed).any()
    levels = np.where(chosen, levels, np.nan)
    return int(np.nanargmin(levels)) if np.isfinite(levels).any() else 0


def _means(results: Results, measure: str, of: str) -> NDArray[np.float64]:
    return np.asarray(results.estimate(measure, "interval").at(results.place(measure, of)).value, dtype=float)
