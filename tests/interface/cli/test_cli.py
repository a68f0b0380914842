"""The command line through its runner: output, files and exit code of every command."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from interface.cli.main import COMMANDS, app, load, summary
from scenarios.measures import COLUMNS
from scenarios.yaml import files, presets
from simulator.experiment import ENOUGH_TO_STOP
from tests.folders import CASES, ROOT

FEW = ["-n", "3"]

BAD = """\
name: bad
contact_types:
  - {name: calls, channel: phone, volume: {per_hour: -3}, handle_time: {mean: 5 min}}
agent_groups:
  - {name: desk, skills: [calls], staffing: 3}
colour: red
"""


def ccplan(*words: str | Path) -> Result:
    """The result of a command."""
    return CliRunner().invoke(app, [str(word) for word in words])


def rows(result: Result) -> list[dict]:
    """What a command with --json wrote, which must be a JSON array and nothing else."""
    found = json.loads(result.stdout)
    assert isinstance(found, list)
    return found


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A desk that two agents keep well within its target."""
    path = tmp_path / "small.yaml"
    path.write_text(
        "name: small\n"
        "horizon: {interval: 30 min}\n"
        "contact_types:\n"
        "  - {name: calls, channel: phone, open: Mon-Sun 09:00-12:00, volume: {per_hour: 12},\n"
        "     handle_time: {mean: 2 min}, patience: {mean: 3 min}, target: {share: 0.5, within: 60s}}\n"
        "agent_groups:\n"
        "  - {name: desk, skills: [calls], staffing: 4, cost_per_hour: 20}\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A scenario with two problems, on lines 3 and 6."""
    path = tmp_path / "bad.yaml"
    path.write_text(BAD, encoding="utf-8")
    return path


# -- help ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme_and_in_the_reference(name: str) -> None:
    """A command that no page names is found by nobody."""
    assert f"\nccplan {name} " in (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"\n| `{name}" in (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_by_example(command):
    """A person would have to guess how to write the command."""
    result = ccplan(command, "--help")
    assert result.exit_code == 0
    assert f"ccplan {command}" in result.output


def test_the_list_of_commands_has_the_first_line_of_each_help():
    """The list would say another thing than the help of the command."""
    for name, module in COMMANDS.items():
        first = summary(module)
        assert load(name).help.startswith(first)
        assert first.endswith(".")


def test_help_imports_nothing_heavy():
    """`ccplan --help` would take seconds."""
    heavy = "('numpy', 'pandas', 'scipy', 'numba', 'streamlit', 'simpy', 'pydantic')"
    code = (
        "import sys; from typer.testing import CliRunner; from interface.cli.main import app;"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0;"
        f"print([m for m in {heavy} if m in sys.modules])"
    )
    root = ROOT
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# -- validate --------------------------------------------------------------------------------------------------------


def test_validate_names_every_problem_with_its_place(bad):
    """A person would mend one mistake after another, and search for each."""
    result = ccplan("validate", bad)
    assert result.exit_code == 2
    assert f"{bad}:3:" in result.stdout
    assert "volume.per_hour: -3 cannot be used; it must be at least 0" in result.stdout
    assert f"{bad}:6:1: colour: there is no such key" in result.stdout


def test_validate_gives_problems_as_rows(bad):
    """An editor could not jump to the problem."""
    found = rows(ccplan("validate", bad, "--json"))
    assert [(row["line"], row["field"]) for row in found] == [(3, "contact_types.calls.volume.per_hour"), (6, "colour")]


def test_advice_is_no_problem(small):
    """A classic mistake would go unnoticed, or a valid file be refused for it."""
    few = small.with_name("few.yaml")
    few.write_text(small.read_text().replace("staffing: 4", "staffing: 1").replace("per_hour: 12", "per_hour: 600"))
    result = ccplan("validate", few, "--advice")
    assert result.exit_code == 0
    assert "agent_groups" in result.stdout or "contact_types" in result.stdout
    assert all(row["remedy"] for row in rows(ccplan("validate", few, "--advice", "--json")))


def test_validate_accepts_every_preset():
    """A preset would be refused, or a valid file would exit as if it were bad."""
    result = ccplan("validate", *presets.names())
    assert result.exit_code == 0
    assert rows(ccplan("validate", *presets.names(), "--json")) == []


# -- simulate --------------------------------------------------------------------------------------------------------


def test_simulate_tells_targets_first_with_the_definition(small):
    """A reader would see numbers before knowing whether the plan holds, or not know which service level it is."""
    result = ccplan("simulate", small, *FEW)
    assert result.exit_code == 0
    assert result.stdout.index("Targets: 1 of 1 met") < result.stdout.index("ASA")
    assert "Answered within 1 min / offered (calls)" in " ".join(result.stdout.split())


def test_simulate_gives_tidy_rows(small):
    """A script could not read the findings, or would find other columns than in the app."""
    found = rows(ccplan("simulate", small, *FEW, "--json"))
    assert tuple(found[0]) == COLUMNS
    level = next(row for row in found if row["measure"] == "service_level" and row["by"] == "type")
    assert level["of"] == "calls"
    assert level["replications"] == 3
    assert level["low"] <= level["value"] <= level["high"]


def test_one_replication_has_no_interval(small):
    """NaN is no JSON: a strict reader would fail, or take the bounds for zero."""
    found = rows(ccplan("simulate", small, "-n", "1", "--json"))
    assert all(row["low"] is None for row in found if row["measure"] == "asa")


def test_equal_seeds_give_equal_output(small):
    """Nobody could repeat a finding."""
    first, again, other = (ccplan("simulate", small, *FEW, "--seed", seed, "--json").stdout for seed in "112")
    assert first == again != other


def test_workers_change_nothing(small):
    """The findings would depend on the machine."""
    one, two = (ccplan("simulate", small, *FEW, "--workers", count, "--json") for count in "12")
    assert one.stdout == two.stdout


def test_simulate_by_interval(small):
    """A planner could not see when the day goes wrong."""
    found = rows(ccplan("simulate", small, *FEW, "--period", "interval", "--json"))
    assert {row["period"] for row in found} == {"interval"}
    assert "2026-03-02T09:30:00" in {row["start"] for row in found}
    shown = ccplan("simulate", small, *FEW, "--period", "interval").stdout
    assert "2026-03-02 09:30:00" in shown


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet"])
def test_the_log_has_every_contact_of_every_replication(small, tmp_path, ending):
    """Contacts would be missing from the log, or a format could not be read back."""
    log = tmp_path / f"contacts{ending}"
    found = rows(ccplan("simulate", small, *FEW, "--json", "--log", log))
    contacts = next(row["value"] for row in found if row["measure"] == "contacts" and row["by"] == "total")
    written = pd.read_parquet(log) if ending == ".parquet" else pd.read_csv(log)
    assert len(written) == round(contacts * 3)
    assert set(written["replication"]) == {0, 1, 2}
    assert set(written["outcome"]) <= {"answered", "abandoned"}


def test_a_missed_target_exits_with_1_only_when_asked(small):
    """A pipeline would pass a plan that fails, or every exploration would look like an error."""
    few = small.with_name("few.yaml")
    few.write_text(small.read_text().replace("share: 0.5, within: 60s", "share: 0.99, within: 0s"))
    few.write_text(few.read_text().replace("staffing: 4", "staffing: 1"))
    assert ccplan("simulate", few, *FEW).exit_code == 0
    assert ccplan("simulate", few, *FEW, "--check").exit_code == 1
    assert ccplan("simulate", small, *FEW, "--check").exit_code == 0


def test_precision_goes_on_until_it_is_reached(small):
    """A wanted precision would be ignored, all played though fewer suffice, or a run stopped by a lucky first look."""
    found = rows(ccplan("simulate", small, "-n", "500", "--precision", "0.2", "--json"))
    assert found[0]["replications"] == ENOUGH_TO_STOP


@pytest.mark.parametrize(
    "words, message",
    [
        (["nowhere"], "there is no such file, and no such preset"),
        (["help-desk", "--engine", "steam"], "engine: 'steam' cannot be used; choose one of"),
        (["help-desk", "--period", "week"], "choose one of horizon, day, interval"),
        (["help-desk", "-n", "0"], "replications: 0 cannot be used; choose 1 to"),
        (["help-desk", "--precision", "-1"], "give a positive half-width"),
        (["help-desk", "-n", "1", "--log", "/dev/null/x.csv"], "there is no folder /dev/null"),
        (["help-desk", "--workers", "0"], "workers: 0 cannot be used"),
        (["help-desk", "--log", "log.doc"], "end the name with .csv"),
        (["help-desk", "--log", "no/such/folder/log.csv"], "there is no folder no/such/folder"),
    ],
)
def test_bad_input_is_one_message_on_stderr(words, message):
    """A person would see a traceback, and a script would read an error as data."""
    result = ccplan("simulate", *words, "--json")
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stdout == ""


def test_a_log_that_cannot_be_written_is_told(small, tmp_path):
    """A run would end in a traceback because of a folder in the way."""
    (tmp_path / "log.csv").mkdir()
    result = ccplan("simulate", small, "-n", "1", "--log", tmp_path / "log.csv")
    assert result.exit_code == 2
    assert "log.csv: cannot be written" in result.stderr


def test_a_negative_seed_is_refused(small):
    """A seed that the generator cannot take would give a traceback."""
    result = ccplan("simulate", small, "--seed", "-5")
    assert result.exit_code == 2
    assert "--seed" in result.stderr


def test_a_bad_file_names_its_place(bad):
    """A person would not find the mistake."""
    result = ccplan("simulate", bad)
    assert result.exit_code == 2
    assert result.stderr.startswith("ccplan: bad.yaml:3:")


# -- theory ----------------------------------------------------------------------------------------------------------


def test_approximate_names_its_formula(small):
    """A reader would take a formula's number for the truth, or not know what it leaves out."""
    result = ccplan("approximate", small)
    assert result.exit_code == 0
    assert "Erlang A" in result.stdout
    assert result.stdout.index("Targets: 1 of 1 met") < result.stdout.index("ASA")
    found = rows(ccplan("approximate", small, "--json"))
    assert tuple(found[0]) == COLUMNS
    assert {row["replications"] for row in found} == {0}


def test_approximate_knows_the_book():
    """Erlang C: 120 calls an hour of 360 s and 16 agents give 84 % within 20 s (domain reference: 84 %, ASA 18 s)."""
    found = rows(ccplan("approximate", "help-desk", "--json"))
    value = {row["measure"]: row["value"] for row in found if row["by"] == "type"}
    assert round(100 * value["service_level"]) == 84
    assert round(value["asa"]) == 18


def test_approximate_checks_targets(small):
    """A pipeline would pass a plan that fails by formula."""
    few = small.with_name("few.yaml")
    few.write_text(small.read_text().replace("share: 0.5, within: 60s", "share: 0.99, within: 1s"))
    few.write_text(few.read_text().replace("staffing: 4", "staffing: 1"))
    assert ccplan("approximate", few, "--check").exit_code == 1
    assert ccplan("approximate", small, "--check").exit_code == 0


def test_staff_writes_a_scenario_that_meets_its_targets(small, tmp_path):
    """The plan could not be simulated, or would miss what it was made for."""
    plan = tmp_path / "plan.yaml"
    result = ccplan("staff", small, "--output", plan)
    assert result.exit_code == 0
    assert "agent-hours (before: 96.0)" in result.stdout  # 4 agents for 24 hours
    assert ccplan("approximate", plan, "--check").exit_code == 0
    assert files.load(plan).staffing.sum() < files.load(small).staffing.sum()


def test_staff_gives_agents_and_steps_as_rows(small):
    """A script could not read the agents, or how they came about."""
    staffing = rows(ccplan("staff", small, "--json"))
    assert {(row["group"], row["agents_before"]) for row in staffing} == {("desk", 4)}
    assert len(staffing) == 48
    steps = rows(ccplan("staff", small, "--steps", "--json"))
    busy = next(row for row in steps if row["volume"] > 0)
    assert busy["load"] == pytest.approx(12 * 120 / 3600)  # erlangs: 12 an hour, 120 s each


@pytest.mark.parametrize(
    "words, message",
    [
        (["--rule", "guess"], "rule: 'guess' cannot be used"),
        (["--max-occupancy", "2"], "max_occupancy: 2"),
        (["--output", "no/such/folder/plan.yaml"], "cannot be written"),
    ],
)
def test_staff_refuses_what_it_cannot_do(small, words, message):
    """A mistyped rule would be taken for another, or a plan lost without a word."""
    result = ccplan("staff", small, *words)
    assert result.exit_code == 2
    assert message in result.stderr


# -- import ----------------------------------------------------------------------------------------------------------

LOG = """\
arrival,answer,end,outcome
2026-03-02 09:00:00,2026-03-02 09:00:10,2026-03-02 09:05:00,answered
2026-03-02 09:02:00,2026-03-02 09:02:30,2026-03-02 09:04:00,answered
2026-03-02 09:03:00,,2026-03-02 09:04:40,abandoned
2026-03-02 09:20:00,2026-03-02 09:20:05,2026-03-02 09:26:00,answered
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A generic contact log with agents unknown."""
    path = tmp_path / "calls.csv"
    lines = LOG.splitlines()
    agents = [f"{lines[0]},agent", *(f"{line},{'' if 'abandoned' in line else 'ann'}" for line in lines[1:])]
    path.write_text("\n".join(agents) + "\n", encoding="utf-8")
    return path


def test_import_makes_a_scenario_and_says_what_it_rests_on(log, tmp_path):
    """The log's contacts would be lost, or its caveats kept from the reader."""
    target = tmp_path / "week.yaml"
    result = ccplan("import", log, "--output", target, "--share", "0.9", "--within", "30s")
    assert result.exit_code == 0
    assert "4 rows read, 4 contacts kept" in result.stdout
    assert "staffing is guessed from services" in result.stdout
    scenario = files.load(target)
    assert scenario.name == "week"
    assert scenario.expected.sum() == 4
    assert scenario.contact_types[0].target.share == 0.9
    assert ccplan("validate", target).exit_code == 0


def test_import_without_output_prints_the_file(log, tmp_path):
    """`ccplan import calls.csv > week.yaml` would not make a scenario file."""
    result = ccplan("import", log)
    target = tmp_path / "printed.yaml"
    target.write_text(result.stdout, encoding="utf-8")
    assert files.load(target).expected.sum() == 4
    assert "4 contacts kept" in result.stderr


def test_import_gives_what_was_observed_as_rows(log):
    """Observed figures could not stand beside simulated ones."""
    found = rows(ccplan("import", log, "--json"))
    assert tuple(found[0]) == COLUMNS
    total = {row["measure"]: row["value"] for row in found if row["by"] == "total" and row["period"] == "horizon"}
    assert (total["offered"], total["abandonment"], total["asa"]) == (4, 0.25, 15.0)  # waits 10, 30 and 5 s


def test_import_takes_a_mapping_of_ones_own(log, tmp_path):
    """A log with other column names could not be read."""
    own = tmp_path / "own.yaml"
    own.write_text("name: ours\narrival: Start\nanswer: Up\nend: Down\noutcome: What\nagent: Who\n")
    log.write_text(log.read_text().replace("arrival,answer,end,outcome,agent", "Start,Up,Down,What,Who"))
    assert ccplan("import", log, "--mapping", own).exit_code == 0


def test_import_says_what_is_suspicious_and_how_it_was_read(tmp_path):
    """A wrong column would make a plan without a word; with --json the words must not stand among the rows."""
    path = tmp_path / "odd.csv"
    rows = (f"2026-03-02 09:{k // 2:02d}:{30 * (k % 2):02d},0:05,0:00:{20 + k % 30:02d}" for k in range(100))
    path.write_text("\n".join(["arrival,wait,handle", *rows]))
    result = ccplan("import", path, "--output", tmp_path / "odd.yaml")
    words = " ".join(result.stdout.split())
    assert "Suspicious" in words
    assert "AHT is below one minute" in words
    assert "0:05 read as minutes:seconds" in words
    result = ccplan("import", path, "--json")
    assert json.loads(result.stdout)
    assert "Suspicious" in result.stderr


@pytest.mark.parametrize(
    "words, message",
    [
        (["--mapping", "bank"], "there is no column"),
        (["--mapping", "none"], "choose one of bank, generic"),
        (["--handle", "x"], "choose one of observed, fitted"),
        (["--within", "-5s"], "a time cannot be negative"),
        (["--share", "7"], "it must be at most 1"),
    ],
)
def test_import_refuses_what_it_cannot_read(log, words, message):
    """A wrong mapping would give a scenario of nonsense."""
    result = ccplan("import", log, *words)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


# -- compare ---------------------------------------------------------------------------------------------------------


def test_compare_gives_each_scenario_and_the_differences(small):
    """The reader could not tell a difference from the values, or would have to subtract without intervals."""
    more = small.with_name("more.yaml")
    more.write_text(small.read_text().replace("staffing: 4", "staffing: 5").replace("name: small", "name: more"))
    found = rows(ccplan("compare", small, more, *FEW, "--json"))
    assert {row["scenario"] for row in found} == {"small", "more", "more - small"}
    wages = [row for row in found if row["measure"] == "wages" and row["scenario"] == "more - small"]
    assert {row["value"] for row in wages} == {24 * 20.0}  # one more agent for 24 hours at 20 an hour
    shown = ccplan("compare", small, more, *FEW).stdout
    assert "more minus small, 3 replications" in shown
    assert "worse" in next(line for line in shown.splitlines() if line.startswith(" Cost"))


def test_compare_needs_two():
    """One scenario would be compared with nothing."""
    result = ccplan("compare", "help-desk")
    assert result.exit_code == 2
    assert "give at least two scenarios" in result.stderr


def test_compare_tells_variants_of_one_name_apart(small):
    """Two variants of one file would be mixed up in the table."""
    found = rows(ccplan("compare", small, small, *FEW, "--json"))
    assert {row["scenario"] for row in found} == {"small (1)", "small (2)", "small (2) - small (1)"}


# -- presets and app -------------------------------------------------------------------------------------------------


def test_presets_lists_all_with_what_they_teach():
    """A person would not know what there is to begin with."""
    shown = ccplan("presets").stdout
    assert all(name in shown for name in presets.names())
    found = rows(ccplan("presets", "--json"))
    assert [row["name"] for row in found] == list(presets.names())
    assert all(row["description"] for row in found)


def test_a_preset_prints_as_a_file_to_begin_with(tmp_path):
    """`ccplan presets help-desk > mine.yaml` would not make a scenario file."""
    mine = tmp_path / "mine.yaml"
    mine.write_text(ccplan("presets", "help-desk").stdout, encoding="utf-8")
    assert files.load(mine) == files.load("help-desk")


def test_an_unknown_preset_is_told():
    """A typing mistake would look like an empty list."""
    result = ccplan("presets", "helpdesk")
    assert result.exit_code == 2
    assert "known are" in result.stderr


def test_app_hands_its_arguments_to_streamlit(monkeypatch):
    """`ccplan app --server.port 8600` would open another port."""
    from interface import bootstrap

    called = []
    monkeypatch.setattr(bootstrap, "run", lambda python, steps, options: called.append((steps[-1][:3], options)) or 0)
    assert ccplan("app", "--server.port", "8600").exit_code == 0
    assert called == [(("-m", "streamlit", "run"), ["--server.port", "8600"])]


# -- engines, clusters, long work ------------------------------------------------------------------------------------


def test_engines_are_compared_contact_by_contact(small):
    """A user could not see for himself that the compiled engine plays his scenario like the readable one."""
    found = rows(ccplan("verify", "--engines", small, "-n", "2", "--workers", "1", "--json"))
    assert [row["equal"] for row in found] == [True, True]
    assert all(row["contacts"] > 0 and row["values"] > row["contacts"] for row in found)
    assert "bit for bit" in ccplan("verify", "--engines", small, "-n", "1").stdout


def test_a_cluster_of_this_machine_finds_the_same(small):
    """Work sent to a cluster would give other digits."""
    pytest.importorskip("distributed")
    here = rows(ccplan("simulate", small, "-n", "4", "--engine", "simpy", "--json"))
    words = ("simulate", small, "-n", "4", "--engine", "simpy", "--cluster", "local", "--workers", "2", "--json")
    assert rows(ccplan(*words)) == here


def test_more_replications_than_allowed_are_told():
    """A person would wait for a precision that the run cannot reach, and not know."""
    result = ccplan("simulate", "help-desk", "-n", "8", "--precision", "0.0001")
    assert "replications; --replications allows 8" in result.stderr


def test_formulas_are_worked_out_once_for_all_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of many targets would have the whole table worked out again."""
    from interface.cli.commands import approximate

    calls = []
    formulas = approximate.approximate
    monkeypatch.setattr(
        approximate, "approximate", lambda *given, **more: calls.append(given) or formulas(*given, **more)
    )
    assert ccplan("approximate", "retail-weekday", "--check", "--json").exit_code in (0, 1)
    assert len(calls) == 1


def test_steps_and_agents_give_the_same_number() -> None:
    """The agents of the plan and `on_duty` of the steps would be two numbers."""
    path = str(CASES / "back_office.yaml")
    staffing = json.loads(CliRunner().invoke(app, ["staff", path, "--json"]).stdout)
    steps = json.loads(CliRunner().invoke(app, ["staff", path, "--steps", "--json"]).stdout)
    assert {row["agents"] for row in staffing} == {row["on_duty"] for row in steps} == {0, 79}


def test_steps_know_the_days(tmp_path: Path) -> None:
    """With `--days` the steps would still be those of the mean day."""
    path = tmp_path / "varied.yaml"
    volume = {"per_hour": 120, "variation": {"cv": 0.2}}
    path.write_text(files.dump(presets.load("help-desk").replace_type("calls", volume=volume)), encoding="utf-8")
    words = ["staff", str(path), "--days", "0.9", "--json"]
    staffing, steps = (json.loads(CliRunner().invoke(app, [*words, *more]).stdout) for more in ([], ["--steps"]))
    assert max(row["agents"] for row in staffing) == max(row["on_duty"] for row in steps) > 16
