"""The seam for language models. None is used without a key; tests speak through a scripted one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal, Protocol

# Italian and English prose have four; a budget is better reached early than late.
_LETTERS_A_TOKEN: Final = 3
_TOKENS_A_PICTURE: Final = 1_600


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes that a model shall look at."""

    raw: bytes
    mime_type: str


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a prompt; a picture goes to models alone that can see."""

    role: Literal["system", "user", "assistant"]
    text: str
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote, by its schema; and how much it read and wrote, in tokens."""

    value: Mapping[str, Any]
    tokens_in: int = 0
    tokens_out: int = 0


class Why(StrEnum):
    """Why a model gave nothing. Stable codes: the pages have words for them."""

    REFUSED_KEY = "refused_key"
    NO_SUCH_MODEL = "no_such_model"
    TOO_MANY = "too_many"
    UNREACHABLE = "unreachable"
    FORBIDDEN_ADDRESS = "forbidden_address"
    TOO_SLOW = "too_slow"
    NOT_AN_ANSWER = "not_an_answer"
    REFUSED = "refused"
    NOT_INSTALLED = "not_installed"


class ModelFailedError(Exception):
    """The model gave no usable answer; the turn goes on without it. Trying again may help.

    `tokens_in`, `tokens_out`: what it read and wrote all the same, where it said so.
    """

    def __init__(self, why: Why, tokens_in: int = 0, tokens_out: int = 0) -> None:
        super().__init__(why.value)
        self.why = why
        self.tokens_in = tokens_in
        self.tokens_out = tokens_out


class Model(Protocol):
    """Whatever writes words. The answer fits `schema`, or ModelFailedError is raised."""

    async def generate(self, schema: Mapping[str, Any], messages: Sequence[Said]) -> Written: ...


def guessed_tokens(messages: Iterable[Said]) -> int:
    """How much a model has to read, guessed high: where nobody tells what a call cost."""
    told = list(messages)
    pictures = sum(said.picture is not None for said in told)
    letters = sum(len(said.text) for said in told)
    return letters // _LETTERS_A_TOKEN + pictures * _TOKENS_A_PICTURE


class Scripted:
    """Answers with what it was given, in order, and remembers what it was asked."""

    def __init__(self, answers: Iterable[Mapping[str, Any]]) -> None:
        self._answers = iter(answers)
        self.asked: list[tuple[Said, ...]] = []

    async def generate(self, schema: Mapping[str, Any], messages: Sequence[Said]) -> Written:
        self.asked.append(tuple(messages))
        answer = next(self._answers, None)
        if answer is None or not fits(schema, answer):
            raise ModelFailedError(Why.NOT_AN_ANSWER)
        return Written(answer)


def fits(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether a value has what our schemas ask for: an object of flat parts, each of its kind."""
    if not isinstance(value, Mapping):
        return False
    parts = schema["properties"]
    return set(schema["required"]) <= set(value) and all(
        _of_kind(parts[name], part) for name, part in value.items() if name in parts
    )


def _of_kind(told: Mapping[str, Any], part: Any) -> bool:
    match told["type"]:
        case "string":
            return isinstance(part, str) and part in told.get("enum", [part])
        case "boolean":
            return isinstance(part, bool)
        case "integer":
            return isinstance(part, int) and not isinstance(part, bool)
        case "array":
            return isinstance(part, list) and all(_of_kind(told["items"], one) for one in part)
        case _:
            return False
