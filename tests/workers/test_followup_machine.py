"""Customers, people, clocks, crashes and the wire in any order: nobody hears a step twice, nobody
who answered is reminded, and every step's counts add up.

Planning, folding, the claim with its guard and the writing of results are the real ones. The judge
keeps its own books: who answered, who said stop, when what left.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connections  # Django must be set up first
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from psycopg.rows import dict_row

from sportello import crash  # Django must be set up first
from sportello.console.access import workspace_transaction  # Django must be set up first
from sportello.console.campaigns import deeds, steps  # Django must be set up first
from sportello.console.campaigns.deeds import NotNow  # Django must be set up first
from sportello.schema.models import Campaign  # Django must be set up first
from sportello.store import sends  # Django must be set up first
from sportello.store.pool import open_pool  # Django must be set up first
from sportello.store.sends import Rejected, Returned  # Django must be set up first
from sportello.workers import dispatch_settle  # Django must be set up first
from sportello.workers.context import Context  # Django must be set up first
from sportello.workers.dispatch_claim import Claimed, Memory, claim  # Django must be set up first
from sportello.workers.dispatch_wire import Accepted, Lost, Outcome  # Django must be set up first
from sportello.workers.fold import fold_batch  # Django must be set up first
from sportello.workers.plan import Planning  # Django must be set up first
from tests import asking  # Django must be set up first
from tests import database as databases  # Django must be set up first
from tests.workers import desk as desks  # Django must be set up first
from tests.workers.mailing import campaign, people  # Django must be set up first
from tests.workers.test_plan_followups import followup  # Django must be set up first

_PEOPLE = ("393330000000", "393330000001", "393330000002")
# Of each step whether it is for the silent alone, and its days after the one before.
_STEPS = ((True, 1), (False, 2), (True, 7))
_AN_HOUR = timedelta(hours=1)
_JOURNAL = "INSERT INTO sportello_journalentry (body) VALUES (%s)"
_WHICH = """
    SELECT coalesce(t.position, 0) AS position, s.message_id, g.state AS campaign
    FROM sportello_send AS s JOIN sportello_campaign AS g ON g.id = s.campaign_id
    LEFT JOIN sportello_errand AS t ON t.message_id = s.message_id
    WHERE s.attempt = %s
