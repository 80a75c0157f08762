"""The button that asks the doctor, for whatever page shows something that may not leave."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.inclusion_tag("parts/doctor_button.html", takes_context=True)
def doctor_button(
    context: Any, subject: str, subject_id: int, css: str = "as-link", words: str = ""
) -> dict[str, Any]:
    """`subject`: message, conversation, campaign, template or number."""
    return {
        "subject": subject,
        "id": subject_id,
        "css": css,
        "words": words or _("Why does it not leave?"),
        "csrf_token": context.get("csrf_token"),
    }
