"""What a person or a script does to campaigns; the worker `plan` does the rest.

Each works inside the request's transaction and locks the campaign first, so that a pause waits for
one portion of the worker's at most. Each raises `Campaign.DoesNotExist` where the workspace has no
such campaign.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import OperationalError
from django.db.models.functions import Now

from sportello.console.campaigns import enclosures, steps_ready
from sportello.console.campaigns.calendars import UnfitCalendar, fit_calendar
from sportello.console.contacts import audiences
from sportello.console.templates_desk import bodies
from sportello.rules import account_days, audience, campaign_pace, enclosure
from sportello.rules import campaign as rules
from sportello.rules.audience import BUTTON, HEADER, Audience, Listed, Matching
from sportello.rules.campaign import Cancelled, Event, Pause, Paused, Resumed, Start, State
from sportello.rules.template_match import needs
from sportello.rules.template_parse import parse
from sportello.schema.campaigns import Campaign, CampaignState, Zone
from sportello.schema.channel import Number, NumberStatus
from sportello.schema.files import File
from sportello.schema.inbox import Message, MessageStatus
from sportello.schema.people import ContactList, ListMember
from sportello.schema.segments import Segment
from sportello.schema.sends import Send, SendState
from sportello.schema.team import User
from sportello.schema.templates import Template

NAME_MAX: Final = 120
RATE_MAX: Final = 60_000
VALUE_MAX: Final = 1_024
APPROVED: Final = "APPROVED"


class UnfitCampaign(ValueError):  # noqa: N818  # what was asked is unfit, nothing broke
    """`part` of the campaign cannot be as it was asked. Both words are stable."""

    def __init__(self, part: str, code: str) -> None:
        super().__init__(f"{part}: {code}")
        self.part, self.code = part, code


class NotNow(Exception):  # noqa: N818  # an expected end
    """The campaign is in a state in which this cannot be done. `state` is the one it is in."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True, slots=True)
class Wanted:
    """A campaign as somebody describes it. `variables`: a column's name, or {"value": text}.

    `canary` None: no canary; `rate`: messages a minute.
    """

    name: str
    audience: Audience
    template: str
    language: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    file_id: int | None = None
    media_column: str = ""
    number_id: int | None = None
    starts_at: datetime | None = None
    calendar: Mapping[str, Any] | None = None
    zone: str = "company"
    finish_by: datetime | None = None
    rate: int | None = None
    canary: int | None = 50


def create(workspace_id: int, wanted: Wanted, by: User | None, now: datetime) -> Campaign:
    """A draft. Raises UnfitCampaign."""
    number = fit_number(wanted.number_id)
    template = fit_template(number, wanted.template, wanted.language)
    row = Campaign(
        workspace_id=workspace_id,
        number=number,
        name=fit_name(wanted.name),
        template=template,
        audience=audience.kept(fit_audience(wanted.audience)),
        variables=fit_sources(template, wanted.variables),
        file_id=fit_file(template, wanted.file_id, wanted.media_column),
        media_column=wanted.media_column,
        starts_at=wanted.starts_at,
        calendar=fit_hours(wanted.calendar),
        zone=Zone(wanted.zone),
        finish_by=wanted.finish_by,
        rate=fit_bounds("rate", wanted.rate, RATE_MAX),
        canary=fit_bounds("canary", wanted.canary, RATE_MAX),
        by=by,
        created_at=now,
    )
    row.save()
    return row


def start(campaign_id: int, now: datetime, people: int | None = None) -> Campaign:
    """Freezes the template and what a segment means; the worker then freezes the audience.

    `people`: how many, where the caller has counted them. Raises UnfitCampaign, NotNow.
    """
    row = locked(campaign_id)
    if row.state != CampaignState.DRAFT:
        raise NotNow(row.state)
    check(row)
    template = row.template
    if template is None or template.status != APPROVED:
        raise UnfitCampaign("template", "not_approved")
    if objection := steps_ready.objection(row):
        raise UnfitCampaign("followups", objection)
    row.content = bodies.of_row(template)
    row.rate = _rate(row, now, people)
    row.audience = audience.kept(_frozen(audience.audience(row.audience), now))
    row.quality = row.number.quality
    enclosures.forget_links(row)
    return move(row, Start(row.starts_at), now)


