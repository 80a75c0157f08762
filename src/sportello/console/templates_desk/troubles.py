"""The words for why a wish is not done: Meta's own where Meta answered, else ours."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sportello.console.templates_desk.deeds import Refused
from sportello.rules.template_life import Obstacle

KINDS: Final[Mapping[str, Promise]] = {
    "rejected": _("Meta refused it"),
    "unreachable": _("Meta could not be reached"),
    "in_doubt": _("Meta's answer was lost; Sportello looks whether Meta took it"),
    "no_token": _("No number of this account has an access token: connect the number again"),
    "no_app": _("The account names no app of ours, and the number none: connect the number again"),
    "no_file": _("The sample is no longer kept here: choose a file again"),
    "unasked": _("Meta could not be asked"),
}
"""By `error["kind"]` of a template's row."""

OBSTACLES: Final[Mapping[Obstacle, Promise]] = {
    Obstacle.BUSY: _("Something asked of Meta is still under way"),
    Obstacle.NOT_SUBMITTED: _("The template is not at Meta"),
    Obstacle.ALREADY_SUBMITTED: _("The template is at Meta already"),
    Obstacle.IN_REVIEW: _("Meta is reviewing the template"),
    Obstacle.DISABLED: _("Meta has disabled the template"),
    Obstacle.ARCHIVED: _("Meta has archived the template"),
    Obstacle.BEING_DELETED: _("The template is being deleted"),
    Obstacle.NOT_EDITABLE: _("The template cannot be edited now"),
    Obstacle.CATEGORY_FIXED: _("The category of an approved template is fixed"),
    Obstacle.EDITED_TODAY: _("An approved template is edited once in 24 hours"),
    Obstacle.EDITED_OFTEN: _("An approved template is edited ten times in 30 days"),
}


def of_wish(error: Any) -> str:
    """What a person is told of the row's `error`; empty where there is none."""
    if not isinstance(error, dict):
        return ""
    said = error.get("message") or error.get("details")
    return str(said or KINDS.get(str(error.get("kind")), KINDS["unasked"]))


def of_refusal(refused: Refused) -> str:
    return str(OBSTACLES[refused.objection.obstacle])
