"""Checks of image, video, audio, document and sticker messages. Source: sending 2.3 and 3."""

from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError, bad_param, invalid, required
from whatsapp_emulator.shape import maybe_words, part
from whatsapp_emulator.wire import Json

CAPTION_MAX = 1024
KINDS = ("image", "video", "audio", "document", "sticker")
MIMES: dict[str, tuple[str, ...]] = {
    "image": ("image/jpeg", "image/png"),
    "video": ("video/mp4", "video/3gpp", "video/3gp"),
    "audio": ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/opus"),
    "sticker": ("image/webp",),
    "document": (
        "text/plain",
        "text/csv",
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
}
SIZES_MAX = {
    "image": 5 * 1024 * 1024,
    "video": 16 * 1024 * 1024,
    "audio": 16 * 1024 * 1024,
    "sticker": 500 * 1024,
    "document": 100 * 1024 * 1024,
}


def media_message(call: Call) -> str:
    """The caption, or the file's name, or nothing."""
    kind = str(call.params["type"])
    given = part(call.params, kind)
    reference(call, given, kind, kind)
    caption = given.get("caption")
    if caption is not None and kind in ("audio", "sticker"):
        raise bad_param(f"{kind}['caption']", "is not supported for this type of media.")
    caption = maybe_words(given, "caption", kind, longest=CAPTION_MAX)
    filename = maybe_words(given, "filename", kind, longest=240) if kind == "document" else None
    return caption or filename or ""


def reference(call: Call, given: Json, kind: str, path: str) -> None:
    """Exactly one of `id` and `link`, and an id that exists and is of the kind.

    Raises 100 for the shape, 131009 for a link that is none, 100/33 for an unknown id,
    131053 for media of another kind.
    """
    media_id, link = given.get("id"), given.get("link")
    if media_id and link:
        raise bad_param(path, "must have either id or link, not both.")
    if link is not None:
        call.links.append((_link(link, path), kind))
        return
    if media_id is None:
        raise required(f"{path}['id'] or {path}['link']")
    known = call.emulator.world.media.get(str(media_id))
    number = call.node
    if known is None or known.expires_at <= call.now or known.waba_id != number.waba_id:
        raise GraphError(100, f"Media ID {media_id} does not exist or has expired", subcode=33)
    if kind != "document" and known.mime.split(";", 1)[0] not in MIMES[kind]:
        raise GraphError(131053, f"Media of type {known.mime} cannot be sent as {kind}")


def _link(link: object, path: str) -> str:
    if not isinstance(link, str):
        raise bad_param(f"{path}['link']", "must be a string.")
    if not link.startswith(("https://", "http://")) or len(link) > 2048:
        raise invalid(f"{path}['link'] should be a valid URI")
    return link
