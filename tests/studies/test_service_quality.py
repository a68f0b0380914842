"""Zones of simulated and of recorded contacts, counted in two ways."""

import numpy as np
import pytest

from models.service_quality.traffic_light import ZONES
from scenarios.contact_log.mapping import mapping
from scenarios.contact_log.records import read_records
from scenarios.errors import Cancelled, InvalidValue
from scenarios.sample import SAMPLE_LOG
from scenarios.yaml import presets
from studies.customer_value import service_option
from studies.service_quality import recorded_quality, simulated_quality


@pytest.fixture(scope="module")
def retail():
    """Two days of the retailer by zone."""
    return simulated_quality(presets.load("retail-weekday"), 2)


def test_zones_from_contacts_are_those_of_the_tallies(retail):
    """Counted contact by contact from the log, and added up by the engine; no bot answers these two."""
    waits = retail.light.table[(retail.light.table["criterion"] == "wait")]
    measures = retail.measures[retail.measures["by"] == "type"].set_index(["of", "measure"])["value"]
    for process in ("email", "social"):
        part = waits[waits["process"] == process].set_index("zone")["count"]
        for zone in ZONES:
            share = measures[process, f"zone_{zone}"]
            assert part[zone] == pytest.approx(share * measures[process, "offered"] * 2), (process, zone)


def test_a_warm_up_has_no_zone():
    """As many contacts as the engine counts, which leaves the warm-up out."""
    desk = presets.load("help-desk")
    judged = simulated_quality(desk.replace(horizon=desk.horizon.model_dump() | {"warm_up": 12 * 3600.0}), 1)
    measures = judged.measures[judged.measures["by"] == "total"].set_index("measure")["value"]
    assert judged.contacts == measures["contacts"] < simulated_quality(desk, 1).contacts


def test_what_a_scenario_tells_of_value(retail):
    """Red contacts and the cost of a case reach the value model."""
    option = service_option(presets.load("retail-weekday"), retail, 2.0)
    total = retail.measures[retail.measures["by"] == "total"].set_index("measure")["value"]
    assert option.cost_to_serve == pytest.approx(2 * total["cost"] / total["cases"])
    reds = [retail.shares(process)[2] for process in retail.processes]
    assert min(reds) < option.experience.red < max(reds)


def test_a_log_by_zone():
    """Counted by hand from the columns of the log: waits up to 20 s, up to 120 s, longer or left."""
    records = read_records(SAMPLE_LOG, mapping("bank"))
    quality = recorded_quality(records)
    table = quality.light.table
    for index, process in enumerate(records.types):
        own = records.type == index
        wait, answered = records.wait[own], records.answered[own]
        by_hand = [np.sum(answered & (wait <= 20)), np.sum(answered & (wait > 20) & (wait <= 120))]
        by_hand.append(np.sum(~answered | (wait > 120)))
        part = table[(table["process"] == process) & (table["criterion"] == "wait")]
        assert part["count"].tolist() == by_hand
    with pytest.raises(InvalidValue, match="costs"):
        service_option(presets.load("help-desk"), quality, 2.0)


def test_days_and_cancelling():
    """Nonsense is refused, and a stopped run ends."""
    scenario = presets.load("help-desk")
    with pytest.raises(InvalidValue, match="days"):
        simulated_quality(scenario, 0)
    with pytest.raises(Cancelled):
        simulated_quality(scenario, 3, cancelled=lambda: True)
