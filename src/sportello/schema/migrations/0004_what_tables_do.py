"""What the tables do by themselves: functions, triggers and indexes, by subject in `sql/`."""

from pathlib import Path

from django.db import migrations

from sportello.schema.audit import audit

_SUBJECTS = (
    "storage announcements search search_messages contacts campaigns numbers events tallies manners assistant"
    " outgoing notices audit"
).split()

# What the audit log notes, with the values that may stand in it (`schema/audit.py`).
_AUDITED = {
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
    "followup": "campaign_id position after_count after_unit unless_answered",
    "automation": "campaign_id trigger list_id repeats signed",
    "pair": "language enabled deleted_at",
    "site": "url language publishes_itself deleted_at",
    "document": "kind title url language enabled deleted_at",
    "conduct": "version form emoji",
    "languagemodel": "provider model base_url enabled place",
    "modelkey": "model_id",
    "modelbudget": "currency chat_micros day_micros month_micros",
    "proposal": "kind origin state",
    "questionset": "name",
    "setquestion": "of_set_id",
    "label": "name deleted_at",
    "folder": "name deleted_at",
    "labelling": "conversation_id label_id",
    "sweep": "deed target state",
    "cannedreply": "shortcut deleted_at",
    "action": "name enabled writes url",
    "actionsecret": "action_id",
    "erasure": "contact_id state",
    "retention": "kind days",
    "correction": "kind",
    "endpoint": "url events enabled replay_since",
    "endpointsecret": "endpoint_id expires_at",
    "noticewish": "user_id events quiet_from quiet_until",
    "pushplace": "user_id browser",
    "filereading": "documents voice voice_url voice_model",
    "voicekey": "workspace_id",
    "identityprovider": "issuer client_id button enabled",
    "identity": "membership_id",
}


def _of(subject: str) -> str:
    return (Path(__file__).with_name("sql") / f"{subject}.sql").read_text(encoding="utf-8")


def _said(subject: str) -> str:
    """Lines are added up in two places: those of the table, and those that go."""
    text = _of(subject)
    for lines in ("sportello_conversationevent", "gone"):
        sum_of = _of("tallies_deltas").rstrip().replace("{lines}", lines)
        text = text.replace(f"{{deltas of {lines}}}", sum_of)
    return text


class Migration(migrations.Migration):
    replaces = [("sportello", "0140_desk")]
    dependencies = [("sportello", "0003_who_sees_what")]
    operations = [
        *[migrations.RunSQL(_said(subject)) for subject in _SUBJECTS],
        migrations.RunSQL("".join(audit(f"sportello_{t}", kept) for t, kept in _AUDITED.items())),
        # A status is Meta's, not a deed: of messages only their writing counts.
        migrations.RunSQL(
            audit("sportello_message", "conversation_id origin type", "INSERT OR DELETE")
        ),
        # Triggers write deliveries in the transactions of people, who did not ask for them.
        migrations.RunSQL(audit("sportello_delivery", "endpoint_id state", "UPDATE")),
        migrations.RunSQL(audit("mfa_authenticator", "user_id type", "INSERT OR DELETE")),
        migrations.RunSQL(audit("usersessions_usersession", "user_id", "DELETE")),
    ]
