"""Secrets of endpoints: made here, shown once, never read back."""

import secrets
from datetime import timedelta
from typing import Final

from django.db.models.functions import Now

from sportello.console import sealing
from sportello.rules import outgoing
from sportello.schema.outgoing import Endpoint, EndpointSecret

# For so long the secret before signs too, so that the other side can take over the new one.
OVERLAP: Final = timedelta(hours=24)
_LAST: Final = 4


def make_secret(endpoint: Endpoint) -> str:
    """A new secret for the endpoint; the one before goes on signing for `OVERLAP`."""
    secret = outgoing.secret_of(secrets.token_bytes(outgoing.SECRET_BYTES))
    sealed = sealing.for_endpoint(endpoint.pk, secret)
    current = EndpointSecret.objects.filter(endpoint_id=endpoint.pk, expires_at=None)
    current.update(expires_at=Now() + OVERLAP)
    EndpointSecret.objects.bulk_create(
        [EndpointSecret(workspace_id=endpoint.workspace_id, endpoint=endpoint, sealed=sealed)]
    )
    Endpoint.objects.filter(pk=endpoint.pk).update(secret_last4=secret[-_LAST:])
    endpoint.secret_last4 = secret[-_LAST:]
    return secret
