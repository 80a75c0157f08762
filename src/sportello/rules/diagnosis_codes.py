"""What the doctor may find: every code in the order of the report, whose turn it is, and the deed.

The order is that in which these causes occur (product D1): the card, unpaid amounts, the number's
connection, blocks of account and template; then access, limits, the chat, the person, the file,
what we decided ourselves, and our own house.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Code(StrEnum):
    """Stable: scripts and pages rely on these words. Their order is the report's."""

    PAYMENT_MISSING = "payment_missing"
    PAYMENT_NOT_DEFAULT = "payment_not_default"
    PAYMENT_UNPAID = "payment_unpaid"
    NUMBER_DISCONNECTED = "number_disconnected"
    NUMBER_UNREGISTERED = "number_unregistered"
    NUMBER_PENDING = "number_pending"
    NUMBER_UNKNOWN = "number_unknown"
    META_FAULT = "meta_fault"
    ACCOUNT_BLOCKED = "account_blocked"
    ACCOUNT_RESTRICTED = "account_restricted"
    CLASSIFICATION = "classification_violations"
    TEMPLATE_GONE = "template_gone"
    TEMPLATE_DISABLED = "template_disabled"
    TEMPLATE_REJECTED = "template_rejected"
    TEMPLATE_PAUSED = "template_paused"
    TEMPLATE_PENDING = "template_pending"
    TEMPLATE_STALE = "template_stale"
    TOKEN_MISSING = "token_missing"  # noqa: S105  # a code, no secret
    TOKEN_EXPIRED = "token_expired"  # noqa: S105  # a code, no secret
    TOKEN_REVOKED = "token_revoked"  # noqa: S105  # a code, no secret
    TOKEN_NO_PERMISSION = "token_no_permission"  # noqa: S105  # a code, no secret
    TOKEN_NO_ACCOUNT = "token_no_account"  # noqa: S105  # a code, no secret
    APP_UNSUBSCRIBED = "app_unsubscribed"
    WEBHOOK_ELSEWHERE = "webhook_elsewhere"
    WEBHOOK_SILENT = "webhook_silent"
    META_UNREACHABLE = "meta_unreachable"
    TURNED_AWAY = "turned_away"
    NAME_NOT_APPROVED = "name_not_approved"
    LIMIT_REACHED = "limit_reached"
    SPAM_LIMIT = "spam_limit"
    THROTTLED = "throttled"
    WINDOW_SHUT = "window_shut"
    AWAITING_REPLY = "awaiting_reply"
    TAKEN_OVER = "taken_over"
    CUSTOMER_ANSWERED = "customer_answered"
    NOT_IN_CONTROL = "not_in_control"
    CHAT_CLOSED = "chat_closed"
    TEMPLATE_NEEDED = "template_needed"
    STOPPED_AT_META = "stopped_at_meta"
    OPTED_OUT = "opted_out"
    NO_CONSENT = "no_consent"
    CAPPED = "capped"
    UNREACHABLE = "unreachable"
    EXPERIMENT = "experiment"
    COUNTRY_CLOSED = "country_closed"
    NOT_ALLOWED = "not_allowed"
    IDENTITY_CHANGED = "identity_changed"
    MEDIA_REFUSED = "media_refused"
    MEDIA_WAITING = "media_waiting"
    BUDGET_SPENT = "budget_spent"
    QUIET_HOURS = "quiet_hours"
    CAMPAIGN_DRAFT = "campaign_draft"
    CAMPAIGN_BRAKED = "campaign_braked"
    CAMPAIGN_PAUSED = "campaign_paused"
    CAMPAIGN_SCHEDULED = "campaign_scheduled"
    CAMPAIGN_HOURS = "campaign_hours"
    CAMPAIGN_OVER = "campaign_over"
    CAMPAIGN_NOBODY = "campaign_nobody"
    NUMBER_PAUSED = "number_paused"
    OUTBOX_STUCK = "outbox_stuck"
    INBOX_STUCK = "inbox_stuck"
    DISK_FULL = "disk_full"
    CLOCK_WRONG = "clock_wrong"
    IN_DOUBT = "in_doubt"
    REFUSED_BY_META = "refused_by_meta"
    NOT_UNDERSTOOD = "not_understood"
    CAUSE_OVER = "cause_over"
    PHONE_OFFLINE = "phone_offline"
    ON_ITS_WAY = "on_its_way"
    ACCOUNT_ENDING = "account_ending"
    SET_ASIDE = "set_aside"
    NOT_ALL_SEEN = "not_all_seen"


