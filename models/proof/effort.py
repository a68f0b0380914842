"""What a search may spend, what it has spent, and its history: best cost and bound over time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from models.proof.judging import Judged, judge
from models.proof.space import Heads, Space
from scenarios.evidence import Evaluate, Evidence


@dataclass(frozen=True)
class Step:
    """Where a search stood."""

    seconds: float
    cost: float
    """Of the best plan so far that met every wish on the search's customers; infinite before there is one."""
    bound: float
    doing: str = ""
    heads: Heads | None = None
    """The best plan so far, shape (groups, periods)."""


Progress = Callable[[Step], None]


@dataclass(eq=False)
class Effort:
    """Tries out plans of a space, within what may be spent."""

    space: Space
    evaluate: Evaluate
    seconds: float = math.inf
    plays: float = math.inf
    """The most replications, over all plans."""
    gap: float = 0.0
    """The relative distance from the bound at which a plan is good enough."""
    progress: Progress | None = None
    stop: Callable[[], bool] | None = None
    steps: list[Step] = field(default_factory=list)
    best: float = math.inf
    bound: float = 0.0
    heads: Heads | None = None
    played: int = 0
    _started: float = field(default_factory=time.monotonic)
    _seen: dict[tuple[bytes, int], int] = field(default_factory=dict)

    @property
    def elapsed(self) -> float:
        """Seconds since the search began."""
        return time.monotonic() - self._started

    @property
    def why_stop(self) -> str:
        """Why the search must end now; empty while it may go on."""
        if self.stop is not None and self.stop():
            return "stopped"
        if self.elapsed >= self.seconds:
            return "time is up"
        return "the evaluations are used up" if self.played >= self.plays else ""

    @property
    def good_enough(self) -> bool:
        """Whether the best plan is within the wanted gap of the bound."""
        return self.best <= self.bound * (1 + self.gap)

    def try_out(self, plans: Sequence[Heads], replications: int, fresh: int = 0) -> list[Evidence]:
        """The evidence of some plans."""
        for heads in plans:
            key = heads.tobytes(), fresh
            self.played += max(replications - self._seen.get(key, 0), 0)
            self._seen[key] = max(replications, self._seen.get(key, 0))
        return self.evaluate([self.space.plan(heads) for heads in plans], replications, fresh)

    def judged(self, heads: Heads, replications: int, fresh: int = 0) -> tuple[Judged, ...]:
        """The wishes under a plan."""
        return judge(self.try_out([heads], replications, fresh)[0])

    def found(self, heads: Heads, doing: str = "") -> None:
        """Note a plan that meets every wish, if it is cheaper than the best so far."""
        cost = self.space.cost(heads)
        if cost < self.best:
            self.best, self.heads = cost, heads.copy()
            self.tell(doing)

    def forget(self) -> None:
        """Let go of the best plan, which more replications are to confirm."""
        self.best, self.heads = math.inf, None

    def bounded(self, bound: float, doing: str = "") -> None:
        """Note a bound, if it is better than the best so far."""
        if bound > self.bound:
            self.bound = min(bound, self.best)
            self.tell(doing)

    def tell(self, doing: str) -> None:
        """Add where the search stands to its history, and say so to whoever listens."""
        self.steps.append(Step(self.elapsed, self.best, self.bound, doing, self.heads))
        if self.progress is not None:
            self.progress(self.steps[-1])
