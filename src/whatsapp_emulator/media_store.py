"""Where media bytes are kept, under ids that expire; bounded, the oldest bytes go first.

In memory, or with `--data` in files of that folder, which are this process's own.
"""

import hashlib
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.world import Media

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

UPLOADED_FOR_S = 30 * 86400.0
INBOUND_FOR_S = 7 * 86400.0
URL_FOR_S = 300
FIRST_ID = 4000000000000001
FIRST_SAMPLE = 4500000000000001
FIRST_LINKED = 4700000000000001
FIRST_OF = {"media": FIRST_ID, "sample": FIRST_SAMPLE, "link": FIRST_LINKED}
DOWNLOAD_PATH = "/whatsapp_business/attachments/"
SUFFIX = ".media"
PRUNED_AT_ONCE = 16

admit_approximation("media storage", "beyond the emulator's own bound the oldest media are lost")


def keep(emulator: "Emulator", media: Media) -> Media:
    """Store, making room by forgetting what is over and then the oldest."""
    world, bounds = emulator.world, emulator.settings.bounds
    folder = _folder(emulator)
    if folder is not None:
        (folder / f"{media.id}{SUFFIX}").write_bytes(media.content)
        media.content = b""
    world.media[media.id] = media
    world.media_bytes += media.size
    now = emulator.clock.now()
    for old in [m.id for m in islice(world.media.values(), PRUNED_AT_ONCE) if m.expires_at <= now]:
        forget(emulator, old)
    most = bounds.media_bytes if folder is None else bounds.media_disk_bytes
    while world.media_bytes > most and len(world.media) > 1:
        forget(emulator, next(iter(world.media)))
    return media


def read(emulator: "Emulator", media: Media) -> bytes:
    """The bytes; empty if somebody took the file away."""
    folder = _folder(emulator)
    if folder is None:
        return media.content
    try:
        return (folder / f"{media.id}{SUFFIX}").read_bytes()
    except OSError:
        return b""


def forget(emulator: "Emulator", media_id: str) -> None:
    gone = emulator.world.media.pop(media_id, None)
    if gone is None:
        return
    emulator.world.media_bytes -= gone.size
    folder = _folder(emulator)
    if folder is not None:
        with suppress(OSError):
            (folder / f"{media_id}{SUFFIX}").unlink()


def sweep(emulator: "Emulator") -> None:
    """Remove the files of an earlier world: its ids mean other media now."""
    folder = _folder(emulator)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.glob(f"*{SUFFIX}"):
            file.unlink(missing_ok=True)


def keep_inbound(
    emulator: "Emulator", waba_id: str, content: bytes, mime: str, filename: str | None
) -> Media:
    """A customer's file: 7 days. Source: reference sending 3."""
    media = _new(emulator, "media", content, mime, filename)
    media.waba_id, media.inbound = waba_id, True
    media.expires_at = emulator.clock.now() + INBOUND_FOR_S
    return keep(emulator, media)


def keep_upload(
    emulator: "Emulator", waba_id: str, content: bytes, mime: str, filename: str | None
) -> Media:
    """The business's file: 30 days."""
    media = _new(emulator, "media", content, mime, filename)
    media.waba_id = waba_id
    media.expires_at = emulator.clock.now() + UPLOADED_FOR_S
    return keep(emulator, media)


def keep_sample(
    emulator: "Emulator", content: bytes, mime: str, filename: str, until: float
) -> Media:
    """What a resumable upload made: no media of an account, but open to see."""
    media = _new(emulator, "sample", content, mime, filename)
    media.open, media.expires_at = True, until
    return keep(emulator, media)


def keep_fetched(emulator: "Emulator", url: str, content: bytes, mime: str) -> None:
    """What a link led to, for the phone alone; the oldest go when they are too many bytes."""
    world, most = emulator.world, emulator.settings.bounds.link_bytes
    fetched = world.file.fetched
    old = fetched.pop(url, None)
    if old is not None:
        forget(emulator, old)
    if len(content) > most:
        return
    media = _new(emulator, "link", content, mime, None)
    media.open, media.expires_at = True, float("inf")
    fetched[url] = keep(emulator, media).id
    while sum(world.media[i].size for i in fetched.values() if i in world.media) > most:
        forget(emulator, fetched.pop(next(iter(fetched))))


def media_url(emulator: "Emulator", media: Media) -> str:
    """A URL valid 5 minutes of virtual time, to be fetched with the bearer token."""
    until = int(emulator.clock.now()) + URL_FOR_S
    mark = url_mark(emulator, media.id, until)
    return f"{emulator.base_url}{DOWNLOAD_PATH}?mid={media.id}&ext={until}&hash={mark}"


def url_mark(emulator: "Emulator", media_id: str, until: int) -> str:
    """The part of the URL that cannot be guessed."""
    words = f"{emulator.seed}:{emulator.settings.app_secret}:{media_id}:{until}"
    return hashlib.sha256(words.encode()).hexdigest()[:40]


def _folder(emulator: "Emulator") -> Path | None:
    data = emulator.settings.data
    return None if data is None else data / "media"


def _new(
    emulator: "Emulator", series: str, content: bytes, mime: str, filename: str | None
) -> Media:
    return Media(
        id=emulator.world.next_id(series, FIRST_OF[series]),
        waba_id="",
        mime=mime,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content=content,
        filename=None if filename is None else str(filename),
        expires_at=0.0,
    )
