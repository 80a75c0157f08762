"""A question to the assistant outside any conversation."""

import threading
import time
from typing import Any, Final

from django.utils.translation import gettext as _
from ninja import Router

from sportello.console.access import workspace_transaction
from sportello.console.api import idempotency, shapes
from sportello.console.api.access import CallerRequest
from sportello.console.api.problems import Problem
from sportello.schema.library import Trial, TrialState

router = Router(tags=["assistant"])

WAIT_S_MAX: Final = 15.0
_LOOK_EVERY_S: Final = 0.05
# Each waits on a thread that draws pages otherwise; beyond these the caller comes again.
_waiting: Final = threading.BoundedSemaphore(3)


@router.post("/ask", response=shapes.Answer, summary="Ask the assistant")
def ask(request: CallerRequest, payload: shapes.QuestionIn) -> Any:
    """Answers as in a conversation, from the knowledge alone, and sends nothing to anybody."""
    if not _waiting.acquire(blocking=False):
        raise Problem(503, "busy", _("Too many questions at once. Ask again in a moment."))
    try:
        workspace_id = request.auth.workspace_id
        return idempotency.begun_once(
            request,
            workspace_id,
            begin=lambda: _submit(workspace_id, payload.question),
            finish=lambda trial_id: _answer(_wait(workspace_id, trial_id)),
        )
    finally:
        _waiting.release()


def _submit(workspace_id: int, question: str) -> int:
    """To be committed before anybody waits: the worker that answers cannot see it earlier."""
    return Trial.objects.create(workspace_id=workspace_id, question=question).pk


def _wait(workspace_id: int, trial_id: int) -> Trial:
    """Looks again and again, each time in a short transaction. Raises Problem."""
    until = time.monotonic() + WAIT_S_MAX
    while time.monotonic() < until:
        with workspace_transaction(workspace_id):
            trial = Trial.objects.get(pk=trial_id)
        if trial.state != TrialState.WAITING:
            return trial
        time.sleep(_LOOK_EVERY_S)
    raise Problem(504, "no_answer", _("The assistant did not answer in time. Is it running?"))


def _answer(trial: Trial) -> shapes.Answer:
    if trial.state == TrialState.FAILED or trial.result is None:
        raise Problem(502, "assistant_failed", _("The assistant could not answer this."))
    return shapes.Answer.model_validate(trial.result)
