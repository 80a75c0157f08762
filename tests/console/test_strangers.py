"""No door opens to a stranger.

Made from the routes and the database's catalogue, so that what is added later is tested by itself.
"""

import json
import re
from typing import Any

import psycopg
import pytest
from psycopg import sql

from sportello.console.library import deeds, holdings
from sportello.console.settings import outgoing
from sportello.console.team import keys
from sportello.console.urls_api import urlpatterns
from sportello.schema.models import (
    Automation,
    Campaign,
    Connection,
    Delivery,
    Endpoint,
    Errand,
    Examination,
    Folder,
    Followup,
    Label,
    Recipient,
    Segment,
    Template,
    Workspace,
)
from sportello.schema.team import Role
from tests.console.conftest import NOW, ApiClient, Company, make_answer, make_charge, new_client

_OPEN_TO_ALL = {"/api/v1/openapi.json"}
# Opens by a secret of its own instead of a key: test_automations.
_BY_SECRET = {"/api/v1/hooks/{hook}/{secret}"}
# Tables that the console may not touch at all.
_CLOSED = {"sportello_journalentry", "sportello_suppressionkey"}


def _operations() -> list[tuple[str, str]]:
    described = new_client().get("/api/v1/openapi.json").json()["paths"]
    return [(method, path) for path, ways in described.items() for method in ways]


def _by_id() -> list[tuple[str, str]]:
    found = [(method, path) for method, path in _operations() if "{" in path]
    return [(method, path) for method, path in found if path not in _BY_SECRET]


def _concrete(path: str, company: Company) -> str:
    ids = {
        "{conversation_id}": company.conversation.pk,
        "{contact_id}": company.anna.pk,
        "{pair_id}": 1,
        "{document_id}": 1 + ("/pages/" in path),
        "{site_id}": 1,
        "{template_id}": _of(Template, company),
        "{campaign_id}": _of(Campaign, company),
        "{examination_id}": _of(Examination, company),
        "{connection_id}": _of(Connection, company),
        "{recipient_id}": _of(Recipient, company),
        "{automation_id}": _of(Automation, company),
        "{errand_id}": _of(Errand, company) + ("/campaigns/" in path),
        "{segment_id}": _of(Segment, company),
        "{endpoint_id}": _of(Endpoint, company),
        "{delivery_id}": _of(Delivery, company),
    }
    for name, value in ids.items():
        path = path.replace(name, str(value))
    assert "{" not in path, f"tell this test what {path} names"
    return path


_Table = type[
    Template
    | Campaign
    | Examination
    | Connection
    | Recipient
    | Automation
    | Errand
    | Segment
    | Endpoint
    | Delivery
]


def _of(table: _Table, company: Company) -> int:
    """The company's first row; some id where it has none."""
    rows = table.objects.using("owner").filter(workspace=company.workspace).order_by("pk")
    return rows.values_list("pk", flat=True).first() or 1


def _call(method: str, path: str, key: str | None) -> Any:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    body = {
        "type": "text",
        "text": "Ciao",
        "question": "q",
        "answer": "a",
        "phone": "3331234567",
        "deed": "resume",
    }
    return new_client().generic(
        method.upper(), path, json.dumps(body), content_type="application/json", headers=headers
    )


def test_the_description_knows_every_route(settings_of_api: None, acme: Company) -> None:
    routes = {str(pattern.pattern) for pattern in urlpatterns[0].url_patterns}
    described = {path.removeprefix("/api/v1/") for _, path in _operations()}

    bare = {re.sub(r"<(?:int|str):(\w+)>", r"{\1}", route) for route in routes}
    assert bare - described == {"", "openapi.json"}


def test_nobody_is_let_in_anywhere(settings_of_api: None, acme: Company) -> None:
    operations = _operations()
    assert len(operations) > 10

    refused = {
        (method, path): _call(method, _concrete(path, acme), None).status_code
        for method, path in operations
        if path not in _OPEN_TO_ALL | _BY_SECRET
    }

    assert set(refused.values()) == {401}, refused


def test_a_read_only_key_changes_nothing_anywhere(settings_of_api: None, acme: Company) -> None:
    with acme.inside():
        _row, key = keys.create(Workspace.objects.get(), "reader", Role.READER)

    answered = {
        (method, path): _call(method, _concrete(path, acme), key).status_code
        for method, path in _operations()
        if path not in _OPEN_TO_ALL | _BY_SECRET
    }

    written = {at: status for at, status in answered.items() if at[0] != "get"}
    assert set(written.values()) == {403}, written
    # The others are found, or not there: every part of the API has its entry. Where other systems
    # are told what happens is the administrators' alone.
    read = {at: status for at, status in answered.items() if at[0] == "get"}
    closed = {path for (_, path), status in read.items() if status == 403}
    assert closed == {path for _, path in read if path.startswith("/api/v1/webhooks")}


