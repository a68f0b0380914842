"""Evaluation of plans by simulation: the same customers for each, nothing simulated twice.

A tape does not depend on the staffing (only absences do), so it is drawn once and simulated under every plan. The
evaluation of a plan is kept by its fingerprint and grows when more replications are needed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.evaluation import Evaluation, RatioSums
from scenarios.measures import CONTACT_TALLIES, GROUP_TALLIES, Measure, measure
from scenarios.requirements import constraints
from scenarios.scenario import Scenario
from scenarios.units import HOUR
from simulator.engines import Engine, can_start, refuse_if_missing
from simulator.executors import Executor, Serial, Threads
from simulator.measure.tallies import Tallies, tally
from simulator.size import refuse_too_large
from simulator.tape import Tape, absences, draw_tape, late_starts

Floats = NDArray[np.float64]
Draw = Callable[[Scenario, int, int], Tape]
Play = Callable[[Scenario, Tape], Tallies]
_Brief = tuple[list[RatioSums], float, float, Floats, float]
"""Of one replication: the sums of each constraint, shape (intervals,), cost, overrun, overtime pay, cost of bots."""

APART = 1_000_000
"""Replication numbers between one set of customers and the next."""
KEPT_TAPES = 256_000_000
"""Bytes of tapes that are kept; more are drawn again when they are needed."""
KEPT_EVALUATIONS = 400_000_000
BYTES_OF_A_CONTACT = 110


def evaluator(seed: int = 1, engine: Engine = "auto", executor: Executor | None = None) -> Evaluator:
    """An evaluator of plans: `evaluate(scenarios, replications, fresh=0)` gives the evaluation of each.

    Parameters
    ----------
    seed
        Equal seeds give equal customers.
    engine
        ``auto`` takes the compiled engine where numba is installed: a search plays enough to be worth its start.
    executor
        Where replications are played; threads for the compiled engine, one after another for SimPy.

    Raises
    ------
    MissingExtra, InvalidValue
        If the compiled engine is asked for and cannot be used.

    Examples
    --------
    >>> from scenarios.scenario import scenario_from
    >>> desk = scenario_from({"name": "desk", "agent_groups": [{"name": "a", "skills": ["calls"], "staffing": 3}],
    ...     "contact_types": [{"name": "calls", "channel": "phone", "volume": {"per_hour": 20},
    ...                        "handle_time": {"mean": "5 min"}, "target": {"share": 0.8, "within": 20}}]})
    >>> evaluate = evaluator(seed=1, engine="simpy")
    >>> three, four = evaluate([desk, desk.replace_group("a", staffing=4)], replications=2)
    >>> bool((three.counts[0].denominator == four.counts[0].denominator).all())  # the same customers
    True
    """
    if engine == "kernel":
        refuse_if_missing()
    chosen: Literal["kernel", "simpy"] = "kernel" if engine != "simpy" and can_start() else "simpy"
    return Evaluator(seed, chosen, executor or (Threads() if chosen == "kernel" else Serial()))


@dataclass(eq=False)
class Evaluator:
    """Simulates plans and keeps their evaluations; see `evaluator`."""

    seed: int
    engine: Literal["kernel", "simpy"]
    executor: Executor
    played: int = 0
    """Replications played so far."""
    _evaluations: OrderedDict[tuple[str, int], Evaluation] = field(default_factory=OrderedDict, repr=False)
    _tapes: dict[tuple[int, int], Tape] = field(default_factory=dict, repr=False)
    _room: float = KEPT_TAPES

    def __call__(self, scenarios: Sequence[Scenario], replications: int, fresh: int = 0) -> list[Evaluation]:
        """The evaluation of each scenario, in order; see `scenarios.evaluation.Evaluate`."""
        todo: list[tuple[Scenario, int]] = []
        for scenario in {s.fingerprint: s for s in scenarios}.values():
            known = self._evaluations.get((scenario.fingerprint, int(fresh)))
            have = known.replications if known is not None else 0
            todo += [(scenario, number) for number in range(have, replications)]
        if todo:
            refuse_too_large(todo[0][0])
            self._play(todo, int(fresh))
        evaluations = [self._evaluations[s.fingerprint, int(fresh)].first(replications) for s in scenarios]
        self._forget()
        return evaluations

    def _play(self, todo: list[tuple[Scenario, int]], fresh: int) -> None:
        draw, play = self._engine()
        keys = {s.fingerprint: _customers(s) for s, _ in todo}

        def run(job: int) -> _Brief:
            scenario, number = todo[job]
            tape = self._tape(draw, scenario, keys[scenario.fingerprint], number + APART * fresh)
            return _brief(scenario, play(scenario, tape))

        parts: dict[str, list[_Brief]] = {}
        for (scenario, _), brief in zip(todo, self.executor.map(run, range(len(todo))), strict=True):
            parts.setdefault(scenario.fingerprint, []).append(brief)
        for scenario in {s.fingerprint: s for s, _ in todo}.values():
            key = scenario.fingerprint, fresh
            self._evaluations[key] = _joined(scenario, self._evaluations.get(key), parts[scenario.fingerprint])
        self.played += len(todo)

    def _engine(self) -> tuple[Draw, Play]:
        if self.engine == "kernel":
            from simulator.kernel import engine as kernel

            return kernel.draw_tape, kernel.play_and_tally
        from simulator.reference import centre

        return draw_tape, lambda scenario, tape: tally(scenario, centre.play(scenario, tape))

    def _tape(self, draw: Draw, scenario: Scenario, customers: int, number: int) -> Tape:
        """The tape of a replication, with the absences and late starts among the agents of this staffing."""
        tape = self._tapes.get((customers, number))
        if tape is None:
            tape = draw(scenario, self.seed, number)
            size = BYTES_OF_A_CONTACT * len(tape.arrival) + 8 * tape.delays.size * (len(tape.keys) + 1)
            if self._room > size:
                self._room -= size
                self._tapes[customers, number] = tape
        absent, late = absences(scenario, self.seed, number), late_starts(scenario, self.seed, number, tape.grid)
        return replace(tape, absent=absent, late=late)

    def _forget(self) -> None:
        """Discard the oldest evaluations when they take too much memory."""
        size = sum(_size(evaluation) for evaluation in self._evaluations.values())
        while size > KEPT_EVALUATIONS and len(self._evaluations) > 1:
            size -= _size(self._evaluations.popitem(last=False)[1])


def _customers(scenario: Scenario) -> int:
    """A number that is equal for scenarios with equal tapes: arrivals do not depend on targets or staffing."""
    contact_types = [
        contact_type.model_dump_json(exclude={"target", "zones", "value", "priority"})
        for contact_type in scenario.contact_types
    ]
    return hash((scenario.horizon, *contact_types))


def _brief(scenario: Scenario, tallies: Tallies) -> _Brief:
    """The sums of one replication."""
    of_contacts = dict(zip(CONTACT_TALLIES, tallies.contacts, strict=True))
    of_groups = dict(zip(GROUP_TALLIES, tallies.groups, strict=True))
    counts = []
    for constraint in constraints(scenario):
        definition = measure(constraint.measure)
        names, sums = (
            (scenario.group_names, of_groups) if definition.of == "groups" else (scenario.type_names, of_contacts)
        )
        counts.append(_counted(definition, sums, names.index(constraint.of)))
    bots = float(of_contacts["bot_cost"].sum())
    money = of_groups["wages"].sum() + of_groups["overtime"].sum() + bots
    late = of_groups["overrun_time"]
    pay = np.array([group.hourly * group.overtime_factor / HOUR for group in scenario.agent_groups])
    return counts, float(money), float(late.sum()), pay @ late, bots


def _counted(definition: Measure, sums: dict[str, Floats], row: int) -> RatioSums:
    numerator = np.asarray(sum(sums[name][row] for name in definition.numerator))
    denominator = sum(sums[name][row] for name in definition.denominator) - sum(
        sums[name][row] for name in definition.minus
    )
    return RatioSums(numerator, np.asarray(denominator))


def _joined(scenario: Scenario, known: Evaluation | None, parts: list[_Brief]) -> Evaluation:
    counts = []
    for index in range(len(constraints(scenario))):
        numerator = np.array([counted[index].numerator for counted, *_ in parts])
        denominator = np.array([counted[index].denominator for counted, *_ in parts])
        if known is not None:
            numerator = np.concatenate((known.counts[index].numerator, numerator))
            denominator = np.concatenate((known.counts[index].denominator, denominator))
        counts.append(RatioSums(numerator, denominator))
    sums = [np.array([part[column] for part in parts]) for column in (1, 2, 3, 4)]
    if known is not None:
        before = known.cost, known.overrun, known.overtime, known.bot_cost
        sums = [np.concatenate(pair) for pair in zip(before, sums, strict=True)]
    return Evaluation(scenario, tuple(counts), *sums)


def _size(evaluation: Evaluation) -> int:
    return evaluation.overtime.nbytes + sum(c.numerator.nbytes + c.denominator.nbytes for c in evaluation.counts)
