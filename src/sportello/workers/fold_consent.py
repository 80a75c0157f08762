"""What customers say about our marketing: into the ledger, answered, and obeyed from the commit on.

The answer does not wait for the assistant: it is due also where the assistant is off or a person
has the chat (docs/decisions/0007-stop-is-always-answered.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, assert_never

from sportello.assistant.phrasebook import phrases
from sportello.rules import consent
from sportello.rules.consent import Change, Intent, Standing
from sportello.store import consents, inbox
from sportello.store.consents import Line, Word
from sportello.store.inbox import Number
from sportello.store.pool import Connection
from sportello.whatsapp.contents import Button, Choice, Text
from sportello.whatsapp.events import InboundMessage, UserPreference
from sportello.workers.consent_words import asking_words
from sportello.workers.fold_words import customer

# In a message's payload: what it wished, so that nobody answers it a second time.
MARK: Final = "consent"
_PREFERENCES: Final[Mapping[str, Change]] = {
    "stop": Change.WITHDRAW,
    "resume": Change.GRANT,
    "signup": Change.GRANT,
}


class Meant(StrEnum):
    """What a message means for our marketing. `keep`: "no" to our question; `doubt`: we ask."""

    STOP = "stop"
    RESUME = "resume"
    KEEP = "keep"
    DOUBT = "doubt"

    @property
    def is_settled(self) -> bool:
        """Whether the message has its answer in ours; one in doubt is also the talk that it is."""
        return self is not Meant.DOUBT


_LINES: Final[Mapping[Meant, tuple[Change, str]]] = {
    Meant.STOP: (Change.WITHDRAW, "keyword"),
    Meant.RESUME: (Change.GRANT, "keyword"),
    Meant.KEEP: (Change.GRANT, "doubt"),
    Meant.DOUBT: (Change.WITHDRAW, "doubt"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A customer's wish, and the message and conversation in which they said it."""

    number: Number
    contact_id: int
    conversation_id: int
    meant: Meant
    event: InboundMessage


async def meant(
    connection: Connection, number: Number, contact_id: int, event: InboundMessage, now: datetime
) -> Meant | None:
    """Whether the message stops or resumes marketing, or may. The customer is held from here on.

    "Start" and "attiva" are also answers to other questions: they bring back who had gone, and
    subscribe nobody who was never asked. Only who gets promotions is asked in doubt.
    """
    said = _words(event)
    intent, tapped = consent.intent(said), _tapped(event)
    answer, doubt = consent.agrees(said), consent.doubtful(said)
    if intent is None and not tapped and answer is None and not doubt:
        return None
    await consents.hold(connection, [contact_id])
    if tapped:
        return Meant.STOP if tapped == consents.STOP_ID else Meant.KEEP
    if intent is Intent.STOP:
        return Meant.STOP
    newest = await consents.newest(connection, contact_id, number.id, now)
    if intent is Intent.RESUME:
        known = consent.subscribes(said) or newest.standing is not Standing.NONE
        return Meant.RESUME if known else None
    if answer is not None:
        asked = newest.in_doubt and newest.asked
        return (Meant.STOP if answer else Meant.KEEP) if asked else None
    return Meant.DOUBT if newest.standing is Standing.GRANTED and not newest.spared else None


async def keep(connection: Connection, said: Said, now: datetime, *, may_answer: bool) -> None:
    """The line in the ledger with the customer's own words, and the word that they were heard."""
    change, source = _LINES[said.meant]
    words = _words(said.event)
    if said.meant is Meant.KEEP:
        newest = await consents.newest(connection, said.contact_id, said.number.id, now)
        if not newest.in_doubt:
            return  # an old button: what they said since stands
    before = await consents.history(connection, said.contact_id, change, now)
    line = Line(
        said.number.workspace_id,
        said.contact_id,
        change,
        source,
        words,
        {"wamid": said.event.wamid},
        said.event.at,
    )
    await consents.add(connection, line, now)
    if may_answer and not (source == "keyword" and before.confirmed):
        language = consent.spoken(words) or before.language
        word = _answer(said.meant, language, before.company)
        await consents.confirm(
            connection, said.number.workspace_id, said.conversation_id, word, now
        )


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


def _tapped(event: InboundMessage) -> str:
    """The id of a button of our question; "" for all else."""
    match event.content:
        case Choice(id=button) if button in {consents.STOP_ID, consents.KEEP_ID}:
            return button
        case _:
            return ""


def _answer(meant: Meant, language: str, company: str) -> Word:
    words, asking = phrases(language), asking_words(language)
    match meant:
        case Meant.STOP:
            return consents.plain(words.stopped.format(company=company))
        case Meant.RESUME:
            return consents.plain(words.resumed.format(company=company))
        case Meant.KEEP:
            return consents.plain(asking.kept.format(company=company))
        case Meant.DOUBT:
            return consents.question(
                asking.question.format(company=company), asking.stop, asking.keep
            )
        case _:
            assert_never(meant)
