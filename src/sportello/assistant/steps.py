"""What a turn starts from, what it may ask for on the way, and how it may end: frozen values."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sportello.assistant.bubbles import Choices
from sportello.assistant.language import Guess
from sportello.assistant.models import Said
from sportello.assistant.search import Found, Query
from sportello.rules.ownership import Reason
from sportello.store.library import Known


@dataclass(frozen=True, slots=True)
class Company:
    """Who the assistant speaks for, and how sure it must be (`Workspace`)."""

    name: str
    assistant_name: str = ""
    language: str = "it"
    signature: str = ""
    answer_from: float = 0.70
    clarify_from: float = 0.20


@dataclass(frozen=True, slots=True)
class Heard:
    """One message of the burst. `row`: the id of the list row or button that was tapped."""

    type: str
    text: str = ""
    row: str = ""


@dataclass(frozen=True, slots=True)
class Memory:
    """What must be known at the next turn. `offered`: ids of the list's rows, in their order."""

    offered: tuple[str, ...] = ()
    doubts: int = 0
    language: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a turn starts from. `earlier`: the customer's questions before this burst."""

    company: Company
    burst: tuple[Heard, ...]
    guess: Guess
    earlier: tuple[str, ...] = ()
    memory: Memory = field(default_factory=Memory)
    disclosed: bool = False
    has_model: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A pair or a document that an answer stands on, or that came near."""

    pair_id: int | None
    title: str
    score: float
    document_id: int | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """Wanted: `Ranked`."""

    query: Query


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a search found, and how likely the first of it answers."""

    found: tuple[Found, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Recall:
    """Wanted: the pair that was chosen (`Known`), or None if it was withdrawn."""

    pair_id: int


@dataclass(frozen=True, slots=True)
class RecallPassage:
    """Wanted: the document's passage that was chosen (`Known`), or None if it was withdrawn."""

    passage_id: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Wanted: the model's answer, or None where it failed."""

    schema: Mapping[str, Any]
    messages: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """To be said. `stood_on`: the sources of the text; `nearest`: all that was considered."""

    texts: tuple[str, ...]
    memory: Memory
    confidence: float = 1.0
    stood_on: tuple[Source, ...] = ()
    nearest: tuple[Source, ...] = ()
    disclosed: bool = False


@dataclass(frozen=True, slots=True)
class Clarify:
    """To be asked: which of these did you mean? `texts` are said before the list."""

    texts: tuple[str, ...]
    choices: Choices
    memory: Memory
    confidence: float
    nearest: tuple[Source, ...]
    disclosed: bool = False


@dataclass(frozen=True, slots=True)
class HandOver:
    """To be given to a person, with the words that say so."""

    reason: Reason
    texts: tuple[str, ...]
    memory: Memory
    confidence: float = 0.0
    nearest: tuple[Source, ...] = ()
    disclosed: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing to be said: a thumb up needs no answer."""

    memory: Memory


End = Reply | Clarify | HandOver | Silence
Step = Search | Recall | RecallPassage | Ask | End
Told = Ranked | Known | Mapping[str, Any] | None
Steps = Generator[Step, Told, None]
