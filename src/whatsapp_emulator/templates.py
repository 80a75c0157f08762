"""Templates over the Graph API: create, list, show, delete. Source: reference templates 4.1."""

from copy import deepcopy

from whatsapp_emulator import review
from whatsapp_emulator.call import Call
from whatsapp_emulator.checks_template import by_name
from whatsapp_emulator.errors import GraphError
from whatsapp_emulator.fields import Show, page, pick
from whatsapp_emulator.health import health_of_template
from whatsapp_emulator.routes import Answer, edge
from whatsapp_emulator.template_checks import check_creation
from whatsapp_emulator.wire import Json, meta_time
from whatsapp_emulator.world import MANAGEMENT, Template, Waba, World

FIRST_ID = 300000000000001
DEFAULTS = ("name", "parameter_format", "components", "language", "status", "category", "id")
FIELDS: dict[str, Show] = {
    "id": lambda t, _: t.id,
    "name": lambda t, _: t.name,
    "language": lambda t, _: t.language,
    "status": lambda t, _: t.status,
    "category": lambda t, _: t.category,
    "components": lambda t, _: t.components,
    "parameter_format": lambda t, _: t.parameter_format,
    "quality_score": lambda t, _: {"score": t.quality, "date": int(t.updated_at)},
    "rejected_reason": lambda t, _: t.rejected_reason,
    "correct_category": lambda t, _: t.correct_category,
    "previous_category": lambda t, _: t.previous_category,
    "message_send_ttl_seconds": lambda t, _: t.ttl_s,
    "last_updated_time": lambda t, _: meta_time(t.updated_at),
    "library_template_name": lambda _t, _: None,
    "sub_category": lambda _t, _: None,
    "cta_url_link_tracking_opted_out": lambda _t, _: False,
    "health_status": health_of_template,
}
FILTERS = ("status", "name", "language", "category")


@edge("POST", Waba, "message_templates", needs=MANAGEMENT)
def create(call: Call) -> Answer:
    body: Json = deepcopy(call.params)
    check_creation(body)
    world = call.emulator.world
    if by_name(world, call.node_id, body["name"], body["language"]) is not None:
        raise GraphError(
            100,
            message="Invalid parameter",
            subcode=2388024,
            user_title="Content in this language already exists",
            user_message="There is already content in this language for this template name.",
        )
    template = _kept(world, call, body)
    review.submit(call.emulator, template)
    return {"id": template.id, "status": template.status, "category": template.category}


@edge("GET", Waba, "message_templates", needs=MANAGEMENT)
def listed(call: Call) -> Answer:
    world = call.emulator.world
    found = [world.templates[i] for i in call.node.template_ids]
    for key in FILTERS:
        wish = call.text(key)
        if wish:
            found = [t for t in found if _matches(key, str(getattr(t, key)), wish)]
    content = call.text("content")
    if content:
        found = [t for t in found if content.lower() in str(t.components).lower()]
    return page(call, found, lambda t: _shown(t, call), bad_cursor=131059)


@edge("GET", Template, needs=MANAGEMENT)
def show(call: Call) -> Answer:
    return _shown(call.node, call)


@edge("DELETE", Waba, "message_templates", needs=MANAGEMENT)
def delete(call: Call) -> Answer:
    """By name (all languages), or one by `hsm_id` and name."""
    name, hsm_id = call.text("name"), call.text("hsm_id")
    world, waba = call.emulator.world, call.node
    gone = [
        t
        for t in (world.templates[i] for i in waba.template_ids)
        if t.name == name and (hsm_id is None or t.id == hsm_id)
    ]
    if not gone:
        raise GraphError(
            100,
            message="Invalid parameter",
            subcode=2593002,
            user_title="Message template not found",
            user_message=f"Message template {name or hsm_id} was not found.",
        )
    for template in gone:
        waba.template_ids.remove(template.id)
        world.templates.pop(template.id)
    return True


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
    ttl = body.get("message_send_ttl_seconds")
    template.ttl_s = ttl if isinstance(ttl, int) else None
    world.templates[template.id] = template
    world.wabas[call.node_id].template_ids.append(template.id)
    return template


def _shown(template: Template, call: Call) -> Json:
    return pick(FIELDS, DEFAULTS, template, call, "MessageTemplate")


def _matches(key: str, value: str, wish: str) -> bool:
    """`name` matches a part, the rest one of the values given by comma."""
    if key == "name":
        return wish.lower() in value.lower()
    return value.lower() in [w.strip().lower() for w in wish.split(",")]
