"""An event comes in: whom it is about, what is noted of them, and the errand that it sets off."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sportello.console.campaigns.deeds import NotNow
from sportello.console.contacts import ledger
from sportello.console.contacts.ledger import Statement, UnfitConsent
from sportello.console.contacts.standing import standing
from sportello.rules import event, phone
from sportello.rules.consent import Change, Standing, Topic
from sportello.rules.event import Fields, Read
from sportello.schema.automations import Automation
from sportello.schema.campaigns import CampaignState
from sportello.schema.followups import Errand
from sportello.schema.people import ConsentSource, Contact
from sportello.schema.team import Workspace

ONCE: Final = "once"
_KEY_MAX: Final = 200
_NAME_MAX: Final = 200
_PROPERTIES_MAX: Final = 100


class UnfitEvent(ValueError):  # noqa: N818  # what came is unfit, nothing broke
    """It cannot be taken. `code` is stable: a flaw of the phone number, or `key_too_long`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Taken:
    """The errand, and whether this very event set it off; else it, or its like, was known."""

    errand: Errand
    is_new: bool


def take(row: Automation, given: Any, key: str, now: datetime) -> Taken:
    """Notes the contact and sets off one errand, however often the event comes.

    `key`: the event's own id, "" if it has none. Raises UnfitEvent; NotNow while the automation
    does not listen.
    """
    if row.campaign.state != CampaignState.RUNNING:
        raise NotNow(row.campaign.state)
    told = event.read(given, fields_of(row))
    contact = _contact(row.workspace, told)
    _note(contact, told)
    _agree(row, contact, told, now)
    return _errand(row, contact, told, _occasion(row, key or told.event))


def once(row: Automation, given: Any, now: datetime) -> Taken:
    """As `take`, for whoever tries it: each time anew, and without its wait."""
    if row.campaign.state != CampaignState.RUNNING:
        raise NotNow(row.campaign.state)
    told = event.read(given, fields_of(row))
    contact = _contact(row.workspace, told)
    _note(contact, told)
    taken = _errand(row, contact, told, f"try:{secrets.token_hex(8)}")
    taken.errand.due_at = now
    taken.errand.save(update_fields=["due_at"])
    return taken


def fields_of(row: Automation) -> Fields:
    """What it reads of an event; of another trigger's trial the plainest there is."""
    return Fields(**({"phone": "phone", "name": "name"} | row.fields))


def wa_id_of(told: Read, country: str) -> str:
    """How WhatsApp names the person. Raises UnfitEvent."""
    found = phone.wa_id(told.phone, country)
    if isinstance(found, phone.Flaw):
        raise UnfitEvent(found.value)
    return found


def _occasion(row: Automation, key: str) -> str:
    if not row.repeats:
        return ONCE
    if len(key) > _KEY_MAX:
        raise UnfitEvent("key_too_long")
    return f"event:{key}" if key else f"call:{secrets.token_hex(8)}"


def _contact(workspace: Workspace, told: Read) -> Contact:
    found, _ = Contact.objects.get_or_create(
        workspace=workspace,
        wa_id=wa_id_of(told, workspace.country),
        defaults={"name": told.name[:_NAME_MAX]},
    )
    return Contact.objects.select_for_update(no_key=True).get(pk=found.pk)


def _note(contact: Contact, told: Read) -> None:
    """A name that the company gave stays; a contact does not grow without end."""
    properties = contact.properties | dict(told.properties)
    if len(properties) <= _PROPERTIES_MAX:
        contact.properties = properties
    contact.name = contact.name or told.name[:_NAME_MAX]
    contact.save(update_fields=["name", "properties"])


def _agree(row: Automation, contact: Contact, told: Read, now: datetime) -> None:
    """A form's, where its words and its place were configured, and nothing stands against it.

    Who has withdrawn is not brought back by a form: that takes a person, and a proof.
    """
    if not row.consent_text or not told.agreed or standing(contact.pk) is not Standing.NONE:
        return
    said = Statement(
        topic=Topic.MARKETING,
        change=Change.GRANT,
        text=row.consent_text,
        at=now,
        given_by=row.consent_source,
        note=told.event[:_KEY_MAX],
    )
    try:
        ledger.record(contact, said, ConsentSource.FORM, None, now)
    except UnfitConsent:
        return


def _errand(row: Automation, contact: Contact, told: Read, occasion: str) -> Taken:
    filled: Mapping[str, str] = dict(told.properties) | ({"name": told.name} if told.name else {})
    errand, is_new = Errand.objects.get_or_create(
        campaign_id=row.campaign_id,
        contact=contact,
        occasion=occasion,
        defaults={"workspace_id": row.workspace_id, "filled": filled},
    )
    return Taken(errand, is_new)
