"""The claim: fence, locks, the guard's decision and its receipt, in one transaction.

Only after its commit may a socket open: then the attempt is known to whoever comes after a crash.
"""

import asyncio
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, assert_never
from uuid import UUID, uuid4

from psycopg.rows import DictRow

from sportello import crash
from sportello.rules import guard, limits
from sportello.rules.expected import Quote
from sportello.rules.facts import Facts
from sportello.rules.guard import Allow, Hold, Refuse, Verdict
from sportello.rules.limits import Pair
from sportello.rules.receipt import receipt
from sportello.rules.template_send import with_media
from sportello.store import outreach, sends, vault
from sportello.store.pool import Connection, by_index
from sportello.store.sends import Decision, Lease
from sportello.workers.context import Context
from sportello.workers.dispatch_around import Around, gather, is_outside, quote_of
from sportello.workers.dispatch_facts import Moment, alike, facts_of, status_of, wait_until
from sportello.workers.dispatch_tallies import Tallies

# Beyond connect and read time-outs together: whoever finds it run out knows that nobody waits.
LEASE_S: Final = 30.0
_LOOK_AGAIN: Final = timedelta(hours=1)
# Of a number that may not send nothing new is to be learnt: what waits is called when it may (the
# trigger of `numbers.sql`), as what waits for its campaign is called when that goes on. Looked at
# all the same, for what it waits for may be over meanwhile.
STOPPED_WAIT: Final = timedelta(minutes=10)
_WITH_THE_NUMBER: Final = frozenset(
    {
        guard.Code.NUMBER_PAUSED,
        guard.Code.NUMBER_NOT_READY,
        guard.Code.ACCOUNT_BLOCKED,
        guard.Code.ACCOUNT_RESTRICTED,
        guard.Code.PAYMENT_NEEDED,
    }
)
_PAIRS_MAX: Final = 10_000
_NO_TOKEN: Final = "token"  # noqa: S105  # the reason that people are told


@dataclass(frozen=True, slots=True)
class Claimed:
    """A send whose attempt is committed. `open_by`: the loop's time after which it is too late.

    `now` is the company's time of the claim; `attempts` counts this one.
    """

    attempt: UUID
    lease: Lease
    kind: str
    body: Mapping[str, Any]
    wa_id: str
    user_id: str
    attempts: int
    token: str
    now: datetime
    open_by: float
    is_probe: bool = False
    of_campaign: bool = False


class LeaseLostError(Exception):
    """Another dispatcher paces this number now."""


@dataclass(slots=True)
class Pairs:
    """What this dispatcher sent to each customer of one number, lately."""

    known: dict[int, Pair] = field(default_factory=dict)

    def take(self, contact_id: int, at: datetime) -> tuple[Pair, timedelta]:
        return limits.take_pair(self.known.get(contact_id, Pair()), at)

    def note(self, contact_id: int, pair: Pair, at: datetime) -> None:
        if len(self.known) >= _PAIRS_MAX:
            fresh = {
                one: kept
                for one, kept in self.known.items()
                if kept.began_at + kept.sent * limits.PAIR_INTERVAL > at
            }
            self.known = fresh
        self.known[contact_id] = pair


@dataclass(slots=True)
class Memory:
    """What this dispatcher knows of one number from before; `tallies` is shared by all of them."""

    pairs: Pairs = field(default_factory=Pairs)
    tallies: Tallies = field(default_factory=Tallies)


