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
    "erlang-c-impatient": "Erlang C assumes that nobody hangs up, so it asks for too many agents and gives waits "
    "that no customer would bear.",
    "erlang-c-deferred": "Erlang formulas describe customers who wait on the line. E-mail can be worked off over the "
    "day; treated as calls it is staffed for its peak.",
    "chat-as-phone": "An agent handles several chats at once, each of them slower: one chat at a time asks for too "
    "many agents, handle time divided by the number of chats for too few.",
    "intervals-alone": "Contacts that start in one interval are still being handled in the next, so with long handle "
    "times the workload comes later and is flatter than each interval's own arrivals suggest.",
    "mean-of-intervals": "A plain mean gives a quiet interval the weight of a busy one, but most contacts arrive in "
    "the busy ones.",
    "summed-skills": "Requirements of single skills each include a safety margin; agents who share the work need it "
    "once.",
    "counted-twice": "A multi-skilled agent handles one contact at a time and cannot be counted in full for every "
    "skill.",
    "shrinkage-multiplied": "Headcount must be divided by the share of time that agents are available; adding the "
    "shrinkage on top leaves the plan short.",
    "redials-as-new": "A customer who hangs up and calls again is one customer, so offered contacts overstate "
    "demand, the more so the worse the service was.",
    "no-spread": "Days differ by more than chance, and a plan for the average day misses its target on busy days, when "
    "most contacts arrive.",
    "censored-patience": "Times to abandonment are seen only for customers who gave up before they were answered, so "
    "their mean is far below the patience of all customers.",
    "half-hour-agents": "Nobody works for half an hour: staffing that changes every interval turns into shifts that "
    "overstaff some intervals and understaff others.",
    "short-abandons": "A contact abandoned within the target time could hardly be answered, yet it counts as a miss "
    "when the share is of all contacts offered.",
    "rounded-then-added": "Rounding up each queue before adding pays for a fraction of an agent several times.",
    "too-few-replications": "A difference smaller than the random variation between simulated days is no evidence.",
    "auto-reply-only": "An automatic reply resolves nothing; a target that it meets says nothing about service by "
    "agents.",
    "hours-not-heads": "Contacts whose deadline passes before any agent works are late, whatever the headcount.",
    "begun-not-finished": "The target time runs until work starts, so work that takes longer can count as in time and "
    "still be unfinished.",
    "bot-twice": "What a bot contains can be taken off the volume only once.",
    "too-few-threads": "Customers who write are not customers who wait: an agent who may have few threads open is idle "
    "while all of them are away.",
    "unstable": "More work arrives than the agents can do, so the queue grows until customers abandon or the day ends.",
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
    """Advice with the reason that belongs to its code."""
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
        return "without limit"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def counted(count: int, noun: str) -> str:
    """A number with its noun, in the plural where it must be.

    Examples
    --------
    >>> counted(1, "interval"), counted(48, "interval")
    ('1 interval', '48 intervals')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
