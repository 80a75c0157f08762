"""A template's quality: moved by blocks and reports, told, and its price: pause, pause, end.

Source: reference templates 4.6; Meta publishes the pauses, not the shares.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from whatsapp_emulator import keeping
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.template_events import tell_quality, tell_status
from whatsapp_emulator.world import Chat, Direction, Template

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

PAUSES_S = (3 * 3600.0, 6 * 3600.0)
TITLES = ("FIRST_PAUSE", "SECOND_PAUSE")
OVER_S = 7 * 86_400.0
GREEN_FROM = 20
"""Deliveries in 7 days before a quality is known to be good."""
YELLOW = (2, 0.02)
RED = (3, 0.05)
"""At least so many unhappy people in 7 days, and at least this share of the deliveries."""

admit_approximation(
    "template quality",
    "blocks and reports of the last 7 days against deliveries: YELLOW from 2 people and 2 %, "
    "RED from 3 people and 5 %, GREEN from 20 deliveries; read rates do not count",
)


def feedback(emulator: "Emulator", wa_id: str, chat: Chat) -> None:
    """Somebody blocked or reported the business: it is held against the last template shown."""
    person = emulator.world.people[wa_id]
    for message in reversed(keeping.history(emulator, person, chat)):
        if message.direction is Direction.TO_PERSON and message.template_id is not None:
            template = emulator.world.templates.get(message.template_id)
            if template is not None and template.category != "AUTHENTICATION":
                template.file.feedback.append((emulator.clock.now(), wa_id))
                judge(emulator, template)
            return


def judge(emulator: "Emulator", template: Template) -> None:
    """Give the template the quality that its last 7 days earn."""
    now = emulator.clock.now()
    file = template.file
    while file.feedback and file.feedback[0][0] < now - OVER_S:
        file.feedback.popleft()
    while file.delivered and file.delivered[0] < now - OVER_S:
        file.delivered.popleft()
    unhappy = len({wa_id for _, wa_id in file.feedback})
    share = unhappy / max(len(file.delivered), unhappy, 1)
    if unhappy >= RED[0] and share >= RED[1]:
        set_quality(emulator, template, "RED")
    elif unhappy >= YELLOW[0] and share >= YELLOW[1]:
        set_quality(emulator, template, "YELLOW")
    elif len(file.delivered) >= GREEN_FROM:
        set_quality(emulator, template, "GREEN")


def set_quality(emulator: "Emulator", template: Template, quality: str) -> None:
    """Tell a change; RED pauses a template that is in use."""
    before, template.quality = template.quality, quality
    if before != quality:
        template.file.quality_at = emulator.clock.now()
        tell_quality(emulator, template, before)
    if quality == "RED" and template.status == "APPROVED":
        pause(emulator, template)


def pause(emulator: "Emulator", template: Template, title: str | None = None) -> None:
    """3 hours, the second time 6, the third time for good. A `title` names another cause,
    which lasts until somebody unpauses.
    """
    file = template.file
    if title is None and file.pauses >= len(PAUSES_S):
        disable(emulator, template)
        return
    template.status = "PAUSED"
    file.pause_title = title or TITLES[file.pauses]
    file.paused_until = None
    description = "Paused until you unpause it."
    if title is None:
        length_s = PAUSES_S[file.pauses]
        file.pauses += 1
        file.paused_until = due = emulator.clock.now() + length_s
        description = f"Paused for {int(length_s // 3600)} hours for its quality."
        emulator.clock.at(due, _end_pause, emulator, template, due)
    extra = {"other_info": {"title": file.pause_title, "description": description}}
    tell_status(emulator, template, "PAUSED", "NONE", extra)


def unpause(emulator: "Emulator", template: Template) -> None:
    """In use again, with its feedback forgotten and a new first batch before it."""
    file = template.file
    template.status = "APPROVED"
    file.paused_until = file.pause_title = None
    file.feedback.clear()
    file.pacing, file.first_batch = "open", 0
    if template.quality == "RED":
        set_quality(emulator, template, "YELLOW")
    extra = {"other_info": {"title": "UNPAUSE", "description": "The pause is over."}}
    tell_status(emulator, template, "APPROVED", "NONE", extra)


def disable(emulator: "Emulator", template: Template) -> None:
    """For good."""
    template.status = "DISABLED"
    now = emulator.clock.now()
    on = datetime.fromtimestamp(now, UTC)
    extra = {
        "disable_info": {"disable_date": f"{on:%B} {on.day}, {on.year}"},
        "other_info": {"title": "DISABLED", "description": "Disabled for its quality."},
    }
    tell_status(emulator, template, "DISABLED", "NONE", extra)


def _end_pause(emulator: "Emulator", template: Template, due: float) -> None:
    if template.status == "PAUSED" and template.file.paused_until == due:
        unpause(emulator, template)
