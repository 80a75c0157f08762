"""Language models over HTTP: OpenAI's protocol at any address, Anthropic's, Mistral's.

`pydantic_ai` speaks the protocols; the connection is ours: an address that a person gave is looked
at before it is asked, as any other. The library is the package's extra `models`: it is loaded with
the first model, not before, and an installation may do without it.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from sportello.assistant.models import ModelFailedError, Said, Why, Written, fits
from sportello.fetching.client import Failure, FetchFailedError
from sportello.fetching.client import Settings as Guard
from sportello.store.models import Choice

if TYPE_CHECKING:
    from httpx2 import AsyncClient
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model as Speaker
    from pydantic_ai.models import ModelRequestParameters

SECONDS_MAX: Final = 12.0
_TOKENS_MAX: Final = 900
_ATTEMPTS: Final = 2
_NAME: Final = "answer"
# Its providers want a key even where the server asks for none.
_NO_KEY: Final = "none"


class Provided:
    """One model of a provider's, asked by streaming: what comes too late or too long is cut off."""

    def __init__(self, choice: Choice, key: str, guard: Guard) -> None:
        self._choice = choice
        self._key = key or _NO_KEY
        self._guard = guard
        self._speaker: Speaker | None = None
        self._client: AsyncClient | None = None

    @property
    def choice(self) -> Choice:
        return self._choice

    async def generate(self, schema: Mapping[str, Any], messages: Sequence[Said]) -> Written:
        """Raises ModelFailedError. A call that is cancelled closes its connection."""
        try:
            async with asyncio.timeout(SECONDS_MAX):
                speaker = await self._ready()
                answer = await _asked(speaker, schema, messages, self._choice.provider)
        except TimeoutError as error:
            raise ModelFailedError(Why.TOO_SLOW) from error
        except FetchFailedError as error:
            raise ModelFailedError(_of_fetch(error)) from error
        except ModuleNotFoundError as error:
            raise ModelFailedError(Why.NOT_INSTALLED) from error
        except Exception as error:
            # Three libraries, each with errors of its own: whatever breaks in them, a customer is
            # answered all the same. CancelledError is no Exception and passes.
            raise ModelFailedError(_why(error)) from error
        value, usage = _value(answer), answer.usage
        if not fits(schema, value):
            raise ModelFailedError(Why.NOT_AN_ANSWER, usage.input_tokens, usage.output_tokens)
        return Written(value, usage.input_tokens, usage.output_tokens)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _ready(self) -> "Speaker":
        if self._speaker is None:
            from sportello.fetching import transport

            self._client = transport.client(self._guard)
            # A second of imports must not hold up the loop that answers everybody else.
            make = partial(_speaker, self._choice, self._key, self._client)
            self._speaker = await asyncio.to_thread(make)
        return self._speaker


def _speaker(choice: Choice, key: str, client: "AsyncClient") -> "Speaker":
    """Loads all that a call needs; raises ModuleNotFoundError where it is not installed."""
    import pydantic_ai.direct  # noqa: F401  # for `_asked`, which runs in the loop

    match choice.provider:
        case "anthropic":
            from anthropic import AsyncAnthropic
            from pydantic_ai.models.anthropic import AnthropicModel
            from pydantic_ai.providers.anthropic import AnthropicProvider

            speaks = AsyncAnthropic(
                api_key=key,
                base_url=choice.base_url or "https://api.anthropic.com",
                http_client=client,
                max_retries=_ATTEMPTS - 1,
            )
            provider = AnthropicProvider(anthropic_client=speaks)
            return AnthropicModel(choice.model, provider=provider)
        case "mistral":
            from pydantic_ai.models.mistral import MistralModel
            from pydantic_ai.providers.mistral import MistralProvider

            address = choice.base_url or "https://api.mistral.ai"
            given = MistralProvider(api_key=key, base_url=address, http_client=client)
            return MistralModel(choice.model, provider=given)
        case _:
            from openai import AsyncOpenAI
            from pydantic_ai.models.openai import OpenAIChatModel
            from pydantic_ai.profiles.openai import OpenAIModelProfile
            from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

            open_ai = AsyncOpenAI(
                api_key=key,
                base_url=choice.base_url,
                http_client=client,
                max_retries=_ATTEMPTS - 1,
            )
            compatible = OpenAICompatibleProvider("company", openai_client=open_ai)
            # Only OpenAI itself knows the newer name of this limit; local servers would write on.
            newer = urlsplit(choice.base_url).hostname == "api.openai.com"
            profile = OpenAIModelProfile(openai_chat_supports_max_completion_tokens=newer)
            return OpenAIChatModel(choice.model, provider=compatible, profile=profile)


