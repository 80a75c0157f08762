"""What happens on the desk: live, by keys, without JavaScript, in the hand."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from sportello import clock
from sportello.console.team import links
from sportello.schema.models import Conversation, Message, Number, Send
from tests.browser.conftest import NARROW, Desk
from tests.pages.conftest import NOW
from tests.pages.shop import Shop, said
from tests.pages.shop_channel import troubled_number

_MOVES = """() => document.getAnimations().length > 0 || [...document.querySelectorAll("*")].some(
  (one) => getComputedStyle(one).transitionDuration.split(", ").some((time) => time !== "0s"))"""


def _open(desk: Desk, name: str, **options: Any) -> Page:
    page = desk.page(**options)
    page.goto(f"/conversations/{desk.shop.chats[name].pk}/")
    return page


def _fresh(shop: Shop, name: str) -> Conversation:
    return Conversation.objects.using("owner").get(pk=shop.chats[name].pk)


def test_what_a_customer_writes_appears_without_reloading(desk: Desk) -> None:
    page = desk.page()
    with page.expect_response(lambda answer: answer.request.headers.get("hx-trigger") == "desk"):
        page.goto(f"/conversations/{desk.shop.chats['Anna Bianchi'].pk}/")
    page.evaluate("window.notReloaded = true")

    said(
        desk.shop, _fresh(desk.shop, "Anna Bianchi"), timedelta(0), "customer", text="Un'altra cosa"
    )
    said(desk.shop, _fresh(desk.shop, "Dario Galli"), timedelta(0), "customer", text="Eccomi!")

    expect(page.locator("#thread .said").last).to_contain_text("Un'altra cosa")
    expect(page.locator("#rows li").first).to_contain_text("Eccomi!")
    # What is added to a log is read aloud.
    expect(page.get_by_role("log", name="Messaggi")).to_contain_text("Un'altra cosa")
    assert page.evaluate("window.notReloaded")


def test_a_tick_changes_in_place_while_a_draft_is_being_written(desk: Desk) -> None:
    page = desk.page()
    with page.expect_response(lambda answer: answer.request.headers.get("hx-trigger") == "desk"):
        page.goto(f"/conversations/{desk.shop.chats['Bruno Verdi'].pk}/")
    box = page.locator("#text")
    box.press_sequentially("Le scrivo")
    last = page.locator("#thread .said").last
    expect(last.locator(".ticks")).to_have_attribute("title", "in attesa di partire")

    Message.objects.using("owner").filter(text="Benissimo, parte oggi stesso.").update(
        status="delivered"
    )

    expect(last.locator(".ticks")).to_have_attribute("title", "consegnato")
    expect(box).to_have_value("Le scrivo")
    expect(box).to_be_focused()


def test_what_changes_waits_for_a_finger_that_presses(desk: Desk) -> None:
    """Else another button would stand there when it is let go, and nothing would happen."""
    number = Number.objects.using("owner").filter(pk=troubled_number(desk.shop))
    page = desk.page()
    with page.expect_response(lambda answer: answer.request.headers.get("hx-trigger") == "desk"):
        page.goto(f"/channel/numbers/{number.get().pk}/")
    page.wait_for_load_state("networkidle")
    button = page.get_by_role("button", name="Riprendi gli invii")

    _while_pressed(page, button, lambda: number.update(quality="GREEN"))

    expect(page.get_by_text("Gli invii riprendono")).to_be_visible()
    assert number.get().paused_why == ""


def test_what_waited_for_a_finger_is_shown_when_it_is_let_go(desk: Desk) -> None:
    number = Number.objects.using("owner").filter(pk=troubled_number(desk.shop))
    page = desk.page()
    with page.expect_response(lambda answer: answer.request.headers.get("hx-trigger") == "desk"):
        page.goto(f"/channel/numbers/{number.get().pk}/")
    page.wait_for_load_state("networkidle")
    heading = page.get_by_role("heading", level=1)

    _while_pressed(page, heading, lambda: number.update(quality="RED"))

    expect(page.get_by_role("region", name="Al lavoro")).to_contain_text("bassa")


def _while_pressed(page: Page, what: Locator, do: Callable[[], Any]) -> None:
    """Between the two halves of a click the page hears of it and asks for itself anew."""
    page.evaluate(
        "document.addEventListener('htmx:afterRequest', () => { document.body.dataset.asked = '' })"
    )
    what.hover()
    page.mouse.down()
    do()
    expect(page.locator("body[data-asked]")).to_be_visible()
    page.mouse.up()


def test_a_person_takes_over_writes_and_gives_back(desk: Desk) -> None:
    page = _open(desk, "Anna Bianchi")
    expect(page.locator("#footer")).to_contain_text(
        "L'assistente sta gestendo questa conversazione"
    )

    page.get_by_role("button", name="Prendi il controllo").click()
    page.locator("#text").fill("Buongiorno, sono Giulia.")
    page.locator("#text").press("Enter")

    last = page.locator("#thread .said").last
    expect(last).to_contain_text("Buongiorno, sono Giulia.")
    expect(last).to_contain_text("Giulia Ferri")
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("#text")).to_be_focused()
    assert Send.objects.using("owner").get().state == "queued"

    page.get_by_role("button", name="Rilascia all'assistente").click()
    expect(page.get_by_role("button", name="Prendi il controllo")).to_be_visible()
    assert _fresh(desk.shop, "Anna Bianchi").holder == "assistant"


def test_a_note_is_written_while_the_assistant_drives(desk: Desk) -> None:
    page = _open(desk, "Anna Bianchi")

    page.keyboard.press("i")
    page.locator("#text").fill("Cliente gentile")
    page.locator("#text").press("Enter")

    expect(page.locator("#thread .is-note").last).to_contain_text("Cliente gentile")
    assert not Send.objects.using("owner").exists()


def test_text_written_after_the_window_shut_is_refused_and_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _open(desk, "Bruno Verdi")
    page.locator("#text").fill("Ancora una cosa")

    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=25))
    page.locator("#text").press("Enter")

    refused = page.locator("#footer [role=alert]:visible")
    expect(refused).to_contain_text("La finestra di 24 ore è chiusa")
    expect(page.locator("#footer")).to_contain_text("Finestra chiusa da 1 h")
    expect(page.locator("#footer .kept")).to_have_text("Ancora una cosa")
    assert not Send.objects.using("owner").exists()
    desk.expects("409")


def test_a_draft_survives_a_look_at_another_conversation(desk: Desk) -> None:
    page = _open(desk, "Bruno Verdi")
    page.locator("#text").fill("A metà")

    page.locator("#rows a", has_text="Anna Bianchi").click()
    expect(page.locator("#chat-head")).to_contain_text("Anna Bianchi")
    page.locator("#rows a", has_text="Bruno Verdi").click()

    expect(page.locator("#text")).to_have_value("A metà")


def test_j_and_k_walk_through_the_list(desk: Desk) -> None:
    page = desk.page()
    page.goto("/conversations/")

    page.keyboard.press("j")
    expect(page.locator("#chat-head")).to_contain_text("Bruno Verdi")
    page.keyboard.press("j")
    expect(page.locator("#chat-head")).to_contain_text("Anna Bianchi")
    page.keyboard.press("k")
    expect(page.locator("#chat-head")).to_contain_text("Bruno Verdi")
    page.go_back()
    expect(page.locator("#chat-head")).to_contain_text("Anna Bianchi")


def test_the_receipt_opens_over_the_chat(desk: Desk) -> None:
    page = _open(desk, "Anna Bianchi")

    page.get_by_role("link", name="Perché è partito?").last.click()

    expect(page.locator("#dialog")).to_contain_text("Consentito: nulla lo impediva")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()


def test_the_sources_of_an_answer_open_under_it(desk: Desk) -> None:
    page = _open(desk, "Anna Bianchi")

    page.get_by_text("2 fonti").click()

    expect(page.get_by_role("link", name="Posso fare un reso?")).to_be_visible()


def test_without_javascript_all_of_it_works_too(desk: Desk) -> None:
    page = _open(desk, "Anna Bianchi", java_script_enabled=False)

    page.get_by_role("button", name="Prendi il controllo").click()
    page.locator("#text").fill("Senza script")
    page.get_by_role("button", name="Invia").click()

    expect(page.locator("#thread .said").last).to_contain_text("Senza script")
    page.get_by_role("button", name="Chiudi").click()
    expect(page.locator("#footer")).to_contain_text("Questa conversazione è chiusa")


def test_in_the_hand_one_column_shows_at_a_time(desk: Desk) -> None:
    page = desk.page(viewport=NARROW)
    page.goto("/conversations/")

    narrowed = page.locator("#list-narrow a", has_text="Giulia Ferri")
    narrowed.click()
    expect(page.locator("#rows li[data-cursor]")).to_have_count(1)
    narrowed.click()

    page.locator("#rows a", has_text="Anna Bianchi").click()
    expect(page.locator("#thread")).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    page.get_by_role("link", name="Contatto").click()
    expect(page.locator("#contact")).to_be_visible()
    page.get_by_role("link", name="Chiudi").click()
    page.get_by_role("link", name="Torna alla lista").click()
    expect(page.locator("#list")).to_be_visible()


def test_the_link_signs_in_once_and_only_when_the_button_is_pressed(desk: Desk) -> None:
    path = links.issue(desk.shop.user, NOW)
    page = desk.page(signed=False)
    page.goto(path)
    page.reload()

    page.get_by_role("button", name="Entra").click()
    expect(page.get_by_role("heading", name="Primi passi")).to_be_visible()

    page.context.clear_cookies()
    page.goto(path)
    page.get_by_role("button", name="Entra").click()
    expect(page.get_by_role("heading")).to_contain_text("Questo link non funziona più")
    desk.expects("410")


def test_a_person_signs_in_with_a_password(desk: Desk) -> None:
    page = desk.page(signed=False)
    page.goto("/conversations/")

    page.get_by_label("E-mail").fill("giulia@example.org")
    page.get_by_label("Password").fill("una frase lunga")
    page.get_by_role("button", name="Accedi", exact=True).click()

    expect(page.locator("#list")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_theme_and_motion_follow_the_machine(desk: Desk, theme: str) -> None:
    page = _open(desk, "Anna Bianchi", color_scheme=theme, reduced_motion="reduce")

    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(250, 249, 247)", "dark": "rgb(20, 23, 28)"}[theme]
    assert not page.evaluate(_MOVES)


def test_a_message_of_a_stranger_runs_nothing(desk: Desk) -> None:
    page = desk.page()
    asked: list[Any] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.goto(f"/conversations/{desk.shop.chats['<script>alert(1)</script>'].pk}/")

    expect(page.locator("#thread")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#thread img").count() == 0
    assert asked == []
