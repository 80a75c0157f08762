"""What is kept of a filled template, what may be sent at all, and each gap with its words."""

import pytest

from sportello.rules.template import parse
from sportello.rules.template_match import Filled, Filling, GapCode, filled, gaps
from sportello.rules.template_send import HeaderFile, body_of, fits, is_sendable, shown
from sportello.rules.template_values import HeaderKind, Part
from tests.rules.template_samples import SAMPLE, link, reply, template

PHONE = {"type": "PHONE_NUMBER", "text": "Chiama", "phone_number": "+390612345678"}
COUPON = {"type": "COPY_CODE", "example": "CIAO"}
WHOLE = parse(
    template(
        "Gentile {{1}}, il suo ordine è pronto.",
        header={"format": "TEXT", "text": "Ordine {{1}}"},
        footer="Bottega",
        buttons=[reply("Sì"), link("https://esempio.it/{{1}}", "Vedi"), PHONE, COUPON],
    )
)
FILLING = Filling(
    header={"1": "A7"}, body={"1": "Anna"}, buttons={0: "yes", 1: "abc", 3: "SCONTO25"}
)


def test_what_the_customer_sees_is_kept_in_full():
    assert shown(WHOLE, FILLING, None) == {
        "name": "ordine_pronto",
        "language": "it",
        "category": "utility",
        "header": {"kind": "TEXT", "text": "Ordine A7", "file": None, "link": "", "filename": ""},
        "body": "Gentile Anna, il suo ordine è pronto.",
        "footer": "Bottega",
        "buttons": [
            {"kind": "QUICK_REPLY", "text": "Sì", "target": "yes"},
            {"kind": "URL", "text": "Vedi", "target": "https://esempio.it/abc"},
            {"kind": "PHONE_NUMBER", "text": "Chiama", "target": "+390612345678"},
            {"kind": "COPY_CODE", "text": "", "target": "SCONTO25"},
        ],
    }


def test_a_file_is_kept_with_its_name_and_where_it_is():
    file = HeaderFile(file_id=7, link="https://esempio.it/a.pdf", filename="a.pdf")
    with_file = parse(template(header={"format": "DOCUMENT"}))

    assert shown(with_file, Filling(), file)["header"] == {
        "kind": "DOCUMENT",
        "text": "",
        "file": 7,
        "link": "https://esempio.it/a.pdf",
        "filename": "a.pdf",
    }


def test_what_a_template_lacks_is_empty():
    bare = parse({"name": "x", "language": "it", "components": [{"type": "BODY", "text": "Ciao"}]})

    assert shown(bare, Filling(), None) == {
        "name": "x",
        "language": "it",
        "category": "",
        "header": {"kind": "", "text": "", "file": None, "link": "", "filename": ""},
        "body": "Ciao",
        "footer": "",
        "buttons": [],
    }
    assert filled(parse({}).parts, Filling()) == Filled("", "", "", ())


def test_a_button_without_a_value_of_its_own_shows_its_address():
    plain = parse(template(buttons=[reply("Sì"), link("https://esempio.it")]))
    assert [one["target"] for one in shown(plain, Filling(), None)["buttons"]] == [
        "",
        "https://esempio.it",
    ]


