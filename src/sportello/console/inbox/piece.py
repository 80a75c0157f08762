"""What a bubble shows beside its words, as the template draws it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind`: words, picture, sound, film, file, coming, missing, place, cards, choice, form,
    order, event, gone, unsupported. `cards`: pairs of a line and what stands under it.
    """

    kind: str
    title: str = ""
    detail: str = ""
    url: str = ""
    media_id: int | None = None
    cards: tuple[tuple[str, str], ...] = ()
    # The message's text repeats in words what this shows.
    says_all: bool = False
