"""The seam for language models. None is used without a key; tests speak through a scripted one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    text: str


class ModelFailedError(Exception):
    """The model gave no usable answer; the turn goes on without it. Trying again may help."""


class Model(Protocol):
    """Whatever writes words. The answer fits `schema`, or ModelFailedError is raised."""

    async def generate(
        self, schema: Mapping[str, Any], messages: Sequence[Said]
    ) -> Mapping[str, Any]: ...


class Scripted:
    """Answers with what it was given, in order, and remembers what it was asked."""

    def __init__(self, answers: Iterable[Mapping[str, Any]]) -> None:
        self._answers = iter(answers)
        self.asked: list[tuple[Said, ...]] = []

    async def generate(
        self, schema: Mapping[str, Any], messages: Sequence[Said]
    ) -> Mapping[str, Any]:
        self.asked.append(tuple(messages))
        answer = next(self._answers, None)
        if answer is None or not set(schema.get("required", ())) <= set(answer):
            raise ModelFailedError("the script has no fitting answer")
        return answer
