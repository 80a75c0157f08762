"""Checks of how a template reads: promotion, secrets, shouting, length, foreign signs."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from sportello.rules.pricing import Category
from sportello.rules.template_checks_text import EMOJIS_MAX
from sportello.rules.template_codes import Code
from sportello.rules.template_scene import CHECKED_MAX, Scene, Text, rewrite
from sportello.rules.template_text import EMOJI, LINK, listed, settled, variables
from sportello.rules.template_values import Edit, Finding, Part, Write
from sportello.rules.template_words import (
    Hit,
    access_code,
    has_occasion,
    promotion,
    secret,
    without_occasion,
)

PERSON_MAX: Final = 550  # characters; phones fold a longer text behind "read more"
EMOJIS_OF_A_PERSON: Final = 4
EXCLAMATIONS_MAX: Final = 3


def purpose(scene: Scene) -> Iterator[Finding]:
    """What the words are for: promotion, access, secrets. Each once, where it is first seen."""
    if scene.template.category is Category.UTILITY:
        yield from _promotion(scene)
    yield from _first(scene, Code.LOOKS_LIKE_AUTHENTICATION, access_code)
    yield from _first(scene, Code.ASKS_SECRETS, secret)


def _promotion(scene: Scene) -> Iterator[Finding]:
    """Words that sell; or a hint of them, and not a word that says what the message is about."""
    fix = (Write(("category",), "MARKETING"),)
    found = list(_first(scene, Code.PROMOTIONAL, promotion, fix))
    body = scene.body
    if not found and body is not None and scene.card is None:
        others = [text.text for text in scene.texts if text.part is Part.HEADER]
        hit = without_occasion(body.text)
        if hit and not any(has_occasion(text) for text in others):
            found.append(_said(scene, body, Code.PROMOTIONAL, hit, fix))
    yield from found


def _said(scene: Scene, text: Text, code: Code, hit: Hit, fix: tuple[Edit, ...] = ()) -> Finding:
    words = " ".join(hit.words.split())[:80]
    return scene.about(text, code, span=(hit.start, hit.end), fix=fix, words=words)


def _first(
    scene: Scene,
    code: Code,
    look: Callable[[str], Hit | None],
    fix: tuple[Edit, ...] = (),
) -> Iterator[Finding]:
    for text in scene.all_texts:
        if hit := look(text.text):
            yield _said(scene, text, code, hit, fix)
            return


def loudness(scene: Scene) -> Iterator[Finding]:
    """Capitals, exclamation marks, emoji, length."""
    for text in scene.all_texts:
        if len(text.passage.text) <= CHECKED_MAX:
            yield from _capitals(scene, text)
            yield from _exclamations(scene, text)
    body = scene.body
    if body is None:
        return
    if PERSON_MAX < len(body.passage.text) <= body.limit:
        length = len(body.passage.text)
        span = (PERSON_MAX, length)
        yield scene.about(body, Code.LONG_FOR_A_PERSON, span=span, length=length)
    emojis = list(EMOJI.finditer(body.text))
    if EMOJIS_OF_A_PERSON < len(emojis) <= EMOJIS_MAX:
        span = emojis[EMOJIS_OF_A_PERSON].span()
        yield scene.about(body, Code.EMOJIS_MANY, span=span, count=len(emojis))


_CAPITALS: Final = re.compile(r"[A-ZÀ-Þ]{2}")
_ACRONYMS: Final = listed(
    "SRL SPA SNC SAS IBAN PDF SMS CAP PIN OTP INPS ASL USL URP FAQ GPS USB LED IVA ISEE SPID CIE "
    "PEC RSVP VIP ATM TV DVD HD OK ID UE EU USA UK LTD LLC INC"
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_SHOUTED_LETTERS: Final = 8


def _capitals(scene: Scene, text: Text) -> Iterator[Finding]:
    """Two or more words in a row, in capitals, that are no acronyms."""
    if _CAPITALS.search(text.text) is None:
        return
    runs = list(_shouted(text.text))
    if runs:
        first = text.text[runs[0][0] : runs[0][1]]
        fix = rewrite(text, _calmed(text.text, runs))
        yield scene.about(text, Code.SHOUTING, span=runs[0], fix=fix, words=first[:60])


def _shouted(text: str) -> Iterator[tuple[int, int]]:
    """From and to of each run of shouted words; a single capital between them is part of it."""
    spans = [(one.start, one.end) for one in variables(text)]
    run: list[re.Match[str]] = []
    for word in [*_WORD.finditer(text), None]:
        if word is not None and any(start < word.start() < end for start, end in spans):
            continue
        if word is not None and word[0].isupper() and word[0] not in _ACRONYMS:
            run.append(word)
            continue
        loud = [one for one in run if len(one[0]) > 1]
        if len(loud) > 1 and sum(len(one[0]) for one in loud) >= _SHOUTED_LETTERS:
            yield loud[0].start(), loud[-1].end()
        run = []


def _calmed(text: str, runs: list[tuple[int, int]]) -> str:
    """Small letters, but for the first of a sentence."""
    for start, end in reversed(runs):
        begins = not text[:start].strip() or text[:start].rstrip()[-1] in ".!?\n"
        calm = text[start:end].lower()
        text = text[:start] + (calm[:1].upper() + calm[1:] if begins else calm) + text[end:]
    return text


_RUN: Final = re.compile(r"[!?]*(?:!!|\?\?)[!?]*|[!?]{3,}")


def _exclamations(scene: Scene, text: Text) -> Iterator[Finding]:
    found = _RUN.search(text.text)
    marks = [at for at, sign in enumerate(text.text) if sign == "!"]
    if found is None and len(marks) <= EXCLAMATIONS_MAX:
        return
    calm = _RUN.sub(lambda run: "?" if "?" in run[0] else "!", text.text)
    for at in [at for at, sign in enumerate(calm) if sign == "!"][1:]:
        calm = f"{calm[:at]}.{calm[at + 1 :]}"
    span = found.span() if found else (marks[EXCLAMATIONS_MAX], marks[EXCLAMATIONS_MAX] + 1)
    yield scene.about(text, Code.EXCLAMATIONS, span=span, fix=rewrite(text, calm))


_FOREIGN: Final = (
    (re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*"), r"*\1*"),
    (re.compile(r"(?<!\w)__(?=\S)([^_\n]+?)(?<=\S)__(?!\w)"), r"_\1_"),
    (re.compile(r"<(?:b|strong)>\s*([^<\n]+?)\s*</(?:b|strong)>", re.IGNORECASE), r"*\1*"),
    (re.compile(r"<(?:i|em)>\s*([^<\n]+?)\s*</(?:i|em)>", re.IGNORECASE), r"_\1_"),
    (re.compile(r"<br\s*/?>\n?", re.IGNORECASE), "\n"),
    (
        re.compile(
            r"</?(?:b|i|u|p|div|span|strong|em|ul|li|h[1-6]|a)(?:\s[^<>\n]*)?>", re.IGNORECASE
        ),
        "",
    ),
    (re.compile(r"\[([^\]\n]+)\]\((https?://[^)\s]+)\)"), r"\1: \2"),
    (re.compile(r"(?m)^#{1,6}[ \t]+(?=\S)"), ""),
)


_SIGN: Final = re.compile(r"[*_~<\[#]")
# For each sign: a pair of it with the words between, and one that opens without a pair.
_PAIRS: Final = tuple(
    (
        re.compile(rf"(?<![\w{one}]){one}(?=[^\s{one}])([^{one}\n]*)(?<=\S){one}(?!\w)"),
        re.compile(rf"(?<![\w{one}]){one}(?=\w)"),
    )
    for one in (r"\*", "_", "~")
)


def markup(scene: Scene) -> Iterator[Finding]:
    """Signs of other markups, and WhatsApp's own without a partner; in the body alone."""
    body = scene.body
    if body is None or len(body.passage.text) > CHECKED_MAX or _SIGN.search(body.text) is None:
        return
    hits = [found for pattern, _ in _FOREIGN if (found := pattern.search(body.text))]
    if hits:
        first = min(hits, key=lambda found: found.start())
        yield scene.about(
            body,
            Code.MARKUP_FOREIGN,
            span=first.span(),
            fix=rewrite(body, settled(_native, body.text)),
            value=first[0].strip()[:40],
        )
    elif lonely := _unpaired(body.text):
        yield scene.about(
            body,
            Code.MARKUP_UNPAIRED,
            span=(lonely[0], lonely[0] + 1),
            fix=rewrite(body, settled(_paired, body.text)),
            value=body.text[lonely[0]],
        )


def _native(text: str) -> str:
    """The text in WhatsApp's own markup."""
    for pattern, better in _FOREIGN:
        text = pattern.sub(better, text)
    return text


def _paired(text: str) -> str:
    lonely = set(_unpaired(text))
    return "".join(sign for at, sign in enumerate(text) if at not in lonely)


def _unpaired(text: str) -> list[int]:
    """Positions of signs that open a style which nothing closes on their line."""
    for found in variables(text):
        text = text[: found.start] + "x" * (found.end - found.start) + text[found.end :]
    text = re.sub(r"`[^`]+`", lambda code: "x" * len(code[0]), text)
    text = LINK.sub(lambda link: "x" * len(link[0]), text)
    lonely: list[int] = []
    for pair, opener in _PAIRS:
        bare = pair.sub(lambda found: f" {found[1]} ", text)
        lonely.extend(hit.start() for hit in opener.finditer(bare))
    return sorted(lonely)
