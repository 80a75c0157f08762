"""Why something does not leave: the question, and the report."""

import threading
import time
from typing import Any, Final

from django.utils.translation import gettext as _
from ninja import Router

from sportello.console.access import workspace_transaction
from sportello.console.api import idempotency
from sportello.console.api import shapes_doctor as of
from sportello.console.api.access import Caller, CallerRequest, reading
from sportello.console.api.problems import Problem
from sportello.console.doctor import deeds, words
from sportello.console.doctor.deeds import Asker
from sportello.schema.doctor import Examination, ExaminationState

router = Router(tags=["doctor"])

WAIT_S_MAX: Final = 10.0
_LOOK_EVERY_S: Final = 0.1
# Each waits on a thread that draws pages otherwise; beyond these the caller comes again.
_waiting: Final = threading.BoundedSemaphore(3)


@router.post("", response=of.Examination, summary="Look why something does not leave")
def examine(request: CallerRequest, payload: of.DoctorIn) -> Any:
    """Looks at Meta and at what waits here, and answers within seconds.

    504 where nobody looks: then the worker does not run, which is the reason.
    """
    if not _waiting.acquire(blocking=False):
        raise Problem(503, "busy", _("Too many questions at once. Ask again in a moment."))
    try:
        caller = request.auth
        return idempotency.begun_once(
            request,
            caller.workspace_id,
            begin=lambda: _ask(caller, payload),
            finish=lambda examination_id: _wait(caller.workspace_id, examination_id),
        )
    finally:
        _waiting.release()


@router.get("/{int:examination_id}", response=of.Examination, summary="A report")
@reading
def get_examination(request: CallerRequest, examination_id: int) -> of.Examination:
    del request
    return _shown(Examination.objects.get(pk=examination_id))


def _ask(caller: Caller, payload: of.DoctorIn) -> int:
    kind, subject_id = payload.subject.named()
    return deeds.ask(Asker(caller.workspace_id, caller.now), kind, subject_id).pk


def _wait(workspace_id: int, examination_id: int) -> of.Examination:
    """Looks again and again, each time in a short transaction. Raises Problem."""
    until = time.monotonic() + WAIT_S_MAX
    while time.monotonic() < until:
        with workspace_transaction(workspace_id):
            row = Examination.objects.get(pk=examination_id)
        if row.state == ExaminationState.DONE:
            return _shown(row)
        time.sleep(_LOOK_EVERY_S)
    raise Problem(
        504, "nobody_looks", _("Nobody looked in time. Is the worker running?"), id=examination_id
    )


def _shown(row: Examination) -> of.Examination:
    return of.Examination(
        id=row.pk,
        state=row.state,
        subject={row.subject: row.subject_id},
        asked_at=row.asked_at,
        done_at=row.done_at,
        findings=[_finding(one) for one in row.findings],
        looked_at=[_look(name, look) for name, look in row.looks.items()],
    )


def _finding(kept: dict[str, Any]) -> of.FindingOut:
    told = words.finding(kept["code"], kept["values"])
    return of.FindingOut(
        code=kept["code"],
        severity=kept["weight"],
        turn=kept["turn"],
        title=told.title,
        meaning=told.meaning,
        next_step=told.next_step,
        deed=kept["deed"],
        meta_code=kept["meta"],
        evidence=[
            of.EvidenceOut(**seen, text=words.said("what", seen["what"], seen["values"]))
            for seen in kept["evidence"]
        ],
    )


def _look(name: str, look: dict[str, Any]) -> of.LookOut:
    return of.LookOut(
        name=name, text=words.said("look", name), seen=not look["miss"], miss=look["miss"]
    )
