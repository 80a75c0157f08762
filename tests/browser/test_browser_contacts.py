"""Contacts in a real browser: a file brought in by steps, a consent taken back; each page fits."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sportello.schema.models import Contact, User
from tests.browser.conftest import NARROW, WIDE, Desk

_FILE = (
    "Nome;Cellulare;Città;Testo consenso;Data consenso\n"
    "Ada;347 000 1111;Bari;Sì alle offerte;20/11/2026\n"
    "Eva;3,9E+11;Bari;Sì alle offerte;20/11/2026\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clienti.csv"
    path.write_text(_FILE, encoding="utf-8")
    return path


def _bring_in(page: Page, file: Path) -> None:
    """As far as the page that says what will come in."""
    page.goto("/contacts/imports/")
    page.get_by_label("File CSV").set_input_files(file)
    page.get_by_label("Da dove vengono queste persone?").fill("Clienti di Bari, modulo alla cassa")
    page.get_by_role("button", name="Continua").click()
    page.get_by_role("button", name="Controlla le righe").click()


def test_a_file_is_brought_in_and_a_consent_taken_back(desk: Desk, file: Path) -> None:
    page = desk.page()
    _bring_in(page, file)
    expect(page.get_by_text("le cifre sono perse")).to_be_visible()

    page.get_by_role("button", name="Importa 1 contatto").click()

    expect(page.get_by_text("L'importazione è finita")).to_be_visible()
    page.goto("/contacts/?q=Ada")
    page.get_by_role("link", name="Ada", exact=True).click()
    page.get_by_role("link", name="Non vuole più promozioni").click()
    page.get_by_role("button", name="Sì, niente più promozioni").click()
    expect(page.get_by_text("non ne vuole", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["1440", "390"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(
    desk: Desk,
    file: Path,
    picture: Callable[[Page, str], None],
    width: dict[str, int],
    theme: str,
) -> None:
    User.objects.using("owner").filter(pk=desk.shop.user.pk).update(theme=theme)
    page = desk.page(viewport=width)
    anna = Contact.objects.using("owner").get(workspace=desk.shop.workspace, wa_id="393471234567")
    _bring_in(page, file)
    ready = page.url

    paths = {
        "contacts": "/contacts/",
        "contact": f"/contacts/{anna.pk}/",
        "contact-withdrawal": f"/contacts/{anna.pk}/withdrawal",
        "contacts-import": "/contacts/imports/",
        "contacts-ready": ready,
        "contacts-columns": f"{ready}?columns",
    }
    for name, path in paths.items():
        page.goto(path)
        picture(page, f"{name}-{width['width']}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width["width"], name
        found = Axe().run(page)
        assert found.violations_count == 0, (name, found.generate_report())
