"""What each address asks of the person who knocks: its section, and the deeds of both ways.

A room of addresses (a namespace, a part of the API) has one entry; an address that differs has its
own. `WorkspaceMiddleware` and the API's key ask here: what has no entry is closed to everybody.
"""

from dataclasses import dataclass
from typing import Final

from django.urls import ResolverMatch

from sportello.rules.permissions import Deed, Section, may

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Permit:
    """`reading` for requests that change nothing by their method, `writing` for the others."""

    section: Section
    writing: Deed = Deed.WORK
    reading: Deed = Deed.LOOK

    def allows(self, role: str | None, method: str | None) -> bool:
        return may(role, self.section, self.reading if method in SAFE else self.writing)


_CHANNEL = Permit(Section.CHANNEL, Deed.GOVERN)
_GOVERNED = Permit(Section.CHANNEL, Deed.GOVERN, reading=Deed.GOVERN)
_ASSISTANT = Permit(Section.ASSISTANT, Deed.GOVERN)
_RULES = Permit(Section.RULES, Deed.GOVERN)
_PEOPLE = Permit(Section.PEOPLE, Deed.GOVERN)
_SETTINGS = Permit(Section.SETTINGS, Deed.GOVERN)
_OWN = Permit(Section.OWN)

ROOMS: Final[dict[str, Permit]] = {
    "inbox": Permit(Section.CONVERSATIONS),
    "contacts": Permit(Section.CONTACTS),
    "templates": Permit(Section.TEMPLATES),
    "campaigns": Permit(Section.CAMPAIGNS),
    "campaign-steps": Permit(Section.CAMPAIGNS),
    "automations": Permit(Section.AUTOMATIONS),
    "library": Permit(Section.KNOWLEDGE),
    "channel": _CHANNEL,
    "doctor": Permit(Section.DOCTOR),
    "analytics": Permit(Section.ANALYTICS),
    "people": _PEOPLE,
    "settings": _SETTINGS,
}

ROUTES: Final[dict[str, Permit]] = {
    "home": _OWN,
    "home-guide": _OWN,
    "home-dismissal": _OWN,
    "home-restart": _OWN,
    "profile": _OWN,
    "usersessions_list": _OWN,
    "session-end": _OWN,
    "notices": _OWN,
    "notices-seen": _OWN,
    "notices-fresh": _OWN,
    "notice-wishes": _OWN,
    "notice-waking": _OWN,
    "notice-sleeping": _OWN,
    # Whom a note can name.
    "colleague-names": Permit(Section.CONVERSATIONS),
    # Hands out a ticket for the stream of ids, and writes nothing.
    "inbox:ticket": Permit(Section.CONVERSATIONS, Deed.LOOK),
    # All chats at once: who may only look takes them along one by one.
    "inbox:export_all": Permit(Section.CONVERSATIONS, reading=Deed.WORK),
    # Pages that lead to what administrators alone may do.
    "channel:before": _GOVERNED,
    "channel:dialogue": _GOVERNED,
    "channel:hand": _GOVERNED,
    "channel:reconnection": _GOVERNED,
    "channel:disconnection": _GOVERNED,
    "channel:resolution": Permit(Section.CHANNEL),
    "channel:spend": Permit(Section.MONEY),
    "channel:spend-csv": Permit(Section.MONEY),
    "assistant": _ASSISTANT,
    "assistant-tone": _ASSISTANT,
    "assistant-measurement": _ASSISTANT,
    "tone-restoration": _ASSISTANT,
    "assistant-model": _ASSISTANT,
    "model-budget": _ASSISTANT,
    "model-files": _ASSISTANT,
    "model-trial": _ASSISTANT,
    "model-removal": _ASSISTANT,
    "assistant-actions": _ASSISTANT,
    "assistant-action-new": _ASSISTANT,
    "assistant-action": _ASSISTANT,
    "assistant-action-removal": _ASSISTANT,
    "assistant-action-trial": _ASSISTANT,
    "assistant-action-run": _ASSISTANT,
    "policy": _RULES,
    "policy-campaigns": Permit(Section.CAMPAIGNS, Deed.GOVERN),
    "settings:audit": Permit(Section.AUDIT),
    "settings:audit-csv": Permit(Section.AUDIT),
}

# The API's parts, by what follows /api/v1/, and the addresses among them that differ.
API_ROOMS: Final[dict[str, Permit]] = {
    "conversations": Permit(Section.CONVERSATIONS),
    "contacts": Permit(Section.CONTACTS),
    "templates": Permit(Section.TEMPLATES),
    "files": Permit(Section.TEMPLATES),
    "campaigns": Permit(Section.CAMPAIGNS),
    "automations": Permit(Section.AUTOMATIONS),
    "knowledge": Permit(Section.KNOWLEDGE),
    "assistant": Permit(Section.KNOWLEDGE),
    "channel": _CHANNEL,
    "ledger": Permit(Section.MONEY),
    "doctor": Permit(Section.DOCTOR),
    "analytics": Permit(Section.ANALYTICS),
    "segments": Permit(Section.CONTACTS),
    "lists": Permit(Section.CONTACTS),
    "labels": Permit(Section.CONVERSATIONS),
    "folders": Permit(Section.CONVERSATIONS),
    "webhooks": _SETTINGS,
}
API_ROUTES: Final[dict[str, Permit]] = {
    "campaigns/rules": Permit(Section.CAMPAIGNS, Deed.GOVERN),
}
_API: Final = "api/v1/"


def of_page(match: ResolverMatch | None) -> Permit | None:
    """None for an address that has no entry."""
    if match is None:
        return None
    return ROUTES.get(match.view_name) or ROOMS.get(match.namespace)


def of_api(match: ResolverMatch | None) -> Permit | None:
    """As `of_page`."""
    if match is None or not match.route.startswith(_API):
        return None
    route = match.route.removeprefix(_API)
    return API_ROUTES.get(route) or API_ROOMS.get(route.partition("/")[0])
