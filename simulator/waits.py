"""The distribution of waits in a bounded space: a histogram on a logarithmic scale, 64 bins an octave.

Zero has a bin of its own; the others are 1.1 % wide, from 1/16 s to half a year, and counts within a bin are spread
evenly when a quantile is read, so that it is right to well under one per cent.
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


def bin_of(wait: ArrayLike) -> NDArray[np.int64]:
    """The bin of each wait in seconds, NaN counted as none at all (bin 0)."""
    positive = np.maximum(np.nan_to_num(np.asarray(wait, dtype=float)), 2.0**_LOWEST)
    bins = np.minimum(np.ceil((np.log2(positive) - _LOWEST) * _PER_OCTAVE), BINS - 1)
    return np.asarray(bins, dtype=np.int64)


def share_within(histograms: NDArray[np.uint32], times: ArrayLike) -> Floats:
    """The shares of waits of at most each time, NaN for an empty histogram.

    Parameters
    ----------
    histograms
        Counts, shape (..., bins).
    times
        Seconds; their shape follows that of the histograms in the result.

    Examples
    --------
    >>> counts = np.bincount(bin_of([0.0, 10.0, 40.0, 90.0]), minlength=BINS)
    >>> share_within(counts, [0.0, 20.0, 100.0])
    array([0.25, 0.5 , 1.  ])
    """
    reached = np.cumsum(histograms, axis=-1, dtype=float)
    reached = np.concatenate((reached[..., :1], reached), axis=-1)
    position = np.interp(np.asarray(times, dtype=float), EDGES, np.arange(BINS + 1))
    edge = np.minimum(position.astype(int), BINS - 1)
    within = reached[..., edge] + (position - edge) * (reached[..., edge + 1] - reached[..., edge])
    total = reached[(..., -1, *(None,) * np.ndim(position))]
    return np.asarray(np.divide(within, total, out=np.full(within.shape, np.nan), where=total > 0))


def quantile(histogram: NDArray[np.uint32], share: ArrayLike) -> Floats:
    """The waits (s) that these shares stay within, in the shape of `share`; NaN for an empty histogram."""
    total = histogram.sum()
    if not total:
        return np.full(np.shape(share), np.nan)
    reached = np.cumsum(histogram) / total
    at = np.minimum(np.searchsorted(reached, share), BINS - 1)
    below = np.where(at > 0, reached[at - 1], 0.0)
    inside = np.divide(share - below, reached[at] - below, out=np.zeros(np.shape(share)), where=reached[at] > below)
    low, high = EDGES[at], EDGES[at + 1]
    return np.asarray(np.where(at == 0, 0.0, low + np.clip(inside, 0.0, 1.0) * (high - low)))
