"""Who calls: the key opens one workspace, and each operation runs in a transaction of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from sportello import clock
from sportello.console import actor, permits
from sportello.console.access import workspace_transaction
from sportello.console.api import idempotency
from sportello.console.api.problems import Problem
from sportello.console.team import keys

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Caller:
    """The workspace that a key opens, the company's time when it knocked, whom the audit log names,
    and what the key may do.
    """

    workspace_id: int
    now: datetime
    actor: str
    role: str


class CallerRequest(HttpRequest):
    """A request whose key was good."""

    auth: Caller


Operation = Callable[Concatenate[CallerRequest, Given], Answer]


class ApiKeyAuth(HttpBearer):
    """A living key in `Authorization: Bearer`; None, so 401, for anything else.

    Raises Problem (403) where the key's role may not do this, or `permits` knows no such address.
    """

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        prefix = keys.prefix_of(token)
        if not prefix:
            return None
        with workspace_transaction(None, key_prefix=prefix):
            key = keys.find(token)
        if key is None:
            return None
        permit = permits.of_api(request.resolver_match)
        if permit is None or not permit.allows(key.role, request.method):
            raise Problem(403, "not_allowed", _("This key's role may not do this."))
        now = clock.now()
        acts = "" if request.method in permits.SAFE else actor.of_key(request, prefix, now)
        return Caller(key.workspace_id, now, acts, key.role)


def reading(operation: Operation[Given, Answer]) -> Operation[Given, Answer]:
    """Runs it in a transaction that sees the caller's workspace."""

    @wraps(operation)
    def run(request: CallerRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> Answer:
        with workspace_transaction(request.auth.workspace_id, actor=request.auth.actor):
            return operation(request, *args, **kwargs)

    return run


def writing(operation: Operation[Given, Any]) -> Operation[Given, Any]:
    """As `reading`; and with an `Idempotency-Key` it is done once, however often it is asked."""

    @wraps(operation)
    def run(request: CallerRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> Any:
        with workspace_transaction(request.auth.workspace_id, actor=request.auth.actor):
            return idempotency.once(
                request, request.auth.workspace_id, lambda: operation(request, *args, **kwargs)
            )

    return run
