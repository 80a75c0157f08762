"""A template as values, what the lint looks at beside it, and what the lint gives back."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sportello.rules.pricing import Category
from sportello.rules.template_codes import RULES, Answer, Code, Refused, Severity

Path = tuple[str | int, ...]
"""Where something stands in the creation body: keys and positions from its root."""


class HeaderKind(StrEnum):
    """What a header may be."""

    TEXT = "TEXT"
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    DOCUMENT = "DOCUMENT"
    GIF = "GIF"
    LOCATION = "LOCATION"
    PRODUCT = "PRODUCT"


FILES: Final = frozenset({HeaderKind.IMAGE, HeaderKind.VIDEO, HeaderKind.DOCUMENT, HeaderKind.GIF})
"""Headers that carry a file, and so need a sample of it."""


class ButtonKind(StrEnum):
    """What a button may be. Source: reference templates 4.3."""

    QUICK_REPLY = "QUICK_REPLY"
    URL = "URL"
    PHONE_NUMBER = "PHONE_NUMBER"
    COPY_CODE = "COPY_CODE"
    FLOW = "FLOW"
    CATALOG = "CATALOG"
    MPM = "MPM"
    SPM = "SPM"
    VOICE_CALL = "VOICE_CALL"
    REQUEST_CONTACT_INFO = "REQUEST_CONTACT_INFO"
    OTP = "OTP"


@dataclass(frozen=True, slots=True)
class Passage:
    """A text, where it stands, and the examples of its variables as (variable, example) in order.

    `examples_path` is the list that holds the examples; `example_path` what could be taken away
    with all of them. Both are empty where none were given.
    """

    text: str
    path: Path
    examples: tuple[tuple[str, str], ...] = ()
    examples_path: Path = ()
    example_path: Path = ()


@dataclass(frozen=True, slots=True)
class Header:
    """`text` only for a text header; `samples` the handles of uploaded files."""

    kind: HeaderKind
    text: Passage | None = None
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class App:
    """An app that may take a code by itself."""

    package: str
    signature: str


@dataclass(frozen=True, slots=True)
class Button:
    """A button of any kind; what its kind does not have is empty.

    `target` is the address of a URL, the number of a phone, the flow's id, name or JSON.
    """

    kind: ButtonKind
    text: str
    path: Path
    target: str = ""
    example: str = ""
    otp_type: str = ""
    autofill: str = ""
    apps: tuple[App, ...] = ()
    zero_tap_accepted: bool = False

    @property
    def index(self) -> int:
        """Its position among the buttons as written."""
        return int(self.path[-1]) if self.path else 0


@dataclass(frozen=True, slots=True)
class Parts:
    """What a phone shows as one bubble: the message itself, or one card of a carousel."""

    header: Header | None = None
    body: Passage | None = None
    footer: Passage | None = None
    buttons: tuple[Button, ...] = ()
    buttons_path: Path = ()


@dataclass(frozen=True, slots=True)
class Template:
    """Meta's creation body, read. What could not be read stands in `flaws`.

    `name` and `language` are as written; `category` is None when Meta knows no such word.
    `ttl_s`: seconds that Meta keeps trying. `expires_min`: minutes that a code is good for.
    `offer`: the text of a limited-time offer. `has_cards`: a carousel, even an empty one.
    """

    name: str = ""
    language: str = ""
    category: Category | None = None
    named: bool = False
    parts: Parts = Parts()
    cards: tuple[Parts, ...] = ()
    has_cards: bool = False
    offer: Passage | None = None
    ttl_s: int | None = None
    expires_min: int | None = None
    expires_path: Path = ()
    flaws: tuple["Finding", ...] = ()


class Standing(StrEnum):
    """What became of another template of the account."""

    LIVE = "live"
    REJECTED = "rejected"
    BEING_DELETED = "being_deleted"


@dataclass(frozen=True, slots=True)
class Known:
    """Another template of the same account. Never the one that is being edited."""

    name: str
    language: str
    category: Category
    standing: Standing = Standing.LIVE
    body: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """What bears on a template from outside it. `room`: templates left, None when not known."""

    templates: tuple[Known, ...] = ()
    room: int | None = None


class Part(StrEnum):
    """What a finding is about."""

    TEMPLATE = "template"
    NAME = "name"
    LANGUAGE = "language"
    CATEGORY = "category"
    HEADER = "header"
    BODY = "body"
    FOOTER = "footer"
    BUTTONS = "buttons"
    CARDS = "cards"
    OFFER = "offer"


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A part; `index`: which button; `card`: on which card; `span`: from and to which character."""

    part: Part
    index: int | None = None
    card: int | None = None
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """Put `value` there."""

    path: Path
    value: str | int


@dataclass(frozen=True, slots=True)
class Remove:
    """Take away what stands there."""

    path: Path


@dataclass(frozen=True, slots=True)
class Arrange:
    """Keep of the list there these positions, in this order."""

    path: Path
    order: tuple[int, ...]


Edit = Write | Remove | Arrange

_FORMAT_OF_PART: Final = {
    Part.HEADER: 2388047,
    Part.BODY: 2388072,
    Part.FOOTER: 2388073,
    Part.BUTTONS: 2388060,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that Meta or a reader would mind. `values` fill the words of its code; `fix`
    mends it, and is empty where only the author can.
    """

    code: Code
    where: Where
    values: tuple[tuple[str, str | int], ...] = ()
    fix: tuple[Edit, ...] = ()

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return RULES[self.code].severity

    @property
    def answers(self) -> Answer | None:
        """What Meta would answer; None to a hint."""
        rule = RULES[self.code]
        return Refused(_FORMAT_OF_PART.get(self.where.part)) if rule.by_part else rule.answer

    @property
    def message(self) -> str:
        """The English sentence with its values. Pages translate `MESSAGES` instead."""
        return RULES[self.code].message % dict(self.values)

    @property
    def mended(self) -> str | None:
        """The new text of the part, where the fix is one."""
        texts = (edit.value for edit in self.fix if isinstance(edit, Write))
        return next((text for text in texts if isinstance(text, str)), None)
