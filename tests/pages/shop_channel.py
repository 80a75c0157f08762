"""The shop's number in trouble: told by Meta, blocked, changed, and a connection that waits."""

from datetime import timedelta

from sportello.schema import models
from tests.pages.shop import Shop

_OWNER = "owner"
_TOLD = {
    "name_status": "APPROVED",
    "code_verification_status": "VERIFIED",
    "platform_type": "CLOUD_API",
    "new_display_name": "Bottega Aurora Roma",
    "new_name_status": "PENDING_REVIEW",
    "account_name": "Bottega Aurora",
    "account_review": "APPROVED",
    "business_verification": "not_verified",
    "funding": "yes",
    "token_kind": "SYSTEM_USER",
    "token_scopes": "whatsapp_business_management",
    "token_expires_at": "2026-11-25T10:00:00+00:00",
    "token_valid": "yes",
    "subscribed": "yes",
    "webhook": "https://sportello.bottega-aurora.example/webhooks/whatsapp",
    "app_id": "700000000000001",
    "ending": "November 25, 2026",
}


def troubled_number(shop: Shop) -> int:
    """A second number, in trouble: more is drawn of it."""
    row, is_new = models.Number.objects.using(_OWNER).get_or_create(
        phone_number_id="200000000000099",
        defaults={
            "workspace": shop.workspace,
            "waba_id": shop.number.waba_id,
            "display_number": "390699999999",
            "verified_name": "Bottega Aurora Due",
            "token_last4": "x7Qd",
            "last_event_at": shop.now - timedelta(minutes=20),
        },
    )
    if is_new:
        changed = models.Number.objects.using(_OWNER).filter(pk=row.pk)
        changed.update(told=_TOLD | {"name_status": "PENDING_REVIEW"}, quality="GREEN")
        changed.update(
            told=_TOLD, messaging_limit=250, payment="missing", paused_why="blocked",
            paused_at=shop.now - timedelta(hours=2), silent_since=shop.now - timedelta(minutes=20),
            profile={"description": "Biciclette", "vertical": "RETAIL"},
            seen_at=shop.now - timedelta(minutes=3), quality="YELLOW",
        )  # fmt: skip
    found: int = row.pk
    return found


def stopped_connection(shop: Shop) -> int:
    """One that waits for a PIN."""
    row = models.Connection.objects.using(_OWNER).create(
        workspace=shop.workspace, kind="reconnect", number=shop.number, state="stopped"
    )
    steps = (("token", "done"), ("number", "done"), ("register", "failed"), ("subscribe", "to_do"))
    for place, (name, state) in enumerate(steps, 1):
        error = {"kind": "pin_wrong", "code": 133005, "said": "Two step verification PIN Mismatch"}
        models.ConnectionStep.objects.using(_OWNER).create(
            workspace=shop.workspace, connection=row, place=place, name=name, state=state,
            at=None if state == "to_do" else shop.now, error=error if state == "failed" else None,
        )  # fmt: skip
    found: int = row.pk
    return found
