"""What is wrong with a page as it looks now: axe's findings, and whether it is too wide."""

from typing import Final
from weakref import WeakKeyDictionary

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# What another theme or width can change on a page whose every rule was asked in its first look.
_OF_LOOKS: Final = {
    "type": "rule",
    "values": [
        "color-contrast",
        "link-in-text-block",
        "scrollable-region-focusable",
        "target-size",
    ],
}
# WCAG 2.2 asks for it at level AA, axe only if told to.
_ALL: Final = {"rules": {"target-size": {"enabled": True}}}
_SCRIPT: Final = Axe().axe_script
# The way to all rooms is on every page the same, and often half of it.
_RAIL: Final = ".rail"
_LOOK: Final = f"""["axe" in window, document.documentElement.dataset.bsTheme, innerWidth,
  document.querySelector("{_RAIL}") !== null]"""
# What nobody reads of axe's answer is not carried over.
_ASK: Final = """([where, how]) => axe.run(where, how).then((found) => [
  document.documentElement.scrollWidth > innerWidth,
  found.violations.map(({ id, nodes }) => [id, nodes[0].html, nodes[0].failureSummary]),
])"""
_judged: Final[WeakKeyDictionary[Page, set[tuple[str, int, bool]]]] = WeakKeyDictionary()


def complaints(page: Page, name: str, *, whole: bool = True) -> list[str]:
    """A line for each; without `whole` only the rules that theme and width decide are asked."""
    asked = _ALL if whole else {"runOnly": _OF_LOOKS, "preload": False}
    how = {"resultTypes": ["violations"], **asked}
    wide, found = page.evaluate(_ASK, [_where(page, whole), how])
    sticking = [f"{name}: sticks out sideways"] if wide else []
    return sticking + [f"{name}: {rule}: {html[:160]} {why[:300]}" for rule, html, why in found]


# A table and what holds code may be scrolled by themselves.
_CUT_OFF: Final = """() => [...document.querySelectorAll("html, body, main")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.localName)"""


def cut_off(page: Page, name: str) -> list[str]:
    """A line for each part of the page that has to be scrolled sideways as it stands."""
    return [f"{name}: <{one}> sticks out sideways" for one in page.evaluate(_CUT_OFF)]


def _where(page: Page, whole: bool) -> dict[str, list[list[str]]]:
    """The page, with axe in it; but for the rail, where one with the same look was judged in this
    window before.
    """
    has_axe, theme, width, has_rail = page.evaluate(_LOOK)
    if page not in _judged:
        # The window's next pages come with it.
        page.add_init_script(_SCRIPT)
    if not has_axe:
        page.evaluate(_SCRIPT)
    looks, look = _judged.setdefault(page, set()), (theme, width, whole)
    if look in looks:
        return {"exclude": [[_RAIL]]}
    if has_rail:
        looks.add(look)
    return {"exclude": []}
