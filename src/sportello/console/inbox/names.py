"""What a customer is called on the pages."""

from django.utils.translation import gettext as _

from sportello.console.templatetags.desk import phone
from sportello.schema.people import Contact


def name_of(contact: Contact) -> str:
    """The name that the company wrote, the profile's, the user name, the number; never nothing."""
    if contact.name or contact.profile_name:
        return contact.name or contact.profile_name
    if contact.username:
        return f"@{contact.username}"
    if contact.erased_at:
        return _("Erased contact")
    return phone(contact.wa_id) or _("Customer without a number")


def first_name_of(contact: Contact) -> str:
    """For sentences. A name of one word, or a number, stays whole; so does what is no name."""
    name = name_of(contact)
    is_whole = name.startswith("+") or contact.erased_at
    return name if is_whole else name.split(" ", maxsplit=1)[0]
