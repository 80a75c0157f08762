"""Webhook bytes to a flat sequence of events, each part decoded on its own.

Nothing raises, nothing is lost, and nothing stops its neighbours: what cannot be read becomes a
`Poison` in its place. Source: wire/webhooks and reference, webhooks 5.1 to 5.5.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec

from sportello.rules.status import REPORTED, State
from sportello.whatsapp import storable
from sportello.whatsapp.contents import content_of
from sportello.whatsapp.events import (
    AccountError,
    AccountEvent,
    Context,
    Event,
    InboundMessage,
    MetaError,
    Person,
    Poison,
    Referral,
    StatusEvent,
    TemplateEvent,
    UserPreference,
)

BODY_BYTES_MAX: Final = 8 * 1024 * 1024
_OBJECT: Final = "whatsapp_business_account"
_RAW_LENGTH_MAX: Final = 16_384
_REASON_LENGTH_MAX: Final = 200
_NAME_LENGTH_MAX: Final = 200
_WORD_LENGTH_MAX: Final = 32
# WhatsApp is no older, and whatever is later than this came in milliseconds.
_SECONDS: Final = range(1_230_768_000, 4_102_444_800)
_WA_ID: Final = re.compile(r"[0-9]{3,20}")
_TEMPLATE_FIELDS: Final = frozenset(
    {
        "message_template_status_update",
        "message_template_quality_update",
        "message_template_components_update",
        "template_category_update",
        "template_correct_category_detection",
    }
)

Json = Mapping[str, Any]
_T = TypeVar("_T")
_People = Mapping[str, Person]


class _Unreadable(ValueError):  # noqa: N818  # never leaves this module
    """A part lacks what it cannot do without."""


class _Place(msgspec.Struct, frozen=True):
    """Where in a webhook we are: which account, number and field."""

    waba_id: str = ""
    phone_number_id: str = ""
    field: str = ""
    at: datetime | None = None


_Reader = Callable[[Json, _People, _Place], Event]


def decode(body: bytes) -> tuple[Event, ...]:
    """All that one webhook tells, in its order. Raises nothing."""
    if len(body) > BODY_BYTES_MAX:
        return (_poison("the body is too large", body, _Place()),)
    try:
        envelope = storable.decoded(body)
    except storable.UnstorableError as error:
        return (_poison(str(error), body, _Place()),)
    return tuple(_of_envelope(envelope))


def _of_envelope(envelope: Any) -> Iterator[Event]:
    if not isinstance(envelope, dict) or envelope.get("object") != _OBJECT:
        yield _poison("not about a WhatsApp business account", envelope, _Place())
        return
    for entry in _elements(envelope, "entry"):
        yield from _of_entry(entry)


def _of_entry(entry: Any) -> Iterator[Event]:
    if not isinstance(entry, dict):
        yield _poison("not a JSON object", entry, _Place())
        return
    try:
        waba_id = storable.text(_identifier(entry.get("id"), 32))
    except _Unreadable as error:
        yield _poison(str(error), entry, _Place())
        return
    for change in _elements(entry, "changes"):
        yield from _of_change(change, _Place(waba_id=waba_id, at=_instant_or_none(entry)))


def _of_change(change: Any, place: _Place) -> Iterator[Event]:
    field = change.get("field") if isinstance(change, dict) else None
    value = change.get("value") if isinstance(change, dict) else None
    if not isinstance(field, str) or not field or not isinstance(value, dict):
        yield _poison("a change without field or value", change, place)
        return
    place = msgspec.structs.replace(
        place, field=storable.text(field[:64]), phone_number_id=_phone_number_id(value)
    )
    if place.field in _TEMPLATE_FIELDS:
        yield _guarded(_template, value, {}, place)
    elif place.field in {"messages", "user_preferences"}:
        yield from _of_value(value, place)
    else:
        yield _guarded(_account_event, value, {}, place)


def _of_value(value: Json, place: _Place) -> Iterator[Event]:
    if not _PARTS.keys() & value.keys():
        yield _guarded(_account_event, value, {}, place)
        return
    people = _people(value)
    for part, read in _PARTS.items():
        for element in _elements(value, part):
            yield _guarded(read, element, people, place)


def _guarded(read: _Reader, element: Any, people: _People, place: _Place) -> Event:
    """What the reader makes of the element, or the element as poison."""
    if not isinstance(element, dict):
        return _poison("not a JSON object", element, place)
    try:
        return read(storable.storable(element), people, place)
    except (_Unreadable, storable.UnstorableError) as error:
        return _poison(str(error), element, place)


def _message(message: Json, people: _People, place: _Place) -> Event:
    sender = _person(message.get("from"), message.get("from_user_id"), people)
    raw = dict(message)
    return InboundMessage(
        waba_id=place.waba_id,
        phone_number_id=_number(place),
        person=sender,
        wamid=_identifier(message.get("id"), 256),
        at=_instant(message.get("timestamp")),
        type=str(message.get("type", ""))[:_WORD_LENGTH_MAX],
        content=content_of(raw),
        context=_optional(message.get("context"), Context),
        referral=_optional(message.get("referral"), Referral),
        group_id=_word(message.get("group_id"), 256),
        errors=_errors(message.get("errors")),
        raw=raw,
    )


def _status(status: Json, people: _People, place: _Place) -> Event:
    word = _word(status.get("status"), _WORD_LENGTH_MAX)
    if not word:
        raise _Unreadable("a status that says nothing")
    in_group = status.get("recipient_type") == "group"
    return StatusEvent(
        waba_id=place.waba_id,
        phone_number_id=_number(place),
        wamid=_identifier(status.get("id"), 256),
        at=_instant(status.get("timestamp")),
        status=word,
        state=_STATES.get(word),
        recipient=_recipient(status, people, in_group=in_group),
        group_id=_word(status.get("recipient_id"), 256) if in_group else "",
        attempt=_word(status.get("biz_opaque_callback_data"), 512),
        errors=_errors(status.get("errors")),
        pricing=_object_or_none(status.get("pricing")),
        conversation=_object_or_none(status.get("conversation")),
    )


def _recipient(status: Json, people: _People, *, in_group: bool) -> Person:
    """As far as it is told: a status counts by its message's id, whoever the recipient was."""
    of = "recipient_participant" if in_group else "recipient"
    number = _word(status.get(f"{of}_id"), 20).removeprefix("+")
    wa_id = number if _WA_ID.fullmatch(number) else None
    user_id = _word(status.get(f"{of}_user_id"), 160) or None
    found = people.get(wa_id or "") or people.get(user_id or "") or Person()
    return msgspec.structs.replace(
        found,
        wa_id=wa_id or found.wa_id,
        user_id=user_id or found.user_id,
        identity_key_hash=_word(status.get("recipient_identity_key_hash"), 256)
        or found.identity_key_hash,
    )


