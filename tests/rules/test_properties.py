"""What a company notes of its contacts: numbers and dates of two languages, kept in one way."""

from datetime import UTC, date

import pytest

from sportello.rules import properties
from sportello.rules.columns import Column, Part, row
from sportello.rules.contact_rows import Claim, Flaw
from sportello.rules.properties import Kind


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        (Kind.NUMBER, " 7 ", "7"),
        (Kind.NUMBER, "-7", "-7"),
        (Kind.NUMBER, "12,5", "12.5"),
        (Kind.NUMBER, "12.5", "12.5"),
        (Kind.NUMBER, "1.234", "1234"),
        (Kind.NUMBER, "1.234.567,89", "1234567.89"),
        (Kind.NUMBER, "1,234,567.89", "1234567.89"),
        (Kind.NUMBER, "€ 1.234,50", "1234.50"),
        (Kind.NUMBER, "99 $", "99"),
        (Kind.NUMBER, "1.23.4", None),
        (Kind.NUMBER, "sette", None),
        (Kind.NUMBER, "", None),
        (Kind.NUMBER, "1" * 16, None),
        (Kind.NUMBER, "1,1234567", None),
        (Kind.DATE, "2026-12-31", "31/12/2026"),
        (Kind.DATE, " 31/12/2026 ", "31/12/2026"),
        (Kind.DATE, "1.2.1990 08:30", "01/02/1990"),
        (Kind.DATE, "31/02/2026", None),
        (Kind.DATE, "2026", None),
        (Kind.DATE, "31/12/20261", None),
        (Kind.TEXT, "  Bari ", "Bari"),
        (Kind.CHOICE, " oro", "oro"),
    ],
)
def test_a_value_is_kept_in_one_way(kind: Kind, text: str, kept: str | None) -> None:
    assert properties.fit(kind, text) == kept


def test_a_day_is_read_from_both_orders() -> None:
    assert properties.day_of("2026-1-2") == properties.day_of("2/1/2026") == date(2026, 1, 2)
    assert properties.day_of("oggi") is None


@pytest.mark.parametrize(
    ("kind", "text", "before", "kept"),
    [
        (Kind.CHOICE, "oro", "", "oro"),
        (Kind.CHOICE, " oro ", "", "oro"),
        (Kind.CHOICE, "rame", "", None),
        (Kind.CHOICE, "rame", "rame", "rame"),
        (Kind.NUMBER, "sette", "sette", "sette"),
        (Kind.NUMBER, "sette", "otto", None),
        (Kind.NUMBER, "7,5", "", "7.5"),
        (Kind.DATE, "", "31/12/2026", ""),
        (Kind.TEXT, "ciao", "", "ciao"),
    ],
)
def test_what_somebody_writes_fits_or_was_there_before(
    kind: Kind, text: str, before: str, kept: str | None
) -> None:
    assert properties.entered(kind, ["oro", "argento"], text, before) == kept


def test_options_are_lines_without_repetitions_in_the_order_of_the_first() -> None:
    assert properties.options(" oro \n\nargento\nORO\n rame") == ["oro", "argento", "rame"]
    assert properties.options("x" * 70) == ["x" * properties.OPTION_LENGTH_MAX]
    many = [f"voce {n}" for n in range(properties.OPTIONS_MAX + 1)]
    assert properties.options("\n".join(many)) == many[:-1]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([], Kind.TEXT),
        (["", "  "], Kind.TEXT),
        (["1/2/1990", " 2026-01-01 ", ""], Kind.DATE),
        (["7", " 12,5 ", "1.000"], Kind.NUMBER),
        (["70121", "00184"], Kind.TEXT),
        (["333123456"], Kind.TEXT),
        (["7", "sette"], Kind.TEXT),
        (["oro", "rame"] * 4, Kind.CHOICE),
        (["oro", "rame", "oro", "rame", "oro", "rame", "oro"], Kind.TEXT),
        (["a", "b", "c", "a", "b", "c", "a", "b", "c", "a"], Kind.TEXT),
        (["a", "b", "a", "b", "a", "b", "a", "b", "", " "], Kind.CHOICE),
    ],
)
def test_a_column_is_taken_for_what_all_of_its_values_are(cells: list[str], kind: Kind) -> None:
    assert properties.guess(cells) is kind


def test_the_values_of_a_sample_come_by_how_often() -> None:
    assert properties.choices(["b", " a", "a ", "", "c", "b", "b"]) == ["b", "a", "c"]
    many = [f"{n:02}" for n in range(properties.CHOICES_MAX + 5)]
    assert properties.choices(many) == many[: properties.CHOICES_MAX]


def test_a_cell_of_the_wrong_kind_is_left_out_and_told_once() -> None:
    columns = [
        Column(Part.PHONE, ""),
        Column(Part.PROPERTY, "punti", Kind.NUMBER),
        Column(Part.PROPERTY, "altri", Kind.NUMBER),
        Column(Part.PROPERTY, "nata", Kind.DATE),
        Column(Part.PROPERTY, "città", Kind.TEXT),
    ]
    nobody = Claim("marketing", "", "", None)

    found = row(3, ["347", "sette", "otto", "ieri", "Bari"], columns, nobody, UTC)

    assert found.properties == {"città": "Bari"}
    assert found.flaws == (Flaw.NOT_A_NUMBER, Flaw.NOT_A_DATE)
    assert (found.line, found.phone, found.name, found.language) == (3, "347", "", "")
