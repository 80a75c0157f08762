"""The ledger against the journal: every status and every customer's word in it has had its effect.

The journal is what Meta told us, byte for byte; the rows are what we made of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sportello.ops.verify_found import Found
from sportello.ops.verify_seen import Seen
from sportello.store import verify as rows
from sportello.store.verify import Connection, Said, Told
from sportello.whatsapp.contents import System
from sportello.whatsapp.events import InboundMessage, StatusEvent
from sportello.whatsapp.inbound import decode

_PORTION: Final = 2_000


def compare(connection: Connection) -> Iterator[Found]:
    """Reads all of the journal once. Webhooks that are not folded yet are evidence, not debts."""
    reading = _Reading(connection, rows.numbers(connection))
    for entry in rows.journal(connection):
        reading.read(entry)
        if reading.held >= _PORTION:
            yield from reading.compared()
    yield from reading.compared()
    yield from _unproven(connection, reading.evidence)


@dataclass(slots=True)
class _Reading:
    connection: Connection
    workspaces: Mapping[str, int]
    evidence: Seen = field(default_factory=Seen)
    told: list[Told] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    @property
    def held(self) -> int:
        return len(self.told) + len(self.said)

    def read(self, entry: Mapping[str, Any]) -> None:
        is_due = entry["folded"] and not entry["set_aside"]
        for event in decode(bytes(entry["body"])):
            workspace_id = self.workspaces.get(event.phone_number_id)
            if workspace_id is None:
                continue
            match event:
                case StatusEvent(state=state) if state is not None:
                    self.evidence.add(_word(event.wamid, state.value))
                    if is_due:
                        self.told.append(_told(entry["id"], workspace_id, event))
                case InboundMessage(person=person) if is_due and _is_kept(event):
                    self.said.append(
                        Said(entry["id"], workspace_id, event.wamid, person.wa_id, person.user_id)
                    )
                case _:
                    continue

    def compared(self) -> Iterator[Found]:
        for row in rows.behind(self.connection, self.told) if self.told else []:
            yield Found("behind_webhooks", dict(row))
        for row in rows.unheard(self.connection, self.said) if self.said else []:
            yield Found("unheard", dict(row))
        self.told.clear()
        self.said.clear()


def _unproven(connection: Connection, evidence: Seen) -> Iterator[Found]:
    """Messages that claim more than any webhook ever told."""
    for row in rows.reported(connection):
        if _word(row["wamid"], row["status"]) not in evidence:
            yield Found("ahead_of_webhooks", dict(row))


def _told(entry_id: int, workspace_id: int, event: StatusEvent) -> Told:
    assert event.state is not None, "only known words are compared"
    return Told(entry_id, workspace_id, event.wamid, event.state.value, _attempt(event.attempt))


def _is_kept(event: InboundMessage) -> bool:
    """A notice of a changed number renames its writer, who is then not found by the old one."""
    return not isinstance(event.content, System)


def _attempt(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _word(wamid: str, status: str) -> str:
    return f"{status} {wamid}"
