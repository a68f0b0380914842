"""How a scenario is tried out: replications, seed, engine, precision, progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import Cancelled, InvalidValue
from scenarios.scenario import Scenario
from simulator.executors import Executor, Serial
from simulator.logs import Logs
from simulator.results import Results
from simulator.tallies import Tallies, tally
from simulator.tape import draw_tape

Engine = Literal["simpy"]
Progress = Callable[[int, int], None]
Arrivals = Sequence[NDArray[np.float64]]

MOST_REPLICATIONS = 100_000
SMALLEST_BATCH = 10


def simulate(
    scenario: Scenario,
    replications: int = 100,
    seed: int = 1,
    *,
    engine: Engine = "simpy",
    precision: float | None = None,
    arrivals: Arrivals | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Results:
    """The results of a scenario.

    Parameters
    ----------
    scenario
        What is given.
    replications
        How many times the horizon is played; with `precision`, the most.
    seed
        Equal seeds give equal tapes, so that scenarios can be compared contact by contact.
    engine
        Which engine plays the tapes; the findings do not depend on it.
    precision
        Go on until the interval of every target has at most this half-width (as a share: 0.01 is one point).
    arrivals
        Recorded arrival times of each type, in seconds, instead of drawn ones.
    executor
        Where replications are played; by default here, one after another. The findings do not depend on it.
    progress
        Called with the replications done and wanted.
    cancelled
        Asked between replications.

    Raises
    ------
    InvalidValue
        For fewer than one or too many replications, or a precision that is not positive.
    Cancelled
        If `cancelled` said so.

    Examples
    --------
    >>> from scenarios.scenario import scenario_from
    >>> desk = scenario_from({"name": "desk", "agent_groups": [{"name": "a", "skills": ["calls"], "staffing": 3}],
    ...     "contact_types": [{"name": "calls", "channel": "phone", "volume": {"per_hour": 20},
    ...                        "handle_time": {"mean": "5 min"}}]})
    >>> results = simulate(desk, replications=4)
    >>> results.replications, bool(results.estimate("asa").value[0] > 0)
    (4, True)
    """
    _check(replications, precision)
    done: list[Tallies] = []
    wanted = replications if precision is None else min(replications, SMALLEST_BATCH)
    run = partial(_one, scenario, seed, engine, arrivals)
    while True:
        for one in (executor or Serial()).map(run, range(len(done), wanted)):
            done.append(one)
            if progress:
                progress(len(done), replications)
            if cancelled and cancelled() and len(done) < replications:
                raise Cancelled(len(done), replications)
        results = Results.of(scenario, seed, engine, done)
        if precision is None or wanted >= replications or _precise(results, precision):
            return results
        wanted = min(replications, 2 * wanted)


def play(
    scenario: Scenario,
    seed: int = 1,
    replication: int = 0,
    engine: Engine = "simpy",
    *,
    arrivals: Arrivals | None = None,
) -> Logs:
    """The logs of one replication."""
    from simulator import centre

    return centre.play(scenario, draw_tape(scenario, seed, replication, arrivals=arrivals))


def _one(scenario: Scenario, seed: int, engine: Engine, arrivals: Arrivals | None, replication: int) -> Tallies:
    return tally(scenario, play(scenario, seed, replication, engine, arrivals=arrivals))


def _check(replications: int, precision: float | None) -> None:
    if not 1 <= replications <= MOST_REPLICATIONS:
        raise InvalidValue("replications", replications, f"choose 1 to {MOST_REPLICATIONS}")
    if precision is not None and not precision > 0:
        raise InvalidValue("precision", precision, "give a positive half-width, such as 0.01 for one point")


def _precise(results: Results, precision: float) -> bool:
    """Whether the interval of every target is narrow enough."""
    from simulator.targets import verdict

    rows = verdict(results)
    shares = rows[rows["measure"] != "asa"]
    return bool(((shares["high"] - shares["low"]) / 2 <= precision).all())
