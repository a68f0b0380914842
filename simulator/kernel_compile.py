"""How the compiled engine is compiled: without the interpreter lock, kept in a cache where a folder can be written."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from zlib import crc32

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def inline(function: Function) -> Function:
    """A part of a compiled function, put in its place where it is called."""
    return njit(forceinline=True)(function)  # type: ignore[no-any-return]


def compiled(function: Function) -> Function:
    """A compiled function, which threads may run side by side; its code is kept for the next start if possible."""
    try:
        return njit(nogil=True, cache=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:
        warnings.warn(
            "no folder for numba's cache can be written, so the fast engine is compiled anew at every start;"
            " set NUMBA_CACHE_DIR to a folder that can",
            RuntimeWarning,
            stacklevel=2,
        )
        return njit(nogil=True)(function)  # type: ignore[no-any-return]


def sources_stamp() -> int:
    """A number that changes with any file of the engine.

    Numba's cache looks only at the file of the function that is called, and would go on using the parts as they were.
    A compiled function that closes over this number is compiled anew when any part has changed.
    """
    files = sorted(Path(__file__).parent.glob("kernel*.py"))
    return crc32(b"".join(file.read_bytes() for file in files))
