"""What is sent, against its template."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.template import parse
from sportello.rules.template_match import (
    ANSWERS,
    GAP_MESSAGES,
    Filling,
    GapCode,
    filled,
    gaps,
    needs,
)
from sportello.rules.template_values import HeaderKind, Part
from tests.rules.template_samples import SAMPLE, link, reply, template


def made(body="Gentile {{1}}, il suo ordine {{2}} è pronto.", **changed):
    return parse(template(body, **changed))


def codes(given_template, **filling):
    return [gap.code for gap in gaps(given_template, Filling(**filling))]


RIGHT = {"1": "Anna", "2": "A1023"}


def test_says_what_a_send_needs():
    wanted = needs(
        made(
            header={"format": "IMAGE", "example": SAMPLE},
            buttons=[
                reply("Sì"),
                link("https://esempio.it/{{1}}"),
                link("https://esempio.it"),
                {"type": "COPY_CODE", "example": "CIAO"},
            ],
        ).parts
    )
    assert wanted.header == ()
    assert wanted.media is HeaderKind.IMAGE
    assert wanted.body == ("1", "2")
    assert wanted.buttons == (1, 3)


def test_what_fits_has_no_gaps():
    header = {"format": "TEXT", "text": "Ordine {{1}}"}
    given_template = made(header=header, buttons=[link("https://esempio.it/{{1}}")])
    filling = {"header": {"1": "A1"}, "body": RIGHT, "buttons": {0: "a/b?c=1"}}
    assert codes(given_template, **filling) == []


@pytest.mark.parametrize(
    ("body", "code", "answer"),
    [
        ({"1": "Anna"}, GapCode.VALUE_MISSING, 132000),
        ({"1": "Anna", "2": " "}, GapCode.VALUE_MISSING, 132000),
        ({**RIGHT, "3": "x"}, GapCode.VALUE_UNKNOWN, 132000),
        ({**RIGHT, "1": "Anna\nBianchi"}, GapCode.VALUE_SPACES, 132018),
        ({**RIGHT, "1": "Anna\tBianchi"}, GapCode.VALUE_SPACES, 132018),
        ({**RIGHT, "1": "Anna     Bianchi"}, GapCode.VALUE_SPACES, 132018),
        ({**RIGHT, "1": "x" * 1000}, GapCode.TEXT_TOO_LONG, 132005),
    ],
)
def test_a_value_that_does_not_fit_the_body(body, code, answer):
    found = gaps(made(), Filling(body=body))
    assert [(gap.code, gap.part, gap.answers) for gap in found] == [(code, Part.BODY, answer)]


def test_four_spaces_in_a_row_may_be_sent():
    assert codes(made(), body={**RIGHT, "1": "Anna    Bianchi"}) == []


def test_the_text_may_be_as_long_as_meta_takes():
    fixed = len("Ciao , ok.")
    given_template = made("Ciao {{1}}, ok.")
    assert codes(given_template, body={"1": "x" * (1024 - fixed)}) == []
    assert codes(given_template, body={"1": "x" * (1025 - fixed)}) == [GapCode.TEXT_TOO_LONG]


def test_named_variables_go_by_their_names():
    given_template = made("Gentile {{nome}}, è tutto pronto.", parameter_format="NAMED")
    assert codes(given_template, body={"nome": "Anna"}) == []
    assert codes(given_template, body={"1": "Anna"}) == [
        GapCode.VALUE_MISSING,
        GapCode.VALUE_UNKNOWN,
    ]


@pytest.mark.parametrize(
    ("wanted", "media", "expected"),
    [
        ("IMAGE", HeaderKind.IMAGE, []),
        ("IMAGE", None, [GapCode.MEDIA_MISSING]),
        ("IMAGE", HeaderKind.VIDEO, [GapCode.MEDIA_WRONG]),
        ("GIF", HeaderKind.VIDEO, []),
        ("LOCATION", HeaderKind.LOCATION, []),
        ("LOCATION", None, [GapCode.MEDIA_MISSING]),
        (None, HeaderKind.IMAGE, [GapCode.MEDIA_UNEXPECTED]),
    ],
)
def test_a_header_takes_its_own_kind_of_file(wanted, media, expected):
    header = {"header": {"format": wanted, "example": SAMPLE}} if wanted else {}
    assert codes(made(**header), body=RIGHT, media=media) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({1: "abc", 2: "CIAO10"}, []),
        ({0: "payload", 1: "abc", 2: "CIAO10"}, []),
        ({2: "CIAO10"}, [GapCode.BUTTON_VALUE_MISSING]),
        ({1: "a b", 2: "CIAO10"}, [GapCode.BUTTON_VALUE_WRONG]),
        ({1: "x" * 2000, 2: "CIAO10"}, [GapCode.BUTTON_VALUE_WRONG]),
        ({1: "abc", 2: "CIAO-10"}, [GapCode.BUTTON_VALUE_WRONG]),
        ({1: "abc", 2: "C" * 21}, [GapCode.BUTTON_VALUE_WRONG]),
        ({1: "abc", 2: "CIAO10", 3: "x"}, [GapCode.BUTTON_UNKNOWN]),
        ({1: "abc", 2: "CIAO10", 9: "x"}, [GapCode.BUTTON_UNKNOWN]),
    ],
)
def test_buttons_take_what_they_need(values, expected):
    given_template = made(
        buttons=[
            reply("Sì"),
            link("https://esempio.it/{{1}}"),
            {"type": "COPY_CODE", "example": "CIAO"},
            {"type": "PHONE_NUMBER", "text": "Chiama", "phone_number": "+39061234567"},
        ]
    )
    assert codes(given_template, body=RIGHT, buttons=values) == expected


def test_an_access_code_has_fifteen_characters_at_most():
    given_template = made(
        "{{1}} è il suo codice.",
        category="AUTHENTICATION",
        buttons=[link("https://www.whatsapp.com/otp/code/?code=otp{{1}}")],
    )
    filling = {"body": {"1": "1" * 15}, "buttons": {0: "1" * 15}}
    assert codes(given_template, **filling) == []
    longer = {"body": {"1": "1" * 16}, "buttons": {0: "1" * 16}}
    assert codes(given_template, **longer) == [GapCode.CODE_TOO_LONG]


def test_each_card_is_filled_by_itself():
    body = template(category="MARKETING")
    card = {
        "components": [
            {"type": "HEADER", "format": "IMAGE", "example": SAMPLE},
            {"type": "BODY", "text": "Torta {{1}} in forno"},
        ]
    }
    body["components"].append({"type": "CAROUSEL", "cards": [card, card]})
    one = Filling(body={"1": "di mele"}, media=HeaderKind.IMAGE)
    found = gaps(parse(body), Filling(body={"1": "Anna"}, cards=(one, Filling(body={"1": "x"}))))
    assert [(gap.code, gap.card) for gap in found] == [(GapCode.MEDIA_MISSING, 1)]
    assert codes(parse(body), body={"1": "Anna"}, cards=(one,)) == [GapCode.CARDS_COUNT]


def test_shows_what_the_customer_reads():
    given_template = made(
        header={"format": "TEXT", "text": "Ordine {{1}}"},
        footer="Ferramenta Bruni",
        buttons=[reply("Sì"), link("https://esempio.it/{{1}}?da=wa")],
    )
    filling = Filling(header={"1": "A1"}, body={"1": "{{2}}", "2": "A1023"}, buttons={1: "x"})
    shown = filled(given_template.parts, filling)
    assert shown.header == "Ordine A1"
    assert shown.body == "Gentile {{2}}, il suo ordine A1023 è pronto."
    assert shown.footer == "Ferramenta Bruni"
    assert shown.links == ((1, "https://esempio.it/x?da=wa"),)


def test_every_gap_has_its_answer_and_its_words():
    assert set(ANSWERS) == set(GAP_MESSAGES) == set(GapCode)


values = st.dictionaries(st.sampled_from(["1", "2", "nome"]), st.text(max_size=12), max_size=3)


@given(values, values, st.dictionaries(st.integers(0, 3), st.text(max_size=8), max_size=3))
def test_whatever_has_no_gaps_leaves_no_variable_open(header, body, buttons):
    given_template = made(
        header={"format": "TEXT", "text": "Ordine {{1}}"},
        buttons=[link("https://esempio.it/{{1}}"), reply("Sì")],
    )
    filling = Filling(header=header, body=body, buttons=buttons)
    found = gaps(given_template, filling)
    assert all(gap.message for gap in found)
    if not found:
        assert set(body) == {"1", "2"}
        assert filled(given_template.parts, filling).header == f"Ordine {header['1']}"
