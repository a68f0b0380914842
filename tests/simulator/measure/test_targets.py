"""What counts as met: by interval, by worst period, by share of days, and never for an overloaded queue."""

import numpy as np
import pytest

from scenarios.judgement import by_period, counts_of
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MET, MISSED
from simulator.experiment import simulate
from simulator.measure.targets import all_met, judged, verdict
from tests.centres import contact_type, group, of


def desk(staffing: object = 8, **target: object) -> Scenario:
    """Sixty calls an hour of five minutes: five erlangs."""
    wanted = {"share": 0.8, "within": "20s"} | target
    return of(
        [contact_type("calls", volume={"per_hour": 60}, handle_time={"mean": "5 min"}, target=wanted)],
        [group("a", ["calls"], staffing)],
    )


def test_met_and_missed() -> None:
    """Erlang C gives 5 erlangs on 8 agents 86 % in 20 s (met) and on 6 agents 52 % (missed)."""
    assert verdict(simulate(desk(8), 60))["status"].tolist() == [MET]
    assert verdict(simulate(desk(6), 60))["status"].tolist() == [MISSED]
    assert not all_met(simulate(desk(6), 60))


def test_the_worst_hour_decides_a_target_for_every_hour() -> None:
    """Eight agents but six from 10:00 to 11:00: the day is fine, the hour from 10:00 is not, and is named."""
    staffing = [8] * 20 + [6] * 2 + [8] * 26
    results = simulate(desk(staffing, every="hour"), 60)
    row = verdict(results).iloc[0]
    (judgement,) = judged(results)
    worst = by_period(results.scenario, judgement.constraint, counts_of(results, judgement.constraint)).value
    assert row["value"] == pytest.approx(np.min(worst))
    assert row["status"] == MISSED
    assert "2026-03-02T10:00" in row["note"] or "2026-03-02T11:00" in row["note"]


def test_a_target_on_a_share_of_days() -> None:
    """With days that differ the average is met, nine days in ten are not."""
    volume = {"per_hour": 60, "variation": {"cv": 0.25}}
    scenario = desk(9, on_days=0.9).replace_type("calls", volume=volume)
    row = verdict(simulate(scenario, 100)).iloc[0]
    assert row["wanted"] == 0.9
    assert row["value"] == row["good_days"]
    assert 0 < row["value"] < 0.9


def test_overload_is_said() -> None:
    """Five erlangs on four agents: the queue grows by 12 an hour (60 come, 48 go), and the row says so."""
    scenario = desk(4).replace(horizon={"interval": "30 min", "at_end": "stop"})
    note = verdict(simulate(scenario, 20)).iloc[0]["note"]
    growth = float(note.split("grows by ")[1].split(" ")[0])
    assert growth == pytest.approx(12, abs=1)


def test_an_occupancy_cap_is_a_constraint_of_the_group() -> None:
    """Five erlangs on eight agents are 62.5 % busy: a cap of 60 % is missed, one of 70 % met."""
    for cap, expected in ((0.6, MISSED), (0.7, MET)):
        rows = verdict(simulate(desk(8).replace_group("a", max_occupancy=cap), 40))
        assert rows.set_index("type")["status"]["a"] == expected


def test_a_single_replication_decides_nothing() -> None:
    """One replication shows no error, so however good or bad its value, the verdict is inconclusive."""
    for staffing in (3, 20):
        row = verdict(simulate(desk(staffing), 1)).iloc[0]
        assert row["status"] == INCONCLUSIVE
        assert np.isnan(row["low"])


def test_a_type_without_contacts_is_not_judged() -> None:
    """Nobody calls: dashes, nothing to judge, and the other target alone decides."""
    quiet = contact_type("quiet", volume={"per_hour": 0}, target={"share": 0.8, "within": "20s"})
    calls = contact_type(
        "calls", volume={"per_hour": 60}, handle_time={"mean": "5 min"}, target={"share": 0.8, "within": "20s"}
    )
    results = simulate(of([quiet, calls], [group("a", ["quiet", "calls"], 9)]), 20)
    row = verdict(results).set_index("type").loc["quiet"]
    assert np.isnan(row["value"])
    assert (row["status"], row["note"]) == (INCONCLUSIVE, "no contacts, nothing to judge")
    assert all_met(results)
    assert np.isnan(results.wait_quantile("quiet", 0.9).value)
    assert np.isnan(results.wait_curve("quiet", [0.0, 20.0]).value).all()
