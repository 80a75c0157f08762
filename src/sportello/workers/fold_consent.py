"""What customers say about our marketing: into the ledger, answered, and obeyed from the commit on.

The answer does not wait for the assistant: it is due also where the assistant is off or a person
has the chat (docs/decisions/stop-is-always-answered.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sportello.assistant.phrasebook import phrases
from sportello.rules import consent
from sportello.rules.consent import Change, Intent, Standing, Topic
from sportello.store import consents, inbox
from sportello.store.consents import Line
from sportello.store.inbox import Number
from sportello.store.pool import Connection
from sportello.whatsapp.contents import Button, Choice, Text
from sportello.whatsapp.events import InboundMessage, UserPreference
from sportello.workers.fold_words import customer

# In a message's payload: what it wished, so that nobody answers it a second time.
MARK: Final = "consent"
_PREFERENCES: Final[Mapping[str, Change]] = {
    "stop": Change.WITHDRAW,
    "resume": Change.GRANT,
    "signup": Change.GRANT,
}
_CHANGES: Final[Mapping[Intent, Change]] = {
    Intent.STOP: Change.WITHDRAW,
    Intent.RESUME: Change.GRANT,
}


@dataclass(frozen=True, slots=True)
class Said:
    """A customer's wish, and the message and conversation in which they said it."""

    workspace_id: int
    contact_id: int
    conversation_id: int
    meant: Intent
    event: InboundMessage


async def meant(connection: Connection, contact_id: int, event: InboundMessage) -> Intent | None:
    """Whether the message stops or resumes marketing. The customer is held from here on.

    "Start" and "attiva" are also answers to other questions: they bring back who had gone, and
    subscribe nobody who was never asked.
    """
    said = _words(event)
    intent = consent.intent(said)
    if intent is None:
        return None
    await consents.hold(connection, [contact_id])
    if intent is Intent.STOP or consent.subscribes(said):
        return intent
    found = await consents.standings(connection, [contact_id], Topic.MARKETING)
    return None if found[contact_id] is Standing.NONE else intent


async def keep(connection: Connection, said: Said, now: datetime, *, may_answer: bool) -> None:
    """The line in the ledger with the customer's own words, and the word that they were heard."""
    change = _CHANGES[said.meant]
    words = _words(said.event)
    before = await consents.history(connection, said.contact_id, change, now)
    line = Line(
        said.workspace_id,
        said.contact_id,
        change,
        "keyword",
        words,
        {"wamid": said.event.wamid},
        said.event.at,
    )
    await consents.add(connection, line, now)
    if may_answer and not before.confirmed:
        language = consent.spoken(words) or before.language
        text = _answer(said.meant, language, before.company)
        await consents.confirm(connection, said.workspace_id, said.conversation_id, text, now)


async def fold_preference(
    connection: Connection, number: Number, event: UserPreference, now: datetime
) -> None:
    """WhatsApp's own switch for marketing, turned by the customer, whom WhatsApp answers itself."""
    contact_id = await inbox.contact(connection, number.workspace_id, customer(event.person))
    change = _PREFERENCES.get(event.value)
    if change is None or event.category != "marketing_messages":
        return
    await consents.hold(connection, [contact_id])
    proof = {"category": event.category, "value": event.value, "signup_id": event.signup_id}
    line = Line(
        number.workspace_id, contact_id, change, "preference", event.detail, proof, event.at
    )
    await consents.add(connection, line, now)


def _words(event: InboundMessage) -> str:
    """A customer's own, or those of our button."""
    match event.content:
        case Text(body=said) | Button(text=said) | Choice(title=said):
            return said
        case _:
            return ""


def _answer(meant: Intent, language: str, company: str) -> str:
    words = phrases(language)
    text = words.stopped if meant is Intent.STOP else words.resumed
    return text.format(company=company)
