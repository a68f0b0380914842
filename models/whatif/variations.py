"""Scenarios that differ from one in a single assumption, written as planners say it: "volume +10 %"."""

from __future__ import annotations

import re

from models.whatif.drift import with_drift
from models.whatif.factors import changed, factor, factors
from scenarios.contact_types import Bot
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario

POINTS = ("containment", "false_containment")
"""Assumptions that are shares of a bot, so that they change by points too."""
_WORDS = re.compile(
    r"(?P<name>[A-Za-z_ ]+?)\s*(?P<change>[+\-\u2212]\s*[\d.,]+)\s*(?P<unit>%|points?)(?:\s+from\s+(?P<since>.+))?"
)
_REMEDY = "write an assumption and its change, such as 'volume +10 %' or 'containment -10 points'"


def varied(scenario: Scenario, words: str) -> Scenario:
    """The scenario with one assumption changed, titled by the words.

    Raises
    ------
    InvalidValue
        If the words cannot be read, or the scenario does not have what is varied.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> shop = presets.load("bot-first")
    >>> busy = varied(shop, "volume +10 %")
    >>> busy.title, round(float(busy.expected.sum() / shop.expected.sum()), 6)
    ('volume +10 %', 1.1)
    >>> varied(shop, "containment -10 points").contact_type("chat").bot.claimed_containment
    0.3
    """
    match = _WORDS.fullmatch(words.strip())
    if match is None:
        raise InvalidValue("also", words, _REMEDY)
    name = match["name"].strip().lower().replace(" ", "_")
    known = {each.name: each for each in factors()}
    if name not in known:
        raise InvalidValue("also", words, f"choose one of {', '.join(each.replace('_', ' ') for each in known)}")
    if not known[name].present(scenario):
        raise InvalidValue("also", words, f"the scenario has no {name.replace('_', ' ')} to change; leave it out")
    try:
        change = float(re.sub(r"\s", "", match["change"]).replace("\u2212", "-").replace(",", ".")) / 100
    except ValueError:
        raise InvalidValue("also", words, _REMEDY) from None
    if match["since"] is not None:
        if name != "containment" or match["unit"] == "%":
            raise InvalidValue("also", words, "only containment in points can change from a time on")
        return with_drift(scenario, match["since"].strip(), change).replace(title=words.strip())
    return _changed(scenario, name, change, points=match["unit"] != "%").replace(title=words.strip())


def _changed(scenario: Scenario, name: str, change: float, *, points: bool) -> Scenario:
    varied_factor = factor(name)
    if points and name in POINTS:
        return _by_points(scenario, name, change)
    if points != varied_factor.added:
        unit = "points, such as 'absence +5 points'" if varied_factor.added else "per cent, such as 'volume +10 %'"
        raise InvalidValue("also", f"{name.replace('_', ' ')} {100 * change:+g}", f"give the change in {unit}")
    return changed(scenario, varied_factor, varied_factor.neutral + change)


def _by_points(scenario: Scenario, name: str, change: float) -> Scenario:
    """Every bot with so many points more, as far as there is room."""
    for contact_type in scenario.contact_types:
        bot = contact_type.bot
        if bot is None or not bot.claimed_containment:
            continue
        shares = bot.contained_by(change) if name == "containment" else _false_by(bot, change)
        scenario = scenario.replace_type(contact_type.name, bot=bot.model_copy(update=shares))
    return scenario


def _false_by(bot: Bot, change: float) -> dict[str, float]:
    """The same containment, so many points more of it false."""
    falsely = min(max(bot.falsely_contained + change, 0.0), bot.claimed_containment)
    return {"resolved": round(bot.claimed_containment - falsely, 12), "falsely_contained": round(falsely, 12)}
