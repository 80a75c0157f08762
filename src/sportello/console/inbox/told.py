"""What a machine made of a customer's file, as it stands under the file for colleagues."""

from typing import Final

from django.utils.translation import gettext_lazy

from sportello.schema.file_reading import Reading
from sportello.schema.inbox import Media

_LABELS: Final = {
    "image": gettext_lazy("Automatic description"),
    "audio": gettext_lazy("Transcript"),
    "document": gettext_lazy("Beginning of the text"),
}
_UNREAD: Final = gettext_lazy("Not put into words")
_WHY: Final = {
    "no_room": gettext_lazy("no model is set for it, or the budget is spent"),
    "too_large": gettext_lazy("the file is too large"),
    "too_long": gettext_lazy("longer than five minutes"),
    "unknown_kind": gettext_lazy("a kind of file that nobody here reads"),
    "encrypted": gettext_lazy("the file is locked with a password"),
    "nothing_said": gettext_lazy("there are no words in it"),
    "no_text": gettext_lazy("there are no words in it"),
    "refused_key": gettext_lazy("the provider does not accept the key"),
    "too_slow": gettext_lazy("the provider took too long"),
}
_OTHER: Final = gettext_lazy("it did not work")


def told_of(kind: str, file: Media) -> tuple[str, str]:
    """Label and words; ("", "") where nothing is to be said. `kind`: the message's type."""
    if file.words:
        return str(_LABELS.get(kind, _LABELS["document"])), file.words
    if file.reading == Reading.FAILED and file.unread_why != "no_file":
        return str(_UNREAD), str(_WHY.get(file.unread_why, _OTHER))
    return "", ""
