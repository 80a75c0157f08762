"""The words in which customers ask us to stop writing, or to begin again; Italian and English.

Written for text that `consent.normalised` has made plain, in a small notation, a line a phrase:
`(a|b)` one of, `[a|b]` perhaps one of, `w*` any ending, `...` up to four words, `<NAME>` a group
from `GROUPS`, `$` the end of the sentence. Alternatives may hold several words.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

GROUPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # to write to somebody
        "WRITE": "scriv*|contatt*|cerc*|disturb*|importun*|tempest*|bombard*|assill*|mand*|invi*|"
        "spedi*|stress*|romp*",
        # what we write
        "MAIL": "messagg*|comunicazion*|pubblicita|promo*|offert*|newsletter|sms|spam|notifich*|"
        "mail|email|marketing",
        "MAIL-EN": "message*|text|texts|ad|ads|advert*|promo*|offer*|newsletter*|spam|marketing|"
        "notification*|email*|communication*",
        # where one's name stands
        "LIST": "list*|rubrica|elenc*|newsletter|database|contatti|archivi*|mailing|broadcast|"
        "promo*|pubblicita|messaggi|servizio",
        "LIST-EN": "list|lists|database|mailing|contacts|records|newsletter|system|messages",
        "TAKE-OFF": "cancell*|elimin*|rimuov*|togli*|tolg*|lev*",
        "TAIL": "pubblicitari*|promozional*|commercial*|vostr*|da voi|grazie|per favore|piu|"
        "whatsapp|su whatsapp|basta|stop|per sempre|a questo numero|please|thanks|thank you|"
        "from you|to me|at all|already|anymore|any more|ok",
        "LITTLE": "sti|ste|di|da|ai|alle|alla|agli|con|a|i|il|le|la|gli|lo|l|questi|queste|questa|"
        "vostri|vostre|vostra|tutti|tutte|altri|altre|piu|the|these|your|any|more|all|me|us|so|many|this|with|of|"
        "marketing|promotional|pubblicitari",
    }
)

_STOP_PHRASES: Final = """
non [mi|ci] (<WRITE>) ... (piu|mai piu)
non [mi|ci] [dovete|devi|deve|voglio|vorrei|desidero|intendo] [mai] piu [essere] (<WRITE>)
non [mi|ci] (dovete|devi|deve) [piu] (<WRITE>) ... piu
non (voglio|vorrei|desidero|gradisco|intendo) ... (ricever*|essere contattat*) ... (<MAIL>)
non (voglio|vorrei|desidero|gradisco|intendo) ... (ricever*|essere contattat*) ... da voi
non (voglio|vorrei|desidero|gradisco|intendo) piu (ricevere|ricevervi) (nulla|niente)
non (voglio|vorrei|desidero|gradisco) [piu] (le|i|la) vostr* (<MAIL>)
non (voglio|vorrei|desidero|gradisco|intendo) [piu] essere [piu] (contattat*|disturbat*|cercat*)
non (mandate*|inviate*|mandare*|inviare*|mandarmi|inviarmi|mandi*|invii*) ... (<MAIL>)
(smett*|finit*|piant*|cess*) ... (di|con) ... (<WRITE>|<MAIL>)
(basta|stop) [con] [<LITTLE>] [<LITTLE>] [<LITTLE>] (<MAIL>|whatsapp) [<TAIL>] [<TAIL>] $
(niente|nessun*|no) (piu|altri|altre|altra|altro) [<LITTLE>] (<MAIL>) [<TAIL>] [<TAIL>] $
(niente|no) (pubblicita|spam|promo*|marketing|newsletter) [<TAIL>] [<TAIL>] $
(basta|stop) [di|a|con] (scrivermi|mandarmi|inviarmi|contattarmi|disturbar*|rompere|importunar*)
(basta|stop) (di|a|con) (scrivere|mandare|inviare|contattare) [<MAIL>] [<TAIL>] $
(cancell*mi|elimin*mi|rimuov*mi|togli*mi|lev*mi) ... (da|dal|dalla|dalle|dai) ... (<LIST>)
mi (<TAKE-OFF>) ... (da|dal|dalla|dalle|dai) ... (<LIST>)
(cancell*|elimin*|rimuov*|togli*|lev*) (il mio|questo) (numero|contatto|nominativo|recapito)
(cancell*|elimin*|rimuov*|togli*) i miei (dati|contatti|recapiti)
(cancell*mi|elimin*mi|rimuov*mi|togli*mi) (per sempre|da qui|da qua)
(voglio|vorrei|posso|desidero|chiedo di|come faccio a|come posso) [essere] (disiscriv*|disinscriv*)
(voglio|vorrei|desidero|chiedo di|come faccio a|come posso) [essere] cancellarmi ... (<LIST>)
(voglio|vorrei|desidero|chiedo di) essere (cancellat*|rimoss*|tolt*) ... (<LIST>)
(disiscrivimi|disiscrivetemi|disiscrivermi|disiscrivo|disinscrivetemi)
(revoc*|ritir*) ... consenso
(mi oppongo|nego il consenso|non acconsento|non do il consenso)
non autorizzo ... (<MAIL>|contatt*|marketing|uso)
(annull*|disattiv*) ... (iscrizione|sottoscrizione|newsletter|<MAIL>)
ho detto (stop|basta) $
(diffido|diffidiamo) (dal|dallo) ... (<WRITE>)
non (voglio|vorrei|desidero|gradisco) [piu|altri|altre|ricevere] (<MAIL>) [<TAIL>] [<TAIL>] $
(lasciatemi|lasciami) (in pace|stare|tranquill*)
mai piu (messaggi|pubblicita|scrivermi|un messaggio)
(do not|don t|never|stop) [ever] (write|writing) to (me|us|my number)
(do not|don t|never|stop) [ever] (text|texting|message|messaging) (me|us|my number)
(do not|don t|never|stop) [ever] (contact|contacting|bother|bothering) (me|us|my number)
(do not|don t|never|stop) [ever] (spam|spamming) (me|us|my number)
(do not|don t|stop|quit) (send|sending) (me|us) ... (<MAIL-EN>|things|stuff|anything|this|these)
(do not|don t|stop|quit) (send|sending) [<LITTLE>] [<LITTLE>] (<MAIL-EN>) [<TAIL>] [<TAIL>] $
(stop|quit|cease) (texting|messaging|spamming|contacting|bothering|harassing)
(stop|no more|enough|end|cease) [<LITTLE>] [<LITTLE>] (<MAIL-EN>) [<TAIL>] [<TAIL>] $
(don t|do not|no longer) (want|wish|need|like) ... (<MAIL-EN>|contacted|messaged|texted)
(don t|do not|no longer) (want|wish) ... (hear|hearing) from you
not (wish|want) to (receive|be contacted|get) ... (<MAIL-EN>)
(take|get|remove|delete|drop|strike) (me|my number|my name|this number|us) ... (<LIST-EN>)
(take|get) (me|us|my number) off [of] (this|here)
(remove|delete|erase) (my|this) (number|phone|contact) [please] $
unsubscribe [me|us] [from|right|immediately] [this|these|your|all] [<LIST-EN>] [<TAIL>] $
(want|like|how do i|how can i|wish|need) [to] (unsubscribe|opt out)
(opt|opting) [me] out
(withdraw*|revok*) ... consent
leave (me|us) alone
lose my number
"""

# What sounds like the above and is not: a complaint of silence, an order about something else, a
# wish to stay.
_NOT_STOP_PHRASES: Final = """
(perche|come mai) ... non [mi|ci] ... piu
non [mi|ci] (scrivete|scrivi|avete|hai|mandate|mandi|inviate) ... piu ... ?
non (voglio|vorrei|desidero) [essere] (disiscriv*|cancell*|rimoss*|tolt*)
non (disturbo|scrivo|contatto|cerco|mando|invio|trovo) ... piu
non [mi] (cancell*|disiscriv*|rimuov*|togliete*|togliermi|elimin*) ... (dalla|da|il mio)
(don t|do not|never|not) [want to] (unsubscribe|opt|remove|take|delete|drop)
why (did|do|have) you
se ... (disiscriv*|cancell*)
if i (unsubscribe|opt out)
numero (vecchio|sbagliato|precedente)
"""

_RESUME_PHRASES: Final = """
(voglio|vorrei|desidero|posso) ... ricevere ... (<MAIL>) (di nuovo|ancora|nuovamente)
(voglio|vorrei|desidero|posso) ... ricevere (di nuovo|ancora|nuovamente) ... (<MAIL>)
(voglio|vorrei|desidero) (tornare|ricominciare|riprendere) a ricevere
(ricominciate|riprendete|tornate|ricomincia|riprendi) [pure] a (scriver*|mandar*|inviar*)
(riattiv*|ripristin*) ... (<MAIL>|iscrizione)
(iscrivimi|iscrivetemi|reiscrivimi|reiscrivetemi) ... (lista|newsletter|promo*|offert*|messaggi)
potete [di nuovo|ancora|tornare a] scrivermi (di nuovo|ancora|quando volete|pure)
(start|resume|begin) (sending|texting|messaging) ... (again|<MAIL-EN>)
(want|like|wish) to (receive|get) ... (<MAIL-EN>) again
(want|like|wish) to hear from you again
(resubscribe|re subscribe|opt me back in|sign me up again|sign me back up)
(subscribe|add|put) me (back|again)
"""

_COURTESIES: Final = """
(ciao|salve|buongiorno|buon giorno|buonasera|buona sera|scusate|scusi|per favore|per piacere)
(per cortesia|cortesemente|gentilmente|grazie mille|molte grazie|mille grazie|grazie|prego)
(vi prego|ti prego|la prego|ok|okay|allora|e|hi|hello|hey|please|thanks|thank you|sorry|kindly)
(now|adesso|ora|subito|immediatamente|saluti|cordiali saluti|distinti saluti)
"""

STOP_COMMANDS: Final = frozenset(
    """
    stop|stopall|basta|stop basta|basta stop|quit|end|stop it|go away|leave me alone
    unsubscribe|unsubscribed|unsuscribe|unsubcribe|unsubscribe me|optout|opt out|opt me out
    cancellami|cancellatemi|mi cancelli|cancellazione|cancellazione iscrizione|mi cancello
    disiscrivimi|disiscrivetemi|disiscrivi|disiscrizione|disiscriviti|disinscrivimi
    disicrivetemi|mi disiscrivo|rimuovimi|rimuovetemi|mi rimuova|toglimi|toglietemi|mi tolga
    eliminami|eliminatemi|annulla iscrizione|annullate iscrizione|annulla l iscrizione
    non scrivere|non scrivetemi|non scrivermi|non contattatemi|non contattarmi
    non disturbate|non disturbatemi|non disturbare|non rompete|lasciatemi in pace
    smettila|smettetela|finitela|piantatela|remove me|delete me
    """.replace("\n", "|")
    .replace("    ", "")
    .strip("|")
    .split("|")
)
RESUME_COMMANDS: Final = frozenset(
    """
    start|unstop|resume|subscribe|subscribe me|optin|opt in|opt me in|sign me up
    sign me up again|riprendi|riprendete|ricomincia|ricominciate|inizia|attiva|riattiva
    riattivate|riattivatemi|iscrivimi|iscrivetemi|iscrivimi di nuovo|iscrivetemi di nuovo
    reiscrivimi|reiscrivetemi|scrivetemi di nuovo
    """.replace("\n", "|")
    .replace("    ", "")
    .strip("|")
    .split("|")
)

SHORTHAND: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nn": "non",
        "x": "per",
        "msg": "messaggi",
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
            return "$"
        case _:
            return rf"{_words(piece)}\b ?"


def _words(words: str) -> str:
    return words.replace("*", r"\w*")


_PIECES: Final = re.compile(r"\.\.\.|\[[^\]]*\]|\([^)]*\)|\$|[^ ]+")

STOP: Final = _compiled(_STOP_PHRASES)
NOT_STOP: Final = _compiled(_NOT_STOP_PHRASES)
RESUME: Final = _compiled(_RESUME_PHRASES)
COURTESY: Final = _compiled(_COURTESIES)
