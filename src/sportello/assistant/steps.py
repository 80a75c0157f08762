"""What a turn starts from, what it may ask for on the way, and how it may end: frozen values."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sportello.assistant.bubbles import Choices, Row
from sportello.assistant.language import Guess
from sportello.assistant.models import Said
from sportello.assistant.prompt import Line, Manners
from sportello.assistant.search import Found, Query
from sportello.rules import daring
from sportello.rules.ownership import Reason
from sportello.rules.presence import Back
from sportello.store.actions import Action, Outcome
from sportello.store.library import Known


@dataclass(frozen=True, slots=True)
class Company:
    """Who the assistant speaks for, and how sure it must be (`Workspace`)."""

    name: str
    assistant_name: str = ""
    language: str = "it"
    signature: str = ""
    answer_from: float = daring.DEFAULT
    clarify_from: float = 0.20
    manners: Manners = field(default_factory=Manners)
    # Words on which a person is called at once.
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """One message of the burst. `row`: the id of the list row or button that was tapped. `read`: a
    machine put a file into these words.
    """

    type: str
    text: str = ""
    row: str = ""
    read: bool = False


@dataclass(frozen=True, slots=True)
class Recap:
    """What a person and the customer said before the assistant got the chat back: the last words
    as they are, and a model's summary of the whole, "" where none was written.
    """

    lines: tuple[Line, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Memory:
    """What must be known at the next turn. `offered`: ids of the list's rows, in their order.

    `said`: a hash of the customer's last words, and `times` how often in a row they came.
    """

    offered: tuple[str, ...] = ()
    doubts: int = 0
    language: str = ""
    said: str = ""
    times: int = 0
    # An action that awaits a value or a yes: see `acting`. Gone with the next turn.
    pending: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a turn starts from. `earlier`: the customer's questions before this burst.

    `thread`: what everybody said before it, for a model. `lately`: how many answers the assistant
    gave in the last minutes. `back`: when people are back at the counter, if they are not there.
    `actions`: what may be done for whoever writes; none outside a chat. `generation`: which of the
    chat's bursts this is. `recap`: where a person had the chat before.
    """

    company: Company
    burst: tuple[Heard, ...]
    guess: Guess
    earlier: tuple[str, ...] = ()
    memory: Memory = field(default_factory=Memory)
    disclosed: bool = False
    has_model: bool = False
    thread: tuple[Line, ...] = ()
    lately: int = 0
    back: Back | None = None
    actions: tuple[Action, ...] = ()
    generation: int = 0
    recap: Recap | None = None


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
    """Wanted: the model's answer, or None where it failed. `purpose`: as in `store.models.Call`;
    `faults`: why its last answer was refused.
    """

    purpose: str
    schema: Mapping[str, Any]
    messages: tuple[Said, ...]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """Wanted: `Outcome` of the action, called for the customer who writes and nobody else.

    `key`: what it is called once for; "" for the customer's message.
    """

    action_id: int
    values: Mapping[str, str]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """To be said. `stood_on`: the sources of the text; `nearest`: all that was considered.

    `way`: whose words they are: the company's (own), a document's (quoted), a model's (model), or
    those of the phrase book (phrase), or of another system of the company's (action). `buttons`:
    stand under the last words.
    """

    texts: tuple[str, ...]
    memory: Memory
    confidence: float = 1.0
    stood_on: tuple[Source, ...] = ()
    nearest: tuple[Source, ...] = ()
    disclosed: bool = False
    way: str = "phrase"
    buttons: tuple[Row, ...] = ()


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
Step = Search | Recall | RecallPassage | Ask | Act | End
Told = Ranked | Known | Outcome | Mapping[str, Any] | None
Steps = Generator[Step, Told, None]
