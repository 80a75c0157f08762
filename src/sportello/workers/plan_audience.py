"""Planning: the next members of an audience, each with their values and the guard's preview."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg.rows import DictRow

from sportello.rules import audience, campaign_pace, facts, segment_sql
from sportello.rules.audience import (
    FREQUENCY_CAP,
    Everybody,
    Listed,
    Matching,
    Restraint,
    Source,
)
from sportello.rules.consent import Standing, Topic
from sportello.rules.facts import Content, Facts, Origin, Sender, TemplateState
from sportello.rules.pricing import Category
from sportello.rules.segment_sql import Where
from sportello.rules.template_match import needs
from sportello.rules.template_parse import parse
from sportello.rules.template_values import Template
from sportello.store import campaigns, consents
from sportello.store.campaigns import Planned, Recipient
from sportello.store.pool import Connection
from sportello.workers import plan_enclosures, plan_followups

PORTION: Final = 2_000
_AT_A_TIME: Final = 200


async def plan_portion(connection: Connection, campaign: DictRow, now: datetime) -> bool:
    """Plans up to 2,000 people; False once there is nobody left to plan."""
    people, upto = await _next(connection, campaign)
    if upto is None:
        return False
    ids = [person["id"] for person in people]
    template = parse(campaign["content"])
    portion = _Portion(
        template,
        {name: Source(**source) for name, source in campaign["variables"].items()},
        await consents.standings(connection, ids, Topic.MARKETING),
        await _had(connection, campaign, template, ids, now),
        restraint_of(campaign),
        by_their_zone=campaign["zone"] == "customer",
    )
    known = {person["id"]: columns(person) for person in people}
    planned = await _all_planned(portion, people, now)
    planned = await plan_enclosures.enclosed(connection, campaign, planned, known)
    await campaigns.plan(connection, campaign, planned, after=upto)
    await plan_followups.freeze(connection, campaign, known)
    return True


async def _all_planned(
    portion: "_Portion", people: Sequence[DictRow], now: datetime
) -> list[Planned]:
    """A few at a time: meanwhile what leaves keeps its pace."""
    found: list[Planned] = []
    for start in range(0, len(people), _AT_A_TIME):
        found += [_planned(portion, one, now) for one in people[start : start + _AT_A_TIME]]
        await asyncio.sleep(0)
    return found


async def spared(
    connection: Connection, campaign: DictRow, people: list[Recipient], now: datetime
) -> list[Recipient]:
    """Those who may be written to now: another campaign may have written since the planning.

    Whoever has had enough is skipped. Their chats are locked first, so that two campaigns that
    release at once count each other.
    """
    restraint = restraint_of(campaign)
    is_bound = restraint.most is not None and campaign["content"]["category"] == "MARKETING"
    if not is_bound or not people:
        return people
    ids = [one.contact_id for one in people]
    await campaigns.chats(connection, campaign, ids)
    had = await campaigns.promoted(connection, ids, now - timedelta(days=restraint.days))
    enough = [one for one in people if restraint.is_met(had.get(one.contact_id, 0))]
    await campaigns.leave_in_peace(connection, enough, FREQUENCY_CAP)
    gone = {one.id for one in enough}
    return [one for one in people if one.id not in gone]


def restraint_of(campaign: Mapping[str, Any]) -> Restraint:
    return Restraint(campaign["promotions_max"], campaign["promotions_days"])


async def _next(connection: Connection, campaign: DictRow) -> tuple[Sequence[DictRow], int | None]:
    """The next people, and up to which contact they were looked for; None: there are no more.

    A condition is held against the company's contacts window by window: whether it means ten of
    a million or all of them, a portion costs the same, and so does going on after a crash.
    """
    after = campaign["planned_up_to"]
    meant = audience.audience(campaign["audience"])
    if isinstance(meant, Listed):
        listed = await campaigns.listed(connection, meant.list_id, after=after, limit=PORTION)
        return listed, (listed[-1]["id"] if listed else None)
    company = campaign["workspace_id"]
    upto = await campaigns.window(connection, company, after=after, limit=PORTION)
    if upto is None:
        return [], None
    where = _where(meant)
    return await campaigns.matching(connection, company, where, after=after, upto=upto), upto


def _where(meant: Everybody | Matching) -> Where:
    if isinstance(meant, Everybody):
        return Where("true")
    if meant.frozen is None:
        raise ValueError("a campaign that has started keeps its condition")
    return segment_sql.where(meant.frozen.condition, meant.frozen.as_of)


async def _had(
    connection: Connection, campaign: DictRow, template: Template, ids: list[int], now: datetime
) -> dict[int, int]:
    """Nobody is asked where it makes no difference."""
    restraint = restraint_of(campaign)
    if restraint.most is None or template.category is not Category.MARKETING:
        return {}
    return await campaigns.promoted(connection, ids, now - timedelta(days=restraint.days))


@dataclass(frozen=True, slots=True)
class _Portion:
    """What is the same for all of a portion, and what is known of each by their id."""

    template: Template
    values: Mapping[str, Source]
    standings: Mapping[int, Standing]
    had: Mapping[int, int]
    restraint: Restraint
    by_their_zone: bool


def _planned(portion: _Portion, person: Mapping[str, Any], now: datetime) -> Planned:
    template, contact_id = portion.template, person["id"]
    filled = audience.values(portion.values, columns(person))
    filling = audience.filling(filled, needs(template.parts).media)
    looked_at = preview_facts(template, person, portion.standings[contact_id])
    why = audience.skipped(template, filling, looked_at, now)
    if not why and portion.restraint.is_met(portion.had.get(contact_id, 0)):
        why = FREQUENCY_CAP
    zone = campaign_pace.zone_of(person["wa_id"] or "") if portion.by_their_zone else ""
    return Planned(contact_id, filled, why, zone)


def columns(person: Mapping[str, Any]) -> dict[str, str]:
    """What the company noted of a contact, and what every contact has."""
    name = person["name"] or person["profile_name"]
    return audience.columns(name, person["wa_id"] or "", person["properties"])


def preview_facts(template: Template, person: Mapping[str, Any], standing: Standing) -> Facts:
    """Of the person alone: number, account and hours are looked at when it leaves."""
    if template.category is None:
        raise ValueError("a campaign's content has a category")
    return Facts(
        sender=Sender(Origin.CAMPAIGN),
        content=Content.TEMPLATE,
        contact=facts.Contact(reachable=person["unreachable_since"] is None, marketing=standing),
        template=facts.Template(TemplateState.APPROVED, template.category),
    )