def _preference(preference: Json, people: _People, place: _Place) -> Event:
    return UserPreference(
        waba_id=place.waba_id,
        phone_number_id=_number(place),
        person=_person(preference.get("wa_id"), preference.get("user_id"), people),
        category=_identifier(preference.get("category"), 64),
        value=_identifier(preference.get("value"), _WORD_LENGTH_MAX),
        at=_instant(preference.get("timestamp")),
        detail=_word(preference.get("detail"), _REASON_LENGTH_MAX),
        signup_id=_word(preference.get("signup_id"), 128),
    )


def _account_error(error: Json, _: _People, place: _Place) -> Event:
    return AccountError(
        waba_id=place.waba_id, phone_number_id=place.phone_number_id, error=_error(error)
    )


def _account_event(value: Json, _: _People, place: _Place) -> Event:
    return AccountEvent(
        waba_id=place.waba_id,
        phone_number_id=place.phone_number_id,
        field=place.field,
        value=dict(value),
        at=place.at,
    )


def _template(value: Json, _: _People, place: _Place) -> Event:
    """The language comes as `it`, `en_US` or `en-US`; here always with the underscore."""
    return TemplateEvent(
        waba_id=place.waba_id,
        field=place.field,
        template_id=_identifier(value.get("message_template_id"), 64),
        name=_word(value.get("message_template_name"), 512),
        language=_word(value.get("message_template_language"), 16).replace("-", "_"),
        event=_word(value.get("event"), 64),
        value=dict(value),
        at=place.at,
    )


_PARTS: Final[Mapping[str, _Reader]] = {
    "messages": _message,
    "statuses": _status,
    "user_preferences": _preference,
    "errors": _account_error,
}
_STATES: Final[Mapping[str, State]] = {state.value: state for state in REPORTED}


def _elements(value: Json, part: str) -> list[Any]:
    """A part that should be a list and is not is one element, which will be poison."""
    found = value.get(part, [])
    return found if isinstance(found, list) else [found]


