"""A contact's consent ledger: read, and added to."""

from ninja import Router, Status

from sportello.console.api import shapes, shapes_consent
from sportello.console.api.access import CallerRequest, reading, writing
from sportello.console.api.problems import Problem
from sportello.console.contacts import ledger, words
from sportello.console.contacts.ledger import Statement, UnfitConsent
from sportello.console.contacts.standing import standing
from sportello.console.paging import newest_first
from sportello.rules.consent import Change, Topic
from sportello.schema.people import ConsentEvent, ConsentSource, Contact

router = Router(tags=["contacts"])
_PARTS = {"given_by": "source", "note": "proof"}


@router.get(
    "/{int:contact_id}/consents", response=shapes_consent.Consents, summary="A contact's consents"
)
@reading
def list_consents(
    request: CallerRequest,
    contact_id: int,
    cursor: shapes.Cursor = "",
    limit: shapes.Limit = 50,
) -> shapes_consent.Consents:
    del request
    contact = Contact.objects.get(pk=contact_id)
    lines = ConsentEvent.objects.filter(contact=contact).select_related("by")
    page = newest_first(lines.order_by("-at", "-pk"), "at", lambda line: line.at, cursor, limit)
    return shapes_consent.Consents(
        standing={topic.value: standing(contact.pk, topic).value for topic in Topic},
        items=[_shown(line) for line in page.items],
        next_cursor=page.next_cursor or None,
    )


@router.post(
    "/{int:contact_id}/consents",
    response={201: shapes_consent.Consent},
    summary="Record a consent, or its withdrawal",
)
@writing
def add_consent(
    request: CallerRequest, contact_id: int, payload: shapes_consent.ConsentIn
) -> Status[shapes_consent.Consent]:
    """A withdrawal also cancels the promotions that still wait to leave.

    What a person filled in themselves stands in the ledger as a form's, and comes with its proof.
    """
    contact = Contact.objects.get(pk=contact_id)
    now = request.auth.now
    said = Statement(
        topic=Topic(payload.category),
        change=Change(payload.action),
        text=payload.text,
        at=payload.at or now,
        given_by=payload.source,
        note=payload.proof,
    )
    try:
        line = ledger.record(contact, said, _source(payload), None, now)
    except UnfitConsent as unfit:
        place = f"body.{_PARTS.get(unfit.part, unfit.part)}"
        told = str(words.CONSENT[unfit.code])
        raise Problem(422, f"consent_{unfit.code}", told, errors=[{"at": place}]) from unfit
    return Status(201, _shown(line))


def _source(payload: shapes_consent.ConsentIn) -> ConsentSource:
    """Raises UnfitConsent: a form that cannot show that it was filled in proves nothing."""
    if not payload.filled_in:
        return ConsentSource.API
    if Change(payload.action) is Change.GRANT and not payload.proof.strip():
        raise UnfitConsent("note", "empty")
    return ConsentSource.FORM


def _shown(line: ConsentEvent) -> shapes_consent.Consent:
    return shapes_consent.Consent(
        id=line.pk,
        category=line.category,
        action="grant" if line.action == Change.GRANT else "withdraw",
        source=line.source,
        text=line.text,
        proof=line.proof,
        by=None if line.by is None else line.by.name or line.by.email,
        at=line.at,
        recorded_at=line.recorded_at,
    )
