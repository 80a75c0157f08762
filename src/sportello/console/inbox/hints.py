"""What came along with a message: that it was forwarded, from which ad, about which product."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sportello.schema.inbox import Message

_LENGTH_MAX = 160


@dataclass(frozen=True, slots=True)
class Hint:
    """A line above the bubble's words; `icon` of the sprite, `detail` in others' words."""

    icon: str
    words: str
    detail: str = ""


def hints_of(message: Message) -> tuple[Hint, ...]:
    """Never fails: what has another shape than Meta's is not told."""
    return tuple(_told(message.payload))


def _told(payload: Mapping[str, Any]) -> Iterator[Hint]:
    context, referral = _object(payload, "context"), _object(payload, "referral")
    if context.get("frequently_forwarded") is True:
        yield Hint(icon="arrow-forward-up-double", words=_("Forwarded many times"))
    elif context.get("forwarded") is True:
        yield Hint(icon="arrow-forward-up", words=_("Forwarded"))
    if payload.get("group_id"):
        yield Hint(icon="users", words=_("Written in a group"))
    product = _text(_object(context, "referred_product"), "product_retailer_id")
    if product:
        yield Hint(icon="tag", words=_("About the product"), detail=product)
    if referral:
        yield _referral(referral)


def _referral(referral: Mapping[str, Any]) -> Hint:
    told = [_text(referral, name) for name in ("headline", "body")]
    detail = " · ".join(part for part in told if part)
    words = _("From a post") if referral.get("source_type") == "post" else _("From an ad")
    return Hint(icon="speakerphone", words=words, detail=detail)


def _object(owner: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = owner.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(owner: Mapping[str, Any], name: str) -> str:
    found = owner.get(name)
    return found[:_LENGTH_MAX] if isinstance(found, str) else ""
