"""Addresses and phone numbers in templates: whether they are whole, and where they lead."""

import re
from dataclasses import dataclass
from typing import Final

from sportello.rules.template_text import listed

_ADDRESS: Final = re.compile(r"(https?)://([^/?#\s@]+)([/?#]\S*)?", re.IGNORECASE)
_HOST: Final = re.compile(
    r"(?=.{4,253}(?::|\Z))(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24}\.?(?::\d{1,5})?"
)
_BARE_HOST: Final = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}(?:[/?#]\S*)?", re.IGNORECASE)

SHORTENERS: Final = listed(
    "bit.ly bitly.com tinyurl.com goo.gl t.co ow.ly is.gd v.gd buff.ly rebrand.ly cutt.ly "
    "shorturl.at tiny.cc rb.gy lnkd.in t.ly bl.ink s.id amzn.to amzn.eu adf.ly soo.gd qr.ae "
    "short.io shorte.st clck.ru urlz.fr u.to tr.im snip.ly dub.sh ln.run wa.link w.app "
    "cutt.us shrtco.de tny.im x.gd"
)
WHATSAPP: Final = listed(
    "wa.me whatsapp.com www.whatsapp.com api.whatsapp.com chat.whatsapp.com web.whatsapp.com"
)


@dataclass(frozen=True, slots=True)
class Address:
    """A web address in its pieces; `host` in small letters, without a port."""

    scheme: str
    host: str
    rest: str


def address(url: str) -> Address | None:
    """The address, or None when it is not a complete one."""
    found = _ADDRESS.fullmatch(url)
    if found is None or _HOST.fullmatch(found[2]) is None:
        return None
    host = found[2].casefold().partition(":")[0].rstrip(".")
    return Address(found[1].casefold(), host, found[3] or "")


def host_of(link: str) -> str:
    """The host of a link as written in a text, with or without its scheme."""
    bare = re.sub(r"^https?://", "", link, flags=re.IGNORECASE)
    return re.split(r"[/?#:]", bare, maxsplit=1)[0].casefold().removeprefix("www.")


def completed(url: str) -> str | None:
    """A complete address for one that lacks only its scheme, or has spaces around."""
    bare = url.strip()
    if address(bare):
        return bare
    return f"https://{bare}" if _BARE_HOST.fullmatch(bare) else None


_PHONE: Final = re.compile(r"\+?[1-9]\d{6,19}")
_ITALIAN: Final = re.compile(r"3\d{8,9}|0\d{5,10}")


def phone(number: str, language: str) -> str | None:
    """The number as Meta takes it, with its country; None when the country cannot be told.

    A number without + is taken as international, but for what looks Italian in an Italian
    template: there a mobile begins with 3, a landline with 0.
    """
    bare = re.sub(r"[\s().\-/]", "", number)
    bare = f"+{bare[2:]}" if bare.startswith("00") else bare
    if language == "it" and _ITALIAN.fullmatch(bare):
        bare = f"+39{bare}"
    return bare if _PHONE.fullmatch(bare) else None
