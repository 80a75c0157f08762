"""A web page → blocks: what a visitor reads, less menus, scripts and what is hidden from them."""

from collections.abc import Iterator
from typing import Final

from lxml import etree, html

from sportello.reading import page_faq
from sportello.reading.blocks import (
    TEXT_LENGTH_MAX,
    Block,
    Code,
    Kind,
    Read,
    Unreadable,
    flat,
    heading,
)
from sportello.reading.page_tree import Element, is_hidden, text_of

LINKS_MAX: Final = 2_000
_LINK_LENGTH_MAX: Final = 1_000
_LEFT_OUT: Final = frozenset(
    {"script", "style", "noscript", "template", "svg", "iframe", "nav", "footer", "aside", "form"}
    | {"button", "select", "object", "canvas", "audio", "video", "dialog"}
)
_LEFT_OUT_ROLES: Final = frozenset({"navigation", "banner", "contentinfo", "search", "dialog"})
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_ENDING: Final = frozenset(
    {"p", "div", "section", "article", "main", "header", "ul", "ol", "dl", "table", "blockquote"}
    | {"pre", "figure", "figcaption", "address", "details", "summary", "hr", "body", "dd", "dt"}
    | {"tbody", "thead", "fieldset", "center"}
)


def read_page(raw: bytes) -> Read:
    """Raises Unreadable for what is no HTML. Its FAQs come first, and are left out of the rest."""
    tree = _parsed(raw)
    faqs = page_faq.found(tree)
    blocks = [*faqs.blocks, *_without_answers(_blocks(_main(tree), faqs.taken), faqs.blocks)]
    return Read(
        title=_title(tree),
        blocks=tuple(blocks),
        language=(tree.get("lang") or "").strip().lower()[:8],
        links=() if "nofollow" in _robots(tree) else tuple(_links(tree)),
    )


def _parsed(raw: bytes) -> Element:
    if not raw.strip():
        raise Unreadable(Code.NO_TEXT)
    # The parser believes a <meta charset>; without one it would take UTF-8 for Latin-1.
    encoding = None
    try:
        raw.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        pass
    parser = html.HTMLParser(
        encoding=encoding, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        tree: Element | None = html.document_fromstring(raw, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise Unreadable(Code.DAMAGED) from error
    if tree is None:
        raise Unreadable(Code.NO_TEXT)
    return tree


def _main(tree: Element) -> Element:
    """The part that the page itself calls its main one, if there is exactly one."""
    found = tree.xpath("//main | //*[@role='main']") or tree.xpath("//article")
    body = tree.find("body")
    return found[0] if len(found) == 1 else tree if body is None else body


def _blocks(root: Element, taken: frozenset[Element]) -> Iterator[Block]:
    """Walks without recursion: a hostile page is as deep as it likes."""
    gathered: list[str] = []
    inside: list[str] = []
    length = 0
    skipped: Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if skipped is not None:
            if event == "end" and element is skipped:
                skipped = None
                gathered.append(element.tail or "")
            continue
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if element is not root and (element in taken or _left_out(element, tag)):
                skipped = element
                continue
            yield from _before(tag, gathered)
            if tag in {"li", "tr"}:
                inside.append(tag)
            gathered.append(_opening(tag, element) + (element.text or ""))
        else:
            for block in _after(tag, gathered, inside):
                length += len(block.text)
                yield block
            if element is not root:
                gathered.append(element.tail or "")
        if length > TEXT_LENGTH_MAX:
            raise Unreadable(Code.TOO_LARGE)
    yield from _flushed(gathered, Kind.TEXT)


def _left_out(element: Element, tag: str) -> bool:
    return (
        not tag or tag in _LEFT_OUT or element.get("role") in _LEFT_OUT_ROLES or is_hidden(element)
    )


def _before(tag: str, gathered: list[str]) -> Iterator[Block]:
    if tag in _ENDING or tag in _HEADINGS or tag in {"li", "tr"}:
        yield from _flushed(gathered, Kind.TEXT)


def _opening(tag: str, element: Element) -> str:
    match tag:
        case "br":
            return "\n"
        case "td" | "th":
            return " · " if element.getprevious() is not None else ""
        case "img":
            return ""
        case _:
            return ""


def _after(tag: str, gathered: list[str], inside: list[str]) -> Iterator[Block]:
    if tag in _HEADINGS:
        text = flat("".join(gathered))
        gathered.clear()
        if text:
            yield heading(text, _HEADINGS[tag])
    elif tag in {"li", "tr"}:
        if inside:
            inside.pop()
        yield from _flushed(gathered, Kind.LINE)
    elif tag in _ENDING:
        yield from _flushed(gathered, Kind.LINE if inside else Kind.TEXT)


def _flushed(gathered: list[str], kind: Kind) -> Iterator[Block]:
    text = flat("".join(gathered))
    gathered.clear()
    if text:
        yield Block(kind, f"- {text}" if kind is Kind.LINE else text)


def _without_answers(blocks: Iterator[Block], faqs: tuple[Block, ...]) -> Iterator[Block]:
    """Structured data mostly repeats what the page shows: once is enough."""
    answers = " ".join(_plain(faq.text) for faq in faqs)
    asked = {_plain(faq.asked) for faq in faqs}
    for block in blocks:
        told = _plain(block.text)
        if told in asked or (len(told) > 15 and told in answers):
            continue
        yield block


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _title(tree: Element) -> str:
    for path in ("//meta[@property='og:title']/@content", "//title", "//h1"):
        found = tree.xpath(path)
        text = flat(found[0] if isinstance(found[0], str) else text_of(found[0])) if found else ""
        if text:
            return str(text)[:200]
    return ""


def _robots(tree: Element) -> str:
    return " ".join(tree.xpath("//meta[@name='robots']/@content")).lower()


def _links(tree: Element) -> Iterator[str]:
    """As they are written, each once; the page's base comes first if it names one."""
    base = tree.xpath("//base/@href")[:1]
    hrefs = [str(href).strip() for href in tree.xpath("//a[@href]/@href")]
    kept = [href for href in hrefs if href and len(href) <= _LINK_LENGTH_MAX]
    yield from [f"base:{base[0]}"] if base else []
    yield from list(dict.fromkeys(kept))[:LINKS_MAX]
