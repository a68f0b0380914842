"""Singular values with autoregression: the method of Shen and Huang (2008)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.forecasting.calendar import WorkCalendar
from models.forecasting.series import DaySeries, Floats

FACTORS = 3


def singular_values(history: DaySeries, targets: Sequence[date], calendar: WorkCalendar) -> Floats:
    """Expected contacts from a few typical profiles whose weights follow their weekday and the day before.

    Roots of counts are split by singular values; each score is regressed on its weekday and its value on the open day
    before (Shen and Huang 2008, section 3.2), and carried forward day by day; shape (targets, intervals). Holidays
    are left out, events and the turn of the month are not known to it.
    """
    known = history.where(np.array([not calendar.is_holiday(day) for day in history.days]))
    known = known if len(known) > len(history) // 2 else history
    roots = np.sqrt(known.counts + 0.25)
    left, values, profiles = np.linalg.svd(roots, full_matrices=False)
    kept = min(FACTORS, len(values))
    scores = left[:, :kept] * values[:kept]
    ahead = np.column_stack([_carried(scores[:, index], known.weekdays, targets) for index in range(kept)])
    expected = np.maximum(ahead @ profiles[:kept], 0.0) ** 2
    return np.asarray(expected * known.in_use()[[day.weekday() for day in targets]])


def _carried(score: Floats, weekdays: NDArray[np.int64], targets: Sequence[date]) -> Floats:
    """A score day by day beyond the history: the mean of its weekday, and a share of the last deviation from that."""
    means = np.array([score[weekdays == day].mean() if np.any(weekdays == day) else score.mean() for day in range(7)])
    away = score - means[weekdays]
    persistence = float(np.clip(away[1:] @ away[:-1] / max(away[:-1] @ away[:-1], 1e-12), -0.95, 0.95))
    steps = np.arange(1, len(targets) + 1)
    return np.asarray(means[[day.weekday() for day in targets]] + away[-1] * persistence**steps)
