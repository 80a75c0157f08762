"""Identifiers in Meta's forms, all drawn from the world's one seeded source of chance."""

import base64
from random import Random

_TRACE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


def wamid(chance: Random, wa_id: str, *, from_user: bool) -> str:
    """A message id in the shape decoded in reference platform 1.7."""
    number = wa_id.encode("ascii", "replace")[:255]
    token = f"{chance.getrandbits(72):018X}".encode()
    packed = (
        b"\x1c\x18" + bytes([len(number)]) + number + b"\x15\x02\x00"
        + (b"\x12" if from_user else b"\x11") + b"\x18" + bytes([len(token)]) + token + b"\x00"
    )  # fmt: skip
    return "wamid." + base64.b64encode(packed).decode("ascii")


def trace(chance: Random) -> str:
    """An `fbtrace_id`: `A` and 22 URL-safe characters."""
    packed = chance.getrandbits(136).to_bytes(17, "big")
    return "A" + base64.urlsafe_b64encode(packed)[:22].decode("ascii")


def user_id(chance: Random, country: str) -> str:
    """A business-scoped user id: country, dot, 20 digits."""
    return f"{country}.{10**19 + chance.getrandbits(66)}"


def hexadecimal(chance: Random, digits: int) -> str:
    return f"{chance.getrandbits(digits * 4):0{digits}x}"


def opaque(chance: Random, length: int) -> str:
    """URL-safe characters without meaning: media hashes, upload signatures, tokens."""
    return "".join(chance.choices(_TRACE, k=length))
