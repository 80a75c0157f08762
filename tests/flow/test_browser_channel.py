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
    desk.get_by_role("link", name="Riconnetti").click()
    desk.get_by_role("button", name="Riconnetti").click()
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
    window = _open_window(desk)
    window.locator("input[value=new]").check()
    window.locator("input[name=business_name]").fill("Bottega Due")
    window.locator("input[name=phone_number]").fill("0677788899")
    window.locator("button[type=submit]").click()
    expect(desk.get_by_text("Il numero è collegato", exact=False)).to_be_visible()


def _complete_profile(desk: Page, number: str, photo: Path) -> None:
    desk.goto(f"{number}profile")
    desk.get_by_label("Foto").set_input_files(photo)
    desk.get_by_label("Descrizione").fill("Biciclette e riparazioni.")
    desk.get_by_label("E-mail").fill("ciao@bottega.example")
    desk.get_by_label("Sito web").fill("bottega.example")
    desk.get_by_role("button", name="Salva su Meta").click()
    expect(desk.get_by_text("Il profilo è salvato", exact=False)).to_be_visible()
    desk.get_by_role("link", name="Al profilo").click()
    expect(desk.get_by_text("80 %").first).to_be_visible()


def _disconnect(desk: Page, number: str) -> None:
    desk.goto(number)
    desk.get_by_role("link", name="Disconnetti").click()
    desk.get_by_role("button", name="Disconnetti ora").click()
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
    assert {one["name"] for one in printed["looked_at"]} == looked_at

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


_ELSA = "393485550199"


def _status(demo: Demo, chat: int, message_id: int) -> str:
    (found,) = [one["status"] for one in demo.messages(chat) if one["id"] == message_id]
    status: str = found
    return status


def _command(demo: Demo, *words: str, spoken: str = "C") -> tuple[int, dict[str, Any]]:
    """`sportello doctor` beside the running house: its exit code, and the report it prints."""
    emulator = demo.block["emulator_url"]
    ended = subprocess.run(
        [sys.executable, "-m", "sportello.ops.cli", "doctor", *words, "--json"],
        env={
            **clean(), "SPORTELLO_DATA": str(demo.folder), "SPORTELLO_GRAPH_URL": emulator,
            "SPORTELLO_CLOCK_URL": f"{emulator}/sim/clock", "LC_ALL": spoken,
        },
        stdout=subprocess.PIPE, check=False, timeout=60,
    )  # fmt: skip
    told = json.loads(ended.stdout)["numbers"]
    report: dict[str, Any] = told[0]
    return ended.returncode, report
