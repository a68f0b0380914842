"""Bot containment: scenarios by level of claimed containment, and the work that remains for agents."""

from __future__ import annotations

import numpy as np

from models.centre.sharing import sessions_per_agent
from models.queueing.bots import after_containment
from models.queueing.numerics.arguments import Floats
from models.whatif.trials import ScenarioTrial, common, read
from scenarios.contact_types import Bot, ContactType
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.scenario import Scenario
from scenarios.statistics import Estimate, ratio


def bot_type(scenario: Scenario, contact_type: str | None = None) -> str:
    """The type whose bot is meant: the named one, else the one whose bot meets most contacts.

    Raises
    ------
    InvalidScenario
        If it has no bot, or no type has.
    """
    fronted = [name for name in scenario.type_names if scenario.contact_type(name).bot is not None]
    if contact_type is not None and scenario.contact_type(contact_type).bot is None:
        known = f"types with a bot: {', '.join(fronted)}" if fronted else "no type has one"
        raise InvalidScenario(f"contact_types.{contact_type}.bot", "it has no bot", f"give it one ({known})")
    if not fronted:
        raise InvalidScenario("contact_types", "no type has a bot", "add a bot to a type")
    volume = dict(zip(scenario.type_names, scenario.expected.sum(axis=1), strict=True))
    return contact_type or max(fronted, key=lambda name: float(volume[name]))


def contained(scenario: Scenario, contact_type: str, level: float, false_share: float) -> Scenario:
    """The scenario whose bot claims to contain this share, so much of it falsely; without the bot at level 0.

    Raises
    ------
    InvalidValue
        If level or share is outside 0 to 1, or too much with those who leave the bot.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> half = contained(presets.load("bot-first"), "chat", 0.5, 0.2).contact_type("chat").bot
    >>> half.resolved, half.falsely_contained
    (0.4, 0.1)
    """
    level, wrong, bot = share_of("level", level), share_of("false_share", false_share), bot_of(scenario, contact_type)
    name = f"{scenario.name[:40]} {level:.0%} contained".replace("%", " %")
    if level == 0:
        return scenario.replace_type(contact_type, bot=None).replace(name=name)
    if level + bot.left > 1 + 1e-9:
        raise InvalidValue("level", level, f"{bot.left:.0%} abandon in the bot, so contain at most {1 - bot.left:.0%}")
    changed = {field: getattr(bot, field) for field in Bot.model_fields}
    shares = {"resolved": round(level * (1 - wrong), 12), "falsely_contained": round(level * wrong, 12)}
    return scenario.replace_type(contact_type, bot=changed | shares).replace(name=name)


# -- work ------------------------------------------------------------------------------------------------------------


def work_saved(base: Scenario, contact_type: str, without: ScenarioTrial, with_bot: ScenarioTrial) -> Estimate:
    """Agent time saved on all types as a share of what one type took without its bot, paired by replication.

    A concurrent contact counts as its handle time over the sessions that an agent of its main group is worth.
    """
    names = base.type_names
    before, after = common(*(_work(base, trial) for trial in (without, with_bot)))
    return ratio((before - after).sum(axis=1), before[:, names.index(contact_type)])


def saved_by_formula(scenario: Scenario, contact_type: str, level: float, false_share: float) -> float:
    """The share of a type's work that a bot saves by bookkeeping: no contact abandons, every return is answered.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> round(saved_by_formula(presets.load("bot-first"), "chat", 0.4, 0.25), 3)
    0.1
    """
    of = scenario.contact_type(contact_type)
    returned = sum(
        rule.probability * rule.handle_factor * _each(scenario, scenario.contact_type(rule.as_type))
        for rule in of.follow_ups
        if rule.after == "falsely-contained"
    )
    difficulty = bot_of(scenario, contact_type).residual_difficulty
    return float(after_containment(level, false_share, _each(scenario, of), returned, difficulty).saved)


def _work(base: Scenario, trial: ScenarioTrial) -> Floats:
    """Agent-seconds of each type, shape (replications, types)."""
    handled = trial.sums("aht")[0]
    places = [trial.place("aht", name) for name in base.type_names]
    return np.asarray(
        handled[:, places] / np.array([_sessions(base, contact_type) for contact_type in base.contact_types])
    )


def wages_of(base: Scenario, contact_type: str, without: ScenarioTrial) -> float:
    """Wages without a bot that fall to a type by its share of the work."""
    work = _work(base, without).sum(axis=0)
    wages = read(without, "cost").value - read(without, "bot_cost").value
    return float(wages * work[base.type_names.index(contact_type)] / work.sum()) if work.any() else 0.0


def _each(scenario: Scenario, contact_type: ContactType) -> float:
    """Agent time of a contact without a bot, seconds."""
    return float(scenario.mean_handles[scenario.type_names.index(contact_type.name)]) / _sessions(
        scenario, contact_type
    )


def _sessions(scenario: Scenario, contact_type: ContactType) -> float:
    """Contacts of a type that an agent of its main group works on at once, at full speed."""
    if contact_type.work != "concurrent":
        return 1.0
    groups = [scenario.group(route.group) for route in scenario.routes(contact_type.name)]
    return sessions_per_agent(max(groups, key=lambda group: int(group.agents(scenario.horizon).sum())))


# -- arguments -------------------------------------------------------------------------------------------------------


def bot_of(scenario: Scenario, contact_type: str) -> Bot:
    """The bot in front of a type; an error where there is none."""
    bot = scenario.contact_type(bot_type(scenario, contact_type)).bot
    return bot if bot is not None else Bot()


def false_share_now(bot: Bot) -> float:
    """How much of what a bot claims to contain it does not."""
    return bot.falsely_contained / bot.claimed_containment if bot.claimed_containment else 0.0


def share_of(field: str, value: float) -> float:
    """A share, or an error that names the field where it is outside 0 to 1."""
    if not 0 <= value <= 1:
        raise InvalidValue(field, value, "give shares between 0 and 1, as in 0.4 for 40 %")
    return round(float(value), 12)
