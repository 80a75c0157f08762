"""The button that starts a campaign: it reads what it does, and does only what was read."""

from django.utils.translation import ngettext

from sportello.console.campaigns import checks, wording
from sportello.console.money.amounts import money


def words(found: checks.Checks) -> str:
    """`Start: 412 messages, €26.78 at most`."""
    count = found.preview.receive
    if found.cost is None or found.cost.unknown:
        said = ngettext("Start: %(count)s message", "Start: %(count)s messages", count)
        return said % {"count": wording.figure(count)}
    most = money(found.cost.worst, found.cost.currency)
    said = ngettext(
        "Start: %(count)s message, %(price)s at most",
        "Start: %(count)s messages, %(price)s at most",
        count,
    )
    return said % {"count": wording.figure(count), "price": most}


def total(found: checks.Checks) -> str:
    """What whoever presses the button has read on it."""
    return f"{found.preview.receive}:{0 if found.cost is None else found.cost.worst}"
