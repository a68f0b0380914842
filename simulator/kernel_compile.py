"""How the compiled engine is compiled: without the interpreter lock, kept in a cache where a folder can be written.

A function of numba costs compiling time for every array that is passed to it or through it. So the centre is passed
as one record of numbers and of the addresses of its arrays, and `records` and `values` make what reads those arrays.
Whoever calls keeps the arrays alive.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

import numpy as np
from llvmlite.ir import IRBuilder, Value
from numba import carray, njit, types
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., object])
Record = Any
"""A record of a structured array; its fields are read and written as attributes."""


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
    """A positive number that changes with any file of the engine.

    Numba's cache looks only at the file of the function that is called, and would go on using the parts as they were.
    A compiled function that closes over this number is compiled anew when any part has changed.
    """
    files = sorted(Path(__file__).parent.glob("kernel*.py"))
    return 1 + crc32(b"".join(file.read_bytes() for file in files))


@intrinsic
def _pointer(typing: object, address: types.Integer) -> tuple[object, Callable[..., Value]]:
    """An address as a pointer."""

    def generate(context: Any, builder: IRBuilder, signature: Any, arguments: tuple[Value, ...]) -> Value:
        return builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))

    return types.voidptr(address), generate


def records(name: str, form: np.dtype[np.void]) -> Callable[[Record, int], Record]:
    """What gives a record, by its place, of the array whose address stands in a field of the centre."""
    size = form.itemsize

    def at(centre: Record, place: int) -> Record:
        return carray(_pointer(centre[name] + place * size), 1, form)[0]

    return inline(at)


def values(name: str, kind: type[np.generic]) -> Callable[[Record, int], Any]:
    """What gives a number, by its place, of the array whose address stands in a field of the centre."""
    size = np.dtype(kind).itemsize

    def at(centre: Record, place: int) -> Any:
        return carray(_pointer(centre[name] + place * size), 1, kind)[0]

    return inline(at)
