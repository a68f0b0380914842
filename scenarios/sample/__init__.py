"""A small synthetic contact log of our own, in the layout of the mapping `bank`; made by `scenarios.sample.make`."""

from pathlib import Path

SAMPLE_LOG = Path(__file__).parent / "calls.csv.gz"
"""Three weekdays of an invented help line: read it with the mapping `bank`."""
