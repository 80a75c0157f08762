"""What a cell of a campaign's file column names, and which header carries it."""

import pytest

from sportello.rules.enclosure import REFERENCE_MAX, Reference, flaw, reference
from sportello.rules.files import Flaw
from sportello.rules.template_values import HeaderKind

LONG = "a" * (REFERENCE_MAX + 9)


@pytest.mark.parametrize(
    ("cell", "named"),
    [
        ("", None),
        (" \t", None),
        (" https://example.com/a.PDF ", Reference("https://example.com/a.PDF", is_link=True)),
        ("HTTP://example.com", Reference("HTTP://example.com", is_link=True)),
        ("ftp://example.com/Conto.pdf", Reference("conto.pdf", is_link=False)),
        ("C:\\Conti\\Rossi\\Nr 7.PDF", Reference("nr 7.pdf", is_link=False)),
        ("conti/rossi.pdf", Reference("rossi.pdf", is_link=False)),
        ("Citta\u0300.pdf", Reference("città.pdf", is_link=False)),
        ("Straße.pdf", Reference("strasse.pdf", is_link=False)),
        ("https://" + LONG, Reference(("https://" + LONG)[: REFERENCE_MAX + 1], is_link=True)),
        (LONG, Reference("a" * REFERENCE_MAX, is_link=False)),
    ],
)
def test_a_cell_names_a_link_or_a_file(cell, named) -> None:
    assert reference(cell) == named


def test_the_same_words_have_the_same_key_and_a_link_has_another() -> None:
    first, second = reference("Conti/A.pdf"), reference("a.PDF")

    assert first is not None
    assert second is not None
    assert first.key == second.key
    assert len(first.key) == 64
    assert first.key != Reference("b.pdf", is_link=False).key


@pytest.mark.parametrize(
    ("header", "mime_type", "fits"),
    [
        (HeaderKind.IMAGE, "image/png", True),
        (HeaderKind.IMAGE, "image/jpeg", True),
        (HeaderKind.IMAGE, "image/webp", False),
        (HeaderKind.IMAGE, "video/mp4", False),
        (HeaderKind.VIDEO, "video/mp4", True),
        (HeaderKind.VIDEO, "video/3gpp", True),
        (HeaderKind.GIF, "video/mp4", True),
        (HeaderKind.VIDEO, "image/png", False),
        (HeaderKind.DOCUMENT, "application/pdf", True),
        (HeaderKind.DOCUMENT, "image/png", False),
        (HeaderKind.TEXT, "application/pdf", False),
        (HeaderKind.LOCATION, "image/png", False),
    ],
)
def test_a_header_carries_its_own_kind(header, mime_type, fits) -> None:
    assert flaw(header, mime_type, 40) == (None if fits else Flaw.NOT_FOR_THIS_HEADER)


def test_what_whatsapp_takes_in_no_message_is_said_before_what_the_header_does_not() -> None:
    assert flaw(HeaderKind.IMAGE, "text/html", 40) is Flaw.KIND_UNKNOWN
    assert flaw(HeaderKind.DOCUMENT, "image/png", 10**9) is Flaw.TOO_LARGE
    assert flaw(HeaderKind.DOCUMENT, "image/png", 0) is Flaw.EMPTY
