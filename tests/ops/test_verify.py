"""The verification holds its peace over a true history, and names each defect planted in it."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import psycopg
import pytest
from psycopg.rows import dict_row

from sportello.ops.settings import Settings
from sportello.ops.verify import Account, command, verify
from sportello.ops.verify_found import MEANINGS
from sportello.ops.verify_seen import Seen
from sportello.statements import statements
from sportello.store.verify import CHECKS, snapshot
from tests import database as databases
from tests.workers.desk import (
    NOW,
    PHONE_ID,
    Desk,
    fold,
    open_desk,
    say,
    status,
    statuses,
    taken_chat,
)
from tests.workers.mailing import campaign, look, people
from tests.workers.meta import Meta, hang_up, refuse
from tests.workers.test_dispatch import send_all

# Of nine people one never agreed; of the others one is in doubt, one refused, six were reached.
_SQL = statements(str(Path(__file__).with_name("data") / "defects.py"))
_DEFECTS = sorted(_SQL.keys() - {"victim"})
_PRICE = {"billable": True, "pricing_model": "PMP", "category": "marketing", "type": "regular"}

# The victim's message was a follow-up's, as it were.
_ERRAND = (
    "INSERT INTO sportello_errand (workspace_id, campaign_id, recipient_id, contact_id,"
    " position, occasion, message_id, due_at, released_at)"
    " SELECT r.workspace_id, r.campaign_id, r.id, r.contact_id, 1, '', r.message_id, now(),"
    " now() FROM sportello_recipient AS r WHERE r.message_id = (SELECT message_id FROM victim)"
)


@pytest.fixture(scope="module")
def history(cluster: str) -> Iterator[Desk]:
    name = f"test_verify_{threading.get_ident()}"
    url = databases.create(cluster, name)
    desk = open_desk(url)
    asyncio.run(asyncio.wait_for(_live(desk), 60))
    yield desk
    databases.drop(cluster, name)


async def _live(desk: Desk) -> None:
    await taken_chat(desk)
    say(desk, "Buongiorno, come posso aiutarla?")
    await send_all(desk, Meta())
    list_id = people(desk, 8)
    people(desk, 1, consent=False, first=100)
    campaign(desk, list_id)
    await look(desk, 3)
    await send_all(desk, Meta(script=[hang_up, refuse(131026)]))
    told = [
        status(row["wamid"], word, biz_opaque_callback_data=str(row["id"]), pricing=_PRICE)
        for row in desk.rows("SELECT id, wamid FROM sportello_attempt WHERE wamid <> ''")
        for word in ("sent", "delivered")
    ]
    await fold(desk, statuses(told))
    await look(desk)


@contextmanager
def planted(desk: Desk, *defects: str | bytes) -> Iterator[psycopg.Connection[Any]]:
    """The history with these changes, which nobody else ever sees."""
    with psycopg.connect(desk.url, row_factory=dict_row) as connection:
        connection.execute(_SQL["victim"])
        for defect in defects:
            assert connection.execute(defect).rowcount > 0, "a defect must hit something"  # type: ignore[call-overload]  # SQL of the table above
        yield connection
        connection.rollback()


def _verified(desk: Desk, *defects: str | bytes, log: str | None = None) -> Account:
    with planted(desk, *defects) as connection:
        return verify(connection, NOW, log=log)


def test_a_true_history_holds_and_its_totals_add_up(history: Desk) -> None:
    account = _verified(history)

    assert [one.shown() for one in account.differences] == []
    (told,) = account.campaigns
    assert told.audience == 9
    assert told.totals == {"delivered": 6, "failed": 1, "to_verify": 1, "skipped": 1}
    assert account.counted["in_doubt"] == 1


@pytest.mark.parametrize("code", _DEFECTS)
def test_a_planted_defect_is_named_with_its_ids(history: Desk, code: str) -> None:
    account = _verified(history, _SQL[code])

    named = {one.code: one for one in account.differences}
    assert code in named
    assert named[code].ids
    assert not account.holds


def test_each_check_and_each_meaning_has_its_defect() -> None:
    wire = {"wire_twice", "wire_unknown", "wire_disowned", "wire_missing", "wire_other_file"}

    assert set(CHECKS) < set(_DEFECTS)
    assert {*_DEFECTS, *wire} == MEANINGS.keys()


def test_what_a_person_took_upon_themselves_is_no_defect(history: Desk) -> None:
    risked = (
        "UPDATE sportello_recipient SET verdict = %s, verdict_at = now()"
        " WHERE message_id IS NOT NULL"
    )
    for code, verdict in (
        ("written_to_twice", "resent"),
        ("repeated_in_doubt", "resent"),
        ("accepted_without_proof", "sent"),
    ):
        with planted(history, _SQL[code]) as connection:
            connection.execute(risked, [verdict])
            assert code not in [one.code for one in verify(connection, NOW).differences]


def test_nor_is_what_they_took_upon_themselves_about_a_follow_up(history: Desk) -> None:
    theirs = (
        "UPDATE sportello_errand SET verdict = %s, verdict_at = now() WHERE message_id IS NOT NULL"
    )
    everybodys = _ERRAND.replace("= (SELECT message_id FROM victim)", "IS NOT NULL")
    for code, verdict in (
        ("written_to_twice", "resent"),
        ("repeated_in_doubt", "resent"),
        ("accepted_without_proof", "sent"),
    ):
        with planted(history, everybodys, _SQL[code]) as connection:
            assert code in [one.code for one in verify(connection, NOW).differences]
            connection.execute(theirs, [verdict])
            assert code not in [one.code for one in verify(connection, NOW).differences]


def test_nor_is_a_follow_up_that_they_had_written_anew(history: Desk) -> None:
    """Its old message is nobody's any more: what was taken upon oneself there went with it."""
    anew = "UPDATE sportello_errand SET retries = 1, message_id = NULL, released_at = NULL"
    everybodys = _ERRAND.replace("= (SELECT message_id FROM victim)", "IS NOT NULL")
    with planted(history, everybodys, _SQL["repeated_in_doubt"]) as connection:
        connection.execute(anew)
        assert "repeated_in_doubt" not in [one.code for one in verify(connection, NOW).differences]


