"""The business profile that customers and Meta's reviewers look at: its limits, how whole it is.

Source: reference, account-and-errors 8.4; why it matters: product T4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

# Meta's words for what a business does, in the order in which they are offered.
VERTICALS: Final = (
    "RETAIL", "RESTAURANT", "HOTEL", "HEALTH", "BEAUTY", "APPAREL", "AUTO", "EDU", "FINANCE",
    "GROCERY", "TRAVEL", "EVENT_PLAN", "ENTERTAIN", "PROF_SERVICES", "NONPROFIT", "GOVT",
    "ALCOHOL", "OTC_DRUGS", "ONLINE_GAMBLING", "PHYSICAL_GAMBLING", "OTHER",
)  # fmt: skip
LENGTHS: Final[Mapping[str, int]] = MappingProxyType(
    {"about": 139, "address": 256, "description": 512, "email": 128}
)
SITES_MAX: Final = 2
SITE_LENGTH_MAX: Final = 256
PHOTO_TYPES: Final = frozenset({"image/jpeg", "image/png"})
PHOTO_BYTES_MAX: Final = 5 * 1024 * 1024


class Part(StrEnum):
    """A part of the profile."""

    PHOTO = "photo"
    DESCRIPTION = "description"
    EMAIL = "email"
    SITE = "site"
    ADDRESS = "address"
    CATEGORY = "category"
    ABOUT = "about"


# What reviewers look for weighs most; together a hundred.
WEIGHTS: Final[Mapping[Part, int]] = MappingProxyType(
    {
        Part.PHOTO: 25,
        Part.DESCRIPTION: 25,
        Part.EMAIL: 15,
        Part.SITE: 15,
        Part.ADDRESS: 10,
        Part.CATEGORY: 5,
        Part.ABOUT: 5,
    }
)


@dataclass(frozen=True, slots=True)
class Completeness:
    """`percent` from 0 to 100; `missing` in the order of weight."""

    percent: int
    missing: tuple[Part, ...]


def completeness(profile: Mapping[str, Any]) -> Completeness:
    """How whole Meta's profile of a number is. What is not text, or blank, is missing."""
    there = {
        Part.PHOTO: _is_said(profile.get("profile_picture_url")),
        Part.DESCRIPTION: _is_said(profile.get("description")),
        Part.EMAIL: _is_said(profile.get("email")),
        Part.SITE: bool(sites_of(profile)),
        Part.ADDRESS: _is_said(profile.get("address")),
        Part.CATEGORY: profile.get("vertical") in VERTICALS,
        Part.ABOUT: _is_said(profile.get("about")),
    }
    percent = sum(weight for part, weight in WEIGHTS.items() if there[part])
    return Completeness(percent, tuple(part for part in WEIGHTS if not there[part]))


def sites_of(profile: Mapping[str, Any]) -> list[str]:
    found = profile.get("websites")
    return [one for one in found if _is_said(one)] if isinstance(found, list) else []


def is_site(text: str) -> bool:
    """An address of the web that Meta takes."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    plain = len(text) <= SITE_LENGTH_MAX and not any(sign.isspace() for sign in text)
    return plain and parts.scheme in {"http", "https"} and "." in host


def changes(given: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Of a whole profile as it is wished, what differs from what Meta has.

    `about` may not be emptied (Meta takes 1 to 139 signs), nor the category taken away.
    """
    changed: dict[str, Any] = {}
    for name in LENGTHS:
        if name in given and given[name] != (known.get(name) or ""):
            changed[name] = given[name]
    if "websites" in given and list(given["websites"]) != sites_of(known):
        changed["websites"] = list(given["websites"])
    if given.get("vertical") and given["vertical"] != known.get("vertical"):
        changed["vertical"] = given["vertical"]
    if changed.get("about") == "":
        del changed["about"]
    return changed


def _is_said(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
