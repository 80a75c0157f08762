"""The words for roles and for what may not be done to people."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from sportello.schema.team import Role

ROLE: Final[dict[Role, Promise]] = {
    Role.OWNER: gettext_lazy("Owner"),
    Role.ADMINISTRATOR: gettext_lazy("Administrator"),
    Role.OPERATOR: gettext_lazy("Operator"),
    Role.READER: gettext_lazy("Read-only"),
}
ROLE_SAYS: Final[dict[Role, Promise]] = {
    Role.OWNER: gettext_lazy("everything, and makes other owners"),
    Role.ADMINISTRATOR: gettext_lazy("numbers, rules, people and settings too"),
    Role.OPERATOR: gettext_lazy("conversations, contacts, templates, campaigns, knowledge"),
    Role.READER: gettext_lazy("looks at everything of the day's work, changes nothing"),
}
REFUSED: Final[dict[str, Promise]] = {
    "not_yours": gettext_lazy("Only owners and administrators change this."),
    "only_owners": gettext_lazy("Only an owner decides about owners."),
    "last_owner": gettext_lazy(
        "The last owner stays: make somebody else an owner first, then change this one."
    ),
    "member_already": gettext_lazy("Works here already: change the role in the list below."),
    "too_many": gettext_lazy("A hundred invitations are open: revoke some first."),
}
