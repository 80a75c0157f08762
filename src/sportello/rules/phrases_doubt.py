"""Words that together sound like a wish to stop, too loosely to be taken for one: we ask then.

Written for text that `consent.normalised` has made plain; `*` is any ending. A sentence is in doubt
where all groups of one line of `TOGETHER` are in it, unless it speaks of something else: an order,
a visit, our silence.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_GROUPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # an end is asked for
        "halt": "basta|bastano|bastare|stop|smett*|smess*|finir*la|finit*la|finita|finiamola|"
        "la finit*|piant*|cess*|interromp*|sospend*|stopp*|ferma*|chiud*|mai piu|tregua|enough|"
        "quit|cease|halt|pause|suspend|discontinue|no more|stopping|end these|end this|knock it|"
        "cut it|mute|evit*|avoid|refrain|disattiv*|turn off|switch off|shut off|deactivate|disable",
        "no": "non|niente|nessun*|nulla|senza|mai|zero|no|don t|do not|never|not|without|none|"
        "nothing|won t|doesn t",
        "none": "niente|nessuna|nessun|zero|no",
        "more": "piu|ulterior*|oltre|anymore|any more|further|again|longer|ever",
        # what we send, or do
        "mail": "messagg*|comunicazion*|pubblicita|pubblicitar*|promo|promoz*|offert*|newsletter|"
        "sms|spam|notific*|notifich*|marketing|reclame|volantin*|annunc*|sconti|saldi|avvisi|"
        "broadcast|text|texts|message|messages|ads|ad|advert*|promos|promotion*|deals|offers|"
        "blasts|mailings|notifications|sales|discounts|coupons|pitches|solicitation*|emails|"
        "broadcasts|campaigns",
        "send": "scriv*|riscriv*|contatt*|ricontatt*|mandar*|mandat*|mandi|inviar*|inviat*|invii|"
        "invio|arriva|arrivano|arrivi|arrivino|arrivarmi|arrivarci|arrivat*|ricev*|disturb*|importun*|tempest*|bombard*|assill*|cercar*|cercat*|"
        "messaggiar*|sentir*|romper*|texting|messaging|sending|send|contact|contacting|contacted|"
        "writing|write|reaching|bother*|pester*|spamming|receive|receiving|hear|hearing|bugging|"
        "email|emailing|text|message|ping|pinging",
        "mine": "mi|me|ci|mio|mia|miei|my|me|us|our|[a-z]+(?:te|r|a|e|i|g)mi|[a-z]+(?:te|r)ci",
        "begged": "[a-z]+(?:te|r|a|i|m)mi|please|per favore|per cortesia|per piacere|"
        "cortesemente|gentilmente|vi prego|la prego|ti prego|kindly|posso|potete|puo|potreste|"
        "can you|could you|how|come|want|vorrei|voglio|chied*|ask*|gradirei|preferirei|d like|"
        "need|mio|my|me|mi",
        # a name is to go
        "away": "cancell*|elimin*|rimuov*|rimoss*|rimozion*|togl*|tolt*|tolgo|tolga|tolgan*|lev*|"
        "esclud*|esclus*|dimentic*|sparit*|sparire|uscire|esco|uscita|fuori|via da[a-z]*|via il|"
        "via sto|remov*|delet*|"
        "drop|eras*|scratch|exclud*|forget|opt|wip*|off|out|strike|purge|sfilar*|ritir*|revoc*|"
        "withdraw*|blacklist|lista nera|rid of",
        "place": "list*|elenc*|rubrica|database|archiv*|contatti|mailing|broadcast|banca dati|"
        "anagrafic*|giro|sto servizio|questo servizio|"
        "this service|records|contacts|roster|newsletter|chat|chats|roba",
        "invii": "invio|invii|spedizioni|mailing|mailings|broadcasts",
        "number": "numero|recapito|nominativo|cellulare|contatto|number|phone",
        # it is too much
        "fed": "stuf*|stanc*|stress*|rotto|rompete|rompendo|scocci*|seccat*|seccant*|esasper*|"
        "fastidi*|invaden*|molest*|insisten*|assill*|palle|ossess*|sommers*|intas*|bombard*|"
        "tempest*|mi disturba|mi disturbano|ci disturbano|pieta|"
        "troppi|troppe|esager*|noios*|petulant*|sick|tired|annoy*|harass*|fed up|"
        "pester*|overwhelm*|flood*|too many|so many|too much|nonstop|non stop|constant*|stalk*|"
        "irritat*|clog*|nuisance|intrusive|invasive|unwanted|unsolicited|indesiderat*|"
        "non richiest*|snerv*|asfissi*|martell*|insopport*|unbearable|ridiculous|ennesim*|"
        "ancora con|again with|yet another|di troppo|assedi*|persecu*|pestilen*",
        "often": "ogni giorno|tutti i giorni|tutti i santi|di continuo|continuamente|ogni ora|"
        "ogni settimana|tutte le settimane|ogni due per tre|a tutte le ore|ogni mattina|"
        "every day|every single|every week|all day|all the time|day and night|every morning|"
        "twice a day|times a day|volte al giorno|"
        "(?:due|tre|quattro|cinque|sei|sette|dieci|[0-9]+) (?!euro)[a-z]+ "
        "(?:in|al|alla|oggi|nel|questa)|"
        "(?:two|three|four|five|ten|[0-9]+) (?!euro)[a-z]+ (?:in|a|per|today|this)",
        "law": "consenso|privacy|gdpr|garante|segnal*|denunc*|querel*|blocco|blocchero|bloccarvi|"
        "avvocat*|opposizione|oppongo|oblio|autorizz*|consent*|report|reporting|block|blocking|"
        "lawyer|legal|illegal|permission",
        "threat": "segnal*|denunc*|querel*|revoc*|revok*",
        "cold": "interess*|serve|servono|importa|frega|interested|interest|care|want|need|wish|"
        "voglio|vorrei|desider*|gradi*|preferi*|prefer|rather|asked|signed|like|chiest*|"
        "iscritt*|welcome|thanks|grazie|sopport*|intend*|accett*|requested|bisogno|toller*",
        "heard": "sentir*|vedere|vedervi|sapere|saperne|hear|hearing|see|know",
        # somebody else, or nobody, has the number
        "absent": "mancat*|decedut*|defunt*|passed away|died|wrong person|non sono piu client*|"
        "non sono vostr* client*|not a customer|no longer a customer|trasferit*|moved away",
        # enough by itself
        "gone": "sparite|sparisci|dimenticatevi|dimenticatemi|scordatemi|scordatevi|lasciatemi "
        "perdere|lasciatemi in pace|lasciatemi stare|fuori dalle|levatevi|non rompete|non rompere|"
        "get lost|buzz off|back off|go away|give it a rest|give me a break|forget me|let me be|"
        "risparmi*(?:vi|mi|telo|temi)|spare me|spare us|take the hint|do not contact|chill with|"
        "lasci*(?:la|lo|li) (?:tranquill*|in pace|stare)|leave (?:him|her|them) (?:alone|be)|"
        "(?:potete|puoi|puo) (?:anche |pure )?(?:smettere|smetterla|finirla|piantarla|cancellarmi|"
        "togliermi|rimuovermi|eliminarmi|disiscrivermi)$|"
        "mi (?:potete|puoi|puo|potreste) (?:cancellare|togliere|rimuovere|eliminare)(?=\\??$)|"
        "(?:chiest*|chiedo|ask|asked) (?:[a-z]+ ){0,4}(?:rimoss*|cancellat*|tolt*|eliminat*|"
        "disiscritt*|removed|unsubscribed)|rotto (?:le scatole|le palle|i maroni)|"
        "non insist*|perche insist*|quante volte (?:[a-z]+ ){0,4}(?:dire|dirvi|dirlo|ripeterlo)|"
        "^(?:cancell*|elimin*|rimuov*|togli*) (?:pure )?(?:il |questo )?(?:contatto|numero)$|"
        "(?:volta|altrimenti|senno|oppure) (?:[a-z]+ ){0,2}(?:vi|ti) (?:segnal*|denunc*|blocc*)|"
        "(?:appreciate|rather|prefer|love) not (?:to )?(?:get|hear|receiv*|hearing|getting|be)|"
        "(?:block|blocking) (?:this|the|your) number|"
        "(?:this|that|it) (?:is|s) (?:harassment|spam|spamming|stalking)|"
        "questo e (?:spam|stalking|una molestia|una persecuzione)|"
        "se [a-z ]{3,30} (?:vi|ti) blocco|(?:vi|ti) blocco$|(?:vi|ti) blocco ciao|"
        "(?:report|block|blocking|reporting) you|vi segnalo come|"
        "last (?:text|message) i (?:get|got|receive|read)|"
        "per l ultima volta|for the last time|peggio de[a-z]* call center|"
        "(?:don t|not|no longer) (?:[a-z]+ ){0,2}(?:these|any of this)|(?:sending|send) me these|"
        "(?:make|want|get) (?:it|them|these|this) (?:to )?stop|"
        "non (?:aver|ricever|veder|sentir)(?:li|le|ne|vi)|come (?:si |ne |faccio a )?(?:esce|esco|"
        "uscire|uscirne)(?: da (?:qui|qua|quest*|st[aoie]|vostr*))?(?=\\??$)|"
        "how (?:do|can) i (?:get out|leave)(?: (?:of )?(?:this|these|it|here))?(?=\\??$)|"
        "(?:only|solo|soltanto) (?:[a-z]+ ){0,2}(?:avvisi|updates|aggiornamenti|comunicazioni di|"
        "conferme|promemoria|reminders)|non e il caso che|ultimo messaggio|"
        "chi (?:vi|ti|le) ha (?:detto|autorizz*|dato il permesso)|"
        "who (?:told|asked|said|allowed) you|non vi ho chiesto|nobody asked|senza messaggi|"
        "qualcun altro|someone else s (?:phone|number)|"
        "disiscri*|disinscr*|depenn*|unsubscrib(?:e|ing)|non fatelo piu|don t do it again",
    }
)
# What a sentence must hold, all of a line.
_TOGETHER: Final = (
    "gone",
    "halt mail",
    "halt send mine",
    "no more send",
    "no more mail",
    "no more cold heard",
    "no cold mail",
    "no cold send",
    "no send mail begged",
    "none mail begged",
    "away place",
    "away mine mail",
    "away number begged",
    "away invii begged",
    "fed mail",
    "fed send mine",
    "often mail",
    "often send mine",
    "law mail",
    "threat send mine",
    "halt invii",
    "law no mine",
    "mail number no",
    "absent mail",
    "absent send",
)
# The same words about an order, a visit or a thing; a complaint of our silence; a wish for more.
_ELSEWHERE: Final = (
    "ordin*|order|orders|pacco|pacchi|parcel|package|deliver*|consegn*|spedizion*|corriere|courier|"
    "driver|fattur*|invoice*|ricevut*|receipt|reso|appuntament*|appointment|prenotazion*|booking|"
    "reservation|seats|posti|visita|preventiv*|quote|estimate|caparra|deposit|rimbors*|refund|bonifico|taglia|"
    "size|tecnico|garanzia|warranty|codice|code|link|password|account|pin|preso|foto|photo*|"
    "referto|esami|ricetta|camera|room|tavolo|table|prodotto|product|item|carrello|cart|palestra|"
    "abbonamento|gym|conferma|confirmation|etichetta|label|allegat*|attachment*|ticket*|bigliett*|"
    "messaggi* (?:di prima|precedent*)|(?:previous|last) message|message (?:i sent|above|before)|"
    "by mistake|per sbaglio|per errore|aprir*|si apre|accedere|app|sito|website|fisso|space|"
    "stock|lista (?:nozze|della spesa|d attesa|attesa)|wish list|wishlist|wedding|waiting list|"
    "(?:call|phone|ring) me|chiamatemi|telefonatemi|front desk|basta che|bus stop|merce|"
    "(?:don t|not) call|non (?:chiam*|telefon*)|(?:all|questa) offerta|(?:alla|questa) promo*|"
    "(?:quando|when|che giorno|a che ora|fino a|until) (?:[a-z]+ ){0,4}(?:promo*|offert*|saldi|"
    "sconti|sale|sales|offer*)|"
    "(?:non|nessuno|mai) (?:mi |ci )?(?:e |sono |piu ){0,2}(?:ricevo|ricevuto|riceviamo|"
    "sto ricevendo|arriva|"
    "arrivano|arrivat*|avete|hanno|ha|rispond*|riesco)|"
    "non (?:vi|ti|la|le) (?:scrivo|disturbo|contatto|mando)|(?:vorrei|voglio) disturbare|"
    "non c e piu|non ci sono piu|non e piu|ho (?:disattiv*|silenzi*|pers*|mandato|inviato|scritto)|"
    "i (?:sent|texted|wrote|muted)|(?:leggo|vedo|capisco|capito|sento) (?:bene |il )|"
    "nessuno (?:mi|ci)|nobody|affatto|no problem|nessun problema|"
    "(?:not|never|haven t|hasn t|didn t|don t|no longer|stopped|stop) (?:[a-z]+ ){0,2}(?:getting|"
    "receiving|received|heard|got)|(?:still|ancora) (?:not|no|non)|"
    "why (?:don t|do not|didn t|did you|haven t|aren t)|perche non|come mai|how come"
)
# It is our writing that they mean all the same, whatever else is in the sentence.
_OURS: Final = (
    "(?:mai|non) (?:vi ho |ho |avete )?(?:mai )?(?:chiest*|autorizz*|dato il|iscritt*|richiest*)|"
    "(?:only|solo|soltanto) (?:[a-z]+ ){0,3}(?:updates|aggiornamenti|avvisi)|"
    "(?:want|like|wish|need|love) (?:you )?to stop|(?:appreciate|rather|prefer) not|"
    "never (?:asked|signed|agreed|requested)"
)


def _any(words: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + words.replace("*", "[a-z]*") + r")\b")


GROUPS: Final = MappingProxyType({name: _any(words) for name, words in _GROUPS.items()})
TOGETHER: Final = tuple(frozenset(line.split()) for line in _TOGETHER)
# Of these, what is enough where it stands in several sentences of one short message.
ACROSS: Final = tuple(line for line in TOGETHER if "halt" in line)
ELSEWHERE: Final = _any(_ELSEWHERE)
OURS: Final = _any(_OURS)
# The whole message, where we have just asked.
YES: Final = _any(
    "(?:si|yes|yeah|yep|ok|certo|esatto|sure|correct)(?: (?:grazie|thanks|please|certo))?"
)
NO: Final = _any("(?:no|nope|no no)(?: (?:grazie|thanks|thank you|continuate|va bene))?")
