"""A filled template: as Meta's request body, as the customer sees it, and whether it still fits.

Source of the shapes: wire/requests and reference, sending 2.6.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sportello.rules.pricing import Category
from sportello.rules.template_match import Filling, Needs, filled, needs
from sportello.rules.template_values import ButtonKind, HeaderKind, Parts, Template

Json = dict[str, Any]

# How a file of ours stands in a body until the media id under which Meta keeps it is known.
FILE_PREFIX: Final = "file:"
_SENT_AS: Final = {
    HeaderKind.IMAGE: "image",
    HeaderKind.VIDEO: "video",
    HeaderKind.GIF: "video",
    HeaderKind.DOCUMENT: "document",
}
_SUB_TYPES: Final = {
    ButtonKind.QUICK_REPLY: ("quick_reply", "payload", "payload"),
    ButtonKind.URL: ("url", "text", "text"),
    ButtonKind.COPY_CODE: ("copy_code", "coupon_code", "coupon_code"),
}
_WRITTEN_FIRST: Final = frozenset({Category.MARKETING, Category.UTILITY})
_PLAIN_BUTTONS: Final = frozenset(
    {ButtonKind.QUICK_REPLY, ButtonKind.URL, ButtonKind.COPY_CODE, ButtonKind.PHONE_NUMBER}
)
_WITHOUT_PARAMETERS: Final = Needs(header=(), media=None, body=(), buttons=())


@dataclass(frozen=True, slots=True)
class HeaderFile:
    """What a media header carries: a file of ours, a media id of Meta's, or an https link."""

    file_id: int | None = None
    media_id: str = ""
    link: str = ""
    filename: str = ""


def body_of(template: Template, filling: Filling, media: HeaderFile | None) -> Json:
    """The request without its recipient, for a filling in which `gaps` found none."""
    components = list(_components(template, filling, media))
    content: Json = {
        "name": template.name,
        "language": {"code": template.language, "policy": "deterministic"},
    }
    if components:
        content["components"] = components
    return {"type": "template", "template": content}


def fits(template: Template, body: Mapping[str, Any]) -> bool:
    """Whether the template, as it is now, takes these parameters: it may have been edited since."""
    wanted, brought = needs(template.parts), _brought(body)
    same_values = set(wanted.header) == set(brought.header) and set(wanted.body) == set(
        brought.body
    )
    replies = {
        button.index for button in template.parts.buttons if button.kind is ButtonKind.QUICK_REPLY
    }
    same_buttons = set(wanted.buttons) <= set(brought.buttons) <= {*wanted.buttons, *replies}
    sent_as = None if wanted.media is None else _SENT_AS.get(wanted.media, "other")
    given_as = None if brought.media is None else _SENT_AS[brought.media]
    return same_values and same_buttons and sent_as == given_as


def shape(body: Mapping[str, Any]) -> tuple[Hashable, ...]:
    """All that `fits` looks at: of two bodies of one shape both fit, or neither does."""
    return tuple(
        (
            component["type"],
            component.get("index"),
            tuple((one["type"], one.get("parameter_name")) for one in component["parameters"]),
        )
        for component in body.get("template", {}).get("components", ())
    )


def with_media(body: Mapping[str, Any], file_id: int, media_id: str) -> Json:
    """The body with Meta's id in the place of our file's; the body given stays as it was."""
    marked = f"{FILE_PREFIX}{file_id}"

    def replaced(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: media_id if key == "id" and inner == marked else replaced(inner)
                for key, inner in value.items()
            }
        return [replaced(one) for one in value] if isinstance(value, list) else value

    found: Json = replaced(dict(body))
    return found


