"""Targets that no staffing can meet, named with their ceiling before any search begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.centre.deferred_need import ceiling as hours_ceiling
from models.centre.workload import workload
from models.proof.ceilings import ceiling, follow_ups
from models.proof.shortage import Shortage, least_occupancy, shortages
from models.proof.space import Space
from scenarios.contact_types import ContactType
from scenarios.errors import Unreachable
from scenarios.wishes import Wish, wishes

SHARES = ("service_level", "service_level_answered", "service_level_less_short_abandons")


def refuse_unreachable(space: Space) -> None:
    """Refuse wishes that opening hours, skills or bounds on heads put out of reach.

    Raises
    ------
    Unreachable
        For the first such wish.

    Examples
    --------
    >>> from scenarios import presets
    >>> from models.proof.space import space_of
    >>> refuse_unreachable(space_of(presets.load("help-desk").replace_group("desk", most=1)))
    Traceback (most recent call last):
    scenarios.errors.Unreachable: calls: no staffing can meet '80 % within 20 s': at best ...
    """
    for wish in wishes(space.scenario):
        if wish.of in space.scenario.type_names:
            _certainty(space, wish)
            _hours(space, wish)
    _time(space)
    for wish in wishes(space.scenario):
        (_most if wish.of in space.scenario.type_names else _occupancy)(space, wish)


def _certainty(space: Space, wish: Wish) -> None:
    """A connected customer can always meet busy agents, so 100 % is never reached."""
    if not space.scenario.contact_type(wish.of).connected:
        return
    if (wish.measure in SHARES and wish.limit >= 1) or (wish.at_most and wish.limit <= 0):
        why, remedy = "any number of agents can be busy at once by chance", "ask for a little less than certainty"
        raise Unreachable(wish.of, wish.text, "nearly that", why, remedy)


def _hours(space: Space, wish: Wish) -> None:
    """Contacts whose time runs out before anybody may work."""
    scenario = space.scenario
    k = scenario.type_names.index(wish.of)
    there = _may_be_there(space, k)
    if not there.any() and not _met_by_nobody(wish):
        why = "no group that can take it may have any heads"
        raise Unreachable(wish.of, wish.text, "0 %", why, "raise `most`, or give a group its hours")
    kind = scenario.contact_types[k]
    if wish.measure not in SHARES:
        return
    best = _best_share(space, kind, k, there)
    if best < wish.limit:
        why = "the others arrive when nobody may work until their time is up"
        raise Unreachable(wish.of, wish.text, f"{100 * best:.1f} %", why, "open longer, or give them more time")


def _may_be_there(space: Space, k: int) -> NDArray[np.bool_]:
    """Whether somebody who can take a type may be on duty in each interval."""
    may = space.may_work & (space.most > 0)
    somebody = np.asarray(may[space.can[:, k]].any(axis=0))
    return np.asarray(somebody[space.period])


def _best_share(space: Space, kind: ContactType, k: int, there: NDArray[np.bool_]) -> float:
    items = workload(space.scenario).offered[k]
    if not kind.connected:
        return hours_ceiling(space.scenario, kind, items, there)
    return float(items[there].sum() / items.sum()) if items.sum() else 1.0


def _met_by_nobody(wish: Wish) -> bool:
    return wish.at_most and wish.limit >= 1


def _most(space: Space, wish: Wish) -> None:
    """Targets that the most heads allowed do not reach even with nothing else to do."""
    best = ceiling(space, wish)
    if best is None or (best <= wish.limit if wish.at_most else best >= wish.limit):
        return
    groups = [route.group for route in space.scenario.routes(wish.of)]
    why = f"`most` allows no more heads in {' + '.join(groups)}, who are too few even for {wish.of} alone"
    share = f"{100 * best:.1f} %"
    raise Unreachable(wish.of, wish.text, share, why, f"raise `most` of {' or '.join(groups)}, or ask for less")


def _time(space: Space) -> None:
    """Work that the most heads allowed have no time for."""
    for one in shortages(space):
        groups = " + ".join(one.groups)
        types = " + ".join(one.types)
        work = f"in time must be begun {one.needed:.1f} hours of work of {types}{_when(space, one)}"
        why = f"{work}, and `most` of {groups} allows {one.most:.1f} agent-hours"
        if one.most >= one.needed * (1 - 1e-9):
            _too_busy(space, one.groups, one.needed / one.most, why)
        raise Unreachable(types, one.wish.text, _served(space, one), why, f"raise `most` of {groups}")


def _served(space: Space, one: Shortage) -> str:
    """The most that can be served, as a share of contacts where that is plain."""
    k = space.scenario.type_names.index(one.wish.of)
    if len(one.types) == 1 and not follow_ups(space.scenario)[k] and one.wish.measure == "service_level":
        by_day = ceiling(space, one.wish)
        return f"{100 * min(one.wish.limit * one.most / one.needed, 1.0 if by_day is None else by_day):.1f} %"
    return f"{100 * one.most / one.needed:.0f} % of the work that must be done"


def _when(space: Space, one: Shortage) -> str:
    times = space.scenario.horizon.times
    if one.end - one.start == len(times):
        return ""
    until = times[one.end] if one.end < len(times) else times[-1] + (times[1] - times[0])
    return f" from {times[one.start]:%a %H:%M} to {until:%a %H:%M}"


def _too_busy(space: Space, groups: tuple[str, ...], least: float, why: str) -> None:
    capped = [wish for wish in wishes(space.scenario) if wish.of in groups and wish.measure == "occupancy"]
    of = " + ".join(wish.of for wish in capped)
    remedy = f"raise `most` or `max_occupancy` of {of}"
    raise Unreachable(of, capped[0].text, f"{100 * least:.1f} % busy", why, remedy)


def _occupancy(space: Space, wish: Wish) -> None:
    """Groups whose work nobody leaves and nobody else can take: they are busy with it, however few they may be."""
    least = least_occupancy(space, wish.of)
    if least is not None and least > wish.limit:
        why = f"nobody who waits for {wish.of} leaves or can go elsewhere, and `most` allows no more heads"
        remedy = f"raise `most` or `max_occupancy` of {wish.of}"
        raise Unreachable(wish.of, wish.text, f"{100 * least:.1f} % busy", why, remedy)
