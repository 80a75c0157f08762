"""The product says exactly what the golden requests say, and understands the golden answers."""

import pytest

from sportello.rules.retry import kind_of, known
from sportello.whatsapp.client import Accepted, accepted
from sportello.whatsapp.errors import RejectedError, error_of
from sportello.whatsapp.outbound import (
    Button,
    ButtonParameter,
    Buttons,
    List,
    Media,
    MediaParameter,
    Reaction,
    Row,
    Section,
    Template,
    Text,
    TextParameter,
    addressed,
    body_of,
    read_mark,
)
from tests.wire.golden import WIRE, files, names, read

ANNA = {"wa_id": "393331234567", "attempt": "9d1e7c3a-0b5e-4f7e-9a51-1f2e3d4c5b6a"}
BEA = {"user_id": "IT.10000000000000000002", "attempt": ANNA["attempt"]}
READ = read("requests", "read_mark")["message_id"]
NAMES = (TextParameter("Anna"),)


def template(**parts):
    return Template("promemoria_v1", "it", **parts)


MESSAGES = {
    "text": Text("Il suo ordine A123 parte oggi. 🚚"),
    "text_preview": Text("Ecco: https://example.com/a", preview_url=True),
    "image_id": Media("image", id="4000000000000001", caption="La tazza blu"),
    "image_link": Media("image", link="https://example.com/tazza.png"),
    "video": Media("video", id="4000000000000002", caption="Come si monta"),
    "audio": Media("audio", id="4000000000000003"),
    "audio_voice": Media("audio", id="4000000000000003", voice=True),
    "document": Media(
        "document", id="4000000000000004", caption="La fattura", filename="fattura-77.pdf"
    ),
    "sticker": Media("sticker", id="4000000000000005"),
    "interactive_buttons": Buttons(
        "Va bene sabato mattina?",
        (Button("si", "Sì, grazie"), Button("no", "Un altro giorno")),
        header="Ordine A123",
        footer="Studio Rossi",
    ),
    "interactive_list": List(
        "Di che cosa si tratta?",
        "Scegli",
        (
            Section(
                (Row("spedizione", "Spedizione", "Dove si trova il pacco"), Row("reso", "Reso")),
                "Ordini",
            ),
            Section((Row("persona", "Una persona"),), "Altro"),
        ),
    ),
    "interactive_list_one_section": List(
        "Forse una di queste?", "Scegli", (Section((Row("a", "Orari"), Row("b", "Spedizione"))),)
    ),
    "reaction": Reaction(READ, "👍"),
    "reaction_removed": Reaction(READ, ""),
    "template_plain": template(),
    "template_positional": template(body=(*NAMES, TextParameter("15:30"))),
    "template_named": template(
        header=TextParameter("visita", "tipo"),
        body=(TextParameter("Anna", "nome"), TextParameter("15:30", "ora")),
    ),
    "template_image_header": template(
        header=MediaParameter("image", id="4000000000000001"), body=NAMES
    ),
    "template_document_header": template(
        header=MediaParameter(
            "document", link="https://example.com/fattura-77.pdf", filename="fattura-77.pdf"
        )
    ),
    "template_buttons": template(
        body=NAMES,
        buttons=(
            ButtonParameter(0, "quick_reply", "SI"),
            ButtonParameter(1, "url", "abc123"),
            ButtonParameter(2, "copy_code", "SCONTO25"),
        ),
    ),
}
REQUESTS = {name: addressed(body_of(message), **ANNA) for name, message in MESSAGES.items()} | {
    "text_reply": addressed(body_of(Text("Certo"), reply_to=READ), **ANNA),
    "text_to_user_id": addressed(body_of(Text("Buongiorno")), **BEA),
    "text_without_callback": addressed(body_of(Text("Buongiorno")), wa_id="+393331234567"),
    "read_mark": read_mark(READ),
    "read_mark_typing": read_mark(READ, typing=True),
}


def test_no_golden_request_is_forgotten_here():
    assert set(REQUESTS) == names("requests")


@pytest.mark.parametrize("name", sorted(REQUESTS))
def test_the_product_says_exactly_the_golden_request(name):
    assert REQUESTS[name] == read("requests", name)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("accepted", ""),
        ("accepted_template", "accepted"),
        ("accepted_template_held", "held_for_quality_assessment"),
        ("accepted_template_paused", "paused"),
    ],
)
def test_the_product_understands_that_a_message_was_accepted(name, status):
    answer = read("answers", name)
    assert accepted(answer) == Accepted(
        answer["messages"][0]["id"], wa_id="393331234567", message_status=status
    )


def test_the_product_understands_an_answer_without_a_number():
    answer = read("answers", "accepted_user_id")
    assert accepted(answer).user_id == "IT.10000000000000000002"
    assert accepted(answer).wa_id == ""


@pytest.mark.parametrize("path", files("errors"), ids=lambda path: path.stem)
def test_every_golden_error_is_a_rejection_of_its_kind(path):
    error = error_of(400, (WIRE / "errors" / path.name).read_bytes())
    assert isinstance(error, RejectedError)
    assert error.error.code == int(path.stem.split("_")[0])
    assert known(error.error.code) is not None
    assert error.kind is kind_of(error.error.code, error.error.subcode)
    assert error.error.fbtrace_id