def _components(template: Template, filling: Filling, media: HeaderFile | None) -> Iterator[Json]:
    wanted = needs(template.parts)
    if media is not None and wanted.media in _SENT_AS:
        yield {"type": "header", "parameters": [_file(_SENT_AS[wanted.media], media)]}
    elif wanted.header:
        yield {"type": "header", "parameters": _texts(wanted.header, filling.header, template)}
    if wanted.body:
        yield {"type": "body", "parameters": _texts(wanted.body, filling.body, template)}
    yield from _buttons(template.parts, filling)


def _texts(names: tuple[str, ...], values: Mapping[str, str], template: Template) -> list[Json]:
    """Counted variables go by their order, whatever the order of their places in the text."""
    ordered = names if template.named else tuple(sorted(names, key=_position))
    return [
        {"type": "text"}
        | ({"parameter_name": name} if template.named else {})
        | {"text": values[name]}
        for name in ordered
    ]


def _position(name: str) -> int:
    return int(name) if name.isascii() and name.isdigit() else 0


def _file(kind: str, media: HeaderFile) -> Json:
    if media.link:
        source: Json = {"link": media.link}
    elif media.file_id is not None:
        source = {"id": f"{FILE_PREFIX}{media.file_id}"}
    else:
        source = {"id": media.media_id}
    if media.filename and kind == "document":
        source["filename"] = media.filename
    return {"type": kind, kind: source}


def _buttons(parts: Parts, filling: Filling) -> Iterator[Json]:
    for button in parts.buttons:
        value = filling.buttons.get(button.index, "")
        if not value or button.kind not in _SUB_TYPES:
            continue
        sub_type, kind, key = _SUB_TYPES[button.kind]
        yield {
            "type": "button",
            "sub_type": sub_type,
            "index": str(button.index),
            "parameters": [{"type": kind, key: value}],
        }


def _brought(body: Mapping[str, Any]) -> Needs:
    """What a body written by `body_of` brings; counted variables get their numbers back."""
    found = _WITHOUT_PARAMETERS
    for component in body.get("template", {}).get("components", []):
        parameters = component["parameters"]
        match component["type"]:
            case "header" if parameters[0]["type"] != "text":
                kind = HeaderKind[parameters[0]["type"].upper()]
                found = Needs(found.header, kind, found.body, found.buttons)
            case "header":
                found = Needs(_names(parameters), found.media, found.body, found.buttons)
            case "body":
                found = Needs(found.header, found.media, _names(parameters), found.buttons)
            case _:
                buttons = (*found.buttons, int(component["index"]))
                found = Needs(found.header, found.media, found.body, buttons)
    return found


def _names(parameters: list[Json]) -> tuple[str, ...]:
    return tuple(
        one.get("parameter_name", str(place)) for place, one in enumerate(parameters, start=1)
    )


def is_sendable(template: Template) -> bool:
    """Whether a single send can fill it: cards, offers, places, products and codes are not ours."""
    wanted = needs(template.parts).media
    kinds = {button.kind for button in template.parts.buttons}
    return (
        template.parts.body is not None
        and template.category in _WRITTEN_FIRST
        and not template.has_cards
        and template.offer is None
        and (wanted is None or wanted in _SENT_AS)
        and kinds <= _PLAIN_BUTTONS
    )


def shown(template: Template, filling: Filling, media: HeaderFile | None) -> Json:
    """What the customer sees, as it is kept with the message: the template may change later."""
    seen = filled(template.parts, filling)
    links = dict(seen.links)
    header = template.parts.header
    return {
        "name": template.name,
        "language": template.language,
        "category": "" if template.category is None else template.category.value,
        "header": {
            "kind": "" if header is None else header.kind.value,
            "text": seen.header,
            "file": None if media is None else media.file_id,
            "link": "" if media is None else media.link,
            "filename": "" if media is None else media.filename,
        },
        "body": seen.body,
        "footer": seen.footer,
        "buttons": [
            {
                "kind": button.kind.value,
                "text": button.text,
                "target": links.get(button.index, button.target)
                or filling.buttons.get(button.index, ""),
            }
            for button in template.parts.buttons
        ],
    }
