"""Both languages, themes and widths: nothing sticks out and nothing is inaccessible."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.whatsapp_emulator.conftest import ANNA
from tests.whatsapp_emulator.test_phone.conftest import NARROW, WIDE, Screens, World, chat_of
from tests.whatsapp_emulator.test_phone.test_phone_chat import BUTTONS, LIST

STICKS_OUT = """() => [...document.querySelectorAll("body *")]
  .filter((one) => !one.closest(".carousel") && one.getClientRects().length > 0)
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.className)"""
"""What hangs over the right edge, by its class."""


IS_DARK = """() => getComputedStyle(document.body).backgroundColor === "rgb(20, 23, 28)"
  && document.getAnimations().length === 0"""
IS_LIGHT = """() => getComputedStyle(document.body).backgroundColor === "rgb(250, 249, 247)"
  && document.getAnimations().length === 0"""
OF_COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "preload": False,
}

COMPLAINTS = """(how) => axe.run(how).then((found) => found.violations.map(
  ({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => String(node.target))]))"""
"""What nobody reads of axe's answer is not carried over."""


def _menu_of_a_message(page: Page) -> None:
    page.locator(".msg .bubble").last.click(button="right", position={"x": 20, "y": 8})
    page.locator(".sheet").wait_for()


def _list_of_choices(page: Page) -> None:
    page.get_by_role("button", name="Scegli il punto").click()
    page.locator(".sheet").wait_for()


def _info(page: Page) -> None:
    page.locator(".screen-head .round").last.click()
    page.locator(".info").wait_for()


def _attach(page: Page) -> None:
    page.locator(".compose-row .round").nth(1).click()
    page.locator(".sheet").wait_for()


def _chats(page: Page) -> None:
    page.locator(".screen-head .round").first.click()
    page.locator(".chat-row").wait_for()


def _panel(index: int) -> Callable[[Page], None]:
    def open_(page: Page) -> None:
        page.locator(".opener").nth(index).click()
        page.locator("dialog").wait_for()

    return open_


def _chat(_page: Page) -> None:
    """As it stands open."""


SIGHTS: dict[str, Callable[[Page], None]] = {
    "chat": _chat,
    "menu": _menu_of_a_message,
    "list": _list_of_choices,
    "attach": _attach,
    "info": _info,
    "chats": _chats,
}
SHEETS = {"people": _panel(0), "time": _panel(1), "break": _panel(2)}
"""Panels that stand beside the phone where there is room."""


@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["1440", "390"])
def test_every_sight_is_accessible(
    world: World, open_phone: Screens, width: dict[str, int]
) -> None:
    """Asked for every rule where it is light, then for colours alone where it is dark."""
    _a_day_in_the_shop(world)
    page = open_phone(chat_of(ANNA, world), color_scheme="light", viewport=width)
    wrong = []
    for name, look in {**SIGHTS, **(SHEETS if width is NARROW else {})}.items():
        page.reload()
        page.locator(".msg .taps").last.wait_for()
        look(page)
        page.evaluate(Axe().axe_script)
        wrong += [f"{name}, light: {one}" for one in _complaints(page, {})]
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(IS_DARK)
        wrong += [f"{name}, dark: {one}" for one in _complaints(page, OF_COLOURS)]
        page.emulate_media(color_scheme="light")

    assert wrong == []


@pytest.mark.parametrize("width", [WIDE, {"width": 1100, "height": 700}, NARROW], ids=str)
@pytest.mark.parametrize("locale", ["it-IT", "en-GB"])
def test_nothing_is_wider_than_the_screen(
    world: World, open_phone: Screens, locale: str, width: dict[str, int]
) -> None:
    """With pictures wanted, in every sight."""
    _a_day_in_the_shop(world)
    page = open_phone(chat_of(ANNA, world), locale=locale, viewport=width)
    folder = os.environ.get("SCREENSHOTS_DIR")
    sights = {**SIGHTS, **(SHEETS if width is NARROW else {})} if folder else {"chat": _chat}
    wrong = []
    for name, look in sights.items():
        page.reload()
        page.locator(".msg .taps").last.wait_for()
        look(page)
        wrong += [f"{name}: {one}" for one in page.evaluate(STICKS_OUT)]
        if folder:
            _keep(page, Path(folder) / f"phone-{name}-{locale[:2]}", width["width"])

    assert wrong == []


