"""The address at which an automation is called: a public part, and a secret made of our own key.

Nothing of the secret is kept: it is derived from the installation's key and a version, so that the
page can show the address whenever it is needed, a copy of the database opens nothing, and a new
version makes the old address worthless.
"""

import hashlib
import hmac
import secrets

from django.conf import settings
from django.utils.crypto import salted_hmac

from sportello.console.access import workspace_transaction
from sportello.schema.automations import Automation

_ADDRESS = "sportello.automation.address"
_SIGNATURE = "sportello.automation.signature"
SIGNATURE_HEADER = "X-Sportello-Signature"


def new_hook() -> str:
    """The public part of an address."""
    return secrets.token_hex(16)


def secret(row: Automation) -> str:
    """The secret part, 64 hexadecimal digits."""
    return _derived(_ADDRESS, row)


def signing_key(row: Automation) -> str:
    """With which a caller signs, where signatures are asked for."""
    return _derived(_SIGNATURE, row)


def path(row: Automation) -> str:
    return f"/api/v1/hooks/{row.hook}/{secret(row)}"


def opens(row: Automation, given: str) -> bool:
    """Whether this is the secret; compared in constant time."""
    return hmac.compare_digest(secret(row).encode(), given.encode(errors="replace"))


def is_signed(row: Automation, body: bytes, header: str) -> bool:
    """`sha256=` and the HMAC of the body as it came."""
    made = hmac.new(signing_key(row).encode(), body, hashlib.sha256).hexdigest()
    given = header.removeprefix("sha256=").strip()
    return hmac.compare_digest(made.encode(), given.encode(errors="replace"))


def workspace_of(hook: str) -> int | None:
    """Whose automation is called; nothing else of it is looked at before its secret is known."""
    with workspace_transaction(None, key_prefix=hook):
        return Automation.objects.filter(hook=hook).values_list("workspace_id", flat=True).first()


def _derived(what: str, row: Automation) -> str:
    named = f"{row.hook}:{row.hook_version}"
    made = salted_hmac(what, named, secret=settings.SECRET_KEY, algorithm="sha256")
    found: str = made.hexdigest()
    return found
