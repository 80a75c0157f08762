"""Somebody else's Python client, pywa, unmodified: only its connection leads to the emulator."""

import asyncio

import httpx
import pytest
from pywa import WhatsApp, handlers, types
from pywa.errors import WhatsAppError
from pywa.types import templates as t

from whatsapp_emulator.samples import SAMPLES

ANNA = "393471112201"


class ToEmulator(httpx.HTTPTransport):
    """Carries what is meant for graph.facebook.com to the emulator; the client knows nothing."""

    def __init__(self, url):
        super().__init__()
        self._there = httpx.URL(url)

    def handle_request(self, request):
        if request.url.host == "graph.facebook.com":
            there = self._there
            request.url = request.url.copy_with(
                scheme=there.scheme, host=there.host, port=there.port
            )
            request.headers["Host"] = f"{there.host}:{there.port}"
        return super().handle_request(request)


def client(p):
    return WhatsApp(
        phone_id=p.number,
        token=p.settings.access_token,
        session=httpx.Client(transport=ToEmulator(p.url)),
        waba_id=p.waba,
        app_id=p.settings.app_id,
        app_secret=p.settings.app_secret,
        verify_token=p.settings.verify_token,
    )


def run(play, act, **settings):
    """`act(p, wa)` is a coroutine; calls of the blocking client go through `at_once`."""

    async def scene(p):
        wa = client(p)
        try:
            await act(p, wa)
        finally:
            wa.api._session.close()

    play(scene, **settings)


at_once = asyncio.to_thread


def png():
    return SAMPLES["image"][1]


def sendings(wa, said):
    """Every kind of message, by name."""
    webp = SAMPLES["sticker"][1]
    ogg = SAMPLES["audio"][1]
    rows = [types.SectionRow(title=f"Riga {i}", callback_data=f"riga:{i}") for i in range(3)]
    choice = types.SectionList(
        button_title="Scegli", sections=[types.Section(title="Orari", rows=rows)]
    )
    card = types.Contact(
        name=types.Contact.Name(formatted_name="Zia Rosa", first_name="Rosa"),
        phones=[types.Contact.Phone(phone="+393471112299", type="WORK")],
    )
    yes_no = [
        types.Button(title="Sì", callback_data="si"),
        types.Button(title="No", callback_data="no"),
    ]
    return {
        "text": lambda: wa.send_message(ANNA, "Buongiorno", preview_url=True),
        "text reply": lambda: wa.send_message(ANNA, "Sì", reply_to_message_id=said),
        "buttons": lambda: wa.send_message(ANNA, "Va bene?", header="Orario", buttons=yes_no),
        "list": lambda: wa.send_message(ANNA, "Quando?", footer="Grazie", buttons=choice),
        "url button": lambda: wa.send_message(
            ANNA, "Il sito", buttons=types.URLButton(title="Apri", url="https://example.org/")
        ),
        "image": lambda: wa.send_image(ANNA, png(), caption="Eccola", mime_type="image/png"),
        "image with buttons": lambda: wa.send_image(
            ANNA, png(), caption="Questa?", mime_type="image/png", buttons=yes_no
        ),
        "video": lambda: wa.send_video(ANNA, SAMPLES["video"][1], mime_type="video/mp4"),
        "document": lambda: wa.send_document(
            ANNA, SAMPLES["document"][1], filename="ordine.pdf", mime_type="application/pdf"
        ),
        "audio": lambda: wa.send_audio(ANNA, ogg, mime_type="audio/ogg"),
        "voice": lambda: wa.send_voice(ANNA, ogg, mime_type="audio/ogg"),
        "sticker": lambda: wa.send_sticker(ANNA, webp, mime_type="image/webp"),
        "location": lambda: wa.send_location(ANNA, 45.46, 9.19, name="Duomo", address="Milano"),
        "location request": lambda: wa.request_location(ANNA, "Dove si trova?"),
        "contact": lambda: wa.send_contact(ANNA, card),
        "reaction": lambda: wa.send_reaction(ANNA, "👍", said),
        "reaction removed": lambda: wa.remove_reaction(ANNA, said),
    }


@pytest.mark.parametrize("kind", sorted(sendings(None, "")))
def test_pywa_sends_every_kind(play, kind):
    async def act(p, wa):
        said = await p.says("Ciao")
        sent = await at_once(sendings(wa, said["id"])[kind])
        await p.advance(10)
        told = [s["status"] for s in p.receiver.statuses(sent.id)]
        assert told[0] == "sent"
        assert ("read" in told) == (not kind.startswith("reaction"))

    run(play, act)


def test_pywa_marks_read_and_shows_typing(play):
    async def act(p, wa):
        said = await p.says("Ciao")
        assert (await at_once(wa.mark_message_as_read, said["id"])).success
        assert (await at_once(wa.indicate_typing, said["id"])).success
        shown = await p.sim("GET", f"people/{ANNA}/chat")
        assert (shown["typing"], shown["messages"][0]["status"]) == (True, "read")

    run(play, act)


