"""Words that carry no meaning at a counter, and how thumbs spell the others.

When, where, who and how much are not among them: in questions they say what is wanted.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOPWORDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "it": _set("""
            a ad ai agli al alla alle allo anche ancora avere aver avete avevo avrei abbiamo ha hai
            hanno ho c ce che chi ci cio come con cosa cui d da dai dagli dal dalla dalle dallo dei
            degli del dell della delle dello di e ed essere era erano ero sara sarebbe sei siamo
            siete sono gli ha i il in io l la le lei li lo loro lui ma me mi mia mie miei mio n ne
            negli nei nel nella nelle nello noi o oppure per perche piu poi pero pure qua qual
            quale quali quel quella quelle quelli quello questa queste questi questo qui quindi s
            se si sia solo su sua sue sugli sui sul sulla sulle suo suoi t ti tra fra tu tua tue
            tuo tuoi un una uno v va vi voi vostra vostre vostri vostro nostra nostre nostri nostro
            fare faccio fa fate fatto far posso potete puo possiamo potrei vorrei voglio volevo
            volevamo vogliamo vuole devo deve dobbiamo bisogna ciao salve buongiorno buonasera
            grazie prego favore piacere scusi scusa scusate gentilmente cortesia allora ecco ok
            molto tanto gia stato stata stati sto sta stanno cosi ora qualche qualcosa
            de perpiacere per
        """),
        "en": _set("""
            a am an and any are as at be been being but by can could d did do does doing don for
            from get got had has have having he hello her here hers hey hi him his i if in into is
            it its just ll m may me might mine must my need of off on or our ours out please re s
            shall she should so some such t than thank thanks that the their them then there these
            they this those to too us ve very was we were which will with would you your yours im
            id ill want wanna d like really about up
        """),
    }
)

SHORTHAND: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "it": MappingProxyType(
            {
                "nn": "non",
                "x": "per",
                "xke": "perche",
                "xche": "perche",
                "perke": "perche",
                "ke": "che",
                "k": "che",
                "qnd": "quando",
                "qndo": "quando",
                "qnt": "quanto",
                "qnto": "quanto",
                "cmq": "comunque",
                "cm": "come",
                "dv": "dove",
                "qst": "questo",
                "qsto": "questo",
                "qlc": "qualche",
                "qlcs": "qualcosa",
                "sn": "sono",
                "grz": "grazie",
                "msg": "messaggio",
                "mex": "messaggio",
                "tel": "telefono",
                "num": "numero",
                "ind": "indirizzo",
                "pz": "pezzi",
                "risp": "risposta",
                "bb": "bambino",
                "dmn": "domani",
                "gg": "giorni",
                "sett": "settimana",
                "ord": "ordine",
                "pag": "pagamento",
                "sped": "spedizione",
                "macchina": "auto",
            }
        ),
        "en": MappingProxyType(
            {
                "u": "you",
                "r": "are",
                "ur": "your",
                "pls": "please",
                "plz": "please",
                "thx": "thanks",
                "tmrw": "tomorrow",
                "tmr": "tomorrow",
                "wat": "what",
                "wen": "when",
                "whats": "what",
                "wheres": "where",
                "hows": "how",
                "cant": "cannot",
                "dont": "not",
                "doesnt": "not",
                "gonna": "going",
                "ppl": "people",
                "num": "number",
                "addr": "address",
                "hrs": "hours",
                "min": "minutes",
                "info": "information",
            }
        ),
    }
)
