"""Who vouches for a company's people when they sign in without a password of ours."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from sportello.schema.team import Membership, Workspace


class IdentityProvider(models.Model):
    """A company's own OpenID Connect provider. It speaks for the people of this company alone."""

    workspace = models.OneToOneField(Workspace, models.CASCADE)
    # Stands in the address at which the company's people sign in; row-level security shows the row
    # to a request that names it.
    door = models.SlugField(max_length=60, unique=True)
    enabled = models.BooleanField(default=True, db_default=True)
    # As the provider writes it in its tokens, to the letter.
    issuer = models.CharField(max_length=500)
    client_id = models.CharField(max_length=300)
    sealed = models.BinaryField()
    secret_last4 = models.CharField(max_length=4, default="", db_default="", blank=True)
    # What stands on the button.
    button = models.CharField(max_length=60)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="identityprovider_workspace_id"
            ),
        ]


class Identity(models.Model):
    """Who a member is to the company's provider: known by its `sub`, no more by the e-mail."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    provider = models.ForeignKey(IdentityProvider, models.CASCADE)
    # Who leaves the company, or returns to it anew, is not known to the provider any more.
    membership = models.OneToOneField(Membership, models.CASCADE)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "subject"], name="identity_subject_once"),
        ]
