"""Files of rows: read however they were saved, whole or told why not."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportello.intake import portions
from sportello.intake.table import COLUMNS_MAX, Flaw, UnfitFile, opened
from sportello.rules.columns import Column, Part
from sportello.rules.contact_rows import Claim
from tests.workers.desk import NOW


def _rows(content: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in opened(io.BytesIO(content)).rows]


@pytest.mark.parametrize(
    "content",
    [
        "Nome;Telefono\nZoë;3471234567\n".encode(),
        "Nome,Telefono\r\nZoë,3471234567\r\n".encode("utf-8-sig"),
        "Nome\tTelefono\nZoë\t3471234567".encode("utf-16"),
        "Nome|Telefono\nZoë|3471234567".encode("cp1252"),
        '"Nome";"Telefono"\n\n"Zoë";"3471234567"\n;\n'.encode(),
    ],
)
def test_finds_out_encoding_and_separator(content: bytes) -> None:
    read = opened(io.BytesIO(content))

    assert (read.headers, [row.cells for row in read.rows]) == (
        ("Nome", "Telefono"), [("Zoë", "3471234567")],
    )  # fmt: skip


def test_a_letter_far_down_says_which_encoding_the_whole_file_has() -> None:
    many = "Nome;Telefono\n" + "Anna;3471234567\n" * 100_000 + "Niccolò;3471234568\n"

    assert _rows(many.encode("cp1252"))[-1][0] == "Niccolò"


def test_a_comma_in_a_quoted_cell_separates_nothing() -> None:
    rows = _rows(b'Nome;Telefono\n"Rossi, Anna";3471234567\n"Verdi; Ugo";3471234568')

    assert [row[0] for row in rows] == ["Rossi, Anna", "Verdi; Ugo"]


def test_a_file_without_headers_loses_no_row() -> None:
    read = opened(io.BytesIO(b"Anna;3471234567\nUgo;3471234568"))

    assert ([row.number for row in read.rows], read.headers) == ([1, 2], ("", ""))


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", Flaw.EMPTY),
        (b"\n;\n", Flaw.EMPTY),
        (b"PK\x03\x04...", Flaw.NOT_A_TABLE),
        (b"\xd0\xcf\x11\xe0", Flaw.OLD_SPREADSHEET),
        (b"a\0b;c", Flaw.NOT_A_TABLE),
        (b";".join([b"a"] * (COLUMNS_MAX + 1)) + b"\n", Flaw.TOO_MANY_COLUMNS),
    ],
)
def test_says_what_is_wrong_with_a_file(content: bytes, flaw: Flaw) -> None:
    with pytest.raises(UnfitFile) as unfit:
        portions.look(io.BytesIO(content))

    assert unfit.value.flaw is flaw


@given(st.binary(max_size=400))
@settings(max_examples=100)
def test_any_bytes_are_rows_of_one_width_or_unfit(content: bytes) -> None:
    try:
        read = opened(io.BytesIO(content))
        assert all(len(row.cells) == len(read.headers) for row in read.rows)
    except UnfitFile:
        pass


@given(st.integers(0, 60))
@settings(max_examples=20)
def test_who_begins_later_gets_the_same_portions(after: int) -> None:
    content = b"Tel;Nome\n" + b"".join(b"347%07d;P\n" % (n // 2) for n in range(60))
    plan = portions.Plan([Column(Part.PHONE), Column(Part.NAME)], Claim(), "IT", "Europe/Rome", NOW)

    whole = list(portions.portions(io.BytesIO(content), plan))
    rest = list(portions.portions(io.BytesIO(content), plan, after=after))

    lines = [fit.line for portion in whole for fit in portion.fits]
    assert lines == list(range(2, 62, 2))
    assert [portion.upto for portion in rest] == ([60] if after < 60 else [])
