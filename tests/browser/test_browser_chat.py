"""Two operators at one chat: writing, taking back, files, signs, keys, each seeing the other."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models.functions import Now
from playwright.sync_api import Page, Route, expect

from sportello.schema.models import (
    CannedReply,
    Conversation,
    Draft,
    File,
    Label,
    Media,
    Membership,
    Message,
    Notice,
    Send,
    User,
)
from tests.browser.conftest import Desk
from tests.pages.conftest import signed_in
from tests.pages.shop import PIXEL, Shop, chat, hashed, said


def _bruno(desk: Desk) -> str:
    return f"/conversations/{desk.shop.chats['Bruno Verdi'].pk}/"


def _open(desk: Desk, **options: Any) -> Page:
    page = desk.page(**options)
    with page.expect_response(lambda answer: answer.request.headers.get("hx-trigger") == "desk"):
        page.goto(_bruno(desk))
    return page


def _reply(shop: Shop, **values: Any) -> None:
    CannedReply.objects.using("owner").create(workspace=shop.workspace, by=shop.user, **values)


def _colleague(desk: Desk) -> Page:
    """Marta, in a browser of her own."""
    user = User(email="marta@example.org", name="Marta Riva", created_at=desk.shop.now)
    user.password = hashed("un'altra frase lunga")
    user.save(using="owner")
    Membership.objects.using("owner").create(
        workspace=desk.shop.workspace, user=user, role="operator"
    )
    page = desk.page(signed=False)
    session = signed_in(replace(desk.shop, user=user)).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": desk.base}])
    page.goto(_bruno(desk))
    return page


def test_a_message_is_there_at_once_and_can_be_taken_back(desk: Desk) -> None:
    page = _open(desk)
    page.locator("#text").fill("Troppo presto")
    page.locator("#text").press("Enter")

    last = page.locator("#thread .said").last
    expect(last).to_contain_text("Troppo presto")
    expect(last).to_contain_text("in partenza")
    page.get_by_role("button", name="Annulla", exact=True).click()

    expect(page.locator("#thread .said", has_text="Troppo presto")).to_have_count(0)
    expect(page.locator("#text")).to_have_value("Troppo presto")
    assert Send.objects.using("owner").get().state == "cancelled"


def test_what_was_begun_is_there_on_another_device(desk: Desk) -> None:
    page = _open(desk)
    with page.expect_response("**/draft"):
        page.locator("#text").press_sequentially("Le scrivo")

    elsewhere = _open(desk)
    expect(elsewhere.locator("#text")).to_have_value("Le scrivo")
    elsewhere.locator("#text").press("Enter")
    expect(elsewhere.locator("#thread .said").last).to_contain_text("Giulia Ferri")
    assert not Draft.objects.using("owner").exists()


def test_a_slash_brings_the_ready_answer_by_keys_alone(desk: Desk) -> None:
    picture = desk.shop.picture
    _reply(desk.shop, shortcut="orari", text="Ciao {nome}, siamo aperti 9-18.")
    _reply(desk.shop, shortcut="reso", text="Il modulo, {cognome}", file_id=picture and picture.pk)
    page = _open(desk)

    page.locator("#text").press_sequentially("/")
    expect(page.locator("#canned-list [role=option]")).to_have_count(2)
    page.locator("#text").press_sequentially("or")
    expect(page.locator("#canned-list [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value("Ciao Bruno, siamo aperti 9-18.")
    assert not Send.objects.using("owner").exists()

    page.locator("#text").fill("")
    page.locator("#text").press_sequentially("/reso")
    page.keyboard.press("Enter")
    expect(page.locator("#parcels li")).to_have_count(1)
    page.locator("#text").press("Enter")
    expect(page.locator("#parcels li")).to_have_count(0)
    assert Send.objects.using("owner").get().file_id == (picture and picture.pk)


def test_a_file_waits_in_its_chat_until_it_is_sent(desk: Desk) -> None:
    page = _open(desk)
    file = {"name": "mappa.png", "mimeType": "image/png", "buffer": PIXEL}
    page.set_input_files("#attach", file)  # type: ignore[arg-type]  # a plain dict of a file
    expect(page.locator("#parcels [name=file]")).to_have_count(1)

    page.locator("#rows a", has_text="Anna Bianchi").click()
    expect(page.locator("#chat-head")).to_contain_text("Anna Bianchi")
    expect(page.locator("#parcels li")).to_have_count(0)
    page.go_back()
    expect(page.locator("#parcels li")).to_contain_text("mappa.png")
    page.reload()
    expect(page.locator("#parcels [name=file]")).to_have_count(1)

    page.locator("#text").press("Enter")
    expect(page.locator("#parcels li")).to_have_count(0)
    expect(page.locator("#thread .said.is-ours img").last).to_be_visible()
    page.reload()
    expect(page.locator("#parcels li")).to_have_count(0)
    assert Send.objects.using("owner").count() == 1


def test_a_ready_answer_is_written_on_its_page_and_used_in_a_chat(desk: Desk) -> None:
    page = desk.page()
    page.goto("/conversations/replies/")
    page.get_by_role("link", name="Nuova risposta pronta").click()
    page.get_by_label("Scorciatoia").fill("Benvenuto")
    page.get_by_label("Testo", exact=True).fill("Ciao {nome}, qui {operatore} di {azienda}.")
    file = {"name": "mappa.png", "mimeType": "image/png", "buffer": PIXEL}
    page.set_input_files("[name=file]", file)  # type: ignore[arg-type]  # a plain dict of a file
    page.get_by_role("button", name="Salva").click()
    expect(page.get_by_role("link", name="/benvenuto")).to_be_visible()
    expect(page.locator(".replies")).to_contain_text("mappa.png")

    chat_of_bruno = _open(desk)
    chat_of_bruno.locator("#text").press_sequentially("/benv")
    expect(chat_of_bruno.locator("#canned-list [role=option]")).to_have_count(1)
    chat_of_bruno.keyboard.press("Enter")
    words = "Ciao Bruno, qui Giulia Ferri di Bottega Aurora."
    expect(chat_of_bruno.locator("#text")).to_have_value(words)
    expect(chat_of_bruno.locator("#parcels li")).to_have_count(1)
    chat_of_bruno.keyboard.press("Enter")

    last = chat_of_bruno.locator("#thread .said").last
    expect(last).to_contain_text(words)
    expect(last.locator(".picture img")).to_be_visible()
    sent, kept = Send.objects.using("owner").get(), CannedReply.objects.using("owner").get()
    assert (sent.file_id, sent.body["image"]["caption"]) == (kept.file_id, words)


def test_an_at_sign_in_a_note_brings_colleagues_by_keys_alone(desk: Desk) -> None:
    _colleague(desk)
    page = _open(desk)
    page.locator("#text").press_sequentially("scrivi a @ma")
    expect(page.locator("#names")).to_be_hidden()
    page.locator("#text").fill("")

    page.locator("label[for=kind-note]").click()
    page.locator("#text").press_sequentially("/")
    page.locator("#text").press_sequentially(" chiedi a @")
    expect(page.locator("#names-list [role=option]")).to_have_count(1)
    expect(page.locator("#canned")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#names")).to_be_hidden()
    page.locator("#text").press_sequentially("zz")
    expect(page.locator("#names-none")).to_be_visible()
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.locator("#text").press_sequentially("ri")
    expect(page.locator("#text")).to_have_attribute("aria-activedescendant", "names-0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value("/ chiedi a @Marta Riva ")
    page.keyboard.press("Enter")

    expect(page.locator("#thread")).to_contain_text("chiedi a @Marta Riva")
    told = Notice.objects.using("owner").filter(kind="mentioned")
    assert [one.user.name for one in told.select_related("user")] == ["Marta Riva"]


def test_files_are_pasted_looked_at_and_sent_with_words(desk: Desk) -> None:
    page = _open(desk)
    page.set_input_files(
        "#attach",
        [
            {"name": "borsa.png", "mimeType": "image/png", "buffer": PIXEL},
            {"name": "pagina.html", "mimeType": "text/html", "buffer": b"<b>"},
        ],
    )
    expect(page.locator("#parcels li img")).to_be_visible()
    expect(page.locator("#composer-told")).to_contain_text("pagina.html: WhatsApp non accetta")

    page.evaluate(
        """() => {
            const files = new DataTransfer();
            files.items.add(new File(["Orari: 9-18"], "orari.txt", { type: "text/plain" }));
            const pasted = new ClipboardEvent("paste", { clipboardData: files, bubbles: true });
            document.getElementById("text").dispatchEvent(pasted);
        }"""
    )
    expect(page.locator("#parcels [name=file]")).to_have_count(2)
    page.locator("#text").fill("Eccola")
    page.locator("#send-button").click()

    expect(page.locator("#thread .said .picture img").last).to_be_visible()
    expect(page.locator("#thread .said").last).to_contain_text("orari.txt")
    kinds = [one.body["type"] for one in Send.objects.using("owner").order_by("pk")]
    assert kinds == ["image", "document"]


def test_a_dropped_file_shows_how_far_it_is_and_leaves_with_what_was_sent_meanwhile(
    desk: Desk,
) -> None:
    page = _open(desk)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/upload", hold)
    assert _dropped(page, ".rail"), "else it takes the place of the page"
    assert not held
    assert _dropped(page, "#thread")
    expect(page.get_by_role("progressbar", name="orari.txt")).to_be_visible()
    page.locator("#text").fill("Ecco gli orari")
    page.locator("#text").press("Enter")

    expect(page.locator("#composer-told")).to_contain_text("si sta ancora caricando")
    assert not Send.objects.using("owner").exists()
    held[0].continue_()

    expect(page.locator("#thread .said", has_text="orari.txt")).to_contain_text("Ecco gli orari")
    expect(page.locator("#parcels li")).to_have_count(0)
    assert Send.objects.using("owner").get().body["type"] == "document"


def _dropped(page: Page, place: str) -> bool:
    """A file from the machine let go there; whether the browser was kept from opening it."""
    kept: bool = page.locator(place).first.evaluate(
        """(place) => {
            const carried = new DataTransfer();
            carried.items.add(new File(["Orari: 9-18"], "orari.txt", { type: "text/plain" }));
            const how = { dataTransfer: carried, bubbles: true, cancelable: true };
            const isKept = !place.dispatchEvent(new DragEvent("dragover", how));
            place.dispatchEvent(new DragEvent("drop", how));
            return isKept;
        }"""
    )
    return kept


def test_a_sign_is_sought_and_put_by_keys_alone(desk: Desk) -> None:
    page = _open(desk)
    page.locator("#text").fill("Grazie ")
    page.locator("#emoji-button").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("sorriso felice")
    page.keyboard.press("Enter")

    expect(page.locator("#text")).to_have_value("Grazie 😀")
    expect(page.locator("#text")).to_be_focused()
    expect(page.locator("#emoji")).to_be_hidden()


def test_what_did_not_arrive_says_why_and_is_sent_again(desk: Desk) -> None:
    page = _open(desk)
    page.locator("#text").fill("Le mando il codice")
    page.locator("#text").press("Enter")
    said_once = page.locator("#thread .said", has_text="Le mando il codice")
    expect(page.get_by_role("button", name="Annulla", exact=True)).to_be_visible()
    sends = Send.objects.using("owner")
    sends.update(state="rejected")
    Message.objects.using("owner").filter(pk=sends.get().message_id).update(
        status="failed", error={"code": 131026, "title": "Message undeliverable"}
    )

    expect(said_once.locator(".wrong")).to_contain_text("131026")
    expect(said_once.get_by_role("button", name="Perché non parte?")).to_be_visible()
    said_once.get_by_role("button", name="Invia di nuovo").click()

    expect(said_once).to_have_count(2)
    expect(page.get_by_role("button", name="Invia di nuovo")).to_have_count(1)
    first, second = sends.order_by("pk")
    assert second.body == first.body


def test_a_voice_note_is_recorded_as_whatsapp_takes_it(desk: Desk) -> None:
    page = _open(desk, permissions=["microphone"])
    page.evaluate(
        """() => {
            // A tone in place of the microphone, which the machine may lack.
            navigator.mediaDevices.getUserMedia = async () => {
                const sound = new AudioContext();
                const tone = sound.createOscillator();
                const out = new MediaStreamAudioDestinationNode(sound, { channelCount: 1 });
                tone.connect(out);
                tone.start();
                await sound.resume();
                return out.stream;
            };
        }"""
    )
    page.locator("#voice-button").click()
    expect(page.locator("#voice-time")).to_have_text("0:01")
    page.locator("#voice-button").click()
    expect(page.locator("#parcels [name=file]")).to_have_count(1)
    page.locator("#send-button").click()

    expect(page.locator("#thread .said.is-ours audio")).to_have_count(1)
    sound = page.locator("#thread .said.is-ours audio")
    kept = File.objects.using("owner").latest("pk")
    sent = Send.objects.using("owner").get().body
    assert (kept.mime_type, sent["audio"]["voice"]) == ("audio/ogg", True)
    length = sound.evaluate(
        """async (audio) => {
            const bytes = await (await fetch(audio.src)).arrayBuffer();
            return (await new AudioContext().decodeAudioData(bytes)).duration;
        }"""
    )
    assert 0.5 < length < 30

    page.locator("#voice-button").click()
    expect(page.locator("#voice-time")).to_have_text("0:01")
    page.locator("#rows a", has_text="Anna Bianchi").click()
    expect(page.locator("#chat-head")).to_contain_text("Anna Bianchi")
    page.go_back()
    expect(page.locator("#voice-button")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#parcels li")).to_have_count(0)


def test_what_a_machine_made_of_a_file_stands_in_its_bubble(desk: Desk) -> None:
    sound = Media.objects.using("owner").filter(mime_type__startswith="audio")
    sound.update(reading="done", words="Vorrei un centrotavola")
    page = _open(desk)
    words = page.locator("#thread .bubble > *", has_text="Vorrei un centrotavola")

    within = words.evaluate(
        """(words) => {
            const inner = words.getBoundingClientRect();
            const outer = words.parentElement.getBoundingClientRect();
            return inner.top >= outer.top && inner.bottom <= outer.bottom;
        }"""
    )

    assert within


def test_a_message_is_quoted_and_gets_a_sign(desk: Desk) -> None:
    page = _open(desk)
    words = page.locator("#thread .said", has_text="Vorrei la").first
    words.hover()
    words.get_by_role("button", name="Rispondi a questo messaggio").click()
    expect(page.locator("#quoting")).to_contain_text("Vorrei la")
    page.keyboard.type("Certo")
    page.keyboard.press("Enter")
    expect(page.locator("#thread .said").last.locator(".quoted")).to_contain_text("Vorrei la")
    expect(page.locator("#quoting")).to_be_hidden()

    words.hover()
    words.get_by_role("button", name="Reagisci").click()
    page.locator("#reacting-signs [data-sign='👍']").first.click()
    expect(words.locator(".reactions")).to_contain_text("👍")
    bodies = [one.body for one in Send.objects.using("owner").order_by("pk")]
    assert "context" in bodies[0]
    assert bodies[1]["type"] == "reaction"


def test_everything_is_done_by_keys_and_single_ones_can_be_switched_off(desk: Desk) -> None:
    page = _open(desk)
    page.locator("#thread").focus()
    page.keyboard.press("Control+k")
    page.keyboard.type("rilascia")
    expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text("Rilascia")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Prendi il controllo")).to_be_visible()

    page.keyboard.press("?")
    page.get_by_label("I tasti singoli agiscono").uncheck()
    page.keyboard.press("Escape")
    page.locator("#thread").focus()
    page.keyboard.press("t")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Prendi il controllo")).to_be_visible()


def test_each_key_of_the_sheet_does_what_it_says(desk: Desk) -> None:
    for name, colour in (("Reso", "red"), ("Sospeso", "amber"), ("Urgente", "blue")):
        Label.objects.using("owner").create(workspace=desk.shop.workspace, name=name, colour=colour)
    page = _open(desk)
    head = page.locator("#chat-head h2")
    page.locator("#thread").focus()

    page.keyboard.press("l")
    expect(page.locator("#head-label")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#rows .tag-red")).to_have_text("Reso")
    page.locator("#thread").focus()
    page.keyboard.press("l")
    page.locator("#head-label").select_option(label="Urgente")
    page.keyboard.press("Alt+j")
    expect(head).not_to_have_text("Bruno Verdi")
    page.keyboard.press("k")
    expect(head).to_have_text("Bruno Verdi")

    page.keyboard.press("a")
    expect(page.locator("#head-who")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#head-tools")).not_to_have_attribute("open", "")
    page.keyboard.press("s")
    expect(page.locator("#head-tools [name=when]").first).to_be_focused()
    page.keyboard.press("Escape")

    page.keyboard.press("i")
    expect(page.locator("#kind-note")).to_be_checked()
    page.keyboard.press("r")
    expect(page.locator("#text")).to_be_focused()
    expect(page.locator("#text")).to_have_value("r")
    page.keyboard.press("Alt+j")
    expect(head).not_to_have_text("Bruno Verdi")
    page.keyboard.press("k")
    expect(head).to_have_text("Bruno Verdi")
    expect(page).to_have_title(re.compile("Bruno Verdi"))

    page.keyboard.press("t")
    expect(page.locator("#take-button")).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator("#release-button")).to_be_visible()
    page.keyboard.press("e")
    expect(page.locator("#reopening")).to_be_visible()
    page.keyboard.press("e")
    expect(page.locator("#closure")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(head).not_to_have_text("Bruno Verdi")
    page.go_back()
    expect(head).to_have_text("Bruno Verdi")
    expect(page.locator("#reopening")).to_be_visible()


def test_keys_wait_until_what_was_pressed_before_is_answered(desk: Desk) -> None:
    Conversation.objects.using("owner").filter(pk=desk.shop.chats["Bruno Verdi"].pk).update(
        holder="assistant", operator=None
    )
    page = _open(desk)
    page.locator("#thread").focus()
    late: list[Route] = []
    deeds: list[str] = []
    page.route("**/control*", lambda route: late.append(route), times=1)  # noqa: PLW0108 - Playwright marks what it is given
    page.on("request", lambda sent: deeds.append(sent.url) if sent.method == "POST" else None)

    with page.expect_request("**/control*"):
        page.keyboard.press("t")
    # Who takes a chat begins to write: no letter of it closes what was taken.
    page.keyboard.type("ecco")
    late.pop().continue_()

    expect(page.locator("#release-button")).to_be_visible()
    assert [url for url in deeds if "/closure" in url] == []
    page.keyboard.press("e")
    expect(page.locator("#reopening")).to_be_visible()


def test_the_last_words_stay_in_sight_when_a_keyboard_takes_room(desk: Desk) -> None:
    page = _open(desk, viewport={"width": 390, "height": 844})
    last = page.locator("#thread .said").last
    expect(last).to_be_in_viewport(ratio=1)

    page.set_viewport_size({"width": 390, "height": 520})

    expect(last).to_be_in_viewport(ratio=1)


def test_what_leaves_is_taken_back_by_a_key_also_while_writing(desk: Desk) -> None:
    page = _open(desk)
    for words in ("Uno", "Due"):
        page.locator("#text").fill(words)
        page.locator("#text").press("Enter")
        expect(page.locator("#thread .said[data-key]").last).to_contain_text(words)
    # However long the machine takes: they can be taken back for an hour.
    Send.objects.using("owner").update(due_at=Now() + timedelta(hours=1))
    with page.expect_response(lambda answer: answer.request.headers.get("hx-trigger") == "desk"):
        page.reload()
    bubbles = page.locator("#thread .said", has=page.locator("[data-undo]"))
    expect(bubbles).to_have_count(2)

    page.locator("#thread").focus()
    page.keyboard.press("z")
    expect(bubbles).to_have_count(1)
    expect(bubbles).to_contain_text("Uno")
    expect(page.locator("#text")).to_have_value("Due")
    page.locator("#text").focus()
    page.keyboard.press("z")
    expect(page.locator("#text")).to_have_value(re.compile("z"))
    expect(bubbles).to_have_count(1)
    page.keyboard.press("Alt+z")

    expect(bubbles).to_have_count(0)
    expect(page.locator("#text")).to_have_value(re.compile(r"^Uno\s"))
    states = Send.objects.using("owner").values_list("state", flat=True)
    assert list(states) == ["cancelled", "cancelled"]


def test_who_is_writing_leaves_the_chat_unread_by_a_key(desk: Desk) -> None:
    """And stays so where the page that is being left is told of it before the next one comes."""
    page = _open(desk)
    bruno = desk.shop.chats["Bruno Verdi"].pk
    held: list[Route] = []
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("**/unreading", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is given
    page.locator("#text").fill("Le scrivo domani")

    with page.expect_request("**/unreading"):
        page.keyboard.press("Alt+u")
    # As the server does it, whose answer is still on its way.
    for unread in (1, 2):
        with page.expect_response(lambda told: told.request.headers.get("hx-trigger") == "desk"):
            Conversation.objects.using("owner").filter(pk=bruno).update(unread_count=unread)
    assert not [url for url in asked if url.endswith("/reading")]
    held[0].continue_()

    expect(page.get_by_role("heading", name="Scegli una conversazione")).to_be_visible()
    expect(page.locator(f"#row-{bruno} .is-unread")).to_be_visible()
    page.locator(f"#open-{bruno}").click()
    expect(page.locator("#text")).to_have_value("Le scrivo domani")


def test_two_at_one_chat_see_each_other_and_are_warned(desk: Desk) -> None:
    giulia = _open(desk)
    marta = _colleague(desk)
    expect(giulia.locator("#presence")).to_have_text("Anche Marta Riva sta guardando questa chat")

    giulia.locator("#text").press_sequentially("Un momento")
    expect(marta.locator("#presence")).to_have_text("Giulia Ferri sta scrivendo")
    marta.get_by_role("button", name="Prendi il controllo").click()
    expect(marta.locator("#heed")).to_contain_text("Giulia Ferri sta scrivendo")
    marta.get_by_role("button", name="Aspetta").click()
    expect(marta.locator("#heed")).to_be_hidden()
    marta.get_by_role("button", name="Prendi il controllo").click()
    marta.get_by_role("button", name="Procedi comunque").click()
    expect(marta.locator("#text")).to_be_visible()

    expect(giulia.locator("#footer")).to_contain_text("Marta Riva sta gestendo")
    assert not Message.objects.using("owner").filter(text="Un momento").exists()


def test_the_next_chat_opens_from_what_was_fetched_ahead(desk: Desk) -> None:
    page = _open(desk)
    row = page.locator("#rows a", has_text="Dario Galli")
    with page.expect_response(lambda answer: answer.request.headers.get("hx-trigger") == "ahead"):
        row.hover()
    page.wait_for_load_state("networkidle")
    page.route("**/conversations/*/", lambda route: route.abort())
    desk.expects("ERR_FAILED", "htmx:")

    row.click()

    expect(page.locator("#chat-head")).to_contain_text("Dario Galli")


def test_answers_that_come_late_and_out_of_order_leave_one_desk(desk: Desk) -> None:
    """Also where the row that was pressed has been drawn anew before its answer came."""
    page = _open(desk)
    held: list[Route] = []
    row = page.locator("#rows a", has_text="Dario Galli")
    with page.expect_response(lambda answer: answer.request.headers.get("hx-trigger") == "ahead"):
        row.hover()
    page.wait_for_load_state("networkidle")

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/conversations/*/", hold)

    row.click()
    expect(page.locator("#chat-head")).to_contain_text("Dario Galli")
    for key in "jkkj":
        page.keyboard.press(key)
    page.locator("#rows a", has_text="Anna Bianchi").click()
    for route in held[::-1]:
        with page.expect_response(route.request.url):
            route.continue_()
    expect(page).to_have_url(re.compile(f"/{desk.shop.chats['Anna Bianchi'].pk}/$"))
    expect(page.locator("#chat-head")).to_contain_text("Anna Bianchi")
    page.unroute("**/conversations/*/")

    page.locator("#rows a", has_text="Elena Ricci").click()
    expect(page.locator("#chat-head")).to_contain_text("Elena Ricci")
    assert page.locator("main#desk > #list #q").count() == page.locator("#q").count() == 1


def test_who_sends_and_goes_on_stays_where_they_went(desk: Desk) -> None:
    """The answer to what was sent comes when another chat stands open; and one sends there, too."""
    now = desk.shop.now
    carla = chat(
        desk.shop, "Carla Sala", "393339990001", last_message_at=now, holder="operator",
        operator=desk.shop.user, window_closes_at=now + timedelta(hours=9),
    )  # fmt: skip
    page = _open(desk)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/messages", hold, times=1)
    page.locator("#text").fill("Spedito")
    page.locator("#text").press("Enter")
    expect(page.locator("#thread .is-going")).to_be_visible()

    page.locator(f"#open-{carla.pk}").click()
    expect(page.locator("#chat-head h2")).to_have_text("Carla Sala")
    page.locator("#text").fill("Anche qui")
    page.locator("#text").press("Enter")
    with page.expect_response("**/messages"):
        held[0].continue_()

    expect(page.locator("#thread .said[data-key]")).to_contain_text(["Anche qui"])
    expect(page.locator("#chat-head h2")).to_have_text("Carla Sala")
    expect(page.locator("#text")).to_have_value("")
    said_in = Send.objects.using("owner").order_by("pk").values_list("conversation_id", flat=True)
    assert list(said_in) == [desk.shop.chats["Bruno Verdi"].pk, carla.pk]


def test_older_messages_come_without_a_jump(desk: Desk) -> None:
    chat = desk.shop.chats["Bruno Verdi"]
    for place in range(130):
        ago = timedelta(days=2, minutes=place)
        said(desk.shop, chat, ago, "customer", text=f"Vecchio {place}")
    page = _open(desk)
    top = page.locator("#thread .said").first
    first = top.get_attribute("id")
    page.evaluate("document.getElementById('thread').scrollTop = 100")
    before = page.locator(f"#{first}").evaluate("(one) => one.getBoundingClientRect().top")

    expect(page.locator("#thread .said")).not_to_have_count(60)
    expect(page.locator("#thread .said", has_text="Vecchio 90")).to_have_count(1)

    after = page.locator(f"#{first}").evaluate("(one) => one.getBoundingClientRect().top")
    assert abs(after - before) < 40


def test_a_long_way_back_and_forth_has_no_jump_and_an_answer_from_there_is_seen(
    desk: Desk,
) -> None:
    chat = desk.shop.chats["Bruno Verdi"]
    Message.objects.using("owner").bulk_create(
        Message(
            workspace=desk.shop.workspace, conversation=chat, origin="customer", type="text",
            status="received", text=f"Vecchio {place}.",
            at=desk.shop.now - timedelta(days=2, minutes=place),
        )
        for place in range(300)
    )  # fmt: skip
    page = _open(desk)
    while page.locator("#thread .said", has_text="Vecchio 299.").count() == 0:
        first = page.locator("#thread .said").first.get_attribute("id")
        page.evaluate("document.getElementById('thread').scrollTop = 100")
        before = page.locator(f"#{first}").evaluate("(one) => one.getBoundingClientRect().top")
        expect(page.locator("#thread .said").first).not_to_have_id(first or "")
        after = page.locator(f"#{first}").evaluate("(one) => one.getBoundingClientRect().top")
        assert abs(after - before) < 40
    expect(page.locator("#thread .said", has_text="Vecchio 0.")).to_have_count(0)
    assert page.locator("#thread .said").count() <= 200

    page.locator("#thread .said", has_text="Vecchio 250.").scroll_into_view_if_needed()
    page.locator("#text").fill("Da lontano")
    page.locator("#text").press("Enter")
    expect(page.locator("#thread .said[data-key]", has_text="Da lontano")).to_be_in_viewport()
    with page.expect_response(lambda answer: answer.request.headers.get("hx-trigger") == "desk"):
        note = {"origin": "note", "status": "noted", "type": "text", "text": "Appena arrivato"}
        Message.objects.using("owner").create(
            workspace=desk.shop.workspace, conversation=chat, at=desk.shop.now, **note
        )
    expect(page.locator("#thread .said", has_text="Appena arrivato")).to_be_in_viewport()
    expect(page.locator("#thread .said", has_text="Da lontano")).to_have_count(1)


def test_the_panel_opens_by_keyboard_follows_what_is_written_and_stays_open(desk: Desk) -> None:
    page = desk.page()
    page.goto(f"/conversations/{desk.shop.chats['Anna Bianchi'].pk}/")
    notes = page.locator("#part-notes")
    notes.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(notes).to_contain_text("Ancora nessuna nota")

    page.locator("#note-toggle summary").click()
    page.locator("#note-toggle textarea").fill("Vuole il blu")
    page.locator("#note-toggle textarea").press("Enter")

    expect(notes).to_contain_text("Vuole il blu")
    page.locator("#rows a", has_text="Elena Ricci").click()
    expect(page.get_by_role("heading", name="Elena Ricci", level=2).first).to_be_visible()
    expect(notes).to_have_attribute("open", "")
    expect(notes).to_contain_text("Ancora nessuna nota")


def test_words_whose_answer_got_lost_are_sent_again_and_leave_once(desk: Desk) -> None:
    page = _open(desk)
    desk.expects("net::ERR", "htmx:")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/messages", lose, times=1)
    page.locator("#thread .said", has=page.locator("[data-quote]")).last.locator(
        "[data-quote]"
    ).click()
    page.locator("#text").fill("Domani alle nove")
    page.locator("#text").press("Enter")
    expect(page.locator("#told")).to_contain_text("Non ha funzionato")
    expect(page.locator("#text")).to_have_value("Domani alle nove")
    expect(page.locator("#quoting")).to_be_visible()
    with page.expect_response("**/messages"):
        page.locator("#text").press("Enter")

    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("#thread .said", has_text="Domani alle nove")).to_have_count(1)
    with page.expect_response("**/messages"):
        page.locator("#text").fill("Domani alle nove")
        page.locator("#text").press("Enter")
    expect(page.locator("#thread .said[data-key]", has_text="Domani alle nove")).to_have_count(2)
    assert Send.objects.using("owner").count() == 2


def test_who_was_signed_out_while_writing_comes_back_to_the_words(desk: Desk) -> None:
    page = _open(desk)
    page.locator("#text").fill("Prima parte")
    with page.expect_response("**/draft"):
        page.locator("#thread").focus()
    page.context.clear_cookies(name="sessionid")
    page.locator("#text").fill("Prima parte, e il resto")
    page.locator("#text").press("Enter")

    page.locator("[name=login]").fill("giulia@example.org")
    page.locator("[name=password]").fill("una frase lunga")
    page.locator("[name=password]").press("Enter")

    expect(page).to_have_url(re.compile(re.escape(_bruno(desk))))
    expect(page.locator("#text")).to_have_value("Prima parte, e il resto")
    assert not Send.objects.using("owner").exists()
