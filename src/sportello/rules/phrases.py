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
        # what a message has to do with: enough to tell it from an order, a visit, a parcel
        "TOLD-EN": "message*|text|texts|ad|ads|promo*|newsletter*|spam|marketing|"
        "notification*|email*|communication*|these|them|this|those|it|stuff|crap|things",
        "CEASE": "smett*|finir*|finit*|piant*|cess*|finis*",
        "WRITE-ME": "scrivermi|scriverci|contattarmi|contattarci|disturbarmi|disturbarci|"
        "importunarmi|cercarmi|mandarmi|inviarmi|spedirmi|tempestarmi|bombardarmi|assillarmi",
        "TAIL": "pubblicitari*|promozional*|commercial*|vostr*|da voi|grazie|per favore|piu|"
        "whatsapp|su whatsapp|basta|stop|per sempre|a questo numero|please|thanks|thank you|"
        "from you|to me|at all|already|anymore|any more|ok",
        "LITTLE": "dei|delle|degli|della|sti|ste|sta|sto|co|de|d|un|una|ulteriori|ulteriore|troppi|troppe|di|da|ai|alle|alla|agli|con|a|i|il|le|la|gli|lo|l|questi|queste|questa|"
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
non (voglio|vorrei|desidero|gradisco) [piu|altri|altre|ricevere] [<LITTLE>] [<LITTLE>] (<MAIL>) [<TAIL>] [<TAIL>] $
non (voglio|vorrei|desidero|gradisco) [piu] (ulteriori|altri|altre) ... (<MAIL>)
non (voglio|vorrei|desidero) [piu] (essere|stare|restare|rimanere|comparire) ... (<LIST>)
non ne (posso|possiamo) piu ... (<MAIL>|<WRITE>)
non mi interessano [piu] [<LITTLE>] [vostr*] (messaggi|comunicazioni|notifiche|newsletter|pubblicita)
non (contatt*mi|scriv*mi|disturb*mi|cerc*mi|contatt*ci|scriv*ci) (oltre|mai|ancora)
non (contatt*|scriv*|disturb*) (oltre|piu)
non mi (contattate|contatti|scriva|disturbate|disturbi) (oltre|ancora)
non (usat*|utilizzat*) ... (numero|contatto|recapito) ... (<MAIL>)
(mi|ci) (avete|hai|hanno|state|stai) (rotto|stufato|stancato|scocciato|rompendo|stufando|stancando|tempestando|bombardando) ... (<MAIL>|whatsapp)
(stufo|stufa|stanco|stanca) (di|dei|delle|con) ... (<MAIL>)
(fatela|falla|facciamola) finita
la (finite|smettete|piantate|finiamo|smettiamo|piantiamo|finisci|smetti|pianti|finisce|smette) ... (<WRITE>|<MAIL>)
la (volete|vuole|vuoi|vogliamo) (finire|smettere|piantare|pianta|fini|smette) ... (<WRITE>|<MAIL>)
(smettere|smetto|smetterla) di (ricevere|ricevervi|mandarmi|inviarmi|scrivermi|scrivere) ...
(smettete|smetti|smetta|smettetela|smettila|piantatela|finitela|smettessero) $
(smett*|finit*|piant*) (di|con|co) (sta|sto|sti|ste|questa|questi|queste|tutta|tutti|tutte) ... (<MAIL>)
(basta|stop) (mand*|mann*|invi*|scriv*) (sti|ste|questi|queste) ... (<MAIL>)
basta ... (ogni giorno|tutti i giorni|ogni ora|di continuo) ... (<MAIL>)
basta (pero|davvero|veramente|per carita|per pieta) $
(ogni giorno|tutti i giorni|di continuo) ... (<MAIL>) ... (basta|smett*|finit*)
(avevo|ho|abbiamo) [gia] (scritto|detto|mandato|risposto|inviato|digitato) [di] (stop|basta|cancellami|cancellatemi)
(vi|ti|le|ve lo|ve l) ho [gia] (detto|chiesto|scritto|ripetuto) ... (di|che) non ... (<WRITE-ME>)
ho [gia] (detto|chiesto|scritto) ... che non (voglio|vorrei|desidero) ... (<MAIL>)
ho [gia] (detto|chiesto) ... che non voglio [piu] essere
evit* [di] (<WRITE-ME>) ... (<MAIL>)
evit* di (scrivermi|scriverci|contattarmi|contattarci|disturbarmi|importunarmi)
evit* [<LITTLE>] [<LITTLE>] (promo*|pubblicita|offerte|messaggi|newsletter|spam)
se mi (riscriv*|scriv*|ricontatt*|contatt*|disturb*|rimand*) ... (segnal*|denunc*|blocc*|querel*)
(blocco|segnalo|denuncio|segnalero|denuncero|bloccare|bloccarvi|segnalarvi) ... se ... (scriv*|riscriv*|contatt*|mand*)
(chied*|richied*|voglio|vorrei|esig*|preten*|desidero) ... (cancellazione|rimozione|eliminazione|disiscrizione) ... (dati|numero|nominativo|contatto|recapito|recapiti|<LIST>)
(chied*|richied*|voglio|vorrei|esig*|preten*|desidero) ... (disiscrizione|disiscriver*)
(mi voglio|mi vorrei|voglio|vorrei|devo|posso) (cancellar*|disiscriver*|toglier*|rimuover*|levar*) ... (da|dal|dalla|dalle|dai) ... (<LIST>)
mi (voglio|vorrei) disiscriver*
come (si|mi|posso|faccio) ... (disattiv*|blocc*|togl*|tolg*|ferm*|elimin*|cancell*|interromp*|smett*) ... (messagg*|comunicazion*|pubblicita|promo|promozion*|newsletter|notifich*|spam|lista)
come (mi|posso|faccio|si fa) [a] (tolgo|cancello|disiscrivo|levo|disiscriv*|togliermi|cancellarmi|levarmi) [da|dalla|dal] [questa|questo|sta|vostra|questi] [lista|servizio|elenco|newsletter|messaggi] $?
come (faccio|posso|si fa) [a] non ricever* [piu] ...
(posso|potrei|possiamo|preferirei|preferisco|vorrei) non ricever* [piu] ... (<MAIL>|nulla|niente|piu)
mi (cancello|tolgo|levo|disiscrivo) da (sta|questa) roba
(mandat*mi|inviat*mi|mandami|scrivetemi|contattatemi|solo) ... solo ... (niente|no|non) ... (<MAIL>)
(messagg*|offert*|promo*|pubblicita|comunicazion*|newsletter|notifich*) [no] non (le|li|la|lo|ne|mi) (voglio|desidero|gradisco|vogliamo|leggo|servono|serve|interessa|interessano) ...
(interromp*|sospend*|cess*|ferm*|blocc*) [<LITTLE>] (invio|invii) [<LITTLE>] [<LITTLE>] [<LITTLE>] (<MAIL>)
(interromp*|sospend*|cess*|ferm*) [<LITTLE>] (invio|invii) $
(interromp*|sospend*|blocc*|disattiv*) [<LITTLE>] [<LITTLE>] (promo*|pubblicita|newsletter|messaggi|comunicazioni|notifiche) [<TAIL>] [<TAIL>] $
(via|fuori|toglier*|rimuover*|levar*) (da|dal|dalla|dai|dalle) [<LITTLE>] [vostr*] (lista|liste|mailing|elenco|elenchi|rubrica|broadcast|newsletter|database)
(togl*|lev*|cancell*|rimuov*|elimin*|tolg*) [pure] (sto|sto mio|il mio|questo|mio) (numero|contatto|nominativo|recapito|nome)
(togl*mi|lev*mi|cancell*mi|rimuov*mi|elimin*mi) (di mezzo|da sta|da sto|da questa|da questo|da qui|da qua|per favore|grazie|subito)
(inutile|smettete) ... (scrivermi|mandarmi|inviarmi)
(lasciatemi|lasciami) (in pace|stare|tranquillo|tranquilla|perdere|perde)
non [mi] interess* ... non (<WRITE>)
(basta|no|niente) (werbung|publicidad|publicite)
(basta|stop|fermat*|smett*|finit*) [davvero|adesso|ora|dai] (con|co|di) [<LITTLE>] [<LITTLE>] [vostr*] (messagg*|pubblicita|promo*|sms|spam|newsletter|notifich*|comunicazion*)
(troppi|troppe|mi hanno stufato|mi hanno stancato|stufo|stufa) ... (messagg*|sms|notifich*|comunicazion*|promo*) ... (basta|cancell*|togl*|disiscriv*|rimuov*|smett*)
(sti|questi|vostri|sta|questa|vostra|queste|vostre|ste) (messagg*|promo*|offert*|pubblicita|sms|notifich*) ... (stuf*|stancat*|rotto|scocciat*) ...
(fine|stop|basta|niente) (messagg*|sms|pubblicita|spam|newsletter|notifiche) (per favore|grazie|su|a|qui)
(niente|nessun*|no) (piu|altri|altre|altra) [<LITTLE>] (messagg*|sms|pubblicita|promo*|comunicazion*|notifich*) (su|a|per|qui|da) ...
(per favore|per piacere|prego) (niente|nessun*|no) [piu|altra|altri] [<LITTLE>] (<MAIL>) [<TAIL>] $
(gradirei|preferirei|pregherei|vorrei|voglio|chiedo|desidero|fate in modo|fate si|deve|devono|dovete) ... non ... (ricever*|arriv*) ... (<MAIL>|piu)
non (mi|ci) (deve|devono) [piu] arrivare ...
non voglio piu (sentirvi|sentire|vedervi|vedere) ... (voi|vostr*|messaggi|<MAIL>|piu)
non voglio [piu] (sentirvi|vedervi)
(rimuovetemi|cancellatemi|disiscrivetemi|toglietemi|eliminatemi|depennatemi) [pure|subito|tutti] $
niente (promo*|pubblicita|newsletter|spam) (per me|a me|grazie|su questo numero)
non (usatelo|usarlo|utilizzatelo|usate questo numero) piu ...
basta (arrivarmi|arrivare) ... (messaggi|notifiche)
non (scrivetemi|contattatemi|disturbatemi) [mai|piu|grazie|per favore] $
non (gradisco|sopporto|tollero|autorizzo) ... (messagg*|comunicazion*|sms|pubblicita|promo*|newsletter)
non (inviarmi|mandarmi|mandatemi|inviatemi|mi mandate|mi inviate|mi mandi|mi invii) piu (niente|nulla|messaggi|sms|offerte|promo*|comunicazioni|pubblicita|cose|roba)
(depenn*|depennat*)
(essere|venire) (tolt*|rimoss*|cancellat*|depennat*|eliminat*) (da|dal|dall|dalla|dalle|dai) ... (<LIST>)
(rimozione|cancellazione|eliminazione|disiscrizione) (da|dal|dall|dalla|dalle|dai) [<LITTLE>] [vostr*] (<LIST>)
(togl*lo|cancell*lo|rimuov*lo|elimin*lo|lev*lo|togl*|cancell*|rimuov*|elimin*) ... (dai vostri contatti|dalla rubrica|dal database|dai contatti|dagli archivi)
(cancellaste|toglieste|rimuoveste|eliminaste|cancelliate|togliate|rimuoviate) ... (numero|contatto|nominativo|dati|<LIST>)
(dovete|potete|puoi|puo|deve|devi|bisogna) (cancellar*|rimuover*|toglier*|eliminar*) ... (mio numero|questo numero|mio contatto|mio nominativo|miei dati)
(rimuov*|cancell*|elimin*|togl*) (questo|il mio|sto|mio) (contatto|nominativo|numero|recapito|utente)
(consenso) ... (smett*|finit*|revoc*|ritir*|non scriv*) ...
non scriv* [proprio|mai|assolutamente|per favore] piu
non (mi|ci) (scriv*|contatt*|mand*) (proprio|assolutamente|davvero) piu
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
(want|like|how do i|how can i|wish|need|how to) [to] (unsubscribe|opt out) [please|now|thanks] $?
(want|like|how do i|how can i|wish|need|how to) [to] (unsubscribe|opt out) [of|from] [<LITTLE>] [<LITTLE>] (<LIST-EN>|<TOLD-EN>)
(do not|don t) (message|text|write|contact|bother|email|disturb|spam|whatsapp) ... (again|anymore|any more|ever)
(do not|don t|never) (message|text|contact|bother|spam) (me|us|this number)
(can|could|would|will) you [please|kindly|guys] not (message|text|contact|bother|spam|write) ...
(can|could|would|will) you [please|kindly|guys] stop ... (<TOLD-EN>|me|us|here)
(stop|quit|cease|end) (sending|sendin|with|getting|receiving) [<LITTLE>] [<LITTLE>] (<TOLD-EN>)
(cease|end) [<LITTLE>] [<LITTLE>] (marketing|promotional|further) ...
how (do|can|to) [i] stop (getting|receiving|all) ... (<TOLD-EN>)
(want|like|need|ask|asking|asked|told) you [guys] to stop (send*|messag*|text*|contact*|spam*|writ*|bother*) ...
(want|like|need) [to] stop (getting|receiving) ... (<TOLD-EN>)
(stop|quit) (messaging|texting|contacting|spamming|bothering|writing) ...
(block|ban|cut|scratch|strike|wipe) (me|my number|my name) (from|off|out of) ... (<LIST-EN>)
(take|get|pull) (me|my name|my number|this number) off ... (list|lists|this|here|thing|it)
(take|get|pull) (me|my name|my number|us|this number) off [please|now|thanks] $
(don t|do not) (want|need|like) (these|those|this|them|it) (anymore|any more|at all|here) $
(don t|do not|no longer) (want|wish) to (get|receive|see|have) ... (<TOLD-EN>)
no more [<LITTLE>] [<LITTLE>] (<MAIL-EN>) (please|thanks|for me|just|only|on this|to this|ok|i|we)
(enough) [of|with|already] [<LITTLE>] [<LITTLE>] (<MAIL-EN>) [<TAIL>] [<TAIL>] $
(enough) no more
(sick|tired|fed up) (of|with) ... (messages|texts|ads|spam|marketing|promo*|newsletter*)
(cut|knock) it (out|off) ... (<TOLD-EN>|texting|messaging)
(i|we) (said|wrote|texted|typed|sent) [already] stop
(told|asked) you [already|twice|before] ... (stop|not to (contact|text|message|write))
not interested ... (stop|remove|don t|do not|no more)
(remove|delete|erase) (this|my|the) (number|phone|contact|data|info|details) [please|now|from] [your|the] [list|lists|system|database|records|thanks|asap]
(remove|delete) me ... (<LIST-EN>|asap|now|please|immediately)
(opt|opting) [me] out
(withdraw*|revok*) ... consent
leave (me|us) alone
(stop|quit) (bugging|pestering|annoying|hassling|pinging|flooding|hounding|bombarding) ...
(stop|quit) (hitting|blowing) (me|up|my) ...
(stop|quit|enough) [it] with [<LITTLE>] [<LITTLE>] (<MAIL-EN>)
(rather|prefer) not [to] (receive|get|have|be) ... (<TOLD-EN>|contacted|messaged|texted)
(refrain|desist) from ... (messag*|text*|contact*|send*|writ*)
(don t|do not|never) (consent|agree|consented|agreed) to ... (<MAIL-EN>|contacted)
(turn|switch|shut) off [<LITTLE>] [<LITTLE>] (<TOLD-EN>) ...
(turn|switch|shut) (these|them|those|this) off
(done|finished|through) with [<LITTLE>] [<LITTLE>] (messages|texts|ads|spam|promo*|offers)
(too many|so many|too much) ... (<MAIL-EN>|message) ... (unsubscribe|stop|remove|take me|take my|opt out)
(get|take|want|let) (me|my number|us|this number|to be|to get) [taken] (off|out|removed) (of|from) ... (<LIST-EN>)
want out [of] ...
(be|get) (removed|deleted|taken off|unsubscribed) [from] ...
(remove|delete|take) me (from|off|out of) ... (<LIST-EN>|contact*)
spam ... (stop|unsubscribe|remove) $
(do not|don t) send (me|us) any (further|more|other|additional) ...
no (further|more) [<LITTLE>] [<LITTLE>] (<MAIL-EN>|msgs|contact) [<TAIL>] $
no (further|more) (contact|messages|texts|marketing) ...
lose my number
"""

# What sounds like the above and is not: a complaint of silence, an order about something else, a
# wish to stay.
_NOT_STOP_PHRASES: Final = """
(perche|come mai) ... non [mi|ci] (<WRITE>|<MAIL>|avete|hai|ha|arriv*|ricev*|trov*) ... piu
non [mi|ci] (scrivete|scrivi|avete|hai|mandate|mandi|inviate) ... piu ... ?
non (voglio|vorrei|desidero) [essere] (disiscriv*|cancell*|rimoss*|tolt*)
non (disturbo|scrivo|contatto|cerco|mando|invio|trovo) ... piu
non [mi] (cancell*|disiscriv*|rimuov*|togliete*|togliermi|elimin*) ... (dalla|da|il mio)
(don t|do not|never|not) [want to] (unsubscribe|opt|remove|take|delete|drop)
why (did|do|have) you [ever] (stop*|quit|not|never|don t)
se [poi|io|ora] mi (disiscriv*|cancell*|tolg*|togl*)
if i (unsubscribe|opt out)
numero (vecchio|sbagliato|precedente)
(voglio|vorrei|posso|devo) cancellar* ... (ordine|prenotazion*|appuntament*|visita|account)
(don t|do not) (message|text|write|contact) ... (courier|driver|office|him|her|them)
can t (stop|quit)
non (mand*|invi*|spedi*) ... (taglia|pacco|ordine|corriere|fattura|modello|colore|merce|tecnico)
no more ... (left|available|in stock)
no more (questions|tickets|rooms|seats|tables)
(don t|do not) send (it|him|her|the order|the parcel|the package)
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
(rimett*mi|riaggiung*mi|rimett*|aggiung*mi di nuovo|inser*mi di nuovo) ... (lista|liste|elenco|newsletter|rubrica|broadcast|<MAIL>)
mi (riscrivo|reiscrivo|iscrivo di nuovo|riattivo) ...
(reiscriv*mi|riscriv*mi alla|iscriv*mi di nuovo|iscriv*mi ancora) ...
(vorrei|voglio|desidero) [di nuovo|ancora|nuovamente] (ricevere|avere) [di nuovo|ancora|nuovamente] ... (<MAIL>) (di nuovo|ancora|nuovamente)
(vorrei|voglio|desidero) (di nuovo|ancora|nuovamente) (ricevere|avere) ... (<MAIL>)
(ho cambiato idea|ci ho ripensato) ... (scrivetemi|mandatemi|inviatemi|potete scrivermi) ...
(want|like) to (get|receive|have) ... (<MAIL-EN>) (again|back)
(add|put|get|sign) me (back|again)
you can (text|message|write) me again
(rimandat*mi|riscrivetemi|ricontattatemi|rimandami) [pure] ... (<MAIL>|quando volete|di nuovo)
(mi|ci) (riattivate|riattivi|riattiva|reiscrivete|rimettete) ...
(potete|puoi|puo) (riprendere|ricominciare|tornare) a (scriver*|mandar*|inviar*) ...
(riprendere|ricominciare|tornare) a (ricevere) ... (<MAIL>)
(start|begin) (getting|receiving) ... (<MAIL-EN>) again
"""

_COURTESIES: Final = """
(ciao|salve|buongiorno|buon giorno|buonasera|buona sera|scusate|scusi|per favore|per piacere)
(per cortesia|cortesemente|gentilmente|grazie mille|molte grazie|mille grazie|grazie|prego)
(vi prego|ti prego|la prego|ok|okay|allora|e|hi|hello|hey|please|thanks|thank you|sorry|kindly)
(now|adesso|ora|subito|immediatamente|saluti|cordiali saluti|distinti saluti)
"""

STOP_COMMANDS: Final = frozenset(
    """
    stop|stopall|exit|esci|depennatemi|mettete stop|fine messaggi|cancel all|basta|stop basta|basta stop|quit|end|stop it|go away|leave me alone
    unsubscribe|unsubscribed|unsuscribe|unsubcribe|unsubscribe me|optout|opt out|opt me out
    cancellami|cancellatemi|mi cancelli|cancellazione|cancellazione iscrizione|mi cancello
    disiscrivimi|disiscrivetemi|disiscrivi|disiscrizione|disiscriviti|disinscrivimi
    disicrivetemi|mi disiscrivo|rimuovimi|rimuovetemi|mi rimuova|toglimi|toglietemi|mi tolga
    eliminami|eliminatemi|annulla iscrizione|annullate iscrizione|annulla l iscrizione
    non scrivere|non scrivetemi|non scrivermi|non contattatemi|non contattarmi
    non disturbate|non disturbatemi|non disturbare|non rompete|lasciatemi in pace
    smettila|smettetela|finitela|piantatela|remove me|delete me|disattiva|disattivate
    disattivami|disattivatemi|no more|unsubscribe all|stop all|non scrivetemi|stop please stop
    smettete|smettetela|smetti|take me off|basta stop basta|cancellarmi|disiscrivermi|toglietemi da qui
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
    start|start again|start over|restart|unstop|resume|subscribe|subscribe me|optin|opt in|opt me in|sign me up
    sign me up again|riprendi|riprendete|ricomincia|ricominciate|inizia|attiva|riattiva
    riattivate|riattivatemi|riattivami|mi riattivo|mi reiscrivo|mi riscrivo|iscrivimi|iscrivetemi|iscrivimi di nuovo|iscrivetemi di nuovo
    reiscrivimi|reiscrivetemi|scrivetemi di nuovo
    """.replace("\n", "|")
    .replace("    ", "")
    .strip("|")
    .split("|")
)

SHORTHAND: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nn": "non",
        "nun": "non",
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

STOP: Final = _compiled(_STOP_PHRASES)
NOT_STOP: Final = _compiled(_NOT_STOP_PHRASES)
RESUME: Final = _compiled(_RESUME_PHRASES)
WAIT: Final = _compiled(_WAIT_PHRASES)
COURTESY: Final = _compiled(_COURTESIES)
