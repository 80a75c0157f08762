"""What sentences state, each fact in its one spelling: the golden lines.

`python -m tests.rules.stated_told` writes them anew, for a person to read what differs.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sportello.rules.stated_facts import plain, stated

FILE: Final = Path(__file__).parent / "data" / "stated.txt"
_SENTENCES: Final = (
    "Costa 1.200,50 € e non 1,200.50 euro",
    "Costs $6.90, 6,9 dollars or 06,900 USD; £3 is 3 sterline",
    "Sconto del 20%, il 20 per cento, 20 percent",
    "Apriamo alle 9:00 e chiudiamo alle 19.30",
    "0 o 0,0 o 007 o 1.000 o 1.00 o 123.456,70 o 12:30 o 0,05 o 1.2.3",
    "Il 3/12/2026, il 03-12-26, il 3.12.2026 e il 3/12",
    "Il 3 dicembre 2026, 3 dicembre, December 3rd, 2026 and December 3, 1st of may, 2° marzo",
    "In aprile, forse; you may march in June",
    "Da lunedì a venerdì, sab-dom, from Fri through Tue, mer. al gio",
    "Chiuso lunedi e i martedi; open Sundays",
    "Oggi, stasera o domani; dopodomani no; tonight or tomorrow",
    "Scriva a info@esempio.it. O a anna.b+7@sub.esempio.co.uk!",
    "Vada su https://www.Esempio.it/a?b=1, poi www.esempio.it/ e http://esempio.it).",
    "Esempio.it e ordini.Subito, non v1.2",
    "Chiami il +39 06 1234 5678, lo 0039 06 12345678 o lo 06/12345678",
    "Tel. (06) 123-456.78; 333 1234567; +44 20 7946 0958; 39061234567; +39 12345",
    "Due o tre giorni, una dozzina, thirty minutes, ventiquattro ore, cento volte, twice",
    "\uff11\uff12 € \u0663 giorni \u2013 lun\u2014mar\u00a0mer",
    "Il 3/4 di tazza, 24/7, 1/2/3/4",
    "Ordine 12345678 del 7",
    "niente di niente",
)


def told() -> Iterator[str]:
    for sentence in _SENTENCES:
        yield plain(sentence)
        for one in sorted(stated(sentence), key=lambda one: (one.kind, one.value, one.said)):
            yield f"    {one.kind.value} {one.value!r} ({one.said!r})"


if __name__ == "__main__":
    FILE.write_text("\n".join(told()) + "\n", encoding="utf-8")
