"""Contacts in a real browser: a consent taken back; each page fits."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from sportello.schema.models import (
    Contact,
    ContactImport,
    ContactList,
    PropertyName,
    Segment,
    User,
)
from tests.browser.axe import complaints
from tests.browser.conftest import NARROW, WIDE, Desk


def test_a_consent_is_taken_back(desk: Desk) -> None:
    page = desk.page()
    page.goto("/contacts/?q=Anna")
    page.get_by_role("link", name="Anna Bianchi", exact=True).click()

    page.get_by_role("link", name="Non vuole più promozioni").click()
    page.get_by_role("button", name="Sì, niente più promozioni").click()

    expect(page.get_by_text("non ne vuole", exact=True)).to_be_visible()


def _sorted_out(desk: Desk) -> PropertyName:
    """A choice with two options, and Anna in the first of them."""
    made = PropertyName.objects.using("owner").create(
        workspace=desk.shop.workspace, name="Fase", kind="choice", choices=["Nuovo", "Perso"]
    )
    Contact.objects.using("owner").filter(wa_id="393471234567").update(properties={"Fase": "Nuovo"})
    return made


def test_a_card_is_dragged_and_moved_by_keyboard_before_everybodys_eyes(desk: Desk) -> None:
    _sorted_out(desk)
    page, beside = desk.page(), desk.page()
    for one in (page, beside):
        one.goto("/contacts/board")
    lost = beside.get_by_role("region", name="Perso")
    card = page.locator(".board-card", has_text="Anna Bianchi")
    # What the server says to the first comes so late that the card is back where it was.
    late: list[Route] = []
    page.route("**/contacts/board", lambda route: late.append(route), times=1)  # noqa: PLW0108 - Playwright marks what it is given

    card.drag_to(page.get_by_role("heading", name="Perso"))

    expect(lost.get_by_role("link", name="Anna Bianchi", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="Perso").get_by_text("Anna Bianchi")).to_be_visible()

    beside.get_by_label("Sposta Anna Bianchi in").select_option("Nuovo")
    lost.get_by_role("button", name="Sposta").press("Enter")

    for one in (beside, page):
        new = one.get_by_role("region", name="Nuovo")
        expect(new.get_by_role("link", name="Anna Bianchi", exact=True)).to_be_visible()
        while late:
            late.pop().continue_()


@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["1440", "390"])
@pytest.mark.parametrize(("theme", "language"), [("light", "it"), ("dark", "en")])
def test_every_page_is_accessible_and_fits(
    desk: Desk,
    picture: Callable[[Page, str], None],
    width: dict[str, int],
    theme: str,
    language: str,
) -> None:
    User.objects.using("owner").filter(pk=desk.shop.user.pk).update(theme=theme, language=language)
    fase = _sorted_out(desk)
    shop = desk.shop.workspace
    ContactList.objects.using("owner").create(workspace=shop, name="Amici")
    kept = Segment.objects.using("owner").create(
        workspace=shop,
        name="Nuovi",
        condition={"all": [{"all": [{"property": "Fase", "op": "is", "value": "Nuovo"}]}]},
    )
    brought = ContactImport.objects.using("owner").create(
        workspace=shop,
        provenance="modulo alla cassa",
        filename="clienti.csv",
        state="mapping",
        total=1,
        sample={"headers": ["Telefono", "Fase"], "rows": [["3470001111", "Nuovo"]], "lines": [2]},
        mapping=[
            {"part": "phone", "name": "Telefono", "kind": "text"},
            {"part": "property", "name": "Fase", "kind": "choice"},
        ],
    )
    page = desk.page(viewport=width)
    anna = Contact.objects.using("owner").get(workspace=desk.shop.workspace, wa_id="393471234567")

    paths = {
        "contacts": "/contacts/",
        "contact": f"/contacts/{anna.pk}/",
        "contact-withdrawal": f"/contacts/{anna.pk}/withdrawal",
        "contacts-import": "/contacts/imports/",
        "contact-edit": f"/contacts/{anna.pk}/edit",
        "contact-merge": f"/contacts/{anna.pk}/merge?q=a",
        "contact-erase": f"/contacts/{anna.pk}/erasure",
        "board": "/contacts/board",
        "properties": "/contacts/properties/",
        "property": f"/contacts/properties/{fase.pk}/",
        "contacts-mapping": f"/contacts/imports/{brought.pk}/",
        "segment": f"/contacts/segments/{kept.pk}/",
        "segment-new": "/contacts/segments/new",
        "lists": "/contacts/lists/",
        "segments": "/contacts/segments/",
    }
    whole = (language == "it") == (width is WIDE)
    wrong: list[str] = []
    for name, path in paths.items():
        page.goto(path)
        picture(page, f"{name}-{width['width']}-{theme}")
        wrong += complaints(page, name, whole=whole)

    assert not wrong, "\n".join(wrong)
