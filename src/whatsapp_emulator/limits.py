"""What a number may do and how fast: registration, locks, throughput, pair rate.

Source: reference limits-and-pricing 6.3 to 6.6.
"""

from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.world import Bucket, Chat, Number

admit_approximation("throughput", "what people write does not count against it, as Meta has it")

PAIR_PER_S = 1 / 6
PAIR_BURST = 45


def check_account(call: Call, number: Number) -> None:
    """Raises what stops every send: 133010, 131031."""
    if not number.registered:
        raise GraphError(133010, f"Account not registered: {number.id}")
    waba = call.emulator.world.wabas[number.waba_id]
    if waba.ban_state == "DISABLE" or waba.standing.locked or number.status == "BANNED":
        raise GraphError(131031, "Business Account has been locked")


def check_pace(call: Call, number: Number, chat: Chat) -> None:
    """Takes one message of the allowed pace. Raises 130429, 131056 when used up, and 131057."""
    if number.reputation.upgrading:
        raise GraphError(131057, "The throughput of this number is being upgraded.")
    mps = float(number.throughput_mps)
    if number.bucket is None:
        number.bucket = Bucket(mps, call.now)
    if not number.bucket.take(call.now, per_second=mps, burst=mps):
        raise GraphError(130429, "Cloud API message throughput has been reached.")
    if chat.bucket is None:
        chat.bucket = Bucket(PAIR_BURST, call.now)
    if not chat.bucket.take(call.now, per_second=PAIR_PER_S, burst=PAIR_BURST):
        raise GraphError(
            131056,
            "Too many messages sent from the sender phone number to the same recipient "
            "phone number in a short period of time.",
        )