def _keep(page: Page, name: Path, width: int) -> None:
    name.parent.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of its two words
        page.wait_for_function(IS_DARK if theme == "dark" else IS_LIGHT)
        page.screenshot(path=f"{name}-{theme}-{width}.png")
    page.emulate_media(color_scheme="light")


def test_at_390_the_phone_fills_the_screen_and_panels_are_sheets(
    world: World, open_phone: Screens
) -> None:
    page = open_phone(viewport=NARROW)
    page.get_by_role("button", name="Scegli un cliente").click()
    page.get_by_role("dialog").get_by_role("button", name="Anna Bianchi").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    box = page.locator(".phone").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)
    assert box["y"] + box["height"] == 844

    page.get_by_role("button", name="Rompi").click()
    page.get_by_role("dialog").get_by_role("button", name="manca").click()
    expect(page.get_by_role("dialog")).to_contain_text("1 cosa rotta")
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Rompi")).to_be_focused()
    assert world.state()["wabas"][0]["payment"] == "missing"


def test_the_language_is_the_browsers_until_another_is_chosen_and_then_remembered(
    world: World, open_phone: Screens
) -> None:
    page = open_phone(chat_of(ANNA, world), locale="de-DE")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", name="Break something")).to_be_visible()

    page.get_by_role("button", name="Italian").click()
    expect(page.get_by_role("heading", name="Rompi qualcosa")).to_be_visible()
    expect(page.get_by_role("button", name="Italiano")).to_be_focused()
    page.reload()

    expect(page.get_by_role("heading", name="Rompi qualcosa")).to_be_visible()
    expect(page.get_by_role("textbox", name="Messaggio per")).to_be_visible()


def test_the_theme_follows_the_machine_until_one_is_chosen(
    world: World, open_phone: Screens
) -> None:
    page = open_phone(color_scheme="dark")
    background = "() => getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(20, 23, 28)"

    page.get_by_role("button", name="Aspetto: automatico").click()
    expect(page.get_by_role("button", name="Aspetto: chiaro")).to_be_focused()
    page.reload()
    page.locator(".people-list li").first.wait_for()

    assert page.evaluate(background) == "rgb(250, 249, 247)"


def test_a_chat_is_led_by_keyboard_alone(world: World, open_phone: Screens) -> None:
    world.says("ciao")
    world.send(BUTTONS)
    page = open_phone(chat_of(ANNA, world))
    page.get_by_role("button", name="No, grazie").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Messaggio per")).to_be_focused()
    page.keyboard.type("Arrivederci")
    page.keyboard.press("Enter")
    expect(page.locator(".msg.own")).to_have_count(3)
    menu = page.get_by_role("button", name="Azioni sul messaggio: Arrivederci")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(menu).to_be_focused()
    assert [one["type"] for one in world.heard()] == ["text", "interactive", "text"]


def test_what_the_page_may_not_do_its_policy_forbids(world: World, open_phone: Screens) -> None:
    open_phone.expected.append("Content Security Policy")
    page = open_phone()
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.intruder = true";
          document.body.append(script);
          const image = document.createElement("img");
          image.setAttribute("onerror", "window.intruder = true");
          image.src = "data:image/png;base64,AAAA";
          document.body.append(image);
        }"""
    )

    assert page.evaluate("() => window.intruder") is None


def _a_day_in_the_shop(world: World) -> None:
    world.says("Buongiorno! Quando arriva *A123*?")
    world.text("Domani mattina, segua qui: https://esempio.it/a")
    world.send(BUTTONS)
    place = {"latitude": 45.46, "longitude": 9.19, "name": "Bottega", "address": "Piazza 1"}
    world.send({"type": "location", "location": place})
    for said in (
        {"type": "image", "image": {"caption": "Ecco"}},
        {"type": "document", "document": {"filename": "misure.pdf"}},
        {"type": "contacts", "contacts": [{"name": {"formatted_name": "Zia"}, "phones": []}]},
        {"type": "unsupported"},
    ):
        world.sim("POST", f"people/{ANNA}/messages", said)
    sent = world.send(LIST)
    reaction = {"message_id": sent, "emoji": "👍"}
    world.sim("POST", f"people/{ANNA}/messages", {"type": "reaction", "reaction": reaction})
    world.template([{"type": "BODY", "text": "La aspettiamo domani."}])


def _complaints(page: Page, asked: dict[str, Any]) -> list[str]:
    how = {"resultTypes": ["violations"], **asked}
    return [f"{rule} {'; '.join(where)}" for rule, where in page.evaluate(COMPLAINTS, how)]
