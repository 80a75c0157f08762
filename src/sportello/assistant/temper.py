"""Whether a customer has lost patience: a person's word counts then, not another machine's."""

import re
from collections.abc import Iterable
from typing import Final

from sportello.assistant import words

_TEXT_MAX: Final = 1_000
_SHOUTED_MIN: Final = 12
_ANGRY: Final = re.compile(
    r"\b(?:sono|siamo) (?:davvero |molto |veramente |piu che )?"
    r"(?:furios\w|arrabbiat\w|incazzat\w|indignat\w|esasperat\w|stuf\w|stanc\w di aspettare)\b"
    r"|\bvergogn(?:a|atevi|oso|osa)\b|\binaccettabil\w\b|\binammissibil\w\b"
    r"|\bnon ne posso piu\b|\bmi avete (?:preso in giro|rotto|stufato|stancato|rubato)\b"
    r"|\b(?:vi|la|ti) (?:denuncio|denuncero|querelo)\b|\bmio avvocato\b|\bvie legali\b"
    r"|\b(?:e|siete) uno schifo\b|\bfate (?:proprio )?schifo\b|\bmai piu (?:da )?voi\b"
    r"|\brivoglio i (?:miei )?soldi\b|\bpresa in giro\b|\bpessim[oi] servizio\b"
    r"|\bservizio (?:pessimo|vergognoso|scandaloso|da schifo)\b|\bcazzo\b|\bvaffanculo\b"
    r"|\bi(?: a)?m (?:so |very |really |absolutely )?(?:angry|furious|livid|fed up|outraged)\b"
    r"|\bunacceptable\b|\bdisgrace(?:ful)?\b|\bridiculous\b|\bmy lawyer\b|\blegal action\b"
    r"|\bsick (?:and tired )?of (?:this|you|waiting)\b|\brip ?off\b|\bworst (?:service|company)\b"
    r"|\b(?:want|give me) my money back\b|\bfuck\w*\b|\bterrible service\b"
)


def is_angry(texts: Iterable[str]) -> bool:
    """In words, or by shouting: twelve capital letters in a row of words, and "!!"."""
    return any(_is_angry(text[:_TEXT_MAX]) for text in texts)


def _is_angry(text: str) -> bool:
    if _ANGRY.search(" ".join(words.words(text))):
        return True
    letters = [sign for sign in text if sign.isalpha()]
    shouted = len(letters) >= _SHOUTED_MIN and all(sign.isupper() for sign in letters)
    return shouted and "!!" in text
