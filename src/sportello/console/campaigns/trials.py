"""A campaign's message to one's own number, before anybody else gets it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from sportello.console import phones
from sportello.console.campaigns import deeds, enclosures, wording
from sportello.console.campaigns.deeds import UnfitCampaign
from sportello.console.contacts import ledger
from sportello.console.contacts.ledger import Statement
from sportello.console.contacts.standing import standing
from sportello.console.inbox import fillings, openings
from sportello.console.inbox.fillings import Given
from sportello.console.inbox.openings import Recipient
from sportello.console.phones import WrongPhone
from sportello.rules.consent import Change, Standing, Topic
from sportello.schema.campaigns import Campaign
from sportello.schema.files import File
from sportello.schema.inbox import Message
from sportello.schema.people import ConsentSource, Contact
from sportello.schema.team import User

_MARKETING: Final = "MARKETING"


@dataclass(frozen=True, slots=True)
class Trial:
    """`agrees`: the number is their own, and they want to have it: it goes into the ledger."""

    phone: str
    agrees: bool


def send(row: Campaign, wanted: Trial, by: User | None, now: datetime) -> Message:
    """With the values of the first person of the audience, under the same guard as any message.

    Raises UnfitCampaign, UnfitFilling, deeds.Refused.
    """
    deeds.check(row)
    if row.template is None:
        raise UnfitCampaign("template", "unknown")
    try:
        wa_id = phones.wa_id(wanted.phone, row.workspace.country)
    except WrongPhone as error:
        raise UnfitCampaign("phone", "wrong") from error
    person = wording.first_person(row, now)
    values = wording.values_for(row, person)
    filled = fillings.fill(row.template, Given(values, file=_file(row, person)))
    with transaction.atomic():
        if wanted.agrees and row.template.category == _MARKETING:
            _agree(row, wa_id, by, now)
        return openings.write_first(Recipient(row.number, wa_id), by, filled, now)


def _file(row: Campaign, person: Contact | None) -> File | None:
    """As that person will get it. Raises UnfitCampaign where it has not been seen yet."""
    own = enclosures.own(row, person)
    if own.file is None and row.media_column:
        raise UnfitCampaign("header_media", "not_seen")
    return own.file


def _agree(row: Campaign, wa_id: str, by: User | None, now: datetime) -> None:
    """Somebody who said no keeps that: a trial is no reason to come back."""
    contact, _is_new = Contact.objects.get_or_create(workspace_id=row.workspace_id, wa_id=wa_id)
    if standing(contact.pk) is not Standing.NONE:
        return
    said = Statement(
        topic=Topic.MARKETING,
        change=Change.GRANT,
        text=_("I ask for this trial message at my own number."),
        at=now,
        given_by=_("Trial of the campaign “%(name)s”") % {"name": row.name},
    )
    ledger.record(contact, said, ConsentSource.OPERATOR, by, now)
