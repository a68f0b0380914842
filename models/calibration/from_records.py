"""A calibration as a scenario, and records as a table and a tape: what a validation puts side by side."""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.calibration.calibrate import Calibration, TypeCalibration
from scenarios.contact_log.records import Records
from scenarios.distributions import Distribution, Empirical
from scenarios.errors import InvalidValue
from scenarios.horizon import Horizon
from scenarios.measures import COLUMNS, MEASURES
from scenarios.scenario import Scenario, scenario_from

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

OBSERVED = ("offered", "answered", "abandoned", "service_level", "abandonment", "asa", "mean_wait", "aht")
"""The measures that records can tell."""


def to_scenario(
    calibration: Calibration,
    name: str,
    *,
    share: float = 0.8,
    within: float = 20.0,
    handle: Literal["observed", "fitted"] = "observed",
    patience: Literal["observed", "exponential"] = "observed",
    redials: bool = False,
    transfers: bool = False,
    handle_profile: bool = True,
) -> Scenario:
    """The scenario that plays the very days of the records: their volumes interval by interval, their staffing.

    Parameters
    ----------
    calibration
        What the records say.
    name
        The name of the scenario.
    share, within
        The target of every connected type, to be edited: this share answered within these seconds.
    handle
        Handle times as observed, or from the best family.
    patience
        Patience by Kaplan and Meier, or the exponential one.
    redials
        Whether redials follow from a rule; they are then left out of the volume, so as not to count twice.
    transfers
        The same for contacts that were passed on by an agent.
    handle_profile
        Whether handle times differ by time of day and weekday, where those of the records do beyond chance.

    Raises
    ------
    InvalidScenario, InvalidValue
        If the records do not make a scenario, say because nobody was ever on duty.

    Examples
    --------
    >>> from models.calibration.calibrate import calibrate
    >>> from scenarios.contact_log.mapping import BANK
    >>> from scenarios.contact_log.records import read_records
    >>> from scenarios.sample import SAMPLE_LOG
    >>> records = read_records(SAMPLE_LOG, BANK)
    >>> scenario = to_scenario(calibrate(records), "sample")
    >>> float(scenario.expected.sum()) == len(records)
    True
    """
    horizon = calibration.horizon
    types = []
    for at, contact_type in enumerate(calibration.types):
        volume = calibration.volumes[at] - (calibration.redialled[at] if redials and contact_type.redials else 0)
        if transfers and calibration.transferred is not None:
            volume = volume - calibration.transferred[at]
        rules = (_redial_rule(contact_type) if redials else []) + (
            _transfer_rules(calibration, contact_type) if transfers else []
        )
        types.append(
            _plain_type(contact_type, handle, patience)
            | {"volume": {"per_interval": volume.tolist()}}
            | (_target(contact_type, share, within))
            | ({"follow_ups": rules} if rules else {})
            | (_handle_profile(contact_type) if handle_profile else {})
        )
    groups = [
        {"name": pool, "skills": list(names), "staffing": calibration.staffing[pool].tolist()}
        for pool, names in calibration.pools.items()
    ]
    return scenario_from(
        {
            "name": name,
            "description": "Read from a contact log. " + ". ".join(map(_sentence, calibration.caveats)) + ".",
            "horizon": horizon,
            "contact_types": types,
            "agent_groups": groups,
            "origins": _origins(calibration, transfers, handle_profile),
        }
    )


def _plain_type(contact_type: TypeCalibration, handle: str, patience: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": contact_type.name,
        "channel": contact_type.channel,
        "work": contact_type.work,
        "handle_time": _short(
            contact_type.handle_time.observed if handle == "observed" else contact_type.handle_time.fitted
        ),
    }
    if contact_type.wrap_up is not None:
        values["wrap_up"] = _short(contact_type.wrap_up)
    if contact_type.patience is not None:
        observed = _short(contact_type.patience.completed.distribution)
        mean = {"mean": round(contact_type.patience.mean_if_exponential, 1)}
        values |= {"patience": observed if patience == "observed" else mean, "balking": contact_type.balking or 0.0}
    return values


def _target(contact_type: TypeCalibration, share: float, within: float) -> dict[str, Any]:
    return {} if contact_type.work == "deferred" else {"target": {"share": share, "within": within}}