def _people(value: Json) -> dict[str, Person]:
    """The customers that a webhook introduces, by number and by user id."""
    people: dict[str, Person] = {}
    for contact in _elements(value, "contacts"):
        try:
            person = _introduced(storable.storable(contact))
        except (_Unreadable, storable.UnstorableError, AttributeError):
            continue  # the message that follows names its sender itself, if less fully
        people |= {key: person for key in (person.wa_id, person.user_id) if key}
    return people


def _introduced(contact: Json) -> Person:
    profile = contact.get("profile")
    named = profile if isinstance(profile, dict) else {}
    return Person(
        wa_id=_wa_id(contact.get("wa_id")),
        user_id=_word(contact.get("user_id"), 160) or None,
        parent_user_id=_word(contact.get("parent_user_id"), 160),
        name=_word(named.get("name"), _NAME_LENGTH_MAX),
        username=_word(named.get("username"), 100),
        identity_key_hash=_word(contact.get("identity_key_hash"), 256),
    )


def _person(wa_id: Any, user_id: Any, people: _People) -> Person:
    """The sender as the message names them, with what the webhook says beside."""
    digits = _wa_id(wa_id)
    scoped = _word(user_id, 160) or None
    found = people.get(digits or "") or people.get(scoped or "") or Person()
    digits = digits or found.wa_id
    scoped = scoped or found.user_id
    if digits is None and scoped is None:
        raise _Unreadable("neither a number nor a user id")
    return msgspec.structs.replace(found, wa_id=digits, user_id=scoped)


def _wa_id(value: Any) -> str | None:
    if value is None or value == "":
        return None
    digits = value.removeprefix("+") if isinstance(value, str) else ""
    if not _WA_ID.fullmatch(digits):
        raise _Unreadable("a number that is none")
    return digits


def _phone_number_id(value: Json) -> str:
    """Empty where the webhook names none, or not as an id."""
    metadata = value.get("metadata")
    try:
        found = _identifier((metadata or {}).get("phone_number_id"), 32)
    except (_Unreadable, AttributeError):
        return ""
    return storable.text(found)


def _number(place: _Place) -> str:
    if not place.phone_number_id:
        raise _Unreadable("no phone_number_id")
    return place.phone_number_id


def _identifier(value: Any, length_max: int) -> str:
    """An id: text, or an integer where Meta writes one; never empty, never cut."""
    found = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(found, str) or not 0 < len(found) <= length_max:
        raise _Unreadable("an id that is missing or too long")
    return found


def _word(value: Any, length_max: int) -> str:
    """Text that may be missing, cut to what its column holds."""
    return value[:length_max] if isinstance(value, str) else ""


def _instant(value: Any) -> datetime:
    """Meta's seconds, as a number or in digits."""
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12
    seconds = int(value) if is_digits else value
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds not in _SECONDS:
        raise _Unreadable("a timestamp that cannot be")
    return datetime.fromtimestamp(seconds, UTC)


def _instant_or_none(entry: Json) -> datetime | None:
    try:
        return _instant(entry.get("time"))
    except _Unreadable:
        return None


def _errors(errors: Any) -> tuple[MetaError, ...]:
    """Those of an event's errors that can be read: an event is not lost over its error."""
    found: list[MetaError] = []
    for error in errors if isinstance(errors, list) else []:
        try:
            found.append(_error(error))
        except (_Unreadable, AttributeError):
            continue
    return tuple(found)


def _error(error: Json) -> MetaError:
    code = error.get("code")
    if not isinstance(code, int) or isinstance(code, bool):
        raise _Unreadable("an error without a code")
    more = error.get("error_data")
    details = more.get("details") if isinstance(more, dict) else None
    return MetaError(
        code=code,
        title=_word(error.get("title"), _REASON_LENGTH_MAX),
        message=_word(error.get("message"), 1000),
        details=_word(details, 2000),
        href=_word(error.get("href"), 500),
    )


def _object_or_none(value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _optional(value: Any, kind: type[_T]) -> _T | None:
    """Side matter: if its shape is unknown the message goes on without it; `raw` still has it."""
    if not isinstance(value, dict):
        return None
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError:
        return None


def _poison(reason: str, raw: Any, place: _Place) -> Poison:
    told = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else storable.shown(raw)
    return Poison(
        waba_id=place.waba_id,
        phone_number_id=place.phone_number_id,
        field=place.field,
        reason=storable.text(reason[:_REASON_LENGTH_MAX]),
        raw=storable.text(told[:_RAW_LENGTH_MAX]),
    )
