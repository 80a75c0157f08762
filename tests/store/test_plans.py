"""The hot statements on well-filled tables: each finds its rows by an index.

Both plans are looked at: the one for these very parameters, and the generic one that the server
keeps for a prepared statement.
"""

import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

import sportello.store
from sportello.rules.status import State
from sportello.statements import statements
from tests import database as databases
from tests.store.test_statements import numbered

_STORE = Path(sportello.store.__file__).parent
_AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
_LONG_AGO = datetime(2026, 8, 22, 10, 0, tzinfo=UTC)
_MONTH = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
_ROWS = 100_000
# One row for each number, company or template: to read them all is the quickest.
_SMALL = {"sportello_workspace", "sportello_number", "sportello_token", "sportello_template"}
_SMALL |= {"sportello_conduct", "sportello_languagemodel", "sportello_followup"}
_SOME_ATTEMPT = UUID(int=7)

_FILL = """
INSERT INTO sportello_workspace (id, name, slug) VALUES (1, 'Bottega', 'bottega');
INSERT INTO sportello_number (id, workspace_id, phone_number_id, waba_id)
    SELECT n, 1, n::text, '1' FROM generate_series(1, 5) AS n;
INSERT INTO sportello_contact (id, workspace_id, wa_id, user_id)
    SELECT n, 1, (390000000000 + n)::text, 'IT.' || n FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_conversation (id, workspace_id, number_id, contact_id, holder, reply_due_at)
    SELECT n, 1, 1 + n % 5, n, 'assistant',
           CASE WHEN n % 1000 = 0 THEN clock_timestamp() END
    FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_message (id, workspace_id, conversation_id, wamid, origin, type, status, at)
    SELECT n, 1, 1 + n % ({rows} / 4), 'wamid.' || n,
           CASE WHEN n % 2 = 0 THEN 'customer' ELSE 'assistant' END, 'text',
           CASE WHEN n % 2 = 0 THEN 'received' ELSE 'sent' END,
           timestamptz '2026-11-22 10:00Z' - make_interval(mins => n)
    FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_media (workspace_id, message_id, media_id, state, due_at, reading, words)
    SELECT 1, n, n::text, 'kept', clock_timestamp(),
           CASE WHEN n % 1000 = 0 THEN 'waiting' WHEN n % 3 = 0 THEN 'done' ELSE '' END,
           CASE WHEN n % 3 = 0 THEN 'Una ricevuta' ELSE '' END
    FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_errand
    (workspace_id, campaign_id, contact_id, occasion, message_id, due_at, released_at)
    SELECT 1, 1, n, 'event ' || n, CASE WHEN n % 1000 <> 0 THEN n END, clock_timestamp(),
           CASE WHEN n % 1000 <> 0 THEN clock_timestamp() END
    FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_turn (workspace_id, conversation_id, faults, at)
    SELECT 1, 1 + n % ({rows} / 4), '{{}}',
           timestamptz '2026-11-22 10:00Z' - make_interval(mins => n)
    FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_send (id, workspace_id, number_id, conversation_id, message_id, origin, body,
                            due_at, attempt, attempted_at, state, settled_at)
    SELECT n, 1, 1 + n % 5, 1 + n % ({rows} / 4), n, 'assistant', '{{}}',
           clock_timestamp(), ('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid,
           timestamptz '2026-11-22 10:00Z' - make_interval(mins => n),
           CASE n % 1000 WHEN 0 THEN 'queued' WHEN 1 THEN 'in_doubt' WHEN 2 THEN 'sending'
                ELSE 'accepted' END,
           CASE WHEN n % 1000 > 2 THEN clock_timestamp() END
    FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_charge (workspace_id, number_id, message_id, market, calling_code, currency,
                              expected_category, expected_kind, expected_micros, sent_at)
    SELECT 1, 1 + n % 5, n, 'Italy', '39', 'EUR',
           CASE WHEN n % 3 = 0 THEN 'service' ELSE 'marketing' END, 'regular', 65800,
           timestamptz '2026-11-22 10:00Z' - make_interval(mins => n)
    FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_attempt (id, workspace_id, send_id, started_at)
    SELECT attempt, 1, id, attempted_at FROM sportello_send;
INSERT INTO sportello_journalentry (id, body, folded_at)
    SELECT n, '{{}}', CASE WHEN n % 1000 > 0 THEN clock_timestamp() END
    FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_consentevent (workspace_id, contact_id, category, action, source, at)
    SELECT 1, 1 + n % ({rows} / 4), 'marketing',
           CASE WHEN n % 3 = 0 THEN 'withdraw' ELSE 'grant' END,
           'import', timestamptz '2026-11-22 10:00Z' - make_interval(mins => n)
    FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_campaign (id, workspace_id, number_id, name, state, planned, content)
    SELECT n, 1, 1, 'Campagna', CASE WHEN n < 5 THEN 'running' ELSE 'completed' END, true, '{{}}'
    FROM generate_series(1, 1000) AS n;
INSERT INTO sportello_recipient (workspace_id, campaign_id, contact_id, released_at)
    SELECT 1, 1 + n % 5, n, CASE WHEN n % 10 > 0 THEN timestamptz '2026-11-22 10:00Z' END
    FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_file (id, workspace_id, sha256, mime_type, size, content)
    SELECT n, 1, n, 'image/jpeg', 1, 'x' FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_enclosure (workspace_id, campaign_id, key, file_id, state, settled)
    SELECT 1, 1 + n % 5, n, n, 'kept', n % 1000 > 0 FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_contactlist (id, workspace_id, name) VALUES (1, 1, 'Clienti');
INSERT INTO sportello_listmember (workspace_id, list_id, contact_id)
    SELECT 1, 1, n FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_orphanstatus (workspace_id, wamid, status, at)
    SELECT 1, 'wamid.other.' || n, 'sent', timestamptz '2026-11-22 10:00Z'
    FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_idempotentreply (workspace_id, key, request_sha256, status)
    SELECT 1, n, '', 200 FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_trial (workspace_id, question, state)
    SELECT 1, '?', 'done' FROM generate_series(1, {rows}) AS n;
INSERT INTO sportello_user (id, email, password) VALUES (1, 'anna@example.org', '');
INSERT INTO sportello_loginlink (user_id, secret_sha256, expires_at, used_at)
    SELECT 1, n, timestamptz '2026-11-22 10:00Z' + make_interval(mins => n),
           CASE WHEN n % 2 = 0 THEN timestamptz '2026-11-22 10:00Z' END
    FROM generate_series(1, {rows}) AS n;
"""
_MANY = [f"wamid.{n}" for n in range(100)]
_NONE: list[Any] = [None] * len(_MANY)
_HOT: Mapping[str, Mapping[str, Any]] = {
    "journal.claim": {"limit": 1000},
    "journal.bodies": {"ids": [1000, 2000]},
    "journal.mark_folded": {"ids": [1000, 2000]},
    "inbox.knows_message": {"workspace_id": 1, "wamid": "wamid.7"},
    "inbox.find_contacts": {"workspace_id": 1, "wa_id": "390000000007", "user_id": "IT.7"},
    "inbox.find_conversation": {"number_id": 1, "contact_id": 7},
    "consents.standings": {"contact_ids": list(range(1, 101)), "topic": "marketing"},
    "statuses.apply": {
        "workspace_ids": [1] * len(_MANY), "wamids": _MANY, "statuses": ["read"] * len(_MANY),
        "sent_ats": _NONE, "delivered_ats": _NONE, "read_ats": [_AT] * len(_MANY),
        "failed_ats": _NONE, "errors": _NONE, "pricings": _NONE,
        "life": [state.value for state in State],
    },
    "charges.find": {"workspace_ids": [1] * len(_MANY), "wamids": _MANY},
    "charges.settle": {
        "ids": [7], "markets": ["Italy"], "categories": ["utility"], "kinds": ["regular"],
        "micros": [24_800], "stated_bys": [2], "billed_ats": [_AT],
    },
    "prices.service_used": {"number_id": 1, "since": _MONTH, "limit": 1000},
    "prices.spent": {"workspace_id": 1, "since": _MONTH, "currency": "EUR"},
    "prices.spent_since": {"workspace_id": 1, "last": _ROWS - 500, "currency": "EUR"},
    "prices.hold_budget": {"workspace_id": 1},
    "prices.note": {
        "workspace_id": 1, "number_id": 1, "currency": "EUR", "now": _AT, "message_ids": [7],
        "markets": ["Italy"], "calling_codes": ["39"], "categories": ["utility"],
        "kinds": ["regular"], "micros": [24_800],
    },
    "prices.open_entries": {"ids": [7], "untils": [_AT]},
    "statuses.accept_sends": {"attempts": [_SOME_ATTEMPT], "before": ["sending", "in_doubt"]},
    "statuses.accept_messages": {
        "attempts": [_SOME_ATTEMPT], "wamids": ["wamid.7"], "workspace_ids": [1],
        "life": [state.value for state in State],
    },
    "statuses.accept_attempts": {
        "attempts": [_SOME_ATTEMPT], "wamids": ["wamid.7"], "workspace_ids": [1]
    },
    "statuses.adopt_orphans_of": {"workspace_ids": [1], "wamids": ["wamid.7"]},
    "answers.next_due": {},
    "answers.claim": {"lease_s": 20.0, "model_lease_s": 45.0, "now": _AT},
    "answers.heard": {"conversation_id": 7, "answered": 0, "generation": 1, "limit": 23},
    "answers.hold": {"id": 7, "generation": 1, "control_epoch": 1, "answering_until": _AT},
    "sends.take_numbers": {"me": _SOME_ATTEMPT, "lease_s": 15.0, "limit": 200},
    "sends.next_due": {"ids": [1, 2]},
    "sends.due": {"number_id": 1, "limit": 100},
    "sends.lock_conversations": {"ids": [1, 2, 3]},
    "sends.lock_sends": {"ids": [1000, 2000], "conversation_ids": [1, 2]},
    "sends.claim": {
        "ids": [1000], "attempts": [_SOME_ATTEMPT], "reach_out": [True], "now": _AT,
        "lease_s": 30.0,
    },
    "outreach.people_reached": {
        "number_id": 1, "portfolio_id": "", "since": _AT, "limit": 250,
    },
    "outreach.reached_among": {
        "number_id": 1, "portfolio_id": "", "contact_ids": [7], "since": _AT,
    },
    "outreach.lock_chats_of_attempts": {"attempts": [_SOME_ATTEMPT]},
    "outreach.lock_chats_of_failed": {"workspace_ids": [1], "wamids": ["wamid.7"]},
    "outreach.unreach": {"workspace_ids": [1], "wamids": ["wamid.7"]},
    "outreach.await_no_more": {"ids": [7]},
    "outreach.await_answers": {"ids": [7], "now": _AT},
    "outreach.shut_windows_of": {"attempts": [_SOME_ATTEMPT]},
    "sends.add_attempts": {
        "workspace_id": 1, "ids": [1000], "attempts": [_SOME_ATTEMPT], "now": _AT, "places": [1],
        "receipts": [Jsonb({})],
    },
    "campaigns.counts": {"id": 1, "since": _LONG_AGO, "errands_since": _LONG_AGO, "most": 100},
    "campaigns.stops": {
        "id": 1, "workspace_id": 1, "since": _LONG_AGO, "errands_since": _LONG_AGO, "most": 100,
    },
    "enclosures.claim": {"lease_s": 90.0, "limit": 4},
    "enclosures.known": {"campaign_id": 1, "keys": ["0" * 64]},
    "enclosures.tell": {"id": 1, "why": "", "limit": 5000},
    "enclosures.open": {"campaign_id": 1},
    "sends.show": {
        "message_ids": [7], "statuses": ["held"], "places": [1], "receipts": [Jsonb({})]
    },
    "sends.reject": {"attempts": [_SOME_ATTEMPT], "errors": [Jsonb({})], "now": _AT},
    "sends.requeue": {
        "attempts": [_SOME_ATTEMPT], "waits_s": [1.0], "codes": [""], "errors": [None]
    },
    "sends.lose": {"attempts": [_SOME_ATTEMPT]},
    "sends.abandoned": {"limit": 200},
    "sends.doubts": {"before": _AT, "limit": 200},
    "campaigns.going": {"limit": 200, "now": _AT},
    "campaigns.hold": {"id": 1},
    "campaigns.listed": {"list_id": 1, "after": 500, "limit": 2000},
    "campaigns.waiting": {"campaign_id": 1, "limit": 100, "zones": ["", "Europe/Rome"]},
    "campaigns.zones": {"campaign_id": 1},
    "followups.zones": {"campaign_id": 1},
    "followups.due": {"campaign_id": 1, "now": _AT, "zones": ["", "Europe/Rome"], "limit": 100},
    "followups.untimed": {"campaign_id": 1, "limit": 1000},
    "followups.pending": {"campaign_id": 1},
    "campaigns.lock_conversations": {"number_id": 1, "contact_ids": [5, 10, 15]},
    "campaigns.open": {"id": 1, "stops": ["budget"]},
}  # fmt: skip

