"""The replay of a day: who waits, works and leaves when, as the logs say; a day that is too long is said so."""

import numpy as np
import pytest

from interface.app.charts.theme import DARK
from interface.app.replay.section import shown, some_days
from interface.app.replay.spans import CALLED_BACK, LEFT, refuse_long_replay, replayed, stretches
from scenarios.errors import InvalidScenario
from scenarios.scenario import Scenario
from scenarios.yaml import presets
from simulator.codes import BotOutcome, Outcome
from simulator.experiment import play, simulate
from simulator.logs import ContactLog, Logs, PreemptionLog, StaffingLog

NEVER = np.nan


def by_hand() -> Logs:
    """One agent: a contact of 100 s interrupted from 150 to 180 s, one that leaves, one that is called back."""
    outcomes = [Outcome.ANSWERED, Outcome.ABANDONED, Outcome.CALLED_BACK]
    contacts = ContactLog(
        type=np.zeros(3, int),
        case=np.arange(3),
        parent=np.full(3, -1),
        step=np.zeros(3, int),
        arrival=np.array([90.0, 110.0, 120.0]),
        bot_outcome=np.full(3, int(BotOutcome.NO_BOT)),
        bot_end=np.full(3, NEVER),
        entry=np.array([90.0, 110.0, 120.0]),
        answer=np.array([100.0, NEVER, NEVER]),
        resumed=np.array([180.0, NEVER, NEVER]),
        end=np.array([230.0, 140.0, 125.0]),
        wrap_end=np.array([240.0, NEVER, NEVER]),
        agent=np.array([0, -1, -1]),
        outcome=np.array([int(outcome) for outcome in outcomes]),
    )
    cut = PreemptionLog(np.array([0]), np.array([0]), np.array([100.0]), np.array([150.0]))
    one = np.zeros(1)
    duty = StaffingLog(
        np.array([0]), one, np.array([300.0]), np.array([300.0]), one, one, np.zeros(1, bool), np.array([0])
    )
    return Logs(contacts, cut, duty)


def test_the_stretches_of_a_day_by_hand() -> None:
    """Work and waits of an interrupted contact, and how the others left."""
    found = stretches(by_hand(), presets.load("help-desk"), 0)
    assert found["waits"] == {
        "type": [0, 0, 0, 0],
        "from": [90, 110, 120, 150],
        "to": [100, 140, 125, 180],
        "agent": [0, LEFT, CALLED_BACK, 0],
    }
    assert found["works"] == {
        "type": [0, 0],
        "agent": [0, 0],
        "from": [100, 180],
        "to": [150, 230],
        "wrap": [150, 240],
    }
    assert (found["arrivals"], found["lost"], found["groups"]) == ([[90, 110, 120]], [[140]], [[0]])
    assert (found["first"], found["length"]) == (30, 86_400)


def test_a_replay_agrees_with_the_logs() -> None:
    """On the second day of a week nobody sits at two contacts at once, and as many wait as the log has."""
    scenario = presets.load("one-hour")
    found, log = replayed(scenario, 1, 0, 1), play(scenario, 1, 0).contacts
    for moment in (9.5, 12.25, 16.0):
        now = 86_400 + 3600 * moment
        left = np.where(np.isnan(log.answer), np.nan_to_num(log.end, nan=np.inf), log.answer)
        waiting = int(((log.entry <= now) & (now < left)).sum())
        waits = np.array([found["waits"]["from"], found["waits"]["to"]]) + 86_400
        interrupted = int(((waits[0] <= now) & (now < waits[1])).sum()) - waiting
        assert 0 <= interrupted <= 3
        busy = [
            agent
            for agent, begin, end in zip(*(found["works"][name] for name in ("agent", "from", "wrap")), strict=True)
            if begin < now - 86_400 < end - 1
        ]
        assert len(busy) == len(set(busy)) > 0


def test_a_day_that_is_too_long_is_refused() -> None:
    """A million contacts would stop the browser; the refusal says the number and the way on."""
    desk = presets.load("help-desk")
    refuse_long_replay(desk)
    huge: Scenario = desk.replace_type("calls", volume={"daily": 1_000_000})
    with pytest.raises(InvalidScenario, match=r"about 1,000,000 contacts.*at most 20,000.*one interval"):
        refuse_long_replay(huge)
    with pytest.raises(InvalidScenario, match="5,000 agents are too many"):
        refuse_long_replay(desk.replace_group("desk", staffing=5000))


def test_days_to_choose_from() -> None:
    """The worst day has the lowest service level; the colours are those of the theme."""
    results = simulate(presets.load("help-desk"), 12)
    days = some_days(results, "service_level", "calls")
    daily = results.daily("service_level", "calls")
    assert daily[days["worst"]] == daily.min()
    assert (daily >= daily[days["bad"]]).sum() >= 10
    given = shown(results, stretches(by_hand(), results.scenario, 0), DARK, "day")
    assert given["types"] == [{"name": "calls", "colour": DARK.colours[0], "late": 20.0, "bot": False}]
