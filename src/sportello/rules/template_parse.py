"""Meta's creation body → a `Template`; whatever is not as Meta wants it becomes a finding.

Never raises, whatever the JSON; reads at most `COMPONENTS`, `BUTTONS` and `CARDS` of each list.
Source of the shapes: reference templates 4.2 and 4.9.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sportello.rules.pricing import Category
from sportello.rules.template_codes import Code
from sportello.rules.template_values import (
    App,
    Button,
    ButtonKind,
    Edit,
    Finding,
    Header,
    HeaderKind,
    Part,
    Parts,
    Passage,
    Path,
    Template,
    Where,
)

COMPONENTS: Final = 12
BUTTONS: Final = 30
CARDS: Final = 20
EXAMPLES: Final = 200
APPS: Final = 10
_SHOWN: Final = 60  # characters of a foreign word that a finding repeats

_CATEGORIES: Final = {
    "MARKETING": Category.MARKETING,
    "UTILITY": Category.UTILITY,
    "AUTHENTICATION": Category.AUTHENTICATION,
}
_KINDS: Final = frozenset(
    {"HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER"}
    | {"CALL_PERMISSION_REQUEST"}
)
_TARGETS: Final = {
    ButtonKind.URL: ("url",),
    ButtonKind.PHONE_NUMBER: ("phone_number",),
    ButtonKind.FLOW: ("flow_id", "flow_name", "flow_json"),
}


def parse(body: object) -> Template:
    """The template in a creation body, with the flaws of its shape."""
    reader = _Reader()
    root = reader.mapping(body, (), Part.TEMPLATE)
    reader.named = _upper(root.get("parameter_format")) == "NAMED"
    if root.get("parameter_format") is not None and not reader.named:
        reader.word(root, "parameter_format", (), Part.TEMPLATE, {"POSITIONAL"})
    found = reader.components(root.get("components"), ("components",), Part.TEMPLATE)
    cards = tuple(reader.cards(found.carousel))
    return Template(
        name=reader.text(root, "name", (), Part.NAME),
        language=reader.text(root, "language", (), Part.LANGUAGE),
        category=_CATEGORIES.get(_upper(root.get("category"))),
        named=reader.named,
        parts=found.parts,
        cards=cards,
        has_cards=found.carousel is not None,
        offer=found.offer,
        ttl_s=reader.number(root, "message_send_ttl_seconds", (), Part.TEMPLATE),
        expires_min=found.expires_min,
        expires_path=found.expires_path,
        flaws=tuple(reader.flaws),
    )


@dataclass(slots=True)
class _Found:
    """What a list of components held."""

    parts: Parts = field(default_factory=Parts)
    carousel: tuple[Path, Mapping[str, object]] | None = None
    offer: Passage | None = None
    expires_min: int | None = None
    expires_path: Path = ()


@dataclass(slots=True)
class _Reader:
    """Reads and keeps what it could not read. `card`: on which card it is; `named`: how the
    template calls its variables.
    """

    flaws: list[Finding] = field(default_factory=list)
    card: int | None = None
    named: bool = False

    def flaw(
        self,
        code: Code,
        part: Part,
        index: int | None = None,
        fix: tuple[Edit, ...] = (),
        **values: str,
    ) -> None:
        where = Where(part, index, self.card)
        self.flaws.append(Finding(code, where, tuple(values.items()), fix))

    def shape(self, path: Path, part: Part, expected: str, index: int | None = None) -> None:
        field_name = ".".join(str(step) for step in path) or "template"
        self.flaw(Code.BAD_SHAPE, part, index, field=field_name, expected=expected)

    def mapping(self, value: object, path: Path, part: Part) -> Mapping[str, object]:
        if isinstance(value, dict):
            return value
        self.shape(path, part, "an object")
        return {}

    def items(self, value: object, path: Path, part: Part, most: int) -> list[object]:
        if not isinstance(value, list):
            self.shape(path, part, "a list")
            return []
        if len(value) > most:
            self.shape(path, part, f"at most {most} entries")
        return value[:most]

    def text(self, holder: Mapping[str, object], key: str, path: Path, part: Part) -> str:
        """The text there; empty where there is none."""
        value = holder.get(key)
        if isinstance(value, str):
            return value
        if value is not None:
            self.shape((*path, key), part, "a text")
        return ""

    def number(self, holder: Mapping[str, object], key: str, path: Path, part: Part) -> int | None:
        value = holder.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
            return value
        if value is not None:
            self.shape((*path, key), part, "a whole number")
        return None

    def word(
        self, holder: Mapping[str, object], key: str, path: Path, part: Part, known: set[str]
    ) -> str:
        """One of the known words in capitals; empty where it is none of them."""
        word = _upper(holder.get(key))
        if word not in known:
            self.shape((*path, key), part, "one of " + ", ".join(sorted(known)))
            return ""
        return word

    def components(self, value: object, path: Path, part: Part) -> _Found:
        """All parts in the list; of two of a kind the first."""
        found = _Found()
        seen: set[str] = set()
        read: dict[str, Callable[[_Found, Mapping[str, object], Path], None]] = {
            "HEADER": self._header,
            "BODY": self._body,
            "FOOTER": self._footer,
            "BUTTONS": self._buttons,
            "CAROUSEL": self._carousel,
            "LIMITED_TIME_OFFER": self._offer,
        }
        for index, entry in enumerate(self.items(value, path, part, COMPONENTS)):
            here = (*path, index)
            component = self.mapping(entry, here, part)
            if not isinstance(entry, dict):
                continue
            kind = _upper(component.get("type"))
            if kind not in _KINDS:
                self.flaw(Code.UNKNOWN_COMPONENT, part, value=_shown(component.get("type")))
            elif kind in seen:
                self.flaw(Code.REPEATED_COMPONENT, part, value=kind)
            elif kind in read:
                read[kind](found, component, here)
            seen.add(kind)
        return found

    def _header(self, found: _Found, component: Mapping[str, object], path: Path) -> None:
        known = {kind.value for kind in HeaderKind}
        kind = self.word(component, "format", path, Part.HEADER, known)
        if not kind:
            return
        text: Passage | None = None
        samples: tuple[str, ...] = ()
        if kind == HeaderKind.TEXT:
            text = self.passage(component, path, Part.HEADER, "header_text")
        else:
            samples = tuple(self._samples(component, path))
        found.parts = replace(found.parts, header=Header(HeaderKind(kind), text, samples))

    def _samples(self, component: Mapping[str, object], path: Path) -> Iterator[str]:
        example = component.get("example")
        if not isinstance(example, dict):
            return
        handles = example.get("header_handle", [])
        handles = [handles] if isinstance(handles, str) else handles
        here = (*path, "example", "header_handle")
        for handle in self.items(handles, here, Part.HEADER, EXAMPLES):
            if isinstance(handle, str) and handle.strip():
                yield handle

    def _body(self, found: _Found, component: Mapping[str, object], path: Path) -> None:
        if "text" not in component:
            return
        body = self.passage(component, path, Part.BODY, "body_text")
        found.parts = replace(found.parts, body=body)

    def _footer(self, found: _Found, component: Mapping[str, object], path: Path) -> None:
        key = "code_expiration_minutes"
        if key in component:
            found.expires_min = self.number(component, key, path, Part.FOOTER)
            found.expires_path = (*path, key)
        if "text" in component or key not in component:
            footer = Passage(self.text(component, "text", path, Part.FOOTER), (*path, "text"))
            found.parts = replace(found.parts, footer=footer)

    def _carousel(self, found: _Found, component: Mapping[str, object], path: Path) -> None:
        found.carousel = (path, component)

    def _offer(self, found: _Found, component: Mapping[str, object], path: Path) -> None:
        here = (*path, "limited_time_offer")
        offer = self.mapping(component.get("limited_time_offer"), here, Part.OFFER)
        found.offer = Passage(self.text(offer, "text", here, Part.OFFER), (*here, "text"))

    def passage(self, component: Mapping[str, object], path: Path, part: Part, key: str) -> Passage:
        """A text with its examples; they may be missing, which is for the checks to say."""
        text = self.text(component, "text", path, part)
        example = component.get("example")
        if example is None:
            return Passage(text, (*path, "text"))
        here = (*path, "example")
        holder = self.mapping(example, here, part)
        key = f"{key}_named_params" if self.named else key
        given = holder.get(key)
        if given is None:
            return Passage(text, (*path, "text"), example_path=here)
        inner = (*here, key)
        if isinstance(given, list) and given and isinstance(given[0], list):
            given, inner = given[0], (*inner, 0)
        values = self.items(given, inner, part, EXAMPLES)
        pairs = _named(values) if self.named else _numbered(values)
        return Passage(text, (*path, "text"), tuple(pairs), inner, here)

    def _buttons(self, found: _Found, component: Mapping[str, object], path: Path) -> None:
        here = (*path, "buttons")
        buttons = []
        for index, entry in enumerate(
            self.items(component.get("buttons"), here, Part.BUTTONS, BUTTONS)
        ):
            button = self.button(self.mapping(entry, (*here, index), Part.BUTTONS), here, index)
            if button is not None:
                buttons.append(button)
        found.parts = replace(found.parts, buttons=tuple(buttons), buttons_path=here)

    def button(self, given: Mapping[str, object], path: Path, index: int) -> Button | None:
        """The button there; None where Meta knows no such kind."""
        word = _upper(given.get("type"))
        if word not in ButtonKind.__members__:
            self.flaw(Code.BUTTON_UNKNOWN, Part.BUTTONS, index, value=_shown(given.get("type")))
            return None
        kind, here = ButtonKind[word], (*path, index)
        targets = (self.text(given, key, here, Part.BUTTONS) for key in _TARGETS.get(kind, ()))
        return Button(
            kind=kind,
            text=self.text(given, "text", here, Part.BUTTONS),
            path=here,
            target=next((target for target in targets if target), ""),
            example=_first(given.get("example")),
            otp_type=_upper(given.get("otp_type")),
            autofill=self.text(given, "autofill_text", here, Part.BUTTONS),
            apps=tuple(self._apps(given, here)),
            zero_tap_accepted=given.get("zero_tap_terms_accepted") is True,
        )

    def _apps(self, given: Mapping[str, object], path: Path) -> Iterator[App]:
        if given.get("supported_apps") is None:
            return
        here = (*path, "supported_apps")
        for index, entry in enumerate(
            self.items(given["supported_apps"], here, Part.BUTTONS, APPS)
        ):
            app = self.mapping(entry, (*here, index), Part.BUTTONS)
            yield App(
                self.text(app, "package_name", (*here, index), Part.BUTTONS),
                self.text(app, "signature_hash", (*here, index), Part.BUTTONS),
            )

    def cards(self, carousel: tuple[Path, Mapping[str, object]] | None) -> Iterator[Parts]:
        if carousel is None:
            return
        path, component = carousel
        here = (*path, "cards")
        cards = self.items(component.get("cards"), here, Part.CARDS, CARDS)
        for index, entry in enumerate(cards):
            self.card = index
            card = self.mapping(entry, (*here, index), Part.CARDS)
            inside = (*here, index, "components")
            yield self.components(card.get("components"), inside, Part.CARDS).parts
        self.card = None


def _numbered(values: list[object]) -> Iterator[tuple[str, str]]:
    for index, value in enumerate(values):
        yield str(index + 1), value if isinstance(value, str) else ""


def _named(values: list[object]) -> Iterator[tuple[str, str]]:
    for value in values:
        pair = value if isinstance(value, dict) else {}
        name, example = pair.get("param_name"), pair.get("example")
        yield (
            name if isinstance(name, str) else "",
            example if isinstance(example, str) else "",
        )


def _first(value: object) -> str:
    """A button's example: Meta takes a text, or a list of one."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else ""


def _upper(value: object) -> str:
    """Meta's words in any case, as it spells them; empty for what is no word."""
    return value.strip().upper() if isinstance(value, str) and len(value) <= _SHOWN else ""


def _shown(value: object) -> str:
    return value[:_SHOWN] if isinstance(value, str) else type(value).__name__
