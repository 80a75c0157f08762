"""Customers."""

from django.utils.translation import gettext as _
from ninja import Router, Status

from sportello.console.api import shapes, shown
from sportello.console.api.access import CallerRequest, reading, writing
from sportello.console.api.problems import Problem
from sportello.console.contacts import audiences, table
from sportello.console.paging import newest_ids_first
from sportello.rules import phone
from sportello.schema.people import Contact
from sportello.schema.team import Workspace

router = Router(tags=["contacts"])


@router.get("", response=shapes.Contacts, summary="List contacts, newest first")
@reading
def list_contacts(
    request: CallerRequest,
    q: shapes.Search = "",
    cursor: shapes.Cursor = "",
    limit: shapes.Limit = 50,
) -> shapes.Contacts:
    """`q` is looked for in names, without accents, and numbers. Each person once, none erased."""
    del request
    page = newest_ids_first(table.sought(audiences.known(), q), cursor, limit)
    items = [shown.contact(row) for row in page.items]
    return shapes.Contacts(items=items, next_cursor=page.next_cursor or None)


@router.get("/{int:contact_id}", response=shapes.Contact, summary="One contact")
@reading
def get_contact(request: CallerRequest, contact_id: int) -> shapes.Contact:
    del request
    return shown.contact(Contact.objects.get(pk=contact_id))


@router.post("", response={201: shapes.Contact}, summary="Add a contact")
@writing
def add_contact(request: CallerRequest, payload: shapes.ContactIn) -> Status[shapes.Contact]:
    """A number without its country's code is read as one of the company's country."""
    workspace = Workspace.objects.get(pk=request.auth.workspace_id)
    contact, is_new = Contact.objects.get_or_create(
        workspace=workspace,
        wa_id=_wa_id(payload.phone, workspace.country),
        defaults={"name": payload.name.strip(), "language": payload.language},
    )
    if not is_new:
        told = _("There is a contact with this number.")
        raise Problem(409, "contact_exists", told, contact_id=contact.pk)
    contact.refresh_from_db()
    return Status(201, shown.contact(contact))


def _wa_id(text: str, country: str) -> str:
    """How WhatsApp names a person. Raises Problem."""
    found = phone.wa_id(text, country)
    if isinstance(found, phone.Flaw):
        told = _("This is no phone number. Give it with its country code: +39 347 123 4567.")
        raise Problem(422, "wrong_phone", told, errors=[{"at": "body.phone"}])
    return found
