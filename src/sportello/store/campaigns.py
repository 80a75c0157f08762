"""Campaigns in SQL: an audience frozen in portions, and released in portions into the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from msgspec.json import encode
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from sportello.rules.brake import Braked, Counts
from sportello.rules.campaign import PAUSED_BY, Campaign
from sportello.rules.segment_sql import Where
from sportello.statements import statements
from sportello.store import arrays
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)
AUTOMATION_JUDGED: Final = timedelta(days=7)
# Enough for any share that the brake looks at; read every two seconds while a campaign runs.
LATEST_MAX: Final = 20_000
_EVER: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Planned:
    """One person as planned. `skipped_why` empty: to be written to. `awaited`: their own file, the
    enclosure, is still to be fetched.
    """

    contact_id: int
    filled: Mapping[str, str]
    skipped_why: str
    zone: str = ""
    enclosure_id: int | None = None
    awaited: bool = False


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person whose turn has come; the row is locked. `file_id`: of a file of their own."""

    id: int
    contact_id: int
    filled: Mapping[str, str]
    file_id: int | None = None
    filename: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a recipient is sent. `text` and `payload` for the bubble, `body` for Meta."""

    recipient: Recipient
    text: str
    payload: Mapping[str, Any]
    body: Mapping[str, Any]


async def going(connection: Connection, now: datetime, *, limit: int) -> list[int]:
    """Campaigns for which something is to be done; automations that owe something by now."""
    cursor = await connection.execute(_SQL["going"], {"limit": limit, "now": now})
    return [row["id"] for row in await cursor.fetchall()]


async def hold(connection: Connection, campaign_id: int) -> DictRow | None:
    """The campaign's row, locked until the transaction ends; None while another works on it."""
    return await (await connection.execute(_SQL["hold"], {"id": campaign_id})).fetchone()


async def listed(connection: Connection, list_id: int, *, after: int, limit: int) -> list[DictRow]:
    """The next members of a list beyond the contact `after`, in the order of their ids."""
    asked = {"list_id": list_id, "after": after, "limit": limit}
    return await (await connection.execute(_SQL["listed"], asked)).fetchall()


async def window(
    connection: Connection, workspace_id: int, *, after: int, limit: int
) -> int | None:
    """The last of the company's next contacts beyond `after`; None if there are no more."""
    asked = {"workspace_id": workspace_id, "after": after, "limit": limit}
    row = await (await connection.execute(_SQL["window"], asked)).fetchone()
    return None if row is None else row["upto"]


async def matching(
    connection: Connection, workspace_id: int, where: Where, *, after: int, upto: int
) -> list[DictRow]:
    """Those after `after` up to `upto` who meet the condition, in the order of their ids."""
    pieces = where.sql.split("%s")
    places = "".join(f"{piece}%(w{place})s" for place, piece in enumerate(pieces[:-1]))
    sql = b"%s AND %s ORDER BY id" % (_SQL["within"], f"{places}{pieces[-1]}".encode())
    asked = {f"w{place}": value for place, value in enumerate(where.parameters)}
    asked |= {"workspace_id": workspace_id, "after": after, "upto": upto}
    return await (await connection.execute(sql, asked)).fetchall()


async def promoted(
    connection: Connection, contact_ids: Sequence[int], since: datetime
) -> dict[int, int]:
    """How many promotions each had since then; who had none is not named."""
    asked = {"contact_ids": list(contact_ids), "since": since}
    rows = await (await connection.execute(_SQL["promoted"], asked)).fetchall()
    return {row["contact_id"]: row["had"] for row in rows}


async def plan(
    connection: Connection, campaign: DictRow, portion: Sequence[Planned], *, after: int
) -> None:
    """Writes a portion of the audience, and that planning has come to the contact `after`."""
    await connection.execute(
        _SQL["add_recipients"],
        {
            "workspace_id": campaign["workspace_id"],
            "campaign_id": campaign["id"],
            "contact_ids": [one.contact_id for one in portion],
            "filled": [Jsonb(dict(one.filled), encode) for one in portion],
            "skipped": [one.skipped_why for one in portion],
            "zones": [one.zone for one in portion],
            "enclosures": [one.enclosure_id for one in portion],
            "awaited": [one.awaited for one in portion],
        },
    )
    await connection.execute(_SQL["planned_up_to"], {"id": campaign["id"], "after": after})


async def move(
    connection: Connection,
    campaign_id: int,
    moved: Campaign,
    now: datetime,
    braked: Braked | None = None,
) -> None:
    """Writes what `rules.campaign.advance` made of it. `braked`: what the brake saw."""
    saw = (
        None
        if braked is None
        else {
            "alarm": braked.alarm.value,
            "seen": braked.seen,
            "allowed": braked.allowed,
        }
    )
    await connection.execute(
        _SQL["move"],
        {
            "id": campaign_id,
            "state": moved.state.value,
            "planned": moved.planned,
            "paused_why": "" if moved.paused is None else moved.paused.value,
            "braked": None if saw is None else Jsonb(saw),
            "now": now,
        },
    )


async def stepped(connection: Connection, campaign_id: int, step: int) -> None:
    """The ramp's new step, from now on by the database's clock."""
    await connection.execute(_SQL["stepped"], {"id": campaign_id, "step": step})


async def zones(connection: Connection, campaign_id: int) -> list[str]:
    """The zones in which somebody still waits; an empty name where the company's hours count."""
    cursor = await connection.execute(_SQL["zones"], {"campaign_id": campaign_id})
    return [row["zone"] for row in await cursor.fetchall()]