async def claim(
    context: Context, me: UUID, lease: Lease, memory: Memory, *, limit: int
) -> list[Claimed]:
    """Up to `limit` sends that may leave now, committed as `sending`; most urgent first.

    Raises LeaseLostError, psycopg.Error.
    """
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection:
        # What does not depend on an answer is asked with what comes before: four waits in all.
        async with connection.pipeline(), connection.transaction():
            await by_index(connection)
            fence = await sends.ask_fence(connection, lease, me)
            waiting = await sends.ask_due(connection, lease.number_id, limit=limit)
            number = await fence.told()
            if number is None:
                raise LeaseLostError
            lease = replace(lease, phone_number_id=number["phone_number_id"])
            token = await _token(context, connection, lease, number)
            due = await waiting.told()
            ready, around = await gather(connection, number, due, memory.tallies, now)
            claiming = _Claiming(lease, dict(number), token, now=now, around=around)
            for send, chat in ready:
                claiming.decide(send, chat, memory.pairs)
            await claiming.write(connection)
            crash.point("dispatch.claimed")
        crash.point("dispatch.committed")
    claiming.note_pairs(memory.pairs)
    return claiming.claimed


async def _token(context: Context, connection: Connection, lease: Lease, number: DictRow) -> str:
    """The number's token; without one the number is paused, and says so."""
    sealed = number["sealed"]
    try:
        if sealed is not None:
            return vault.unseal(context.key, sealed, vault.token_place(lease.number_id))
    except vault.UnsealError:
        pass
    await sends.pause(connection, lease.number_id, _NO_TOKEN)
    number["paused_why"] = number["paused_why"] or _NO_TOKEN
    number["probe_due"] = False
    return ""


