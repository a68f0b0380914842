"""A server of the app and a browser, for tests that click as people do."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="session")
def address(project: Path) -> Iterator[str]:
    """Where the app answers; it is stopped after the tests."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.address", "127.0.0.1"]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for_server(f"http://127.0.0.1:{port}/_stcore/health", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def wait_for_server(url: str, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Return when a server answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended at once"
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"the app did not answer within {seconds} s")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=120_000)
        found = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def window(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """A window of a desk's or a phone's size; long journeys take the one that they name."""
    width, height = request.param
    only = request.node.get_closest_marker("shown_at")
    if only is not None and only.args != (("phone" if width < 600 else "desk"),):
        pytest.skip(f"clicked through at the width of a {only.args[0]}; what fits is checked page by page at both")
    with browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True) as context:
        yield context


@pytest.fixture
def page(window: BrowserContext, address: str) -> Iterator[Page]:
    """The app as it opens; no request may leave this computer."""
    page = window.new_page()
    page.set_default_timeout(120_000)
    outside: list[str] = []
    page.on("request", lambda request: None if _own(request.url) else outside.append(request.url))
    page.goto(f"{address}/scenario")
    page.get_by_role("heading", name="Scenario", exact=True).wait_for()
    yield page
    assert not outside, f"asked the outside: {outside}"


def _own(url: str) -> bool:
    return url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:"))
