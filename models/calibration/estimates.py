"""The estimates of a calibration as a table: what was found, on how much it rests, what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.calibration.calibrate import Calibration, TypeCalibration
from models.calibration.variation import DayVariation

if TYPE_CHECKING:
    import pandas as pd

ESTIMATE_COLUMNS = ("of", "estimate", "value", "error", "unit", "note")
"""One row an estimate: `error` is its standard error where there is one."""

_Row = tuple[str, str, float, float | None, str, str]


def estimates(calibration: Calibration) -> pd.DataFrame:
    """Every estimate as a row, type by type, then of the whole centre.

    Examples
    --------
    >>> from models.calibration.calibrate import calibrate
    >>> from scenarios.contact_log.mapping import BANK
    >>> from scenarios.contact_log.records import read_records
    >>> from scenarios.sample import SAMPLE_LOG
    >>> table = estimates(calibrate(read_records(SAMPLE_LOG, BANK)))
    >>> table.query("of == 'PS' and estimate == 'best family'").note.item()[:9]
    'lognormal'
    """
    import pandas as pd

    rows = [row for contact_type in calibration.types for row in _of_type(contact_type)]
    rows.extend(
        (passed.origin, f"transferred to {passed.to}", passed.probability, None, "share", f"{passed.count} contacts")
        for passed in calibration.transfers
    )
    rows.extend(
        (pool, "agents on duty", float(mean.max()), None, "agents", "the most at once; guessed from services")
        for pool, mean in calibration.present.items()
    )
    rows.append(_variation("all", calibration.variation))
    return pd.DataFrame(rows, columns=list(ESTIMATE_COLUMNS))


def _of_type(contact_type: TypeCalibration) -> Iterator[_Row]:
    handle = contact_type.handle_time
    error = handle.cv * handle.mean / handle.count**0.5
    yield (
        contact_type.name,
        "offered",
        float(contact_type.offered),
        None,
        "contacts",
        f"{contact_type.answered} answered",
    )
    yield (
        contact_type.name,
        "handle time",
        handle.mean,
        error,
        "s",
        f"cv {handle.cv:.2f}, {handle.count} services of {handle.of}",
    )
    if contact_type.wrap_up is not None:
        wrap_up = contact_type.wrap_up.mean
        yield contact_type.name, "wrap-up", wrap_up, None, "s", "work after the end of the contact"
        yield contact_type.name, "AHT", handle.mean + wrap_up, None, "s", "handle time and wrap-up"
    factors = contact_type.handle_factors
    if factors is not None and factors.profile is not None:
        longest = float(factors.mean * factors.by_slot.max() * factors.by_weekday.max())
        yield contact_type.name, "longest AHT of an interval", longest, None, "s", factors.origin
    for place, fit in enumerate(handle.fits):
        label = "best family" if place == 0 else "family"
        note = f"{fit.family}, AIC {fit.aic - handle.fits[0].aic:+.0f}; value: distance to the observed distribution"
        yield contact_type.name, label, fit.distance, None, "share", note
    yield from _patience(contact_type)
    if contact_type.redials is not None:
        redials = contact_type.redials
        note = f"of {redials.abandons} who left; {redials.after_answered:.1%} come again after an answer"
        yield contact_type.name, "redials", redials.probability, redials.error, "share", note
    yield _variation(contact_type.name, contact_type.variation)


def _patience(contact_type: TypeCalibration) -> Iterator[_Row]:
    if contact_type.patience is not None:
        seen, whole = contact_type.patience, contact_type.patience.completed
        note = f"{seen.abandons} abandons of {seen.of}; all waiting over the number who left"
        yield contact_type.name, "patience, if exponential", seen.mean_if_exponential, seen.error, "s", note
        note = f"Kaplan-Meier; beyond {whole.last:g} s extrapolated for {whole.beyond:.0%} of customers"
        yield contact_type.name, "patience", whole.distribution.mean, None, "s", note
    if contact_type.balking is not None and contact_type.work != "deferred":
        yield (
            contact_type.name,
            "balking",
            contact_type.balking,
            None,
            "share",
            "left at once, of those not answered at once",
        )


def _variation(of: str, variation: DayVariation) -> _Row:
    note = f"cv of the day's busyness beyond chance, {variation.freedom} degrees of freedom"
    return of, "day-to-day variation", variation.cv, variation.error, "cv", note
