"""What the plan linter says, and what it looks at: the classic mistakes of planning, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.centre.requirement import Need, needs, pooled_queue
from models.centre.sharing import Sharing
from models.centre.stationary import Queue, queue_of
from models.centre.type_service import Service, services
from models.centre.workload import workload
from models.queueing.numerics.arguments import Floats
from scenarios.contact_types import ContactType
from scenarios.scenario import Scenario
from scenarios.units import clock

MISTAKES = {
    "erlang-c-impatient": "Erlang C lets nobody hang up, so it asks for too many agents and promises waits that nobody "
    "would sit through.",
    "erlang-c-deferred": "Erlang's formulas are about people on the line; mail keeps, and can be spread over the day, "
    "so treating it as calls staffs it for a rush that need not be answered at once.",
    "chat-as-phone": "An agent holds several chats, but each of them slows down: one chat at a time asks for too many "
    "agents, handle time divided by concurrency for too few.",
    "intervals-alone": "Contacts that begin in one interval are still in hand in the next, so where they last long the "
    "load comes later and flatter than each interval's own arrivals say.",
    "mean-of-intervals": "A quiet interval counts as much as a busy one in a plain mean, but most contacts meet the "
    "busy ones.",
    "summed-skills": "Requirements of single skills each hold a reserve of their own; agents who share their work need "
    "the reserve once.",
    "counted-twice": "A flexible agent helps with one contact at a time and cannot be counted in full for every skill.",
    "shrinkage-multiplied": "People who are away part of their time must be divided by the share that is there; adding "
    "the share on top leaves the plan short.",
    "redials-as-new": "Whoever hangs up and tries again is one customer, so offered contacts overstate demand, the "
    "more so the worse the service was.",
    "no-spread": "Days differ by more than chance, and a plan for the mean day misses its target on the busy ones, "
    "when most contacts come.",
    "censored-patience": "Times to abandonment are seen only of those who lost patience before they were answered, so "
    "their mean is far below the patience of customers.",
    "half-hour-agents": "Nobody works for half an hour: heads that rise and fall by the interval become shifts that "
    "are too long here and too short there.",
    "short-abandons": "Who hangs up within the target time could hardly be answered, yet counts as a miss when the "
    "share is taken of all offered.",
    "rounded-then-added": "Rounding up each queue and then adding pays for a fraction of a person several times.",
    "too-few-replications": "A difference smaller than the noise of the replications is no difference.",
    "auto-reply-only": "An automatic reply answers nobody; a target that it meets says nothing about people's service.",
    "hours-not-heads": "Contacts whose deadline ends before anybody is there are late, however many come later.",
    "begun-not-finished": "The time of a target runs until work begins, so what takes longer is in time all the same, "
    "though nobody is helped by then.",
    "bot-twice": "What a bot keeps away can be taken off the volume only once.",
    "unstable": "More work arrives than the agents can do, so the queue grows until customers leave or the day ends.",
}
"""Why each mistake is one, by code."""


@dataclass(frozen=True)
class Advice:
    """A mistake found.

    Attributes
    ----------
    code
        Which mistake; a key of `MISTAKES`.
    field
        The dotted path of the field in the scenario, or the name of the pasted number.
    why
        One sentence on why it is a mistake.
    size
        How much it matters in this very case, in words with numbers.
    fix
        What to do.
    """

    code: str
    field: str
    why: str
    size: str
    fix: str


def advice(code: str, field: str, size: str, fix: str) -> Advice:
    """An advice with the reason that belongs to its code."""
    return Advice(code, field, MISTAKES[code], size, fix)


@dataclass(frozen=True)
class Look:
    """A scenario as the linter sees it, with what theory says of it."""

    scenario: Scenario

    @cached_property
    def sharing(self) -> Sharing:
        """Who shares agents with whom, and what reaches them."""
        return Sharing(self.scenario, workload(self.scenario))

    @cached_property
    def services(self) -> list[Service]:
        """The service of every type by formula."""
        return services(self.sharing)

    @cached_property
    def needs(self) -> list[Need]:
        """The requirement of every type or pool."""
        return needs(self.sharing)

    @cached_property
    def contact_types(self) -> list[tuple[int, ContactType]]:
        """The types that have contacts, with their place."""
        offered = self.sharing.flow.offered
        return [(k, contact_type) for k, contact_type in enumerate(self.scenario.contact_types) if offered[k].sum() > 0]

    def queue(self, need: Need) -> tuple[list[ContactType], Queue]:
        """The types of a need, and their queue."""
        contact_types = [self.scenario.contact_types[k] for k in need.members]
        group = self.sharing.main_group(need.members[0])
        volumes = [float(self.sharing.flow.offered[k].sum()) for k in need.members]
        return contact_types, pooled_queue(
            contact_types, volumes, queue_of(contact_types[0], group.max_concurrent, group.concurrency_speed)
        )

    def busiest(self, k: int) -> int:
        """The interval in which a type brings most work."""
        return int(np.argmax(self.sharing.flow.work[k]))

    def when(self, interval: int) -> str:
        """The time of day at which an interval begins."""
        return clock(float(self.scenario.horizon.edges[interval]) % 86400)

    def total(self, k: int, tally: str) -> float:
        """A tally of a type over the horizon."""
        return float(np.nansum(self.services[k].tallies[tally]))

    def level(self, k: int) -> float:
        """The share of a type's offered contacts answered in time, by formula; NaN where none says it."""
        tallies = self.services[k].tallies
        return float(np.sum(tallies["in_time"]) / np.sum(tallies["offered"]))

    def origin(self, path: str) -> str:
        """Where a field comes from, by the nearest path that says so."""
        while path:
            if path in self.scenario.origins:
                return self.scenario.origins[path]
            path = path.rpartition(".")[0]
        return ""

    def from_data(self, path: str) -> bool:
        """Whether a field was taken from records."""
        return self.origin(path).lower().startswith("data")

    def agents(self, k: int) -> Floats:
        """All present agents who can take a type, shape (intervals,)."""
        return np.asarray((self.sharing.present * self.sharing.can[:, [k]]).sum(axis=0))


def percent(share: float) -> str:
    """A share in words: no more digits than matter.

    Examples
    --------
    >>> percent(0.8362), percent(0.004)
    ('84 %', '0.4 %')
    """
    return f"{100 * share:.0f} %" if share >= 0.0995 or share == 0 else f"{100 * share:.1f} %"


def duration(seconds: float) -> str:
    """A time in words.

    Examples
    --------
    >>> duration(18.4), duration(254.0), duration(7200.0)
    ('18 s', '4.2 min', '2.0 h')
    """
    if not np.isfinite(seconds):
        return "without end"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
