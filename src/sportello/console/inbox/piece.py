"""What a bubble shows beside its words, as the template draws it."""

from dataclasses import dataclass

from django.urls import reverse


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
    # A file of ours (`schema.files.File`), where it is none that a customer sent.
    file_id: int | None = None
    cards: tuple[tuple[str, str], ...] = ()
    # The message's text repeats in words what this shows.
    says_all: bool = False
    # Of a template.
    seen: Seen | None = None
    # Of a customer's file: what a machine made of it.
    label: str = ""
    told: str = ""

    @property
    def address(self) -> str:
        """Where the file lies, the customer's or ours."""
        if self.file_id is not None:
            return reverse("inbox:file", args=[self.file_id])
        return reverse("inbox:media", args=[self.media_id])
