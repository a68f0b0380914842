"""Lost contacts: every way in which contacts of a type end without service, as shares of all of them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from scenarios.measures import MEASURES
from simulator.measure.results import Results

WAYS = ("abandoned", "blocked", "closed", "left_bot", "falsely_contained", "open_at_end")
"""Measures of contacts that ended without service; balking (leaving at once unless answered at once) is abandonment."""


def simulated_losses(results: Results, of: str) -> dict[str, float]:
    """The share of the contacts of a type, or of ``all``, lost in each way; ways without a loss are left out."""
    return losses({name: _value(results, name, of) for name in ("contacts", *WAYS)})


def losses_by_formula(rows: pd.DataFrame, of: str) -> dict[str, float]:
    """The same by the rows of `models.centre.approximate.approximate`, as far as formulas give them."""
    own = rows[(rows["by"] == "type") & (rows["of"] == of)].set_index("measure")["value"]
    return losses({name: float(own[name]) for name in ("contacts", *WAYS) if name in own.index})


def losses(counts: Mapping[str, float]) -> dict[str, float]:
    """The shares above zero, given the number of each way and of all `contacts`."""
    total = counts.get("contacts", 0.0)
    return {way: counts[way] / total for way in WAYS if total > 0 and counts.get(way, 0.0) > 0}


def losses_in_words(shares: Mapping[str, float]) -> str:
    """Shares of lost contacts as a line of text.

    Examples
    --------
    >>> losses_in_words(losses({"contacts": 1000, "blocked": 213, "abandoned": 0, "closed": 0.2}))
    '21.3 % blocked, <0.1 % turned away (closed)'
    """
    return ", ".join(f"{percent_lost(value)} {MEASURES[way].label.lower()}" for way, value in shares.items())


def percent_lost(share: float) -> str:
    """A share of lost contacts, never rounded to zero."""
    return f"{100 * share:.1f} %" if share >= 0.0005 or share == 0 else "<0.1 %"


def _value(results: Results, name: str, of: str) -> float:
    return float(results.estimate(name).value[results.place(name, of)])
