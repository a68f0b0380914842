"""Choice of the engine: the reference engine everywhere, the compiled one where numba works."""

from __future__ import annotations

import sys
import warnings
from functools import cache
from importlib.util import find_spec
from threading import Lock
from typing import Literal

from scenarios.errors import InvalidValue, MissingExtra, SlowerEngine

Engine = Literal["auto", "kernel", "simpy"]
_ONE_AT_A_TIME = Lock()


def has_started() -> bool:
    """Whether the compiled engine has been started in this process, which takes a second, or the first time ten."""
    return "simulator.kernel.loop" in sys.modules


@cache
def _hindrance() -> str:
    """Why the compiled engine cannot be started on this machine; empty where it can."""
    if find_spec("numba") is None:
        return "numba is not installed"
    try:
        import simulator.kernel.loop  # noqa: F401
    except Exception as problem:  # numba refuses versions of other packages with errors of many classes
        return f"numba cannot be used: {problem}"
    return ""


def can_start() -> bool:
    """Whether the compiled engine can be used, which starts it; where it cannot, warn once."""
    with _ONE_AT_A_TIME:
        return _start()


@cache
def _start() -> bool:
    if _hindrance():
        text = f"the fast engine is not used ({_hindrance()}); results are the same"
        warnings.warn(text, SlowerEngine, stacklevel=1)
    return not _hindrance()


def refuse_if_missing() -> None:
    """Refuse where the compiled engine was asked for and cannot be used.

    Raises
    ------
    MissingExtra
        If numba is not installed.
    InvalidValue
        If it is, but cannot be used here.
    """
    if find_spec("numba") is None:
        raise MissingExtra("kernel", "numba")
    if _hindrance():
        raise InvalidValue("engine", "kernel", f"{_hindrance()}; repair the numba installation, or choose simpy")
