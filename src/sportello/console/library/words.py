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
}

COLUMNS: Final[dict[str, Promise]] = {
    "question": _("Question"),
    "answer": _("Answer"),
    "variants": _("Other ways to ask"),
    "language": _("Language"),
    "enabled": _("In use"),
    "file": _("File"),
}
