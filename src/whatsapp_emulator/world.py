"""The state of the emulated platform: plain objects, kept apart from what acts on them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from whatsapp_emulator.dossier import AppFile, NumberFile, TemplateFile, WabaFile, WorldFile
from whatsapp_emulator.ledger import Ledger
from whatsapp_emulator.records import Courted, Reach, Reputation, Standing
from whatsapp_emulator.wire import Json

if TYPE_CHECKING:
    from whatsapp_emulator.crowds import Crowd


class Direction(StrEnum):
    TO_BUSINESS = "in"
    TO_PERSON = "out"


class TokenState(StrEnum):
    OK = "ok"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Payment(StrEnum):
    OK = "ok"
    MISSING = "missing"
    NOT_DEFAULT = "not_default"
    UNPAID = "unpaid"


MESSAGING = "whatsapp_business_messaging"
MANAGEMENT = "whatsapp_business_management"
BUSINESS = "business_management"


@dataclass(slots=True)
class Subscription:
    """Where an app's webhooks go; `verified` once the handshake succeeded."""

    callback_url: str
    verify_token: str
    fields: frozenset[str] | None = None
    """Subscribed fields; None is all of them."""
    verified: bool = False
    failing_since: float | None = None
    disabled: bool = False


@dataclass(slots=True)
class Token:
    value: str
    app_id: str
    kind: str = "SYSTEM_USER"
    state: TokenState = TokenState.OK
    scopes: set[str] = field(default_factory=lambda: {MESSAGING, MANAGEMENT, BUSINESS})
    assets: set[str] | None = None
    """Ids of the accounts it may touch; None is every account of the world."""
    views: set[str] = field(default_factory=set)
    """Ids of the accounts that it may only look at."""
    issued_at: float = 0.0
    expires_at: float | None = None


@dataclass(slots=True)
class App:
    id: str
    name: str
    secret: str
    subscription: Subscription | None = None
    batch_max: int = 100
    callback_data_on_failed: bool = True
    file: AppFile = field(default_factory=AppFile)


@dataclass(slots=True)
class Portfolio:
    id: str
    name: str
    verified: bool = True
    messaging_limit: str = "TIER_2K"
    reach: Reach = field(default_factory=Reach)


@dataclass(slots=True)
class Waba:
    id: str
    name: str
    portfolio_id: str
    currency: str
    timezone: str
    payment: Payment = Payment.OK
    namespace: str = ""
    review_seconds: tuple[float, float] = (20.0, 90.0)
    subscribed: dict[str, Subscription | None] = field(default_factory=dict)
    """App id -> its override of the callback, if any."""
    number_ids: list[str] = field(default_factory=list)
    template_ids: list[str] = field(default_factory=list)
    ban_state: str | None = None
    restrictions: list[Json] = field(default_factory=list)
    standing: Standing = field(default_factory=Standing)
    file: WabaFile = field(default_factory=WabaFile)


@dataclass(slots=True)
class Bucket:
    """A token bucket on virtual time: `level` tokens at the instant `at`."""

    level: float
    at: float

    def take(self, now: float, *, per_second: float, burst: float) -> bool:
        """One token, or false if none is left."""
        self.level = min(burst, self.level + (now - self.at) * per_second)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


@dataclass(slots=True)
class Number:
    id: str
    waba_id: str
    display: str
    verified_name: str
    country_code: str
    registered: bool = True
    quality: str = "GREEN"
    throughput_mps: int = 80
    pin: str | None = None
    status: str = "CONNECTED"
    name_status: str = "APPROVED"
    code_verification_status: str = "VERIFIED"
    profile: Json = field(default_factory=dict)
    override: Subscription | None = None
    last_onboarded_at: float = 0.0
    bucket: Bucket | None = None
    service_used: dict[str, int] = field(default_factory=dict)
    """Free service messages used, by calendar month `YYYY-MM` of the account's time zone."""
    file: NumberFile = field(default_factory=NumberFile)
    reputation: Reputation = field(default_factory=Reputation)

    @property
    def digits(self) -> str:
        """As webhooks write it: digits alone."""
        return "".join(filter(str.isdigit, self.display))


@dataclass(slots=True)
class Template:
    id: str
    waba_id: str
    name: str
    language: str
    category: str
    components: list[Json]
    status: str = "PENDING"
    parameter_format: str = "POSITIONAL"
    ttl_s: int | None = None
    rejected_reason: str = "NONE"
    quality: str = "UNKNOWN"
    previous_category: str | None = None
    correct_category: str | None = None
    created_at: float = 0.0
    updated_at: float = 0.0
    revision: int = 0
    file: TemplateFile = field(default_factory=TemplateFile)


