"""An invented shop with one conversation of every kind, written into a test's database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from sportello.schema import models
from tests.pages import shop_templates

# One pixel, as the smallest PNG there is.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc000000301010018dd8db00000000049454e44ae426082"
)

_OWNER = "owner"
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)

RECEIPT = {
    "verdict": "allowed",
    "code": None,
    "until": None,
    "cost": None,
    "decided_at": "2026-11-22T09:38:00+00:00",
    "reasons": {
        "origin": "assistant",
        "holder": "assistant",
        "control_epoch": 0,
        "window_open": True,
        "window_closes_at": "2026-11-23T09:38:00+00:00",
        "number": "ready",
        "account": "ok",
        "pair_wait_s": 0.0,
    },
}


@dataclass
class Shop:
    """What was written, by the names that tests use."""

    workspace: models.Workspace
    user: models.User
    number: models.Number
    now: datetime
    chats: dict[str, models.Conversation] = field(default_factory=dict)
    pairs: dict[str, models.Pair] = field(default_factory=dict)
    messages: dict[str, models.Message] = field(default_factory=dict)
    templates: dict[str, models.Template] = field(default_factory=dict)
    picture: models.File | None = None


@cache
def hashed(password: str) -> str:
    """Made once: the hash is slow by design."""
    return make_password(password)


def open_shop(now: datetime, slug: str = "bottega", email: str = "giulia@example.org") -> Shop:
    """A company, its owner and its number; nothing else yet."""
    workspace = models.Workspace.objects.using(_OWNER).create(name="Bottega Aurora", slug=slug)
    user = models.User(
        email=email, name="Giulia Ferri", created_at=now, password=hashed("una frase lunga")
    )
    user.save(using=_OWNER)
    models.Membership.objects.using(_OWNER).create(workspace=workspace, user=user, role="owner")
    number = models.Number.objects.using(_OWNER).create(
        workspace=workspace,
        phone_number_id=f"2000000000000{workspace.pk:02d}",
        waba_id=f"1000000000000{workspace.pk:02d}",
        display_number="390612345678",
        verified_name="Bottega Aurora",
        quality="GREEN",
        token_last4="x7Qd",
        last_event_at=now - 2 * _MINUTE,
    )
    return Shop(workspace, user, number, now)


def chat(shop: Shop, name: str, wa_id: str | None, **values: Any) -> models.Conversation:
    contact = models.Contact.objects.using(_OWNER).create(
        workspace=shop.workspace,
        wa_id=wa_id,
        user_id=values.pop("user_id", None),
        username=values.pop("username", ""),
        profile_name=name,
        language=values.pop("language", "it"),
    )
    conversation = models.Conversation.objects.using(_OWNER).create(
        workspace=shop.workspace, number=shop.number, contact=contact, **values
    )
    shop.chats[name] = conversation
    return conversation


def said(
    shop: Shop, conversation: models.Conversation, ago: timedelta, origin: str, **values: Any
) -> models.Message:
    """One bubble; the conversation's last words follow it."""
    defaults = {
        "customer": {"status": "received"},
        "note": {"status": "noted"},
    }.get(origin, {"status": "read"})
    at = shop.now - ago
    known = models.Message.objects.using(_OWNER).count()
    written = {"type": "text", "text": "", **defaults, **values}
    if origin != "note":
        written.setdefault("wamid", f"wamid.TEST{shop.workspace.pk}.{known}")
    message = models.Message.objects.using(_OWNER).create(
        workspace=shop.workspace, conversation=conversation, origin=origin, at=at, **written
    )
    if origin != "note":
        conversation.last_message_at = at
        conversation.last_message_text = message.text[:200] or message.type
        conversation.last_message_origin = origin
    if origin == "customer":
        conversation.last_inbound_at = at
        conversation.window_closes_at = at + 24 * _HOUR
    conversation.save(using=_OWNER)
    return message


def file(shop: Shop, message: models.Message, mime_type: str, name: str, body: bytes) -> None:
    media = models.Media.objects.using(_OWNER).create(
        workspace=shop.workspace,
        message=message,
        media_id=f"media{message.pk}",
        mime_type=mime_type,
        filename=name,
        size=len(body) or 184_000,
        state="kept",
        due_at=shop.now,
    )
    folder = Path(settings.MEDIA_ROOT) / str(shop.workspace.pk)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / str(media.pk)).write_bytes(body)


