"""Writing: taken back, begun and kept, with files and signs, ready answers; and who is here."""

import json
import threading
import zipfile
from io import BytesIO
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client, override_settings

from sportello.console.inbox import deeds, exporting, sending, undoing
from sportello.schema.models import (
    CannedReply,
    Conversation,
    Draft,
    File,
    Message,
    Send,
    Workspace,
)
from sportello.schema.team import Role
from tests.console.conftest import NOW, Clock, Company, new_client
from tests.pages.shop import PIXEL


@pytest.fixture(autouse=True)
def plain_static_files() -> Any:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
        yield


@pytest.fixture
def held(acme: Company, at: Clock) -> Company:
    """Acme, its chat in the operator's hands."""
    with acme.inside():
        deeds.take_control(acme.conversation.pk, acme.person(Role.OPERATOR), NOW)
    return acme


def _client(company: Company, role: Role = Role.OPERATOR) -> Client:
    client = new_client()
    client.force_login(company.person(role))
    return client


def _at(company: Company, what: str) -> str:
    return f"/conversations/{company.conversation.pk}/{what}"


def _wait_s(send: Send) -> float:
    return (send.due_at - send.created_at).total_seconds()


def _says(company: Company, text: str = "Subito.", **more: Any) -> Send:
    answered = _client(company).post(_at(company, "messages"), {"text": text, **more})
    assert answered.status_code == 302, answered.content
    return Send.objects.using("owner").select_related("message").latest("pk")


@pytest.mark.parametrize("seconds", [0, 5, 10])
def test_a_persons_message_waits_as_long_as_the_company_wants(held: Company, seconds: int) -> None:
    Workspace.objects.using("owner").update(undo_seconds=seconds)

    assert _wait_s(_says(held)) == pytest.approx(seconds, abs=0.5)


def test_the_api_sends_at_once(held: Company) -> None:
    with held.inside():
        deeds.take_control(held.conversation.pk, None, NOW)
        deeds.write_text(held.conversation.pk, None, "Subito.", NOW)

    assert _wait_s(Send.objects.using("owner").get()) == pytest.approx(0, abs=0.5)


def test_what_is_taken_back_never_leaves_and_is_in_the_box_again(held: Company) -> None:
    send = _says(held)

    _client(held).post(f"/conversations/messages/{send.message_id}/undoing")

    send.refresh_from_db(using="owner")
    shown = Message.objects.using("owner").get(pk=send.message_id)
    assert (send.state, shown.status) == ("cancelled", "cancelled")
    chat = Conversation.objects.using("owner").get(pk=held.conversation.pk)
    assert chat.last_message_text == "Quando arriva il mio ordine?"
    page = _client(held).get(_at(held, "")).content.decode()
    assert ">Subito.</textarea>" in page
    assert f"message-{send.message_id}" not in page


@pytest.mark.parametrize("why", ["left", "due", "another's", "twice"])
def test_what_cannot_be_taken_back_is_told(held: Company, why: str) -> None:
    send = _says(held)
    role = Role.OWNER if why == "another's" else Role.OPERATOR
    sends = Send.objects.using("owner").filter(pk=send.pk)
    if why == "left":
        sends.update(state="sending", attempt="0" * 32, attempts=1)
    elif why == "due":
        sends.update(due_at=send.created_at)
    elif why == "twice":
        _client(held).post(f"/conversations/messages/{send.message_id}/undoing")

    answered = _client(held, role).post(f"/conversations/messages/{send.message_id}/undoing")

    assert answered.status_code == 409
    assert (sends.get().state == "cancelled") is (why == "twice")


def test_taking_back_waits_for_the_outbox_that_holds_the_chat(held: Company) -> None:
    """Whoever locks the conversation first decides; the other finds what was done."""
    send = _says(held)
    told: list[int] = []

    with psycopg.connect(settings.DATABASES["owner"]["NAME"] and _url()) as worker:
        worker.execute(
            "SELECT id FROM sportello_conversation WHERE id = %s FOR UPDATE",
            [held.conversation.pk],
        )

        def take_back() -> None:
            path = f"/conversations/messages/{send.message_id}/undoing"
            try:
                told.append(_client(held).post(path).status_code)
            finally:
                connections.close_all()

        thread = threading.Thread(target=take_back)
        thread.start()
        worker.execute(
            "UPDATE sportello_send SET state = 'sending', attempt = gen_random_uuid(), attempts = 1"
            " WHERE id = %s",
            [send.pk],
        )
        worker.commit()
        thread.join(30)

    assert told == [409]
    assert Send.objects.using("owner").get(pk=send.pk).state == "sending"


def _url() -> str:
    found = settings.DATABASES["owner"]
    parts = {"dbname": found["NAME"], "host": found["HOST"], "port": found["PORT"]}
    parts |= {"user": found["USER"], "password": found["PASSWORD"]}
    return psycopg.conninfo.make_conninfo(**{key: value for key, value in parts.items() if value})


