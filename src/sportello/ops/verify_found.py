"""Differences that the verification finds: what each kind means, and the ids of the first few."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

SHOWN_MAX: Final = 20

MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bubble_unlike_send": "The bubble shows another state than the outbox has: what people see "
        "is not what happened.",
        "written_to_twice": "One person was sent the same message of a campaign more than once, "
        "and nobody had taken that risk for them.",
        "repeated_in_doubt": "A campaign's message was tried again although a try before had "
        "ended in doubt, and nobody asked for it: it may have arrived twice.",
        "accepted_without_proof": "The outbox says accepted, and no attempt of it was: it may "
        "never have left.",
        "proof_not_believed": "An attempt was accepted, and its send still waits or is in doubt: "
        "it could leave once more.",
        "attempts_missing": "The outbox counts other attempts than are on record: something was "
        "sent, or counted, past the ledger.",
        "attempt_left_open": "An attempt has no end although nothing of it is on the wire.",
        "receipt_missing": "It left without the guard's word for it.",
        "charge_missing": "It left, or may have, and the ledger of prices has no line for it.",
        "charge_unlike_status": "The ledger of prices owes for what failed, or bills what never "
        "arrived, or forgets what did.",
        "recipient_lost": "Somebody of the audience was released, and nothing was or will be sent "
        "to them.",
        "recipient_unmarked": "Somebody has a message although they were to be skipped, or were "
        "not released.",
        "other_persons_message": "A recipient's message lies in somebody else's chat.",
        "over_too_early": "The campaign counts as completed, and somebody still waits for it.",
        "let_go_forgotten": "The campaign counts fewer messages as let go than there "
        "are: its brake and its canary reckon with that count.",
        "file_not_theirs": "A step of a campaign went with another file than it was planned with, "
        "or with none: a person's own, the campaign's, a follow-up's.",
        "file_of_others": "A person's own file belongs to another campaign, or is not the one "
        "that their column named.",
        "file_not_named": "What was handed over to be sent names another file than the outbox "
        "waited for.",
        "file_forgotten": "Somebody waits for a file that nobody brings any more, or was not told "
        "that theirs is not to be had.",
        "totals_differ": "The report's totals and those of the outbox are not the same.",
        "behind_webhooks": "A webhook told more of a message than its row knows: a status was "
        "lost.",
        "ahead_of_webhooks": "A message claims a status that no webhook ever told.",
        "unheard": "A customer's message came in by webhook and is in no chat.",
        "wire_twice": "The other side took more than one message of this campaign for one person.",
        "wire_unknown": "The other side took an attempt that is not on record here.",
        "wire_disowned": "The other side took it, and the outbox says that it did not leave.",
        "wire_other_file": "The other side took another file of ours with it than its send was to "
        "carry.",
        "wire_missing": "The outbox says accepted, and the other side never took it.",
    }
)


@dataclass(frozen=True, slots=True)
class Found:
    """One difference: its kind, a key of `MEANINGS`, and the ids it concerns."""

    code: str
    ids: Mapping[str, Any]


@dataclass(slots=True)
class Difference:
    """All differences of one kind. `ids`: of the first `SHOWN_MAX`."""

    code: str
    count: int = 0
    ids: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def means(self) -> str:
        return MEANINGS[self.code]

    def shown(self) -> dict[str, Any]:
        return {"code": self.code, "means": self.means, "count": self.count, "ids": self.ids}


class Differences:
    """By kind, in the order in which the first of each was met."""

    def __init__(self) -> None:
        self._known: dict[str, Difference] = {}

    def add(self, code: str, count: int, ids: Iterable[Mapping[str, Any]]) -> None:
        if count == 0:
            return
        known = self._known.setdefault(code, Difference(code))
        known.count += count
        known.ids += list(ids)[: max(0, SHOWN_MAX - len(known.ids))]

    def note(self, found: Iterable[Found]) -> None:
        for one in found:
            self.add(one.code, 1, [one.ids])

    def all(self) -> list[Difference]:
        return list(self._known.values())
