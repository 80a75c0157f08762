"""Release of what falls due by itself: follow-ups, and what automations owe."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import DictRow

from sportello.rules import audience, followup
from sportello.rules.audience import FREQUENCY_CAP, Restraint, Source
from sportello.rules.consent import Standing, Topic
from sportello.rules.followup import Before, before
from sportello.rules.pricing import Category
from sportello.rules.status import State
from sportello.rules.template_match import needs
from sportello.rules.template_parse import parse
from sportello.store import campaigns, consents, followups
from sportello.store.campaigns import Recipient
from sportello.store.followups import Posting
from sportello.store.pool import Connection
from sportello.workers.plan_audience import columns, preview_facts, restraint_of
from sportello.workers.plan_letters import letters

# What a step sends, by its position; the campaign's own message is 0.
Steps = Mapping[int, Mapping[str, Any]]


async def release(
    connection: Connection, campaign: DictRow, zones: list[str] | None, now: datetime, room: int
) -> tuple[int, int]:
    """Puts up to `room` errands into the outbox, or passes them over: (looked at, gone).

    `zones`: where it is the hour; None: everywhere.
    """
    wanted = await followups.due(connection, campaign, zones, now, limit=room)
    if not wanted:
        return 0, 0
    errands, chats = await followups.take(connection, campaign, wanted)
    steps: Steps = {0: campaign} | {
        step["position"]: step for step in await followups.steps(connection, campaign["id"])
    }
    people = [errand["contact_id"] for errand in errands]
    restraint = restraint_of(campaign)
    known = _Known(
        steps,
        await consents.standings(connection, people, Topic.MARKETING),
        await campaigns.promoted(connection, people, now - timedelta(days=restraint.days)),
        restraint,
    )
    for errand in errands:
        _fill(errand, steps[errand["position"]])
    whys = {errand["id"]: _why(errand, known, now) for errand in errands}
    await _pass_over(connection, [errand for errand in errands if whys[errand["id"]]], whys)
    postings = [_posting(errand, steps) for errand in errands if not whys[errand["id"]]]
    await followups.release(connection, campaign, postings, chats, now)
    return len(wanted), len(postings)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of all of a portion: by position, and by contact."""

    steps: Steps
    standings: Mapping[int, Standing]
    had: Mapping[int, int]
    restraint: Restraint


def _fill(errand: DictRow, step: Mapping[str, Any]) -> None:
    """A follow-up's values were frozen; an automation's are the contact's, then the event's."""
    if errand["position"] == 0:
        sources = {name: Source(**source) for name, source in step["variables"].items()}
        errand["filled"] = audience.values(sources, columns(errand) | errand["filled"])


def _why(errand: DictRow, known: _Known, now: datetime) -> str:
    """The code of the first reason to send nothing; empty if there is none."""
    status, contact_id = errand["before_status"], errand["contact_id"]
    if status is not None and before(State(status), errand["before_code"]) is Before.NEVER:
        return followup.NOT_REACHED
    template = parse(known.steps[errand["position"]]["content"])
    filling = audience.filling(errand["filled"], needs(template.parts).media)
    facts = preview_facts(template, errand, known.standings[contact_id])
    why = audience.skipped(template, filling, facts, now)
    promotes = template.category is Category.MARKETING
    if not why and promotes and known.restraint.is_met(known.had.get(contact_id, 0)):
        return FREQUENCY_CAP
    return why


async def _pass_over(
    connection: Connection, errands: list[DictRow], whys: Mapping[int, str]
) -> None:
    """What was not said has nothing to follow it."""
    await followups.skip(connection, {errand["id"]: whys[errand["id"]] for errand in errands})
    ended = [
        (errand["recipient_id"], errand["position"] + 1)
        for errand in errands
        if errand["recipient_id"] is not None
    ]
    await followups.end(connection, ended)


def _posting(errand: DictRow, steps: Steps) -> Posting:
    step = steps[errand["position"]]
    person = Recipient(errand["id"], errand["contact_id"], errand["filled"])
    (letter,) = letters(step, [person])
    return Posting(letter, step["template_id"], step["file_id"])