def knowledge(shop: Shop) -> None:
    pairs = [
        (
            "Quando arriva il mio ordine?",
            "Gli ordini partono entro un giorno lavorativo e arrivano in 2 o 3 giorni.",
            ["dov'è il mio pacco", "tempi di consegna", "non ho ancora ricevuto nulla"],
        ),
        (
            "Posso fare un reso?",
            "Sì, entro 30 giorni e senza spese: basta scriverci il numero d'ordine.",
            ["come restituisco un capo"],
        ),
        (
            "Quali sono gli orari del negozio?",
            "Siamo aperti dal martedì al sabato, 9:30–13 e 15:30–19:30.",
            [],
        ),
        ("Do you ship abroad?", "Yes, to the whole European Union, in 4 to 6 days.", []),
    ]
    for index, (question, answer, variants) in enumerate(pairs):
        shop.pairs[question] = models.Pair.objects.using(_OWNER).create(
            workspace=shop.workspace,
            question=question,
            answer=answer,
            variants=variants,
            language="en" if question.startswith("Do") else "it",
            enabled=index != 3,
            updated_at=shop.now - index * 9 * _HOUR,
            indexed_at=None if index == 2 else shop.now,
        )


def fill(shop: Shop) -> Shop:
    """A morning at the counter, committed at once."""
    with transaction.atomic(using=_OWNER):
        knowledge(shop)
        shop.templates = shop_templates.add_templates(shop.number)
        shop.picture = shop_templates.add_file(shop.workspace)
        _anna(shop)
        _bruno(shop)
        _carla(shop)
        _dario(shop)
        _elena(shop)
        _quiet_ones(shop)
        _events(shop)
    return shop


def _anna(shop: Shop) -> None:
    """The assistant drives; an answer with its sources and its receipt."""
    anna = chat(shop, "Anna Bianchi", "393471234567", unread_count=1)
    said(shop, anna, 26 * _HOUR, "customer", text="Buonasera, fate anche confezioni regalo?")
    said(
        shop,
        anna,
        26 * _HOUR - _MINUTE,
        "assistant",
        text="Sono l'assistente digitale della Bottega Aurora. Sì: la confezione regalo è "
        "*gratuita*, basta sceglierla nel carrello.",
        receipt=RECEIPT,
        sources=[{"pair_id": None, "title": "Fate confezioni regalo?", "score": 0.91}],
    )
    said(shop, anna, 12 * _MINUTE, "customer", text="Quando arriva il mio ordine?")
    shop.messages["answer"] = said(
        shop,
        anna,
        11 * _MINUTE,
        "assistant",
        status="delivered",
        receipt=RECEIPT,
        text="Gli ordini partono entro un giorno lavorativo e arrivano in 2 o 3 giorni.\n\n"
        "Il codice di spedizione arriva per e-mail alla partenza.",
        sources=[
            {
                "pair_id": shop.pairs["Quando arriva il mio ordine?"].pk,
                "title": "Quando arriva il mio ordine?",
                "score": 0.93,
            },
            {
                "pair_id": shop.pairs["Posso fare un reso?"].pk,
                "title": "Posso fare un reso?",
                "score": 0.41,
            },
        ],
    )
    said(
        shop,
        anna,
        6 * _MINUTE,
        "customer",
        text="Perfetto, grazie mille!",
        reactions={"393471234567": "❤️"},
    )
    models.ConsentEvent.objects.using(_OWNER).create(
        workspace=shop.workspace,
        contact=anna.contact,
        action="grant",
        source="form",
        text="Desidero ricevere le novità",
        at=shop.now - timedelta(days=40),
    )


def _bruno(shop: Shop) -> None:
    """In the operator's hands, with every kind of bubble."""
    bruno = chat(
        shop,
        "Bruno Verdi",
        "393289876543",
        holder="operator",
        operator=shop.user,
        held_since=shop.now - 40 * _MINUTE,
        control_epoch=1,
    )
    base = 50 * _MINUTE
    first = said(
        shop,
        bruno,
        base,
        "customer",
        text="La borsa è arrivata rovinata 😞",
        type="image",
        payload={"image": {"mime_type": "image/png"}},
    )
    file(shop, first, "image/png", "borsa.png", PIXEL)
    said(shop, bruno, base - _MINUTE, "customer", type="document", text="")
    file(
        shop,
        models.Message.objects.using(_OWNER).latest("pk"),
        "application/pdf",
        "ricevuta ordine A-2041.pdf",
        b"%PDF-1.4",
    )
    said(shop, bruno, base - 2 * _MINUTE, "customer", type="audio", text="")
    file(shop, models.Message.objects.using(_OWNER).latest("pk"), "audio/ogg; codecs=opus", "", b"")
    said(
        shop,
        bruno,
        base - 3 * _MINUTE,
        "note",
        author=shop.user,
        text="Cliente storico: rimborso senza discutere, chiedo a Marta per la sostituzione.",
    )
    said(
        shop,
        bruno,
        base - 8 * _MINUTE,
        "operator",
        author=shop.user,
        reply_to=first.wamid,
        text="Buongiorno Bruno, mi dispiace molto.\nPossiamo:\n- sostituirla subito\n"
        "- rimborsarla\n\nCosa preferisce?",
        receipt=RECEIPT,
    )
    said(
        shop,
        bruno,
        base - 12 * _MINUTE,
        "customer",
        type="location",
        text="",
        payload={
            "location": {
                "latitude": 45.0703,
                "longitude": 7.6869,
                "name": "Casa",
                "address": "Via Po 12, Torino",
            }
        },
    )
    said(
        shop,
        bruno,
        base - 13 * _MINUTE,
        "customer",
        type="contacts",
        text="",
        payload={
            "contacts": [
                {
                    "name": {"formatted_name": "Paola Verdi"},
                    "phones": [{"phone": "+39 328 111 2233"}],
                }
            ]
        },
    )
    said(shop, bruno, base - 14 * _MINUTE, "customer", type="poll", text="")
    said(shop, bruno, base - 15 * _MINUTE, "customer", text="Ignori", revoked_at=shop.now)
    shop.messages["failed"] = said(
        shop,
        bruno,
        base - 20 * _MINUTE,
        "operator",
        author=shop.user,
        status="failed",
        text="Le mando l'etichetta per il reso.",
        receipt=RECEIPT,
        error={"code": 131026, "title": "Message undeliverable"},
    )
    said(
        shop,
        bruno,
        base - 24 * _MINUTE,
        "customer",
        text="Vorrei la *sostituzione*, grazie. L'ordine è questo: https://example.org/o/A-2041",
    )
    said(
        shop,
        bruno,
        base - 46 * _MINUTE,
        "operator",
        author=shop.user,
        status="queued",
        text="Benissimo, parte oggi stesso.",
    )


