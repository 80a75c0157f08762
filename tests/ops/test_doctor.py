"""`sportello doctor` at the terminal: what it prints, and how it ends."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sportello.ops import cli
from sportello.ops import settings as settings_of
from tests.workers.desk import PHONE_ID, WABA_ID, Desk, open_desk

_SCOPES = ["whatsapp_business_messaging", "whatsapp_business_management"]
_WELL: dict[str, Any] = {
    "debug_token": {"data": {"is_valid": True, "app_id": "5", "scopes": _SCOPES}},
    PHONE_ID: {
        "id": PHONE_ID, "display_phone_number": "+39 06 1234 5678", "status": "CONNECTED",
        "name_status": "APPROVED", "throughput": {"level": "STANDARD"},
    },
    WABA_ID: {"id": WABA_ID, "name": "Bottega", "primary_funding_id": "9"},
    f"{WABA_ID}/subscribed_apps": {"data": [{"whatsapp_business_api_data": {"id": "5"}}]},
}  # fmt: skip


class _Meta(BaseHTTPRequestHandler):
    answers: ClassVar[dict[str, Any]] = {}

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].removeprefix("/v25.0/")
        told = self.answers.get(path)
        self.send_response(400 if told is None or "error" in told else 200)
        self.end_headers()
        self.wfile.write(json.dumps(told or {"error": {"code": 1, "message": "?"}}).encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's own name
        """Nothing on the test's screen."""


@contextmanager
def meta(**changes: Any) -> Iterator[str]:
    """A Graph that tells the same of everything, until it stops listening; its address."""
    _Meta.answers = _WELL | changes
    server = HTTPServer(("127.0.0.1", 0), _Meta)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def doctor(
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Said]:
    """The command with these words against a Graph at this address: exit code, output, errors."""
    monkeypatch.setenv("SPORTELLO_DATA", str(tmp_path))
    monkeypatch.setenv("SPORTELLO_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("SPORTELLO_GRAPH_VERSION", "v25.0")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")

    def said(*words: str, graph: str = "http://127.0.0.1:9", url: str = database) -> Any:
        monkeypatch.setenv("SPORTELLO_DATABASE_URL", url)
        monkeypatch.setenv("SPORTELLO_GRAPH_URL", graph)
        monkeypatch.setattr("sys.argv", ["sportello", "doctor", *words])
        settings_of.load.cache_clear()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    yield said
    settings_of.load.cache_clear()


def test_without_a_number_it_says_so_and_nothing_is_wrong(doctor: Said) -> None:
    code, out, _ = doctor()

    assert (code, out) == (0, "No number is connected.\n")
    assert json.loads(doctor("--json")[1]) == {"numbers": []}


def test_where_all_is_well_it_says_what_was_looked_at(database: str, doctor: Said) -> None:
    open_desk(database)
    with meta() as graph:
        code, out, _ = doctor(graph=graph)

    assert code == 0
    assert out.splitlines()[:2] == [
        "+39 06 1234 5678",
        "  ✓ All is well: nothing stops it. This is what was looked at:",
    ]
    assert out.count("    ✓ ") == 6