def test_a_file_that_left_with_its_message_is_no_defect(history: Desk) -> None:
    sent = (
        "UPDATE sportello_send AS s SET file_id = e.file_id FROM sportello_recipient AS r"
        " JOIN sportello_enclosure AS e ON e.id = r.enclosure_id WHERE s.message_id = r.message_id"
    )

    assert _verified(history, _SQL["file_not_theirs"], sent).holds


# A file of the company's, enclosed for everybody.
_COMMON = (
    "WITH kept AS (INSERT INTO sportello_file"
    " (workspace_id, sha256, mime_type, filename, size, content)"
    " SELECT workspace_id, repeat('c', 64), 'image/png', 'banco.png', 1, 'x'"
    " FROM sportello_campaign RETURNING id)"
    " UPDATE sportello_campaign SET file_id = (SELECT id FROM kept)"
)
_SENT_TO_ALL = (
    "UPDATE sportello_send AS s SET file_id = g.file_id"
    " FROM sportello_campaign AS g WHERE g.id = s.campaign_id"
)


def test_the_campaign_s_own_file_is_asked_for_of_everybody(history: Desk) -> None:
    without = _verified(history, _COMMON)

    (found,) = without.differences
    assert (found.code, found.count) == ("file_not_theirs", 8)
    assert _verified(history, _COMMON, _SENT_TO_ALL).holds


def test_a_follow_up_goes_with_the_file_of_its_step(history: Desk) -> None:
    step = (
        "INSERT INTO sportello_followup (workspace_id, campaign_id, position, after_count,"
        " after_unit, content) SELECT workspace_id, id, 1, 1, 'days', content"
        " FROM sportello_campaign"
    )
    of_another = _COMMON.replace("sportello_campaign SET", "sportello_followup SET")

    account = _verified(history, step, _ERRAND, of_another)

    named = {one.code: one.ids for one in account.differences}
    assert [one["errand"] is not None for one in named["file_not_theirs"]] == [True]


def test_whoever_was_erased_proves_nothing_about_files(history: Desk) -> None:
    erased = (
        "UPDATE sportello_contact SET erased_at = now() WHERE id IN"
        " (SELECT contact_id FROM sportello_recipient)"
    )

    codes = [one.code for one in _verified(history, _COMMON, erased).differences]

    assert "file_not_theirs" not in codes


def test_a_webhook_that_is_not_folded_yet_is_no_debt(history: Desk) -> None:
    unread = "UPDATE sportello_journalentry SET folded_at = NULL WHERE id = 2"

    account = _verified(history, unread, _SQL["behind_webhooks"])

    assert account.holds
    assert account.counted["unread_webhooks"] == 1


