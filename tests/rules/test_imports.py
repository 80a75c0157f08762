"""Files of contacts: read however they were saved, and no number made up."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules import columns, contact_rows, phone, provenance, table
from sportello.rules.columns import Part
from sportello.rules.consent import Topic
from sportello.rules.contact_rows import WRONG_DATE, Claim, Flaw, Row, Wrong

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")
YESTERDAY = NOW - timedelta(days=1)
AGREED = Claim("marketing", "modulo in negozio", "Acconsento a ricevere offerte", YESTERDAY)


@pytest.mark.parametrize(
    ("written", "wa_id"),
    [
        ("347 123 4567", "393471234567"),
        ("+39 347 123 4567", "393471234567"),
        ("0039 347 1234567", "393471234567"),
        ("393471234567", "393471234567"),
        ("393471234567.0", "393471234567"),
        ("'3471234567", "393471234567"),
        ('="3471234567"', "393471234567"),
        ("+44 7911 123456", "447911123456"),
        ("06 1234 5678", "390612345678"),
        ("3.9E+11", phone.Flaw.MANGLED),
        ("3,9347E+11", phone.Flaw.MANGLED),
        ("39E11", phone.Flaw.MANGLED),
        ("", phone.Flaw.MISSING),
        ("non lo so", phone.Flaw.WRONG),
        ("12", phone.Flaw.WRONG),
        ("3" * 60, phone.Flaw.WRONG),
    ],
)
def test_reads_numbers_as_they_are_written(written: str, wa_id: str) -> None:
    assert phone.wa_id(written, "IT") == wa_id


@given(st.text(max_size=60))
def test_a_number_is_digits_or_a_flaw(text: str) -> None:
    found = phone.wa_id(text, "IT")
    assert isinstance(found, phone.Flaw) or (found.isascii() and found.isdigit())


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
    read = table.read(content)

    assert isinstance(read, table.Table)
    assert (list(read.headers), [list(row) for row in read.rows]) == (
        ["Nome", "Telefono"],
        [["Zoë", "3471234567"]],
    )


def test_a_comma_in_a_quoted_cell_separates_nothing() -> None:
    read = table.read(b'Nome;Telefono\n"Rossi, Anna";3471234567\n"Verdi; Ugo";3471234568')

    assert isinstance(read, table.Table)
    assert [row[0] for row in read.rows] == ["Rossi, Anna", "Verdi; Ugo"]


def test_a_file_without_headers_loses_no_row() -> None:
    read = table.read(b"Anna;3471234567\nUgo;3471234568")

    assert isinstance(read, table.Table)
    assert read.lines == [1, 2]


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", table.Flaw.EMPTY),
        (b"\n;\n", table.Flaw.EMPTY),
        (b"Nome;Telefono\n", table.Flaw.EMPTY),
        (b"PK\x03\x04...", table.Flaw.SPREADSHEET),
        (b"a\0b;c", table.Flaw.NOT_TEXT),
        (b"x" * (table.BYTES_MAX + 1), table.Flaw.TOO_LARGE),
        (b"Nome;Telefono\n" + b"a;1\n" * 10_001, table.Flaw.TOO_MANY_ROWS),
        (b";".join([b"a"] * 60) + b"\n", table.Flaw.TOO_MANY_COLUMNS),
    ],
)
def test_says_what_is_wrong_with_a_file(content: bytes, flaw: table.Flaw) -> None:
    assert table.read(content) is flaw


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_flaw(content: bytes) -> None:
    read = table.read(content)
    assert isinstance(read, table.Flaw) or all(len(row) == len(read.headers) for row in read.rows)


def test_guesses_what_the_columns_are() -> None:
    headers = ["Nome", "Cognome", "Cellulare", "Città", "Testo consenso", "Data del consenso", ""]

    assert columns.guess(headers) == [
        Part.NAME, Part.SURNAME, Part.PHONE, Part.PROPERTY, Part.CONSENT_TEXT, Part.CONSENT_AT,
        Part.NONE,
    ]  # fmt: skip


def test_a_second_column_of_numbers_is_a_property() -> None:
    assert columns.guess(["Telefono", "Telefono casa"]) == [Part.PHONE, Part.PROPERTY]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", None),
        ("21/11/2026", datetime(2026, 11, 21, tzinfo=ROME)),
        ("1.2.2025 9:05", datetime(2025, 2, 1, 9, 5, tzinfo=ROME)),
        ("2026-11-21T10:00:00Z", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("31/02/2026", WRONG_DATE),
        ("ieri", WRONG_DATE),
    ],
)
def test_reads_dates_as_italians_write_them(written: str, read: object) -> None:
    assert columns.instant(written, ROME) == read


def test_a_row_states_its_own_consent_before_the_shared_one() -> None:
    given_table = table.Table(
        ["Tel", "Città", "Testo consenso"],
        [["3471234567", "Roma", "Sì alle offerte"], ["3471234568", "Bari", ""]],
        [2, 3],
    )

    own, shared = columns.rows(given_table, columns.guess(given_table.headers), AGREED, ROME)

    assert (own.line, own.consent.text) == (2, "Sì alle offerte")
    assert (shared.line, shared.consent) == (3, AGREED)
    assert own.properties == {"Città": "Roma"}


def test_rows_of_one_number_become_one_contact() -> None:
    checked = contact_rows.check(
        [
            Row(2, "3471234567", name="Anna", properties={"città": "Roma"}),
            Row(3, "+39 347 1234567", name="A. Bianchi", properties={"punti": "7"}),
        ],
        "IT",
        NOW,
    )

    (fit,) = checked.fits
    assert checked.merged == 1
    assert (fit.name, dict(fit.properties)) == ("Anna", {"città": "Roma", "punti": "7"})


def test_a_row_without_consent_is_a_contact_without_consent() -> None:
    checked = contact_rows.check([Row(2, "3471234567")], "IT", NOW)

    assert checked.fits[0].consent is None
    assert checked.wrongs == []


def test_a_whole_consent_is_kept() -> None:
    checked = contact_rows.check([Row(2, "3471234567", consent=AGREED)], "IT", NOW)

    consent = checked.fits[0].consent
    assert consent is not None
    assert (consent.topic, consent.at) == (Topic.MARKETING, YESTERDAY)


@pytest.mark.parametrize(
    ("claim", "flaw"),
    [
        (Claim("marketing", "modulo", "", YESTERDAY), Flaw.CONSENT_TEXT_MISSING),
        (Claim("marketing", "modulo", "Sì", None), Flaw.CONSENT_DATE_MISSING),
        (Claim("marketing", "modulo", "Sì", WRONG_DATE), Flaw.CONSENT_DATE_WRONG),
        (Claim("marketing", "modulo", "Sì", NOW + timedelta(1)), Flaw.CONSENT_IN_FUTURE),
        (Claim("tutto", "modulo", "Sì", YESTERDAY), Flaw.CONSENT_KIND_UNKNOWN),
    ],
)
def test_half_a_consent_is_told_and_leaves_the_contact_without(claim: Claim, flaw: Flaw) -> None:
    checked = contact_rows.check([Row(7, "3471234567", consent=claim)], "IT", NOW)

    assert checked.wrongs == [Wrong(7, flaw)]
    assert checked.fits[0].consent is None


@pytest.mark.parametrize(
    ("written", "flaw"),
    [("3.9E+11", Flaw.NUMBER_MANGLED), ("", Flaw.PHONE_MISSING), ("x", Flaw.WRONG_PHONE)],
)
def test_a_row_without_a_number_is_refused_with_its_line(written: str, flaw: Flaw) -> None:
    checked = contact_rows.check([Row(9, written)], "IT", NOW)

    assert checked.wrongs == [Wrong(9, flaw)]
    assert checked.fits == []


@pytest.mark.parametrize(
    ("declared", "flaw"),
    [
        ("Clienti del negozio di Bari, modulo cartaceo alla cassa", None),
        ("Iscritti alla newsletter dal sito; non è una lista comprata", None),
        ("", provenance.Flaw.MISSING),
        ("boh", provenance.Flaw.MISSING),
        ("1234567890123", provenance.Flaw.MISSING),
        ("lista comprata da un'agenzia", provenance.Flaw.BOUGHT),
        ("Elenco di aziende acquistato online", provenance.Flaw.BOUGHT),
        ("numeri raccolti da internet", provenance.Flaw.BOUGHT),
        ("we bought the list from a broker", provenance.Flaw.BOUGHT),
        ("scraped from the web pages", provenance.Flaw.BOUGHT),
        ("clienti che hanno acquistato nel 2025 e firmato il modulo", None),
    ],
)
def test_a_list_must_say_where_it_comes_from(declared: str, flaw: provenance.Flaw | None) -> None:
    assert provenance.flaw(declared) is flaw
