"""The demo's guided path, walked in English by somebody who was invited a minute ago, while the
page of whoever invited them follows in Italian.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sportello.ops import demo_campaign, demo_content
from tests.flow.test_browser import (  # fixtures are found by name
    _CHROMIUM,
    Windows,
    _window,
    windows,
)

# Apart from the other walks: it breaks the card, and what paused then is theirs no more.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(_CHROMIUM is None, reason="no chromium (apt install chromium)"),
]
__all__ = ["windows"]


def test_the_demos_first_steps_are_walked_and_tick_themselves(windows: Windows) -> None:
    host, base = windows.desk, windows.demo.block["console_url"]
    guest = _invited(windows, base)
    host.goto(f"{base}/first-steps/")
    for page, again in ((host, "Ricomincia"), (guest, "Begin again")):
        page.get_by_role("button", name=again).click()
        expect(page.locator(".first-steps .is-done")).to_have_count(0)
    both = (guest, host)  # neither page is left while a step is done elsewhere

    phone = _opened(guest, "ask")
    person = phone.locator(".people-list li").first
    customer, name = person.get_attribute("data-wa-id"), person.locator("strong").inner_text()
    person.locator(".person").click()
    phone.get_by_placeholder("Write a message").first.fill("Quando arriva il mio ordine?")
    phone.keyboard.press("Enter")
    _ticks("ask", *both)

    guest.locator("#go-control").click()
    guest.locator("#rows").get_by_text(name, exact=True).first.click()
    guest.get_by_role("button", name="Take control").click()
    expect(guest.get_by_role("button", name="Release to the assistant")).to_be_visible()
    guest.goto(f"{base}/first-steps/")
    _ticks("control", *both)

    guest.locator("#go-campaign").click()
    _starts_a_campaign(guest)
    guest.goto(f"{base}/first-steps/")
    _ticks("campaign", *both)

    try:
        _opened(guest, "card").get_by_label("Payment card").get_by_text("missing").click()
        _writes_first(guest, base, f"+{customer}")
        _ticks("card", *both)
        guest.locator("#go-doctor").click()
        guest.get_by_role("button", name="Look at everything now").click()
        expect(guest.get_by_text("No credit card").first).to_be_visible()
        _ticks("doctor", host)
        host.goto(guest.url)
        expect(host.get_by_text("Manca la carta di credito").first).to_be_visible()
    finally:
        waba = windows.demo.block["waba_id"]
        windows.demo.sim("PATCH", f"/wabas/{waba}", {"payment": "ok"})
    guest.goto(f"{base}/first-steps/")
    expect(guest.get_by_text("5 of 5 done")).to_be_visible()
    assert windows.complaints == []


def _invited(windows: Windows, base: str) -> Page:
    """Somebody whose browser speaks English, come in by the host's link: at the first steps."""
    windows.desk.goto(f"{base}/people/")
    windows.desk.get_by_label("E-mail").fill("john@example.org")
    windows.desk.get_by_role("button", name="Invita", exact=True).click()
    link = windows.desk.locator("#made").inner_text()
    browser = windows.desk.context.browser
    assert browser is not None
    page = _window(browser.new_context(locale="en-GB"), windows.complaints)
    page.goto(link)
    page.get_by_label("Name").fill("John Prova")
    page.get_by_label("Password").fill("un pomeriggio lungo e calmo")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="First steps").click()
    return page


def _opened(desk: Page, step: str) -> Page:
    """The phone, in the window that the step's button opens."""
    with desk.expect_popup() as opening:
        desk.locator(f"#go-{step}").click()
    return opening.value


def _ticks(step: str, *pages: Page) -> None:
    for page in pages:
        expect(page.locator(f"#step-{step}")).to_have_class(re.compile("is-done"))


def _starts_a_campaign(desk: Page) -> None:
    desk.get_by_role("button", name="Write the first campaign").click()
    desk.get_by_label("Name of the campaign").fill("First steps")
    desk.get_by_text(demo_campaign.NAME).click()
    desk.get_by_role("button", name="Next").click()
    desk.get_by_role("button", name="corsi_di_tornio").click()
    desk.locator("#media").set_input_files(Path(demo_content.__file__).parent / "piatti.png")
    desk.locator("[name='from.2']").select_option("=")
    desk.locator("[name='words.2']").fill("martedì 12 gennaio")
    expect(desk.locator("#preview")).to_contain_text("martedì 12 gennaio")
    desk.get_by_role("button", name="Next").click()
    desk.wait_for_url("**/when")
    desk.get_by_role("button", name="Next").click()
    desk.wait_for_url("**/checks")
    desk.get_by_role("link", name="Next").click()
    desk.locator("#start").click()
    expect(desk.locator("#state")).to_contain_text(re.compile("under way|over"))


def _writes_first(desk: Page, base: str, customer: str) -> None:
    """A template, which is what a card pays."""
    desk.goto(f"{base}/conversations/new")
    desk.get_by_label("Phone number").fill(customer)
    desk.get_by_role("button", name="promemoria_appuntamento").click()
    for name, words in (("cosa", "prova"), ("nome", "Anna"), ("giorno", "lunedì"), ("ora", "9")):
        desk.get_by_label(re.compile(rf"(^|: ){name}$")).fill(words)
    desk.locator("#send-first").click()
    expect(desk.locator("#thread")).to_be_visible()
    desk.goto(f"{base}/first-steps/")
