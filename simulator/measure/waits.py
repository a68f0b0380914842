"""The distribution of waits in a bounded space: a histogram on a logarithmic scale, 64 bins an octave.

Zero has a bin of its own; the others are 1.1 % wide, from 1/16 s to half a year. The shortest and the longest wait of
each bin are kept too: counts are spread evenly between them when a quantile is read, so that it is right to well under
one per cent, and exact where all waits of a bin are equal, as with a constant patience.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_PER_OCTAVE = 64
_LOWEST = -4
_OCTAVES = 28
BINS = _PER_OCTAVE * _OCTAVES + 1

Floats = NDArray[np.float64]

EDGES: Floats = np.concatenate(([0.0], 2.0 ** (_LOWEST + np.arange(BINS) / _PER_OCTAVE)))
"""Bin *b* holds waits over EDGES[b], up to EDGES[b + 1]; bin 0 holds everything up to 1/16 s."""
EVENLY: Floats = np.stack((EDGES[:-1], EDGES[1:]))
"""The edges of the bins, for waits of which the shortest and the longest of each bin are not known."""


def bin_of(wait: ArrayLike) -> NDArray[np.int64]:
    """The bin of each wait in seconds, NaN counted as 0 (bin 0)."""
    positive = np.maximum(np.nan_to_num(np.asarray(wait, dtype=float)), 2.0**_LOWEST)
    bins = np.minimum(np.ceil((np.log2(positive) - _LOWEST) * _PER_OCTAVE), BINS - 1)
    return np.asarray(bins, dtype=np.int64)


def share_within(histograms: NDArray[np.uint32], times: ArrayLike, ends: Floats = EVENLY) -> Floats:
    """The shares of waits of at most each time, NaN for an empty histogram.

    Parameters
    ----------
    histograms
        Counts, shape (..., bins).
    times
        Seconds; their shape follows that of the histograms in the result.
    ends
        The shortest and the longest wait in each bin, between which counts are spread evenly, shape (2, bins).

    Examples
    --------
    >>> counts = np.bincount(bin_of([0.0, 10.0, 40.0, 90.0]), minlength=BINS)
    >>> share_within(counts, [0.0, 20.0, 100.0])
    array([0.25, 0.5 , 1.  ])
    """
    t = np.asarray(times, dtype=float)
    at = np.minimum(np.searchsorted(EDGES[1:], t), BINS - 1)
    low, high = ends[:, at]
    inside = np.divide(t - low, high - low, out=np.where(t >= low, 1.0, 0.0), where=high > low)
    inside = np.where(np.isnan(t), np.nan, np.where(at == 0, 1.0, np.clip(inside, 0.0, 1.0)))
    reached = np.concatenate((np.zeros((*histograms.shape[:-1], 1)), np.cumsum(histograms, axis=-1)), axis=-1)
    within = reached[..., at] + inside * (reached[..., at + 1] - reached[..., at])
    total = reached[(..., -1, *(None,) * t.ndim)]
    return np.asarray(np.divide(within, total, out=np.full(within.shape, np.nan), where=total > 0))


def quantile(histogram: NDArray[np.uint32], share: ArrayLike, ends: Floats = EVENLY) -> Floats:
    """The waits (s) that these shares stay within, in the shape of `share`; NaN for an empty histogram.

    `ends` as for `share_within`. Where all waits of a bin are equal, the quantile is that wait.

    Examples
    --------
    >>> counts = np.bincount(bin_of([15.0] * 20), minlength=BINS)
    >>> ends = extremes(np.zeros(20, dtype=int), np.full(20, 15.0), 1)
    >>> quantile(counts, 0.95, ends[:, 0]).item()
    15.0
    """
    p, total = np.asarray(share, dtype=float), histogram.sum()
    if not total:
        return np.full(p.shape, np.nan)
    reached = np.cumsum(histogram) / total
    at = np.minimum(np.searchsorted(reached, p), int(np.flatnonzero(histogram)[-1]))
    below = np.where(at > 0, reached[at - 1], 0.0)
    inside = np.divide(p - below, reached[at] - below, out=np.zeros(p.shape), where=reached[at] > below)
    low, high = ends[:, at]
    return np.asarray(np.where(at == 0, 0.0, low + np.clip(inside, 0.0, 1.0) * (high - low)))


def extremes(of: NDArray[np.int64], wait: Floats, rows: int) -> Floats:
    """The shortest and the longest wait in each bin of each row, shape (2, rows, bins); see `none_yet`."""
    ends = none_yet(rows)
    place = of, bin_of(wait)
    np.minimum.at(ends[0], place, wait)
    np.maximum.at(ends[1], place, wait)
    return ends


def none_yet(rows: int) -> Floats:
    """Ends of empty bins: infinite, so that they can be combined by minimum and maximum."""
    return np.stack((np.full((rows, BINS), np.inf), np.full((rows, BINS), -np.inf)))


def joined(ends: Floats) -> Floats:
    """The ends of the bins of several rows put together, shape (2, bins); the edges of empty bins."""
    shortest, longest = ends[0].min(axis=0), ends[1].max(axis=0)
    return np.where(shortest <= longest, (shortest, longest), EVENLY)
