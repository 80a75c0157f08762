"""What a customer does in a chat, and what the business is told of it."""

import json
import re

from playwright.sync_api import Page, Route, expect

from tests.whatsapp_emulator.conftest import ANNA
from tests.whatsapp_emulator.test_phone.conftest import Screens, World, chat_of

BUTTONS = {
    "type": "interactive",
    "interactive": {
        "type": "button",
        "body": {"text": "Vuole un avviso?"},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": "si", "title": "Sì, volentieri"}},
                {"type": "reply", "reply": {"id": "no", "title": "No, grazie"}},
            ]
        },
    },
}
LIST = {
    "type": "interactive",
    "interactive": {
        "type": "list",
        "body": {"text": "Dove preferisce ritirare?"},
        "action": {
            "button": "Scegli il punto",
            "sections": [
                {"title": "Milano", "rows": [{"id": "m1", "title": "Via Torino 12"}]},
                {
                    "title": "Roma",
                    "rows": [{"id": "r1", "title": "Via Corso", "description": "9-19"}],
                },
            ],
        },
    },
}
BODY = {
    "type": "BODY",
    "text": "Buongiorno {{1}}, arriva alle {{2}} di domani.",
    "example": {"body_text": [["Anna", "15:30"]]},
}
TEMPLATE_BUTTONS = {
    "type": "BUTTONS",
    "buttons": [
        {"type": "QUICK_REPLY", "text": "Confermo"},
        {"type": "URL", "text": "Vedi ordine", "url": "https://esempio.it/ordine"},
        {"type": "PHONE_NUMBER", "text": "Chiamaci", "phone_number": "+390612345678"},
    ],
}


def test_a_text_reaches_the_business_and_its_ticks_tell_how_far(
    world: World, open_phone: Screens
) -> None:
    page = open_phone(chat_of(ANNA, world))
    _write(page, "Quando arriva il mio ordine?")
    bubble = page.locator(".msg.own")
    expect(bubble.get_by_role("img", name="consegnato")).to_be_visible()
    [heard] = world.heard()
    assert (heard["from"], heard["text"]) == (ANNA, {"body": "Quando arriva il mio ordine?"})

    read = {"messaging_product": "whatsapp", "status": "read", "message_id": heard["id"]}
    world.graph("POST", f"{world.number}/messages", read)

    expect(bubble.get_by_role("img", name="letto")).to_be_visible()


def test_what_the_business_sends_appears_by_itself_and_is_announced(
    world: World, open_phone: Screens
) -> None:
    world.says("ciao")
    page = open_phone(chat_of(ANNA, world))
    expect(page.locator(".msg.own")).to_have_count(1)

    world.text("Il pacco è partito")

    expect(page.locator(".msg.their")).to_contain_text("Il pacco è partito")
    expect(page.locator("#live")).to_contain_text("Il pacco è partito")


def test_the_business_is_seen_typing_until_its_message_comes(
    world: World, open_phone: Screens
) -> None:
    page = open_phone(chat_of(ANNA, world))
    said = world.says("ciao")
    world.graph(
        "POST",
        f"{world.number}/messages",
        {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": said["id"],
            "typing_indicator": {"type": "text"},
        },
    )
    expect(page.locator(".screen-head .subtitle")).to_have_text("sta scrivendo…")

    world.text("Eccomi")

    expect(page.locator(".screen-head .subtitle")).to_have_text("account aziendale")


def test_a_tapped_button_answers_its_message_and_cannot_be_tapped_again(
    world: World, open_phone: Screens
) -> None:
    world.says("ciao")
    sent = world.send(BUTTONS)
    page = open_phone(chat_of(ANNA, world))

    page.get_by_role("button", name="Sì, volentieri").click()

    expect(page.locator(".msg.own").last).to_contain_text("Sì, volentieri")
    expect(page.get_by_role("button", name="No, grazie", exact=True)).to_be_disabled()
    heard = world.last_heard(page)
    assert heard["interactive"] == {
        "type": "button_reply",
        "button_reply": {"id": "si", "title": "Sì, volentieri"},
    }
    assert heard["context"]["id"] == sent