"""


class _Killed(BaseException):
    """As the end of a process: nobody catches it."""


class Mailing(RuleBasedStateMachine):
    """One campaign to three people. `settled` names the database that each example copies."""

    settled: str
    cluster: str

    @initialize()
    def start(self) -> None:
        self.loop = asyncio.Runner()
        self.name = f"machine_{secrets.token_hex(6)}"
        with psycopg.connect(self.cluster, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self.name} TEMPLATE {self.settled}")  # type: ignore[call-overload]  # a name
        self.url = databases.named(self.cluster, self.name)
        databases.point_django_at(self.url)
        self.now = self.latest = desks.NOW
        self.eye = psycopg.connect(self.url, autocommit=True, row_factory=dict_row)
        self.pool = open_pool(self.url, 3)
        self.loop.run(self.pool.open())
        self.context = Context(self.pool, self.url, desks.KEY, lambda: self.now, desks.Path("/no"))
        self.words = 0
        self.in_hand: list[tuple[Claimed, int]] = []
        # The judge's books, by number of the person.
        self.out: dict[str, dict[int, datetime]] = {one: {} for one in _PEOPLE}
        self.reached: Counter[tuple[str, int]] = Counter()
        self.answered: set[str] = set()
        self.stopped: set[str] = set()
        self.broken: set[str] = set()

    def teardown(self) -> None:
        if not hasattr(self, "pool"):
            return
        try:
            self._everything_settles()
        finally:
            self.loop.run(self.pool.close())
            self.loop.close()
            self.eye.close()
            connections.close_all()
            databases.drop(self.cluster, self.name)

    # -- what may happen ---------------------------------------------------------------------

    @rule(times=st.integers(1, 3), dies=st.sampled_from(["", "", "plan.stepped", "plan.committed"]))
    def the_worker_looks(self, times: int, dies: str) -> None:
        def die(point: str) -> None:
            if point == dies:
                raise _Killed

        for _ in range(times):
            crash.point, kept = die, crash.point
            try:
                self.loop.run(Planning(self.context).look())
            except _Killed:
                return
            finally:
                crash.point = kept

    @rule(who=st.sampled_from(_PEOPLE))
    def a_customer_writes(self, who: str) -> None:
        self._hears(who, "Mi interessa, grazie")

    @rule(who=st.sampled_from(_PEOPLE))
    def a_customer_says_stop(self, who: str) -> None:
        self._hears(who, "STOP")
        self.stopped.add(who)

    @rule(hours=st.sampled_from([1, 25, 24 * 3, 24 * 8]))
    def time_passes(self, hours: int) -> None:
        self._to(self.now + hours * _AN_HOUR)

    @rule()
    def the_clock_is_set_back(self) -> None:
        self._to(self.now - 2 * _AN_HOUR)

    @rule(what=st.sampled_from(["pause", "resume", "resume"]))
    def somebody_stops_or_resumes_it(self, what: str) -> None:
        self._deed(what)

    @rule()
    def the_dispatcher_claims(self) -> None:
        self.loop.run(self._claims())

    @precondition(lambda self: self.in_hand)
    @rule(fate=st.sampled_from(["accept", "accept", "accept", "reject", "return", "lose"]))
    def what_was_claimed_ends(self, fate: str) -> None:
        for claimed, position in self.in_hand:
            self.loop.run(self._ends(claimed, position, fate))
        self.in_hand = []

    @precondition(lambda self: any(position for _, position in self.in_hand))
    @rule()
    def whoever_is_being_reminded_answers_and_the_wire_gives_it_back(self) -> None:
        """The one instant at which no send can be withdrawn."""
        for claimed, _ in self.in_hand:
            self._hears(claimed.wa_id, "Eccomi")
        self.what_was_claimed_ends("return")
        self.the_dispatcher_claims()

    @rule(who=st.sampled_from(_PEOPLE))
    def meta_tells_late_that_it_failed(self, who: str) -> None:
        """Of the newest that was accepted, before its follow-up is due."""
        failed = self._rows(
            "UPDATE sportello_message SET status = 'failed' WHERE id = ("
            " SELECT max(m.id) FROM sportello_message AS m"
            " JOIN sportello_conversation AS c ON c.id = m.conversation_id"
            " JOIN sportello_contact AS k ON k.id = c.contact_id"
            " WHERE k.wa_id = %s AND m.status = 'accepted') RETURNING id",
            who,
        )
        if failed:
            self.broken.add(who)

    @precondition(lambda self: self.reached)
    @rule(sure=st.integers(0, 9))
    def somebody_cancels_it(self, sure: int) -> None:
        """Seldom, or nothing else would ever be tried."""
        if sure == 0:
            self._deed("cancel")

    # -- what must hold ----------------------------------------------------------------------

    @invariant()
    def every_steps_counts_add_up(self) -> None:
        if not hasattr(self, "pool"):
            return
        with workspace_transaction(self._one("SELECT id FROM sportello_workspace")["id"]):
            totals = steps.totals(Campaign.objects.get(), len(_PEOPLE))
        assert [sum(counts.values()) for counts in totals.values()] == [3, 3, 3]

    def _judge(self, claimed: Claimed, position: int, campaign_state: str) -> None:
        who, known = claimed.wa_id, self.out[claimed.wa_id]
        assert campaign_state == "running", "it left while the campaign did not run"
        assert who not in self.stopped, "it left after a stop"
        assert not self.reached[who, position], "a step left that may have left before"
        if position == 0:
            return
        for_silence, _ = _STEPS[position - 1]
        assert not (for_silence and who in self.answered), "a reminder after an answer"
        last = max(place for place in known if place < position)
        wait = timedelta(days=sum(days for _, days in _STEPS[last:position]))
        assert self.latest >= known[last] + wait - _AN_HOUR, "a step left before its time"

    def _everything_settles(self) -> None:
        for claimed, position in self.in_hand:
            self.loop.run(self._ends(claimed, position, "accept"))
        self.in_hand = []
        self._deed("resume")
        for _ in range(40):
            self._to(self.latest + timedelta(days=1))
            self.the_worker_looks(2, "")
            self.loop.run(self._claims())
            for claimed, position in self.in_hand:
                self.loop.run(self._ends(claimed, position, "accept"))
            self.in_hand = []
            self._gives_up()
            state = self._one("SELECT state FROM sportello_campaign")["state"]
            if state in {"completed", "cancelled"}:
                break
        assert state in {"completed", "cancelled"}, "a campaign without an end"
        self.every_steps_counts_add_up()
        if state == "completed":
            for who in set(_PEOPLE) - self.stopped - self.broken:
                self._whole(who)

    def _whole(self, who: str) -> None:
        """Whom nothing went wrong with got all that was meant for them, once."""
        got = {place for place in range(4) if self.reached[who, place]}
        if who in self.answered:
            assert {0, 2} <= got, "what was meant for everybody got lost"
        else:
            assert got == {0, 1, 2, 3}, "a step got lost"

    # -- hands -------------------------------------------------------------------------------

    async def _claims(self) -> None:
        """As a dispatcher that has just started: it remembers nobody's pace."""
        self._rows("UPDATE sportello_send SET due_at = now() WHERE state = 'queued'")
        me = uuid4()
        async with self.pool.connection() as connection:
            leases = await sends.take_numbers(connection, me, lease_s=30, limit=1)
        for lease in leases:
            for claimed in await claim(self.context, me, lease, Memory(), limit=10):
                if claimed.kind != "message":
                    continue
                (found,) = self._rows(_WHICH, claimed.attempt) or [{}]
                if not found:
                    continue
                self._judge(claimed, found["position"], found["campaign"])
                self.out[claimed.wa_id][found["position"]] = self.now
                self.in_hand.append((claimed, found["position"]))
        async with self.pool.connection() as connection:
            await sends.release_numbers(connection, me)

    async def _ends(self, claimed: Claimed, position: int, fate: str) -> None:
        attempt, who = claimed.attempt, claimed.wa_id
        ends: dict[str, Any] = {
            "accept": Accepted(attempt, claimed.lease.workspace_id, f"wamid.{attempt}"),
            "reject": Rejected(attempt, {"code": 131026}),
            "return": Returned(attempt, timedelta(0)),
            "lose": Lost(attempt),
        }
        if fate == "return":
            del self.out[who][position]
        elif fate == "reject":
            self.broken.add(who)
        else:
            self.reached[who, position] += 1
        if fate == "lose":
            self.broken.add(who)
        async with self.pool.connection() as connection, connection.transaction():
            outcome = Outcome(claimed, ends[fate])
            await dispatch_settle.write(connection, [outcome], self.now)

    def _gives_up(self) -> None:
        """What was lost stays unknown: nobody comes to decide."""
        self._rows(
            "WITH gone AS (UPDATE sportello_send SET state = 'unknown', settled_at = now()"
            " WHERE state = 'in_doubt' RETURNING message_id)"
            " UPDATE sportello_message SET status = 'unknown'"
            " WHERE id IN (SELECT message_id FROM gone)"
        )

    def _hears(self, who: str, words: str) -> None:
        self.words += 1
        body = desks.text(f"wamid.IN{self.words}", words, self.now, wa_id=who)
        self.eye.execute(_JOURNAL, [body])
        self.loop.run(self._folds())
        if 0 in self.out[who]:
            self.answered.add(who)
        # The assistant's and our own answers are no matter of this test.
        self._rows("DELETE FROM sportello_send WHERE campaign_id IS NULL")

    async def _folds(self) -> None:
        while await fold_batch(self.context):
            pass

    def _deed(self, what: str) -> None:
        row = self._one("SELECT id, workspace_id FROM sportello_campaign")
        try:
            with workspace_transaction(row["workspace_id"]):
                getattr(deeds, what)(row["id"], self.now)
        except NotNow:
            pass

    def _to(self, now: datetime) -> None:
        self.now, self.latest = now, max(now, self.latest)

    def _one(self, sql: str) -> dict[str, Any]:
        (found,) = self._rows(sql)
        return found

    def _rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        cursor = self.eye.execute(sql.encode(), values or None)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def settled(cluster: str) -> Iterator[str]:
    """The name of a database in which a campaign of three steps waits to be planned."""
    name = f"settled_{secrets.token_hex(6)}"
    desk = desks.open_desk(databases.create(cluster, name))
    campaign_id = campaign(desk, people(desk, len(_PEOPLE)))
    for position, (for_silence, days) in enumerate(_STEPS, start=1):
        followup(desk, campaign_id, position, unless_answered=for_silence, after_count=days)
    asking.hang_up(desk.url)
    yield name
    databases.drop(cluster, name)


@pytest.mark.timeout(300)  # some twenty seconds where nothing else runs
def test_no_step_leaves_twice_nor_after_an_answer_and_none_is_lost(
    cluster: str, settled: str
) -> None:
    machine = type("ThisMailing", (Mailing,), {"cluster": cluster, "settled": settled})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
