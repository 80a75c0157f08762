"""Templates: listed, looked over, submitted to Meta, changed there, deleted there."""

from typing import Annotated, Final

from ninja import Body, Query, Router, Status

from sportello.console.api import shapes
from sportello.console.api import shapes_templates as told
from sportello.console.api.access import CallerRequest, reading, writing
from sportello.console.paging import newest_ids_first
from sportello.console.templates_desk import account, deeds
from sportello.schema.templates import Template, TemplateChange

router = Router(tags=["templates"])

Given = Annotated[told.Body, Body()]
_CHANGES_MAX: Final = 100


@router.get("", response=told.Templates, summary="List templates, newest first")
@reading
def list_templates(
    request: CallerRequest,
    only: Query[told.Only],
    cursor: shapes.Cursor = "",
    limit: shapes.Limit = 50,
) -> told.Templates:
    """As Meta has them, drafts included. Without a `status` those that are gone are left out."""
    del request
    wanted = only.model_dump(exclude_defaults=True)
    rows = Template.objects.filter(**wanted)
    rows = rows if only.status else rows.filter(deleted_at=None)
    page = newest_ids_first(rows, cursor, limit)
    items = [told.template(row) for row in page.items]
    return told.Templates(items=items, next_cursor=page.next_cursor or None)


@router.post("", response={201: told.TemplateOut}, summary="Submit a template to Meta")
@writing
def add_template(
    request: CallerRequest, payload: Given, *, waba_id: shapes.Search = "", draft: bool = False
) -> Status[told.TemplateOut]:
    """The body is Meta's creation body. Meta is asked soon after; `status` tells its answer.

    A header's sample is `"header_handle": ["file:<id>"]` with the id that `POST /files` gave, or a
    handle of Meta's. `draft`: only kept. `waba_id`: which account, if there are several.
    """
    auth = request.auth
    row = deeds.save_draft(auth.workspace_id, payload, None, auth.now, waba_id=waba_id)
    row = row if draft else deeds.submit(row.pk, None, auth.now)
    return Status(201, told.template(row))


@router.post("/lint", response=told.Findings, summary="What Meta or a reader would mind")
@reading
def lint_template(
    request: CallerRequest, payload: Given, template_id: int | None = None
) -> told.Findings:
    """Keeps and sends nothing. `template_id`: the template that the body would change."""
    found = account.lint(payload, request.auth.now, template_id=template_id)
    return told.Findings(findings=[told.finding(one, payload) for one in found])


@router.get("/{int:template_id}", response=told.TemplateWhole, summary="One template")
@reading
def get_template(request: CallerRequest, template_id: int) -> told.TemplateWhole:
    del request
    row = Template.objects.get(pk=template_id)
    return told.whole(row, _changes(template_id))


@router.put("/{int:template_id}", response=told.TemplateOut, summary="Change a template")
@writing
def change_template(request: CallerRequest, template_id: int, payload: Given) -> told.TemplateOut:
    """A draft, or what Meta refused, is written anew; what stands at Meta is edited there.

    An edit names what changes of `components`, `category` and `message_send_ttl_seconds`.
    """
    auth = request.auth
    row = Template.objects.get(pk=template_id)
    if row.meta_id:
        return told.template(deeds.edit(template_id, payload, None, auth.now))
    written = deeds.save_draft(auth.workspace_id, payload, None, auth.now, template_id=template_id)
    return told.template(written)


@router.post("/{int:template_id}/submit", response=told.TemplateOut, summary="Submit a draft")
@writing
def submit_template(request: CallerRequest, template_id: int) -> told.TemplateOut:
    """Also what Meta refused, once it is mended."""
    return told.template(deeds.submit(template_id, None, request.auth.now))


@router.post(
    "/{int:template_id}/start-over",
    response={201: told.TemplateOut},
    summary="Submit a new template in place of a rejected one",
)
@writing
def start_over(
    request: CallerRequest, template_id: int, payload: Given
) -> Status[told.TemplateOut]:
    """Under another name and with other words, else 422 with `same_name` or `too_alike`."""
    row = deeds.start_over(template_id, payload, None, request.auth.now)
    return Status(201, told.template(row))


@router.post(
    "/{int:template_id}/way-back",
    response=told.WayBack,
    summary="How far a new body is from the rejected template",
)
@reading
def way_back(request: CallerRequest, template_id: int, payload: Given) -> told.WayBack:
    """Keeps and sends nothing."""
    del request
    way = account.way_back(Template.objects.get(pk=template_id), payload)
    return told.WayBack(
        same_name=way.same_name,
        alike=round(way.alike, 3),
        too_alike=way.too_alike,
        missing_of_profile=[part.value for part in way.missing],
        open_steps=[step.value for step in way.open_steps],
        may_submit=way.may_submit,
    )


@router.post("/{int:template_id}/seen", response=told.TemplateWhole, summary="Alarms are seen")
@writing
def seen(request: CallerRequest, template_id: int) -> told.TemplateWhole:
    row = Template.objects.get(pk=template_id)
    deeds.seen(template_id, None, request.auth.now)
    return told.whole(row, _changes(template_id))


@router.delete(
    "/{int:template_id}",
    response={202: told.TemplateOut, 204: None},
    summary="Delete a template, in its language",
)
@writing
def delete_template(
    request: CallerRequest, template_id: int
) -> Status[told.TemplateOut] | Status[None]:
    """202: Meta is asked to. The name of one that was approved is locked for 30 days.

    204: it was only a draft.
    """
    row = deeds.delete(template_id, request.auth.now)
    return Status(204, None) if row is None else Status(202, told.template(row))


def _changes(template_id: int) -> list[TemplateChange]:
    rows = TemplateChange.objects.filter(template_id=template_id).order_by("-at", "-pk")
    return list(rows[:_CHANGES_MAX])
