"""Replay setup: scenarios, arrival traces and inputs of formulas from the days of a contact log.

Arrivals, agents on shift and the average handle time are those of the days themselves, as in any back-test with actual
volumes, staffing and AHT. The spread of handle times, patience and not-ready time come from other days, so that nothing
is judged on the days that it was fitted to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from models.calibration.calibrate import Calibration, TypeCalibration, calibrate
from models.calibration.from_records import arrivals, to_scenario
from models.calibration.readiness import Readiness, readiness
from models.calibration.shared_agents import shared_groups
from models.calibration.survival import exponential_patience
from models.queueing.erlang import erlang_a, erlang_c
from models.queueing.performance import Performance
from scenarios.contact_log.records import Records
from scenarios.distributions import Empirical
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario
from studies.staffing_draws import varied_staffing

Floats = NDArray[np.float64]

IMPORTED = "Simulation, basic"
SHARED = "Simulation, shared agents"
READY = "Simulation + not-ready time"
ERLANG_C, ERLANG_A, ERLANG_A_READY = "Erlang C", "Erlang A", "Erlang A + not-ready time"
WHAT = {
    IMPORTED: "staffing by half-hour guessed from services; agents who serve several pools are split between them",
    SHARED: "agents who serve several pools are one group with both skills; staffing by 5 minutes",
    READY: "the same, and after each contact the not-ready time that agents take while customers wait",
    ERLANG_C: "stationary by interval, no abandonment; the agents of each pool by themselves",
    ERLANG_A: "stationary by interval, exponential patience; the agents of each pool by themselves",
    ERLANG_A_READY: "the same, the mean not-ready time added to the handle time",
}
"""What each model assumes."""

FINE = 300.0
"""Seconds of the intervals in which starts and ends of shifts are followed."""


@dataclass(frozen=True)
class Replay:
    """One scenario to be simulated with recorded arrivals."""

    model: str
    scenario: Scenario
    arrivals: tuple[Floats, ...] = field(repr=False)
    draw: int = 0
    """The draw of the staffing; each draw has random numbers of its own."""


@dataclass(frozen=True)
class Half:
    """Days to simulate, with the spread of handle times, patience and not-ready time estimated on other days."""

    records: Records
    calibration: Calibration
    """Volumes, staffing and average handle times of these days, all else of other days."""
    readiness: Mapping[str, Readiness]
    patience: Mapping[str, float]
    """Mean exponential patience by pool (s), infinite where nobody abandoned."""


def halves(records: Records, interval: float, held_out: bool, actual_aht: bool = True) -> tuple[Half, ...]:
    """The days with an even and with an odd number, each judged by the other; all days at once if nothing is held out.

    Raises
    ------
    InvalidValue
        If half of the days is to be held out, and there are contacts on one half only.
    """
    if not held_out:
        return (half(records, records, interval, actual_aht),)
    even, odd = (records.select(records.day % 2 == part) for part in (0, 1))
    if not (len(even) and len(odd)):
        raise InvalidValue("held_out", True, "a log of a single day cannot be held out; switch it off")
    return half(even, odd, interval, actual_aht), half(odd, even, interval, actual_aht)


def half(replayed: Records, calibration_days: Records, interval: float, actual_aht: bool = True) -> Half:
    """Days to simulate, all but their volumes, staffing and (if wanted) average handle times estimated on others.

    Raises
    ------
    InvalidValue
        If the other days lack a contact type.
    """
    if missing := sorted(set(replayed.types) - set(calibration_days.types)):
        raise InvalidValue("calibrate_on", missing[0], "the other log has no such contact type; give one that has")
    own, calibration = calibrate(replayed, interval), calibrate(calibration_days, interval)
    factors = _aht_factors(replayed, calibration) if actual_aht else dict.fromkeys(replayed.pools, 1.0)
    types = tuple(_scaled(calibration.type(own_type.name), factors[own_type.pool]) for own_type in own.types)
    pools = {pool: calibration_days.select(calibration_days.of_types(names)) for pool, names in replayed.pools.items()}
    patience = {
        pool: exponential_patience(timed.wait, ~timed.answered)[0] if (~timed.answered).any() else np.inf
        for pool, timed in ((pool, records.select(np.isfinite(records.wait))) for pool, records in pools.items())
    }
    return Half(replayed, replace(own, types=types), readiness(calibration_days), patience)


def _aht_factors(replayed: Records, calibration: Calibration) -> dict[str, float]:
    """By pool: the mean handle time of the simulated days over that of the same contacts on the other days."""
    expected = np.array([calibration.type(name).handle_time.mean for name in replayed.types])
    factors = {}
    for pool, names in replayed.pools.items():
        known = replayed.of_types(names) & np.isfinite(replayed.handle)
        total = expected[replayed.type[known]].sum()
        factors[pool] = float(replayed.handle[known].sum() / total) if total > 0 and known.any() else 1.0
    return factors


def _scaled(contact_type: TypeCalibration, factor: float) -> TypeCalibration:
    """The type with all handle times multiplied."""
    if factor <= 0 or factor == 1:
        return contact_type
    times = contact_type.handle_time
    values = tuple(value * factor for value in times.observed.values)
    longer = replace(times, observed=Empirical(values=values, weights=times.observed.weights), mean=times.mean * factor)
    return replace(contact_type, handle_time=longer)


def replays(half: Half, within: float, draws: int = 1) -> list[Replay]:
    """The simulations of some days, from the plainest; fewer where the log names no agents.

    Each is there once for each draw of the staffing; with a single draw the staffing is as guessed.
    """
    imported = to_scenario(half.calibration, "those-days", within=within, handle_profile=False)
    tape = tuple(arrivals(half.records, imported.type_names))
    models = {IMPORTED: imported}
    if half.records.agents:
        models[SHARED] = _shared(imported, half.records)
        if set(half.readiness) >= set(half.records.pools):
            models[READY] = _ready(models[SHARED], half)
    return [
        Replay(model, varied_staffing(scenario, draw) if draws > 1 else scenario, tape, draw)
        for model, scenario in models.items()
        for draw in range(draws)
    ]


def _shared(scenario: Scenario, records: Records) -> Scenario:
    """The scenario in short intervals, its agents grouped by the pools that they serve."""
    horizon = records.horizon(min(FINE, scenario.horizon.interval))
    parts = horizon.intervals // scenario.horizon.intervals
    types = [
        contact_type.model_copy(
            update={"volume": contact_type.volume.model_copy(update={"per_interval": _finer(volume, parts)})}
        )
        for contact_type, volume in zip(scenario.contact_types, scenario.expected, strict=True)
    ]
    groups = [group.plain() for group in shared_groups(records, horizon)]
    return scenario.replace(horizon=horizon, contact_types=types, agent_groups=groups, origins={})


def _finer(volume: Floats, parts: int) -> tuple[float, ...]:
    """Each interval's contacts spread evenly over its parts."""
    return tuple((np.repeat(volume, parts) / parts).tolist())