CARDS = {"type": "CAROUSEL", "cards": [{"components": [{"type": "BODY", "text": "Una"}]}] * 2}
OFFER = {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Solo oggi"}}


def _with(*more, **changed):
    body = template(**changed)
    return parse({**body, "components": [*body["components"], *more]})


@pytest.mark.parametrize(
    ("made", "may_be_sent"),
    [
        (WHOLE, True),
        (_with(category="MARKETING"), True),
        (_with(header={"format": "IMAGE"}), True),
        (_with(header={"format": "VIDEO"}), True),
        (_with(header={"format": "GIF"}), True),
        (_with(header={"format": "DOCUMENT"}), True),
        (_with(header={"format": "LOCATION"}), False),
        (_with(header={"format": "PRODUCT"}), False),
        (_with(category="AUTHENTICATION"), False),
        (_with(CARDS), False),
        (_with(OFFER), False),
        (_with(buttons=[reply("Sì"), {"type": "FLOW", "text": "Apri"}]), False),
        (_with(buttons=[{"type": "CATALOG", "text": "Apri"}]), False),
        (parse({**template(), "components": []}), False),
        (parse({**template(), "category": "OTHER"}), False),
    ],
)
def test_which_templates_a_single_send_can_fill(made, may_be_sent):
    assert is_sendable(made) is may_be_sent


@pytest.mark.parametrize(
    ("header", "file", "parameter"),
    [
        (
            "DOCUMENT",
            HeaderFile(link="https://e.it/a", filename="a.pdf"),
            {"type": "document", "document": {"link": "https://e.it/a", "filename": "a.pdf"}},
        ),
        (
            "DOCUMENT",
            HeaderFile(media_id="99"),
            {"type": "document", "document": {"id": "99"}},
        ),
        (
            "IMAGE",
            HeaderFile(file_id=0, media_id="99", filename="a.png"),
            {"type": "image", "image": {"id": "file:0"}},
        ),
        ("GIF", HeaderFile(media_id="99"), {"type": "video", "video": {"id": "99"}}),
    ],
)
def test_a_header_s_file_leaves_by_link_by_our_id_or_by_meta_s(header, file, parameter):
    made = parse(template(header={"format": header}))
    body = body_of(made, Filling(body={"1": "Anna"}), file)
    assert body["template"]["components"][0] == {"type": "header", "parameters": [parameter]}
    assert fits(made, body)


def test_a_file_for_a_header_that_takes_none_is_left_out():
    body = body_of(WHOLE, FILLING, HeaderFile(media_id="99"))
    assert body["template"]["components"][0]["parameters"] == [{"type": "text", "text": "A7"}]


def test_each_kind_of_button_brings_its_value_in_meta_s_shape():
    body = body_of(WHOLE, FILLING, None)
    assert body["template"]["components"][2:] == [
        _button("quick_reply", 0, {"type": "payload", "payload": "yes"}),
        _button("url", 1, {"type": "text", "text": "abc"}),
        _button("copy_code", 3, {"type": "coupon_code", "coupon_code": "SCONTO25"}),
    ]


def _button(sub_type, index, parameter):
    return {
        "type": "button",
        "sub_type": sub_type,
        "index": str(index),
        "parameters": [parameter],
    }


def test_what_brings_nothing_fits_a_template_that_takes_nothing():
    plain = parse(template("Da lunedì apriamo alle nove."))
    assert fits(plain, {})
    assert fits(plain, {"template": {}})
    assert not fits(WHOLE, {})


def test_a_reply_may_bring_its_payload_and_no_other_button_one_that_it_does_not_take():
    plain = parse(template("Ciao a tutti.", buttons=[reply("Sì"), link("https://e.it")]))
    assert fits(plain, body_of(plain, Filling(buttons={0: "yes"}), None))
    assert not fits(
        plain, {"template": {"components": [_button("url", 1, {"type": "text", "text": "a"})]}}
    )


def test_a_place_cannot_stand_for_a_file():
    place = parse(template("Ciao a tutti.", header={"format": "LOCATION"}))
    assert not fits(place, {"template": {"components": []}})


def test_named_values_are_told_by_their_names_whatever_their_order():
    named = parse(
        {**template("Il {{giorno}} alle {{ora}} qui."), "parameter_format": "NAMED"},
    )
    body = body_of(named, Filling(body={"ora": "9", "giorno": "3"}), None)

    assert body["template"]["components"][0]["parameters"] == [
        {"type": "text", "parameter_name": "giorno", "text": "3"},
        {"type": "text", "parameter_name": "ora", "text": "9"},
    ]
    assert fits(named, body)


def _told(made, **given):
    return [(one.code, one.part, one.card, one.message) for one in gaps(made, Filling(**given))]


LONG_CODE = parse(
    {
        "name": "accesso",
        "language": "it",
        "category": "AUTHENTICATION",
        "components": [{"type": "BODY", "text": "{{1}} è il tuo codice."}],
    }
)


@pytest.mark.parametrize(
    ("made", "given", "code", "part", "words"),
    [
        (
            parse(template("Ciao a tutti.", header={"format": "TEXT", "text": "Ordine {{1}}"})),
            {},
            GapCode.VALUE_MISSING,
            Part.HEADER,
            "A value for 1 is missing.",
        ),
        (
            parse(template("Ciao a tutti.", header={"format": "TEXT", "text": "Ordine {{1}}"})),
            {"header": {"1": "x" * 54}},
            GapCode.TEXT_TOO_LONG,
            Part.HEADER,
            "Filled in, the text has 61 characters, 60 at most.",
        ),
        (
            parse(template("Ciao a tutti.", header={"format": "IMAGE"})),
            {},
            GapCode.MEDIA_MISSING,
            Part.HEADER,
            "The header needs its own image.",
        ),
        (
            parse(template("Ciao a tutti.", header={"format": "IMAGE"})),
            {"media": HeaderKind.VIDEO},
            GapCode.MEDIA_WRONG,
            Part.HEADER,
            "The header takes a image, not a video.",
        ),
        (
            parse(template("Ciao a tutti.")),
            {"media": HeaderKind.IMAGE},
            GapCode.MEDIA_UNEXPECTED,
            Part.HEADER,
            "The template's header takes no file.",
        ),
        (
            parse(template("Ciao a tutti.", buttons=[link("https://e.it/{{1}}", "Vedi")])),
            {},
            GapCode.BUTTON_VALUE_MISSING,
            Part.BUTTONS,
            "The button Vedi needs a value.",
        ),
        (
            parse(template("Ciao a tutti.", buttons=[COUPON])),
            {},
            GapCode.BUTTON_VALUE_MISSING,
            Part.BUTTONS,
            "The button 1 needs a value.",
        ),
        (
            parse(template("Ciao a tutti.", buttons=[COUPON])),
            {"buttons": {0: "x" * 21}},
            GapCode.BUTTON_VALUE_WRONG,
            Part.BUTTONS,
            "The value of the button 1 cannot be sent.",
        ),
        (
            parse(template("Ciao a tutti.", buttons=[PHONE])),
            {"buttons": {0: "x"}},
            GapCode.BUTTON_UNKNOWN,
            Part.BUTTONS,
            "The template has no button 1 that takes a value.",
        ),
        (
            LONG_CODE,
            {"body": {"1": "x" * 16}},
            GapCode.CODE_TOO_LONG,
            Part.BODY,
            "A code has 15 characters at most.",
        ),
    ],
)
def test_a_gap_says_where_and_what(made, given, code, part, words):
    assert _told(made, **given) == [(code, part, None, words)]


def test_a_code_of_fifteen_characters_may_be_sent():
    assert _told(LONG_CODE, body={"1": "x" * 15}) == []


def test_a_coupon_and_an_address_may_be_as_long_as_meta_takes():
    made = parse(template("Ciao a tutti.", buttons=[COUPON, link("https://e.it/{{1}}")]))
    bare = len("https://e.it/")
    assert _told(made, buttons={0: "x" * 20, 1: "y" * (2000 - bare)}) == []
    assert [one.code for one in gaps(made, Filling(buttons={0: "x", 1: "y" * (2001 - bare)}))] == [
        GapCode.BUTTON_VALUE_WRONG
    ]


def test_cards_are_counted_and_each_gap_names_its_card():
    card = {
        "components": [
            {"type": "HEADER", "format": "IMAGE", "example": SAMPLE},
            {"type": "BODY", "text": "La {{1}} è qui."},
        ]
    }
    body = template("Ciao a tutti.")
    made = parse(
        {
            **body,
            "components": [*body["components"], {"type": "CAROUSEL", "cards": [card, card]}],
        }
    )
    right = Filling(body={"1": "borsa"}, media=HeaderKind.IMAGE)

    assert _told(made, cards=(right,)) == [
        (GapCode.CARDS_COUNT, Part.CARDS, None, "1 cards, where the template has 2.")
    ]
    assert _told(made, cards=(right, Filling(media=HeaderKind.IMAGE))) == [
        (GapCode.VALUE_MISSING, Part.BODY, 1, "A value for 1 is missing.")
    ]
    assert _told(made, cards=(right, right)) == []
