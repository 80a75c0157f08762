"""What customers' files say: by a model that sees, a server that hears, a parser of our own."""

import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sportello.assistant.models import Scripted
from sportello.fetching import voice
from sportello.store import files_read, vault
from sportello.workers import file_desk
from sportello.workers.answer import Answering
from sportello.workers.context import Limits
from tests.assistant.desk import EMBEDDER, Desk, open_desk
from tests.assistant.injections import attempts
from tests.loop import in_loop
from tests.workers.speaking import PIXEL, Speaker, speaking

_QUESTION = "Quanto costa spedire?"
_ANSWER = "La spedizione costa 6,90 € in Italia."


def _ogg(seconds: float) -> bytes:
    """The frame of a voice note that lasts so long."""
    page = b"OggS" + bytes(2) + struct.pack("<Q", int(seconds * 48_000)) + bytes(13)
    return page + b"opus"


@asynccontextmanager
async def _shop(
    worker_url: str, tmp_path: Path, speaker: Speaker | None = None
) -> AsyncIterator[Desk]:
    """A company that reads documents, and with a speaker hears and sees by it."""
    async with open_desk(worker_url) as desk:
        limits = Limits(private_hosts=frozenset({"127.0.0.1"}))
        desk.context = replace(desk.context, data=tmp_path, limits=limits)
        await desk.learn([(_QUESTION, _ANSWER)])
        url = speaker.url if speaker else ""
        await desk.run(
            "INSERT INTO sportello_filereading (workspace_id, documents, voice, voice_url,"
            " voice_model, voice_minute_micros) VALUES (%s, true, %s, %s, 'whisper', 6000)",
            desk.workspace_id, bool(url), url,
        )  # fmt: skip
        if speaker:
            place = vault.voice_key_place(desk.workspace_id)
            await desk.run(
                "INSERT INTO sportello_voicekey (workspace_id, sealed) VALUES (%s, %s)",
                desk.workspace_id, vault.seal(desk.context.key, "sk-voice", place),
            )  # fmt: skip
            await desk.run(
                "INSERT INTO sportello_languagemodel (workspace_id, provider, base_url, model,"
                " sees, price_in_micros) VALUES (%s, 'openai', %s, 'eyes', true, 1000000)",
                desk.workspace_id, url,
            )  # fmt: skip
        yield desk


