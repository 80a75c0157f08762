"""The ledger against the other side of the wire: what an emulator's log says that it took.

Only an emulator tells; of Meta the statuses in the journal are all there is.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from urllib.request import urlopen
from uuid import UUID

from sportello.ops.verify_found import Found
from sportello.ops.verify_seen import Seen
from sportello.store import verify as rows
from sportello.store.verify import Connection

_PAGE: Final = 1_000
_TIMEOUT_S: Final = 30.0
# States in which a send counts as not having left, or not by this attempt.
_NOT_LEFT: Final = frozenset({"queued", "refused", "cancelled"})
_MEDIA: Final = frozenset({"image", "video", "document", "audio", "sticker"})
_ENDS_OF_NOTHING: Final = frozenset({"rejected", "returned"})


def compare(connection: Connection, url: str) -> Iterator[Found]:
    """`url`: the emulator's. Reads its whole log; bounded by what that keeps.

    A log that has dropped its oldest lines proves nothing by silence, and is not asked to.
    """
    seen = Seen()
    per_person: Counter[tuple[int, int, int]] = Counter()
    whole = True
    for page in _pages(url):
        whole = whole and page["dropped"] == 0
        taken = list(filter(None, map(_taken, page["entries"])))
        for one in taken:
            seen.add(str(one.attempt))
        known = rows.attempts(connection, [one.attempt for one in taken])
        yield from _known(known, taken, per_person)
        yield from _enclosed(connection, known, taken)
    for (campaign, contact, _), count in per_person.items():
        if count > 1:
            yield Found("wire_twice", {"campaign": campaign, "contact": contact, "taken": count})
    if whole:
        yield from _missing(connection, seen)


def _pages(url: str) -> Iterator[Mapping[str, Any]]:
    since = 0
    while True:
        query = urlencode({"since": since, "limit": _PAGE})
        with urlopen(f"{url.rstrip('/')}/sim/log?{query}", timeout=_TIMEOUT_S) as answer:  # noqa: S310  # an address that the operator gave
            page = json.load(answer)
        if not page["entries"]:
            return
        yield page
        since = page["last"]


@dataclass(frozen=True, slots=True)
class _Taken:
    """An attempt that the other side took; `media`: what it calls the file that came with it."""

    attempt: UUID
    media: str = ""


def _taken(entry: Mapping[str, Any]) -> _Taken | None:
    """The attempt that this call brought and the emulator accepted, whatever it then answered."""
    call = entry["request"]
    if (
        entry["kind"] != "api"
        or entry["method"] != "POST"
        or entry["status"] != 200
        or not str(entry["path"]).endswith("/messages")
        or not isinstance(call, dict)
    ):
        return None
    try:
        attempt = UUID(str(call.get("biz_opaque_callback_data", "")))
    except ValueError:
        return None
    return _Taken(attempt, next(_media(call), ""))


def _media(value: object) -> Iterator[str]:
    """Media ids in a call: of a message of its own, or of a template's header."""
    if isinstance(value, list):
        for one in value:
            yield from _media(one)
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in _MEDIA and isinstance(inner, dict) and isinstance(inner.get("id"), str):
                yield inner["id"]
            else:
                yield from _media(inner)


def _known(
    known: Mapping[UUID, Mapping[str, Any]],
    taken: Sequence[_Taken],
    per_person: Counter[tuple[int, int, int]],
) -> Iterator[Found]:
    for attempt in (one.attempt for one in taken):
        row = known.get(attempt)
        if row is None:
            yield Found("wire_unknown", {"attempt": str(attempt)})
            continue
        if row["campaign_id"] is not None and not row["failed"] and not row["risked"]:
            step = hash((row["template_id"], row["text"]))
            per_person[row["campaign_id"], row["contact_id"], step] += 1
        if row["outcome"] in _ENDS_OF_NOTHING or row["state"] in _NOT_LEFT:
            yield Found(
                "wire_disowned",
                {"attempt": str(attempt), "send": row["send_id"], "send_state": row["state"],
                 "campaign": row["campaign_id"], "outcome": row["outcome"]},
            )  # fmt: skip


def _enclosed(
    connection: Connection, known: Mapping[UUID, Mapping[str, Any]], taken: Sequence[_Taken]
) -> Iterator[Found]:
    """Calls that carried another file of ours than their send was to carry."""
    files = rows.files_at_meta(connection, sorted({one.media for one in taken if one.media}))
    for one in taken:
        row, carried = known.get(one.attempt), files.get(one.media)
        if row is not None and carried is not None and carried != row["file_id"]:
            yield Found(
                "wire_other_file",
                {"attempt": str(one.attempt), "send": row["send_id"], "file": row["file_id"],
                 "sent": carried, "campaign": row["campaign_id"]},
            )  # fmt: skip


def _missing(connection: Connection, seen: Seen) -> Iterator[Found]:
    for row in rows.taken(connection):
        if str(row["attempt"]) not in seen:
            yield Found("wire_missing", {**row, "attempt": str(row["attempt"])})
