"""Flows as far as messages meet them: one that is blocked or throttled stops what names it.

Source: errors 132068 and 132069 (10 messages an hour).
"""

from dataclasses import dataclass, field

from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import World

STATES = ("PUBLISHED", "THROTTLED", "BLOCKED")
THROTTLED_PER_H = 10
HOUR_S = 3_600.0
FLOWS_MAX = 1_000

admit_approximation(
    "health of flows",
    "any flow named in a message is taken to be published; PATCH /sim/flows/{id or name} throttles "
    "or blocks it",
)


@dataclass(slots=True)
class FlowFile:
    """A flow that somebody gave a state; `sent` are the instants of the last hour."""

    status: str = "PUBLISHED"
    sent: list[float] = field(default_factory=list)


def order(world: World, name: str, status: str) -> None:
    """Give a flow its state. Raises ValueError when there are too many."""
    flows = world.file.flows
    if name not in flows and len(flows) >= FLOWS_MAX:
        raise ValueError(f"at most {FLOWS_MAX} flows have a state")
    flows[name] = FlowFile(status)


def check(call: Call, given: Json) -> None:
    """A message that names the flow by `flow_id` or `flow_name`. Raises 132068 and 132069."""
    flow = call.emulator.world.file.flows.get(str(given.get("flow_id") or given.get("flow_name")))
    if flow is None or flow.status == "PUBLISHED":
        return
    if flow.status == "BLOCKED":
        raise GraphError(132068, "Flow is in blocked state: correct it and publish it again")
    flow.sent = [at for at in flow.sent if at > call.now - HOUR_S]
    if len(flow.sent) >= THROTTLED_PER_H:
        raise GraphError(
            132069, f"Flow is in throttled state: {THROTTLED_PER_H} messages were sent in the hour"
        )
    flow.sent.append(call.now)
