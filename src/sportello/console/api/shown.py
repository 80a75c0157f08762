"""Rows as the API shows them."""

from datetime import datetime

from sportello.console.api import shapes
from sportello.rules import window
from sportello.schema import channel, inbox, library, people, team

_DIRECTIONS = {
    inbox.Origin.CUSTOMER: shapes.Direction.INBOUND,
    inbox.Origin.NOTE: shapes.Direction.INTERNAL,
}


def conversation(row: inbox.Conversation, now: datetime) -> shapes.Conversation:
    """Needs contact, number and operator selected with it."""
    return shapes.Conversation(
        id=row.pk,
        holder=inbox.Holder(row.holder),
        operator=_operator(row.operator),
        handover_reason=row.handover_reason,
        window=shapes.Window(
            open=window.is_open(row.window_closes_at, now), closes_at=row.window_closes_at
        ),
        contact=contact(row.contact),
        number=shapes.NumberRef(
            id=row.number.pk,
            phone_number_id=row.number.phone_number_id,
            display_number=row.number.display_number,
        ),
        last_message=_last_message(row),
        unread=row.unread_count,
        awaiting_customer_since=row.awaiting_customer_since,
        held_since=row.held_since,
        created_at=row.created_at,
    )


def contact(row: people.Contact) -> shapes.Contact:
    phone = f"+{row.wa_id}" if row.wa_id else None
    return shapes.Contact(
        id=row.pk,
        name=row.name or row.profile_name or row.username or phone or "",
        phone=phone,
        wa_id=row.wa_id,
        user_id=row.user_id,
        username=row.username,
        profile_name=row.profile_name,
        language=row.language,
        created_at=row.created_at,
    )


def message(row: inbox.Message) -> shapes.Message:
    """Needs author selected and media prefetched with it."""
    origin = inbox.Origin(row.origin)
    return shapes.Message(
        id=row.pk,
        conversation_id=row.conversation_id,
        wamid=row.wamid,
        direction=_DIRECTIONS.get(origin, shapes.Direction.OUTBOUND),
        origin=origin,
        author=_operator(row.author),
        type=row.type,
        text=row.text,
        status=row.status,
        error=row.error,
        sources=row.sources,
        confidence=row.confidence,
        template=row.payload.get("template") if row.type == "template" else None,
        receipt=row.receipt,
        price=_price(row),
        reply_to=row.reply_to,
        reactions=row.reactions,
        media=[_media(one) for one in row.media_set.all()],
        at=row.at,
        sent_at=row.sent_at,
        delivered_at=row.delivered_at,
        read_at=row.read_at,
        failed_at=row.failed_at,
        edited_at=row.edited_at,
        revoked_at=row.revoked_at,
    )


def pair(row: library.Pair) -> shapes.Pair:
    return shapes.Pair(
        id=row.pk,
        question=row.question,
        answer=row.answer,
        variants=row.variants,
        language=row.language,
        enabled=row.enabled,
        indexed=row.indexed_at is not None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def number(row: channel.Number) -> shapes.Number:
    return shapes.Number(
        id=row.pk,
        phone_number_id=row.phone_number_id,
        waba_id=row.waba_id,
        app_id=row.app_id,
        display_number=row.display_number,
        verified_name=row.verified_name,
        status=row.status,
        quality=row.quality,
        throughput_mps=row.throughput_mps,
        assistant_on=row.assistant_on,
        paused_why=row.paused_why,
        paused_at=row.paused_at,
        last_event_at=row.last_event_at,
        silent_since=row.silent_since,
        messaging_limit=row.messaging_limit,
        payment=row.payment,
        seen_at=row.seen_at,
    )


def _operator(user: team.User | None) -> shapes.Operator | None:
    return None if user is None else shapes.Operator(id=user.pk, name=user.name or user.email)


def _last_message(row: inbox.Conversation) -> shapes.LastMessage | None:
    if row.last_message_at is None:
        return None
    return shapes.LastMessage(
        text=row.last_message_text, origin=row.last_message_origin, at=row.last_message_at
    )


def _price(row: inbox.Message) -> shapes.Price | None:
    """As Meta stated it, else as expected; nothing where nothing is charged or no card tells."""
    charge = getattr(row, "charge", None)
    if charge is None:
        return None
    is_stated = charge.micros is not None
    micros = charge.micros if is_stated else charge.expected_micros
    if micros is None:
        return None
    return shapes.Price(
        micros=micros,
        currency=charge.currency,
        category=charge.category if is_stated else charge.expected_category,
        kind=charge.kind if is_stated else charge.expected_kind,
        is_stated=is_stated,
    )


def _media(row: inbox.Media) -> shapes.Media:
    return shapes.Media(
        id=row.pk,
        mime_type=row.mime_type,
        filename=row.filename,
        size=row.size,
        state=row.state,
        reading=row.reading,
        words=row.words,
        unread_why=row.unread_why,
    )
