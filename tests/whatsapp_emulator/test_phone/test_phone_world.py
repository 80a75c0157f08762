"""The panels beside the phone: time, what is broken, people, and what a customer may refuse."""

import re

from playwright.sync_api import Page, expect

from tests.whatsapp_emulator.conftest import ANNA
from tests.whatsapp_emulator.test_phone.conftest import Screens, World, chat_of

BRUNO = "393471112202"
GINA = "393471112299"
PLAIN = [{"type": "BODY", "text": "La aspettiamo domani in negozio."}]


def test_a_day_is_leapt_and_the_window_closes(world: World, open_phone: Screens) -> None:
    world.says("ciao")
    before = world.state()["clock"]["timestamp"]
    page = open_phone(chat_of(ANNA, world))
    expect(page.locator(".window")).to_contain_text("Finestra di Anna Bianchi aperta")

    page.get_by_role("button", name="+24 h").click()

    expect(page.locator(".window")).to_contain_text("chiusa")
    expect(page.locator(".day")).to_have_text("Ieri")
    assert world.state()["clock"]["timestamp"] == before + 86400


def test_time_goes_on_by_any_span_and_at_any_speed(world: World, open_phone: Screens) -> None:
    before = world.state()["clock"]["timestamp"]
    page = open_phone()
    page.get_by_label("Quanto").fill("0")
    page.get_by_role("button", name="Vai avanti").click()
    expect(page.get_by_role("alert").filter(has_text="da un minuto a un anno")).to_be_visible()

    page.get_by_label("Quanto").fill("3")
    page.get_by_label("Unità").select_option("days")
    page.get_by_role("button", name="Vai avanti").click()
    expect(page.locator("#live")).to_contain_text("Ora sono le")
    assert world.state()["clock"]["timestamp"] == before + 3 * 86400
    page.get_by_role("button", name="×60", exact=True).click()

    expect(page.get_by_role("button", name="×60", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    assert world.state()["clock"]["speed"] == 60


def test_a_missing_card_is_one_click_and_everything_heals_with_one(
    world: World, open_phone: Screens
) -> None:
    page = open_phone(chat_of(ANNA, world))
    for row, choice in (
        ("Carta di pagamento", "manca"),
        ("Qualità del numero", "rossa"),
        ("Numero", "non registrato"),
        ("Account", "disattivato"),
        ("Token di accesso", "scaduto"),
        ("Webhook", "app non iscritta"),
        ("Consegna degli eventi", "doppia"),
        ("Invio dei messaggi", "429"),
    ):
        _break(page, row, choice)
    expect(page.locator(".health")).to_contain_text("8 cose rotte")
    state = world.state()
    assert state["wabas"][0]["payment"] == "missing"
    assert state["wabas"][0]["ban_state"] == "DISABLE"
    assert state["wabas"][0]["subscribed_apps"] == []
    assert (state["numbers"][0]["quality"], state["numbers"][0]["registered"]) == ("RED", False)
    assert {fault["kind"] for fault in state["faults"]} == {"duplicate", "status_429"}
    _break(page, "Invio dei messaggi", "regolare")
    assert world.graph("GET", world.number)[0] == 401

    page.get_by_role("button", name="Rimetti a posto").click()

    expect(page.locator(".health")).to_contain_text("Tutto a posto")
    state = world.state()
    assert (state["wabas"][0]["payment"], state["faults"]) == ("ok", [])
    assert state["wabas"][0]["subscribed_apps"] != []
    assert world.graph("GET", world.number)[0] == 200


def test_an_account_is_limited_silenced_locked_and_set_free(
    world: World, open_phone: Screens
) -> None:
    world.says("ciao")
    body = {"messaging_product": "whatsapp", "to": ANNA, "type": "text", "text": {"body": "Sì"}}
    page = open_phone(chat_of(ANNA, world))
    for choice, answered in (
        ("limitato 3 giorni", 200),
        ("muto 7 giorni", 403),
        ("sospeso", 403),
        ("attivo", 200),
    ):
        _break(page, "Account", choice)
        status, answer = world.graph("POST", f"{world.number}/messages", body)
        assert status == answered, (choice, answer)


def test_what_others_break_is_shown_here_too(world: World, open_phone: Screens) -> None:
    page = open_phone()
    expect(page.locator(".health")).to_contain_text("Tutto a posto")

    world.sim("PATCH", f"wabas/{world.waba}", {"payment": "unpaid"})

    card = page.get_by_role("group", name="Carta di pagamento")
    expect(card.get_by_role("button", name="da saldare")).to_have_attribute("aria-pressed", "true")


def test_templates_that_wait_are_approved_or_rejected_here(
    world: World, open_phone: Screens
) -> None:
    first = world.template(PLAIN, name="primo")
    second = world.template([{"type": "BODY", "text": "Un altro testo, diverso."}], name="secondo")
    page = open_phone()
    reviews = page.get_by_role("region", name="Modelli in attesa di Meta")
    expect(reviews).to_contain_text("La aspettiamo domani in negozio.")

    reviews.get_by_role("button", name="Approva").first.click()
    expect(reviews.get_by_role("button", name="Approva")).to_have_count(1)
    reviews.get_by_label("Motivo del rifiuto di secondo").select_option("PROMOTIONAL")
    reviews.get_by_role("button", name="Rifiuta").click()

    expect(reviews).to_contain_text("Nessun modello in attesa")
    status, one = world.graph("GET", f"{first}?fields=status")
    assert (status, one["status"]) == (200, "APPROVED")
    _, other = world.graph("GET", f"{second}?fields=status,rejected_reason")
    assert (other["status"], other["rejected_reason"]) == ("REJECTED", "PROMOTIONAL")


def test_a_customer_blocks_after_being_asked_and_unblocks(
    world: World, open_phone: Screens
) -> None:
    world.says("ciao")
    page = open_phone(chat_of(ANNA, world))
    page.get_by_role("button", name="Azienda e telefono").click()
    page.get_by_role("button", name="Blocca Bottega").click()
    page.get_by_role("dialog").get_by_role("button", name="Annulla").click()
    assert world.person()["chats"][0]["blocked"] is False
    page.get_by_role("button", name="Blocca Bottega").click()
    page.get_by_role("dialog").get_by_role("button", name="Blocca", exact=True).click()
    expect(page.get_by_role("button", name="Sblocca Bottega")).to_be_visible()
    assert world.person()["chats"][0]["blocked"] is True
    page.get_by_role("button", name="Indietro").click()
    expect(page.get_by_role("textbox", name="Messaggio per")).to_be_hidden()

    page.get_by_role("button", name="Sblocca").click()

    expect(page.get_by_role("textbox", name="Messaggio per")).to_be_visible()
    assert world.person()["chats"][0]["blocked"] is False


def test_a_report_may_block_too(world: World, open_phone: Screens) -> None:
    world.says("ciao")
    page = open_phone(chat_of(ANNA, world))
    page.get_by_role("button", name="Azienda e telefono").click()
    page.get_by_role("button", name="Segnala Bottega").click()
    page.get_by_role("dialog").get_by_label("Blocca anche l'azienda").uncheck()
    page.get_by_role("dialog").get_by_role("button", name="Segnala").click()

    expect(page.get_by_text("Hai già segnalato questa azienda.")).to_be_visible()
    [chat] = world.person()["chats"]
    assert (chat["reported"], chat["blocked"]) == (True, False)


def test_offers_are_refused_and_the_business_is_told(world: World, open_phone: Screens) -> None:
    world.says("ciao")
    page = open_phone(chat_of(ANNA, world))
    page.get_by_role("button", name="Azienda e telefono").click()

    page.get_by_role("switch", name="Offerte e annunci").click()

    expect(page.get_by_role("switch", name="Offerte e annunci")).to_have_attribute(
        "aria-checked", "false"
    )
    world.advance(0)
    [told] = world.receiver.changes("user_preferences")
    assert told["user_preferences"][0]["value"] == "stop"


def test_who_does_not_read_by_themselves_reads_when_asked(
    world: World, open_phone: Screens
) -> None:
    world.says("ciao")
    page = open_phone(chat_of(ANNA, world))
    page.get_by_role("button", name="Azienda e telefono").click()
    page.get_by_role("switch", name="Legge da solo").click()
    expect(page.get_by_role("switch", name="Legge da solo")).to_have_attribute(
        "aria-checked", "false"
    )
    page.get_by_role("button", name="Indietro").click()
    sent = world.text("Mi legge?")
    expect(page.locator(".notice")).to_contain_text("1 messaggio non letto")
    assert [one["status"] for one in world.receiver.statuses(sent)] == ["sent", "delivered"]

    page.get_by_role("button", name="Segna come letti").click()

    expect(page.locator(".notice")).not_to_contain_text("non letto")
    world.advance(0)
    assert world.receiver.statuses(sent)[-1]["status"] == "read"


def test_a_new_person_is_checked_then_opened(world: World, open_phone: Screens) -> None:
    page = open_phone()
    expect(page.get_by_text("Scegli un cliente e scrivi alla tua azienda")).to_be_visible()
    page.get_by_role("button", name="Nuovo cliente").click()
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Aggiungi").click()
    expect(form.get_by_role("alert")).to_have_text("Scrivi un nome.")
    form.get_by_role("textbox", name="Nome").fill("Gina Rossi")
    form.get_by_role("textbox", name="Numero di telefono").fill("347 111 2299")
    form.get_by_role("button", name="Aggiungi").click()
    expect(form.get_by_role("alert")).to_contain_text("forse +39 347 111 2299")

    form.get_by_role("textbox", name="Numero di telefono").fill("+39 347 111 2299")
    form.get_by_role("button", name="Aggiungi").click()

    expect(page.get_by_role("region", name="Telefono di Gina Rossi")).to_be_visible()
    assert world.person(GINA)["name"] == "Gina Rossi"


def test_two_phones_stand_side_by_side(world: World, open_phone: Screens) -> None:
    page = open_phone(chat_of(ANNA, world))
    page.get_by_role("button", name="Apri accanto il telefono di Bruno Verdi").click()
    first = page.get_by_role("region", name="Telefono di Anna Bianchi")
    second = page.get_by_role("region", name="Telefono di Bruno Verdi")

    for phone, words in ((first, "da Anna"), (second, "da Bruno")):
        phone.get_by_role("textbox", name="Messaggio per").fill(words)
        phone.get_by_role("button", name="Invia", exact=True).click()
        expect(phone.locator(".msg.own")).to_have_text(re.compile(words))

    assert {one["from"] for one in world.heard()} == {ANNA, BRUNO}
    page.get_by_role("button", name="Chiudi il secondo telefono").click()
    expect(second).to_have_count(0)


def test_a_link_opens_the_chat_of_somebody_nobody_knows_yet(
    world: World, open_phone: Screens
) -> None:
    page = open_phone(chat_of(GINA, world))

    expect(page.get_by_role("textbox", name="Messaggio per")).to_be_visible()
    assert world.person(GINA)["wa_id"] == GINA


def test_the_list_tells_who_wrote_last_and_what_is_unread(
    world: World, open_phone: Screens
) -> None:
    world.sim("PATCH", f"people/{BRUNO}", {"reads": False})
    world.says("Siete aperti?", BRUNO)
    page = open_phone()

    world.text("Sì, fino alle 19", BRUNO)

    bruno = page.locator(".people-list li").first
    expect(bruno).to_contain_text("Bruno Verdi")
    expect(bruno).to_contain_text("Sì, fino alle 19")
    expect(bruno).to_contain_text("1 messaggio non letto")


def test_a_broken_stream_is_said_and_comes_back(world: World, open_phone: Screens) -> None:
    open_phone.expected.append("ERR_FAILED")
    page = open_phone()
    expect(page.locator(".link-state")).to_contain_text("In diretta")
    page.route("**/sim/events", lambda route: route.abort())
    page.reload()
    expect(page.locator(".link-state")).to_contain_text("Collegamento perso")

    page.unroute("**/sim/events")

    expect(page.locator(".link-state")).to_contain_text("In diretta")
    world.says("eccomi")
    expect(page.locator(".people-list li").first).to_contain_text("eccomi")


def test_a_fresh_world_is_taken_in_while_the_page_is_open(
    world: World, open_phone: Screens
) -> None:
    world.says("di prima")
    page = open_phone(chat_of(ANNA, world))
    expect(page.locator(".msg")).to_have_count(1)

    world.sim("POST", "reset", {})

    expect(page.locator(".msg")).to_have_count(0)
    page.get_by_role("textbox", name="Messaggio per").fill("dopo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="consegnato")).to_be_visible()


def test_a_receiver_that_does_not_answer_is_not_called_well(
    world: World, open_phone: Screens
) -> None:
    page = open_phone(chat_of(ANNA, world))
    world.receiver.status = 500
    world.says("c'è nessuno?")
    world.advance(1)

    page.reload()

    expect(page.locator(".health")).to_contain_text("Il webhook non risponde")
    expect(page.get_by_role("group", name="Webhook")).to_contain_text("1 consegna in attesa")


def _break(page: Page, row: str, choice: str) -> None:
    chip = page.get_by_role("group", name=row, exact=True).get_by_role(
        "button", name=choice, exact=True
    )
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
