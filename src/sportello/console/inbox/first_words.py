"""The words of writing first: prices on buttons, what does not fit, what cannot be sent."""

from typing import Final

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.rules.files import Flaw
from sportello.rules.pricing import Price
from sportello.rules.template_match import Gap, GapCode

_UNIT: Final = 1_000_000
_CENT: Final = 10_000

GAPS: Final[dict[GapCode, Promise]] = {
    GapCode.VALUE_MISSING: gettext_lazy("A value for %(name)s is missing."),
    GapCode.VALUE_UNKNOWN: gettext_lazy("The template has no variable %(name)s."),
    GapCode.VALUE_SPACES: gettext_lazy(
        "The value of %(name)s has line breaks, tabs or runs of spaces."
    ),
    GapCode.TEXT_TOO_LONG: gettext_lazy(
        "Filled in, the text has %(length)d characters, %(limit)d at most."
    ),
    GapCode.MEDIA_MISSING: gettext_lazy("The header needs its own file: %(kind)s."),
    GapCode.MEDIA_WRONG: gettext_lazy("The header takes %(kind)s, not %(given)s."),
    GapCode.MEDIA_UNEXPECTED: gettext_lazy("The template's header takes no file."),
    GapCode.BUTTON_VALUE_MISSING: gettext_lazy("The button %(name)s needs a value."),
    GapCode.BUTTON_VALUE_WRONG: gettext_lazy("The value of the button %(name)s cannot be sent."),
    GapCode.BUTTON_UNKNOWN: gettext_lazy("The template has no button %(name)s that takes a value."),
    GapCode.CODE_TOO_LONG: gettext_lazy("A code has %(limit)d characters at most."),
    GapCode.CARDS_COUNT: gettext_lazy("%(count)d cards, where the template has %(limit)d."),
}

KINDS: Final[dict[str, Promise]] = {
    "image": gettext_lazy("a picture"),
    "video": gettext_lazy("a video"),
    "gif": gettext_lazy("a video"),
    "document": gettext_lazy("a document"),
}

HEADERS: Final[dict[str, Promise]] = {
    "image": gettext_lazy("Picture"),
    "video": gettext_lazy("Video"),
    "gif": gettext_lazy("Video"),
    "document": gettext_lazy("Document"),
}

FLAWS: Final[dict[Flaw, Promise]] = {
    Flaw.EMPTY: gettext_lazy("The file is empty."),
    Flaw.TOO_LARGE: gettext_lazy(
        "The file is too large: pictures up to 5 MB, videos and documents up to 16 MB."
    ),
    Flaw.KIND_UNKNOWN: gettext_lazy(
        "WhatsApp does not take files of this kind. Give a JPEG or PNG, an MP4, or a PDF."
    ),
    Flaw.NOT_FOR_THIS_HEADER: gettext_lazy("The template's header takes another kind of file."),
}

NO_TEMPLATE: Final[dict[str, Promise]] = {
    "template_unknown": gettext_lazy("The number's account has no template of this name."),
    "language_unknown": gettext_lazy(
        "The template does not exist in this language; name one in which it does."
    ),
    "template_unsupported": gettext_lazy(
        "Templates with cards, offers, places or codes cannot be sent one by one."
    ),
}

WRONG_PHONE: Final = gettext_lazy(
    "This is no phone number. Give it with its country code: +39 347 123 4567."
)


def gap(found: Gap) -> str:
    """Why a value does not fit, in the reader's language."""
    values = {
        name: str(KINDS.get(str(value), value)) if name in {"kind", "given"} else value
        for name, value in found.values
    }
    return str(GAPS[found.code]) % values


def price(found: Price | None) -> str:
    """What it costs to send one, as a button says it."""
    return price_of(None, "") if found is None else price_of(found.micros, found.currency)


def price_of(micros: int | None, currency: str) -> str:
    """`2,5 cent`, `1,200 USD`, `free`; an amount that nobody knows is told to be so."""
    if micros is None:
        return _("price not known")
    if micros == 0:
        return _("free")
    if currency == "EUR" and micros < _UNIT:
        cents = formats.number_format(round(micros / _CENT, 1), decimal_pos=1)
        return _("%(cents)s cents") % {"cents": cents}
    amount = formats.number_format(round(micros / _UNIT, 3), decimal_pos=3)
    return f"{amount} {currency}"
