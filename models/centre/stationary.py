"""The formula that fits a contact type, and what it says for any rates and agents: Erlang C, Erlang A, M/M/n+G, chat.

Everything here is a queue in the long run at constant rates; a day is taken interval by interval elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.queueing.chat import chat, completion_rates
from models.queueing.erlang import erlang_a, erlang_c
from models.queueing.general_patience import general_patience
from models.queueing.goal import Goal
from models.queueing.inverse import min_agents
from models.queueing.numerics.arguments import Floats
from models.queueing.patience import PatienceDistribution, patience_distribution
from models.queueing.performance import Part, Performance, by_parts
from scenarios.contact_types import ContactType, Target
from scenarios.distributions import Distribution, Exponential
from scenarios.errors import InvalidValue

BISECTIONS = 30  # to a billionth of an agent
CHAT_STATES = 3000  # above which agents are taken as evenly loaded; beyond it one case takes a second
CERTAIN = 0.9999  # the most that is asked of people where bots leave them no room to miss


@dataclass(frozen=True)
class Queue:
    """The queue of a contact type: who leaves it and how; with slots, several contacts at once by an agent.

    Attributes
    ----------
    patience
        How long customers wait, in seconds; None: nobody ever leaves.
    balking
        The share that leaves at once when not answered at once.
    max_concurrent, pace
        Contacts at once of an agent, and the speed of each with 1, 2, ... open.
    """

    patience: Distribution | None = None
    balking: float = 0.0
    max_concurrent: int = 1
    concurrency_speed: tuple[float, ...] = (1.0,)

    @property
    def model(self) -> str:
        """The name of the formula."""
        if self.max_concurrent > 1:
            return "chat Erlang"
        if self._law is not None:
            return "M/M/n+G"
        return "Erlang C" if self.patience is None else "Erlang A"

    @property
    def _law(self) -> PatienceDistribution | None:
        """The law of patience where Erlang's formulas do not have it."""
        if self.balking:
            stay = 1 - self.balking
            if self.patience is None:
                return PatienceDistribution(lambda t: np.full(np.shape(t), stay), lambda t: stay * np.asarray(t))
            distribution = patience_distribution(self.patience)
            return PatienceDistribution(
                lambda t: stay * distribution.lasts(t), lambda t: stay * distribution.used(t), distribution.breaks
            )
        if self.patience is None or isinstance(self.patience, Exponential):
            return None
        return patience_distribution(self.patience)

    @property
    def mean_patience(self) -> float:
        """Mean patience in seconds; inf where nobody leaves."""
        return np.inf if self.patience is None else self.patience.mean

    @property
    def per_agent(self) -> float:
        """The contacts at full speed that an agent with all slots taken is worth."""
        return self.max_concurrent * self.speeds[-1]

    @property
    def speeds(self) -> tuple[float, ...]:
        """The pace at each number of open contacts up to the slots."""
        return (
            *self.concurrency_speed,
            *(self.concurrency_speed[-1],) * (self.max_concurrent - len(self.concurrency_speed)),
        )[: self.max_concurrent]

    def performance(self, rate: Floats, handle: Floats, agents: Floats, within: float) -> Performance:
        """What arrivals a second at these rates meet, all arrays of one shape (cases,); times in seconds.

        An overloaded case without patience has `stable` false.
        """
        if self.max_concurrent > 1:
            return self._chat(rate, handle, np.maximum(agents, 0.0), within)
        distribution = self._law
        if distribution is None:
            return erlang_a(rate, handle, self.mean_patience, agents, within)
        stays = float(distribution.lasts(np.array(1e15)))  # who never leaves at all: balking without patience
        grows = rate * handle * stays >= agents
        parts: list[Part] = [
            (grows & (stays > 0), lambda i: erlang_c(rate[i] * stays, handle[i], agents[i], within)),
            (agents >= 1, lambda i: general_patience(rate[i], handle[i], distribution, agents[i], within)),
            (np.ones_like(grows), lambda i: erlang_a(rate[i], handle[i], self.mean_patience, agents[i], within)),
        ]
        return by_parts(parts)

    def _chat(self, rate: Floats, handle: Floats, agents: Floats, within: float) -> Performance:
        """Once everybody is full a chat queue is Erlang's; how often that is, the chain says.

        The chain knows whole teams only: between two of them, what it says beside Erlang is interpolated.
        """
        base = erlang_a(rate, handle / self.per_agent, self.mean_patience, agents, within)
        fewer = np.floor(agents)
        part = agents - fewer
        low, busy_low = self._beside_erlang(rate, handle, fewer)
        high, busy_high = self._beside_erlang(rate, handle, np.ceil(agents))
        scale, busy = low + part * (high - low), busy_low + part * (busy_high - busy_low)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(base.stable & (rate > 0), np.minimum(scale, 1 / base.p_wait), 1.0)
            lost = base.p_abandon * scale
            served = base.wait_served * scale * (1 - base.p_abandon) / (1 - lost)
            occupancy = np.where(base.stable & (agents > 0), np.minimum(busy / agents, 1.0), base.occupancy)
        return replace(
            base,
            model="chat Erlang",
            p_wait=base.p_wait * scale,
            p_abandon=lost,
            wait_all=base.wait_all * scale,
            wait_served=np.where(base.stable, served, base.wait_served),
            queue=base.queue * scale,
            occupancy=occupancy,
            served_within=np.where(base.stable, np.clip(1 - (1 - base.served_within) * scale, 0.0, 1.0), 0.0),
            abandoned_within=base.abandoned_within * scale,
            waiting_beyond=base.waiting_beyond * scale,
            tail=lambda time: base.tail(time) * scale,
        )

    def _beside_erlang(self, rate: Floats, handle: Floats, agents: Floats) -> tuple[Floats, Floats]:
        """How much likelier a full team of whole agents is than by Erlang, and its mean number of busy agents."""
        cases, back = np.unique(np.stack([rate, handle, agents]), axis=1, return_inverse=True)
        full = np.array([self._full(*case) for case in cases.T]).reshape(-1, 2)
        erlang = erlang_a(cases[0], cases[1] / self.per_agent, self.mean_patience, cases[2]).p_wait
        scale = np.divide(full[:, 0], erlang, out=np.ones_like(erlang), where=erlang > 0)
        return scale[back.ravel()], full[back.ravel(), 1]

    def _full(self, rate: float, handle: float, agents: float) -> tuple[float, float]:
        """How likely every agent has all slots taken, and the mean number of agents with a chat."""
        if rate <= 0:
            return 0.0, 0.0
        if agents < 1 or (self.patience is None and rate * handle >= agents * self.per_agent):
            return 1.0, agents
        return _full_team(rate, handle, int(agents), self.speeds, self.mean_patience)

    def min_agents(self, rate: Floats, handle: Floats, goal: Goal) -> NDArray[np.int64]:
        """The least whole agents that meet a goal at each rate, shape (cases,); 0 where nothing arrives."""
        if self.max_concurrent == 1 and self._law is None:
            return min_agents(rate, handle, goal, self.mean_patience)
        heavy = rate > 0
        least = np.zeros(rate.shape, dtype=np.int64)
        if heavy.any():
            cases, back = np.unique(np.stack([rate[heavy], handle[heavy]]), axis=1, return_inverse=True)
            least[heavy] = self._search(cases[0], cases[1], goal)[back.ravel()]
        return least

    def _search(self, rate: Floats, handle: Floats, goal: Goal) -> NDArray[np.int64]:
        """The least agents by steps away from the load that double, then bisection; every measure rises with them."""

        def met(agents: Floats) -> NDArray[np.bool_]:
            queue = self.performance(rate, handle, agents, float(np.asarray(goal.within)))
            return (agents >= 1) & (margin(queue, goal) >= 0)

        load = np.ceil(rate * handle / self.per_agent)
        step = np.maximum(np.ceil(np.sqrt(load)), 1.0)
        low, high = np.zeros(rate.shape), load + step
        while np.any(short := ~met(high)):
            low, high, step = np.where(short, high, low), np.where(short, high + step, high), 2 * step
        while np.any(high - low > 1):
            middle = np.floor((low + high) / 2)
            enough = met(middle)
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return high.astype(np.int64)

    def need(self, rate: Floats, handle: Floats, goal: Goal, least: NDArray[np.int64]) -> Floats:
        """The agents, with a fraction, that would just meet a goal, shape (cases,); at most `least`.

        Between two whole numbers the formulas are continued.
        """
        (rates, handles, most), back = np.unique(np.stack([rate, handle, least]), axis=1, return_inverse=True)
        low, high = np.maximum(most - 1.0, 0.0), most
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            met = margin(self.performance(rates, handles, middle, float(np.asarray(goal.within))), goal) >= 0
            low, high = np.where(met, low, middle), np.where(met, middle, high)
        return np.where(rate > 0, high[back.ravel()], 0.0)


