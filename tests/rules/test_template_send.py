"""A filled template on its way: Meta's JSON, our files in it, and edits that came in between."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.template_match import Filling, gaps
from sportello.rules.template_parse import parse
from sportello.rules.template_send import HeaderFile, body_of, fits, with_media
from sportello.rules.template_values import HeaderKind, Template
from sportello.whatsapp import outbound

REMINDER: dict[str, Any] = {
    "name": "promemoria_v1",
    "language": "it",
    "category": "UTILITY",
    "parameter_format": "NAMED",
    "components": [
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BODY", "text": "Buongiorno {{nome}}, la aspettiamo alle {{ora}} di domani."},
        {"type": "FOOTER", "text": "Studio Rossi"},
        {
            "type": "BUTTONS",
            "buttons": [
                {"type": "QUICK_REPLY", "text": "Confermo"},
                {"type": "URL", "text": "Sposta", "url": "https://example.com/s/{{1}}"},
                {"type": "PHONE_NUMBER", "text": "Chiama", "phone_number": "+390612345678"},
            ],
        },
    ],
}
FILLED = Filling(
    body={"ora": "15:30", "nome": "Anna"}, media=HeaderKind.IMAGE, buttons={1: "abc123"}
)
COUNTED: dict[str, Any] = {
    "name": "conto_v1",
    "language": "it",
    "category": "UTILITY",
    "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Ordine {{1}} pronto"},
        {"type": "BODY", "text": "Il ritiro è dalle {{2}} di {{1}}, la aspettiamo in negozio."},
    ],
}


def edited(body: dict[str, Any], place: int, **changes: Any) -> Template:
    components = [dict(one) for one in body["components"]]
    components[place] |= changes
    return parse(body | {"components": components})


def test_the_body_is_what_the_wire_knows_for_the_same_message() -> None:
    wire = outbound.body_of(
        outbound.Template(
            "promemoria_v1",
            "it",
            header=outbound.MediaParameter("image", id="file:7"),
            body=(
                outbound.TextParameter("Anna", "nome"),
                outbound.TextParameter("15:30", "ora"),
            ),
            buttons=(outbound.ButtonParameter(1, "url", "abc123"),),
        )
    )

    assert body_of(parse(REMINDER), FILLED, HeaderFile(file_id=7)) == wire


def test_counted_variables_go_by_their_number_and_not_by_their_place() -> None:
    filling = Filling(header={"1": "A-7"}, body={"1": "domani", "2": "9"})

    body = body_of(parse(COUNTED), filling, None)

    header, text = body["template"]["components"]
    assert [one["text"] for one in header["parameters"]] == ["A-7"]
    assert [one["text"] for one in text["parameters"]] == ["domani", "9"]


def test_a_template_without_variables_brings_no_components() -> None:
    bare = parse(
        {"name": "ciao", "language": "it", "components": [{"type": "BODY", "text": "Ciao"}]}
    )

    assert "components" not in body_of(bare, Filling(), None)["template"]


def test_our_file_leaves_under_meta_s_id_and_the_kept_body_stays() -> None:
    body = body_of(parse(REMINDER), FILLED, HeaderFile(file_id=7))

    sent = with_media(body, 7, "4000000000000001")

    assert sent["template"]["components"][0]["parameters"][0]["image"] == {"id": "4000000000000001"}
    assert body["template"]["components"][0]["parameters"][0]["image"] == {"id": "file:7"}
    assert with_media(body, 8, "x") == body


def test_words_that_look_like_our_file_stay_words() -> None:
    filling = Filling(body={"nome": "file:7", "ora": "9"}, media=HeaderKind.IMAGE, buttons={1: "a"})
    body = body_of(parse(REMINDER), filling, HeaderFile(link="https://example.com/a.png"))

    assert with_media(body, 7, "4000000000000001") == body


def test_what_was_filled_fits_the_template_it_was_filled_for() -> None:
    assert fits(parse(REMINDER), body_of(parse(REMINDER), FILLED, HeaderFile(file_id=7)))
    counted = body_of(parse(COUNTED), Filling(header={"1": "A"}, body={"1": "b", "2": "c"}), None)
    assert fits(parse(COUNTED), counted)


@pytest.mark.parametrize(
    ("place", "changes"),
    [
        (0, {"format": "DOCUMENT"}),
        (0, {"format": "TEXT", "text": "Promemoria"}),
        (1, {"text": "Buongiorno {{nome}}, la aspettiamo domani in studio."}),
        (1, {"text": "Buongiorno {{nome}}, alle {{ora}} di {{giorno}} in studio."}),
        (1, {"text": "Buongiorno {{chi}}, la aspettiamo alle {{ora}} di domani."}),
        (3, {"buttons": [{"type": "QUICK_REPLY", "text": "Confermo"}]}),
    ],
)
def test_an_edit_of_what_it_takes_no_longer_fits(place: int, changes: dict[str, Any]) -> None:
    body = body_of(parse(REMINDER), FILLED, HeaderFile(file_id=7))

    assert not fits(edited(REMINDER, place, **changes), body)


def test_an_edit_of_the_words_alone_still_fits() -> None:
    body = body_of(parse(REMINDER), FILLED, HeaderFile(file_id=7))
    text = "Gentile {{nome}}, a domani alle {{ora}} nel nostro studio."

    assert fits(edited(REMINDER, 1, text=text), body)


_words = st.text("abc 123", min_size=1).map(str.strip).filter(bool)


@given(st.dictionaries(st.sampled_from(["nome", "ora"]), _words), _words)
def test_whatever_has_no_gaps_fits(values: dict[str, str], link: str) -> None:
    template = parse(REMINDER)
    filling = Filling(body=values, media=HeaderKind.IMAGE, buttons={1: link.replace(" ", "")})

    if not gaps(template, filling):
        assert fits(template, body_of(template, filling, HeaderFile(file_id=7)))
