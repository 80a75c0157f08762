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
# Words that each say little. Two kinds of them in one sentence make promotion, three where the
# sentence is about something that the customer ordered, booked or asked for.
_KINDS: Final = {
    "urgency": r"""
solo\s+(?:per\s+)?(?:oggi|domani|quest[aoe]|fino|te|lei|voi)\b|ultim[ieoa]\s+(?:giorn\w+|or[ae]|post\w+|cap[oi])
prima\s+che\s+(?:finisc|termin|vad|sia)\w*|ancora\s+(?:\w+\s+)?post[oi]|fino\s+a\s+fine\s+mese
before\s+(?:it|they|we)\s+(?:sell|run|go|end)\w*|selling\s+fast|running\s+out|(?:seats|spots|places)\s+left
(?:today|weekend|week)\s+only|only\s+(?:today|this)|ends\s+(?:today|tonight|soon|sunday)
""",
    "amount": r"""
(?:€\s?|[$£]\s?)\d[\d.,]*|\d[\d.,]*\s?(?:€|euros?\b|pounds\b|dollars\b|%|percent\b|per\s+cento)
(?:five|ten|fifteen|twenty|thirty|fifty)\s+per\s?cent|a\s+month\b
""",
    "call": r"""
prenot(?:a|ate)\b|book\s+(?:your|a|this|today|early|with)|acquista(?:te)?\b|compra(?:te)?\b|rinnov[ai]\s+ora
(?:join|visit)\s+(?:our|us|the)|get\s+(?:it|yours?|one|a|them)|come\s+(?:in|by|and|see)|vieni\b|venite\b|venga\b
scegli\w*\s+(?:la|il|tra|i|le)|see\s+you\s+there|(?:ti|vi)\s+aspett\w+|scopr[ia]\w*|discover|iscriviti\b
(?:ti|la|vi)\s+invitiamo|try\s+(?:our|the|it)|pass(?:a|ate|i)\s+(?:in|da)\b|at\s+checkout|order\s+(?:yours|by|before)
visita\s+il\s+nostro|give\s+us\s+a\s+try|non\s+mancare|ordina\b|porta\s+(?:chi|con|la)
""",
    "gain": r"""
avr(?:à|ai|ete)\b|ricever(?:ai|ete)\b|earn\b|guadagn\w+|in\s+più|(?:la|a)\s+metà|cheaper|off\b|extra\b
vantagg\w+|convenien\w+|regal[oi]\b|gift\b|premi\b|premiar\w*|rewards?|perks?|less\s+than|for\s+less|più\s+bass[oi]
doppi[oa]\b|esclusiv\w+|exclusive\w*|special[ei]?\b|just\s+for\s+you|on\s+the\s+house|meglio\s+di
""",
    "season": r"""
festegg\w+|celebrat\w+|anniversar\w+|natale|natalizi\w+|pasqua\w*|ferragosto|brindisi|christmas|easter
halloween|san\s+valentino|valentine['’]?s|(?:mother|father)['’]?s\s+day|festa\s+(?:della\s+mamma|del\s+pap[àa])
party\b|fine\s+stagione|capodanno|new\s+year
""",
    "news": r"""
novit[àa]|tornat[ie]\b|(?:è|è\s+qui|ecco)\s+(?:la|il)\s+nuov[ao]|nuov[aoei]\s+(?:punto|sede|negozio|serviz\w+|cors\w+|app|gust\w+)
abbiamo\s+(?:aperto|lanciato|creato)|nasce\b|opened\s+(?:a|our)|opening\b|our\s+new|brand[\s-]new|launch\w*
new\s+(?:shop|store|branch|service|course|class)\w*|anteprima|now\s+available|appena\s+arrivat\w+|è\s+arrivat[oa]\s+(?:il|la)
""",
    "everyone": r"""
tutti\s+i\s+(?:nostri\s+)?client\w+|i\s+nostri\s+(?:prodott|serviz|negoz|piatt|cors)\w+|altri\s+client\w+
our\s+(?:\w+\s+){0,3}(?:products|shops|stores|plans|services|kitchen|range|dishes|courses)|other\s+customers|everyone
più\s+vendut\w+|best[\s-]?sellers?|programma\s+fedelt[àa]|tessera\s+fedelt[àa]|loyalty|\bclub\b|vip\b
""",
    "hook": r"""
intanto|by\s+the\s+way|in\s+the\s+meantime|while\s+you\s+wait|un['’]occhiata|a\s+look\b|good\s+news|buone\s+notizie
(?:vuoi|vuole|volete|desideri)\s+(?:imparare|provare|cambiare|risparmiare|avere|stare|migliorare|vendere|goderti)
(?:ti|le)\s+piace|sei\s+pront\w+|looking\s+for|ready\s+for|why\s+not|perché\s+non|stanc[ao]\s+d\w+|tired\s+of
sapevi\s+che|did\s+you\s+know|would\s+love\s+to|sogni\b|dream\w*|it['’]?s\s+time\s+(?:for|to)|è\s+(?:ora|tempo)\s+di
""",
    "sparkle": r"""
[\U0001F525\U0001F381\U0001F389\U0001F4A5\U0001F6CD\U0001F4B8\U0001F911\U0001F92F]
""",
}
_BUSINESS: Final = re.compile(
    r"\b(?:ordin[ei]\b|prenotazion|appuntament|fattur|pagament|pagat|spedi|pacco|pratica|richiest"
    r"|contratt|rata\b|rate\b|visita\s+(?:di|è)|abbonamento|ritir|rimbors|ricevut|preventiv|riparat"
    r"|pront[oaie]\b|scad|conferm|disdett|registrat|accreditat|addebitat|biglietto|noleggio|order\b"
    r"|booking|appointment|invoice|payment|paid|parcel|refund|request|receipt|ready|subscription"
    r"|ticket|account|confirm|deliver|registered|charged|lezion|corso\s+(?:di|è)|lesson|riunion)\w*",
    re.IGNORECASE,
)

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
    r"\b(?:su\s+tutt\w+|oltre|sopra|da\s+\d+|over|on\s+all|ogni|every|weekend|settimana)\b",
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


def _group(phrases: str, name: str) -> str:
    return f"(?P<{name}>{'|'.join(line for line in phrases.splitlines() if line)})"


def _compiled(groups: Mapping[str, str]) -> re.Pattern[str]:
    words = "|".join(_group(phrases, name) for name, phrases in groups.items())
    return re.compile(rf"(?<![\w@])(?:{words})(?!\w)", re.IGNORECASE)


_CUES: Final = _compiled({"CALL": _CALL, "PRICE": _PRICE, "FREE": _FREE})
_HINTS: Final = _compiled(_KINDS)
_ENOUGH: Final = 2
_ENOUGH_IN_BUSINESS: Final = 3


def promotion(text: str) -> Hit | None:
    """The first words that make a text promotion; None when nothing does."""
    for found in _CUES.finditer(text):
        if not _is_excused(text, Cue[str(found.lastgroup)], found.start(), found.end()):
            return Hit(found[0], found.start(), found.end())
    return _suggestion(text)


def _suggestion(text: str) -> Hit | None:
    """The first sentence with enough hints of different kinds: from its first hint to the last."""
    hints = list(_HINTS.finditer(text))
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
            first, last = inside[0].start(), inside[-1].end()
            return Hit(text[first:last], first, last)
    return None


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
