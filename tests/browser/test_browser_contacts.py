"""Contacts in a real browser: a consent taken back; each page fits."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sportello.schema.models import Contact, User
from tests.browser.conftest import NARROW, WIDE, Desk


def test_a_consent_is_taken_back(desk: Desk) -> None:
    page = desk.page()
    page.goto("/contacts/?q=Anna")
    page.get_by_role("link", name="Anna Bianchi", exact=True).click()

    page.get_by_role("link", name="Non vuole più promozioni").click()
    page.get_by_role("button", name="Sì, niente più promozioni").click()

    expect(page.get_by_text("non ne vuole", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["1440", "390"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(
    desk: Desk,
    picture: Callable[[Page, str], None],
    width: dict[str, int],
    theme: str,
) -> None:
    User.objects.using("owner").filter(pk=desk.shop.user.pk).update(theme=theme)
    page = desk.page(viewport=width)
    anna = Contact.objects.using("owner").get(workspace=desk.shop.workspace, wa_id="393471234567")

    paths = {
        "contacts": "/contacts/",
        "contact": f"/contacts/{anna.pk}/",
        "contact-withdrawal": f"/contacts/{anna.pk}/withdrawal",
        "contacts-import": "/contacts/imports/",
        "lists": "/contacts/lists/",
        "segments": "/contacts/segments/",
    }
    for name, path in paths.items():
        page.goto(path)
        picture(page, f"{name}-{width['width']}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width["width"], name
        found = Axe().run(page)
        assert found.violations_count == 0, (name, found.generate_report())
