"""`sportello doctor --verify`: every promise recomputed from rows, journal and, if there, a log.

It only reads, in one snapshot: it may run beside everything else, and proves the same instant.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

import typer

from sportello import clock
from sportello.ops import verify_journal, verify_log
from sportello.ops.reached import database_url
from sportello.ops.settings import Settings
from sportello.ops.verify_found import SHOWN_MAX, Difference, Differences, Found
from sportello.rules import campaign, status
from sportello.rules.campaign import Outcome
from sportello.rules.status import SendState, State
from sportello.store import verify as rows
from sportello.store.verify import Connection

# Attempts are kept for ninety days; the last of them may be going while we look.
_ON_RECORD: Final = timedelta(days=89)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign's totals as recomputed: by outcome; they add up to `audience`."""

    id: int
    audience: int
    totals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Account:
    """What was found. `counted`: what stands open, which is no difference."""

    differences: list[Difference]
    campaigns: list[Campaign]
    counted: Mapping[str, int]

    @property
    def holds(self) -> bool:
        return not self.differences

    def shown(self) -> dict[str, Any]:
        return {
            "holds": self.holds,
            "differences": [one.shown() for one in self.differences],
            "campaigns": [
                {"id": one.id, "audience": one.audience, "totals": dict(one.totals)}
                for one in self.campaigns
            ],
            "counted": dict(self.counted),
        }


def command(settings: Settings, *, log: str | None, as_json: bool) -> int:
    """Prints what it found; the exit code: 0 if every promise holds, else 1.

    `log`: the address of an emulator whose log is to be compared too.
    """
    with rows.snapshot(database_url(settings)) as connection:
        account = verify(connection, clock.now(), log=log)
    told = json.dumps(account.shown(), default=str) if as_json else "\n".join(_lines(account))
    typer.echo(told)
    return 0 if account.holds else 1


def verify(connection: Connection, now: datetime, *, log: str | None = None) -> Account:
    """Everything, on one connection; `now` is the company's time."""
    found = Differences()
    for check in rows.CHECKS:
        count, ids = rows.contradictions(connection, check, since=now - _ON_RECORD, limit=SHOWN_MAX)
        found.add(check, count, ids)
    campaigns = list(_campaigns(rows.totals(connection), found))
    found.note(verify_journal.compare(connection))
    if log is not None:
        found.note(verify_log.compare(connection, log))
    return Account(found.all(), campaigns, rows.counted(connection))


def _campaigns(groups: Iterable[Mapping[str, Any]], found: Differences) -> Iterator[Campaign]:
    """Each campaign's totals twice: as its report counts bubbles, and as the outbox has it."""
    for campaign_id, of_one in groupby(groups, key=lambda row: row["campaign_id"]):
        by_bubble: Counter[str] = Counter()
        by_send: Counter[str] = Counter()
        for row in of_one:
            by_bubble[_of_bubble(row)] += row["people"]
            by_send[_of_send(row)] += row["people"]
        if by_bubble != by_send:
            ids = {"campaign": campaign_id, "report": dict(by_bubble), "outbox": dict(by_send)}
            found.note([Found("totals_differ", ids)])
        yield Campaign(campaign_id, by_send.total(), by_send)


def _of_bubble(row: Mapping[str, Any]) -> Outcome:
    if row["bubble"]:
        return campaign.outcome(State(row["bubble"]))
    return _unreleased(row)


def _of_send(row: Mapping[str, Any]) -> Outcome:
    """The outbox knows how far it came; beyond acceptance only Meta's statuses do."""
    if not row["send"]:
        return _unreleased(row)
    state = SendState(row["send"])
    bubble = State(row["bubble"]) if row["bubble"] else None
    if bubble in status.REPORTED and state in _MAY_BE_REPORTED:
        return campaign.outcome(bubble)
    return campaign.outcome(status.shown(state))


# After acceptance, or against what we supposed: a repetition ended, the first try had arrived.
_MAY_BE_REPORTED: Final = frozenset(
    {SendState.ACCEPTED, SendState.REJECTED, SendState.REFUSED, SendState.CANCELLED}
)


def _unreleased(row: Mapping[str, Any]) -> Outcome:
    if row["skipped"]:
        return Outcome.SKIPPED
    is_over = campaign.State(row["state"]) is campaign.State.CANCELLED
    return Outcome.CANCELLED if is_over else Outcome.WAITING


def _lines(account: Account) -> Iterator[str]:
    for one in account.campaigns:
        parts = ", ".join(f"{count} {name}" for name, count in sorted(one.totals.items()))
        yield f"campaign {one.id}: {one.audience} people: {parts}"
    yield ", ".join(f"{name.replace('_', ' ')}: {n}" for name, n in account.counted.items())
    for difference in account.differences:
        yield f"\n{difference.code} ({difference.count}): {difference.means}"
        for ids in difference.ids:
            yield "  " + ", ".join(f"{name} {value}" for name, value in ids.items())
    yield "Every promise holds." if account.holds else "\nSomething does not add up."
