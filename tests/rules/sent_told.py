"""Labelled templates as they are filled, sent and shown: the golden lines.

`python -m tests.rules.sent_told` writes them anew, for a person to read what differs. Of each shape
of template (header, variables, buttons, cards) the first one is told: what it needs, what an empty
filling lacks, what is wrong with a bad one, the request of a good one and what its customer sees.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from sportello.rules.template_match import Filling, Needs, gaps, needs
from sportello.rules.template_parse import parse
from sportello.rules.template_send import HeaderFile, body_of, fits, is_sendable, shown
from sportello.rules.template_values import FILES, HeaderKind, Parts, Template
from tests.rules.template_labels import rows

FILE: Final = Path(__file__).parent / "data" / "sent.txt"
_FILES: Final = (
    HeaderFile(file_id=7, filename="listino.pdf"),
    HeaderFile(media_id="4001"),
    HeaderFile(link="https://example.com/a", filename="a.bin"),
)


def told() -> Iterator[str]:
    seen: set[tuple[object, ...]] = set()
    for row in rows():
        template = parse(row.template)
        if template.flaws or _shape(template) in seen:
            continue
        seen.add(_shape(template))
        yield from (f"{row.id} {line}" for line in _lines(template))


def _shape(template: Template) -> tuple[object, ...]:
    wanted = needs(template.parts)
    return (
        wanted.media,
        len(wanted.header),
        min(len(wanted.body), 2),
        template.named,
        bool(template.parts.footer),
        tuple(button.kind for button in template.parts.buttons)[:2],
        wanted.buttons,
        template.has_cards,
        template.offer is None,
        template.category,
    )


def _lines(template: Template) -> Iterator[str]:
    wanted = needs(template.parts)
    good, bad = _good(template), _bad(wanted)
    yield f"needs | {wanted.header} {wanted.media} {wanted.body} {wanted.buttons}"
    for name, filling in (("nothing", Filling()), ("bad", bad), ("good", good)):
        found = (
            f"{gap.code.value} {gap.part.value} {gap.answers} {gap.message}"
            f"{'' if gap.card is None else f' (card {gap.card})'}"
            for gap in gaps(template, filling)
        )
        yield f"{name} | {'; '.join(found) or 'fits'}"
    if not is_sendable(template):
        yield "not sent from here"
        return
    for media in _FILES if wanted.media in FILES else (None,):
        body = body_of(template, good, media)
        yield f"body | {_compact(body)} {fits(template, body)}"
        yield f"shown | {_compact(shown(template, good, media))}"


def _good(template: Template) -> Filling:
    cards = tuple(_of(card) for card in template.cards)
    return replace(_of(template.parts), cards=cards)


def _of(parts: Parts) -> Filling:
    wanted = needs(parts)
    return Filling(
        body={name: f"B{name}" for name in wanted.body},
        header={name: f"H{name}" for name in wanted.header},
        media=wanted.media,
        buttons={index: f"V{index}" for index in wanted.buttons},
    )


def _bad(wanted: Needs) -> Filling:
    """A value too many and one with a line break, the wrong file, a button that is not there."""
    return Filling(
        body=dict.fromkeys(wanted.body, "a\nb") | {"altro": "c"},
        header=dict.fromkeys(wanted.header, " ") | {"altro": "c"},
        media=HeaderKind.DOCUMENT if wanted.media is not HeaderKind.DOCUMENT else HeaderKind.IMAGE,
        buttons=dict.fromkeys(wanted.buttons, "a b") | {9: "c"},
    )


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


if __name__ == "__main__":
    FILE.write_text("\n".join(told()) + "\n", encoding="utf-8")
