"""What can go wrong between us and Meta.

    WhatsAppError
    ├── NotSentError    nothing left this machine: safe to send again
    ├── InDoubtError    bytes left, no answer came: nobody knows
    ├── RejectedError   Meta said no, with a code
    ├── ForeignAddressError   a media address that is not Meta's
    └── TooLargeError   a media larger than wanted

Each knows its `retry.Kind`. Source of the codes: `rules.graph_errors`; of the in-doubt rule:
reference, reliability 2.
"""

from typing import Any, Final

import msgspec

from sportello.rules.graph_errors import Kind
from sportello.rules.retry import kind_of
from sportello.whatsapp import storable

# Of an answer that is not Meta's: what lies in between turned the request away.
UNKNOWN_CODE: Final = -1
_WITHOUT_JSON: Final = {401: 0, 429: 4}
_WORDS_LENGTH_MAX: Final = 1000


class GraphError(msgspec.Struct, frozen=True, kw_only=True):
    """Meta's error envelope. Branch on `code` and `details`; titles may change at any time."""

    code: int
    subcode: int = 0
    message: str = ""
    details: str = ""
    type: str = ""
    fbtrace_id: str = ""
    is_transient: bool = False
    http: int = 0


class WhatsAppError(Exception):
    """The base of the tree."""

    kind: Kind


class NotSentError(WhatsAppError):
    """DNS, connection or TLS failed before the first byte of the request."""

    kind = Kind.PASSING


class InDoubtError(WhatsAppError):
    """A time-out or reset after the request was on its way, or an answer that says nothing.

    Its kind is final: by itself it is never sent again. `rules.doubt` settles it.
    """

    kind = Kind.FINAL


class RejectedError(WhatsAppError):
    """Meta answered with an error: the message was not accepted."""

    def __init__(self, error: GraphError) -> None:
        """Shows the code alone: Meta's words may quote what was sent."""
        super().__init__(f"code {error.code}, http {error.http}")
        self.error = error

    @property
    def kind(self) -> Kind:  # type: ignore[override]  # here it depends on the code
        """By the code, and for code 100 by the subcode."""
        return kind_of(self.error.code, self.error.subcode)


class ForeignAddressError(WhatsAppError):
    """The token would have gone to somebody else: nothing was asked."""

    kind = Kind.FINAL


class TooLargeError(WhatsAppError):
    """The media is larger than the caller wants to take; the rest was not read."""

    kind = Kind.FINAL


def error_of(http: int, body: bytes) -> WhatsAppError:
    """The exception for an answer that is no success.

    An answer without Graph's envelope came from something in between. Below 500 that something
    turned us away; from 500 on it may have broken down after passing the request on.
    """
    envelope = _envelope(body)
    if envelope is not None:
        return RejectedError(_graph_error(http, envelope))
    if http >= 500:
        return InDoubtError(f"http {http} without a Graph error")
    code = _WITHOUT_JSON.get(http, UNKNOWN_CODE)
    return RejectedError(GraphError(code=code, message=f"HTTP {http}", http=http))


def _envelope(body: bytes) -> dict[str, Any] | None:
    try:
        answer = storable.storable(storable.decoded(body))
    except storable.UnstorableError:
        return None
    error = answer.get("error") if isinstance(answer, dict) else None
    is_graph = isinstance(error, dict) and type(error.get("code")) is int
    return error if is_graph else None


def _graph_error(http: int, envelope: dict[str, Any]) -> GraphError:
    more = envelope.get("error_data")
    subcode = envelope.get("error_subcode")
    return GraphError(
        code=envelope["code"],
        subcode=subcode if type(subcode) is int else 0,
        message=_words(envelope.get("error_user_msg") or envelope.get("message")),
        details=_words(more.get("details") if isinstance(more, dict) else None),
        type=_words(envelope.get("type")),
        fbtrace_id=_words(envelope.get("fbtrace_id")),
        is_transient=envelope.get("is_transient") is True,
        http=http,
    )


def _words(value: Any) -> str:
    return value[:_WORDS_LENGTH_MAX] if isinstance(value, str) else ""