def pause(campaign_id: int, now: datetime) -> Campaign:
    """Nothing of it is claimed any more from the commit on. Raises NotNow."""
    return move(locked(campaign_id), Paused(Pause.PERSON), now)


def resume(campaign_id: int, now: datetime) -> Campaign:
    """It goes on where it stopped; what the brake saw before is forgiven. Raises NotNow."""
    row = locked(campaign_id)
    row.resumed_at, row.braked, row.quality = now, None, row.number.quality
    moved = move(row, Resumed(), now)
    held = Send.objects.filter(campaign_id=campaign_id, state=SendState.QUEUED)
    # The database's clock, as the dispatcher that reads it: the company's may be another.
    held.exclude(hold_code="").update(due_at=Now(), hold_code="")
    return moved


def cancel(campaign_id: int, now: datetime) -> Campaign:
    """Ends it: what waits is withdrawn, what has left has left. Raises NotNow."""
    row = move(locked(campaign_id), Cancelled(), now)
    # Those on the way out at this instant are the dispatcher's: the guard stops what it can.
    sends = list(
        Send.objects.select_for_update(skip_locked=True)
        .filter(campaign_id=campaign_id, state=SendState.QUEUED)
        .order_by("pk")
        .values_list("pk", "message_id")
    )
    Send.objects.filter(pk__in=[send_id for send_id, _ in sends]).update(
        state=SendState.CANCELLED, settled_at=now
    )
    Message.objects.filter(
        pk__in=[message_id for _, message_id in sends if message_id],
        status__in=[MessageStatus.QUEUED, MessageStatus.HELD],
    ).update(status=MessageStatus.CANCELLED)
    return row


def check(row: Campaign) -> None:
    """A draft may lack parts, and its template may have changed. Raises UnfitCampaign."""
    fit_name(row.name)
    if not row.audience:
        raise UnfitCampaign("list", "missing")
    check_words(row)
    if row.number.status != NumberStatus.CONNECTED:
        raise UnfitCampaign("number", "not_ready")
    if row.number.payment:
        raise UnfitCampaign("number", "payment")


def check_words(row: Campaign) -> None:
    """Raises UnfitCampaign."""
    if row.template is None:
        raise UnfitCampaign("template", "missing")
    fit_sources(row.template, row.variables)
    fit_file(row.template, row.file_id, row.media_column)


def _rate(row: Campaign, now: datetime, people: int | None) -> int | None:
    """What somebody asked for, or what is needed to be over by the hour that they named."""
    if row.finish_by is None:
        return row.rate
    if people is None:
        people = _at_most(audience.audience(row.audience), now)
    begins = max(now, row.starts_at or now)
    hours = None if row.calendar is None else campaign_pace.read_calendar(row.calendar)
    walls = account_days.zone_of(row.workspace.time_zone)
    found = campaign_pace.rate(people, begins, row.finish_by, hours, walls)
    if found is None or found > RATE_MAX:
        raise UnfitCampaign("finish_by", "too_soon")
    return found


def _at_most(meant: Audience, now: datetime) -> int:
    """How many it is for, or a few more: nobody waits for a million to be looked at one by one, and
    who goes a little faster than is needed is over in time as well.
    """
    if isinstance(meant, Listed):
        return ListMember.objects.filter(list_id=meant.list_id).count()
    try:
        with audiences.counting():
            return audiences.people(meant, now).count()
    except OperationalError:
        return audiences.known().count()


def locked(campaign_id: int) -> Campaign:
    return (
        Campaign.objects.select_for_update(of=("self",), no_key=True)
        .select_related("number", "template", "workspace")
        .get(pk=campaign_id)
    )


