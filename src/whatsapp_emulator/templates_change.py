"""Templates over the Graph API: edit, delete, archive, unpause. Source: templates 4.1, 4.3."""

from copy import deepcopy
from typing import Any

from whatsapp_emulator import review, template_age, template_quality
from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError, bad_param, required
from whatsapp_emulator.header_samples import check_samples
from whatsapp_emulator.pacing import PAUSED_AS
from whatsapp_emulator.routes import Answer, admit_approximation, edge
from whatsapp_emulator.template_checks import category_of, check_components, check_ttl
from whatsapp_emulator.template_events import tell_status
from whatsapp_emulator.template_refusals import refused
from whatsapp_emulator.wire import Json, loads
from whatsapp_emulator.world import MANAGEMENT, Template, Waba

DAY_S = 86_400.0
EDITABLE = ("APPROVED", "REJECTED", "PAUSED")
EDITS_PER_30_DAYS = 10
NAME_LOCKED_S = 30 * DAY_S
RETRIED_FOR_S = 30 * DAY_S
IDS_MAX = 100

admit_approximation(
    "refused edits, deletions of disabled templates",
    "code 100 with words; Meta's subcodes for them are not public",
)
admit_approximation(
    "templates/archive",
    "answered at every host and version (Meta: api.facebook.com); `failed_templates` tells why "
    "in words",
)


@edge("POST", Template, needs=MANAGEMENT)
def edit(call: Call) -> Answer:
    """All components are replaced; an approved category stays; once a day, 10 in 30 days."""
    template: Template = call.node
    if template.status not in EDITABLE:
        raise _refuse("only approved, rejected and paused templates can be edited")
    body = _wish(call, template)
    if "components" in body or "category" in body:
        _check_pace(call, template)
    template.category = body.get("category", template.category)
    template.ttl_s = body.get("message_send_ttl_seconds", template.ttl_s)
    if "cta_url_link_tracking_opted_out" in call.params:
        template.file.tracking_opted_out = bool(call.params["cta_url_link_tracking_opted_out"])
    template.updated_at = call.now
    template.file.used_at = template.file.used_at and call.now
    if "components" in body or "category" in body:
        template.components = body.get("components", template.components)
        template.file.paused_until = None
        review.submit(call.emulator, template, edited=True)
    return {
        "success": True,
        "id": template.id,
        "name": template.name,
        "category": template.category,
    }


@edge("DELETE", Waba, "message_templates", needs=MANAGEMENT)
def delete(call: Call) -> Answer:
    """By `name` (all languages), one by `hsm_id` and `name`, or up to 100 by `hsm_ids`."""
    name, hsm_id, ids = call.text("name"), call.text("hsm_id"), call.params.get("hsm_ids")
    if ids is not None:
        if name or hsm_id:
            raise bad_param("hsm_ids", "cannot be combined with name or hsm_id.")
        gone = [_owned(call, item) for item in _ids(ids)]
    elif name is None:
        raise required("name")
    else:
        mine = (call.emulator.world.templates[i] for i in call.node.template_ids)
        gone = [t for t in mine if t.name == name and hsm_id in (None, t.id)]
    if not gone or any(t.status == "PENDING_DELETION" for t in gone):
        raise _not_found(name or hsm_id or "")
    if any(t.status == "DISABLED" for t in gone):
        raise _refuse("a disabled template cannot be deleted")
    whole_name = ids is None and hsm_id is None
    for template in gone:
        _delete(call, template, whole_name=whole_name)
    return True


@edge("POST", Waba, "message_templates/archive", needs=MANAGEMENT)
def archive(call: Call) -> Answer:
    done, failed = _each(call, ("APPROVED", "PAUSED", "REJECTED"))
    for template in done:
        template_age.archive(call.emulator, template)
    return {"archived_templates": [t.id for t in done], "failed_templates": failed}


@edge("POST", Waba, "message_templates/unarchive", needs=MANAGEMENT)
def unarchive(call: Call) -> Answer:
    done, failed = _each(call, ("ARCHIVED",))
    for template in done:
        template_age.unarchive(call.emulator, template)
    return {"unarchived_templates": [t.id for t in done], "failed_templates": failed}