class Turn(StrEnum):
    """Whose turn it is."""

    OURS = "ours"  # somebody in the company, at this desk
    ADMINISTRATOR = "administrator"  # whoever may change the number, here or at Meta's
    INSTALLER = "installer"  # whoever runs the machine
    META = "meta"
    CUSTOMER = "customer"
    NOBODY = "nobody"  # it passes by itself


class Deed(StrEnum):
    """What a button does. `reconnect` to `restart` lead to another page."""

    RESUME = "resume"
    RESUBSCRIBE = "resubscribe"
    REPEAT = "repeat"
    REFRESH = "refresh_template"
    RETRY_UPLOAD = "retry_upload"
    RESUME_CAMPAIGN = "resume_campaign"
    LOOK_AGAIN = "look_again"
    RECONNECT = "reconnect"
    RENEW_TOKEN = "renew_token"  # noqa: S105  # a deed, no secret
    WRITE_TEMPLATE = "write_template"
    OPEN_CHAT = "open_chat"
    OPEN_CONTACT = "open_contact"
    OPEN_TEMPLATE = "open_template"
    OPEN_POLICY = "open_policy"


# Done from the report itself, whoever shows it; the others lead to another page.
HERE: Final = frozenset(
    {
        Deed.RESUME, Deed.RESUBSCRIBE, Deed.REPEAT, Deed.REFRESH, Deed.RETRY_UPLOAD,
        Deed.RESUME_CAMPAIGN, Deed.LOOK_AGAIN,
    }
)  # fmt: skip


class Undone(StrEnum):
    """Why a deed that Meta was to be asked for was not done, where it was not Meta that refused."""

    BLOCKED = "account_blocked"
    NO_ADDRESS = "no_address"
    NO_TOKEN = "no_token"  # noqa: S105  # a reason, no secret
    NO_TEMPLATE = "no_template"
    UNREACHABLE = "unreachable"
    NO_ANSWER = "no_answer"
    TURNED_AWAY = "turned_away"


class Weight(StrEnum):
    """`stops`: because of it the subject does not leave. `warns`: seen in passing."""

    STOPS = "stops"
    WAITS = "waits"
    WARNS = "warns"


class Source(StrEnum):
    """Who says so."""

    META = "meta"
    WEBHOOK = "webhook"
    OUTBOX = "outbox"
    GUARD = "guard"
    DESK = "desk"
    HOUSE = "house"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was seen. `what` names the sentence, `values` fill it."""

    source: Source
    what: str
    at: datetime | None = None
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `values` fill its words; `meta`: the code of Meta's that says it."""

    code: Code
    weight: Weight
    evidence: tuple[Evidence, ...] = ()
    values: Mapping[str, str | int] = field(default_factory=dict)
    meta: int | None = None
    deed: Deed | None = None


ORDER: Final = MappingProxyType({code: place for place, code in enumerate(Code)})

