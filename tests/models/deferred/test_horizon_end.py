"""Deferred work by formula at the end of a horizon: what is left then is neither late nor overload."""

import pytest

from models.centre.approximate import approximate
from models.centre.staffing import staff
from models.deferred.requirement import agents_needed, worked
from models.lint.linter import advise
from scenarios.scenario import Scenario
from tests.simulator.test_tail import mailroom, weekend_mail


def found(scenario: Scenario, measure: str) -> tuple[float, str]:
    """The value of a measure of the only type, and its note."""
    rows = approximate(scenario)
    row = rows[(rows["by"] == "type") & (rows["measure"] == measure)].iloc[0]
    return float(row["value"]), str(row["note"])


@pytest.mark.parametrize("days", [1, 2, 5, 14])
def test_a_deadline_beyond_the_horizon(days: int) -> None:
    """By hand: of 240 mails a day none waits a day; areas of backlog give the mean wait, less on the first day."""
    first, later = (400 + 696) / 240, (140 * 14 / 2 + 140 * 3.5 / 2) / 240  # hours
    assert found(mailroom(days), "service_level")[0] == pytest.approx(1.0)
    asa, note = found(mailroom(days), "asa")
    assert asa == pytest.approx((first + (days - 1) * later) / days * 3600, rel=1e-3)
    assert "overloaded" not in note


def test_a_weekend_at_the_end() -> None:
    """74.1 % in 24 hours by an event simulation of 58 weeks, and 35 % of the agents' time."""
    share, note = found(weekend_mail(), "service_level")
    assert share == pytest.approx(0.741, abs=0.003)
    assert "overloaded" not in note


def test_overload_is_of_the_repeating_week() -> None:
    """Twenty agent-hours for 24 hours of work: 40 mails a day more than can be answered, on any number of days."""
    for days in (1, 7, 10):
        assert "overloaded, the queue grows by 1.67 an hour" in found(mailroom(days, staffing=2), "service_level")[1]
        advice = [one for one in advise(mailroom(days, staffing=2)) if one.code == "unstable"]
        assert "grows by 1.67 an hour" in advice[0].size
    for kept_up in (mailroom(staffing=3), weekend_mail()):
        assert not [one for one in advise(kept_up) if one.code == "unstable"]


def test_agents_are_counted_in_open_hours() -> None:
    """Agents who may not touch the mail after 12:00 work it off no faster: 4 hours of 5 for 24 of work."""
    scenario = mailroom().replace_type("mail", open="Mon-Sun 08:00-12:00", volume={"per_interval": [5.0] * 48})
    assert "overloaded" in found(scenario, "service_level")[1]


def test_the_requirement_of_the_mailroom() -> None:
    """24 hours of work in ten hours are 2.4 agents; three people, not as many as would finish in the evening."""
    scenario = mailroom()
    need = agents_needed(scenario, scenario.contact_types[0], scenario.expected[0], 360.0, worked(scenario, "mail"))
    assert 2.4 <= need <= 3
    assert staff(scenario).staffing[0].max() == 3
