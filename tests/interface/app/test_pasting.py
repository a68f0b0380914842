"""Blocks pasted from spreadsheets: taken whole or refused whole, with row, column and text of each bad cell."""

import pytest

from interface.app.editor import contact_types, days
from interface.app.editor.pasting import Block, read_block, read_texts
from interface.app.editor.tables import groups_grid, skills_grid, staffing_grid, types_grid, volume_grid
from scenarios.scenario import Scenario
from scenarios.yaml import presets


def desk() -> Scenario:
    """A centre with one queue around the clock, in half-hours."""
    return presets.load("help-desk")


def calls(text: str) -> Block:
    """A block read as contacts by interval of the help desk."""
    return read_block(text, volume_grid(desk(), 0, every_day=False).target)


def values(block: Block) -> dict[int, float]:
    """The contacts that a block means, by interval."""
    assert block.ready, block
    edited = days.edit_volume(desk(), block.edits, 0)
    return {row: edited.expected[0, row] for row in block.edits}


@pytest.mark.parametrize(
    "cells, expected",
    [
        ("12,5\t8:30", None),
        ("8:00\t12,5\n8:30\t1,221", {16: 12.5, 17: 1.221}),
        ("8:00\t12.5\n8:30\t1,221", {16: 12.5, 17: 1221}),
        ("8:00\t1.221,5\n8:30\t1.221", {16: 1221.5, 17: 1221}),
        ("8:00\t1 234\n8:30\t1\u00a0234,5", {16: 1234, 17: 1234.5}),
        ("8:00\t1\u202f234", {16: 1234}),
        ("8:00\t1,000,000\n8:30\t1,221", {16: 1000000, 17: 1221}),
        ("Interval\tCalls\r\n08:00 - 08:30\t12\r\n08:30 - 09:00\t13\r\n", {16: 12, 17: 13}),
        ("Time,calls\n08:00,12\n08:30,13", {16: 12, 17: 13}),
        ("Time;calls\n08:00;12,5\n08:30;13", {16: 12.5, 17: 13}),
        ('"Time\nof day"\t"calls"\n"8:00 AM"\t12\n"8:30 PM"\t13', {16: 12, 41: 13}),
        ("01/08/2026 08:00:00\t12", {16: 12}),
        ("12\n13\n14", {0: 12, 1: 13, 2: 14}),
        ("Calls\n12\n13", {0: 12, 1: 13}),
    ],
)
def test_a_block_is_read_as_spreadsheets_write_it(cells: str, expected: dict[int, float] | None) -> None:
    """12,5 became 125, 1,221 became 1.221, 1 234 was dropped."""
    block = calls(cells)
    if expected is None:
        assert block.problems
        assert not block.ready
    else:
        assert values(block) == pytest.approx(expected)


def test_what_can_be_read_in_two_ways_is_asked() -> None:
    """A decimal mark that is guessed is wrong by a thousand half of the time."""
    block = calls("8:00\t1,221\n8:30\t80")
    assert (block.marks, block.example, block.ready) == (("point", "comma"), "1,221", False)
    target = volume_grid(desk(), 0, every_day=False).target
    assert values(read_texts(block.texts, target, "point")) == {16: 1221, 17: 80}
    assert values(read_texts(block.texts, target, "comma")) == {16: 1.221, 17: 80}


def test_a_comma_in_a_single_column_is_decimal() -> None:
    """A spreadsheet separates columns by tabs: one column of decimals became two of whole numbers."""
    assert values(calls("12,5\n13,4")) == {0: 12.5, 1: 13.4}


def test_an_empty_cell_empties() -> None:
    """A hole in a block leaves what was there in a spreadsheet nowhere."""
    assert values(calls("8:00\t12\n8:30\t\n9:00\t14")) == {16: 12, 17: 0, 18: 14}


