"""What time does to templates: the monthly look at the category, the archive, the deletion."""

from typing import TYPE_CHECKING

from whatsapp_emulator.review_rules import fitting_category
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.template_events import tell_category, tell_status
from whatsapp_emulator.world import Template

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

DAY_S = 86_400.0
LOOK_EVERY_S = 30 * DAY_S
NOTICE_S = DAY_S
UNUSED_FOR_S = 365 * DAY_S
ARCHIVED_FOR_S = 28 * DAY_S

admit_approximation(
    "monthly look at categories",
    "each template 30 days after its approval and every 30 days on; never without notice",
)


def watch(emulator: "Emulator", template: Template) -> None:
    """From its approval on: look at the category monthly, at its use yearly."""
    first = template.file.used_at == 0.0
    template.file.used_at = emulator.clock.now()
    if first:
        emulator.clock.after(LOOK_EVERY_S, _look, emulator, template)
        emulator.clock.after(UNUSED_FOR_S, _age, emulator, template)


def announce(emulator: "Emulator", template: Template, category: str) -> None:
    """Tell that the category will change in 24 hours (reference templates 4.4)."""
    template.correct_category = category
    due = emulator.clock.now() + NOTICE_S
    change = {
        "new_category": template.category,
        "correct_category": category,
        "category_update_timestamp": int(due),
    }
    tell_category(emulator, template, change)
    emulator.clock.at(due, _change, emulator, template, category)


def archive(emulator: "Emulator", template: Template) -> None:
    """Nothing can be sent with it; it goes 28 days later unless it is taken back."""
    template.file.status_before = template.status
    template.status = "ARCHIVED"
    template.file.archived_at = now = emulator.clock.now()
    tell_status(emulator, template, "ARCHIVED", "NONE")
    emulator.clock.after(ARCHIVED_FOR_S, _expire, emulator, template, now)


def unarchive(emulator: "Emulator", template: Template) -> None:
    template.status = template.file.status_before or "APPROVED"
    template.file.archived_at = None
    template.file.used_at = emulator.clock.now()
    tell_status(emulator, template, "UNARCHIVED", "NONE")


def remove(emulator: "Emulator", template: Template) -> None:
    """Out of the account, told as DELETED."""
    world = emulator.world
    if world.templates.pop(template.id, None) is None:
        return
    world.wabas[template.waba_id].template_ids.remove(template.id)
    world.file.template_ids.pop((template.waba_id, template.name, template.language), None)
    template.status = "DELETED"
    tell_status(emulator, template, "DELETED", None)


def _look(emulator: "Emulator", template: Template) -> None:
    if emulator.world.templates.get(template.id) is not template:
        return
    emulator.clock.after(LOOK_EVERY_S, _look, emulator, template)
    fits = fitting_category(template)
    if template.status == "APPROVED" and fits != template.category:
        announce(emulator, template, fits)


def _change(emulator: "Emulator", template: Template, category: str) -> None:
    gone = emulator.world.templates.get(template.id) is not template
    if gone or template.correct_category != category:
        return
    template.correct_category = None
    template.previous_category, template.category = template.category, category
    change = {"previous_category": template.previous_category, "new_category": category}
    tell_category(emulator, template, change)


def _age(emulator: "Emulator", template: Template) -> None:
    """Archive what nobody touched for twelve months."""
    if emulator.world.templates.get(template.id) is not template:
        return
    due = template.file.used_at + UNUSED_FOR_S
    if emulator.clock.now() < due:
        emulator.clock.at(due, _age, emulator, template)
        return
    if template.status in ("APPROVED", "PAUSED", "REJECTED"):
        archive(emulator, template)
    emulator.clock.after(UNUSED_FOR_S, _age, emulator, template)


def _expire(emulator: "Emulator", template: Template, archived_at: float) -> None:
    if template.file.archived_at == archived_at:
        remove(emulator, template)
