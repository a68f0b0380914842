"""From records to a scenario: volumes, handle times, patience, redials, staffing and the variation of days."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.calibration.fitting import FEWEST, Fit, fits, quantiles
from models.calibration.handle_profile import HandleFactors, handle_factors
from models.calibration.presence import CAVEAT, GAP, NO_AGENTS, presence, staffing
from models.calibration.redials import WITHIN, Redials, is_redial, redials
from models.calibration.survival import Completed, Survival, completed, exponential_patience, kaplan_meier
from models.calibration.transfers import Transfer, is_transfer, transfers
from models.calibration.variation import DayVariation, day_variation
from scenarios.contact_log.records import Flags, Records
from scenarios.contact_types import CHANNELS
from scenarios.distributions import Distribution, Empirical
from scenarios.errors import InvalidValue
from scenarios.horizon import Horizon

Floats = NDArray[np.float64]

FEWEST_LEFT = 50
"""A type from which fewer customers left borrows the patience of its pool."""
BALKED = 1.0
"""Who left within this many seconds never meant to wait."""


@dataclass(frozen=True)
class HandleTime:
    """Handle times of a type, wrap-up aside."""

    observed: Empirical
    fits: tuple[Fit, ...]
    """Families by likelihood, the best first; none where there are too few times."""
    mean: float
    cv: float
    count: int
    of: str
    """Whose times they are: the type's, or its pool's where the type has too few."""

    @property
    def fitted(self) -> Distribution:
        """The best family, its mean brought to the observed mean, for the load must be right whatever the shape."""
        if not self.fits:
            return self.observed
        best = self.fits[0].distribution
        return best.scaled(self.mean / best.mean)


@dataclass(frozen=True)
class Patience:
    """How long customers wait before they leave, those who were answered rightly counted."""

    survival: Survival
    completed: Completed
    mean_if_exponential: float
    """Seconds: all waiting over the number who left."""
    error: float
    """Its standard error."""
    abandons: int
    of: str
    """Whose waits they are: the type's, or its pool's where too few left."""


@dataclass(frozen=True)
class TypeCalibration:
    """What the records say of one contact type."""

    name: str
    channel: str
    pool: str
    offered: int
    answered: int
    handle_time: HandleTime
    wrap_up: Empirical | None
    patience: Patience | None
    """None for deferred work, or if nobody left."""
    balking: float | None
    """The share who leave at once when not answered at once; None where the log hides them."""
    redials: Redials | None
    variation: DayVariation
    handle_factors: HandleFactors | None
    """How handle times differ by time of day and weekday of queue entry; None where none is known."""

    @property
    def work(self) -> str:
        """The kind of work of its channel; live for a channel of one's own."""
        return CHANNELS.get(self.channel, "live")


@dataclass(frozen=True)
class Calibration:
    """What the records say of a centre; arrays have shape (types, intervals) unless said otherwise."""

    horizon: Horizon
    types: tuple[TypeCalibration, ...]
    pools: dict[str, tuple[str, ...]]
    variation: DayVariation
    """Of all contacts together."""
    caveats: tuple[str, ...]
    volumes: NDArray[np.int64] = field(repr=False)
    """Contacts by the interval of their queue entry."""
    redialled: NDArray[np.int64] = field(repr=False)
    """Those of them that follow an abandoned one of the same customer."""
    weekday_means: Floats = field(repr=False)
    """Mean contacts by weekday (Monday is 0), shape (types, 7, intervals a day); NaN for weekdays not seen."""
    present: dict[str, Floats] = field(repr=False)
    """Mean agents on duty by pool and interval, guessed from services."""
    staffing: dict[str, NDArray[np.int64]] = field(repr=False)
    """The same as whole agents."""
    transfers: tuple[Transfer, ...] = ()
    """What became of answered contacts that were passed on; none where the log does not join its records."""
    transferred: NDArray[np.int64] | None = field(default=None, repr=False)
    """Contacts that were passed on from another, by the interval of their queue entry."""

    def type(self, name: str) -> TypeCalibration:
        """The calibration of one type.

        Raises
        ------
        InvalidValue
            If there is no such type.
        """
        for contact_type in self.types:
            if contact_type.name == name:
                return contact_type
        raise InvalidValue(
            "contact type", name, f"known are {', '.join(contact_type.name for contact_type in self.types)}"
        )


