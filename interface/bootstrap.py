"""Set-up for ``python app.py`` on a machine that has only Python: create an environment, run a command in it.

Standard library only; ``app.py`` has checked the Python version.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
# What pip writes when the package index does not answer.
UNREACHABLE = ("NewConnection", "ConnectTimeout", "ReadTimeout", "NameResolution", "ProxyError", "SSLError")
PACKAGES = ("scenarios", "simulator", "models", "studies", "interface")


class SetupProblem(Exception):
    """Something outside the project is missing; the text says what, and the remedy."""


class Command(NamedTuple):
    """A command of ``python app.py``."""

    help: str
    dev: bool  # needs the development group
    extras: tuple[str, ...]
    steps: tuple[tuple[str, ...], ...]  # arguments of the environment's Python; the user's own go to the last


COMMANDS = {
    "app": Command(
        "open the app in the browser (also when no command is given)",
        False,
        (),
        (("-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1"),),
    ),
    "test": Command("run the tests", True, ("cluster",), (("-m", "pytest", "-n", "auto"),)),
    "lint": Command(
        "check style, types and imports between packages",
        True,
        ("cluster",),
        (
            ("-m", "ruff", "check"),
            ("-m", "ruff", "format", "--check"),
            ("-m", "mypy"),
            ("-c", "from importlinter.cli import lint_imports_command as lint; lint()"),
        ),
    ),
    "docs": Command(
        "run every example of the documentation",
        True,
        ("cluster",),
        (("-m", "pytest", "README.md", "docs", *PACKAGES),),
    ),
    "bench": Command(
        "measure speed and memory, compared with other simulators", True, ("bench",), (("-m", "benchmarks"),)
    ),
}


def main(arguments: list[str]) -> int:
    """Exit code of one command: 0 done, 1 set-up failed, 2 no such command, otherwise the command's own.

    Examples
    --------
    >>> main(["--help"])  # doctest: +ELLIPSIS
    Usage:
    ...
    0
    """
    if arguments[:1] in (["-h"], ["--help"]):
        sys.stdout.write(usage())
        return 0
    try:
        name, options = split(arguments)
        return run(prepare(COMMANDS[name], ROOT), COMMANDS[name].steps, options)
    except UnknownCommand as problem:
        say(str(problem))
        return 2
    except SetupProblem as problem:
        say(str(problem))
        return 1


class UnknownCommand(SetupProblem):
    """The first word is none of the commands."""


def split(arguments: list[str]) -> tuple[str, list[str]]:
    """The command's name and the arguments meant for it; options alone belong to the app.

    Examples
    --------
    >>> split(["test", "-q"])
    ('test', ['-q'])
    >>> split(["--server.port", "8600"])
    ('app', ['--server.port', '8600'])
    """
    if not arguments or arguments[0].startswith("-"):
        return "app", arguments
    if arguments[0] not in COMMANDS:
        raise UnknownCommand(f"There is no command {arguments[0]!r}.\n{usage()}")
    return arguments[0], arguments[1:]


def usage() -> str:
    """The commands and what each does, one a line."""
    lines = [f"  python app.py {name:6} {command.help}" for name, command in COMMANDS.items()]
    return "\n".join(["Usage:", *lines, "Further arguments go to the tool behind the command.\n"])


def prepare(command: Command, root: Path) -> Path:
    """The Python of the project's environment, made and filled if it is not as the two files ask."""
    python = environment_python(root / ".venv")
    if not python.exists():
        create(root / ".venv")
    stamp = root / ".venv" / ("-".join(["installed", *(["dev"] if command.dev else []), *command.extras]) + ".txt")
    wanted = fingerprint(root)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        install(python, requirements(root, command), root)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def environment_python(folder: Path) -> Path:
    """Where the interpreter of an environment is on this system."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint(root: Path) -> str:
    """A hash of all that decides what is installed: the two files and where the project stands.

    The place counts because the editable install points to it, and a folder can be moved.
    """
    digest = hashlib.sha256(str(root).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def requirements(root: Path, command: Command) -> list[str]:
    """What pip is asked for: the project itself, editable, with the command's extras and groups."""
    project = f"{root}[{','.join(command.extras)}]" if command.extras else str(root)
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    # Read here rather than by `pip --group`, which the pip of an older Python does not know.
    return ["--editable", project, *(declared["dependency-groups"]["dev"] if command.dev else [])]


def create(folder: Path) -> None:
    """Make an environment, with its own pip where this Python can give it one.

    Debian's Python comes without ensurepip; its own pip can fill an environment from outside.
    """
    if not (has("ensurepip") or has("pip")):
        raise SetupProblem(
            "This Python has no pip and cannot install it (no ensurepip). On Debian and Ubuntu: "
            "apt-get install python3-venv; elsewhere install Python with its usual installer. Then try again."
        )
    say(f"Creating an isolated environment in {folder}")
    try:
        venv.EnvBuilder(with_pip=has("ensurepip"), symlinks=os.name != "nt", clear=True).create(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupProblem(
            f"The environment could not be created: {error}\nCheck that the folder is writable and the disk not full."
        ) from error


def has(module: str) -> bool:
    """Whether this Python can import a module."""
    return importlib.util.find_spec(module) is not None


def install(python: Path, wanted: list[str], root: Path) -> None:
    """Bring the environment to the pinned versions.

    Raises
    ------
    SetupProblem
        With the last lines of pip and, where the package index did not answer, advice on the network.
    """
    say("Installing the pinned packages; the first time this takes a minute or two.")
    options = ["--disable-pip-version-check", "--no-input", "--quiet", "-c", str(root / "constraints.txt")]
    done = subprocess.run([*pip(python), "install", *options, *wanted], cwd=root, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise SetupProblem(explain(done.stderr))


def pip(python: Path) -> list[str]:
    """The command that runs pip for an environment: its own, or this Python's working on it from outside."""
    own = subprocess.run([str(python), "-c", "import pip"], stderr=subprocess.DEVNULL)
    return [str(python), "-m", "pip"] if own.returncode == 0 else [sys.executable, "-m", "pip", "--python", str(python)]


def explain(output: str) -> str:
    """One message from the output of pip.

    Examples
    --------
    >>> print(explain("ERROR: No space left on device"))
    The packages could not be installed. pip said:
      ERROR: No space left on device
    """
    lines = [line.strip() for line in output.splitlines()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines[-5:]
    messages = "\n".join(["pip said:", *("  " + line for line in errors)])
    if any(sign in output for sign in UNREACHABLE):
        return (
            "The packages could not be fetched: the package index did not answer.\n"
            "The first start needs the network, later ones do not. Behind a proxy set HTTPS_PROXY, "
            "with a mirror set PIP_INDEX_URL.\n" + messages
        )
    return "The packages could not be installed. " + messages


def run(python: Path, steps: tuple[tuple[str, ...], ...], options: list[str]) -> int:
    """The exit code of the first step that fails, or 0; the user's own arguments go to the last step."""
    for step in steps[:-1]:
        code = subprocess.call([str(python), *step], cwd=ROOT)
        if code:
            return code
    return hand_over([str(python), *steps[-1], *options])


def hand_over(command: list[str]) -> int:
    """Become the command, so that Ctrl-C and kill reach it directly; Windows can only start and await it."""
    os.chdir(ROOT)
    sys.stdout.flush()
    if os.name == "nt":
        return subprocess.call(command)
    os.execv(command[0], command)


def say(text: str) -> None:
    """Write a message to the terminal."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
