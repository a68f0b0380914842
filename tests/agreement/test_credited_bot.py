"""The preset of a bank that cut jobs for a credited bot: the reversal as published, and what a frontier foretells.

Published: 2,000 calls fewer a week credited, 45 jobs cut, calls rose, overtime followed, the cuts were taken back.
"""

from __future__ import annotations

import pytest

from models.centre.workload import workload
from models.optimisation.verdicts import status
from models.queueing.bots import after_containment
from models.whatif.frontier import frontier
from models.whatif.trials import ScenarioTrial, judge_trial, read
from scenarios.scenario import Scenario
from scenarios.statistics import MET, MISSED, mean_difference
from scenarios.yaml import presets
from simulator.experiment import simulate

HOURS = "Mon-Fri 08:00-18:00"
BEFORE, CUT, OVERTIME = 57, 11, 9
CREDITED, JOBS, PAID_HOURS, CALL = 2000, 45, 19, 900.0
OPEN_HOURS = 50
WEEKS = 30


@pytest.fixture(scope="module")
def after() -> Scenario:
    """The centre after the cut."""
    return presets.load("voice-bot-cuts")


def staffed(scenario: Scenario, agents: int, overtime: int = 0) -> Scenario:
    """So many agents in all open hours."""
    desk = scenario.replace_group("phone-desk", staffing={HOURS: agents})
    return desk.replace_group("overtime", staffing={HOURS: overtime})


def promised(scenario: Scenario) -> Scenario:
    """The bot as it was credited: nobody calls again, and what is left is no harder."""
    bot = scenario.contact_type("calls").bot
    credited = {"resolved": bot.claimed_containment, "falsely_contained": 0.0, "residual_difficulty": 0.0}
    return scenario.replace_type("calls", bot=bot.model_copy(update=credited))


@pytest.fixture(scope="module")
def weeks(after) -> dict[str, ScenarioTrial]:
    """The same weeks at every stage of the story."""
    stages = {
        "before": staffed(after.replace_type("calls", bot=None), BEFORE),
        "promised": promised(after),
        "cut": after,
        "overtime": staffed(after, BEFORE - CUT, OVERTIME),
        "taken back": staffed(after, BEFORE),
    }
    return {name: simulate(stage, WEEKS, seed=5, engine="kernel") for name, stage in stages.items()}


def test_the_jobs_are_what_the_credited_calls_come_to(after):
    """The assumptions do not connect 2,000 calls with 45 jobs."""
    calls, desk = after.contact_type("calls"), after.group("phone-desk")
    assert after.expected.sum() * calls.bot.claimed_containment == pytest.approx(CREDITED)
    on_the_phones = JOBS * PAID_HOURS * (1 - desk.shrinkage.planned) / OPEN_HOURS
    assert on_the_phones == pytest.approx(CUT, abs=0.2)
    assert BEFORE * calls.bot.claimed_containment == pytest.approx(CUT, abs=0.5)
    assert int(after.staffing[0].max()) == BEFORE - CUT


def test_the_work_that_is_left_is_that_of_the_bookkeeping(after):
    """Promised and real work are not 40 and 49.5 erlangs of 50, less those who would call after closing."""
    rate = after.expected.sum() / OPEN_HOURS * CALL / 3600
    assert rate == pytest.approx(50)
    assert workload(promised(after)).work.sum() / 3600 / OPEN_HOURS == pytest.approx(0.8 * rate)
    real = after_containment(0.2, 0.6, CALL, 1.25 * CALL, 0.25)
    assert rate * (1 - real.saved) == pytest.approx(0.8 * 50 * 1.05 + 0.12 * 50 * 1.25)  # 49.5 by hand
    # a delay of 2 h after a call at any time of ten hours: (1 - exp(-5)) / 5 of them are too late
    too_late = 0.12 * 50 * 1.25 * (1 - 2.718281828**-5) / 5
    assert workload(after).work.sum() / 3600 / OPEN_HOURS == pytest.approx(49.5 - too_late, rel=0.002)


def test_calls_rise_and_the_target_is_missed_until_the_cut_is_taken_back(weeks):
    """One of the published steps does not happen."""
    verdicts = {name: status(judge_trial(trial)) for name, trial in weeks.items()}
    assert verdicts == {"before": MET, "promised": MET, "cut": MISSED, "overtime": MET, "taken back": MET}
    calls = {name: trial.sums("contacts")[0][:, 0] for name, trial in weeks.items()}
    assert (
        mean_difference(calls["before"], calls["cut"]).low > CREDITED / 2
    )  # calls rose, by week, with the same customers
    assert mean_difference(calls["before"], calls["taken back"]).low > 0  # and stay above, as the bot has stayed
    assert mean_difference(calls["taken back"], calls["cut"]).low > 0


def test_overtime_eats_what_the_cut_had_saved(weeks):
    """The promised saving is real, or the overtime that the target takes leaves most of it."""
    cost = {name: read(trial, "cost").value for name, trial in weeks.items()}
    assert cost["before"] - cost["promised"] > 0.15 * cost["before"]
    assert cost["before"] - cost["overtime"] < 0.2 * (cost["before"] - cost["promised"])
    assert cost["taken back"] > cost["before"]  # the bot's sessions come on top


def test_the_frontier_says_so_beforehand(after, weeks):
    """At 20 % containment the frontier finds the reported saving, or lists it without the real one beside it."""

    def planned(scenario: Scenario) -> Scenario:
        bot = scenario.contact_type("calls").bot
        return staffed(scenario, BEFORE if bot is None or bot.falsely_contained else BEFORE - CUT)

    def tried(scenarios: list[Scenario]) -> list[ScenarioTrial]:
        return [simulate(scenario, WEEKS, seed=5, engine="kernel") for scenario in scenarios]

    row = frontier(staffed(after, BEFORE), planned, tried, levels=(0.2,)).at(0.2)
    assert row["claimed_saving"] == pytest.approx(0.2 * read(weeks["before"], "cost").value, rel=0.01)
    assert row["formula_saved"] == pytest.approx(0.01, abs=1e-6)  # 49.5 of 50 erlangs
    assert row["net_saving"] < 0