# By the index of each table that tells the age of its rows.
_BY_AGE: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "journal.prune": ("journalentry_age", {"days": 30, "limit": 5000}),
    "statuses.drop_orphans": ("orphanstatus_age", {"days": 8, "limit": 5000}),
    "sends.prune_attempts": ("attempt_age", {"before": _LONG_AGO, "limit": 5000}),
    "housekeeping.prune_replies": ("idempotentreply_age", {"hours": 24, "limit": 5000}),
    "housekeeping.prune_trials": ("trial_age", {"days": 7, "limit": 5000}),
    "housekeeping.prune_links": ("loginlink_age", {"before": _LONG_AGO, "limit": 5000}),
}


@pytest.fixture(scope="module")
def filled(cluster: str) -> Iterator[psycopg.Connection[Any]]:
    """Connected as the workers are, to a database with a year of a small shop's life."""
    name = f"test_{secrets.token_hex(6)}"
    url = databases.create(cluster, name)
    try:
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute("SET session_replication_role = replica")  # nobody listens yet
            owner.execute(_FILL.format(rows=_ROWS))
            owner.execute("VACUUM ANALYZE")
        acting = databases.acting_as(url, "sportello_worker")
        with psycopg.connect(acting, autocommit=True) as worker:
            yield worker
    finally:
        databases.drop(cluster, name)