def test_a_status_of_ours_that_nobody_moved_is_seen(history: Desk) -> None:
    attempt = history.row("SELECT id FROM sportello_attempt WHERE outcome = 'in_doubt'")["id"]
    lost = statuses([status("wamid.late", "sent", biz_opaque_callback_data=str(attempt))])

    with planted(history) as connection:
        connection.execute(
            "INSERT INTO sportello_journalentry (body, folded_at) VALUES (%s, now())", [lost]
        )
        account = verify(connection, NOW)

    assert [one.code for one in account.differences] == ["behind_webhooks"]


class _Log(BaseHTTPRequestHandler):
    entries: ClassVar[list[dict[str, Any]]] = []

    def do_GET(self) -> None:
        since = int(self.path.partition("since=")[2].partition("&")[0])
        page = {
            "entries": self.entries[since : since + 3],
            "last": min(since + 3, len(self.entries)),
            "dropped": 0,
        }
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(page).encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's own name
        """Nothing on the test's screen."""


@contextmanager
def logged(*attempts: str, media: str = "") -> Iterator[str]:
    """An emulator that only tells which attempts it took, each with that file in its header."""
    header = {"type": "header", "parameters": [{"type": "image", "image": {"id": media}}]}
    template = {"components": [header]} if media else {}
    _Log.entries = [
        {
            "kind": "api", "method": "POST", "path": f"/v25.0/{PHONE_ID}/messages", "status": 200,
            "request": {"biz_opaque_callback_data": attempt, "template": template},
        }
        for attempt in attempts
    ]  # fmt: skip
    server = HTTPServer(("127.0.0.1", 0), _Log)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _attempts(desk: Desk, outcome: str) -> list[str]:
    """The campaign's last: what is sent to one person twice must be of the campaign."""
    rows = desk.rows(
        "SELECT a.id FROM sportello_attempt AS a JOIN sportello_send AS s ON s.id = a.send_id"
        " WHERE a.outcome = %s ORDER BY s.campaign_id NULLS FIRST, a.id",
        outcome,
    )
    return [str(row["id"]) for row in rows]


def test_the_other_side_s_log_bears_the_ledger_out(history: Desk) -> None:
    with logged(*_attempts(history, "accepted"), *_attempts(history, "in_doubt")) as url:
        assert _verified(history, log=url).holds


def test_what_the_log_says_otherwise_is_named(history: Desk) -> None:
    first, *others = _attempts(history, "accepted")
    taken = [*others, others[-1], *_attempts(history, "rejected"), "0" * 32]

    with logged(*taken) as url:
        account = _verified(history, log=url)

    named = {one.code: one.ids for one in account.differences}
    assert named.keys() == {"wire_twice", "wire_unknown", "wire_disowned", "wire_missing"}
    assert [one["attempt"] for one in named["wire_missing"]] == [first]


def test_another_file_on_the_wire_is_named(history: Desk) -> None:
    uploaded = (
        "INSERT INTO sportello_upload (workspace_id, file_id, number_id, media_id, state,"
        " kept_until) SELECT workspace_id, file_id, number_id, '777', 'kept',"
        " now() + interval '1 day' FROM sportello_campaign"
    )
    taken = [*_attempts(history, "accepted"), *_attempts(history, "in_doubt")]

    with logged(*taken, media="777") as url:
        meant = _verified(history, _COMMON, _SENT_TO_ALL, uploaded, log=url)
        astray = _verified(history, _COMMON, uploaded, log=url)

    # The first message of all, to the customer who wrote, was to carry none.
    assert [(one.code, one.count) for one in meant.differences] == [("wire_other_file", 1)]
    assert {one.code: one.count for one in astray.differences}["wire_other_file"] == len(taken)


def test_the_command_says_so_by_its_exit_code_and_in_json(
    history: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    code = command(Settings(database_url=history.url), log=None, as_json=True)

    told = json.loads(capsys.readouterr().out)
    assert (code, told["holds"]) == (0, True)
    assert [sum(one["totals"].values()) == one["audience"] for one in told["campaigns"]] == [True]


def test_the_verification_can_change_nothing(history: Desk) -> None:
    with (
        snapshot(history.url) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        connection.execute("UPDATE sportello_send SET state = 'queued'")


def test_what_was_seen_is_known_and_hardly_anything_else() -> None:
    seen = Seen(bits=2**16)
    for n in range(2_000):
        seen.add(f"known {n}")

    assert all(f"known {n}" in seen for n in range(2_000))
    assert sum(f"strange {n}" in seen for n in range(2_000)) < 20
