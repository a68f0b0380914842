"""Scenario files: every bad input gets one clear message, and what is written can be read again."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scenarios.errors import InvalidFile
from scenarios.scenario import Scenario
from scenarios.yaml import files, presets
from scenarios.yaml.parse import read
from tests.strategies import scenarios

DESK = """\
name: desk
horizon: {days: 2, interval: 30 min}
contact_types:
  - name: calls
    channel: phone
    volume: {per_hour: 120}
    handle_time: {mean: 6 min}
    target: {share: 0.8, within: 20s}
  - name: mails
    channel: email
    volume: {daily: 90}
    handle_time: {mean: 7 min, cv: 1}
agent_groups:
  - name: desk
    skills: [calls, mails]
    staffing: 16
"""


def with_change(old: str, new: str) -> str:
    """The desk with one piece of its text replaced."""
    assert old in DESK
    return DESK.replace(old, new, 1)


BAD = {
    "an unknown key": (
        "    channel: phone\n",
        "    channel: phone\n    pacience: 3\n",
        "6:5",
        "contact_types.calls.pacience",
    ),
    "a negative time": ("mean: 6 min", "mean: -6 min", "7:19", "contact_types.calls.handle_time.mean"),
    "a share over one": ("share: 0.8", "share: 1.8", "8:14", "contact_types.calls.target.share"),
    "a bot that does more than all": (
        "    channel: phone\n",
        "    channel: phone\n    bot: {resolved: 0.7, left: 0.6}\n",
        "6:5",
        "contact_types.calls.bot",
    ),
    "a type nobody can answer": ("skills: [calls, mails]", "skills: [mails]", "4:5", "contact_types.calls"),
    "a group with no skill": ("skills: [calls, mails]", "skills: []", "15:5", "agent_groups.desk.skills"),
    "a skill that does not exist": ("[calls, mails]", "[calls, mail]", "15:5", "agent_groups.desk.skills"),
    "staffing of the wrong length": ("staffing: 16", "staffing: [1, 2, 3]", "16:5", "agent_groups.desk.staffing"),
    "negative heads": ("staffing: 16", "staffing: -1", "16:5", "agent_groups.desk.staffing"),
    "a staffing window that cuts an interval": (
        "staffing: 16",
        "staffing: {Mon-Sun 08:10-18:00: 3}",
        "16:5",
        "agent_groups.desk.staffing",
    ),
    "a target without patience data": (
        "{share: 0.8, within: 20s}",
        "{max_abandonment: 0.05}",
        "8:14",
        "contact_types.calls.target.max_abandonment",
    ),
    "half a target": ("{share: 0.8, within: 20s}", "{share: 0.8}", "8:5", "contact_types.calls.target"),
    "no open hour": (
        "    channel: phone\n",
        "    channel: phone\n    open: Sat 09:00-12:00\n",
        "6:5",
        "contact_types.calls.open",
    ),
    "an empty list of hours": (
        "    channel: phone\n",
        "    channel: phone\n    open: []\n",
        "6:5",
        "contact_types.calls.open",
    ),
    "a clock time past midnight": (
        "    channel: phone\n",
        "    channel: phone\n    open: Mon-Fri 09:00-25:00\n",
        "6:5",
        "contact_types.calls.open",
    ),
    "two volumes": ("{per_hour: 120}", "{per_hour: 120, daily: 3}", "6:5", "contact_types.calls.volume"),
    "a volume of the wrong length": (
        "{per_hour: 120}",
        "{per_interval: [1, 2]}",
        "6:14",
        "contact_types.calls.volume.per_interval",
    ),
    "a missing volume": ("    volume: {per_hour: 120}\n", "", "4:5", "contact_types.calls.volume"),
    "an unknown family": (
        "{mean: 6 min}",
        "{family: normal, mean: 3}",
        "7:19",
        "contact_types.calls.handle_time.family",
    ),
    "a time that does not say how it varies": ("{mean: 6 min}", "6 min", "7:5", "contact_types.calls.handle_time"),
    "a number that is none": ("per_hour: 120", "per_hour: many", "6:14", "contact_types.calls.volume.per_hour"),
    "infinitely many": ("per_hour: 120", "per_hour: .inf", "6:14", "contact_types.calls.volume.per_hour"),
    "two types of one name": ("name: mails", "name: calls", "3:1", "contact_types"),
    "patience by mail": (
        "    channel: email\n",
        "    channel: email\n    patience: {mean: 60}\n",
        "11:5",
        "contact_types.mails.patience",
    ),
    "an interval that does not divide the day": ("30 min", "7 min", "2:20", "horizon.interval"),
    "no such day": ("{days: 2,", "{start: 2026-02-30, days: 2,", "2:11", "horizon.start"),
    "a table in an upload": ("{per_hour: 120}", "{table: v.csv}", "6:14", "contact_types.calls.volume.table"),
    "a file from a later version": ("name: desk\n", "schema: 99\nname: desk\n", "1:1", "schema"),
}


@pytest.mark.parametrize("old, new, where, field", BAD.values(), ids=BAD.keys())
def test_each_bad_value_is_named_with_its_place_and_remedy(old: str, new: str, where: str, field: str) -> None:
    """A person could not find what is wrong: the message lacks the line, the column, the field or the remedy."""
    found = files.check(with_change(old, new), "desk.yaml")
    assert [(problem.where, problem.field) for problem in found] == [(where, field)]
    assert str(found[0]).startswith(f"desk.yaml:{where}: {field}: ")
    assert found[0].remedy
    with pytest.raises(InvalidFile, match=f"desk.yaml:{where}"):
        files.loads(with_change(old, new), "desk.yaml")


NOT_YAML = {
    "a key twice": (DESK + "name: again\n", "17:1", "duplicated"),
    "an open bracket": (DESK + "origins: {a: 1\n", "18:1", "not YAML"),
    "a tab": (DESK + "\torigins: 3\n", "17:1", "not YAML"),
    "a tag": (DESK + "title: !!python/object/apply:os.system ['true']\n", "17:8", "tag"),
    "a text tag": (DESK + "title: !!str x\n", "17:8", "tag"),
    "an old version": ("%YAML 1.1\n---\n" + DESK, "2:1", "version"),
    "two documents": (DESK + "---\nname: other\n", "17:1", "second document"),
    "nothing": ("", "1:1", "no scenario"),
    "a list": ("- 1\n", "1:1", "no scenario"),
    "an endless number": (DESK + f"title: {'9' * 5000}\n", "17:8", "no number"),
    "a bell": (DESK + "title: \a\n", "17:8", "special character"),
    "an alias of nothing": (DESK + "title: *x\n", "17:8", "stands for nothing"),
    "an alias of itself": (DESK + "title: &x [*x]\n", "17:12", "stands for nothing"),
    "a key that is a list": (DESK + "? [a]\n: 3\n", "17:3", "plain text"),
}


@pytest.mark.parametrize("text, where, word", NOT_YAML.values(), ids=NOT_YAML.keys())
def test_what_is_not_plain_yaml_is_refused_at_its_place(text: str, where: str, word: str) -> None:
    """Something that is not a plain value got through, or the message does not say where it stands."""
    [problem] = files.check(text)
    assert problem.where == where
    assert word in problem.problem
    assert problem.remedy


def bomb() -> str:
    """Nine aliases of nine aliases of ..., a billion values when written out."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    return "\n".join(lines)


