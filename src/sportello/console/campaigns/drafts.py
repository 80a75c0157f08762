"""A campaign while somebody writes it: each step keeps what it was told, whole or not yet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.utils import timezone

from sportello.console.campaigns import deeds, slots
from sportello.console.campaigns.deeds import NotNow, UnfitCampaign
from sportello.console.inbox import choices, fillings
from sportello.rules import audience
from sportello.rules.audience import Audience
from sportello.rules.opening import as_campaign_hours
from sportello.schema.campaigns import Campaign, CampaignState, Enclosure, Zone
from sportello.schema.files import File
from sportello.schema.team import User, Workspace
from sportello.schema.templates import Template


class Step(StrEnum):
    """In the order in which they stand on the rail."""

    WHO = "who"
    WHAT = "what"
    WHEN = "when"
    CHECKS = "checks"
    CONFIRM = "confirm"


_STEP_OF: Final = {
    "name": Step.WHO,
    "list": Step.WHO,
    "segment": Step.WHO,
    "template": Step.WHAT,
    "variables": Step.WHAT,
    "header_media": Step.WHAT,
}


@dataclass(frozen=True, slots=True)
class When:
    """`zone`: whose walls the hours are read on. `rate`: messages a minute; or `finish_by`."""

    starts_at: datetime | None
    calendar: Mapping[str, Any] | None
    zone: Zone
    finish_by: datetime | None
    rate: int | None
    canary: int | None


def begin(workspace: Workspace, by: User | None, now: datetime) -> Campaign:
    """An empty one, with the company's own canary and its opening hours, where it has said them.

    Raises UnfitCampaign without any number.
    """
    number = deeds.fit_number(None)
    return Campaign.objects.create(
        workspace=workspace,
        number=number,
        canary=workspace.canary,
        calendar=as_campaign_hours(
            workspace.opening,
            on_holidays_shut=workspace.shut_on_holidays,
            since=timezone.localtime(now).date(),
        ),
        by=by,
        created_at=now,
    )


def draft(campaign_id: int) -> Campaign:
    """Locked until the transaction ends. Raises NotNow once it has started."""
    row = deeds.locked(campaign_id)
    if row.state != CampaignState.DRAFT:
        raise NotNow(row.state)
    return row


def keep_who(row: Campaign, name: str, meant: Audience | None, number_id: int | None) -> None:
    """Raises UnfitCampaign; then nothing is kept."""
    row.name = deeds.fit_name(name)
    if meant is None:
        raise UnfitCampaign("list", "missing")
    row.audience = audience.kept(deeds.fit_audience(meant))
    if number_id is not None and number_id != row.number_id:
        row.number = deeds.fit_number(number_id)
        row.template, row.variables, row.file = None, {}, None
        row.media_column = ""
    row.save()


def choose_template(row: Campaign, template_id: int | None) -> None:
    """None: none any more. What a variable of the same name was mapped to stays so.

    Raises choices.NoTemplate.
    """
    row.template = None if template_id is None else choices.chosen(row.number, template_id)
    row.file, row.media_column = None, ""
    Enclosure.objects.filter(campaign=row).delete()
    row.variables = {} if row.template is None else _suggested(row.template)
    row.save()


def keep_what(
    row: Campaign, given: Mapping[str, Any], file: File | None, media_column: str
) -> None:
    """Whatever can be read of it: a draft may have gaps. `media_column`: of their own files."""
    if row.template is None:
        return
    wanted = slots.placeholders(fillings.read(row.template))
    row.variables = {name: given[name] for name in wanted if name in given}
    if file is not None:
        row.file = file
    row.media_column = media_column
    row.save()


def keep_when(row: Campaign, wanted: When) -> None:
    """Raises UnfitCampaign; then nothing is kept."""
    row.calendar = deeds.fit_hours(wanted.calendar)
    row.rate = deeds.fit_bounds("rate", wanted.rate, deeds.RATE_MAX)
    row.canary = deeds.fit_bounds("canary", wanted.canary, deeds.RATE_MAX)
    row.starts_at, row.finish_by, row.zone = wanted.starts_at, wanted.finish_by, wanted.zone
    if row.finish_by is not None and row.starts_at is not None and row.finish_by <= row.starts_at:
        raise UnfitCampaign("finish_by", "too_soon")
    row.save()


def lacking(row: Campaign) -> UnfitCampaign | None:
    """The first thing that keeps it from starting; None: it may."""
    return _lacking(row, deeds.check)


def lacking_words(row: Campaign) -> UnfitCampaign | None:
    """Of the second step alone."""
    return _lacking(row, deeds.check_words)


def _lacking(row: Campaign, check: Callable[[Campaign], None]) -> UnfitCampaign | None:
    try:
        check(row)
    except UnfitCampaign as unfit:
        return unfit
    return None


def next_step(row: Campaign) -> Step:
    """Where somebody who comes back goes on."""
    unfit = lacking(row)
    if unfit is not None and unfit.part in _STEP_OF:
        return _STEP_OF[unfit.part]
    return Step.CHECKS


def reached(row: Campaign, step: Step) -> bool:
    """Whether everything before this step is there."""
    order = list(Step)
    return order.index(step) <= max(order.index(next_step(row)), order.index(Step.WHO)) or (
        lacking(row) is None
    )


_NAMES: Final = frozenset({"name", "nome", "first_name", "firstname"})


def _suggested(template: Template) -> dict[str, dict[str, str]]:
    """A variable that plainly is a name takes it; nothing else is guessed."""
    read = fillings.read(template)
    body = read.parts.body
    examples = {} if body is None else dict(body.examples)
    return {
        name: {"column": "first_name", "otherwise": ""}
        for name in slots.placeholders(read)
        if name.lower() in _NAMES or (name == "1" and _is_name(examples.get(name, "")))
    }


def _is_name(example: str) -> bool:
    return example.isalpha() and example.istitle()
