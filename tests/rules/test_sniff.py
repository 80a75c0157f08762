"""What a file is: its own first bytes say so; a sender's word counts where they agree."""

import pytest

from sportello.rules.sniff import UNKNOWN, sniffed

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("head", "declared", "kept"),
    [
        (b"\xff\xd8\xff\xe0", "text/html", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "image/jpeg", "image/png"),
        (b"GIF87a", "", "image/gif"),
        (b"GIF89a", "", "image/gif"),
        (b"%PDF-1.7", "", "application/pdf"),
        (b"OggS", "", "audio/ogg"),
        (b"ID3\x04", "", "audio/mpeg"),
        (b"#!AMR\n", "", "audio/amr"),
        (b"\xff\xf1P", "", "audio/aac"),
        (b"\xff\xf9P", "", "audio/aac"),
        (b"\xff\xfb\x90", "", "audio/mpeg"),
        (b"\xff\xf3\x90", "", "audio/mpeg"),
        (b"PK\x03\x04....", DOCX, DOCX),
        (b"PK\x03\x04....", f" {DOCX.upper()} ; charset=x", DOCX),
        (b"PK\x03\x04....", "application/zip", "application/zip"),
        (b"PK\x03\x04....", "text/html", UNKNOWN),
        (b"PK\x03\x04....", "text/plain", UNKNOWN),
        (b"\xd0\xcf\x11\xe0", "application/msword", "application/msword"),
        (b"\xd0\xcf\x11\xe0", "application/vnd.ms-excel", "application/vnd.ms-excel"),
        (b"\xd0\xcf\x11\xe0", "application/x-msdownload", UNKNOWN),
        (b"RIFF....WEBPVP8 ", "", "image/webp"),
        (b"RIFF....WAVEfmt ", "image/webp", UNKNOWN),
        (b"....WEBP....WEBP", "image/webp", UNKNOWN),
        (b"....ftyp3gp4....", "audio/mp4", "video/3gpp"),
        (b"....ftypM4A ....", "video/mp4", "audio/mp4"),
        (b"....ftypisom....", "audio/mp4", "audio/mp4"),
        (b"....ftypisom....", "video/quicktime", "video/mp4"),
        (b"...ftypisom.....", "video/mp4", UNKNOWN),
        (b"Ciao", "text/plain; charset=utf-8", "text/plain"),
        (b"a,b", "text/csv", "text/csv"),
        (b"a\tb", "text/tab-separated-values", "text/tab-separated-values"),
        (b"Ci\x00ao", "text/plain", UNKNOWN),
        (b"<html>", "text/html", UNKNOWN),
        (b"<svg/>", "image/svg+xml", UNKNOWN),
        (b"", "image/png", UNKNOWN),
    ],
)
def test_what_is_kept_of_a_file_s_type(head, declared, kept):
    assert sniffed(head, declared) == kept


def test_what_is_on_no_list_is_mere_bytes():
    assert UNKNOWN == "application/octet-stream"
