"""Why something does not leave: the question, and the report."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from django.utils.translation import gettext as _
from ninja import Router

from sportello.console.access import workspace_transaction
from sportello.console.api import idempotency
from sportello.console.api import shapes_doctor as of
from sportello.console.api.access import Caller, CallerRequest, reading
from sportello.console.api.problems import Problem
from sportello.console.doctor import deeds, words
from sportello.console.doctor.deeds import Asker, NotAllowed
from sportello.console.doctor.refusals import REFUSALS, told
from sportello.console.doctor.report import deed_failed
from sportello.rules.diagnosis_codes import HERE
from sportello.rules.permissions import Role, reaches
from sportello.schema.doctor import Examination, ExaminationState

router = Router(tags=["doctor"])

WAIT_S_MAX: Final = 10.0
_LOOK_EVERY_S: Final = 0.1
_DEEDS: Final = "/api/v1/doctor/{}/deeds"
# Each waits on a thread that draws pages otherwise; beyond these the caller comes again.
_waiting: Final = threading.BoundedSemaphore(3)


@router.post("", response=of.Examination, summary="Look why something does not leave")
def examine(request: CallerRequest, payload: of.DoctorIn) -> Any:
    """Looks at Meta and at what waits here, and answers within seconds.

    504 where nobody looks: then the worker does not run, which is the reason.
    """
    return _answered(request, lambda: _ask(request.auth, payload))


@router.get("/{int:examination_id}", response=of.Examination, summary="A report")
@reading
def get_examination(request: CallerRequest, examination_id: int) -> of.Examination:
    del request
    return _shown(Examination.objects.get(pk=examination_id))


@router.post("/{int:examination_id}/deeds", response=of.Examination, summary="Do what it offers")
def do(request: CallerRequest, examination_id: int, payload: of.DeedIn) -> Any:
    """The button's cure: done at once, and looked at anew; answers the new report.

    409 where the report does not offer it, or the guard or the state of things refuses; 403 where
    Meta had stopped the account and the key is no administrator's.
    """
    return _answered(request, lambda: _do(request.auth, examination_id, payload.deed))


def _answered(request: CallerRequest, begin: Callable[[], int]) -> Any:
    """The report of the examination that `begin` asks for. Raises Problem."""
    if not _waiting.acquire(blocking=False):
        raise Problem(503, "busy", _("Too many questions at once. Ask again in a moment."))
    try:
        workspace_id = request.auth.workspace_id
        return idempotency.begun_once(
            request,
            workspace_id,
            begin=begin,
            finish=lambda examination_id: _wait(workspace_id, examination_id),
        )
    finally:
        _waiting.release()


def _ask(caller: Caller, payload: of.DoctorIn) -> int:
    kind, subject_id = payload.subject.named()
    return deeds.ask(_asker(caller), kind, subject_id).pk


def _do(caller: Caller, examination_id: int, deed: str) -> int:
    row = Examination.objects.get(pk=examination_id)
    try:
        return deeds.do(_asker(caller), row, deed).pk
    except REFUSALS as refused:
        found = told(refused)
        status = 403 if isinstance(refused, NotAllowed) else 409
        raise Problem(status, found.reason, found.words) from refused


def _asker(caller: Caller) -> Asker:
    administers = reaches(caller.role, Role.ADMINISTRATOR)
    return Asker(caller.workspace_id, caller.now, administers=administers)


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
        findings=[_finding(one, row.pk) for one in row.findings],
        looked_at=[_look(name, look) for name, look in row.looks.items()],
        deed_error=deed_failed(row),
    )


def _finding(kept: dict[str, Any], examination_id: int) -> of.FindingOut:
    said, way = words.finding(kept["code"], kept["values"]), words.way_of(kept["code"])
    return of.FindingOut(
        code=kept["code"],
        severity=kept["weight"],
        turn=kept["turn"],
        title=said.title,
        meaning=said.meaning,
        next_step=said.next_step,
        deed=kept["deed"],
        deed_path=_DEEDS.format(examination_id) if kept["deed"] in HERE else None,
        steps=[] if way is None else list(way.steps),
        meta_code=kept["meta"],
        meta_words=words.meant(kept["meta"]),
        evidence=[
            of.EvidenceOut(**seen, text=words.evidence(seen["what"], seen["values"]))
            for seen in kept["evidence"]
        ],
    )


def _look(name: str, look: dict[str, Any]) -> of.LookOut:
    return of.LookOut(
        name=name, text=words.said("look", name), seen=not look["miss"], miss=look["miss"]
    )
