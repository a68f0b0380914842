"""Wall clocks of a time zone, over its clock changes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone of this name, None if there is none."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return None


def wall(instants: Floats, zone: ZoneInfo) -> Floats:
    """The wall clock at instants given in seconds of UTC, as seconds since 1970-01-01 00:00 of that clock.

    Examples
    --------
    >>> summer = np.array([1774746000.0, 1774746000.0 - 1])  # 2026-03-29 01:00 UTC and a second before
    >>> wall(summer, ZoneInfo("Europe/Berlin")) - summer
    array([7200., 3600.])
    """
    import pandas as pd

    stamps = pd.DatetimeIndex(_stamps(instants)).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return _seconds(stamps.to_numpy())


def utc(clock: Floats, zone: ZoneInfo, not_before: Floats | None = None) -> Floats:
    """The instants, in seconds of UTC, at which the clock of a zone shows these times.

    An hour that the clock shows twice is taken to be the first, unless that lies before `not_before`. A time that the
    clock leaves out is counted on from before the change.

    Examples
    --------
    >>> shown = np.array([1792891800.0])  # 2026-10-25 01:30 on the clock, and again at 02:30 an hour before
    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> utc(shown + 3600, berlin) - shown, utc(shown + 3600, berlin, not_before=shown + 60) - shown
    (array([-3600.]), array([0.]))
    """
    first = _localised(clock, zone, summer=True)
    if not_before is None:
        return first
    with np.errstate(invalid="ignore"):
        return np.where(first < not_before, _localised(clock, zone, summer=False), first)


def _localised(clock: Floats, zone: ZoneInfo, summer: bool) -> Floats:
    import pandas as pd

    stamps = pd.DatetimeIndex(_stamps(clock))
    at = stamps.tz_localize(zone, ambiguous=np.full(len(stamps), summer), nonexistent=pd.Timedelta(hours=1))
    return _seconds(at.tz_convert("UTC").tz_localize(None).to_numpy())


def _stamps(seconds: Floats) -> NDArray[np.datetime64]:
    whole = np.where(np.isfinite(seconds), np.rint(np.nan_to_num(seconds) * 1e6), 0).astype(np.int64)
    stamps = whole.astype("datetime64[us]")
    stamps[~np.isfinite(seconds)] = np.datetime64("NaT")
    return stamps


def _seconds(stamps: NDArray[np.datetime64]) -> Floats:
    micros = stamps.astype("datetime64[us]")
    return np.where(np.isnat(micros), np.nan, micros.astype(np.int64) / 1e6)