async def _asked(
    speaker: "Speaker", schema: Mapping[str, Any], messages: Sequence[Said], provider: str
) -> "ModelResponse":
    """The whole answer, read piece by piece: a server that stops in between is noticed."""
    from pydantic_ai.direct import model_request_stream

    patience = {"temperature": 0.0, "max_tokens": _TOKENS_MAX, "timeout": SECONDS_MAX}
    async with model_request_stream(
        speaker,
        _prompt(messages),
        model_settings=patience,  # type: ignore[arg-type]  # a TypedDict of many optional keys
        model_request_parameters=_parameters(schema, provider),
    ) as pieces:
        async for _ in pieces:
            pass
        return pieces.get()


def _prompt(messages: Sequence[Said]) -> "list[ModelMessage]":
    from pydantic_ai.messages import (
        BinaryContent,
        ModelRequest,
        ModelResponse,
        SystemPromptPart,
        TextPart,
        UserPromptPart,
    )

    told: list[ModelMessage] = []
    for said in messages:
        match said.role:
            case "system":
                told.append(ModelRequest(parts=[SystemPromptPart(said.text)]))
            case "user" if said.picture is not None:
                shown = BinaryContent(said.picture.raw, media_type=said.picture.mime_type)
                told.append(ModelRequest(parts=[UserPromptPart([said.text, shown])]))
            case "user":
                told.append(ModelRequest(parts=[UserPromptPart(said.text)]))
            case "assistant":
                told.append(ModelResponse(parts=[TextPart(said.text)]))
    return told


def _parameters(schema: Mapping[str, Any], provider: str) -> "ModelRequestParameters":
    """Anthropic answers by a tool that it must use; the others by a schema that binds the text."""
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.output import OutputObjectDefinition
    from pydantic_ai.tools import ToolDefinition

    whole = {**schema, "additionalProperties": False}
    if provider == "anthropic":
        tool = ToolDefinition(name=_NAME, parameters_json_schema=whole, kind="output")
        return ModelRequestParameters(
            output_mode="tool", output_tools=[tool], allow_text_output=False
        )
    wanted = OutputObjectDefinition(json_schema=whole, name=_NAME, strict=True)
    return ModelRequestParameters(output_mode="native", output_object=wanted)


def _value(answer: "ModelResponse") -> Any:
    """The object in the answer: a tool's arguments, or the text's first to last brace."""
    from pydantic_ai.messages import ToolCallPart

    try:
        for part in answer.parts:
            if isinstance(part, ToolCallPart):
                return part.args_as_dict()
        text = answer.text or ""
        return json.loads(text[text.index("{") : text.rindex("}") + 1])
    except (ValueError, AssertionError, RecursionError):
        return None


def _of_fetch(error: FetchFailedError) -> Why:
    forbidden = error.code is Failure.FORBIDDEN_ADDRESS
    return Why.FORBIDDEN_ADDRESS if forbidden else Why.UNREACHABLE


_BY_STATUS: Final = {
    401: Why.REFUSED_KEY,
    402: Why.TOO_MANY,
    403: Why.REFUSED_KEY,
    404: Why.NO_SUCH_MODEL,
    429: Why.TOO_MANY,
}


def _why(error: BaseException) -> Why:
    """The libraries wrap what the transport raised; the causes tell."""
    step: BaseException | None = error
    for _ in range(8):
        if step is None:
            break
        if isinstance(step, FetchFailedError):
            return _of_fetch(step)
        status = getattr(step, "status_code", None)
        if isinstance(status, int):
            return _BY_STATUS.get(status, Why.REFUSED if status < 500 else Why.UNREACHABLE)
        if "Timeout" in type(step).__name__:
            return Why.TOO_SLOW
        if "Connect" in type(step).__name__:
            return Why.UNREACHABLE
        step = step.__cause__ or step.__context__
    return Why.NOT_AN_ANSWER
