"""Kept variants: opened, renamed, copied and deleted; nothing that was kept is lost without a word."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from scenarios.errors import InvalidValue
from scenarios.yaml import presets
from tests.windows import at_scenario, press, work


@pytest.fixture
def app(project: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The Compare page, with a variant of the help desk that has one agent more."""
    monkeypatch.chdir(project)
    app = at_scenario(project, 60)
    desk = presets.load("help-desk")
    work(app).open(desk, "")
    work(app).keep("one more", desk.replace_group("desk", staffing=17))
    return app.switch_page("interface/app/pages/compare.py").run()


def write(app: AppTest, label: str, text: str) -> AppTest:
    """The window after a text was written into a field."""
    next(field for field in app.text_input if field.label == label).input(text)
    return app.run()


def test_a_variant_is_opened_and_undone(app: AppTest) -> None:
    """A variant that can be compared but never worked on again is half kept."""
    before = work(app).scenario
    press(app, "Open")
    assert not app.exception
    assert work(app).scenario.staffing.max() == 17
    work(app).undo()
    assert work(app).scenario == before


def test_a_variant_is_renamed_copied_and_deleted(app: AppTest) -> None:
    """The three things that are done to a variant by its name."""
    write(app, "New name", "seventeen")
    press(app, "Rename")
    assert list(work(app).variants) == ["seventeen"]
    press(app, "Duplicate")
    assert list(work(app).variants) == ["seventeen", "seventeen (2)"]
    press(app, "Move down")
    assert list(work(app).variants) == ["seventeen (2)", "seventeen"]
    press(app, "Move down")
    assert list(work(app).variants) == ["seventeen", "seventeen (2)"]
    (lineage,) = [table.value for table in app.dataframe if "Changed from" in table.value]
    assert list(lineage["Changed from"]) == ["A help desk with one queue", "seventeen"]
    assert list(lineage["Changes"]) == ["desk: staffing", "none"]
    press(app, "Delete")
    assert list(work(app).variants) == ["seventeen (2)"]
    press(app, "Delete")
    assert not work(app).variants
    assert not app.exception


def test_a_compared_variant_can_be_deleted(app: AppTest) -> None:
    """The page would go on asking for a scenario that is gone."""
    next(box for box in app.selectbox if box.label == "Baseline").select("one more")
    app.run()
    press(app, "Delete")
    assert not app.exception
    assert "one more" not in next(box for box in app.selectbox if box.label == "Baseline").options


def test_a_taken_name_is_refused(app: AppTest) -> None:
    """A variant was overwritten by the next one of its name, without a word."""
    kept = work(app).variants["one more"]
    write(app, "Name", "one more")
    assert work(app).variants["one more"] is kept
    assert any("this name is in use" in error.value for error in app.error)
    work(app).keep("other", kept.scenario)
    with pytest.raises(InvalidValue, match="Name: 'other' cannot be used; this name is in use"):
        work(app).rename("one more", "other")
    with pytest.raises(InvalidValue, match="this name is in use"):
        work(app).keep("help-desk", kept.scenario)


def test_the_import_report_is_shown_until_it_is_closed(app: AppTest) -> None:
    """Rows that could not be read were left out, and nobody was told."""
    report = ("120 rows read, 100 contacts kept", "20 rows: no time of arrival")
    work(app).open(presets.load("one-pool"), "", report)
    app.switch_page("interface/app/pages/scenario.py").run()
    assert any("20 rows: no time of arrival" in warning.value for warning in app.warning)
    assert any("120 rows read, 100 contacts kept" in expander.label for expander in app.expander)
    press(app, "Close the report")
    assert not any("20 rows" in warning.value for warning in app.warning)
