"""Whose rows a transaction may see, and what a role may do with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import transaction
from django.http import HttpRequest

from sportello.console.sql import ask
from sportello.rules.permissions import Role, reaches
from sportello.schema.team import Membership, User, Workspace
from sportello.statements import statements

WORKSPACE_KEY: Final = "workspace"
_MEMBERSHIPS_MAX: Final = 100
_SQL: Final = statements(__file__)


class DeskRequest(HttpRequest):
    """A request of a signed-in member, as `WorkspaceMiddleware` hands it to a view."""

    user: User
    workspace: Workspace
    membership: Membership
    # The company's time when the request came in; views pass it on and never ask a clock.
    now: datetime
    theme: str


@contextmanager
def workspace_transaction(
    workspace_id: int | None,
    user_id: int | None = None,
    *,
    installer: bool = False,
    key_prefix: str = "",
    actor: str = "",
) -> Iterator[None]:
    """One transaction that sees one workspace: everything in it commits, or nothing does.

    With None it sees no company's rows, but for those that row-level security shows to the named
    user (their memberships) or to the key that knocks. `actor` is whom the audit log names
    (`console.actor`); "" writes nothing there. Raises RuntimeError inside another transaction: what
    was named there would outlive this one.
    """
    with transaction.atomic(durable=True):
        given = {
            "workspace": _text(workspace_id),
            "user": _text(user_id),
            "installer": "on" if installer else "",
            "key_prefix": key_prefix,
            "actor": actor,
        }
        ask(_SQL["begin"], given)
        yield


def enter(user: User, workspace_id: int | None) -> Membership | None:
    """Narrows the running transaction to a workspace of the user: the wished one, or their first.

    None, and nothing to see, for a user without any.
    """
    mine = Membership.objects.filter(user=user, deactivated_at=None).select_related("workspace")
    memberships = list(mine.order_by("pk")[:_MEMBERSHIPS_MAX])
    wished = [m for m in memberships if m.workspace_id == workspace_id]
    membership = next(iter(wished or memberships), None)
    if membership is not None:
        _name("workspace", str(membership.workspace_id))
    return membership


def narrow(workspace_id: int, actor: str) -> None:
    """Lets the running transaction see a workspace, and the audit log name who acts in it."""
    _name("workspace", str(workspace_id))
    act_as(actor)


def act_as(actor: str) -> None:
    """From here on the audit log names `actor` for what the running transaction changes."""
    _name("actor", actor)


def name_invitation(digest: str) -> None:
    """Shows the running transaction the invitation whose secret has this digest."""
    _name("invitation", digest)


def name_door(door: str) -> None:
    """Shows the running transaction the identity provider at whose address somebody knocks."""
    _name("door", door)


def name_person(user_id: int) -> None:
    """Shows the running transaction all companies to which the person belongs."""
    _name("user", str(user_id))


def try_lock(name: str) -> bool:
    """Whether the running transaction is the only one to hold `name`; held until it ends."""
    ((is_ours,),) = ask(_SQL["try_lock"], {"name": name})
    return bool(is_ours)


def may_write(membership: Membership | None) -> bool:
    return membership is not None and reaches(membership.role, Role.OPERATOR)


def may_administer(membership: Membership | None) -> bool:
    return membership is not None and reaches(membership.role, Role.ADMINISTRATOR)


def _name(setting: str, value: str) -> None:
    ask(_SQL["name"], {"setting": setting, "value": value})


def _text(value: int | None) -> str:
    return "" if value is None else str(value)
