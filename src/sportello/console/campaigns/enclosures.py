"""Files of their own for a campaign's people, while it is written: given by name, or looked at
behind the links that a column holds.

What a link leads to is fetched by the worker; a page only asks for it. From its start on a campaign
fetches every link anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower, Trim

from sportello.console.templates_desk import bodies, files
from sportello.console.templates_desk.files import UnfitFile
from sportello.rules import enclosure, template_match
from sportello.rules.enclosure import Lack, Reference
from sportello.rules.files import OURS_MAX, Flaw
from sportello.rules.template_parse import parse
from sportello.rules.template_values import HeaderKind
from sportello.schema.campaigns import Campaign, Enclosure, EnclosureState
from sportello.schema.files import File
from sportello.schema.people import Contact
from sportello.schema.team import User

# How many people's links are looked at before a campaign starts.
SAMPLE: Final = 20
GIVEN_MAX: Final = 100
_NAMES_SHOWN: Final = 100


def header_of(row: Campaign) -> HeaderKind | None:
    """What its template's header carries; None where it carries no file."""
    if row.template is None:
        return None
    return template_match.needs(parse(bodies.of_row(row.template)).parts).media


def fit(row: Campaign, file: File) -> File:
    """Raises UnfitFile where the header would not carry it."""
    header = header_of(row)
    flaw = (
        Flaw.NOT_FOR_THIS_HEADER
        if header is None
        else enclosure.flaw(header, file.mime_type, file.size)
    )
    if flaw is not None:
        raise UnfitFile(flaw)
    return file


def give(row: Campaign, uploads: Sequence[Any], by: User | None) -> int:
    """Keeps files by their names, a later one in place of an earlier; how many. Raises UnfitFile,
    and then keeps none of them.
    """
    kept = [
        (
            enclosure.reference(upload.name or ""),
            fit(
                row,
                files.keep(
                    row.workspace_id,
                    by,
                    upload.read(OURS_MAX + 1),
                    filename=upload.name or "",
                    mime_type=upload.content_type or "",
                ),
            ),
        )
        for upload in uploads[:GIVEN_MAX]
    ]
    for named, file in kept:
        if named is not None and not named.is_link:
            Enclosure.objects.update_or_create(
                workspace_id=row.workspace_id,
                campaign=row,
                key=named.key,
                defaults={
                    "reference": named.text,
                    "file": file,
                    "state": EnclosureState.KEPT,
                    "settled": True,
                    "why": "",
                },
            )
    return len(kept)


def drop_given(row: Campaign) -> None:
    Enclosure.objects.filter(campaign=row).exclude(_is_link("reference")).delete()


def forget_links(row: Campaign) -> None:
    """What was seen behind them: from here on they are fetched anew."""
    Enclosure.objects.filter(_is_link("reference"), campaign=row).delete()


def look(row: Campaign, people: Sequence[Contact]) -> None:
    """Has the worker look behind the links of these; again behind those that led to nothing."""
    if not row.media_column:
        return
    named = {one for one in (_named(row, person) for person in people) if one and one.is_link}
    keys = [one.key for one in named]
    Enclosure.objects.filter(campaign=row, key__in=keys, state=EnclosureState.UNFIT).delete()
    Enclosure.objects.bulk_create(
        [
            Enclosure(workspace_id=row.workspace_id, campaign=row, key=one.key, reference=one.text)
            for one in named
        ],
        ignore_conflicts=True,
    )


@dataclass(frozen=True, slots=True)
class Own:
    """The file that one person gets. `state`: of an enclosure, or "new" for a link that nobody has
    looked behind, "common" for who gets the one for all, "none" where there is none.
    """

    state: str
    file: File | None = None
    why: str = ""
    detail: str = ""


def own(row: Campaign, person: Contact | None) -> Own:
    """As far as it is known now."""
    named = None if person is None or not row.media_column else _named(row, person)
    if named is None:
        return Own("common" if row.file_id is not None else "none", row.file)
    known = (
        Enclosure.objects.filter(campaign=row, key=named.key)
        .select_related("file")
        .defer("file__content")
        .first()
    )
    if known is not None:
        return Own(known.state, known.file, known.why, known.detail)
    return Own("new") if named.is_link else Own("none", why=Lack.UNKNOWN.value)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a campaign's files: `names` of those given; of links how many were looked
    behind, how many hold a file that fits, and how many lead to nothing by detail.
    """

    column: str
    given: int
    names: list[str]
    looked: int
    fit: int
    awaited: int
    flaws: list[tuple[str, int]]


def seen(row: Campaign) -> Seen:
    known = Enclosure.objects.filter(campaign=row)
    links, given = known.filter(_is_link("reference")), known.exclude(_is_link("reference"))
    flaws: dict[str, int] = {}
    for detail in links.filter(state=EnclosureState.UNFIT).values_list("detail", flat=True):
        flaws[detail] = flaws.get(detail, 0) + 1
    awaited = links.filter(state=EnclosureState.WANTED).count()
    fitting = links.filter(state=EnclosureState.KEPT).count()
    names = given.order_by("reference").values_list("reference", flat=True)
    return Seen(
        column=row.media_column,
        given=given.count(),
        names=list(names[:_NAMES_SHOWN]),
        looked=fitting + sum(flaws.values()),
        fit=fitting,
        awaited=awaited,
        flaws=sorted(flaws.items(), key=lambda one: -one[1]),
    )


def with_cell(people: QuerySet[Any], row: Campaign) -> QuerySet[Any]:
    """`media_cell`: what the column says of each."""
    if not row.media_column:
        return people
    cell = Trim(KeyTextTransform(row.media_column, "properties"))
    found: QuerySet[Any] = people.annotate(media_cell=cell)
    return found


def reasons(row: Campaign) -> list[tuple[str, Q]]:
    """Who gets nothing for want of a file, as far as it is known before links are fetched; of
    people `with_cell`.
    """
    if not row.media_column:
        return []
    empty = Q(media_cell__isnull=True) | Q(media_cell="")
    missing = [] if row.file_id is not None else [(Lack.MISSING.value, empty)]
    given = Enclosure.objects.filter(campaign=row, reference=_name(OuterRef("media_cell")))
    unknown = ~empty & ~_is_link("media_cell") & ~Q(Exists(given))
    return [*missing, (Lack.UNKNOWN.value, unknown)]


def _named(row: Campaign, person: Contact) -> Reference | None:
    told = person.properties.get(row.media_column, "")
    return enclosure.reference(told) if isinstance(told, str) else None


def _is_link(of: str) -> Q:
    return Q(**{f"{of}__istartswith": "http://"}) | Q(**{f"{of}__istartswith": "https://"})


def _name(cell: F) -> Lower:
    """As `rules.enclosure.reference` reads a name."""
    bare = Func(
        cell,
        Value(r"^.*[/\\]"),
        Value(""),
        function="regexp_replace",
        output_field=CharField(),
    )
    return Lower(Func(bare, function="normalize", output_field=CharField()))
