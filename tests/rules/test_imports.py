"""Files of contacts: read however they were saved, and no number made up."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportello.rules import columns, contact_rows, phone, properties, provenance
from sportello.rules.columns import Column, Part
from sportello.rules.consent import Topic
from sportello.rules.contact_rows import WRONG_DATE, Claim, Flaw, Row, Wrong
from sportello.rules.properties import Kind

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")
YESTERDAY = NOW - timedelta(days=1)
# Digits as people write them, often those of a mobile number.
_TYPED = r"(\+39|0039|39|\+49|0|)[ .-]?(3[2-9]|1[5-7]|7[1-9]|2)[0-9]{1,3}[ .-]?[0-9]{3,8}"
AGREED = Claim("marketing", "modulo in negozio", "Acconsento a ricevere offerte", YESTERDAY)


@pytest.mark.parametrize(
    ("written", "wa_id"),
    [
        ("347 123 4567", "393471234567"),
        ("+39 347 123 4567", "393471234567"),
        ("0039 347 1234567", "393471234567"),
        ("393471234567", "393471234567"),
        ("393471234567.0", "393471234567"),
        ("3471234567,00", "393471234567"),
        ("347.1234.000", "393471234000"),
        ("347 1234.000", "393471234000"),
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


@given(st.sampled_from(["IT", "DE", "GB", "US"]), st.from_regex(_TYPED, fullmatch=True))
@settings(max_examples=200)
def test_the_quick_way_to_a_mobile_number_says_what_the_long_one_says(
    country: str, typed: str
) -> None:
    """The long way is taken where a sign that means nothing stands behind the number."""
    quick, long = phone.wa_id(typed, country), phone.wa_id(f"{typed}/", country)

    assert quick == long


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
    parts = columns.guess(["Tel", "Città", "Testo consenso"])
    named = [Column(part, name) for part, name in zip(parts, ["", "Città", ""], strict=True)]
    cells = [["3471234567", "Roma", "Sì alle offerte"], ["3471234568", "Bari", ""]]

    own, shared = (
        columns.row(line, row, named, AGREED, ROME) for line, row in zip((2, 3), cells, strict=True)
    )

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


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        (Kind.NUMBER, "1.250", "1250"),
        (Kind.NUMBER, "1.234,5 €", "1234.5"),
        (Kind.NUMBER, "1,234.50", "1234.50"),
        (Kind.NUMBER, "-7,5", "-7.5"),
        (Kind.NUMBER, "molti", None),
        (Kind.DATE, "1/2/1990", "01/02/1990"),
        (Kind.DATE, "1990-02-01 00:00:00", "01/02/1990"),
        (Kind.DATE, "31/02/1990", None),
        (Kind.CHOICE, " Bari ", "Bari"),
    ],
)
def test_a_property_is_kept_as_its_kind_is(kind: Kind, written: str, kept: str | None) -> None:
    assert properties.fit(kind, written) == kept


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1/2/1990", "", "2026-11-22"], Kind.DATE),
        (["7", "1.250"], Kind.NUMBER),
        (["70121", "00184"], Kind.TEXT),
        (["Bari", "Roma"] * 8, Kind.CHOICE),
        (["Ada", "Ivo", "Eva"], Kind.TEXT),
        ([], Kind.TEXT),
    ],
)
def test_a_property_s_kind_is_guessed_from_its_values(cells: list[str], kind: Kind) -> None:
    assert properties.guess(cells) is kind
