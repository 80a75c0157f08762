"""Our own rows as facts of the doctor's: number, message, chat, template, file, campaign."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg.rows import DictRow

from sportello.rules.account_days import zone_of
from sportello.rules.calendar import next_open
from sportello.rules.campaign_pace import read_calendar
from sportello.rules.consent import Standing, Topic
from sportello.rules.diagnosis_facts import (
    Campaign,
    Chat,
    House,
    Message,
    Number,
    Subject,
    Template,
    Upload,
)
from sportello.store import consents, doctor, outreach
from sportello.store.doctor import Wanted
from sportello.store.pool import Connection

A_DAY: Final = timedelta(days=1)
# A message of which nothing was heard for so long after Meta took it is a sign of something.
SILENT_AFTER: Final = timedelta(seconds=90)
SILENT_SINCE: Final = timedelta(days=7)
_PEOPLE_MAX: Final = 1_000_000
_SAID_MAX: Final = 300


@dataclass(frozen=True, slots=True)
class Rows:
    """What the rows say. `number_row` and `template_row`: to ask Meta with."""

    number_row: DictRow
    number: Number
    house: House
    message: Message | None = None
    chat: Chat | None = None
    template: Template | None = None
    template_row: DictRow | None = None
    upload: Upload | None = None
    campaign: Campaign | None = None


async def read(connection: Connection, wanted: Wanted, now: datetime) -> Rows | None:
    """None for a number that is gone meanwhile."""
    row = await doctor.number(connection, wanted.number_id)
    if row is None:
        return None
    message, chat_id = await _message(connection, wanted)
    campaign = await _row(connection, "campaign", wanted, Subject.CAMPAIGN)
    template = await _template(connection, wanted, message, campaign)
    return Rows(
        number_row=row,
        number=await _number(connection, row, now),
        house=await _house(connection, row, now),
        message=None if message is None else _message_of(message),
        chat=None if chat_id is None else await _chat(connection, wanted, chat_id),
        template=None if template is None else _template_of(template),
        template_row=template,
        upload=await _upload(connection, wanted, message),
        campaign=None if campaign is None else await _campaign(connection, campaign, now),
    )


async def _row(
    connection: Connection, name: str, wanted: Wanted, subject: Subject
) -> DictRow | None:
    if wanted.subject != subject:
        return None
    return await doctor.row(connection, name, wanted.workspace_id, wanted.subject_id)


async def _message(connection: Connection, wanted: Wanted) -> tuple[DictRow | None, int | None]:
    """The message meant, and the chat it lies in."""
    workspace = wanted.workspace_id
    if wanted.subject == Subject.CONVERSATION:
        last = await doctor.row(connection, "last_message", workspace, wanted.subject_id)
        found = last and await doctor.row(connection, "message", workspace, last["id"])
        return found, wanted.subject_id
    found = await _row(connection, "message", wanted, Subject.MESSAGE)
    return found, None if found is None else found["conversation_id"]


async def _template(
    connection: Connection, wanted: Wanted, message: DictRow | None, campaign: DictRow | None
) -> DictRow | None:
    ids = {
        Subject.TEMPLATE: wanted.subject_id,
        Subject.CAMPAIGN: campaign and campaign["template_id"],
    }
    template_id = ids.get(Subject(wanted.subject), message and message["template_id"])
    if not template_id:
        return None
    return await doctor.row(connection, "template", wanted.workspace_id, template_id)


async def _number(connection: Connection, row: DictRow, now: datetime) -> Number:
    silence = await doctor.silence(connection, row["id"], now - SILENT_SINCE, now - SILENT_AFTER)
    reached = 0
    if row["messaging_limit"]:
        reached = await outreach.people_reached(connection, row, now - A_DAY, limit=_PEOPLE_MAX)
    return Number(
        waba_id=row["waba_id"],
        app_id=row["app_id"],
        status=row["status"],
        payment=row["payment"],
        paused_why=row["paused_why"],
        paused_at=row["paused_at"],
        last_event_at=row["last_event_at"],
        messaging_limit=row["messaging_limit"],
        reached=reached,
        silent=silence["count"],
        silent_since=silence["since"],
        has_token=row["sealed"] is not None,
        ending_at=row["ending_at"],
    )


async def _house(connection: Connection, row: DictRow, now: datetime) -> House:
    found = await doctor.house(connection, row["id"], row["workspace_id"])
    heard = row["last_event_at"]
    ahead = (heard - now).total_seconds() if heard is not None else 0.0
    return House(
        outbox_late=found["outbox_late"],
        outbox_late_s=found["outbox_late_s"],
        inbox_waiting=found["inbox_waiting"],
        inbox_late_s=found["inbox_late_s"],
        set_aside=found["set_aside"],
        has_dispatcher=bool(row["is_dispatched"]),
        # Meta's newest event lies in our future: then it is our clock that is late.
        behind_s=max(0.0, ahead),
    )


async def _chat(connection: Connection, wanted: Wanted, chat_id: int) -> Chat | None:
    row = await doctor.row(connection, "chat", wanted.workspace_id, chat_id)
    if row is None:
        return None
    person = row["contact_id"]
    known = await consents.standings(connection, [person], Topic.MARKETING)
    return Chat(
        holder=row["holder"],
        window_closes_at=row["window_closes_at"],
        awaiting_since=row["awaiting_customer_since"],
        unreachable_since=row["unreachable_since"],
        capped_until=row["marketing_capped_until"],
        marketing=known.get(person, Standing.NONE),
    )


async def _upload(connection: Connection, wanted: Wanted, message: DictRow | None) -> Upload | None:
    if message is None or message["file_id"] is None:
        return None
    row = await doctor.upload(connection, message["file_id"], wanted.number_id)
    return None if row is None else Upload(row["state"], row["reason"], row["due_at"])


def _message_of(row: DictRow) -> Message:
    receipt = row["receipt"] or {}
    error = row["error"] or row["last_error"] or {}
    code, decided_at = error.get("code"), receipt.get("decided_at")
    return Message(
        status=row["status"],
        type=row["type"],
        origin=row["origin"],
        at=row["at"],
        error=code if isinstance(code, int) else None,
        error_sub=_int(error.get("subcode")),
        said=_said(error),
        error_at=row["failed_at"] or row["attempted_at"],
        receipt=str(receipt.get("code") or ""),
        decided_at=datetime.fromisoformat(decided_at) if decided_at else None,
        hold=row["hold_code"] or "",
        late_s=row["late_s"] or 0.0,
        attempted_at=row["attempted_at"],
        sent_at=row["sent_at"],
        was_repeated=row["was_repeated"],
        may_have_left=row["may_have_left"],
    )


def _int(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _said(error: Mapping[str, Any]) -> str:
    """Meta's own sentence."""
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else error.get("details")
    said = details or error.get("message") or error.get("title") or ""
    return str(said)[:_SAID_MAX]


