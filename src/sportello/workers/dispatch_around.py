"""What the guard must know beside the rows of a send: read once for a whole claim."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from psycopg.rows import DictRow

from sportello.rules import facts, window
from sportello.rules.consent import Standing, Topic
from sportello.rules.expected import Quote
from sportello.rules.facts import TemplateState
from sportello.rules.pricing import Category
from sportello.rules.template_parse import parse
from sportello.rules.template_send import fits, shape
from sportello.rules.template_values import Template
from sportello.store import consents, outreach, prices
from sportello.store.pool import Connection
from sportello.store.prices import Till
from sportello.workers.dispatch_tallies import Tallies, Tally, reached_before

Due = Sequence[tuple[DictRow, DictRow]]

_STATES: Final = {"APPROVED": TemplateState.APPROVED, "PAUSED": TemplateState.PAUSED}
_CATEGORIES: Final = {
    "MARKETING": Category.MARKETING,
    "UTILITY": Category.UTILITY,
    "AUTHENTICATION": Category.AUTHENTICATION,
}


@dataclass(frozen=True, slots=True)
class Known:
    """A template as Meta has it now, and how its parts read."""

    state: TemplateState
    category: Category
    read: Template
    _fitting: dict[Hashable, bool] = field(default_factory=dict, compare=False, repr=False)

    def facts_of(self, body: Mapping[str, Any]) -> facts.Template:
        return facts.Template(self.state, self.category, fits=self.fits(body))

    def fits(self, body: Mapping[str, Any]) -> bool:
        """Asked once for each shape of a claim's bodies."""
        found = shape(body)
        if found not in self._fitting:
            self._fitting[found] = fits(self.read, body)
        return self._fitting[found]


@dataclass(slots=True)
class Around:
    """Of one claim. `reached`: the people among them whom Meta already counts today."""

    templates: Mapping[int, Known] = field(default_factory=lambda: MappingProxyType({}))
    uploads: Mapping[int, DictRow] = field(default_factory=lambda: MappingProxyType({}))
    standings: Mapping[int, Standing] = field(default_factory=lambda: MappingProxyType({}))
    reached: set[int] = field(default_factory=set)
    people: Tally | None = None
    till: Till | None = None


async def gather(
    connection: Connection, number: DictRow, due: Due, tallies: Tallies, now: datetime
) -> tuple[Due, Around]:
    """The sends that can be decided now, and what to know about them.

    A claim without templates and files asks for prices alone. Left out are marketing sends to
    people whose consent somebody else is writing down at this moment.
    """
    if not any(send["kind"] == "message" for send, _ in due):
        return due, Around()
    first = [(send, chat) for send, chat in due if send["template_id"] is not None]
    till = await prices.open_till(connection, number, now, budget=bool(first))
    around = Around(uploads=await _uploads(connection, number, due, now), till=till)
    if not first:
        return due, around
    around.templates = await _templates(connection, first)
    due, around.standings = await _consents(connection, due, around)
    around.people = await tallies.people(connection, number, now)
    outside = {chat["contact_id"] for _, chat in first if is_outside(chat, now)}
    if around.people is not None and around.people.total + len(outside) > number["messaging_limit"]:
        around.reached = await reached_before(connection, number, outside, now)
    return due, around


def is_outside(chat: Mapping[str, Any], now: datetime) -> bool:
    """Whether a template to this customer reaches out beyond the service window."""
    return not window.is_open(chat["window_closes_at"], now)


async def _templates(connection: Connection, first: Due) -> dict[int, Known]:
    rows = await outreach.templates(connection, {send["template_id"] for send, _ in first})
    return {row["id"]: _known(row) for row in rows if row["category"] in _CATEGORIES}


def _known(row: DictRow) -> Known:
    state = _STATES.get(row["status"], TemplateState.NOT_APPROVED)
    return Known(
        state=TemplateState.NOT_APPROVED if row["deleted_at"] is not None else state,
        category=_CATEGORIES[row["category"]],
        read=parse(row),
    )


async def _consents(
    connection: Connection, due: Due, around: Around
) -> tuple[Due, Mapping[int, Standing]]:
    """Locked before they are read: a withdrawal commits before this claim, or waits for it."""
    wanted = {chat["contact_id"] for send, chat in due if _is_marketing(send, around)}
    if not wanted:
        return due, {}
    locked = await outreach.lock_contacts(connection, wanted)
    kept = [
        (send, chat)
        for send, chat in due
        if chat["contact_id"] in locked or not _is_marketing(send, around)
    ]
    return kept, await consents.standings(connection, locked, Topic.MARKETING)


def _is_marketing(send: DictRow, around: Around) -> bool:
    known = around.templates.get(send["template_id"])
    return known is not None and known.category is Category.MARKETING


async def _uploads(
    connection: Connection, number: DictRow, due: Due, now: datetime
) -> dict[int, DictRow]:
    """Those that Meta still keeps, or has refused; the others are wished for anew."""
    files = {send["file_id"] for send, _ in due if send["file_id"] is not None}
    if not files:
        return {}
    rows = await outreach.uploads(connection, number["id"], files)
    known = {row["file_id"]: row for row in rows if not _is_over(row, now)}
    missing = files - known.keys()
    if missing:
        await outreach.want_uploads(connection, number, missing, now)
    return known


def _is_over(row: DictRow, now: datetime) -> bool:
    return bool(row["state"] == "kept" and row["kept_until"] <= now)


def quote_of(send: Mapping[str, Any], chat: Mapping[str, Any], around: Around) -> Quote | None:
    """What it will cost; None for what is never charged, and for a template that is unknown."""
    if around.till is None or send["body"].get("type") == "reaction":
        return None
    if send["template_id"] is None:
        return around.till.expected(chat, Category.SERVICE)
    known = around.templates.get(send["template_id"])
    return None if known is None else around.till.expected(chat, known.category)


def media_of(send: Mapping[str, Any], around: Around) -> facts.Media:
    """Whether the file that the body names lies at Meta."""
    if send["file_id"] is None:
        return facts.Media.NONE
    upload = around.uploads.get(send["file_id"])
    states = {"kept": facts.Media.READY, "refused": facts.Media.REFUSED}
    return (
        facts.Media.WAITING if upload is None else states.get(upload["state"], facts.Media.WAITING)
    )