def _ready(scenario: Scenario, half: Half) -> Scenario:
    """The scenario with the not-ready time as wrap-up after each contact."""
    pool_of = {name: pool for pool, types in half.records.pools.items() for name in types}
    distributions = {name: half.readiness[pool].distribution for name, pool in pool_of.items()}
    return scenario.map_types(lambda contact_type: {"wrap_up": distributions[contact_type.name]})


# -- formulas --------------------------------------------------------------------------------------------------------


def formulas(half: Half, pool: str, within: float) -> dict[str, Performance]:
    """The results of formulas for a pool in each interval, arrays of shape (intervals,)."""
    calibration = half.calibration
    members = [(at, contact_type) for at, contact_type in enumerate(calibration.types) if contact_type.pool == pool]
    volumes = np.stack([calibration.volumes[at] for at, _ in members]).astype(float)
    offered = volumes.sum(axis=0)
    rate, agents, patience = offered / calibration.horizon.interval, calibration.present[pool], half.patience[pool]
    talk, wrap_up = (
        _mean(volumes, of) for of in zip(*(_means(contact_type) for _, contact_type in members), strict=True)
    )
    performances = {
        ERLANG_C: erlang_c(rate, talk + wrap_up, agents, within),
        ERLANG_A: erlang_a(rate, talk + wrap_up, patience, agents, within),
    }
    if pool in half.readiness:
        performances[ERLANG_A_READY] = erlang_a(rate, talk + half.readiness[pool].mean, patience, agents, within)
    return performances


def _means(contact_type: TypeCalibration) -> tuple[float, float]:
    """Mean handle time and wrap-up of a type (s)."""
    return contact_type.handle_time.mean, contact_type.wrap_up.mean if contact_type.wrap_up is not None else 0.0


def _mean(volumes: Floats, of: Sequence[float]) -> Floats:
    """The mean over the contacts of each interval, over all contacts where an interval has none."""
    weights = np.where(volumes.sum(axis=0) > 0, volumes, volumes.sum(axis=1, keepdims=True))
    return np.asarray(np.average(np.broadcast_to(np.array(of)[:, None], volumes.shape), axis=0, weights=weights))
