"""The words for what people are told at the desk; none of them names a customer."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from sportello.rules.notice import Kind

KIND: Final[dict[Kind, Promise]] = {
    Kind.HANDED_OVER: gettext_lazy("A conversation waits for a person"),
    Kind.ASSIGNED: gettext_lazy("A conversation was assigned to you"),
    Kind.MENTIONED: gettext_lazy("A colleague wrote your name in a note"),
    Kind.CLOSING: gettext_lazy("A window is about to shut on an unanswered customer"),
    Kind.BRAKED: gettext_lazy("A campaign was stopped by its brake"),
    Kind.BLOCKED: gettext_lazy("Nothing leaves from a number any more"),
}
