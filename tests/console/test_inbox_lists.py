"""What the desk lists: folders, search, pages, and that each costs a fixed number of queries."""

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from sportello.console.inbox import counting, queries
from sportello.console.inbox.listing import Filter, listed
from sportello.console.inbox.queries import View
from sportello.console.library import deeds as library
from sportello.schema.models import Conversation, Label, Labelling, Media, Message, Pair
from sportello.schema.team import Role
from tests.console.conftest import NOW, Company, make_contact, make_conversation


def _add(company: Company, name: str, **columns: object) -> Conversation:
    place = Conversation.objects.using("owner").count()
    contact = make_contact(company.workspace, wa_id=f"3933300{place:05}", name=name)
    return make_conversation(company.number, contact, **columns)


def _names(company: Company, folder: View, q: str = "") -> list[str]:
    with company.inside():
        page = listed(Filter(folder, q), company.person(Role.OPERATOR), NOW)
        return [row.contact.name for row in page.items]


@pytest.fixture
def desk(acme: Company) -> Company:
    """Anna with the assistant, and one customer for each other folder."""
    me, colleague = acme.person(Role.OPERATOR), acme.person(Role.OWNER)
    soon = NOW + timedelta(hours=3)
    _add(acme, "Mine", holder="operator", operator_id=me.pk)
    _add(acme, "Theirs", holder="operator", operator_id=colleague.pk)
    _add(acme, "Queue", holder="queue")
    _add(acme, "Closing", window_closes_at=soon, last_message_at=soon - timedelta(hours=24))
    _add(acme, "Shut", window_closes_at=NOW, last_message_at=NOW - timedelta(hours=24))
    _add(acme, "Closed", holder="closed", window_closes_at=soon)
    return acme


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        (View.MINE, {"Mine"}),
        (View.OPERATOR, {"Mine", "Theirs"}),
        (View.WAITING, {"Queue"}),
        (View.UNASSIGNED, {"Anna Bianchi", "Queue", "Closing", "Shut"}),
        (View.UNREAD, {"Anna Bianchi", "Mine", "Theirs", "Queue", "Closing", "Shut", "Closed"}),
        (View.CLOSING, {"Closing"}),
        (View.CLOSED, {"Closed"}),
        (View.ASSISTANT, {"Anna Bianchi", "Closing", "Shut"}),
        (View.ALL, {"Anna Bianchi", "Mine", "Theirs", "Queue", "Closing", "Shut"}),
        (View.ANY, {"Anna Bianchi", "Mine", "Theirs", "Queue", "Closing", "Shut", "Closed"}),
    ],
)
def test_a_folder_holds_its_own(desk: Company, folder: View, names: set[str]) -> None:
    assert set(_names(desk, folder)) == names


def test_every_folder_is_tested() -> None:
    tested = {case[0] for case in test_a_folder_holds_its_own.pytestmark[0].args[1]}
    assert tested == set(View)


def test_the_side_bar_counts_what_the_folders_hold(desk: Company) -> None:
    with desk.inside():
        counts = counting.counts(desk.workspace.pk, desk.person(Role.OPERATOR), NOW)

    assert counts.views == {
        View.ALL: 6,
        View.MINE: 1,
        View.UNASSIGNED: 4,
        View.WAITING: 1,
        View.CLOSING: 1,
        View.UNREAD: 7,
    }
    assert counts.people[desk.person(Role.OWNER).pk] == 1


def test_counting_stops_at_its_bound(desk: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "COUNT_MAX", 2)

    with desk.inside():
        assert counting.counts(desk.workspace.pk, None, NOW).views[View.ALL] == 2


