"""Events laid over volumes: sums known in closed form, nothing lost, nothing counted twice, and what is refused."""

import numpy as np
import pytest

from scenarios.edit.contact_types import remove_type, rename_type
from scenarios.errors import InvalidScenario, InvalidValue, PlannerError
from scenarios.events.event import Event
from scenarios.scenario import Scenario, scenario_from
from scenarios.yaml import files
from simulator.experiment import simulate
from studies.waterfall import event_table, waterfall

AT = "2026-03-02 10:00"
PEOPLE = {"at": AT, "people": 100, "contacts_per_person": 1, "half_life": "1 d"}


def centre(*events: dict[str, object], days: int = 2, interval: str = "30 min") -> Scenario:
    """Social messages around the clock and calls by day, with some events."""
    return scenario_from(
        {
            "name": "centre",
            "horizon": {"start": "2026-03-02", "days": days, "interval": interval},
            "contact_types": [
                {"name": "social", "channel": "social", "volume": {"per_hour": 12}, "handle_time": {"mean": 240}},
                {
                    **{"name": "calls", "channel": "phone", "open": "Mon-Sun 08:00-20:00"},
                    **{"volume": {"per_hour": 20}, "handle_time": {"mean": 240}},
                },
            ],
            "agent_groups": [{"name": "desk", "skills": ["social", "calls"], "staffing": 6}],
            "events": list(events),
        }
    )


def added(scenario: Scenario) -> list[float]:
    """Contacts that events add to each type."""
    result: list[float] = (scenario.expected - scenario.usual_volumes).sum(axis=1).tolist()
    return result


@pytest.mark.parametrize("interval", ["15 min", "1 h"])
def test_a_storm_is_the_integral_of_its_excess(interval: str) -> None:
    """Rate x (peak - 1) x half-life / ln 2 x (1 - what is left at the end), on any grid."""
    storm = {"event": "storm", "types": ["social"], "at": "2026-03-02 10:10", "peak": 5, "half_life": "3 h"}
    scenario = centre(storm, days=3, interval=interval)
    left = 0.5 ** ((72 - 10 - 1 / 6) / 3)
    assert added(scenario) == pytest.approx([12 * 4 * 3 / np.log(2) * (1 - left), 0.0])


def test_new_customers_call_when_the_centre_is_open() -> None:
    """All contacts come within the limit, none of them at night; a message takes its part off."""
    wave = {"event": "new-customers", "types": ["calls"], "at": "2026-03-02 00:00", "people": 100}
    wave |= {"contacts_per_person": 0.5, "half_life": "6 h", "within": "1 d", "reach": 0.8, "success": 0.5}
    scenario = centre(wave)
    assert added(scenario) == pytest.approx([0.0, 100 * 0.5 * 0.6])
    night = scenario.horizon.open_share(("Mon-Sun 20:00-08:00",)) > 0
    assert scenario.expected[1, night].sum() == 0
    morning, evening = scenario.expected[1, 16:20].sum(), scenario.expected[1, 36:40].sum()
    assert morning > evening


def test_customers_of_an_outage_turn_elsewhere_come_later_or_not() -> None:
    """Two hours of 20 calls: a quarter write, half call later, a quarter is lost."""
    outage = {"event": "outage", "types": ["calls"], "at": "2026-03-02 12:00", "until": "2026-03-02 14:00"}
    outage |= {"move_to": "social", "moved": 0.25, "later": 0.5, "half_life": "10 min"}
    scenario = centre(outage)
    assert added(scenario) == pytest.approx([10.0, -20.0])
    assert scenario.expected[1, 24:28].sum() == pytest.approx(0)
    assert scenario.expected[1, 28] > 2 * scenario.usual_volumes[1, 28]


def test_events_act_one_after_another() -> None:
    """Prevention after a surge takes its part of the surge as well: 240 x 1.5 x 0.8."""
    surge = {"event": "surge", "at": "2026-03-02 00:00", "until": "2026-03-04 00:00", "volume": 1.5}
    prevention = {"event": "prevention", "types": ["calls"], "reach": 0.5, "success": 0.4}
    both = centre(surge, prevention)
    assert both.expected[1].sum() == pytest.approx(480 * 1.5 * 0.8)
    assert sum(step.change.sum() for step in both.with_events.steps) == pytest.approx(sum(added(both)))
    assert event_table(both)["event"].tolist() == ["Surge", "Surge", "Prevention"]


