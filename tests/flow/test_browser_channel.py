"""A number connected, completed, disconnected and connected again, in a real browser."""

import json
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright

from tests.flow.running import Demo, clean, running_demo, until

_CHROMIUM = shutil.which("chromium")
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
_PATIENCE_MS = 60_000
_META, _SCRIPT = "https://www.facebook.com", "text/javascript"
_OPENS_NOTHING = """
window.FB = {
  init() {},
  login(answer, wish) { Object.assign(window, { answer, wish }); },
};
window.fbAsyncInit();
"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(_CHROMIUM is None, reason="no chromium (apt install chromium)"),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("channel") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def complaints() -> list[str]:
    return []


@pytest.fixture(scope="module")
def desk(demo: Demo, complaints: list[str]) -> Iterator[Page]:
    """Signed in, as the company's owner. What the browser complains of is kept."""

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        context = browser.new_context(locale="it-IT", base_url=demo.block["console_url"])
        context.set_default_timeout(_PATIENCE_MS)
        expect.set_options(timeout=_PATIENCE_MS)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(demo.block["login_url"])
        yield page
        browser.close()


def test_the_walk_from_meta_s_window_to_reconnection(
    demo: Demo, desk: Page, complaints: list[str], tmp_path: Path
) -> None:
    _connect(desk)
    desk.get_by_role("link", name="Alla pagina del numero").click()
    expect(desk.get_by_role("heading", name="Bottega Due", level=1)).to_be_visible()
    number = desk.url
    expect(desk.get_by_text("la nostra app riceve i webhook di questo account")).to_be_visible()

    _complete_profile(desk, number, _photo(tmp_path))
    _disconnect(desk, number)
    assert _shown(demo)["status"] == "disconnected"

    desk.goto(number)
    desk.get_by_role("link", name="Ricollega").click()
    desk.get_by_role("button", name="Ricollega").click()
    expect(desk.get_by_text("senza una nuova verifica", exact=False).first).to_be_visible()
    until(lambda: _shown(demo)["status"] == "connected", 60)
    desk.goto(number)
    expect(desk.get_by_role("row", name="Invii fermati").first).to_be_visible()
    assert complaints == []


def test_closing_meta_s_window_changes_nothing(demo: Demo, desk: Page) -> None:
    before = len(demo.api("GET", "/channel")[1]["numbers"])
    window = _open_window(desk)

    window.locator("#cancel").click()

    expect(desk.get_by_text("nulla è cambiato")).to_be_visible()
    assert len(demo.api("GET", "/channel")[1]["numbers"]) == before


def test_each_end_of_meta_s_window_gives_words_and_a_way_on(
    desk: Page, complaints: list[str]
) -> None:
    """Told as Meta's pages tell it, beside a script that opens nothing, as a blocker has it."""
    desk.route("**/sdk.js", lambda route: route.fulfill(body=_OPENS_NOTHING, content_type=_SCRIPT))
    desk.goto("/channel/connect/dialogue")
    said, button = desk.locator("#window-said"), "Apri la finestra di Meta"
    desk.locator("#window").evaluate(f"(here) => {{ here.dataset.origin = '{_META}' }}")

    desk.get_by_label("PIN di sei cifre").fill("12")
    desk.get_by_role("button", name=button).click()
    assert desk.evaluate("window.wish") is None, "first what was typed is put right"
    desk.get_by_label("PIN di sei cifre").fill("")
    desk.get_by_role("button", name=button).click()
    expect(said).to_contain_text("il browser l'ha trattenuta")
    wish = desk.evaluate("window.wish")
    assert (wish["config_id"], wish["response_type"]) == ("1", "code")
    assert wish["extras"] == {"setup": {}, "sessionInfoVersion": "3", "version": "v4"}

    for origin in ("null", "http://www.facebook.com", "https://facebook.com.evil.example"):
        _tells(desk, "FINISH", {"waba_id": "666"}, origin)
    _tells(desk, "SOMETHING_NEW", {"waba_id": "666"})
    assert _chosen(desk) == ("", "")

    _tells(desk, "CANCEL", {"current_step": "PHONE_NUMBER_SETUP"})
    desk.evaluate("window.answer({ status: 'unknown', authResponse: null })")
    expect(said).to_contain_text("nulla è cambiato")
    expect(said).to_contain_text("PHONE_NUMBER_SETUP")
    for event in ("ERROR", "CANCEL"):
        told = {"error_message": f"No: {event}", "error_code": "524126", "session_id": "s9"}
        desk.get_by_role("button", name=button).click()
        _tells(desk, event, told)
        desk.evaluate("window.answer({ authResponse: null })")
        expect(said).to_contain_text(f"“No: {event}” (524126 · s9)")
    desk.get_by_role("button", name=button).click()
    desk.evaluate("window.answer()")
    expect(said).to_have_text(
        "La finestra di Meta è stata chiusa prima della fine: nulla è cambiato."
    )

    _tells(desk, "FINISH", {"waba_id": "1", "phone_number_id": "2"}, "https://web.facebook.com")
    assert _chosen(desk) == ("1", "2")
    _tells(desk, "FINISH_ONLY_WABA", {"waba_id": "3"})
    assert _chosen(desk) == ("3", "")
    expect(desk.get_by_role("link", name="Prosegui con le credenziali")).to_be_visible()
    desk.unroute("**/sdk.js")
    assert complaints == []


