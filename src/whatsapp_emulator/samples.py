"""Small media that stand in when a customer's message brings no bytes of its own."""

import base64
import struct
import zlib
from importlib.resources import files


def _png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A plain rectangle."""
    rows = (b"\x00" + bytes(colour) * width) * height

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


_WEBP = base64.b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
_VOICE = files("whatsapp_emulator") / "phone" / "static" / "samples" / "voice.ogg"
_MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x08mdat"

SAMPLES: dict[str, tuple[str, bytes]] = {
    "image": ("image/png", _png(64, 48, (79, 179, 173))),
    "video": ("video/mp4", _MP4),
    "audio": ("audio/ogg; codecs=opus", _VOICE.read_bytes()),
    "document": ("application/pdf", _PDF),
    "sticker": ("image/webp", _WEBP),
}
"""Message type -> (MIME type, bytes)."""