@pytest.mark.parametrize("name", _HOT)
def test_no_plan_reads_a_growing_table_from_end_to_end(
    filled: psycopg.Connection[Any], name: str
) -> None:
    module, _, statement = name.partition(".")
    sql = statements(str(_STORE / f"{module}.sql"))[statement]

    for_these = _explain(filled, b"EXPLAIN (FORMAT JSON) " + sql, _HOT[name])
    for_all = _explain(filled, b"EXPLAIN (FORMAT JSON, GENERIC_PLAN) " + numbered(sql))

    assert set(_read_whole(for_these)) - _SMALL == set()
    assert set(_read_whole(for_all)) - _SMALL == set()


@pytest.mark.parametrize("name", _BY_AGE)
def test_what_is_old_is_found_without_looking_at_what_is_young(
    filled: psycopg.Connection[Any], name: str
) -> None:
    module, _, statement = name.partition(".")
    sql = statements(str(_STORE / f"{module}.sql"))[statement]
    index, given = _BY_AGE[name]

    for_these = _explain(filled, b"EXPLAIN (FORMAT JSON) " + sql, given)
    for_all = _explain(filled, b"EXPLAIN (FORMAT JSON, GENERIC_PLAN) " + numbered(sql))

    for plan in (for_these, for_all):
        assert list(_read_whole(plan)) == []
        assert index in set(_narrowed_by(plan))


def test_the_reader_of_plans_sees_a_table_that_is_read_whole(
    filled: psycopg.Connection[Any],
) -> None:
    plan = _explain(filled, b"EXPLAIN (FORMAT JSON) SELECT FROM sportello_message WHERE text = ''")

    assert list(_read_whole(plan)) == ["sportello_message"]


def _explain(
    connection: psycopg.Connection[Any], sql: bytes, parameters: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    row = connection.execute(sql, parameters).fetchone()
    assert row is not None
    plan: dict[str, Any] = row[0][0]["Plan"]
    return plan


def _read_whole(node: Mapping[str, Any]) -> Iterator[str]:
    """Tables that the plan reads from end to end."""
    kind = node["Node Type"]
    if kind == "Seq Scan":
        yield node["Relation Name"]
    for inner in node.get("Plans", ()):
        yield from _read_whole(inner)


def _narrowed_by(node: Mapping[str, Any]) -> Iterator[str]:
    """Indexes by which the plan finds some rows; not those it walks along from end to end."""
    if "Index Cond" in node:
        yield node["Index Name"]
    for inner in node.get("Plans", ()):
        yield from _narrowed_by(inner)