def test_an_authorisation_that_is_over_is_asked_for_once_more(demo: Demo, desk: Page) -> None:
    over = {"where": "access_token", "kind": "error", "code": 100, "subcode": 36007, "times": 1}
    demo.sim("POST", "/faults", over)
    window = _open_window(desk)
    _name(window, "Bottega Tre", "0677788800")
    expect(desk.get_by_text("dura 30 secondi", exact=False)).to_be_visible()

    with desk.context.expect_page() as opened:
        desk.get_by_role("button", name="Apri la finestra di Meta").click()
    opened.value.get_by_label("Bottega Tre").check()
    opened.value.locator("button[type=submit]").click()

    expect(desk.get_by_text("Il numero è collegato", exact=False)).to_be_visible()


def test_a_block_is_told_live_and_lifted_by_a_person_alone(demo: Demo, desk: Page) -> None:
    (first, *_) = demo.api("GET", "/channel")[1]["numbers"]
    desk.goto(f"/channel/numbers/{first['id']}/")
    expect(desk.get_by_text("collegato", exact=True).first).to_be_visible()

    demo.sim("PATCH", f"/wabas/{first['waba_id']}", {"ban_state": "DISABLE"})
    expect(desk.get_by_text("Fermo finché non lo dice un amministratore")).to_be_visible()
    demo.sim("PATCH", f"/wabas/{first['waba_id']}", {"ban_state": "REINSTATE"})

    desk.get_by_role("button", name="Riprendi gli invii").click()
    expect(desk.get_by_text("Gli invii riprendono", exact=False)).to_be_visible()
    until(lambda: demo.api("GET", "/channel")[1]["numbers"][0]["paused_why"] == "", 60)


def _open_window(desk: Page) -> Page:
    desk.goto("/channel/connect")
    desk.get_by_label("So che il numero lascia l'app di WhatsApp.").check()
    desk.get_by_role("button", name="Prosegui con la finestra di Meta").click()
    desk.get_by_label("PIN di sei cifre").fill("246810")
    with desk.context.expect_page() as opened:
        desk.get_by_role("button", name="Apri la finestra di Meta").click()
    return opened.value


def _connect(desk: Page) -> None:
    _name(_open_window(desk), "Bottega Due", "0677788899")
    expect(desk.get_by_text("Il numero è collegato", exact=False)).to_be_visible()


def _name(window: Page, name: str, number: str) -> None:
    """A new account, in Meta's window."""
    window.locator("input[value=new]").check()
    window.locator("input[name=business_name]").fill(name)
    window.locator("input[name=phone_number]").fill(number)
    window.locator("button[type=submit]").click()


