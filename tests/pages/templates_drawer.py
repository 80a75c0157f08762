"""The shop's templates: one in every state that the pages must show."""

import hashlib
from datetime import timedelta
from typing import Any

from sportello.schema import models
from tests.pages.shop import PIXEL, Shop

_OWNER = "owner"
_HOUR = timedelta(hours=1)


def body(text: str, **parts: Any) -> list[dict[str, Any]]:
    """Components with the given body, and whatever else is named: header, footer, buttons."""
    components: list[dict[str, Any]] = []
    if "header" in parts:
        components.append({"type": "HEADER", **parts["header"]})
    example = {"example": {"body_text": [parts["examples"]]}} if "examples" in parts else {}
    components.append({"type": "BODY", "text": text, **example})
    if "footer" in parts:
        components.append({"type": "FOOTER", "text": parts["footer"]})
    if "buttons" in parts:
        components.append({"type": "BUTTONS", "buttons": parts["buttons"]})
    return components


def picture(shop: Shop) -> models.File:
    kept, _is_new = models.File.objects.using(_OWNER).get_or_create(
        workspace=shop.workspace,
        sha256=hashlib.sha256(PIXEL).hexdigest(),
        defaults={
            "mime_type": "image/png",
            "filename": "borsa.png",
            "size": len(PIXEL),
            "content": PIXEL,
            "by": shop.user,
        },
    )
    return kept


def template(shop: Shop, name: str, status: str = "APPROVED", **values: Any) -> models.Template:
    defaults: dict[str, Any] = {
        "language": "it",
        "category": "UTILITY",
        "components": body("Il suo ordine è pronto in negozio."),
        "meta_id": ""
        if status in {"draft", "failed", "submitting"}
        else f"30{shop.workspace.pk}{name[:20]}",
        "updated_at": shop.now,
        "created_at": shop.now,
    }
    return models.Template.objects.using(_OWNER).create(
        workspace=shop.workspace,
        waba_id=shop.number.waba_id,
        name=name,
        status=status,
        **(defaults | values),
    )


def change(
    template: models.Template, kind: str, before: str, after: str, **values: Any
) -> models.TemplateChange:
    return models.TemplateChange.objects.using(_OWNER).create(
        workspace=template.workspace, template=template, kind=kind, before=before, after=after,
        **values,
    )  # fmt: skip


def empty_drawer(shop: Shop) -> None:
    """Without the templates that the shop's chats speak of."""
    models.Template.objects.using(_OWNER).filter(workspace=shop.workspace).delete()


def fill_drawer(shop: Shop) -> dict[str, models.Template]:
    """By name; these and no others."""
    empty_drawer(shop)
    made = [
        _approved(shop),
        _recategorised(shop),
        _rejected(shop),
        _paused(shop),
        template(
            shop, "invito_autunno", "PENDING", category="MARKETING", by=shop.user,
            components=body("La nuova collezione è in negozio da sabato, con un *brindisi*.",
                            footer="Bottega Aurora"),
            submitted_at=shop.now - 2 * _HOUR, updated_at=shop.now - 2 * _HOUR,
        ),
        _submitting(shop),
        _failed(shop),
        template(
            shop, "reminder_visit", "draft", language="en_US",
            components=body("See you tomorrow at {{1}}."), updated_at=shop.now - 5 * _HOUR,
        ),
    ]  # fmt: skip
    return {one.name: one for one in made}


def _approved(shop: Shop) -> models.Template:
    made = template(
        shop,
        "ordine_pronto",
        quality="GREEN",
        sample=picture(shop),
        by=shop.user,
        submitted_at=shop.now - 90 * _HOUR,
        synchronised_at=shop.now - _HOUR,
        updated_at=shop.now - 80 * _HOUR,
        components=body(
            "Buongiorno {{1}}, il suo ordine *{{2}}* è pronto: può ritirarlo _quando vuole_.",
            examples=["Anna", "A-2041"],
            header={"format": "IMAGE", "example": {"header_handle": ["https://scontent.example/x"]}},
            footer="Bottega Aurora, via Po 12",
            buttons=[
                {"type": "QUICK_REPLY", "text": "Passo oggi"},
                {"type": "URL", "text": "Segui l'ordine", "url": "https://example.org/o/{{1}}",
                 "example": ["https://example.org/o/A-2041"]},
                {"type": "PHONE_NUMBER", "text": "Chiama", "phone_number": "+390112345678"},
                {"type": "COPY_CODE", "example": "RITIRO10"},
            ],
        ),
    )  # fmt: skip
    change(made, "status", "PENDING", "APPROVED", at=shop.now - 89 * _HOUR)
    return made


def _recategorised(shop: Shop) -> models.Template:
    made = template(shop, "promemoria_ritiro", category="MARKETING", quality="YELLOW")
    change(
        made, "category", "UTILITY", "MARKETING", at=shop.now - 3 * _HOUR, is_alarm=True,
    )  # fmt: skip
    return made


def _rejected(shop: Shop) -> models.Template:
    made = template(
        shop,
        "saldi_estate",
        "REJECTED",
        category="MARKETING",
        reason="TAG_CONTENT_MISMATCH",
        reason_detail="The language does not match the text.",
        components=body("Da domani i saldi: tutte le borse a metà prezzo fino a sabato sera."),
        updated_at=shop.now - 20 * _HOUR,
    )
    change(
        made, "status", "PENDING", "REJECTED", at=shop.now - 20 * _HOUR,
        reason="TAG_CONTENT_MISMATCH",
    )  # fmt: skip
    return made


def _paused(shop: Shop) -> models.Template:
    return template(
        shop, "novita_mese", "PAUSED", category="MARKETING", quality="RED",
        paused_until=shop.now + 2 * _HOUR, updated_at=shop.now - 30 * _HOUR,
    )  # fmt: skip


def _submitting(shop: Shop) -> models.Template:
    return template(
        shop, "conferma_appuntamento", "submitting", wish="create", step="submitting",
        due_at=shop.now + _HOUR, by=shop.user, updated_at=shop.now,
        components=body("Appuntamento confermato per domani."),
    )  # fmt: skip


def _failed(shop: Shop) -> models.Template:
    return template(
        shop, "avviso_chiusura", "failed", updated_at=shop.now - 6 * _HOUR,
        components=body("Domani il negozio resta chiuso."),
        error={"code": 100, "subcode": 2388024, "message": "Invalid parameter",
               "details": "Content in this language already exists"},
    )  # fmt: skip