@pytest.mark.parametrize("text, word", [(bomb(), "aliases"), ("[" * 100_000, "deep"), ("- " * 100_000, "deep")])
def test_a_small_text_that_would_unfold_to_a_huge_one_is_refused_at_once(text: str, word: str) -> None:
    """A YAML bomb would fill the memory of the server."""
    before = time.process_time()
    [problem] = files.check(text)
    assert word in problem.problem
    assert time.process_time() - before < 5


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    """A file of 200 MB was read, or the message does not say how large it is."""
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    before = time.process_time()
    with pytest.raises(InvalidFile, match=r"huge.yaml: 200 MB is more than the 5 MB"):
        files.load(path)
    assert time.process_time() - before < 1


def test_an_upload_of_more_than_five_megabytes_is_refused() -> None:
    """A huge upload would keep the server busy with parsing."""
    with pytest.raises(InvalidFile, match="6 MB is more than the 5 MB"):
        files.loads("#" * 6_000_000)


def test_a_device_without_an_end_is_refused() -> None:
    """Reading a device that never ends, and tells no size, would fill the memory."""
    if not Path("/dev/zero").exists():
        pytest.skip("no /dev/zero here")
    with pytest.raises(InvalidFile, match="more than the 5 MB"):
        files.load("/dev/zero")