def _tells(desk: Page, event: str, data: dict[str, str], origin: str = "") -> None:
    """A message of Meta's window to the page that opened it."""
    told = json.dumps({"type": "WA_EMBEDDED_SIGNUP", "event": event, "version": 3, "data": data})
    desk.evaluate(
        "([data, origin]) => dispatchEvent(new MessageEvent('message', { data, origin }))",
        [told, origin or _META],
    )


def _chosen(desk: Page) -> tuple[str, str]:
    """Account and number, as they would go with the code."""
    return (
        desk.locator("#signup [name=waba_id]").input_value(),
        desk.locator("#signup [name=phone_number_id]").input_value(),
    )


def _complete_profile(desk: Page, number: str, photo: Path) -> None:
    desk.goto(f"{number}profile")
    desk.get_by_label("Foto").set_input_files(photo)
    desk.get_by_label("Descrizione").fill("Biciclette e riparazioni.")
    desk.get_by_label("E-mail").fill("ciao@bottega.example")
    desk.get_by_label("Sito web").fill("bottega.example")
    desk.get_by_role("button", name="Salva su Meta").click()
    expect(desk.get_by_text("Il profilo è salvato", exact=False)).to_be_visible()
    desk.get_by_role("link", name="Al profilo").click()
    expect(desk.get_by_text("80%").first).to_be_visible()


def _disconnect(desk: Page, number: str) -> None:
    desk.goto(number)
    desk.get_by_role("link", name="Scollega").click()
    desk.get_by_role("button", name="Scollega ora").click()
    desk.get_by_role("link", name="Al secondo passo, da Meta").click()
    expect(desk.get_by_text("Elimina numero di telefono", exact=False)).to_be_visible()


def _shown(demo: Demo) -> dict[str, str]:
    """The newest number, as the API tells it."""
    found: dict[str, str] = demo.api("GET", "/channel")[1]["numbers"][-1]
    return found


def _photo(folder: Path) -> Path:
    """A picture of one colour."""
    side = 200
    rows = b"".join(b"\0" + bytes([20, 100, 100]) * side for _ in range(side))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    path = folder / "photo.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


def test_the_report_and_its_cure_by_the_api_and_the_command_line(demo: Demo) -> None:
    """As the page has them, with what Meta says at that moment."""
    demo.says(_ELSA, "Buongiorno")
    chat = demo.conversation(_ELSA)["id"]
    demo.api("POST", f"/conversations/{chat}/control")
    waba = demo.api("GET", "/channel")[1]["numbers"][0]["waba_id"]
    demo.sim("PATCH", f"/wabas/{waba}", {"restriction": "lock"})
    said = demo.api("POST", f"/conversations/{chat}/messages", {"type": "text", "text": "Eccoci"})
    about = {"subject": {"message": said[1]["id"]}}
    until(lambda: demo.api("GET", "/channel")[1]["numbers"][0]["paused_why"] == "blocked", 60)

    _, report = demo.api("POST", "/doctor", about)
    code, printed = _command(demo, "--about", f"message:{said[1]['id']}")

    first = report["findings"][0]
    assert (first["code"], first["evidence"][0]["source"]) == ("account_blocked", "meta")
    assert first["steps"]
    assert {one["name"] for one in report["looked_at"]} >= {"token", "number", "account", "apps"}
    assert (code, printed["findings"][0]["code"]) == (1, "account_blocked")
    looked_at = {one["name"] for one in report["looked_at"]}
    assert {one["name"] for one in printed["looked_at"] if one["miss"] is None} == looked_at

    demo.sim("PATCH", f"/wabas/{waba}", {"ban_state": "REINSTATE"})
    _, lifted = demo.api("POST", f"/doctor/{report['id']}/deeds", {"deed": "look_again"})
    (resume,) = [one["deed_path"] for one in lifted["findings"] if one["deed"] == "resume"]
    status, _ = demo.api("POST", resume.removeprefix("/api/v1"), {"deed": "resume"})

    assert status == 200
    until(lambda: _status(demo, chat, said[1]["id"]) in {"delivered", "read"}, 60)
    code, printed = _command(
        demo, "--about", f"message:{said[1]['id']}", "--do", "look_again", spoken="it_IT.UTF-8"
    )
    assert code == 0, printed


