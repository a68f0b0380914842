"""What any plan must have, whatever the routing: agents enough for the work that the wishes leave no way around.

For every set of types, those who can take any of them must do at least the work of the contacts that have to be
answered (who is answered does not depend on how long the work will be, so its mean is the type's own: Wald's equation).
The bound is proven but for work finished after the end of a duty, which a plan is not charged for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.arguments import Floats
from models.cover import bounds
from models.space import Space
from models.workload import mean_handle
from scenarios.agents import AgentGroup
from scenarios.contact_types import ContactType
from scenarios.scenario import Scenario
from scenarios.wishes import Wish, wishes


@dataclass(frozen=True, eq=False)
class LoadRows:
    """Rows of `worth @ heads >= work`, heads flattened from (G, P); work in hours."""

    worth: Floats
    work: Floats
    types: tuple[tuple[str, ...], ...]
    """The set of types of each row."""


def load_rows(space: Space) -> LoadRows:
    """The bounds of every set of types.

    Examples
    --------
    >>> from scenarios import presets
    >>> from models.space import space_of
    >>> rows = load_rows(space_of(presets.load("help-desk")))
    >>> rows.types
    (('calls',),)
    """
    scenario = space.scenario
    work = np.array([least_work(scenario, kind) for kind in scenario.contact_types])
    fastest = _fastest(scenario)
    worths, needs, names = [], [], []
    for mask, _ in bounds(work, work, space.can):
        best = np.where(space.can & mask, fastest, 0.0).max(axis=1)
        worths.append(np.outer(best, space.hours).ravel())
        needs.append(float(work[mask].sum()))
        names.append(tuple(name for name, there in zip(scenario.type_names, mask, strict=True) if there))
    return LoadRows(np.array(worths).reshape(len(needs), -1), np.array(needs), tuple(names))


def load_bound(space: Space, rows: LoadRows) -> float:
    """The least cost of heads (fractions allowed) that keep every row; infinite if the bounds of the groups forbid it.

    Examples
    --------
    Twelve erlangs around the clock, of which 80 % at least must be answered.

    >>> from scenarios import presets
    >>> from models.space import space_of
    >>> desk = presets.load("help-desk").replace_group("desk", cost_per_hour=10, shrinkage={})
    >>> space = space_of(desk)
    >>> bound = load_bound(space, load_rows(space))
    >>> bound > 0
    True
    """
    from scipy.optimize import linprog

    found = linprog(
        space.price.ravel(),
        A_ub=-rows.worth if len(rows.work) else None,
        b_ub=-rows.work if len(rows.work) else None,
        bounds=np.column_stack((space.least.ravel(), space.most.ravel())),
    )
    return float(found.fun) if found.status == 0 else float("inf")


def least_work(scenario: Scenario, kind: ContactType) -> float:
    """Hours of work of fresh contacts of a type that must be answered, at speed 1, one at a time."""
    horizon = scenario.horizon
    counted = horizon.edges[:-1] >= horizon.warm_up
    contacts = float(scenario.expected[scenario.type_names.index(kind.name)][counted].sum())
    kept, factor = 0.0, 1.0
    if kind.bot is not None:
        kept = kind.bot.resolved + kind.bot.falsely_contained + kind.bot.left
        factor = min(1.0, kind.bot.difficulty(True), kind.bot.difficulty(False))
    return contacts * max(1 - kept, 0.0) * must_answer(scenario, kind) * mean_handle(kind) * factor / 3600


def must_answer(scenario: Scenario, kind: ContactType) -> float:
    """The share of a type's offered contacts that any plan which meets the wishes must answer."""
    shares = [_share(wish) for wish in wishes(scenario) if wish.of == kind.name and wish.on_days is None]
    stays = kind.patience is None and not kind.balking
    if stays and scenario.horizon.at_end == "work-off" and not any(r.after == "overdue" for r in kind.follow_ups):
        shares.append(1.0)
    return max(shares, default=0.0)


def _share(wish: Wish) -> float:
    return {"service_level": wish.limit, "abandonment": 1 - wish.limit}.get(wish.measure, 0.0)


def _fastest(scenario: Scenario) -> Floats:
    """Hours of work of a type that one hour of an agent can do at best, shape (groups, types)."""
    return np.array(
        [
            [
                group.skills[kind.name].speed * (_sessions(group) if kind.work == "concurrent" else 1.0)
                if kind.name in group.skills
                else 0.0
                for kind in scenario.contact_types
            ]
            for group in scenario.agent_groups
        ]
    )


def _sessions(group: AgentGroup) -> float:
    """The most contacts at full speed that an agent is ever worth."""
    return max(n * group.pace[min(n, len(group.pace)) - 1] for n in range(1, group.slots + 1))
