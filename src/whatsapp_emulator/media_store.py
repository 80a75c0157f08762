"""Where media bytes are kept, under ids that expire; bounded, the oldest bytes go first."""

import hashlib
from typing import TYPE_CHECKING

from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.world import Media

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

UPLOADED_FOR_S = 30 * 86400.0
INBOUND_FOR_S = 7 * 86400.0
URL_FOR_S = 300
FIRST_ID = 4000000000000001
DOWNLOAD_PATH = "/whatsapp_business/attachments/"

admit_approximation("media storage", "beyond the emulator's own bound the oldest media are lost")


def keep(emulator: "Emulator", media: Media) -> Media:
    """Store, making room by forgetting the oldest."""
    world = emulator.world
    world.media[media.id] = media
    world.media_bytes += media.size
    while world.media_bytes > emulator.settings.bounds.media_bytes and len(world.media) > 1:
        forget(emulator, next(iter(world.media)))
    return media


def forget(emulator: "Emulator", media_id: str) -> None:
    gone = emulator.world.media.pop(media_id, None)
    if gone is not None:
        emulator.world.media_bytes -= gone.size


def keep_inbound(
    emulator: "Emulator", waba_id: str, content: bytes, mime: str, filename: str | None
) -> Media:
    """A customer's file: 7 days. Source: reference sending 3."""
    return _new(emulator, waba_id, content, mime, filename, INBOUND_FOR_S, inbound=True)


def keep_upload(
    emulator: "Emulator", waba_id: str, content: bytes, mime: str, filename: str | None
) -> Media:
    """The business's file: 30 days."""
    return _new(emulator, waba_id, content, mime, filename, UPLOADED_FOR_S, inbound=False)


def media_url(emulator: "Emulator", media: Media) -> str:
    """A URL valid 5 minutes of virtual time, to be fetched with the bearer token."""
    until = int(emulator.clock.now()) + URL_FOR_S
    mark = url_mark(emulator, media.id, until)
    return f"{emulator.base_url}{DOWNLOAD_PATH}?mid={media.id}&ext={until}&hash={mark}"


def url_mark(emulator: "Emulator", media_id: str, until: int) -> str:
    """The part of the URL that cannot be guessed."""
    words = f"{emulator.seed}:{emulator.settings.app_secret}:{media_id}:{until}"
    return hashlib.sha256(words.encode()).hexdigest()[:40]


def _new(  # noqa: PLR0917 - what a stored file is
    emulator: "Emulator",
    waba_id: str,
    content: bytes,
    mime: str,
    filename: str | None,
    lives_s: float,
    *,
    inbound: bool,
) -> Media:
    media = Media(
        id=emulator.world.next_id("media", FIRST_ID),
        waba_id=waba_id,
        mime=mime,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content=content,
        filename=None if filename is None else str(filename),
        expires_at=emulator.clock.now() + lives_s,
        inbound=inbound,
    )
    return keep(emulator, media)
