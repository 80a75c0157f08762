"""What the doctor looks at: all that was seen of a number, a message and what lies around them.

A part that is None was not looked at, or has no bearing on the subject. Every part says when it
was seen, for the evidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sportello.rules.consent import Standing


class Subject(StrEnum):
    """What somebody asks about."""

    NUMBER = "number"
    MESSAGE = "message"
    CONVERSATION = "conversation"
    CAMPAIGN = "campaign"
    TEMPLATE = "template"


class Asked(StrEnum):
    """One look: at our own rows, at the house, or one question to Meta."""

    ROWS = "rows"
    HOUSE = "house"
    TOKEN = "token"  # noqa: S105  # the name of a look
    NUMBER = "number"
    ACCOUNT = "account"
    APPS = "apps"
    TEMPLATE = "template"


class Miss(StrEnum):
    """Why a look brought nothing."""

    REJECTED = "rejected"  # Meta answered with an error
    UNREACHABLE = "unreachable"  # no connection
    SLOW = "slow"  # no answer in time
    NO_TOKEN = "no_token"  # noqa: S105  # nothing to ask with
    ODD = "odd"  # an answer that nobody understands
    FOREIGN = "foreign"  # something between here and Meta answered in its place


@dataclass(frozen=True, slots=True)
class Look:
    """One look and its end. `code`, `subcode`, `said`: Meta's, where it was rejected."""

    at: datetime
    miss: Miss | None = None
    code: int | None = None
    subcode: int = 0
    said: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One error of Meta's `health_status`. `state`: LIMITED or BLOCKED."""

    entity: str
    state: str
    code: int
    said: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """Of `debug_token`. `accounts` None: Meta does not name any, so all of them."""

    is_valid: bool
    app_id: str = ""
    scopes: frozenset[str] = frozenset()
    accounts: frozenset[str] | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Meta:
    """What Meta showed. `funding`: whether a payment method is on file; None: not said.

    `apps`: those that have the account's webhooks. `calls`: where Meta calls for this number;
    empty: not said.
    """

    problems: tuple[Problem, ...] = ()
    funding: bool | None = None
    token: Token | None = None
    apps: frozenset[str] | None = None
    calls: str = ""
    name_status: str = ""
    number_status: str = ""
    template_status: str = ""
    template_category: str = ""
    template_differs: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """Our row. `silent`: messages that Meta accepted long ago and never spoke of again."""

    waba_id: str = ""
    app_id: str = ""
    status: str = "connected"
    payment: str = ""
    paused_why: str = ""
    paused_at: datetime | None = None
    last_event_at: datetime | None = None
    messaging_limit: int | None = None
    reached: int = 0
    silent: int = 0
    silent_since: datetime | None = None
    has_token: bool = True
    ending_at: datetime | None = None  # Meta told that it will disable the account


@dataclass(frozen=True, slots=True)
class Message:
    """A message and its send. `receipt`: the guard's code; `hold`: why it waits in the outbox."""

    status: str
    type: str
    origin: str
    at: datetime
    error: int | None = None
    error_sub: int = 0
    said: str = ""
    error_at: datetime | None = None
    receipt: str = ""
    decided_at: datetime | None = None
    hold: str = ""
    late_s: float = 0.0  # how long it has been due without anybody taking it
    attempted_at: datetime | None = None
    sent_at: datetime | None = None
    was_repeated: bool = False
    may_have_left: bool = False  # of one of its attempts nobody knows the end


@dataclass(frozen=True, slots=True)
class Template:
    """Our row of it."""

    name: str
    status: str
    category: str
    reason: str = ""
    paused_until: datetime | None = None
    is_gone: bool = False
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation and its customer. `marketing`: the standing of their consent."""

    holder: str = "assistant"
    window_closes_at: datetime | None = None
    awaiting_since: datetime | None = None
    unreachable_since: datetime | None = None
    capped_until: datetime | None = None
    marketing: Standing = Standing.NONE


@dataclass(frozen=True, slots=True)
class Upload:
    """The file that a message carries, as far as Meta has it."""

    state: str
    reason: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """`failed` and `skipped`: counts by Meta's or the guard's code, the greatest first.
    A failure without a code has None.
    """

    state: str
    paused_why: str = ""
    alarm: str = ""
    seen: float = 0.0
    allowed: float = 0.0
    starts_at: datetime | None = None
    opens_at: datetime | None = None  # outside its hours: when they come
    audience: int = 0
    waiting: int = 0
    failed: tuple[tuple[int | None, int], ...] = ()
    skipped: tuple[tuple[str, int], ...] = ()
    holds: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class House:
    """Ourselves. Ages in seconds by the database's clock; `behind_s`: our clock against Meta's.
    `callback`: where Meta shall call; empty: whoever looks does not know it.
    """

    outbox_late_s: float = 0.0
    outbox_late: int = 0
    inbox_late_s: float = 0.0
    inbox_waiting: int = 0
    has_dispatcher: bool = True
    set_aside: int = 0
    disk_free_bytes: int | None = None
    disk_needed_bytes: int = 0
    behind_s: float = 0.0
    callback: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was seen."""

    subject: Subject
    looks: Mapping[Asked, Look] = field(default_factory=dict)
    number: Number = field(default_factory=Number)
    meta: Meta = field(default_factory=Meta)
    house: House = field(default_factory=House)
    message: Message | None = None
    template: Template | None = None
    chat: Chat | None = None
    upload: Upload | None = None
    campaign: Campaign | None = None

    def seen(self, asked: Asked) -> bool:
        """Whether that look brought an answer."""
        look = self.looks.get(asked)
        return look is not None and look.miss is None
