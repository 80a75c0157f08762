"""The webhooks about templates. Source: reference webhooks 5.5."""

from typing import TYPE_CHECKING

from whatsapp_emulator.render import component
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Template

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator


def tell_status(
    emulator: "Emulator",
    template: Template,
    event: str,
    reason: str | None,
    extra: Json | None = None,
) -> None:
    """message_template_status_update; `reason` is null when a deletion is scheduled."""
    value: Json = {
        "event": event,
        **_named(template),
        "message_template_category": template.category,
        "reason": reason,
        **(extra or {}),
    }
    _push(emulator, template, "message_template_status_update", value)


def tell_quality(emulator: "Emulator", template: Template, before: str) -> None:
    value: Json = {
        "previous_quality_score": before,
        "new_quality_score": template.quality,
        **_named(template),
    }
    _push(emulator, template, "message_template_quality_update", value)


def tell_components(emulator: "Emulator", template: Template) -> None:
    value = _named(template)
    for kind, key in (("HEADER", "title"), ("BODY", "element"), ("FOOTER", "footer")):
        text = (component(template.components, kind) or {}).get("text")
        if text:
            value[f"message_template_{key}"] = text
    buttons = (component(template.components, "BUTTONS") or {}).get("buttons", [])
    if buttons:
        value["message_template_buttons"] = [_button(button) for button in buttons]
    _push(emulator, template, "message_template_components_update", value)


def tell_category(emulator: "Emulator", template: Template, change: Json) -> None:
    """Impending (`correct_category` and when) or done (`previous_category`)."""
    _push(emulator, template, "template_category_update", {**_named(template), **change})


def _named(template: Template) -> Json:
    return {
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
    }


def _button(button: Json) -> Json:
    told: Json = {
        "message_template_button_type": button.get("type"),
        "message_template_button_text": button.get("text", ""),
    }
    for key in ("url", "phone_number"):
        if button.get(key):
            told[f"message_template_button_{key}"] = button[key]
    return told


def _push(emulator: "Emulator", template: Template, field: str, value: Json) -> None:
    emulator.delivery.push(template.waba_id, field, value)
    emulator.watchers.changed()
