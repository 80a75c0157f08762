"""What people and scripts do to automations; their campaign's row does the rest.

Each works inside the request's transaction and locks the campaign first. Each raises
`Automation.DoesNotExist` where the workspace has no such automation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sportello.console.automations import hooks
from sportello.console.campaigns import deeds
from sportello.console.campaigns.deeds import NotNow, UnfitCampaign
from sportello.console.templates_desk import bodies
from sportello.rules import event
from sportello.rules.after import COUNT_MAX, Unit
from sportello.rules.campaign import FINAL, Planned, Start, State
from sportello.schema.automations import Automation, Trigger
from sportello.schema.campaigns import Campaign, CampaignState
from sportello.schema.followups import Unit as RowUnit
from sportello.schema.people import ContactList
from sportello.schema.team import User

# A list of ten thousand that is imported by mistake must not be ten thousand messages at once.
RATE: Final = 60
CONSENT_MAX: Final = 1_000
SOURCE_MAX: Final = 200
COLUMN_MAX: Final = 120


@dataclass(frozen=True, slots=True)
class Wanted:
    """An automation as somebody describes it. `fields`: paths into a webhook's JSON.

    `variables` as a campaign's; their columns are the contact's and the event's.
    """

    name: str
    trigger: str
    template: str
    language: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    file_id: int | None = None
    number_id: int | None = None
    list_id: int | None = None
    after_count: int = 0
    after_unit: str = "minutes"
    repeats: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict)
    consent_text: str = ""
    consent_source: str = ""
    signed: bool = False
    calendar: Mapping[str, Any] | None = None
    rate: int | None = RATE


def create(workspace_id: int, wanted: Wanted, by: User | None, now: datetime) -> Automation:
    """A draft, that listens to nothing yet. Raises UnfitCampaign."""
    campaign = Campaign(
        workspace_id=workspace_id,
        number=deeds.fit_number(wanted.number_id),
        automatic=True,
        canary=None,
        by=by,
        created_at=now,
    )
    row = Automation(workspace_id=workspace_id, campaign=campaign, hook=hooks.new_hook())
    return _keep(row, wanted)


def change(automation_id: int, wanted: Wanted, now: datetime) -> Automation:
    """Holds from the next message on. Raises UnfitCampaign, NotNow once it has ended."""
    row = locked(automation_id)
    if State(row.campaign.state) in FINAL:
        raise NotNow(row.campaign.state)
    row.campaign.number = deeds.fit_number(wanted.number_id or row.campaign.number_id)
    kept = _keep(row, wanted)
    if row.campaign.state != CampaignState.DRAFT:
        _freeze(row.campaign)
        row.campaign.save()
        _look_from(row, now)
    return kept


def start(automation_id: int, now: datetime) -> Automation:
    """From now on it listens. Raises UnfitCampaign, NotNow."""
    row = locked(automation_id)
    campaign = row.campaign
    if campaign.state != CampaignState.DRAFT:
        raise NotNow(campaign.state)
    if row.trigger == Trigger.LIST and row.list_id is None:
        raise UnfitCampaign("list", "unknown")
    _freeze(campaign)
    campaign.quality = campaign.number.quality
    deeds.move(campaign, Start(), now)
    campaign.planned = True
    deeds.move(campaign, Planned(), now)
    _look_from(row, now)
    return row


def pause(automation_id: int, now: datetime) -> Automation:
    """It takes in nothing, and what waits waits. Raises NotNow."""
    row = locked(automation_id)
    row.campaign = deeds.pause(row.campaign_id, now)
    return row


def resume(automation_id: int, now: datetime) -> Automation:
    """It listens again; what happened meanwhile is passed over. Raises NotNow."""
    row = locked(automation_id)
    row.campaign = deeds.resume(row.campaign_id, now)
    _look_from(row, now)
    return row


def end(automation_id: int, now: datetime) -> Automation:
    """For good: what waits is withdrawn; its history stays. Raises NotNow."""
    row = locked(automation_id)
    row.campaign = deeds.cancel(row.campaign_id, now)
    return row


def new_address(automation_id: int) -> Automation:
    """From the commit on the old address is nobody's."""
    row = locked(automation_id)
    row.hook_version += 1
    row.save(update_fields=["hook_version"])
    return row


