"""Work that is saved as one works, through a real browser: a reload, a second tab, a server that is killed."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import wait_for_server
from tests.browser.test_journeys import settle

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.shown_at("desk")]


class Server:
    """A server of the app with a database of its own, which can be killed and started again at the same address."""

    def __init__(self, project: Path, database: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.project, self.environment = project, os.environ | {"CCPLAN_DATABASE": str(database)}
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)]
        command += ["--server.headless", "true", "--server.address", "127.0.0.1"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, cwd=self.project, env=self.environment, **quiet)
        wait_for_server(f"{self.address}/_stcore/health", self.process)

    def kill(self) -> None:
        """End it without a chance to tidy up."""
        self.process.kill()
        self.process.wait()


@pytest.fixture
def server(project: Path, tmp_path: Path) -> Iterator[Server]:
    """A server with an empty database."""
    server = Server(project, tmp_path / "work.db")
    yield server
    server.kill()


def new_title(page: Page, title: str) -> None:
    """Give the scenario a title, and wait until the page says it."""
    page.get_by_role("tab", name="Calendar").click()
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Title", exact=True).press("Enter")
    expect(page.get_by_text(f"{title} (example, changed)")).to_be_visible()


def test_first_number_then_reload_kill_and_two_tabs(server: Server, browser: Browser) -> None:
    """The whole journey: a number at once, a scenario of it, changes, and nothing lost whatever happens."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(server.address)
        expect(page.get_by_text("14 agents").first).to_be_visible()
        page.get_by_label("AHT", exact=True).fill("6 min")
        page.get_by_label("AHT", exact=True).press("Enter")
        expect(page.get_by_text("25 agents").first).to_be_visible()
        page.reload()
        expect(page.get_by_text("25 agents").first).to_be_visible()
        page.goto(f"{server.address}/scenario")
        for step in range(10):
            new_title(page, f"Step {step}")
        page.reload()
        expect(page.get_by_text("Step 9 (example, changed)")).to_be_visible()
        page.goto(f"{server.address}/results")
        expect(page.get_by_text(re.compile(r"\d+ of 100 simulated days"))).to_be_visible()
        server.kill()
        server.start()
        page.goto(f"{server.address}/results")
        expect(page.get_by_text("80 % within 20 s").first).to_be_visible()
        expect(page.get_by_text("Step 9 (example, changed)")).to_be_visible()
        page.goto(f"{server.address}/scenario")
        for step in reversed(range(9)):
            page.get_by_role("button", name="Undo").click()
            expect(page.get_by_text(f"Step {step} (example, changed)")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("An online retailer on a weekday · Volumes")).to_be_visible()
        settle(page)  # while the page is drawn anew, a click can be overtaken
        page.get_by_role("button", name="Redo").click()
        expect(page.get_by_text("Step 0 (example, changed)")).to_be_visible()

        tab = context.new_page()
        tab.set_default_timeout(60_000)
        tab.goto(f"{server.address}/scenario")
        expect(tab.get_by_text("Step 0 (example, changed)")).to_be_visible()
        new_title(tab, "From the tab")
        new_title(page, "From the page")
        expect(page.get_by_text("Changed in another window")).to_be_visible()
        page.get_by_role("button", name="This window's version").click()
        expect(page.get_by_text("Changed in another window")).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("From the tab (example, changed)")).to_be_visible()
    with browser.new_context() as stranger:
        page = stranger.new_page()
        page.goto(f"{server.address}/scenario")
        expect(page.get_by_text("An online retailer on a weekday · Volumes")).to_be_visible()
