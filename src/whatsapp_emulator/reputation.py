"""The quality rating of a number, out of what people do with its messages in seven days.

Source: reference limits-and-pricing 6.3; Meta publishes neither shares nor weights.
"""

from typing import TYPE_CHECKING

from whatsapp_emulator import enforcement
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.world import Number

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

DAY_S = 86_400
DAYS = 7
JUDGED_AGAIN_S = 6 * 3_600.0
KINDS = {"delivered": 0, "read": 1, "block": 2, "report": 3}
ENOUGH = 50.0
ENOUGH_UNREAD = 1_000.0
YELLOW_SHARE, RED_SHARE = 0.02, 0.05
READ_SHARE = 0.1
OFFENCE_EVERY_S = 86_400.0

admit_approximation(
    "quality rating of a number",
    "blocks and twice the reports against deliveries of 7 days, a day n days ago weighing "
    "1/(1+n): YELLOW from 2 %, RED from 5 %, from 50 weighed deliveries on; YELLOW also where "
    "fewer than 10 % of 1,000 were read. A RED number brings an offence a day",
)


def note(emulator: "Emulator", number: Number, kind: str) -> None:
    """`delivered`, `read`, `block` or `report`."""
    days = number.reputation.days
    day = int(emulator.clock.now() // DAY_S)
    counts = days.get(day)
    if counts is None:
        counts = days[day] = [0, 0, 0, 0]
        for old in [d for d in days if d <= day - DAYS]:
            del days[old]
    counts[KINDS[kind]] += 1
    if kind in ("block", "report"):
        judge(emulator, number)


def judge(emulator: "Emulator", number: Number) -> None:
    """Give the number its rating, and look again later while it is not good."""
    if number.reputation.pinned:
        return
    before, number.quality = number.quality, _earned(emulator, number)
    if number.quality in ("YELLOW", "RED") and not number.reputation.judging:
        number.reputation.judging = True
        emulator.clock.after(JUDGED_AGAIN_S, _again, emulator, number)
    if number.quality != before:
        emulator.watchers.changed()
    if number.quality == "RED" and emulator.mood.polices:
        waba = emulator.world.wabas[number.waba_id]
        last = waba.standing.offence_at
        if last is None or emulator.clock.now() - last >= OFFENCE_EVERY_S:
            enforcement.offend(emulator, waba, "SPAM")


def _earned(emulator: "Emulator", number: Number) -> str:
    today = int(emulator.clock.now() // DAY_S)
    delivered = read = bad = 0.0
    for day, counts in number.reputation.days.items():
        if day <= today - DAYS:
            continue
        weight = 1 / (1 + today - day)
        delivered += weight * counts[0]
        read += weight * counts[1]
        bad += weight * (counts[2] + 2 * counts[3])
    share = bad / max(delivered, ENOUGH)
    if delivered >= ENOUGH or bad >= ENOUGH * RED_SHARE:
        if share >= RED_SHARE:
            return "RED"
        if share >= YELLOW_SHARE:
            return "YELLOW"
    if delivered >= ENOUGH_UNREAD and read < delivered * READ_SHARE:
        return "YELLOW"
    return "GREEN" if number.quality in ("YELLOW", "RED") else number.quality


def _again(emulator: "Emulator", number: Number) -> None:
    number.reputation.judging = False
    judge(emulator, number)