def test_a_stranger_finds_nothing_by_its_id(
    settings_of_api: None, acme: Company, rival: Company
) -> None:
    with acme.inside():
        _add_pair(acme)
    by_id = _by_id()
    assert len(by_id) > 5

    found = {}
    for method, path in by_id:
        body = _fitting(path)
        headers = {"authorization": f"Bearer {rival.key}"}
        answered = new_client().generic(
            method.upper(),
            _concrete(path, acme),
            body,
            content_type="application/json",
            headers=headers,
        )
        found[method, path] = answered.status_code

    assert set(found.values()) == {404}, found


_OF_ENDPOINTS = {
    "/deeds": {"deed": "resume"},
    "{endpoint_id}": {"url": "https://acme.example/hook", "events": ["message.received"]},
    "{endpoint_id}/replay": {"since": NOW.isoformat()},
}


def _fitting(path: str) -> str:
    """A body that the owner's own request would be granted with."""
    of_order = {"folder": {"folder": None}, "labels": {"add": []}, "assignment": {"operator": 1}}
    if (last := path.rpartition("/")[2]) in of_order:
        return json.dumps(of_order[last])
    if path.endswith("/consents"):
        return json.dumps({"source": "form", "text": "Yes"})
    if path.endswith("/trial"):
        return json.dumps({"to": "3331234567"})
    if "/templates/" in path:
        return json.dumps({"components": [{"type": "BODY", "text": "Da domani i saldi."}]})
    if path.endswith("{automation_id}"):
        wanted = {"name": "Saldi", "trigger": "webhook", "template": "saldi", "language": "it"}
        return json.dumps(wanted)
    for end, wanted in _OF_ENDPOINTS.items():
        if path.endswith(end):
            return json.dumps(wanted)
    if path.endswith("/followups"):
        return json.dumps({"followups": []})
    return json.dumps({"type": "note", "text": "Ciao"}) if path.endswith("/messages") else ""


def _add_pair(company: Company) -> None:
    """And a row of all that has an address of its own."""
    workspace_id = company.workspace.pk
    deeds.add(workspace_id, deeds.Draft("Orari?", "9-18"))
    holdings.upload(workspace_id, f"{company.workspace.slug}.txt", b"Orari", "it")
    page, _ = holdings.add_page(workspace_id, "https://acme.example/faq", "it")
    page.state, page.draft = "review", [["", "Orari", ""]]
    page.save()
    holdings.add_site(workspace_id, "https://acme.example", "it")
    Connection.objects.create(workspace_id=workspace_id, kind="connect")
    told = outgoing.Draft(f"https://{company.workspace.slug}.example/hook", ["message.received"])
    endpoint, _secret = outgoing.add(workspace_id, told)
    outgoing.try_out(endpoint.pk, NOW)
    template = Template.objects.create(
        workspace_id=workspace_id,
        waba_id=company.number.waba_id,
        name=f"saldi_{company.workspace.slug}",
        language="it",
        category="MARKETING",
        components=[{"type": "BODY", "text": "Da domani i saldi."}],
    )
    campaign = Campaign.objects.create(
        workspace_id=workspace_id,
        number_id=company.number.pk,
        name=company.workspace.name,
        template_id=template.pk,
    )
    Examination.objects.create(
        workspace_id=workspace_id,
        number_id=company.number.pk,
        subject="number",
        subject_id=company.number.pk,
        asked_at=NOW,
    )
    recipient = Recipient.objects.create(
        workspace_id=workspace_id, campaign=campaign, contact_id=company.anna.pk
    )
    Workspace.objects.filter(pk=workspace_id).update(canary=7)
    Segment.objects.create(
        workspace_id=workspace_id,
        name="Italiani",
        condition={"all": [{"property": "Città", "op": "is", "value": "bari"}]},
    )
    Label.objects.create(workspace_id=workspace_id, name="Reso")
    Folder.objects.create(workspace_id=workspace_id, name="Ingrosso")
    automated = Campaign.objects.create(
        workspace_id=workspace_id,
        number_id=company.number.pk,
        name=company.workspace.name,
        automatic=True,
    )
    Automation.objects.create(
        workspace_id=workspace_id,
        campaign_id=automated.pk,
        trigger="webhook",
        hook=company.workspace.slug,
    )
    # An automation's, then a follow-up.
    of = {"workspace_id": workspace_id, "contact_id": company.anna.pk}
    Errand.objects.create(**of, campaign=automated, occasion="once")
    Errand.objects.create(**of, campaign=campaign, recipient=recipient, position=1)
    Followup.objects.create(
        workspace_id=workspace_id, campaign=campaign, position=1, after_count=1, after_unit="days",
        content={},
    )  # fmt: skip


