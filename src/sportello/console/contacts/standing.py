"""Where customers stand, as pages, API and composer show it; the workers' twin: store.consents."""

from collections.abc import Iterable

from sportello.rules.consent import Change, Standing, Topic, stands
from sportello.schema.people import ConsentEvent


def standings(contact_ids: Iterable[int], topic: Topic) -> dict[int, Standing]:
    """By contact, all of those asked for; `none` where the ledger says nothing of the topic."""
    found = dict.fromkeys(contact_ids, Standing.NONE)
    newest = (
        ConsentEvent.objects.filter(contact_id__in=found, category=topic.value)
        .order_by("contact_id", "-at", "-action")
        .distinct("contact_id")
    )
    for contact_id, action in newest.values_list("contact_id", "action"):
        found[contact_id] = stands(Change(action))
    return found


def standing(contact_id: int, topic: Topic = Topic.MARKETING) -> Standing:
    return standings([contact_id], topic)[contact_id]
