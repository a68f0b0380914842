"""What is done when the server stops: its worker processes end with it, however long their work would take."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable


def stop_with_server(close: Callable[[], None]) -> None:
    """Call a function as the server stops, before Python waits for work that is under way.

    Python waits for worker processes before it calls the functions of `atexit`. Functions that are called earlier can
    only be registered in a way that its documentation does not name. What it names comes too late or belongs to others:
    `weakref.finalize` runs with `atexit`, the main thread counts as alive until those functions have run, so that no
    thread can wait for its end, and the handlers of signals are Streamlit's.
    """
    register = getattr(threading, "_register_atexit", atexit.register)
    register(close)