def test_the_owner_finds_what_the_stranger_does_not(
    api: ApiClient, acme: Company, rival: Company
) -> None:
    """The premise of the test above: the same addresses answer to the right key."""
    with acme.inside():
        _add_pair(acme)

    by_id = _by_id()
    # What is deleted is gone for the others.
    for method, path in sorted(by_id, key=lambda one: one[0] == "delete"):
        headers = {"authorization": f"Bearer {acme.key}"}
        answered = new_client().generic(
            method.upper(),
            _concrete(path, acme),
            _fitting(path),
            content_type="application/json",
            headers=headers,
        )
        # What has a life of its own may not bear this now, or with this body: but it is found.
        moves = any(
            room in path for room in ("/templates/", "/campaigns/", "/automations/", "/deeds")
        )
        found = answered.status_code < 300 or (moves and answered.status_code in {409, 422})
        assert found, (method, path, answered.content)


def test_a_stranger_lists_their_own_rows_alone(
    settings_of_api: None, acme: Company, rival: Company
) -> None:
    lists = [path for method, path in _operations() if method == "get" and "{" not in path]
    assert len(lists) >= 4
    with rival.inside():
        _add_pair(rival)
    make_charge(rival)

    for path in lists:
        told = json.dumps(_call("get", path, acme.key).json())
        theirs = json.dumps(_call("get", path, rival.key).json())
        assert rival.number.phone_number_id not in told
        assert told != theirs


def _owned_tables(database: str) -> list[str]:
    with psycopg.connect(database) as owner:
        rows = owner.execute(
            """
            SELECT c.relname FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
            WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
            ORDER BY c.relname
            """
        ).fetchall()
    return [name for (name,) in rows if name not in _CLOSED]


@pytest.fixture
def full(django_database: str, acme: Company, rival: Company) -> str:
    """A database in which every owned table has a row of Acme; made without triggers and checks."""
    make_answer(acme.conversation)
    with psycopg.connect(django_database) as owner:
        owner.execute("SET session_replication_role = replica")
        for table in _owned_tables(django_database):
            known = owner.execute(
                sql.SQL("SELECT count(*) FROM {} WHERE workspace_id = %s").format(
                    sql.Identifier(table)
                ),
                [acme.workspace.pk],
            ).fetchone()
            if known == (0,):
                _fill(owner, table, acme.workspace.pk)
    return django_database


def _fill(owner: psycopg.Connection[Any], table: str, workspace_id: int) -> None:
    """One row whose obligatory columns hold the plainest value of their type."""
    columns = owner.execute(
        """
        SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a
        WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
          AND a.attname <> 'workspace_id'
        """,
        [table],
    ).fetchall()
    values = [_PLAIN.get((table, name)) or _PLAINEST[kind] for name, kind in columns]
    names = [sql.Identifier(name) for name, _ in columns]
    owner.execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join([*names, sql.Identifier("workspace_id")]),
            sql.SQL(", ").join([sql.Placeholder()] * (len(values) + 1)),
        ),
        [*values, workspace_id],
    )


