"""The steps by which a number is connected, reconnected, disconnected; which errors pass.

Source: reference, account-and-errors 8.1, 8.5 and 8.7; webhooks 5.1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

PIN_LENGTH: Final = 6
# What the token must be allowed. Source: reference, platform 1.2.
PERMISSIONS: Final = ("whatsapp_business_management", "whatsapp_business_messaging")


class Step(StrEnum):
    """One thing asked of Meta, or done here."""

    EXCHANGE = "exchange"
    TOKEN = "token"  # noqa: S105  # the name of a step
    ACCOUNT = "account"
    NUMBER = "number"
    REGISTER = "register"
    SUBSCRIBE = "subscribe"
    WEBHOOK = "webhook"
    LOOK = "look"
    TEMPLATES = "templates"
    STOP = "stop"
    UNSUBSCRIBE = "unsubscribe"
    DEREGISTER = "deregister"
    PHOTO = "photo"
    SAVE = "save"


class Kind(StrEnum):
    """What is undertaken."""

    CONNECT = "connect"
    RECONNECT = "reconnect"
    DISCONNECT = "disconnect"
    REPAIR = "repair"
    PROFILE = "profile"


_ONWARD: Final = (
    Step.NUMBER,
    Step.REGISTER,
    Step.SUBSCRIBE,
    Step.WEBHOOK,
    Step.LOOK,
    Step.TEMPLATES,
)
_STEPS: Final[Mapping[Kind, tuple[Step, ...]]] = MappingProxyType(
    {
        Kind.CONNECT: (Step.EXCHANGE, Step.TOKEN, Step.ACCOUNT, *_ONWARD),
        Kind.RECONNECT: (Step.TOKEN, *_ONWARD),
        Kind.DISCONNECT: (Step.STOP, Step.UNSUBSCRIBE, Step.DEREGISTER),
        Kind.REPAIR: (Step.TOKEN, Step.SUBSCRIBE, Step.WEBHOOK, Step.LOOK, Step.TEMPLATES),
        Kind.PROFILE: (Step.PHOTO, Step.SAVE, Step.LOOK),
    }
)


def steps(kind: Kind, *, by_hand: bool = False, photo: bool = False) -> tuple[Step, ...]:
    """In the order in which they are taken."""
    left_out = {
        step
        for step, is_out in (
            (Step.EXCHANGE, by_hand),
            (Step.PHOTO, not photo),
        )
        if is_out
    }
    return tuple(step for step in _STEPS[kind] if step not in left_out)


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What `debug_token` says of a token. `expires_at` 0: never. `accounts` None: not told."""

    is_valid: bool
    app_id: str = ""
    kind: str = ""
    scopes: frozenset[str] = frozenset()
    expires_at: int = 0
    accounts: frozenset[str] | None = None


class Flaw(StrEnum):
    """Why a token will not do. Stable words: pages say what to do about each."""

    INVALID = "token_invalid"
    PERMISSION = "permission_missing"
    ACCOUNT = "account_not_given"
    APP = "app_unknown"


def token_flaw(token: TokenFacts, waba_id: str, known_apps: Sequence[str]) -> Flaw | None:
    """The first thing that is wrong with it. `known_apps`: whose webhooks we can verify."""
    if not token.is_valid:
        return Flaw.INVALID
    if missing_permissions(token):
        return Flaw.PERMISSION
    if waba_id and token.accounts is not None and waba_id not in token.accounts:
        return Flaw.ACCOUNT
    if token.app_id and token.app_id not in known_apps:
        return Flaw.APP
    return None


def missing_permissions(token: TokenFacts) -> tuple[str, ...]:
    return tuple(one for one in PERMISSIONS if one not in token.scopes)


# Errors of Meta's that a person must do something about, by what the page says of them.
_MEANINGS: Final[Mapping[tuple[int, int], str]] = MappingProxyType(
    {
        (100, 36007): "code_expired",
        (100, 36009): "code_used",
        (101, 0): "app_wrong",
        (1, 0): "app_secret_wrong",
        (190, 0): "token_invalid",
        (10, 0): "permission_missing",
        (200, 0): "permission_missing",
        (100, 33): "not_seen",
        (803, 0): "not_seen",
        (33, 0): "not_seen",
        (2200, 0): "webhook_unreachable",
        (133005, 0): "pin_wrong",
        (133008, 0): "pin_wait",
        (133009, 0): "pin_wait",
        (133006, 0): "verify_first",
        (133015, 0): "wait_minutes",
        (133016, 0): "register_limit",
        (2494100, 0): "wait_minutes",
        (131031, 0): "account_locked",
        (368, 0): "account_locked",
        (131045, 0): "register_again",
    }
)


def meaning(code: int, subcode: int = 0) -> str:
    """Of an error of Meta's at one of these steps; `meta` where Meta's own words must do."""
    return _MEANINGS.get((code, subcode)) or _MEANINGS.get((code, 0), "meta")
