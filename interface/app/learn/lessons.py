"""The numbers of the Learn page: a queue in both directions, pooling, the square-root law, loads around full load."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from interface.formatting import duration, shown
from models.queueing.erlang import erlang_a, erlang_c
from models.queueing.goal import Goal
from models.queueing.inverse import min_agents
from models.queueing.numerics.states import in_system
from models.queueing.performance import Performance
from models.queueing.square_root import halfin_whitt_beta, square_root_agents
from scenarios.scenario import Scenario
from scenarios.units import HOUR

Floats = NDArray[np.float64]

ERLANG_A, ERLANG_C = "Erlang A", "Erlang C"
LAW, EXACT = "Square-root law", "Exact (Erlang C)"
ANSWERED, ABANDONED = "Service level", "Abandonment"
MOST_SILOS = 6
LEAST_LOAD, MOST_LOAD = 0.6, 1.4
"""The range of loads shown, as shares of the agents."""
AROUND = 6
"""How many agents more and fewer are shown."""


@dataclass(frozen=True)
class Question:
    """A queue as the Erlang formulas know it, times in seconds; patience inf without abandonment."""

    per_hour: float
    aht: float
    agents: int
    patience: float = np.inf
    share: float = 0.8
    within: float = 20.0

    @property
    def rate(self) -> float:
        """Contacts a second."""
        return self.per_hour / HOUR

    @property
    def load(self) -> float:
        """Offered load in erlangs."""
        return self.rate * self.aht

    @property
    def formula(self) -> str:
        """The formula that fits."""
        return ERLANG_C if np.isinf(self.patience) else ERLANG_A

    def needed(self) -> int:
        """The fewest agents that meet the target.

        Examples
        --------
        >>> Question(per_hour=120, aht=360, agents=13).needed()
        16
        """
        goal = Goal(service_level=self.share, within=self.within)
        return int(min_agents(self.rate, self.aht, goal, self.patience))

    def answered(self) -> Question:
        """The same with the agents required."""
        return replace(self, agents=self.needed())

    def performance(self, formula: str | None = None, agents: object = None) -> Performance:
        """The result of a formula, by default the one that fits, for some agents instead of those of the question."""
        patience = self.patience if (formula or self.formula) == ERLANG_A else np.inf
        staffing = np.atleast_1d(np.asarray(self.agents if agents is None else agents, dtype=float))
        return erlang_a(self.rate, self.aht, patience, staffing, self.within)

    def in_system(self) -> Floats | None:
        """The distribution of the number in system; None where the queue grows without limit."""
        if np.isinf(self.patience) and self.load >= self.agents:
            return None
        return in_system(self.rate, self.aht, self.agents, self.patience)

    def growth(self) -> float:
        """Contacts per hour by which the queue grows without abandonment."""
        return max(self.load - self.agents, 0.0) / self.aht * HOUR


def question_of(scenario: Scenario) -> Question:
    """The busiest interval of a scenario's first live type as a question; the hand calculation if there is none.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> question_of(presets.load("help-desk"))
    Question(per_hour=120.0, aht=360.0, agents=16, patience=inf, share=0.8, within=20.0)
    """
    contact_type = next((contact_type for contact_type in scenario.contact_types if contact_type.work == "live"), None)
    if contact_type is None or not scenario.expected[scenario.type_names.index(contact_type.name)].any():
        return Question(120.0, 360.0, 16)
    expected = scenario.expected[scenario.type_names.index(contact_type.name)]
    aht = contact_type.handle_time.mean + contact_type.wrap_up.mean
    per_hour = float(expected.max() / scenario.horizon.interval * HOUR)
    share, within = contact_type.target_share, contact_type.answer_within
    question = Question(
        per_hour,
        aht,
        1,
        np.inf if contact_type.patience is None else contact_type.patience.mean,
        share if share is not None and share < 1 else 0.8,
        20.0 if within is None else within,
    )
    return question.answered()


def near(question: Question) -> pd.DataFrame:
    """The service level with some agents more and fewer, by both formulas: agents, series, value, words."""
    agents = np.arange(max(1, question.agents - AROUND), question.agents + AROUND + 1)
    names = [ERLANG_C] if np.isinf(question.patience) else [ERLANG_A, ERLANG_C]
    return pd.concat([_near(question, agents, name) for name in names], ignore_index=True)


def _near(question: Question, agents: NDArray[np.int64], name: str) -> pd.DataFrame:
    values = np.asarray(question.performance(name, agents).service_level())
    words = [f"{staffing} agents: {shown(value, 'share')}" for staffing, value in zip(agents, values, strict=True)]
    return pd.DataFrame({"agents": agents, "series": name, "value": values, "words": words})


def still_waiting(question: Question) -> pd.DataFrame:
    """The share of contacts still waiting after a while, by both formulas: wait (s), series, value, words."""
    p = question.performance()
    end = max(3 * question.within, float(p.wait_percentile(0.98)[0]) if p.stable[0] else 0.0)
    times = np.linspace(0, min(end, 2 * HOUR), 121)
    names = [ERLANG_C] if np.isinf(question.patience) else [ERLANG_A, ERLANG_C]
    parts = []
    for name in names:
        values = question.performance(name).wait_beyond(times[:, None])[:, 0]
        words = [f"{shown(v, 'share')} after {duration(t)}" for v, t in zip(values, times, strict=True)]
        parts.append(pd.DataFrame({"wait": times, "series": name, "value": values, "words": words}))
    return pd.concat(parts, ignore_index=True)


def pooling(question: Question) -> pd.DataFrame:
    """The same work split evenly over 1, 2, ... queues: queues, agents of a queue, agents, occupancy, words.

    Examples
    --------
    >>> pooling(Question(per_hour=120, aht=360, agents=16))["agents"].tolist()
    [16, 18, 21, 24, 25, 24]
    """
    queues = np.arange(1, MOST_SILOS + 1)
    goal = Goal(service_level=question.share, within=question.within)
    per_queue = np.asarray(min_agents(question.rate / queues, question.aht, goal, question.patience))
    agents = queues * per_queue
    busy = np.asarray(erlang_a(question.rate / queues, question.aht, question.patience, per_queue).occupancy)
    words = [f"{q} x {n} = {q * n} agents, occupancy {b:.0%}" for q, n, b in zip(queues, per_queue, busy, strict=True)]
    columns = {"queues": queues, "per_queue": per_queue, "agents": agents, "occupancy": busy, "words": words}
    return pd.DataFrame(columns)


def square_root(p_wait: float) -> pd.DataFrame:
    """The fewest agents for a given probability of waiting from 1 to 3,000 erlangs, and the square-root law.

    Columns load, agents, spare (agents above the load), value (the occupancy), series, words.
    """
    loads = np.array([1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 3000], dtype=float)
    exact = np.asarray(min_agents(loads, 1.0, Goal(p_wait=p_wait)), dtype=float)
    approximate = np.asarray(square_root_agents(loads, halfin_whitt_beta(p_wait)))
    parts = []
    for name, agents in ((LAW, approximate), (EXACT, exact)):
        spare = agents - loads
        words = [
            f"{a:,.0f} erlangs: {b:,.{int(name == LAW)}f} agents, {s:.1f} above the load"
            for a, b, s in zip(loads, agents, spare, strict=True)
        ]
        part = {
            "load": loads,
            "agents": agents,
            "spare": spare,
            "value": loads / agents,
            "series": name,
            "words": words,
        }
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def around_full_load(question: Question) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The mean wait by both formulas, and service level and abandonment by Erlang A, around full load.

    Columns load (a share of the agents), series, value, words; NaN where Erlang C has no answer.
    """
    shares = np.round(np.arange(LEAST_LOAD, MOST_LOAD + 0.005, 0.01), 2)
    rates = shares * question.agents / question.aht
    impatient = erlang_a(rates, question.aht, question.patience, question.agents, question.within)
    endless = erlang_c(rates, question.aht, question.agents, question.within)
    waits = {ERLANG_A: impatient.wait_all, ERLANG_C: np.where(endless.stable, endless.wait_all, np.nan)}
    shares_of = {ANSWERED: impatient.service_level(), ABANDONED: impatient.p_abandon}
    return _by_load(shares, waits, "s"), _by_load(shares, shares_of, "share")


def _by_load(loads: Floats, columns: dict[str, Floats], unit: str) -> pd.DataFrame:
    parts = []
    for name, values in columns.items():
        words = [f"load {load:.0%} of agents: {shown(v, unit)}" for load, v in zip(loads, values, strict=True)]
        parts.append(pd.DataFrame({"load": loads, "series": name, "value": values, "words": words}))
    return pd.concat(parts, ignore_index=True)
