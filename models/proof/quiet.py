"""Silence for a library that prints.

Some versions of HiGHS tell of a step in their integer program whatever they are told, and what a command prints is for
programs to read.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing that compiled code prints meanwhile reaches the standard output.

    Examples
    --------
    >>> with quiet():
    ...     _ = os.write(1, b"not seen")
    """
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # there is no standard output to keep clean
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        with suppress(OSError, TypeError, AttributeError):  # what is still in the C library's buffer, where it has one
            ctypes.CDLL(None).fflush(None)
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
