"""Checked rows become contacts, lists and consents: at once for the API, in chunks for the page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sportello.console.contacts.standing import standings
from sportello.rules.consent import Change, Standing, Topic
from sportello.rules.contact_rows import Consent, Fit, Flaw, Wrong
from sportello.schema.people import ConsentEvent, ConsentSource, Contact, ContactList, ListMember
from sportello.schema.team import User

LIST_NAME_MAX: Final = 120


@dataclass(frozen=True, slots=True)
class Origin:
    """Who brought the rows, and where the people come from as they declared it."""

    workspace_id: int
    by: User | None
    provenance: str
    # The import's id, for the ledger's proof; None for one through the API.
    import_id: int | None = None


def list_named(origin: Origin, name: str) -> ContactList | None:
    """The list of that name, whatever its capitals; made if there is none. None for no name."""
    plain = name.strip()[:LIST_NAME_MAX]
    if not plain:
        return None
    found = ContactList.objects.filter(name__iexact=plain).first()
    return found or ContactList.objects.create(
        workspace_id=origin.workspace_id,
        name=plain,
        provenance=origin.provenance,
        by=origin.by,
    )


def write(
    fits: Sequence[Fit], origin: Origin, listed: ContactList | None
) -> tuple[Counter[str], list[Wrong]]:
    """Makes or completes the contacts. Counts: created, updated, granted, utility, kept_out.

    Nobody is brought back who said no: such rows stay without consent and are told.
    """
    ordered = sorted(fits, key=lambda fit: fit.wa_id)
    known = _known(ordered)
    counts = Counter(updated=len(known), created=len(ordered) - len(known))
    _complete(ordered, known)
    _create([fit for fit in ordered if fit.wa_id not in known], origin)
    people = _known(ordered)
    if listed is not None:
        _join(listed, people.values())
    granted, wrongs = _grant(ordered, people, origin)
    counts["granted"] = granted
    counts["without_consent"] = sum(fit.consent is None for fit in ordered)
    counts["opted_out"] = len(wrongs)
    return counts, wrongs


def _known(fits: Sequence[Fit]) -> dict[str, Contact]:
    found = Contact.objects.filter(wa_id__in=[fit.wa_id for fit in fits])
    return {contact.wa_id or "": contact for contact in found.order_by("wa_id")}


def _complete(fits: Sequence[Fit], known: Mapping[str, Contact]) -> None:
    """What the file says of people whom we know; what it leaves open stays."""
    changed = []
    for fit in fits:
        contact = known.get(fit.wa_id)
        if contact is None:
            continue
        before = (contact.name, contact.language, contact.properties)
        contact.name = fit.name or contact.name
        contact.language = fit.language or contact.language
        contact.properties = {**contact.properties, **fit.properties}
        if before != (contact.name, contact.language, contact.properties):
            changed.append(contact)
    Contact.objects.bulk_update(changed, ["name", "language", "properties"], batch_size=500)


def _create(fits: Sequence[Fit], origin: Origin) -> None:
    """Another request may have been quicker: then the number is known, and that will do."""
    Contact.objects.bulk_create(
        [
            Contact(
                workspace_id=origin.workspace_id,
                wa_id=fit.wa_id,
                name=fit.name,
                language=fit.language,
                properties=dict(fit.properties),
            )
            for fit in fits
        ],
        ignore_conflicts=True,
        batch_size=500,
    )


def _join(listed: ContactList, people: Any) -> None:
    ListMember.objects.bulk_create(
        [
            ListMember(workspace_id=listed.workspace_id, list=listed, contact=contact)
            for contact in people
        ],
        ignore_conflicts=True,
        batch_size=500,
    )


def _grant(
    fits: Sequence[Fit], people: Mapping[str, Contact], origin: Origin
) -> tuple[int, list[Wrong]]:
    """How many agreed, and the rows of those who have since said no."""
    stated = [(fit, people[fit.wa_id], fit.consent) for fit in fits if fit.consent is not None]
    ids = [contact.pk for _, contact, _ in stated]
    gone = {
        (topic, contact_id)
        for topic in Topic
        for contact_id, where in standings(ids, topic).items()
        if where is Standing.WITHDRAWN
    }
    lines, wrongs = [], []
    known = _stated_before(ids)
    for fit, contact, consent in stated:
        if (consent.topic, contact.pk) in gone:
            wrongs.append(Wrong(fit.line, Flaw.OPTED_OUT))
        elif (contact.pk, consent.topic.value, consent.at) not in known:
            lines.append(_line(fit, contact, consent, origin))
    ConsentEvent.objects.bulk_create(lines, batch_size=500)
    return len(stated) - len(wrongs), wrongs


def _stated_before(contact_ids: Sequence[int]) -> set[tuple[int, str, datetime]]:
    """A file that is imported twice states nothing new."""
    lines = ConsentEvent.objects.filter(
        contact_id__in=contact_ids, action=Change.GRANT, source=ConsentSource.IMPORT
    )
    return set(lines.values_list("contact_id", "category", "at"))


def _line(fit: Fit, contact: Contact, consent: Consent, origin: Origin) -> ConsentEvent:
    proof: dict[str, Any] = {"given_by": consent.source, "provenance": origin.provenance}
    proof |= {"row": fit.line}
    if origin.import_id is not None:
        proof["import"] = origin.import_id
    return ConsentEvent(
        workspace_id=origin.workspace_id,
        contact=contact,
        category=consent.topic.value,
        action=Change.GRANT.value,
        source=ConsentSource.IMPORT,
        text=consent.text,
        proof=proof,
        by=origin.by,
        at=consent.at,
    )
