"""What a person or a script does to templates: draft, submit, edit, delete, look at an alarm.

Each works inside the request's transaction and locks the template first. Nothing here waits on
Meta: what it must do becomes the row's `wish`, which `tend` performs, telling `step` and `error`.
Each raises `Template.DoesNotExist` where the workspace has no such template.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from sportello.console.templates_desk import account
from sportello.console.templates_desk.fit import (
    Fit,
    UnfitTemplate,
    check_storable,
    components,
    fit,
)
from sportello.rules import files, template_life, template_samples
from sportello.rules.template_life import Objection
from sportello.schema.channel import Number
from sportello.schema.files import File
from sportello.schema.team import User
from sportello.schema.templates import Step, Template, TemplateChange, Wish

_EDITED = ("category", "components", "message_send_ttl_seconds", "cta_url_link_tracking_opted_out")


class Refused(Exception):  # noqa: N818  # an expected end, named as the rules name it
    """The template cannot bear this now. `objection.obstacle` is stable."""

    def __init__(self, objection: Objection) -> None:
        super().__init__(objection.obstacle.value)
        self.objection = objection


def save_draft(
    workspace_id: int,
    body: Mapping[str, Any],
    by: User | None,
    now: datetime,
    *,
    template_id: int | None = None,
    waba_id: str = "",
) -> Template:
    """A new draft, or the draft (or refused submission) `template_id` written anew.

    `body` is Meta's creation body; a header's sample is `"header_handle": ["file:<File id>"]`.
    `waba_id`: which account; empty: that of the first number. Raises UnfitTemplate, Refused.
    """
    wanted = fit(body)
    sample = _sample(wanted.components)
    if template_id is None:
        row = Template(workspace_id=workspace_id, waba_id=_account(waba_id), created_at=now)
        row.by_id = None if by is None else by.pk
    else:
        row = _locked(template_id)
        _refuse(template_life.against_submitting(account.life_of(row)))
    row.status, row.error, row.reason, row.reason_detail = template_life.DRAFT, None, "", ""
    _write(row, wanted, sample, now)
    return row


def submit(template_id: int, by: User | None, now: datetime) -> Template:
    """Has `tend` create the draft at Meta, who then reviews it. Raises Refused."""
    row = _locked(template_id)
    _refuse(template_life.against_submitting(account.life_of(row)))
    row.status = template_life.SUBMITTING
    _wish(row, Wish.CREATE, by, now)
    return row


def edit(template_id: int, body: Mapping[str, Any], by: User | None, now: datetime) -> Template:
    """Has `tend` change at Meta what the body names of category, components and time to live.

    What stands at Meta stays in `components` until Meta has taken the edit; a failed edit keeps
    `wished` and `error`. Raises UnfitTemplate, Refused.
    """
    row = _locked(template_id)
    changes = _changes(row, body)
    category = str(changes.get("category", ""))
    _refuse(template_life.against_editing(account.life_of(row), now, category=category))
    sample = _sample(changes.get("components", []))
    row.sample = sample or row.sample
    row.wished = changes
    _wish(row, Wish.EDIT, by, now)
    return row


def delete(template_id: int, now: datetime) -> Template | None:
    """Has `tend` delete it at Meta, this language alone; None: it was only ours, and is gone.

    `rules.template_life.locks_its_name` says whether its name is lost for 30 days. Raises Refused.
    """
    row = _locked(template_id)
    _refuse(template_life.against_deleting(account.life_of(row)))
    if not row.meta_id:
        row.delete()
        return None
    _wish(row, Wish.DELETE, None, now)
    return row


def give_up(template_id: int, now: datetime) -> Template:
    """Forgets an edit or deletion that failed: the template as Meta has it remains."""
    row = _locked(template_id)
    if row.wish:
        _refuse(Objection(template_life.Obstacle.BUSY))
    if row.status not in template_life.OURS:
        row.wished, row.error, row.updated_at = None, None, now
        row.save()
    return row


def start_over(
    rejected_id: int, body: Mapping[str, Any], by: User | None, now: datetime
) -> Template:
    """A rejected template's way back: a new one under a new name, submitted.

    Raises UnfitTemplate (`name`: same_name, `components`: too_alike), Refused.
    """
    rejected = Template.objects.get(pk=rejected_id)
    way = account.way_back(rejected, body)
    if way.same_name:
        raise UnfitTemplate("name", "same_name")
    if way.too_alike:
        raise UnfitTemplate("components", "too_alike")
    draft = save_draft(rejected.workspace_id, body, by, now, waba_id=rejected.waba_id)
    return submit(draft.pk, by, now)


def seen(template_id: int, by: User | None, now: datetime) -> int:
    """The template's alarms are looked at; how many there were."""
    alarms = TemplateChange.objects.filter(
        template_id=template_id, is_alarm=True, seen_at__isnull=True
    )
    count = alarms.update(seen_at=now, seen_by_id=None if by is None else by.pk)
    if count:
        # Announces it to the other browsers.
        Template.objects.filter(pk=template_id).update(updated_at=F("updated_at"))
    return count