def calibrate(
    records: Records, interval: float = 1800.0, gap: float = GAP, redial_within: float = WITHIN
) -> Calibration:
    """What records say of a centre, every estimate with what it rests on.

    Parameters
    ----------
    records
        A cleaned contact log.
    interval
        Seconds per interval.
    gap
        Seconds between services after which an agent is taken to have left.
    redial_within
        Seconds after leaving within which the same customer's next contact is a redial.

    Raises
    ------
    InvalidValue
        If the records hold no believable service.

    Examples
    --------
    >>> from scenarios.contact_log.mapping import BANK
    >>> from scenarios.contact_log.records import read_records
    >>> from scenarios.sample import SAMPLE_LOG
    >>> found = calibrate(read_records(SAMPLE_LOG, BANK))
    >>> found.type("PS").handle_time.fits[0].family
    'lognormal'
    """
    horizon = records.horizon(interval)
    redialled = is_redial(records, redial_within)
    volumes = _counts(records, np.ones(len(records), dtype=bool), horizon)
    pool_of = {name: pool for pool, types in records.pools.items() for name in types}
    weekdays = (horizon.start.weekday() + np.arange(horizon.days)) % 7
    by_day = volumes.reshape(len(records.types), horizon.days, -1).sum(axis=2)
    return Calibration(
        horizon=horizon,
        types=tuple(
            _of_type(records, name, pool_of[name], redial_within, day_variation(by_day[at], weekdays), horizon)
            for at, name in enumerate(records.types)
        ),
        pools=records.pools,
        variation=day_variation(by_day.sum(axis=0), weekdays),
        caveats=_caveats(records, gap),
        volumes=volumes,
        redialled=_counts(records, redialled, horizon),
        weekday_means=_weekday_means(volumes, weekdays),
        present=presence(records, horizon, gap),
        staffing=staffing(records, horizon, gap),
        transfers=transfers(records),
        transferred=_counts(records, is_transfer(records), horizon),
    )


def _counts(records: Records, which: Flags, horizon: Horizon) -> NDArray[np.int64]:
    shape = (len(records.types), horizon.intervals)
    interval = (records.queue[which] // horizon.interval).astype(np.int64)
    flat = records.type[which] * horizon.intervals + interval
    return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)


def _weekday_means(volumes: NDArray[np.int64], weekdays: NDArray[np.int64]) -> Floats:
    by_day = volumes.reshape(len(volumes), len(weekdays), -1)
    means = np.full((len(volumes), 7, by_day.shape[2]), np.nan)
    for weekday in np.unique(weekdays):
        means[:, weekday] = by_day[:, weekdays == weekday].mean(axis=1)
    return means


def _of_type(
    records: Records, name: str, pool: str, redial_within: float, variation: DayVariation, horizon: Horizon
) -> TypeCalibration:
    own, shared = (records.select(records.of_types(names)) for names in ((name,), records.pools[pool]))
    channel = records.channels[records.types.index(name)]
    connected = CHANNELS.get(channel, "live") != "deferred"
    wrap_up = own.wrap_up[np.isfinite(own.wrap_up) & (own.wrap_up >= 0)]
    handle_time = _handle_time(own, shared, records, name, pool)
    return TypeCalibration(
        name=name,
        channel=channel,
        pool=pool,
        offered=len(own),
        answered=int(own.answered.sum()),
        handle_time=handle_time,
        wrap_up=quantiles(wrap_up) if len(wrap_up) else None,
        patience=_patience(own, shared, name, pool) if connected else None,
        balking=_balking(own) if connected else 0.0,
        redials=redials(own, redial_within),
        variation=variation,
        handle_factors=_handle_factors(own, horizon, handle_time.cv),
    )


