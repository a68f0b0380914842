"""The traffic light on contacts sorted by hand, and surveys against answers that were drawn."""

import numpy as np
import pandas as pd
import pytest

from models.service_quality.criteria import NUMBER, WAIT, Criterion, criteria_of
from models.service_quality.survey import SurveyAssumptions, survey
from models.service_quality.traffic_light import WORST, traffic_light
from scenarios.errors import InvalidValue

PHONE = criteria_of("phone")


def contacts(rows):
    """Contacts as (day, wait, left, number) of one process."""
    return pd.DataFrame(rows, columns=["day", WAIT, "left", NUMBER]).assign(process="calls")


def counts(light, criterion):
    """Green, yellow, red contacts."""
    return light.table[light.table["criterion"] == criterion]["count"].tolist()


def test_a_contact_is_as_bad_as_its_worst_criterion():
    """Waits of 5, 60, 500 s and a caller who left; the second contact of a case is yellow, the third red."""
    light = traffic_light(
        contacts([(0, 5, False, 1), (0, 60, False, 1), (1, 500, False, 1), (1, 1, True, 1), (1, 5, False, 3)]),
        {"calls": PHONE},
    )
    assert counts(light, WAIT) == [2, 1, 2]
    assert counts(light, NUMBER) == [4, 0, 1]
    assert counts(light, WORST) == [1, 1, 3]
    assert light.plan()["criterion"].tolist() == [WAIT, NUMBER]
    assert light.small() == ["calls"]


def test_what_is_not_known_is_not_good():
    """A contact still open, or without a wait in the log, is no green one."""
    light = traffic_light(contacts([(0, np.nan, False, 1), (0, np.nan, False, 4), (0, 3, False, 1)]), {"calls": PHONE})
    assert counts(light, WAIT) == [1, 0, 0]
    assert counts(light, WORST) == [1, 0, 1]


def test_no_contacts_and_unknown_processes_are_refused():
    """An empty day has no traffic light."""
    with pytest.raises(InvalidValue, match="needs contacts"):
        traffic_light(contacts([]), {"calls": PHONE})
    with pytest.raises(InvalidValue, match="process"):
        traffic_light(contacts([(0, 1, False, 1)]), {"mail": PHONE})


def test_limits_out_of_order_are_refused():
    """Green beyond yellow is a slip."""
    with pytest.raises(InvalidValue, match="Wait"):
        Criterion(WAIT, "Wait", "s", 120, 20)


def test_a_survey_against_drawn_answers():
    """Scores of 2,000 surveys, customer by customer: mean and spread as the formula says."""
    zones, asked = (0.7, 0.2, 0.1), 400
    given = SurveyAssumptions(answering=(0.2, 0.2, 0.5))
    outcome = survey(zones, asked, given)
    rng = np.random.default_rng(2)
    scores, satisfied = [], []
    for _ in range(2000):
        zone = rng.choice(3, size=asked, p=zones)
        answers = zone[rng.random(asked) < np.array(given.answering)[zone]]
        draw = rng.random(answers.size)
        promoters = draw < np.array(given.promoters)[answers]
        detractors = draw > 1 - np.array(given.detractors)[answers]
        scores.append(promoters.mean() - detractors.mean())
        satisfied.append((rng.random(answers.size) < np.array(given.satisfied)[answers]).mean())
    assert np.mean(scores) == pytest.approx(outcome.nps_found, abs=0.008)
    assert 1.96 * np.std(scores) == pytest.approx(outcome.nps_error, rel=0.06)
    assert np.mean(satisfied) == pytest.approx(outcome.csat_found, abs=0.006)
    assert outcome.nps_bias < 0  # unhappy customers answer more often


def test_answers_alike_have_no_bias():
    """Equal readiness to answer finds what all think."""
    outcome = survey((0.5, 0.3, 0.2), 1000)
    assert outcome.nps_bias == pytest.approx(0)
    assert outcome.csat_found == pytest.approx(outcome.csat)
    with pytest.raises(InvalidValue, match="add up"):
        survey((0.5, 0.3, 0.3), 1000)
