"""What a customer is asked who may want no more promotions, and told when they stay."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Asking:
    """`{company}` is filled in. `stop` and `keep` are titles of buttons: at most 20 characters."""

    question: str
    stop: str
    keep: str
    kept: str


_ITALIAN: Final = Asking(
    question=(
        "Forse non desidera più ricevere messaggi promozionali da {company}: è così? Finché non ci "
        "risponde, non gliene mandiamo."
    ),
    stop="Sì, basta promozioni",
    keep="No",
    kept=(
        "Va bene: continuerà a ricevere i messaggi promozionali di {company}. Per smettere basta "
        "scrivere STOP."
    ),
)
_ENGLISH: Final = Asking(
    question=(
        "Would you rather get no more promotional messages from {company}? Until you tell us, we "
        "send you none."
    ),
    stop="Yes, no promotions",
    keep="No",
    kept=(
        "All right: you will go on getting promotional messages from {company}. To stop them, "
        "write STOP."
    ),
)


def asking_words(language: str) -> Asking:
    """In the customer's language, else in English."""
    return _ITALIAN if language.partition("-")[0] == "it" else _ENGLISH
