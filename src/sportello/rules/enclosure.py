"""A file of one's own for each person of a campaign: what their column says, and whether it fits.

A cell holds a link, or the name of a file that was given with the campaign. Which files a header
takes is Meta's word. Source: reference, sending 2.6 and 3 (table of media).
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sportello.rules import files
from sportello.rules.files import FileKind, Flaw
from sportello.rules.template_values import HeaderKind

# A link as long as the guarded client asks for, see fetching.addresses.
REFERENCE_MAX: Final = 1_000
# Of one campaign: each is kept, and brought to Meta by itself.
DIFFERENT_MAX: Final = 20_000
_LINKS: Final = ("http://", "https://")
_PICTURES: Final = frozenset({"image/jpeg", "image/png"})
_FILMS: Final = frozenset({"video/mp4", "video/3gpp"})


class Lack(StrEnum):
    """Why somebody gets nothing for want of their file. Stable: pages put it into words."""

    MISSING = "media_missing"
    UNKNOWN = "media_unknown"
    UNREACHABLE = "media_unreachable"
    UNFIT = "media_unfit"
    TOO_MANY = "media_too_many"


@dataclass(frozen=True, slots=True)
class Reference:
    """What a cell names: the same file wherever it reads the same."""

    text: str
    is_link: bool

    @property
    def key(self) -> str:
        """Of one length, however long a link is."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def reference(cell: str) -> Reference | None:
    """None for an empty cell. A name counts without its folder, and small as large.

    What is too long to be either names a file that nobody has given.
    """
    told = cell.strip()
    if not told:
        return None
    if told.lower().startswith(_LINKS):
        return Reference(told[: REFERENCE_MAX + 1], is_link=True)
    name = told.replace("\\", "/").rpartition("/")[2]
    plain = unicodedata.normalize("NFC", name).casefold()
    return Reference(plain[:REFERENCE_MAX], is_link=False)


def flaw(header: HeaderKind, mime_type: str, size: int) -> Flaw | None:
    """Why the header would not carry so many bytes of this type; None where it would."""
    found = files.flaw_of(mime_type, size)
    if found is not None:
        return found
    return None if _takes(header, mime_type) else Flaw.NOT_FOR_THIS_HEADER


def _takes(header: HeaderKind, mime_type: str) -> bool:
    match header:
        case HeaderKind.IMAGE:
            return mime_type in _PICTURES
        case HeaderKind.VIDEO | HeaderKind.GIF:
            return mime_type in _FILMS
        case HeaderKind.DOCUMENT:
            return files.kind_of(mime_type) is FileKind.DOCUMENT
        case _:
            return False
