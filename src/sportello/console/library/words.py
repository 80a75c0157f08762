"""What is said of knowledge that does not fit, in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sportello.console import words

UNFIT: Final[dict[str, Promise]] = {
    **words.UNFIT,
    "file_too_large": _("The file is too large."),
    "not_a_table": _("The file cannot be read as a table."),
    "too_many_rows": _("The file has too many rows. Split it."),
    "columns_missing": _("A column for the question and one for the answer are needed."),
    "twice": _("The same question stands in an earlier row."),
    "library_full": _("The knowledge holds as many questions as it may."),
    "unknown_kind": _(
        "Files of this kind cannot be read: PDF, Word, Excel, CSV, TSV, text, Markdown."
    ),
    "not_an_address": _("This is not the address of a web page."),
    "out_of_range": _("This number is out of range."),
}

# Why a document or a site failed: what happened, and what can be done.
REASONS: Final[dict[str, Promise]] = {
    "unknown_kind": UNFIT["unknown_kind"],
    "too_large": _("It holds more text than can be kept. Split it."),
    "too_many_pages": _("It has more than 1,000 pages. Split it."),
    "too_many_passages": _("It holds more text than can be kept. Split it."),
    "swells": _("Unpacked, the file is too large."),
    "encrypted": _("It is protected by a password. Save it without one."),
    "damaged": _("The file is damaged. Open it, save it anew and upload it again."),
    "no_text": _("There is no text in it. A scanned page must be recognised as text first."),
    "too_slow": _("Reading it took too long. Split it or save it in another format."),
    "too_much_memory": _("Reading it took too much memory. Split it."),
    "gave_up": _("It could not be read in several attempts."),
    "forbidden_address": _("The address is not one of the public web."),
    "no_such_host": _("There is no such site."),
    "unreachable": _("The site did not answer."),
    "not_found": _("The page is not there any more."),
    "refused": _("The site does not let programs read this page."),
    "not_a_page": _("The address holds no page of text."),
    "too_many_redirects": _("The address leads on and on."),
    "nothing_found": _("No page with text was found on the site."),
}

COLUMNS: Final[dict[str, Promise]] = {
    "question": _("Question"),
    "answer": _("Answer"),
    "variants": _("Other ways to ask"),
    "language": _("Language"),
    "enabled": _("In use"),
    "file": _("File"),
}


def reason(code: str) -> str:
    """In words; the code itself for one of another version."""
    return str(REASONS.get(code, code))


def time_left(seconds: int) -> str:
    """Rounded up, as one tells it: nobody believes seconds."""
    if seconds < 60:
        return str(_("less than a minute left"))
    return str(_("about %(minutes)d min left")) % {"minutes": -(-seconds // 60)}
