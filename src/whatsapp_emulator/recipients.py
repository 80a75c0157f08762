"""Whom a number may not write to: outside a test number's list, in some countries, in the US.

Source: reference sending 2.8.
"""

from whatsapp_emulator.errors import GraphError
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.world import Message, Number, Person

ALLOWED_MAX = 5
NAMED = ("APPROVED", "AVAILABLE_WITHOUT_REVIEW")
CLOSED = ("53", "98", "850", "963")
"""Cuba, Iran, North Korea, Syria."""
ELSEWHERE = frozenset(
    "204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 "  # noqa: SIM905 - reads better so
    "460 468 474 506 514 519 548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 "
    "782 807 819 825 867 873 879 902 905 242 246 264 268 284 340 345 441 473 649 658 664 721 758 "
    "767 784 787 809 829 849 868 869 876 939".split()
)
"""Area codes of +1 that are Canadian or Caribbean."""

admit_approximation(
    "countries out of reach",
    "Cuba, Iran, North Korea and Syria fail with 130497, regions of Ukraine are not told apart; "
    "marketing to US numbers fails with 131049",
)


def check(number: Number, person: Person) -> None:
    """Raises 131030 beside a test number's list, 131037 for a 555 number without a name."""
    allowed = number.file.allowed
    if allowed is not None and person.wa_id not in allowed:
        raise GraphError(
            131030,
            "Recipient phone number not in allowed list: Add recipient phone number to recipient "
            "list and try again.",
        )
    if number.digits.startswith("1555") and number.name_status not in NAMED:
        raise GraphError(131037, "Get the display name of this number approved first")


def refusal(message: Message) -> int | None:
    """The code with which a message to this country fails, or None."""
    if message.wa_id.startswith(CLOSED):
        return 130497
    american = message.wa_id.startswith("1") and message.wa_id[1:4] not in ELSEWHERE
    return 131049 if american and message.category.startswith("marketing") else None
