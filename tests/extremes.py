"""Random scenarios whose numbers lie anywhere between the least and the most that a scenario may hold."""

from __future__ import annotations

import math
import random
from typing import Any

from scenarios import limits
from scenarios.units import LONGEST

CHANNELS = {"live": "phone", "concurrent": "chat", "deferred": "email"}
CHANCES = (0, 1, 1e-12, 1 - 1e-12, 0.5)


class Extremes:
    """Draws the parts of a scenario from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.pick = self.random.choice

    def maybe(self, chance: float) -> bool:
        """True with a chance."""
        return self.random.random() < chance

    def between(self, low: float, high: float) -> float:
        """A number between two, evenly by its logarithm."""
        return math.exp(self.random.uniform(math.log(low), math.log(high)))

    def time(self, low: float, high: float) -> float:
        """A time: often at a limit, sometimes of the usual size."""
        return min(max(self.pick([self.between(low, high), low, high, self.between(1, 3600)]), low), high)

    def distribution(self, longest: float) -> dict[str, Any]:
        """A distribution of times with a mean up to the longest."""
        mean, other = self.time(limits.SHORTEST_MEAN, longest), self.time(limits.SHORTEST_MEAN, longest)
        cv = self.pick([limits.LEAST_CV, limits.MOST_CV, self.between(limits.LEAST_CV, limits.MOST_CV), 1.0])
        share = self.pick(CHANCES)
        distributions: list[dict[str, Any]] = [
            {"mean": mean},
            {"mean": mean, "cv": cv},
            {"family": "gamma", "mean": mean, "cv": cv},
            {"family": "erlang", "mean": mean, "phases": self.pick([1, 2, 10_000])},
            {"family": "weibull", "mean": mean, "shape": self.pick([limits.LEAST_SHAPE, 100, 1.5])},
            {"family": "hyperexponential", "shares": [share, 1 - share], "means": [mean, other]},
            {"family": "uniform", "low": min(mean, other), "high": max(mean, other)},
            {"family": "deterministic", "value": mean},
            {"family": "empirical", "values": [mean, other, 0], "weights": [1, self.pick([0, 1e-12, 1e12]), 1]},
            {"family": "with-zero", "zero": self.pick([0, 1e-12, 0.5]), "of": {"mean": mean}},
        ]
        return self.pick(distributions)

    def count(self, most: float) -> float:
        """A number of contacts, of any size."""
        return self.pick([0, self.between(1e-300, 1e-3), self.between(1e-3, most), self.between(1, 1000), 10])

    def volume(self, interval: int) -> dict[str, Any]:
        """Contacts by hour, day or interval."""
        given: list[dict[str, Any]] = [
            {"per_hour": self.count(limits.MOST_PER_HOUR)},
            {"daily": self.count(limits.MOST_PER_DAY)},
            {"per_interval": [self.count(1000) for _ in range(86400 // interval)]},
        ]
        volume = self.pick(given)
        if self.maybe(0.3):
            volume["weekdays"] = [self.pick([0, 1, 1e-12, limits.MOST_WEEKDAY_FACTOR]) for _ in range(7)]
        if self.maybe(0.3):
            volume["variation"] = {"cv": self.pick([3, 1e-300, 1e-9, 0.1])}
        return volume

    def target(self) -> dict[str, Any]:
        """A target that anybody, or nobody, can keep."""
        definition = self.pick(["offered", "answered", "less-short-abandons", "answered-or-abandoned"])
        target = {"share": self.pick([1e-9, 0.8, 1, 1 - 1e-12]), "within": self.pick([0, 20, self.time(1e-6, LONGEST)])}
        every = {"every": self.pick(["day", "hour", "interval"])} if self.maybe(0.3) else {}
        return {**target, **every, "definition": definition, "clock": self.pick(["always", "open-hours"])}

    def contact_type(self, name: str, names: list[str], interval: int) -> dict[str, Any]:
        """A contact type of any kind of work."""
        work = self.pick(["live", "live", "concurrent", "deferred"])
        longest = limits.LONGEST_WORK[work]
        contact_type: dict[str, Any] = {"name": name, "channel": CHANNELS[work], "volume": self.volume(interval)}
        contact_type["handle_time"] = self.distribution(longest) if self.maybe(0.6) else {"mean": 300}
        if self.maybe(0.3):
            contact_type["wrap_up"] = self.distribution(longest)
        if work == "deferred":
            contact_type["backlog"] = self.pick([0, 0, 1, 1000, 1_000_000])
        elif self.maybe(0.5):
            contact_type["patience"] = self.distribution(LONGEST)
        if self.maybe(0.8):
            contact_type["target"] = self.target()
        if self.maybe(0.2):
            contact_type["open"] = self.pick(["Mon-Fri 08:00-18:00", "Mon-Sun 00:00-00:01", "Mon-Sun 23:59-00:01"])
        if self.maybe(0.2):
            shares = {"resolved": self.pick(CHANCES) / 2, "left": self.pick(CHANCES) / 4}
            contact_type["bot"] = {
                **shares,
                "session": self.distribution(86400),
                "handle_factor": self.pick([0.01, 20, 1]),
            }
        if self.maybe(0.2):
            rule = {"after": self.pick(["abandoned", "answered"]), "probability": self.pick(CHANCES) / 2}
            contact_type["follow_ups"] = [
                {**rule, "as": self.pick(names), "handle_factor": self.pick([0.01, 20]), "max_tries": 3}
            ]
        return contact_type

    def agent_group(self, name: str, skills: list[str]) -> dict[str, Any]:
        """An agent group from nobody to a town."""
        staffing = self.pick([0, 1, 3, 10, 50, int(self.between(1, 1000)), int(self.between(1, 100_000))])
        speed = {"speed": self.pick([0.05, 20])} if self.maybe(0.15) else {}
        max_concurrent = self.pick([1, 1, 2, 3, 20])
        group: dict[str, Any] = {"name": name, "skills": dict.fromkeys(skills, speed), "max_concurrent": max_concurrent}
        group["staffing"] = self.pick([staffing, {"Mon-Fri 08:00-18:00": staffing}])
        if max_concurrent > 1:
            group["concurrency_speed"] = [1, self.pick([2, 0.05, 0.8])]
        if self.maybe(0.2):
            group["shrinkage"] = {"planned": self.pick([0.95, 0.3]), "absence": self.pick([0.95, 0.1])}
        return group

    def scenario(self, days: tuple[int, ...] = (1, 1, 2, 7)) -> dict[str, Any]:
        """A scenario as it stands in a file."""
        interval = self.pick([900, 1800, 1800, 3600])
        names = [f"type {i}" for i in range(self.pick([1, 1, 2, 3]))]
        able = [names, *([self.random.sample(names, 1)] if self.maybe(0.4) else [])]
        at_end = self.pick(["stop", "work-off"])
        return {
            "name": "extreme",
            "horizon": {"days": self.pick(days), "interval": interval, "at_end": at_end},
            "contact_types": [self.contact_type(name, names, interval) for name in names],
            "agent_groups": [self.agent_group(f"group {i}", skills) for i, skills in enumerate(able)],
        }
