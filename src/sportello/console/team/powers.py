"""What each role may do in each section, as the page of people shows it: `rules.permissions` said
in words.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from sportello.console.team.words import ROLE
from sportello.rules.permissions import LEAST, Deed, Role, Section, may
from sportello.schema import team

SECTION: Final[dict[Section, Promise]] = {
    Section.CONVERSATIONS: gettext_lazy("Conversations"),
    Section.CONTACTS: gettext_lazy("Contacts"),
    Section.TEMPLATES: gettext_lazy("Templates"),
    Section.CAMPAIGNS: gettext_lazy("Campaigns"),
    Section.AUTOMATIONS: gettext_lazy("Automations"),
    Section.KNOWLEDGE: gettext_lazy("Knowledge"),
    Section.ASSISTANT: gettext_lazy("Assistant"),
    Section.ANALYTICS: gettext_lazy("Analytics"),
    Section.CHANNEL: gettext_lazy("Number"),
    Section.MONEY: gettext_lazy("Spend"),
    Section.DOCTOR: gettext_lazy("Doctor"),
    Section.RULES: gettext_lazy("Sending rules"),
    Section.PEOPLE: gettext_lazy("People"),
    Section.AUDIT: gettext_lazy("Audit log"),
    Section.SETTINGS: gettext_lazy("Settings"),
}
_LOOKS: Final = gettext_lazy("looks")
_WORKS: Final = gettext_lazy("works")
_DECIDES: Final = gettext_lazy("decides")
# Where a section knows no day's business, who decides does it all.
_DEEDS: Final = ((Deed.GOVERN, _DECIDES), (Deed.WORK, _WORKS), (Deed.LOOK, _LOOKS))


@dataclass(frozen=True, slots=True)
class Power:
    """A line of the table: what each of `Role` may there, from the least: its name
    and the word for it, None for nothing.
    """

    section: Promise
    words: tuple[tuple[Promise, Promise | None], ...]


def table() -> list[Power]:
    """A person's own account is no line: it is everybody's own."""
    return [
        Power(words, tuple((ROLE[team.Role(role)], _most(role, section)) for role in Role))
        for section, words in SECTION.items()
    ]


def _most(role: Role, section: Section) -> Promise | None:
    known = ((deed, words) for deed, words in _DEEDS if (section, deed) in LEAST)
    return next((words for deed, words in known if may(role, section, deed)), None)
