"""Words of a counter in Italian and in English, so that a question meets knowledge in the other.

Vectors cross languages, words do not (answering.md 4.5). Of a question in one of the two, a word
that the library lacks stands for its counterpart there, if the library has that.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from sportello.assistant.words import lexemes

# Italian | English; whatever stands on one side may stand for the first word of the other.
_COUNTERPARTS: Final = """
spedizione consegna | shipping delivery ship deliver postage
pacco | parcel package
ordine ordinare | order
acquistare | buy purchase
reso restituire | return
rimborso | refund money
annullare | cancel
modificare cambiare | change exchange swap modify
rotto danneggiato | broken damaged cracked faulty
sconto | discount promo coupon
buono | voucher gift card
regalo | gift present
costo | cost price fee charge
pagare pagamento | pay payment paid
carta | card
contanti | cash
rata | instalment instalments monthly
fattura | invoice bill receipt
garanzia | warranty guarantee guaranteed
negozio bottega | shop store
indirizzo | address located
orario | hours opening closing
domenica | sunday
sabato | saturday
festivi | holidays holiday
camera stanza | room
colazione | breakfast
cena | dinner eat
parcheggio | parking park garage
animali | pet pets dog cat animal animals
bambini | kid kids child children
disabili | disabled wheelchair accessible
prenotare prenotazione | book booking appointment reserve reservation
noleggio | rent hire rental
riparare | repair fix mend
bici bicicletta bicicletta | bike bicycle bikes
casco | helmet
batteria | battery
taglia | size
colore | colour color
esaurito disponibile | available stock sold
lavastoviglie | dishwasher
forno | oven
microonde | microwave
piatto piatti | plate plates dish dishes
tazza | cup mug cups
wifi | internet wi
macchina auto | car
stazione | station
aeroporto | airport
navetta | shuttle
autobus | bus coach
piscina | pool swimming swim
aria condizionata | air conditioning
asciugamano | towel towels
bagagli | luggage baggage bags
chiave | key keys
lavanderia | laundry
corso corsi | class course lesson classes courses
iscrizione | membership join enrol
abbonamento | subscription membership
biglietto | ticket tickets
visita | visit tour
guida guidata | guided guide tour
mostra | exhibition exhibit
foto | photo photos picture pictures
scuola | school
gruppo gruppi | group groups
studenti | student students
anziani | senior seniors
medico dottore | doctor
dente denti | tooth teeth
dolore | pain hurts ache
urgenza urgente | emergency urgent
visita controllo | checkup check
assicurazione | insurance
email | email mail
telefono | phone telephone call
sito | website site
estero | abroad overseas international
svizzera | switzerland
germania | germany
dogana | customs
tracking seguire | track tracking
errore sbagliato | wrong mistake
ricevuto arrivare | arrive arrived received
perso | lost missing
dimenticato | forgot forgotten
rubata | stolen
allergia | allergy allergic
glutine | gluten celiac coeliac
vegetariano | vegetarian vegan
materiale | material made
lavare pulire | wash clean washing
ingrosso | wholesale bulk
personalizzato | custom personalised customised
ristorante | restaurant
lavoro | job work
"""


@cache
def counterparts(language: str) -> Mapping[str, str]:
    """For lexemes of another language than `language`, its own: keys and values without prefix."""
    if language not in {"it", "en"}:
        return {}
    found: dict[str, str] = {}
    for line in _COUNTERPARTS.strip().splitlines():
        italian, english = line.split("|")
        mine, theirs = (italian, english) if language == "it" else (english, italian)
        first = lexemes(mine, language)[0]
        other = "en" if language == "it" else "it"
        found |= {one: first for one in lexemes(theirs, other) if one not in found}
    return found
