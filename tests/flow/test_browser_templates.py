"""A template's way through the pages of the running demo, with the emulator as Meta."""

import pytest
from playwright.sync_api import Page, expect

from tests.flow.test_browser import (  # fixtures are found by name
    _CHROMIUM,
    Windows,
    windows,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(400),
    pytest.mark.skipif(_CHROMIUM is None, reason="no chromium (apt install chromium)"),
]
__all__ = ["windows"]


def _write(desk: Page, base: str, name: str, text: str) -> None:
    desk.goto(f"{base}/templates/new")
    desk.get_by_label("Nome", exact=True).fill(name)
    desk.locator("#body").fill(text)


def _decide(windows: Windows, **decision: str) -> None:
    """What Meta's reviewers say of the template on the page."""
    meta_id = windows.desk.locator("dt:text-is('Id presso Meta') + dd")
    expect(meta_id).not_to_have_text("–")
    windows.demo.sim("POST", f"/templates/{meta_id.inner_text()}/review", decision)


def _status(windows: Windows, words: str) -> None:
    expect(windows.desk.locator("#stand [data-status]")).to_have_text(words)


def test_from_errors_to_approval_without_reloading(windows: Windows) -> None:
    desk = windows.desk
    _write(
        desk, windows.demo.block["console_url"], "Ordine Pronto", "{{1}} il suo ordine la aspetta"
    )
    for place in ("#found-name", "#found-body"):
        desk.locator(place).get_by_role("button", name="Correggi").first.click()
        expect(desk.locator(f"{place} .is-error")).to_have_count(0)
    expect(desk.get_by_label("Nome", exact=True)).to_have_value("ordine_pronto")
    desk.get_by_label("{{1}}").fill("Anna")
    expect(desk.locator("#phone-screen")).to_contain_text("Anna")
    expect(desk.locator("#summary")).to_contain_text("Pronto per Meta")

    desk.get_by_role("button", name="Invia a Meta").click()
    _status(windows, "in esame")
    desk.evaluate("window.notReloaded = true")
    _decide(windows, decision="APPROVED")

    _status(windows, "approvato")
    expect(desk.locator("#history")).to_contain_text("in esame → approvato")
    assert desk.evaluate("window.notReloaded")
    assert windows.complaints == []


def test_a_rejected_one_finds_its_way_back(windows: Windows) -> None:
    desk = windows.desk
    text = "La sua borsa è rientrata dal laboratorio e la aspetta in negozio da domani mattina."
    _write(desk, windows.demo.block["console_url"], "borsa_rientrata", text)
    expect(desk.locator("#summary")).to_contain_text("Pronto per Meta")
    desk.get_by_role("button", name="Invia a Meta").click()
    _status(windows, "in esame")
    _decide(windows, decision="REJECTED", reason="TAG_CONTENT_MISMATCH")
    _status(windows, "rifiutato")
    expect(desk.locator("#stand")).to_contain_text("Lingua o categoria non sono quelle del testo")

    desk.get_by_role("link", name="Trova la strada").click()
    expect(desk.get_by_label("Nome", exact=True)).to_have_value("borsa_rientrata_2")
    expect(desk.locator("#way-alike")).to_contain_text("Troppo simile")
    desk.locator("#body").fill("Buone notizie: la riparazione che ci ha chiesto è finita oggi.")
    expect(desk.locator("#way-alike")).to_contain_text("Abbastanza diverso")
    desk.get_by_role("button", name="Invia a Meta").click()
    _status(windows, "in esame")
    _decide(windows, decision="APPROVED")

    _status(windows, "approvato")
    assert windows.complaints == []