def test_a_label_counts_what_is_open(desk: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    label = Label.objects.using("owner").create(workspace=desk.workspace, name="Reso")
    with desk.inside():
        chats = list(Conversation.objects.filter(last_message_at__isnull=False))
    Labelling.objects.using("owner").bulk_create(
        Labelling(workspace=desk.workspace, conversation_id=chat.pk, label=label) for chat in chats
    )

    with desk.inside():
        whole = counting.counts(desk.workspace.pk, None, NOW)
        monkeypatch.setattr(counting, "COUNT_MAX", 3)
        part = counting.counts(desk.workspace.pk, None, NOW)

    assert whole.labels == {label.pk: 6}
    assert part.labels == {label.pk: 3}


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("CLOS", ["Closing", "Closed"]),
        (" anna ", ["Anna Bianchi"]),
        ("347 123", ["Anna Bianchi"]),
        ("(347) 123-45", ["Anna Bianchi"]),
        ("A123", []),
        ("100%", []),
        ("_", []),
        ("\\", []),
    ],
)
def test_a_search_takes_words_and_numbers_literally(
    desk: Company, q: str, names: list[str]
) -> None:
    assert sorted(_names(desk, View.ANY, q=q)) == sorted(names)


def test_pages_neither_repeat_nor_lose_rows_of_one_instant(acme: Company) -> None:
    for place in range(7):
        _add(acme, f"Same {place}", last_message_at=NOW)
    seen: list[int] = []
    cursor = ""

    with acme.inside():
        for _ in range(4):
            page = listed(Filter(View.ANY), None, NOW, cursor=cursor, limit=2)
            seen += [row.pk for row in page.items]
            cursor = page.next_cursor

    assert cursor == ""
    assert len(seen) == len(set(seen)) == 8


def test_what_arrives_in_between_moves_no_page(acme: Company) -> None:
    for place in range(3):
        _add(acme, f"Old {place}", last_message_at=NOW - timedelta(minutes=place))
    with acme.inside():
        first = listed(Filter(View.ANY), None, NOW, limit=2)
    _add(acme, "New", last_message_at=NOW)

    with acme.inside():
        second = listed(Filter(View.ANY), None, NOW, cursor=first.next_cursor, limit=2)

    assert [row.contact.name for row in second.items] == ["Old 2", "Anna Bianchi"]


def test_a_conversation_without_a_word_is_not_listed(acme: Company) -> None:
    _add(acme, "Silent", last_message_at=None)

    assert _names(acme, View.ANY) == ["Anna Bianchi"]


@pytest.mark.parametrize("more", [0, 20])
def test_a_list_costs_one_query_however_long(desk: Company, more: int) -> None:
    for place in range(more):
        _add(desk, f"More {place}")

    with desk.inside(), CaptureQueriesContext(connection) as asked:
        page = listed(Filter(View.ANY), None, NOW)
        for row in page.items:
            _ = (row.contact.name, row.number.display_number, row.operator and row.operator.name)

    assert len(asked) == 1


def test_a_timeline_costs_two_queries_with_authors_and_media(acme: Company) -> None:
    for place in range(10):
        message = Message.objects.using("owner").create(
            workspace=acme.workspace,
            conversation=acme.conversation,
            origin="note",
            status="noted",
            type="text",
            author_id=acme.person(Role.OWNER).pk,
            at=NOW + timedelta(seconds=place),
        )
        Media.objects.using("owner").create(
            workspace=acme.workspace, message=message, media_id=str(place), due_at=NOW
        )

    with acme.inside(), CaptureQueriesContext(connection) as asked:
        page = queries.timeline(acme.conversation.pk)
        shown = [(m.author and m.author.name, len(m.media_set.all())) for m in page.items]

    assert len(asked) == 2
    assert shown == [(None, 0)] + [("Owner", 1)] * 10


