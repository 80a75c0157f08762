"""Pictures, sounds, files, places and cards: shown on the phone, and sent from it."""

import base64
import hashlib

from playwright.sync_api import Page, expect

from tests.whatsapp_emulator.conftest import ANNA
from tests.whatsapp_emulator.test_phone.conftest import Screens, World, chat_of
from whatsapp_emulator.samples import SAMPLES

PNG = SAMPLES["image"][1]


def test_what_carries_media_is_shown_with_its_name(world: World, open_phone: Screens) -> None:
    _customer_sends(world, {"type": "image", "image": {"caption": "Ecco il pacco"}})
    _customer_sends(world, {"type": "document", "document": {"filename": "misure.pdf"}})
    page = open_phone(chat_of(ANNA, world))

    picture = page.get_by_role("img", name="Ecco il pacco")
    expect(picture).to_be_visible()
    page.wait_for_function("() => document.querySelector('img.picture').naturalWidth === 64")
    document = page.get_by_role("link", name="Scarica misure.pdf")
    with page.expect_download() as download:
        document.click()
    assert download.value.suggested_filename == "misure.pdf"
    assert download.value.path().read_bytes() == SAMPLES["document"][1]


def test_what_the_business_sends_is_drawn_by_kind(world: World, open_phone: Screens) -> None:
    world.says("ciao")
    place = {"latitude": 45.46, "longitude": 9.19, "name": "Bottega", "address": "Piazza 1"}
    world.send({"type": "location", "location": place})
    card = {
        "name": {"formatted_name": "Ufficio", "first_name": "U"},
        "phones": [{"phone": "+3902"}],
    }
    world.send({"type": "contacts", "contacts": [card]})
    world.send({"type": "image", "image": {"link": "https://esempio.it/foto.jpg"}})
    page = open_phone(chat_of(ANNA, world))

    expect(page.locator(".place")).to_contain_text("Piazza 1")
    expect(page.locator(".card")).to_contain_text("+3902")
    # What stands at an address of the business is named, never fetched: no request leaves here.
    expect(page.locator(".msg.their").last).to_contain_text("https://esempio.it/foto.jpg")


def test_files_chosen_on_the_phone_reach_the_business_byte_for_byte(
    world: World, open_phone: Screens
) -> None:
    page = open_phone(chat_of(ANNA, world))
    _choose(page, "Foto o video", "foto.png", "image/png", PNG)
    expect(page.locator(".msg.own img.picture")).to_be_visible()
    _choose(page, "Documento", "contratto firmato.pdf", "application/pdf", b"%PDF-1.4 ciao")
    expect(page.locator(".msg.own .file")).to_contain_text("contratto firmato.pdf")

    image, document = world.heard()
    assert image["image"]["sha256"] == base64.b64encode(hashlib.sha256(PNG).digest()).decode()
    assert image["image"]["mime_type"] == "image/png"
    assert document["document"]["filename"] == "contratto firmato.pdf"


def test_an_empty_file_is_refused_in_words(world: World, open_phone: Screens) -> None:
    page = open_phone(chat_of(ANNA, world))

    _choose(page, "Documento", "vuoto.pdf", "application/pdf", b"")

    expect(page.get_by_role("alert").filter(has_text="Il file è vuoto")).to_be_visible()
    assert world.heard() == []


def test_samples_a_place_and_a_card_are_sent(world: World, open_phone: Screens) -> None:
    page = open_phone(chat_of(ANNA, world))
    for sample in ("Nota vocale", "Adesivo"):
        _attach(page, "File di esempio")
        page.get_by_role("dialog").get_by_role("button", name=sample).click()
    _attach(page, "Contatto")
    page.get_by_label("Nome del contatto").fill("Zia Pina")
    page.get_by_label("Numero del contatto").fill("+39 333 123 4567")
    page.get_by_role("dialog").get_by_role("button", name="Invia").click()

    expect(page.get_by_role("group", name="Nota vocale").get_by_text("0:02")).to_be_visible()
    expect(page.locator(".msg.own .card")).to_contain_text("Zia Pina")
    voice, sticker, card = world.heard()
    assert voice["audio"]["voice"] is True
    assert sticker["sticker"]["mime_type"] == "image/webp"
    assert card["contacts"][0]["phones"][0]["phone"] == "+39 333 123 4567"


def _customer_sends(world: World, said: dict[str, object]) -> None:
    world.sim("POST", f"people/{ANNA}/messages", said)


def _attach(page: Page, what: str) -> None:
    page.get_by_role("button", name="Allega").click()
    page.get_by_role("dialog").get_by_role("button", name=what).click()


def _choose(page: Page, what: str, name: str, mime: str, content: bytes) -> None:
    page.get_by_role("button", name="Allega").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("dialog").get_by_role("button", name=what).click()
    chooser.value.set_files([{"name": name, "mimeType": mime, "buffer": content}])
