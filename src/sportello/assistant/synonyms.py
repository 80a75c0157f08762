"""Words that mean the same at a counter, whatever the trade: the first stands for its line.

Customers ask for "posteggio", the company wrote "parcheggio". Only words are here that may stand
for each other in a question; what they are worth was measured by cross-validation on the labelled
libraries: Hit@1 77 → 80 %, false answers to near questions at equal coverage halved.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # A line that begins with "+" goes on.
        "it": """
            spedire spedizione spedite consegna consegnare consegnate recapito recapitare
            + inviare invio mandare mandate recapitate inviate
            acquistare acquisto acquistato comprare compro comprato compra
            reso resi restituire restituzione rendere
            rimborso rimborsare rimborsi soldi
            annullare annullamento disdire disdetta cancellare cancellazione
            rotto rotta danneggiato difettoso difetto scheggiato scheggiatura crepato spezzato
            sconto sconti promozione promo coupon agevolazione riduzione ridotto
            buono voucher gift
            costo costare costa prezzo prezzi tariffa tariffe
            camera stanza
            bambino bimbo bimba bambina figlio figlia bambini
            orario orari aprire aperto aperti apertura apre chiudere chiudete chiuso chiusi
            + chiusura
            prenotare prenotazione riservare appuntamento
            noleggio noleggiare noleggiate affittare affitto
            animale animali cane gatto cani
            parcheggio parcheggiare garage posteggio posteggiare
            riparare riparazione riparate aggiustare
            cambiare cambio sostituire sostituzione modificare modifica correggere
            negozio bottega
            internet wifi
            garanzia garantito
            ditta azienda
            anticipo caparra acconto
            rata rate dilazione finanziamento
            disabile disabili carrozzina handicap
            macchina auto automobile automobili veicolo
            autobus bus pullman corriera
            telefono telefonare cellulare telefonico chiamare chiamata
            mail email posta
            indirizzo sede
            mangiare cenare cena pranzo pranzare
            iniziare inizio cominciare comincia inizia
            durare dura durata
            allergia allergico allergica allergie intolleranza intollerante
            perdere perso persa smarrito smarrita smarrire dimenticato dimenticata scordato
            + scordata
            imparare corso corsi lezione lezioni
            foto fotografia fotografie fotografare
            iscrivere iscrizione iscrivermi iscriversi registrare registrazione
            abbonamento abbonarsi abbonarmi tessera
            bollette bolletta
            contante contanti banconote
            bancomat carta carte credito
            maggiorenne minorenne minorenni ragazzi adolescenti
            anziano anziani pensionati pensionato over65
            fattura fatturare fatturazione
            regalo regalare regali
            taglia misura misure
            esaurito terminato finito
            gratis gratuito gratuita gratuiti
        """,
        "en": """
            ship shipping deliver delivery postage
            refund money
            buy purchase
            price cost fee charge
            open opening hours close closing
            broken damaged cracked faulty
            rent hire rental hiring
            repair fix mend fixed
            bike bicycle
            swap exchange change replace
            book booking appointment reserve reservation
            voucher gift
            dog cat pet animal
            parking park garage
            kid child children
            discount promo coupon concession reduced
            instalment monthly finance
            warranty guarantee guaranteed
            free complimentary
            disabled wheelchair accessible
            invoice bill
            car vehicle automobile
            bus coach
            phone telephone call
            email mail
            address located location based
            eat dinner lunch food meal
            start begin beginning starts
            lost forgot forgotten
            lesson class course
            photo picture photograph
            join membership member enrol signup
            cash notes coins
            card visa mastercard
        """,
    }
)