def locked(automation_id: int) -> Automation:
    """With its campaign, number and template; held until the transaction ends."""
    row = Automation.objects.select_related("list").get(pk=automation_id)
    row.campaign = deeds.locked(row.campaign_id)
    return row


def _freeze(campaign: Campaign) -> None:
    template = campaign.template
    if template is None or template.status != deeds.APPROVED:
        raise UnfitCampaign("template", "not_approved")
    campaign.content = bodies.of_row(template)


def _look_from(row: Automation, now: datetime) -> None:
    """Of silence only what begins from now on counts."""
    row.looked_up_to, row.looked_up_to_id = now, 0
    row.save(update_fields=["looked_up_to", "looked_up_to_id"])


def _keep(row: Automation, wanted: Wanted) -> Automation:
    campaign = row.campaign
    template = deeds.fit_template(campaign.number, wanted.template, wanted.language)
    campaign.name = deeds.fit_name(wanted.name)
    campaign.template = template
    campaign.variables = deeds.fit_sources(template, wanted.variables)
    campaign.file_id = deeds.fit_file(template, wanted.file_id)
    campaign.calendar = deeds.fit_hours(wanted.calendar)
    campaign.rate = deeds.fit_bounds("rate", wanted.rate, deeds.RATE_MAX)
    row.trigger = _trigger(wanted.trigger)
    row.list = _list(wanted) if row.trigger == Trigger.LIST else None
    row.after_count, row.after_unit = _wait(wanted)
    row.repeats, row.signed = wanted.repeats, wanted.signed
    row.fields = _fields(wanted.fields) if row.trigger == Trigger.WEBHOOK else {}
    row.consent_text, row.consent_source = _consent(wanted)
    campaign.save()
    row.campaign = campaign
    row.save()
    return row


def _trigger(given: str) -> Trigger:
    if given not in Trigger.values:
        raise UnfitCampaign("trigger", "unknown")
    return Trigger(given)


def _list(wanted: Wanted) -> ContactList:
    found = ContactList.objects.filter(pk=wanted.list_id or 0).first()
    if found is None:
        raise UnfitCampaign("list", "unknown")
    return found


def _wait(wanted: Wanted) -> tuple[int, RowUnit]:
    if wanted.after_unit not in set(Unit):
        raise UnfitCampaign("wait", "unit_unknown")
    least = 1 if wanted.trigger == Trigger.SILENCE else 0
    if not least <= wanted.after_count <= COUNT_MAX[Unit(wanted.after_unit)]:
        raise UnfitCampaign("wait", "out_of_range")
    return wanted.after_count, RowUnit(wanted.after_unit)


def _fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """Paths alone, and the columns that they fill."""
    properties = given.get("properties") or {}
    paths = {name: str(given.get(name) or "") for name in ("phone", "name", "event", "consent")}
    if not paths["phone"]:
        raise UnfitCampaign("fields", "phone_missing")
    named = [path for path in (*paths.values(), *map(str, properties.values())) if path]
    if not all(map(event.is_path, named)):
        raise UnfitCampaign("fields", "no_path")
    columns = {str(name).strip(): str(path) for name, path in properties.items() if path}
    if len(columns) > event.PROPERTIES_MAX:
        raise UnfitCampaign("fields", "too_many")
    if not all(0 < len(name) <= COLUMN_MAX and name.isprintable() for name in columns):
        raise UnfitCampaign("fields", "no_column")
    return {name: path for name, path in paths.items() if path} | {"properties": columns}


def _consent(wanted: Wanted) -> tuple[str, str]:
    """Without the words and the place there is no consent: an event alone proves none."""
    text, source = wanted.consent_text.strip(), wanted.consent_source.strip()
    if wanted.trigger != Trigger.WEBHOOK or not text:
        return "", ""
    if not source:
        raise UnfitCampaign("consent", "source_missing")
    if len(text) > CONSENT_MAX or len(source) > SOURCE_MAX or "\0" in text + source:
        raise UnfitCampaign("consent", "too_long")
    return text, source
