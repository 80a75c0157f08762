"""Templates over the Graph API: create, list, show. Source: reference templates 4.1."""

from copy import deepcopy

from whatsapp_emulator import review
from whatsapp_emulator.call import Call
from whatsapp_emulator.checks_template import by_name
from whatsapp_emulator.errors import GraphError
from whatsapp_emulator.fields import Show, page, pick
from whatsapp_emulator.header_samples import check_samples, with_links
from whatsapp_emulator.health import health_of_template
from whatsapp_emulator.routes import Answer, edge
from whatsapp_emulator.template_checks import check_creation
from whatsapp_emulator.template_library import from_library
from whatsapp_emulator.template_refusals import refused
from whatsapp_emulator.wire import Json, meta_time
from whatsapp_emulator.world import MANAGEMENT, Template, Waba, World

FIRST_ID = 300000000000001
CREATIONS_PER_H = 100
HOUR_S = 3_600.0
MOST = 250
MOST_VERIFIED = 6_000
NAME_OK = ("APPROVED", "AVAILABLE_WITHOUT_REVIEW")
DEFAULTS = ("name", "parameter_format", "components", "language", "status", "category", "id")
FIELDS: dict[str, Show] = {
    "id": lambda t, _: t.id,
    "name": lambda t, _: t.name,
    "language": lambda t, _: t.language,
    "status": lambda t, _: t.status,
    "category": lambda t, _: t.category,
    "components": lambda t, call: with_links(call.emulator, t.components),
    "parameter_format": lambda t, _: t.parameter_format,
    "quality_score": lambda t, _: {
        "score": t.quality,
        "date": int(t.file.quality_at or t.created_at),
    },
    "rejected_reason": lambda t, _: t.rejected_reason,
    "correct_category": lambda t, _: t.correct_category,
    "previous_category": lambda t, _: t.previous_category,
    "message_send_ttl_seconds": lambda t, _: t.ttl_s,
    "last_updated_time": lambda t, _: meta_time(t.updated_at),
    "library_template_name": lambda t, _: t.file.library_name,
    "sub_category": lambda t, _: t.file.sub_category,
    "cta_url_link_tracking_opted_out": lambda t, _: t.file.tracking_opted_out,
    "health_status": health_of_template,
    "degrees_of_freedom_spec": lambda _t, _: None,
}
FILTERS = ("status", "name", "language", "category", "quality")


@edge("POST", Waba, "message_templates", needs=MANAGEMENT)
def create(call: Call) -> Answer:
    """Raises what Meta refuses at once: form, name, limits; the rest is for the review."""
    template = made(call, deepcopy(call.params))
    return {"id": template.id, "status": template.status, "category": template.category}


def made(call: Call, body: Json) -> Template:
    """A new template, checked and before the reviewers, or approved at once from the library."""
    world, waba = call.emulator.world, call.node
    known = from_library(body)
    check_creation(body)
    check_samples(call, body["components"])
    _check_free(call, waba, body["name"], body["language"])
    if by_name(world, waba.id, body["name"], body["language"]) is not None:
        raise refused(
            2388024,
            "Content in this language already exists",
            "There is already content in this language for this template name.",
        )
    waba.file.creations.append(call.now)
    template = _kept(world, call, body)
    if known is None:
        review.submit(call.emulator, template)
    else:
        template.file.library_name = known
        review.decide(call.emulator, template, "APPROVED", "NONE")
    return template


@edge("GET", Waba, "message_templates", needs=MANAGEMENT)
def listed(call: Call) -> Answer:
    world = call.emulator.world
    found = [world.templates[i] for i in call.node.template_ids]
    for key in FILTERS:
        wish = call.text("quality_score" if key == "quality" else key)
        if wish:
            found = [t for t in found if _matches(key, str(getattr(t, key)), wish)]
    for key in ("content", "name_or_content"):
        words = (call.text(key) or "").lower()
        named = key == "name_or_content"
        found = [
            t for t in found if words in str(t.components).lower() or (named and words in t.name)
        ]
    bad_cursor = 100 if call.version == "v23.0" else 131059
    answer = page(call, found, lambda t: _shown(t, call), bad_cursor=bad_cursor)
    if "summary" in answer:
        answer["summary"] |= {
            "message_template_count": len(call.node.template_ids),
            "message_template_limit": limit_of(call.emulator.world, call.node),
            "are_translations_complete": True,
        }
    return answer


@edge("GET", Template, needs=MANAGEMENT)
def show(call: Call) -> Answer:
    return _shown(call.node, call)


def limit_of(world: World, waba: Waba) -> int:
    """6,000 for a verified portfolio with an approved name, else 250 (reference 4.3)."""
    named = any(world.numbers[i].name_status in NAME_OK for i in waba.number_ids)
    verified = world.portfolios[waba.portfolio_id].verified
    return MOST_VERIFIED if verified and named else MOST


def _check_free(call: Call, waba: Waba, name: str, language: str) -> None:
    """Raises 80007 after 100 creations in an hour, 2388019 and 2388023."""
    recent = sum(1 for at in waba.file.creations if at > call.now - HOUR_S)
    if recent >= CREATIONS_PER_H:
        raise GraphError(80007, "Too many templates were created in the last hour", subcode=2446079)
    if len(waba.template_ids) >= limit_of(call.emulator.world, waba):
        raise refused(
            2388019, "Template limit exceeded", "Delete templates that you no longer use."
        )
    for key in ((name, None), (name, language)):
        if waba.file.names_locked.get(key, 0.0) > call.now:
            raise refused(
                2388023,
                "Message template language is being deleted",
                f"New {language} content can't be added while the existing {language} content "
                "is being deleted. Try again in 4 weeks.",
            )


def _kept(world: World, call: Call, body: Json) -> Template:
    template = Template(
        id=world.next_id("template", FIRST_ID),
        waba_id=call.node_id,
        name=body["name"],
        language=body["language"],
        category=body["category"],
        components=body["components"],
        parameter_format=body["parameter_format"],
        created_at=call.now,
        updated_at=call.now,
    )
    template.ttl_s = body.get("message_send_ttl_seconds")
    template.file.tracking_opted_out = bool(body.get("cta_url_link_tracking_opted_out"))
    world.templates[template.id] = template
    world.wabas[call.node_id].template_ids.append(template.id)
    world.file.template_ids[call.node_id, template.name, template.language] = template.id
    return template


def _shown(template: Template, call: Call) -> Json:
    return pick(FIELDS, DEFAULTS, template, call, "MessageTemplate")


def _matches(key: str, value: str, wish: str) -> bool:
    """`name` matches a part, the rest one of the values given by comma or as a list."""
    if key == "name":
        return wish.lower() in value.lower()
    wishes = wish.strip("[]").replace('"', "").replace("'", "").split(",")
    return value.lower() in [w.strip().lower() for w in wishes]