@dataclass(slots=True)
class Media:
    id: str
    waba_id: str
    mime: str
    sha256: str
    size: int
    content: bytes
    filename: str | None
    expires_at: float
    inbound: bool = False
    open: bool = False
    """Seen by anybody who has its address: a sample or a profile picture."""


@dataclass(slots=True)
class Message:
    """One message between a number and a person, in either direction.

    `payload` is the JSON as sent; `arrived_at` is when the person's phone got it.
    """

    id: str
    number_id: str
    wa_id: str
    direction: Direction
    type: str
    text: str
    payload: bytes
    at: float
    status: str = "accepted"
    arrived_at: float | None = None
    addressed_by: str = ""
    callback_data: str | None = None
    category: str = "service"
    in_window: bool = False
    template_id: str | None = None
    components: list[Json] | None = None
    context_id: str | None = None
    error: int | None = None
    identity: str | None = None
    """The key that the business knows the person by, as it was sent."""
    reactions: dict[str, str] | None = None
    """Sender's number -> emoji."""
    links: tuple[str, ...] | None = None
    """Addresses of media that must be fetched before it leaves."""
    edited: bool = False
    """Its text was changed by who wrote it."""
    spilled: bool = False
    """Its place is the attic, not memory."""
    landed: bool = False
    """Counted as delivered or failed."""
    charged: int | None = None
    """Millionths of the account's currency; None until it is delivered."""
    pricing_due: Json | None = None
    """The `pricing` that `read` will tell because `delivered` was left out."""


@dataclass(slots=True)
class Habits:
    """What a person does by themselves; delays are virtual seconds (least, most)."""

    reads: bool = True
    read_receipts: bool = True
    reachable: bool = True
    online: bool = True
    replies: Any = None
    """None, a text, a list of texts said in turn, or {"text", "after_s", "probability"}."""
    deliver_s: tuple[float, float] = (0.2, 0.6)
    read_s: tuple[float, float] = (0.3, 1.0)


class Shelf(list[Message]):
    """The newest messages of a chat, at most `keep`; a list is smaller than a deque."""

    __slots__ = ("keep",)

    def __init__(self, keep: int) -> None:
        super().__init__()
        self.keep = keep

    def append(self, message: Message) -> None:
        """Add at the end; what is too much goes from the beginning."""
        super().append(message)
        if len(self) > self.keep:
            del self[0]


@dataclass(slots=True)
class Chat:
    """What one person and one number have between them."""

    number_id: str
    messages: Shelf
    last_at: float = 0.0
    """When its newest message arrived; 0 while there is none."""
    last_inbound_at: float | None = None
    unread: int = 0
    typing_until: float = 0.0
    blocked: bool = False
    reported: bool = False
    marketing_stopped: bool = False
    bucket: Bucket | None = None
    replies_made: int = 0
    entry_at: float | None = None
    """When the person came from an ad; None if they did not."""
    free_entry_until: float | None = None
    free_entry_id: str = ""


@dataclass(slots=True)
class Person:
    wa_id: str
    name: str
    user_id: str
    habits: Habits = field(default_factory=Habits)
    username: str | None = None
    hides_number: bool = False
    chats: dict[str, Chat] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    """Ids of messages sent while the device was offline, oldest first."""
    identity_hash: str | None = None
    crowd: "Crowd | None" = None
    in_experiment: bool = False
    marketing_stopped: bool = False
    """Towards every business, from the beginning of each chat."""
    courtship: Courted | None = None

    @property
    def courted(self) -> Courted:
        if self.courtship is None:
            self.courtship = Courted()
        return self.courtship


@dataclass(slots=True)
class World:
    """Everything that exists; ids lead to objects through `nodes`."""

    apps: dict[str, App] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    portfolios: dict[str, Portfolio] = field(default_factory=dict)
    wabas: dict[str, Waba] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    media_bytes: int = 0
    people: dict[str, Person] = field(default_factory=dict)
    by_user_id: dict[str, Person] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    messages_dropped: int = 0
    next_ids: dict[str, int] = field(default_factory=dict)
    file: WorldFile = field(default_factory=WorldFile)
    ledger: Ledger = field(default_factory=Ledger)
    crowds: dict[str, "Crowd"] = field(default_factory=dict)

    def node(self, object_id: str) -> object | None:
        """The object that a Graph path names, of whatever kind."""
        return (
            self.numbers.get(object_id)
            or self.wabas.get(object_id)
            or self.templates.get(object_id)
            or self.media.get(object_id)
            or self.apps.get(object_id)
            or self.portfolios.get(object_id)
        )

    def next_id(self, series: str, first: int) -> str:
        """Ids of one series count up from `first`."""
        number = self.next_ids.get(series, first)
        self.next_ids[series] = number + 1
        return str(number)
