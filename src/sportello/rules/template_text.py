"""What a template's text is made of: variables, emoji, words, links, signs, and language."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

NAME: Final = re.compile(r"[a-z0-9_]+")
POSITION: Final = re.compile(r"[1-9][0-9]{0,2}")
_BRACED: Final = re.compile(r"\{+[^{}\n]{0,80}\}+|\{\{+|\}\}+")
_EXACT: Final = re.compile(r"\{\{([^{}\s]+)\}\}")
_SINGLE: Final = re.compile(r"\{\s*[a-zA-Z0-9_]+\s*\}")
WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
LINK: Final = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]{1,2000}|\b(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}/[^\s<>\"]*",
    re.IGNORECASE,
)
_PICTURE: Final = r"[\U0001F000-\U0001FAFF\u2600-\u27BF\u231A\u231B\u23E9-\u23F3\u2B50\u2B55]"
EMOJI: Final = re.compile(
    rf"[\U0001F1E6-\U0001F1FF]{{2}}"
    rf"|{_PICTURE}[\uFE0F\U0001F3FB-\U0001F3FF]*(?:\u200D{_PICTURE}[\uFE0F\U0001F3FB-\U0001F3FF]*)*"
    r"|[0-9#*]\uFE0F?\u20E3|[\u00A9\u00AE\u203C\u2049\u2122\u2190-\u21FF\u25A0-\u25FF]\uFE0F"
)
CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0080-\u009f\u2028\u2029\ufeff]|\r\n?"
)
UNUSABLE: Final = re.compile(r"[\n\r\t]| {5,}|\{\{|\}\}")


def listed(words: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(words.split())


@dataclass(frozen=True, slots=True)
class Braces:
    """Something in braces: `name` as written between them, `good` when it is a variable's form."""

    name: str
    start: int
    end: int
    good: bool


@lru_cache(maxsize=64)
def braces(text: str) -> tuple[Braces, ...]:
    """All that looks like a variable, in order. A single brace around other words is only text."""
    if "{" not in text and "}" not in text:
        return ()
    found = []
    for match in _BRACED.finditer(text):
        whole = match[0]
        exact = _EXACT.fullmatch(whole)
        name = exact[1] if exact else whole.strip("{} ")
        if exact or not _is_only_text(whole):
            found.append(Braces(name, match.start(), match.end(), good=exact is not None))
    return tuple(found)


def _is_only_text(whole: str) -> bool:
    one_pair = whole.count("{") == whole.count("}") == 1
    return one_pair and _SINGLE.fullmatch(whole) is None


def variables(text: str) -> tuple[Braces, ...]:
    """The well-formed variables in order; a repeated one comes again."""
    return tuple(one for one in braces(text) if one.good) if "{{" in text else ()


def names(text: str) -> tuple[str, ...]:
    """The variables' names in order of first appearance, each once."""
    return tuple(dict.fromkeys(one.name for one in variables(text)))


@lru_cache(maxsize=64)
def masked(text: str) -> str:
    """The text with each variable as spaces of the same length: positions stay."""
    for one in variables(text):
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def plain_name(name: str) -> str:
    """The nearest name that Meta takes; empty when nothing of it is left."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    ascii_only = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")


def collapsed(text: str) -> str:
    """One line, one space between words, none at the ends."""
    return " ".join(text.split())


def settled(change: Callable[[str], str], text: str) -> str:
    """The text changed until nothing changes any more; as it was, if that does not come soon."""
    now = text
    for _ in range(SETTLED_AFTER):
        new = change(now)
        if new == now:
            return now
        now = new
    return text


def without_emoji(text: str) -> str:
    """The text without emoji, and without the gaps that they leave."""
    bare = EMOJI.sub("", text).replace("\ufe0f", "").replace("\u200d", "")
    return re.sub(r" {2,}", " ", bare).strip()


_FUNCTION_WORDS: Final = {
    "it": listed(
        "il lo la gli le un una di del della dei delle dello nel nella al alla ai alle dal dalla "
        "sul sulla che non per con è sono ha hai abbiamo suo sua suoi tuo tua tuoi vostro ci si "
        "la questo questa grazie buongiorno ciao gentile e o ma se può puoi oggi domani più "
        "anche come quando siamo ora alle presso nostro nostra nostri"
    ),
    "en": listed(
        "the a an of to in on at is are was be been has have had your you we our us it this that "
        "for with from and or but if can will not please thank thanks hello hi dear today "
        "tomorrow more when as by any all here there would could should do does did"
    ),
}
_ENOUGH: Final = 4
SETTLED_AFTER: Final = 100  # rounds


def language_of(text: str) -> str | None:
    """`it` or `en` when little words clearly say so; None for anything else, or too few."""
    words = [word.casefold() for word in WORD.findall(masked(text))]
    score = {
        language: sum(word in common for word in words)
        for language, common in _FUNCTION_WORDS.items()
    }
    best, other = sorted(score, key=lambda language: -score[language])
    return best if score[best] >= _ENOUGH and score[best] >= 3 * score[other] else None
