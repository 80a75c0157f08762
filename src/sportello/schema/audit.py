"""The audit log: what people and programs changed, written by the tables themselves.

A trigger on each audited table writes the entry in the transaction of the change, wherever in the
code that change is made; it is silent where no person and no key acts (`sportello.actor` is unset),
as in the workers. Entries are only ever added: neither role may change one, and only the worker,
which keeps the company's wish of how long, may delete one.
"""

from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models

from sportello.schema.fields import one_of
from sportello.schema.team import Workspace


class Verb(models.TextChoices):
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class AuditEntry(models.Model):
    """One row that was added, changed or deleted. Without `user_id` and `key_prefix` it was a guest
    who accepted an invitation.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    # The company's time, as everywhere in the console.
    at = models.DateTimeField()
    # No foreign key: an entry outlives whom it names.
    user_id = models.BigIntegerField(null=True, blank=True)
    key_prefix = models.CharField(max_length=16, default="", db_default="", blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    # Method and pattern of the address at which it was done.
    deed = models.CharField(max_length=200, default="", db_default="", blank=True)
    # The table without `sportello_`.
    thing = models.CharField(max_length=40)
    row_id = models.BigIntegerField(null=True, blank=True)
    verb = models.CharField(max_length=6, choices=Verb.choices)
    # The columns that changed; values only of those that `AUDITED` names.
    changed = ArrayField(models.CharField(max_length=63))
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        constraints: ClassVar = [one_of("auditentry", "verb", Verb)]
        indexes: ClassVar = [
            models.Index(
                models.F("workspace"), models.F("at").desc(), models.F("id").desc(),
                name="auditentry_list",
            ),
            models.Index(fields=["at"], name="auditentry_age"),
        ]  # fmt: skip


# Table -> columns whose values may stand in the log: no message text, no secret, no word of or
# about a customer. Of all other columns the log says only that they changed.
AUDITED: Final[dict[str, str]] = {
    "workspace": (
        "name language time_zone country one_template_until_they_answer quiet_from quiet_until "
        "monthly_budget_micros brake_failures brake_stops brake_marketing_cap brake_sample_min "
        "canary promotions_max promotions_days assistant_on answer_from clarify_from "
        "assistant_name release_after_minutes second_factor_required audit_days opening "
        "shut_on_holidays"
    ),
    "membership": "user_id role deactivated_at",
    "invitation": "email role expires_at accepted_at revoked_at",
    "apikey": "name prefix role revoked_at",
    "user": "email name is_active",
    "number": "display_number assistant_on paused_why status",
    "token": "number_id",
    "appsecret": "app_id",
    "connection": "kind number_id state",
    "unblocking": "waba_id asked_at",
    "quarantined": "resolved_at",
    "conversation": "holder operator_id",
    "message": "conversation_id origin type",
    "contact": "",
    "contactlist": "name",
    "listmember": "list_id contact_id",
    "consentevent": "contact_id category action source",
    "segment": "name",
    "propertyname": "name",
    "contactimport": "state provenance",
    "template": "name language category status wish",
    "campaign": "name state template_id starts_at rate automatic",
    "recipient": "campaign_id contact_id verdict",
    "errand": "campaign_id contact_id verdict",
    "followup": "campaign_id position after_count after_unit unless_answered",
    "automation": "campaign_id trigger list_id repeats signed",
    "pair": "language enabled deleted_at",
    "site": "url language publishes_itself deleted_at",
    "document": "kind title url language enabled deleted_at",
    "conduct": "version form emoji",
    "languagemodel": "provider model base_url enabled place sees",
    "modelkey": "model_id",
    "filereading": "documents voice voice_url voice_model",
    "voicekey": "workspace_id",
    "modelbudget": "currency chat_micros day_micros month_micros",
    "proposal": "kind origin state",
    "questionset": "name",
    "setquestion": "of_set_id",
    "correction": "kind",
    "label": "name deleted_at",
    "folder": "name deleted_at",
    "labelling": "conversation_id label_id",
    "sweep": "deed target state",
    "reminder": "conversation_id due_at",
    "examination": "subject subject_id deed",
    "cannedreply": "shortcut deleted_at",
    "action": "name enabled writes url",
    "actionsecret": "action_id",
    "erasure": "contact_id state",
    "retention": "kind days",
    "endpoint": "url events enabled replay_since",
    "endpointsecret": "endpoint_id expires_at",
    "delivery": "endpoint_id state",
    "noticewish": "user_id events quiet_from quiet_until",
    "pushplace": "user_id browser",
    "identityprovider": "issuer client_id button enabled",
    "identity": "membership_id",
}
# What machines write, what only serves a deed that is in the log, and the log itself.
UNAUDITED: Final = frozenset(
    {
        "actionrun",
        "attempt",
        "attendance",
        "auditentry",
        "charge",
        "connectionsecret",
        "connectionstep",
        "conversationevent",
        "draft",
        "enclosure",
        "eventmark",
        "eventtally",
        "evalrun",
        "file",
        "fitting",
        "gist",
        "idempotentreply",
        "importflaw",
        "importpart",
        "importseen",
        "journalentry",
        "lexemecount",
        "librarystats",
        "loginlink",
        "media",
        "modelcall",
        "news",
        "notice",
        "numberchange",
        "orphanstatus",
        "passage",
        "platformevent",
        "posting",
        "prefix",
        "presence",
        "rate",
        "ratecard",
        "recap",
        "rehearsal",
        "repetition",
        "retentionrun",
        "send",
        "suppression",
        "suppressionkey",
        "swept",
        "tap",
        "templatechange",
        "templatedraft",
        "templateedit",
        "trial",
        "turn",
        "upload",
        "vector",
    }
)

_ACTED: Final = "nullif(current_setting('sportello.actor', true), '') IS NOT NULL"


def audit(table: str, kept: str, when: str = "INSERT OR UPDATE OR DELETE") -> str:
    """SQL by which a migration puts `table` into the audit log; `kept` as in `AUDITED`."""
    return f"""
        CREATE TRIGGER audit AFTER {when} ON {table}
            FOR EACH ROW WHEN ({_ACTED}) EXECUTE FUNCTION sportello_audit('{kept}');
    """