@pytest.fixture
def crowded(acme: Company, django_database: str) -> Company:
    """Thousands of rows, so that the planner has a reason to choose an index."""
    with connections["owner"].cursor() as owner:
        owner.execute(
            """
            INSERT INTO sportello_contact (workspace_id, wa_id)
            SELECT %s, (393400000000 + n)::text FROM generate_series(1, 4000) n
            """,
            [acme.workspace.pk],
        )
        owner.execute(
            """
            INSERT INTO sportello_conversation
                (workspace_id, number_id, contact_id, last_message_at, holder)
            SELECT %s, %s, id, %s::timestamptz - id * interval '1 min',
                   CASE WHEN id %% 50 = 0 THEN 'queue' ELSE 'assistant' END
            FROM sportello_contact WHERE wa_id LIKE '3934%%' AND wa_id <> '393471234567'
            """,
            [acme.workspace.pk, acme.number.pk, NOW],
        )
        owner.execute(
            """
            INSERT INTO sportello_message
                (workspace_id, conversation_id, origin, type, status, at)
            SELECT %s, %s, 'assistant', 'text', 'read', %s::timestamptz - n * interval '1 min'
            FROM generate_series(1, 5000) n
            """,
            [acme.workspace.pk, acme.conversation.pk, NOW],
        )
        owner.execute("ANALYZE")
    return acme


def _plan(company: Company, ask: object) -> str:
    with company.inside(), CaptureQueriesContext(connection) as asked:
        ask()
        statement = asked[0]["sql"]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}")
            return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize("cursor", [False, True])
def test_the_list_reads_its_index_and_sorts_nothing(crowded: Company, cursor: bool) -> None:
    with crowded.inside():
        first = listed(Filter(View.ANY), None, NOW, limit=50).next_cursor

    plan = _plan(
        crowded,
        lambda: listed(Filter(View.ANY), None, NOW, cursor=first if cursor else "", limit=50),
    )

    assert "conversation_list" in plan
    assert "Seq Scan on sportello_conversation" not in plan
    assert "Sort Key" not in plan


def test_the_queue_reads_an_index(crowded: Company) -> None:
    plan = _plan(crowded, lambda: listed(Filter(View.WAITING), None, NOW))

    assert "Seq Scan on sportello_conversation" not in plan


def test_the_timeline_reads_its_index(crowded: Company) -> None:
    plan = _plan(crowded, lambda: queries.timeline(crowded.conversation.pk))

    assert "message_timeline" in plan
    assert "Sort Key" not in plan


def test_a_changed_pair_is_indexed_anew(acme: Company) -> None:
    with acme.inside():
        pair = library.add(acme.workspace.pk, library.Draft(" Orari? ", "9-18", ["Aperti?"]))
    Pair.objects.using("owner").update(indexed_at=NOW)

    with acme.inside():
        library.change(pair.pk, library.Draft("Orari?", "10-19", enabled=False), NOW)

    changed = Pair.objects.using("owner").get()
    assert (changed.question, changed.answer, changed.variants) == ("Orari?", "10-19", [])
    assert (changed.enabled, changed.indexed_at, changed.updated_at) == (False, None, NOW)


def test_a_pair_that_was_taken_away_cannot_be_changed(acme: Company) -> None:
    with acme.inside():
        pair = library.add(acme.workspace.pk, library.Draft("Orari?", "9-18"))
        library.remove(pair.pk, NOW)

    with acme.inside(), pytest.raises(Pair.DoesNotExist):
        library.change(pair.pk, library.Draft("Orari?", "10-19"), NOW)


@pytest.mark.parametrize(
    ("draft", "part", "code"),
    [
        (library.Draft("", "a"), "question", "empty"),
        (library.Draft("q", "a" * 3501), "answer", "too_long"),
        (library.Draft("q", "a", [" "]), "variants", "empty"),
        (library.Draft("q", "a", ["v"] * 31), "variants", "too_many"),
        (library.Draft("q", "a", language="Italian"), "language", "unknown"),
        (library.Draft("q\0", "a"), "question", "not_text"),
    ],
)
def test_an_unfit_pair_names_its_part(
    acme: Company, draft: library.Draft, part: str, code: str
) -> None:
    with acme.inside(), pytest.raises(library.UnfitPair) as unfit:
        library.add(acme.workspace.pk, draft)

    assert (unfit.value.part, unfit.value.code) == (part, code)
