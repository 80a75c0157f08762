"""Meta's errors: their titles and HTTP statuses, the envelope, and the one exception.

Source: reference account-and-errors 9 and errors.csv; titles as Meta's error page words them.
"""

from dataclasses import dataclass

from whatsapp_emulator.wire import Json


@dataclass(frozen=True)
class Known:
    http: int
    title: str


KNOWN: dict[int, Known] = {
    0: Known(401, "We were unable to authenticate the app user"),
    1: Known(400, "Invalid request or possible server error"),
    2: Known(503, "Service temporarily unavailable"),
    3: Known(500, "Capability or permissions issue"),
    4: Known(400, "Application request limit reached"),
    10: Known(403, "Application does not have permission for this action"),
    15: Known(400, "This method must be called with an app access_token."),
    33: Known(400, "Parameter value is not valid"),
    100: Known(400, "Invalid parameter"),
    101: Known(400, "Error validating application."),
    104: Known(401, "An access token is required to request this resource."),
    190: Known(401, "Invalid OAuth access token."),
    200: Known(403, "You do not have the necessary permissions required to send messages"),
    368: Known(403, "Temporarily blocked for policies violations"),
    613: Known(400, "Calls to this api have exceeded the rate limit."),
    803: Known(404, "Some of the aliases you requested do not exist"),
    2200: Known(400, "Callback verification failed"),
    2500: Known(400, "Unknown path components"),
    80007: Known(400, "Rate limit issues"),
    80008: Known(400, "There have been too many calls to this WhatsApp Business account."),
    130429: Known(400, "Rate limit hit"),
    130472: Known(400, "User's number is part of an experiment"),
    130497: Known(403, "Business account is restricted from messaging users in this country."),
    131000: Known(500, "Something went wrong"),
    131005: Known(403, "Access denied"),
    131008: Known(400, "Required parameter is missing"),
    131009: Known(400, "Parameter value is not valid"),
    131016: Known(500, "Service unavailable"),
    131021: Known(400, "Recipient cannot be sender"),
    131026: Known(400, "Message undeliverable"),
    131030: Known(400, "Recipient phone number not in allowed list"),
    131031: Known(403, "Business Account locked"),
    131037: Known(400, "Display name approval is needed before a message can be sent."),
    131042: Known(400, "Business eligibility payment issue"),
    131045: Known(500, "Incorrect certificate"),
    131047: Known(400, "Re-engagement message"),
    131048: Known(400, "Spam rate limit hit"),
    131049: Known(400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: Known(
        400,
        "Unable to deliver the message. This recipient has chosen to stop receiving marketing "
        "messages on WhatsApp from your business",
    ),
    131051: Known(400, "Unsupported message type"),
    131052: Known(400, "Media download error"),
    131053: Known(400, "Media upload error"),
    131055: Known(400, "Method not allowed"),
    131056: Known(400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: Known(500, "Business Account is in maintenance mode"),
    131059: Known(400, "Invalid cursor"),
    131061: Known(400, "Template with a maximum price needs the marketing messages endpoint"),
    131062: Known(400, "Business-scoped user ids are not supported for this message"),
    131063: Known(400, "Marketing messages are disabled on Cloud API for this account"),
    131064: Known(400, "Template classification violation limit reached"),
    132000: Known(400, "Number of parameters does not match the expected number of params"),
    132001: Known(404, "Template name does not exist in the translation"),
    132005: Known(400, "Translated text too long"),
    132007: Known(400, "Template format character policy violated"),
    132008: Known(400, "Template parameter value is invalid"),
    132012: Known(400, "Parameter format does not match format in the created template"),
    132015: Known(400, "Template is Paused"),
    132016: Known(400, "Template is Disabled"),
    132018: Known(400, "There is an issue with the parameters in your template"),
    132068: Known(400, "Flow is in blocked state"),
    132069: Known(400, "Flow is in throttled state"),
    133000: Known(500, "Incomplete deregistration"),
    133004: Known(503, "Server temporarily unavailable"),
    133005: Known(400, "Two step verification PIN mismatch"),
    133006: Known(400, "Phone number re-verification needed"),
    133008: Known(400, "Too many two step verification PIN guesses"),
    133009: Known(400, "Two step verification PIN guessed too fast"),
    133010: Known(400, "Account not registered"),
    133015: Known(400, "Please wait a few minutes before attempting to register this phone number"),
    133016: Known(400, "Too many attempts for this phone number"),
    134100: Known(400, "Only marketing messages supported"),
    134101: Known(400, "Template is still being synced"),
    134102: Known(500, "Template unavailable for use"),
    135000: Known(400, "Generic user error"),
    137000: Known(400, "Identity key hash mismatch"),
    139100: Known(400, "Failed to block/unblock some users"),
    139101: Known(400, "Blocklist limit reached"),
    139102: Known(400, "Blocklist concurrent update"),
    139103: Known(500, "Internal error"),
    147001: Known(400, "Username is not available"),
    147002: Known(400, "Username is not valid"),
    200005: Known(400, "Template insights are not available"),
    200006: Known(400, "Template insights can't be disabled"),
    200007: Known(400, "Template insights are not enabled"),
    2593107: Known(400, "Synchronization request limit exceeded"),
    2593108: Known(400, "Synchronization request made outside of allowed time window"),
}  # fmt: skip

BY_FAULT_ALONE = frozenset({
    0, 2, 3, 33, 803, 80008, 131000, 131005, 131016, 131045, 131052, 131061, 131064, 132008, 133000,
    133004, 133015, 135000, 139102, 139103, 2593107, 2593108,
})  # fmt: skip
"""Codes that nothing in this emulator brings about but an order of POST /sim/faults."""

DEFAULT_HREF = "/documentation/business-messaging/whatsapp/support/error-codes"


class GraphError(Exception):
    """An answer that is an error of Meta's; raised anywhere below a Graph route.

    `details` is what `error_data.details` says; `message` replaces the code's usual title.
    """

    def __init__(  # noqa: PLR0913 - the envelope has these fields
        self,
        code: int,
        details: str | None = None,
        *,
        message: str | None = None,
        subcode: int | None = None,
        http: int | None = None,
        kind: str = "OAuthException",
        user_title: str | None = None,
        user_message: str | None = None,
        extra: Json | None = None,
    ) -> None:
        known = KNOWN.get(code, Known(400, "Unknown error"))
        self.code = code
        self.http = known.http if http is None else http
        self.message = message or f"(#{code}) {known.title}"
        self.details = details
        self.subcode = subcode
        self.kind = kind
        self.user_title = user_title
        self.user_message = user_message
        self.extra = extra or {}
        super().__init__(self.message)

    def envelope(self, trace: str) -> Json:
        """The body of the answer (reference platform 1.3)."""
        error: Json = {"message": self.message, "type": self.kind, "code": self.code}
        if self.details is not None:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.user_title is not None:
            error["is_transient"] = False
            error["error_user_title"] = self.user_title
            error["error_user_msg"] = self.user_message or ""
        error["fbtrace_id"] = trace
        return {"error": error, **self.extra}


def required(path: str) -> GraphError:
    return GraphError(100, message=f"(#100) The parameter {path} is required.")


def bad_param(path: str, what: str) -> GraphError:
    """A parameter of the wrong type or out of its enumeration."""
    return GraphError(100, message=f"(#100) Param {path} {what}")


def invalid(details: str) -> GraphError:
    return GraphError(131009, details)


def missing(details: str) -> GraphError:
    return GraphError(131008, details)


def unknown_object(object_id: str, method: str) -> GraphError:
    """Code 100 subcode 33, for ids unknown and for ids the token may not see."""
    return GraphError(
        100,
        message=(
            f"Unsupported {method.lower()} request. Object with ID '{object_id}' does not exist, "
            "cannot be loaded due to missing permissions, or does not support this operation. "
            "Please read the Graph API documentation at "
            "https://developers.facebook.com/docs/graph-api"
        ),
        subcode=33,
        kind="GraphMethodException",
    )


def as_status_error(code: int, details: str) -> Json:
    """One member of `errors` in a `failed` status (reference webhooks 5.4)."""
    title = KNOWN[code].title
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details},
        "href": DEFAULT_HREF,
    }
