"""Planning: the next members of an audience, each with their values and the guard's preview."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from psycopg.rows import DictRow

from sportello.rules import audience, facts
from sportello.rules.audience import Source
from sportello.rules.consent import Standing, Topic
from sportello.rules.facts import Content, Facts, Origin, Sender, TemplateState
from sportello.rules.template_match import needs
from sportello.rules.template_parse import parse
from sportello.rules.template_values import Template
from sportello.store import campaigns, consents
from sportello.store.campaigns import Planned
from sportello.store.pool import Connection

PORTION: Final = 2_000


async def plan_portion(connection: Connection, campaign: DictRow, now: datetime) -> bool:
    """Plans up to 2,000 people; False once there is nobody left to plan."""
    people = await campaigns.listed(
        connection,
        campaign["audience"]["list"],
        after=campaign["planned_up_to"],
        limit=PORTION,
    )
    if not people:
        return False
    ids = [person["id"] for person in people]
    standings = await consents.standings(connection, ids, Topic.MARKETING)
    template = parse(campaign["content"])
    sources = {name: Source(**source) for name, source in campaign["variables"].items()}
    planned = [
        _planned(template, sources, person, standings[person["id"]], now) for person in people
    ]
    await campaigns.plan(connection, campaign, planned, after=ids[-1])
    return True


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
