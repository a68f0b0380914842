"""How the compiled engine is compiled: without the interpreter lock, kept in a cache where a folder can be written.

A function of numba costs compiling time for every array that is passed to it or through it. So the centre is passed
as one record of numbers and of the addresses of its arrays; `records` and `values` make the functions that read those
arrays. The caller keeps the arrays alive.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

import numpy as np
from llvmlite.ir import Constant, IRBuilder, Value
from numba import from_dtype, njit, types
from numba.core import cgutils
from numba.extending import intrinsic, overload

import scenarios
import simulator
from scenarios.errors import SlowerEngine

Function = TypeVar("Function", bound=Callable[..., object])
Generator = tuple[object, Callable[..., Value]]
Record = Any
"""A record of a structured array; its fields are read and written as attributes."""

_compile: Callable[..., Any] = njit
_overload: Callable[..., Any] = overload
_member: Callable[..., Value] = cgutils.get_record_member
_INSIDE = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Options of what is called from compiled functions only."""


def inline(function: Function) -> Function:
    """A part of a compiled function, inlined where it is called."""
    return _compile(forceinline=True, **_INSIDE)(function)  # type: ignore[no-any-return]


def apart(function: Function) -> Function:
    """A rare part of a compiled function, left out of line so that what is frequent stays short."""
    return _compile(**_INSIDE)(function)  # type: ignore[no-any-return]


def where(field: str, otherwise: Callable[..., object]) -> Callable[[Function], Function]:
    """A function that is compiled for centres whose record has a field; for others there is another in its place.

    So a mechanism costs nothing where it is not used: it is not even compiled.
    """

    def chosen(function: Function) -> Function:
        def of(centre: types.Record, *_: object) -> Callable[..., object]:
            return function if field in centre.fields else otherwise

        _overload(function, strict=False, jit_options=_INSIDE)(of)
        return function

    return chosen


def compiled(function: Function) -> Function:
    """A compiled function that releases the interpreter lock; its machine code is cached if possible."""
    try:
        return _compile(nogil=True, cache=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:
        warnings.warn(
            "no folder for numba's cache can be written, so the fast engine is compiled anew at every start;"
            " set NUMBA_CACHE_DIR to a writable folder",
            SlowerEngine,
            stacklevel=1,
        )
        return _compile(nogil=True)(function)  # type: ignore[no-any-return]


def compiled_sources() -> list[Path]:
    """The files from which compiled code may take a rule, a constant or the layout of a record, sorted.

    All of `simulator`, and all of `scenarios`, the only other package that it imports.
    """
    return sorted(file for package in (scenarios, simulator) for file in Path(package.__path__[0]).rglob("*.py"))


@cache
def sources_stamp() -> int:
    """A positive number that changes with any file of `compiled_sources`.

    Numba's cache checks only the file of the function that is called, and would serve machine code of old versions of
    the others. A compiled function that closes over this number is compiled anew when any file has changed.
    """
    return 1 + crc32(b"".join(file.read_bytes() for file in compiled_sources()))


def records(name: str, dtype: np.dtype[np.void]) -> Callable[[Record, int], Record]:
    """Return an intrinsic that reads record `index` of the array `name` through its address in the state record."""
    record = from_dtype(dtype)

    @intrinsic
    def element(typing: object, centre: types.Record, index: types.Integer) -> Generator:
        def generate(context: Any, builder: IRBuilder, signature: Any, arguments: tuple[Value, Value]) -> Value:
            address = _address(context, builder, signature, arguments, name, dtype.itemsize)
            return builder.inttoptr(address, context.get_value_type(record))

        return record(centre, index), generate

    return element  # type: ignore[return-value]


def values(name: str, scalar: type[np.generic]) -> Callable[[Record, int], Any]:
    """Return an intrinsic that reads number `index` of the array `name` through its address in the state record."""
    number = from_dtype(np.dtype(scalar))

    @intrinsic
    def element(typing: object, centre: types.Record, index: types.Integer) -> Generator:
        def generate(context: Any, builder: IRBuilder, signature: Any, arguments: tuple[Value, Value]) -> Value:
            address = _address(context, builder, signature, arguments, name, np.dtype(scalar).itemsize)
            pointer = builder.inttoptr(address, context.get_data_type(number).as_pointer())
            return context.unpack_value(builder, number, pointer)

        return number(centre, index), generate

    return element  # type: ignore[return-value]


def _address(
    context: Any, builder: IRBuilder, signature: Any, arguments: tuple[Value, Value], name: str, size: int
) -> Value:
    """The code that finds the address of an element: that of the array, from the centre, plus index times size."""
    (centre, index), (centre_type, index_type) = arguments, signature.args
    whole = context.get_value_type(types.int64)
    start = builder.load(_member(builder, centre, centre_type.offset(name), whole))
    start.set_metadata("invariant.load", builder.module.add_metadata([]))  # arrays stay where they are
    number = context.cast(builder, index, index_type, types.int64)
    return builder.add(start, builder.mul(number, Constant(whole, size)))
