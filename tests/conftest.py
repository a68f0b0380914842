"""What all tests share: where the browser is, and what happens to its tests where there is none."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is not a bug: no deadline for one example.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")
os.environ["CCPLAN_DATABASE"] = "none"  # no test may touch the saved work of whoever runs it; some name a place


def find_chromium() -> str | None:
    """Path of an installed Chromium or Chrome, None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next((path for path in map(shutil.which, names) if path), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests, with the reason, where no browser is installed."""
    if find_chromium() is not None:
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no Chromium installed (apt-get install chromium)"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the installed Chromium, for Playwright's ``executable_path``."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium installed (apt-get install chromium)")
    return path


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's top folder."""
    return Path(__file__).resolve().parent.parent
