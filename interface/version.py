"""The version of the planner, as installed or as in a checkout."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path


def version() -> str:
    """The version of the planner."""
    try:
        return installed_version("contact-centre-planner")
    except PackageNotFoundError:
        return _version_of_checkout()


@cache
def _version_of_checkout() -> str:
    import tomllib

    project = Path(__file__).resolve().parents[1] / "pyproject.toml"
    try:
        return str(tomllib.loads(project.read_text("utf-8"))["project"]["version"])
    except OSError:
        return "unknown"
