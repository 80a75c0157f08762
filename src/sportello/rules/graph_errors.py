"""Meta's error codes as a table: whose matter each is, and what else follows from it.

Source: reference, account-and-errors 9 (Meta's error pages, October 2025 to October 2026). Titles
are for logs and reports; Meta's rule is to branch on the code alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Kind(StrEnum):
    """Whose matter an error is, and so whether trying again would do any good."""

    FINAL = "final"  # this message, to this person: never
    THROTTLED = "throttled"  # too fast: later
    PASSING = "passing"  # Meta's own trouble: soon
    ACCOUNT = "account"  # blocked, restricted or unpaid: all sends of the account wait
    TOKEN = "token"  # noqa: S105  # expired or without permission: all sends wait
    TEMPLATE = "template"  # all sends of this template and language stop
    NUMBER = "number"  # not registered, locked or gone: all sends of the number wait


class Effect(StrEnum):
    """What else follows from a code, beyond the fate of the one message."""

    NONE = "none"
    OPT_OUT = "opt_out"  # the person stopped marketing: never again without a new consent
    UNREACHABLE = "unreachable"  # not on WhatsApp, or cannot receive
    WAIT_A_DAY = "wait_a_day"  # Meta's own cap for this person: no marketing for 24 h
    SLOW_DOWN = "slow_down"  # seen as spam: halve the rate, raise an alarm
    WINDOW_SHUT = "window_shut"  # our window was wrong: Meta says that it is shut


@dataclass(frozen=True, slots=True)
class GraphCode:
    """One row of Meta's table; a range of codes has `last` above `first`."""

    first: int
    last: int
    kind: Kind
    title: str
    effect: Effect


def _row(first: int, last: int, kind: Kind, title: str, effect: Effect = Effect.NONE) -> GraphCode:
    return GraphCode(first, last, kind, title, effect)