def move(row: Campaign, event: Event, now: datetime) -> Campaign:
    current = rules.Campaign(
        State(row.state),
        row.planned,
        row.starts_at,
        Pause(row.paused_why) if row.paused_why else None,
    )
    moved = rules.advance(current, event, now)
    if moved is current:
        raise NotNow(row.state)
    row.state = CampaignState(moved.state.value)
    row.paused_why = "" if moved.paused is None else moved.paused.value
    if moved.state is State.RUNNING and row.started_at is None:
        row.started_at = now
    if moved.state is State.CANCELLED:
        row.ended_at = now
    row.save()
    return row


def fit_name(given: str) -> str:
    name = given.strip()
    if not name:
        raise UnfitCampaign("name", "empty")
    if len(name) > NAME_MAX or "\0" in name:
        raise UnfitCampaign("name", "too_long" if len(name) > NAME_MAX else "not_text")
    return name


def fit_number(number_id: int | None) -> Number:
    rows = Number.objects.order_by("pk")
    found = rows.first() if number_id is None else rows.filter(pk=number_id).first()
    if found is None:
        raise UnfitCampaign("number", "unknown")
    return found


def fit_template(number: Number, name: str, language: str) -> Template:
    found = Template.objects.filter(
        waba_id=number.waba_id, name=name, language=language, deleted_at=None
    ).first()
    if found is None:
        raise UnfitCampaign("template", "unknown")
    return found


def fit_audience(wanted: Audience) -> Audience:
    """Of this company."""
    match wanted:
        case Listed(list_id) if not ContactList.objects.filter(pk=list_id).exists():
            raise UnfitCampaign("list", "unknown")
        case Matching(segment_id) if not Segment.objects.filter(pk=segment_id).exists():
            raise UnfitCampaign("segment", "unknown")
    return wanted


def _frozen(meant: Audience, now: datetime) -> Audience:
    found = audiences.frozen(meant, now) if isinstance(meant, Matching) else meant
    if found is None:
        raise UnfitCampaign("segment", "unknown")
    return found


def fit_file(template: Template, file_id: int | None, media_column: str = "") -> int | None:
    """With a column for each one's own file, the one for all is for whoever has none."""
    wanted = needs(parse(bodies.of_row(template)).parts).media
    if wanted is not None and file_id is None and not media_column:
        raise UnfitCampaign("header_media", "missing")
    if wanted is None and (file_id is not None or media_column):
        raise UnfitCampaign("header_media", "unexpected")
    if file_id is None or wanted is None:
        return None
    file = File.objects.defer("content").filter(pk=file_id).first()
    if file is None:
        raise UnfitCampaign("header_media", "unknown")
    if enclosure.flaw(wanted, file.mime_type, file.size) is not None:
        raise UnfitCampaign("header_media", "unfit")
    return file_id


def fit_sources(template: Template, given: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """One source for each variable of the template, no more and no less."""
    wanted = needs(parse(bodies.of_row(template)).parts)
    placeholders = {
        *wanted.body,
        *(f"{HEADER}{name}" for name in wanted.header),
        *(f"{BUTTON}{index}" for index in wanted.buttons),
    }
    if set(given) - placeholders:
        raise UnfitCampaign("variables", "unknown")
    if placeholders - set(given):
        raise UnfitCampaign("variables", "missing")
    return {placeholder: _source(source) for placeholder, source in given.items()}


def _source(given: Any) -> dict[str, str]:
    match given:
        case str() if given.strip() and len(given) <= NAME_MAX:
            return {"column": given.strip()}
        case {"column": str(column), **rest} if column.strip() and len(column) <= NAME_MAX:
            otherwise = rest.get("otherwise", "")
            if isinstance(otherwise, str) and len(otherwise) <= VALUE_MAX:
                return {"column": column.strip(), "otherwise": otherwise.strip()}
        case {"value": str(value)} if value.strip() and len(value) <= VALUE_MAX:
            return {"value": value.strip()}
    raise UnfitCampaign("variables", "unreadable")


def fit_hours(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if given is None:
        return None
    try:
        return fit_calendar(given)
    except UnfitCalendar as error:
        raise UnfitCampaign("schedule", error.code) from error


def fit_bounds(part: str, given: int | None, most: int) -> int | None:
    if given is not None and not 1 <= given <= most:
        raise UnfitCampaign(part, "out_of_range")
    return given
