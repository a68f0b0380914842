"""Draw the pictures of the documentation: the app itself, driven in a headless browser.

Run from the project's folder, in its environment: ``python docs/make_images.py``.
"""

import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from shutil import which
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, TimeoutError, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PATIENCE = 240_000


def main() -> None:
    """All pictures, each from a fresh window."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", port, "--server.headless", "true"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as server, sync_playwright() as playwright:
        try:
            address = f"http://127.0.0.1:{port}"
            answered(f"{address}/_stcore/health")
            browser = playwright.chromium.launch(executable_path=which("chromium"), args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(PATIENCE)
            draw(page, address)
            browser.close()
        finally:
            server.terminate()


def answered(url: str) -> None:
    """Wait until the server answers."""
    for _ in range(300):
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(url)


def draw(page: Page, address: str) -> None:
    """The pages on the first preset, in the order of a planner's first hour."""
    page.goto(f"{address}/scenario")
    page.locator("[aria-label*='Expected contacts by interval']").first.wait_for(state="attached")
    save(page, "scenario", 900)
    page.get_by_role("tab", name="Staffing").click()
    page.locator("[aria-label*='required by formula']").first.wait_for(state="attached")
    save(page, "staffing", 980)
    page.get_by_role("link", name="Run", exact=True).click()
    done(page)
    page.get_by_text("Formula (Erlang A)").first.wait_for()
    save(page, "results", 1560)
    for name, button in (("Automation", "Plan each level (Erlang)"), ("Compare", "Run")):
        page.get_by_role("link", name=name, exact=True).click()
        page.get_by_role("heading", name=name, exact=True).wait_for()
        page.get_by_text("Quick", exact=True).first.click()
        if name == "Compare":
            page.get_by_label("Compare with").click()
            page.get_by_role("option", name="An online retailer on the day of a sale").click()
            page.keyboard.press("Escape")
        page.wait_for_timeout(2000)
        page.get_by_role("button", name=button, exact=True).click()
        done(page)
        if name == "Automation":  # its button to cancel is drawn anew while the plans are made
            page.get_by_role("button", name="Plan each level (Optimiser)").wait_for()
        save(page, name.lower(), 1150)


def done(page: Page) -> None:
    """Wait until a run is over; a short one may be over before its button was seen."""
    cancel = page.get_by_role("button", name="Cancel")
    with suppress(TimeoutError):
        cancel.wait_for(timeout=5000)
    cancel.wait_for(state="detached")


def save(page: Page, name: str, height: int) -> None:
    """The page as it is, once nothing moves any more."""
    page.set_viewport_size({"width": 1280, "height": height})
    page.wait_for_timeout(3000)
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
