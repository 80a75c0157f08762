"""Changes of templates that Meta has, kept while they are written: by whom, and since when.

Meta takes a change or it does not; what lies between is ours alone, and no browser's.
"""

from datetime import datetime

from sportello.console.templates_desk import sheet
from sportello.console.templates_desk.editing import sheet_of
from sportello.console.templates_desk.sheet import Sheet
from sportello.schema.team import User
from sportello.schema.templates import Template, TemplateDraft


def found(template: Template) -> TemplateDraft | None:
    """What was left unfinished, unless the template has become just that since."""
    draft = TemplateDraft.objects.select_related("by").filter(template=template).first()
    written = None if draft is None else written_in(draft)
    return None if written is None or written == sheet_of(template) else draft


def written_in(draft: TemplateDraft) -> Sheet | None:
    """None for what no sheet of today's shape is."""
    return sheet.from_state(draft.sheet)


def keep(template: Template, written: Sheet, by: User, now: datetime) -> None:
    """The newest hand counts; a sheet as the template stands is no change."""
    if written == sheet_of(template):
        forget(template.pk)
        return
    TemplateDraft.objects.update_or_create(
        template=template,
        defaults={
            "workspace_id": template.workspace_id,
            "sheet": sheet.to_state(written),
            "by": by,
            "at": now,
        },
    )


def forget(template_id: int) -> None:
    TemplateDraft.objects.filter(template_id=template_id).delete()
