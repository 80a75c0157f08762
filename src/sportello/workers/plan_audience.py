"""Planning: the next members of an audience, each with their values and the guard's preview."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from psycopg.rows import DictRow

from sportello.rules import audience, facts, segment_sql
from sportello.rules.audience import Everybody, Listed, Matching, Source
from sportello.rules.consent import Standing, Topic
from sportello.rules.facts import Content, Facts, Origin, Sender, TemplateState
from sportello.rules.segment_sql import Where
from sportello.rules.template_match import needs
from sportello.rules.template_parse import parse
from sportello.rules.template_values import Template
from sportello.store import campaigns, consents
from sportello.store.campaigns import Planned
from sportello.store.pool import Connection

PORTION: Final = 2_000


async def plan_portion(connection: Connection, campaign: DictRow, now: datetime) -> bool:
    """Plans up to 2,000 people; False once there is nobody left to plan."""
    people, upto = await _next(connection, campaign)
    if upto is None:
        return False
    ids = [person["id"] for person in people]
    standings = await consents.standings(connection, ids, Topic.MARKETING)
    template = parse(campaign["content"])
    sources = {name: Source(**source) for name, source in campaign["variables"].items()}
    planned = [
        _planned(template, sources, person, standings[person["id"]], now) for person in people
    ]
    await campaigns.plan(connection, campaign, planned, after=upto)
    return True


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


def _planned(
    template: Template,
    sources: Mapping[str, Source],
    person: Mapping[str, Any],
    standing: Standing,
    now: datetime,
) -> Planned:
    filled = audience.values(sources, _columns(person))
    filling = audience.filling(filled, needs(template.parts).media)
    why = audience.skipped(template, filling, _facts(template, person, standing), now)
    return Planned(person["id"], filled, why)


def _columns(person: Mapping[str, Any]) -> dict[str, str]:
    """What the company noted, and what every contact has."""
    own = {"name": person["name"] or person["profile_name"], "phone": person["wa_id"] or ""}
    noted = {name: value for name, value in person["properties"].items() if isinstance(value, str)}
    return noted | own


def _facts(template: Template, person: Mapping[str, Any], standing: Standing) -> Facts:
    """Of the person alone: number, account and hours are looked at when it leaves."""
    if template.category is None:
        raise ValueError("a campaign's content has a category")
    return Facts(
        sender=Sender(Origin.CAMPAIGN),
        content=Content.TEMPLATE,
        contact=facts.Contact(reachable=person["unreachable_since"] is None, marketing=standing),
        template=facts.Template(TemplateState.APPROVED, template.category),
    )