def _locked(template_id: int) -> Template:
    return Template.objects.select_for_update(no_key=True).get(pk=template_id, deleted_at=None)


def _refuse(objection: Objection | None) -> None:
    if objection is not None:
        raise Refused(objection)


def _account(waba_id: str) -> str:
    """One of the company's own accounts. Raises UnfitTemplate."""
    if waba_id and not Number.objects.filter(waba_id=waba_id).exists():
        raise UnfitTemplate("account", "unknown")
    found = waba_id or account.first_waba()
    if not found:
        raise UnfitTemplate("account", "missing")
    return found


def _sample(given: list[Any]) -> File | None:
    """The first header's file, which previews show. Raises UnfitTemplate for a wrong one."""
    first = None
    for header_format, handle in template_samples.handles(given):
        if not handle.startswith(template_samples.OURS):
            continue
        file = _file(template_samples.file_id(handle))
        if file is None:
            raise UnfitTemplate("sample", "unknown")
        if files.sample_flaw(header_format, file.mime_type) is not None:
            raise UnfitTemplate("sample", "wrong_file")
        first = first or file
    return first


def _file(file_id: int | None) -> File | None:
    if file_id is None:
        return None
    return File.objects.defer("content").filter(pk=file_id).first()


def _write(row: Template, wanted: Fit, sample: File | None, now: datetime) -> None:
    """Raises UnfitTemplate where the account has the name in this language."""
    row.name, row.language, row.category = wanted.name, wanted.language, wanted.category
    row.parameter_format, row.components = wanted.parameter_format, wanted.components
    row.wished, row.sample, row.updated_at = wanted.body, sample, now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise UnfitTemplate("name", "taken") from error


def _wish(row: Template, wish: Wish, by: User | None, now: datetime) -> None:
    """Due at once, by the database's clock."""
    row.by_id = row.by_id if by is None else by.pk
    row.wish, row.step, row.due_at = wish, Step.WAITING, Now()
    row.attempts, row.error, row.updated_at = 0, None, now
    row.save()
    row.refresh_from_db()


def _changes(row: Template, body: Mapping[str, Any]) -> dict[str, Any]:
    """What of a body an edit may name; a whole creation body will do."""
    check_storable(body)
    for part in ("name", "language"):
        if body.get(part) not in (None, getattr(row, part)):
            raise UnfitTemplate(part, "fixed")
    changes = {part: body[part] for part in _EDITED if part in body}
    if "components" in changes:
        changes["components"] = _with_sample(row, components(body))
    if "category" in changes:
        changes["category"] = str(changes["category"]).strip().upper()
        if changes["category"] == row.category:
            del changes["category"]
    if not changes:
        raise UnfitTemplate("components", "missing")
    return changes


def _with_sample(row: Template, wanted: list[Any]) -> Any:
    """Meta shows a sample under an address, but takes none: what it shows is our file again."""
    if row.sample_id is None:
        return wanted
    shown = [handle for _, handle in template_samples.handles(row.components)]
    ours = f"{template_samples.OURS}{row.sample_id}"
    return template_samples.replaced(wanted, dict.fromkeys(shown[:1], ours))