_PLAINEST = {
    "bigint": 1,
    "integer": 1,
    "smallint": 1,
    "double precision": 0.5,
    "boolean": True,
    "text": "x",
    "character varying": "x",
    "timestamp with time zone": "2026-11-21T10:00:00Z",
    "date": "2026-11-21",
    "jsonb": "{}",
    "bytea": b"x",
    "uuid": "00000000-0000-0000-0000-000000000001",
    "text[]": [],
    "character varying[]": [],
    "smallint[]": [],
    "vector": str([0.1] * 384),
}
_PLAIN = {
    ("sportello_auditentry", "verb"): "insert",
    ("sportello_consentevent", "action"): "grant",
    ("sportello_consentevent", "source"): "api",
    ("sportello_vector", "kind"): "question",
    ("sportello_connection", "kind"): "connect",
    ("sportello_document", "kind"): "file",
    ("sportello_draft", "kind"): "note",
    ("sportello_gist", "kind"): "summary",
    ("sportello_retention", "days"): 30,
    ("sportello_retention", "kind"): "media",
    ("sportello_retentionrun", "kind"): "media",
    ("sportello_examination", "subject"): "number",
    ("sportello_automation", "trigger"): "list",
    ("sportello_followup", "after_unit"): "days",
    ("sportello_errand", "occasion"): "once",
    ("sportello_languagemodel", "provider"): "mistral",
    ("sportello_modelcall", "outcome"): "written",
    ("sportello_actionrun", "state"): "done",
    ("sportello_label", "colour"): "red",
    ("sportello_sweep", "deed"): "read",
    ("sportello_rehearsal", "kind"): "pair",
    ("sportello_correction", "kind"): "right",
    ("sportello_endpoint", "events"): ["message.received"],
    ("sportello_notice", "kind"): "assigned",
    ("sportello_proposal", "kind"): "add",
    ("sportello_proposal", "origin"): "review",
}


def _as_rival(full: str, console_url: str, rival: Company) -> psycopg.Connection[Any]:
    connection = psycopg.connect(console_url)
    connection.execute(
        "SELECT set_config('sportello.workspace', %s, false)", [str(rival.workspace.pk)]
    )
    return connection


def test_no_table_shows_changes_or_loses_a_strangers_row(
    full: str, console_url: str, acme: Company, rival: Company
) -> None:
    tables = _owned_tables(full)
    assert len(tables) > 20

    touched = {}
    with _as_rival(full, console_url, rival) as stranger:
        for table in tables:
            for verb, statement in _VERBS.items():
                query = sql.SQL(statement).format(sql.Identifier(table))
                touched[table, verb] = _rows_touched(stranger, query, acme.workspace.pk)

    assert {place: rows for place, rows in touched.items() if rows} == {}


def _rows_touched(stranger: psycopg.Connection[Any], query: sql.Composed, workspace_id: int) -> int:
    """None at all where even the question is forbidden, as it is for tokens."""
    try:
        with stranger.transaction(force_rollback=True):
            return stranger.execute(query, [workspace_id]).rowcount
    except psycopg.errors.InsufficientPrivilege:
        return 0


# Rows that no page may write are refused before it comes to whose they are.
_REFUSED = r"row-level security|permission denied"
_VERBS = {
    "select": "SELECT workspace_id FROM {} WHERE workspace_id = %s",
    "update": "UPDATE {} SET workspace_id = workspace_id WHERE workspace_id = %s",
    "delete": "DELETE FROM {} WHERE workspace_id = %s",
}


def test_the_same_statements_touch_the_owners_rows(
    full: str, worker_url: str, acme: Company
) -> None:
    """The premise of the tests around: each table has a row of Acme to be touched."""
    with psycopg.connect(worker_url) as worker:
        for table in _owned_tables(full):
            query = sql.SQL(_VERBS["select"]).format(sql.Identifier(table))
            assert worker.execute(query, [acme.workspace.pk]).rowcount > 0, table


def test_no_table_takes_a_row_for_a_strangers_company(
    full: str, console_url: str, acme: Company, rival: Company
) -> None:
    with _as_rival(full, console_url, rival) as stranger:
        for table in _owned_tables(full):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege, match=_REFUSED),
                stranger.transaction(),
            ):
                _fill(stranger, table, acme.workspace.pk)


def test_no_row_can_be_moved_into_a_strangers_company(
    full: str, console_url: str, acme: Company, rival: Company
) -> None:
    move = "UPDATE sportello_contact SET workspace_id = %s"

    with (
        _as_rival(full, console_url, rival) as stranger,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"),
        stranger.transaction(),
    ):
        stranger.execute(move, [acme.workspace.pk])


def test_a_company_does_not_see_another_companys_name(
    full: str, console_url: str, rival: Company
) -> None:
    with _as_rival(full, console_url, rival) as stranger:
        names = stranger.execute("SELECT name FROM sportello_workspace").fetchall()

    assert names == [(rival.workspace.name,)]


def test_the_console_reads_neither_the_journal_nor_a_token(full: str, console_url: str) -> None:
    with psycopg.connect(console_url, autocommit=True) as console:
        for query in (
            "SELECT body FROM sportello_journalentry",
            "SELECT sealed FROM sportello_token",
            "SELECT secret FROM sportello_suppressionkey",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                console.execute(query)
