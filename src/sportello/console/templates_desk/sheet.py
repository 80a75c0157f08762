"""A template as it lies on the editor's page: from the form, to Meta's creation body, and back.

Everything typed is kept as typed, but for line breaks (a browser sends CRLF) and NUL, which
PostgreSQL cannot keep. Examples of variables that are gone from the text stay with the sheet, so
that they are there again when the variable is.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Final

from django.http import QueryDict

from sportello.rules.template import parse
from sportello.rules.template_samples import OURS
from sportello.rules.template_text import names
from sportello.rules.template_values import (
    FILES,
    Button,
    ButtonKind,
    HeaderKind,
    Passage,
    Template,
)

Body = dict[str, object]

CATEGORIES: Final = ("UTILITY", "MARKETING")
HEADERS: Final = ("", "TEXT", "IMAGE", "VIDEO", "DOCUMENT")
BUTTONS: Final = ("QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE")
BUTTONS_MAX: Final = 20
EXAMPLES_MAX: Final = 100
TEXT_MAX: Final = 20_000
WORD_MAX: Final = 4_000
_COMPONENTS: Final = frozenset({"HEADER", "BODY", "FOOTER", "BUTTONS"})
_POSITIONS_MAX: Final = 99


@dataclass(frozen=True, slots=True)
class Row:
    """One button: `target` is its address or number, `example` its address's end or its code."""

    kind: str
    text: str = ""
    target: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """`header` is "" or a HeaderKind; `sample` the id of a `File`; `examples` by `part.variable`,
    the part being `header` or `body`.
    """

    waba_id: str = ""
    name: str = ""
    language: str = ""
    category: str = "UTILITY"
    header: str = ""
    header_text: str = ""
    sample: str = ""
    body: str = ""
    footer: str = ""
    buttons: tuple[Row, ...] = ()
    examples: Mapping[str, str] = field(default_factory=dict)

    @property
    def named(self) -> bool:
        """Variables with names, not numbers: one name suffices, and the lint says the rest."""
        used = (*names(self.header_text), *names(self.body))
        return any(not name.isdigit() for name in used)

    def variables(self, part: str) -> tuple[str, ...]:
        """The variables of `header` or `body`, each once."""
        if part == "header":
            return names(self.header_text) if self.header == "TEXT" else ()
        return names(self.body)

    def example(self, part: str, name: str) -> str:
        return self.examples.get(f"{part}.{name}", "")


def from_form(form: QueryDict) -> Sheet:
    """Whatever was sent; a word that is no choice counts as none."""

    def text(key: str, most: int = WORD_MAX) -> str:
        return _clean(str(form.get(key, "") or ""))[:most]

    def row(at: int) -> Row:
        return Row(*(text(f"button-{at}-{part}") for part in ("kind", "text", "target", "example")))

    rows = [row(at) for at in range(BUTTONS_MAX) if form.get(f"button-{at}-kind") in BUTTONS]
    given = sorted(key for key in form.keys() if key.startswith("example-"))  # noqa: SIM118  # a QueryDict's own
    return Sheet(
        waba_id=text("waba_id", 32),
        name=text("name"),
        language=text("language", 16),
        category=text("category", 32),
        header=text("header", 16) if form.get("header") in HEADERS else "",
        header_text=text("header_text"),
        sample=text("sample", 19) if text("sample", 19).isdecimal() else "",
        body=text("body", TEXT_MAX),
        footer=text("footer"),
        buttons=tuple(rows),
        examples={key.removeprefix("example-"): text(key) for key in given[:EXAMPLES_MAX]},
    )


def _clean(text: str) -> str:
    """Lone surrogates cannot be written either."""
    plain = text.replace("\r\n", "\n").replace("\0", "")
    return plain.encode(errors="replace").decode()


def to_body(sheet: Sheet) -> Body:
    """Meta's creation body. A sample of ours stands in it as `file:<id>`, until `tend` sends it."""
    components = [
        part
        for part in (_header(sheet), _body(sheet), _footer(sheet), _buttons(sheet))
        if part is not None
    ]
    return {
        "name": sheet.name,
        "language": sheet.language,
        "category": sheet.category,
        "parameter_format": "NAMED" if sheet.named else "POSITIONAL",
        "components": components,
    }


def _header(sheet: Sheet) -> Body | None:
    if not sheet.header:
        return None
    if sheet.header == HeaderKind.TEXT:
        title: Body = {"type": "HEADER", "format": "TEXT", "text": sheet.header_text}
        return title | _examples(sheet, "header")
    header: Body = {"type": "HEADER", "format": sheet.header}
    if sheet.sample:
        header["example"] = {"header_handle": [f"{OURS}{sheet.sample}"]}
    return header


def _body(sheet: Sheet) -> Body:
    return {"type": "BODY", "text": sheet.body} | _examples(sheet, "body")


