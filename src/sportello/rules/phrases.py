"""The words in which customers ask us to stop writing, or to begin again; Italian and English.

Written for text that `consent.normalised` has made plain, in a small notation, a line a phrase:
`(a|b)` one of, `[a|b]` perhaps one of, `w*` any ending, `...` up to four words, `<NAME>` a group
from `GROUPS`, `$` the end of the sentence,
`$?` also of a question. Alternatives may hold several words.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sportello.rules import phrases_english, phrases_italian

GROUPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # to write to somebody
        "WRITE": "scriv*|contatt*|cerc*|disturb*|importun*|tempest*|bombard*|assill*|mand*|mann*|"
        "invi*|spedi*|stress*|romp*",
        # what we write
        "MAIL": "messagg*|comunicazion*|pubblicita|promo*|offert*|newsletter|sms|spam|notifich*|"
        "mail|email|marketing",
        "MAIL-EN": "message*|text|texts|ad|ads|advert*|promo*|offer*|newsletter*|spam|marketing|"
        "notification*|email*|communication*",
        # where one's name stands
        "LIST": "chat|list*|rubrica|elenc*|newsletter|database|contatti|archivi*|mailing|broadcast|"
        "promo*|pubblicita|messaggi|servizio",
        "LIST-EN": "list|lists|database|mailing|contacts|records|newsletter|system|messages",
        "TAKE-OFF": "scancell*|cancell*|elimin*|rimuov*|togli*|tolg*|lev*",
        # what a message has to do with: enough to tell it from an order, a visit, a parcel
        "TOLD-EN": "message*|text|texts|ad|ads|promo*|newsletter*|spam|marketing|"
        "notification*|email*|communication*|offer*|these|them|this|those|it|stuff|crap|things",
        "CEASE": "smett*|finir*|finit*|piant*|cess*|finis*",
        "WRITE-ME": "scrivermi|scriverci|contattarmi|contattarci|disturbarmi|disturbarci|"
        "importunarmi|cercarmi|mandarmi|inviarmi|spedirmi|tempestarmi|bombardarmi|assillarmi",
        "TAIL": "pubblicitari*|promozional*|commercial*|vostr*|da voi|grazie|per favore|piu|"
        "whatsapp|su whatsapp|basta|stop|per sempre|a questo numero|please|thanks|thank you|"
        "from you|to me|at all|already|anymore|any more|ok",
        "LITTLE": "dei|delle|degli|della|sti|ste|sta|sto|co|de|d|un|una|ulteriori|ulteriore|"
        "troppi|troppe|di|da|ai|alle|alla|agli|con|a|i|il|le|la|gli|lo|l|questi|queste|"
        "questa|"
        "vostri|vostre|vostra|tutti|tutte|altri|altre|piu|"
        "the|these|your|any|more|all|me|us|so|many|this|with|of|"
        "marketing|promotional|pubblicitari",
    }
)

_COURTESIES: Final = """
(ciao|salve|buongiorno|buon giorno|buonasera|buona sera|scusate|scusi|per favore|per piacere)
(per cortesia|cortesemente|gentilmente|grazie mille|molte grazie|mille grazie|grazie|prego)
(vi prego|ti prego|la prego|ok|okay|allora|e|hi|hello|hey|please|thanks|thank you|sorry|kindly)
(now|adesso|ora|subito|immediatamente|saluti|cordiali saluti|distinti saluti)
(buona|buon) (giornata|serata|notte|domenica|settimana|weekend|lavoro|proseguimento)
(a presto|arrivederci|arrivederla|addio|bye|goodbye|have a (nice|good) day|regards|cheers)
(no grazie|no thanks|no thank you|and|ma|dai|eh|oh|uffa|uff|insomma|ragazzi|signori|guys)
"""

STOP_COMMANDS: Final = frozenset(
    """
    stop|stopall|exit|esci|depennatemi|mettete stop|fine messaggi|cancel all
    basta|stop basta|basta stop
    quit|end|stop it|go away|leave me alone
    unsubscribe|unsubscribed|unsuscribe|unsubcribe|unsubscribe me|optout|opt out|opt me out
    cancellami|cancellatemi|mi cancelli|cancellazione|cancellazione iscrizione|mi cancello
    disiscrivimi|disiscrivetemi|disiscrivi|disiscrizione|disiscriviti|disinscrivimi
    disicrivetemi|mi disiscrivo|rimuovimi|rimuovetemi|mi rimuova|toglimi|toglietemi|mi tolga
    eliminami|eliminatemi|annulla iscrizione|annullate iscrizione|annulla l iscrizione
    non scrivere|non scrivetemi|non scrivermi|non contattatemi|non contattarmi
    non disturbate|non disturbatemi|non disturbare|non rompete|lasciatemi in pace
    smettila|smettetela|finitela|piantatela|remove me|delete me|disattiva|disattivate
    disattivami|disattivatemi|no more|unsubscribe all|stop all|non scrivetemi|stop please stop
    smettete|smettetela|smetti|take me off|basta stop basta|cancellarmi|disiscrivermi
    toglietemi da qui
    """.replace("\n", "|")
    .replace("    ", "")
    .strip("|")
    .split("|")
)
# These stop also as one sentence among others, where "basta" would be too little.
STOP_ALONE: Final = frozenset(
    {"stop", "unsubscribe", "cancellatemi", "disiscrivetemi", "disiscrivimi", "unsubscribe me"}
)
# What shows that "stop" was a call to wait.
_WAIT_PHRASES: Final = """
(aspett*|attend*|fermi|momento|secondo|sbagliat*|colore|ordine|taglia)
(wait|hold on|hang on|second|moment|wrong|mistake|order)
"""
RESUME_COMMANDS: Final = frozenset(
    """
    start|start again|start over|restart|unstop|resume|subscribe|subscribe me
    optin|opt in|opt me in|sign me up
    sign me up again|riprendi|riprendete|ricomincia|ricominciate|inizia|attiva|riattiva
    riattivate|riattivatemi|riattivami|mi riattivo|mi reiscrivo|mi riscrivo
    iscrivimi|iscrivetemi|iscrivimi di nuovo|iscrivetemi di nuovo
    reiscrivimi|reiscrivetemi|scrivetemi di nuovo
    """.replace("\n", "|")
    .replace("    ", "")
    .strip("|")
    .split("|")
)

_SUBSCRIBES_PHRASES: Final = """
(iscriv*|reiscriv*|riscriv*|riattiv*|subscribe|resubscribe|optin|sign me up)
opt [me] (in|back)
(ricevere|mandat*mi|inviat*mi) ... (<MAIL>)
(receive|get|sending) ... (<MAIL-EN>)
"""
# Small words by which the two languages are told apart.
ITALIAN: Final = frozenset(
    re.findall(
        r"\w+",
        """
        non mi piu di il la le lo i gli un una che e per da dal dalla con ho sono vostri vostra
        vostro messaggi basta grazie ciao lista offerte pubblicita promozioni questo questi
        cancellami cancellatemi disiscrivimi disiscrivetemi toglietemi iscrivimi riattiva riattivate
        """,
    )
)
ENGLISH: Final = frozenset(
    re.findall(
        r"\w+",
        """
        me my your you the from to please thanks messages texts list remove unsubscribe subscribe
        opt don t do not want sending texting contact again these this off leave take how
        """,
    )
)

SHORTHAND: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nn": "non",
        "nun": "non",
        "grz": "grazie",
        "gnente": "niente",
        "nnt": "niente",
        "qst": "questi",
        "qste": "queste",
        "daa": "dalla",
        "toglieteme": "toglietemi",
        "togliteme": "toglietemi",
        "togliemi": "toglimi",
        "levateme": "levatemi",
        "lassateme": "lasciatemi",
        "lassatemi": "lasciatemi",
        "cancellateme": "cancellatemi",
        "scriveteme": "scrivetemi",
        "mannate": "mandate",
        "mannateme": "mandatemi",
        "sotp": "stop",
        "stpo": "stop",
        "tsop": "stop",
        "sttop": "stop",
        "stp": "stop",
        "bsta": "basta",
        "basat": "basta",
        "bastta": "basta",
        "unsub": "unsubscribe",
        "txt": "text",
        "txts": "texts",
        "txting": "texting",
        "wanna": "want to",
        "im": "i m",
        "cant": "can t",
        "x": "per",
        "msg": "messaggi",
        "msgs": "messages",
        "messaggini": "messaggi",
        "mess": "messaggi",
        "mex": "messaggi",
        "stopp": "stop",
        "pls": "please",
        "plz": "please",
        "thx": "thanks",
        "u": "you",
        "ur": "your",
        "dont": "don t",
    }
)


def _compiled(phrases: str) -> re.Pattern[str]:
    lines = (line for line in phrases.splitlines() if line)
    return re.compile("|".join(_expression(line) for line in lines))


def _expression(line: str) -> str:
    """A line of the notation as a regular expression over words with one space around each."""
    for name, words in GROUPS.items():
        line = line.replace(f"<{name}>", words)
    expression = "".join(_piece(piece) for piece in _PIECES.findall(line))
    return r"\b" + expression


def _piece(piece: str) -> str:
    match piece[0]:
        case ".":
            return r"(?:\w+ ){0,4}"
        case "[":
            return rf"(?:(?:{_words(piece[1:-1])})\b ?)?"
        case "(":
            return rf"(?:{_words(piece[1:-1])})\b ?"
        case "?":
            return r"\?"
        case "$":
            return r"\??$" if piece == "$?" else "$"
        case _:
            return rf"{_words(piece)}\b ?"


def _words(words: str) -> str:
    return words.replace("*", r"\w*")


_PIECES: Final = re.compile(r"\.\.\.|\[[^\]]*\]|\([^)]*\)|\$\??|[^ ]+")

STOP: Final = _compiled(phrases_italian.STOP + phrases_english.STOP)
NOT_STOP: Final = _compiled(phrases_italian.NOT_STOP + phrases_english.NOT_STOP)
RESUME: Final = _compiled(phrases_italian.RESUME + phrases_english.RESUME)
SUBSCRIBES: Final = _compiled(_SUBSCRIBES_PHRASES)
WAIT: Final = _compiled(_WAIT_PHRASES)
COURTESY: Final = _compiled(_COURTESIES)
