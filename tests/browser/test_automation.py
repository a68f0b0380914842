"""The automation frontier, clicked through in a real browser: planned by formula, its proof begun and stopped."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_journeys import choose, turn

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.shown_at("phone")]

BUSY = 300_000
"""Milliseconds in which 25 plans are simulated where other tests run beside: a minute on a machine of its own."""


def test_plan_by_formula_begin_the_proof_and_stop_it(page: Page) -> None:
    """The frontier by formula comes to a verdict; stopping its proof must neither look like an error nor lose it."""
    choose(page, "Bot first")
    turn(page, "Automation")
    page.get_by_role("button", name="Plan each level (Erlang)").click()
    verdict = page.get_by_role("heading", name=re.compile("Cheapest at .* claimed containment of chat"))
    expect(verdict).to_be_visible(timeout=BUSY)
    expect(page.get_by_text("Cumulative saving of the bot")).to_be_visible()
    page.get_by_role("button", name="Plan each level (Optimiser)").click()
    page.get_by_text(re.compile("plans done")).wait_for()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text(re.compile(r"Cancelled after \d+ of 25 plans"))).to_be_visible()
    expect(verdict).to_be_visible()
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert page.viewport_size is not None
    assert width <= page.viewport_size["width"]
