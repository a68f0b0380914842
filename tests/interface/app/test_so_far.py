"""More days for a target that stays inconclusive."""

from interface.app.results.so_far import days_to_decide, enough
from scenarios.yaml import presets
from simulator.experiment import simulate


def test_days_that_would_decide_a_target() -> None:
    """A target half an interval away takes four times the days; one that is decided takes none."""
    desk = presets.load("help-desk")
    estimate = simulate(desk, 20).estimate("service_level")
    value, half = (float(part[-1]) for part in (estimate.value, estimate.half_width))
    near, far = (
        simulate(desk.replace_type("calls", target={"share": round(value - part * half, 6), "within": "20s"}), 20)
        for part in (0.5, 3)
    )
    assert 70 <= days_to_decide(near)["calls"] <= 90
    assert days_to_decide(far) == {}
    assert enough(desk, 20, 80) == "Standard"
