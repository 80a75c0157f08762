"""Meta's review of templates: after a virtual delay, by rules, told by webhook."""

from typing import TYPE_CHECKING

from whatsapp_emulator import template_age
from whatsapp_emulator.review_rules import verdict
from whatsapp_emulator.template_events import tell_components, tell_status
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Template, Waba, World

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

FORMAT_INFO: Json = {
    "reason": "The format of the template is not as Meta asks.",
    "recommendation": "Check variables and their examples and submit again.",
}
PROFILE_PARTS = ("about", "address", "description", "email", "websites", "vertical")
SLOWEST = 3.0
"""How many times longer a review takes for an account whose profile says nothing."""


def submit(emulator: "Emulator", template: Template, *, edited: bool = False) -> None:
    """Put a template before Meta's reviewers."""
    template.status = "PENDING"
    template.revision += 1
    template.file.edited = edited
    world = emulator.world
    waba = world.wabas[template.waba_id]
    delay = emulator.chance.uniform(*waba.review_seconds) * _slowness(world, waba)
    emulator.clock.after(delay, _review, emulator, template, template.revision)


def decide(  # noqa: PLR0917 - the parts of a decision
    emulator: "Emulator",
    template: Template,
    decision: str,
    reason: str,
    category: str | None = None,
    info: Json | None = None,
) -> None:
    """APPROVED or REJECTED, with Meta's reason; tells the webhook."""
    template.revision += 1
    if category is not None and category != template.category:
        template.previous_category = template.category
        template.category = category
    template.status = decision
    template.rejected_reason = reason
    template.updated_at = emulator.clock.now()
    if decision == "APPROVED":
        template.file.approved_once = True
        template_age.watch(emulator, template)
    extra: Json = {"rejection_info": info or FORMAT_INFO} if reason == "INVALID_FORMAT" else {}
    tell_status(emulator, template, decision, reason, extra)
    if template.file.edited and decision == "APPROVED":
        tell_components(emulator, template)
    template.file.edited = False


def _slowness(world: World, waba: Waba) -> float:
    """1 for a complete profile, 3 for an empty one."""
    if not waba.number_ids:
        return SLOWEST
    profile = world.numbers[waba.number_ids[0]].profile
    said = sum(1 for part in PROFILE_PARTS if profile.get(part))
    return SLOWEST - (SLOWEST - 1) * said / len(PROFILE_PARTS)


def _review(emulator: "Emulator", template: Template, revision: int) -> None:
    if template.status != "PENDING" or template.revision != revision:
        return
    world = emulator.world
    others = (world.templates[i] for i in world.wabas[template.waba_id].template_ids)
    found = verdict(template, others)
    decide(emulator, template, found.decision, found.reason, found.category, found.info)