class _Claiming:
    """The decisions of one claim, gathered so that each kind is one statement."""

    def __init__(
        self, lease: Lease, number: dict[str, Any], token: str, *, now: datetime, around: Around
    ) -> None:
        self._lease, self._number, self._token = lease, number, token
        self._now, self._around = now, around
        self._at: datetime = number["at"]
        self._open_by = asyncio.get_running_loop().time() + LEASE_S / 2
        self._taken: dict[int, Pair] = {}
        self._allowed: list[Decision] = []
        self._held: list[Decision] = []
        self._stopped: list[Decision] = []
        self._awaited: list[int] = []
        self._probe = bool(number["paused_why"]) and bool(number["probe_due"])
        self._probed = False
        self._verdicts: dict[Hashable, tuple[Verdict, Mapping[str, Any]]] = {}
        self.claimed: list[Claimed] = []

    def decide(self, send: DictRow, chat: DictRow, pairs: Pairs) -> None:
        if send["kind"] == "read_mark":
            self._decide_mark(send, chat)
            return
        contact_id = chat["contact_id"]
        pair, wait = self._pair(contact_id, pairs)
        quote = quote_of(send, chat, self._around)
        verdict, kept = self._judged(send, chat, Moment(self._now, wait, quote))
        match verdict:
            case Allow():
                self._taken[contact_id] = pair
                self._allow(send, chat, kept)
                self._note_taken(send, chat, quote)
            case Hold(until, code):
                later = wait_until(until, self._now, _LOOK_AGAIN)
                self._held.append(
                    Decision(send["id"], send["message_id"], "held", kept, wait=later, code=code)
                )
            case Refuse(code):
                status = status_of(code)
                self._stopped.append(Decision(send["id"], send["message_id"], status, kept))
            case _:
                assert_never(verdict)

    def _judged(
        self, send: DictRow, chat: DictRow, moment: Moment
    ) -> tuple[Verdict, Mapping[str, Any]]:
        """The guard's word and its receipt. A campaign's people are mostly alike in all that it
        looks at, and it answers equal facts at one instant alike.
        """
        key = (self._probe, *alike(send, chat, moment, self._around))
        found = self._verdicts.get(key)
        if found is None:
            number = self._number | {"paused_why": ""} if self._probe else self._number
            facts = facts_of(send, chat, number, moment, self._around)
            verdict = self._looked_at_again(guard.decide(facts, self._now), facts)
            found = self._verdicts[key] = verdict, receipt(verdict, facts, self._now)
        return found

    def _looked_at_again(self, verdict: Verdict, facts: Facts) -> Verdict:
        """What is called when it may go on is looked at seldom, and its receipt says when; a text
        by the end of its window, and when the number may be probed.
        """
        if not isinstance(verdict, Hold) or not self._is_called(verdict.code):
            return verdict
        waits, closes_at = [STOPPED_WAIT], facts.conversation.window_closes_at
        if facts.is_free_form and closes_at is not None:
            waits.append(closes_at - self._now)
        if self._number["probe_in_s"] is not None:
            waits.append(timedelta(seconds=self._number["probe_in_s"]))
        wait = min(one for one in waits if one > timedelta(0))
        return Hold(self._now + wait, verdict.code)

    def _is_called(self, code: guard.Code) -> bool:
        number = self._number
        is_stopped = number["paused_why"] or number["payment"] or number["status"] != "connected"
        return code is guard.Code.CAMPAIGN_PAUSED or (is_stopped and code in _WITH_THE_NUMBER)

    def _decide_mark(self, send: DictRow, chat: DictRow) -> None:
        """A read mark says nothing to anybody: it needs a number that works, and no more."""
        if self._number["paused_why"] or self._number["status"] != "connected":
            self._stopped.append(Decision(send["id"], None, "cancelled"))
            return
        self._allow(send, chat, {})

    def _allow(self, send: DictRow, chat: DictRow, kept: Mapping[str, Any]) -> None:
        attempt = uuid4()
        reaches_out = send["template_id"] is not None and is_outside(chat, self._now)
        self._allowed.append(
            Decision(
                send["id"],
                send["message_id"],
                "sending",
                kept,
                attempt=attempt,
                reaches_out=reaches_out,
            )
        )
        self.claimed.append(
            Claimed(
                attempt=attempt,
                lease=self._lease,
                kind=send["kind"],
                body=self._body(send),
                wa_id=chat["wa_id"] or "",
                user_id=chat["user_id"] or "",
                attempts=send["attempts"] + 1,
                token=self._token,
                now=self._now,
                open_by=self._open_by,
                is_probe=self._probe,
                of_campaign=send["campaign_state"] is not None,
            )
        )
        self._probed = self._probed or self._probe
        self._probe = False

    def _body(self, send: DictRow) -> Mapping[str, Any]:
        """With the id under which Meta keeps our file."""
        upload = self._around.uploads.get(send["file_id"])
        if upload is None:
            body: Mapping[str, Any] = send["body"]
            return body
        return with_media(send["body"], send["file_id"], upload["media_id"])

    def _note_taken(self, send: DictRow, chat: DictRow, quote: Quote | None) -> None:
        """What it takes of the month's money, and a template of the day's people."""
        around, contact_id = self._around, chat["contact_id"]
        if quote is not None and around.till is not None:
            around.till.take(send["message_id"], chat["id"], quote)
        if send["template_id"] is None or not is_outside(chat, self._now):
            return
        self._awaited.append(chat["id"])
        if around.people is not None and contact_id not in around.reached:
            around.people.add(1, self._at)
            around.reached.add(contact_id)

    def _pair(self, contact_id: int, pairs: Pairs) -> tuple[Pair, timedelta]:
        if contact_id in self._taken:
            return limits.take_pair(self._taken[contact_id], self._at)
        return pairs.take(contact_id, self._at)

    async def write(self, connection: Connection) -> None:
        """None of these waits for what another answers: they go to the database at once."""
        workspace_id, now = self._lease.workspace_id, self._now
        await sends.claim(connection, workspace_id, self._allowed, now=now, lease_s=LEASE_S)
        await sends.hold(connection, self._held)
        await sends.stop(connection, self._stopped)
        await outreach.await_answers(connection, self._awaited, self._now)
        await sends.show(connection, [*self._held, *self._stopped])
        if self._around.till is not None:
            await self._around.till.note(connection)
        if self._probed:
            await sends.note_probe(connection, self._lease.number_id)

    def note_pairs(self, pairs: Pairs) -> None:
        for contact_id, pair in self._taken.items():
            pairs.note(contact_id, pair, self._at)
