"""The words for what endpoints are told, and for why something did not arrive."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from sportello.rules.outgoing import Kind
from sportello.schema.outgoing import DisabledWhy

KIND: Final[dict[Kind, Promise]] = {
    Kind.MESSAGE_RECEIVED: gettext_lazy("A customer wrote"),
    Kind.MESSAGE_SENT: gettext_lazy("A message of ours was sent"),
    Kind.MESSAGE_DELIVERED: gettext_lazy("A message of ours was delivered"),
    Kind.MESSAGE_READ: gettext_lazy("A message of ours was read"),
    Kind.MESSAGE_FAILED: gettext_lazy("A message of ours did not arrive"),
    Kind.CONVERSATION_OPENED: gettext_lazy("A conversation began"),
    Kind.CONVERSATION_HANDED_OVER: gettext_lazy("A conversation waits for a person"),
    Kind.CONVERSATION_TAKEN: gettext_lazy("A person took a conversation"),
    Kind.CONVERSATION_RELEASED: gettext_lazy("A person gave a conversation back"),
    Kind.CONVERSATION_CLOSED: gettext_lazy("A conversation was closed"),
    Kind.CONVERSATION_REOPENED: gettext_lazy("A conversation was opened again"),
    Kind.CONVERSATION_MISSED: gettext_lazy("A window shut without an answer"),
    Kind.CONSENT_GIVEN: gettext_lazy("Somebody gave consent"),
    Kind.CONSENT_WITHDRAWN: gettext_lazy("Somebody withdrew consent (STOP too)"),
    Kind.CONTACT_ERASED: gettext_lazy("A person was erased: erase them there too"),
    Kind.CAMPAIGN_CHANGED: gettext_lazy("A campaign changed its state"),
    Kind.TEMPLATE_CHANGED: gettext_lazy("Meta decided about a template"),
    Kind.NUMBER_CHANGED: gettext_lazy("A number's state or quality changed"),
    Kind.TEST: gettext_lazy("Test"),
}
WHY: Final[dict[str, Promise]] = {
    "forbidden_address": gettext_lazy(
        "This address is not public. A server of the house must be named in "
        "SPORTELLO_PRIVATE_HOSTS."
    ),
    "no_such_host": gettext_lazy("There is no server of this name."),
    "unreachable": gettext_lazy("Nobody answers at this address."),
    "too_slow": gettext_lazy("It did not answer within 15 seconds."),
    "redirects": gettext_lazy("It points to another address. Write that one."),
    "refused": gettext_lazy("The other system refused it."),
    "failed_there": gettext_lazy("The system reports a fault of its own."),
    "secret_unreadable": gettext_lazy("Its secret cannot be read any more. Make a new one."),
    "endpoint_off": gettext_lazy("The endpoint was switched off."),
    "erased": gettext_lazy("The person was erased: nothing is told of them any more."),
}
OFF: Final[dict[DisabledWhy, Promise]] = {
    DisabledWhy.FAILING: gettext_lazy(
        "For three days nothing arrived there, so it was switched off. What happens since is kept: "
        "mend the other side, switch it on, and replay what failed."
    ),
    DisabledWhy.GONE: gettext_lazy(
        "The other side answered 410: nobody wants to be told there any more. If that is wrong, "
        "mend it, switch it on, and replay what failed."
    ),
}
