"""What the guard must know beside the rows of a send: read once for a whole claim."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
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
from sportello.store import consents, outreach, prices, sends
from sportello.store.asking import Asked
from sportello.store.pool import Connection
from sportello.store.prices import Till
from sportello.workers.dispatch_tallies import Tallies, Tally, reached_before

Ready = Sequence[tuple[DictRow, DictRow]]

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


@dataclass(frozen=True, slots=True)
class _Ledger:
    """Whose consent has been asked about: those that are locked, and where all of them stand."""

    locked: Asked[set[int]]
    standings: Asked[dict[int, Standing]]


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
    connection: Connection,
    number: DictRow,
    due: Sequence[DictRow],
    tallies: Tallies,
    now: datetime,
) -> tuple[Ready, Around]:
    """What is due and can be decided now, each with its conversation, both locked, and what to
    know about them; most urgent first.

    Left out is what somebody else works on, and marketing to people whose consent somebody else
    is writing down at this moment. Locked in the order of all: conversations, sends, the company,
    files, contacts; read in two waits.
    """
    if not due:
        return [], Around()
    first = {row["template_id"] for row in due} - {None}
    asked = await outreach.ask_templates(connection, first) if first else None
    chats = await (await sends.ask_chats(connection, due)).told()
    templates = {} if asked is None else _known_of(await asked.told())
    to_lock = await sends.ask_sends(connection, due, chats)
    opening = await prices.open_till(connection, number, now, budget=bool(first))
    files = {row["file_id"] for row in due} - {None}
    kept = await outreach.ask_uploads(connection, number["id"], files) if files else None
    ledger = await _ask_consents(connection, due, chats, templates)
    ready: Ready = [(send, chats[send["conversation_id"]]) for send in await to_lock.told()]
    around = Around(templates=templates, till=await opening.told())
    if kept is not None:
        around.uploads = await _uploads(connection, number, files, await kept.told(), now)
    if ledger is not None:
        ready = await _consents(ready, around, ledger)
    if first:
        around.people = await tallies.people(connection, number, now)
        around.reached = await _reached(connection, number, ready, around.people, now)
    return ready, around


async def _reached(
    connection: Connection, number: DictRow, ready: Ready, people: Tally | None, now: datetime
) -> set[int]:
    """Who of them counts already today; asked only near the limit, where it makes a difference."""
    outside = {
        chat["contact_id"]
        for send, chat in ready
        if send["template_id"] is not None and is_outside(chat, now)
    }
    if people is None or people.total + len(outside) <= number["messaging_limit"]:
        return set()
    return await reached_before(connection, number, outside, now)


def is_outside(chat: Mapping[str, Any], now: datetime) -> bool:
    """Whether a template to this customer reaches out beyond the service window."""
    return not window.is_open(chat["window_closes_at"], now)


def _known_of(rows: Iterable[DictRow]) -> dict[int, Known]:
    return {row["id"]: _known(row) for row in rows if row["category"] in _CATEGORIES}


def _known(row: DictRow) -> Known:
    state = _STATES.get(row["status"], TemplateState.NOT_APPROVED)
    return Known(
        state=TemplateState.NOT_APPROVED if row["deleted_at"] is not None else state,
        category=_CATEGORIES[row["category"]],
        read=parse(row),
    )


async def _ask_consents(
    connection: Connection,
    due: Iterable[DictRow],
    chats: Mapping[int, DictRow],
    templates: Mapping[int, Known],
) -> _Ledger | None:
    """Locked before they are read: a withdrawal commits before this claim, or waits for it."""
    wanted = {
        chats[row["conversation_id"]]["contact_id"]
        for row in due
        if row["conversation_id"] in chats and _is_marketing(row, templates)
    }
    if not wanted:
        return None
    locked = await outreach.ask_contacts(connection, wanted)
    return _Ledger(locked, await consents.ask_standings(connection, wanted, Topic.MARKETING))


async def _consents(ready: Ready, around: Around, ledger: _Ledger) -> Ready:
    locked, around.standings = await ledger.locked.told(), await ledger.standings.told()
    return [
        (send, chat)
        for send, chat in ready
        if chat["contact_id"] in locked or not _is_marketing(send, around.templates)
    ]


def _is_marketing(send: DictRow, templates: Mapping[int, Known]) -> bool:
    known = templates.get(send["template_id"])
    return known is not None and known.category is Category.MARKETING


async def _uploads(
    connection: Connection,
    number: DictRow,
    files: set[int],
    rows: Iterable[DictRow],
    now: datetime,
) -> dict[int, DictRow]:
    """Those that Meta still keeps, or has refused; the others are wished for anew."""
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
