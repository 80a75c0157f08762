"""What is asked of a page's elements in more than one place."""

import re
from typing import Any, Final

from lxml import etree

from sportello.reading.blocks import flat

# lxml names its elements privately; the type says what it can.
Element = Any

TEXT_MAX: Final = 20_000
_HIDING: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])"
    r"|opacity\s*:\s*0(?![.\d])|(?:left|top|text-indent)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_WHITE: Final = re.compile(r"(?<!-)color\s*:\s*(?:#fff(?:fff)?\b|white\b)", re.IGNORECASE)
_GROUND: Final = re.compile(r"background", re.IGNORECASE)
_HIDDEN_CLASSES: Final = frozenset({"visually-hidden", "sr-only", "screen-reader-text", "hidden"})
_SPEECHLESS: Final = frozenset({"script", "style", "noscript", "template", "svg"})
_BREAKS: Final = frozenset({"p", "div", "br", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4"})


def is_hidden(element: Element) -> bool:
    """Whether a visitor does not see it: what is said only to programs is not the company's word.

    Source: security.md section 4.5.
    """
    style = element.get("style") or ""
    classes = set((element.get("class") or "").split())
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or _HIDING.search(style) is not None
        or (_WHITE.search(style) is not None and _GROUND.search(style) is None)
        or bool(classes & _HIDDEN_CLASSES)
    )


def text_of(element: Element, *, but: Element | None = None) -> str:
    """What an element says, with its paragraphs and items on lines of their own."""
    told: list[str] = []
    skipped: Element | None = None
    for event, one in etree.iterwalk(element, events=("start", "end")):
        if skipped is not None:
            if event == "end" and one is skipped:
                skipped = None
                told.append(one.tail or "")
            continue
        if event == "start":
            if one is not element and (one is but or one.tag in _SPEECHLESS or is_hidden(one)):
                skipped = one
                continue
            told.append(_mark(one.tag) + (one.text or "").replace("\n", " "))
        else:
            told.append("\n" if one.tag in _BREAKS and one.tag != "br" else "")
            if one is not element:
                told.append((one.tail or "").replace("\n", " "))
    lines = (flat(line) for line in "".join(told)[:TEXT_MAX].split("\n"))
    return "\n".join(line for line in lines if line and line != "-")


def _mark(tag: str) -> str:
    return {"li": "\n- ", "br": "\n", "td": " · ", "th": " · "}.get(
        tag, "\n" if tag in _BREAKS else ""
    )
