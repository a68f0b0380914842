"""Weeks side by side and totals of days: what is shown is what is there, and a total keeps the shape of its days."""

import numpy as np
import pytest

from interface.app.editor.periods import day_names, edit_period, edit_week, period_table, week_table
from scenarios.scenario import Scenario
from scenarios.yaml import presets


def week() -> Scenario:
    """A centre over a week from Monday, 2 March 2026."""
    return presets.load("one-hour")


def test_a_week_stands_side_by_side() -> None:
    """A planner's week has half-hours down and days across."""
    scenario = week()
    table = week_table(scenario, "email", 0)
    assert list(table.columns) == ["Time", *day_names(scenario.horizon)]
    assert list(table.columns[1:4]) == ["Mon 2 Mar", "Tue 3 Mar", "Wed 4 Mar"]
    edited = edit_week(scenario, {20: {"Tue 3 Mar": "12,5", "Sun 8 Mar": "0"}}, "email")
    per_day = scenario.horizon.intervals_per_day
    changed = np.flatnonzero(edited.expected[0] != scenario.expected[0])
    assert changed.tolist() == [per_day + 20, 6 * per_day + 20]
    assert edited.expected[0, changed].tolist() == [12.5, 0]
    np.testing.assert_allclose(edited.expected[1], scenario.expected[1])
    group = scenario.group_names[0]
    agents = edit_week(scenario, {20: {"Tue 3 Mar": "7"}}, group, of_agents=True)
    assert np.flatnonzero(agents.staffing[0] != scenario.staffing[0]).tolist() == [per_day + 20]


def test_totals_of_days_weekdays_and_weeks() -> None:
    """571 e-mails on a working day, 81.1 % of them at weekends: 571 × (5 + 2 × 0.811) = 3,781.2 a week."""
    scenario = week()
    assert period_table(scenario, "Day")["email"].tolist() == ["571"] * 5 + ["463.1"] * 2
    assert period_table(scenario, "Weekday")["Weekday"].tolist()[0::6] == ["Monday", "Sunday"]
    assert period_table(scenario, "Week").to_dict("records")[0]["email"] == "3781.2"
    doubled = edit_period(scenario, {0: {"email": "7562.324"}}, "Week")
    np.testing.assert_allclose(doubled.expected[0], 2 * scenario.expected[0])
    special = edit_period(scenario, {2: {"email": "0"}}, "Day")
    assert period_table(special, "Day")["email"].tolist()[1:4] == ["571", "0", "571"]
    again = edit_period(special, {2: {"email": "571"}}, "Day")
    assert again.expected[0].sum() == pytest.approx(scenario.expected[0].sum())
    assert again.contact_type("email").volume.variation == scenario.contact_type("email").volume.variation


def test_a_weekday_is_every_such_day() -> None:
    """Mondays are busier: each of them, and no other day."""
    scenario = week()
    two_weeks = scenario.replace(horizon={"start": scenario.horizon.start, "days": 14, "interval": 1800})
    edited = edit_period(two_weeks, {0: {"email": "800"}}, "Weekday")
    totals = edited.expected[0].reshape(14, -1).sum(axis=1)
    assert totals[[0, 7]] == pytest.approx([800, 800])
    assert totals[[1, 8]] == pytest.approx([571, 571])


def test_a_day_without_contacts_gets_the_usual_shape() -> None:
    """A total for a closed type must fall into its opening hours."""
    scenario = presets.load("help-desk").replace_type("calls", open="Mon-Sun 08:00-20:00", volume={"daily": 0})
    edited = edit_period(scenario, {0: {"calls": "240"}}, "Day")
    assert edited.expected[0, [15, 16, 39, 40]].tolist() == [0, 10, 10, 0]
