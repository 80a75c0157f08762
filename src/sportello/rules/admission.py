"""Who is let in on the word of a company's identity provider."""

from dataclasses import dataclass
from enum import StrEnum


class Turned(StrEnum):
    """Why somebody is turned away."""

    UNVERIFIED = "unverified"
    UNKNOWN = "unknown"
    RESTS = "rests"
    OTHER_ACCOUNT = "other_account"
    ELSEWHERE = "elsewhere"
    INSTALLER = "installer"


@dataclass(frozen=True, slots=True)
class Comer:
    """What the provider proved, and what the house knows of that person.

    `by_subject`: known by the provider's own name for them, so their address does not matter.
    `linked`: the account of that address is somebody else to the provider. `elsewhere`: belongs to
    another company here too.
    """

    verified: bool
    by_subject: bool
    member: bool
    invited: bool
    active: bool
    linked: bool = False
    elsewhere: bool = False
    installer: bool = False


def turned_away(comer: Comer) -> Turned | None:
    """None for whom the company invited or knows. A provider of one company never opens what is
    another's, nor the installation: whoever chose it could be anybody with it.
    """
    if not comer.by_subject and not comer.verified:
        return Turned.UNVERIFIED
    if not comer.member and not comer.invited:
        return Turned.UNKNOWN
    if not comer.active:
        return Turned.RESTS
    if comer.linked and not comer.by_subject:
        return Turned.OTHER_ACCOUNT
    if comer.installer:
        return Turned.INSTALLER
    return Turned.ELSEWHERE if comer.elsewhere else None
