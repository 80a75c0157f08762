"""Files as desks make them, and as attackers do; made here, so that nothing binary lies about."""

import io
import zipfile
import zlib

import docx
import openpyxl

_PAGE = "BT /F1 11 Tf 50 {y} Td ({text}) Tj ET"


def pdf(*pages: list[str], encrypt: bool = False) -> bytes:
    """A PDF whose pages hold these lines."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * place} 0 R" for place in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    )
    for place, lines in enumerate(pages):
        drawn = "\n".join(
            _PAGE.format(y=780 - 16 * row, text=line.replace("(", r"\(").replace(")", r"\)"))
            for row, line in enumerate(lines)
        ).encode("cp1252")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * place} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        packed = zlib.compress(drawn)
        head = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
        objects.append(head + packed + b"\nendstream")
    return _file(objects, "/Encrypt 99 0 R" if encrypt else "")


def _file(objects: list[bytes], more: str = "") -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    start = len(out)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R {more} >>\n".encode()
    return out + f"startxref\n{start}\n%%EOF".encode()


def swelling_pdf(megabytes: int) -> bytes:
    """A page whose drawing is a few kilobytes packed and many megabytes unpacked."""
    drawn = zlib.compress(b"(" + b"a" * (megabytes * 2**20) + b") Tj", 9)
    head = f"<< /Length {len(drawn)} /Filter /FlateDecode >>\nstream\n".encode()
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            (
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
                b" /Resources << /Font << /F1 3 0 R >> >> >>"
            ),
            head + drawn + b"\nendstream",
        ]
    )


def word() -> bytes:
    document = docx.Document()
    document.core_properties.title = "Guida ai resi"
    document.add_heading("Resi", 1)
    document.add_paragraph("Ogni articolo si rende entro trenta giorni dalla consegna.")
    document.add_heading("Come si fa", 2)
    document.add_paragraph("Scrivere a resi@esempio.it", style="List Number")
    document.add_paragraph("Incollare l'etichetta", style="List Number")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["Paese", "Costo", "Francia", "9 €"], strict=True):
        cell.text = text
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    prices = book.active
    prices.title = "Listino"
    prices.append(["Prodotto", "Prezzo", "Disponibile"])
    prices.append(["Tazza grande", 12.5, True])
    prices.append(["Tazza piccola", 9, False])
    faq = book.create_sheet("FAQ")
    faq.append(["Domanda", "Risposta"])
    faq.append(["Le tazze vanno in lavastoviglie?", "Sì, fino a 60 gradi."])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def zip_bomb() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * (300 * 2**20))
    return kept.getvalue()


def billion_laughs() -> bytes:
    """A workbook whose sheet names entities in entities."""
    levels = "".join(
        f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else ""}{"ha" * 10}'
        f'{("&l" + str(n - 1) + ";") * 9 if n else ""}">'
        for n in range(12)
    )
    evil = f'<?xml version="1.0"?><!DOCTYPE x [{levels}]><x>&l11;</x>'
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as told,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for entry in told.infolist():
            is_sheet = entry.filename.endswith("sheet1.xml") or "workbook.xml" in entry.filename
            archive.writestr(entry.filename, evil if is_sheet else told.read(entry))
    return kept.getvalue()
