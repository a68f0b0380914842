"""How large a run becomes, before anything is allocated."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import TooLarge
from scenarios.measures import CONTACT_TALLIES, GROUP_TALLIES
from scenarios.scenario import Scenario
from scenarios.units import DAY
from simulator.measure import waits
from simulator.tail import Played, played

BYTES_OF_A_CONTACT = 600
BYTES_OF_AN_AGENT = 6
"""Of an agent in an interval, while shifts are laid out."""
SHARE_OF_MEMORY = 0.5
CONTAINER_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Files in which Linux gives the memory limit of a container."""
UNANSWERED = ("abandoned", "blocked", "overdue", "callback")
"""Events of which the staffing decides how often they come about."""
FEWEST, ENDLESS = 1e-3, 1e15
"""Bounds of the expected-contacts estimate."""


def first_contacts(scenario: Scenario) -> NDArray[np.float64]:
    """First contacts of a replication, with the opening backlog, shape (types,)."""
    backlog = np.array([contact_type.backlog for contact_type in scenario.contact_types], dtype=float)
    return np.asarray(scenario.expected.sum(axis=1) + backlog)


def later_contacts(scenario: Scenario) -> float:
    """Later contacts of a replication on average, as if the event with most follow-ups always happened.

    Step by step through the chain of a case, as far as tries and the horizon allow. How many are not answered, and come
    again for that, depends on the staffing and is not counted.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> bool(later_contacts(load("bot-first")) < first_contacts(load("bot-first")).sum())
    True
    """
    wave, total = first_contacts(scenario), 0.0
    for step in range(
        max((rule.max_tries for contact_type in scenario.contact_types for rule in contact_type.rules), default=0)
    ):
        wave = wave @ _following(scenario, step)
        total += wave.sum()
        if wave.sum() < FEWEST or total > ENDLESS:
            break
    return float(total)


def _following(scenario: Scenario, step: int) -> NDArray[np.float64]:
    """How many contacts follow one that is so many steps into its case, at most, shape (types, types)."""
    result = np.zeros((len(scenario.contact_types),) * 2)
    for row, contact_type in zip(result, scenario.contact_types, strict=True):
        by_event: defaultdict[str, NDArray[np.float64]] = defaultdict(lambda: np.zeros(len(result)))
        for rule in contact_type.rules:
            if (
                rule.after not in UNANSWERED
                and step < rule.max_tries
                and step * rule.delay.mean <= scenario.horizon.length
            ):
                by_event[rule.after][scenario.type_names.index(rule.as_type)] += rule.probability
        row += np.max([*by_event.values(), np.zeros(len(result))], axis=0)
    return result


def refuse_too_large(scenario: Scenario, replications: int = 1) -> None:
    """Refuse a run whose results or logs would take more than half of this machine's memory.

    Raises
    ------
    TooLarge
        With the estimate, before anything is allocated.
    """
    types, groups, rows = len(scenario.contact_types), len(scenario.agent_groups), scenario.horizon.intervals
    sums = 8 * rows * (len(CONTACT_TALLIES) * types + len(GROUP_TALLIES) * groups)
    results = replications * (sums + 2 * 4 * types * waits.BINS)
    whole = played(scenario)
    contacts = (first_contacts(scenario).sum() + later_contacts(scenario)) * _longest(whole, scenario)
    staffing = float(scenario.staffing.max(axis=1).sum()) * whole.horizon.intervals
    bytes_of_logs = (BYTES_OF_A_CONTACT * contacts + BYTES_OF_AN_AGENT * staffing) * (os.cpu_count() or 1)
    limit = SHARE_OF_MEMORY * memory()
    if results + bytes_of_logs > limit:
        smaller = (
            "take a shorter horizon, fewer contacts or agents" if bytes_of_logs > limit else "play fewer replications"
        )
        raise TooLarge(
            f"{replications:,} replication{'s' * (replications > 1)} of '{scenario.name}'",
            _gigabytes(results + bytes_of_logs),
            _gigabytes(limit),
            f"{smaller}, or longer intervals",
        )


def _longest(whole: Played, scenario: Scenario) -> float:
    """The contacts that may be played, those after the horizon included, over those of the horizon."""
    last = whole.stages[-1]
    return 1.0 if np.isinf(last) else float(np.ceil(last / DAY)) / scenario.horizon.days


def memory() -> float:
    """Bytes of memory that this process may use: those of the machine, less where its container or a limit says so."""
    machine = 4e9
    if "SC_PHYS_PAGES" in getattr(os, "sysconf_names", {}):
        machine = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return min(machine, *(_written_limit(path) for path in CONTAINER_LIMITS), _process_limit())


def _written_limit(path: str) -> float:
    """The number in a file of the system, infinite where there is none."""
    try:
        return float(Path(path).read_text(encoding="ascii"))
    except (OSError, ValueError):  # no such file, or the word "max"
        return float("inf")


def _process_limit() -> float:
    """The address space that this process may have, infinite where it has no limit."""
    try:
        import resource
    except ImportError:  # Windows
        return float("inf")
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return float("inf") if limit == resource.RLIM_INFINITY else float(limit)


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:,.1f} GB"
