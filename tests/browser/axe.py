"""What is wrong with a page as it looks now: axe's findings, and whether it is too wide."""

from typing import Final

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


def complaints(page: Page, name: str, *, whole: bool = True) -> list[str]:
    """A line for each; without `whole` only the rules that theme and width decide are asked."""
    asked = _ALL if whole else {"runOnly": _OF_LOOKS, "preload": False}
    if not page.evaluate("'axe' in window"):
        page.evaluate(_SCRIPT)
    found = page.evaluate("(how) => axe.run(how)", {"resultTypes": ["violations"], **asked})
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    sticking = [f"{name}: sticks out sideways"] if wide else []
    return sticking + [
        f"{name}: {one['id']}: {one['nodes'][0]['html'][:160]} "
        f"{one['nodes'][0]['failureSummary'][:300]}"
        for one in found["violations"]
    ]