@pytest.mark.parametrize(
    "content, word",
    [("name: Büro\n".encode("cp1252"), "1:8.*Windows-1252"), ("name: x\n".encode("utf-16"), "1:1.*UTF-16")],
)
def test_other_encodings_are_named_with_the_remedy(tmp_path: Path, content: bytes, word: str) -> None:
    """Text in another encoding gave a traceback or wrong letters."""
    path = tmp_path / "old.yaml"
    path.write_bytes(content)
    with pytest.raises(InvalidFile, match=rf"(?s)old.yaml:{word}"):
        files.load(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    """A file saved by an editor that begins UTF-8 with a mark could not be read."""
    path = tmp_path / "mark.yaml"
    path.write_text(DESK, encoding="utf-8-sig")
    assert files.load(path) == files.loads(DESK)


def test_all_problems_are_reported_at_once() -> None:
    """A person would have to correct and try again once for every mistake."""
    text = (
        with_change("mean: 6 min", "mean: -6").replace("staffing: 16", "staffing: x").replace("daily: 90", "daly: 90")
    )
    assert [problem.field for problem in files.check(text)] == [
        "contact_types.calls.handle_time.mean",
        "contact_types.mails.volume.daly",
        "agent_groups.desk.staffing",
    ]


def test_a_name_that_is_neither_file_nor_preset_lists_the_presets() -> None:
    """A mistyped preset left the person without a hint."""
    with pytest.raises(InvalidFile, match=r"no such preset; presets are retail-weekday, .*help-desk"):
        files.load("help-dask")


def test_a_folder_is_not_a_scenario(tmp_path: Path) -> None:
    """A folder given instead of a file gave a traceback."""
    with pytest.raises(InvalidFile, match="cannot be read"):
        files.load(tmp_path)


def test_a_volume_of_zero_is_fine() -> None:
    """A type without contacts could not be described, though a quiet month may have none."""
    assert files.loads(with_change("per_hour: 120", "per_hour: 0")).expected[0].sum() == 0


def test_yaml_1_2_reads_no_and_clock_times_as_text() -> None:
    """A type called NO became false, or a time of day a number, as under YAML 1.1."""
    assert read("a: NO\nb: 08:30\nc: 2026-03-02\nd: 012").values == {
        "a": "NO",
        "b": "08:30",
        "c": "2026-03-02",
        "d": 12,
    }


def test_an_anchor_may_be_used_again() -> None:
    """A few aliases, as people use them for a common distribution, were refused."""
    text = with_change("handle_time: {mean: 6 min}", "handle_time: &t {mean: 6 min}")
    scenario = files.loads(text.replace("{mean: 7 min, cv: 1}", "*t"))
    assert scenario.contact_type("mails").handle_time.mean == 360


class TestTable:
    """Volumes in a CSV file beside the scenario."""

    text = with_change("{per_hour: 120}", "{table: volumes.csv}")

    def written(self, folder: Path, table: str) -> Path:
        """The desk with its table, on disk."""
        (folder / "volumes.csv").write_text(table, encoding="utf-8")
        path = folder / "desk.yaml"
        path.write_text(self.text, encoding="utf-8")
        return path

    def test_the_column_of_the_type_is_its_volume(self, tmp_path: Path) -> None:
        """Contacts of another column, or of another interval, were used."""
        rows = "".join(f"{i},{i / 2},7\n" for i in range(48))
        scenario = files.load(self.written(tmp_path, "interval,calls,mails\n" + rows))
        assert scenario.expected[0].tolist() == [i / 2 for i in range(48)] * 2

    @pytest.mark.parametrize(
        "table, message",
        [
            ("interval,mails\n1,2\n", "volumes.csv:row 1: there is no column 'calls'"),
            ("calls\n3\nmany\n", "volumes.csv:row 3: 'many' is no number"),
            ("calls\n3\n-2\n", "volumes.csv:row 3: '-2' is no number"),
            ("a,calls\n3\n", "volumes.csv:row 2: '' is no number"),
            ("", "volumes.csv: the table is empty"),
            ("calls\n3\n4\n", "desk.yaml:6:5: contact_types.calls.volume.per_interval: '2 values'"),
        ],
    )
    def test_a_bad_table_is_named_by_row(self, tmp_path: Path, table: str, message: str) -> None:
        """A mistake in a table was reported without its row, or not at all."""
        with pytest.raises(InvalidFile, match=message):
            files.load(self.written(tmp_path, table))

    def test_open_intervals_are_placed_by_their_times(self, tmp_path: Path) -> None:
        """A report of the open intervals alone filled the night, or was refused for its length."""
        start = files.load(self.written(tmp_path, "calls\n" + "1\n" * 48)).horizon.start
        rows = f"{start},09:00,5\n{start},09:30,7\n{start + timedelta(days=1)},09:00,4\n"
        scenario = files.load(self.written(tmp_path, "Date,Interval,calls\n" + rows))
        expected = scenario.expected[0]
        assert (expected[18], expected[19], expected[66], expected.sum()) == (5, 7, 4, 16)
        with pytest.raises(InvalidFile, match=r"2020-01-01 to 2020-01-01\) lie outside the horizon"):
            files.load(self.written(tmp_path, "Date,Interval,calls\n2020-01-01,09:00,5\n2020-01-01,09:30,5\n"))

    def test_intervals_that_straddle_those_of_the_horizon_are_refused(self, tmp_path: Path) -> None:
        """45 minutes of a table in half-hours went in equal parts to two of them, the next row to the second again."""
        start = files.load(self.written(tmp_path, "calls\n" + "1\n" * 48)).horizon.start
        rows = f"{start},09:00,6\n{start},09:45,6\n{start},10:30,6\n"
        with pytest.raises(InvalidFile, match="'3 values'"):
            files.load(self.written(tmp_path, "Date,Interval,calls\n" + rows))

    @pytest.mark.parametrize("name", ["../secret.csv", "/etc/passwd", "link.csv"])
    def test_no_file_outside_the_folder_is_read(self, tmp_path: Path, name: str) -> None:
        """A scenario from a stranger could read any file of this machine."""
        home = tmp_path / "home"
        home.mkdir()
        (tmp_path / "secret.csv").write_text("calls\n1\n")
        (home / "link.csv").symlink_to(tmp_path / "secret.csv")
        path = home / "desk.yaml"
        path.write_text(with_change("{per_hour: 120}", f"{{table: {name}}}"))
        with pytest.raises(InvalidFile, match="not in the scenario's folder"):
            files.load(path)

    def test_rewriting_keeps_the_table(self, tmp_path: Path) -> None:
        """Changing the staffing wrote 48 numbers into the file instead of the name of the table."""
        path = self.written(tmp_path, "calls\n" + "2.5\n" * 48)
        fewer = files.load(path).replace_group("desk", staffing=12)
        text = files.rewrite(self.text, fewer, tmp_path)
        assert text == self.text.replace("staffing: 16", "staffing: 12")
        assert files.loads(text, folder=tmp_path) == fewer


class TestRewrite:
    """A file that the app changes keeps what people wrote."""

    text = presets.path("retail-weekday").read_text(encoding="utf-8")

    def changes(self, scenario: Scenario) -> tuple[list[str], list[str]]:
        """Lines that went and lines that came."""
        before, after = self.text.splitlines(), files.rewrite(self.text, scenario).splitlines()
        return [line for line in before if line not in after], [line for line in after if line not in before]

    @pytest.mark.parametrize("name", presets.names())
    def test_an_unchanged_scenario_leaves_every_character(self, name: str) -> None:
        """Saving without a change altered comments, order, quotes or spelling."""
        text = presets.path(name).read_text(encoding="utf-8")
        assert files.rewrite(text, files.loads(text)) == text

    def test_one_number_changes_one_line(self) -> None:
        """A change of one number touched other lines or lost the comment beside it."""
        gone, come = self.changes(
            files.load("retail-weekday").replace_type("phone", balking=0.0, patience={"mean": 420})
        )
        assert [line.split(":")[0].strip() for line in gone] == ["patience"]
        assert come == [gone[0].replace("10 min}", "7 min} ")]

    def test_a_handle_profile_comes_changes_and_goes(self) -> None:
        """Factors on handle times were not written, or touched other lines and their comments."""
        scenario = files.load("retail-weekday")
        varied = scenario.replace_type("phone", handle_profile={"shape": [1, 1.25] * 12, "weekdays": [1.1] + [1] * 6})
        text = files.rewrite(self.text, varied)
        assert files.loads(text) == varied
        come = [line.strip() for line in text.splitlines() if line not in self.text.splitlines()]
        assert come == ["handle_profile:", f"shape: {[1, 1.25] * 12}", "weekdays: [1.1, 1, 1, 1, 1, 1, 1]"]
        noted = text.replace(come[1], f"{come[1]} # as measured")
        other = varied.replace_type("phone", handle_profile={"shape": [1, 1.25] * 12, "weekdays": [1.2] + [1] * 6})
        assert files.rewrite(noted, other) == noted.replace("[1.1, 1, ", "[1.2, 1, ")
        assert files.rewrite(text, scenario) == self.text

    def test_a_group_can_go_and_another_can_come(self) -> None:
        """Adding or removing a part damaged its neighbours."""
        scenario = files.load("retail-weekday")
        without = tuple(group for group in scenario.agent_groups if group.name != "flexible")
        extra = scenario.group("writers").model_copy(update={"name": "night"})
        types: dict[str, Any] = {"phone": ["phone-desk"]}
        changed = scenario.replace(agent_groups=(*without, extra), routing={"types": types})
        text = files.rewrite(self.text, changed)
        assert files.loads(text) == changed
        assert "# the voice menu" in text
        assert "flexible\n    skills" not in text

    @pytest.mark.parametrize(
        "change",
        [
            {"channel": "email", "patience": None, "bot": None, "interruptible": True, "follow_ups": ()},
            {"handle_time": {"family": "gamma", "mean": 300, "cv": 1}},
            {"handle_time": {"family": "deterministic", "value": 300}},
            {"volume": {"per_hour": 3}},
            {"bot": None, "follow_ups": ()},
            {"open": "always"},
            {"channel": "chat"},
        ],
    )
    def test_any_change_reads_back(self, change: dict[str, Any]) -> None:
        """A change that needs another form of writing was written wrongly."""
        scenario = files.load("retail-weekday").replace_type("phone", **change)
        assert files.loads(files.rewrite(self.text, scenario)) == scenario

    def test_an_unusual_spelling_is_never_written_wrongly(self) -> None:
        """A default written out in full contradicted the new value beside it."""
        text = with_change("    channel: phone\n", "    channel: phone\n    work: live\n")
        scenario = files.loads(text).replace_type("calls", channel="chat", work="concurrent")
        assert files.loads(files.rewrite(text, scenario)) == scenario


random_scenarios = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@random_scenarios
@given(scenarios())
def test_any_scenario_can_be_written_and_read(scenario: Scenario) -> None:
    """Something that a scenario can say is lost or changed on the way through a file."""
    text = files.dump(scenario)
    assert files.loads(text) == scenario
    assert files.loads(text).fingerprint == scenario.fingerprint


@random_scenarios
@given(scenarios(), scenarios())
def test_any_file_can_be_rewritten_to_any_scenario(before: Scenario, after: Scenario) -> None:
    """A rewritten file says something else than the scenario it was rewritten for."""
    assert files.loads(files.rewrite(files.dump(before), after)) == after


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@example("yes: [no]")
@example("# not a comment")
@example("2026-03-02")
@example("1e3")
@example(" ~ ")
@example("a\u0085b\u2028c\ufeff")
@example("\u0085")
def test_any_title_survives(title: str) -> None:
    """A title that looks like YAML, or has unusual letters, came back as something else."""
    scenario = files.loads(DESK).replace(title=title)
    assert files.loads(files.dump(scenario)) == scenario
    assert files.loads(files.rewrite(DESK, scenario)) == scenario


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    """What an editor does with the schema."""
    jsonschema.Draft202012Validator.check_schema(files.json_schema())
    return jsonschema.Draft202012Validator(files.json_schema())


@pytest.mark.parametrize("name", presets.names())
def test_editors_accept_every_preset(validator: jsonschema.Draft202012Validator, name: str) -> None:
    """An editor would underline what the planner accepts."""
    text = presets.path(name).read_text(encoding="utf-8")
    for written in (text, files.dump(files.loads(text))):
        assert not list(validator.iter_errors(read(written).values))


@random_scenarios
@given(scenarios())
def test_editors_accept_any_written_scenario(validator: jsonschema.Draft202012Validator, scenario: Scenario) -> None:
    """The schema lacks a form that is written."""
    assert not list(validator.iter_errors(read(files.dump(scenario)).values))


@pytest.mark.parametrize(
    "case",
    [
        "an unknown key",
        "a share over one",
        "a group with no skill",
        "negative heads",
        "a missing volume",
        "an unknown family",
    ],
)
def test_editors_see_mistakes(validator: jsonschema.Draft202012Validator, case: str) -> None:
    """The schema accepts everything, so an editor would help nobody."""
    old, new, _, _ = BAD[case]
    assert list(validator.iter_errors(read(with_change(old, new)).values))
    assert not list(validator.iter_errors(read(DESK).values))
