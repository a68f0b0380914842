"""Targets that no staffing can meet, named with their ceiling before any search begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.centre.deferred_need import ceiling
from models.centre.workload import workload
from models.proof.load import LoadRows, load_rows
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
    _bounds(space, load_rows(space))


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
        return ceiling(space.scenario, kind, items, there)
    return float(items[there].sum() / items.sum()) if items.sum() else 1.0


def _met_by_nobody(wish: Wish) -> bool:
    return wish.at_most and wish.limit >= 1


def _bounds(space: Space, rows: LoadRows) -> None:
    """Work that the most heads allowed cannot do."""
    names = space.scenario.type_names
    for hours, work, types, period in zip(rows.hours, rows.work, rows.types, rows.period, strict=True):
        most = np.where(hours > 0, space.most.ravel(), 0.0)
        possible = float(hours @ np.where(np.isfinite(most), most, 1e9))
        if possible < work * (1 - 1e-9) and period < 0:
            wish = next(w for w in wishes(space.scenario) if w.of in types or w.of not in names)
            why = f"{' + '.join(types)} bring {work:.1f} hours of work and `most` allows {possible:.1f} agent-hours"
            share = f"{100 * possible / work:.0f} % of the work that must be done"
            raise Unreachable(" + ".join(types), wish.text, share, why, "raise `most`")
