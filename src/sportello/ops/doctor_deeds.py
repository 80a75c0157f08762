"""What the doctor's command does about a finding: the same deeds as the buttons of the console.

Needs Django to be set up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation

from sportello import clock
from sportello.console.access import workspace_transaction
from sportello.console.doctor import deeds
from sportello.console.doctor.refusals import REFUSALS, told
from sportello.ops.settings import WrongSettingError
from sportello.schema.doctor import Examination, ExaminationState


@dataclass(frozen=True, slots=True)
class Offer:
    """A report of the command line's, and which of its deeds is wanted."""

    workspace_id: int
    number_id: int
    subject: str
    subject_id: int
    kept: Mapping[str, Any]
    deed: str


def do(offer: Offer, spoken: str) -> int:
    """The examination by which it is looked at anew. Raises WrongSettingError if it is refused."""
    now = clock.now()
    with translation.override(spoken), workspace_transaction(offer.workspace_id):
        row = Examination.objects.create(
            workspace_id=offer.workspace_id,
            number_id=offer.number_id,
            subject=offer.subject,
            subject_id=offer.subject_id,
            state=ExaminationState.DONE,
            findings=offer.kept["findings"],
            looks=offer.kept["looks"],
            asked_at=now,
            done_at=now,
        )
        try:
            asker = deeds.Asker(offer.workspace_id, now, administers=True)
            return deeds.do(asker, row, offer.deed).pk
        except REFUSALS as refused:
            found = told(refused)
            raise WrongSettingError(f"{found.words} [{found.reason}]") from refused
