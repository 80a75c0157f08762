"""The demo's list for a first campaign: fifty invented people, most of whom agreed to it."""

from datetime import datetime, timedelta
from typing import Final

from sportello.ops import demo_content

NAME: Final = "Amici della bottega"
_PROVENANCE: Final = "Modulo in negozio, settembre 2026 (persone inventate)"
_TEXT: Final = "Acconsento a ricevere inviti e offerte della bottega su WhatsApp."
_AGO: Final = timedelta(days=60)


def seed(workspace_id: int, now: datetime) -> None:
    """The list with its people and their consents, made if missing."""
    from sportello.console.access import workspace_transaction
    from sportello.schema.models import ConsentEvent, Contact, ContactList, ListMember

    with workspace_transaction(workspace_id):
        if ContactList.objects.filter(name=NAME).exists():
            return
        people = demo_content.people()
        made = Contact.objects.bulk_create(
            Contact(
                workspace_id=workspace_id,
                wa_id=one.wa_id,
                name=one.name,
                language="it",
                properties={"città": one.town},
            )
            for one in people
        )
        listed = ContactList.objects.create(
            workspace_id=workspace_id, name=NAME, provenance=_PROVENANCE
        )
        ListMember.objects.bulk_create(
            ListMember(workspace_id=workspace_id, list=listed, contact=contact) for contact in made
        )
        ConsentEvent.objects.bulk_create(
            ConsentEvent(
                workspace_id=workspace_id,
                contact=contact,
                action="grant",
                source="import",
                text=_TEXT,
                proof={"given_by": _PROVENANCE},
                at=now - _AGO,
            )
            for contact, one in zip(made, people, strict=True)
            if one.agreed
        )
