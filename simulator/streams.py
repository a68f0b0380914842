"""Random streams keyed by name, and draws that are pure functions of a key.

A stream depends on (seed, replication, purpose) alone, so adding a type or a purpose leaves every other stream as it
was. What only some customers need is found by a counter-based hash (SplitMix64; Steele, Lea, Flood 2014): there is no
generator whose state could depend on the order of events.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def stream(seed: int, replication: int, purpose: str) -> np.random.Generator:
    """The generator of one purpose in one replication.

    Examples
    --------
    >>> bool(stream(1, 0, "patience/sales").random() == stream(1, 0, "patience/sales").random())
    True
    """
    return np.random.Generator(np.random.SFC64(_sequence(seed, replication, purpose)))


def key(seed: int, replication: int, purpose: str) -> int:
    """A 64-bit key of one purpose in one replication, the root of its hashed draws."""
    return int(_sequence(seed, replication, purpose).generate_state(1, np.uint64)[0])


def _sequence(seed: int, replication: int, purpose: str) -> np.random.SeedSequence:
    return np.random.SeedSequence(seed, spawn_key=(replication, crc32(purpose.encode())))


def mix(state: int, counter: int) -> int:
    """Number `counter` of the sequence that begins at `state`, 64 bits (SplitMix64).

    Examples
    --------
    >>> mix(1234567, 1), mix(1234567, 2)  # the published test vector of SplitMix64
    (6457827717110365317, 3203168211198807973)
    """
    z = (state + counter * _GOLDEN) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def unit(bits: int) -> float:
    """A number in [0, 1) from 64 bits: the upper 53 of them."""
    return (bits >> 11) * 2.0**-53
