"""How Italians ask us to stop, or to begin again, in the notation of `phrases`."""

from typing import Final

STOP: Final = """
non [mi|ci|me|ce] (<WRITE>) ... (piu|mai piu)
non (fatelo|farlo) [mai] piu
non (riscriv*mi|ricontatt*mi|rimand*mi|inviatemel*|mandatemel*|inviatemen*|mandatemen*)
(mio|questo) (numero|contatto|nominativo|nome|recapito) ... (cancellat*|rimoss*|tolt*|eliminat*)
(stopp*|ferm*) [<LITTLE>] [<LITTLE>] [vostr*] (messagg*|offert*|promo*|pubblicita|notifich*|invio)
stoppa* tutto
(cancell*|annull*|disattiv*) (la mia|la) iscrizione [per|grazie|subito|alla|alle|alla vostra] \
[<LIST>|cortesia|favore|piacere] $
non [vi|ti] ho [mai] autorizzat* ... (numero|contatt*|<MAIL>|<WRITE>)
non (voglio|vorrei|desidero) [piu] essere [piu] iscritt* [<LIST>|alla|da] $
come (si fa|faccio|posso|si puo) [a] (cancellarsi|cancellarmi|disiscriversi|disiscrivermi|\
togliersi|togliermi) $?
non essere [piu] (contattat*|disturbat*|cercat*|messaggiat*)
(nessun|nessuna|niente|no) (messaggio|messaggi|pubblicita|promozione|promozioni) (per favore|per \
piacere|per cortesia)
(cancellami|toglimi|rimuovimi|disiscrivimi|eliminami) [pure|grazie|per favore|subito] $
(vorrei|voglio|desidero|preferirei) non ... (essere|stare|comparire) ... (<LIST>)
se (arriva|arrivano|ricevo|mi arriva|mi arrivano) ... (segnal*|denunc*|blocc*|garante|querel*)
(esercito|esercitare) ... diritto (di|alla|all) (opposizione|cancellazione|oblio|revoca)
(voglio|vorrei|posso|potrei|fatemi|fammi) uscire (da|dal|dalla|dalle) ... (<LIST>|chat)
esco (da|dal|dalla) ... (<LIST>|chat)
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
(voglio|vorrei|posso|desidero|chiedo di|come faccio a|come posso) [essere] (disiscriv*|\
disinscriv*)
(voglio|vorrei|desidero|chiedo di|come faccio a|come posso) [essere] cancellarmi ... (<LIST>)
(voglio|vorrei|desidero|chiedo di) essere (cancellat*|rimoss*|tolt*) ... (<LIST>)
(disiscrivimi|disiscrivetemi|disiscrivermi|disiscrivo|disinscrivetemi)
(revoc*|ritir*) ... consenso
(mi oppongo|nego il consenso|non acconsento|non do il consenso)
non autorizzo ... (<MAIL>|contatt*|marketing|uso)
(annull*|disattiv*) ... (iscrizione|sottoscrizione|newsletter|<MAIL>)
ho detto (stop|basta) $
(diffido|diffidiamo) (dal|dallo) ... (<WRITE>)
non (voglio|vorrei|desidero|gradisco) [piu|altri|altre|ricevere] [<LITTLE>] [<LITTLE>] (<MAIL>) \
[<TAIL>] [<TAIL>] $
non (voglio|vorrei|desidero|gradisco) [piu] (ulteriori|altri|altre) ... (<MAIL>)
non (voglio|vorrei|desidero) [piu] (essere|stare|restare|rimanere|comparire) ... (<LIST>)
non ne (posso|possiamo) piu ... (<MAIL>|<WRITE>)
non mi interessano [piu] [<LITTLE>] [vostr*] (messaggi|comunicazioni|notifiche|newsletter|\
pubblicita)
non (contatt*mi|scriv*mi|disturb*mi|cerc*mi|contatt*ci|scriv*ci) (oltre|mai|ancora)
non (contatt*|scriv*|disturb*) (oltre|piu)
non mi (contattate|contatti|scriva|disturbate|disturbi) (oltre|ancora)
non (usat*|utilizzat*) ... (numero|contatto|recapito) ... (<MAIL>)
(mi|ci) (avete|hai|hanno|state|stai) (rotto|stufato|stancato|scocciato|rompendo|stufando|\
stancando|tempestando|bombardando) ... (<MAIL>|whatsapp)
(stufo|stufa|stanco|stanca) (di|dei|delle|con) ... (<MAIL>)
(fatela|falla|facciamola) finita
la (finite|smettete|piantate|finiamo|smettiamo|piantiamo|finisci|smetti|pianti|finisce|smette) \
... (<WRITE>|<MAIL>)
la (volete|vuole|vuoi|vogliamo) (finire|smettere|piantare|pianta|fini|smette) ... (<WRITE>|<MAIL>)
(smettere|smetto|smetterla) di (ricevere|ricevervi|mandarmi|inviarmi|scrivermi|scrivere) ...
(smettete|smetti|smetta|smettetela|smettila|piantatela|finitela|smettessero) [dai|subito|adesso|\
ora|grazie|per favore] $
(cancell*mi|elimin*mi|rimuov*mi|togli*mi|lev*mi) (da|dal) [vostro] whatsapp
(cancell*|elimin*|rimuov*|silenzi*) [pure] (il mio|i miei|miei|mio) (numero|contatto|contatti|\
nominativo|recapito|recapiti)
non (ho|vi ho|abbiamo) [mai] dato [il|nessun|alcun] consenso
(smett*|finit*|piant*) (di|con|co) (sta|sto|sti|ste|questa|questi|queste|tutta|tutti|tutte) ... \
(<MAIL>)
(basta|stop) (mand*|mann*|invi*|scriv*) (sti|ste|questi|queste) ... (<MAIL>)
basta ... (ogni giorno|tutti i giorni|ogni ora|di continuo) ... (<MAIL>)
basta (pero|davvero|veramente|per carita|per pieta) $
(ogni giorno|tutti i giorni|di continuo) ... (<MAIL>) ... (basta|smett*|finit*)
(avevo|ho|abbiamo) [gia] (scritto|detto|mandato|risposto|inviato|digitato) [di] (stop|basta|\
cancellami|cancellatemi)
(vi|ti|le|ve lo|ve l) ho [gia] (detto|chiesto|scritto|ripetuto) ... (di|che) non ... (<WRITE-ME>)
ho [gia] (detto|chiesto|scritto) ... che non (voglio|vorrei|desidero) ... (<MAIL>)
ho [gia] (detto|chiesto) ... che non voglio [piu] essere
evit* [di] (<WRITE-ME>) ... (<MAIL>)
evit* di (scrivermi|scriverci|contattarmi|contattarci|disturbarmi|importunarmi)
evit* [<LITTLE>] [<LITTLE>] (promo*|pubblicita|offerte|messaggi|newsletter|spam)
se mi (riscriv*|scriv*|ricontatt*|contatt*|disturb*|rimand*) ... (segnal*|denunc*|blocc*|querel*)
(blocco|segnalo|denuncio|segnalero|denuncero|bloccare|bloccarvi|segnalarvi) ... se ... (scriv*|\
riscriv*|contatt*|mand*)
(chied*|richied*|voglio|vorrei|esig*|preten*|desidero) ... (cancellazione|rimozione|eliminazione|\
disiscrizione) ... (dati|numero|nominativo|contatto|recapito|recapiti|<LIST>)
(chied*|richied*|voglio|vorrei|esig*|preten*|desidero) ... (disiscrizione|disiscriver*)
(mi voglio|mi vorrei|voglio|vorrei|devo|posso) (cancellar*|disiscriver*|toglier*|rimuover*|\
levar*) ... (da|dal|dalla|dalle|dai) ... (<LIST>)
mi (voglio|vorrei) disiscriver*
come (si|mi|posso|faccio) ... (disattiv*|blocc*|togl*|tolg*|ferm*|elimin*|cancell*|interromp*|\
smett*) ... (messagg*|comunicazion*|pubblicita|promo|promozion*|newsletter|notifich*|spam|lista)
come (mi|posso|faccio|si fa) [a] (tolgo|cancello|disiscrivo|levo|disiscriv*|togliermi|cancellarmi|\
levarmi) [da|dalla|dal] [questa|questo|sta|vostra|questi] [lista|servizio|elenco|newsletter|\
messaggi] $?
come (faccio|posso|si fa) [a] non ricever* [piu] ...
(posso|potrei|possiamo|preferirei|preferisco|vorrei) non ricever* [piu] ... (<MAIL>|nulla|niente|\
piu)
mi (cancello|tolgo|levo|disiscrivo) da (sta|questa) roba
(mandat*mi|inviat*mi|mandami|scrivetemi|contattatemi|solo) ... solo ... (niente|no|non) ... \
(<MAIL>)
(messagg*|offert*|promo*|pubblicita|comunicazion*|newsletter|notifich*) [no] non (le|li|la|lo|ne|\
mi) (voglio|desidero|gradisco|vogliamo|leggo|servono|serve|interessa|interessano) ...
(interromp*|sospend*|cess*|ferm*|blocc*) [<LITTLE>] (invio|invii) [<LITTLE>] [<LITTLE>] \
[<LITTLE>] (<MAIL>)
(interromp*|sospend*|cess*|ferm*) [<LITTLE>] (invio|invii) $
(interromp*|sospend*|blocc*|disattiv*) [<LITTLE>] [<LITTLE>] (promo*|pubblicita|newsletter|\
messaggi|comunicazioni|notifiche) [<TAIL>] [<TAIL>] $
(via|fuori|toglier*|rimuover*|levar*) (da|dal|dalla|dai|dalle) [<LITTLE>] [vostr*] (lista|liste|\
mailing|elenco|elenchi|rubrica|broadcast|newsletter|database)
(togl*|lev*|cancell*|rimuov*|elimin*|tolg*) [pure] (sto|sto mio|il mio|questo|mio) (numero|\
contatto|nominativo|recapito|nome)
(togl*mi|lev*mi|cancell*mi|rimuov*mi|elimin*mi) (di mezzo|da sta|da sto|da questa|da questo|da \
qui|da qua|per favore|grazie|subito)
(inutile|smettete) ... (scrivermi|mandarmi|inviarmi)
(lasciatemi|lasciami) (in pace|stare|tranquillo|tranquilla|perdere|perde)
non [mi] interess* ... non (<WRITE>)
(basta|no|niente) (werbung|publicidad|publicite)
(basta|stop|fermat*|smett*|finit*) [davvero|adesso|ora|dai] (con|co|di) [<LITTLE>] [<LITTLE>] \
[vostr*] (messagg*|pubblicita|promo*|sms|spam|newsletter|notifich*|comunicazion*)
(troppi|troppe|mi hanno stufato|mi hanno stancato|stufo|stufa) ... (messagg*|sms|notifich*|\
comunicazion*|promo*) ... (basta|cancell*|togl*|disiscriv*|rimuov*|smett*)
(sti|questi|vostri|sta|questa|vostra|queste|vostre|ste) (messagg*|promo*|offert*|pubblicita|sms|\
notifich*) ... (stuf*|stancat*|rotto|scocciat*) ...
(fine|stop|basta|niente) (messagg*|sms|pubblicita|spam|newsletter|notifiche) (per favore|grazie|\
su|a|qui)
(niente|nessun*|no) (piu|altri|altre|altra) [<LITTLE>] (messagg*|sms|pubblicita|promo*|\
comunicazion*|notifich*) (su|a|per|qui|da) ...
(per favore|per piacere|prego) (niente|nessun*|no) [piu|altra|altri] [<LITTLE>] (<MAIL>) [<TAIL>] \
$
(gradirei|preferirei|pregherei|vorrei|voglio|chiedo|desidero|fate in modo|fate si|deve|devono|\
dovete) ... non ... (ricever*|arriv*) ... (<MAIL>|piu)
non (mi|ci) (deve|devono) [piu] arrivare ...
non voglio piu (sentirvi|sentire|vedervi|vedere) ... (voi|vostr*|messaggi|<MAIL>|piu)
non voglio [piu] (sentirvi|vedervi)
(rimuovetemi|cancellatemi|disiscrivetemi|toglietemi|eliminatemi|depennatemi) [pure|subito|tutti] $
niente (promo*|pubblicita|newsletter|spam) (per me|a me|grazie|su questo numero)
non (usatelo|usarlo|utilizzatelo|usate questo numero) piu ...
basta (arrivarmi|arrivare) ... (messaggi|notifiche)
non (scrivetemi|contattatemi|disturbatemi) [mai|piu|grazie|per favore] $
non (gradisco|sopporto|tollero|autorizzo) ... (messagg*|comunicazion*|sms|pubblicita|promo*|\
newsletter)
non (inviarmi|mandarmi|mandatemi|inviatemi|mi mandate|mi inviate|mi mandi|mi invii) piu (niente|\
nulla|messaggi|sms|offerte|promo*|comunicazioni|pubblicita|cose|roba)
(depenn*|depennat*)
(essere|venire) (tolt*|rimoss*|cancellat*|depennat*|eliminat*) (da|dal|dall|dalla|dalle|dai) ... \
(<LIST>)
(rimozione|cancellazione|eliminazione|disiscrizione) (da|dal|dall|dalla|dalle|dai) [<LITTLE>] \
[vostr*] (<LIST>)
(togl*lo|cancell*lo|rimuov*lo|elimin*lo|lev*lo|togl*|cancell*|rimuov*|elimin*) ... (dai vostri \
contatti|dalla rubrica|dal database|dai contatti|dagli archivi)
(cancellaste|toglieste|rimuoveste|eliminaste|cancelliate|togliate|rimuoviate) ... (numero|\
contatto|nominativo|dati|<LIST>)
(dovete|potete|puoi|puo|deve|devi|bisogna) (cancellar*|rimuover*|toglier*|eliminar*) ... (mio \
numero|questo numero|mio contatto|mio nominativo|miei dati)
(rimuov*|cancell*|elimin*|togl*) (questo|il mio|sto|mio) (contatto|nominativo|numero|recapito|\
utente)
(consenso) ... (smett*|finit*|revoc*|ritir*|non scriv*) ...
non scriv* [proprio|mai|assolutamente|per favore] piu
non (mi|ci) (scriv*|contatt*|mand*) (proprio|assolutamente|davvero) piu
mai piu (messaggi|pubblicita|scrivermi|un messaggio)
"""