def test_a_draft_is_each_persons_own_and_gone_once_it_is_sent(held: Company) -> None:
    _client(held).post(_at(held, "draft"), {"text": "A metà\0", "kind": "message"})
    _client(held, Role.OWNER).post(_at(held, "draft"), {"text": "Mia", "kind": "note"})

    mine = _client(held).get(_at(held, "")).content.decode()
    assert ">A metà</textarea>" in mine
    _says(held, "A metà e poi finito")
    left = Draft.objects.using("owner").get()
    assert (left.text, left.kind, left.user_id) == ("Mia", "note", held.person(Role.OWNER).pk)
    _client(held, Role.OWNER).post(_at(held, "draft"), {"text": " "})
    assert not Draft.objects.using("owner").exists()


def _upload(company: Company, name: str, content: bytes, kind: str) -> Any:
    given = SimpleUploadedFile(name, content, content_type=kind)
    return _client(company).post("/conversations/upload", {"file": given})


def test_a_file_goes_with_its_words_through_guard_and_outbox(held: Company) -> None:
    told = _upload(held, "borsa.png", PIXEL, "image/png").json()

    send = _says(held, "Ecco la borsa", file=told["id"])

    assert send.body == {
        "type": "image",
        "image": {"id": f"file:{told['id']}", "caption": "Ecco la borsa"},
    }
    assert (send.file_id, send.message.type) == (told["id"], "image")
    assert _wait_s(send) == pytest.approx(5, abs=0.5)
    page = _client(held).get(_at(held, "")).content.decode()
    assert f"/conversations/files/{told['id']}" in page


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("x.html", b"<script>", "text/html"),
        ("x.png", b"", "image/png"),
        ("x.webm", b"\x1a\x45\xdf\xa3" + bytes(40), "audio/webm"),
        ("x.webp", b"RIFF0000WEBP" + bytes(600 * 1024), "image/webp"),
    ],
)
def test_what_whatsapp_does_not_take_is_said_before_it_is_sent(
    held: Company, name: str, content: bytes, kind: str
) -> None:
    answered = _upload(held, name, content, kind)

    assert answered.status_code == 422
    assert answered.json()["reason"]
    assert not File.objects.using("owner").exists()


def test_a_file_of_another_company_is_not_sent(held: Company, rival: Company) -> None:
    told = _upload(rival, "borsa.png", PIXEL, "image/png").json()

    answered = _client(held).post(_at(held, "messages"), {"text": "", "file": told["id"]})

    assert answered.status_code == 422
    assert not Send.objects.using("owner").exists()


def test_long_words_go_before_the_files_and_each_file_by_itself(held: Company) -> None:
    first = _upload(held, "a.png", PIXEL, "image/png").json()["id"]
    second = _upload(held, "b.ogg", b"OggS" + bytes(60), "audio/ogg").json()["id"]

    _says(held, "x" * 1500, file=[first, second], voice="1")

    kinds = list(Send.objects.using("owner").order_by("pk").values_list("body", flat=True))
    assert [body["type"] for body in kinds] == ["text", "image", "audio"]
    assert "caption" not in kinds[1]["image"]
    assert kinds[2]["audio"] == {"id": f"file:{second}", "voice": True}


def test_a_sign_under_a_customers_message_leaves_at_once(held: Company) -> None:
    said = Message.objects.using("owner").get(origin="customer", conversation=held.conversation)
    path = f"/conversations/messages/{said.pk}/reaction"

    _client(held).post(path, {"emoji": "👍"})
    _client(held).post(path, {"emoji": ""})
    refused = _client(held).post(path, {"emoji": "ciao"})

    put, taken = Send.objects.using("owner").order_by("pk")
    assert put.body["reaction"] == {"message_id": said.wamid, "emoji": "👍"}
    assert taken.body["reaction"]["emoji"] == ""
    assert _wait_s(put) == pytest.approx(0, abs=0.5)
    said.refresh_from_db(using="owner")
    assert said.reactions == {}
    assert refused.status_code == 422


def test_a_reaction_answers_nothing(held: Company) -> None:
    """Given back, the assistant still owes the answer."""
    said = Message.objects.using("owner").get(origin="customer", conversation=held.conversation)
    with held.inside():
        person = held.person(Role.OPERATOR)
        sending.react(held.conversation.pk, person, said.pk, "👍", NOW)
        freed = deeds.release(held.conversation.pk, NOW)

    assert freed.reply_due_at is not None


def test_ready_answers_are_filled_for_the_chat(held: Company) -> None:
    client = _client(held)
    client.post(
        "/conversations/replies/new",
        {"shortcut": "/Orari", "text": 'Ciao {nome}, "9-18"</script>. {operatore}'},
    )

    told = client.get(_at(held, "replies"))

    assert json.loads(told.content)["items"] == [
        {"shortcut": "orari", "text": 'Ciao Anna, "9-18"</script>. Operator', "file": None}
    ]


def test_a_ready_answer_is_deleted_and_put_back_and_its_word_is_taken_once(held: Company) -> None:
    client = _client(held)
    client.post("/conversations/replies/new", {"shortcut": "orari", "text": "9-18"})
    row = CannedReply.objects.using("owner").get()

    twice = client.post("/conversations/replies/new", {"shortcut": "ORARI", "text": "x"})
    client.post(f"/conversations/replies/{row.pk}/deletion")
    gone = client.get(_at(held, "replies")).json()["items"]
    client.post(f"/conversations/replies/{row.pk}/restoration")

    assert twice.status_code == 422
    assert gone == []
    assert len(client.get(_at(held, "replies")).json()["items"]) == 1


