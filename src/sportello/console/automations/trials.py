"""Trying an automation: what it would make of an event, and then for real, for this once."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sportello.console.automations import events, words
from sportello.console.automations.events import UnfitEvent
from sportello.console.campaigns.steps_words import reason
from sportello.console.contacts.standing import standing
from sportello.console.templates_desk import bodies
from sportello.rules import audience, event, facts, template_match
from sportello.rules.audience import Source
from sportello.rules.consent import Standing
from sportello.rules.facts import Content, Facts, Origin, Sender, TemplateState
from sportello.rules.template_parse import parse
from sportello.rules.template_send import shown
from sportello.schema.automations import Automation, Trigger
from sportello.schema.people import Contact

EVENT_MAX: Final = 16 * 1_024


@dataclass(frozen=True, slots=True)
class Trial:
    """`problem`: why the event cannot be taken; `stop`: why nothing would leave; else `text`."""

    phone: str = ""
    name: str = ""
    text: str = ""
    stop: str = ""
    problem: str = ""


def sample(row: Automation) -> str:
    """An event as this automation reads it, to begin with."""
    fields = events.fields_of(row)
    tree: dict[str, Any] = {}
    named = {fields.phone: "+39 347 123 4567", fields.name: "Anna Bianchi", fields.event: "1"}
    for path, value in (named | dict.fromkeys(fields.properties.values(), "…")).items():
        _put(tree, path, value)
    if row.trigger == Trigger.WEBHOOK and fields.consent:
        _put(tree, fields.consent, "true")
    return json.dumps(tree, ensure_ascii=False, indent=2)


def event_of(text: str) -> Any:
    """Raises UnfitEvent for what is no JSON object."""
    try:
        given = json.loads(text[:EVENT_MAX])
    except (ValueError, RecursionError) as error:
        raise UnfitEvent("unreadable") from error
    if not isinstance(given, dict):
        raise UnfitEvent("unreadable")
    return given


def look(row: Automation, text: str, now: datetime) -> Trial:
    """Changes nothing."""
    try:
        told = event.read(event_of(text), events.fields_of(row))
        wa_id = events.wa_id_of(told, row.workspace.country)
    except UnfitEvent as unfit:
        return Trial(problem=str(words.EVENT[unfit.code]))
    contact = Contact.objects.filter(wa_id=wa_id).first()
    known = {} if contact is None else contact.properties
    name = told.name or ("" if contact is None else contact.name)
    columns = audience.columns(name, wa_id, known | dict(told.properties))
    sources = {place: Source(**source) for place, source in row.campaign.variables.items()}
    filled = audience.values(sources, columns)
    found = Trial(phone=wa_id, name=name)
    return _judged(
        row, contact, filled, found, agrees=bool(row.consent_text) and told.agreed, now=now
    )


def _judged(
    row: Automation,
    contact: Contact | None,
    filled: dict[str, str],
    found: Trial,
    *,
    agrees: bool,
    now: datetime,
) -> Trial:
    """As `plan` will find it, with the consent that the event itself would bring."""
    template = row.campaign.template
    if template is None:
        return Trial(found.phone, found.name, problem=words.unfit("template", "not_approved"))
    parsed = parse(bodies.of_row(template))
    filling = audience.filling(filled, template_match.needs(parsed.parts).media)
    where = Standing.NONE if contact is None else standing(contact.pk)
    if where is Standing.NONE and agrees:
        where = Standing.GRANTED
    looked_at = Facts(
        sender=Sender(Origin.CAMPAIGN),
        content=Content.TEMPLATE,
        contact=facts.Contact(
            reachable=contact is None or contact.unreachable_since is None, marketing=where
        ),
        template=None
        if parsed.category is None
        else facts.Template(TemplateState.APPROVED, parsed.category),
    )
    stop = reason(audience.skipped(parsed, filling, looked_at, now))
    text = str(shown(parsed, filling, None)["body"])
    return Trial(found.phone, found.name, text=text, stop=stop)


def _put(tree: dict[str, Any], path: str, value: str) -> None:
    *way, last = path.split(".") if path else [""]
    for key in way:
        inner = tree.setdefault(key, {})
        tree = inner if isinstance(inner, dict) else {}
    if last:
        tree[last] = value