def _carla(shop: Shop) -> None:
    """Handed over, and the window nearly shut."""
    carla = chat(
        shop,
        "Carla Neri",
        "393331112233",
        holder="queue",
        handover_reason="not_known",
        held_since=shop.now - 3 * _HOUR,
        unread_count=2,
        control_epoch=1,
    )
    said(shop, carla, 23 * _HOUR + 20 * _MINUTE, "customer", text="Buongiorno")
    said(
        shop,
        carla,
        23 * _HOUR + 18 * _MINUTE,
        "customer",
        text="Riparate anche le scarpe comprate altrove?",
    )
    said(
        shop,
        carla,
        23 * _HOUR + 17 * _MINUTE,
        "assistant",
        receipt=RECEIPT,
        text="Su questo preferisco che risponda una persona: la passo subito a un collega.",
    )


def _dario(shop: Shop) -> None:
    """The window is shut."""
    dario = chat(shop, "Dario Galli", "393401239876")
    said(shop, dario, 30 * _HOUR, "customer", text="ok, ci penso")


def _elena(shop: Shop) -> None:
    """We wrote first, and nobody has answered."""
    elena = chat(shop, "Elena Ricci", "393495556677", awaiting_customer_since=shop.now - 25 * _HOUR)
    header = shop_templates.SHOWN["header"] | {"file": shop.picture and shop.picture.pk}
    shown = shop_templates.SHOWN | {"header": header}
    shop.messages["template"] = said(
        shop,
        elena,
        25 * _HOUR,
        "operator",
        author=shop.user,
        type="template",
        status="sent",
        text=shown["body"],
        payload={"template": shown},
        receipt=shop_templates.RECEIPT,
    )


def _quiet_ones(shop: Shop) -> None:
    closed = chat(shop, "Franco De Luca", "393312223344", holder="closed")
    said(shop, closed, 3 * _HOUR, "customer", text="grazie!")
    hidden = chat(
        shop, "", None, user_id="IT.10000000000000000009", username="giada.m", language="en"
    )
    said(shop, hidden, 5 * _HOUR, "customer", text="Hi, do you ship to Austria?")
    hostile = chat(shop, "<script>alert(1)</script>", "393390000000")
    said(
        shop,
        hostile,
        21 * _HOUR,
        "customer",
        text="<img src=x onerror=alert(1)> \u202eabc *" + "molto " * 60,
    )


def _events(shop: Shop) -> None:
    told = [
        (
            "message_template_status_update",
            {
                "event": "REJECTED",
                "message_template_name": "promo_autunno",
                "message_template_language": "it",
                "reason": "INVALID_FORMAT",
            },
        ),
        (
            "phone_number_quality_update",
            {
                "event": "ONBOARDING",
                "display_phone_number": "390612345678",
                "current_limit": "TIER_2K",
            },
        ),
        (
            "account_alerts",
            {
                "entity_type": "BUSINESS",
                "entity_id": "1",
                "alert_info": {"alert_severity": "WARNING", "alert_type": "OBA_REJECTED"},
            },
        ),
    ]
    for index, (name, value) in enumerate(told):
        models.PlatformEvent.objects.using(_OWNER).create(
            workspace=shop.workspace,
            number=shop.number,
            waba_id=shop.number.waba_id,
            field=name,
            value=value,
            digest=f"{index}",
            at=shop.now - index * 5 * _HOUR,
        )
    models.Quarantined.objects.using(_OWNER).create(
        workspace=shop.workspace,
        journal_id=812,
        reason="messages[0].timestamp: not a number",
        raw='{"from": "39333", "timestamp": "ieri"}',
        at=shop.now - _HOUR,
    )
