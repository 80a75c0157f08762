"""A sitemap, or a list of sitemaps → addresses."""

import zlib
from typing import Final
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from sportello.reading.blocks import Code, Read, Unreadable

ADDRESSES_MAX: Final = 5_000
_UNPACKED_MAX: Final = 20 * 2**20
_LENGTH_MAX: Final = 1_000


def read_sitemap(raw: bytes) -> Read:
    """`title` is "index" if the links are further sitemaps. Raises Unreadable."""
    try:
        root: Element = defusedxml.ElementTree.fromstring(_unpacked(raw))
    except (ParseError, DefusedXmlException, ValueError, zlib.error, EOFError, OSError) as error:
        raise Unreadable(Code.DAMAGED) from error
    found = [(one.text or "").strip() for one in root.iter() if _name(one) == "loc"]
    kept = [address for address in found if address and len(address) <= _LENGTH_MAX]
    title = "index" if _name(root) == "sitemapindex" else ""
    return Read(title, (), links=tuple(dict.fromkeys(kept))[:ADDRESSES_MAX])


def _unpacked(raw: bytes) -> bytes:
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    told = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(raw, _UNPACKED_MAX + 1)
    if len(told) > _UNPACKED_MAX:
        raise Unreadable(Code.SWELLS)
    return told


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()
