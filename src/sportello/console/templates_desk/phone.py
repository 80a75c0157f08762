"""A template as the customer's phone shows it: its words in the template's own language."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from sportello.console.templates_desk.findings import digest
from sportello.rules.template import parse
from sportello.rules.template_match import Filling, filled
from sportello.rules.template_values import FILES, Button, ButtonKind, Parts, Passage
from sportello.schema.files import File

# With more, a phone shows the first two and a list. Source: reference templates 4.3.
_BUTTONS_SHOWN: Final = 3
_SHOWN_BEFORE_LIST: Final = 2
_LANGUAGES: Final = frozenset({"it", "en"})
_CARDS_MAX: Final = 10  # Source: reference templates 4.9


@dataclass(frozen=True, slots=True)
class Tap:
    """A button as it is drawn: what it says, and where it leads."""

    icon: str
    words: str
    leads: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One card of a carousel; `media` as the phone's."""

    media: str
    body: str
    taps: tuple[Tap, ...]


_DRAWN: Final[Mapping[ButtonKind, Tap]] = {
    ButtonKind.QUICK_REPLY: Tap(icon="arrow-back-up", words="…"),
    ButtonKind.URL: Tap(icon="external-link", words="…"),
    ButtonKind.PHONE_NUMBER: Tap(icon="phone", words="…"),
    ButtonKind.COPY_CODE: Tap(icon="copy", words="…"),
    ButtonKind.OTP: Tap(icon="copy", words="…"),
}
_OTHER: Final = Tap(icon="hand-click", words="…")


@dataclass(frozen=True, slots=True)
class Phone:
    """`media`: the kind of the header's file, "" for none; `picture`: the sample's id if it can be
    shown. `offer`: the line of a limited-time offer. `key` changes when anything shown does.
    """

    sender: str
    language: str
    header: str
    media: str
    picture: int | None
    filename: str
    body: str
    footer: str
    taps: tuple[Tap, ...]
    is_list: bool
    is_empty: bool
    offer: str
    cards: tuple[Card, ...]
    key: str


def phone_of(
    body: object, sender: str, sample: File | None = None, filling: Filling | None = None
) -> Phone:
    """Of Meta's creation body; its examples stand where values will, unless these are given."""
    read = parse(body)
    parts = read.parts
    shown = filled(parts, filling or Filling(_values(parts.body), _header_values(parts)))
    media = _media(parts)
    offer = read.offer.text if read.offer is not None else ""
    cards = tuple(_card(card, read.language) for card in read.cards[:_CARDS_MAX])
    taps = _taps(parts, read.language)
    is_picture = sample is not None and media == "IMAGE" and sample.mime_type.startswith("image/")
    return Phone(
        sender=sender,
        language=read.language.replace("_", "-"),
        header=shown.header,
        media=media,
        picture=sample.pk if sample is not None and is_picture else None,
        filename=sample.filename if sample is not None else "",
        body=shown.body,
        footer=shown.footer,
        taps=taps if len(taps) <= _BUTTONS_SHOWN else taps[:_SHOWN_BEFORE_LIST],
        is_list=len(taps) > _BUTTONS_SHOWN,
        is_empty=not (shown.header or shown.body or shown.footer or media or taps or cards),
        offer=offer,
        cards=cards,
        key=digest((shown, media, sample and sample.pk, taps, sender, read.language, offer, cards)),
    )


def list_words(language: str) -> str:
    """What stands on the last line when the buttons became a list."""
    with _in(language):
        return _("See all options")


def _media(parts: Parts) -> str:
    header = parts.header
    return header.kind.value if header is not None and header.kind in FILES else ""


def _card(parts: Parts, language: str) -> Card:
    shown = filled(parts, Filling(_values(parts.body)))
    return Card(_media(parts), shown.body, _taps(parts, language))


def _values(passage: Passage | None) -> dict[str, str]:
    if passage is None:
        return {}
    return {name: value for name, value in passage.examples if value.strip()}


def _header_values(parts: Parts) -> dict[str, str]:
    return _values(parts.header.text) if parts.header is not None else {}


def _taps(parts: Parts, language: str) -> tuple[Tap, ...]:
    return tuple(_tap(button, language) for button in parts.buttons)


def _tap(button: Button, language: str) -> Tap:
    text = button.text
    if button.kind is ButtonKind.COPY_CODE:
        with _in(language):
            text = _("Copy code")
    drawn = _DRAWN.get(button.kind, _OTHER)
    return replace(drawn, words=text or drawn.words, leads=button.target)


def _in(language: str) -> translation.override:
    """A phone set to the template's language; in ours where we do not speak it."""
    base = language.partition("_")[0]
    return translation.override(base if base in _LANGUAGES else None)