def test_each_finding_is_printed_with_evidence_turn_and_step(
    database: str, doctor: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk(database)
    desk.rows("UPDATE sportello_number SET paused_why = 'token', paused_at = clock_timestamp()")
    unpaid = {"entity_type": "WABA", "can_send_message": "LIMITED",
              "errors": [{"error_code": 141006, "error_description": "No card"}]}  # fmt: skip
    account = {"id": WABA_ID, "name": "Bottega", "health_status": {"entities": [unpaid]}}
    changes = {WABA_ID: account, f"{WABA_ID}/subscribed_apps": {"data": []}}
    with meta(**changes) as graph:
        code, out, _ = doctor(graph=graph)
        told = json.loads(doctor("--json", graph=graph)[1])["numbers"][0]
        monkeypatch.setenv("LC_ALL", "it_IT.UTF-8")
        italian = doctor(graph=graph)[1]

    assert code == 1
    assert [one["code"] for one in told["findings"]] == [
        "payment_missing", "app_unsubscribed", "number_paused",
    ]  # fmt: skip
    assert not told["all_is_well"]
    for one in told["findings"]:
        assert f"✗ {one['title']}  [{one['code']}]" in out
        assert f"→ {one['turn']}: {one['next_step']}" in out
        assert one["evidence"]
        assert all(f"    · {seen.partition(', 20')[0]}" in out for seen in one["evidence"])
    assert "--do resume" in out
    assert "✗ Manca la carta di credito  [payment_missing]" in italian


def test_a_look_that_brought_nothing_is_no_clean_bill(database: str, doctor: Said) -> None:
    open_desk(database)
    odd = {"error": {"code": 131000, "message": "Something went wrong"}}
    with meta(**{WABA_ID: odd}) as graph:
        code, out, _ = doctor(graph=graph)

    assert code == 0, "nothing that was seen stops it"
    assert "All is well" not in out
    assert "[not_all_seen]" in out
    assert "✗ Payment, blocks and health of the account: refused by Meta (131000)" in out


def test_meta_away_is_a_finding_and_no_end_of_the_command(database: str, doctor: Said) -> None:
    open_desk(database)

    code, out, _ = doctor()

    assert code == 1
    assert "[meta_unreachable]" in out


def test_one_thing_is_asked_about_by_its_kind_and_id(django_database: str, doctor: Said) -> None:
    desk = open_desk(django_database)
    with meta() as graph:
        code, out, _ = doctor("--about", f"number:{desk.number_id}", graph=graph)
        refused = doctor("--about", f"number:{desk.number_id}", "--do", "resume", graph=graph)
    unknown = doctor("--about", "message:812")
    unreadable = doctor("--about", "message:x")
    nothing = doctor("--do", "resume")

    assert (code, "All is well" in out) == (0, True)
    assert refused[0] == 2
    assert unknown == (2, "", "sportello: there is no message 812\n")
    assert unreadable[0] == nothing[0] == 2
    assert "as in message:812" in unreadable[2]


def test_a_database_that_is_away_is_one_line_and_status_2(doctor: Said) -> None:
    away = "postgresql://nobody@127.0.0.1:9/nothing"

    for words in ((), ("--json",), ("--verify",)):
        code, out, err = doctor(*words, url=away)

        assert (code, out) == (2, "")
        assert err.splitlines()[-1].startswith("sportello: the database does not answer")


def test_the_verification_ends_by_whether_every_promise_holds(database: str, doctor: Said) -> None:
    desk = open_desk(database)

    clean = doctor("--verify")
    _plant(desk)
    planted, told = doctor("--verify"), json.loads(doctor("--verify", "--json")[1])

    assert (clean[0], clean[1].splitlines()[-1]) == (0, "Every promise holds.")
    assert planted[0] == 1
    assert "let_go_forgotten (1): The campaign counts fewer messages" in planted[1]
    assert planted[1].splitlines()[-1] == "Something does not add up."
    assert (told["holds"], [one["code"] for one in told["differences"]]) == (
        False,
        ["recipient_lost", "let_go_forgotten"],
    )


def _plant(desk: Desk) -> None:
    """Somebody counts as released, and nothing was or will be sent to them."""
    desk.rows(
        "WITH who AS (INSERT INTO sportello_contact (workspace_id, wa_id)"
        " SELECT id, '393330000001' FROM sportello_workspace RETURNING id, workspace_id),"
        " mailing AS (INSERT INTO sportello_campaign (workspace_id, number_id, name, state,"
        " planned, content) SELECT workspace_id, id, 'Saldi', 'running', true, '{}'"
        " FROM sportello_number RETURNING id)"
        " INSERT INTO sportello_recipient (workspace_id, campaign_id, contact_id, filled,"
        " released_at) SELECT who.workspace_id, mailing.id, who.id, '{}', now()"
        " FROM who, mailing"
    )