@edge("POST", Template, "unpause", needs=MANAGEMENT)
def unpause(call: Call) -> Answer:
    """After a pause of pacing alone: one for quality ends by itself."""
    template: Template = call.node
    if template.status != "PAUSED" or template.file.pause_title != PAUSED_AS:
        raise _refuse("only a template paused by pacing can be unpaused")
    template_quality.unpause(call.emulator, template)
    return True


def _wish(call: Call, template: Template) -> Json:
    """The changes asked for, checked; raises when there are none."""
    body: Json = {
        key: deepcopy(call.params[key])
        for key in ("components", "category", "message_send_ttl_seconds")
        if key in call.params
    }
    if not body and "cta_url_link_tracking_opted_out" not in call.params:
        raise required("components")
    if "category" in body:
        body["category"] = category_of(body)
        if template.file.approved_once and body["category"] != template.category:
            raise _refuse("the category of an approved template cannot be changed")
    category = body.get("category", template.category)
    check_ttl(body, category)
    if "components" in body:
        body["language"] = template.language
        check_components(body, category, named=template.parameter_format == "NAMED")
        check_samples(call, body["components"])
    return body


def _check_pace(call: Call, template: Template) -> None:
    """Rejected and paused templates may be edited at will."""
    if template.status != "APPROVED":
        return
    recent = [at for at in template.file.edits if at > call.now - 30 * DAY_S]
    if recent and recent[-1] > call.now - DAY_S:
        raise _refuse("an approved template can be edited once in 24 hours")
    if len(recent) >= EDITS_PER_30_DAYS:
        raise _refuse("an approved template can be edited 10 times in 30 days")
    template.file.edits = [*recent, call.now]


def _delete(call: Call, template: Template, *, whole_name: bool) -> None:
    """At once, or after what is still on its way has arrived, for 30 days at most."""
    emulator, locks = call.emulator, call.node.file.names_locked
    if template.file.approved_once:
        key = (template.name, None if whole_name else template.language)
        locks[key] = call.now + NAME_LOCKED_S
    for old in [key for key, until in locks.items() if until <= call.now]:
        del locks[old]
    if template.file.in_flight > 0:
        template.status = "PENDING_DELETION"
        tell_status(emulator, template, "PENDING_DELETION", None)
        emulator.clock.after(RETRIED_FOR_S, template_age.remove, emulator, template)
    else:
        template_age.remove(emulator, template)


def _each(call: Call, allowed: tuple[str, ...]) -> tuple[list[Template], Json]:
    """The asked templates in one of the states, and why the others are not."""
    done, failed = [], {}
    for item in _ids(call.params.get("hsm_ids")):
        template = call.emulator.world.templates.get(item)
        if template is None or template.waba_id != call.node_id:
            failed[item] = "The template does not exist."
        elif template.status not in allowed:
            failed[item] = f"The template is {template.status}."
        else:
            done.append(template)
    return done, failed


def _ids(given: Any) -> list[str]:
    """`"1,2"`, `"[1,2]"` or a list; each once."""
    if given is None:
        raise required("hsm_ids")
    value = (loads(given.encode()) or given) if isinstance(given, str) else given
    parts = value if isinstance(value, list) else str(value).split(",")
    ids = list(dict.fromkeys(str(part).strip().strip("\"'") for part in parts))
    if not 1 <= len(ids) <= IDS_MAX or not all(i.isdigit() for i in ids):
        raise bad_param("hsm_ids", f"must have 1 to {IDS_MAX} template ids.")
    return ids


def _owned(call: Call, template_id: str) -> Template:
    template = call.emulator.world.templates.get(template_id)
    if template is None or template.waba_id != call.node_id:
        raise _not_found(template_id)
    return template


def _not_found(what: str) -> GraphError:
    return refused(2593002, "Message template not found", f"Message template {what} was not found.")


def _refuse(why: str) -> GraphError:
    return refused(None, "The template can't be changed", f"Not possible: {why}.")
