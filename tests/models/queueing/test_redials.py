"""Flows of attempts, and the fluid of redials against its balance worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.queueing.redial_chain import redial_chain
from models.queueing.redials import first_attempts, forward, redial_fluid
from scenarios.errors import InvalidValue


def test_forward_is_the_way_back() -> None:
    """100 first attempts, 20 % lost of whom half redial, 10 % of answers call again: 100 / (1 - 0.1 - 0.08)."""
    out = forward(100, lost=0.2, redial=0.5, reconnect=0.1)
    assert out.offered == pytest.approx(100 / 0.82)
    back = first_attempts(out.offered, lost=0.2, redial=0.5, reconnect=0.1)
    assert (back.first, back.redials, back.reconnects) == pytest.approx((100, 10 / 0.82, 8 / 0.82))


def test_empowerment_of_the_founding_documents() -> None:
    """First-contact resolution 0.70 and 80 % of the others coming back: 100/h become 131.6/h; with 0.80, 119/h."""
    volume = forward(100, lost=0.0, redial=0.0, reconnect=[0.3 * 0.8, 0.2 * 0.8]).offered
    assert volume == pytest.approx([131.6, 119.0], abs=0.1)


def test_the_chain_obeys_the_flows() -> None:
    """First attempts found from the chain's own offered volume must be what it was fed."""
    again = redial_chain(2.0, 5.0, 3.0, 10, 0.5, 10.0, redial_if_abandoned=0.6)
    assert first_attempts(again.attempt_rate, again.p_abandon, 0.6).first == pytest.approx(2.0, rel=1e-9)


def test_the_fluid_settles_where_flows_balance() -> None:
    """Overloaded, 10 first attempts for a capacity of 20/3 with half redialling and a tenth of answers calling again.

    Answered 20/3, so 2/3 reconnect; lost L with offered = 10 + 2/3 + L/2 = 20/3 + L gives L = 8.
    """
    course = redial_fluid([10.0] * 60, [20] * 60, 15, 3, 2, 10, 0.5, reconnect_time=5, reconnect=0.1, steps=15)
    assert course.abandon_rate[-1] == pytest.approx(8, rel=1e-6)
    assert course.offered_rate[-1] == pytest.approx(20 / 3 + 8, rel=1e-6)
    assert course.in_system[-1] == pytest.approx(20 + 8 * 2, rel=1e-6)
    assert course.times[-1] == pytest.approx(900)


def test_the_fluid_is_near_the_chain_in_overload() -> None:
    """A large overloaded team must abandon in the fluid as in the exact chain, within a per cent."""
    exact = redial_chain(30.0, 3.0, 2.0, 60, 0.5, 10.0, redial_if_abandoned=0.5)
    course = redial_fluid([30.0] * 40, [60] * 40, 15, 3, 2, 10, 0.5, steps=15)
    assert course.abandon_rate[-1] == pytest.approx(exact.abandon_rate, rel=0.01)


def test_patient_customers_in_the_fluid() -> None:
    """Without abandonment the queue of an overloaded interval is (rate - capacity) x time: 2 x 30 = 60 after it."""
    course = redial_fluid([12.0], [30], 30, 3, math.inf, 10, 0.5)
    assert course.in_system[-1] == pytest.approx(90 - 2 * 3 * math.log(6), rel=0.03)
    assert np.all(course.abandon_rate == 0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: forward(100, lost=1.0, redial=1.0),
        lambda: first_attempts(-1, lost=0.1, redial=0.5),
        lambda: first_attempts(10, lost=1.1, redial=0.5),
        lambda: redial_fluid([1.0], [math.inf], 15, 3, 2, 10, 0.5),
        lambda: redial_fluid([], [], 15, 3, 2, 10, 0.5),
    ],
)
def test_bad_input_is_refused(call: object) -> None:
    """A volume that means nothing comes back."""
    with pytest.raises(InvalidValue):
        call()