def test_a_row_of_a_list_is_chosen_in_a_sheet(world: World, open_phone: Screens) -> None:
    world.says("ciao")
    sent = world.send(LIST)
    page = open_phone(chat_of(ANNA, world))

    page.get_by_role("button", name="Scegli il punto").click()
    page.get_by_role("dialog").get_by_role("button", name="Via Corso").click()

    expect(page.locator(".msg.own").last).to_contain_text("Via Corso")
    heard = world.last_heard(page)
    reply = {"id": "r1", "title": "Via Corso", "description": "9-19"}
    assert heard["interactive"] == {"type": "list_reply", "list_reply": reply}
    assert heard["context"]["id"] == sent


def test_a_template_shows_its_variables_and_its_buttons_do_what_they_say(
    world: World, open_phone: Screens
) -> None:
    made = world.template([BODY, TEMPLATE_BUTTONS])
    world.sim("POST", f"templates/{made}/review", {"decision": "APPROVED"})
    values = [{"type": "text", "text": "Anna"}, {"type": "text", "text": "15:30"}]
    parts = [{"type": "body", "parameters": values}]
    template = {"name": "promemoria_v1", "language": {"code": "it"}, "components": parts}
    sent = world.send({"type": "template", "template": template})
    page = open_phone(chat_of(ANNA, world))
    expect(page.locator(".msg.their")).to_contain_text("Buongiorno Anna, arriva alle 15:30")

    with page.expect_response("**/tap") as told:
        page.get_by_role("button", name="Vedi ordine").click()
    assert told.value.json() == {"url": "https://esempio.it/ordine", "counted": True}
    expect(page.get_by_role("dialog")).to_contain_text("https://esempio.it/ordine")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Chiamaci").click()
    expect(page.get_by_role("dialog")).to_contain_text("+39 061 234 5678")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Confermo").click()

    expect(page.locator(".msg.own").last).to_contain_text("Confermo")
    heard = world.last_heard(page)
    assert heard["button"] == {"payload": "Confermo", "text": "Confermo"}
    assert heard["context"]["id"] == sent


def test_cards_are_leafed_through_and_one_is_answered(world: World, open_phone: Screens) -> None:
    world.says("ciao")
    cards = [
        {
            "card_index": index,
            "type": "cta_url",
            "header": {"type": "image", "image": {"link": f"https://esempio.it/{index}.jpg"}},
            "body": {"text": f"Scheda {index}"},
            "action": {
                "buttons": [
                    {
                        "type": "quick_reply",
                        "quick_reply": {"id": f"scelgo-{index}", "title": f"Scelgo {index}"},
                    }
                ]
            },
        }
        for index in (0, 1)
    ]
    wish = {"type": "carousel", "body": {"text": "Quale?"}, "action": {"cards": cards}}
    sent = world.send({"type": "interactive", "interactive": wish})
    page = open_phone(chat_of(ANNA, world))
    expect(page.locator(".carousel-card")).to_have_count(2)

    page.get_by_role("button", name="Scelgo 1").click()

    expect(page.locator(".msg.own").last).to_contain_text("Scelgo 1")
    heard = world.last_heard(page)
    assert heard["interactive"]["button_reply"] == {"id": "scelgo-1", "title": "Scelgo 1"}
    assert heard["context"]["id"] == sent


def test_a_form_is_answered_as_meta_would_hand_it_over(world: World, open_phone: Screens) -> None:
    world.says("ciao")
    parameters = {
        "flow_message_version": "3",
        "flow_id": "1",
        "flow_cta": "Prenota",
        "flow_token": "prenotazione-7",
    }
    action = {"name": "flow", "parameters": parameters}
    wish = {"type": "flow", "body": {"text": "Quando?"}, "action": action}
    world.send({"type": "interactive", "interactive": wish})
    page = open_phone(chat_of(ANNA, world))
    page.get_by_role("button", name="Prenota").click()
    page.get_by_label("Risposta del modulo").fill("niente JSON")
    page.get_by_role("dialog").get_by_role("button", name="Invia").click()
    expect(page.get_by_role("alert").filter(has_text="Non è JSON valido")).to_be_visible()

    answer = '{"flow_token": "prenotazione-7", "ora": "15:30"}'
    page.get_by_label("Risposta del modulo").fill(answer)
    page.get_by_role("dialog").get_by_role("button", name="Invia").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".msg.own")).to_have_count(2)
    reply = world.last_heard(page)["interactive"]["nfm_reply"]
    assert json.loads(reply["response_json"]) == json.loads(answer)