def _template_of(row: DictRow) -> Template:
    return Template(
        name=row["name"],
        status=row["status"],
        category=row["category"],
        reason=row["reason"],
        paused_until=row["paused_until"],
        is_gone=row["deleted_at"] is not None,
        changed_at=row["updated_at"],
    )


async def _campaign(connection: Connection, row: DictRow, now: datetime) -> Campaign:
    reasons = await doctor.campaign_reasons(connection, row["id"])
    of = {
        kind: [(one["code"], int(one["count"])) for one in reasons if one["kind"] == kind]
        for kind in ("skipped", "held", "failed")
    }
    braked = row["braked"] or {}
    return Campaign(
        state=row["state"],
        paused_why=row["paused_why"],
        alarm=str(braked.get("alarm") or ""),
        seen=float(braked.get("seen") or 0),
        allowed=float(braked.get("allowed") or 0),
        starts_at=row["starts_at"],
        opens_at=_opens_at(row, now),
        audience=row["audience"] if row["planned"] else 0,
        skipped=tuple(of["skipped"]),
        holds=tuple(of["held"]),
        failed=tuple((_code(code), n) for code, n in of["failed"]),
    )


def _code(told: str) -> int | None:
    """None where a failure has no code of Meta's."""
    return int(told) if told.lstrip("-").isdecimal() else None


def _opens_at(row: DictRow, now: datetime) -> datetime | None:
    """When its hours come, if they are not now."""
    if row["calendar"] is None:
        return None
    opens = next_open(read_calendar(row["calendar"]), now, zone_of(row["time_zone"]))
    return opens if opens is not None and opens > now else None
