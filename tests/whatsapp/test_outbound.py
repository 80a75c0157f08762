"""Messages as Meta wants them, within Meta's limits. The golden requests are in tests/wire."""

import pytest

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
    UnsendableError,
    addressed,
    body_of,
)


def rows(count):
    return tuple(Row(f"r{n}", f"Riga {n}") for n in range(count))


def template(**parts):
    return Template("promemoria_v1", "it", **parts)


FITTING = [
    Text("a" * 4096),
    Media("image", id="1", caption="c" * 1024),
    Media("sticker", link="https://example.com/a.webp"),
    Buttons("b" * 1024, (Button("i" * 256, "t" * 20),), header="h" * 60, footer="f" * 60),
    List("b" * 4096, "a" * 20, (Section(rows(10)),)),
    List("b", "a", (Section(rows(1), "uno"), Section((Row("x", "t" * 24, "d" * 72),), "t" * 24))),
    Reaction("wamid.X", ""),
    template(body=(TextParameter("v" * 1024),), buttons=(ButtonParameter(9, "url", "abc"),)),
]


@pytest.mark.parametrize("message", FITTING)
def test_what_just_fits_is_sent(message):
    body = body_of(message)
    assert body[body["type"]]


@pytest.mark.parametrize(
    ("message", "part"),
    [
        (Text(""), "text.body"),
        (Text(" \n"), "text.body"),
        (Text("a" * 4097), "text.body"),
        (Media("hologram", id="1"), "type"),
        (Media("image"), "image"),
        (Media("image", id="1", link="https://example.com/a.png"), "image"),
        (Media("image", link="http://example.com/a.png"), "image.link"),
        (Media("image", id="1", caption="c" * 1025), "image.caption"),
        (Media("audio", id="1", caption="c"), "audio.caption"),
        (Buttons("b", ()), "interactive.action.buttons"),
        (
            Buttons("b", tuple(Button(str(n), f"t{n}") for n in range(4))),
            "interactive.action.buttons",
        ),
        (Buttons("b", (Button("1", "t" * 21),)), "button.title"),
        (Buttons("b", (Button("", "t"),)), "button.id"),
        (Buttons("b", (Button("1", "t"), Button("1", "u"))), "button.id"),
        (Buttons("b", (Button("1", "t"), Button("2", "t"))), "button.title"),
        (Buttons("b" * 1025, (Button("1", "t"),)), "interactive.body"),
        (Buttons("b", (Button("1", "t"),), header="h" * 61), "interactive.header"),
        (Buttons("b", (Button("1", "t"),), footer="f" * 61), "interactive.footer"),
        (List("b", "a", (Section(rows(11)),)), "interactive.action.sections"),
        (List("b", "a", ()), "interactive.action.sections"),
        (List("b", "a", (Section(rows(1), "x"), Section((), "y"))), "interactive.action.sections"),
        (List("b", "a", (Section(rows(1)), Section((Row("z", "z"),)))), "section.title"),
        (List("b", "a", (Section(rows(1), "t" * 25),)), "section.title"),
        (List("b", "a" * 21, (Section(rows(1)),)), "interactive.action.button"),
        (List("b", "a", (Section((Row("1", "t" * 25),)),)), "row.title"),
        (List("b", "a", (Section((Row("1", "t", "d" * 73),)),)), "row.description"),
        (List("b", "a", (Section((Row("1", "t"), Row("1", "u"))),)), "row.id"),
        (template(body=(TextParameter(""),)), "parameter.text"),
        (template(body=(TextParameter("a\nb"),)), "parameter.text"),
        (template(body=(TextParameter("a\tb"),)), "parameter.text"),
        (template(body=(TextParameter("a     b"),)), "parameter.text"),
        (template(header=MediaParameter("audio", id="1")), "parameter.type"),
        (template(header=MediaParameter("image")), "parameter.image"),
        (template(buttons=(ButtonParameter(10, "url", "a"),)), "button"),
        (template(buttons=(ButtonParameter(0, "phone", "a"),)), "button"),
        (template(buttons=(ButtonParameter(0, "copy_code", "A" * 21),)), "button.coupon_code"),
        (Template("", "it"), "template.name"),
        (Template("x", ""), "template.language.code"),
    ],
)
def test_what_breaks_a_limit_names_the_part(message, part):
    with pytest.raises(UnsendableError) as told:
        body_of(message)
    assert told.value.part == part


def test_the_error_does_not_quote_the_text():
    with pytest.raises(UnsendableError) as told:
        body_of(Text("segreto" * 1000))
    assert "segreto" not in str(told.value)


def test_a_number_gets_its_plus_sign_once():
    body = body_of(Text("ciao"))
    assert addressed(body, wa_id="393331234567")["to"] == "+393331234567"
    assert addressed(body, wa_id="+393331234567")["to"] == "+393331234567"


def test_a_number_wins_over_a_user_id_and_one_of_them_is_needed():
    body = body_of(Text("ciao"))
    both = addressed(body, wa_id="393331234567", user_id="IT.1")
    assert "recipient" not in both
    with pytest.raises(UnsendableError):
        addressed(body)


def test_an_attempt_longer_than_the_callback_is_refused():
    with pytest.raises(UnsendableError):
        addressed(body_of(Text("ciao")), wa_id="39333", attempt="a" * 513)


def test_a_reaction_quotes_nothing():
    with pytest.raises(UnsendableError):
        body_of(Reaction("wamid.X", "👍"), reply_to="wamid.Y")
