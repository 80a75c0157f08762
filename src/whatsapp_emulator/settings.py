"""What an emulator is started with: ids, secrets, seed, and the bounds it must keep."""

from dataclasses import dataclass, field
from pathlib import Path

from whatsapp_emulator.mood import MILD, Mood


@dataclass(frozen=True)
class Bounds:
    """Limits of the emulator itself, not of Meta: what it keeps, and how much at once."""

    log_entries: int = 200_000
    log_bytes: int = 192 * 1024 * 1024
    messages: int = 100_000
    """At hand; older ones go to disk."""
    messages_on_disk: int = 2_000_000
    chat_messages: int = 500
    media_bytes: int = 512 * 1024 * 1024
    link_bytes: int = 64 * 1024 * 1024
    """Of media that were given by link, kept for the phone."""
    media_disk_bytes: int = 20 * 1024 * 1024 * 1024
    body_bytes: int = 150 * 1024 * 1024
    webhooks_waiting: int = 20_000
    webhook_retries_waiting: int = 200_000
    webhook_connections: int = 8
    webhook_timeout_s: float = 20.0
    held_answer_s: float = 60.0


@dataclass(frozen=True)
class Settings:
    """Everything a world is built from; two emulators with equal settings are equal worlds."""

    webhook_url: str | None = None
    verify_token: str = "verify-me"  # noqa: S105 - a default for a local emulator
    app_secret: str = "0123456789abcdef0123456789abcdef"  # noqa: S105 - as above
    seed: int = 1
    access_token: str = "EAAGemulator0000000000000000000000000000000000000001"  # noqa: S105 - as above
    app_id: str = "500000000000001"
    business_id: str = "600000000000001"
    waba_id: str = "100000000000001"
    phone_number_id: str = "200000000000001"
    display_phone_number: str = "+39 06 1234 5678"
    business_name: str = "Bottega Azzurra"
    currency: str = "EUR"
    timezone: str = "Europe/Rome"
    start: float | None = None
    """Virtual start in seconds since 1970; None is the real moment of the start."""
    speed: float = 1.0
    """Virtual seconds in one real second; 0 stands still but for `advance`."""
    public_url: str | None = None
    """Base of the URLs handed out; None follows the Host header of each call."""
    data: Path | None = None
    """Folder for media and old messages; None keeps media in memory, those in a nameless file."""
    fetch_links: bool = True
    """Whether media given by link are fetched, as Meta does, before a message leaves."""
    batch_max: int = 100
    """Most changes in one webhook POST (Meta: up to 1,000)."""
    callback_data_on_failed: bool = True
    """Whether `failed` statuses echo `biz_opaque_callback_data`; Meta does not say."""
    mood: Mood = MILD
    bounds: Bounds = field(default_factory=Bounds)
