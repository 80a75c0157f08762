"""/sim/templates: what Meta would decide about templates, decided here."""

from typing import Any

from aiohttp import web

from whatsapp_emulator import review, template_age, template_quality
from whatsapp_emulator.emulator import Emulator
from whatsapp_emulator.pacing import PAUSED_AS
from whatsapp_emulator.simcall import SimError, body_of, named, one_of, sim
from whatsapp_emulator.template_checks import CATEGORIES
from whatsapp_emulator.wire import Json, iso
from whatsapp_emulator.world import Template

QUALITIES = ("GREEN", "YELLOW", "RED", "UNKNOWN")
REASONS = (
    "ABUSIVE_CONTENT", "INCORRECT_CATEGORY", "INVALID_FORMAT", "NONE", "PROMOTIONAL", "SCAM",
    "TAG_CONTENT_MISMATCH",
)  # fmt: skip


def add_templates(app: web.Application) -> None:
    router = app.router
    router.add_get("/sim/templates/{id}", sim(_show))
    router.add_post("/sim/templates/{id}/review", sim(_review))
    router.add_post("/sim/templates/{id}/quality", sim(_quality))
    router.add_post("/sim/templates/{id}/pause", sim(_pause))
    router.add_post("/sim/templates/{id}/unpause", sim(_unpause))
    router.add_post("/sim/templates/{id}/disable", sim(_disable))
    router.add_post("/sim/templates/{id}/category", sim(_category))
    router.add_post("/sim/templates/{id}/archive", sim(_archive))


async def _show(emulator: Emulator, request: web.Request) -> Json:
    return _view(_template(emulator, request))


async def _review(emulator: Emulator, request: web.Request) -> Json:
    """`info` is the `rejection_info` of an INVALID_FORMAT."""
    body = await body_of(request)
    template = _template(emulator, request)
    decision = str(body.get("decision", "")).upper()
    if decision not in ("APPROVED", "REJECTED"):
        raise SimError("decision is APPROVED or REJECTED")
    default = "NONE" if decision == "APPROVED" else "INVALID_FORMAT"
    reason = one_of(body.get("reason") or default, REASONS, "reason")
    category: Any = body.get("category")
    if category is not None:
        category = one_of(category, CATEGORIES, "category")
    info: Any = body.get("info")
    review.decide(
        emulator, template, decision, reason, category, info if isinstance(info, dict) else None
    )
    return _view(template)


async def _quality(emulator: Emulator, request: web.Request) -> Json:
    """RED pauses a template in use, as it does when people's feedback makes it RED."""
    body = await body_of(request)
    template = _template(emulator, request)
    wish = body.get("quality", body.get("score"))
    template_quality.set_quality(emulator, template, one_of(wish, QUALITIES, "quality"))
    return _view(template)


async def _pause(emulator: Emulator, request: web.Request) -> Json:
    """3 hours, then 6, then disabled; with `{"pacing": true}` until it is unpaused."""
    body = await body_of(request)
    template = _template(emulator, request)
    if template.status != "APPROVED":
        raise SimError(f"the template is {template.status}, not APPROVED", 409)
    template_quality.pause(emulator, template, PAUSED_AS if body.get("pacing") else None)
    return _view(template)


async def _unpause(emulator: Emulator, request: web.Request) -> Json:
    template = _template(emulator, request)
    if template.status != "PAUSED":
        raise SimError(f"the template is {template.status}, not PAUSED", 409)
    template_quality.unpause(emulator, template)
    return _view(template)


async def _disable(emulator: Emulator, request: web.Request) -> Json:
    template = _template(emulator, request)
    template_quality.disable(emulator, template)
    return _view(template)


async def _category(emulator: Emulator, request: web.Request) -> Json:
    """Announce a change of category: it comes 24 hours later."""
    body = await body_of(request)
    template = _template(emulator, request)
    wish = one_of(body.get("category"), CATEGORIES, "category")
    template_age.announce(emulator, template, wish)
    return _view(template)


async def _archive(emulator: Emulator, request: web.Request) -> Json:
    template = _template(emulator, request)
    template_age.archive(emulator, template)
    return _view(template)


def _template(emulator: Emulator, request: web.Request) -> Template:
    return named(emulator.world.templates, request, "template")


def _view(template: Template) -> Json:
    file = template.file
    return {
        "id": template.id,
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "correct_category": template.correct_category,
        "status": template.status,
        "rejected_reason": template.rejected_reason,
        "quality": template.quality,
        "pauses": file.pauses,
        "paused_until": None if file.paused_until is None else iso(file.paused_until),
        "pacing": file.pacing,
        "held": len(file.held),
        "in_flight": file.in_flight,
    }