# What sounds like the above and is not: a complaint of silence, an order about something else, a
# wish to stay.
NOT_STOP: Final = """
ho (disattiv*|silenziat*|bloccat*) ... (notifich*|messagg*)
(perche|come mai) ... non [mi|ci] (<WRITE>|<MAIL>|avete|hai|ha|arriv*|ricev*|trov*) ... piu
non [mi|ci] (scrivete|scrivi|avete|hai|mandate|mandi|inviate) ... piu ... ?
non (voglio|vorrei|desidero) [essere] (disiscriv*|cancell*|rimoss*|tolt*)
non (disturbo|scrivo|contatto|cerco|mando|invio|trovo) ... piu
non [mi] (cancell*|disiscriv*|rimuov*|togliete*|togliermi|elimin*) ... (dalla|da|il mio)
se [poi|io|ora] mi (disiscriv*|cancell*|tolg*|togl*)
numero (vecchio|precedente)
(al|sul|col|su|a|e) ... numero sbagliato
numero e sbagliato
(voglio|vorrei|posso|devo) cancellar* ... (ordine|prenotazion*|appuntament*|visita|account)
non (mand*|invi*|spedi*) ... (taglia|pacco|ordine|corriere|fattura|modello|colore|merce|tecnico)
"""

RESUME: Final = """
(voglio|vorrei|desidero|posso) ... ricevere ... (<MAIL>) (di nuovo|ancora|nuovamente)
(voglio|vorrei|desidero|posso) ... ricevere (di nuovo|ancora|nuovamente) ... (<MAIL>)
(voglio|vorrei|desidero) (tornare|ricominciare|riprendere) a ricevere
(ricominciate|riprendete|tornate|ricomincia|riprendi) [pure] a (scriver*|mandar*|inviar*)
(riattiv*|ripristin*) ... (<MAIL>|iscrizione)
(iscrivimi|iscrivetemi|reiscrivimi|reiscrivetemi) ... (lista|newsletter|promo*|offert*|messaggi)
potete [di nuovo|ancora|tornare a] scrivermi (di nuovo|ancora|quando volete|pure)
(rimett*mi|riaggiung*mi|rimett*|aggiung*mi di nuovo|inser*mi di nuovo) ... (lista|liste|elenco|\
newsletter|rubrica|broadcast|<MAIL>)
mi (riscrivo|reiscrivo|iscrivo di nuovo|riattivo) ...
(reiscriv*mi|riscriv*mi alla|iscriv*mi di nuovo|iscriv*mi ancora) ...
(vorrei|voglio|desidero) [di nuovo|ancora|nuovamente] (ricevere|avere) [di nuovo|ancora|\
nuovamente] ... (<MAIL>) (di nuovo|ancora|nuovamente)
(vorrei|voglio|desidero) (di nuovo|ancora|nuovamente) (ricevere|avere) ... (<MAIL>)
(ho cambiato idea|ci ho ripensato) ... (scrivetemi|mandatemi|inviatemi|potete scrivermi) ...
(rimandat*mi|riscrivetemi|ricontattatemi|rimandami) [pure] ... (<MAIL>|quando volete|di nuovo)
(mi|ci) (riattivate|riattivi|riattiva|reiscrivete|rimettete) ...
(potete|puoi|puo) (riprendere|ricominciare|tornare) a (scriver*|mandar*|inviar*) ...
(riprendere|ricominciare|tornare) a (ricevere) ... (<MAIL>)
"""
