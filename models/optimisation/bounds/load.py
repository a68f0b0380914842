"""What a plan must have, whatever the routing: enough agents for the work that the targets leave no way around.

For every set of types, those who can take any of them must do at least the work of the contacts that have to be
answered (who is answered does not depend on how long the work will be, so its mean is the type's own: Wald's equation).
Types with limited lines are left out: what finds them busy is in no target, and how much that is, a plan decides. By
the rule below they count like others if their lines hardly ever limit them, and else an agent must be there for them.
Over the whole horizon that is proven, but for work finished after the end of a shift, which a plan is not charged for,
and for work that may wait.

The same in every staffing period for connected types, those of the warm-up included, is a rule of ours: **no hour is
left unserved**. A target for the day alone would be met most cheaply by leaving some hours unstaffed and serving others
very well, as the first agents of an hour help least; no centre wants such a plan.

And one more: **no backlog builds up**. What may wait can be done after the horizon, when the plan repeats itself at
no cost: half of every day's work could wait so, a backlog that never shrinks. So over the horizon, and over its
last week if it is longer, there are enough agents for all the deferred work that arrives, for that of connected types
beside it, and for one standard deviation of their sum. What chance then leaves from one week (or shorter horizon) to
the next is half a standard deviation on average (Kingman 1962: variance over twice the slack). When within that time
the work is done, and how late it is by then, is judged by simulation: contacts are simulated on until they are decided.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.centre.cover import bounds
from models.centre.workload import workload
from models.highs import NoSolution, solve_linear
from models.optimisation.plan_space import PlanSpace, Staffing
from models.queueing.erlang import erlang_b
from models.queueing.numerics.arguments import Floats
from scenarios.agents import AgentGroup
from scenarios.contact_types import Bot, ContactType
from scenarios.evaluation import in_periods
from scenarios.requirements import Constraint, constraints
from scenarios.scenario import Scenario

HORIZON, KEPT_UP = -1, -2
"""In the place of a staffing period: a row of the whole horizon, and one by which deferred work is kept up with."""
HARDLY = 0.01
SECONDS = 10.0
"""Of the linear program behind the bound."""
SOME_AGENT = 0.5  # of an agent, who comes whole

Row = tuple[Floats, float, NDArray[np.bool_]]
"""Hours of agents, the work that they have to do, and the members of a set of types."""


@dataclass(frozen=True, eq=False)
class LoadRows:
    """Rows of `hours @ agents >= work`, agents flattened from (G, P); agent-hours."""

    hours: Floats
    work: Floats
    types: tuple[tuple[str, ...], ...]
    """The set of types of each row."""
    period: NDArray[np.int64]
    """The staffing period of each row, or `HORIZON`, or `KEPT_UP`."""

    @property
    def proven(self) -> LoadRows:
        """The rows of the whole horizon alone."""
        keep = np.flatnonzero(self.period == HORIZON)
        return LoadRows(self.hours[keep], self.work[keep], tuple(self.types[i] for i in keep), self.period[keep])

    def kept_by(self, staffing: Staffing) -> bool:
        """Whether a plan keeps every row."""
        return bool((self.hours @ staffing.ravel() >= self.work - 1e-9).all())

    def kept(self, space: PlanSpace, staffing: Staffing) -> Staffing:
        """The plan with agents added until it keeps every row that its bounds let it keep, and the rules of plans.

        The cheapest hours come first, of equally cheap ones those with the fewest agents.
        """
        staffing, price = staffing.copy(), space.price.ravel()
        for hours, work in zip(self.hours, self.work, strict=True):
            while hours @ staffing.ravel() < work - 1e-9:
                eligible = np.flatnonzero((hours > 0) & (staffing < space.max_staffing).ravel())
                if not eligible.size:
                    break
                dear = price[eligible] / hours[eligible]
                cheap = eligible[dear <= dear.min() * (1 + 1e-9)]
                staffing.ravel()[cheap[np.argmin(staffing.ravel()[cheap])]] += 1
        return space.raised(staffing)

    def used(self, space: PlanSpace, staffing: Staffing) -> Floats:
        """The share of its agents that each type's tightest set needs in each period, at most 1, shape (types, P)."""
        names = space.scenario.type_names
        share = np.zeros((len(names), space.shape[1]))
        available = self.hours @ staffing.ravel()
        for row in np.flatnonzero(self.period >= 0):
            used = min(self.work[row] / available[row], 1.0) if available[row] > 0 else 1.0
            for name in self.types[row]:
                at = names.index(name), self.period[row]
                share[at] = max(share[at], used)
        return share