def profile_notes(calibration: Calibration) -> list[str]:
    """Which types have a handle-time profile in the scenario, and why, as lines of text."""
    return [
        f"{part.name}: {part.handle_factors.origin}, so the scenario has a handle-time profile"
        for part in calibration.types
        if part.handle_factors is not None and part.handle_factors.profile is not None
    ]


def _handle_profile(contact_type: TypeCalibration) -> dict[str, Any]:
    factors = contact_type.handle_factors
    return {} if factors is None or factors.profile is None else {"handle_profile": factors.profile}


def _redial_rule(contact_type: TypeCalibration) -> list[dict[str, Any]]:
    if contact_type.redials is None or contact_type.redials.delay is None:
        return []
    rule = {"after": "abandoned", "probability": contact_type.redials.probability, "as": contact_type.name}
    return [rule | {"delay": _short(contact_type.redials.delay)}]


def _transfer_rules(calibration: Calibration, contact_type: TypeCalibration) -> list[dict[str, Any]]:
    """Rules by which answered contacts of a type become others."""
    return [
        {"after": "answered", "probability": passed.probability, "as": passed.to}
        for passed in calibration.transfers
        if passed.origin == contact_type.name
    ]


def _short(distribution: Distribution) -> Distribution:
    """The same distribution in tenths of a second, as a person would want to read it."""
    if not isinstance(distribution, Empirical):
        return distribution
    weights = distribution.weights
    return Empirical(
        values=tuple(round(value, 1) for value in distribution.values),
        weights=None if weights is None else tuple(round(weight, 6) for weight in weights),
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _origins(calibration: Calibration, transfers: bool, handle_profile: bool) -> dict[str, str]:
    origins = {
        f"agent_groups.{pool}.staffing": "data: guessed from gaps between services, to be checked against rosters"
        for pool in calibration.pools
    }
    for at, contact_type in enumerate(calibration.types):
        path = f"contact_types.{contact_type.name}"
        handle = contact_type.handle_time
        origins[f"{path}.volume"] = f"data: {contact_type.offered} contacts of the log, by queue entry"
        if transfers and calibration.transferred is not None and (passed := int(calibration.transferred[at].sum())):
            origins[f"{path}.volume"] += f", less {passed} that were transferred to it and follow from a rule"
        origins[f"{path}.handle_time"] = f"data: {handle.count} services of {handle.of}"
        origins[f"{path}.target"] = "assumption: a usual target, edit it"
        if handle_profile and contact_type.handle_factors is not None and _handle_profile(contact_type):
            origins[f"{path}.handle_profile"] = f"data: {contact_type.handle_factors.origin}"
        if contact_type.patience is not None:
            seen = contact_type.patience
            origins[f"{path}.patience"] = (
                f"data: Kaplan-Meier over {seen.abandons} abandons of {seen.of}, exponential beyond"
                f" {seen.completed.last:g} s ({seen.completed.beyond:.0%} of customers)"
            )
    return origins


def arrivals(records: Records, names: Sequence[str] | None = None) -> list[Floats]:
    r"""The queue entries of each type, rising, in seconds since the first midnight: the tape of those very days.

    Parameters
    ----------
    records
        A cleaned contact log.
    names
        The types in the order wanted, as in `Scenario.type_names`; without it, as in the records.

    Examples
    --------
    >>> from scenarios.contact_log.records import read_records
    >>> log = b"arrival,answer,end\n1970-01-01 00:00:05,1970-01-01 00:00:09,1970-01-01 00:01\n"
    >>> arrivals(read_records(log))
    [array([5.])]
    """
    return [np.sort(records.queue[records.of_types((name,))]) for name in (names or records.types)]


def observed(
    records: Records, horizon: Horizon, within: float | Lookup[str, float] = 20.0, scenario: str = ""
) -> pd.DataFrame:
    r"""What was observed, as rows in the columns of every table of findings, source ``records``.

    Parameters
    ----------
    records
        A cleaned contact log.
    horizon
        The days of the records, in any interval.
    within
        The target time in seconds, for all types or by name.
    scenario
        The name of the scenario beside which the rows will stand.

    Raises
    ------
    InvalidValue
        If the horizon is not that of the records.

    Examples
    --------
    >>> from scenarios.contact_log.records import read_records
    >>> log = b"arrival,answer,end\n1970-01-01 00:00:05,1970-01-01 00:00:09,1970-01-01 00:01\n"
    >>> records = read_records(log)
    >>> rows = observed(records, records.horizon())
    >>> rows.query("measure == 'asa' and by == 'total' and period == 'horizon'").value.item()
    4.0
    """
    import pandas as pd

    if (horizon.start, horizon.days) != (records.start, records.days):
        raise InvalidValue("horizon", f"{horizon.start}, {horizon.days} days", "use the days of the records")
    tallies = _tallies(records, horizon, within)
    parts = [
        _rows(tallies, members, horizon, period).assign(by=by, of=of, scenario=scenario)
        for by, of, members in _entities(records)
        for period in _PERIODS
    ]
    table = pd.concat(parts, ignore_index=True)
    return table[table["value"].notna()][list(COLUMNS)].reset_index(drop=True)


_KNOWN = {"aht": ("handled",), "asa": ("answered_after",), "mean_wait": ("waited",)}
"""What averages are over: contacts whose time is known."""
_PERIODS = ("horizon", "day", "interval")
_AHT_NOTE = "work with wrap-up / answered, over services of believable length"


def _entities(records: Records) -> list[tuple[str, str, list[int]]]:
    """What rows are about, with the types that belong to it: the total, each channel, each type."""
    every = list(range(len(records.types)))
    channels = dict.fromkeys(records.channels)
    return [
        ("total", "all", every),
        *(("channel", channel, [at for at in every if records.channels[at] == channel]) for channel in channels),
        *(("type", records.types[at], [at]) for at in every),
    ]


def _rows(tallies: dict[str, Floats], members: list[int], horizon: Horizon, period: str) -> pd.DataFrame:
    """Every measure of some types together in each period."""
    import pandas as pd

    size = {"horizon": horizon.intervals, "day": horizon.intervals_per_day, "interval": 1}[period]
    sums = {name: tally[members].sum(axis=0).reshape(-1, size).sum(axis=1) for name, tally in tallies.items()}
    starts = np.array(horizon.times[::size], dtype="datetime64[s]")
    return pd.DataFrame(
        {
            "source": "records",
            "measure": np.repeat(OBSERVED, len(starts)),
            "unit": np.repeat([MEASURES[name].unit for name in OBSERVED], len(starts)),
            "period": period,
            "start": np.tile(starts, len(OBSERVED)),
            "value": np.concatenate([_ratio(name, sums) for name in OBSERVED]),
            "low": np.nan,
            "high": np.nan,
            "replications": 1,
            "note": np.repeat([_AHT_NOTE if n == "aht" else MEASURES[n].definition for n in OBSERVED], len(starts)),
        }
    )


def _tallies(records: Records, horizon: Horizon, within: float | Lookup[str, float]) -> dict[str, Floats]:
    """Sums by type and interval of queue entry, each of shape (types, intervals)."""
    limits = [within if isinstance(within, int | float) else within[name] for name in records.types]
    answered = records.answered
    believable = np.isfinite(records.handle)
    waits = np.nan_to_num(records.wait)
    weights = {
        "offered": np.ones(len(records)),
        "answered": answered,
        "abandoned": ~answered,
        "in_time": answered & (records.wait <= np.asarray(limits, dtype=float)[records.type]),
        "wait_answered": np.where(answered, waits, 0.0),
        "wait_abandoned": np.where(answered, 0.0, waits),
        "answered_after": answered & np.isfinite(records.wait),
        "waited": np.isfinite(records.wait),
        "handle_time": np.where(believable, np.nan_to_num(records.handle) + np.nan_to_num(records.wrap_up), 0.0),
        "handled": believable,
    }
    shape = (len(records.types), horizon.intervals)
    cells = shape[0] * shape[1]
    at = records.type * shape[1] + (records.queue // horizon.interval).astype(np.int64)
    return {
        name: np.bincount(at, weights=weight, minlength=cells).reshape(shape).astype(float)
        for name, weight in weights.items()
    }


def _ratio(name: str, sums: dict[str, Floats]) -> Floats:
    """The measure in each period; NaN where nothing happened that could tell it."""
    measure = MEASURES[name]
    above = np.sum([sums[tally] for tally in measure.numerator], axis=0)
    if measure.is_count:
        return np.asarray(above, dtype=float)
    parts = _KNOWN.get(name, measure.denominator)
    below = np.sum([sums[tally] for tally in parts], axis=0)
    ratio = np.full(above.shape, np.nan)
    np.divide(above, below, out=ratio, where=below > 0)
    return ratio
