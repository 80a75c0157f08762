"""Whether a text that a model wrote may be sent: all it states must stand in what it cites.

A pure check, whatever the model was told by whomever: it looks at the words alone. Source:
reference, answering 5 and security 4.4 and 4.7.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sportello.rules.stated_facts import Kind, plain, stated

LENGTH_MAX: Final = 1_800
_LEAK_WORDS: Final = 8


class Fault(StrEnum):
    """Why an answer may not be sent."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    INVENTED = "invented"
    ADDRESS = "address"
    PROMISE = "promise"
    MARKUP = "markup"
    HIDDEN = "hidden"
    LEAK = "leak"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Finding:
    """`said`: the words in question, for the one repair that a model is granted."""

    fault: Fault
    said: str


def findings(
    text: str, cited: str, *, forbidden: Sequence[str] = (), instructions: str = ""
) -> tuple[Finding, ...]:
    """All that is wrong with an answer; none where it may be sent.

    `cited`: the passages it names as its sources, their titles and addresses included.
    `forbidden`: what the company never says. `instructions`: what the model was told, which must
    not show.
    """
    if not text.strip():
        return (Finding(Fault.EMPTY, ""),)
    found = [Finding(Fault.TOO_LONG, "")] if len(text) > LENGTH_MAX else []
    found += [Finding(Fault.HIDDEN, "") for _ in range(int(any(map(_is_hidden, text))))]
    found += [Finding(Fault.MARKUP, match[0]) for match in _MARKUP.finditer(text)]
    found += _unfounded(text, cited)
    found += _promises(text, cited)
    found += [Finding(Fault.FORBIDDEN, one) for one in forbidden if _says(text, one)]
    if instructions and _leaks(text, instructions, cited):
        found.append(Finding(Fault.LEAK, ""))
    return tuple(dict.fromkeys(found))


def _unfounded(text: str, cited: str) -> list[Finding]:
    known = {(fact.kind, fact.value) for fact in stated(cited)}
    return [
        Finding(Fault.ADDRESS if fact.kind in _ADDRESSES else Fault.INVENTED, fact.said)
        for fact in stated(text)
        if (fact.kind, fact.value) not in known
    ]


def _promises(text: str, cited: str) -> list[Finding]:
    """Deeds that nobody will do, or did; unless the company's own text says the same words."""
    told = plain(cited)
    return [
        Finding(Fault.PROMISE, match[0])
        for match in _PROMISE.finditer(plain(text))
        if match[0] not in told
    ]


def _says(text: str, phrase: str) -> bool:
    wanted = " ".join(plain(phrase).split())
    said = " ".join(plain(text).split())
    return bool(wanted) and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", said) is not None


def _leaks(text: str, instructions: str, cited: str) -> bool:
    """Whether eight words of the instructions stand in the answer, in their order."""
    said, known = _words(text), _words(cited)
    told = instructions and _words(instructions).split()
    runs = (
        " ".join(told[place : place + _LEAK_WORDS]) for place in range(len(told) - _LEAK_WORDS + 1)
    )
    return any(run in said and run not in known for run in runs)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", plain(text)))


def _is_hidden(sign: str) -> bool:
    """What nobody sees: control signs, and those that turn or join; emoji need the joiner."""
    if sign in "\n\u200d":
        return False
    return unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs"}


_ADDRESSES: Final = frozenset({Kind.LINK, Kind.MAIL, Kind.PHONE})
_MARKUP: Final = re.compile(r"!?\[[^\]\n]{0,200}\]\([^)\n]{0,500}\)|<[a-zA-Z/!][^>\n]{0,200}>|```")

_OUR_DEEDS: Final = (
    r"rimborsat\w|annullat\w|cancellat\w|prenotat\w|spedit\w|inviat\w|modificat\w|registrat\w"
    r"|confermat\w|attivat\w|segnalat\w|inoltrat\w|avvisat\w|aggiornat\w|riservat\w|sbloccat\w"
    r"|provveduto|applicat\w|accreditat\w"
)
_DEEDS_EN: Final = (
    r"refunded|cancel+ed|booked|reserved|shipped|sent|changed|updated|confirmed|activated"
    r"|forwarded|reported|notified|credited|applied|scheduled|arranged|unlocked|issued|processed"
)
_PROMISE: Final = re.compile(
    rf"\b(?:ho|abbiamo|è stat[oa]|sono stat[ie]) (?:già |appena |subito )?(?:{_OUR_DEEDS})\b"
    # The first person of the future: whatever "we" or "I" shall do, nobody has been told to do it.
    r"|\b(?!(?:saremo|sarò|estremo|supremo|remo)\b)\w+(?:erò|irò|arò|rrò|eremo|iremo|aremo|rremo)\b"
    r"|\b(?:le|ti|vi) (?:farò|faremo|faccio|facciamo) sapere\b"
    r"|\b(?:ci penso io|me ne occupo|provvedo|provvediamo|garantisco|garantiamo|prometto"
    r"|promettiamo|glielo assicuro|te lo assicuro)\b"
    rf"|\b(?:i|we)(?:'ve|’ve| have)? (?:just |already |now )?(?:{_DEEDS_EN})\b"
    rf"|\b(?:has|have) been (?:{_DEEDS_EN})\b"
    r"|\b(?:i|we)(?:'ll|’ll| will) (?!be (?:happy|glad)\b)\w+"
    r"|\b(?:i|we) (?:promise|guarantee)\b"
    r"|\b(?:someone|a colleague|our team) will (?:call|contact|write|get back)\b"
)