def test_a_wish_for_the_place_is_answered_with_the_place(world: World, open_phone: Screens) -> None:
    world.says("ciao")
    asked = {"name": "send_location"}
    wish = {"type": "location_request_message", "body": {"text": "Dove?"}, "action": asked}
    sent = world.send({"type": "interactive", "interactive": wish})
    page = open_phone(chat_of(ANNA, world))

    page.get_by_role("button", name="Invia la posizione").click()
    page.get_by_label("Latitudine").fill("120")
    page.get_by_role("dialog").get_by_role("button", name="Invia").click()
    expect(page.get_by_role("alert").first).to_contain_text("da −90 a 90")
    page.get_by_label("Latitudine").fill("41,9")
    page.get_by_role("dialog").get_by_role("button", name="Invia").click()

    expect(page.locator(".msg.own .place")).to_be_visible()
    heard = world.last_heard(page)
    assert heard["location"]["latitude"] == 41.9
    assert heard["context"]["id"] == sent


def test_marks_are_drawn_and_hostile_text_stays_text(world: World, open_phone: Screens) -> None:
    world.says("ciao")
    world.text("*grassetto* _corsivo_ ~barrato~ ```codice``` 2*3*4 https://esempio.it/a.")
    world.text('<img src=x onerror="alert(1)"><b>no</b> javascript:alert(1)')
    page = open_phone(chat_of(ANNA, world))
    first, second = (page.locator(".msg.their .words").nth(index) for index in (0, 1))
    expect(first.locator("strong")).to_have_text("grassetto")
    expect(first.locator("em")).to_have_text("corsivo")
    expect(first.locator("s")).to_have_text("barrato")
    expect(first.locator("code")).to_have_text("codice")
    expect(first).to_contain_text("2*3*4")
    expect(first.locator("a")).to_have_attribute("href", "https://esempio.it/a")
    expect(second).to_have_text('<img src=x onerror="alert(1)"><b>no</b> javascript:alert(1)')
    expect(second.locator("img, b, a")).to_have_count(0)


def test_a_message_is_answered_reacted_to_changed_and_taken_back(
    world: World, open_phone: Screens
) -> None:
    world.says("ciao")
    theirs = world.text("Vuole altro?")
    page = open_phone(chat_of(ANNA, world))

    _menu(page, ".their")
    page.get_by_role("button", name="Reagisci con 👍").click()
    expect(page.locator(".their .reactions")).to_contain_text("👍")
    _menu(page, ".their")
    page.get_by_role("button", name="Rispondi").click()
    _write(page, "No gazie")
    own = page.locator(".msg.own").last
    expect(own.locator(".quote")).to_contain_text("Vuole altro?")
    _menu(page, ".own")
    page.get_by_role("button", name="Modifica").click()
    page.get_by_role("textbox", name="Messaggio per").fill("No grazie")
    page.get_by_role("button", name="Invia", exact=True).click()
    expect(own.locator(".words")).to_have_text("No grazie")
    _menu(page, ".own")
    page.get_by_role("button", name="Elimina per tutti").click()
    page.get_by_role("dialog").get_by_role("button", name="Elimina per tutti").click()
    expect(own).to_contain_text("Hai eliminato questo messaggio")

    kinds = {message["type"]: message for message in world.heard()}
    assert kinds["reaction"]["reaction"] == {"message_id": theirs, "emoji": "👍"}
    assert kinds["text"]["context"]["id"] == theirs
    assert kinds["edit"]["edit"]["message"]["text"] == {"body": "No grazie"}
    assert kinds["edit"]["edit"]["original_message_id"] == kinds["text"]["id"]
    assert kinds["revoke"]["revoke"] == {"original_message_id": kinds["text"]["id"]}


def test_of_a_long_chat_the_last_two_hundred_are_drawn_until_more_are_asked_for(
    world: World, open_phone: Screens
) -> None:
    for index in range(230):
        world.says(f"messaggio {index}")
    page = open_phone(chat_of(ANNA, world))
    expect(page.locator(".msg")).to_have_count(200)
    expect(page.locator(".msg").last).to_be_in_viewport()

    page.get_by_role("button", name="Carica precedenti").click()

    expect(page.locator(".msg")).to_have_count(230)
    expect(page.get_by_role("button", name="Carica precedenti")).to_be_hidden()


