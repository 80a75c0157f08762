"""What is read out of crooked creation bodies, and what is said of their flaws: the golden lines.

`python -m tests.rules.parsed_told` writes them anew, for a person to read what differs. Each body
is a right one bent in one place; of what was read only what is not empty is told.
"""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from sportello.rules.template_parse import parse
from sportello.rules.template_values import ButtonKind, Finding, HeaderKind

_MANY: Final = 9
_EMPTY: Final = ("", (), None, False)
FILE: Final = Path(__file__).parent / "data" / "parsed.txt"


def _of(*components: Any, **root: Any) -> dict[str, Any]:
    right = {"name": "n", "language": "it", "category": "UTILITY", "components": [*components]}
    return right | root


def _body(**more: Any) -> dict[str, Any]:
    return {"type": "BODY", "text": "Ciao {{1}}"} | more


def _buttons(*given: Any) -> dict[str, Any]:
    return _of({"type": "BUTTONS", "buttons": [*given]})


def _carousel(*cards: Any) -> dict[str, Any]:
    return _of(_body(), {"type": "CAROUSEL", "cards": [*cards]})


_ROOTS: Final[tuple[Any, ...]] = (
    None,
    [],
    _of(_body()) | {"name": 7, "language": ["it"], "category": "utility "},
    _of(_body(), category="NEWS", message_send_ttl_seconds=60),
    _of(_body(), message_send_ttl_seconds=True),
    _of(_body(), message_send_ttl_seconds=2**53),
    _of(_body(), message_send_ttl_seconds=2**53 - 1),
    _of(_body(), parameter_format="named"),
    _of(_body(), parameter_format=" positional"),
    _of(_body(), parameter_format="BOTH"),
    {"name": "n", "components": {"type": "BODY"}},
)
_COMPONENTS: Final[tuple[Any, ...]] = (
    _of("BODY", 7, None),
    _of({"type": "TAIL"}, {"type": "x" * 70}, {"type": 5}, {}),
    _of(_body(), _body(text="second"), {"type": "FOOTER", "text": "f"}, {"type": "footer"}),
    _of(*[{"type": "CALL_PERMISSION_REQUEST"}] * 13),
    _of({"type": "BODY"}, {"type": "FOOTER"}),
    _of({"type": "BODY", "text": 5}, {"type": "FOOTER", "text": None}),
    _of({"type": "FOOTER", "code_expiration_minutes": 10}),
    _of({"type": "FOOTER", "code_expiration_minutes": "10", "text": "f"}),
    _of({"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Solo oggi"}}),
    _of({"type": "LIMITED_TIME_OFFER"}),
    _of({"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": 3}}),
)
_EXAMPLES: Final[tuple[Any, ...]] = (
    _of(_body(example={"body_text": [["Anna", 5]]})),
    _of(_body(example={"body_text": ["Anna", "Bari"]})),
    _of(_body(example={"body_text": []})),
    _of(_body(example={"body_text": "Anna"})),
    _of(_body(example={"body_text_named_params": []})),
    _of(_body(example="Anna")),
    _of(_body(example={"body_text": [["a"] * 201]})),
    _of(
        _body(example={"body_text_named_params": [{"param_name": "a", "example": "b"}, 5, {}]}),
        parameter_format="NAMED",
    ),
    _of(
        _body(example={"body_text_named_params": [{"param_name": 1, "example": 2}]}),
        parameter_format="NAMED",
    ),
    _of({"type": "HEADER", "format": "TEXT", "text": "{{1}}", "example": {"header_text": ["x"]}}),
)
_HEADERS: Final[tuple[Any, ...]] = (
    *(_of({"type": "HEADER", "format": kind.value, "text": "t"}) for kind in HeaderKind),
    _of({"type": "HEADER", "format": "SOUND"}),
    _of({"type": "HEADER"}),
    _of({"type": "HEADER", "format": "image", "example": {"header_handle": "4::a"}}),
    _of({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["a", " ", 5, "b"]}}),
    _of({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": 5}}),
    _of({"type": "HEADER", "format": "IMAGE", "example": {}}),
    _of({"type": "HEADER", "format": "IMAGE", "example": []}),
)
_ALL: Final = {
    "text": "t",
    "url": "https://a.it/{{1}}",
    "phone_number": "+39",
    "flow_name": "f",
    "flow_json": "{}",
    "example": ["e", "f"],
}
_BUTTONS: Final[tuple[Any, ...]] = (
    *(_buttons({"type": kind.name, **_ALL}) for kind in ButtonKind),
    _buttons({"type": "FLOW", "flow_id": "1", **_ALL}),
    _buttons({"type": "SHARE", "text": "t"}, {"type": 7}, "URL", {"type": "x" * 61}),
    _buttons({"type": "url ", "text": 1, "url": 2, "example": 3}),
    _buttons({"type": "URL", "example": []}, {"type": "URL", "example": "e"}),
    _buttons({"type": "URL", "example": [5]}, {"type": "URL", "text": "second"}),
    _buttons(*[{"type": "QUICK_REPLY"}] * 31),
    _of({"type": "BUTTONS"}),
    _buttons(
        {"type": "OTP", "otp_type": "zero_tap", "autofill_text": "a", "zero_tap_terms_accepted": 1},
        {"type": "OTP", "autofill_text": 5, "zero_tap_terms_accepted": True},
    ),
    _buttons({"type": "OTP", "supported_apps": "a"}),
    _buttons({"type": "OTP", "supported_apps": [5, {"package_name": 1, "signature_hash": 2}]}),
    _buttons(
        {"type": "OTP", "supported_apps": [{"package_name": "p", "signature_hash": "s"}] * 11}
    ),
)
_CARDS: Final[tuple[Any, ...]] = (
    _of(_body(), {"type": "CAROUSEL"}),
    _carousel(),
    _carousel({"components": [_body()]}, {"components": [{"type": "HEADER", "format": "SOUND"}]}),
    _carousel(5, {}, {"components": ["x"]}),
    _carousel(*[{"components": []}] * 21),
    _of({"type": "CAROUSEL", "cards": [{"components": [5]}]}, {"type": "TAIL"}),
)


def told() -> Iterator[str]:
    for body in (*_ROOTS, *_COMPONENTS, *_EXAMPLES, *_HEADERS, *_BUTTONS, *_CARDS):
        template = parse(body)
        told = json.dumps(body, ensure_ascii=False)
        yield told if len(told) < 240 else f"{told[:240]}…"
        yield f"    {_said(template)}"
        yield from (f"    {_flaw(one)}" for one in template.flaws)


def _flaw(finding: Finding) -> str:
    where = finding.where
    place = [where.part.value, where.card, where.index]
    spoken = " ".join(str(one) for one in place if one is not None)
    return f"! {finding.code.value} | {spoken} | {finding.message} | {finding.fix}"


def _said(value: object) -> str:
    """Fields with something in them, those of what they hold in brackets."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, tuple):
        if value and all(isinstance(step, str | int) for step in value):
            return ".".join(map(str, value))
        inner = [_said(one) for one in value]
        shown = inner if len(inner) < _MANY else [inner[0], f"… {len(inner)}"]
        return f"[{'; '.join(shown)}]"
    if not is_dataclass(value):
        return repr(value)
    held = [(one.name, getattr(value, one.name)) for one in fields(value) if one.name != "flaws"]
    told = (f"{name}={_said(one)}" for name, one in held if one not in _EMPTY)
    return f"({' '.join(told)})"


if __name__ == "__main__":
    FILE.write_text("\n".join(told()) + "\n", encoding="utf-8")