@pytest.mark.parametrize(("role", "status"), [(Role.OPERATOR, 403), (Role.OWNER, 302)])
def test_only_administrators_change_the_time_to_undo(
    held: Company, role: Role, status: int
) -> None:
    answered = _client(held, role).post("/conversations/replies/undo-time", {"seconds": "3"})

    assert answered.status_code == status
    kept = Workspace.objects.using("owner").get(pk=held.workspace.pk).undo_seconds
    assert kept == (3 if status == 302 else 5)


def test_who_writes_is_told_to_the_others_and_not_to_themselves(held: Company) -> None:
    anna, owner = _client(held), _client(held, Role.OWNER)

    with psycopg.connect(_url(), autocommit=True) as listening:
        listening.execute("LISTEN sportello_live")
        anna.post(_at(held, "presence"), {"state": "here"})
        anna.post(_at(held, "presence"), {"state": "writing"})
        anna.post(_at(held, "presence"), {"state": "writing"})
        told = [word.payload for word in listening.notifies(timeout=0.5)]
    seen = owner.post(_at(held, "presence"), {"state": "here"}).json()
    own = anna.get(_at(held, "presence")).json()
    anna.post(_at(held, "presence"), {"state": "away"})

    # What is no news is not told: typing on announces nothing.
    assert told == [f"{held.workspace.pk}:presence:{held.conversation.pk}"] * 2
    assert (seen["writing"], seen["words"]) == (["Operator"], "Operator is writing")
    assert (own["writing"], own["looking"]) == ([], ["Owner"])
    assert owner.get(_at(held, "presence")).json()["words"] == ""


def test_control_that_a_colleague_took_first_is_not_taken_unknowingly(held: Company) -> None:
    late = _client(held, Role.OWNER).post(_at(held, "control"), {"epoch": "0"})
    chat = Conversation.objects.using("owner").get(pk=held.conversation.pk)
    knowing = _client(held, Role.OWNER).post(_at(held, "control"), {"epoch": chat.control_epoch})

    assert late.status_code == 409
    assert "Operator took control" in late.content.decode()
    assert knowing.status_code == 302


@pytest.mark.parametrize("kind", ["txt", "json", "csv"])
def test_a_chat_is_handed_out_without_formulas_and_without_notes(held: Company, kind: str) -> None:
    _says(held, "=HYPERLINK(1)")
    _says(held, "Solo per noi", kind="note") if kind == "txt" else None

    answered = _client(held, Role.READER).get(_at(held, "export"), {"format": kind})

    body = b"".join(answered) if answered.streaming else answered.content
    text = body.decode("utf-8-sig")
    assert "Quando arriva il mio ordine?" in text
    assert "Solo per noi" not in text
    assert ";=HYPERLINK" not in text
    assert ("'=HYPERLINK" in text) is (kind == "csv")
    assert "attachment" in answered["Content-Disposition"]


def test_all_that_the_list_finds_is_handed_out_as_one_archive(
    held: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    _says(held)
    _says(held, "Solo per noi", kind="note")
    chat = held.conversation.pk
    path, finds = "/conversations/export", {"folder": "mine", "format": "csv", "notes": "1"}

    mine = _archive(_client(held).get(path, finds))
    others = _archive(_client(held).get(path, {"folder": "closed"}))
    monkeypatch.setattr(exporting, "TOGETHER_MAX", 1)
    full = _archive(_client(held).get(path, finds))

    assert set(mine) == {f"chat-{chat}.csv", "chats.csv"}
    assert "Quando arriva il mio ordine?" in mine[f"chat-{chat}.csv"]
    assert "Solo per noi" in mine[f"chat-{chat}.csv"]
    assert f"chat-{chat}.csv" in mine["chats.csv"]
    assert set(others) == {"chats.csv"}
    assert set(full) == {"chats.csv"}
    assert full["chats.csv"].splitlines()[1].endswith(";")


def _archive(answered: Any) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(b"".join(answered))) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def test_a_message_that_did_not_arrive_is_sent_again_once(held: Company) -> None:
    send = _says(held)
    Send.objects.using("owner").filter(pk=send.pk).update(state="rejected")
    Message.objects.using("owner").filter(pk=send.message_id).update(status="failed")
    path = f"/conversations/messages/{send.message_id}/repetition"
    client = _client(held)
    assert path in client.get(_at(held, "")).content.decode()

    again, twice = client.post(path), client.post(path)

    assert (again.status_code, twice.status_code) == (302, 409)
    assert Send.objects.using("owner").latest("pk").body == send.body


def test_undone_is_told_from_cancelled() -> None:
    taken = Message(status="cancelled", payload={undoing.UNDONE: True})

    assert undoing.is_undone(taken)
    assert not undoing.is_undone(Message(status="cancelled", payload={}))
