"""The set-up that the README's commands rely on, without installing anything."""

import ast
import itertools
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from interface import bootstrap
from tests.folders import ROOT

PLAIN = bootstrap.Command("", False, (), (("-c", "pass"),))
DEV = bootstrap.Command("", True, ("cluster",), (("-c", "pass"),))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project folder that already has an environment's interpreter."""
    (tmp_path / "constraints.txt").write_text("simpy==4.1.2\n")
    (tmp_path / "pyproject.toml").write_text('[dependency-groups]\ndev = ["pytest>=9"]\n')
    python = bootstrap.environment_python(tmp_path / ".venv")
    python.parent.mkdir(parents=True)
    python.touch()
    return tmp_path


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What pip was asked for, instead of pip."""
    asked: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "install", lambda python, wanted, root: asked.append(wanted))
    return asked


def test_an_old_python_gets_one_sentence(monkeypatch):
    """Someone with Python 3.10 would see a traceback, or a half-made environment."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"This is Python 3\.10; the planner needs 3\.11 or newer\."):
        runpy.run_path(str(ROOT / "app.py"), run_name="__main__")


def test_the_version_check_can_be_read_by_an_old_python():
    """A syntax error would come before the sentence."""
    ast.parse((ROOT / "app.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_the_bootstrap_needs_only_the_standard_library():
    """`python app.py` would fail on the machine it is made for: one with nothing installed."""
    heavy = "('numpy', 'pydantic', 'streamlit', 'typer')"
    code = f"import interface.bootstrap, sys; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_second_start_installs_nothing(checkout, installed):
    """Every start would wait for pip."""
    bootstrap.prepare(PLAIN, checkout)
    bootstrap.prepare(PLAIN, checkout)
    assert installed == [["--editable", str(checkout)]]


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_a_changed_requirement_installs_again(checkout, installed, name):
    """After an update people would run new code on old packages."""
    bootstrap.prepare(PLAIN, checkout)
    with (checkout / name).open("a") as file:
        file.write("\n# changed\n")
    bootstrap.prepare(PLAIN, checkout)
    assert len(installed) == 2


def test_the_tests_bring_their_own_packages_after_the_app(checkout, installed):
    """`app.py test` after `app.py` would find no pytest."""
    bootstrap.prepare(PLAIN, checkout)
    bootstrap.prepare(DEV, checkout)
    assert installed[1] == ["--editable", f"{checkout}[cluster]", "pytest>=9"]


def test_a_failed_install_is_tried_again(checkout, monkeypatch):
    """A network that was down once would leave a broken environment for ever."""

    def fail(python, wanted, root):
        raise bootstrap.SetupProblem("no network")

    monkeypatch.setattr(bootstrap, "install", fail)
    for _ in range(2):
        with pytest.raises(bootstrap.SetupProblem, match="no network"):
            bootstrap.prepare(PLAIN, checkout)


def test_a_missing_network_is_named():
    """People would read pip's retries and not know what to do."""
    said = (
        "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError': /simple/simpy/\n"
        "ERROR: Could not find a version that satisfies the requirement simpy\n"
        "ERROR: No matching distribution found for simpy\n"
    )
    message = bootstrap.explain(said)
    assert "The first start needs the network" in message
    assert "No matching distribution found for simpy" in message
    assert "Retrying" not in message


def test_a_failing_pip_gives_a_message_and_no_traceback(monkeypatch, tmp_path, capsys):
    """The person would get a Python traceback out of the set-up, or exit code 0."""

    def fail(command, root):
        raise bootstrap.SetupProblem(bootstrap.explain("ERROR: No space left on device"))

    monkeypatch.setattr(bootstrap, "prepare", fail)
    assert bootstrap.main(["test"]) == 1
    assert "No space left on device" in capsys.readouterr().err


def test_neither_ensurepip_nor_pip_is_named_with_the_remedy(monkeypatch, tmp_path):
    """On a bare Debian Python the environment would be made without any way to fill it."""
    monkeypatch.setattr(bootstrap, "has", lambda module: False)
    with pytest.raises(bootstrap.SetupProblem, match="apt-get install python3-venv"):
        bootstrap.create(tmp_path / ".venv")
    assert not (tmp_path / ".venv").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    """Someone in a read-only folder would get a traceback out of venv."""
    (tmp_path / "file").touch()
    with pytest.raises(bootstrap.SetupProblem, match=r"could not be created(.|\n)*writable"):
        bootstrap.create(tmp_path / "file" / ".venv")


def test_without_ensurepip_the_outer_pip_fills_the_environment(monkeypatch, tmp_path):
    """Debian's Python without python3-venv, which has pip, would be refused."""
    monkeypatch.setattr(bootstrap, "has", lambda module: module == "pip")
    bootstrap.create(tmp_path / ".venv")
    python = bootstrap.environment_python(tmp_path / ".venv")
    assert bootstrap.pip(python) == [sys.executable, "-m", "pip", "--python", str(python)]


def test_an_unknown_command_lists_the_known_ones(capsys):
    """A typing error would start the app, or a traceback."""
    assert bootstrap.main(["tset"]) == 2
    said = capsys.readouterr().err
    assert "no command 'tset'" in said
    assert all(f"app.py {name}" in said for name in bootstrap.COMMANDS)


def test_a_failing_step_ends_the_command(monkeypatch):
    """A lint error would be hidden by the tools that run after it."""
    handed: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "hand_over", lambda command: handed.append(command) or 0)
    steps = (("-c", "raise SystemExit(3)"), ("-c", "pass"))
    assert bootstrap.run(Path(sys.executable), steps, []) == 3
    assert handed == []


def test_a_persons_arguments_go_to_the_last_step(monkeypatch):
    """`python app.py test -q some_file` would run everything."""
    handed: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "hand_over", lambda command: handed.append(command) or 0)
    assert bootstrap.run(Path(sys.executable), (("-c", "pass"), ("-m", "pytest")), ["-q", "some_file"]) == 0
    assert handed == [[sys.executable, "-m", "pytest", "-q", "some_file"]]


def test_every_declared_package_is_pinned_and_no_address_is_recorded():
    """Two people would run different versions, or a file would point to one company's index."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        *declared["project"]["dependencies"],
        *itertools.chain(*declared["project"]["optional-dependencies"].values()),
        *declared["dependency-groups"]["dev"],
    ]
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", pins, flags=re.MULTILINE))
    assert {re.split("[<>=]", name)[0].replace(".", "-") for name in asked} <= {
        name.replace(".", "-") for name in pinned
    }
    assert "://" not in pins
