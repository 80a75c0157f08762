"""A table's cells as the rows of an import, part by part, and what two rows of one number make."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sportello.rules import columns, contact_rows
from sportello.rules.columns import Column, Part
from sportello.rules.consent import Topic
from sportello.rules.contact_rows import (
    NAME_MAX,
    TEXT_MAX,
    VALUE_MAX,
    Claim,
    Consent,
    Fit,
    Flaw,
    Row,
    Wrong,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")
SHARED = Claim("marketing", "modulo", "Acconsento", NOW)
HEADERS = {
    "Telefono": Part.PHONE,
    "Nome": Part.NAME,
    "Cognome": Part.SURNAME,
    "Lingua": Part.LANGUAGE,
    "Città": Part.PROPERTY,
    "Note": Part.NONE,
    "Consenso tipo": Part.CONSENT_KIND,
    "Consenso fonte": Part.CONSENT_SOURCE,
    "Consenso testo": Part.CONSENT_TEXT,
    "Consenso data": Part.CONSENT_AT,
}


def _rows(*cells, shared=SHARED):
    wanted = [Column(part, name) for name, part in HEADERS.items()]
    return [columns.row(7, cells, wanted, shared, ROME)]


def test_every_column_goes_where_it_belongs():
    cells = (
        *("333 1234567", "Anna", "Rossi", "English", "Milano", "da richiamare"),
        *("Servizi", "fiera", "Sì, scrivetemi", "01/02/2026 9:05:30"),
    )
    assert _rows(*cells) == [
        Row(
            line=7,
            phone="333 1234567",
            name="Anna Rossi",
            language="en",
            properties={"Città": "Milano"},
            consent=Claim(
                "utility",
                "fiera",
                "Sì, scrivetemi",
                datetime(2026, 2, 1, 9, 5, 30, tzinfo=ROME),
            ),
        )
    ]


def test_what_a_row_leaves_open_is_the_shared_consent_s():
    (row,) = _rows("333 1234567", "", "Rossi", "", "", "", "", "", "", "")
    assert (row.name, row.language, row.properties) == ("Rossi", "", {})
    assert row.consent == SHARED


def test_a_table_without_such_columns_gives_bare_rows():
    assert columns.row(2, ("x",), [Column(Part.NONE, "Note")], Claim(), ROME) == Row(2, "")


def test_cells_and_columns_must_be_as_many():
    with pytest.raises(ValueError, match="zip"):
        columns.row(1, ("1", "2"), [Column(Part.PHONE, "a")], Claim(), ROME)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("it", "it"),
        ("IT", "it"),
        ("en_US", "en"),
        ("pt-br", "pt"),
        ("Inglese", "en"),
        ("Français", ""),
        ("deutsch", "de"),
        ("spagnolo", "es"),
        ("x", ""),
        ("ita", ""),
        ("", ""),
    ],
)
def test_a_language_is_read_by_code_or_by_name(text, code):
    assert columns.language(text) == code


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Promozioni", "marketing"),
        ("PUBBLICITÀ", "marketing"),
        ("servizio", "utility"),
        ("Utility", "utility"),
        ("Marketing!", "marketing"),
        ("altro", "altro"),
    ],
)
def test_a_kind_of_consent_is_read_in_words(text, kind):
    row = columns.row(1, (text,), [Column(Part.CONSENT_KIND, "tipo")], Claim(), ROME)
    assert row.consent.category == kind


def _row(line=1, phone="3331234567", **parts):
    return Row(line, phone, **parts)


def _checked(*rows):
    return contact_rows.check(rows, "IT", NOW)


def test_a_row_becomes_a_contact_with_all_that_it_says():
    whole = Claim("utility", "s" * 600, "t" * 1200, NOW)
    found = _checked(
        _row(
            3,
            name=f"  {'n' * 300}  ",
            language="en",
            properties={" città ": "v" * 600, "vuota": ""},
            consent=whole,
        )
    )
    assert found.fits == [
        Fit(
            line=3,
            wa_id="393331234567",
            name="n" * NAME_MAX,
            language="en",
            properties={"città": "v" * VALUE_MAX},
            consent=Consent(Topic.UTILITY, "s" * VALUE_MAX, "t" * TEXT_MAX, NOW),
        )
    ]
    assert (found.wrongs, found.merged) == ([], 0)


def test_a_consent_without_a_kind_is_to_promotions_and_one_of_this_instant_counts():
    (fit,) = _checked(_row(consent=Claim("", "", "Sì", NOW))).fits
    assert fit.consent == Consent(Topic.MARKETING, "", "Sì", NOW)

    later = _checked(_row(consent=Claim("", "", "Sì", NOW + timedelta(microseconds=1))))
    assert (later.fits[0].consent, later.wrongs) == (None, [Wrong(1, Flaw.CONSENT_IN_FUTURE)])


def test_rows_after_a_wrong_one_are_read():
    found = _checked(_row(1, "x"), _row(2), _row(3, ""))
    assert [fit.line for fit in found.fits] == [2]
    assert found.wrongs == [Wrong(1, Flaw.WRONG_PHONE), Wrong(3, Flaw.PHONE_MISSING)]


def test_a_later_row_of_the_same_number_completes_the_first():
    old, new = (Claim("", "", "Sì", NOW - timedelta(days=days)) for days in (2, 1))
    found = _checked(
        _row(1, name="Anna", properties={"città": "Roma"}, consent=new),
        _row(2, name="A. Rossi", language="it", properties={"città": "X", "cap": "1"}, consent=old),
        _row(3, language="en", consent=Claim()),
        _row(4, "3331234568"),
    )
    assert found.merged == 2
    first, other = found.fits
    assert (first.line, first.name, first.language) == (1, "Anna", "it")
    assert first.properties == {"città": "Roma", "cap": "1"}
    assert first.consent.at == NOW - timedelta(days=1)
    assert (other.line, other.consent) == (4, None)


def test_the_newer_consent_of_two_rows_counts_in_whichever_row_it_is():
    old, new = (Claim("", "", "Sì", NOW - timedelta(days=days)) for days in (2, 1))
    for first, second in ((old, new), (new, old)):
        (fit,) = _checked(_row(1, consent=first), _row(2, consent=second)).fits
        assert fit.consent.at == NOW - timedelta(days=1)
    (fit,) = _checked(_row(1), _row(2, name="Anna", consent=old)).fits
    assert (fit.name, fit.consent.at) == ("Anna", NOW - timedelta(days=2))