def _handle_factors(own: Records, horizon: Horizon, cv: float) -> HandleFactors | None:
    """How handle times of a type, wrap-up included, differ by interval of the day and weekday of queue entry."""
    known = np.isfinite(own.handle)
    interval = (own.queue[known] // horizon.interval).astype(np.int64)
    work = own.handle[known] + np.nan_to_num(own.wrap_up[known])
    contacts = np.bincount(interval, minlength=horizon.intervals)
    sums = np.bincount(interval, work, minlength=horizon.intervals)
    aht = np.divide(sums, contacts, out=np.full(horizon.intervals, np.nan), where=contacts > 0)
    day, slot = np.divmod(np.arange(horizon.intervals), horizon.intervals_per_day)
    weekdays = horizon.weekday_of_interval[:: horizon.intervals_per_day]
    return handle_factors(day, slot, aht, contacts.astype(float), weekdays, horizon.intervals_per_day, cv**2)


def _handle_time(own: Records, shared: Records, everyone: Records, name: str, pool: str) -> HandleTime:
    sources = ((own, name), (shared, pool), (everyone, "all types"))
    candidates = [(source.handle[np.isfinite(source.handle)], of) for source, of in sources]
    times, of = next((candidate for candidate in candidates if len(candidate[0]) >= FEWEST), candidates[-1])
    if not len(times):
        raise InvalidValue("handle time", "no believable service", "check the mapping's handle columns and limits")
    positive = times[times > 0]
    varied = len(positive) >= FEWEST and positive.min() < positive.max()
    mean = float(times.mean())
    return HandleTime(
        observed=quantiles(times),
        fits=fits(positive) if varied else (),
        mean=mean,
        cv=float(times.std(ddof=1)) / mean if len(times) > 1 and mean else 0.0,
        count=len(times),
        of=of,
    )


def _patience(own: Records, shared: Records, name: str, pool: str) -> Patience | None:
    left_own, left_shared = ((~source.answered & np.isfinite(source.wait)).sum() for source in (own, shared))
    few = left_own < FEWEST_LEFT <= left_shared
    source, of = (shared, pool) if few else (own, name)
    stayed = np.isfinite(source.wait)
    if source.mapping.keep_zero_waits:
        stayed &= ~_balked(source)
    waits, left = source.wait[stayed], ~source.answered[stayed]
    if not left.any():
        return None
    survival = kaplan_meier(waits, left)
    mean, error = exponential_patience(waits, left)
    return Patience(survival, completed(survival, waits), mean, error, int(left.sum()), of)


def _balked(records: Records) -> Flags:
    return ~records.answered & (records.wait <= BALKED)


def _balking(records: Records) -> float | None:
    """Those who left at once over all who were not answered at once."""
    if not records.mapping.keep_zero_waits:
        return None
    if not np.isfinite(records.wait[~records.answered]).any() and not records.answered.all():
        return None
    known = np.isfinite(records.wait)
    not_at_once = int((known & (~records.answered | (records.wait > BALKED))).sum())
    return int(_balked(records).sum()) / not_at_once if not_at_once else 0.0


def _caveats(records: Records, gap: float) -> tuple[str, ...]:
    caveats = [*records.mapping.caveats, *records.report.notes]
    if records.agents:
        caveats.append(CAVEAT.replace("15 min", f"{gap / 60:g} min"))
    else:
        caveats.append(NO_AGENTS)
    if both := _in_several_pools(records):
        caveats.append(f"{both} agents answered for several pools; their time is split between them by service time")
    if not (records.customer >= 0).any():
        caveats.append("customers cannot be told apart, so redials are counted as new contacts")
    elsewhere = "the volumes are those of contacts that queued; contacts that met a busy line are not in the log"
    return (*caveats, elsewhere)


def _in_several_pools(records: Records) -> int:
    """How many agents answered for more than one pool."""
    pools = list(records.pools.values())
    served = [set(records.agent[records.of_types(types) & (records.agent >= 0)].tolist()) for types in pools]
    everyone = set().union(*served)
    return sum(sum(agent in team for team in served) > 1 for agent in everyone)
