"""The ledger against the other side of the wire: what an emulator's log says that it took.

Only an emulator tells; of Meta the statuses in the journal are all there is.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
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
        for attempt in taken:
            seen.add(str(attempt))
        yield from _known(rows.attempts(connection, taken), taken, per_person)
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


def _taken(entry: Mapping[str, Any]) -> UUID | None:
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
        return UUID(str(call.get("biz_opaque_callback_data", "")))
    except ValueError:
        return None


def _known(
    known: Mapping[UUID, Mapping[str, Any]],
    taken: list[UUID],
    per_person: Counter[tuple[int, int, int]],
) -> Iterator[Found]:
    for attempt in taken:
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


def _missing(connection: Connection, seen: Seen) -> Iterator[Found]:
    for row in rows.taken(connection):
        if str(row["attempt"]) not in seen:
            yield Found("wire_missing", {**row, "attempt": str(row["attempt"])})