TURNS: Final[Mapping[Code, Turn]] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                Code.PAYMENT_MISSING, Code.PAYMENT_NOT_DEFAULT, Code.PAYMENT_UNPAID,
                Code.NUMBER_DISCONNECTED, Code.NUMBER_UNREGISTERED, Code.NUMBER_UNKNOWN,
                Code.ACCOUNT_BLOCKED, Code.ACCOUNT_RESTRICTED, Code.ACCOUNT_ENDING,
                Code.CLASSIFICATION, Code.TOKEN_MISSING, Code.TOKEN_EXPIRED, Code.TOKEN_REVOKED,
                Code.TOKEN_NO_PERMISSION, Code.TOKEN_NO_ACCOUNT, Code.APP_UNSUBSCRIBED,
                Code.WEBHOOK_ELSEWHERE,
                Code.NAME_NOT_APPROVED, Code.BUDGET_SPENT, Code.NOT_ALLOWED, Code.NUMBER_PAUSED,
                Code.SPAM_LIMIT,
            ),
            Turn.ADMINISTRATOR,
        ),
        **dict.fromkeys(
            (
                Code.TEMPLATE_GONE, Code.TEMPLATE_DISABLED, Code.TEMPLATE_REJECTED,
                Code.TEMPLATE_STALE, Code.WINDOW_SHUT, Code.NOT_IN_CONTROL, Code.CHAT_CLOSED,
                Code.TEMPLATE_NEEDED, Code.NO_CONSENT, Code.UNREACHABLE, Code.COUNTRY_CLOSED,
                Code.IDENTITY_CHANGED, Code.MEDIA_REFUSED, Code.CAMPAIGN_DRAFT,
                Code.CAMPAIGN_BRAKED, Code.CAMPAIGN_PAUSED, Code.CAMPAIGN_NOBODY, Code.IN_DOUBT,
                Code.REFUSED_BY_META, Code.NOT_UNDERSTOOD, Code.CAUSE_OVER, Code.EXPERIMENT,
            ),
            Turn.OURS,
        ),
        **dict.fromkeys(
            (Code.NUMBER_PENDING, Code.META_FAULT, Code.TEMPLATE_PENDING, Code.TEMPLATE_PAUSED),
            Turn.META,
        ),
        **dict.fromkeys(
            (Code.AWAITING_REPLY, Code.STOPPED_AT_META, Code.OPTED_OUT, Code.PHONE_OFFLINE),
            Turn.CUSTOMER,
        ),
        **dict.fromkeys(
            (
                Code.WEBHOOK_SILENT, Code.META_UNREACHABLE, Code.TURNED_AWAY, Code.OUTBOX_STUCK,
                Code.INBOX_STUCK, Code.DISK_FULL, Code.CLOCK_WRONG, Code.SET_ASIDE,
            ),
            Turn.INSTALLER,
        ),
        **dict.fromkeys(
            (
                Code.LIMIT_REACHED, Code.THROTTLED, Code.TAKEN_OVER, Code.CAPPED,
                Code.CUSTOMER_ANSWERED, Code.MEDIA_WAITING, Code.QUIET_HOURS,
                Code.CAMPAIGN_SCHEDULED,
                Code.CAMPAIGN_HOURS, Code.CAMPAIGN_OVER, Code.ON_ITS_WAY,
                Code.NOT_ALL_SEEN,
            ),
            Turn.NOBODY,
        ),
    }
)  # fmt: skip

DEEDS: Final[Mapping[Code, Deed]] = MappingProxyType(
    {
        **dict.fromkeys(
            (Code.NUMBER_DISCONNECTED, Code.NUMBER_UNREGISTERED, Code.NUMBER_UNKNOWN),
            Deed.RECONNECT,
        ),
        **dict.fromkeys(
            (
                Code.TOKEN_MISSING, Code.TOKEN_EXPIRED, Code.TOKEN_REVOKED,
                Code.TOKEN_NO_PERMISSION, Code.TOKEN_NO_ACCOUNT,
            ),
            Deed.RENEW_TOKEN,
        ),
        **dict.fromkeys(
            (
                Code.TEMPLATE_GONE, Code.TEMPLATE_DISABLED, Code.TEMPLATE_REJECTED,
                Code.TEMPLATE_PAUSED, Code.TEMPLATE_PENDING,
            ),
            Deed.OPEN_TEMPLATE,
        ),
        Code.APP_UNSUBSCRIBED: Deed.RESUBSCRIBE,
        Code.WEBHOOK_ELSEWHERE: Deed.RESUBSCRIBE,
        Code.WEBHOOK_SILENT: Deed.RESUBSCRIBE,
        Code.TEMPLATE_STALE: Deed.REFRESH,
        Code.NUMBER_PAUSED: Deed.RESUME,
        Code.CAUSE_OVER: Deed.REPEAT,
        Code.MEDIA_REFUSED: Deed.RETRY_UPLOAD,
        Code.WINDOW_SHUT: Deed.WRITE_TEMPLATE,
        Code.TEMPLATE_NEEDED: Deed.WRITE_TEMPLATE,
        Code.NOT_IN_CONTROL: Deed.OPEN_CHAT,
        Code.CHAT_CLOSED: Deed.OPEN_CHAT,
        Code.NO_CONSENT: Deed.OPEN_CONTACT,
        Code.OPTED_OUT: Deed.OPEN_CONTACT,
        Code.UNREACHABLE: Deed.OPEN_CONTACT,
        Code.BUDGET_SPENT: Deed.OPEN_POLICY,
        Code.QUIET_HOURS: Deed.OPEN_POLICY,
        Code.CAMPAIGN_PAUSED: Deed.RESUME_CAMPAIGN,
        Code.CAMPAIGN_BRAKED: Deed.RESUME_CAMPAIGN,
    }
)  # fmt: skip
