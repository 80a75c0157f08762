"""The shop's templates, a picture of its window, and a template that a customer was sent."""

import struct
import zlib
from typing import Any

from sportello.schema import models

_OWNER = "owner"
_PICTURE = {"type": "HEADER", "format": "IMAGE"}
_READY = {
    "type": "BODY",
    "text": "Buongiorno {{nome}}, il suo ordine {{ordine}} è pronto: la aspettiamo in negozio.",
    "example": {
        "body_text_named_params": [
            {"param_name": "nome", "example": "Anna"},
            {"param_name": "ordine", "example": "A-1042"},
        ]
    },
}
_BUTTONS = {
    "type": "BUTTONS",
    "buttons": [
        {"type": "QUICK_REPLY", "text": "Passo oggi"},
        {"type": "URL", "text": "Segui l'ordine", "url": "https://example.com/o/{{1}}"},
    ],
}
_NEWS = {"type": "BODY", "text": "Buongiorno {{1}}, la nuova collezione è in negozio."}
_FOOTER = {"type": "FOOTER", "text": "Bottega Aurora"}
SHOWN: dict[str, Any] = {
    "id": 1,
    "name": "ordine_pronto",
    "language": "it",
    "category": "utility",
    "header": {"kind": "IMAGE", "text": "", "file": None, "link": "", "filename": "vetrina.png"},
    "body": "Buongiorno Elena, il suo ordine *A-1042* è pronto: la aspettiamo in negozio.",
    "footer": "Bottega Aurora",
    "buttons": [
        {"kind": "QUICK_REPLY", "text": "Passo oggi", "target": ""},
        {"kind": "URL", "text": "Segui l'ordine", "target": "https://example.com/o/1042"},
        {"kind": "PHONE_NUMBER", "text": "Chiama", "target": "+390612345678"},
        {"kind": "COPY_CODE", "text": "", "target": "GRAZIE10"},
    ],
}
RECEIPT: dict[str, Any] = {
    "verdict": "allowed",
    "code": None,
    "until": None,
    "cost": {"micros": 24_800, "currency": "EUR", "category": "utility", "kind": "regular"},
    "decided_at": "2026-11-21T09:38:00+00:00",
    "reasons": {
        "origin": "operator",
        "content": "template",
        "control_epoch": 0,
        "holder": "assistant",
        "window_open": False,
        "one_template_until_they_answer": True,
        "reachable": True,
        "marketing_consent": "none",
        "template_state": "approved",
        "template_category": "utility",
        "template_fits": True,
        "media": "ready",
        "number": "ready",
        "account": "ok",
        "pair_wait_s": 0.0,
        "new_people_left_today": 1986,
        "budget_left_micros": 41_300_000,
    },
}


def picture() -> bytes:
    """A small PNG with a gradient, so that one sees where it begins and ends."""
    wide, high = 320, 168
    rows = b"".join(
        b"\0" + b"".join(bytes((60 + x // 2, 120 + y // 2, 110)) for x in range(wide))
        for y in range(high)
    )
    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    parts = (b"IHDR" + head, b"IDAT" + zlib.compress(rows), b"IEND")
    chunks = [
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        for part in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def add_file(workspace: models.Workspace) -> models.File:
    content = picture()
    return models.File.objects.using(_OWNER).create(
        workspace=workspace,
        sha256="f" * 64,
        mime_type="image/png",
        filename="vetrina.png",
        size=len(content),
        content=content,
    )


def add_templates(number: models.Number) -> dict[str, models.Template]:
    """Two that can be sent, one of them marketing, and one that Meta has not approved."""
    kinds: dict[str, dict[str, Any]] = {
        "ordine_pronto": {
            "parameter_format": "NAMED",
            "components": [_PICTURE, _READY, _FOOTER, _BUTTONS],
        },
        "novita_autunno": {"category": "MARKETING", "components": [_NEWS, _FOOTER]},
        "in_revisione": {"status": "PENDING", "components": [_NEWS]},
    }
    standard = {"language": "it", "category": "UTILITY", "status": "APPROVED"}
    return {
        name: models.Template.objects.using(_OWNER).create(
            workspace=number.workspace,
            waba_id=number.waba_id,
            name=name,
            **(standard | columns),
        )
        for name, columns in kinds.items()
    }
