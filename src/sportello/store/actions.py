"""Actions of a company: which there are, and each execution, written before the call leaves.

A change is called at most once for each of the customer's messages: the row with its key is
committed first, and one that was begun and never settled is not begun again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from psycopg.types.json import Jsonb

from sportello.rules.tool import Kind, Parameter
from sportello.statements import statements
from sportello.store import vault
from sportello.store.answers import Claimed
from sportello.store.pool import Connection
from sportello.store.vault import Key

_SQL = statements(__file__)
_WHY_MAX: Final = 40


@dataclass(frozen=True, slots=True)
class Action:
    """What a turn must know of an action; the address and the secret are the worker's."""

    id: int
    pair_id: int | None
    name: str
    purpose: str
    writes: bool
    parameters: tuple[Parameter, ...]
    nothing: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where an action calls, and what is said of the answer."""

    id: int
    url: str
    writes: bool
    reply: str
    header: str
    sealed: bytes | None

    def secret(self, key: Key) -> str:
        """The header's value, "" where none was given. Raises UnsealError."""
        if self.sealed is None:
            return ""
        return vault.unseal(key, self.sealed, vault.action_secret_place(self.id))


class State(StrEnum):
    DONE = "done"
    NOTHING = "nothing"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended. `said`: the reply as it is sent; `why`: a stable code where it failed."""

    state: State
    said: str = ""
    why: str = ""
    status: int = 0
    took_ms: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """A run's row. `before`: what came of it when it was begun already; it is not called again."""

    id: int
    before: Outcome | None = None


@dataclass(frozen=True, slots=True)
class TrialRun:
    """A trial from the settings: with this number, as if its owner had written."""

    id: int
    wa_id: str
    values: Mapping[str, str]
    target: Target


async def enabled(connection: Connection, workspace_id: int) -> tuple[Action, ...]:
    cursor = await connection.execute(_SQL["enabled"], {"workspace_id": workspace_id})
    return tuple(_action(row) for row in await cursor.fetchall())


async def target(connection: Connection, workspace_id: int, action_id: int) -> Target | None:
    """None where it was switched off or removed meanwhile."""
    asked = {"workspace_id": workspace_id, "action_id": action_id}
    row = await (await connection.execute(_SQL["target"], asked)).fetchone()
    return None if row is None else Target(**row)


async def begin(
    connection: Connection, claimed: Claimed, target: Target, key: str, values: Mapping[str, str]
) -> Begun | None:
    """Writes that the call is about to leave; None where the conversation has moved on."""
    told = {
        "action_id": target.id,
        "conversation_id": claimed.id,
        "workspace_id": claimed.workspace_id,
        "generation": claimed.generation,
        "control_epoch": claimed.control_epoch,
        "answering_until": claimed.answering_until,
        "key": key,
        "values": Jsonb(dict(values)),
    }
    row = await (await connection.execute(_SQL["begin"], told)).fetchone()
    if row is not None:
        return Begun(row["id"])
    row = await (await connection.execute(_SQL["known"], told)).fetchone()
    if row is None:
        return None
    if row["state"] == "begun":
        # A look may be repeated; of a change nobody can say here whether it was made.
        doubtful = Outcome(State.FAILED, why="in_doubt")
        return Begun(row["id"], doubtful if target.writes else None)
    return Begun(row["id"], Outcome(State(row["state"]), row["said"], row["why"]))


async def settle(connection: Connection, run_id: int, outcome: Outcome) -> None:
    await connection.execute(
        _SQL["settle"],
        {
            "id": run_id,
            "state": outcome.state.value,
            "said": outcome.said,
            "why": outcome.why[:_WHY_MAX],
            "status": outcome.status,
            "took_ms": outcome.took_ms,
        },
    )


async def to_try(connection: Connection) -> TrialRun | None:
    """Takes a trial that waits: it is begun from here on, and by nobody else."""
    row = await (await connection.execute(_SQL["to_try"])).fetchone()
    if row is None:
        return None
    run_id, wa_id, values = row.pop("run_id"), row.pop("wa_id"), row.pop("values")
    return TrialRun(run_id, wa_id, values, Target(**row))


def _action(row: dict[str, Any]) -> Action:
    parameters = tuple(_parameter(told) for told in row.pop("parameters"))
    return Action(parameters=parameters, **row)


def _parameter(told: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=told["name"],
        kind=Kind(told["kind"]),
        ask=told["ask"],
        mask=told.get("mask", ""),
        choices=tuple(told.get("choices", ())),
    )
