"""Work that must be begun within a stretch of time, and for which the most heads allowed have no time.

Contacts answered within T of their arrival are begun before the stretch in which they arrive is over by T. An agent who
is there for a time L begins work of L on average, and the overshoot of the last contact: at most h (1 + cv²) for alike
contacts one at a time (Lorden 1970, *On excess over the boundary*); for others at most c and what contacts exceed c by,
whatever their order (E (H - c)+ <= E H² / (4 c)). Who is begun does not depend on how long it will take, so means are
enough. Interruptible work can be begun and put down, and limited lines keep contacts from being offered: neither has
a bound here, so that nothing is refused that can be done.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.centre.cover import bounds
from models.proof.ceilings import easiest, follow_ups, fresh_contacts, second_moment
from models.proof.load import best_hour
from models.proof.space import Space
from models.queueing.arguments import Floats
from scenarios.contact_types import ContactType
from scenarios.evidence import period_of_interval
from scenarios.scenario import Scenario
from scenarios.units import DAY, HOUR
from scenarios.wishes import Wish, wishes

PATIENT = 10.0
"""Mean patiences after which nobody waits any more."""
TAILS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Values of c that are tried, in the largest E H² / h."""
UNBOUNDED = 1e9
"""Heads where no bound is given."""


@dataclass(frozen=True)
class Shortage:
    """A set of types that needs more time than the most heads have."""

    wish: Wish
    types: tuple[str, ...]
    groups: tuple[str, ...]
    needed: float
    """Agent-hours."""
    possible: float
    """Agent-hours that the most heads have for it, at most as busy as they may be."""
    most: float
    """Agent-hours that the most heads have, however busy."""
    start: int
    """The first interval of the stretch."""
    end: int


def shortages(space: Space) -> Iterator[Shortage]:
    """Every shortage of the whole horizon, then of shorter stretches for targets of days, hours and intervals.

    Examples
    --------
    >>> from scenarios import presets
    >>> from models.proof.space import space_of
    >>> one = next(shortages(space_of(presets.load("help-desk").replace_group("desk", most=6))))
    >>> one.types, one.needed > one.possible
    (('calls',), True)
    """
    work, wished = _work(space, None)
    warm = int(np.argmax(_counted(space.scenario)))
    yield from _missing(space, work, wished, np.array([warm]), np.array([work.shape[1]]), capped=True)
    for every in ("day", "hour", "interval"):
        work, wished = _work(space, every)
        if not work.any():
            continue
        edges = np.append(np.flatnonzero(np.diff(period_of_interval(space.scenario.horizon, every), prepend=-1)), 0)
        edges[-1] = work.shape[1]
        for count in _lengths(len(edges) - 1):
            yield from _missing(space, work, wished, edges[:-count], edges[count:], capped=False)


def _lengths(periods: int) -> list[int]:
    """Doubling numbers of periods, and all of them."""
    return sorted({min(2**n, periods) for n in range(periods.bit_length() + 1)})


def _work(space: Space, every: str | None) -> tuple[Floats, list[Wish | None]]:
    """Agent-hours that must be begun in time, shape (types, intervals), and the wish behind each type's.

    Without `every` every wish counts, as one for each hour is one for the horizon too.
    """
    scenario = space.scenario
    counted = _counted(scenario)
    back, work = follow_ups(scenario), np.zeros(scenario.expected.shape)
    found: list[Wish | None] = []
    for k, kind in enumerate(scenario.contact_types):
        mine = [w for w in wishes(scenario) if w.of == kind.name and (every is None or w.every == every)]
        wish = max(mine, key=_share, default=None)
        found.append(wish)
        if wish is None or kind.interruptible or kind.trunk is not None or (every is not None and back[k] > 0):
            continue
        share, contacts = _share(wish), fresh_contacts(scenario, kind) * counted
        if contacts.sum() > 0 and math.isfinite(back[k]):
            left = max(share - (1 - share) * back[k] / float(contacts.sum()), 0.0)
            work[k] = contacts * left * easiest(kind) / best_hour(scenario, kind) / HOUR
    return work, found


def _counted(scenario: Scenario) -> NDArray[np.bool_]:
    """Whether an interval counts, as the warm-up does not, shape (intervals,)."""
    return np.asarray(scenario.horizon.edges[:-1] >= scenario.horizon.warm_up)


def _share(wish: Wish) -> float:
    """The share of contacts that a wish wants to be answered, by when is another question."""
    if wish.on_days is not None:
        return 0.0
    if wish.measure == "abandonment" and wish.every == "horizon":
        return 1 - wish.limit
    return wish.limit if wish.measure == "service_level" else 0.0


def _missing(
    space: Space,
    work: Floats,
    wished: list[Wish | None],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    *,
    capped: bool,
) -> Iterator[Shortage]:
    """The worst stretch of each set of types whose work the most heads have no time for."""
    scenario, total = space.scenario, np.pad(work.cumsum(axis=1), ((0, 0), (1, 0)))
    caps = np.array([[(group.max_occupancy or 1.0) if capped else 1.0] for group in scenario.agent_groups])
    for mask, _ in bounds(work.sum(axis=1), work.sum(axis=1), space.can):
        kinds = [kind for kind, chosen in zip(scenario.contact_types, mask, strict=True) if chosen]
        needed = (total[mask][:, ends] - total[mask][:, starts]).sum(axis=0)
        able = np.asarray((space.can & mask).any(axis=1))
        late = max(_latest(kind) for kind in kinds)
        most = _possible(space, kinds, able, np.ones_like(caps), starts, ends, late)
        possible = _possible(space, kinds, able, caps, starts, ends, late)
        worst = int(np.argmin(possible - needed))
        if possible[worst] < needed[worst] * (1 - 1e-9):
            names = np.array(scenario.type_names)[mask]
            wish = next(w for w, chosen in zip(wished, mask, strict=True) if chosen and w is not None)
            yield Shortage(
                *(wish, tuple(names.tolist()), tuple(np.array(scenario.group_names)[able].tolist())),
                *(float(needed[worst]), float(possible[worst]), float(most[worst])),
                *(int(starts[worst]), int(ends[worst])),
            )