@pytest.mark.parametrize(
    "cells, words",
    [
        ("8:00\t12\n8:30\tabc", ["Row 2, column 2 (calls, 08:30): 'abc'; write a number"]),
        (
            "Time\tcalls\n8:00\t#DIV/0!\n8:30\t-3",
            ["Row 2, column 2 (calls, 08:00): '#DIV/0!'", "Row 3, column 2", "'-3'"],
        ),
        ("8:00\t12%", ["Row 1, column 2 (calls, 08:00): '12%'; write a number, not a percentage"]),
        ("8:10\t12", ["Row 1, column 1: '8:10'; not a row of this table; it has 00:00 to 23:30"]),
        ("8:00\t12\n08:00\t13", ["Row 2, column 1: '08:00'; duplicate interval"]),
        ("Time\tcalls\tchat\n8:00\t12\t3", ["Row 1, column 3: 'chat'; not a column of this table; it has calls"]),
        ("25:00\t1\n8:00\tabc", ["Row 1, column 1: '25:00'", "Row 2, column 2 (calls, 08:00): 'abc'"]),
        ("8:00\t12\t13", ["Row 1, column 3: '13'; beyond the last column, calls"]),
        ("\n".join(["7"] * 50), ["Row 49, column 1: '7'; beyond the last interval, 23:30", "Row 50"]),
        (
            "8:00\t12.5\n8:30\t12.5\n9:00\t12,5",
            ["Row 3, column 2 (calls, 09:00): '12,5'; decimal comma, but other cells use"],
        ),
    ],
)
def test_each_bad_cell_is_named_and_nothing_is_taken(cells: str, words: list[str]) -> None:
    """A block that is taken in part leaves numbers of two sources in a plan."""
    block = calls(cells)
    assert not block.ready
    said = "\n".join(problem.in_words() for problem in block.problems)
    for part in words:
        assert part in said


def test_staffing_is_of_whole_agents() -> None:
    """Half an agent cannot be on duty."""
    target = staffing_grid(desk(), 0, every_day=False).target
    assert read_block("8:00\t12", target).edits == {16: {"desk": "12"}}
    (problem,) = read_block("8:00\t12,5", target).problems
    assert problem.in_words() == "Row 1, column 2 (desk, 08:00): '12,5'; write a whole number, 0 or more"


def test_contact_types_are_pasted_with_times_and_percentages() -> None:
    """An AHT of 06:00 became six hours, a target of 80 % a target of 0.8 %."""
    scenario = presets.load("retail-weekday")
    first, second = scenario.type_names[:2]
    text = f"Type\tHandle time\tTarget (%)\tAnswer within\n{second}\t0:06:30\t75%\t1 min\n{first}\t06:00\t82,5 %\t20s"
    block = read_block(text, types_grid(scenario).target)
    assert block.shown[0] == {"Handle time": "6 min", "Target (%)": "82.5 %", "Answer within": "20 s"}
    edited = contact_types.edit_types(scenario, block.edits)
    assert [contact_type.handle_time.mean for contact_type in edited.contact_types[:2]] == pytest.approx([360, 390])
    assert [
        contact_type.target.share for contact_type in edited.contact_types[:2] if contact_type.target
    ] == pytest.approx([0.825, 0.75])
    (problem,) = read_block(f"Type\tTarget (%)\n{first}\t150", types_grid(scenario).target).problems
    assert "'150'; write a percentage from 0 to less than 100" in problem.in_words()


def test_other_grids_take_blocks_too() -> None:
    """Each grid has rows and columns of its own."""
    scenario = presets.load("retail-weekday")
    group, contact_type = scenario.group_names[0], scenario.type_names[0]
    assert read_block(f"Group\tCost per hour\n{group}\t€ 21,50", groups_grid(scenario).target).edits == {
        0: {"Cost per hour": "21.5"}
    }
    assert read_block(f"Group\t{contact_type}\n{group}\t2", skills_grid(scenario).target).edits == {
        0: {contact_type: "2"}
    }


@pytest.mark.parametrize("cells", ["", " \n ", "\t\t\n\t"])
def test_an_empty_block_means_nothing(cells: str) -> None:
    """Nothing was pasted: nothing can be applied."""
    block = calls(cells)
    assert not block.ready
    assert not block.problems


def test_a_quotation_mark_that_is_never_closed_is_refused() -> None:
    """A cell of more than 131,072 letters ends the reader of CSV."""
    assert calls('8:00\t"' + "7\n" * 100_000).problems


def test_a_grid_without_columns_that_fit_says_so() -> None:
    """Headings of another table are not numbers."""
    block = calls("Agent\tShift\nAnna\tearly")
    assert not block.ready
    assert block.problems
