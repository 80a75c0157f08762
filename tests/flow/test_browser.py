"""The main job in a real browser: the phone in one window, the desk in the other."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import pytest
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from tests.flow.running import Demo, running_demo, until

_CHROMIUM = shutil.which("chromium")
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
_PATIENCE_MS = 60_000
_ANNA, _BRUNO, _CHIARA, _DARIO, _ELENA, _FABIO, _GAIA, _IRIS = (
    f"39355591000{n}" for n in range(1, 9)
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(_CHROMIUM is None, reason="no chromium (apt install chromium)"),
]


@dataclass(frozen=True)
class Windows:
    """The desk, signed in by the demo's link, and the customer's phone. `complaints`: of both."""

    demo: Demo
    desk: Page
    phone: Page
    complaints: list[str]

    def customer(self, wa_id: str, name: str) -> None:
        """A new customer's phone, and the desk as one finds it in the morning."""
        self.desk.goto(self.demo.block["console_url"])
        self.demo.sim("POST", "/people", {"wa_id": wa_id, "name": name})
        number = self.demo.block["phone_number_id"]
        self.phone.goto(f"{self.demo.block['phone_url']}?person={wa_id}&to={number}")

    def colleague(self, name: str) -> Page:
        """One operator more, invited on the page of people: their desk in a browser of its own."""
        self.desk.goto(f"{self.demo.block['console_url']}/people/")
        self.desk.get_by_label("E-mail").fill(f"{name.lower()}@example.org")
        self.desk.get_by_label("Ruolo", exact=True).select_option("operator")
        self.desk.get_by_role("button", name="Invita", exact=True).click()
        link = self.desk.locator("#made").inner_text()
        assert self.desk.context.browser is not None
        page = _window(self.desk.context.browser.new_context(locale="it-IT"), self.complaints)
        page.goto(link)
        page.get_by_label("Nome").fill(name)
        page.get_by_label("Password").fill("una frase lunga abbastanza")
        page.get_by_role("button", name="Entra").click()
        expect(page.get_by_role("link", name="Conversazioni").first).to_be_visible()
        page.goto(f"{self.demo.block['console_url']}/conversations/")
        return page

    def writes(self, text: str) -> None:
        box = self.phone.get_by_placeholder("Scrivi un messaggio").first
        box.fill(text)
        box.press("Enter")

    def opens(self, name: str) -> None:
        """The operator clicks the row as soon as it is there, without reloading the page."""
        self.desk.locator("#rows, .rows, main").get_by_text(name, exact=True).first.click()
        expect(self.desk.get_by_role("heading", name=name, level=2).first).to_be_visible()

    def chat(self, wa_id: str) -> int:
        """The conversation's id, once it is there."""
        found: int = self.demo.conversation(wa_id)["id"]
        return found

    @property
    def answers(self) -> Locator:
        """What the company said, on the phone."""
        return self.phone.locator(".msg:not(.own)")


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    with (
        running_demo(tmp_path_factory.mktemp("browser") / "data") as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        complaints: list[str] = []
        desk = _window(browser.new_context(locale="it-IT"), complaints)
        phone = _window(browser.new_context(locale="it-IT"), complaints)
        desk.goto(demo.block["login_url"])
        yield Windows(demo, desk, phone, complaints)
        browser.close()


def _window(context: BrowserContext, complaints: list[str]) -> Page:
    def note(message: ConsoleMessage) -> None:
        # The browser itself remarks on a refusal (409), which is what one test asks for.
        if message.type == "error" and "409 (Conflict)" not in message.text:
            complaints.append(message.text)

    context.set_default_timeout(_PATIENCE_MS)
    expect.set_options(timeout=_PATIENCE_MS)
    page = context.new_page()
    page.on("console", note)
    return page


def test_a_question_is_answered_and_the_desk_shows_it_live(windows: Windows) -> None:
    windows.customer(_ANNA, "Anna Prova")
    windows.writes("Quando arriva il mio ordine?")

    windows.opens("Anna Prova")

    expect(windows.answers.first).to_contain_text("consegna")
    expect(windows.desk.get_by_text("1 fonte").first).to_be_visible()
    expect(
        windows.desk.get_by_text("L'assistente sta gestendo questa conversazione")
    ).to_be_visible()
    windows.desk.get_by_text("Perché è partito?").first.click()
    expect(windows.desk.get_by_role("dialog")).to_be_visible()
    windows.desk.keyboard.press("Escape")
    expect(windows.desk.get_by_role("dialog")).to_have_count(0)
    assert windows.complaints == []


def test_an_operator_takes_control_writes_notes_and_gives_it_back(windows: Windows) -> None:
    windows.customer(_BRUNO, "Bruno Prova")
    windows.writes("Quando arriva il mio ordine?")
    windows.opens("Bruno Prova")
    windows.desk.get_by_role("button", name="Prendi il controllo").click()

    windows.desk.get_by_placeholder("Scrivi a Bruno Prova").fill("Buongiorno, sono Giulia.")
    windows.desk.get_by_role("button", name="Invia").click()
    expect(windows.answers.filter(has_text="sono Giulia")).to_have_count(1)
    windows.desk.get_by_text("Nota interna").first.click()
    windows.desk.locator("#text").fill("Ha già telefonato.")
    windows.desk.locator("#send-button").click()
    expect(windows.desk.get_by_text("Ha già telefonato.").first).to_be_visible()
    said = windows.answers.count()
    windows.writes("Posso pagare alla consegna?")
    expect(windows.desk.get_by_text("Posso pagare alla consegna?").first).to_be_visible()
    windows.desk.get_by_role("button", name="Rilascia all'assistente").click()

    until(lambda: windows.answers.count() > said)
    expect(windows.phone.get_by_text("Ha già telefonato.")).to_have_count(0)
    assert windows.complaints == []


def test_what_is_not_known_waits_for_a_person(windows: Windows) -> None:
    windows.customer(_CHIARA, "Chiara Prova")
    windows.writes("Fate anche la revisione della caldaia a gas?")
    expect(windows.answers.first).to_be_visible()

    windows.desk.get_by_role("link", name="In attesa").first.click()

    windows.opens("Chiara Prova")
    expect(windows.desk.get_by_role("button", name="Prendi il controllo")).to_be_visible()
    assert windows.complaints == []


def test_two_operators_and_the_phone_share_one_conversation(windows: Windows) -> None:
    nina = windows.colleague("Nina")
    windows.customer(_IRIS, "Iris Prova")
    windows.writes("Buongiorno, vorrei un consiglio")
    windows.opens("Iris Prova")
    nina.locator("#rows").get_by_text("Iris Prova", exact=True).first.click()
    expect(windows.desk.locator("#presence")).to_contain_text("Nina")

    windows.desk.get_by_role("button", name="Prendi il controllo").click()
    expect(nina.locator("#footer")).to_contain_text("sta gestendo")
    box = windows.desk.get_by_placeholder("Scrivi a Iris Prova")
    box.click()
    box.press_sequentially("Eccomi, mi dica")
    expect(nina.locator("#presence")).to_contain_text("sta scrivendo")
    windows.writes("Un regalo per mia madre")
    for page in (windows.desk, nina):
        expect(page.locator("#thread")).to_contain_text("Un regalo per mia madre")
    box.press("Enter")

    expect(windows.answers.filter(has_text="Eccomi, mi dica")).to_have_count(1)
    expect(nina.locator("#thread .said.is-ours").last).to_contain_text("Eccomi, mi dica")
    nina.context.close()
    assert windows.complaints == []


def test_a_shut_window_says_why_nobody_can_write(windows: Windows) -> None:
    windows.customer(_DARIO, "Dario Prova")
    windows.writes("Quando arriva il mio ordine?")
    windows.opens("Dario Prova")
    windows.desk.get_by_role("button", name="Prendi il controllo").click()
    expect(windows.desk.get_by_placeholder("Scrivi a Dario Prova")).to_be_visible()
    windows.desk.get_by_placeholder("Scrivi a Dario Prova").fill("Troppo tardi")

    windows.phone.get_by_role("button", name="+24 h").click()
    until(lambda: not windows.demo.conversation(_DARIO)["window"]["open"])
    with suppress(Error):  # the page may see by itself that it has shut, and hide the button
        windows.desk.locator("#send-button").click(timeout=3_000)

    expect(windows.desk.get_by_text("Finestra chiusa").first).to_be_visible()
    expect(windows.answers.filter(has_text="Troppo tardi")).to_have_count(0)


def test_three_messages_in_a_burst_get_one_answer(windows: Windows) -> None:
    windows.customer(_ELENA, "Elena Prova")
    for part in ("Buongiorno", "vorrei sapere", "quando arriva il mio ordine?"):
        windows.demo.says(_ELENA, part)  # quicker than a slow browser types

    expect(windows.answers.filter(has_text="consegna")).to_have_count(1)
    until(partial(_is_at_rest, windows.demo, windows.chat(_ELENA), 3))
    windows.opens("Elena Prova")
    expect(windows.desk.locator("#thread .sources")).to_have_count(1)
    assert windows.complaints == []


def test_a_takeover_while_the_answer_is_prepared_suppresses_it(windows: Windows) -> None:
    windows.customer(_FABIO, "Fabio Prova")
    windows.writes("Quando arriva il mio ordine?")
    windows.opens("Fabio Prova")
    expect(windows.answers.first).to_be_visible()
    chat = windows.chat(_FABIO)
    until(partial(_is_at_rest, windows.demo, chat, 1))

    windows.writes("Posso pagare alla consegna?")
    expect(windows.desk.get_by_text("Posso pagare alla consegna?").first).to_be_visible()
    windows.desk.get_by_role("button", name="Prendi il controllo").click()
    windows.desk.get_by_placeholder("Scrivi a Fabio Prova").fill("Ci penso io.")
    left = _left(windows.demo, chat)  # on a slow machine the second answer may have been quicker
    windows.desk.get_by_role("button", name="Invia").click()

    expect(windows.answers.filter(has_text="Ci penso io.")).to_have_count(1)
    until(partial(_is_at_rest, windows.demo, chat, 2))
    assert windows.answers.count() == left + 1
    assert windows.complaints == []


def test_whatever_is_killed_each_question_is_answered_once(windows: Windows) -> None:
    windows.customer(_GAIA, "Gaia Prova")
    windows.writes("Buongiorno")
    chat = windows.chat(_GAIA)
    asked = ("Quando arriva il mio ordine?", "Posso pagare alla consegna?", "Fate resi gratuiti?")
    victims = ("work", "edge", "postgres")
    for number, (question, victim) in enumerate(zip(asked, victims, strict=True), 2):
        windows.writes(question)
        windows.demo.kill(victim)
        until(partial(_is_at_rest, windows.demo, chat, number), 60)

    windows.opens("Gaia Prova")
    for question in asked:
        heard = windows.desk.locator('#thread [data-origin="customer"]').filter(has_text=question)
        expect(heard).to_have_count(1)
    texts = [message["text"] for message in windows.demo.phone(_GAIA)]
    assert len(texts) == len(set(texts)), "nothing is sent twice"
    windows.complaints.clear()  # the browser tells of the connection that was killed


def _left(demo: Demo, chat: int) -> int:
    """How many of the assistant's messages have left, or are on the wire."""
    ours = [one for one in demo.messages(chat) if one["origin"] == "assistant"]
    return len([one for one in ours if one["status"] not in {"queued", "held", "cancelled"}])


@dataclass(frozen=True)
class _Rest:
    """What a conversation holds; true once so many messages came in, the last one is answered,
    and all of ours are read.
    """

    asked: int
    told: list[tuple[str, str]]  # origin and status, oldest first

    def __bool__(self) -> bool:
        ours = [status for origin, status in self.told if origin in {"assistant", "operator"}]
        return (
            [origin for origin, _ in self.told].count("customer") == self.asked
            and self.told[-1][0] != "customer"
            and set(ours) <= {"read", "cancelled"}
        )


def _is_at_rest(demo: Demo, chat: int, asked: int) -> _Rest:
    return _Rest(asked, [(one["origin"], one["status"]) for one in demo.messages(chat)])