@lru_cache(maxsize=4096)
def _full_team(
    rate: float, handle: float, agents: int, speeds: tuple[float, ...], patience: float
) -> tuple[float, float]:
    """How likely a chat team is full, and its mean number of agents with a chat, by the chain."""
    team = chat(rate, agents, completion_rates(handle, speeds), patience, 0.0, largest=CHAT_STATES)
    return team.p_wait, team.busy_agents


def margin(queue: Performance, goal: Goal) -> Floats:
    """How far the tightest limit of a goal is kept, shape (cases,); negative where it is missed."""
    values = {
        "service_level": queue.service_level(goal.definition),
        "asa": queue.wait_served,
        "mean_wait": queue.wait_all,
        "p_abandon": queue.p_abandon,
        "p_wait": queue.p_wait,
        "max_occupancy": queue.occupancy,
    }
    result = np.full(np.shape(queue.p_wait), np.inf)
    for name, limit in goal.limits().items():
        value = np.asarray(values[name], dtype=float)
        with np.errstate(invalid="ignore", over="ignore"):
            distance = value - limit if name == "service_level" else 1 - value / np.asarray(limit, dtype=float)
        result = np.minimum(
            result, np.where(np.isnan(distance) | ~np.asarray(queue.stable), -1e9, np.maximum(distance, -1e9))
        )
    return result


