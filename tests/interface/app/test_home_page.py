"""The Home page: the calculator, the doors, and the way into a scenario."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from interface.app.calculator import pasted_volumes
from scenarios.errors import InvalidValue
from tests.windows import at_home


@pytest.fixture
def app(project: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A freshly opened window."""
    monkeypatch.chdir(project)
    return at_home(project, 60)


def write(app: AppTest, label: str, value: object) -> AppTest:
    """The window after a field was filled."""
    fields = [*app.text_input, *app.number_input, *app.selectbox, *app.text_area]
    next(field for field in fields if field.label == label).set_value(value)
    return app.run()


def tiles(app: AppTest) -> str:
    """The tiles of the answer."""
    return "\n".join(str(part.body) for part in app.html)


def test_the_first_number_is_there_as_it_opens(app: AppTest) -> None:
    """The known example, 100 calls of 3 minutes in half an hour, 80/20: 14 agents, 20 scheduled (WE-01)."""
    assert not app.exception
    assert app.title[0].value == "Home"
    assert "14 agents" in tiles(app)
    assert "20.0 scheduled with 30 % shrinkage" in tiles(app)


def test_the_reverse_question(app: AppTest) -> None:
    """'I have 14 people': pyworkforce's Erlang A for a patience of 5 min says 91.7 % and 1.4 % abandoned (WE-03)."""
    write(app, "Patience", "5 min")
    app.segmented_control[0].set_value("Service level")
    app.run()
    assert "Service level 91.7 %" in tiles(app)
    assert "Abandonment 1.4 %" in tiles(app)


def test_a_field_that_cannot_be_read_is_named(app: AppTest) -> None:
    """A typing mistake must name its field, not end in a traceback."""
    write(app, "AHT", "3 fortnights")
    assert not app.exception
    assert "AHT" in app.error[0].value
    assert "3 fortnights" in app.error[0].value


def test_pasted_volumes_make_a_day(app: AppTest) -> None:
    """A column from a spreadsheet with decimal commas must arrive as it was."""
    write(app, "Contacts by interval", "08:00\t80,5\n08:30\t95\n09:00\t120")
    table = app.dataframe[0].value
    assert table["From"].tolist() == ["08:00", "08:30", "09:00"]
    assert table["Contacts"].tolist() == [80.5, 95.0, 120.0]


def test_open_as_a_scenario(app: AppTest) -> None:
    """The numbers of the calculator must be those of the scenario that it opens."""
    next(button for button in app.button if button.label == "Open as a scenario").click()
    app.run()
    scenario = app.session_state["workspace"].scenario
    assert scenario.expected.sum() == 24 * 100
    assert scenario.group("agents").shrinkage.planned == 0.3
    assert app.title[0].value == "Scenario"


@pytest.mark.parametrize(
    "text",
    ["08:00\tabc", "08:00\t-3", "1,221", "=1+1", "a\tb\tc"],
    ids=["word", "negative", "two ways", "formula", "words"],
)
def test_a_bad_column_is_refused_by_its_text(text: str) -> None:
    """A number that is guessed is worse than one that is asked for again."""
    with pytest.raises(InvalidValue, match="Contacts by interval"):
        pasted_volumes(text, 1800, "08:00-20:00")


def test_rows_beyond_midnight_are_refused() -> None:
    """The last rows of a column would vanish without a word."""
    with pytest.raises(InvalidValue, match="Row 4"):
        pasted_volumes("\n".join(["5"] * 5), 1800, "22:30-24:00")
