"""The compiled search for breaks: the breaks of one shift drawn from all that its rules allow, by what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from models.scheduling.options import Ints
from scenarios.errors import InvalidValue

if TYPE_CHECKING:
    from models.scheduling.breaks import BreakProblem

MOST_BREAKS = 64


def compiled(function: Any) -> Any:
    """The function compiled, and kept on disk where a folder for it can be written."""
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:
        return njit(nogil=True)(function)


@compiled
def _count(at_work, start, length, breaks, sizes, number, recovery, sign):  # type: ignore[no-untyped-def]
    """Add (1) or remove (-1) a shift with its breaks from the people at work."""
    period = at_work.size
    for place in range(length):
        at_work[(start + place) % period] += sign
    for at in range(number):
        for place in range(sizes[at] + recovery):
            at_work[(start + breaks[at] + place) % period] -= sign


@compiled
def _break_weights(costs, length, rules, options, temperature):  # type: ignore[no-untyped-def]
    """The weight exp(-cost / temperature) of a break of each length at each time, against the cheapest per interval."""
    min_work, recovery = rules[0], rules[7]
    least = 1e300
    for size in options:
        for at in range(min_work, length - min_work - size + 1):
            least = min(least, (costs[at + size + recovery] - costs[at]) / size)
    weights = np.zeros((options.size, length + 1))
    for number, size in enumerate(options):
        for at in range(min_work, length - min_work - size + 1):
            away = costs[at + size + recovery] - costs[at] - least * size
            weights[number, at] = np.exp(-away / temperature)
    return weights


@compiled
def _may_end(at, used, eaten, length, total, rules):  # type: ignore[no-untyped-def]
    """Whether a shift may be worked to its end without another break."""
    return used == total and (eaten == 1 or rules[4] == 0) and length - at <= rules[1]


@compiled
def _may_begin(size, at, used, long, length, total, rules):  # type: ignore[no-untyped-def]
    """Whether a break may begin, after a stretch of work that was long (1) or not (0)."""
    return used + size <= total and at + size <= length - rules[0] and (long == 0 or size >= rules[3])


@compiled
def _is_lunch(size, at, rules):  # type: ignore[no-untyped-def]
    """Whether a break is lunch by its length and time."""
    return size == rules[4] and at >= rules[5] and at + size <= rules[6]


@compiled
def _continuations(weights, length, total, rules, options, step):  # type: ignore[no-untyped-def]
    """The summed weight of all that may follow, backwards over the shift, for each state.

    Of one who works: time, break time so far, whether lunch is taken. Of one whose break begins: also whether the
    stretch of work before it was long.
    """
    min_work, max_work, long_work = rules[0], rules[1], rules[2]
    working = np.zeros((length + 1, total + 1, 2))
    pausing = np.zeros((length + 1, total + 1, 2, 2))
    for at in range(length - min_work, -1, -1):
        for used in range(0, total + 1, step):
            for eaten in range(2):
                for long in range(2):
                    value = 0.0
                    for number in range(options.size):
                        size = options[number]
                        if _may_begin(size, at, used, long, length, total, rules):
                            after = 1 if _is_lunch(size, at, rules) else eaten
                            value += weights[number, at] * working[at + size, used + size, after]
                    pausing[at, used, eaten, long] = value
                value = 1.0 if _may_end(at, used, eaten, length, total, rules) else 0.0
                for work in range(min_work, max_work + 1):
                    if at + work > length - min_work:
                        break
                    value += pausing[at + work, used, eaten, 1 if work > long_work else 0]
                working[at, used, eaten] = value
    return working, pausing


@compiled
def _draw_work(left, at, used, eaten, pausing, length, rules):  # type: ignore[no-untyped-def]
    """When the next break begins, -1 if never, and whether the work before it was long."""
    min_work, max_work, long_work = rules[0], rules[1], rules[2]
    begin, long = -1, 0
    for work in range(min_work, max_work + 1):
        if at + work > length - min_work:
            break
        flag = 1 if work > long_work else 0
        value = pausing[at + work, used, eaten, flag]
        if value > 0.0:
            begin, long = at + work, flag
            left -= value
            if left <= 0.0:
                break
    return begin, long


@compiled
def _draw_option(begin, used, eaten, long, weights, working, pausing, length, total, rules, options):  # type: ignore[no-untyped-def]
    """Which of the lengths a break has that begins now, -1 if none."""
    left = np.random.random() * pausing[begin, used, eaten, long]
    chosen = -1
    for number in range(options.size):
        size = options[number]
        if _may_begin(size, begin, used, long, length, total, rules):
            after = 1 if _is_lunch(size, begin, rules) else eaten
            value = weights[number, begin] * working[begin + size, used + size, after]
            if value > 0.0:
                chosen = number
                left -= value
                if left <= 0.0:
                    break
    return chosen


@compiled
def _draw(costs, length, total, rules, options, step, temperature, breaks, sizes):  # type: ignore[no-untyped-def]
    """Breaks of a shift drawn with chances exp(-cost / temperature); the number of breaks, -1 if none keep the rules.

    `costs` are sums up to each interval of what it costs that the person is away.
    """
    weights = _break_weights(costs, length, rules, options, temperature)
    working, pausing = _continuations(weights, length, total, rules, options, step)
    if not working[0, 0, 0] > 0.0:
        return -1
    at, used, eaten, count = 0, 0, 0, 0
    while True:
        left = np.random.random() * working[at, used, eaten]
        if _may_end(at, used, eaten, length, total, rules):
            left -= 1.0
            if left <= 0.0:
                return count
        begin, long = _draw_work(left, at, used, eaten, pausing, length, rules)
        if begin < 0:
            return -1
        chosen = _draw_option(begin, used, eaten, long, weights, working, pausing, length, total, rules, options)
        if chosen < 0:
            return -1
        size = options[chosen]
        breaks[count], sizes[count] = begin, size
        if _is_lunch(size, begin, rules):
            eaten = 1
        at, used, count = begin + size, used + size, count + 1


@compiled
def _sweeps(  # type: ignore[no-untyped-def]
    required,
    at_work,
    chosen,
    starts,
    lengths,
    totals,
    rules,
    options,
    step,
    breaks,
    sizes,
    numbers,
    sweeps,
    hot,
    cold,
    seed,
):
    """Draw the breaks of chosen shifts anew, colder and colder; ends when nothing is short or over."""
    np.random.seed(seed)
    period, recovery = required.size, rules[7]
    costs = np.zeros(lengths.max() + 2 + recovery)
    drawn, drawn_sizes = np.zeros(MOST_BREAKS, np.int64), np.zeros(MOST_BREAKS, np.int64)
    for sweep in range(sweeps):
        temperature = hot * (cold / hot) ** (sweep / max(sweeps - 1, 1))
        for turn in range(chosen.size):
            shift = chosen[turn] if sweeps == 1 else chosen[np.random.randint(chosen.size)]
            start, length = starts[shift], lengths[shift]
            _count(at_work, start, length, breaks[shift], sizes[shift], numbers[shift], recovery, -1)
            for place in range(length + recovery):
                over = at_work[(start + place) % period] - required[(start + place) % period]
                costs[place + 1] = costs[place] + over * over - (over + 1) * (over + 1)
            number = _draw(costs, length, totals[shift], rules, options, step, temperature, drawn, drawn_sizes)
            if number >= 0:
                breaks[shift, :number], sizes[shift, :number] = drawn[:number], drawn_sizes[:number]
                numbers[shift] = number
            _count(at_work, start, length, breaks[shift], sizes[shift], numbers[shift], recovery, 1)
        if np.all(at_work == required):
            return


class BreakSearch:
    """Breaks of all shifts, and the people at work with them."""

    def __init__(self, problem: BreakProblem, options: Ints, step: int, seed: int) -> None:
        self.problem, self._options, self._step, self._seed = problem, options.astype(np.int64), step, seed
        rules = problem.rules
        self._rules = (
            *(rules.min_work, rules.max_work, rules.long_work, rules.min_long_break),
            *(rules.lunch, rules.lunch_earliest, rules.lunch_latest_end, rules.recovery),
        )
        count = len(problem.starts)
        self._breaks = np.zeros((count, MOST_BREAKS), dtype=np.int64)
        self._sizes = np.zeros((count, MOST_BREAKS), dtype=np.int64)
        self._numbers = np.zeros(count, dtype=np.int64)
        self.at_work = np.zeros(len(problem.required), dtype=np.int64)
        for start, length in zip(problem.starts.tolist(), problem.lengths.tolist(), strict=True):
            np.add.at(self.at_work, np.arange(start, start + length) % len(self.at_work), 1)

    def place(self) -> None:
        """Give every shift its first breaks.

        Raises
        ------
        InvalidValue
            If a shift has none that keep the rules.
        """
        self._draw(np.arange(len(self.problem.starts)), 1, 1.0)
        empty = np.flatnonzero((self._numbers == 0) & (self.problem.break_times > 0))
        if empty.size:
            shift = int(empty[0])
            raise InvalidValue(
                f"break time of shift {shift + 1}",
                int(self.problem.break_times[shift]),
                "no breaks of this time keep the rules; change the break time, or the periods of work",
            )

    def anneal(self, days: Ints, sweeps: int) -> None:
        """Search anew for the shifts that begin on some days; what has become worse is undone."""
        from models.scheduling.breaks import HOT

        chosen = np.flatnonzero(np.isin(self.problem.starts // self.problem.per_day, days))
        kept = self._breaks.copy(), self._sizes.copy(), self._numbers.copy(), self.at_work.copy()
        before = self._violation()
        self._draw(chosen, sweeps, HOT)
        if self._violation() > before:
            self._breaks, self._sizes, self._numbers, self.at_work = kept

    def violated_days(self) -> Ints:
        """The days on which shifts begin that meet an interval with people short or over."""
        period = len(self.at_work)
        wrong = np.concatenate([[0], np.cumsum(np.tile(self.at_work != self.problem.required, 2))])
        starts = self.problem.starts % period
        touched = wrong[starts + self.problem.lengths] > wrong[starts]
        return np.unique(self.problem.starts[touched] // self.problem.per_day)

    def breaks(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """The breaks of each shift as (start, length)."""
        return tuple(
            tuple(zip(starts[:number].tolist(), sizes[:number].tolist(), strict=True))
            for starts, sizes, number in zip(self._breaks, self._sizes, self._numbers.tolist(), strict=True)
        )

    def _violation(self) -> float:
        rules, difference = self.problem.rules, self.at_work - self.problem.required
        short, over = np.maximum(-difference, 0).sum(), np.maximum(difference, 0).sum()
        return float(rules.short_weight * short + rules.over_weight * over)

    def _draw(self, chosen: Ints, sweeps: int, hot: float) -> None:
        from models.scheduling.breaks import COLD

        problem = self.problem
        self._seed += 1
        _sweeps(
            *(problem.required, self.at_work, chosen, problem.starts, problem.lengths, problem.break_times),
            *(self._rules, self._options, self._step, self._breaks, self._sizes, self._numbers),
            *(sweeps, hot, COLD, self._seed),
        )
