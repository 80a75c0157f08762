"""What a bubble shows beside its words, as the template draws it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeenButton:
    """A button under a template. `target`: where it leads or what it copies, as words."""

    icon: str
    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A template as the customer sees it; `media`: picture, film, file, or "" for none.

    `file_id` is None for a file that only Meta has: then `filename` or its kind stands for it.
    """

    heading: str
    media: str
    file_id: int | None
    filename: str
    body: str
    footer: str
    buttons: tuple[SeenButton, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind`: words, picture, sound, film, file, coming, missing, place, cards, choice, form,
    order, event, gone, template, unsupported. `cards`: pairs of a line and what stands under it.
    """

    kind: str
    title: str = ""
    detail: str = ""
    url: str = ""
    media_id: int | None = None
    cards: tuple[tuple[str, str], ...] = ()
    # The message's text repeats in words what this shows.
    says_all: bool = False
    # Of a template.
    seen: Seen | None = None
