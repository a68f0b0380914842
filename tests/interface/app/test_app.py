"""The pages, driven through app.py as Streamlit runs it."""

from pathlib import Path
from time import monotonic, sleep

import pytest
from streamlit.testing.v1 import AppTest

from scenarios.yaml import files, presets
from tests.windows import at_scenario, work

PAGES = ("home", "scenario", "results", "automation", "compare")


@pytest.fixture
def app(project: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A freshly opened window."""
    monkeypatch.chdir(project)
    return at_scenario(project, 60)


def turn(app: AppTest, page: str) -> AppTest:
    """The window on another page."""
    return app.switch_page(f"interface/app/pages/{page}.py").run()


def finished(app: AppTest, page: str, seconds: float = 90) -> AppTest:
    """The window once the run of a page, and what theory was asked, are there."""
    until = monotonic() + seconds
    while (page in work(app).jobs and work(app).jobs[page].running) or work(app).waiting():
        assert monotonic() < until, f"still running after {seconds} s"
        sleep(0.1)
    return app.run()


def choose(app: AppTest, preset: str) -> AppTest:
    """The window with a preset chosen."""
    next(box for box in app.selectbox if box.label == "Start from an example").select(preset)
    return app.run()


def text(app: AppTest) -> str:
    """The tiles and messages of a page."""
    parts = [*app.html, *app.subheader, *app.caption, *app.info, *app.warning, *app.error]
    return "\n".join(str(getattr(part, "value", None) or getattr(part, "body", "")) for part in parts)


@pytest.mark.parametrize("page", PAGES)
def test_page_opens(app: AppTest, page: str) -> None:
    """A page that fails on the first preset would be the first thing a person sees."""
    turn(app, page)
    assert not app.exception
    assert app.title[0].value == page.title()


def test_every_preset_can_be_chosen(app: AppTest) -> None:
    """A preset that the grids cannot show would break the page that is there to show it."""
    for name in presets.names():
        choose(app, name)
        assert not app.exception
        assert work(app).scenario == presets.load(name)


def test_results_agree_with_erlang_c(app: AppTest) -> None:
    """The number beside the formula must be of the same centre: Erlang C says 83.6 % for the help desk."""
    finished(turn(choose(app, "help-desk"), "results"), "results")
    assert not app.exception
    assert "Formula (Erlang C): 83.6 %" in text(app)
    assert work(app).jobs["results"].state == "done"
    staffing = app.dataframe[0].value.iloc[0]  # 16 agents around the clock, 30 % shrinkage, by hand
    assert staffing[["On contacts at peak", "Scheduled at peak", "Paid hours", "FTE"]].tolist() == [
        *("16", "22.9", "548.6", "68.6")
    ]
    next(box for box in app.selectbox if box.label == "Interval").select(16).run()
    assert not app.exception
    steps = next(table.value for table in app.dataframe if "Step" in table.value).set_index("Step")["Value"]
    assert (steps["Load (erlangs)"], steps["Agents"]) == ("12.00", "16")  # 120 contacts of 6 min in an hour


def test_changed_scenario_drops_the_run(app: AppTest) -> None:
    """Results of yesterday's scenario under today's name would be a lie."""
    turn(choose(app, "help-desk"), "results")
    first = work(app).jobs["results"]
    work(app).change("types", lambda scenario: scenario.replace_group("desk", staffing=14))
    app.run()
    assert first.state in ("cancelled", "done")
    assert work(app).jobs["results"].request.scenarios[0].group("desk").staffing == 14


def test_cancel_keeps_the_last_findings(app: AppTest) -> None:
    """A person who stops a long run keeps what was found before."""
    finished(turn(choose(app, "help-desk"), "results"), "results")
    kept = work(app).jobs["results"].findings
    work(app).change("types", lambda scenario: scenario.replace_group("desk", staffing=17))
    app.run()
    work(app).jobs["results"].cancel()
    app.run()
    assert not app.exception
    if not work(app).jobs["results"].findings:
        assert work(app).latest("results").findings is kept
        assert "Out of date" in text(app)


def test_refused_change_is_said_and_keeps_the_value(app: AppTest) -> None:
    """An edit that cannot be must be told, and must not be half there."""
    before = work(app).scenario
    assert not work(app).change("types", lambda scenario: scenario.replace_type("phone", handle_time={"mean": -5}))
    app.run()
    assert work(app).scenario == before
    assert any("-5" in error.value and "kept" in error.value for error in app.error)


def test_undo_leads_back(app: AppTest) -> None:
    """Undo must restore the very scenario, also across presets."""
    before = work(app).scenario
    choose(app, "one-pool")
    next(button for button in app.button if button.label == "Undo").click()
    app.run()
    assert work(app).scenario == before


def test_title_is_edited_and_downloaded_with_comments(app: AppTest) -> None:
    """What is downloaded is what is on the page, with the comments of the file it came from."""
    app.session_state["scenario-part"] = "Calendar"
    app.run()
    next(field for field in app.text_input if field.label == "Title").input("Ours").run()
    assert work(app).scenario.title == "Ours"
    text = work(app).yaml()
    assert "# assumption: 80/20" in text
    assert files.loads(text) == work(app).scenario


def test_compare_runs_on_the_same_tapes(app: AppTest) -> None:
    """Two scenarios that are the same scenario must differ by exactly nothing."""
    turn(choose(app, "help-desk"), "compare")
    next(button for button in app.button if button.label == "Run").click()
    finished(app.run(), "compare")
    assert not app.exception
    assert "No significant difference in service level" in text(app)
    table = app.dataframe[1].value
    assert set(table["Δ A help desk with one queue (current)"].str.extract(r"^([-\d.]+)")[0].astype(float)) == {0.0}


def test_two_windows_do_not_share_work(app: AppTest, project: Path) -> None:
    """What one person does must never show at another's window."""
    other = at_scenario(project, 60)
    choose(app, "one-pool")
    other.run()
    assert work(other).scenario.name == presets.names()[0]
    assert not work(other).jobs


def test_handle_times_by_interval_are_shown_when_they_differ(app: AppTest) -> None:
    """A scenario whose handle times differ shows them at once, another when asked to."""
    toggle = next(toggle for toggle in app.toggle if toggle.label == "Handle times by interval")
    assert not toggle.value
    toggle.set_value(True).run()
    assert any("Handle time with wrap-up" in caption.value for caption in app.caption)
    scenario = work(app).scenario
    name = scenario.type_names[0]
    varied = scenario.replace_type(name, handle_profile={"shape": [1, 1.5] * 12})
    work(app).open(varied, files.dump(varied))
    app.run()
    assert not app.exception
    assert next(toggle for toggle in app.toggle if toggle.label == "Handle times by interval").value
