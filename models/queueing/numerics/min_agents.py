"""The search for the least agents: a guess from the normal approximation, then exact checks, all cases at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.queueing.erlang import NEVER, ImpatientQueue, erlang_a
from models.queueing.numerics.arguments import Floats
from models.queueing.numerics.min_agents_erlang_c import min_agents_erlang_c
from models.queueing.performance import service_level
from models.queueing.square_root import large_centre
from scenarios.contact_types import Definition
from scenarios.errors import InvalidValue

Counts = NDArray[np.int64]

GUESS_BETA, GUESS_SECANTS = 0.7, 2  # first safety tried, and how often it is mended; then nearly every guess is right
FIRST_SLOPE = 2.0  # of the log-odds of a service level, per square root of the load, where the guess has none
SECANT_TURNS, MOST_TURNS = 12, 200
MANY, SAVES, BISECTIONS = 2000, 8, 52  # from how many cases thresholds pay, and a threshold to the last bit
BLOCK = 4096  # cases at a time, so that the temporaries stay in the cache


@dataclass(frozen=True)
class Cases:
    """The arguments of a search, flat arrays of shape (cases,)."""

    rate: Floats
    handle: Floats
    patience: Floats
    lines: Floats
    within: Floats
    definition: Definition
    limits: dict[str, Floats]

    def take(self, index: NDArray[np.bool_] | NDArray[np.intp]) -> Cases:
        """Some of the cases."""
        return Cases(
            rate=self.rate[index],
            handle=self.handle[index],
            patience=self.patience[index],
            lines=self.lines[index],
            within=self.within[index],
            definition=self.definition,
            limits={name: values[index] for name, values in self.limits.items()},
        )

    def least(self) -> Counts:
        """The least agents for each case."""
        if self.rate.size >= MANY and self._alike():
            return self._between_thresholds()
        return self._one_by_one()

    def _alike(self) -> bool:
        """Whether all cases differ in nothing but the arrival rate, and no line limit spoils monotonicity."""
        arguments = (self.handle, self.patience, self.within, self.lines, *self.limits.values())
        return bool(np.isinf(self.lines[0])) and all(bool((v == v[0]).all()) for v in arguments)

    def _between_thresholds(self) -> Counts:
        """The least agents where only the rate differs: n serves all rates between two thresholds.

        Every measure worsens with the rate, so one bisection for each n replaces one search for each case.
        """
        least = np.zeros(self.rate.shape, dtype=np.int64)
        busy = np.flatnonzero(self.rate > 0)
        if not busy.size:
            return least
        rates = self.rate[busy]
        ends = busy[[rates.argmin(), rates.argmax()]]
        fewest, most = self.take(ends)._one_by_one()
        if most - fewest > busy.size / SAVES:
            return self._one_by_one()
        agents = np.arange(fewest, most, dtype=float)
        repeated = self.take(np.full(agents.size, busy[0]))
        margins = Cases.margins_with_lines if self.patience[0] >= NEVER * self.handle[0] else Cases.margins
        low, high = np.full(agents.size, rates.min()), np.full(agents.size, rates.max())
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            met = margins(replace(repeated, rate=middle), agents) >= 0
            low, high = np.where(met, middle, low), np.where(met, high, middle)
        least[busy] = fewest + np.searchsorted(low, rates, side="left")
        return least

    def _one_by_one(self) -> Counts:
        least = np.zeros(self.rate.shape, dtype=np.int64)
        busy = self.rate > 0
        limited = busy & np.isfinite(self.lines)
        endless = busy & ~limited & (self.patience >= NEVER * self.handle)
        impatient = busy & ~limited & ~endless
        if endless.any():
            part = self.take(endless)
            least[endless] = min_agents_erlang_c(part.rate * part.handle, part.handle, part.within, part.limits)
        for mask, margins in ((impatient, Cases.margins), (limited, Cases.margins_with_lines)):
            index = np.flatnonzero(mask)
            for start in range(0, index.size, BLOCK):
                block = index[start : start + BLOCK]
                least[block] = self.take(block).first_met(margins)
        return least

    def first_met(self, margins: Callable[[Cases, Floats], Floats]) -> Floats:
        """The least n with a margin of 0 or more, shape (cases,); an error where even `lines` agents fall short."""
        every = self.rate.size
        guess, rise = self.guess()
        least = first_met(lambda n, i: margins(self if i.size == every else self.take(i), n), guess, rise, self.lines)
        most = least == self.lines
        if most.any() and np.any(margins(self.take(most), least[most]) < 0):
            raise InvalidValue("lines", float(self.lines[most][0]), "give more: the goal is missed with all staffed")
        return least

    def guess(self) -> tuple[Floats, Floats]:
        """Where to look first and how fast the margin rises there, from the normal approximation, (cases,) each."""
        load = self.rate * self.handle
        root = np.sqrt(load)
        patience = np.clip(self.patience, 1e-3 * self.handle, 1e3 * self.handle)
        before, c = np.zeros(load.shape), np.full(load.shape, GUESS_BETA)
        margin_before = self._margin_large(patience, load + before * root)
        for _ in range(GUESS_SECANTS):
            margin = self._margin_large(patience, load + c * root)
            with np.errstate(divide="ignore", invalid="ignore"):
                slope = (margin - margin_before) / (c - before)
                step = margin / slope
            before, margin_before = c, margin
            c = np.clip(c - np.where(np.isfinite(step), step, 0.0), -root, 10.0)
        rise = np.where(slope > 0, slope, FIRST_SLOPE) / root
        return np.clip(np.ceil(load + c * root), 0.0, self.lines), rise

    def _margin_large(self, patience: Floats, agents: Floats) -> Floats:
        p = large_centre(self.rate, self.handle, patience, agents, self.within)
        answered = 1 - p.p_abandon
        values = {"p_wait": p.p_wait, "p_abandon": p.p_abandon}
        values |= dict.fromkeys(("asa", "mean_wait"), p.p_abandon * patience)
        if "service_level" in self.limits:
            values["service_level"] = service_level(self.definition, p.served_within, p.abandoned_within, answered)
        if "max_occupancy" in self.limits:
            values["max_occupancy"] = np.minimum(self.rate * self.handle * answered / np.maximum(agents, 1e-9), 1.0)
        return self._tightest(values)

    def margins(self, agents: Floats) -> Floats:
        """How far each case is from its tightest limit, about linear in the agents; 0 or more meets the goal."""
        queue = ImpatientQueue(self.rate, self.handle, self.patience, agents)
        values: dict[str, Floats] = {"p_abandon": queue.p_abandon, "p_wait": queue.p_wait}
        if "service_level" in self.limits:
            beyond, g = queue.still(self.within)
            gone = np.maximum(queue.p_abandon - beyond * g, 0.0)
            served = np.maximum(1 - beyond - gone, 0.0)
            values["service_level"] = service_level(self.definition, served, gone, 1 - queue.p_abandon)
        if "mean_wait" in self.limits:
            values["mean_wait"] = queue.p_abandon * self.patience
        if "asa" in self.limits:
            values["asa"] = queue.mean_waits()[0]
        if "max_occupancy" in self.limits:
            values["max_occupancy"] = queue.occupancy
        return self._tightest(values)

    def margins_with_lines(self, agents: Floats) -> Floats:
        """The same where lines are limited."""
        p = erlang_a(self.rate, self.handle, self.patience, agents, self.within, self.lines)
        values = {
            "service_level": p.service_level(self.definition),
            "asa": p.wait_served,
            "mean_wait": p.wait_all,
            "p_abandon": p.p_abandon,
            "p_wait": p.p_wait,
            "max_occupancy": p.occupancy,
        }
        return self._tightest(values)

    def _tightest(self, values: dict[str, Floats]) -> Floats:
        margin = np.full(self.rate.shape, np.inf)
        for name, limit in self.limits.items():
            value = values[name]
            with np.errstate(divide="ignore", invalid="ignore"):
                if name == "service_level":
                    distance = np.log(value * (1 - limit) / ((1 - value) * limit))
                else:
                    distance = np.log(limit / value)
            # at the limit itself rounding must not decide; NaN means that nobody was answered or that nobody works
            met = value >= limit if name == "service_level" else value <= limit
            distance = np.where(met, np.fmax(distance, 0.0), np.fmin(distance, -1e-300))
            margin = np.minimum(margin, np.where(np.isnan(value), -np.inf, distance))
        return margin


def first_met(
    margins: Callable[[Floats, NDArray[np.intp]], Floats], guess: Floats, rise: Floats, most: Floats
) -> Floats:
    """The least whole n from 0 to `most` with a margin of at least 0, by bracketed secants, all cases at once.

    Parameters
    ----------
    margins
        Margins for some n, of the cases at some indices; rising in n.
    guess
        Where to look first, shape (cases,).
    rise
        About how much the margin rises with each agent there, shape (cases,).
    most
        The largest n allowed (inf for none); found, too, where even it is not enough.
    """
    low, high = np.full(guess.shape, -1.0), most.copy()  # low fails, high meets
    probe = np.clip(guess, 0.0, most)
    last_n, last_margin = np.full(guess.shape, np.nan), np.full(guess.shape, np.nan)
    active = np.arange(guess.size)
    for turn in range(MOST_TURNS):
        n = probe[active]
        margin = margins(n, active)
        met = margin >= 0
        high[active[met]], low[active[~met]] = n[met], n[~met]
        with np.errstate(invalid="ignore", divide="ignore"):
            secant = (margin - last_margin[active]) / (n - last_n[active])
            root = np.ceil(n - margin / np.where(secant > 0, secant, rise[active]))
        last_n[active], last_margin[active] = n, margin
        below, above_ = low[active], high[active]
        middle = np.where(np.isinf(above_), 2 * below + 2, np.floor((below + above_) / 2))
        wanted = np.where(np.isfinite(root) & (turn < SECANT_TURNS), root, middle)
        probe[active] = np.clip(wanted, below + 1, np.maximum(above_ - 1, below + 1))
        active = active[above_ - below > 1]
        if not active.size:
            break
    return high
