"""Two texts word by word: what stays, what goes, what comes."""

import difflib
import re
from dataclasses import dataclass
from typing import Final

_LENGTH_MAX: Final = 6_000
_SHARED_MIN: Final = 0.4


@dataclass(frozen=True, slots=True)
class Part:
    """`kind`: same, gone or new."""

    kind: str
    text: str


def difference(before: str, after: str) -> tuple[Part, ...]:
    """In reading order; two texts that share little stand whole, one after the other. Texts are cut
    at 6,000 characters: the comparison is not linear.
    """
    old, new = (re.findall(r"\s+|\S+", text[:_LENGTH_MAX]) for text in (before, after))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if _shares_little(old, new, matcher):
        return Part("gone", "".join(old)), Part("same", "\n"), Part("new", "".join(new))
    parts: list[Part] = []
    for kind, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if kind == "equal":
            parts.append(Part("same", "".join(old[from_old:to_old])))
            continue
        gone, come = "".join(old[from_old:to_old]), "".join(new[from_new:to_new])
        parts += [Part("gone", gone)] if gone else []
        parts += [Part("new", come)] if come else []
    return tuple(parts)


def _shares_little(old: list[str], new: list[str], matcher: difflib.SequenceMatcher[str]) -> bool:
    """Word by word such texts read like neither of them."""
    words = [sum(not part.isspace() for part in text) for text in (old, new)]
    shared = sum(
        not part.isspace()
        for start, _, size in matcher.get_matching_blocks()
        for part in old[start : start + size]
    )
    return min(words) > 0 and shared < _SHARED_MIN * max(words)
