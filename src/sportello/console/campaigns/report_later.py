"""What became of each person's follow-ups, for the export."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sportello.console.campaigns import costs
from sportello.rules import campaign as rules
from sportello.rules.campaign import Outcome
from sportello.rules.followup import outcome
from sportello.rules.status import State
from sportello.schema.followups import Errand
from sportello.schema.money import Charge

_SHOWN: Final = (
    *("recipient", "position", "released_at", "skipped_why"),
    *("campaign__state", "message__status", "message__error"),
)


@dataclass(frozen=True, slots=True)
class Later:
    """One follow-up of one person. `micros` in the account's currency, None while unknown."""

    outcome: Outcome
    at: datetime | None
    reason: str
    micros: int | None


def of(recipient_ids: Collection[int]) -> dict[tuple[int, int], Later]:
    """By recipient and position."""
    told = Errand.objects.filter(recipient_id__in=recipient_ids)
    rows = list(told.select_related("campaign", "message").only(*_SHOWN))
    priced = costs.by_message(rows)
    return {
        (row.recipient_id, row.position): _later(row, priced.get(row.message_id))
        for row in rows
        if row.recipient_id is not None
    }


def _later(row: Errand, charge: Charge | None) -> Later:
    message = row.message
    state = None if message is None else State(message.status)
    failed = "" if message is None or not message.error else str(message.error.get("code") or "")
    return Later(
        outcome=outcome(row.skipped_why, state, rules.State(row.campaign.state)),
        at=row.released_at,
        reason=row.skipped_why or failed,
        micros=costs.price(charge),
    )
