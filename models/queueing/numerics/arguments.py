"""Arguments of the formulas as float arrays, or an error that names the field, the value and the remedy."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scenarios.errors import InvalidValue

Floats = NDArray[np.float64]


def at_least(field: str, value: ArrayLike, low: float, *, infinite: bool = False) -> Floats:
    """`value` as floats, all of them at least `low`; infinity only where it has a meaning."""
    floats = _floats(field, value)
    bad = np.isnan(floats) | (floats < low) | (np.isinf(floats) & (not infinite))
    _refuse(field, floats, bad, f"give a number of at least {low:g}" + (" (or inf)" if infinite else ""))
    return floats


def above(field: str, value: ArrayLike, low: float) -> Floats:
    """`value` as floats, all of them finite and above `low`."""
    floats = _floats(field, value)
    _refuse(field, floats, ~(np.isfinite(floats) & (floats > low)), f"give a finite number above {low:g}")
    return floats


def share(field: str, value: ArrayLike) -> Floats:
    """`value` as floats between 0 and 1."""
    floats = _floats(field, value)
    _refuse(field, floats, ~((floats >= 0) & (floats <= 1)), "give a share between 0 and 1, as in 0.8 for 80 %")
    return floats


def whole(field: str, value: ArrayLike, low: float) -> Floats:
    """`value` as floats without a fraction, all of them at least `low`; inf stands for no limit."""
    floats = at_least(field, value, low, infinite=True)
    _refuse(field, floats, np.isfinite(floats) & (floats != np.floor(floats)), "give a whole number (or inf)")
    return floats


def _floats(field: str, value: ArrayLike) -> Floats:
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise InvalidValue(field, value, "give a number or an array of numbers") from None


def _refuse(field: str, floats: Floats, bad: NDArray[np.bool_] | np.bool_, remedy: str) -> None:
    """Raise for the first bad element, and say where it stands if there are several."""
    if not np.any(bad):
        return
    place = np.unravel_index(int(np.argmax(bad)), floats.shape)
    index = f"[{', '.join(map(str, place))}]" if floats.ndim else ""
    raise InvalidValue(f"{field}{index}", float(floats[place]), remedy)
