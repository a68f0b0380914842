"""What the browser shows of a grid: every edit is taken once, and the table stays while nothing else changes it."""

import pandas as pd

from interface.app.editor.grid_state import GridState

ROWS = [3, 4, 5]


def table(*texts: str) -> pd.DataFrame:
    """A grid of six intervals with contacts of one type."""
    return pd.DataFrame({"Time": list("abcdef"), "calls": ["0", "0", "0", *texts]})


def test_each_edit_is_taken_once() -> None:
    """An entry for one day was written into every day once that box was ticked, for it was sent again."""
    state = GridState.drawn(None, 0, ROWS, table("1", "2", "3"))
    assert state.new({0: {"calls": "7"}}) == {3: {"calls": "7"}}
    assert state.new({0: {"calls": "7"}, 2: {"calls": "9"}}) == {5: {"calls": "9"}}
    assert state.new({0: {"calls": "8"}, 2: {"calls": "9"}}) == {3: {"calls": "8"}}
    assert state.new({0: {"calls": None}, 2: {"calls": "9"}}) == {3: {"calls": None}}
    assert state.new({0: {"calls": None}, 2: {"calls": "9"}}) == {}


def test_the_table_stays_while_it_is_typed_in() -> None:
    """A grid that is given another table drops what was typed and not sent yet."""
    first = table("1", "2", "3")
    state = GridState.drawn(None, 0, ROWS, first)
    state.new({0: {"calls": "12,5"}})
    now = GridState.drawn(state, 0, ROWS, table("12.5", "2", "3"))
    assert now is state
    assert now.table is first


def test_rows_that_became_empty_stay() -> None:
    """A zero typed into the last busy interval took the row away under the hands of whoever typed."""
    state = GridState.drawn(None, 0, ROWS, table("1", "2", "3"))
    state.new({2: {"calls": "0"}})
    now = GridState.drawn(state, 0, [3, 4], table("1", "2", "0"))
    assert (now.rows, now.mount) == ((3, 4, 5), 0)


def test_what_was_changed_elsewhere_is_shown() -> None:
    """A cell went on showing what was typed into it, though the scenario had another value by now."""
    state = GridState.drawn(None, 0, ROWS, table("1", "2", "3"))
    state.new({0: {"calls": "7"}})
    state = GridState.drawn(state, 0, ROWS, table("7", "2", "3"))
    other = GridState.drawn(state, 0, ROWS, table("14", "4", "6"))
    assert (other.mount, other.taken) == (1, {})
    assert GridState.drawn(other, 0, ROWS, table("14", "4", "9")).table["calls"].iloc[5] == "9"
    assert GridState.drawn(other, 1, ROWS, table("14", "4", "9")).mount == 0  # a new edition is a new grid