def load_rows(space: PlanSpace) -> LoadRows:
    """The rows of every set of types: the horizon's, those that keep up, and each period's for connected types.

    Those of every scenario for which a plan is made.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> from models.optimisation.plan_space import plan_space
    >>> rows = load_rows(plan_space(presets.load("help-desk")))
    >>> rows.types[0], int(rows.period[0])
    (('calls',), -1)
    """
    rows = [_rows(each) for each in space.each]
    return LoadRows(
        np.concatenate([part.hours for part in rows]),
        np.concatenate([part.work for part in rows]),
        tuple(types for part in rows for types in part.types),
        np.concatenate([part.period for part in rows]),
    )


def _rows(space: PlanSpace) -> LoadRows:
    """The rows of one scenario."""
    scenario = space.scenario
    horizon = scenario.horizon
    work, counted = agent_hours(scenario), horizon.edges[:-1] >= horizon.warm_up
    certain = np.array([[not contact_type.may_be_diverted] for contact_type in scenario.contact_types])
    whole = np.arange(space.shape[1])
    of_all = [(*row, HORIZON) for row in _sets(space, (work * counted * certain).sum(axis=1), whole)]
    connected = np.array([[contact_type.connected] for contact_type in scenario.contact_types])
    one_agent = np.minimum(work, SOME_AGENT * horizon.interval / 3600)
    of_periods = in_periods(np.where(certain | roomy(scenario), work, one_agent) * connected, space.period)
    by_period = [
        (*row, p) for p, period_work in enumerate(of_periods.T) for row in _sets(space, period_work, whole[p : p + 1])
    ]
    kept = [(*row, KEPT_UP) for row in _kept_up(space, work * certain)]
    rows = [*of_all, *kept, *by_period]
    names = np.array(space.scenario.type_names)
    return LoadRows(
        np.array([row for row, _, _, _ in rows]).reshape(len(rows), space.price.size),
        np.array([need for _, need, _, _ in rows]),
        tuple(tuple(names[mask].tolist()) for _, _, mask, _ in rows),
        np.array([p for _, _, _, p in rows], dtype=np.int64),
    )


def _sets(space: PlanSpace, work: Floats, periods: NDArray[np.int64]) -> list[Row]:
    """The rows of the sets of types with work of shape (types,), done in these periods.

    Of sets that the same groups can take, the one with the most work says all.
    """
    inside = np.isin(np.arange(space.shape[1]), periods)
    rows: dict[bytes, Row] = {}
    for mask, _ in bounds(work, work, space.eligible):
        eligible, need = np.asarray((space.eligible & mask).any(axis=1)), float(work[mask].sum())
        if eligible.tobytes() not in rows or need > rows[eligible.tobytes()][1]:
            rows[eligible.tobytes()] = (eligible[:, None] * space.agent_hours * inside).ravel(), need, mask
    return list(rows.values())


def _kept_up(space: PlanSpace, work: Floats) -> Iterator[Row]:
    """The rows of sets with deferred types, over the horizon and its last week, that the bounds of groups let be."""
    scenario = space.scenario
    horizon = scenario.horizon
    deferred = np.array([not contact_type.connected for contact_type in scenario.contact_types])
    spread = np.array([[_spread(scenario, contact_type)] for contact_type in scenario.contact_types])
    spread = spread * scenario.handle_factors
    daily = np.array([[k.volume.variation.cv if k.volume.variation else 0.0] for k in scenario.contact_types])
    for first in {0, int(space.period[-horizon.pattern_days * horizon.intervals_per_day])}:
        counted = work * (space.period >= first)
        by_day = counted.reshape(len(counted), horizon.days, -1).sum(axis=2)
        variance = (counted * spread).sum(axis=1) + ((by_day * daily) ** 2).sum(axis=1)
        for hours, need, mask in _sets(space, counted.sum(axis=1), np.arange(first, space.shape[1])):
            safe, eligible = need + math.sqrt(float(variance[mask].sum())), hours > 0
            most = np.broadcast_to(space.max_staffing, space.shape).ravel()
            if need > 0 and (mask & deferred).any() and hours[eligible] @ most[eligible] >= safe:
                yield hours, safe, mask


def _spread(scenario: Scenario, contact_type: ContactType) -> float:
    """The variance of the agent-hours of a type's contacts of handle-time factor 1, at random, over their mean."""
    mean = contact_type.mean_handle
    squares = (
        contact_type.handle_time.scv * contact_type.handle_time.mean**2
        + contact_type.wrap_up.scv * contact_type.wrap_up.mean**2
        + mean**2
    )
    return squares / mean / best_hour(scenario, contact_type) / 3600 if mean > 0 else 0.0


def _decided(scenario: Scenario) -> NDArray[np.bool_]:
    """Whether contacts are surely answered or late when all is over, shape (types, intervals); not if a clock stops."""
    horizon = scenario.horizon
    rows = np.ones((len(scenario.contact_types), horizon.intervals), dtype=bool)
    if horizon.at_end == "work-off":
        return rows
    for row, contact_type in zip(rows, scenario.contact_types, strict=True):
        within = math.inf if contact_type.answer_within is None else contact_type.answer_within
        row &= (horizon.edges[1:] + within <= horizon.length) & (not contact_type.counts_open_hours)
    return rows


