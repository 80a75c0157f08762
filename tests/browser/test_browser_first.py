"""Writing first in a real browser: the picker in a shut chat, and a new conversation."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from sportello.schema.models import Send
from tests.browser.conftest import Desk
from tests.pages.shop_templates import picture as a_picture


def _fills(page: Page, folder: Path) -> None:
    """Chooses the template, gives it its picture and its values."""
    page.get_by_role("button", name="ordine_pronto").click()
    expect(page.locator("#send-first")).to_contain_text("Invia modello")
    file = folder / "vetrina.png"
    file.write_bytes(a_picture())
    page.locator("#media").set_input_files(file)
    expect(page.locator(".kept-file")).to_contain_text("vetrina.png")
    page.get_by_label("nome", exact=True).fill("Dario")
    page.get_by_label("ordine", exact=True).fill("A-77")
    page.get_by_label("Segui l'ordine").fill("1042")
    expect(page.locator("#preview")).to_contain_text("Buongiorno Dario, il suo ordine A-77")
    expect(page.locator("#preview img")).to_be_visible()


def test_the_picker_in_a_shut_chat_sends_and_the_chat_waits(
    desk: Desk, tmp_path: Path, picture: Callable[[Page, str], None]
) -> None:
    page = desk.page()
    page.goto(f"/conversations/{desk.shop.chats['Dario Galli'].pk}/")
    page.keyboard.press("m")
    page.get_by_label("Cerca modelli").fill("novit")
    expect(page.get_by_role("button", name="ordine_pronto")).to_have_count(0)
    page.get_by_label("Cerca modelli").fill("ordine")
    _fills(page, tmp_path)
    expect(page.locator("#send-first")).to_contain_text("2,5 cent")
    picture(page, "picker-in-chat")

    page.locator("#send-first").click()

    expect(page.get_by_text("In attesa della risposta di Dario")).to_be_visible()
    expect(page.locator(".said .under")).to_contain_text("Passo oggi")
    picture(page, "picker-sent")
    assert Send.objects.using("owner").filter(template__isnull=False).count() == 1


def test_what_lacks_is_told_in_place_and_what_was_typed_stays(desk: Desk) -> None:
    page = desk.page()
    page.goto(f"/conversations/{desk.shop.chats['Dario Galli'].pk}/")
    page.locator("#template-button").click()
    page.get_by_role("button", name="ordine_pronto").click()
    page.get_by_label("nome", exact=True).fill("Dario")

    page.locator("#send-first").click()

    expect(page.get_by_text("Manca un valore per ordine.")).to_be_visible()
    expect(page.get_by_label("nome", exact=True)).to_have_value("Dario")
    desk.expects("422")


def test_a_new_conversation_begins_by_a_key(
    desk: Desk, tmp_path: Path, picture: Callable[[Page, str], None]
) -> None:
    page = desk.page()
    page.goto("/conversations/")
    page.keyboard.press("n")
    page.get_by_label("Numero di telefono").fill("333 765 4321")
    _fills(page, tmp_path)
    picture(page, "new-filled")

    page.locator("#send-first").click()

    expect(page.get_by_text("In attesa della risposta di")).to_be_visible()


def test_a_box_for_a_file_speaks_the_pages_language_and_names_what_was_chosen(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "listino.pdf"
    file.write_bytes(b"%PDF-1.4")
    page = desk.page(locale="en-GB")
    page.goto("/conversations/replies/new")
    box = page.locator(".file-box")
    expect(box).to_have_text("Scegli un fileNessun file scelto")

    with page.expect_file_chooser() as chooser:
        box.click()
    chooser.value.set_files(file)

    expect(box).to_have_text("Scegli un filelistino.pdf")
