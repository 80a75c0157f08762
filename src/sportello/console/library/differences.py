"""Two texts word by word: what stays, what goes, what comes."""

import difflib
import re
from dataclasses import dataclass
from typing import Final

_LENGTH_MAX: Final = 6_000


@dataclass(frozen=True, slots=True)
class Part:
    """`kind`: same, gone or new."""

    kind: str
    text: str


def difference(before: str, after: str) -> tuple[Part, ...]:
    """In reading order. Texts are cut at 6,000 characters: the comparison is not linear."""
    old, new = (re.findall(r"\s+|\S+", text[:_LENGTH_MAX]) for text in (before, after))
    parts: list[Part] = []
    for kind, from_old, to_old, from_new, to_new in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            parts.append(Part("same", "".join(old[from_old:to_old])))
            continue
        gone, come = "".join(old[from_old:to_old]), "".join(new[from_new:to_new])
        parts += [Part("gone", gone)] if gone else []
        parts += [Part("new", come)] if come else []
    return tuple(parts)
