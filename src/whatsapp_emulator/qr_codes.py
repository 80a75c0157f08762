"""Short links with a text to begin with, and their QR pictures. Source: reference account 8.6."""

import re
from typing import TYPE_CHECKING

from aiohttp import web

from whatsapp_emulator import qr_picture
from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError, bad_param, unknown_object
from whatsapp_emulator.fields import page, split_fields
from whatsapp_emulator.keys import EMULATOR
from whatsapp_emulator.routes import Answer, edge
from whatsapp_emulator.shape import words
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import MANAGEMENT, Number

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

TEXT_MAX = 140
CODES_MAX = 2_000
CODE_LENGTH = 14
PICTURE_PATH = "/whatsapp_business/qr/"
LINK = "https://wa.me/message/"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_FORMAT = re.compile(r"qr_image_url\.format\((SVG|PNG)\)")


@edge("POST", Number, "message_qrdls", needs=MANAGEMENT)
def create(call: Call) -> Answer:
    """A new link, or with `code` another text for one that is."""
    text = words(call.params, "prefilled_message", longest=TEXT_MAX)
    codes = call.node.file.qr_codes
    known = call.text("code")
    if known is not None:
        if known not in codes:
            raise unknown_object(known, call.method)
        codes[known]["prefilled_message"] = text
        return _shown(call, codes[known], ())
    picture = call.text("generate_qr_image")
    if picture not in (None, "SVG", "PNG"):
        raise bad_param("generate_qr_image", "must be one of {SVG, PNG}")
    if len(codes) >= CODES_MAX:
        raise GraphError(100, f"A number has at most {CODES_MAX} codes")
    code = "".join(call.emulator.chance.choices(_LETTERS, k=CODE_LENGTH))
    codes[code] = {
        "code": code,
        "prefilled_message": text,
        "deep_link_url": f"{LINK}{code}",
        "creation_time": int(call.now),
    }
    return _shown(call, codes[code], () if picture is None else (picture,))


@edge("GET", Number, "message_qrdls", needs=MANAGEMENT)
def listed(call: Call) -> Answer:
    codes = list(call.node.file.qr_codes.values())
    wish = call.text("code")
    if wish:
        codes = [item for item in codes if item["code"] == wish]
    return page(call, codes, lambda item: _shown(call, item, _pictures(call)))


@edge("GET", Number, "message_qrdls/*", needs=MANAGEMENT)
def show(call: Call) -> Answer:
    return {"data": [_shown(call, _known(call), _pictures(call))]}


@edge("DELETE", Number, "message_qrdls/*", needs=MANAGEMENT)
def delete(call: Call) -> Answer:
    del call.node.file.qr_codes[_known(call)["code"]]
    return True


async def picture(request: web.Request) -> web.StreamResponse:
    """The QR picture of a code, open to anybody."""
    emulator = request.app[EMULATOR]
    code, kind = request.match_info["code"], request.match_info["kind"]
    if not _exists(emulator, code):
        raise web.HTTPNotFound
    modules = qr_picture.modules(f"{LINK}{code}".encode())
    if kind == "svg":
        return web.Response(text=qr_picture.svg(modules), content_type="image/svg+xml")
    return web.Response(body=qr_picture.png(modules), content_type="image/png")


def _exists(emulator: "Emulator", code: str) -> bool:
    return any(code in n.file.qr_codes for n in emulator.world.numbers.values())


def _known(call: Call) -> Json:
    found: Json | None = call.node.file.qr_codes.get(call.tail[0])
    if found is None:
        raise unknown_object(call.tail[0], call.method)
    return found


def _pictures(call: Call) -> tuple[str, ...]:
    return tuple(_FORMAT.findall(call.text("fields") or ""))


def _shown(call: Call, item: Json, pictures: tuple[str, ...]) -> Json:
    """The asked fields, by default the three; a picture's address where one is asked for."""
    wish = call.text("fields")
    names = [name.split(".")[0] for name in split_fields(wish)] if wish else []
    known = names or ["code", "prefilled_message", "deep_link_url"]
    shown = {name: item[name] for name in known if name in item}
    for kind in pictures[:1]:
        address = f"{PICTURE_PATH}{item['code']}.{kind.lower()}"
        shown["qr_image_url"] = f"{call.emulator.base_url}{address}"
    return shown
