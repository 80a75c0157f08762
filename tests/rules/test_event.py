"""What an automation reads out of a hostile event."""

import pytest

from sportello.rules.event import PATH_MAX, VALUE_MAX, Fields, Read, is_path, read

EVENT = {
    "customer": {
        "phone": " +39 333\n1234567 ",
        "name": "Anna\u0000 Bianchi",
        "tags": ["vip", "old"],
    },
    "id": 812,
    "price": 12.5,
    "paid": True,
    "late": False,
    "privacy": "Sì",
    "nothing": None,
    "list": ["a"],
}


def test_each_thing_is_read_from_where_it_stands() -> None:
    fields = Fields(
        phone="customer.phone",
        name="customer.name",
        event="id",
        consent="privacy",
        properties={
            "tag": "customer.tags.1",
            "price": "price",
            "paid": "paid",
            "late": "late",
            "gone": "customer.mail",
            "object": "customer",
        },
    )

    assert read(EVENT, fields) == Read(
        phone="+39 333 1234567",
        name="Anna Bianchi",
        event="812",
        agreed=True,
        properties={"tag": "old", "price": "12.5", "paid": "true", "late": "false"},
    )


def test_what_no_path_names_is_empty_and_asks_for_no_consent() -> None:
    assert read(EVENT, Fields(phone="")) == Read("", "", "", agreed=True, properties={})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("list.0", "a"),
        ("list.1", ""),
        ("list.x", ""),
        ("list.-1", ""),
        ("list.\u00b2", ""),
        ("id.0", ""),
        ("nothing", ""),
        ("nothing.more", ""),
        ("list", ""),
    ],
)
def test_a_path_that_leads_nowhere_reads_as_empty(path, value) -> None:
    assert read(EVENT, Fields(phone=path)).phone == value


@pytest.mark.parametrize("word", ["true", True, 1, "YES", "y", "On", "si", "sì", " ok "])
def test_a_yes_is_a_consent(word) -> None:
    assert read({"c": word}, Fields(phone="", consent="c")).agreed


@pytest.mark.parametrize("word", ["", "no", False, 0, None, "yes please", ["yes"]])
def test_anything_else_is_none(word) -> None:
    assert not read({"c": word}, Fields(phone="", consent="c")).agreed
    assert not read({}, Fields(phone="", consent="c")).agreed


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    assert read({"a": "x" * 9_999}, Fields(phone="a")).phone == "x" * VALUE_MAX


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("order.customer.phone", True),
        ("a-b.c_d.0", True),
        ("a.b.c.d.e.f.g.h", True),
        ("a.b.c.d.e.f.g.h.i", False),
        ("", False),
        ("a..b", False),
        ("a b", False),
        (f"{'a' * 60}.{'b' * 59}", True),
        (f"{'a' * 60}.{'b' * 60}", False),
    ],
)
def test_a_path_names_keys_alone(text, fits) -> None:
    assert len(text) <= PATH_MAX + 1
    assert is_path(text) is fits
