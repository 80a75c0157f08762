"""Pacing: of a template that nobody knows yet, a first batch goes out and the rest is held.

Source: reference templates 4.7.
"""

from typing import TYPE_CHECKING

from whatsapp_emulator import keeping, statuses, template_quality
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.world import Message, Template

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

HELD = "held_for_quality_assessment"
PAUSED_AS = "RATE_LIMITING_PAUSE"

admit_approximation(
    "pacing",
    "the first batch is 2,000 messages of a template (PATCH /sim/wabas: pacing_batch); judged "
    "10 to 60 minutes later by the template's quality; portfolio pacing is not emulated",
)
admit_approximation(
    "templates that are paused",
    "refused with 132015 at once; `message_status` is never `paused`",
)


def launch(emulator: "Emulator", message: Message, template: Template) -> None:
    """Send on its way, or hold, an accepted message of a template."""
    file = template.file
    file.in_flight += 1
    file.used_at = emulator.clock.now()
    if template.category == "AUTHENTICATION" or file.pacing == "passed":
        statuses.launch(emulator, message)
        return
    waba = emulator.world.wabas[template.waba_id]
    if file.first_batch < waba.file.pacing_batch:
        file.first_batch += 1
        statuses.launch(emulator, message)
        return
    message.status = "held"
    keeping.keep(emulator, message)
    file.held.append(message.id)
    if file.pacing == "open":
        file.pacing = "assessing"
        wait_s = emulator.chance.uniform(*waba.file.pacing_assess_s)
        emulator.clock.after(wait_s, _assess, emulator, template)


def shown(message: Message) -> str:
    """`message_status` of the answer."""
    return HELD if message.status == "held" else "accepted"


def _assess(emulator: "Emulator", template: Template) -> None:
    """Good: all that is held goes at the number's pace. Bad: it is dropped, and a pause."""
    file = template.file
    held, file.held = file.held, []
    template_quality.judge(emulator, template)
    good = template.quality in ("GREEN", "UNKNOWN") and template.status == "APPROVED"
    file.pacing = "passed" if good else "open"
    found = (keeping.find(emulator, message_id) for message_id in held)
    for index, message in enumerate(m for m in found if m is not None):
        if good:
            number = emulator.world.numbers[message.number_id]
            delay_s = index / max(number.throughput_mps, 1)
            emulator.clock.after(delay_s, statuses.launch, emulator, message)
        else:
            statuses.fail(emulator, message, 132015)
    if not good and template.status == "APPROVED":
        template_quality.pause(emulator, template, PAUSED_AS)