def _footer(sheet: Sheet) -> Body | None:
    return {"type": "FOOTER", "text": sheet.footer} if sheet.footer else None


def _buttons(sheet: Sheet) -> Body | None:
    if not sheet.buttons:
        return None
    return {"type": "BUTTONS", "buttons": [_button(row) for row in sheet.buttons]}


def _button(row: Row) -> Body:
    match row.kind:
        case "URL":
            button: Body = {"type": "URL", "text": row.text, "url": row.target}
            return button | ({"example": [row.example]} if row.example else {})
        case "PHONE_NUMBER":
            return {"type": "PHONE_NUMBER", "text": row.text, "phone_number": row.target}
        case "COPY_CODE":
            return {"type": "COPY_CODE", "example": row.example}
        case _:
            return {"type": "QUICK_REPLY", "text": row.text}


def _examples(sheet: Sheet, part: str) -> Body:
    """Meta's shapes: a list for a header, a list in a list for a body, pairs where named."""
    used = sheet.variables(part)
    given = {name: sheet.example(part, name) for name in used}
    if not any(value.strip() for value in given.values()):
        return {}
    if sheet.named:
        pairs = [{"param_name": name, "example": value} for name, value in given.items()]
        return {"example": {f"{part}_text_named_params": pairs}}
    last = min(max((int(name) for name in used if name.isdecimal()), default=0), _POSITIONS_MAX)
    values = [given.get(str(at), "") for at in range(1, last + 1)]
    return {"example": {f"{part}_text": values if part == "header" else [values]}}


def from_body(body: object, *, waba_id: str = "", sample: str = "") -> Sheet:
    """The sheet of a creation body that `fits`; of any other, what the editor can show of it."""
    read = parse(body)
    header = read.parts.header
    kind = header.kind.value if header is not None and header.kind.value in HEADERS else ""
    title = header.text if header is not None else None
    return Sheet(
        waba_id=waba_id,
        name=read.name,
        language=read.language,
        category=read.category.value.upper() if read.category else "",
        header=kind,
        header_text=title.text if title else "",
        sample=sample,
        body=read.parts.body.text if read.parts.body else "",
        footer=read.parts.footer.text if read.parts.footer else "",
        buttons=tuple(_row(one) for one in read.parts.buttons if one.kind.value in BUTTONS),
        examples=_given("header", title) | _given("body", read.parts.body),
    )


def _row(button: Button) -> Row:
    return Row(button.kind.value, button.text, button.target, button.example)


def _given(part: str, passage: Passage | None) -> dict[str, str]:
    if passage is None:
        return {}
    return {f"{part}.{name}": value for name, value in passage.examples if name}


def fits(body: object) -> bool:
    """Whether the editor can hold all of it; cards, offers and codes are made elsewhere."""
    if not isinstance(body, dict) or not isinstance(body.get("components"), list):
        return False
    kinds = {
        str(part.get("type", "")).upper() if isinstance(part, dict) else ""
        for part in body["components"]
    }
    return kinds <= _COMPONENTS and _is_plain(parse(body))


def _is_plain(read: Template) -> bool:
    header = read.parts.header
    has_known_header = header is None or header.kind.value in HEADERS
    has_known_buttons = all(button.kind.value in BUTTONS for button in read.parts.buttons)
    is_category = read.category is None or read.category.value.upper() in CATEGORIES
    return has_known_header and has_known_buttons and is_category and not read.has_cards


def needs_sample(sheet: Sheet) -> bool:
    return bool(sheet.header) and HeaderKind(sheet.header) in FILES


def to_state(sheet: Sheet) -> str:
    """The whole sheet in one line, for the way back from a mend."""
    return json.dumps(asdict(sheet), separators=(",", ":"), sort_keys=True)


def from_state(text: str) -> Sheet | None:
    """None for what no sheet of ours wrote: it comes back from a browser."""
    try:
        kept = json.loads(text)
        rows = tuple(Row(**row) for row in kept.pop("buttons"))
        sheet = Sheet(**kept, buttons=rows)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    words = [part for row in rows for part in asdict(row).values()]
    words += [value for key, value in kept.items() if key != "examples"]
    if not isinstance(sheet.examples, dict) or len(rows) > BUTTONS_MAX:
        return None
    words += [*sheet.examples.keys(), *sheet.examples.values()]
    return sheet if all(isinstance(word, str) for word in words) else None


def rearranged(sheet: Sheet, rows: Iterable[Row]) -> Sheet:
    return replace(sheet, buttons=tuple(rows)[:BUTTONS_MAX])


def new_row(kind: str) -> Row | None:
    """None for a kind that the editor does not know."""
    return Row(kind) if kind in BUTTONS and kind in ButtonKind.__members__ else None
