"""What every reader yields, and how it says that it cannot read.

`Unreadable` is the one exception of this package; its `code` is stable and has words on the pages.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

TEXT_LENGTH_MAX: Final = 3_000_000


class Code(StrEnum):
    """Why a file gave no text."""

    UNKNOWN_KIND = "unknown_kind"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PASSAGES = "too_many_passages"
    SWELLS = "swells"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    NO_TEXT = "no_text"
    TOO_SLOW = "too_slow"
    TOO_MUCH_MEMORY = "too_much_memory"


class Unreadable(Exception):  # noqa: N818  # an expected end
    """A file that gives no text. Trying again would not help."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


class Kind(StrEnum):
    HEADING = "heading"
    TEXT = "text"
    # A line of a list or of a table: kept whole, and together with its neighbours.
    LINE = "line"
    # A question with its answer, as the author marked them.
    FAQ = "faq"


@dataclass(frozen=True, slots=True)
class Block:
    """`level`: of a heading, 1 to 6; `guessed` where only its looks say that it is one. `asked`:
    the question of a FAQ; its text is the answer.
    """

    kind: Kind
    text: str
    level: int = 0
    asked: str = ""
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """A file as its blocks. `language`: "" where the file does not say. `links`: a page's."""

    title: str
    blocks: tuple[Block, ...]
    language: str = ""
    links: tuple[str, ...] = ()


def heading(text: str, level: int = 2, *, guessed: bool = False) -> Block:
    return Block(Kind.HEADING, flat(text)[:300], level=level, guessed=guessed)


def flat(text: str) -> str:
    """On one line, with single blanks."""
    return " ".join(text.split())
