"""What people of the company write into the consent ledger, with its text, source and proof.

Each works inside the request's transaction and locks the customer's conversations by id, then the
sends, as the workers do (`store.consents`): a claim of the dispatcher has gone before, or reads it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models.functions import Now

from sportello.console.contacts.standing import standing, standings
from sportello.rules import receipt
from sportello.rules.consent import Change, Standing, Topic
from sportello.schema.inbox import Conversation, Message, MessageStatus
from sportello.schema.people import ConsentEvent, ConsentSource, Contact
from sportello.schema.sends import Send, SendState
from sportello.schema.team import User

TEXT_MAX: Final = 1000
PROOF_MAX: Final = 1000
_CATEGORY: Final = "MARKETING"


class UnfitConsent(ValueError):  # noqa: N818  # the statement is unfit, nothing broke
    """A statement that proves nothing. `part` of it, and `code`: empty, too_long, in_future,
    not_text or proof_needed.
    """

    def __init__(self, part: str, code: str) -> None:
        super().__init__(f"{part}: {code}")
        self.part, self.code = part, code


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody agreed to or took back. `text`: the words they were shown, or said.

    `given_by`: the way, in words (a form at the till, a telephone call); `note`: what proves it.
    """

    topic: Topic
    change: Change
    text: str
    at: datetime
    given_by: str = ""
    note: str = ""


def record(
    contact: Contact, said: Statement, source: ConsentSource, by: User | None, now: datetime
) -> ConsentEvent:
    """Adds the line. Raises UnfitConsent; taking back cancels what waits to promote."""
    _check(said, now)
    hold([contact.pk])
    where = standing(contact.pk, said.topic)
    returns = said.change is Change.GRANT and where is Standing.WITHDRAWN
    if returns and not said.note.strip():
        # They said no themselves: only something that can be shown outweighs it.
        raise UnfitConsent("note", "proof_needed")
    line = ConsentEvent.objects.create(
        workspace_id=contact.workspace_id,
        contact=contact,
        category=said.topic.value,
        action=said.change.value,
        source=source,
        text=said.text.strip(),
        proof=_proof(said),
        by=by,
        at=said.at,
    )
    if said.change is Change.WITHDRAW and said.topic is Topic.MARKETING:
        cancel_marketing([contact.pk], now)
    line.refresh_from_db(fields=["recorded_at"])
    return line


def hold(contact_ids: Sequence[int]) -> None:
    """Until the transaction ends nobody claims a send to these customers."""
    locked = Conversation.objects.select_for_update(of=("self",)).filter(contact_id__in=contact_ids)
    list(locked.order_by("pk").values_list("pk"))
    people = Contact.objects.select_for_update(no_key=True).filter(pk__in=contact_ids)
    list(people.order_by("pk").values_list("pk"))


def cancel_marketing(contact_ids: Sequence[int], now: datetime) -> None:
    """Of those among these customers, who are held, that do not want it any more."""
    found = standings(contact_ids, Topic.MARKETING)
    gone = [one for one, where in found.items() if where is Standing.WITHDRAWN]
    sends = list(
        Send.objects.select_for_update(of=("self",))
        .filter(
            conversation__contact_id__in=gone,
            state=SendState.QUEUED,
            template__category=_CATEGORY,
        )
        .order_by("pk")
        .values_list("pk", "message_id")
    )
    if not sends:
        return
    # The database's clock, as the workers that settle sends.
    Send.objects.filter(pk__in=[pk for pk, _ in sends]).update(
        state=SendState.CANCELLED, settled_at=Now()
    )
    Message.objects.filter(
        pk__in=[message_id for _, message_id in sends],
        status__in=[MessageStatus.QUEUED, MessageStatus.HELD],
    ).update(status=MessageStatus.CANCELLED, receipt=receipt.opted_out(now))


def _check(said: Statement, now: datetime) -> None:
    for part, value, longest in (
        ("text", said.text, TEXT_MAX),
        ("given_by", said.given_by, PROOF_MAX),
        ("note", said.note, PROOF_MAX),
    ):
        if len(value) > longest:
            raise UnfitConsent(part, "too_long")
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise UnfitConsent(part, "not_text")
    if said.change is Change.GRANT and not said.text.strip():
        raise UnfitConsent("text", "empty")
    if said.change is Change.GRANT and not said.given_by.strip():
        raise UnfitConsent("given_by", "empty")
    if said.at > now:
        raise UnfitConsent("at", "in_future")


def _proof(said: Statement) -> dict[str, str]:
    stated = {"given_by": said.given_by.strip(), "note": said.note.strip()}
    return {name: value for name, value in stated.items() if value}
