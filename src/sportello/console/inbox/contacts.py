"""The customer at the side of a chat: who they are and what they agreed to."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from sportello.console import words
from sportello.console.inbox.names import name_of
from sportello.console.templatetags.desk import language_name
from sportello.rules import window
from sportello.schema.inbox import Conversation, Message
from sportello.schema.people import ConsentAction, ConsentEvent

_LINES = 20


@dataclass(frozen=True, slots=True)
class Consent:
    """Where the customer stands towards one kind of message, by the newest line of the ledger."""

    words: str
    given: bool
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Card:
    name: str
    wa_id: str
    username: str
    language: str
    first_at: datetime
    messages: int
    consents: tuple[Consent, ...]
    handover: str
    handover_advice: str
    # Changes when anything shown does, the window's end included.
    key: str = ""


def card(conversation: Conversation, now: datetime) -> Card:
    contact = conversation.contact
    ledger = ConsentEvent.objects.filter(contact=contact).order_by("-at", "-pk")[:_LINES]
    reason = words.of_reason(conversation.handover_reason)
    shown = Card(
        name=name_of(contact),
        wa_id=contact.wa_id or "",
        username=contact.username,
        language=language_name(contact.language),
        first_at=conversation.created_at,
        messages=Message.objects.filter(conversation=conversation).count(),
        consents=_standings(list(ledger)),
        handover="" if reason is None else str(reason.title),
        handover_advice="" if reason is None else str(reason.advice),
    )
    closes_at = conversation.window_closes_at
    beside = (closes_at, window.is_open(closes_at, now), timezone.localtime(now).date())
    return replace(shown, key=f"{zlib.crc32(repr((shown, beside)).encode()):08x}")


def _standings(ledger: Sequence[ConsentEvent]) -> tuple[Consent, ...]:
    newest: dict[str, ConsentEvent] = {}
    for line in ledger:
        newest.setdefault(line.category, line)
    return tuple(_consent(line) for line in newest.values())


def _consent(line: ConsentEvent) -> Consent:
    given = line.action == ConsentAction.GRANT
    kind = _("Marketing") if line.category == "marketing" else line.category
    said = _("%(kind)s: yes") if given else _("%(kind)s: no")
    return Consent(said % {"kind": kind}, given, line.at, _source(line.source))


def _source(source: str) -> str:
    names = {
        "keyword": _("said in the chat"),
        "preference": _("set in WhatsApp"),
        "operator": _("recorded by an operator"),
        "import": _("imported"),
        "doubt": _("we asked: their words were not clear"),
        "form": _("form"),
        "api": _("through the API"),
    }
    return names.get(source, source)
