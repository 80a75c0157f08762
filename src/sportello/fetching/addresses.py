"""Which addresses may be fetched: the public web, and nothing of the house or the machine.

Source: security.md section 2, SSRF; the special ranges are those of Python's `ipaddress`, which
follows IANA's registries, with the wrappings of IPv4 in IPv6 undone.
"""

import ipaddress
from collections.abc import Iterable
from typing import Final
from urllib.parse import urljoin, urlsplit, urlunsplit

LENGTH_MAX: Final = 1_000
PORTS: Final = frozenset({80, 443})
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL: Final = ipaddress.ip_network("64:ff9b:1::/48")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(told: str) -> bool:
    """Whether an IP address is one of the public internet, in whatever it is wrapped."""
    try:
        address: Address = ipaddress.ip_address(told.partition("%")[0])
    except ValueError:
        return False
    return "%" not in told and all(_is_plainly_public(one) for one in _unwrapped(address))


def literal(host: str) -> str | None:
    """The IP address that a host is, in any spelling that some resolver takes for one; else None.

    `2130706433`, `0x7f.1` and `0177.0.0.1` are all 127.0.0.1 to libc.
    """
    bare = host.strip("[]")
    try:
        return str(ipaddress.ip_address(bare.partition("%")[0]))
    except ValueError:
        pass
    numbers = _numbers(bare.rstrip("."))
    if numbers is None:
        return None
    *heads, last = numbers
    if any(head > 255 for head in heads) or last >= 256 ** (4 - len(heads)):
        return "0.0.0.0"  # noqa: S104  # no address at all, so none that is public
    whole = sum(head << (24 - 8 * place) for place, head in enumerate(heads)) + last
    return str(ipaddress.IPv4Address(whole))


def plain(url: str, base: str = "") -> str | None:
    """An absolute http(s) address without its fragment; None for what may not be fetched at all."""
    try:
        parts = urlsplit(urljoin(base, url.strip()) if base else url.strip())
        host, port = parts.hostname or "", parts.port
        encoded = host.encode("idna").decode() if not host.isascii() else host
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in {"http", "https"} or not encoded or parts.username or parts.password:
        return None
    if any(sign.isspace() or ord(sign) < 33 for sign in url.strip()) or len(url) > LENGTH_MAX:
        return None
    shown = f"[{encoded}]" if ":" in encoded else encoded.lower()
    if port is not None and port != {"http": 80, "https": 443}[parts.scheme]:
        shown = f"{shown}:{port}"
    return urlunsplit((parts.scheme, shown, parts.path or "/", parts.query, ""))


def _unwrapped(address: Address) -> Iterable[Address]:
    yield address
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            yield address.ipv4_mapped
        if address.sixtofour is not None:
            yield address.sixtofour
        if address.teredo is not None:
            yield from address.teredo
        if address in _NAT64 or address in _NAT64_LOCAL:
            yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def _is_plainly_public(address: Address) -> bool:
    mapped = isinstance(address, ipaddress.IPv6Address) and (
        address.ipv4_mapped is not None or address in _NAT64
    )
    return (mapped or address.is_global) and not (
        address.is_multicast or address.is_unspecified or address.is_loopback
    )


def _numbers(host: str) -> list[int] | None:
    """The parts of an old spelling of an IPv4 address: decimal, octal or hexadecimal, 1 to 4."""
    parts = host.split(".")
    if not 1 <= len(parts) <= 4:
        return None
    found = []
    for part in parts:
        low = part.lower()
        try:
            if low.startswith("0x"):
                found.append(int(low[2:] or "0", 16))
            elif low.isascii() and low.isdigit():
                found.append(int(low, 8) if low.startswith("0") and len(low) > 1 else int(low))
            else:
                return None
        except ValueError:
            return None
    return found