async def _sends(
    desk: Desk, kind: str, raw: bytes, mime_type: str, *, arrives: bool = True, text: str = ""
) -> int:
    """A message with its file, as `fold` announces it and `tend` brings it in."""
    message_id = await desk.customer_writes(text, type=kind, payload={kind: {"id": "7"}})
    row = await desk.row(
        "INSERT INTO sportello_media (workspace_id, message_id, media_id, mime_type, due_at)"
        " VALUES (%s, %s, '7', %s, now()) RETURNING id",
        desk.workspace_id, message_id, mime_type,
    )  # fmt: skip
    path = desk.context.data / "media" / str(desk.workspace_id) / str(row["id"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    if arrives:
        await desk.run("UPDATE sportello_media SET state = 'kept' WHERE id = %s", row["id"])
    return int(row["id"])


async def _file(desk: Desk) -> Any:
    return await desk.row("SELECT * FROM sportello_media ORDER BY id DESC LIMIT 1")


@in_loop
async def test_a_voice_note_is_written_down_and_answered_once_it_is(
    worker_url: str, tmp_path: Path
) -> None:
    async with speaking() as speaker, _shop(worker_url, tmp_path, speaker) as desk:
        speaker.says = "quanto costa spedire?"
        media_id = await _sends(desk, "audio", _ogg(90), "audio/ogg", arrives=False)
        answering = Answering(desk.context, EMBEDDER)

        assert not await answering.answer_next()  # it waits for the file, and shows that it writes
        assert not await answering.read_file()
        assert [mark["typing_indicator"] for mark in await desk.read_marks()] == [{"type": "text"}]
        await desk.run("UPDATE sportello_media SET state = 'kept' WHERE id = %s", media_id)
        assert await answering.read_file()
        speaker.says = 500  # no model words the answer: the company's own words are sent
        assert await answering.answer_next()
        assert not await answering.answer_next()
        await answering.close()

        (form,) = speaker.heard
        assert form == {
            "model": "whisper", "response_format": "json", "file": ("voice.ogg", _ogg(90)),
        }  # fmt: skip
        assert speaker.headers[0]["Authorization"] == "Bearer sk-voice"
        kept = await _file(desk)
        assert (kept["reading"], kept["words"]) == ("done", "quanto costa spedire?")
        assert kept["reading_cost_micros"] == 9_000
        call = await desk.row("SELECT * FROM sportello_modelcall WHERE purpose = 'voice'")
        assert (call["outcome"], call["cost_micros"]) == ("written", 9_000)
        (said,) = await desk.said()
        assert said["text"].endswith(_ANSWER)


@in_loop
async def test_a_picture_is_shown_to_a_model_that_sees_and_answered_with_its_caption(
    worker_url: str, tmp_path: Path
) -> None:
    async with speaking() as speaker, _shop(worker_url, tmp_path, speaker) as desk:
        speaker.says = {"text": "Un pacco con la scritta MV-1234."}
        await _sends(desk, "image", PIXEL, "image/png", text=_QUESTION)
        answering = Answering(desk.context, EMBEDDER)

        assert await answering.read_file()
        speaker.says = 500
        assert await answering.answer_next()
        await answering.close()

        shown = speaker.asked[0]["messages"][1]["content"]
        assert shown[1]["image_url"]["url"].startswith("data:image/png;base64,")
        kept = await _file(desk)
        assert (kept["reading"], kept["words"]) == ("done", "Un pacco con la scritta MV-1234.")
        assert kept["reading_cost_micros"] > 0
        turn = await desk.row("SELECT question FROM sportello_turn")
        assert turn["question"] == f"{_QUESTION}\nUn pacco con la scritta MV-1234."


@in_loop
async def test_a_document_is_read_without_any_model(worker_url: str, tmp_path: Path) -> None:
    async with _shop(worker_url, tmp_path) as desk:
        await _sends(desk, "document", _QUESTION.encode(), "text/plain")
        answering = Answering(desk.context, EMBEDDER)

        assert await answering.read_file()
        assert await answering.answer_next()

        (said,) = await desk.said()
        assert said["text"].endswith(_ANSWER)
        assert (await _file(desk))["words"] == _QUESTION


@pytest.mark.parametrize("says", ["a page", 401, "elsewhere", {"words": 1}, {"text": "  "}])
@in_loop
async def test_what_cannot_be_written_down_goes_to_a_person_with_the_right_words(
    worker_url: str, tmp_path: Path, says: Any
) -> None:
    async with speaking() as speaker, _shop(worker_url, tmp_path, speaker) as desk:
        speaker.says = says
        await _sends(desk, "audio", _ogg(3), "audio/ogg")
        answering = Answering(desk.context, EMBEDDER)

        assert await answering.read_file()
        assert await answering.answer_next()
        await answering.close()

        kept = await _file(desk)
        assert (kept["reading"], kept["words"]) == ("failed", "")
        assert kept["unread_why"] in {"not_an_answer", "refused_key", "refused", "nothing_said"}
        after = await desk.conversation()
        assert (after["holder"], after["handover_reason"]) == ("queue", "media_unreadable")
        assert len(speaker.heard) == 1


@pytest.mark.parametrize(
    ("says", "why"), [("nothing", "too_slow"), ("without end", "not_an_answer")]
)
def test_a_transcriber_that_falls_silent_or_never_ends_is_hung_up_on(
    worker_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, why: str
) -> None:
    monkeypatch.setattr(voice, "SECONDS_MAX", 1.5)

    @in_loop
    async def hear() -> None:
        async with speaking() as speaker, _shop(worker_url, tmp_path, speaker) as desk:
            speaker.says = says
            await _sends(desk, "audio", _ogg(3), "audio/ogg")
            answering = Answering(desk.context, EMBEDDER)

            assert await answering.read_file()
            await speaker.hung_up.wait()
            assert await answering.answer_next()
            await answering.close()

            assert (await _file(desk))["unread_why"] == why
            assert (await desk.conversation())["handover_reason"] == "media_unreadable"
            call = await desk.row("SELECT * FROM sportello_modelcall")
            assert call["outcome"] == ("timeout" if why == "too_slow" else "failed")

    hear()


@in_loop
async def test_bounds_and_budgets_hold_before_anybody_is_asked(
    worker_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_desk, "PICTURE_BYTES_MAX", 10)
    monkeypatch.setattr(file_desk, "VOICE_BYTES_MAX", 100)
    async with speaking() as speaker, _shop(worker_url, tmp_path, speaker) as desk:
        speaker.says = "parole"
        answering = Answering(desk.context, EMBEDDER)
        whys = []
        for kind, raw, mime_type in (
            ("image", PIXEL, "image/png"),
            ("image", b"GIF89a", "image/gif"),
            ("audio", _ogg(301), "audio/ogg"),
            ("audio", bytes(101), "audio/ogg"),
            ("document", b"%PDF-1.7 torn", "application/pdf"),
        ):  # fmt: skip
            await _sends(desk, kind, raw, mime_type)
            assert await answering.read_file()
            whys.append((await _file(desk))["unread_why"])
        await desk.run(
            "INSERT INTO sportello_modelbudget (workspace_id, day_micros) VALUES (%s, 0)",
            desk.workspace_id,
        )
        for kind, raw, mime_type in (
            ("image", b"\xff\xd8\xff", "image/jpeg"), ("audio", _ogg(1), "audio/ogg"),
        ):  # fmt: skip
            await _sends(desk, kind, raw, mime_type)
            assert await answering.read_file()
            whys.append((await _file(desk))["unread_why"])

        assert whys[:4] == ["too_large", "unknown_kind", "too_long", "too_large"]
        assert whys[4:] == ["damaged", "no_room", "no_room"]
        assert (speaker.asked, speaker.heard) == ([], [])


@in_loop
async def test_a_file_is_waited_for_only_so_long_and_a_worker_that_dies_loses_nothing(
    worker_url: str, tmp_path: Path
) -> None:
    async with _shop(worker_url, tmp_path) as desk:
        await _sends(desk, "document", _QUESTION.encode(), "text/plain")
        answering = Answering(desk.context, EMBEDDER)
        async with desk.pool.connection() as connection:
            dead = await files_read.claim(connection, lease_s=0.0)
        assert dead is not None

        assert not await answering.answer_next()
        assert await answering.read_file()  # another worker has it at once
        async with desk.pool.connection() as connection, connection.transaction():
            await files_read.settle(connection, dead, "late words", "", 0)
        assert (await _file(desk))["words"] == _QUESTION
        assert await answering.answer_next()
        assert len(await desk.said()) == 1

        await desk.everything_leaves()
        await _sends(desk, "document", b"x", "text/plain", arrives=False)
        assert not await answering.answer_next()
        await desk.run("UPDATE sportello_media SET awaited_until = clock_timestamp()")
        await desk.run("UPDATE sportello_conversation SET answering_until = NULL")
        assert await answering.answer_next()
        assert (await desk.conversation())["handover_reason"] == "media_unreadable"


@in_loop
async def test_words_of_a_file_go_with_the_message_and_with_the_file(
    worker_url: str, tmp_path: Path
) -> None:
    async with _shop(worker_url, tmp_path) as desk:
        for change in (
            "UPDATE sportello_message SET text = '', payload = '{}'",
            "UPDATE sportello_message SET revoked_at = now()",
            "UPDATE sportello_media SET state = 'gone'",
        ):
            await desk.run("UPDATE sportello_message SET revoked_at = NULL")
            await _sends(desk, "document", _QUESTION.encode(), "text/plain")
            assert await Answering(desk.context, EMBEDDER).read_file()
            assert (await _file(desk))["words"] == _QUESTION

            await desk.run(change)

            assert (await _file(desk))["words"] == ""


@in_loop
async def test_a_stop_that_a_machine_read_is_not_said_to_be_kept(
    worker_url: str, tmp_path: Path
) -> None:
    async with _shop(worker_url, tmp_path) as desk:
        await _sends(desk, "document", b"STOP", "text/plain")
        answering = Answering(desk.context, EMBEDDER)

        assert await answering.read_file()
        assert await answering.answer_next()

        after = await desk.conversation()
        assert (after["holder"], after["handover_reason"]) == ("queue", "media_unreadable")
        assert await desk.rows("SELECT * FROM sportello_consentevent") == []


@in_loop
async def test_what_files_say_is_as_hostile_as_any_other_word(
    worker_url: str, tmp_path: Path
) -> None:
    """A document's own text, a note's and a picture's as an obedient model hands them on."""
    async with _shop(worker_url, tmp_path) as desk:
        await desk.run("UPDATE sportello_filereading SET documents = true")
        for attempt in list(attempts())[::40]:
            await desk.run(
                "UPDATE sportello_conversation SET holder = 'assistant', handover_reason = ''"
            )
            obeys = {"answer": attempt.obeyed, "used_source_ids": [1], "sufficient": True}
            asked = {"question": attempt.text, "about": "question"}
            answering = Answering(desk.context, EMBEDDER, Scripted([asked, obeys, obeys, obeys]))
            await _sends(desk, "document", attempt.text.encode(), "text/plain")

            assert await answering.read_file()
            assert await answering.answer_next()
            await desk.everything_leaves()

            assert attempt.taboo not in "\n".join(row["text"] for row in await desk.said())
        kinds = await desk.rows("SELECT DISTINCT body ->> 'type' AS kind FROM sportello_send")
        assert {row["kind"] for row in kinds} <= {"text", "interactive", None}
        assert await desk.rows("SELECT * FROM sportello_consentevent") == []