def load_bound(space: PlanSpace, rows: LoadRows) -> float:
    """The least cost of agents (fractions allowed) that keep every row.

    That of the fewest agents allowed where the solver does not say in time, and where `most` forbids to keep the rows:
    then all work is only done because some stay after the end of their shift.

    Examples
    --------
    Twelve erlangs around the clock, 80 % to be answered at least, at 10 an hour.

    >>> from scenarios.yaml import presets
    >>> from models.optimisation.plan_space import plan_space
    >>> desk = presets.load("help-desk").replace_group("desk", cost_per_hour=10, shrinkage={})
    >>> space = plan_space(desk)
    >>> bool(load_bound(space, load_rows(space).proven) > 0)
    True
    """
    low, high = space.min_staffing.ravel().astype(float), space.max_staffing.ravel()
    try:
        return solve_linear(space.price.ravel(), rows.hours, rows.work, low=low, high=high, seconds=SECONDS).cost
    except NoSolution:
        return space.cost(space.min_staffing)


def agent_hours(scenario: Scenario) -> Floats:
    """Hours of the best agents for the fresh contacts that must be answered, shape (types, intervals)."""
    horizon = scenario.horizon
    rows = []
    for contact_type, contacts, means in zip(
        scenario.contact_types, scenario.expected, scenario.handle_times, strict=True
    ):
        kept, factor = 0.0, 1.0
        if contact_type.bot is not None:
            kept = max(bot.kept for bot in (contact_type.bot, contact_type.bot.drifted))
            factor = easiest_factor(contact_type.bot)
        hours = means * factor * max(1 - kept, 0.0) / 3600
        open_now = horizon.open_share(contact_type.open) if contact_type.connected else 1.0
        rows.append(
            contacts * open_now * hours * must_answer(scenario, contact_type) / best_hour(scenario, contact_type)
        )
    return np.array(rows) * _decided(scenario)


def easiest_factor(bot: Bot) -> float:
    """The least factor on the handle time of what a bot passes on, at most 1, before its drift and after it."""
    return min(1.0, *(each.difficulty(told) for each in (bot, bot.drifted) for told in (True, False)))


def roomy(scenario: Scenario) -> NDArray[np.bool_]:
    """Whether a type's lines are taken less than `HARDLY` of the time if all are answered at once, shape (types, 1).

    By Erlang's B over the busiest interval of all who share the lines. False where the queue has a limit of its own, or
    callbacks.
    """
    flow = workload(scenario).work / scenario.horizon.interval
    enough = []
    for contact_type in scenario.contact_types:
        sharing = [sharer.trunk == contact_type.trunk for sharer in scenario.contact_types]
        lines = None if contact_type.trunk is None else scenario.trunks[contact_type.trunk]
        free = lines is None or float(erlang_b(flow[sharing].sum(axis=0).max(), lines)) < HARDLY
        elsewhere = contact_type.queue_places, contact_type.callback, contact_type.dialling
        enough.append([free and all(part is None for part in elsewhere)])
    return np.array(enough)


def must_answer(scenario: Scenario, contact_type: ContactType) -> float:
    """The share of a type's contacts offered to agents that any plan which meets the targets must answer."""
    worked_off = scenario.horizon.at_end == "work-off"
    shares = [
        _share(constraint, worked_off)
        for constraint in constraints(scenario)
        if constraint.of == contact_type.name and constraint.on_days is None
    ]
    stays = contact_type.patience is None and not contact_type.balking
    if stays and worked_off:
        shares.append(1.0)
    return max(shares, default=0.0)


def _share(constraint: Constraint, worked_off: bool) -> float:
    """The share that one target requires to be answered; contacts waiting when a clock stops are in no share."""
    if constraint.measure == "service_level":
        return constraint.limit
    return 1 - constraint.limit if constraint.measure == "abandonment" and worked_off else 0.0


def best_hour(scenario: Scenario, contact_type: ContactType) -> float:
    """Hours of work of a type that an hour of the best agent can do."""
    eligible = [scenario.group(route.group) for route in scenario.routes(contact_type.name)]
    return max(
        group.skills[contact_type.name].speed * (_sessions(group) if contact_type.work == "concurrent" else 1.0)
        for group in eligible
    )


def _sessions(group: AgentGroup) -> float:
    """The most contacts at full speed that an agent is ever worth."""
    return max(
        n * group.concurrency_speed[min(n, len(group.concurrency_speed)) - 1]
        for n in range(1, group.max_concurrent + 1)
    )
