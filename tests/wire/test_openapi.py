"""The golden requests and answers against Meta's own OpenAPI file, where that covers them.

The file is of v23.0 (last changed 2025-11-21), generated and idealised. Where it cannot be taken
at its word, the exception stands here with its reason.
"""

from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.wire.golden import WIRE, names, read

SPECIFICATION = (
    WIRE.parent.parent / "shared/reference/whatsapp" / "business-messaging-api_v23.0.yaml"
)
NUMBER = "/{Version}/{Phone-Number-ID}"
ACCOUNT = "/{Version}/{WABA-ID}"
KINDS = {
    "audio": "AudioMessage",
    "contacts": "ContactsMessage",
    "document": "DocumentMessage",
    "image": "ImageMessage",
    "interactive": "InteractiveMessage",
    "location": "LocationMessage",
    "reaction": "ReactionMessage",
    "sticker": "StickerMessage",
    "template": "TemplateMessage",
    "text": "TextMessage",
    "video": "VideoMessage",
}
ANSWERS = {
    "accepted": (f"{NUMBER}/messages", "post"),
    "accepted_template": (f"{NUMBER}/messages", "post"),
    "accepted_template_held": (f"{NUMBER}/messages", "post"),
    "accepted_template_paused": (f"{NUMBER}/messages", "post"),
    "accepted_user_id": (f"{NUMBER}/messages", "post"),
    "media_address": ("/{Version}/{Media-ID}", "get"),
    "media_uploaded": (f"{NUMBER}/media", "post"),
    "number": (NUMBER, "get"),
    "subscribed_apps": (f"{ACCOUNT}/subscribed_apps", "get"),
    "success": (f"{ACCOUNT}/subscribed_apps", "post"),
    "template_created": (f"{ACCOUNT}/message_templates", "post"),
    "templates_page": (f"{ACCOUNT}/message_templates", "get"),
}
# What Meta's pages say against this file, or later than it.
REQUEST_EXCEPTIONS = {
    "template_buttons": "copy_code is missing from the enum, and the pattern of `index` is a typing"
    " error: the range 0 to 9 of Meta's pages is written as a class of characters",
    "text_to_user_id": "`recipient` instead of `to` came in 2026, after the file",
}
OTHER_EXCEPTIONS = {
    "interactive_cta_url": "the file does not list this kind of interactive message",
    "interactive_location_request": "the file does not list this kind of interactive message",
}


@pytest.fixture(scope="module")
def specification() -> dict[str, Any]:
    if not SPECIFICATION.exists():
        pytest.skip(f"Meta's OpenAPI file is not beside the project: {SPECIFICATION.name}")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load(SPECIFICATION.read_bytes(), Loader=loader)  # noqa: S506  # safe, both
    return found


def test_every_answer_is_covered_or_named():
    assert set(ANSWERS) == names("answers")


@pytest.mark.parametrize(
    ("folder", "exceptions"),
    [("requests", REQUEST_EXCEPTIONS), ("requests/others", OTHER_EXCEPTIONS)],
)
def test_golden_requests_are_what_the_file_describes(specification, folder, exceptions):
    wrong = {}
    for name in sorted(names(folder)):
        request = read(folder, name)
        marks_read = "status" in request
        schema = "MarkMessageRequestPayload" if marks_read else KINDS[request["type"]]
        if told := complaints(specification, {"$ref": f"#/components/schemas/{schema}"}, request):
            wrong[name] = told
    assert set(wrong) == set(exceptions), wrong


def test_golden_answers_are_what_the_file_describes(specification):
    wrong = {}
    for name, (path, method) in ANSWERS.items():
        answer = specification["paths"][path][method]["responses"]["200"]
        schema = answer["content"]["application/json"]["schema"]
        if told := complaints(specification, schema, read("answers", name)):
            wrong[name] = told
    assert wrong == {}


def test_the_check_would_notice_a_misspelt_field(specification):
    request = read("requests", "text") | {"text": {"bodi": "Ciao"}}
    assert complaints(specification, {"$ref": "#/components/schemas/TextMessage"}, request)


def complaints(specification: dict[str, Any], schema: Any, value: Any) -> list[str]:
    components = {"components": opened(specification["components"])}
    validator = Draft202012Validator(components | {"allOf": [schema]})
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]


def opened(part: Any) -> Any:
    """The schemas with every part of an `allOf` open at its top.

    The file closes each kind of message against all but its own properties, in the same `allOf`
    that asks for the common ones: taken literally no message, not even its own examples, is valid.
    """
    if isinstance(part, list):
        return [opened(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    inner = {key: opened(value) for key, value in part.items()}
    if isinstance(inner.get("allOf"), list):
        inner["allOf"] = [
            {key: value for key, value in one.items() if key != "additionalProperties"}
            for one in inner["allOf"]
        ]
    return inner
