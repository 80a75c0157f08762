"""Customers, and what they agreed to."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Lower, Now, Trim

from sportello.schema.fields import one_of
from sportello.schema.team import User, Workspace

_SMALL = "àáâãäåāăąçćčďèéêëēėęěìíîïīįłñńňòóôõöøōőŕřśšșţťùúûüūůűųýÿźžż"
_SMALL_BARE = "aaaaaaaaacccdeeeeeeeeiiiiiilnnnoooooooorrsssttuuuuuuuuyyzzz"


def plain(text: Any) -> Func:
    """A name, or what is sought in names, without capitals and accents, sign by sign.

    It needs no extension of PostgreSQL, and no locale of the cluster that knows large `È`.
    """
    return Func(
        Lower(text),
        Value(_SMALL + _SMALL.upper()),
        Value(_SMALL_BARE * 2),
        function="translate",
        output_field=models.TextField(),
    )


class Contact(models.Model):
    """A customer, known by phone number (`wa_id`, digits only), by business-scoped id, or both."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    wa_id = models.CharField(max_length=32, null=True, blank=True)
    user_id = models.CharField(max_length=160, null=True, blank=True)
    name = models.CharField(max_length=200, default="", db_default="", blank=True)
    profile_name = models.CharField(max_length=200, default="", db_default="", blank=True)
    username = models.CharField(max_length=100, default="", db_default="", blank=True)
    language = models.CharField(max_length=8, default="", db_default="", blank=True)
    # Meta said that this number has no WhatsApp; an inbound message proves the contrary.
    unreachable_since = models.DateTimeField(null=True, blank=True)
    # Meta's own cap on marketing for this person was met: until then none is tried.
    marketing_capped_until = models.DateTimeField(null=True, blank=True)
    # What the company notes of them, by column name of its imports: text only.
    properties = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    # The same person under another number or id: lists and campaigns know that one alone.
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, db_constraint=False, related_name="others"
    )
    # Nothing of them is kept but what proves, and what keeps them from being written to.
    erased_at = models.DateTimeField(null=True, blank=True)
    # Names as they are sought and put in order.
    sought = models.GeneratedField(
        expression=plain(Trim(Concat("name", Value(" "), "profile_name", Value(" "), "username"))),
        output_field=models.TextField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [
            models.Index(F("workspace"), F("sought"), F("id"), name="contact_by_name"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "wa_id"], name="contact_wa_id_once"),
            models.UniqueConstraint(fields=["workspace", "user_id"], name="contact_user_id_once"),
            models.CheckConstraint(
                condition=Q(wa_id__isnull=False) | Q(user_id__isnull=False),
                name="contact_can_be_reached",
            ),
            models.CheckConstraint(
                condition=Q(wa_id__isnull=True) | Q(wa_id__regex=r"^[0-9]{3,20}$"),
                name="contact_wa_id_is_digits",
            ),
            models.UniqueConstraint(fields=["workspace", "id"], name="contact_workspace_id"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="contact_not_merged_into_itself",
            ),
        ]


class ContactList(models.Model):
    """Contacts under one name: the audience of a campaign, or what an import brought."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    name = models.CharField(max_length=120)
    # Where the numbers come from, as whoever imported them declared it.
    provenance = models.TextField(default="", db_default="", blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("workspace", Lower("name"), name="contactlist_name_once"),
            models.UniqueConstraint(fields=["workspace", "id"], name="contactlist_workspace_id"),
        ]


class ListMember(models.Model):
    """A contact on a list."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    list = models.ForeignKey(ContactList, models.CASCADE, db_constraint=False)
    contact = models.ForeignKey(Contact, models.CASCADE, db_constraint=False)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list", "contact"], name="listmember_once")
        ]


class ConsentAction(models.TextChoices):
    GRANT = "grant"
    WITHDRAW = "withdraw"


class ConsentSource(models.TextChoices):
    KEYWORD = "keyword"
    PREFERENCE = "preference"
    OPERATOR = "operator"
    IMPORT = "import"
    FORM = "form"
    API = "api"
    # A wish that was not certain, about which we asked, and the "no" that settles it.
    DOUBT = "doubt"


class ConsentEvent(models.Model):
    """A line of the consent ledger. Lines are added, never changed; the standing is their fold."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    contact = models.ForeignKey(Contact, models.CASCADE, db_constraint=False)
    category = models.CharField(max_length=24, default="marketing", db_default="marketing")
    action = models.CharField(max_length=12, choices=ConsentAction.choices)
    source = models.CharField(max_length=16, choices=ConsentSource.choices)
    text = models.TextField(default="", db_default="", blank=True)
    proof = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    # When the person said so, and when we wrote it down.
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            one_of("consentevent", "action", ConsentAction),
            one_of("consentevent", "source", ConsentSource),
        ]
        indexes: ClassVar = [
            models.Index(fields=["contact", "category", "at"], name="consentevent_fold"),
            models.Index(
                fields=["workspace", "at"],
                name="consentevent_stops",
                condition=Q(action="withdraw"),
            ),
        ]
