"""What Meta notes about apps, accounts, numbers and templates beyond what their nodes show."""

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from whatsapp_emulator.wire import Json

if TYPE_CHECKING:
    from whatsapp_emulator.flows import FlowFile

FEEDBACK_KEPT = 10_000


@dataclass(slots=True)
class TemplateFile:
    """A template's history: edits, quality, pauses, pacing, the messages it is out with."""

    edits: list[float] = field(default_factory=list)
    """Instants of edits made while it was approved."""
    approved_once: bool = False
    edited: bool = False
    """The review that runs is that of an edit."""
    quality_at: float = 0.0
    pauses: int = 0
    paused_until: float | None = None
    pause_title: str | None = None
    feedback: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=FEEDBACK_KEPT))
    """(instant, wa_id) of blocks and reports that followed it."""
    delivered: deque[float] = field(default_factory=lambda: deque(maxlen=FEEDBACK_KEPT))
    in_flight: int = 0
    """Accepted, and neither delivered nor failed yet."""
    pacing: str = "open"
    """open -> assessing -> passed; open again after a pause."""
    first_batch: int = 0
    held: list[str] = field(default_factory=list)
    """Ids of messages that wait for what becomes of the first batch."""
    used_at: float = 0.0
    archived_at: float | None = None
    status_before: str | None = None
    library_name: str | None = None
    sub_category: str | None = None
    tracking_opted_out: bool = False


@dataclass(slots=True)
class NumberFile:
    """A number's papers: verification code, PIN guesses, registrations, name, small settings."""

    code: str | None = None
    code_until: float = 0.0
    codes_asked: list[float] = field(default_factory=list)
    code_errors: int = 0
    registrations: list[float] = field(default_factory=list)
    """Instants of register and deregister calls."""
    pin_errors: int = 0
    pin_error_at: float = 0.0
    new_name: str | None = None
    new_name_status: str | None = None
    search_visibility: str = "VISIBLE"
    settings: Json = field(default_factory=dict)
    automation: Json | None = None
    commerce: Json = field(
        default_factory=lambda: {"is_cart_enabled": True, "is_catalog_visible": False}
    )
    public_key: str | None = None
    oba: Json = field(default_factory=lambda: {"oba_status": "NOT_STARTED"})
    username: str | None = None
    picture: str | None = None
    """Id of the media shown as profile picture."""
    blocked: dict[str, float] = field(default_factory=dict)
    """wa_id -> instant at which the business blocked this person."""
    qr_codes: dict[str, Json] = field(default_factory=dict)
    allowed: frozenset[str] | None = None
    """Whom a test number may write to; None for a number that is no test."""


@dataclass(slots=True)
class WabaFile:
    """An account's locks, rates and rules."""

    names_locked: dict[tuple[str, str | None], float] = field(default_factory=dict)
    """(template name, language or None for all) -> until when it cannot be used again."""
    creations: deque[float] = field(default_factory=lambda: deque(maxlen=200))
    pacing_batch: int = 2_000
    """How many messages of an unknown template go out before the rest is held."""
    pacing_assess_s: tuple[float, float] = (600.0, 3_600.0)
    country: str = "IT"
    insights: bool = False
    timezone_id: str = "71"
    marketing_messages: str = "ELIGIBLE"
    """Standing with the marketing messages API: ONBOARDED once its terms are signed."""
    cloud_marketing: bool = True
    """Whether marketing templates may be sent by /messages."""


@dataclass(slots=True)
class AppFile:
    """An app's call counters: instants of the last hour, by account (None: the app's own)."""

    calls: dict[str | None, deque[float]] = field(default_factory=dict)
    calls_per_hour: int | None = None
    """Set by hand; None is Meta's own limit."""
    proof_required: bool = False
    """`Require App Secret` of the app's settings."""


@dataclass(slots=True)
class Handle:
    """What a finished resumable upload is known by: a sample, a profile picture."""

    media_id: str
    mime: str
    expires_at: float


@dataclass(slots=True)
class UploadSession:
    """A resumable upload under way."""

    id: str
    app_id: str
    filename: str
    mime: str
    length: int
    expires_at: float
    content: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class LoginCode:
    """What the signup dialogue gave: to be exchanged within 30 seconds, once."""

    app_id: str
    waba_id: str
    expires_at: float
    used: bool = False


@dataclass(slots=True)
class WorldFile:
    """Bounded records that belong to no single object."""

    counts: dict[tuple[int, str, str, str | None, str], int] = field(default_factory=dict)
    """(half hour, number, country, template, kind) -> how many; see `tally`."""
    conversations: dict[tuple[str, str, str], float] = field(default_factory=dict)
    """(wa_id, number, category) -> until when it runs; the newest 200,000."""
    template_ids: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """(account, name, language) -> template."""
    handles: dict[str, Handle] = field(default_factory=dict)
    uploads: dict[str, UploadSession] = field(default_factory=dict)
    codes: dict[str, LoginCode] = field(default_factory=dict)
    links: dict[str, tuple[float, int | None]] = field(default_factory=dict)
    """Address -> (fetched at, error code or None), for ten minutes."""
    flows: dict[str, "FlowFile"] = field(default_factory=dict)
    """Id or name -> the state that /sim gave it."""
    fetched: dict[str, str] = field(default_factory=dict)
    """Address -> id of the media that was found there; bounded by bytes."""
    moved: dict[str, str] = field(default_factory=dict)
    """A number that somebody gave up -> the one that they took."""
