"""Entries of a grid: each is taken once, a block as a whole or not at all, and what is refused waits in the grid."""

from functools import partial
from typing import Any

import pytest

from interface.app.editor.tables import follow_ups_grid, volume_grid
from interface.app.grids.editable import shown
from interface.app.grids.entries import TableOf, retry, take
from interface.app.grids.state import GridState, PendingBlock
from interface.app.grids.subject import of_scenario
from interface.app.session import Workspace
from scenarios.yaml import presets

VOLUME = partial(volume_grid, day=0, every_day=False)
NINE = 18
"""The row of 9:00 in a grid of half-hours."""


class Grid:
    """A grid of the help desk without a browser."""

    def __init__(self, table_of: TableOf = VOLUME) -> None:
        self.work = Workspace(presets.load("help-desk"), "")
        self.state, self.table_of, self.sent = GridState(), table_of, list[dict[str, Any]]()

    def enter(self, **entry: Any) -> None:
        """Send an entry, with all that were sent before."""
        shape = self.table_of(self.work.scenario).shape
        self.sent.append({"number": len(self.sent) + 1, "shape": shape, **entry})
        take(of_scenario(self.work), "volume", self.state, self.table_of, self.sent)

    @property
    def contacts(self) -> list[float]:
        """The contacts of the scenario from 9:00 on."""
        return [float(value) for value in self.work.scenario.expected[0, NINE : NINE + 4]]

    def marks(self) -> dict[int, str]:
        """What the grid says of cells, by row."""
        return {row: words for row, _, words in shown(self.table_of(self.work.scenario), self.state)["marks"]}

    def texts(self) -> list[str]:
        """What the grid shows from 9:00 on."""
        return [row[1] for row in shown(self.table_of(self.work.scenario), self.state)["rows"][NINE : NINE + 4]]


@pytest.fixture
def grid() -> Grid:
    """The contacts by interval."""
    return Grid()


def test_each_entry_is_taken_once(grid: Grid) -> None:
    """The browser sends an entry until it hears of it: a total that was applied twice overwrote newer values."""
    grid.enter(cells=[[NINE, 1, "70"]])
    grid.enter(cells=[[NINE, 1, "80"]])
    before = len(grid.work.past)
    take(of_scenario(grid.work), "volume", grid.state, VOLUME, grid.sent)
    assert grid.contacts[0] == 80
    assert len(grid.work.past) == before == 2


def test_a_pasted_block_is_one_step_and_read_as_a_whole(grid: Grid) -> None:
    """3,5 became 35; and a block that is many steps cannot be undone."""
    old = grid.contacts
    grid.enter(paste="3,5\r\n1.234,5\r\n\r\n1,221\r\n", row=NINE, column=1)
    assert grid.contacts == [3.5, 1234.5, 0, 1.221]
    grid.enter(step="undo")
    assert grid.contacts == old
    grid.enter(step="redo")
    assert grid.contacts == [3.5, 1234.5, 0, 1.221]


def test_a_block_with_bad_cells_waits_for_their_correction(grid: Grid) -> None:
    """A block taken in part leaves two sources in a plan; one that is thrown away is work lost."""
    old = grid.contacts
    grid.enter(paste="3,5\nmany\n-1\n7", row=NINE, column=1)
    assert grid.contacts == old
    assert grid.texts() == ["3,5", "many", "-1", "7"]
    assert list(grid.marks()) == [NINE + 1, NINE + 2]
    grid.enter(cells=[[NINE + 20, 1, "9"]])  # what is typed elsewhere does not wait with it
    assert grid.work.scenario.expected[0, NINE + 20] == 9
    grid.enter(cells=[[NINE + 1, 1, "4,5"]])
    assert grid.contacts == old
    grid.enter(cells=[[NINE + 2, 1, "1"]])
    assert grid.contacts == [3.5, 4.5, 1, 7]
    assert grid.marks() == {}


def test_the_readable_cells_can_be_applied_without_the_others(grid: Grid) -> None:
    """A report with one broken cell must not be typed by hand."""
    old = grid.contacts
    grid.enter(paste="3,5\nmany\n4\n7", row=NINE, column=1)
    (block,) = grid.state.pending
    grid.state.pending.remove(block)
    retry(of_scenario(grid.work), "volume", grid.state, VOLUME(grid.work.scenario), PendingBlock(block.readable))
    assert grid.contacts == [3.5, old[1], 4, 7]


def test_undo_takes_back_what_waits_first(grid: Grid) -> None:
    """What was entered last is what undo takes back, taken or not."""
    grid.enter(cells=[[NINE, 1, "70"]])
    grid.enter(cells=[[NINE, 1, "many"]])
    assert grid.texts()[0] == "many"
    grid.enter(step="undo")
    assert (grid.texts()[0], grid.contacts[0]) == ("70", 70)


def test_a_decimal_mark_that_is_open_is_asked(grid: Grid) -> None:
    """1,221 is one or a thousand."""
    grid.enter(cells=[[NINE, 1, "1,221"]])
    (block,) = grid.state.pending
    assert block.marks == ("point", "comma")
    grid.state.pending.remove(block)
    retry(of_scenario(grid.work), "volume", grid.state, VOLUME(grid.work.scenario), block, "comma")
    assert grid.contacts[0] == 1.221


def test_rows_beyond_the_last_are_named(grid: Grid) -> None:
    """Rows that vanish without a word are missed when the plan fails."""
    grid.enter(paste="5\n6", row=47, column=1)
    (block,) = grid.state.pending
    assert [problem.in_words() for problem in block.problems] == [
        "Row 2, column 1: '6'; beyond the last interval, 23:30"
    ]


def test_a_rule_is_written_below_the_last_cell_by_cell() -> None:
    """A rule that is half written was refused with each of its cells, and lost."""
    grid = Grid(follow_ups_grid)
    names = follow_ups_grid(grid.work.scenario).names
    for column, text in (
        ("Type", "Calls"),
        ("After", "answered"),
        ("Probability (%)", "20 %"),
        ("Returns as", "calls"),
    ):
        assert not grid.work.scenario.contact_types[0].follow_ups
        grid.enter(cells=[[0, names.index(column), text]])
    (rule,) = grid.work.scenario.contact_types[0].follow_ups
    assert (rule.after, rule.probability, rule.as_type) == ("answered", 0.2, "calls")
    grid.enter(cells=[[0, names.index("Type"), ""]])
    assert not grid.work.scenario.contact_types[0].follow_ups


def test_entries_for_cells_that_cannot_be_edited_are_left_out(grid: Grid) -> None:
    """A times column that is written over would move the day."""
    grid.enter(cells=[[NINE, 0, "70"], [NINE, 7, "1"], [9999, 1, "2"]])
    assert not grid.work.past
    assert not grid.state.pending


def test_an_entry_for_another_table_is_not_taken(grid: Grid) -> None:
    """A page that still showed the scenario before wrote its cells into the new one."""
    other = volume_grid(presets.load("retail-weekday"), 0, every_day=False)
    grid.enter(cells=[[NINE, 1, "70"]], shape=other.shape)
    assert not grid.work.past
    assert "another one" in grid.work.problems["volume"]
