"""Meta's review of templates: after a virtual delay, by rules, told by webhook."""

import re
from typing import TYPE_CHECKING

from whatsapp_emulator.render import component
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Template

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

PROMOTIONAL = re.compile(
    r"\b(sconto|sconti|offert[ae]|promo\w*|saldi|gratis|omaggio|regalo|risparmi\w*|"
    r"acquista|compra|discount|sale|offer|free|deal|coupon|% off|buy now|shop now)\b|\d+ ?%",
    re.IGNORECASE,
)
FORMAT_INFO = {
    "reason": "Variables stand side by side or have characters that are not allowed.",
    "recommendation": "Put words between the variables and submit again.",
}
ADJACENT = re.compile(r"\}\}\s?\{\{")


def submit(emulator: "Emulator", template: Template) -> None:
    """Put a template before Meta's reviewers."""
    template.status = "PENDING"
    template.revision += 1
    waba = emulator.world.wabas[template.waba_id]
    delay = emulator.chance.uniform(*waba.review_seconds)
    emulator.clock.after(delay, _review, emulator, template, template.revision)


def decide(
    emulator: "Emulator",
    template: Template,
    decision: str,
    reason: str,
    category: str | None = None,
) -> None:
    """APPROVED or REJECTED, with Meta's reason; tells the webhook."""
    template.revision += 1
    if category is not None and category != template.category:
        template.previous_category = template.category
        template.category = category
    template.status = decision
    template.rejected_reason = reason
    template.updated_at = emulator.clock.now()
    extra: Json = {"rejection_info": FORMAT_INFO} if reason == "INVALID_FORMAT" else {}
    tell_status(emulator, template, decision, reason, extra)


def tell_status(
    emulator: "Emulator",
    template: Template,
    event: str,
    reason: str | None,
    extra: Json | None = None,
) -> None:
    """message_template_status_update (reference webhooks 5.5)."""
    value: Json = {
        "event": event,
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
        "message_template_category": template.category,
        "reason": reason,
        **(extra or {}),
    }
    emulator.delivery.push(template.waba_id, "message_template_status_update", value)
    emulator.watchers.changed()


def verdict(template: Template) -> tuple[str, str, str]:
    """(decision, reason, category) that the content earns."""
    body = str((component(template.components, "BODY") or {}).get("text", ""))
    if ADJACENT.search(body) or any(mark in body for mark in ("{{#", "{{$", "{{%")):
        return "REJECTED", "INVALID_FORMAT", template.category
    if template.category == "UTILITY" and PROMOTIONAL.search(body):
        return "APPROVED", "NONE", "MARKETING"
    return "APPROVED", "NONE", template.category


def _review(emulator: "Emulator", template: Template, revision: int) -> None:
    if template.status != "PENDING" or template.revision != revision:
        return
    decide(emulator, template, *verdict(template))
