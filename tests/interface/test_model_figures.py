"""The page on how far off formulas are: every figure is there, shown, and drawn from numbers that are kept."""

from __future__ import annotations

import csv
import re
from pathlib import Path


def test_every_figure_is_shown_and_has_its_numbers(project: Path) -> None:
    """A figure was renamed or left out, or its numbers were not kept."""
    page = (project / "docs/explanation/how-far-off.md").read_text("utf-8")
    with (project / "docs/images/model-figures.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    shown = re.findall(r"\(\.\./images/model-([a-z-]+)\.svg\)", page)
    assert sorted(shown) == sorted({row["study"] for row in rows})
    for name in shown:
        assert (project / f"docs/images/model-{name}.svg").stat().st_size > 1000
        assert {row["by"] for row in rows if row["study"] == name} > {"Simulation"}


def test_exact_formulas_are_exact_in_their_figures(project: Path) -> None:
    """A figure shows a formula away from the simulation though all of its assumptions hold."""
    with (project / "docs/images/model-figures.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    exact = {"erlang-c": "Erlang A", "erlang-a": "M/M/n+G", "intervals": "Exact day"}
    for study, formula in exact.items():
        says = {row["x"]: float(row["value"]) for row in rows if (row["study"], row["by"]) == (study, formula)}
        found = {row["x"]: row for row in rows if (row["study"], row["by"]) == (study, "Simulation")}
        assert says.keys() == found.keys()
        for x, value in says.items():
            error = (float(found[x]["high"]) - float(found[x]["low"])) / 2 / 1.96
            assert abs(float(found[x]["value"]) - value) <= 4 * error, (study, x)
