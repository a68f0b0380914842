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
from llvmlite.ir import Constant, IRBuilder, Value
from numba import from_dtype, njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from scenarios import measures
from scenarios.errors import SlowerEngine

Function = TypeVar("Function", bound=Callable[..., object])
Generator = tuple[object, Callable[..., Value]]
Record = Any
"""A record of a structured array; its fields are read and written as attributes."""

_compile: Callable[..., Any] = njit
_member: Callable[..., Value] = cgutils.get_record_member
_INSIDE = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Options of what is called from compiled functions only."""


def inline(function: Function) -> Function:
    """A part of a compiled function, put in its place where it is called."""
    return _compile(forceinline=True, **_INSIDE)(function)  # type: ignore[no-any-return]


def compiled(function: Function) -> Function:
    """A compiled function, which threads may run side by side; its code is kept for the next start if possible."""
    try:
        return _compile(nogil=True, cache=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:
        warnings.warn(
            "no folder for numba's cache can be written, so the fast engine is compiled anew at every start;"
            " set NUMBA_CACHE_DIR to a folder that can",
            SlowerEngine,
            stacklevel=1,
        )
        return _compile(nogil=True)(function)  # type: ignore[no-any-return]


def sources_stamp() -> int:
    """A positive number that changes with any file that compiled code takes a rule, a place or a code from.

    Numba's cache looks only at the file of the function that is called, and would go on using the parts as they were.
    A compiled function that closes over this number is compiled anew when any part has changed.
    """
    files = [*sorted(Path(__file__).parents[1].rglob("*.py")), Path(measures.__file__)]
    return 1 + crc32(b"".join(file.read_bytes() for file in files))


def records(name: str, form: np.dtype[np.void]) -> Callable[[Record, int], Record]:
    """What gives a record, by its place, of the array whose address stands in a field of the centre."""
    record = from_dtype(form)

    @intrinsic
    def at(typing: object, centre: types.Record, place: types.Integer) -> Generator:
        def generate(context: Any, builder: IRBuilder, signature: Any, arguments: tuple[Value, Value]) -> Value:
            address = _address(context, builder, signature, arguments, name, form.itemsize)
            return builder.inttoptr(address, context.get_value_type(record))

        return record(centre, place), generate

    return at  # type: ignore[return-value]


def values(name: str, kind: type[np.generic]) -> Callable[[Record, int], Any]:
    """What gives a number, by its place, of the array whose address stands in a field of the centre."""
    number = from_dtype(np.dtype(kind))

    @intrinsic
    def at(typing: object, centre: types.Record, place: types.Integer) -> Generator:
        def generate(context: Any, builder: IRBuilder, signature: Any, arguments: tuple[Value, Value]) -> Value:
            address = _address(context, builder, signature, arguments, name, np.dtype(kind).itemsize)
            pointer = builder.inttoptr(address, context.get_data_type(number).as_pointer())
            return context.unpack_value(builder, number, pointer)

        return number(centre, place), generate

    return at  # type: ignore[return-value]


def _address(
    context: Any, builder: IRBuilder, signature: Any, arguments: tuple[Value, Value], name: str, size: int
) -> Value:
    """The code that finds the address of an element: that of the array, from the centre, plus place times size."""
    (centre, place), (centre_type, place_type) = arguments, signature.args
    whole = context.get_value_type(types.int64)
    start = builder.load(_member(builder, centre, centre_type.offset(name), whole))
    start.set_metadata("invariant.load", builder.module.add_metadata([]))  # arrays stay where they are
    number = context.cast(builder, place, place_type, types.int64)
    return builder.add(start, builder.mul(number, Constant(whole, size)))
