"""The words by which a template is judged: promotion, access codes, requests for secrets.

Italian and English, whatever the template's language. A price word alone does not make promotion:
what was already done (“sconto applicato al suo ordine”), what is denied (“nessuno sconto”) and what
is merely free of charge (“può disdire gratis”) are left in peace. Source of the distinction:
reference templates 4.4 (utility = not promotional and specific to the user).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Cue(Enum):
    """How a phrase counts."""

    PRICE = auto()  # promotion, unless denied or already done
    FREE = auto()  # promotion, unless denied, done, or a service of the same order
    CALL = auto()  # promotion, whatever stands around
    HINT = auto()  # promotion together with another hint


@dataclass(frozen=True, slots=True)
class Hit:
    """Words found, and where."""

    words: str
    start: int
    end: int


_PRICE: Final = r"""
scont[oi]|scontat[oaie]|superscont\w+|promo|promozion[ei]|promozional[ei]|saldi
offert[ae](?!\s+(?:di\s+lavoro|n\b|n\.|numero|economica|\{\{|formativ\w+))|codice\s+promo\w*
coupon|voucher|buon[oi]\s+(?:sconto|acquisto|spesa)|ribass[oi]|ribassat\w+|sottocosto
prezz[oi]\s+(?:special\w+|imbattibil\w+|ridott\w+|mai\s+vist\w+|bomba|da\s+urlo)
(?:meno\s+|[-–−])\s?\d{1,2}\s?%|\d{1,2}\s?%\s+(?:in\s+meno|off)|cashback
discount\w*|promotions?|promotional|coupons|vouchers|clearance
(?:flash|summer|winter|spring|autumn|season\w*|big|our|annual|mid-season)\s+sales?
sales?\s+(?:starts?|ends?|is\s+on|now\s+on|prices?)|on\s+sale(?=\s+(?:now|today|this|until|from))
(?:special|exclusive|limited|great|latest|best|our|amazing|new)\s+(?:offers?|deals?|prices?)
offer\s+(?:ends|expires|valid)|deals(?!\s+with)|save\s+(?:up\s+to\s+)?[€$£]?\s?\d+|save\s+big
(?:promo|discount)\s+code|half\s+price|metà\s+prezzo|tariff[ae]\s+(?:agevolat|special)\w+
a\s+sol[io]\s+(?:€\s*(?:\d|\{\{)|(?:[\d.,]+|\{\{\w+\}\})\s*(?:€|euro))
a\s+partire\s+da\s+(?:€\s*\d|(?:[\d.,]+|\{\{\w+\}\})\s*(?:€|euro))
(?:for|from|starting\s+(?:at|from))\s+(?:only|just)\s+[€$£]?\s?(?:\d|\{\{)
"""
_FREE: Final = r"""
gratis|gratuit[oaie]|gratuitamente|omaggi[o]?|in\s+regalo|un\s+regalo
(?:a|one|get|your|two|with)\s+free|for\s+free|free\s+(?:gift|sample|trial|drink|dessert|item|pair)\w*
complimentary|free\s+(?:shipping|delivery)|(?:is|are)\s+on\s+us|lo\s+offriamo\s+noi|offriamo\s+noi
"""
_CALL: Final = r"""
approfitt\w+|non\s+perder\w+|non\s+(?:si\s+)?(?:perda|perdete)\w*|affrett\w+
non\s+(?:lasciar\w+|farti|farvi|si\s+lasci)\s+(?:s?fuggire|scappare)
(?:acquista|compra|ordina|prenota|acquisti|compri|ordini|prenoti|acquistate|ordinate|prenotate)(?:l[oaie])?\s+(?:ora|subito|adesso|online)
nuov[aei]\s+(?:collezion\w+|arriv[oi]|line[ae]|prodott\w+|modell[oi]|menu|menù|gust[oi]|catalog\w+)
black\s+friday|cyber\s+monday|3x2|2x1|(?:paghi|prendi|compri)\s+(?:uno|due|tre|\d)\b
invita\w*\s+(?:un|una|i|gli|le)\s+(?:tuo\w*\s+|suo\w*\s+)?amic\w+|porta\s+un[\s'’]*amic\w+
(?:qualcosa|articol\w+|prodott\w+)[\w\s]{0,20}\s(?:nel|dal)\s+(?:(?:tuo|suo|vostro)\s+)?carrello
buon\s+(?:natale|compleanno|anno|ferragosto)|buona\s+pasqua|buone\s+feste|tanti\s+auguri
(?:vieni|venite|venga)\s+a\s+(?:trovarci|scoprir\w*|provar\w*|visitarci)|occasion[ei]\s+(?:unic\w+|imperdibil\w+|special\w+)
imperdibil\w+|in\s+esclusiva\s+per|risparmi(?:a|ate|are|erai|erà)
inaugurazion[ei]|(?:iscriviti|iscrivetevi|si\s+iscriva)\s+alla\s+(?:nostra\s+)?newsletter|segui(?:ci|teci)\s+su
(?:raddoppi\w+|triplic\w+)\s+i\s+punti|punti\s+(?:extra|doppi|bonus|omaggio)
potrebbe(?:ro)?\s+(?:interessar\w+|piacer\w+)|(?:ti|le|vi)\s+potrebbe(?:ro)?\s+(?:interessare|piacere)
ci\s+manchi|da\s+(?:un\s+po['’]?|tempo|molto)\s+(?:tempo\s+)?(?:che\s+)?non\s+(?:ti|la|vi|ci)\s+(?:vediamo|sentiamo|vieni)
ultim[ie]\s+(?:pezzi|occasion\w+|disponibilit\w+)|fino\s+a\s+esaurimento
(?:buy|shop|order|book|act|subscribe|upgrade)\s+(?:now|today)|shop\s+(?:the|our)
(?:don['’]?t|do\s+not)\s+miss|hurry|last\s+chance|while\s+(?:stocks?|supplies)\s+last|limited[\s-]time
\d{1,2}\s?%\s+off|buy\s+one\b|\bbogo|2\s+for\s+1|two\s+for\s+one
new\s+(?:arrivals?|collections?|menu|range|products?|line|flavou?rs?)
merry\s+christmas|happy\s+(?:birthday|holidays|new\s+year|easter)
(?:check\s+out|explore|discover|browse)\s+(?:our|the|all|what)|unmissable
you\s+(?:might|may)\s+(?:also\s+)?(?:like|love|enjoy)|recommended\s+for\s+you
(?:left|waiting)\s+[\w\s]{0,20}in\s+your\s+(?:cart|basket)|still\s+in\s+your\s+(?:cart|basket)
refer\s+a\s+friend|invite\s+(?:a|your)\s+friends?|follow\s+us\s+on|(?:sign\s+up|subscribe)\s+(?:for|to)\s+our\s+newsletter
we\s+miss\s+you|we['’]?ve\s+missed\s+you|been\s+a\s+while|(?:double|triple|bonus|extra)\s+points|grand\s+opening|treat\s+yourself
torna(?:te|re)?\s+a\s+trovarci|tornat[oaie]\s+disponibil\w+|back\s+in\s+stock|finalmente\s+disponibil\w+
prova(?:l[oaie])?\s+(?:subito|ora)|regala(?:ti|tevi|te)?|ide[ae]\s+regalo|gift\s+ideas?
(?:iscrizioni|prenotazioni)\s+(?:sono\s+)?aperte|aperte\s+le\s+(?:iscrizioni|prenotazioni)|open\s+day
enrol(?:l?ment)s?\s+(?:is|are)\s+open|posti\s+(?:sono\s+)?limitati|limited\s+(?:places|spots|seats)
giveaway|prize\s+draw|(?:partecip\w+|iscriv\w+)\s+al(?:l['’]|\s+)(?:concorso|estrazione)|(?:you\s+could|chance\s+to)\s+win
happy\s+hour|buona\s+estate|season['’]?s\s+greetings|passa\s+a\s+(?:premium|pro)|upgrade\s+to
"""
_HINT: Final = r"""
scopr(?:i|ire|a|ite)\s+(?:(?:la|le|il|i|gli|lo|tutt\w+|di\s+più|come)\b|l['’])|novit[àa]|esclusiv\w+|special[ei]
solo\s+(?:per\s+)?(?:oggi|questa\s+settimana|questo\s+weekend|te|lei|voi)\b|ultim[ie]\s+(?:giorn\w+|ore|posti)
(?:ti|la|vi)\s+invitiamo\s+(?:a\s+visitare|al|alla|all['’])|visita\s+il\s+nostro\s+(?:sito|negozio|shop)
(?:nuov[aeio]|abbiamo\s+lanciato|lanciamo)\s+(?:serviz\w+|cors\w+|tratta\w+|app\b)|regalat[ie]|festeggi\w+|premi(?:o|arti|amo)\b
exclusive\w*|only\s+(?:today|this\s+week)|today\s+only|ends\s+(?:today|tonight|soon|sunday)|join\s+us\s+(?:for|at)
visit\s+our\s+(?:shop|store|website)|brand[\s-]new|special|celebrate|just\s+for\s+you|perks?|rewards?|anteprima|più\s+vendut\w+|best[\s-]?sellers?|programma\s+fedelt[àa]
san\s+valentino|festa\s+(?:della\s+mamma|del\s+pap[àa])|valentine['’]?s|(?:mother|father)['’]?s\s+day
[\U0001F525\U0001F381\U0001F389\U0001F4A5\U0001F6CD\U0001F4B8\U0001F911\U0001F92F]
"""

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
_SERVICE: Final = re.compile(
    r"\b(?:consegn|spedizion|res[oi]|ritir|cancell|annull|disd|parchegg|assistenz|numero\s+verde"
    r"|sostitu|garanzi|chiamat|wi-?fi|sopralluog|modific|spost|rimbors|riparaz|recess|deliver"
    r"|shipping|return|cancel|parking|replac|repair|chang|reschedul|pick|charge|refund|colazion"
    r"|breakfast|controll|revision)\w*",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"[.!?](?=\s|$)|\n")


def _compiled(phrases: str, name: str) -> str:
    lines = [line for line in phrases.splitlines() if line]
    return rf"(?P<{name}>{'|'.join(lines)})"


_CUES: Final = re.compile(
    r"(?<![\w@])(?:"
    + "|".join(
        (
            _compiled(_CALL, "CALL"),
            _compiled(_PRICE, "PRICE"),
            _compiled(_FREE, "FREE"),
            _compiled(_HINT, "HINT"),
        )
    )
    + r")(?!\w)",
    re.IGNORECASE,
)


def promotion(text: str) -> Hit | None:
    """The first words that make a text promotion; None when nothing does."""
    hints: dict[str, Hit] = {}
    for cue, hit in _cues(text):
        if cue is not Cue.HINT:
            return hit
        hints.setdefault(hit.words.casefold(), hit)
        if len(hints) > 1:
            return hit
    return None


def _cues(text: str) -> Iterator[tuple[Cue, Hit]]:
    for found in _CUES.finditer(text):
        cue = Cue[str(found.lastgroup)]
        if not _is_excused(text, cue, found.start(), found.end()):
            yield cue, Hit(found[0], found.start(), found.end())


def _is_excused(text: str, cue: Cue, start: int, end: int) -> bool:
    """Denied, already done, or a service of the order at hand."""
    if cue in {Cue.CALL, Cue.HINT}:
        return False
    sentence, at = _sentence(text, start, end)
    if _NEGATION.search(sentence[:at]) or _DENIED_AFTER.search(sentence[at + end - start :]):
        return True
    if _TO_COME.search(sentence):
        return False
    is_done = _DONE.search(sentence) is not None
    return is_done or (cue is Cue.FREE and _SERVICE.search(sentence) is not None)


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
