"""Checks of header, body and footer: that they are there, their length, and the signs in them."""

import re
from collections.abc import Iterator
from typing import Final

from sportello.rules.pricing import Category
from sportello.rules.template_codes import Code
from sportello.rules.template_scene import CHECKED_MAX, OFFER_MAX, Scene, Text, rewrite
from sportello.rules.template_text import CONTROL, EMOJI, masked, settled, without_emoji
from sportello.rules.template_values import FILES, Finding, Part

EMOJIS_MAX: Final = 10
_BLANK_LINES: Final = re.compile(r"\n[ \t]*\n[ \t]*(?:\n[ \t]*)+")
_GAPS: Final = re.compile(r"\t[ \t]*| {5,}")
_EDGES: Final = re.compile(r"\A\s+|\s+\Z")
_MARKUP: Final = re.compile(
    r"\*|```|(?<!\w)_(?=\S)[^_\n]+(?<=\S)_(?!\w)|(?<!\w)~(?=\S)[^~\n]+(?<=\S)~(?!\w)|`[^`\n]+`"
)


def presence(scene: Scene) -> Iterator[Finding]:
    """Parts that must be there."""
    body = scene.parts.body
    if (body is not None and not body.text.strip()) or (
        body is None and scene.card is None and not _is_authentication(scene)
    ):
        yield scene.finding(Code.BODY_MISSING, Part.BODY)
    for text in scene.texts:
        if text.part is not Part.BODY and not text.passage.text.strip():
            yield scene.about(text, Code.TEXT_MISSING)
    yield from _sample(scene)


def _is_authentication(scene: Scene) -> bool:
    return scene.template.category is Category.AUTHENTICATION


def _sample(scene: Scene) -> Iterator[Finding]:
    header = scene.parts.header
    if header is None or header.kind not in FILES:
        return
    if not header.samples:
        yield scene.finding(Code.SAMPLE_MISSING, Part.HEADER)
    elif header.samples[0].strip().casefold().startswith(("http:", "https:", "data:", "file:")):
        yield scene.finding(Code.SAMPLE_IS_A_LINK, Part.HEADER)


def lengths(scene: Scene) -> Iterator[Finding]:
    """Every text against its limit."""
    texts = list(scene.all_texts)
    if scene.card is None and scene.template.offer is not None:
        texts.append(Text(Part.OFFER, scene.template.offer, OFFER_MAX))
    for text in texts:
        length = len(text.passage.text)
        if length > text.limit:
            span = (text.limit, length)
            yield scene.about(text, Code.TOO_LONG, span=span, length=length, limit=text.limit)


def signs(scene: Scene) -> Iterator[Finding]:
    """Characters that do not belong where they stand."""
    for text in scene.all_texts:
        if len(text.passage.text) > CHECKED_MAX or not text.text.strip():
            continue
        yield from _invisible(scene, text)
        yield from _body(scene, text) if text.part is Part.BODY else _one_line(scene, text)


def _invisible(scene: Scene, text: Text) -> Iterator[Finding]:
    """Control characters, tabs, runs of spaces, spaces at the ends."""
    if found := CONTROL.search(text.text):
        clean = CONTROL.sub(lambda sign: "\n" if sign[0][0] == "\r" else "", text.text)
        yield scene.about(
            text, Code.CONTROL_CHARACTERS, span=found.span(), fix=rewrite(text, clean)
        )
    if found := _GAPS.search(text.text):
        fix = rewrite(text, _GAPS.sub(" ", text.text))
        yield scene.about(text, Code.TABS_OR_SPACES, span=found.span(), fix=fix)
    if found := _EDGES.search(text.text):
        fix = rewrite(text, text.text.strip())
        yield scene.about(text, Code.EDGE_SPACES, span=found.span(), fix=fix)


def _one_line(scene: Scene, text: Text) -> Iterator[Finding]:
    """Header, footer and buttons: no line breaks, no emoji, no formatting."""
    inner = text.text.strip()
    if "\n" in inner:
        at = text.text.index(inner) + inner.index("\n")
        fix = rewrite(text, re.sub(r"\s*\n\s*", " ", inner))
        yield scene.about(text, Code.NEWLINES, span=(at, at + 1), fix=fix)
    if found := EMOJI.search(text.text):
        fix = rewrite(text, settled(without_emoji, text.text))
        yield scene.about(text, Code.EMOJIS_NOT_HERE, span=found.span(), fix=fix)
    if found := _MARKUP.search(masked(text.text)):
        yield scene.about(
            text, Code.MARKUP_NOT_HERE, span=found.span(), fix=rewrite(text, _plain(text.text))
        )


def _plain(text: str) -> str:
    """Without formatting signs. Each pass takes signs away, so it ends."""
    shown = masked(text)
    while found := _MARKUP.search(shown):
        first, last = found.start(), found.end() - 1
        drop = (
            {first, last}
            if found[0][0] in "_~`" and not found[0].startswith("```")
            else set(range(first, last + 1))
        )
        text = "".join(sign for at, sign in enumerate(text) if at not in drop)
        shown = "".join(sign for at, sign in enumerate(shown) if at not in drop)
    return text.strip()


def _body(scene: Scene, text: Text) -> Iterator[Finding]:
    if not any(sign.isalnum() for sign in EMOJI.sub("", masked(text.text))):
        yield scene.about(text, Code.BODY_WITHOUT_WORDS)
    emojis = EMOJI.findall(text.text)
    if len(emojis) > EMOJIS_MAX:
        span = list(EMOJI.finditer(text.text))[EMOJIS_MAX].span()
        yield scene.about(
            text, Code.EMOJIS_TOO_MANY, span=span, count=len(emojis), limit=EMOJIS_MAX
        )
    if found := _BLANK_LINES.search(text.text.strip()):
        at = text.text.index(text.text.strip()) + found.start()
        yield scene.about(
            text,
            Code.BLANK_LINES,
            span=(at, at + len(found[0])),
            fix=rewrite(text, _BLANK_LINES.sub("\n\n", text.text)),
        )
