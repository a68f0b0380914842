"""The assumptions of a plan, each with its plausible range and the origin of that range.

Ranges are assumptions of this project, to be replaced by your own: no number here is measured. A factor's setting is a
multiple of the scenario's value (1 changes nothing), or for absence a share added to it (0 changes nothing).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from scenarios.agents import AgentGroup, Shrinkage
from scenarios.contact_types import Bot, ContactType
from scenarios.demand import Volume
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario

MOST_ABSENCE = 0.95
WHOLE = 100.0
"""Of a share in per cent: from here on no more than whole numbers matter."""
HELD = 1e-9
"""Of a setting: less is rounding."""


@dataclass(frozen=True)
class Factor:
    """One assumption of a plan, and how far it may be off."""

    name: str
    label: str
    low: float
    high: float
    least: float
    """As far down as a search for the point of failure goes."""
    most: float
    change: Callable[[Scenario, float], Scenario]
    origin: str
    present: Callable[[Scenario], bool]
    """Whether the scenario has what is varied."""
    added: bool = False
    """Whether a setting is added instead of multiplied."""
    level: Callable[[Scenario], float] | None = None
    """What is varied, as one number, where it has a border at which a setting is held."""

    @property
    def neutral(self) -> float:
        """The setting that changes nothing."""
        return 0.0 if self.added else 1.0

    def setting_text(self, setting: float) -> str:
        """A setting in words.

        Examples
        --------
        >>> factor("volume").setting_text(1.1), factor("absence").setting_text(0.05)
        ('+10 %', '+5 points')
        """
        share = 100 * (setting - self.neutral)
        number = f"{share:+,.0f}" if abs(share) >= WHOLE else f"{share:+.3g}"
        return f"{number} points" if self.added else f"{number} %"

    def applied(self, scenario: Scenario, setting: float) -> float:
        """The setting that comes of one that may lie beyond the border of what can be.

        Examples
        --------
        >>> from scenarios.yaml import presets
        >>> factor("absence").applied(presets.load("help-desk"), -0.05)  # no absence there
        0.0
        """
        if self.level is None:
            return setting
        before, after = self.level(scenario), self.level(changed(scenario, self, setting))
        effective = after - before if self.added else after / before if before else 1.0
        return setting if abs(effective - setting) < HELD else round(effective, 12)

    def within(self, low: float, high: float) -> Factor:
        """The same with a range of one's own, as settings.

        Raises
        ------
        InvalidValue
            If the range does not hold the neutral setting, or holds nothing else.
        """
        inside = low <= self.neutral <= high and low < high
        if not inside or (not self.added and low < 0):
            given = f"{self.setting_text(low)} to {self.setting_text(high)}"
            raise InvalidValue(f"range of {self.name}", given, "give a range around the current value, as in -15%,+25%")
        least, most = min(self.least, low), max(self.most, high)
        return replace(self, low=low, high=high, least=least, most=most, origin="given: your own range")


def ranged(words: Iterable[str]) -> tuple[Factor, ...]:
    """All factors, some with ranges of one's own, written as ``volume=-15%,+25%`` (points for absence).

    Raises
    ------
    InvalidValue
        If a range cannot be read, or its factor is not known.

    Examples
    --------
    >>> one = ranged(["volume=-15%,+25%"])[0]
    >>> one.setting_text(one.low), one.setting_text(one.high)
    ('-15 %', '+25 %')
    """
    own = {}
    for word in words:
        name, _, ends = word.partition("=")
        chosen = factor(name.strip())
        numbers = [part.strip().removesuffix("%").strip() for part in ends.split(",")]
        try:
            low, high = (chosen.neutral + float(number) / 100 for number in numbers)
        except ValueError:
            raise InvalidValue("range", word, "write a factor and two changes, as in volume=-15%,+25%") from None
        own[chosen.name] = chosen.within(low, high)
    return tuple(own.get(default.name, default) for default in factors())


def factors() -> tuple[Factor, ...]:
    """All factors, in the order in which people think of them."""
    return (
        Factor(
            name="volume",
            label="Contacts",
            low=0.9,
            high=1.1,
            least=0.25,
            most=3.0,
            change=_volume,
            origin="assumption: a forecast some weeks ahead is accurate to about 10 %",
            present=_always,
        ),
        Factor(
            name="handle_time",
            label="Handle time",
            low=0.9,
            high=1.1,
            least=0.25,
            most=3.0,
            change=_handle_time,
            origin="assumption: new agents or a new product change it by 10 %",
            present=_always,
        ),
        Factor(
            name="patience",
            label="Patience",
            low=0.5,
            high=2.0,
            least=0.05,
            most=20.0,
            change=_patience,
            origin="assumption: patience is observed only for abandoned contacts, so it may be half or double",
            present=_has_patience,
        ),
        Factor(
            name="absence",
            label="Absence",
            low=-0.05,
            high=0.05,
            least=-0.5,
            most=0.5,
            change=_absence,
            origin="assumption: five points of headcount, as in a week of colds",
            present=_always,
            added=True,
            level=_absent,
        ),
        Factor(
            name="containment",
            label="Containment",
            low=0.7,
            high=1.2,
            least=0.0,
            most=3.0,
            change=_containment,
            origin="assumption: an untuned bot contains far less, a tuned one seldom much more",
            present=_has_bot,
            level=_contained,
        ),
        Factor(
            name="false_containment",
            label="False containment",
            low=0.4,
            high=1.6,
            least=0.0,
            most=10.0,
            change=_false_containment,
            origin="assumption: 10 % to 40 % of contained contacts where 25 % is assumed",
            present=_has_false_containment,
            level=_falsely_contained,
        ),
    )


def factor(name: str) -> Factor:
    """The factor of this name.

    Raises
    ------
    InvalidValue
        If there is none.
    """
    for known in factors():
        if known.name == name:
            return known
    raise InvalidValue("factor", name, f"choose one of {', '.join(known.name for known in factors())}")


def changed(scenario: Scenario, varied: Factor, setting: float) -> Scenario:
    """The scenario under another setting of a factor, its staffing untouched.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> float(changed(presets.load("help-desk"), factor("volume"), 1.1).expected[0, 0].round(6))
    66.0
    """
    return scenario if setting == varied.neutral else varied.change(scenario, setting)


def _always(scenario: Scenario) -> bool:
    return bool(scenario.contact_types)


def _has_patience(scenario: Scenario) -> bool:
    return any(contact_type.patience is not None for contact_type in scenario.contact_types)


def _has_false_containment(scenario: Scenario) -> bool:
    return any(contact_type.bot and contact_type.bot.falsely_contained for contact_type in scenario.contact_types)


def _has_bot(scenario: Scenario) -> bool:
    return any(contact_type.bot and contact_type.bot.claimed_containment for contact_type in scenario.contact_types)


def _absent(scenario: Scenario) -> float:
    return sum(group.shrinkage.absence for group in scenario.agent_groups) / len(scenario.agent_groups)


def _contained(scenario: Scenario) -> float:
    return sum(contact_type.bot.claimed_containment for contact_type in scenario.contact_types if contact_type.bot)


def _falsely_contained(scenario: Scenario) -> float:
    return sum(contact_type.bot.falsely_contained for contact_type in scenario.contact_types if contact_type.bot)


def _volume(scenario: Scenario, setting: float) -> Scenario:
    def more(contact_type: ContactType) -> dict[str, Any]:
        fields = {name: getattr(contact_type.volume, name) for name in Volume.model_fields}
        for name in ("per_interval", "per_hour", "daily"):
            value = fields[name]
            if value is not None:
                fields[name] = tuple(v * setting for v in value) if isinstance(value, tuple) else value * setting
        return {"volume": fields, "backlog": round(contact_type.backlog * setting)}

    return scenario.map_types(more)


def _handle_time(scenario: Scenario, setting: float) -> Scenario:
    return scenario.map_types(
        lambda contact_type: {
            "handle_time": contact_type.handle_time.scaled(setting),
            "wrap_up": contact_type.wrap_up.scaled(setting),
        }
    )


def _patience(scenario: Scenario, setting: float) -> Scenario:
    return scenario.map_types(
        lambda contact_type: {"patience": contact_type.patience.scaled(setting)} if contact_type.patience else {}
    )


def _absence(scenario: Scenario, setting: float) -> Scenario:
    def absent(group: AgentGroup) -> Shrinkage:
        share = min(max(group.shrinkage.absence + setting, 0.0), MOST_ABSENCE)
        return Shrinkage(planned=group.shrinkage.planned, absence=round(share, 12))

    for group in scenario.agent_groups:
        scenario = scenario.replace_group(group.name, shrinkage=absent(group))
    return scenario


def _containment(scenario: Scenario, setting: float) -> Scenario:
    def held(bot: Bot) -> dict[str, float]:
        room = (1 - bot.left) / bot.claimed_containment if bot.claimed_containment else 1.0
        by = min(setting, room)
        return {"resolved": bot.resolved * by, "falsely_contained": bot.falsely_contained * by}

    return _bots(scenario, held)


def _false_containment(scenario: Scenario, setting: float) -> Scenario:
    def wrong(bot: Bot) -> dict[str, float]:
        falsely = min(bot.falsely_contained * setting, bot.claimed_containment)
        return {"resolved": bot.claimed_containment - falsely, "falsely_contained": falsely}

    return _bots(scenario, wrong)


def _bots(scenario: Scenario, change: Callable[[Bot], dict[str, float]]) -> Scenario:
    def changed_bot(contact_type: ContactType) -> dict[str, Any]:
        if contact_type.bot is None:
            return {}
        fields = {name: getattr(contact_type.bot, name) for name in Bot.model_fields}
        return {"bot": fields | {name: min(max(v, 0.0), 1.0) for name, v in change(contact_type.bot).items()}}

    return scenario.map_types(changed_bot)