GRAPH_CODES: Final = (
    _row(0, 0, Kind.TOKEN, "AuthException"),
    _row(1, 1, Kind.PASSING, "API Unknown"),
    _row(2, 2, Kind.PASSING, "API Service"),
    _row(3, 3, Kind.TOKEN, "API Method"),
    _row(4, 4, Kind.THROTTLED, "API Too Many Calls"),
    _row(10, 10, Kind.TOKEN, "Permission Denied"),
    _row(17, 17, Kind.THROTTLED, "User request limit reached"),
    _row(33, 33, Kind.NUMBER, "Number deleted or object missing"),
    _row(100, 100, Kind.FINAL, "Invalid parameter"),
    _row(104, 104, Kind.TOKEN, "Access token required"),
    _row(190, 190, Kind.TOKEN, "Access token expired"),
    _row(200, 299, Kind.TOKEN, "API Permission"),
    _row(368, 368, Kind.ACCOUNT, "Temporarily blocked for policies violations"),
    _row(613, 613, Kind.THROTTLED, "Custom rate limit"),
    _row(803, 803, Kind.FINAL, "Some aliases/object not found"),
    _row(1026, 1026, Kind.FINAL, "Receiver incapable (legacy)", Effect.UNREACHABLE),
    _row(2500, 2500, Kind.TOKEN, "Unknown path, or no active token"),
    _row(80007, 80007, Kind.THROTTLED, "WABA rate limit"),
    _row(130429, 130429, Kind.THROTTLED, "Rate limit hit (throughput)"),
    _row(130472, 130472, Kind.FINAL, "User's number is part of an experiment", Effect.WAIT_A_DAY),
    _row(130497, 130497, Kind.FINAL, "Country closed to this business"),
    _row(131000, 131000, Kind.PASSING, "Something went wrong"),
    _row(131005, 131005, Kind.TOKEN, "Access denied"),
    _row(131008, 131008, Kind.FINAL, "Required parameter is missing"),
    _row(131009, 131009, Kind.FINAL, "Parameter value is not valid"),
    _row(131014, 131014, Kind.FINAL, "Media URL failed (legacy)"),
    _row(131016, 131016, Kind.PASSING, "Service unavailable"),
    _row(131020, 131020, Kind.FINAL, "Bad group"),
    _row(131021, 131021, Kind.FINAL, "Recipient cannot be sender"),
    _row(131026, 131026, Kind.FINAL, "Message undeliverable", Effect.UNREACHABLE),
    _row(131030, 131030, Kind.FINAL, "Recipient not in the allowed list"),
    _row(131031, 131031, Kind.ACCOUNT, "Account locked, or PIN mismatch"),
    _row(131035, 131035, Kind.FINAL, "Webhook not delivered within retention"),
    _row(131036, 131036, Kind.FINAL, "Failed on at least one device"),
    _row(131037, 131037, Kind.NUMBER, "Display name needs approval"),
    _row(131041, 131041, Kind.FINAL, "Group unknown"),
    _row(131042, 131042, Kind.ACCOUNT, "Business eligibility payment issue"),
    _row(131044, 131044, Kind.ACCOUNT, "Payment issue for calls"),
    _row(131045, 131045, Kind.NUMBER, "Incorrect certificate (registration error)"),
    _row(131047, 131047, Kind.FINAL, "Re-engagement message (>24 h)", Effect.WINDOW_SHUT),
    _row(131048, 131048, Kind.FINAL, "Spam rate limit hit", Effect.SLOW_DOWN),
    _row(131049, 131049, Kind.FINAL, "Meta chose not to deliver", Effect.WAIT_A_DAY),
    _row(131050, 131050, Kind.FINAL, "User stopped marketing messages", Effect.OPT_OUT),
    _row(131051, 131051, Kind.FINAL, "Unsupported message type"),
    _row(131052, 131052, Kind.FINAL, "Media download error"),
    _row(131053, 131053, Kind.FINAL, "Media upload error"),
    _row(131055, 131055, Kind.FINAL, "Only for marketing messages"),
    _row(131056, 131056, Kind.THROTTLED, "Pair rate limit hit"),
    _row(131057, 131057, Kind.PASSING, "Account in maintenance mode"),
    _row(131059, 131059, Kind.FINAL, "Invalid cursor"),
    _row(131060, 131060, Kind.FINAL, "Message unavailable"),
    _row(131061, 131061, Kind.FINAL, "Maximum price needs the marketing edge"),
    _row(131062, 131062, Kind.FINAL, "Needs a phone number, not a user id"),
    _row(131063, 131063, Kind.FINAL, "Marketing is off for this account"),
    _row(131064, 131064, Kind.ACCOUNT, "Template classification violations"),
    _row(131201, 131201, Kind.FINAL, "Group request partially succeeded"),
    _row(131202, 131215, Kind.FINAL, "Group errors"),
    _row(132000, 132000, Kind.TEMPLATE, "Template parameter count mismatch"),
    _row(132001, 132001, Kind.TEMPLATE, "Template missing or not approved"),
    _row(132005, 132005, Kind.FINAL, "Template hydrated text too long"),
    _row(132007, 132007, Kind.FINAL, "Character policy violated"),
    _row(132008, 132008, Kind.FINAL, "Template parameter value invalid"),
    _row(132012, 132012, Kind.TEMPLATE, "Template parameter format mismatch"),
    _row(132015, 132015, Kind.TEMPLATE, "Template is paused"),
    _row(132016, 132016, Kind.TEMPLATE, "Template is disabled"),
    _row(132018, 132018, Kind.FINAL, "Template parameter issue"),
    _row(132068, 132068, Kind.TEMPLATE, "Flow is blocked"),
    _row(132069, 132069, Kind.THROTTLED, "Flow is throttled"),
    _row(133000, 133000, Kind.NUMBER, "Incomplete deregistration"),
    _row(133004, 133004, Kind.PASSING, "Server temporarily unavailable"),
    _row(133005, 133005, Kind.NUMBER, "Two-step PIN mismatch"),
    _row(133006, 133006, Kind.NUMBER, "Number must be re-verified"),
    _row(133008, 133008, Kind.NUMBER, "Too many PIN guesses"),
    _row(133009, 133009, Kind.NUMBER, "PIN guessed too fast"),
    _row(133010, 133010, Kind.NUMBER, "Phone number not registered"),
    _row(133015, 133015, Kind.NUMBER, "Recently deleted; wait 5 min"),
    _row(133016, 133016, Kind.NUMBER, "Register/deregister limit"),
    _row(134011, 134011, Kind.FINAL, "Payments ToS not accepted"),
    _row(134100, 134100, Kind.FINAL, "Only marketing messages supported"),
    _row(134101, 134101, Kind.PASSING, "Template still syncing"),
    _row(134102, 134102, Kind.TEMPLATE, "Template unavailable for use"),
    _row(134103, 134103, Kind.FINAL, "MM API error (see details)"),
    _row(135000, 135000, Kind.FINAL, "Generic user error"),
    _row(137000, 137000, Kind.FINAL, "Identity key hash mismatch"),
    _row(138000, 138018, Kind.FINAL, "Calling errors"),
    _row(139000, 139004, Kind.FINAL, "Flow errors"),
    _row(139100, 139100, Kind.FINAL, "Failed to block/unblock some users"),
    _row(139101, 139101, Kind.FINAL, "Blocklist limit"),
    _row(139102, 139102, Kind.PASSING, "Blocklist concurrent update"),
    _row(139103, 139103, Kind.PASSING, "Blocklist internal error"),
    _row(139200, 139200, Kind.FINAL, "Direct Send blocked"),
    _row(141002, 141002, Kind.TEMPLATE, "Template not approved"),
    _row(147001, 147005, Kind.FINAL, "Username errors"),
    _row(200005, 200007, Kind.FINAL, "Template insights errors"),
    _row(1752041, 1752041, Kind.FINAL, "Duplicate MM onboarding request"),
    _row(2388001, 2388001, Kind.FINAL, "Migration: confirm ownership"),
    _row(2388012, 2388012, Kind.FINAL, "Number already in your list"),
    _row(2388019, 2388019, Kind.TEMPLATE, "Template limit exceeded"),
    _row(2388023, 2388023, Kind.TEMPLATE, "Name being deleted"),
    _row(2388024, 2388024, Kind.TEMPLATE, "Content in this language exists"),
    _row(2388040, 2388040, Kind.TEMPLATE, "Character limit exceeded"),
    _row(2388043, 2388043, Kind.TEMPLATE, "Missing example for a variable"),
    _row(2388047, 2388047, Kind.TEMPLATE, "Header format incorrect"),
    _row(2388072, 2388072, Kind.TEMPLATE, "Body format incorrect"),
    _row(2388073, 2388073, Kind.TEMPLATE, "Footer format incorrect"),
    _row(2388091, 2388091, Kind.FINAL, "Number not being migrated"),
    _row(2388093, 2388093, Kind.FINAL, "Number not being migrated"),
    _row(2388103, 2388103, Kind.FINAL, "Cannot migrate"),
    _row(2388293, 2388293, Kind.TEMPLATE, "Parameters/words ratio too high"),
    _row(2388299, 2388299, Kind.TEMPLATE, "Leading/trailing parameter"),
    _row(2494100, 2494100, Kind.PASSING, "Number in maintenance mode"),
    _row(2494164, 2494179, Kind.FINAL, "In-app signup errors"),
    _row(2593079, 2593079, Kind.FINAL, "OBO migration"),
    _row(2593085, 2593085, Kind.FINAL, "OBO migration"),
    _row(2593107, 2593107, Kind.FINAL, "Sync request limit (once)"),
    _row(2593108, 2593108, Kind.FINAL, "Sync outside 24 h"),
    _row(2593109, 2593109, Kind.FINAL, "History sharing turned off"),
)

BY_CODE: Final[Mapping[int, GraphCode]] = MappingProxyType(
    {code: row for row in GRAPH_CODES for code in range(row.first, row.last + 1)}
)
