"""Words that frame a question without naming its matter, for any trade: "quanto costa", "vendete".

"Noleggiate automobili?" shares its verb with "Noleggiate biciclette?" and not what it is about. How
much of the matter the best passage holds is a feature of its own (`search.FEATURES`).
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from sportello.assistant.words import lexemes

_FRAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "it": """
            quando quanto quanta quanti quante dove come perche quale
            vendere vendete vendi vende accettare accettate accetta tenere tenete trovare trovo
            trova trovate dare date offrire offrite usare uso usate usa mettere mettete venire
            vengo arrivare prendere prendete andare vado sapere sapete dire dice dite serve servono
            servire esiste possibile costa costano costare ora giorno giorni tempo
            consigliate consigliare noleggiare noleggiate riparare riparate organizzare
            organizzate comprate chiedere chiedo sapere capire succede funziona mai dentro
        """,
        "en": """
            when how much many where what why which who sell offer accept take use long cost
            price rent hire repair fix give come go find know tell possible time day days open
            works happen happens make let see say look anything something
        """,
    }
)


@cache
def frames(language: str) -> frozenset[str]:
    """Lexemes, as `words.lexemes` makes them."""
    return frozenset(lexemes(_FRAMES.get(language, ""), language))
