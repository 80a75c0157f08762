"""What bears on a template beside its own words: the account's others, its history, its number."""

from datetime import datetime
from typing import Any, Final

from sportello.rules import template, template_life, template_samples
from sportello.rules.pricing import Category
from sportello.rules.template import Account, Finding
from sportello.rules.template_life import Life, WayBack, Wording
from sportello.rules.template_values import Known, Standing
from sportello.schema.channel import Number
from sportello.schema.templates import Template, TemplateChange, TemplateEdit

# Meta's own bound for an account; the lint compares with each.
KNOWN_MAX: Final = 6_000
_EDITS_MAX: Final = 50
_NOT_META: Final = template_life.OURS


def lint(
    given: Any, now: datetime, *, waba_id: str = "", template_id: int | None = None
) -> tuple[Finding, ...]:
    """All that Meta or a reader would mind in a creation body of this account, gravest first.

    `template_id`: the template that it is of, which is no other to itself. A `file:<id>` counts
    as a sample. Any JSON will do: what is no template is a finding too.
    """
    known = known_of(waba_id or first_waba(), now, without=template_id)
    return template.lint(template.parse(_uploaded(given)), Account(templates=known))


def _uploaded(given: Any) -> Any:
    """As if our files were at Meta already."""
    if not isinstance(given, dict):
        return given
    found = template_samples.handles(given.get("components"))
    ours = {handle: "uploaded" for _, handle in found if handle.startswith(template_samples.OURS)}
    return {**given, "components": template_samples.replaced(given.get("components"), ours)}


def first_waba() -> str:
    """The account of the workspace's first number; empty where there is none."""
    return Number.objects.order_by("pk").values_list("waba_id", flat=True).first() or ""


def known_of(waba_id: str, now: datetime, *, without: int | None = None) -> tuple[Known, ...]:
    """The account's templates as the lint compares with them; drafts are nobody's yet."""
    rows = Template.objects.filter(waba_id=waba_id).exclude(status__in=_NOT_META)
    if without is not None:
        rows = rows.exclude(pk=without)
    columns = ("id", "name", "language", "category", "status", "components", "deleted_at")
    found = rows.order_by("-pk").values(*columns)[:KNOWN_MAX]
    approved = _once_approved([row["id"] for row in found if row["deleted_at"] is not None])
    known = (_known(row, now, was_approved=row["id"] in approved) for row in found)
    return tuple(one for one in known if one is not None)


def life_of(row: Template) -> Life:
    """The template as `rules.template_life` looks at it."""
    edits = TemplateEdit.objects.filter(template=row).order_by("-at").values_list("at", flat=True)
    return Life(
        status=row.status,
        category=row.category,
        has_wish=bool(row.wish),
        edits=list(edits[:_EDITS_MAX]),
    )


def was_approved(row: Template) -> bool:
    """Whether Meta ever approved it: then deleting it locks its name."""
    return row.status in {"APPROVED", "PAUSED"} or row.pk in _once_approved([row.pk])


def way_back(rejected: Template, given: Any) -> WayBack:
    """How far a new body is from the rejected template, and what the profile still lacks."""
    number = Number.objects.filter(waba_id=rejected.waba_id).order_by("pk").first()
    profile = number.profile if number is not None and isinstance(number.profile, dict) else {}
    new = template.parse(given)
    return template_life.way_back(
        wording(rejected.name, rejected.components),
        Wording(new.name, *_texts(new)),
        profile,
    )


def wording(name: str, components: Any) -> Wording:
    return Wording(name, *_texts(template.parse({"components": components})))


def _texts(parsed: template.Template) -> tuple[str, str]:
    body, footer = parsed.parts.body, parsed.parts.footer
    return body.text if body else "", footer.text if footer else ""


def _once_approved(ids: list[int]) -> set[int]:
    changes = TemplateChange.objects.filter(template_id__in=ids, kind="status", after="APPROVED")
    return set(changes.values_list("template_id", flat=True).distinct())


def _known(row: dict[str, Any], now: datetime, *, was_approved: bool) -> Known | None:
    """None: gone without a trace, or of a category that is none of Meta's today."""
    standing = _standing(row, now, was_approved=was_approved)
    category = row["category"].lower()
    if standing is None or category not in set(Category):
        return None
    said = wording(row["name"], row["components"])
    return Known(
        name=row["name"],
        language=row["language"],
        category=Category(category),
        standing=standing,
        body=said.body,
        footer=said.footer,
    )


def _standing(row: dict[str, Any], now: datetime, *, was_approved: bool) -> Standing | None:
    if row["status"] == "REJECTED":
        return Standing.REJECTED
    if row["deleted_at"] is None:
        return Standing.LIVE
    free_at = template_life.name_free_at(row["deleted_at"], was_approved=was_approved)
    return Standing.BEING_DELETED if free_at is not None and free_at > now else None
