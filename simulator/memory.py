"""Memory from one replication to the next: asked for anew each time, it can take a quarter of the time."""

from __future__ import annotations

import ctypes
from contextlib import suppress

_MEGABYTE = 1 << 20
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""The names of glibc's ``mallopt`` (malloc.h)."""


def keep_what_is_freed() -> None:
    """Have the C library keep up to 64 MB that are free, rather than give them back to the system again and again.

    Every page that the system gives is cleared first and mapped one by one, and threads wait for each other there.
    Nothing happens where the C library is not glibc.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL("libc.so.6").mallopt
        mallopt(_MMAP_THRESHOLD, 32 * _MEGABYTE)  # the most that it takes
        mallopt(_TRIM_THRESHOLD, 64 * _MEGABYTE)
