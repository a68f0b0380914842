"""Bots that drift: who is contained by when a session begins, in both engines and by formula, and whom it hurts."""

from __future__ import annotations

import numpy as np
import pytest

from models.centre.workload import workload
from models.whatif.drift import drift_effects, with_drift
from models.whatif.variations import varied
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.scenario import Scenario
from scenarios.statistics import mean
from scenarios.yaml import files, presets
from simulator.experiment import simulate
from tests.centres import contact_type, group, of

NOON = 24  # half-hours
THREE_HOURS = {"family": "deterministic", "value": "3 h"}


def resolving(containment: float) -> Scenario:
    """A bot that resolves all, and customers who come back to it three hours later; from noon on another share."""
    calls = contact_type(
        "calls",
        volume={"per_hour": 60},
        handle_time={"mean": "1 min"},
        bot={"resolved": 1, "drift": {"since": "Mon 12:00", "containment": containment}},
        follow_ups=[{"after": "bot-resolved", "probability": 1, "as": "calls", "delay": THREE_HOURS, "max_tries": 1}],
    )
    return of([calls], [group("desk", ["calls"], 9)])


@pytest.mark.parametrize("engine", ["simpy", "kernel"])
def test_who_begins_a_session_after_the_drift_is_not_contained(engine):
    """First or later contacts after noon are resolved by a bot that resolves nothing then, or others are not."""
    trial = simulate(resolving(-1.0), 2, seed=3, engine=engine)
    (resolved, sessions) = trial.sums("true_containment", "interval")
    resolved, sessions = resolved[:, 0].sum(axis=0), sessions[:, 0].sum(axis=0)
    assert (resolved[:NOON] == sessions[:NOON]).all()
    assert resolved[NOON:].sum() == 0
    assert (
        sessions[NOON : NOON + 6].sum() > 1.5 * sessions[NOON + 6 : NOON + 12].sum()
    )  # who come back, beside new ones


def test_the_workload_knows_the_drift():
    """Formulas take the bot of the morning for the afternoon."""
    flow = workload(resolving(-0.25))
    np.testing.assert_allclose(flow.resolved[0, :NOON], flow.bot_sessions[0, :NOON])
    np.testing.assert_allclose(flow.resolved[0, NOON:], 0.75 * flow.bot_sessions[0, NOON:])
    # 60 an hour from noon on, and those of nine to noon come back from noon to three
    assert flow.offered[0, NOON : NOON + 6].sum() == pytest.approx(0.25 * (180 + 180), rel=0.02)


def test_simulated_containment_falls_by_the_points():
    """Eleven points less are not 29 % of 40 %, with the same customers before."""
    shop = presets.load("bot-first")
    before, after = (
        simulate(each, 30, seed=4, engine="kernel") for each in (shop, with_drift(shop, "Mon 14:00", -0.11))
    )
    kept = [trial.sums("claimed_containment", "interval") for trial in (before, after)]
    row, half = before.place("claimed_containment", "chat"), 28
    (n0, _), (n1, d1) = ((n[:, row], d[:, row]) for n, d in kept)
    np.testing.assert_array_equal(n0[:, :half], n1[:, :half])
    share = mean(n1[:, half:].sum(axis=1) / d1[:, half:].sum(axis=1))
    assert abs(share.value - 0.29) < 4 * share.error


def test_customers_hurt_are_those_of_the_drift():
    """A drift of no points hurts somebody, or one that hurts is counted before it begins."""
    shop = presets.load("bot-first")

    def tried(scenarios):
        return [simulate(each, 20, seed=6, engine="kernel") for each in scenarios]

    for effect in drift_effects(shop, with_drift(shop, "Mon 09:00", 0.0), tried):
        assert (effect.hurt.value, effect.before.value) == (0.0, effect.after.value)
    chat, _ = drift_effects(shop, with_drift(shop, "Mon 18:00", -0.11), tried)
    assert chat.of == "chat"
    assert chat.hurt.low > 0
    assert chat.band[0] < chat.after.value < chat.band[1]
    assert chat.hurt.value < 2 * 180  # all chats of the two hours that are left


def test_a_drift_is_written_and_read():
    """A scenario with a drift is not the same once it was a file."""
    shop = with_drift(presets.load("bot-first"), "Mon 09:00", -0.11)
    assert files.loads(files.dump(shop)) == shop
    assert (
        varied(presets.load("bot-first"), "containment -11 points from Mon 09:00").contact_types == shop.contact_types
    )


def test_times_outside_the_horizon_are_refused():
    """A drift on a day that is not simulated looks like one that hurts nobody."""
    shop = presets.load("bot-first")
    with pytest.raises(InvalidScenario, match="the horizon has no Tue 09:00"):
        with_drift(shop, "Tue 09:00", -0.1)
    with pytest.raises((InvalidScenario, InvalidValue), match="one weekday and a time"):
        with_drift(shop, "Mon,Tue 09:00", -0.1)
    with pytest.raises(InvalidValue, match="only containment in points"):
        varied(shop, "volume +10 % from Mon 09:00")