def test_the_doctor_is_asked_from_a_bubble_and_its_buttons_cure(demo: Demo, desk: Page) -> None:
    """What failed is sent again; what waits leaves once the token works; events come in again."""
    demo.says(_PIA, "Buongiorno")
    chat = demo.conversation(_PIA)["id"]
    desk.goto(f"/conversations/{chat}/")
    desk.get_by_role("button", name="Prendi il controllo").click()

    demo.sim("POST", "/faults", {"where": "messages", "kind": "proxy"})
    failed = _writes(demo, desk, chat, "Eccolo")
    until(lambda: _status(demo, chat, failed) == "failed")
    _ask(desk, chat, failed)
    expect(desk.get_by_role("heading", name="Perché questo messaggio non parte?")).to_be_visible()
    demo.sim("DELETE", "/faults")
    desk.get_by_role("button", name="Rimanda il messaggio").click()
    until(lambda: [one for one in demo.phone(_PIA) if one.get("text") == "Eccolo"])

    demo.sim("PATCH", "/apps/default", {"token": "expired"})
    waits = _writes(demo, desk, chat, "Un momento")
    _ask(desk, chat, waits)
    renew = desk.get_by_role("link", name="Rinnova il token").first
    expect(renew).to_be_visible()
    report = desk.url
    renew.click()
    expect(desk.get_by_role("heading", name="Ricollega il numero", level=1)).to_be_visible()
    desk.goto(report)
    demo.sim("PATCH", "/apps/default", {"token": "ok"})
    desk.get_by_role("button", name="Guarda di nuovo").click()
    desk.get_by_role("button", name="Riprendi gli invii").click()
    until(lambda: _status(demo, chat, waits) in {"delivered", "read"})

    demo.sim("PATCH", "/apps/default", {"subscribed": False})
    (first, *_) = demo.api("GET", "/channel")[1]["numbers"]
    desk.goto(f"/channel/numbers/{first['id']}/")
    desk.get_by_role("button", name="Controlla tutto ora").click()
    desk.get_by_role("button", name="Iscrivi di nuovo l'app").click()
    expect(desk.get_by_role("button", name="Iscrivi di nuovo l'app")).to_have_count(0)
    expect(desk.get_by_role("heading", name="Che cosa è stato guardato")).to_be_visible()
    demo.says(_PIA, "Ci siete?")
    until(lambda: [one for one in demo.messages(chat) if one.get("text") == "Ci siete?"])


_ELSA, _PIA = "393485550199", "393485550188"


def _writes(demo: Demo, desk: Page, chat: int, text: str) -> int:
    """As the person who has the chat; the message's id."""
    desk.goto(f"/conversations/{chat}/")
    desk.locator("#text").fill(text)
    desk.locator("#text").press("Enter")
    (said,) = until(lambda: [one for one in demo.messages(chat) if one.get("text") == text])
    found: int = said["id"]
    return found


def _ask(desk: Page, chat: int, message_id: int) -> None:
    """By the button under the bubble."""
    desk.goto(f"/conversations/{chat}/")
    bubble = desk.locator(f"#message-{message_id}")
    bubble.get_by_role("button", name="Perché non parte?").click()


def _status(demo: Demo, chat: int, message_id: int) -> str:
    (found,) = [one["status"] for one in demo.messages(chat) if one["id"] == message_id]
    status: str = found
    return status


def _command(demo: Demo, *words: str, spoken: str = "C") -> tuple[int, dict[str, Any]]:
    """`sportello doctor` beside the running house, of which it is told the folder alone: its exit
    code, and the report it prints.
    """
    ended = subprocess.run(
        [sys.executable, "-m", "sportello.ops.cli", "doctor", *words, "--json"],
        env={**clean(), "SPORTELLO_DATA": str(demo.folder), "LC_ALL": spoken},
        stdout=subprocess.PIPE, check=False, timeout=60,
    )  # fmt: skip
    told = json.loads(ended.stdout)["numbers"]
    report: dict[str, Any] = told[0]
    return ended.returncode, report