def queue_of(contact_type: ContactType, max_concurrent: int = 1, concurrency_speed: Sequence[float] = (1.0,)) -> Queue:
    """The queue of a contact type, for agents with these slots.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> queue_of(presets.load("help-desk").contact_type("calls")).model
    'Erlang C'
    """
    many = max_concurrent if contact_type.work == "concurrent" else 1
    return Queue(contact_type.patience, contact_type.balking, many, tuple(concurrency_speed) if many > 1 else (1.0,))


def goal_of(contact_type: ContactType) -> Goal | None:
    """What the target of a type asks of its agents; None where nothing is asked of them.

    Where a bot's answers count as responses, people must reach only what the bot leaves open.

    Raises
    ------
    InvalidValue
        If the target asks for certainty, for which no number of agents is enough.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> goal_of(presets.load("help-desk").contact_type("calls")).service_level
    0.8
    """
    target = contact_type.target
    share = asked_share(contact_type)
    if target is None or (share is None and target.max_asa is None and target.max_abandonment is None):
        return None
    try:
        return Goal(
            service_level=share,
            within=target.within or 0.0,
            definition=target.definition,
            asa=target.max_asa,
            p_abandon=target.max_abandonment,
        )
    except InvalidValue as wrong:
        field = {"service_level": "share", "asa": "max_asa", "p_abandon": "max_abandonment"}.get(wrong.field, "share")
        raise InvalidValue(f"contact_types.{contact_type.name}.target.{field}", wrong.value, wrong.remedy) from None


def asked_share(contact_type: ContactType) -> float | None:
    """The share of those who reach the queue that people must answer in time; None where no target asks for it."""
    target = contact_type.target
    return None if target is None or target.share is None else person_share(contact_type, target)


def person_share(contact_type: ContactType, target: Target) -> float | None:
    """The share of those who reach the queue that people must answer in time; None where bots do it all."""
    share, bot = target.share or 0.0, contact_type.bot
    if bot is None or target.response == "person":
        return share
    kept = bot.resolved if target.response == "person-or-bot" else 1.0
    reach = 1 - bot.resolved - bot.falsely_contained - bot.left
    if share <= kept or reach <= 0:
        return None
    return min((share - kept) / reach, CERTAIN)