def invitation():
    return t.Template(
        name="invito_v1",
        category=t.TemplateCategory.UTILITY,
        language=t.TemplateLanguage.ITALIAN,
        parameter_format=t.ParamFormat.NAMED,
        components=[
            t.HeaderText("Appuntamento del {{giorno}}", giorno="12 maggio"),
            t.BodyText("Buongiorno {{nome}}, la aspettiamo in studio.", nome="Anna"),
            t.FooterText(text="Studio Rossi"),
            t.Buttons(
                buttons=[t.QuickReplyButton(text="Confermo"), t.QuickReplyButton(text="Disdico")]
            ),
        ],
    )


def test_pywa_creates_lists_sends_edits_and_deletes_a_template(play):
    async def act(p, wa):
        made = await at_once(wa.create_template, invitation())
        assert made.status == t.TemplateStatus.PENDING
        await p.sim("POST", f"templates/{made.id}/review", {"decision": "APPROVED"})
        listed = await at_once(lambda: list(wa.get_templates()))
        assert [(x.name, x.status) for x in listed] == [("invito_v1", t.TemplateStatus.APPROVED)]
        sent = await at_once(
            lambda: wa.send_template(
                ANNA, "invito_v1", t.TemplateLanguage.ITALIAN,
                [t.HeaderText.params(giorno="1 giugno"), t.BodyText.params(nome="Anna"),
                 t.QuickReplyButton.params(callback_data="si", index=0)],
            )
        )  # fmt: skip
        await p.advance(10)
        assert p.receiver.statuses(sent.id)[0]["pricing"]["category"] == "utility"
        shown = (await p.chat())[-1]
        assert "Buongiorno Anna, la aspettiamo" in shown["text"]
        await p.advance(86_400)
        body = t.BodyText("Gentile {{nome}}, la aspettiamo in studio.", nome="Anna")
        edited = await at_once(lambda: wa.update_template(made.id, new_components=[body]))
        assert edited.success
        assert (await at_once(wa.delete_template, "invito_v1")).success
        with pytest.raises(WhatsAppError):
            await at_once(wa.get_template, made.id)

    run(play, act)


def test_pywa_uploads_downloads_and_deletes_media(play, tmp_path):
    async def act(p, wa):
        media = await at_once(
            lambda: wa.upload_media(png(), mime_type="image/png", filename="foto.png")
        )
        address = await at_once(wa.get_media_url, media.id)
        assert address.file_size == len(png())
        path = await at_once(
            lambda: wa.download_media(url=address.url, path=tmp_path, filename="x.png")
        )
        assert path.read_bytes() == png()
        assert await at_once(wa.delete_media, media.id)
        with pytest.raises(WhatsAppError):
            await at_once(wa.get_media_url, media.id)

    run(play, act)


def test_pywa_receives_verified_webhooks_and_answers(play):
    async def act(p, wa):
        got = []
        wa.add_handlers(
            handlers.MessageHandler(lambda _, m: got.append(m)),
            handlers.MessageStatusHandler(lambda _, s: got.append(s)),
            handlers.CallbackButtonHandler(lambda _, b: got.append(b)),
        )
        await p.says("Buongiorno")
        sent = await p.text("Eccomi")
        await p.advance(5)
        reply = {
            "type": "interactive",
            "interactive": {"type": "button_reply", "button_reply": {"id": "si", "title": "Sì"}},
        }
        await p.sim("POST", f"people/{ANNA}/messages", reply)
        await p.sim("POST", f"people/{ANNA}/messages", {"type": "image"})
        await p.settle()
        for raw, headers in zip(p.receiver.raw, p.receiver.headers, strict=True):
            signature = headers["X-Hub-Signature-256"]
            assert wa.webhook_update_validator(raw, signature) is None
            assert wa.webhook_update_validator(raw + b" ", signature) is not None
            _, status = await at_once(wa.webhook_update_handler, raw)
            assert status == 200
        texts = [m.text for m in got if isinstance(m, types.Message) and m.text]
        assert texts == ["Buongiorno"]
        assert [b.data for b in got if isinstance(b, types.CallbackButton)] == ["si"]
        (image,) = [m.image for m in got if isinstance(m, types.Message) and m.image]
        assert await at_once(image.get_bytes) == png()
        statuses = [s.status for s in got if isinstance(s, types.MessageStatus) and s.id == sent]
        assert len(statuses) == 3

    run(play, act, batch_max=1)  # pywa reads the first change of a POST alone


def test_pywa_names_metas_errors(play):
    async def act(p, wa):
        await p.sim("PATCH", f"numbers/{p.number}", {"registered": False})
        with pytest.raises(WhatsAppError) as caught:
            await at_once(wa.send_message, ANNA, "Ciao")
        assert caught.value.code == 133010

    run(play, act)
