"""Who may do what: one table of sections, deeds and the least role that may do them.

What the table does not name, nobody may.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """From the least to the greatest: each may all that those before it may."""

    READER = "reader"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    OWNER = "owner"


class Section(StrEnum):
    """A part of the console, with its part of the API."""

    CONVERSATIONS = "conversations"
    CONTACTS = "contacts"
    TEMPLATES = "templates"
    CAMPAIGNS = "campaigns"
    AUTOMATIONS = "automations"
    KNOWLEDGE = "knowledge"
    ASSISTANT = "assistant"
    CHANNEL = "channel"
    MONEY = "money"
    ANALYTICS = "analytics"
    DOCTOR = "doctor"
    RULES = "rules"
    PEOPLE = "people"
    AUDIT = "audit"
    SETTINGS = "settings"
    OWN = "own"


class Deed(StrEnum):
    """`look` changes nothing, `work` is the day's business, `govern` decides how it is done."""

    LOOK = "look"
    WORK = "work"
    GOVERN = "govern"


_READER, _OPERATOR, _ADMINISTRATOR = Role.READER, Role.OPERATOR, Role.ADMINISTRATOR

LEAST: Final[dict[tuple[Section, Deed], Role]] = {
    (Section.CONVERSATIONS, Deed.LOOK): _READER,
    (Section.CONVERSATIONS, Deed.WORK): _OPERATOR,
    (Section.CONVERSATIONS, Deed.GOVERN): _ADMINISTRATOR,
    (Section.CONTACTS, Deed.LOOK): _READER,
    (Section.CONTACTS, Deed.WORK): _OPERATOR,
    (Section.CONTACTS, Deed.GOVERN): _ADMINISTRATOR,
    (Section.TEMPLATES, Deed.LOOK): _READER,
    (Section.TEMPLATES, Deed.WORK): _OPERATOR,
    (Section.CAMPAIGNS, Deed.LOOK): _READER,
    (Section.CAMPAIGNS, Deed.WORK): _OPERATOR,
    (Section.CAMPAIGNS, Deed.GOVERN): _ADMINISTRATOR,
    (Section.AUTOMATIONS, Deed.LOOK): _READER,
    (Section.AUTOMATIONS, Deed.WORK): _OPERATOR,
    (Section.KNOWLEDGE, Deed.LOOK): _READER,
    (Section.KNOWLEDGE, Deed.WORK): _OPERATOR,
    (Section.ASSISTANT, Deed.LOOK): _READER,
    (Section.ASSISTANT, Deed.GOVERN): _ADMINISTRATOR,
    (Section.CHANNEL, Deed.LOOK): _READER,
    (Section.CHANNEL, Deed.WORK): _OPERATOR,
    (Section.CHANNEL, Deed.GOVERN): _ADMINISTRATOR,
    (Section.MONEY, Deed.LOOK): _READER,
    (Section.ANALYTICS, Deed.LOOK): _READER,
    (Section.ANALYTICS, Deed.WORK): _OPERATOR,
    (Section.DOCTOR, Deed.LOOK): _READER,
    (Section.DOCTOR, Deed.WORK): _OPERATOR,
    (Section.RULES, Deed.LOOK): _READER,
    (Section.RULES, Deed.GOVERN): _ADMINISTRATOR,
    (Section.PEOPLE, Deed.LOOK): _ADMINISTRATOR,
    (Section.PEOPLE, Deed.GOVERN): _ADMINISTRATOR,
    (Section.AUDIT, Deed.LOOK): _ADMINISTRATOR,
    (Section.SETTINGS, Deed.LOOK): _ADMINISTRATOR,
    (Section.SETTINGS, Deed.GOVERN): _ADMINISTRATOR,
    # A person's own name, password, second factor and devices: whoever they are.
    (Section.OWN, Deed.LOOK): _READER,
    (Section.OWN, Deed.WORK): _READER,
}

_RANK: Final = {role: place for place, role in enumerate(Role)}


def may(role: str | None, section: Section, deed: Deed) -> bool:
    """False for a role that nobody knows, and for a deed that the table does not name."""
    least = LEAST.get((section, deed))
    return least is not None and reaches(role, least)


def reaches(role: str | None, least: Role) -> bool:
    known = role in _RANK
    return known and _RANK[Role(role)] >= _RANK[least]  # type: ignore[arg-type]  # known says so


class Refusal(StrEnum):
    """Why a person may not do that to a person."""

    NOT_YOURS = "not_yours"
    ONLY_OWNERS = "only_owners"
    LAST_OWNER = "last_owner"


@dataclass(frozen=True, slots=True)
class Appointment:
    """`held` is the role that a person has now, None for one who is invited; `wished` the role
    that they shall have, None to take them out or let them rest. `owners` who may sign in are
    there now.
    """

    by: str | None
    held: str | None
    wished: str | None
    owners: int


def refusal(asked: Appointment) -> Refusal | None:
    """None where it may be done. Owners are made and unmade by owners, and one always stays."""
    if not may(asked.by, Section.PEOPLE, Deed.GOVERN):
        return Refusal.NOT_YOURS
    if Role.OWNER in {asked.held, asked.wished} and asked.by != Role.OWNER:
        return Refusal.ONLY_OWNERS
    if asked.held == Role.OWNER != asked.wished and asked.owners <= 1:
        return Refusal.LAST_OWNER
    return None
