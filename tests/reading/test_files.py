"""Every kind of file as its passages, and hostile ones that cost a child process and no more."""

import asyncio
from time import perf_counter

import pytest

from sportello.reading import outside
from sportello.reading.blocks import Code, Unreadable
from sportello.reading.outside import Told
from sportello.reading.passages import LENGTH_MAX, Piece
from tests.reading import samples


def _read(kind: str, raw: bytes, **more: float) -> Told:
    return asyncio.run(outside.read(kind, raw, **more))


def _code(kind: str, raw: bytes, **more: float) -> Code:
    with pytest.raises(Unreadable) as unreadable:
        _read(kind, raw, **more)
    return unreadable.value.code


def test_markdown_is_cut_at_its_headings() -> None:
    told = _read("md", b"# Resi\n\nEntro **30** giorni.\n\n## Tempi\n\n- uno\n- due\n\nFine.\n")

    assert told.title == "Resi"
    assert told.pieces == (
        Piece("Resi", "Entro 30 giorni."),
        Piece("Resi › Tempi", "- uno\n- due\nFine."),
    )


def test_text_in_an_old_encoding_keeps_its_accents() -> None:
    raw = "Orari\r\n\r\nPerché no? Il caffè è aperto.\r\n".encode("cp1252")

    assert _read("txt", raw).pieces == (Piece("Orari", "Perché no? Il caffè è aperto."),)


def test_a_table_names_its_columns_in_every_row() -> None:
    told = _read("csv", b"Taglia;Petto\nS;90\nM;96\n")

    assert told.pieces == (Piece("", "Taglia: S · Petto: 90\nTaglia: M · Petto: 96"),)


def test_a_table_of_questions_and_answers_is_a_faq() -> None:
    told = _read("tsv", b"Domanda\tRisposta\nOrari?\tDalle 9.\n")

    assert told.pieces == (Piece("", "Dalle 9.", asked="Orari?"),)


def test_a_word_document_is_read_with_headings_lists_and_tables() -> None:
    told = _read("docx", samples.word())

    assert told.title == "Guida ai resi"
    assert told.pieces[0] == Piece(
        "Resi", "Ogni articolo si rende entro trenta giorni dalla consegna."
    )
    assert told.pieces[1].heading == "Resi › Come si fa"
    assert "- Scrivere a resi@esempio.it" in told.pieces[1].text
    assert "Paese: Francia · Costo: 9 €" in told.pieces[1].text


def test_a_workbook_is_read_sheet_by_sheet() -> None:
    told = _read("xlsx", samples.workbook())

    assert told.pieces[0] == Piece(
        "Listino",
        "Prodotto: Tazza grande · Prezzo: 12.5 · Disponibile: sì\n"
        "Prodotto: Tazza piccola · Prezzo: 9 · Disponibile: no",
    )
    assert told.pieces[1].asked == "Le tazze vanno in lavastoviglie?"


def test_a_pdf_loses_its_running_heads_and_keeps_its_paragraphs() -> None:
    pages = [
        ["Catalogo 2026", "", name, f"{name} dura due", f"anni, {name.lower()}.", "", str(place)]
        for place, name in enumerate(("La garanzia", "Il lucido", "Il colore"), start=1)
    ]

    told = _read("pdf", samples.pdf(*pages))

    assert told.pieces[0] == Piece("La garanzia", "La garanzia dura due anni, la garanzia.")
    assert [piece.heading for piece in told.pieces] == ["La garanzia", "Il lucido", "Il colore"]
    assert "Catalogo" not in " ".join(piece.text for piece in told.pieces)


def test_long_sections_are_cut_between_sentences_and_overlap() -> None:
    sentences = [f"La frase numero {n} parla della consegna a domicilio." for n in range(60)]

    pieces = _read("txt", ("Consegna\n\n" + " ".join(sentences)).encode()).pieces

    assert len(pieces) > 2
    assert all(len(piece.text) <= LENGTH_MAX for piece in pieces)
    assert pieces[1].text.startswith(pieces[0].text.rpartition(". ")[2])
    assert all(any(one in piece.text for piece in pieces) for one in sentences)


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("pdf", b"%PDF-1.7\nnothing", Code.DAMAGED),
        ("pdf", samples.pdf([""]), Code.NO_TEXT),
        ("docx", b"PK\x03\x04 broken", Code.DAMAGED),
        ("docx", samples.word()[:-200], Code.DAMAGED),
        ("docx", samples.workbook(), Code.DAMAGED),
        ("xlsx", b"not a zip at all", Code.DAMAGED),
        ("txt", b" \n\n \x00", Code.NO_TEXT),
        ("exe", b"MZ", Code.UNKNOWN_KIND),
    ],
)
def test_a_file_that_cannot_be_read_says_why(kind: str, raw: bytes, code: Code) -> None:
    assert _code(kind, raw) is code


def test_a_zip_that_swells_is_refused_before_it_is_opened() -> None:
    assert _code("docx", samples.zip_bomb()) is Code.SWELLS


def test_entities_in_entities_are_refused() -> None:
    begun = perf_counter()

    assert _code("xlsx", samples.billion_laughs()) in {Code.DAMAGED, Code.NO_TEXT}
    assert perf_counter() - begun < 20


def test_a_pdf_that_swells_costs_the_child_its_life_alone() -> None:
    raw = samples.swelling_pdf(600)
    assert len(raw) < 2 * 2**20

    assert _code("pdf", raw, seconds_max=60.0) in {
        Code.DAMAGED, Code.TOO_MUCH_MEMORY, Code.TOO_SLOW, Code.NO_TEXT,
    }  # fmt: skip


def test_a_file_that_takes_too_long_is_given_up() -> None:
    assert _code("txt", b"Ciao.", seconds_max=0.001) is Code.TOO_SLOW


def test_a_page_as_deep_as_it_likes_is_read_without_recursion() -> None:
    deep = b"<html><body>" + b"<div>" * 50_000 + b"fondo" + b"</div>" * 50_000

    assert _read("html", deep).pieces in {(Piece("", "fondo"),), ()}