def test_a_surge_makes_handle_times_longer_in_both_engines() -> None:
    """Handle times of the day are a fifth longer, and the engines agree to the bit."""
    surge = {"event": "surge", "at": "2026-03-03 00:00", "until": "2026-03-04 00:00", "handle_time": 1.2}
    scenario = centre(surge, {"event": "storm", "types": ["social"], "at": AT, "peak": 4, "half_life": "4 h"})
    assert scenario.handle_times[:, 0].tolist() == [240.0, 240.0]
    assert scenario.handle_times[:, -1].tolist() == [288.0, 288.0]
    simpy, kernel = (simulate(scenario, 2, engine=engine) for engine in ("simpy", "kernel"))
    assert np.array_equal(simpy.contacts, kernel.contacts, equal_nan=True)


def test_the_waterfall_ends_at_what_is_offered() -> None:
    """Every step together is what the engine counted as offered."""
    results = simulate(centre({"event": "storm", "types": ["social"], "at": AT, "peak": 3, "half_life": "4 h"}), 3)
    steps = waterfall(results)
    assert steps["change"].sum() == pytest.approx(steps["total"].iloc[-1])
    assert "Storm" in steps["step"].tolist()


def test_the_waterfall_leaves_the_warm_up_out() -> None:
    """What arrives before the horizon is judged is no part of any step: 36 hours of two types are left."""
    scenario = centre({"event": "storm", "types": ["social"], "at": AT, "peak": 3, "half_life": "4 h"})
    judged = scenario.replace(horizon=scenario.horizon.model_dump() | {"warm_up": 12 * 3600.0})
    steps = waterfall(simulate(judged, 4)).set_index("step")["change"]
    assert steps["Usual volume"] == pytest.approx(36 * 12 + (8 + 12) * 20)
    assert abs(steps["Chance and day-to-day variation"]) < 4.5 * np.sqrt(judged.expected.sum() / 4)


def test_events_come_back_from_a_file_and_follow_renamed_types() -> None:
    """Written and read again; a renamed type keeps its storm, a removed one takes it along."""
    scenario = centre({"event": "storm", "types": ["social"], "at": AT, "peak": 3, "half_life": "4 h"})
    assert files.loads(files.dump(scenario)) == scenario
    assert "at: 2026-03-02 10:00" in files.dump(scenario)
    assert rename_type(scenario, "social", "posts").events[0].types == ("posts",)
    assert remove_type(scenario, "social").events == ()


@pytest.mark.parametrize(
    "event, word",
    [
        ({"event": "storm", "types": ["social"], "at": AT, "half_life": "1 h"}, "peak"),
        ({"event": "storm", "at": AT, "peak": 2, "half_life": "1 h"}, "types"),
        ({"event": "storm", "types": ["fax"], "at": AT, "peak": 2, "half_life": "1 h"}, "fax"),
        ({"event": "storm", "types": ["social"], "at": "2027-01-01 00:00", "peak": 2, "half_life": "1 h"}, "at"),
        ({"event": "storm", "types": ["social"], "at": AT, "peak": 2, "half_life": 0}, "half_life"),
        ({"event": "surge", "at": AT, "until": "2026-03-01 00:00", "volume": 2}, "until"),
        ({"event": "surge", "at": AT, "until": "2026-03-03 00:00"}, "volume"),
        ({"event": "surge", "at": AT, "until": "2026-03-03 00:00", "volume": 2, "people": 3}, "people"),
        ({"event": "outage", "types": ["calls"], "at": AT, "until": "2026-03-03 00:00", "moved": 0.5}, "moved"),
        ({"event": "campaign", "types": ["calls"], "at": f"{AT}+02:00", "people": 1}, "contacts_per_person"),
        ({**PEOPLE, "event": "campaign", "types": ["fax"]}, "fax"),
        ({**PEOPLE, "event": "new-customers", "types": ["fax"]}, "fax"),
        ({"event": "party"}, "event"),
    ],
)
def test_strange_events_are_refused_by_field(event: dict[str, object], word: str) -> None:
    """Each names what is wrong."""
    with pytest.raises(PlannerError, match=word):
        centre(event)


def test_nobody_expects_a_billion_contacts_a_day() -> None:
    """A slip in the number of people is found before anything is simulated."""
    wave = {"event": "campaign", "types": ["calls"], "at": AT, "people": 1e9, "contacts_per_person": 100}
    with pytest.raises(InvalidScenario, match="contacts"):
        centre(wave | {"half_life": "1 h"})


def test_offsets_are_refused() -> None:
    """Events are local time, like everything else."""
    with pytest.raises((InvalidValue, ValueError), match="offset"):
        Event(event="storm", types=("social",), at="2026-03-02T10:00+02:00", peak=2, half_life="1 h")
