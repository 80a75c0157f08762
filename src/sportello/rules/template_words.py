"""The words by which a template is judged: promotion, access codes, requests for secrets.

Italian and English, whatever the template's language. A price word alone does not make promotion:
what was already done (“sconto applicato al suo ordine”), what is denied (“nessuno sconto”) and what
is merely free of charge (“può disdire gratis”) are left in peace. Source of the distinction:
reference templates 4.4 (utility = not promotional and specific to the user).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from sportello.rules.template_lexicon import BUSINESS, CALL, FREE, KINDS, OCCASION, PRICE
from sportello.rules.template_text import WORD, masked


class Cue(Enum):
    """How a phrase counts."""

    PRICE = auto()  # promotion, unless denied or already done
    FREE = auto()  # promotion, unless denied, done, or a service of the same order
    CALL = auto()  # promotion, whatever stands around


@dataclass(frozen=True, slots=True)
class Hit:
    """Words found, and where."""

    words: str
    start: int
    end: int


_NEGATION: Final = re.compile(
    r"\b(?:non(?!\s+solo)|nessun\w*|senza|alcun\w*|né|no|not(?!\s+only)|without|never"
    r"|\w+n['’]t)\s+(?:[\w'’]+\s+){0,4}$",
    re.IGNORECASE,
)
_DENIED_AFTER: Final = re.compile(
    r"^[^,;:]{0,60}?\b(?:non\s+(?:è|sono|era|erano|può|risulta|vale|sarà|si\s+applica|comprende)"
    r"|(?:is|are|was|were|does|do|can|could)(?:\s+not|n['’]t)|cannot)\b",
    re.IGNORECASE,
)
_DONE: Final = re.compile(
    r"\b(?:applicat|inclus|compres|detratt|riconosciut|accreditat|calcolat|utilizzat|riscattat"
    r"|annullat|rimborsat|attivat|richiest|sottoscritt|accettat|stornat|scadut)[oaie]\b"
    r"|\b(?:applied|included|deducted|credited|redeemed|refunded|cancell?ed|activated|accepted"
    r"|requested|signed|expired|subtracted)\b",
    re.IGNORECASE,
)
_TO_COME: Final = re.compile(
    r"\b(?:prossim\w+|subito|adesso|usal[oaie]|usa|utilizzal\w+|entro|valid[oaie]|su\s+tutt\w+"
    r"|fino\s+al|oltre|sopra|a\s+partire|next|now|hurry|use\s+it|use\s+code|until|over|on\s+all"
    r"|valid|ogni\s+acquisto|every\s+(?:order|purchase))\b",
    re.IGNORECASE,
)
_FOR_ALL: Final = re.compile(
    r"\b(?:su\s+tutt\w+|oltre|sopra|da\s+\d+|over|on\s+all|ogni|every|weekend|settimana"
    r"|prossim\w+\s+(?:acquist|ordin|prenotazion|visit)\w+|next\s+(?:order|purchase|visit|booking))\b",
    re.IGNORECASE,
)
_SERVICE: Final = re.compile(
    r"\b(?:consegn|spedizion|res[oi]|ritir|cancell|annull|disd|parchegg|assistenz|numero\s+verde"
    r"|garanzi|chiamat|wi-?fi|sopralluog|modific|spost|rimbors|riparaz|recess|deliver"
    r"|shipping|return|cancel|parking|replac|repair|chang|reschedul|pick|charge|refund|colazion"
    r"|breakfast|controll|revision|posto\s+auto|posteggi|navett|shuttle)\w*"
    r"|\b(?:prova|periodo)\s+(?:di\s+prova\s+)?gratuit\w[^.!?]{0,60}\b(?:scad|termin)"
    r"|\bfree\s+trial\b[^.!?]{0,60}\b(?:end|expir)",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"[.!?](?=\s|$)|\n")


def _group(phrases: str, name: str) -> str:
    return f"(?P<{name}>{'|'.join(line for line in phrases.splitlines() if line)})"


def _compiled(groups: Mapping[str, str]) -> re.Pattern[str]:
    words = "|".join(_group(phrases, name) for name, phrases in groups.items())
    return re.compile(rf"(?<![\w@])(?:{words})(?!\w)", re.IGNORECASE)


def _beginning(*words: str) -> re.Pattern[str]:
    lines = (line for text in words for line in text.splitlines() if line)
    return re.compile(rf"\b(?:{'|'.join(lines)})", re.IGNORECASE)


_CUES: Final = _compiled({"CALL": CALL, "PRICE": PRICE, "FREE": FREE})
_HINTS: Final = _compiled(KINDS)
_BUSINESS: Final = _beginning(BUSINESS)
_OCCASION: Final = _beginning(BUSINESS, OCCASION)
_WORDS_MIN: Final = 6  # fewer say too little to be judged by what they do not say
# Two kinds of hints in one sentence make promotion, three where the sentence is about something
# that the customer ordered, booked or asked for, or where they are spread over the text.
_ENOUGH: Final = 2
_ENOUGH_IN_BUSINESS: Final = 3
_ENOUGH_IN_ALL: Final = 3


def promotion(text: str) -> Hit | None:
    """The first words that make a text promotion; None when nothing does."""
    for found in _CUES.finditer(text):
        if not _is_excused(text, Cue[str(found.lastgroup)], found.start(), found.end()):
            return Hit(found[0], found.start(), found.end())
    return _suggestion(text)


def _suggestion(text: str) -> Hit | None:
    """The first sentence with enough hints of different kinds: from its first hint to the last."""
    hints = list(_HINTS.finditer(text))
    if len({hint.lastgroup for hint in hints}) >= _ENOUGH_IN_ALL:
        return _between(text, hints)
    ends = [found.end() for found in _SENTENCE.finditer(text)] if hints else []
    for end in [*ends, len(text)]:
        inside = [hint for hint in hints if hint.start() < end]
        hints = hints[len(inside) :]
        kinds = {hint.lastgroup for hint in inside}
        if len(kinds) < _ENOUGH:
            continue
        start = max((one for one in ends if one <= inside[0].start()), default=0)
        is_business = _BUSINESS.search(text, start, end) is not None
        if len(kinds) >= (_ENOUGH_IN_BUSINESS if is_business else _ENOUGH):
            return _between(text, inside)
    return None


def _between(text: str, hints: list[re.Match[str]]) -> Hit:
    start, end = hints[0].start(), hints[-1].end()
    return Hit(text[start:end], start, end)


def without_occasion(text: str) -> Hit | None:
    """A hint of promotion in a text that nowhere says what it is about: no order, appointment,
    request, change or notice. Utility must be about one (reference templates 4.4).
    """
    hints = list(_HINTS.finditer(text))
    if not hints or len(WORD.findall(masked(text))) < _WORDS_MIN:
        return None
    return None if has_occasion(text) else _between(text, hints)


def has_occasion(text: str) -> bool:
    """Whether some word says what the message is about."""
    return _OCCASION.search(text) is not None


def _is_excused(text: str, cue: Cue, start: int, end: int) -> bool:
    """Denied, already done, or a service of the order at hand."""
    if cue is Cue.CALL:
        return False
    sentence, at = _sentence(text, start, end)
    if _NEGATION.search(sentence[:at]) or _DENIED_AFTER.search(sentence[at + end - start :]):
        return True
    if cue is Cue.FREE and _SERVICE.search(sentence) and not _FOR_ALL.search(sentence):
        return True
    return _DONE.search(sentence) is not None and not _TO_COME.search(sentence)


def _sentence(text: str, start: int, end: int) -> tuple[str, int]:
    """The sentence around, and where in it the words begin."""
    before = [found.end() for found in _SENTENCE.finditer(text, 0, start)]
    after = _SENTENCE.search(text, end)
    first = before[-1] if before else 0
    return text[first : after.start() if after else len(text)], start - first


_CODE: Final = re.compile(
    r"\b(?:codice\s+(?:di\s+)?(?:verifica|sicurezza|autenticazione|otp|monouso|login)"
    r"|codice\s+di\s+accesso(?!\s+(?:al|alla|allo|all|ai|della|del|dell)\b)"
    r"|password\s+(?:temporanea|monouso)|verification\s+code|one[\s-]time\s+(?:password|code|passcode)"
    r"|(?:login|security|sign-in)\s+code|passcode|otp)\b[^\n{]{0,40}\{\{",
    re.IGNORECASE,
)


def access_code(text: str) -> Hit | None:
    """Words that announce a code to sign in with, and the variable that carries it."""
    found = _CODE.search(text)
    return Hit(found[0][:-2].strip(), found.start(), found.end() - 2) if found else None


_SECRET: Final = re.compile(
    r"\b(?:invi(?:a|i|are|arci|aci|ateci)|comunic(?:a|hi|are|aci|arci|ateci)|inserisc[aio]\w*|inserire"
    r"|forni(?:sca|sci|re|rci|scici)|mand(?:a|i|aci|arci|ateci)|scriv(?:a|i|ici|erci|eteci)"
    r"|indic(?:a|hi|are|aci|arci)|rispond(?:a|i|ere|ete)\s+con|send|enter|provide|reply\s+with"
    r"|share|tell\s+us|give\s+us|submit)\b[\s\w,'’]{0,60}?\b"
    r"(?:password|pin|cvv|cvc|numero\s+(?:completo\s+)?(?:di|della)\s+(?:sua\s+|tua\s+)?carta(?!\s+fedelt)"
    r"|codice\s+(?:fiscale|della\s+carta|otp)|iban|credenziali|card\s+number|bank\s+account\s+number"
    r"|social\s+security|passport\s+number|(?:credit|debit)\s+card|numero\s+(?:di|del)\s+(?:suo\s+|tuo\s+)?"
    r"(?:passaporto|conto))\b",
    re.IGNORECASE,
)


def secret(text: str) -> Hit | None:
    """Words that ask for what nobody should write in a chat; warnings against it are not meant."""
    for found in _SECRET.finditer(text):
        sentence, at = _sentence(text, found.start(), found.end())
        if not _NEGATION.search(sentence[:at]):
            return Hit(found[0], found.start(), found.end())
    return None