def _latest(kind: ContactType) -> float:
    """Seconds after its arrival by which a contact that counts is begun."""
    target = kind.target
    within = target.within if target is not None and target.within is not None else 0.0
    if target is not None and target.clock == "open-hours":
        within += 7 * DAY
    stays = PATIENT * kind.patience.mean if kind.patience is not None else 0.0
    return max(within, stays if target is not None and target.max_abandonment is not None else 0.0)


def _possible(
    space: Space,
    kinds: list[ContactType],
    able: NDArray[np.bool_],
    caps: Floats,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    late: float,
) -> Floats:
    """Agent-hours of work that the most heads can begin in each stretch and for `late` seconds after it."""
    horizon = space.scenario.horizon
    heads = _played_on(space, np.minimum(space.most, UNBOUNDED)[able][:, space.period], late)
    hours = np.pad((heads * caps[able]).sum(axis=0).cumsum(), (1, 0)) * horizon.interval / HOUR
    grown = np.pad(np.maximum(np.diff(heads, axis=1), 0).cumsum(axis=1), ((0, 0), (1, 0)))
    until = np.minimum(ends + math.ceil(late / horizon.interval), heads.shape[1])
    tail = np.maximum(late - (until - ends) * horizon.interval, 0.0) / HOUR * (horizon.at_end == "work-off")
    there = hours[until] - hours[starts] + tail * heads[:, -1].sum()
    stints = heads[:, starts] + grown[:, until - 1] - grown[:, starts]
    return _begun(space, kinds, able, there, stints)


def _played_on(space: Space, heads: Floats, late: float) -> Floats:
    """The most heads over the horizon and, where work may wait, `late` seconds after it, shape (groups, intervals)."""
    horizon = space.scenario.horizon
    if horizon.at_end == "stop" or all(kind.connected for kind in space.scenario.contact_types):
        return heads
    return np.concatenate((heads, horizon.after(heads, math.ceil(late / DAY))), axis=1)


def _begun(space: Space, kinds: list[ContactType], able: NDArray[np.bool_], hours: Floats, stints: Floats) -> Floats:
    """The most work that agents begin in so many hours of so many stints, shape (groups, stretches), in agent-hours."""
    groups = [group for group, chosen in zip(space.scenario.agent_groups, able, strict=True) if chosen]
    slots = np.array([[group.slots if any(k.work == "concurrent" for k in kinds) else 1] for group in groups])
    ends = (stints * slots).sum(axis=0)
    spread = max(second_moment(kind) / easiest(kind) / best_hour(space.scenario, kind) for kind in kinds) / HOUR
    if len(kinds) == 1 and kinds[0].work != "concurrent" and kinds[0].bot is None:
        return np.asarray(hours + ends * spread)
    return np.asarray(np.min([(hours + ends * c * spread) / (1 - 1 / (4 * c)) for c in TAILS], axis=0))


def least_occupancy(space: Space, group: str) -> float | None:
    """The lowest occupancy of a group with its most heads, by work of which nobody leaves and that nobody else takes.

    Agents are busy whenever somebody waits. So by the last moment at which they were free they had done all that had
    come, and were busy ever after; chance is allowed three standard deviations. None where there is no such work.
    """
    scenario, counted = space.scenario, _counted(space.scenario)
    g = scenario.group_names.index(group)
    heads = space.most[g, space.period][counted]
    kinds = [kind for k, kind in enumerate(scenario.contact_types) if _stuck(space, k, g)]
    if not kinds or np.isinf(heads).any() or not heads.any():
        return None
    slow = np.array([easiest(kind) / best_hour(scenario, kind) / HOUR for kind in kinds])
    contacts = np.array([fresh_contacts(scenario, kind)[counted] for kind in kinds])
    squares = np.array([second_moment(kind) / best_hour(scenario, kind) ** 2 / HOUR**2 for kind in kinds])
    work = np.pad((slow @ contacts).cumsum(), (1, 0))
    there = np.pad(heads.cumsum(), (1, 0)) * scenario.horizon.interval / HOUR
    rest = float(heads.max() * (squares / slow).max()) + 3 * math.sqrt(float(squares @ contacts.sum(axis=1)))
    return max(float((work + there[-1] - there).min()) - rest, 0.0) / float(there[-1])


def _stuck(space: Space, k: int, g: int) -> bool:
    """Whether a type's customers stay and only one group can take them, one at a time, on days that are alike."""
    kind = space.scenario.contact_types[k]
    leaves = kind.patience is not None or kind.balking > 0 or kind.trunk is not None or kind.work != "live"
    varies = kind.volume.variation is not None and kind.volume.variation.cv > 0
    return bool(np.flatnonzero(space.can[:, k]).tolist() == [g]) and not leaves and not varies