async def waiting(
    connection: Connection, campaign_id: int, *, limit: int, among: Sequence[str] | None = None
) -> list[Recipient]:
    """The next people to be written to, locked; with `among` only those who live in these zones."""
    where = await zones(connection, campaign_id) if among is None else list(among)
    asked = {"campaign_id": campaign_id, "limit": limit, "zones": where}
    cursor = await connection.execute(_SQL["waiting"], asked)
    return [Recipient(**row) for row in await cursor.fetchall()]


async def leave_in_peace(connection: Connection, people: Sequence[Recipient], why: str) -> None:
    """They were planned, and are skipped all the same."""
    if people:
        asked = {"ids": [one.id for one in people], "why": why}
        await connection.execute(_SQL["leave_in_peace"], asked)


async def release(
    connection: Connection, campaign: DictRow, letters: Sequence[Letter], now: datetime
) -> None:
    """Puts a portion into the outbox: conversations, messages, sends, all or none.

    A recipient is released once: the caller holds its row, and this statement marks it.
    """
    of = {"workspace_id": campaign["workspace_id"], "number_id": campaign["number_id"]}
    contact_ids = [letter.recipient.contact_id for letter in letters]
    chat_of = await chats(connection, campaign, contact_ids)
    placed = [chat_of[contact_id] for contact_id in contact_ids]
    await connection.execute(
        _SQL["release"],
        of
        | {
            "campaign_id": campaign["id"],
            "template_id": campaign["template_id"],
            "now": now,
            "recipient_ids": arrays.numbers(letter.recipient.id for letter in letters),
            "conversation_ids": arrays.numbers(chat["id"] for chat in placed),
            "epochs": arrays.numbers(chat["control_epoch"] for chat in placed),
            "texts": arrays.texts(letter.text for letter in letters),
            "payloads": [Jsonb(letter.payload, encode) for letter in letters],
            "bodies": [Jsonb(letter.body, encode) for letter in letters],
            "file_ids": arrays.numbers(
                letter.recipient.file_id or campaign["file_id"] for letter in letters
            ),
        },
    )
    await pace(connection, campaign["id"], len(letters))


async def chats(
    connection: Connection, campaign: DictRow, contact_ids: Sequence[int]
) -> dict[int, DictRow]:
    """Their conversations with the campaign's number by contact, begun and locked."""
    asked = {
        "workspace_id": campaign["workspace_id"],
        "number_id": campaign["number_id"],
        "contact_ids": arrays.numbers(contact_ids),
    }
    await connection.execute(_SQL["begin_conversations"], asked)
    rows = await (await connection.execute(_SQL["lock_conversations"], asked)).fetchall()
    return {row["contact_id"]: row for row in rows}


async def pace(connection: Connection, campaign_id: int, count: int) -> None:
    """So many have left: what the company's own pace lets go next counts from here."""
    await connection.execute(_SQL["released"], {"id": campaign_id, "count": count})


@dataclass(frozen=True, slots=True)
class Open:
    """A campaign's sends that are queued, and all that are not at their end.

    `stopped_by`: a code that holds some of them and concerns the whole campaign; else empty.
    """

    queued: int
    open: int
    stopped_by: str


async def open_sends(connection: Connection, campaign_id: int) -> Open:
    asked = {"id": campaign_id, "stops": list(PAUSED_BY)}
    row = await (await connection.execute(_SQL["open"], asked)).fetchone()
    assert row is not None, "a count has a row"
    return Open(row["queued"], row["open"], row["stopped_by"] or "")


async def counts(connection: Connection, campaign: DictRow, now: datetime) -> tuple[Counts, Counts]:
    """What is known of all its sends, and of those that the brake judges; of an automation, which
    has no end, of the last days alone.

    Of more than `LATEST_MAX` the latest speak for all: how many were let go is kept with the
    campaign, and a late wave of failures does not drown in an early success.
    """
    since, errands_since = campaign["judged_since"], _EVER
    if campaign["automatic"]:
        errands_since = now - AUTOMATION_JUDGED
        since = max(since, errands_since)
    asked = {
        "id": campaign["id"],
        "workspace_id": campaign["workspace_id"],
        "template_id": campaign["template_id"],
        "since": since,
        "errands_since": errands_since,
        "most": LATEST_MAX,
    }
    told = dict(await (await connection.execute(_SQL["counts"], asked)).fetchone() or {})
    whole = _whole(campaign, told.pop("seen"), told.pop("all_sent"), told.pop("all_settled"))
    stops = await (await connection.execute(_SQL["stops"], asked)).fetchone()
    fell = await (await connection.execute(_SQL["template_fell"], asked)).fetchone()
    judged = Counts(
        **told,
        stopped=stops["stopped"] if stops else 0,
        quality_fell=_fell(campaign) or bool(fell and fell["fell"]),
    )
    return whole, judged


def _whole(campaign: DictRow, seen: int, sent: int, settled: int) -> Counts:
    """What has not left yet is among the latest; what else was let go has. Shares stay."""
    all_sent = sent if campaign["automatic"] else max(sent, campaign["let_go"] - (seen - sent))
    return Counts(sent=all_sent, settled=settled * all_sent // sent if sent else 0)


_RANK: Final = {"RED": 0, "YELLOW": 1}


def _fell(campaign: DictRow) -> bool:
    """Of the number, since the campaign began or a person let it go on; unknown is not low."""
    then, now = campaign["quality_then"], campaign["quality_now"]
    return _RANK.get(now, 2) < _RANK.get(then, 2)
