"""The phrases by which promotion and business are told apart; a line a group of alternatives.

Regular expressions without regard to capitals, Italian and English.
"""

from typing import Final

PRICE: Final = r"""
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
FREE: Final = r"""
gratis|gratuit[oaie]|gratuitamente|omaggi[o]?|in\s+regalo|un\s+regalo
(?:a|one|get|your|two|with)\s+free|for\s+free|free\s+(?:gift|sample|trial|drink|dessert|item|pair)\w*
free\s+(?:coffee|tea|cake|drinks?|wine|beer|meals?|lunch|dinner|breakfast|tickets?|months?|weeks?|class|lessons?|sessions?|consultation|upgrades?|access|entry|bag|mug|tote|products?|treats?|bonus|nights?|refill|topping|side|extras?|checkup|check-up|wash|fitting|tasting|samples?)
(?:month|months|week|weeks|year|item|one|night|drink|dessert|lesson|class|coffee)\s+free|free\s+for\s+you|(?:suo|tuo|vostro|un|in)\s+gift(?!\s+card)|freebie\w*
(?:a|an\s+extra|special|small|little|surprise|welcome|birthday)\s+gift(?!\s+(?:card|voucher|wrap|receipt|list|order|shop))
complimentary|free\s+(?:shipping|delivery)|(?:is|are)\s+on\s+us|lo\s+offriamo\s+noi|offriamo\s+noi
"""
CALL: Final = r"""
(?:ti|le|vi|gli)\s+(?:regal|omaggi)(?:iamo|a|ano|erò|eremo)|bring\s+a\s+friend|(?:first|second|third|next)\s+\w+\s+(?:is|are)\s+free
(?:pick\s+up|collect|claim|grab|get|enjoy|receive)\s+(?:your|a|one)\s+free\b
(?:claim|collect|pick\s+up|redeem|unwrap)\s+your\s+(?:free\s+)?(?:gift(?!\s+card)|reward|prize|treat|bonus)|gifts?\s+(?:is|are)\s+waiting|gift\s+for\s+you|gift\s+awaits
(?:un|il\s+(?:suo|tuo|vostro))\s+(?:regalo|omaggio)\s+(?:per\s+(?:te|lei|voi)|ti|la|vi)\b|(?:ritir|richied|reclam|scart)\w*\s+il\s+(?:suo|tuo|vostro)\s+(?:regalo|omaggio|premio|gift)
(?:ha|hai|avete)\s+vinto\b|(?:you\s+have|you['’]ve|you)\s+won\b|(?:kit|campione|campioncino|prodotto|gadget|buono|mese|biglietto|dolce|caffè)\s+(?:in\s+)?omaggio|omaggio\s+(?:per|esclusiv|speciale|a\s+sorpresa)
approfitt\w+|non\s+perder\w+|non\s+(?:si\s+)?(?:perda|perdete)\w*|affrett\w+
non\s+(?:lasciar\w+|farti|farvi|si\s+lasci)\s+(?:s?fuggire|scappare)
(?:acquista|compra|ordina|prenota|acquisti|compri|ordini|prenoti|acquistate|ordinate|prenotate)(?:l[oaie])?\s+(?:ora|subito|adesso|online)
nuov[aei]\s+(?:collezion\w+|arriv[oi]|line[ae]|prodott\w+|modell[oi]|menu|menù|gust[oi]|catalog\w+)
black\s+friday|cyber\s+monday|3x2|2x1|(?:paghi|prendi|compri)\s+(?:uno|due|tre|\d)\b
invita\w*\s+(?:un|una|i|gli|le)\s+(?:tuo\w*\s+|suo\w*\s+)?amic\w+|porta\s+un[\s'’]*amic\w+
(?:qualcosa|articol\w+|prodott\w+)[\w\s]{0,20}\s(?:nel|dal)\s+(?:(?:tuo|suo|vostro)\s+)?carrello
buon\s+(?:natale|compleanno|anno|ferragosto)|buona\s+pasqua|buone\s+feste|tanti\s+auguri
(?:vieni|venite|venga)\s+a\s+(?:ritirarl\w+\s+con|trovarci|scoprir\w*|provar\w*|visitarci)|occasion[ei]\s+(?:unic\w+|imperdibil\w+|special\w+)
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
risparmi\s+(?:il|fino|su|con|\d)|ingresso\s+(?:libero|omaggio)|(?:tre|due|quattro|four|three|two)\s+(?:al|for\s+the)\s+(?:prezzo|price)\s+(?:di|of)|al\s+prezzo\s+di\s+(?:uno|due|tre|\d)
(?:è|sono)\s+a\s+carico\s+nostro|(?:menu|menù)\s+(?:di|degustazione)|degustazion[ei]
"""
# Words that each say little. Two kinds of them in one sentence make promotion, three where the
# sentence is about something that the customer ordered, booked or asked for.
KINDS: Final = {
    "urgency": r"""
solo\s+(?:per\s+)?(?:oggi|domani|quest[aoe]|fino|te|lei|voi)\b|ultim[ieoa]\s+(?:giorn\w+|or[ae]|post\w+|cap[oi])
prima\s+che\s+(?:finisc|termin|vad|sia)\w*|ancora\s+(?:\w+\s+)?post[oi]|fino\s+a\s+fine\s+mese
before\s+(?:it|they|we)\s+(?:sell|run|go|end)\w*|selling\s+fast|running\s+out|(?:seats|spots|places)\s+left
(?:today|weekend|week)\s+only|only\s+(?:today|this)|ends\s+(?:today|tonight|soon|sunday)
""",
    "amount": r"""
(?:€\s?|[$£]\s?)\d[\d.,]*|\d[\d.,]*\s?(?:€|euros?\b|pounds\b|dollars\b|%|percent\b|per\s+cento)
(?:five|ten|fifteen|twenty|thirty|fifty)\s+per\s?cent|a\s+month\b|al\s+mese\b
""",
    "call": r"""
spend\s+(?:them|it)|usa\s+[A-Z]+\d+|use\s+[A-Z]+\d+
(?:sign\s+up|drop\s+in|reserve\s+(?:yours?|a))\b|port[aio]\s+(?:i\s+tuoi|un[ao']?|gli)\s*\w+|scriv(?:ici|eteci|imi)\s+per|parl[ai]\s+con\s+un\s+nostro
chied[aio]\s+un\s+preventivo|make\s+it\s+special|let\s+us\s+know\s+if\s+you[’']?d\s+like|corri\b|correte\b|segna\s+la\s+data|save\s+the\s+date
prenot(?:a|ate)\b|book\s+(?:your|a|this|today|early|with)|acquista(?:te)?\b|compra(?:te)?\b|rinnov[ai]\s+ora
(?:join|visit)\s+(?:our|us|the)|get\s+(?:it|yours?|one|a|them)|come\s+(?:in|by|and|see)|vieni\b|venite\b|venga\b
scegli\w*\s+(?:la|il|tra|i|le)|see\s+you\s+there|(?:ti|vi)\s+aspett\w+|scopr[ia]\w*|discover|iscriviti\b
(?:ti|la|vi)\s+invitiamo|try\s+(?:our|the|it)|pass(?:a|ate|i)\s+(?:in|da)\b|at\s+checkout|order\s+(?:yours|by|before)
visita\s+il\s+nostro|give\s+us\s+a\s+try|non\s+mancare|ordina\b|porta\s+(?:chi|con|la)
""",
    "gain": r"""
spend\w+\s+(?:di\s+)?meno|spendendo\s+la\s+metà|incentiv[oi]\b|senza\s+impegno|no\s+obligation|double\b|triple\b|offert[oi]\s+(?:da|il|dal|gioved|vener|sabat|domen)\w*
avr(?:à|ai|ete)\b|ricever(?:ai|ete)\b|earn\b|guadagn\w+|in\s+più|(?:la|a)\s+metà|cheaper|dropped\s+in\s+price|cost[ai]n?o?\s+meno|off\b|extra\b
vantagg\w+|convenien\w+|(?<!carta\s)(?<!card\s)regal[oi]\b|gift\b(?!\s+cards?)|premi\b|premiar\w*|rewards?|perks?|less\s+than|for\s+less|più\s+bass[oi]
doppi[oa]\b|esclusiv\w+|exclusive\w*|special[ei]?\b|just\s+for\s+you|on\s+the\s+house|meglio\s+di
""",
    "season": r"""
fine\s+anno|grigliata|musica\s+dal\s+vivo|live\s+music|buffet|aperitivo|(?:ski|summer|autumn|winter|spring)\s+(?:season|is\s+here)|alle\s+porte|webinar|festa\s+di|vacanz[ae]\b|holidays?\b
festegg\w+|celebrat\w+|anniversar\w+|natale|natalizi\w+|pasqua\w*|ferragosto|brindisi|christmas|easter
halloween|san\s+valentino|valentine['’]?s|(?:mother|father)['’]?s\s+day|festa\s+(?:della\s+mamma|del\s+pap[àa])
party\b|fine\s+stagione|capodanno|new\s+year
""",
    "news": r"""
è\s+uscit[oa]|sono\s+uscit[ie]|appena\s+(?:arrivat|sfornat|uscit)\w+|(?:have|has|[’']ve)\s+(?:designed|put\s+together|launched)|abbiamo\s+(?:pensato|selezionato|preparato|scelto)
(?:la\s+nostra|il\s+nostro|i\s+nostri|le\s+nostre)\s+nuov[aoie]\b|new\s+(?:season|look)|meet\s+our
novit[àa]|tornat[ie]\b|(?:è|è\s+qui|ecco)\s+(?:la|il)\s+nuov[ao]|nuov[aoei]\s+(?:punto|sede|negozio|serviz\w+|cors\w+|app|gust\w+)
abbiamo\s+(?:aperto|lanciato|creato)|nasce\b|opened\s+(?:a|our)|opening\b|our\s+new|brand[\s-]new|launch\w*
new\s+(?:shop|store|branch|service|course|class)\w*|anteprima|now\s+available|appena\s+arrivat\w+|è\s+arrivat[oa]\s+(?:il|la)
""",
    "everyone": r"""
apert[eioa]\s+a\s+tutti|clienti\s+più\s+\w+|for\s+members|for\s+beginners|numerosi|our\s+(?:\w+['’]?s?\s+){0,3}(?:packages|trainers|stylists|chefs?|menu|webinar|garages|team)|da\s+noi\s+trov\w+|in\s+(?:panetteria|pasticceria|enoteca|boutique|profumeria)
con\s+noi\b|with\s+us\b|il\s+nostro\s+centro|i\s+nostri\s+iscritti|per\s+chi\s+(?:ha|è|si)\b|cambi\s+operatore
tutti\s+i\s+(?:nostri\s+)?client\w+|i\s+nostri\s+(?:prodott|serviz|negoz|piatt|cors)\w+|altri\s+client\w+
our\s+(?:\w+\s+){0,3}(?:products|shops|stores|plans|services|kitchen|range|dishes|courses)|other\s+customers|everyone
più\s+vendut\w+|best[\s-]?sellers?|programma\s+fedelt[àa]|tessera\s+fedelt[àa]|loyalty|\bclub\b|vip\b
""",
    "hook": r"""
cerch[ia]\s+(?:casa|un|una|il|la|lavoro)\b|(?:love|need|fancy|want)\s+(?:a\s+)?(?:new\s+)?\w+\?|momento\s+giusto|perfect\s+time|right\s+time|about\s+to\s+expire|hai\s+voglia|ti\s+aspetta\b|sognav\w+|want\s+us\s+to
intanto|by\s+the\s+way|in\s+the\s+meantime|while\s+you\s+wait|un['’]occhiata|a\s+look\b|good\s+news|buone\s+notizie
(?:vuoi|vuole|volete|desideri)\s+(?:imparare|provare|cambiare|risparmiare|avere|stare|migliorare|vendere|goderti)
(?:ti|le)\s+piace|sei\s+pront\w+|looking\s+for|ready\s+for|why\s+not|perché\s+non\s+(?:prov|ven|pass|far)\w*|stanc[ao]\s+d\w+|tired\s+of
aggiung(?:a|i|ete)\b|la\s+prossima\s+volta|next\s+time|hai\s+(?:già|mai)\s+provato|fanc[yi]\w*|sapevi\s+che|did\s+you\s+know|would\s+love\s+to|sogni\b|dream\w*|it['’]?s\s+time\s+(?:for|to)|è\s+(?:ora|tempo)\s+di
""",
    "sparkle": r"""
[\U0001F525\U0001F381\U0001F389\U0001F4A5\U0001F6CD\U0001F4B8\U0001F911\U0001F92F]
""",
}

BUSINESS: Final = r"""
ordin[ei]\b|prenotazion|appuntament|fattur|pagament|pagat|spedi|pacco|pratica|richiest
contratt|rata\b|rate\b|visita\s+(?:di|è)|abbonamento|ritir|rimbors|ricevut|preventiv|riparat
pront[oaie]\b|scad|conferm|disdett|registrat|accreditat|addebitat|biglietto|noleggio|order\b
booking|appointment|invoice|payment|paid|parcel|refund|request|receipt|ready|subscription
ticket|account|confirm|deliver|registered|charged|lezion|corso\s+(?:di|è)|lesson|riunion
"""
"""Beginnings of words about what one customer ordered, booked, owes or asked for."""

OCCASION: Final = r"""
consegn|tracci|risultat|esam[ei]\b|analisi|referto|campione|ricett|medic|dottor|tampone|intervento|vaccin|terapia
bollett|canone|quota|saldo\b|addebit|bonific|iban\b|conto\b|mora\b|importo|totale|transazion|versat|mutuo
sospes|attivat|disattivat|chius[oaei]\b|chiusura|sciopero|ritard|rinviat|rimandat|spostat|spostare|anticipat
posticipat|annullat|annullare|cancellat|cancellazion|modificat|modific[ah]|variazion|cambia(?:to|ta)?\b|lavori\b|manutenzion
guasto|interruzion|disagio|assemblea|colloqui|scuola|classe\b|gita|mensa|iscrizion|domanda|sedut|convocazion|verbale
document|certificat|passaporto|carta\s+d['’]identità|polizza|sinistro|garanzia|segnalazion|tecnico|idraulico|tessera\s+è|badge
promemoria|ricord(?:iamo|o|arl)|avvis(?:iamo|o\b|o\s+ai|ato)|informiamo|comunichiamo|avviso|scusiamo|spiacenti|stato\s+(?:risolt|spedit|trasmess|accolt|accettat|ricevut)
check-?in|check-?out|camera|chiav[ei]|soggiorno|ospit[ei]\b|volo|treno|pullman|navetta|bagagl|partenza|parte\s+(?:alle|con|da|oggi|domani)|posto\s+(?:\d|\{)
tavolo|restituzion|reso\b|resta\b|resterà|riprend|profilo|accesso|password|area\s+riservata|fascicolo|assegnat|sopralluogo|riparazion|revision
arriv(?:erà|ato|ata|ano|ati)|passerà|finito|termin(?:e|ato|ata)|ci\s+vediamo|la\s+aspettiamo\s+(?:alle|domani|oggi)|si\s+presenti|presenza|partecip|inizia\b|raccolta
acquisto|acquistat|purchase|comprat|articolo|prodotto\s+(?:che|\{)|codice|guida\b|pesat|revisionat|controllat|caldaia|fornitura|contatore|allegat|bilancio
come\s+(?:è\s+andat|da\s+sua|richiesto|concordato|ci\s+ha|ha\s+chiesto)|come\s+preferisce|opinione|scelg\w+\s+l['’]orari|foto\s+dell|video\s+della|libretto
shipped|tracking|left\s+our|warehouse|result|report\b|prescription|doctor|dr\b|visit\s+on|vaccination|renew|password|statement|balance
charge|card\b|claim|policy|warranty|repair|inspection|engineer|plumber|technician|driver|meeting|school|clos(?:es|ed|ing)\b|delay|depart|boarding|gate
flight|train\b|cancel|reschedul|moved\s+to|postponed|changed|terms|agreement|lease|tenancy|document|application|complaint|support|return
exchange|remind|check-in|room\b|table\s+for|guest|notice|maintenance|outage|due\b|expire|arrive|on\s+its\s+way|sign\s+in|code\b|data\b|deposit|supposed
reservation|booked|bill\b|package|shipping|starts?\s+at|starts?\s+on|as\s+you\s+asked|you\s+asked|guide\b|seat\b|lift|locker
(?:il|la|l['’])\s*(?:suo|sua|tuo|tua)\s+[\w\s]{2,30}\s+(?:\{\{|è\b|sono\b|ha\b|non\b|sta\b|sarà\b|scade\b|si\s+trova)
your\s+[\w\s]{2,30}\s+(?:\{\{|is\b|has\b|was\b|will\b|are\b|were\b)
qui\s+sopra|in\s+allegato|attached|(?:la|ti)\s+aspetta\s+(?:in|alle|presso)|in\s+laboratorio|in\s+segreteria|allo\s+sportello|otp\b|passcode
"""
"""Beginnings of words that give a message its occasion: something happened, is due, or changes."""
