"""The words for what is refused at the door: by us a file, by Meta a template."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sportello.rules.files import Flaw

FLAWS: Final[Mapping[Flaw, Promise]] = {
    Flaw.EMPTY: _("The file is empty."),
    Flaw.TOO_LARGE: _("The file is too large: pictures up to 5 MB, videos and documents up to 16."),
    Flaw.KIND_UNKNOWN: _("WhatsApp does not take files of this kind."),
    Flaw.NOT_FOR_THIS_HEADER: _("Pictures are JPEG or PNG, videos MP4, documents PDF."),
}

# What Meta answers at once, by the subcode of its error 100. Source: reference errors.csv.
REFUSALS: Final[Mapping[int, Promise]] = {
    2388019: _("The account has no room for another template."),
    2388023: _("A template of this name was deleted not long ago: take another name."),
    2388024: _("A template of this name and language exists already."),
    2388040: _("A text is longer than Meta allows."),
    2388043: _("An example of a variable, or the sample file, is missing or does not fit."),
    2388046: _("The name may have only small letters a to z, digits and underscores."),
    2388047: _("The header is not as Meta wants it."),
    2388060: _("A button is not as Meta wants it."),
    2388072: _("The body is not as Meta wants it."),
    2388073: _("The footer is not as Meta wants it."),
    2388081: _("A button cannot lead to WhatsApp itself."),
    2388155: _("This is the name of a sample template of Meta's."),
    2388293: _("There are too many variables for so few words."),
    2388299: _("The body must neither begin nor end with a variable."),
}


def refusal(subcode: object) -> str:
    """Meta's immediate no in our words; "" for one that we do not know."""
    return str(REFUSALS.get(subcode, "")) if isinstance(subcode, int) else ""