def test_what_grows_below_leaves_the_reader_at_the_end_and_going_up_does_not(
    world: World, open_phone: Screens
) -> None:
    """A picture is as high as it is before anybody hears that it was loaded."""
    for number in range(30):
        world.says(f"riga {number}")
    page = open_phone(chat_of(ANNA, world))
    page.get_by_text("riga 29", exact=True).wait_for()

    page.evaluate(
        """() => {
          const scroller = document.querySelector(".scroller");
          const last = [...scroller.querySelectorAll(".bubble")].at(-1);
          last.style.paddingBottom = "400px";
          scroller.dispatchEvent(new Event("scroll"));
          last.dispatchEvent(new Event("load"));
        }"""
    )

    assert page.evaluate(_BELOW) < 1
    page.evaluate("""() => { document.querySelector(".scroller").scrollTop = 0; }""")
    expect(page.locator(".jump")).to_be_visible()
    page.locator(".jump").click()
    expect(page.locator(".jump")).to_be_hidden()
    assert page.evaluate(_BELOW) < 1


_BELOW = """() => {
  const { scrollHeight, scrollTop, clientHeight } = document.querySelector(".scroller");
  return scrollHeight - scrollTop - clientHeight;
}"""


def test_a_draft_outlives_a_reload_and_belongs_to_its_chat(
    world: World, open_phone: Screens
) -> None:
    page = open_phone(chat_of(ANNA, world))
    page.get_by_role("textbox", name="Messaggio per").fill("bozza per l'azienda")

    page.reload()
    expect(page.get_by_role("textbox", name="Messaggio per")).to_have_value("bozza per l'azienda")
    page.get_by_role("button", name=re.compile("^Bruno Verdi")).click()

    expect(page.get_by_role("textbox", name="Messaggio per")).to_have_value("")


def test_a_send_that_fails_stays_and_can_be_tried_again(world: World, open_phone: Screens) -> None:
    open_phone.expected.append("ERR_FAILED")
    page = open_phone(chat_of(ANNA, world))
    page.route("**/messages", lambda route: route.abort())
    _write(page, "ci siete?")
    expect(page.get_by_role("alert").filter(has_text="non risponde")).to_be_visible()
    page.reload()
    expect(page.locator(".msg.own.failed")).to_contain_text("ci siete?")
    page.unroute("**/messages")

    page.get_by_role("button", name="Riprova").click()

    expect(page.locator(".failed")).to_have_count(0)
    expect(page.get_by_role("img", name="consegnato")).to_be_visible()
    assert [one["text"]["body"] for one in world.heard()] == ["ci siete?"]


def test_without_network_messages_wait_on_the_phone_in_order(
    world: World, open_phone: Screens
) -> None:
    world.sim("PATCH", f"people/{ANNA}", {"online": False})
    page = open_phone(chat_of(ANNA, world))
    expect(page.locator(".notice")).to_contain_text("senza rete")
    _write(page, "primo")
    _write(page, "secondo")
    expect(page.get_by_role("img", name="in partenza")).to_have_count(2)
    assert world.heard() == []

    page.get_by_role("button", name="Azienda e telefono").click()
    page.get_by_role("switch", name="In rete").click()
    page.get_by_role("button", name="Indietro").click()

    expect(page.get_by_role("img", name="consegnato")).to_have_count(2)
    assert [one["text"]["body"] for one in world.heard()] == ["primo", "secondo"]


def test_a_chat_left_while_a_message_leaves_finds_it_arrived(
    world: World, open_phone: Screens
) -> None:
    page = open_phone(chat_of(ANNA, world))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/messages", hold)
    _write(page, "ci siete?")
    page.get_by_role("button", name="Azienda e telefono").click()
    page.get_by_role("button", name="Indietro").click()
    expect(page.get_by_role("img", name="in partenza")).to_have_count(1)

    held.pop().continue_()

    expect(page.get_by_role("img", name="consegnato")).to_have_count(1)
    expect(page.locator(".failed")).to_have_count(0)
    assert [one["text"]["body"] for one in world.heard()] == ["ci siete?"]


def _write(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Messaggio per").fill(words)
    page.keyboard.press("Enter")


def _menu(page: Page, side: str) -> None:
    page.locator(f".msg{side} .bubble").last.click(button="right", position={"x": 20, "y": 10})
